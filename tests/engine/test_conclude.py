"""From what was observed to the analysis of a squat and of a toe: numbers, reasons, warnings by test."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from dorsi.engine.conclude.measurements import NOT_MEASURED
from dorsi.engine.conclude.quality import MESSAGES, SHAKE_OF_SHANK, Judgement, QualityInputs, judge, note
from dorsi.engine.evidence import Evidence, FootTrack, Origin, ToeTrack
from dorsi.engine.observe.leg import choose_leg
from dorsi.engine.observe.toe import ToeLooks, follow_toe
from dorsi.engine.pipeline import conclude, with_toe
from dorsi.engine.view import View
from dorsi.errors import EvidenceError
from dorsi.quantities import MEASUREMENT_KEYS
from dorsi.settings import Settings, TestChoice
from dorsi.types import Analysis, ClipInfo, FloatArray, LegTrack, Level, Measurement, Note, PoseTrack
from tests.engine.drawn_foot import LIFT_DEG, DrawnFoot, looks_at
from tests.engine.scenes import (
    HEIGHT_PX,
    SHANK_PX,
    UPRIGHTS_PX,
    WIDTH_PX,
    landmarks_lean_deg,
    lunge_angle_deg,
    pose_track,
)
from tests.engine.squats import knee_over_foot_percent, squat_track

COUNT = 180
TIME_S = np.arange(COUNT) / 30
CLIP = ClipInfo(
    Path("clip.mp4"), WIDTH_PX, HEIGHT_PX, 6.0, COUNT, 30.0, False, 0, False, "h264", "yuv420p", 8, False
)
STILL_SHIN = np.full(COUNT, 15.0)
SHAKEN_PX = 1.5 * SHAKE_OF_SHANK * SHANK_PX


ORIGIN = Origin("0", "heavy", "0" * 64, "1" * 64, "2" * 64)


def _observed(
    pose: PoseTrack, *, looks: ToeLooks | None = None, shift_px: float = 0.0, shod: bool = False,
    black_and_white: bool = False, test: TestChoice = "auto",
) -> Evidence:  # fmt: skip
    """What the passes over the pixels would have found of a clip with a good outline nowhere."""
    found = choose_leg([pose])
    assert found is not None
    blank = np.zeros(COUNT)
    seen = Evidence(
        CLIP, ORIGIN, TIME_S, 1, False, (pose,), *found,
        foot=FootTrack(blank, blank, blank + shift_px, 120.0),
        room_edges_px=UPRIGHTS_PX, footwear_looks=_footwear(shod, black_and_white),
    )  # fmt: skip
    return with_toe(seen, looks, Settings(test=test), _follow)


FOLLOWED: dict[object, ToeTrack] = {}
"""Following a toe takes seconds, and many tests draw the same one."""


def _follow(looks: ToeLooks, leg: LegTrack, view: View, roll_deg: float) -> ToeTrack:
    key = (id(looks), leg.xy_px.tobytes(), leg.test_leg, view, roll_deg)
    if key not in FOLLOWED:
        FOLLOWED[key] = follow_toe(looks, leg, view, roll_deg)
    return FOLLOWED[key]


def _footwear(shod: bool, black_and_white: bool) -> FloatArray:
    """Looks at a foot of the colour of the person's hands, or of a blue shoe."""
    skin = np.zeros(2) if black_and_white else np.array([0.22, 0.15])
    foot = np.array([-0.3, -0.4]) if shod else skin
    return np.array([[foot, skin, skin, [np.nan, np.nan]]] * 3)


def _squat(
    bend_deg: float = 110.0, shin_deg: float = 30.0, *, shod: bool = False, black_and_white: bool = False
) -> Evidence:
    shin, bend = (lunge_angle_deg(TIME_S, peak, reps=2) for peak in (shin_deg, bend_deg))
    return _observed(squat_track(TIME_S, shin, bend), shod=shod, black_and_white=black_and_white)


