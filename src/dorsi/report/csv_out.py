"""The curves as a table for a spreadsheet: signals.csv.

Not here: numbers of reps or results, which are in report.json.
"""

from __future__ import annotations

import csv
from pathlib import Path

from dorsi.report.model import Report, SignalCurves

__all__ = ["COLUMNS", "write_csv"]

COLUMNS = ("frame", *SignalCurves.model_fields)


def write_csv(report: Report, path: Path) -> None:
    """One row a frame, empty cells where nothing was measured. Raises OSError.

    Of a reviewed report the reviewed curves, and after them the machine's own as `machine_…`.
    """
    shown, machine = report.as_reviewed().signals, report.signals
    # A curve that older reports lack is an empty column.
    empty: list[float | None] = [None] * len(shown.time_s)
    columns = {name: getattr(shown, name) or empty for name in COLUMNS[1:]}
    if report.review is not None:
        columns |= {f"machine_{name}": getattr(machine, name) or empty for name in COLUMNS[2:]}
    rows = zip(*columns.values(), strict=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["frame", *columns])
        out.writerows([i, *("" if v is None else v for v in row)] for i, row in enumerate(rows))
