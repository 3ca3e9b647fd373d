"""What the commands about the store share: options, opening it, what became of something kept, columns.

Not here: the store itself (`store`), keeping in it (`workflow/keep.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from dorsi.cli.common import counted, say

if TYPE_CHECKING:
    from dorsi.store import Kept, Runner, Store

__all__ = [
    "DateOption",
    "RunnerArgument",
    "RunnerOption",
    "StoreOption",
    "aligned",
    "day",
    "holdings",
    "opened",
    "outcome_in_words",
]  # fmt: skip

StoreOption = Annotated[
    str | None,
    typer.Option(
        metavar="FILE|URL",
        help="Store to use, a file or postgresql+psycopg://…; else DORSI_STORE, else a file of the user's.",
    ),
]
RunnerOption = Annotated[str | None, typer.Option(metavar="NAME", help="Store what is measured, for NAME.")]
DateOption = Annotated[
    str | None, typer.Option(metavar="DATE", help="Day, or moment, of the test; today when left out.")
]
RunnerArgument = Annotated[str, typer.Argument(metavar="RUNNER", help="Name; 'dorsi runners' lists them.")]


@contextmanager
def opened(store: str | None) -> Iterator[Store]:
    """The store, which must be there. Raises StoreError."""
    from dorsi.store import Store

    with Store(store, create=False) as found:
        yield found


def holdings(runner: Runner) -> str:
    """`3 measurements, 1 screen`."""
    return f"{counted(runner.measurements, 'measurement')}, {counted(runner.screens, 'screen')}"


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
