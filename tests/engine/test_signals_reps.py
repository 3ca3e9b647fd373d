"""Curves, repetitions and measurements from tracks whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dorsi.engine.conclude.measurements import HINGE_95, _unseen_gain_deg, measure_clip
from dorsi.engine.conclude.reps import find_reps
from dorsi.engine.conclude.shank import ANATOMY_SD_DEG, shank_track
from dorsi.engine.conclude.signals import Scale, SignalNoise, build_signals, length_scale
from dorsi.engine.conclude.uncertainty import half_widths
from dorsi.engine.evidence import FootTrack, LegFacts
from dorsi.engine.landmarks import LegPoint
from dorsi.engine.observe.leg import choose_leg
from dorsi.engine.view import View, yaw_guess_deg
from dorsi.settings import Settings
from dorsi.types import FloatArray, LegTrack, Level, Measurement, Signals
from tests.engine.scenes import lunge_angle_deg, pose_track

TIME_S = np.arange(180) / 30
LEVEL = Level(0.0, 0.6, "uprights")
VIEW = View(0.0, 5.0, 0.0, 4.0, 1024.0, 720, 1280)
SCALE = Scale(1.8, 0.1, "given body height")


def _leg(angle_deg: FloatArray, **scene: object) -> tuple[LegTrack, LegFacts]:
    found = choose_leg([pose_track(TIME_S, angle_deg, noise_px=1.0, **scene)])  # type: ignore[arg-type]
    assert found is not None
    return found


def _foot(rise_px: FloatArray) -> FootTrack:
    blank = np.zeros(len(rise_px))
    return FootTrack(rise_px, rise_px / 2, blank, 120.0)


def _signals(angle_deg: FloatArray, rise_px: FloatArray | None = None) -> tuple[Signals, SignalNoise]:
    leg, _ = _leg(angle_deg)
    foot = None if rise_px is None else _foot(rise_px)
    return build_signals(leg, LEVEL, VIEW, foot, SCALE, stride=1)


@pytest.mark.parametrize("reps", [1, 2, 3])
def test_reps_are_counted_and_their_peaks_read(reps: int) -> None:
    truth = lunge_angle_deg(TIME_S, 32.0, reps=reps)
    signals, noise = _signals(truth, np.zeros(180))
    found = find_reps(signals)
    assert len(found) == reps
    assert all(r.peak_shin_angle_deg == pytest.approx(32, abs=1) and not r.heel_lifted for r in found)
    assert all(r.start_s < r.peak_s < r.end_s for r in found)
    assert 0 < noise.shin_angle_deg < 1


def test_the_peak_counts_only_while_the_heel_is_down() -> None:
    truth = lunge_angle_deg(TIME_S, 38.0)
    rise_px = np.clip(truth - 28.0, 0, None) * 2.0  # lifts from 28 deg on, 36 mm at the top
    signals, _ = _signals(truth, rise_px)
    (rep,) = find_reps(signals)
    assert rep.heel_lifted
    assert rep.peak_shin_angle_any_heel_deg == pytest.approx(38, abs=1)
    # 5 mm is 2.8 px is 1.4 deg past the start of the lift
    assert rep.heel_lift_onset_shin_angle_deg == pytest.approx(29.4, abs=1)
    assert rep.peak_shin_angle_deg == pytest.approx(29.4, abs=1)
    assert rep.max_heel_lift_mm == pytest.approx(36, abs=2)
    assert rep.heel_lift_onset_s is not None and rep.heel_lift_onset_s < rep.end_s


def test_a_rise_under_ten_mm_is_no_lift() -> None:
    truth = lunge_angle_deg(TIME_S, 30.0)
    signals, _ = _signals(truth, np.where(truth > 25, 4.0, 0.0))  # 7 mm
    (rep,) = find_reps(signals)
    assert not rep.heel_lifted
    assert signals.heel_down.all()


def test_a_heel_lost_on_its_way_up_is_not_down() -> None:
    truth = lunge_angle_deg(TIME_S, 30.0)
    rise_px = np.where(truth > 20, 15.0, 0.0)
    rise_px[truth > 24] = np.nan
    signals, _ = _signals(truth, rise_px)
    (rep,) = find_reps(signals)
    assert rep.heel_lifted
    assert rep.peak_shin_angle_deg == pytest.approx(20, abs=1.5)


def test_a_camera_that_tilts_a_flat_foot_hides_as_much_of_a_rise() -> None:
    truth = lunge_angle_deg(TIME_S, 30.0)
    # 10 px are 18 mm: first looked at square on, then from farther round, upright, for some time.
    sinking = np.where(truth > 15, 8.0, np.where(TIME_S[-1] - 0.8 < TIME_S, -10.0, 0.0))
    signals, noise = _signals(truth, sinking)
    (rep,) = find_reps(signals)
    assert noise.sunk_heel_mm == pytest.approx(18, abs=2) and noise.resting_heel_mm >= 9
    assert not rep.heel_lifted and rep.max_heel_lift_mm is None
    # What rises farther than that is seen.
    rise_px = np.where(truth > 15, 25.0, sinking)
    leg, _ = _leg(truth, heel_up_px=np.maximum(0.0, rise_px))
    signals, noise = build_signals(leg, LEVEL, VIEW, _foot(rise_px), SCALE, stride=1)
    assert find_reps(signals)[0].heel_lifted
    # Toes in the air, for a moment, are no tilted foot.
    for short in (np.where(TIME_S[-1] - 0.3 < TIME_S, -10.0, 0.0), np.zeros_like(truth)):
        assert _signals(truth, short)[1].sunk_heel_mm == 0


@pytest.mark.parametrize(("mm_per_px", "seen"), [(1.8, False), (4.0, True)])
def test_a_heel_below_its_rest_by_less_than_a_lift_that_shows_is_down(mm_per_px: float, seen: bool) -> None:
    """By 12 mm: three pixels of a clip in which four make a lift, or a foot that is being set down."""
    truth = lunge_angle_deg(TIME_S, 30.0)
    leg, _ = _leg(truth)
    low = _foot(np.where(truth > 20, -12.0 / mm_per_px, 0.0))
    signals, _ = build_signals(leg, LEVEL, VIEW, low, Scale(mm_per_px, 0.1, "given body height"), stride=1)
    at_top = signals.heel_lift_mm[int(np.argmax(truth))]
    assert at_top == pytest.approx(-12, abs=1) if seen else np.isnan(at_top)


def test_a_heel_hidden_at_the_top_widens_the_peak_and_claims_no_rise() -> None:
    truth = lunge_angle_deg(TIME_S, 30.0)
    # Ten degrees of tilt farther its landmark still tells that it is down.
    signals, _ = _signals(truth, np.where(truth > 10, np.nan, 0.0))
    (rep,) = find_reps(signals)
    assert not rep.heel_lifted and rep.max_heel_lift_mm is None
    assert rep.peak_shin_angle_deg == pytest.approx(30, abs=1)
    doubt_deg = _unseen_gain_deg(rep, signals, np.arange(rep.start_frame, rep.end_frame + 1))
    assert doubt_deg == pytest.approx(10, abs=1.5)


def _measured(
    truth: FloatArray, rise_px: FloatArray, ankle_up_px: FloatArray | None = None
) -> tuple[float, float, int]:
    """Value and ± of the peak that counts, and how many repetitions there are."""
    leg, evidence = _leg(truth)
    signals, noise = build_signals(leg, LEVEL, VIEW, _foot(rise_px), SCALE, 1)
    if ankle_up_px is not None:
        xy_px = leg.xy_px.copy()
        xy_px[:, LegPoint.ANKLE, 1] -= ankle_up_px
        leg = replace(leg, xy_px=xy_px)
    doubt = half_widths(leg, evidence, LEVEL, VIEW, shank_track([], leg), noise)
    found, reps = measure_clip(evidence, LEVEL, signals, noise, SCALE, find_reps(signals), doubt, leg)
    peak = found["peak_shin_angle_deg"]
    assert peak.value is not None and peak.uncertainty_95 is not None
    return peak.value, peak.uncertainty_95, len(reps)


def test_the_repetition_whose_heel_was_seen_counts_before_a_higher_one() -> None:
    truth = lunge_angle_deg(TIME_S, 30.0, reps=2)
    first = TIME_S[-1] / 2 > TIME_S
    truth = np.where(first, truth * 1.05, truth)
    hidden = np.where(first & (truth > 12), np.nan, 0.0)
    value, half, count = _measured(truth, hidden)
    assert count == 2
    assert value == pytest.approx(30, abs=1) and half < 7
    seen_value, _, _ = _measured(truth, np.zeros(len(truth)))
    assert seen_value == pytest.approx(31.5, abs=1), "seen, the higher one counts"


def test_a_heel_that_was_never_seen_hides_no_more_than_a_heel_can_rise() -> None:
    truth = lunge_angle_deg(TIME_S, 30.0)
    never = np.where(truth > 2, np.nan, 0.0)
    _, seen, _ = _measured(truth, np.zeros(len(truth)))
    _, still, _ = _measured(truth, never)
    assert seen + 5 < still < seen + 20
    _, raised, _ = _measured(truth, never, np.where(truth > 20, 20.0, 0.0))
    assert raised > still + 5, "an ankle that rises may be taken up by a heel"


def test_a_foot_that_shuffles_while_the_leg_stands_lifts_no_heel() -> None:
    truth = np.concatenate([np.zeros(60), lunge_angle_deg(TIME_S[:120], 30.0)])
    shuffle = np.where((TIME_S > 0.6) & (TIME_S < 1.4), 16.0, 0.0)
    leg, evidence = _leg(truth)
    signals, noise = build_signals(leg, LEVEL, VIEW, _foot(shuffle), SCALE, 1)
    (rep,) = find_reps(signals)
    assert not rep.heel_lifted and rep.peak_shin_angle_deg == pytest.approx(30, abs=1)
    doubt = half_widths(leg, evidence, LEVEL, VIEW, shank_track([], leg), noise)
    found, _ = measure_clip(evidence, LEVEL, signals, noise, SCALE, (rep,), doubt, leg)
    assert found["max_heel_lift_mm"].value == pytest.approx(0, abs=3), "29 mm in all of the clip"


def test_one_bad_frame_is_never_the_result() -> None:
    truth = lunge_angle_deg(TIME_S, 30.0)
    leg, _ = _leg(truth)
    xy = leg.xy_px.copy()
    xy[90, 1] += (200.0, 0.0)
    bad = LegTrack(leg.time_s, xy, leg.confidence, leg.other_xy_px, leg.side, leg.facing, leg.test_leg)
    signals, _ = build_signals(bad, LEVEL, VIEW, _foot(np.zeros(180)), SCALE, 1)
    (rep,) = find_reps(signals)
    assert rep.peak_shin_angle_deg == pytest.approx(30, abs=1)


def test_standing_still_has_no_rep() -> None:
    signals, _ = _signals(np.full(180, 3.0), np.zeros(180))
    assert find_reps(signals) == ()


def test_a_step_that_leaves_the_floor_is_no_rep() -> None:
    truth = np.linspace(-15, 35, 180)
    signals, _ = _signals(truth, np.zeros(180))
    shin = signals.shin_angle_deg.copy()
    shin[120:] = np.nan  # the foot leaves the spot at its most forward lean
    gone = Signals(
        signals.time_s, shin, signals.crest_angle_deg, signals.heel_lift_mm, signals.heel_pitch_deg,
        signals.big_toe_deg, signals.knee_flexion_deg, signals.heel_down,
    )  # fmt: skip
    assert find_reps(gone) == ()


def test_roll_shifts_the_angle_and_lack_of_it_widens_the_interval() -> None:
    leg, evidence = _leg(lunge_angle_deg(TIME_S, 30.0))
    tilted, noise = build_signals(leg, Level(2.0, 0.6, "uprights"), VIEW, None, SCALE, 1)
    plain, _ = build_signals(leg, LEVEL, VIEW, None, SCALE, 1)
    assert np.nanmedian(tilted.shin_angle_deg - plain.shin_angle_deg) == pytest.approx(-2, abs=0.01)
    assert np.nanmedian(tilted.knee_flexion_deg - plain.knee_flexion_deg) == pytest.approx(0, abs=0.01)
    known, unknown = (
        half_widths(leg, evidence, level, VIEW, shank_track([], leg), noise).shin_deg[90]
        for level in (LEVEL, Level(float("nan"), 4.0, "none"))
    )
    assert unknown == pytest.approx(np.sqrt(known**2 - 0.6**2 + 4.0**2))


def test_measurements_cover_the_contract_and_carry_their_moment() -> None:
    truth = lunge_angle_deg(TIME_S, 32.0, reps=2)
    leg, evidence = _leg(truth)
    signals, noise = build_signals(leg, LEVEL, VIEW, _foot(np.zeros(180)), SCALE, 1)
    doubt = half_widths(leg, evidence, LEVEL, VIEW, shank_track([], leg), noise)
    found, reps = measure_clip(evidence, LEVEL, signals, noise, SCALE, find_reps(signals), doubt, leg)
    peak = found["peak_shin_angle_deg"]
    assert peak.value == pytest.approx(32, abs=1) and peak.frame is not None and peak.time_s is not None
    assert leg.time_s[peak.frame] == peak.time_s
    assert all(r.peak_uncertainty_95_deg and r.peak_uncertainty_95_deg > 0 for r in reps)
    assert found["peak_crest_angle_deg"].value is None
    assert found["start_shin_angle_deg"].value == pytest.approx(2, abs=1)
    assert found["camera_roll_deg"].value == 0.0
    assert all(m.uncertainty_95 is not None for m in found.values() if m.value is not None)
    for key, each in found.items():
        if each.value is not None:
            assert each.uncertainty_95 is not None and each.repeatability_95 is not None, key
            assert 0 < each.repeatability_95 <= each.uncertainty_95, key
    own = {key: _own_95(each) for key, each in found.items() if each.value is not None}
    for key in ("peak_shin_angle_deg", "peak_shin_angle_any_heel_deg", "start_shin_angle_deg"):
        assert own[key] == pytest.approx(1.96 * ANATOMY_SD_DEG)
    assert own["camera_roll_deg"] == 0.0


def _own_95(found: Measurement) -> float:
    """What of the half-width two clips of one leg share."""
    whole, again = found.uncertainty_95 or 0.0, found.repeatability_95 or 0.0
    return float(np.sqrt(whole**2 - again**2))


def test_a_line_that_is_all_the_leg_s_own_repeats_to_nothing_and_never_less() -> None:
    leg, evidence = _leg(lunge_angle_deg(TIME_S, 32.0))
    signals, noise = build_signals(leg, LEVEL, VIEW, _foot(np.zeros(180)), SCALE, 1)
    doubt = half_widths(leg, evidence, LEVEL, VIEW, shank_track([], leg), noise)
    wide = replace(doubt, anatomy_deg=doubt.shin_deg + 1)
    found, _ = measure_clip(evidence, LEVEL, signals, noise, SCALE, find_reps(signals), wide, leg)
    assert found["peak_shin_angle_deg"].repeatability_95 == 0.0
    assert found["peak_shin_angle_deg"].uncertainty_95 == doubt.shin_deg[found["peak_shin_angle_deg"].frame]


def test_a_heel_s_scale_and_ball_are_the_person_s() -> None:
    leg, evidence = _leg(lunge_angle_deg(TIME_S, 32.0))
    rise_px = 12 * np.clip(lunge_angle_deg(TIME_S, 32.0) / 32.0, 0, 1)
    signals, noise = build_signals(leg, LEVEL, VIEW, _foot(rise_px), SCALE, 1)
    doubt = half_widths(leg, evidence, LEVEL, VIEW, shank_track([], leg), noise)

    def lift(scale: Scale) -> Measurement:
        found, _ = measure_clip(evidence, LEVEL, signals, noise, scale, find_reps(signals), doubt, leg)
        assert (turn := found["max_heel_pitch_deg"]).value
        assert _own_95(turn) == pytest.approx(turn.value * HINGE_95 / 2**0.5)
        return found["max_heel_lift_mm"]

    plain, unsure = lift(SCALE), lift(replace(SCALE, relative_95=0.3))
    assert plain.value is not None and plain.uncertainty_95 is not None and unsure.uncertainty_95 is not None
    assert unsure.uncertainty_95 > plain.uncertainty_95
    assert unsure.repeatability_95 == pytest.approx(plain.repeatability_95)
    assert _own_95(plain) == pytest.approx(plain.value * np.hypot(SCALE.relative_95, HINGE_95 / 2**0.5))


def test_scale_sources_and_their_widths() -> None:
    _, evidence = _leg(lunge_angle_deg(TIME_S, 30.0))
    usual = length_scale(evidence, Settings())
    given = length_scale(evidence, Settings(height_cm=170))
    foot = length_scale(evidence, Settings(foot_cm=26))
    assert usual.mm_per_px == pytest.approx(given.mm_per_px)
    assert usual.relative_95 > given.relative_95
    assert {usual.source, given.source, foot.source} == {
        "usual body proportions", "given body height", "given foot length",
    }  # fmt: skip


@pytest.mark.parametrize(("ratio", "low", "high"), [(0.0, 0, 1), (0.31, 25, 35), (0.6, 70, 90)])
def test_yaw_grows_with_the_width_of_the_trunk(ratio: float, low: float, high: float) -> None:
    assert low <= yaw_guess_deg(ratio) <= high


def test_a_top_behind_which_the_leg_is_lost_is_no_peak() -> None:
    truth = lunge_angle_deg(TIME_S, 36.0)
    signals, _ = _signals(truth, np.zeros(180))
    angle = np.where(np.abs(TIME_S - TIME_S[90]) < 0.6, np.nan, signals.shin_angle_deg)
    hidden = replace(signals, shin_angle_deg=angle)
    assert all(rep.peak_shin_angle_deg is None for rep in find_reps(hidden))


def test_a_heel_rests_anew_where_the_foot_has_stepped_to() -> None:
    """The new spot shows the heel 20 px higher, as a foot that was turned does; then it lifts by 30 px."""
    time_s = np.arange(180) / 30
    truth = lunge_angle_deg(time_s, 32.0, reps=2)
    after = time_s > 2.9
    lifts = np.where(after & (truth > 25), 30.0, 0.0)
    leg, _ = _leg(truth, heel_up_px=lifts + 20.0 * after)
    foot = replace(_foot(lifts + 20.0 * after), step_px=np.where(after[:, None], [60.0, 0.0], [0.0, 0.0]))
    signals, _ = build_signals(leg, LEVEL, VIEW, foot, SCALE, stride=1)
    still = np.abs(np.nan_to_num(signals.heel_lift_mm))[(truth < 15) | ~after]
    assert np.percentile(still, 90) < 5.0
    assert np.nanmax(signals.heel_lift_mm) == pytest.approx(54.0, abs=5.0)
    assert [rep.heel_lifted for rep in find_reps(signals)] == [False, True]


@pytest.mark.parametrize(("during_mm", "lifted"), [(0.0, False), (25.0, True)])
def test_a_heel_that_is_up_while_the_foot_steps_in_and_out_is_no_lift(during_mm: float, lifted: bool) -> None:
    shin = np.interp(TIME_S, [0, 1, 2, 3.5, 4.5, 6], [-24.0, 0.0, 28.0, 28.0, 0.0, -20.0])
    stepping = (TIME_S < 0.6) | (TIME_S > 5.0)
    signals, _ = _signals(shin, np.zeros(180))
    lift = np.where(stepping, 40.0, 0.0) + np.where(shin > 26, during_mm, 0.0)
    (rep,) = find_reps(replace(signals, heel_lift_mm=lift, heel_down=lift < 5))
    assert (rep.heel_lifted, rep.max_heel_lift_mm) == (lifted, during_mm)


def test_a_heel_raised_in_mid_clip_is_a_lift_however_upright_the_shin() -> None:
    shin = lunge_angle_deg(TIME_S, 25.0, base_deg=15.0, reps=3)
    rise_px = np.where((shin < 18) & (TIME_S > 1.5) & (TIME_S < 4.5), 40.0, 0.0)
    leg, _ = _leg(shin, heel_up_px=rise_px)
    signals, _ = build_signals(leg, LEVEL, VIEW, _foot(rise_px), SCALE, stride=1)
    assert any(rep.heel_lifted for rep in find_reps(signals))


def _lift_mm(truth: FloatArray, rise_px: FloatArray, marked_px: FloatArray, stride: int = 3) -> FloatArray:
    """Heel lift of a leg by its heel's picture and landmark, looked at every few frames."""
    leg, _ = _leg(truth, heel_up_px=marked_px)
    looks = np.arange(len(truth)) % stride == 0
    foot = _foot(np.where(looks, rise_px, np.nan))
    return build_signals(leg, LEVEL, VIEW, foot, SCALE, stride=stride)[0].heel_lift_mm


