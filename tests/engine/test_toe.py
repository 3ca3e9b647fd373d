"""The big toe's turn, on drawn feet whose toes turn about a known joint by known angles."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dorsi.engine.conclude.signals import with_toe
from dorsi.engine.evidence import ToeTrack
from dorsi.engine.landmarks import LegPoint
from dorsi.engine.observe.pictures import moved
from dorsi.engine.observe.toe import ToeWatch, follow_toe
from dorsi.engine.observe.toe.looks import MOST_LOOKS, steadied
from dorsi.types import FloatArray, Frame, LegTrack, Signals
from tests.engine.drawn_foot import AT_REST, AT_TOP, JOINT, LIFT_DEG, DrawnFoot, looks_at, square_view

COUNT = len(LIFT_DEG)
TOP_DEG = float(LIFT_DEG.max())
STILL = np.zeros(COUNT)
SHAKE_PX = np.stack([np.linspace(0, 6, COUNT), 4 * np.sin(np.arange(COUNT))], axis=1)
DRAWN = {
    "facing right": DrawnFoot(),
    "facing left": DrawnFoot(forward=-1, seed=1),
    "small": DrawnFoot(foot_px=80.0),
    "large": DrawnFoot(forward=-1, foot_px=250.0),
    "pale on pale": DrawnFoot(contrast=0.35, seed=2),
    "from the inner side": DrawnFoot(inner=True, seed=7),
}


def _follow(foot: DrawnFoot, turn_deg: FloatArray, shift_px: FloatArray | None = None) -> ToeTrack:
    looks = looks_at(foot, turn_deg, shift_px)
    return follow_toe(looks, foot.leg(len(turn_deg)), square_view(foot), 0.0)


@cache
def _lifted(name: str) -> ToeTrack:
    return _follow(DRAWN[name], LIFT_DEG)


def _check(track: ToeTrack, turn_deg: FloatArray = LIFT_DEG, *, inner: bool = False) -> None:
    assert track.reason is None and track.moved
    error = abs(track.peak_deg - turn_deg.max())
    assert error <= 3.0
    widest = 10.0 if inner else 8.0
    assert error <= track.half_width_95_deg <= widest, "inside its ±, which still says something"
    assert not inner or track.half_width_95_deg > 8.0, "other toes stand behind it"
    assert np.abs(track.extension_deg - turn_deg).max() <= 3.5
    assert turn_deg[track.peak_index] == turn_deg.max()


@pytest.mark.parametrize("name", DRAWN)
def test_the_turn_of_a_lifted_toe_is_the_drawn_one(name: str) -> None:
    track = _lifted(name)
    _check(track, inner=DRAWN[name].inner)
    assert track.index.tolist() == [*range(COUNT)]
    assert track.witness_gap_deg < 5.0, "its picture says the same as its outline"


@pytest.mark.parametrize("share", [0.16, 0.4])
def test_a_small_lift_is_measured_too(share: float) -> None:
    _check(_follow(DrawnFoot(seed=3), share * LIFT_DEG), share * LIFT_DEG)


def test_the_highest_of_several_lifts_counts() -> None:
    turn = np.array([0, 0, 18, 34, 34, 34, 34, 18, 0, 0, 25, 50, 50, 50, 20, 0], float)
    _check(_follow(DrawnFoot(seed=9), turn), turn)


@pytest.mark.parametrize("name", ["facing right", "facing left", "large"])
def test_the_lines_lie_on_the_upper_edge_of_the_toe(name: str) -> None:
    foot, track = DRAWN[name], _lifted(name)
    assert np.hypot(*(track.hinge_xy_px - foot.place(*JOINT))) < 0.07 * foot.foot_px
    for line, turn_deg in ((track.rest_xy_px, LIFT_DEG[AT_REST]), (track.top_xy_px, LIFT_DEG[AT_TOP])):
        outline = foot.big_toe(float(turn_deg)).astype(np.float32)
        for x, y in (line[0], line.mean(axis=0), line[1]):
            off = cv2.pointPolygonTest(outline, (float(x), float(y)), True)
            assert abs(off) < 0.025 * foot.foot_px
        assert foot.forward * (line[1, 0] - line[0, 0]) > 0, "near end first"
        assert line[:, 1].max() < foot.place(*JOINT)[1], "the upper edge, not the sole"


def test_a_camera_that_moves_some_px_turns_no_toe() -> None:
    _check(_follow(DrawnFoot(), LIFT_DEG, SHAKE_PX))
    still = _follow(DrawnFoot(), STILL, SHAKE_PX)
    assert still.reason == "toe_still" and not still.moved


def test_camera_motion_is_taken_off_the_pictures() -> None:
    foot = DrawnFoot(noise=0.0)
    shaken, calm = looks_at(foot, STILL, SHAKE_PX), looks_at(DrawnFoot(), STILL, 0.05 * SHAKE_PX)
    steady = steadied(shaken.rgb)
    middle = COUNT // 2
    inner = np.s_[:, 20:-20, 20:-20]
    before, after = (
        np.abs(each[inner].astype(float) - shaken.rgb[middle][inner[1:]]).mean()
        for each in (shaken.rgb, steady)
    )
    assert after < 0.35 * before
    assert np.array_equal(steadied(calm.rgb), calm.rgb), "a propped phone costs no sharpness"


def test_a_toe_that_does_not_lift_is_told_so() -> None:
    for foot in (DrawnFoot(), DrawnFoot(inner=True, contrast=0.5, seed=4)):
        track = _follow(foot, STILL)
        assert track.reason == "toe_still" and not track.moved
        assert np.isnan([track.peak_deg, track.half_width_95_deg]).all() and track.peak_index == -1


@pytest.mark.parametrize(
    ("foot", "reason"),
    [
        (DrawnFoot(foot_px=55.0), "foot_too_small"),
        (DrawnFoot(ahead_of_toe_px=12.0), "foot_out_of_frame"),
        (DrawnFoot(ahead_of_toe_px=12.0, forward=-1), "foot_out_of_frame"),
    ],
)
def test_feet_that_cannot_be_measured_are_not(foot: DrawnFoot, reason: str) -> None:
    track = _follow(foot, LIFT_DEG)
    assert track.reason == reason and not track.moved
    assert np.isnan(track.peak_deg) and np.isnan(track.extension_deg).all()


def test_toes_just_inside_the_picture_are_not_cut() -> None:
    assert not looks_at(DrawnFoot(ahead_of_toe_px=22.0), STILL[:2]).cut


def test_too_few_looks_measure_nothing() -> None:
    assert _follow(DrawnFoot(), LIFT_DEG[3:7]).reason == "toe_hidden"


@pytest.mark.parametrize("seed", [0, 7])
def test_other_toes_that_rise_higher_behind_the_big_one_hide_it(seed: int) -> None:
    """From the inner side the outline is then theirs: one skin cannot be turned back at all, the other can,
    but the big toe at rest, followed upwards, goes another way."""
    track = _follow(DrawnFoot(inner=True, others_share=3.0, seed=seed), 0.3 * LIFT_DEG)
    assert not np.isfinite(track.witness_gap_deg) or seed == 7
    assert track.reason == "toe_hidden" and track.moved
    assert np.isnan(track.peak_deg)
    assert np.isfinite(track.rest_xy_px).all(), "what was seen may still be looked at"


def test_from_the_inner_side_no_number_is_given_that_only_the_outline_tells() -> None:
    """On this skin the toe's own picture cannot be followed, and the outline reads 12 deg too little."""
    track = _follow(DrawnFoot(inner=True), LIFT_DEG)
    assert track.reason == "toe_hidden" or abs(track.peak_deg - TOP_DEG) < track.half_width_95_deg


