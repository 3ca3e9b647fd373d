"""Heel rise from the picture, on a drawn foot that turns about its ball by a known angle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from dorsi.engine.evidence import FootTrack
from dorsi.engine.landmarks import LegPoint
from dorsi.engine.observe.foot import _place, follow_foot
from dorsi.engine.observe.leg import choose_leg
from dorsi.types import Frame
from tests.engine.scenes import foot_frames, lunge_angle_deg, pose_track

COUNT = 24
TIME_S = np.arange(COUNT) / 30


def _follow(turn_deg: np.ndarray, shift_px: np.ndarray, hidden: range = range(0)) -> FootTrack:
    track = pose_track(TIME_S, lunge_angle_deg(TIME_S, 30.0))
    found = choose_leg([track])
    assert found is not None
    return follow_foot(_covered(foot_frames(turn_deg, shift_px), hidden), found[0], track.xy_px, 1)


def _covered(frames: Iterator[Frame], hidden: range) -> Iterator[Frame]:
    """Something patterned stands before the rear foot in the frames of `hidden`."""
    cover = np.random.default_rng(5).integers(0, 255, (30, 20)).astype(np.uint8)
    cover = np.kron(cover, np.ones((8, 8), np.uint8))
    for frame in frames:
        if frame.index in hidden:
            top, left = 1000, frame.rgb.shape[1] // 2 - 130
            frame.rgb[top : top + 240, left : left + 160] = cover[..., None]
        yield frame


def test_a_rising_heel_is_followed() -> None:
    turn = np.concatenate([np.zeros(6), np.linspace(0, 12, 10), np.full(8, 12.0)])
    foot = _follow(turn, np.zeros((COUNT, 2)))
    assert np.nanmedian(foot.heel_pitch_deg[-6:]) == pytest.approx(12, abs=1.5)
    assert np.nanmedian(np.abs(foot.heel_pitch_deg - turn)) < 0.7
    reach_px = 0.82 * np.hypot(125, 7)
    assert np.nanmedian(foot.heel_rise_px[-6:]) == pytest.approx(reach_px * np.sin(np.radians(12)), rel=0.15)


def test_a_heel_at_rest_stays_at_rest() -> None:
    foot = _follow(np.zeros(COUNT), np.zeros((COUNT, 2)))
    assert np.nanmax(np.abs(foot.heel_rise_px)) < 1.0


def test_a_moving_camera_lifts_no_heel_and_is_noticed() -> None:
    shift = np.stack([np.linspace(0, 14, COUNT), np.linspace(0, -18, COUNT)], axis=1)
    foot = _follow(np.zeros(COUNT), shift)
    assert np.nanmax(np.abs(foot.heel_rise_px)) < 2.0
    assert foot.camera_shift_px[-1] == pytest.approx(np.hypot(14, 18), abs=2)


def test_a_hidden_heel_is_unknown_not_down() -> None:
    foot = _follow(np.zeros(COUNT), np.zeros((COUNT, 2)), hidden=range(10, 16))
    assert np.isnan(foot.heel_pitch_deg[10:16]).all()
    assert np.abs(foot.heel_pitch_deg[[*range(10), *range(16, COUNT)]]).max() < 1


def test_a_small_lift_of_ten_mm_is_seen() -> None:
    turn = np.concatenate([np.zeros(8), np.full(COUNT - 8, 3.5)])
    foot = _follow(turn, np.zeros((COUNT, 2)))
    assert np.nanmedian(foot.heel_pitch_deg[10:]) == pytest.approx(3.5, abs=0.7)


def test_a_foot_that_steps_aside_is_followed_from_where_it_rests_anew() -> None:
    count, stepped = 60, 26
    time_s = np.arange(count) / 30
    after = np.arange(count) >= stepped
    step = np.where(after[:, None], [60.0, 8.0], 0.0)
    turn = np.where(np.arange(count) > 45, 12.0, 0.0)
    angle = np.where(np.arange(count) > 40, 30.0, 2.0)
    track = pose_track(time_s, angle)
    found = choose_leg([track])
    assert found is not None
    leg = replace(found[0], xy_px=found[0].xy_px + step[:, None])
    frames = foot_frames(turn, np.zeros((count, 2)), step_px=step)
    foot = follow_foot(frames, leg, track.xy_px + step[:, None], 1)
    assert foot.step_px is not None
    assert np.nanmedian(foot.step_px[after], axis=0) == pytest.approx([60.0, 8.0], abs=4.0)
    assert np.nanmax(np.abs(foot.heel_pitch_deg[[*range(20), *range(32, 44)]])) < 1.5
    assert np.nanmedian(foot.heel_pitch_deg[48:]) == pytest.approx(12, abs=1.5)


def test_the_reference_is_no_foot_in_the_air() -> None:
    time_s = np.arange(60) / 30
    track = pose_track(time_s, np.where(time_s < 0.5, -20.0, 10.0))
    found = choose_leg([track])
    assert found is not None
    leg = found[0]
    swinging = np.clip(0.5 - time_s, 0, None) * 400.0
    xy_px = leg.xy_px.copy()
    xy_px[:, [LegPoint.ANKLE, LegPoint.HEEL, LegPoint.TOE], 0] -= swinging[:, None]
    assert time_s[_place(replace(leg, xy_px=xy_px), 1, 720, 1280).index] == pytest.approx(0.5, abs=0.17)
    assert _place(leg, 1, 720, 1280).index == 0
