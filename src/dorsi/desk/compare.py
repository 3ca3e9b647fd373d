"""Two clips side by side: whether they may be compared, and their difference with what it takes to be real.

Left against right carries the whole ± of both; two clips of one leg only what differs between clips. Not
here: those rules (`dorsi.rules`, `dorsi.screen`), the page that plays them (`web`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dorsi.desk.clips import Clip
from dorsi.desk.desk import Desk
from dorsi.desk.review import review_data
from dorsi.desk.who import Who
from dorsi.errors import RulesError
from dorsi.quantities import QUANTITIES, RESULT_OF, with_plus_minus
from dorsi.report.model import Measured, Report, load_report
from dorsi.rules import evaluate_asymmetry
from dorsi.screen.compare import compare
from dorsi.types import Measurement

__all__ = ["Compared", "compared", "playing"]


@dataclass(frozen=True, slots=True)
class Compared:
    """`sentence` says the difference; `notes` why it may not be trusted; `tone` its colour."""

    sentence: str
    notes: tuple[str, ...] = ()
    tone: str = "none"


def compared(desk: Desk, who: Who, a: Clip, b: Clip) -> Compared:
    """What sets two measured clips apart. Raises DeskError, ReportError."""
    who.need_therapist()
    one, other = (load_report(desk.place.result(each.id) / "report.json").as_reviewed() for each in (a, b))
    if one.test != other.test:
        return Compared("These are two different tests: their numbers are not compared.")
    values = [_value(each) for each in (one, other)]
    if None in (values[0].value, values[1].value):
        return Compared("One of the clips has no number, so there is no difference to tell.")
    if one.side is not None and other.side is not None and one.side != other.side:
        return _sides(desk, one, other)
    return _over_time(desk, one, other)


def _value(report: Report) -> Measured:
    found: Measured = getattr(report.measurements, RESULT_OF[report.test])
    return found


def _sides(desk: Desk, one: Report, other: Report) -> Compared:
    left, right = (one, other) if one.side == "left" else (other, one)
    alike = compare(left, right, one.test)
    notes = tuple(each.message for each in alike.differences)
    a, b = (Measurement(v.value, v.uncertainty_95) for v in (_value(left), _value(right)))
    try:
        found = evaluate_asymmetry(desk.books().rules.rule_set(), a, b, one.test)
    except RulesError:
        return Compared("No rule sets the sides of this test against each other.", notes)
    tone = found.verdict if alike.comparable else "none"
    return Compared(found.message, notes, tone)


def _over_time(desk: Desk, one: Report, other: Report) -> Compared:
    key = RESULT_OF[one.test]
    sign, before, after = QUANTITIES[key].sign, _value(one), _value(other)
    change = (after.value or 0.0) - (before.value or 0.0)
    needed = desk.books().rules.real_change(key).between(before, after)
    told = f"From {with_plus_minus(before, sign)} to {with_plus_minus(after, sign)}: {change:+.1f}{sign}"
    told = told.replace("-", "−")
    same = () if one.side == other.side else ("Whether both clips show the same leg is not known.",)
    if needed is None:
        return Compared(f"{told}. What two such clips may differ by is not known.", same)
    if abs(change) > needed:
        return Compared(f"{told}, a real change (more than {needed:.1f}{sign}).", same, "meets")
    return Compared(f"{told}, within what two clips of one leg may differ by ({needed:.1f}{sign}).", same)


def playing(desk: Desk, who: Who, clip_id: str) -> dict[str, Any]:
    """What it takes to play a clip in step: frames, times, the repetition that counts, the leg."""
    data = review_data(desk, who, clip_id)
    peak = data["reviewed"]["frame"]
    reps = [rep for rep in data["reps"] if peak is not None and rep["start"] <= peak <= rep["end"]]
    rep = reps[0] if reps else {"start": 0, "peak": peak or 0, "end": data["frame_count"] - 1}
    keys = ("clip", "frame_count", "width_px", "height_px", "time_s", "forward", "roll_deg", "unit", "file")
    frame = rep["start"] if peak is None else peak
    return {key: data[key] for key in keys} | {
        "start": rep["start"], "peak": frame, "ankle": data["points"].get("ankle", []),
        "knee": data["points"].get("knee", []), "angle_deg": data["signals"].get("shin_angle_deg", []),
    }  # fmt: skip