def test_a_view_off_square_is_put_right() -> None:
    """A far camera that stands 30 deg off shortens all that lies ahead."""
    foot, yaw_deg = DrawnFoot(), 30.0
    squash = np.array([[np.cos(np.radians(yaw_deg)), 0.0, 0.0], [0.0, 1.0, 0.0]])
    leg = foot.leg(COUNT)
    leg = replace(leg, xy_px=leg.xy_px * squash[[0, 1], [0, 1]])
    watch = ToeWatch(leg, 1)
    for frame in foot.frames(LIFT_DEG):
        seen = cv2.warpAffine(frame.rgb, squash, foot.size_px, borderMode=cv2.BORDER_REPLICATE)
        watch.look(replace(frame, rgb=np.asarray(seen, np.uint8)))
    looks = watch.looks()
    assert looks is not None
    far = replace(square_view(foot), focal_px=1e6)
    plain, right = (follow_toe(looks, leg, replace(far, yaw_deg=yaw), 0.0) for yaw in (0.0, yaw_deg))
    assert plain.peak_deg > TOP_DEG + 3.0
    assert right.peak_deg == pytest.approx(TOP_DEG, abs=3.5)
    assert right.half_width_95_deg > _lifted("facing right").half_width_95_deg, "yaw is not known exactly"


