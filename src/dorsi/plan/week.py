"""Spreads drills over a week so that its days take about the same time.

Not here: how often a drill is done (`drills.toml`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Final, NamedTuple

__all__ = ["Weekly", "minutes_of", "week_of"]

DAYS: Final = 7


class Weekly(NamedTuple):
    """A drill of a week: its key, on how many days, and how long it takes on such a day, min."""

    name: str
    days: int
    minutes: float


def week_of(drills: Sequence[Weekly]) -> tuple[tuple[str, ...], ...]:
    """Monday to Sunday, the names done that day in the order given.

    The days of a drill lie as far apart as they can, from one week into the next, and then where least is
    done: two drills of every other day come on alternate days.
    """
    load = [0.0] * DAYS
    days_of: dict[str, tuple[int, ...]] = {}
    for each in sorted(drills, key=lambda each: (-each.days, -each.minutes, each.name)):
        days = _best(each.days, load)
        days_of[each.name] = days
        for day in days:
            load[day] += each.minutes
    return tuple(tuple(each.name for each in drills if day in days_of[each.name]) for day in range(DAYS))


def minutes_of(week: Iterable[Iterable[str]], drills: Iterable[Weekly]) -> float | None:
    """Minutes of the fullest day; None when no day has any."""
    of = {each.name: each.minutes for each in drills}
    return max((sum(of[name] for name in day) for day in week), default=0.0) or None


def _best(number: int, load: Sequence[float]) -> tuple[int, ...]:
    """So many days: far apart first, then where the fullest of them is least full, then the earliest."""

    def rank(days: tuple[int, ...]) -> tuple[int, float, float, tuple[int, ...]]:
        following = (*days[1:], days[0] + DAYS)
        gap = min(after - day for day, after in zip(days, following, strict=True))
        return -gap, max(load[day] for day in days), sum(load[day] for day in days), days

    return min(combinations(range(DAYS), number), key=rank)
