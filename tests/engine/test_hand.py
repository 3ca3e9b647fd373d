"""Corrections by hand on recorded evidence: what is moved stays where it was put and turns the
angle by just that.

Not here: their file and the review block (tests/workflow, tests/report).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.record import EVIDENCE
from dorsi.corrections import (
    Correction,
    HeelCorrection,
    LevelCorrection,
    LineCorrection,
    PeakCorrection,
    PointCorrection,
    PointName,
    RepCorrection,
)
from dorsi.engine.conclude.conclude import camera_of, conclude, with_machine_values
from dorsi.engine.conclude.hand import CARRY_DEG, CARRY_S, DEFINITION_95_DEG, ONE_HAND_95_DEG, RATING_95_DEG
from dorsi.engine.evidence import Evidence
from dorsi.engine.evidence_file import read_evidence
from dorsi.engine.landmarks import LegPoint
from dorsi.errors import CorrectionError
from dorsi.settings import Settings
from dorsi.types import Analysis, FloatArray, LegTrack, Signals

BY: dict[str, Any] = {"by": "A. Therapist", "at": datetime(2026, 3, 1, tzinfo=UTC)}
LUNGES = ("d01", "d04", "d06", "left_lunge")
px = st.floats(-25, 25)


@cache
def evidence(name: str) -> Evidence:
    return read_evidence(EVIDENCE / f"{name}.npz")


@cache
def machine(name: str) -> Analysis:
    return conclude(evidence(name), Settings())


def reviewed(name: str, *records: Correction) -> Analysis:
    return conclude(evidence(name), Settings(), records)


def leg_of(found: Analysis) -> LegTrack:
    assert found.leg is not None
    return found.leg


def curves_of(found: Analysis) -> Signals:
    assert found.signals is not None
    return found.signals


def peak_of(name: str) -> int:
    frame = machine(name).peak_frame
    assert frame is not None
    return frame


def shin_deg(name: str, ankle: FloatArray, knee: FloatArray) -> float:
    """Tilt of a line in the plane of the lunge, by the clip's own camera."""
    level, view = camera_of(evidence(name))
    roll_deg = level.camera_roll_deg if level.known else 0.0
    return float(view.shin_angle_deg(ankle, knee, leg_of(machine(name)).forward, roll_deg))


def put(point: PointName, frame: int, spot: FloatArray, by: str = "A. Therapist") -> PointCorrection:
    return PointCorrection(
        point=point, frame=frame, to_xy_px=(float(spot[0]), float(spot[1])), **BY | {"by": by}
    )


@pytest.mark.parametrize("name", LUNGES)
@given(dx=px, dy=px)
@settings(max_examples=15)
def test_a_knee_moved_turns_the_shin_by_the_geometry_of_it(name: str, dx: float, dy: float) -> None:
    frame, leg = peak_of(name), leg_of(machine(name))
    ankle, knee = leg.xy_px[frame, LegPoint.ANKLE], leg.xy_px[frame, LegPoint.KNEE]
    found = reviewed(name, put("knee", frame, knee + (dx, dy)))
    assert leg_of(found).xy_px[frame, LegPoint.KNEE] == pytest.approx(knee + (dx, dy), abs=1e-9)
    assert leg_of(found).xy_px[frame, LegPoint.ANKLE] == pytest.approx(ankle, abs=1e-9)
    turned = shin_deg(name, ankle, knee + (dx, dy)) - shin_deg(name, ankle, knee)
    before, after = (curves_of(each).shin_angle_deg for each in (machine(name), found))
    assert after[frame] - before[frame] == pytest.approx(turned, abs=1e-9)
    rep = next(r for r in machine(name).reps if r.start_frame <= frame <= r.end_frame)
    outside = np.r_[0 : rep.start_frame, rep.end_frame + 1 : len(after)]
    assert np.array_equal(before[outside], after[outside], equal_nan=True), (
        "other repetitions are the machine's"
    )