@cache
def _looks(top_deg: float = 50.0, foot: DrawnFoot = DrawnFoot()) -> ToeLooks:  # noqa: B008  frozen
    """A drawn lift, its looks spread over the clip."""
    looks = looks_at(foot, top_deg / 50.0 * LIFT_DEG)
    return replace(looks, index=12 * looks.index)


def _toe(
    looks: ToeLooks | None, test: TestChoice = "auto", *, shift_px: float = 0.0, shod: bool = False,
    black_and_white: bool = False,
) -> Evidence:  # fmt: skip
    """A leg that stands still, and looks at its toes."""
    still = pose_track(TIME_S, STILL_SHIN)
    return _observed(
        still, looks=looks, shift_px=shift_px, shod=shod, black_and_white=black_and_white, test=test
    )


def _codes(notes: tuple[Note, ...]) -> list[str]:
    return [each.code for each in notes]


def _refusal(seen: Evidence, test: TestChoice = "auto") -> list[str]:
    """Codes of a clip that must not have a number."""
    found = conclude(seen, Settings(test=test))
    assert found.reasons and found.reps == () and found.peak_frame is None
    assert all(m.value is None for m in found.measurements.values())
    assert all(each.message == MESSAGES[each.code].format(**each.detail) for each in found.reasons)
    return _codes(found.reasons)


@pytest.mark.parametrize("given", ["auto", "squat"])
def test_a_squat_is_recognised_and_measured(given: TestChoice) -> None:
    found = conclude(_squat(), Settings(test=given))
    assert found.reasons == (), _codes(found.reasons)
    assert (found.test, found.test_source) == ("squat", "recognised" if given == "auto" else "given")
    bend, over = (found.measurements[k] for k in ("peak_knee_flexion_deg", "peak_knee_over_foot_percent"))
    assert (
        bend.value == pytest.approx(110.0 + landmarks_lean_deg(30.0), abs=1.5)
        and found.peak_frame == bend.frame
    )
    assert over.value == pytest.approx(knee_over_foot_percent(30.0 + landmarks_lean_deg(30.0)), abs=3.0)
    assert set(found.measurements) == set(MEASUREMENT_KEYS)
    assert len(found.reps) == 2 and found.toe_lines_px is None
    assert found.measurements["big_toe_extension_deg"] == Measurement()
    assert "one_rep" not in _codes(found.warnings)


def test_a_test_that_the_clip_does_not_look_like_is_measured_with_a_warning() -> None:
    lunge = _observed(pose_track(TIME_S, lunge_angle_deg(TIME_S, 35.0)))
    told = {"rather_squat", "rather_lunge"}
    for seen, test, code in ((lunge, "squat", "rather_lunge"), (_squat(), "lunge", "rather_squat")):
        assert told & {*_codes(conclude(seen, Settings(test=test)).warnings)} == {code}  # type: ignore[arg-type]
        assert told.isdisjoint(_codes(conclude(seen, Settings()).warnings))


def test_feet_side_by_side_that_do_not_squat_are_told() -> None:
    lunge = _observed(pose_track(TIME_S, lunge_angle_deg(TIME_S, 35.0)))
    _, seen = _judged(lunge, "lunge")
    assert "feet_side_by_side" not in _codes(judge(seen)[1])
    straight = replace(seen.signals, knee_flexion_deg=np.full_like(seen.signals.knee_flexion_deg, 20.0))
    together = replace(seen, facts=replace(seen.facts, feet_apart=0.1), signals=straight)
    assert "feet_side_by_side" in _codes(judge(together)[1])


def test_a_lunge_has_no_knee_over_foot_and_no_toe() -> None:
    found = conclude(_observed(pose_track(TIME_S, lunge_angle_deg(TIME_S, 35.0))), Settings())
    assert found.measured and (found.test, found.test_source) == ("lunge", "recognised")
    for key in ("peak_knee_over_foot_percent", "big_toe_extension_deg"):
        assert found.measurements[key] == Measurement()
    assert found.signals is not None and np.isnan(found.signals.big_toe_deg).all()