@pytest.mark.parametrize(("marked_px", "seen"), [(0.0, True), (12.0, False)])
def test_a_heel_out_of_sight_is_down_while_its_landmark_stays(marked_px: float, seen: bool) -> None:
    truth = lunge_angle_deg(TIME_S, 30.0)
    lost = truth > 22
    lift_mm = _lift_mm(truth, np.where(lost, np.nan, 0.0), np.where(lost, marked_px, 0.0))
    top = truth > 24
    assert np.isfinite(lift_mm[top]).all() == seen
    assert np.isfinite(lift_mm[top]).any() == seen and not (lift_mm[top] >= 5).any()


def test_beside_a_heel_that_is_up_a_still_landmark_says_nothing() -> None:
    truth = lunge_angle_deg(TIME_S, 30.0)
    rise_px = np.where(truth > 28, 15.0, np.where(truth > 24, np.nan, 0.0))
    lift_mm = _lift_mm(truth, rise_px, np.zeros(180))
    assert np.nanmax(lift_mm) == pytest.approx(27, abs=2)
    assert not (lift_mm[(truth > 27) & (truth < 28)] < 5).any()


def test_no_line_is_drawn_between_two_heels_that_are_down() -> None:
    """The landmark goes up in between, too little to say how far."""
    truth = lunge_angle_deg(TIME_S, 30.0)
    between = np.abs(TIME_S - 1.95) < 0.1
    lift_mm = _lift_mm(truth, np.where(between, np.nan, 0.0), np.where(between, 12.0, 0.0))
    assert np.isnan(lift_mm[between]).all() and np.isfinite(lift_mm[[54, 55, 62, 63]]).all()
    # A foot that turns or is set down shows its heel too low, which is not up.
    lift_mm = _lift_mm(truth, np.where(between, -9.0, 0.0), np.where(between, 12.0, 0.0))
    assert np.abs(lift_mm[between]).max() < 1