@given(knee_by=st.tuples(px, px), ankle_by=st.tuples(px, px))
@settings(max_examples=15)
def test_a_line_put_by_hand_at_both_ends_reads_its_own_tilt(
    knee_by: tuple[float, float], ankle_by: tuple[float, float]
) -> None:
    frame, leg = peak_of("d01"), leg_of(machine("d01"))
    ankle, knee = leg.xy_px[frame, LegPoint.ANKLE] + ankle_by, leg.xy_px[frame, LegPoint.KNEE] + knee_by
    found = reviewed("d01", put("knee", frame, knee), put("ankle", frame, ankle))
    assert curves_of(found).shin_angle_deg[frame] == pytest.approx(shin_deg("d01", ankle, knee), abs=1e-9)


@pytest.mark.parametrize("name", [*LUNGES, "squat", "left_big_toe", "x01"])
def test_without_corrections_the_report_is_the_machine_s(name: str) -> None:
    again = conclude(evidence(name), Settings(), ())
    assert again.measurements == machine(name).measurements
    assert again.reps == machine(name).reps and again.by_hand is None


def test_the_correction_holds_over_the_top_and_fades_on_the_flanks() -> None:
    frame, leg = peak_of("left_lunge"), leg_of(machine("left_lunge"))
    moved = leg.xy_px[frame, LegPoint.KNEE] - (12.0 * leg.forward, 0.0)
    found = reviewed("left_lunge", put("knee", frame, moved))
    weight = found.by_hand
    assert weight is not None and weight[frame] == 1.0
    angle = curves_of(machine("left_lunge")).shin_angle_deg
    top = np.flatnonzero((angle > angle[frame] - 1.0) & (np.abs(np.arange(len(angle)) - frame) < 20))
    assert (weight[top] > 0.9).all()
    rep = next(r for r in found.reps if r.start_frame <= frame <= r.end_frame)
    fade = np.abs(np.diff(weight))
    steps_s = np.diff(leg.time_s) / min(rep.peak_s - rep.start_s, rep.end_s - rep.peak_s)
    assert (fade <= np.pi / 2 * np.fmax(np.abs(np.diff(angle)) / CARRY_DEG, 4 * steps_s) + 1e-9).all()
    assert rep.peak_frame == pytest.approx(frame, abs=3), "a lowered top stays the top"


def test_between_two_corrections_the_offset_runs_straight() -> None:
    leg, frames = leg_of(machine("left_lunge")), (44, 56)
    knee = leg.xy_px[:, LegPoint.KNEE]
    records = [put("knee", f, knee[f] + (by, 0.0)) for f, by in zip(frames, (4.0, 8.0), strict=True)]
    found = leg_of(reviewed("left_lunge", *records)).xy_px[:, LegPoint.KNEE] - knee
    time_s = leg.time_s
    for frame in range(frames[0], frames[1] + 1):
        share = (time_s[frame] - time_s[44]) / (time_s[56] - time_s[44])
        assert found[frame, 0] == pytest.approx(4.0 + 4.0 * share, abs=1e-9)


def test_outside_every_repetition_it_fades_in_time() -> None:
    name = "left_lunge"
    leg = leg_of(machine(name))
    frame = 5
    assert not any(r.start_frame <= frame <= r.end_frame for r in machine(name).reps)
    found = reviewed(name, put("ankle", frame, leg.xy_px[frame, LegPoint.ANKLE] + (6.0, 0.0)))
    moved = leg_of(found).xy_px[:, LegPoint.ANKLE, 0] - leg.xy_px[:, LegPoint.ANKLE, 0]
    far = np.abs(leg.time_s - leg.time_s[frame]) >= CARRY_S
    assert moved[frame] == pytest.approx(6.0) and np.nanmax(np.abs(moved[far])) < 1e-9


