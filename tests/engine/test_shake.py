"""Camera motion from drawn rooms in which a leg steps, the camera moves, or nothing can be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest

from dorsi.engine.observe.foot import _shift_px, follow_foot
from dorsi.engine.observe.leg import choose_leg
from dorsi.engine.observe.shake import CameraWatch, by_hand
from dorsi.types import FloatArray, Frame
from tests.engine.scenes import SHANK_PX, foot_frames, lunge_angle_deg, pose_track

COUNT = 16
TIME_S = np.arange(COUNT) / 10
WIDTH_PX, HEIGHT_PX = 270, 480
SHANK = 80.0
HEEL = np.array([120.0, 420.0])
LEG = HEEL + np.array([[0.0, 0.0], [50.0, 0.0], [10.0, -60.0], [30.0, -150.0], [0.0, -220.0]])


def _cloth(width_px: int, height_px: int, contrast: float, seed: int) -> FloatArray:
    rough = np.random.default_rng(seed).normal(128, contrast, (height_px // 6, width_px // 6))
    return np.asarray(cv2.resize(rough, (width_px, height_px), interpolation=cv2.INTER_CUBIC), np.float64)


def _watched(
    camera_px: FloatArray, leg_px: FloatArray, contrast: float = 25.0, bars_px: int = 0
) -> FloatArray:
    """(T, 2) what is told of a camera that moves by `camera_px` (T, 2) while a leg steps by `leg_px` (T,)."""
    room = _cloth(WIDTH_PX + 400, HEIGHT_PX + 400, contrast, 3)
    trousers = _cloth(60, 240, 60.0, 4)
    noise = np.random.default_rng(5)
    watch = CameraWatch(HEEL, SHANK, (bars_px, 0, WIDTH_PX - bars_px, HEIGHT_PX))
    for i, ((dx, dy), step) in enumerate(zip(camera_px, leg_px, strict=True)):
        back = np.array([[1.0, 0.0, 200 - dx], [0.0, 1.0, 200 - dy]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        picture = cv2.warpAffine(room, back, (WIDTH_PX, HEIGHT_PX), flags=flags)
        person = LEG + [dx + step, dy]
        left, top = np.round(person.min(axis=0)).astype(int)
        bottom, right = min(HEIGHT_PX, top + 240), min(WIDTH_PX, left + 60)
        picture[top:bottom, left:right] = trousers[: bottom - top, : right - left]
        picture = np.clip(picture + noise.normal(0, 1.0, picture.shape), 0, 255)
        picture[:, :bars_px] = picture[:, WIDTH_PX - bars_px :] = 0
        watch.look(i, picture.astype(np.uint8), person)
    return watch.since(0, TIME_S)


def test_a_leg_that_steps_in_a_still_room_moves_no_camera() -> None:
    told = _watched(np.zeros((COUNT, 2)), np.linspace(0, 80, COUNT))
    assert np.abs(told).max() < 0.3


def test_a_moved_room_tells_its_motion_whatever_the_leg_does() -> None:
    # Over half the width of the picture: most of what was seen first has left it.
    camera = np.stack([np.linspace(0, -170, COUNT), np.linspace(0, 30, COUNT)], axis=1)
    told = _watched(camera, np.linspace(0, 150, COUNT))
    assert np.abs(told - camera).max() < 2.0


def test_a_bare_wall_tells_nothing() -> None:
    camera = np.stack([np.linspace(0, 60, COUNT), np.zeros(COUNT)], axis=1)
    told = _watched(camera, np.zeros(COUNT), contrast=0.0)
    assert np.isnan(told[1:]).all()


def test_a_look_that_no_hand_can_reach_is_no_measurement() -> None:
    path = np.stack([np.linspace(0, 40, COUNT), np.zeros(COUNT)], axis=1)
    wild = path.copy()
    wild[7] += [0.6 * SHANK, 0.0]
    told = by_hand(TIME_S, wild, SHANK)
    assert np.isnan(told[7]).all()
    assert np.isfinite(told[[0, 1, 2, 3, 4, 10, 11, 15]]).all()
    assert by_hand(TIME_S, path, SHANK) == pytest.approx(path)


def test_a_foot_that_steps_onto_its_place_is_not_the_camera() -> None:
    time_s = np.arange(COUNT) / 30
    track = pose_track(time_s, lunge_angle_deg(time_s, 30.0))
    found = choose_leg([track])
    assert found is not None
    step_px = np.where(np.arange(COUNT) < 10, 0, round(0.3 * SHANK_PX))
    points = found[0].xy_px + np.stack([step_px, np.zeros(COUNT)], axis=1)[:, None]

    def stepping() -> Iterator[Frame]:
        for frame in foot_frames(np.zeros(COUNT), np.zeros((COUNT, 2))):
            foot = frame.rgb[1080:1200, 300:480].copy()
            step = int(step_px[frame.index])
            frame.rgb[1080:1200, 300 + step : 480 + step] = foot
            yield frame

    seen = follow_foot(stepping(), replace(found[0], xy_px=points), track.xy_px, 1)
    assert np.nanmax(seen.camera_shift_px) < 0.02 * SHANK_PX
    assert np.isfinite(seen.camera_shift_px).any()


def test_black_bars_do_not_hold_the_camera_still() -> None:
    camera = np.stack([np.linspace(0, 40, COUNT), np.zeros(COUNT)], axis=1)
    told = _watched(camera, np.zeros(COUNT), bars_px=40)
    assert np.abs(told - camera).max() < 2.0


def test_where_the_room_says_nothing_the_floor_beside_the_foot_does() -> None:
    time_s = np.arange(COUNT) / 30
    found = choose_leg([pose_track(time_s, lunge_angle_deg(time_s, 30.0))])
    assert found is not None
    base = np.stack([np.linspace(0, 30, COUNT), np.zeros(COUNT)], axis=1)
    unknown, known = np.full((COUNT, 2), np.nan), np.zeros((COUNT, 2))
    assert _shift_px(found[0], unknown, base, SHANK)[-1] == pytest.approx(30)
    assert _shift_px(found[0], known, base, SHANK).max() == 0, "a room that is known is believed"
