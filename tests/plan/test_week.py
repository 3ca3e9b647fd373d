"""The week of a plan: every drill on its days, far apart, the days even.

Not here: which drills (`test_engine.py`).
"""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dorsi.plan import load_drills
from dorsi.plan.week import Weekly, minutes_of, week_of

DRILL = st.builds(Weekly, st.text("abcdefgh", min_size=1), st.integers(1, 7), st.floats(0.5, 12))


@given(st.lists(DRILL, max_size=5, unique_by=lambda each: each.name))
def test_every_drill_has_its_days(drills: list[Weekly]) -> None:
    week = week_of(drills)
    assert len(week) == 7
    for each in drills:
        assert sum(each.name in day for day in week) == each.days
    order = [each.name for each in drills]
    assert all(list(day) == [name for name in order if name in day] for day in week)


@given(st.integers(2, 3))
def test_days_of_a_drill_are_apart_from_week_to_week(days: int) -> None:
    week = week_of([Weekly("a", days, 5)])
    done = [day for day in range(14) if "a" in week[day % 7]]
    assert min(after - day for day, after in pairwise(done)) == 7 // days


def test_drills_of_every_other_day_come_on_alternate_days() -> None:
    drills = [Weekly("a", 3, 5), Weekly("b", 3, 4), Weekly("c", 7, 2)]
    week = week_of(drills)
    assert week[:6] == (("a", "c"), ("b", "c")) * 3
    assert week[6] == ("c",)
    assert minutes_of(week, drills) == 7


def test_an_empty_week_takes_no_time() -> None:
    assert minutes_of(week_of([]), []) is None


def test_the_minutes_of_the_shipped_drills_are_counted_from_their_doses() -> None:
    """By the head of the file: repetitions, both sides, rests between sets of 30 s."""
    slow, quick, rest = 5, 3, 30
    seconds = {
        "three-way-ankle-rocks": 10 * 3 * 2 * slow,
        "kneeling-dorsiflexion-rocks": 2 * 10 * 2 * slow + rest,
        "ankle-wall-drill": 2 * 10 * 2 * quick + rest,
        "band-assisted-mobilisation": 2 * 10 * 2 * slow + rest,
        "calf-stretch": (30 + 30) * 2 * 3,
        "eccentric-calf-raise": 3 * 15 * 12 + 2 * rest,
        "two-up-one-down": 2 * 8 * 2 * slow + rest,
        "heel-elevated-squat-rock": 3 * 10 * slow + 2 * rest,
        "wall-glide-hip-rotation": 3 * 8 * 2 * slow + 2 * rest,
        "foam-rolling": 2 * 60 * 2,
        "lacrosse-ball": 2 * 60 * 2,
        "contrast-therapy": 10 * 60,
        "great-toe-mobilisation": 5 * 5 * 3 * 2 * quick + 2 * rest,
        "toe-yoga": 15 * 2 * 2 * quick,
        "towel-crunches": 2 * 2 * 30,
        "ankle-circles": 15 * 2 * 2 * quick,
        "ankle-circles-sitting": 15 * 2 * 2 * quick,
        "calf-raises": 3 * 15 * quick + 2 * rest,
        "single-leg-balance": 3 * 30 * 2,
        "resisted-ankle": 2 * 10 * 4 * 2 * quick + rest,
        "hip-knee-strength": 2 * 10 * 2 * quick + 2 * 10 * quick + 2 * rest,
        "forward-bound": 3 * 30 + 2 * rest,
        "jump-rope": 2 * 60 + 3 * 2 * 15 + 3 * rest,
        "split-jumps": 2 * 10 * quick + rest,
    }
    counted = {name: -(-each // 30) / 2 for name, each in seconds.items()}
    assert {name: drill.minutes for name, drill in load_drills().drills.items()} == counted