def _camera_95_deg(name: str, found: Analysis, frame: int) -> float:
    level, view = camera_of(evidence(name))
    leg = leg_of(found)
    points = leg.xy_px[frame, LegPoint.ANKLE], leg.xy_px[frame, LegPoint.KNEE]
    roll_deg = level.camera_roll_deg if level.known else 0.0
    return float(np.hypot(view.doubt_95_deg(*points, leg.forward, roll_deg), level.uncertainty_95_deg))


def test_a_hand_has_its_own_width_and_two_that_agree_have_less() -> None:
    name = "left_lunge"
    frame = peak_of(name)
    knee = leg_of(machine(name)).xy_px[frame, LegPoint.KNEE]

    def own_95_deg(*spots: FloatArray) -> float:
        records = [put("knee", frame, spot, f"rater {n}") for n, spot in enumerate(spots)]
        found = reviewed(name, *records)
        half = found.measurements["peak_shin_angle_deg"].uncertainty_95
        # A point carried by half a pixel may move the middle of a level top to the frame beside it.
        assert half is not None and found.peak_frame is not None and abs(found.peak_frame - frame) <= 1
        return float(np.sqrt(half**2 - _camera_95_deg(name, found, found.peak_frame) ** 2))

    assert own_95_deg(knee) == pytest.approx(ONE_HAND_95_DEG) == pytest.approx(2.0, abs=0.03)
    peak = reviewed(name, put("knee", frame, knee)).measurements["peak_shin_angle_deg"]
    assert peak.repeatability_95 == peak.uncertainty_95, "nothing of a hand's line is told to be the leg's"
    agreed = np.hypot(RATING_95_DEG / 2**0.5, DEFINITION_95_DEG)
    assert own_95_deg(knee, knee + (0.5, 0.0)) == pytest.approx(agreed)
    assert own_95_deg(knee - (20.0, 0.0), knee + (20.0, 0.0)) > ONE_HAND_95_DEG, "they contradict each other"


def test_the_last_word_of_one_person_counts() -> None:
    frame, knee = peak_of("d01"), leg_of(machine("d01")).xy_px[peak_of("d01"), LegPoint.KNEE]
    found = reviewed("d01", put("knee", frame, knee + (50.0, 0.0)), put("knee", frame, knee + (3.0, 0.0)))
    assert leg_of(found).xy_px[frame, LegPoint.KNEE] == pytest.approx(knee + (3.0, 0.0))


def test_a_crest_line_is_the_crest_and_leaves_the_shin_alone() -> None:
    name, frame = "d01", peak_of("d01")
    leg = leg_of(machine(name))
    low, high = leg.xy_px[frame, LegPoint.ANKLE] + (40, -60), leg.xy_px[frame, LegPoint.KNEE] + (20, 40)
    for ends in ((low, high), (high, low)):
        record = LineCorrection(frame=frame, to_xy_px=tuple(tuple(map(float, e)) for e in ends), **BY)
        found = reviewed(name, record)
        crest = found.measurements["peak_crest_angle_deg"]
        assert crest.value == pytest.approx(shin_deg(name, low, high), abs=1e-9)
        half = float(np.hypot(ONE_HAND_95_DEG, _camera_95_deg(name, found, frame)))
        assert crest.uncertainty_95 == pytest.approx(half, abs=0.01)
        shin = found.measurements["peak_shin_angle_deg"]
        assert shin == machine(name).measurements["peak_shin_angle_deg"]


def _heel(frame: int, to: Literal["down", "up"]) -> HeelCorrection:
    return HeelCorrection(frame=frame, to=to, **BY)


def test_a_heel_set_down_lets_the_higher_angle_count() -> None:
    lifted = machine("d01").reps[1]
    assert lifted.heel_lifted and lifted.peak_shin_angle_deg is not None
    at = (
        int(np.flatnonzero(~curves_of(machine("d01")).heel_down[lifted.start_frame :])[0])
        + lifted.start_frame
    )
    rep = reviewed("d01", _heel(at, "down")).reps[1]
    assert not rep.heel_lifted
    assert rep.peak_shin_angle_deg == pytest.approx(lifted.peak_shin_angle_any_heel_deg)
    other = reviewed("d01", _heel(at, "down")).reps[2]
    assert other == machine("d01").reps[2], "another repetition has a word of its own"


