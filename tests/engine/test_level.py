"""Camera roll from drawn rooms, and honesty when nothing tells."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dorsi.level import UNKNOWN_ROLL_95_DEG, estimate_level, find_segments

NOBODY = np.full((33, 2), np.nan)


def _room(roll_deg: float) -> np.ndarray:
    """A wall, a floor, a door; seen by a camera turned counter-clockwise by `roll_deg`."""
    picture = np.full((1280, 720, 3), 190, np.uint8)
    picture[900:] = 90
    picture[200:900, 480:620] = 120
    turn = cv2.getRotationMatrix2D((360, 640), -roll_deg, 1.0)  # cv2 turns counter-clockwise
    seen = cv2.warpAffine(picture, turn, (720, 1280), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.uint8)


@pytest.mark.parametrize("roll_deg", [-4.0, 0.0, 3.0])
def test_roll_of_a_room_is_read_with_its_sign(roll_deg: float) -> None:
    level = estimate_level(find_segments(_room(roll_deg), NOBODY), 720, 1280, yaw_deg=0.0)
    assert level.camera_roll_deg == pytest.approx(roll_deg, abs=0.5)
    assert abs(level.camera_roll_deg - roll_deg) < level.uncertainty_95_deg < 2.5


def test_an_empty_room_says_unknown() -> None:
    blank = np.full((640, 360, 3), 128, np.uint8)
    level = estimate_level(find_segments(blank, NOBODY), 360, 640, yaw_deg=0.0)
    assert not level.known
    assert level.uncertainty_95_deg == UNKNOWN_ROLL_95_DEG
    assert level.source == "none"


def test_a_single_level_edge_tells_less_the_more_the_view_is_turned() -> None:
    edge = np.array([[0.0, 900.0, 700.0, 912.0], [0.0, 905.0, 690.0, 917.0]])
    straight = estimate_level(edge, 720, 1280, yaw_deg=0.0)
    turned = estimate_level(edge, 720, 1280, yaw_deg=25.0)
    assert turned.uncertainty_95_deg > straight.uncertainty_95_deg
