"""Leg choice on tracks whose right answer is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dorsi.engine.conclude.uncertainty import view_gap_deg
from dorsi.engine.geometry import tilt_deg
from dorsi.engine.landmarks import LegPoint
from dorsi.engine.observe.leg import choose_leg, doubtful_frames
from dorsi.types import LegTrack, PoseTrack
from tests.engine.scenes import lunge_angle_deg, pose_track

TIME_S = np.arange(90) / 30
ANGLE_DEG = lunge_angle_deg(TIME_S, 35.0)


def _angle(leg: LegTrack) -> np.ndarray:
    return tilt_deg(leg.xy_px[:, LegPoint.ANKLE], leg.xy_px[:, LegPoint.KNEE], leg.forward)


@pytest.mark.parametrize("forward", [1, -1])
@pytest.mark.parametrize("side", ["left", "right"])
def test_the_front_leg_is_found_named_and_placed(forward: int, side: str) -> None:
    found = choose_leg([pose_track(TIME_S, ANGLE_DEG, forward=forward, test_side=side, noise_px=2)])
    assert found is not None
    leg, evidence = found
    assert (leg.side, leg.facing) == (side, "right" if forward > 0 else "left")
    # The side turned to the camera is the right one of someone who faces right.
    assert leg.test_leg == ("near" if side == leg.facing else "far")
    assert leg.rear == "standing"
    assert evidence.coverage == 1.0
    assert np.nanmax(np.abs(_angle(leg) - ANGLE_DEG)) < 3


def test_swapped_labels_are_repaired() -> None:
    track = pose_track(TIME_S, ANGLE_DEG, noise_px=2, swapped=slice(30, 50))
    found = choose_leg([track])
    assert found is not None
    leg, evidence = found
    assert leg.side == "right"
    assert evidence.label_agreement == pytest.approx(70 / 90, abs=0.05)
    assert np.nanmax(np.abs(_angle(leg) - ANGLE_DEG)) < 3


def test_frames_on_the_wrong_leg_are_filled_from_the_other_view() -> None:
    good = pose_track(TIME_S, ANGLE_DEG, noise_px=1)
    bad = good.xy_px.copy()
    bad[35:60][:, [24, 26, 28, 30, 32]] = bad[35:60][:, [23, 25, 27, 29, 31]]
    found = choose_leg([replace(good, xy_px=bad), good])
    assert found is not None
    assert np.nanmax(np.abs(_angle(found[0]) - ANGLE_DEG)) < 3


def test_one_absurd_frame_is_dropped() -> None:
    track = pose_track(TIME_S, ANGLE_DEG, noise_px=1)
    xy = track.xy_px.copy()
    xy[45, 26] += (150.0, 20.0)
    found = choose_leg([replace(track, xy_px=xy)])
    assert found is not None
    assert abs(_angle(found[0])[45] - ANGLE_DEG[45]) < 3


def test_the_leg_that_is_asked_for_is_followed() -> None:
    track = pose_track(TIME_S, ANGLE_DEG, noise_px=1)
    near, far = choose_leg([track], "near"), choose_leg([track], "far")
    assert near is not None and far is not None
    assert near[0].side == "right" and near[0].test_leg == "near"
    assert far[0].side == "left" and far[0].test_leg == "far"


def test_nobody_is_none() -> None:
    track = pose_track(TIME_S, ANGLE_DEG)
    nobody = PoseTrack(TIME_S, np.full_like(track.xy_px, np.nan), track.depth_px, track.confidence, 720, 1280)
    assert choose_leg([nobody]) is None


def test_alternating_legs_keep_one() -> None:
    first = pose_track(TIME_S, ANGLE_DEG, test_side="right")
    second = pose_track(TIME_S, ANGLE_DEG, test_side="left")
    gap = np.full((20, 33, 2), np.nan)
    xy = np.concatenate([first.xy_px, gap, second.xy_px[:60]])
    count = len(xy)
    track = PoseTrack(np.arange(count) / 30, xy, np.zeros((count, 33)), np.ones((count, 33)), 720, 1280)
    found = choose_leg([track])
    assert found is not None
    leg, evidence = found
    assert evidence.alternates
    assert leg.side == "right"
    assert np.isnan(leg.xy_px[115:, 0, 0]).all()


def _off(track: PoseTrack, frames: slice, knee_px: float) -> PoseTrack:
    """The track with the test knee moved forward by some px in some frames."""
    xy = track.xy_px.copy()
    xy[frames, 26, 0] += knee_px
    return replace(track, xy_px=xy)


def test_frames_in_which_the_views_disagree_are_doubtful() -> None:
    good = pose_track(TIME_S, ANGLE_DEG, noise_px=1)
    found = choose_leg([good, _off(good, slice(40, 50), -60.0)])
    assert found is not None
    assert doubtful_frames(*found, stride=1, most=99) == [*range(40, 50)]
    assert doubtful_frames(*found, stride=2, most=3) == [40, 44, 48]
    agreed = choose_leg([good, good])
    assert agreed is not None
    assert doubtful_frames(*agreed, stride=1, most=99) == []


def test_the_middle_of_three_views_is_believed_over_the_first() -> None:
    good = pose_track(TIME_S, ANGLE_DEG, noise_px=1)
    found = choose_leg([_off(good, slice(40, 50), -60.0), good, good])
    assert found is not None
    assert np.nanmax(np.abs(_angle(found[0]) - ANGLE_DEG)) < 3


def test_the_gap_of_two_views_is_their_difference_and_of_one_unknown() -> None:
    good = pose_track(TIME_S, ANGLE_DEG)
    pair, alone = choose_leg([good, _off(good, slice(None), 20.0)]), choose_leg([good])
    assert pair is not None and alone is not None
    views = pair[1].view_angle_deg
    wanted = float(np.median(np.abs(views[1] - views[0])[40:50]))
    assert view_gap_deg(pair[1], TIME_S, 1.5) == pytest.approx(wanted, abs=0.3)
    assert np.isnan(view_gap_deg(alone[1], TIME_S, 1.5))


@pytest.mark.parametrize(("below_px", "kept"), [(0.0, "right"), (140.0, "left")])
def test_of_two_legs_that_take_turns_the_one_in_the_picture_is_kept(below_px: float, kept: str) -> None:
    """The right one stands for longer, its sole on or below the lower edge."""
    first = pose_track(TIME_S, ANGLE_DEG, test_side="right").xy_px
    second = pose_track(TIME_S, ANGLE_DEG, test_side="left").xy_px
    first[:, [30, 32], 1] += below_px
    xy = np.concatenate([first, np.full((20, 33, 2), np.nan), second[:60]])
    count = len(xy)
    track = PoseTrack(np.arange(count) / 30, xy, np.zeros((count, 33)), np.ones((count, 33)), 720, 1280)
    found = choose_leg([track])
    assert found is not None and found[0].side == kept