def test_a_heel_set_up_takes_the_angle_away() -> None:
    frame = peak_of("d04")
    found = reviewed("d04", _heel(frame, "up"))
    down, rep = curves_of(found).heel_down, machine("d04").reps[0]
    shin = curves_of(found).shin_angle_deg
    assert not down[frame] and down[[rep.start_frame, rep.end_frame]].all(), "it stood before and after"
    assert [note.code for note in found.reasons] == ["heel_moment_unsure"], "up from when on, nobody said"
    last_down = frame - 10
    peak = reviewed("d04", _heel(frame, "up"), _heel(last_down, "down")).measurements["peak_shin_angle_deg"]
    assert peak.frame is not None and last_down <= peak.frame < frame
    assert peak.value is not None and peak.value < shin[frame] - 0.3


def test_two_words_on_one_stretch_meet_half_way() -> None:
    down = curves_of(reviewed("d04", _heel(20, "up"), _heel(40, "down"))).heel_down
    assert not down[29] and down[30] and down[40] and not down[20]


def _heel_hidden() -> Evidence:
    """A lunge whose heel is not seen while the shin leans: ten degrees from where it is seen its landmark
    tells that it is down."""
    seen, shin_deg = evidence("d04"), curves_of(machine("d04")).shin_angle_deg
    assert seen.foot is not None
    deep = shin_deg > shin_deg[peak_of("d04")] - 16
    rise, pitch = (
        np.where(deep, np.nan, each) for each in (seen.foot.heel_rise_px, seen.foot.heel_pitch_deg)
    )
    return replace(seen, foot=replace(seen.foot, heel_rise_px=rise, heel_pitch_deg=pitch))


def test_a_foot_that_is_cut_off_is_told_instead_of_a_hidden_heel() -> None:
    seen = _heel_hidden()
    assert seen.leg is not None
    assert "heel_hidden" in [note.code for note in conclude(seen, Settings()).warnings]
    sole_px = int(np.nanmedian(seen.leg.xy_px[:, LegPoint.HEEL, 1]))
    found = conclude(replace(seen, picture_box_px=(0, 0, seen.clip.width_px, sole_px - 20)), Settings())
    assert "foot_out_of_frame" in [note.code for note in found.reasons]
    assert "heel_hidden" not in [note.code for note in found.warnings]


def test_an_unseen_heel_that_is_set_down_narrows_the_peak() -> None:
    frame, hidden = peak_of("d04"), _heel_hidden()
    wide, set_down = (
        conclude(hidden, Settings(), records).measurements["peak_shin_angle_deg"].uncertainty_95
        for records in ((), (_heel(frame, "down"),))
    )
    own = machine("d04").measurements["peak_shin_angle_deg"].uncertainty_95
    assert set_down is not None and own is not None
    assert set_down == pytest.approx(own, abs=0.3)
    assert wide is None or wide > set_down + 1.0


def test_the_frame_that_was_chosen_counts() -> None:
    other = machine("left_lunge").reps[1].peak_frame
    found = reviewed("left_lunge", PeakCorrection(to_frame=other - 2, **BY))
    peak = found.measurements["peak_shin_angle_deg"]
    assert (found.peak_frame, peak.frame) == (other - 2, other - 2)
    assert peak.value == pytest.approx(curves_of(found).shin_angle_deg[other - 2])
    at = peak_of("squat") - 3
    squat = reviewed("squat", _heel(at, "down"), PeakCorrection(to_frame=at, **BY))
    assert squat.peak_frame == at


