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
    """One row a frame, empty cells where nothing was measured. Raises OSError."""
    curves = report.signals
    # A curve that older reports lack is an empty column.
    empty = [None] * len(curves.time_s)
    rows = zip(*(getattr(curves, name) or empty for name in COLUMNS[1:]), strict=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(COLUMNS)
        out.writerows([i, *("" if v is None else v for v in row)] for i, row in enumerate(rows))
