"""Series of one quantity, test and side, and the changes in them that can be told from measuring error.

Pure functions of what the store holds. Not here: the smallest real change (`rules`), sentences (`words.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from dorsi.quantities import DECIDING, RESULT_OF
from dorsi.rules import RealChange
from dorsi.store import Point, Record
from dorsi.types import Side

__all__ = ["Change", "Trend", "trends"]

Verdict = Literal["real", "within", "unknown"]


@dataclass(frozen=True, slots=True)
class Change:
    """From one measurement to a later one. `difference` is after less before; it is "real" when it exceeds
    `needed`, both in the unit of the quantity, and "unknown" when the ± of either is not known.

    `needed` counts what differs between two clips of one leg, not what is the leg's own in both.
    """

    before: Point
    after: Point
    difference: float
    needed: float | None
    verdict: Verdict

    @property
    def days(self) -> int:
        """Local calendar days between the two."""
        return (self.after.measured_at.astimezone().date() - self.before.measured_at.astimezone().date()).days


@dataclass(frozen=True, slots=True)
class Trend:
    """One quantity of one test on one side over time; `points` oldest first, at least one.

    `since_first` compares the latest with the first that can be compared with it, `since_last` with the one
    before it when that is another. `mdc` is in the unit of the quantity.
    """

    test: str
    measurement: str
    side: Side | None
    points: tuple[Point, ...]
    since_first: Change | None
    since_last: Change | None
    mdc: float | None
    source: str


def trends(records: Sequence[Record], smallest: Callable[[str], RealChange]) -> list[Trend]:
    """Every series in a runner's history, the sides of a quantity next to each other.

    An alternative to the result of a test is followed besides, once there are two values of a side.
    Only measurements of one test, quantity and side, done in the same posture, are compared.
    """
    found = []
    for test, headline in RESULT_OF.items():
        for measurement in DECIDING[test]:
            by_side = {side: _series(records, test, measurement, side) for side in _SIDES}
            if measurement != headline and max(len(points) for points in by_side.values()) < 2:
                continue
            found += [
                _trend(test, measurement, side, points, smallest(measurement))
                for side, points in by_side.items()
                if points
            ]
    return found


_SIDES: Final[tuple[Side | None, ...]] = ("left", "right", None)


def _series(records: Sequence[Record], test: str, measurement: str, side: Side | None) -> list[Point]:
    points = [
        Point(record.measured_at, value.value, value.uncertainty_95, record, value.repeatability_95)
        for record in records
        if record.current and record.test == test and record.side == side
        if (value := record.values.get(measurement)) is not None and value.value is not None
    ]
    return sorted(points, key=lambda point: (point.measured_at, point.record.kept_at))


def _trend(
    test: str, measurement: str, side: Side | None, points: Sequence[Point], smallest: RealChange
) -> Trend:
    last = points[-1]
    earlier = [point for point in points[:-1] if _same_posture(point, last)]
    first = _change(earlier[0], last, smallest) if earlier else None
    previous = _change(earlier[-1], last, smallest) if len(earlier) > 1 else None
    return Trend(test, measurement, side, tuple(points), first, previous, smallest.mdc, smallest.source)


def _same_posture(a: Point, b: Point) -> bool:
    """Whether nothing says that one was done standing and the other half-kneeling: those are two tests."""
    known = {a.record.posture, b.record.posture} - {None, "unknown"}
    return len(known) < 2


def _change(before: Point, after: Point, smallest: RealChange) -> Change:
    difference = after.value - before.value
    if before.uncertainty_95 is None or after.uncertainty_95 is None:
        return Change(before, after, difference, None, "unknown")
    needed = smallest.between(before, after)
    if needed is None:
        return Change(before, after, difference, None, "unknown")
    return Change(before, after, difference, needed, "real" if abs(difference) > needed else "within")
