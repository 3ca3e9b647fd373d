"""What the subcommands share: one line an error, clean stopping on signals, plain output.

Not here: anything about measuring.
"""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final, NoReturn, TextIO

import typer

from dorsi.cli.words import exit_code_of, in_words
from dorsi.libraries import loading

if TYPE_CHECKING:
    from dorsi.types import StageListener
    from dorsi.workflow.stages import Stages

__all__ = [
    "EXIT_CODES",
    "Stopped",
    "complain",
    "counted",
    "guarded",
    "say",
    "stages_of",
    "stoppable",
    "watched",
]

EXIT_CODES: Final = (
    "Exit code: 0 measured; 2 usage; 3 some clip not measurable; 4 some clip unreadable, or its result not "
    "writable (4 wins over 3); 130 stopped by Ctrl-C."
)


class Stopped(KeyboardInterrupt):
    """A signal asked Dorsi to stop; unwinds like Ctrl-C, so that nothing half-written stays."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def say(text: str = "", style: str | None = None) -> None:
    """One line on stdout, in colour on a terminal; never wrapped, so that paths can be copied."""
    colour = {"good": typer.colors.GREEN, "middle": typer.colors.YELLOW, "bad": typer.colors.RED}
    typer.echo(typer.style(text, fg=colour[style]) if style else text)


def counted(number: int, thing: str) -> str:
    """`1 runner`, `2 runners`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def complain(what: str, clip: Path | None = None, stream: TextIO | None = None) -> None:
    """`dorsi: NAME.mp4: what is wrong. What to do.`: one line on stderr."""
    line = " ".join(what.split())
    name = f"{clip.name or clip}: " if clip is not None else ""
    print(f"dorsi: {name}{line.removeprefix(name)}", file=stream or sys.stderr)


@contextmanager
def guarded(verbose: bool = False) -> Iterator[None]:
    """Ends the command with one line and the right code on an error, a fault of ours or a stop signal.

    With `verbose` the traceback of a fault is shown too.
    """
    try:
        with loading():
            yield
    except (typer.Exit, typer.Abort):
        raise
    except KeyboardInterrupt as stop:
        complain("stopped. Nothing half-written was left behind.")
        raise typer.Exit(128 + getattr(stop, "number", signal.SIGINT)) from None
    except Exception as error:  # noqa: BLE001  a fault of ours must read as one
        complain(in_words(error))
        if verbose:
            traceback.print_exception(error)
        raise typer.Exit(exit_code_of(error)) from None


@contextmanager
def watched(clip: Path | None, verbose: bool) -> Iterator[StageListener | None]:
    """Around work on a clip: no noise, clean stopping, a progress bar; None where there is no clip."""
    from dorsi.quiet import quiet

    with quiet(enabled=not verbose) as stderr, stoppable():
        if clip is None:
            yield None
            return
        from dorsi.cli.progress import ClipProgress

        progress = ClipProgress(stderr)
        try:
            yield partial(progress.update, clip)
        finally:
            progress.hide()


def stages_of(context: typer.Context) -> Stages:
    """The slow stages that whoever runs the command has put in, else the real ones."""
    from dorsi.workflow.stages import STAGES

    return context.obj or STAGES


@contextmanager
def stoppable() -> Iterator[None]:
    """Lets Ctrl-C, SIGTERM and SIGHUP unwind the program; one that is ignored (nohup) stays ignored."""
    # Windows has no SIGHUP but SIGBREAK, for Ctrl-Break and a closed window.
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, _stop) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001
    raise Stopped(number)
