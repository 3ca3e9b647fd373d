"""Angles and gap filling, as properties that hold for all legs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dorsi.engine.geometry import (
    between_steps,
    fill_short_gaps,
    robust_sigma,
    runs,
    stands,
    tilt_deg,
    usual_shank_px,
)

angles = st.floats(-80, 80)
lengths = st.floats(20, 2000)
places = st.floats(-3000, 3000)


@given(angles, lengths, places, places, st.sampled_from([-1, 1]))
def test_the_drawn_angle_is_read_back(angle: float, length: float, x: float, y: float, forward: int) -> None:
    ankle = np.array([x, y])
    knee = ankle + length * np.array([forward * np.sin(np.radians(angle)), -np.cos(np.radians(angle))])
    assert tilt_deg(ankle, knee, forward) == pytest.approx(angle, abs=1e-6)


@given(angles, lengths, st.floats(-10, 10), st.sampled_from([-1, 1]))
def test_roll_adds_to_the_tilt_of_someone_who_faces_right_and_takes_from_the_other(
    angle: float, length: float, roll: float, forward: int
) -> None:
    knee = length * np.array([forward * np.sin(np.radians(angle)), -np.cos(np.radians(angle))])
    c, s = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    # A camera turned counter-clockwise shows the scene turned clockwise (y down: a positive turn).
    seen = np.array([[c, -s], [s, c]]) @ knee
    assert tilt_deg(np.zeros(2), seen, forward) == pytest.approx(angle + forward * roll, abs=1e-6)


@given(angles, lengths, places)
def test_mirroring_the_picture_changes_nothing(angle: float, length: float, x: float) -> None:
    ankle = np.array([x, 500.0])
    knee = ankle + length * np.array([np.sin(np.radians(angle)), -np.cos(np.radians(angle))])
    flip = np.array([-1.0, 1.0])
    assert tilt_deg(ankle, knee, 1) == pytest.approx(float(tilt_deg(ankle * flip, knee * flip, -1)), abs=1e-9)


def test_short_gaps_are_bridged_in_time_and_long_ones_kept() -> None:
    time_s = np.array([0.0, 0.1, 0.4, 0.5, 2.0, 2.1])
    values = np.array([0.0, np.nan, 4.0, 5.0, np.nan, 7.0])
    filled = fill_short_gaps(time_s, values, 0.5)
    assert filled[1] == pytest.approx(1.0)
    assert np.isnan(filled[4])
    assert np.array_equal(np.isnan(values), np.array([0, 1, 0, 0, 1, 0], bool)), "the input is not touched"


def test_ends_are_never_made_up() -> None:
    filled = fill_short_gaps(np.arange(5) / 10, np.array([np.nan, 1, np.nan, 3, np.nan]), 1.0)
    assert np.isnan(filled[[0, 4]]).all()
    assert filled[2] == pytest.approx(2)


def test_one_wild_value_does_not_move_sigma() -> None:
    values = np.array([1.0, 1.1, 50.0, 1.0, 0.9, 1.0])
    assert robust_sigma(values) < 0.2
    assert np.isnan(robust_sigma(np.array([np.nan])))


@pytest.mark.parametrize(
    ("flags", "found"),
    [([], []), ([0, 0], []), ([1], [(0, 1)]), ([1, 1, 0, 1], [(0, 2), (3, 4)]), ([0, 1, 0], [(1, 2)])],
)
def test_runs_are_stretches_of_true(flags: list[int], found: list[tuple[int, int]]) -> None:
    assert runs(np.array(flags, dtype=bool)) == found


@given(st.floats(-0.5, 0.5), st.floats(0.1, 10))
def test_a_peak_between_steps_is_found(off: float, bend: float) -> None:
    score = -bend * (np.arange(5.0) - 2 - off)[None] ** 2
    assert between_steps(score, np.array([2])) == pytest.approx([off], abs=1e-9)


def test_at_the_ends_and_where_nothing_bends_a_peak_stays_on_its_step() -> None:
    score = np.array([[5.0, 1.0, 0.0], [0.0, 1.0, 5.0], [2.0, 2.0, 2.0], [0.0, 1.0, 0.9]])
    assert between_steps(score, np.array([0, 2, 1, 1]), flat=2.0).tolist() == [0.0, 0.0, 0.0, 0.0]
    assert between_steps(score, np.array([0, 2, 1, 1]))[3] > 0


def test_the_usual_shank_leaves_out_what_was_not_seen() -> None:
    legs = np.zeros((3, 2, 5, 2))
    legs[..., 1, :] = (30.0, -40.0)
    legs[0, 0, 1, 0] = np.nan
    legs[1, 1, 1] = (3000.0, 0.0)
    assert usual_shank_px(legs) == 50.0


def _stood(step: list[float]) -> list[tuple[int, int]]:
    """First and last frame of each stand of a foot that steps forward by so many shanks."""
    forward = np.array(step)
    found = stands(np.arange(len(forward)) / 10, np.stack([forward, 0 * forward], axis=1))
    return [(int(at[0]), int(at[-1])) for at in (np.flatnonzero(each) for each in found)]


def test_a_foot_stands_until_it_steps() -> None:
    noise = np.random.default_rng(1).normal(0, 0.01, 40)
    assert _stood([*noise]) == [(0, 39)]
    assert _stood([*noise[:20], *(noise[20:] + 0.15)]) == [(0, 19), (20, 39)]
    there_and_back = _stood([*[0.0] * 15, *[0.2] * 12, *[0.0] * 13])
    assert there_and_back == [(0, 14), (15, 26), (27, 39)]
    assert _stood([*(np.linspace(0, 0.3, 40) + noise)]) == [(0, 39)], "a slow drift is no step"


def test_a_step_taken_out_of_sight_is_a_step() -> None:
    gone = [np.nan] * 12
    assert len(_stood([*[0.0] * 10, *gone, *[0.3] * 10])) == 2
    assert _stood([*[0.0] * 10, *gone, *[0.02] * 10]) == [(0, 31)]
    assert _stood([np.nan] * 5) == [(0, 4)]
