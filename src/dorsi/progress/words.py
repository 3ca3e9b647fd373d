"""Sentences about a trend, the same on the page and in the terminal; numbers with their ±.

Not here: comparing (`compare.py`), layout (`pages`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from dorsi.progress.compare import Change, Trend
from dorsi.quantities import QUANTITIES, TEST_NAMES, with_plus_minus
from dorsi.store import Point
from dorsi.types import Measurement

__all__ = ["TrendText", "day_in_words", "in_words", "point_in_words"]

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Tone = Literal["good", "middle", "bad"]


@dataclass(frozen=True, slots=True)
class TrendText:
    """A trend in words: `what` it is about, what is `said` of it, `notes` on how far it can be trusted.

    `chip` is the answer in a few words. `tone` is "good" for a real gain, "bad" for a real loss, None when
    no change can be told.
    """

    what: str
    said: str
    chip: str
    tone: Tone | None
    notes: tuple[str, ...]

    @property
    def answer(self) -> str:
        """The whole in one line."""
        return f"{self.what}: {self.said}"


def in_words(trend: Trend) -> TrendText:
    """What a trend says."""
    quantity = QUANTITIES[trend.measurement]
    side = f"{trend.side.capitalize()} side" if trend.side else "Side not known"
    what = f"{side}, {TEST_NAMES[trend.test].lower()}, {quantity.name.lower()}"
    last, change = trend.points[-1], trend.since_first
    if change is None:
        once = f"{point_in_words(trend, last)} on {day_in_words(last.measured_at)}"
        if len(trend.points) == 1:
            return TrendText(
                what, f"{once}. Measured once, so there is no change to tell yet.", "measured once", None, ()
            )
        postures = sorted({point.record.posture or "unknown" for point in trend.points[:-1]})
        why = f"Earlier ones were done {_list(postures)}, this one {last.record.posture}: not compared."
        return TrendText(what, f"{once}. {why.replace('_', '-')}", "not compared", None, ())
    unit = quantity.sign
    said = (
        f"{point_in_words(trend, change.before)} on {day_in_words(change.before.measured_at)}, "
        f"{point_in_words(trend, last)} on {day_in_words(last.measured_at)}: {_amount(change, unit)} "
        f"{_in_days(change.days)}. {_judged(change, unit)}"
    )
    tone: Tone | None = None
    if change.verdict == "real":
        tone = "good" if change.difference > 0 else "bad"
    return TrendText(
        what, said, _CHIPS[change.verdict, change.difference > 0], tone, _notes(trend, change, unit)
    )


_CHIPS: Final = {
    ("real", True): "real change: more movement",
    ("real", False): "real change: less movement",
    ("within", True): "within measuring error",
    ("within", False): "within measuring error",
    ("unknown", True): "cannot be told",
    ("unknown", False): "cannot be told",
}


def point_in_words(trend: Trend, point: Point) -> str:
    """`35.2° ± 2.1°`."""
    found = Measurement(point.value, point.uncertainty_95)
    return with_plus_minus(found, QUANTITIES[trend.measurement].sign)


def day_in_words(moment: datetime) -> str:
    """The local day, `1 Mar 2026`, whatever the locale."""
    local = moment.astimezone()
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def _amount(change: Change, unit: str) -> str:
    return f"{change.difference:+.1f}{unit}".replace("-", "−")


def _in_days(days: int) -> str:
    return "on the same day" if days == 0 else "in 1 day" if days == 1 else f"in {days} days"


def _judged(change: Change, unit: str) -> str:
    if change.needed is None:
        return "Whether that is more than measuring error cannot be told, because a ± is not known."
    if change.verdict == "real":
        way = "more" if change.difference > 0 else "less"
        needed = f"{change.needed:.1f}{unit}"
        return f"That is more than measuring error ({needed}): a real change, to {way} movement."
    return f"That is within measuring error ({change.needed:.1f}{unit}): no change can be told."


def _notes(trend: Trend, change: Change, unit: str) -> tuple[str, ...]:
    notes = []
    parts = [(each.repeatability_95, each.uncertainty_95) for each in (change.before, change.after)]
    if all(part is not None and whole is not None and part < whole for part, whole in parts):
        halves = " and ".join(f"{part:.1f}{unit}" for part, _ in parts)
        notes.append(
            f"Of these ±, {halves} may differ from clip to clip and count for a change; "
            "the rest is this leg's own, the same in both."
        )
    if (last := trend.since_last) is not None:
        since = f"Since the time before ({day_in_words(last.before.measured_at)}): {_amount(last, unit)}."
        notes.append(f"{since} {_judged(last, unit)}")
    if change.before is not trend.points[0]:
        notes.append("Earlier tests were done in another posture and are not compared.")
    a, b = change.before.record, change.after.record
    if a.dorsi_version != b.dorsi_version:
        notes.append(
            f"Measured by different versions of Dorsi ({a.dorsi_version}, {b.dorsi_version}): "
            "part of the change may come from that. Measure the older clip again to be sure."
        )
    if a.model_sha256 != b.model_sha256:
        notes.append(
            f"Measured with different pose weights ({a.model_name}, {b.model_name}): "
            "part of the change may come from that."
        )
    if (a.rules_name, a.rules_sha256) != (b.rules_name, b.rules_sha256):
        notes.append(
            f"Compared with different rule sets ({a.rules_name} {a.rules_version}, {b.rules_name} "
            f"{b.rules_version}): the verdicts may differ for that, the values do not."
        )
    return tuple(notes)


def _list(words: list[str]) -> str:
    return " or ".join(words)
