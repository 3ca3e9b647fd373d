"""Camera roll from drawn rooms, and honesty when nothing tells."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from dorsi.engine.conclude.camera import UNKNOWN_ROLL_95_DEG, estimate_level
from dorsi.engine.observe.room import find_segments
from dorsi.engine.view import View, estimate_view

NOBODY = np.full((33, 2), np.nan)


def _room(roll_deg: float) -> np.ndarray:
    """A wall, a floor, a door; seen by a camera turned counter-clockwise by `roll_deg`."""
    picture = np.full((1280, 720, 3), 190, np.uint8)
    picture[900:] = 90
    picture[200:900, 480:620] = 120
    turn = cv2.getRotationMatrix2D((360, 640), -roll_deg, 1.0)  # cv2 turns counter-clockwise
    seen = cv2.warpAffine(picture, turn, (720, 1280), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.uint8)


@pytest.mark.parametrize("roll_deg", [-7.0, -4.0, 0.0, 3.0, 6.0])
def test_roll_of_a_room_is_read_with_its_sign(roll_deg: float) -> None:
    level, _ = estimate_level(find_segments(_room(roll_deg), NOBODY), 1, estimate_view(0.0, 0.0, 720, 1280))
    assert level.camera_roll_deg == pytest.approx(roll_deg, abs=0.5)
    assert abs(level.camera_roll_deg - roll_deg) < level.uncertainty_95_deg < 2.5


def test_an_empty_room_says_unknown() -> None:
    blank = np.full((640, 360, 3), 128, np.uint8)
    view = estimate_view(0.0, 0.0, 360, 640)
    level, same = estimate_level(find_segments(blank, NOBODY), 1, view)
    assert same == view
    assert not level.known
    assert level.uncertainty_95_deg == UNKNOWN_ROLL_95_DEG
    assert level.source == "none"


def test_a_single_level_edge_tells_less_the_less_square_the_view_is() -> None:
    edge = np.array([[0.0, 1100.0, 700.0, 1112.0], [0.0, 1105.0, 690.0, 1117.0]])
    square = estimate_view(0.0, 0.0, 720, 1280)
    straight, _ = estimate_level(edge, 1, square)
    turned, _ = estimate_level(edge, 1, replace(square, yaw_deg=12.0))
    assert turned.uncertainty_95_deg > straight.uncertainty_95_deg


@pytest.mark.parametrize("lean_deg", [-10.0, -6.0, 6.0, 10.0])
def test_edges_that_all_agree_are_believed_and_a_few_of_them_make_the_roll_unsure(lean_deg: float) -> None:
    view = estimate_view(0.0, 0.0, 720, 1280)
    level, _ = estimate_level(_lines(lean_deg, count=40), 1, view)
    assert level.camera_roll_deg == pytest.approx(lean_deg, abs=0.5)
    few, _ = estimate_level(_lines(lean_deg, count=8), 1, view)
    assert not few.known and few.uncertainty_95_deg > UNKNOWN_ROLL_95_DEG


def test_edges_that_may_be_taken_in_two_ways_leave_the_roll_open() -> None:
    view = estimate_view(0.0, 0.0, 720, 1280)
    sure, _ = estimate_level(_lines(-1.0, count=8), 1, view)
    torn, _ = estimate_level(np.concatenate([_lines(-1.0, count=8), _lines(7.0, count=8)]), 1, view)
    far, _ = estimate_level(np.concatenate([_lines(-7.0, count=8), _lines(7.0, count=8)]), 1, view)
    assert sure.known and sure.uncertainty_95_deg < 1.5
    assert torn.uncertainty_95_deg > sure.uncertainty_95_deg + 0.2
    # A roll that is not told is taken as none, and may be either of the two.
    assert not far.known and far.uncertainty_95_deg > UNKNOWN_ROLL_95_DEG + 2


def _lines(lean_deg: float, count: int) -> np.ndarray:
    """(count, 4) px: short lines all over the picture, level but for the lean."""
    x, y = np.linspace(80, 560, count), np.linspace(100, 1100, count)
    right = np.cos(np.radians(lean_deg)) * 120, np.sin(np.radians(lean_deg)) * 120
    return np.stack([x, y, x + right[0], y + right[1]], axis=1)


@pytest.mark.parametrize("forward", [1, -1])
@pytest.mark.parametrize(
    ("roll_deg", "pitch_deg", "yaw_deg"),
    [(2.0, 6.0, -8.0), (-3.0, -5.0, 6.0), (0.0, 8.0, 0.0), (9.0, 4.0, -5.0), (-10.0, 2.0, 3.0)],
)
def test_roll_pitch_and_yaw_of_a_projected_room(
    forward: int, roll_deg: float, pitch_deg: float, yaw_deg: float
) -> None:
    view = estimate_view(0.0, 0.0, 1080, 1920)
    edges = _edges_of_a_room(view, forward, roll_deg, pitch_deg, yaw_deg)
    level, better = estimate_level(edges, forward, view)
    assert level.camera_roll_deg == pytest.approx(roll_deg, abs=0.4)
    assert abs(better.pitch_deg - pitch_deg) < 2 * better.pitch_sd_deg < 4
    assert abs(better.yaw_deg - yaw_deg) < 2 * better.yaw_sd_deg < 4
    assert better.yaw_sd_deg < view.yaw_sd_deg and better.pitch_sd_deg < view.pitch_sd_deg


def _edges_of_a_room(
    view: View, forward: int, roll_deg: float, pitch_deg: float, yaw_deg: float
) -> np.ndarray:
    """Door posts and skirtings of a wall along the lunge, as a camera 3 m away sees them, (N, 4) px."""
    posts = [((x, -1.0), (x, 1.0)) for x in (-1.0, -0.4, 0.5, 0.9)]
    boards = [((-1.0, y), (1.0, y)) for y in (-1.1, -0.9, 0.8)]
    roll, pitch, yaw = np.radians([roll_deg, pitch_deg, yaw_deg * forward])
    rows = []
    for ends in posts + boards:
        row: list[float] = []
        for x, y in ends:
            # Right, up, away from the camera; someone who faces partly towards it walks nearer as he goes.
            right, up, away = x * np.cos(yaw), y, 3.0 - x * np.sin(yaw)
            up, away = up * np.cos(pitch) + away * np.sin(pitch), away * np.cos(pitch) - up * np.sin(pitch)
            seen_x, seen_y = view.focal_px * right / away, -view.focal_px * up / away
            # The camera turned counter-clockwise shows the scene clockwise: x right, y down.
            row += [
                seen_x * np.cos(roll) - seen_y * np.sin(roll) + view.width_px / 2,
                seen_x * np.sin(roll) + seen_y * np.cos(roll) + view.height_px / 2,
            ]
        rows.append(row)
    return np.array(rows)
