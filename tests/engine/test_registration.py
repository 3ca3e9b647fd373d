"""Registration of still scenes that a known motion has moved."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dorsi.engine.observe.pictures import Gray
from dorsi.engine.observe.registration import Registration

SIDE = 300


def _scene(seed: int = 1) -> Gray:
    rough = np.random.default_rng(seed).normal(120, 40, (SIDE // 10, SIDE // 10)).astype(np.float32)
    return np.clip(cv2.resize(rough, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), 0, 255).astype(np.uint8)


def _moved(scene: Gray, shift_px: tuple[float, float], turn_deg: float = 0.0) -> tuple[Gray, np.ndarray]:
    affine = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), -turn_deg, 1.0)
    affine[:, 2] += np.array(shift_px)
    moved = cv2.warpAffine(scene, affine, (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT)
    return np.asarray(moved, np.uint8), affine


def _everywhere() -> Gray:
    return np.full((SIDE, SIDE), 255, np.uint8)


@settings(max_examples=25, deadline=None)
@given(st.floats(-7, 7), st.floats(-7, 7), st.floats(-2.5, 2.5))
def test_a_rigid_motion_is_recovered(dx: float, dy: float, turn_deg: float) -> None:
    now, affine = _moved(_scene(), (dx, dy), turn_deg)
    found = Registration(_scene(), _everywhere()).find(now)
    assert found.quality > 0.9
    corner = np.array([20.0, 30.0, 1.0])
    assert found.affine @ corner == pytest.approx(affine @ corner, abs=0.4)


def test_what_covers_a_part_has_no_say() -> None:
    now, _ = _moved(_scene(), (3.0, -2.0))
    now[:, : SIDE // 3] = 20
    found = Registration(_scene(), _everywhere()).find(now, turns=False)
    assert found.affine[:, 2] == pytest.approx([3.0, -2.0], abs=0.3)


def test_a_start_is_followed_far() -> None:
    now, _ = _moved(_scene(), (60.0, 0.0))
    start = np.array([[1.0, 0.0, 57.0], [0.0, 1.0, 0.0]])
    assert Registration(_scene(), _everywhere()).find(now, start).affine[0, 2] == pytest.approx(60, abs=1)


def test_another_scene_is_not_found() -> None:
    assert Registration(_scene(1), _everywhere()).find(_scene(2)).quality < 0.5


def test_a_scene_that_is_gone_behind_a_blank_is_not_found() -> None:
    # Correlating with something without variance divides by nothing, and numpy tells the user.
    assert Registration(_scene(), _everywhere()).find(np.full((SIDE, SIDE), 90, np.uint8)).quality == -1.0


def test_a_blank_wall_is_not_found() -> None:
    blank = np.full((SIDE, SIDE), 90, np.uint8)
    registration = Registration(blank, _everywhere())
    assert registration.find(blank).quality < 0
