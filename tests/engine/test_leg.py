"""Leg choice on tracks whose right answer is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dorsi.geometry import shin_angle_deg
from dorsi.landmarks import LegPoint
from dorsi.leg import choose_leg
from dorsi.types import LegTrack, PoseTrack
from tests.engine.scenes import lunge_angle_deg, pose_track

TIME_S = np.arange(90) / 30
ANGLE_DEG = lunge_angle_deg(TIME_S, 35.0)


def _angle(leg: LegTrack) -> np.ndarray:
    return shin_angle_deg(leg.xy_px[:, LegPoint.ANKLE], leg.xy_px[:, LegPoint.KNEE], leg.forward)


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


def test_side_renames_and_leg_chooses() -> None:
    track = pose_track(TIME_S, ANGLE_DEG, noise_px=1)
    renamed, other = choose_leg([track], side="left"), choose_leg([track], "far")
    assert renamed is not None and other is not None
    assert renamed[0].side == "left" and renamed[0].test_leg == "near"
    assert other[0].side == "left" and other[0].test_leg == "far"


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
