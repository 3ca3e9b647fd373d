"""What came of one clip as one row of a table: of a batch, its manifest and its summary.

Not here: the batch (`workflow/batch.py`), the table as a page (`pages/batch_page.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dorsi.quantities import RESULT_OF
from dorsi.report.model import Report
from dorsi.report.verdict import verdict_of

__all__ = ["BatchRow", "Status", "row_of"]

Status = Literal["measured", "not_measurable", "error", "quarantined"]


@dataclass(frozen=True, slots=True)
class BatchRow:
    """What came of one clip, as the manifest and the summary keep it.

    `key` stands for everything that the result was made from; `codes` are reasons of a clip without a number,
    or the code of the error; `folder` below the folder of the batch. `value` in deg, of the quantity that
    answers the test; `seconds` it took.
    """

    clip: str
    key: str
    sha256: str
    size_bytes: int
    modified_ns: int
    status: Status
    runner: str | None = None
    folder: str | None = None
    codes: tuple[str, ...] = ()
    message: str = ""
    warnings: tuple[str, ...] = ()
    test: str | None = None
    side: str | None = None
    measurement: str | None = None
    value: float | None = None
    uncertainty_95: float | None = None
    repeatability_95: float | None = None
    verdict: str | None = None
    heel_lifted: bool | None = None
    seconds: float | None = None


def row_of(
    report: Report, facts: Mapping[str, Any], folder: str, runner: str | None, seconds: float | None
) -> BatchRow:
    """The row of a report."""
    key = RESULT_OF[report.test]
    found, measured = getattr(report.measurements, key), report.status == "measured"
    verdict = verdict_of(report)[0] if measured else None
    return BatchRow(
        **facts, status=report.status, runner=runner, folder=folder,
        codes=tuple(each.code for each in report.reasons),
        message=report.reasons[0].message if report.reasons else "",
        warnings=tuple(each.code for each in report.warnings), test=report.test, side=report.side,
        measurement=key, value=found.value if measured else None,
        uncertainty_95=found.uncertainty_95 if measured else None,
        repeatability_95=found.repeatability_95 if measured else None, verdict=verdict,
        heel_lifted=any(rep.heel_lifted for rep in report.reps) if measured else None, seconds=seconds,
    )  # fmt: skip
