"""What a list says of a result, and how much the result needs a therapist's eyes.

Not here: the sentences themselves (`dorsi.report`), the page of a result.
"""

from __future__ import annotations

from typing import Any, Final

from dorsi.quantities import DECIDING, QUANTITIES, RESULT_OF
from dorsi.report.model import Reason, Report
from dorsi.report.verdict import headline_finding, tone_of, verdict_of, verdict_sentence

__all__ = ["FAILED", "summary_of", "urgency_of"]

FAILED: Final = 90
NOT_MEASURABLE: Final = 80
BORDERLINE: Final = 60
WARNED: Final = 40
WIDE: Final = 30
WIDE_95_DEG: Final = 6.0
"""A half-width above it may hide a step from limited to met: 10 to 12 deg, and as much again."""


def summary_of(report: Report) -> dict[str, Any]:
    """The report, as reviewed, in a few keys: `test`, `side`, `status`, `key` and `unit` of the quantity that
    answers the test, `value`, `uncertainty_95`, `peak_frame`, `verdict`, `tone` (a colour), `sentence`,
    `reasons`, `warnings` (code and message), `reviewed`."""
    shown = report.as_reviewed()
    key = _key(shown)
    found = getattr(shown.measurements, key)
    measured = shown.status == "measured"
    verdict, about = verdict_of(shown)
    return {
        "test": shown.test, "side": shown.side, "status": shown.status, "key": key,
        "unit": QUANTITIES[key].sign, "value": found.value if measured else None,
        "uncertainty_95": found.uncertainty_95 if measured else None,
        "peak_frame": found.frame if measured else None, "verdict": verdict if measured else None,
        "about": about,
        "tone": tone_of(shown), "sentence": verdict_sentence(shown), "reasons": _said(shown.reasons),
        "warnings": _said(shown.warnings), "reviewed": report.review is not None,
    }  # fmt: skip


def _key(report: Report) -> str:
    first = headline_finding(report)
    deciding = first is not None and first.value is not None and first.measurement in DECIDING[report.test]
    return first.measurement if first is not None and deciding else RESULT_OF[report.test]


def _said(reasons: list[Reason]) -> list[dict[str, str]]:
    return [{"code": each.code, "message": each.message} for each in reasons]


def urgency_of(report: Report) -> int:
    """How much a result needs eyes: no number most, then borderline, warned about, wide; 0 when nothing
    asks for any."""
    shown = report.as_reviewed()
    if shown.status != "measured":
        return NOT_MEASURABLE
    verdict, _ = verdict_of(shown)
    if verdict == "borderline":
        return BORDERLINE
    if shown.warnings:
        return WARNED
    wide = getattr(shown.measurements, RESULT_OF[shown.test]).uncertainty_95
    return WIDE if wide is None or wide > WIDE_95_DEG else 0
