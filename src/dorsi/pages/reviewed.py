"""What a page says of a review: who corrected what, and the machine's value beside the reviewed one.

Not here: what the corrections do (`engine/conclude/hand.py`), the layout (`templates/report.html.j2`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dorsi.corrections import (
    Correction,
    HeelCorrection,
    LevelCorrection,
    LineCorrection,
    PeakCorrection,
    PointCorrection,
    RepCorrection,
)
from dorsi.quantities import RESULT_OF, with_plus_minus
from dorsi.report.model import Measured, Report

__all__ = ["ReviewShown", "pictures_note", "review_of"]


@dataclass(frozen=True, slots=True)
class ReviewShown:
    """One sentence on the whole, then a line for each correction."""

    sentence: str
    corrections: tuple[str, ...]


def review_of(report: Report) -> ReviewShown | None:
    """The review of a report in words; None where nobody corrected it."""
    review = report.review
    if review is None:
        return None
    shown = report.as_reviewed()
    machine, reviewed = (getattr(each.measurements, RESULT_OF[each.test]) for each in (report, shown))
    sentence = (
        f"Reviewed by {review.by}, {review.at:%Y-%m-%d}: {_value(reviewed)}; the machine alone: "
        f"{_value(machine)}. Points moved by hand are carried to the frames around."
    )
    return ReviewShown(sentence, tuple(map(_line, review.corrections)))


def pictures_note(report: Report) -> str:
    """Said where annotated video and peak picture show an earlier state; else ""."""
    if report.pictures is None or report.pictures.current:
        return ""
    return (
        "Picture and video are as of before this page was made (drawn by Dorsi "
        f"{report.pictures.dorsi_version}): lines and numbers in them may differ from those told here."
    )


def _value(found: Measured) -> str:
    return with_plus_minus(found) if found.value is not None else "no number"


def _line(record: Correction | dict[str, Any]) -> str:
    if isinstance(record, dict):
        return f"{record.get('kind', 'correction')} (made by a newer Dorsi)"
    who = ", ".join(part for part in (record.by, record.why) if part)
    return f"{_what(record)}{f' ({who})' if who else ''}"


def _what(record: Correction) -> str:
    match record:
        case PointCorrection():
            name = record.point.replace("_", " ")
            place = "{:.0f}, {:.0f} px".format(*record.to_xy_px)
            was = "" if record.from_xy_px is None else ", was {:.0f}, {:.0f}".format(*record.from_xy_px)
            return f"Frame {record.frame}: {name} put at {place}{was}"
        case LineCorrection():
            was = "not seen" if record.from_angle_deg is None else f"{record.from_angle_deg:.1f}°"
            return f"Frame {record.frame}: front edge of the shin drawn (machine: {was})"
        case HeelCorrection():
            return f"Frame {record.frame}: heel {record.to} (machine: {record.from_ or 'not known'})"
        case PeakCorrection():
            return f"Frame {record.to_frame} counts (machine: {record.from_frame})"
        case RepCorrection():
            return f"Repetition {record.rep} does not count"
        case LevelCorrection():
            was = "not seen" if record.from_roll_deg is None else f"{record.from_roll_deg:.1f}°"
            return f"A line is {record.edge} in truth (machine's camera roll: {was})"