def test_a_dropped_repetition_is_gone_and_the_next_counts() -> None:
    found = reviewed("d01", RepCorrection(rep=1, **BY))
    assert found.reps == machine("d01").reps[1:]
    assert found.measurements["peak_shin_angle_deg"].value == max(
        rep.peak_shin_angle_deg or 0.0 for rep in found.reps
    )


@pytest.mark.parametrize("edge", ["upright", "level"])
@given(lean_deg=st.floats(-6, 6))
@settings(max_examples=10)
def test_a_level_line_is_what_up_means(edge: Literal["upright", "level"], lean_deg: float) -> None:
    seen, name = evidence("left_lunge"), "left_lunge"
    _, view = camera_of(seen)
    middle = np.array(
        [view.width_px / 2, view.height_px / 2 - view.focal_px * np.tan(np.radians(view.pitch_deg))]
    )
    along = np.radians(lean_deg)
    way = 200 * np.array(
        [np.sin(along), -np.cos(along)] if edge == "upright" else [np.cos(along), np.sin(along)]
    )
    ends = tuple(tuple(map(float, end)) for end in (middle - way, middle + way))
    found = reviewed(name, LevelCorrection(edge=edge, to_xy_px=ends, **BY))
    assert found.level is not None
    assert found.level.camera_roll_deg == pytest.approx(lean_deg, abs=0.05)
    assert 0.6 < found.level.uncertainty_95_deg < 1.0
    roll_deg = machine(name).measurements["camera_roll_deg"].value
    assert roll_deg is not None
    turned = -leg_of(found).forward * (found.level.camera_roll_deg - roll_deg)
    frame = peak_of(name)
    before, after = (curves_of(each).shin_angle_deg[frame] for each in (machine(name), found))
    assert after - before == pytest.approx(turned, abs=0.3), "but for perspective"


def test_legs_that_a_person_tells_apart_are_measured() -> None:
    seen, frame = evidence("d04"), peak_of("d04")
    facts = seen.leg_facts
    assert facts is not None
    apart = facts.view_angle_deg.copy()
    apart[1] += 40.0
    confused = replace(seen, leg_facts=replace(facts, view_angle_deg=apart))
    assert [note.code for note in conclude(confused, Settings()).reasons] == ["legs_confused"]
    leg = leg_of(machine("d04"))
    records = [put("knee", frame, leg.xy_px[frame, 1]), put("ankle", frame, leg.xy_px[frame, 2])]
    found = conclude(confused, Settings(), [*records, PeakCorrection(to_frame=frame, **BY)])
    assert found.measured
    assert found.measurements["peak_shin_angle_deg"].value == pytest.approx(
        shin_deg("d04", leg.xy_px[frame, 2], leg.xy_px[frame, 1])
    )


def test_a_leg_that_the_machine_lost_is_known_where_a_person_put_it() -> None:
    seen = evidence("d04")
    frame = peak_of("d04")
    assert seen.leg is not None
    xy_px = seen.leg.xy_px.copy()
    xy_px[frame - 20 : frame + 20] = np.nan
    lost = replace(seen, leg=replace(seen.leg, xy_px=xy_px))
    assert np.isnan(curves_of(conclude(lost, Settings())).shin_angle_deg[frame])
    leg = leg_of(machine("d04"))
    records = [put("knee", frame, leg.xy_px[frame, 1]), put("ankle", frame, leg.xy_px[frame, 2])]
    found = curves_of(conclude(lost, Settings(), records)).shin_angle_deg
    expected = shin_deg("d04", leg.xy_px[frame, 2], leg.xy_px[frame, 1])
    assert found[frame] == pytest.approx(expected) and np.isnan(found[frame - 5])


