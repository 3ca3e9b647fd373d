"""What the subcommands share: one line an error, clean stopping on signals, plain output.

Not here: anything about measuring.
"""

from __future__ import annotations

import json
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, NoReturn, TextIO

import typer

from dorsi.cli.words import exit_code_of, in_words
from dorsi.errors import printable
from dorsi.libraries import loading

if TYPE_CHECKING:
    from dorsi.cli.progress import ClipProgress
    from dorsi.executors import Place
    from dorsi.report.model import Report
    from dorsi.workflow.stages import Stages

__all__ = [
    "EXIT_CODES", "Stopped", "complain", "counted", "guarded", "place_of", "say", "say_json", "stages_of",
    "stoppable", "tell_reasons", "watched",
]  # fmt: skip

EXIT_CODES: Final = (
    "Exit code: 0 measured; 2 usage; 3 some clip not measurable; 4 some clip unreadable, or its result not "
    "writable (4 wins over 3); 130 stopped by Ctrl-C."
)


class Stopped(KeyboardInterrupt):
    """A signal asked Dorsi to stop; unwinds like Ctrl-C, so that nothing half-written stays."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


_COLOURS: Final = {
    "good": typer.colors.GREEN, "middle": typer.colors.YELLOW, "bad": typer.colors.RED,
    "meets": typer.colors.GREEN, "borderline": typer.colors.YELLOW, "limited": typer.colors.RED,
}  # fmt: skip


def say(text: str = "", tone: str | None = None) -> None:
    """One line on stdout, on a terminal in the colour of a tone or verdict, if it has one; never wrapped, so
    that paths can be copied."""
    # Names of files and runners are printed: a sign in them must not move the cursor.
    text = "\n".join("".join(c if c.isprintable() else "�" for c in line) for line in text.split("\n"))
    typer.echo(typer.style(text, fg=_COLOURS[tone]) if tone in _COLOURS else text)


def say_json(document: object) -> None:
    """A document as JSON on stdout; records in it become objects, moments ISO text."""
    say(json.dumps(document, indent=2, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.model_dump() if hasattr(value, "model_dump") else asdict(value)


def counted(number: int, thing: str) -> str:
    """`1 runner`, `2 runners`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def complain(what: str, clip: Path | None = None, stream: TextIO | None = None) -> None:
    """`dorsi: NAME.mp4: what is wrong. What to do.`: one line on stderr."""
    line = printable(what)
    name = f"{printable(str(clip.name or clip))}: " if clip is not None else ""
    print(f"dorsi: {name}{line.removeprefix(name)}", file=stream or sys.stderr)


def tell_reasons(report: Report, clip: Path, stream: TextIO) -> None:
    """The one line of a clip without a number."""
    if report.status != "measured":
        reasons = " ".join(reason.message for reason in report.reasons)
        complain(f"not measurable. {reasons}", clip, stream)


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
def watched(verbose: bool) -> Iterator[ClipProgress]:
    """Around work on clips: `guarded`, no noise, clean stopping; gives the bar, whose stream is stderr."""
    from dorsi.cli.progress import ClipProgress
    from dorsi.quiet import quiet

    with guarded(verbose), quiet(enabled=not verbose) as stderr, stoppable():
        bar = ClipProgress(stderr)
        try:
            yield bar
        finally:
            bar.hide()


def stages_of(context: typer.Context) -> Stages:
    """The slow stages that whoever runs the command has put in, else the real ones."""
    from dorsi.workflow.stages import STAGES

    return context.obj or STAGES


def place_of(stages: Stages, clips: int, workers: int | None) -> Place | None:
    """Where so many clips are measured: one alone, by one worker, or by stages that somebody put in, in this
    process."""
    from dorsi.executors import this_machine
    from dorsi.workflow.stages import STAGES

    place = this_machine(workers)
    return None if stages is not STAGES or min(place.slots, clips) == 1 else place


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
