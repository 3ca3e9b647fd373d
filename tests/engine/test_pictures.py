"""Motions and pictures: what was moved is found where it came from, colours count in their own spread."""

from __future__ import annotations

import numpy as np
import pytest

from dorsi.engine.observe.pictures import (
    COLOUR_FLOOR,
    about,
    gray,
    moved,
    pulled_back,
    rotation,
    turn_deg,
    whitening,
)


@pytest.mark.parametrize("angle_deg", [-170.0, -8.0, 0.0, 35.0, 179.0])
def test_a_turn_about_a_point_takes_it_where_it_was_told(angle_deg: float) -> None:
    point, to = np.array([30.0, -4.0]), np.array([100.0, 60.0])
    motion = about(rotation(float(np.radians(angle_deg))), point, to)
    assert moved(motion, point) == pytest.approx(to)
    assert turn_deg(motion) == pytest.approx(angle_deg)


def test_a_quarter_turn_is_clockwise_in_the_picture() -> None:
    quarter = about(rotation(np.pi / 2), np.zeros(2), np.zeros(2))
    assert moved(quarter, np.array([[1.0, 0.0], [0.0, 1.0]])) == pytest.approx(
        np.array([[0.0, 1.0], [-1.0, 0.0]])
    )


def test_what_was_shifted_is_put_back_and_cut_to_the_shape() -> None:
    picture = np.random.default_rng(3).integers(0, 256, (40, 50, 3)).astype(np.uint8)
    shift = np.array([[1.0, 0.0, 7.0], [0.0, 1.0, 4.0]])
    back = pulled_back(picture, shift, (20, 30, 3))
    assert back.dtype == picture.dtype
    assert np.array_equal(back, picture[4:24, 7:37])


def test_grey_is_reduced_and_never_enlarged() -> None:
    rgb = np.full((40, 60, 3), (90, 90, 90), np.uint8)
    assert gray(rgb, 0.5).shape == (20, 30)
    assert gray(rgb, 2.0).shape == (40, 60)
    assert (gray(rgb) == 90).all()


def test_colours_are_counted_in_their_own_spread() -> None:
    spread = np.array([[900.0, 200.0, 0.0], [200.0, 400.0, 50.0], [0.0, 50.0, 100.0]])
    colours = np.random.default_rng(5).multivariate_normal((100, 80, 60), spread, 20_000)
    alike = np.cov(((colours - colours.mean(axis=0)) @ whitening(colours)).T)
    # The floor, added to the spread, leaves a little less than one.
    assert np.diag(alike) == pytest.approx(np.ones(3), abs=0.1)
    assert alike - np.diag(np.diag(alike)) == pytest.approx(np.zeros((3, 3)), abs=0.01)


def test_too_few_colours_are_counted_in_what_noise_leaves() -> None:
    step = np.array([COLOUR_FLOOR, 0.0, 0.0]) @ whitening(np.empty((0, 3)))
    assert np.linalg.norm(step) == pytest.approx(1.0)