@given(dy=st.floats(-30, 0))
@settings(max_examples=8)
def test_a_heel_moved_up_raises_the_heel_by_just_that(dy: float) -> None:
    name, frame = "d04", peak_of("d04")
    leg = leg_of(machine(name))
    scale = Settings().height_cm
    assert scale is None
    found = reviewed(name, put("heel", frame, leg.xy_px[frame, LegPoint.HEEL] + (0.0, dy)))
    before, after = (curves_of(each).heel_lift_mm[frame] for each in (machine(name), found))
    double = reviewed(name, put("heel", frame, leg.xy_px[frame, LegPoint.HEEL] + (0.0, 2 * dy)))
    assert curves_of(double).heel_lift_mm[frame] - before == pytest.approx(2 * (after - before), abs=1e-6)
    assert after >= before


def test_what_the_machine_had_is_noted_in_each_record() -> None:
    name, frame = "d01", peak_of("d01")
    leg = leg_of(machine(name))
    knee = leg.xy_px[frame, LegPoint.KNEE]
    records = (
        put("knee", frame, knee + 3), put("ball", frame, knee), _heel(frame, "up"),
        RepCorrection(rep=2, **BY),
        PeakCorrection(to_frame=frame, **BY),
        LineCorrection(frame=frame, to_xy_px=((1.0, 9.0), (2.0, 3.0)), **BY),
        LevelCorrection(edge="upright", to_xy_px=((1.0, 9.0), (1.0, 3.0)), **BY),
    )  # fmt: skip
    point, ball, heel, rep, peak, line, level = with_machine_values(
        evidence(name), Settings(), machine(name), records
    )
    assert isinstance(point, PointCorrection) and point.from_xy_px == pytest.approx(tuple(knee), abs=0.01)
    assert isinstance(ball, PointCorrection) and ball.from_xy_px is not None
    assert isinstance(heel, HeelCorrection) and heel.from_ == "down"
    assert isinstance(rep, RepCorrection) and rep.from_peak_s == round(machine(name).reps[1].peak_s, 2)
    assert isinstance(peak, PeakCorrection) and peak.from_frame == frame
    assert isinstance(line, LineCorrection) and line.from_angle_deg is not None
    assert isinstance(level, LevelCorrection) and level.from_roll_deg is not None


@pytest.mark.parametrize(
    ("name", "record", "code"),
    [
        ("d04", put("knee", 10_000, np.zeros(2)), "correction_frame_outside"),
        ("d04", _heel(10_000, "up"), "correction_frame_outside"),
        ("d04", PeakCorrection(to_frame=10_000, **BY), "correction_frame_outside"),
        ("d04", RepCorrection(rep=9, **BY), "correction_rep_unknown"),
        (
            "d04",
            LevelCorrection(edge="level", to_xy_px=((5.0, 5.0), (5.0, 5.0)), **BY),
            "correction_line_empty",
        ),
        ("left_big_toe", put("knee", 10, np.zeros(2)), "correction_of_toe"),
    ],
)
def test_what_does_not_fit_the_clip_is_refused(name: str, record: Correction, code: str) -> None:
    with pytest.raises(CorrectionError) as caught:
        reviewed(name, record)
    assert caught.value.code == code


def test_a_peak_must_have_an_angle_and_the_heel_down() -> None:
    up = int(np.flatnonzero(~curves_of(machine("d01")).heel_down)[0])
    with pytest.raises(CorrectionError) as caught:
        reviewed("d01", PeakCorrection(to_frame=up, **BY))
    assert caught.value.code == "correction_peak_heel_up"
    seen = evidence("d04")
    assert seen.leg is not None
    xy_px = seen.leg.xy_px.copy()
    xy_px[:30] = np.nan
    with pytest.raises(CorrectionError) as caught:
        conclude(
            replace(seen, leg=replace(seen.leg, xy_px=xy_px)), Settings(), [PeakCorrection(to_frame=3, **BY)]
        )
    assert caught.value.code == "correction_peak_unknown"


def test_without_a_person_there_is_nothing_to_correct() -> None:
    seen = replace(evidence("d04"), leg=None, leg_facts=None, foot=None)
    with pytest.raises(CorrectionError) as caught:
        conclude(seen, Settings(), [RepCorrection(rep=1, **BY)])
    assert caught.value.code == "correction_without_person"
