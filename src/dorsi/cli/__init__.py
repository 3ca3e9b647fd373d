"""The `dorsi` command: puts its subcommands together. Not here: what they do (one file each), any logic.

Imports stay light: a subcommand loads what it needs when it runs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from inspect import cleandoc
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Final

import typer

from dorsi import __version__
from dorsi.cli.account import account
from dorsi.cli.backup import backup, restore
from dorsi.cli.batch import batch
from dorsi.cli.common import EXIT_CODES
from dorsi.cli.correct import correct
from dorsi.cli.demo import demo
from dorsi.cli.drills import drills
from dorsi.cli.export import export
from dorsi.cli.forget import forget
from dorsi.cli.history import history
from dorsi.cli.import_ import import_
from dorsi.cli.info import info
from dorsi.cli.measure import measure
from dorsi.cli.models import models
from dorsi.cli.profile import profile
from dorsi.cli.progress_page import progress
from dorsi.cli.reconclude import reconclude
from dorsi.cli.rules import rules
from dorsi.cli.runners import runners
from dorsi.cli.screen import screen
from dorsi.cli.serve import serve
from dorsi.quiet import quiet_until_exit

__all__ = ["app", "main"]

app = typer.Typer(
    name="dorsi",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dorsi {__version__}")
        raise typer.Exit


@app.callback(epilog=EXIT_CODES)
def _dorsi(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Screen ankles, big toes and squats on phone videos: angles with their ±, findings with sources, a plan.

    \b
    dorsi demo
    dorsi measure lunge.mp4
    dorsi screen --left left.mp4 --right right.mp4
    """


_COMMANDS: Final[tuple[Callable[..., None], ...]] = (
    demo, serve, measure, batch, screen, reconclude, correct, info, rules, profile, drills, models, history,
    progress, runners, export, import_, forget, backup, restore,
)  # fmt: skip
for _command in _COMMANDS:
    _epilog = EXIT_CODES if _command in (demo, measure, batch, screen) else None
    # A paragraph of a docstring is one line: the terminal says where it breaks.
    _paragraphs = cleandoc(_command.__doc__ or "").split("\n\n")
    _help = "\n\n".join(p if p.startswith("\b") else " ".join(p.split()) for p in _paragraphs)
    app.command(_command.__name__.rstrip("_"), help=_help, epilog=_epilog)(_command)
app.add_typer(account, name="account")


def main() -> None:
    """Entry point of the `dorsi` command; always ends in SystemExit."""
    if sys.stderr is None:
        # Started without stderr: take descriptor 2, or the next file opened gets it, and all the noise.
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        # A terminal without ° must not cost the result.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    if "--verbose" not in sys.argv:
        quiet_until_exit()
    app()
