"""`dorsi account`: accounts of a clinic. Not here: what an account is (`dorsi.desk.accounts`)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from dorsi.cli.common import guarded, say
from dorsi.cli.serve import DataOption, DeskStoreOption
from dorsi.errors import UsageError

if TYPE_CHECKING:
    from dorsi.desk.desk import Desk
    from dorsi.desk.who import Who

__all__ = ["account"]

account = typer.Typer(
    name="account", no_args_is_help=True, help="Accounts of a clinic's pages: add, list, reset, remove."
)
Name = Annotated[str, typer.Argument(help="Name to log in with.")]
Stdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
]


@contextmanager
def _opened(data: Path | None, store: str | None) -> Iterator[tuple[Desk, Who]]:
    with guarded():
        from dorsi.cli.serve import needs_web

        needs_web()
        from dorsi.desk.desk import Desk
        from dorsi.desk.place import place_at
        from dorsi.desk.who import Who

        with Desk(place_at(data, store), mode="clinic") as desk:
            # Whoever can write the data folder may do all of it without this command as well.
            yield desk, Who("local", "command line")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("password_not_asked")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


@account.command("add")
def add(
    name: Name,
    role: Annotated[Literal["therapist", "owner"], typer.Option(help="What they may do.")] = "therapist",
    password_stdin: Stdin = False,
    data: DataOption = None,
    store: DeskStoreOption = None,
) -> None:
    """Add an account; the password is asked for.

    \b
    dorsi account add "Mia Berg" --role owner
    """
    with _opened(data, store) as (desk, who):
        from dorsi.desk.accounts import add_account

        found = add_account(desk, who, name, _password(password_stdin), role)
    say(f"Added: {found.name}, {found.role}.")


@account.command("list")
def list_(data: DataOption = None, store: DeskStoreOption = None) -> None:
    """List the accounts.

    \b
    dorsi account list
    """
    with _opened(data, store) as (desk, who):
        from dorsi.desk.accounts import accounts

        for each in accounts(desk, who):
            ended = "" if each.disabled_at is None else f", ended {each.disabled_at:%Y-%m-%d}"
            say(f"{each.name}: {each.role}, since {each.added_at:%Y-%m-%d}{ended}")


@account.command("reset")
def reset(
    name: Name, password_stdin: Stdin = False, data: DataOption = None, store: DeskStoreOption = None
) -> None:
    """Set a new password; every log-in of the account ends.

    \b
    dorsi account reset "Mia Berg"
    """
    with _opened(data, store) as (desk, who):
        from dorsi.desk.accounts import set_password

        found = set_password(desk, who, name, _password(password_stdin))
    say(f"{found.name} has a new password.")


@account.command("remove")
def remove(name: Name, data: DataOption = None, store: DeskStoreOption = None) -> None:
    """End an account: no log-in, no token; what it did keeps its name.

    \b
    dorsi account remove "Mia Berg"
    """
    with _opened(data, store) as (desk, who):
        from dorsi.desk.accounts import remove_account

        found = remove_account(desk, who, name)
    say(f"Ended: {found.name}.")
