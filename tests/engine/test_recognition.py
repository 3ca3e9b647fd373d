"""Which test a clip shows, from curves whose motion is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from dorsi.engine.conclude.recognition import is_squat, lunge_is_complete, recognise
from dorsi.engine.conclude.reps import find_reps
from dorsi.engine.observe.leg import FRONT_GAP
from dorsi.settings import TestChoice
from dorsi.types import FloatArray, LegTrack, Signals, TestName
from tests.engine.scenes import lunge_angle_deg

TIME_S = np.arange(180) / 30
APART, BESIDE = 1.1, 0.1


def _signals(shin_deg: FloatArray, bend_deg: FloatArray | None = None) -> Signals:
    missing, still = np.full(len(shin_deg), np.nan), np.zeros(len(shin_deg))
    bend = 1.4 * shin_deg if bend_deg is None else bend_deg
    time_s = np.arange(len(shin_deg)) / 30
    return Signals(time_s, shin_deg, missing, still, still, missing, bend, np.ones(len(shin_deg), bool))


def _leg(other_thigh_deg: float = 10.0) -> LegTrack:
    """A leg whose thigh sinks from upright to 80 deg back, and the other one, which sinks to the angle given
    (positive: the hip ahead of the knee)."""
    down = lunge_angle_deg(TIME_S, 1.0, base_deg=0.0)

    def chain(thigh_deg: float) -> FloatArray:
        lean = np.radians(thigh_deg * down)
        xy_px = np.tile([[0.0, -200], [0, -100], [0, 0], [-20, 20], [60, 20]], (len(TIME_S), 1, 1))
        xy_px[:, 0] = 100 * np.stack([np.sin(lean), -1 - np.cos(lean)], axis=1)
        return xy_px

    own, other = chain(-80.0), chain(other_thigh_deg)
    return LegTrack(TIME_S, own, np.ones((len(TIME_S), 5)), other, "right", "right", "near", "standing")


def _asked_never() -> bool:
    raise AssertionError("the toe is looked for, which takes time")


def _test(
    signals: Signals,
    apart: float = APART,
    toe: Callable[[], bool] = lambda: False,
    wanted: TestChoice = "auto",
    leg: LegTrack | None = None,
) -> TestName:
    return recognise(wanted, signals, find_reps(signals), leg or _leg(), apart, toe)


@pytest.mark.parametrize("reps", [1, 3])
def test_a_lunge_that_comes_all_the_way_back_is_one_and_no_toe_is_asked_for(reps: int) -> None:
    assert _test(_signals(lunge_angle_deg(TIME_S, 35.0, reps=reps)), toe=_asked_never) == "lunge"


def test_knees_that_bend_deeply_over_feet_side_by_side_are_a_squat() -> None:
    squat = _signals(lunge_angle_deg(TIME_S, 35.0), lunge_angle_deg(TIME_S, 100.0))
    assert _test(squat, BESIDE, _asked_never) == "squat"
    assert _test(squat, APART, _asked_never) == "lunge", "one foot in front"


@pytest.mark.parametrize(("bend_deg", "squat"), [(30.0, False), (60.0, True)])
def test_a_squat_needs_a_bend_beyond_that_at_the_start(bend_deg: float, squat: bool) -> None:
    bend = lunge_angle_deg(TIME_S, 40.0 + bend_deg, base_deg=40.0)
    signals = _signals(lunge_angle_deg(TIME_S, 20.0), bend)
    assert is_squat(signals, _leg(), BESIDE) == squat
    assert not is_squat(signals, _leg(), FRONT_GAP)


@pytest.mark.parametrize(
    ("other_thigh_deg", "apart", "test"),
    [(-80.0, 0.7, "squat"), (-10.0, 0.7, "lunge"), (10.0, 0.7, "lunge"), (-80.0, 1.6, "lunge")],
)
def test_a_squat_seen_from_aside_is_told_by_both_thighs(
    other_thigh_deg: float, apart: float, test: TestName
) -> None:
    """Feet a shoulder's width apart are then apart in the picture, as in a lunge; wider ones are a step."""
    squat = _signals(lunge_angle_deg(TIME_S, 35.0), lunge_angle_deg(TIME_S, 100.0))
    assert _test(squat, apart, _asked_never, leg=_leg(other_thigh_deg)) == test


def test_knees_that_were_hardly_seen_are_no_squat() -> None:
    bend = np.full(180, np.nan)
    bend[:2] = 0.0, 120.0
    assert not is_squat(_signals(np.zeros(180), bend), _leg(), BESIDE)
    assert not is_squat(_signals(np.zeros(180), np.full(180, np.nan)), _leg(), BESIDE)


@pytest.mark.parametrize("apart", [APART, BESIDE])
def test_a_shin_that_stays_and_a_toe_that_lifts_are_the_toe_test(apart: float) -> None:
    still = _signals(np.full(180, 12.0) + np.sin(TIME_S))
    assert find_reps(still) == ()
    assert _test(still, apart, lambda: True) == "big_toe"
    assert _test(still, apart, lambda: False) == "lunge"


def test_a_shin_set_forward_and_left_there_is_no_lunge() -> None:
    """It sags by half while the toe lifts, which counts as a repetition, but never comes back."""
    shin = np.interp(TIME_S, [0, 0.8, 2.0, 3.0, 6.0], [2.0, 2.0, 30.0, 15.0, 15.0])
    signals = _signals(shin)
    assert find_reps(signals) and not lunge_is_complete(signals, find_reps(signals))
    assert _test(signals, toe=lambda: True) == "big_toe"
    assert _test(signals, toe=lambda: False) == "lunge"


def test_a_lunge_cut_at_the_top_asks_for_a_toe_and_stays_a_lunge_without_one() -> None:
    whole = lunge_angle_deg(TIME_S, 35.0)
    cut = _signals(whole[: int(whole.argmax()) + 1])
    asked: list[bool] = []

    def no_toe() -> bool:
        asked.append(True)
        return False

    assert find_reps(cut) and not lunge_is_complete(cut, find_reps(cut))
    assert _test(cut, toe=no_toe) == "lunge"
    assert asked == [True]


def test_one_whole_lunge_among_cut_ones_is_enough() -> None:
    whole = lunge_angle_deg(TIME_S, 35.0, reps=2)
    tops = np.flatnonzero(whole >= whole.max() - 0.2)
    cut = _signals(whole[: tops[-1] + 1])
    assert len(find_reps(cut)) == 2 and lunge_is_complete(cut, find_reps(cut))


def test_nothing_repeated_is_no_complete_lunge() -> None:
    assert not lunge_is_complete(_signals(np.full(180, 5.0)), ())


@pytest.mark.parametrize("given", ["lunge", "big_toe", "squat"])
def test_what_the_user_says_goes_first(given: TestName) -> None:
    lunge, squat = _signals(lunge_angle_deg(TIME_S, 35.0)), _signals(np.zeros(180), 2 * TIME_S * 20)
    for signals, apart in ((lunge, APART), (squat, BESIDE)):
        assert _test(signals, apart, _asked_never, given) == given


def test_a_shin_that_steps_in_and_falls_back_by_far_is_a_lunge() -> None:
    """A foot that steps into the lunge starts far behind, and steps off before the shin is there again."""
    shin = np.interp(TIME_S, [0, 0.8, 2.0, 3.0, 4.0, 6.0], [-24.0, -24.0, 2.0, 28.0, 28.0, -2.0])
    signals = _signals(shin)
    assert lunge_is_complete(signals, find_reps(signals))