@settings(max_examples=12)
@given(st.integers(0, 99), st.floats(60.0, 260.0), st.floats(0.0, 60.0))
def test_a_mirrored_clip_is_looked_at_alike(seed: int, foot_px: float, turn_deg: float) -> None:
    foot = DrawnFoot(foot_px=foot_px, seed=seed)
    turns = np.array([0.0, turn_deg])
    right, left = (looks_at(each, turns) for each in (foot, replace(foot, forward=-1)))
    assert np.abs(right.rgb.astype(int) - left.rgb).max() <= 2
    width = foot.size_px[0]
    corner = moved(right.to_clip, np.array([30.0, 40.0]))
    assert moved(left.to_clip, np.array([30.0, 40.0])) == pytest.approx([width - 1 - corner[0], corner[1]])


def test_a_mirrored_clip_gives_the_same_angle() -> None:
    foot, turn = DrawnFoot(foot_px=145.0, seed=5), 0.75 * LIFT_DEG
    right, left = (_follow(each, turn) for each in (foot, replace(foot, forward=-1)))
    assert right.reason is None
    assert left.peak_deg == pytest.approx(right.peak_deg, abs=0.5)
    assert left.extension_deg == pytest.approx(right.extension_deg, abs=0.5)


def _watched(leg: LegTrack, stride: int, size_px: tuple[int, int]) -> list[int]:
    """Frames that are kept of a long clip of plain pictures."""
    watch = ToeWatch(leg, stride)
    for i in range(len(leg)):
        watch.look(Frame(i, float(leg.time_s[i]), np.zeros((size_px[1], size_px[0], 3), np.uint8)))
    looks = watch.looks()
    return [] if looks is None else looks.index.tolist()


def test_only_wanted_frames_are_kept_and_never_more_than_most() -> None:
    foot = DrawnFoot(foot_px=20.0)
    leg = foot.leg(400)
    kept = _watched(leg, 2, foot.size_px)
    assert len(kept) == MOST_LOOKS and (kept[0], kept[-1]) == (0, 398)
    assert not any(i % 2 for i in kept) and max(np.diff(kept)) <= 4, "evenly spread over what is looked at"
    xy_px = leg.xy_px.copy()
    xy_px[30:, LegPoint.TOE] = np.nan
    assert _watched(replace(leg, xy_px=xy_px), 3, foot.size_px) == [*range(0, 30, 3)]


def test_a_foot_that_was_never_seen_leaves_no_looks() -> None:
    foot = DrawnFoot(foot_px=20.0)
    leg = foot.leg(30)
    assert ToeWatch(leg, 1).looks() is None
    assert _watched(replace(leg, xy_px=np.full_like(leg.xy_px, np.nan)), 1, foot.size_px) == []


def test_the_curve_of_the_clip_has_the_looks_and_lines_between_them() -> None:
    count = 2 * COUNT + 30
    missing = np.full(count, np.nan)
    time_s = np.arange(count) / 30
    signals = Signals(time_s, missing, missing, missing, missing, missing, missing, np.ones(count, bool))
    track = replace(_lifted("facing right"), index=2 * np.arange(COUNT), extension_deg=LIFT_DEG)
    curve = with_toe(signals, track).big_toe_deg
    assert curve[: 2 * COUNT : 2] == pytest.approx(LIFT_DEG)
    assert curve[1 : 2 * COUNT - 2 : 2] == pytest.approx((LIFT_DEG[:-1] + LIFT_DEG[1:]) / 2)
    assert np.isnan(curve[2 * COUNT - 1 :]).all(), "nothing outside them"