def test_a_frame_goes_with_the_look_beside_it_that_saw_the_heel() -> None:
    truth = lunge_angle_deg(TIME_S, 30.0)
    lost = np.arange(180) >= 120
    lift_mm = _lift_mm(truth, np.where(lost, np.nan, 0.0), np.where(lost, 12.0, 0.0))
    assert np.isfinite(lift_mm[118]) and np.isnan(lift_mm[[119, 120]]).all()


def test_landmarks_count_from_where_the_picture_shows_the_heel_down() -> None:
    """The foot comes in with its heel low and its toes up, by 72 mm: no rest to count a lift from."""
    truth = lunge_angle_deg(TIME_S, 30.0)
    comes = TIME_S < 0.7
    rise_px = np.where(comes | (truth > 10), np.nan, 0.0)
    assert not (_lift_mm(truth, rise_px, np.where(comes, -40.0, 0.0)) >= 5).any()


@pytest.mark.parametrize(("marked_px", "lifted"), [(30.0, False), (50.0, True)])
def test_a_heel_whose_landmark_goes_far_up_does_not_stay_down(marked_px: float, lifted: bool) -> None:
    """By 54 mm, of which the landmark may creep up 41 and err by 39, and by 90."""
    truth = lunge_angle_deg(TIME_S, 30.0)
    lift_mm = _lift_mm(truth, np.zeros(180), np.where(truth > 20, marked_px, 0.0))
    assert bool((lift_mm[truth > 24] > 60).all()) == lifted
    assert bool((np.abs(lift_mm[truth > 24]) < 1).all()) != lifted


