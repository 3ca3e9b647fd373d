"""What the commands about the store share: its option, keeping a measured clip, aligned columns.

Not here: the store itself (`dorsi.store`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date as date_type
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dorsi.cli.common import say
from dorsi.errors import UsageError

if TYPE_CHECKING:
    from dorsi.report.model import Report
    from dorsi.store import Kept

__all__ = ["Keeping", "RunnerArgument", "StoreOption", "aligned", "day", "keeping", "outcome_in_words"]

StoreOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Store to use; else DORSI_STORE, else one in the user's data folder."),
]
RunnerArgument = Annotated[str, typer.Argument(metavar="RUNNER", help="Name; 'dorsi runners' lists them.")]


class Keeping:
    """Keeps measured clips for one runner; `keep` shows what became of each."""

    def __init__(self, path: Path, runner: str, date: datetime | None) -> None:
        self._path, self._runner, self._date = path, runner, date

    def keep(self, report: Report) -> list[str]:
        """Put a measured report in; lines that say so. Raises StoreError."""
        from dorsi.store import Store

        with Store(self._path) as opened:
            return outcome_in_words(opened.add_report(self._runner, report, self._date))

    def keep_screen(self, text: str) -> list[str]:
        """Put the text of a screen.json in; lines that say so. Raises StoreError."""
        from dorsi.store import Store

        with Store(self._path) as opened:
            return outcome_in_words(opened.add_screen(self._runner, text, self._date))

    @property
    def day(self) -> date_type | None:
        """The local day that was given, None for today."""
        return None if self._date is None else self._date.astimezone().date()


@contextmanager
def keeping(runner: str | None, store: Path | None, date: str | None) -> Iterator[Keeping | None]:
    """The store, looked at before any long work; None without a runner. Raises UsageError, StoreError.

    A new one is made when there is something to keep: a run that fails or is stopped leaves none behind.
    """
    if runner is None:
        if store is not None or date is not None:
            raise UsageError("store_without_runner")
        yield None
        return
    from dorsi.store import Store, check_writable, clean_name, date_of, store_path

    name, when = clean_name(runner), None if date is None else date_of(date)
    path = store_path(store)
    check_writable(path)
    if path.exists():
        with Store(path):
            pass
    yield Keeping(path, name, when)


def outcome_in_words(kept: Kept) -> list[str]:
    """What became of something that was put in the store; a line each, without the file's name."""
    whose = f"for {kept.runner}, {day(kept.measured_at)}"
    what = {
        "added": f"stored {whose}",
        "same": f"is already stored {whose}",
        "replaced": f"stored {whose}; the earlier report of this clip stays as an older version",
    }
    lines = [what[kept.outcome]]
    if kept.redated_from is not None:
        lines.append(f"its date was {day(kept.redated_from)} before")
    if kept.similar:
        lines.append(f"{kept.runner} is new; there is also {', '.join(kept.similar)}")
    if kept.other_side is not None:
        lines.append(f"this clip is also stored as the {kept.other_side} leg")
    return lines


def day(moment: datetime) -> str:
    """The local day of a moment."""
    return f"{moment.astimezone():%Y-%m-%d}"


def aligned(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns, the first row as their heads; wide letters count as two."""
    from rich.cells import cell_len

    widths = [max(cell_len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = (cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
        say("  ".join(cells).rstrip())
