"""Heel rise by flow, on a drawn foot that turns about its ball by a known angle."""

from __future__ import annotations

import numpy as np
import pytest

from dorsi.foot import FootTrack, follow_foot
from dorsi.leg import choose_leg
from tests.engine.scenes import foot_frames, lunge_angle_deg, pose_track

COUNT = 24
TIME_S = np.arange(COUNT) / 30


def _follow(turn_deg: np.ndarray, shift_px: np.ndarray) -> FootTrack:
    track = pose_track(TIME_S, lunge_angle_deg(TIME_S, 30.0))
    found = choose_leg([track])
    assert found is not None
    return follow_foot(foot_frames(turn_deg, shift_px), found[0], track.xy_px, 1)


def test_a_rising_heel_is_followed() -> None:
    turn = np.concatenate([np.zeros(6), np.linspace(0, 12, 10), np.full(8, 12.0)])
    foot = _follow(turn, np.zeros((COUNT, 2)))
    assert np.nanmedian(foot.heel_pitch_deg[-6:]) == pytest.approx(12, abs=1.5)
    assert np.nanmedian(np.abs(foot.heel_pitch_deg - turn)) < 0.7
    reach_px = 0.72 * np.hypot(125, 7)
    assert np.nanmedian(foot.heel_rise_px[-6:]) == pytest.approx(reach_px * np.sin(np.radians(12)), rel=0.15)


def test_a_heel_at_rest_stays_at_rest() -> None:
    foot = _follow(np.zeros(COUNT), np.zeros((COUNT, 2)))
    assert np.nanmax(np.abs(foot.heel_rise_px)) < 1.0


def test_a_moving_camera_lifts_no_heel_and_is_noticed() -> None:
    shift = np.stack([np.linspace(0, 14, COUNT), np.linspace(0, -18, COUNT)], axis=1)
    foot = _follow(np.zeros(COUNT), shift)
    assert np.nanmax(np.abs(foot.heel_rise_px)) < 2.0
    assert foot.camera_shift_px[-1] == pytest.approx(np.hypot(14, 18), abs=2)