@pytest.mark.parametrize(("marked_px", "seen"), [(0.0, False), (20.0, True)])
def test_a_heel_far_up_takes_its_landmark_along_or_is_none(marked_px: float, seen: bool) -> None:
    truth = lunge_angle_deg(TIME_S, 30.0)
    up = truth > 25
    lift_mm = _lift_mm(truth, np.where(up, 30.0, 0.0), np.where(up, marked_px, 0.0))
    assert bool((lift_mm[truth > 26] > 40).any()) == seen


def test_each_stepping_lunge_is_spared_its_steps() -> None:
    once = np.interp(np.arange(90) / 30, [0, 0.6, 1.2, 1.8, 2.4, 3], [-24.0, 0.0, 28.0, 28.0, 0.0, -20.0])
    shin = np.concatenate([once, np.full(30, np.nan), once])
    stepping = np.tile((np.arange(120) < 12), 2)[: len(shin)]
    signals, _ = _signals(np.nan_to_num(shin)[:180], np.zeros(180))
    blank = np.zeros(len(shin))
    lift = np.where(stepping, 40.0, 0.0)
    curves = replace(
        signals, time_s=np.arange(len(shin)) / 30, shin_angle_deg=shin, crest_angle_deg=shin,
        heel_lift_mm=lift, heel_pitch_deg=blank, big_toe_deg=blank, knee_flexion_deg=shin, heel_down=lift < 5,
    )  # fmt: skip
    found = find_reps(curves)
    assert [(rep.heel_lifted, rep.max_heel_lift_mm) for rep in found] == [(False, 0.0), (False, 0.0)]


def test_a_heel_that_is_up_all_the_while_on_another_spot_is_no_floor() -> None:
    """The foot goes up on its toes and pivots there: the heel's landmark is high, its picture a new one."""
    time_s = np.arange(180) / 30
    up = (time_s > 2.0) & (time_s < 4.0)
    leg, _ = _leg(lunge_angle_deg(time_s, 25.0), heel_up_px=np.where(up, 45.0, 0.0))
    foot = replace(_foot(np.where(up, 40.0, 0.0)), step_px=np.where(up[:, None], [30.0, 0.0], [0.0, 0.0]))
    signals, _ = build_signals(leg, LEVEL, VIEW, foot, SCALE, stride=1)
    assert np.nanmedian(signals.heel_lift_mm[75:105]) == pytest.approx(72.0, abs=6.0)
    assert np.abs(signals.heel_lift_mm[[*range(40), *range(140, 180)]]).max() < 5.0
