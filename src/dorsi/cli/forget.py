"""`dorsi forget`: asks, then deletes a runner. Not here: deleting (`dorsi.store`)."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dorsi.cli.common import guarded, say
from dorsi.cli.storing import RunnerArgument, StoreOption, holdings, opened
from dorsi.errors import UsageError

__all__ = ["forget"]


def forget(
    runner: RunnerArgument,
    store: StoreOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a runner and everything of theirs from the store, for good.

    Result folders and exports are files of yours: delete those yourself.

    \b
    dorsi forget "Ana Lima"
    dorsi forget "Ana Lima" --yes
    """
    with guarded(), opened(store) as kept:
        found = kept.runner(runner)
        what = f"{found.name} ({holdings(found)})"
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError("deletion_not_confirmed", what=what)
            if not typer.confirm(f"Delete {what} from {kept.path} for good?"):
                say("Nothing was deleted.")
                return
        kept.forget(found.name)
    say(f"Deleted: {what}. Result folders and exports are yours to delete.")