@pytest.mark.parametrize("given", ["auto", "big_toe"])
def test_a_toe_that_lifts_over_a_still_leg_is_measured(given: TestChoice) -> None:
    found = conclude(_toe(_looks(), given), Settings(test=given))
    assert found.reasons == (), _codes(found.reasons)
    assert (found.test, found.test_source) == ("big_toe", "recognised" if given == "auto" else "given")
    toe = found.measurements["big_toe_extension_deg"]
    assert toe.value == pytest.approx(50.0, abs=3.0)
    assert toe.value is not None and toe.uncertainty_95 is not None
    assert abs(toe.value - 50.0) < toe.uncertainty_95 == toe.repeatability_95
    assert toe.frame is not None and LIFT_DEG[toe.frame // 12] == 50.0
    assert toe.time_s == TIME_S[toe.frame] and found.peak_frame == toe.frame
    others = {k: m for k, m in found.measurements.items() if k != "big_toe_extension_deg"}
    assert others.pop("camera_roll_deg").value == pytest.approx(0.0, abs=0.01)
    assert others == {k: NOT_MEASURED[k] for k in others} and found.reps == ()
    assert found.signals is not None
    curve = found.signals.big_toe_deg
    assert curve[12 * 5] == pytest.approx(LIFT_DEG[5], abs=3.0)
    assert curve[12 * 4 + 6] == pytest.approx((LIFT_DEG[4] + LIFT_DEG[5]) / 2, abs=3.0)
    assert found.toe_lines_px is not None and found.toe_lines_px.shape == (2, 2, 2)
    assert "one_rep" not in _codes(found.warnings)


def test_the_toe_is_not_looked_for_in_a_lunge_or_a_squat() -> None:
    def never(*_: object) -> ToeTrack:
        raise AssertionError("the toe is looked for, which takes time")

    lunge = _observed(pose_track(TIME_S, lunge_angle_deg(TIME_S, 35.0)))
    still = replace(_toe(None, "lunge"), toe_sought=False)
    for seen, test in ((lunge, "auto"), (_squat(), "auto"), (still, "lunge")):
        settings = Settings(test=test)  # type: ignore[arg-type]
        after = with_toe(seen, _looks(), settings, never)
        assert after is seen and not after.toe_sought
        assert conclude(after, settings).test != "big_toe"


def test_a_toe_that_nobody_looked_for_cannot_be_concluded() -> None:
    lunge = _observed(pose_track(TIME_S, lunge_angle_deg(TIME_S, 35.0)))
    with pytest.raises(EvidenceError, match="no look at the big toe"):
        conclude(lunge, Settings(test="big_toe"))


def test_a_moving_camera_shows_no_toe_unless_one_is_said_to_be_there() -> None:
    found = conclude(_toe(_looks(), shift_px=SHAKEN_PX), Settings())
    assert found.test == "lunge" and _codes(found.reasons) == ["no_movement"]
    told = conclude(_toe(_looks(), "big_toe", shift_px=SHAKEN_PX), Settings(test="big_toe"))
    assert told.measured and "camera_moved" in _codes(told.warnings)
    assert conclude(_toe(_looks(), shift_px=0.5 * SHAKE_OF_SHANK * SHANK_PX), Settings()).test == "big_toe"


def test_a_toe_that_stays_down_is_refused_by_its_own_reason() -> None:
    assert _refusal(_toe(_looks(0.0), "big_toe"), "big_toe") == ["toe_still"]
    assert _refusal(_toe(_looks(0.0))) == ["no_movement"], "nothing says that a toe was meant"


def test_toes_that_cannot_be_seen_are_refused_by_their_own_reason() -> None:
    assert _refusal(_toe(_looks(50.0, DrawnFoot(foot_px=50.0)), "big_toe"), "big_toe") == ["foot_too_small"]
    cut = DrawnFoot(ahead_of_toe_px=10.0)
    assert _refusal(_toe(_looks(50.0, cut), "big_toe"), "big_toe") == ["foot_out_of_frame"]
    assert _refusal(_toe(None, "big_toe"), "big_toe") == ["foot_out_of_frame"]


def test_shoes_refuse_a_toe_and_warn_in_a_squat() -> None:
    assert _refusal(_toe(_looks(), "big_toe", shod=True), "big_toe") == ["shoes"]
    assert _refusal(_toe(_looks(0.0), "big_toe", shod=True), "big_toe") == ["shoes"], (
        "why no toe is seen to lift"
    )
    shod, bare, unknown = (
        conclude(seen, Settings())
        for seen in (_squat(shod=True), _squat(), _squat(shod=True, black_and_white=True))
    )
    assert shod.measured and "shoes" in _codes(shod.warnings)
    for other in (bare, unknown):
        assert "shoes" not in _codes(other.warnings)
    assert conclude(_toe(_looks(), shod=True, black_and_white=True), Settings()).measured


def test_knees_that_hardly_bend_are_no_squat() -> None:
    assert _refusal(_squat(15.0, 8.0), "squat") == ["no_squat"]
    found = conclude(_squat(30.0), Settings(test="squat"))
    assert found.measured, "shallow is a result, not a fault"


def test_a_squat_that_begins_or_ends_deep_is_cut() -> None:
    shin, bend = (lunge_angle_deg(TIME_S, peak) for peak in (30.0, 110.0))
    whole = _observed(squat_track(TIME_S, shin, bend))
    half = COUNT // 2
    late = (
        np.concatenate([np.full(half, shin[half]), shin[half:]]),
        np.concatenate([np.full(half, bend[half]), bend[half:]]),
    )
    assert "start_cut" not in _codes(conclude(whole, Settings()).warnings)
    found = conclude(_observed(squat_track(TIME_S, *late)), Settings())
    assert found.test == "squat" and "start_cut" in _codes(found.warnings)


def _judged(found: Evidence, test: TestChoice) -> tuple[Analysis, QualityInputs]:
    """The analysis, and what its judgement rested on."""
    kept: list[QualityInputs] = []

    def keep(seen: QualityInputs) -> Judgement:
        kept.append(seen)
        return judge(seen)

    return conclude(found, Settings(test=test), judge=keep), kept[0]


def _with(seen: QualityInputs, key: str, value: float, half: float) -> list[str]:
    """Reasons when one number were another."""
    measured = replace(seen.measurements[key], value=value, uncertainty_95=half)
    reasons, _ = judge(replace(seen, measurements={**seen.measurements, key: measured}))
    return _codes(reasons)


def test_how_wide_is_too_wide_depends_on_the_test() -> None:
    _, squat = _judged(_squat(), "squat")
    lunge_clip = _observed(pose_track(TIME_S, lunge_angle_deg(TIME_S, 35.0)))
    _, lunge = _judged(lunge_clip, "lunge")
    for seen, key, most in ((squat, "peak_knee_flexion_deg", 16.0), (lunge, "peak_shin_angle_deg", 10.0)):
        value = seen.measurements[key].value
        assert value is not None
        assert _with(seen, key, value, most - 0.1) == []
        doubtful = replace(seen, line_95_deg=most + 0.1)
        assert _with(doubtful, key, value, most + 0.1) == ["landmarks_uncertain"]
        if seen is lunge:
            assert _with(seen, key, value, most + 0.1) == ["heel_moment_unsure"], "the line is known well"
            tilted = replace(doubtful, level=Level(float("nan"), 9.0, "none"))
            assert _with(tilted, key, value, most + 0.1) == ["camera_tilt_unknown"], "it is the phone's tilt"


def test_joints_that_bend_beyond_what_is_possible_are_no_result() -> None:
    _, squat = _judged(_squat(), "squat")
    for value, codes in ((160.0, []), (170.0, ["landmarks_uncertain"]), (-5.0, ["landmarks_uncertain"])):
        assert _with(squat, "peak_knee_flexion_deg", value, 5.0) == codes


def test_the_last_resort_names_the_stretch_of_the_clip() -> None:
    told = note("landmarks_uncertain", from_s=1.2, to_s=3.44)
    assert told.message.startswith("The points on the leg could not be placed reliably between 1.2 and 3.4 s")
    assert "{" not in told.message + told.short


def test_the_reason_of_a_toe_is_told_as_it_is() -> None:
    _, seen = _judged(_toe(_looks(), "big_toe"), "big_toe")
    assert seen.toe is not None and judge(seen)[0] == ()
    for code in ("toe_hidden", "toe_still", "foot_too_small", "foot_out_of_frame"):
        reasons, _ = judge(replace(seen, toe=replace(seen.toe, reason=code)))
        assert [(r.code, r.message) for r in reasons] == [(code, MESSAGES[code])]


def test_a_foot_seen_from_its_inner_side_is_warned_about() -> None:
    _, seen = _judged(_toe(_looks(), "big_toe"), "big_toe")
    assert "toe_inner_side" not in _codes(judge(seen)[1])
    inner = replace(seen, leg=replace(seen.leg, test_leg="far"))
    assert _codes(judge(inner)[1])[-1] == "toe_inner_side"


@pytest.mark.parametrize(("rise_mm", "codes"), [(20.0, []), (30.0, ["heel_rises"]), (np.nan, [])])
def test_a_foot_that_rolls_onto_its_toes_lifts_no_toe(rise_mm: float, codes: list[str]) -> None:
    _, seen = _judged(_toe(_looks(), "big_toe"), "big_toe")
    heel_mm = np.full_like(seen.signals.heel_lift_mm, rise_mm)
    heel_mm[: len(heel_mm) // 2] = 0.0
    rolled = replace(seen, signals=replace(seen.signals, heel_lift_mm=heel_mm))
    assert _codes(judge(rolled)[0]) == codes


@pytest.mark.parametrize("given", ["auto", "lunge", "big_toe", "squat"])
def test_a_clip_without_a_person_keeps_the_test_that_was_given(given: TestChoice) -> None:
    found = conclude(Evidence(CLIP, ORIGIN, TIME_S, 1, False, (_nobody(),)), Settings(test=given))
    assert found.test == ("lunge" if given == "auto" else given)
    assert found.test_source == ("recognised" if given == "auto" else "given")
    assert _codes(found.reasons) == ["no_person"]


def _nobody() -> PoseTrack:
    missing: FloatArray = np.full((COUNT, 33), np.nan)
    return PoseTrack(TIME_S, np.full((COUNT, 33, 2), np.nan), missing, missing, WIDTH_PX, HEIGHT_PX)


def test_a_side_renames_the_leg_and_changes_no_number() -> None:
    seen = _observed(pose_track(TIME_S, lunge_angle_deg(TIME_S, 35.0)))
    own, renamed = conclude(seen, Settings()), conclude(seen, Settings(side="left"))
    assert own.leg is not None and renamed.leg is not None
    assert (own.leg.side, renamed.leg.side) == ("right", "left")
    assert renamed.leg.test_leg == own.leg.test_leg and renamed.measurements == own.measurements


def test_a_higher_repetition_that_does_not_count_is_told() -> None:
    truth = lunge_angle_deg(TIME_S, 30.0, reps=2)
    first = TIME_S[-1] / 2 > TIME_S
    truth = np.where(first, truth * 1.2, truth)
    hidden = np.where(first & (truth > 12), np.nan, 0.0)
    seen = _observed(pose_track(TIME_S, truth))
    assert seen.foot is not None
    hidden_foot = replace(seen.foot, heel_rise_px=hidden, heel_pitch_deg=hidden)
    told = conclude(replace(seen, foot=hidden_foot), Settings()).warnings
    (note,) = (each for each in told if each.code == "higher_rep_unsure")
    assert note.detail["angle_deg"] == pytest.approx(36 + landmarks_lean_deg(36.0), abs=1.5)
    calm = replace(seen.foot, heel_rise_px=0 * hidden[-1] + np.zeros(len(truth)))
    assert "higher_rep_unsure" not in _codes(conclude(replace(seen, foot=calm), Settings()).warnings)


def test_somebody_who_is_there_for_a_moment_is_nobody_and_not_filmed_wrong() -> None:
    seen = _observed(pose_track(TIME_S, lunge_angle_deg(TIME_S, 35.0), width_ratio=0.6))
    facts = seen.leg_facts
    assert facts is not None
    seen = replace(seen, leg_facts=replace(facts, foot_px=0.45 * facts.shank_px))
    assert _codes(conclude(seen, Settings()).reasons) == ["not_side_view"]
    track = seen.tracks[0]
    xy_px = track.xy_px.copy()
    xy_px[20:] = np.nan
    brief = replace(seen, tracks=(replace(track, xy_px=xy_px),))
    assert _codes(conclude(brief, Settings()).reasons) == ["no_person"]


def test_a_squat_s_numbers_are_of_one_repetition() -> None:
    shin, bend = (lunge_angle_deg(TIME_S, peak, reps=2) for peak in (30.0, 110.0))
    first = TIME_S[-1] / 2 > TIME_S
    shin = np.where(first, shin * 1.1, shin)
    hidden = np.where(first & (shin > 12), np.nan, 0.0)
    seen = _observed(squat_track(TIME_S, shin, bend))
    assert seen.foot is not None
    foot = replace(seen.foot, heel_rise_px=hidden, heel_pitch_deg=hidden)
    found = conclude(replace(seen, foot=foot), Settings())
    assert found.test == "squat" and len(found.reps) == 2
    peak = found.measurements["peak_shin_angle_deg"]
    assert peak.frame is not None and not first[peak.frame], "the higher one's heel was not seen"
    assert found.measurements["peak_knee_over_foot_percent"].frame == peak.frame


def test_a_foot_of_full_length_is_seen_from_the_side_however_the_trunk_looks() -> None:
    seen = _observed(pose_track(TIME_S, lunge_angle_deg(TIME_S, 35.0), width_ratio=0.6))
    facts = seen.leg_facts
    assert facts is not None and facts.foot_px > 0.5 * facts.shank_px
    for part, askew in ((0.55, False), (0.45, True), (0.3, True)):
        turned = replace(seen, leg_facts=replace(facts, foot_px=part * facts.shank_px))
        assert ("not_side_view" in _codes(conclude(turned, Settings()).reasons)) is askew


def test_a_picture_of_feet_is_told_to_lack_the_knee_and_nothing_else() -> None:
    """The network sees somebody, places a leg in a few frames and takes its knee for hidden."""
    seen = _observed(pose_track(TIME_S, lunge_angle_deg(TIME_S, 35.0)))
    assert seen.leg is not None and seen.leg_facts is not None
    xy_px = seen.leg.xy_px.copy()
    xy_px[8:] = np.nan
    for sure, told in ((0.1, True), (0.9, False)):
        confidence = np.full_like(seen.leg.confidence, sure)
        facts = replace(seen.leg_facts, coverage=0.05, shank_px=40.0)
        leg = replace(seen.leg, xy_px=xy_px, confidence=confidence)
        found = conclude(replace(seen, leg=leg, leg_facts=facts), Settings())
        assert (_codes(found.reasons) == ["leg_out_of_frame"]) is told
        assert ("small_person" in _codes(found.warnings)) is not told


def test_a_foot_that_steps_into_the_lunge_is_told() -> None:
    seen = _observed(pose_track(TIME_S, lunge_angle_deg(TIME_S, 35.0)))
    assert seen.leg is not None
    assert "stepping_lunge" not in _codes(conclude(seen, Settings()).warnings)
    span_s = float(TIME_S[-1])
    for first_s, last_s, told in (
        (0.25, 0.75, True),
        (0.25, 1.0, True),
        (0.0, 0.75, True),
        (0.02, 1.0, False),
    ):
        there = (first_s * span_s <= TIME_S) & (last_s * span_s >= TIME_S)
        leg = replace(seen.leg, xy_px=np.where(there[:, None, None], seen.leg.xy_px, np.nan))
        found = conclude(replace(seen, leg=leg), Settings())
        assert ("stepping_lunge" in _codes(found.warnings)) is told, (first_s, last_s)
