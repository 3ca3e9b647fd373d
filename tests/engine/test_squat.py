"""Squats of known depth: repetitions, knee over foot, and what the ± holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dorsi.engine.conclude.measurements import THIGH_OWN, measure_clip, measure_squat
from dorsi.engine.conclude.reps import find_reps
from dorsi.engine.conclude.shank import ANATOMY_SD_DEG, shank_track
from dorsi.engine.conclude.signals import Scale, SignalNoise, build_signals
from dorsi.engine.conclude.uncertainty import OVERLAP_SD_DEG, THIGH_SD_DEG, HalfWidths, half_widths
from dorsi.engine.evidence import FootTrack, LegFacts
from dorsi.engine.observe.leg import FRONT_GAP, choose_leg
from dorsi.engine.view import View
from dorsi.types import FloatArray, LegTrack, Level, Measurement, Rep, Signals
from tests.engine.scenes import lunge_angle_deg
from tests.engine.squats import knee_over_foot_percent, squat_track

TIME_S = np.arange(180) / 30
LEVEL = Level(0.0, 0.6, "uprights")
VIEW = View(0.0, 5.0, 0.0, 4.0, 1e6, 720, 1280)
SCALE = Scale(1.8, 0.1, "given body height")
SHIN_DEG, BEND_DEG = 30.0, 110.0


class _Squat:
    """A measured squat, every step of the way at hand."""

    def __init__(
        self, shin_deg: FloatArray, bend_deg: FloatArray, rise_px: FloatArray | None = None, forward: int = 1
    ) -> None:
        found = choose_leg([squat_track(TIME_S, shin_deg, bend_deg, forward=forward)])
        assert found is not None
        self.leg: LegTrack = found[0]
        self.evidence: LegFacts = found[1]
        rise = np.zeros(len(TIME_S)) if rise_px is None else rise_px
        foot = FootTrack(rise, rise / 2, np.zeros(len(rise)), 120.0)
        built = build_signals(self.leg, LEVEL, VIEW, foot, SCALE, 1)
        self.signals: Signals = built[0]
        self.noise: SignalNoise = built[1]
        shank = shank_track([], self.leg)
        self.doubt: HalfWidths = half_widths(self.leg, self.evidence, LEVEL, VIEW, shank, self.noise)
        measured = self.measured(find_reps(self.signals, "squat"))
        self.found: dict[str, Measurement] = measured[0]
        self.reps: tuple[Rep, ...] = measured[1]

    def measured(self, reps: tuple[Rep, ...]) -> tuple[dict[str, Measurement], tuple[Rep, ...]]:
        return measure_clip(self.evidence, LEVEL, self.signals, self.noise, SCALE, reps, self.doubt, self.leg)

    def over_foot(self, doubt: HalfWidths | None = None) -> Measurement:
        peak = self.found["peak_shin_angle_deg"]
        found = measure_squat(self.leg, self.signals, peak, doubt or self.doubt)
        return found["peak_knee_over_foot_percent"]


def _of(shin_deg: float = SHIN_DEG, bend_deg: float = BEND_DEG, reps: int = 1, forward: int = 1) -> _Squat:
    return _Squat(
        lunge_angle_deg(TIME_S, shin_deg, reps=reps), lunge_angle_deg(TIME_S, bend_deg, reps=reps),
        forward=forward,
    )  # fmt: skip


@pytest.mark.parametrize("reps", [1, 2, 3])
def test_squats_are_counted_by_the_bend_of_the_knee(reps: int) -> None:
    squat = _of(reps=reps)
    assert len(squat.reps) == reps
    bend = squat.found["peak_knee_flexion_deg"]
    assert bend.value == pytest.approx(BEND_DEG, abs=1.5)
    assert bend.frame is not None and squat.signals.knee_flexion_deg[bend.frame] == bend.value


def test_knees_that_bend_over_shins_that_stay_are_a_squat_and_no_lunge() -> None:
    upright = _Squat(np.full(180, 8.0), lunge_angle_deg(TIME_S, 100.0, reps=2))
    assert len(find_reps(upright.signals, "squat")) == 2
    assert find_reps(upright.signals, "lunge") == ()


def test_shins_that_lean_over_straight_knees_are_no_squat() -> None:
    stiff = _Squat(lunge_angle_deg(TIME_S, 20.0), np.full(180, 3.0))
    assert find_reps(stiff.signals, "squat") == () and len(find_reps(stiff.signals)) == 1


@pytest.mark.parametrize("forward", [1, -1])
@pytest.mark.parametrize("shin_deg", [5.0, 20.0, 38.0])
def test_the_knee_s_plumb_line_falls_where_the_drawn_knee_stands(shin_deg: float, forward: int) -> None:
    over = _of(shin_deg, forward=forward).over_foot()
    truth = knee_over_foot_percent(shin_deg)
    assert over.value == pytest.approx(truth, abs=2.0)
    assert over.value is not None and over.uncertainty_95 is not None
    assert abs(over.value - truth) < over.uncertainty_95
    assert over.frame is not None and over.time_s == TIME_S[over.frame]
    assert over.time_s == pytest.approx(TIME_S[-1] / 2, abs=0.3)


def test_the_knee_counts_only_while_the_heel_is_down() -> None:
    shin = lunge_angle_deg(TIME_S, 35.0)
    rise_px = np.clip(shin - 22.0, 0, None) * 2.0  # 10 mm at 25 deg
    squat = _Squat(shin, lunge_angle_deg(TIME_S, BEND_DEG), rise_px)
    over = squat.over_foot()
    assert over.value == pytest.approx(knee_over_foot_percent(23.4), abs=3.0)
    assert over.frame is not None and squat.signals.heel_down[over.frame]
    bend = squat.found["peak_knee_flexion_deg"].value
    assert bend == pytest.approx(BEND_DEG, abs=1.5), "depth is depth, whatever the heel does"


def test_a_heel_that_was_never_down_leaves_the_knee_unmeasured() -> None:
    squat = _of()
    lifted = tuple(replace(rep, peak_shin_angle_deg=None) for rep in squat.reps)
    for reps in (lifted, ()):
        peak = squat.measured(reps)[0]["peak_shin_angle_deg"]
        assert measure_squat(squat.leg, squat.signals, peak, squat.doubt) == {}


def test_the_best_repetition_counts() -> None:
    shin = np.concatenate([lunge_angle_deg(TIME_S[:90], 20.0), lunge_angle_deg(TIME_S[:90], 32.0)])
    squat = _Squat(shin, lunge_angle_deg(TIME_S, BEND_DEG, reps=2))
    assert len(squat.reps) == 2
    over = squat.over_foot()
    assert over.value == pytest.approx(knee_over_foot_percent(32.0), abs=2.0)
    assert over.time_s is not None and over.time_s > 3.0


def test_the_width_of_the_knee_s_place_holds_shin_and_ends_of_the_foot() -> None:
    squat = _of()
    sure, plain, unsure = (
        squat.over_foot(replace(squat.doubt, shin_deg=np.full(180, half))).uncertainty_95
        for half in (0.0, 6.0, 12.0)
    )
    assert sure is not None and plain is not None and unsure is not None
    truth = knee_over_foot_percent(SHIN_DEG)
    # Both ends of the foot are known to 4 % of it: the heel moves all of it, the tip its share.
    assert sure == pytest.approx(1.96 * 4 * (1 + truth / 100), rel=0.05)
    foot_px = 125 / 0.83
    lean = 100 * 230 / foot_px * np.cos(np.radians(SHIN_DEG)) * np.radians(6.0)
    assert plain**2 - sure**2 == pytest.approx(lean**2, rel=0.05)
    assert unsure**2 - sure**2 == pytest.approx(4 * lean**2, rel=0.05)


def test_the_width_of_the_bend_holds_the_thigh() -> None:
    squat = _of()
    bend = squat.found["peak_knee_flexion_deg"]
    assert bend.frame is not None
    shin = float(squat.doubt.shin_deg[bend.frame])
    assert bend.uncertainty_95 == pytest.approx(np.hypot(shin, 1.96 * THIGH_SD_DEG))
    # How much of a thigh's error is the body's and the network's own is the same in two clips.
    again = np.sqrt(shin**2 - (1.96 * ANATOMY_SD_DEG) ** 2)
    spread = 1.96 * THIGH_SD_DEG * np.sqrt(1 - THIGH_OWN**2)
    assert bend.repeatability_95 == pytest.approx(np.hypot(again, spread))


def test_the_ends_of_the_foot_may_differ_from_clip_to_clip_and_the_shin_s_own_does_not() -> None:
    squat = _of()
    plain = squat.over_foot()
    none = squat.over_foot(replace(squat.doubt, anatomy_deg=np.zeros(180)))
    assert plain.repeatability_95 is not None and plain.uncertainty_95 is not None
    assert none.repeatability_95 == none.uncertainty_95 == plain.uncertainty_95
    lean = 100 * 230 / (125 / 0.83) * np.cos(np.radians(SHIN_DEG)) * np.radians(1.96 * ANATOMY_SD_DEG)
    assert plain.uncertainty_95**2 - plain.repeatability_95**2 == pytest.approx(lean**2, rel=0.05)


def test_legs_that_overlap_widen_shin_and_crest() -> None:
    squat = _of()
    assert squat.evidence.feet_apart == pytest.approx(15 / 230, abs=0.02)

    def squared(feet_apart: float) -> FloatArray:
        evidence = replace(squat.evidence, feet_apart=feet_apart)
        shank = shank_track([], squat.leg)
        return half_widths(squat.leg, evidence, LEVEL, VIEW, shank, squat.noise).shin_deg ** 2

    beside, apart = squared(0.9 * FRONT_GAP), squared(1.1 * FRONT_GAP)
    assert beside - apart == pytest.approx(np.full(180, (1.96 * OVERLAP_SD_DEG) ** 2))
    assert squat.doubt.shin_deg**2 == pytest.approx(beside)
