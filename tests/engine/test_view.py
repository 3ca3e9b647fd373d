"""The view: an angle in the plane of the lunge from a projected leg, and what stays open."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dorsi.engine.geometry import tilt_deg
from dorsi.engine.view import (
    FOCAL_OF_LONG_SIDE,
    MOST_PITCH_DEG,
    SHOULDER_WIDTH_RATIO,
    UNREAD_PITCH_SD_DEG,
    USUAL_YAW_SD_DEG,
    View,
    estimate_view,
)
from dorsi.types import FloatArray

WIDTH_PX, HEIGHT_PX = 1080, 1920
SQUARE = View(0.0, 5.0, 0.0, 4.0, 1536.0, WIDTH_PX, HEIGHT_PX)
SHANK_M = 0.4
NAN = float("nan")

shins = st.floats(-10, 50)
facings = st.sampled_from([-1, 1])
yaws = st.floats(-25, 25)
pitches = st.floats(-15, 15)
rolls = st.floats(-10, 10)
distances = st.floats(1.5, 4)
asides = st.floats(-0.3, 0.3)
heights = st.floats(-0.5, 0.2)


def _projected(
    view: View,
    forward: int,
    roll_deg: float,
    shin_deg: float,
    *,
    lean_deg: float = 0.0,
    away_m: float = 2.5,
    aside: float = 0.0,
    height: float = 0.0,
) -> tuple[FloatArray, FloatArray]:
    """Ankle and knee (2,) px of a shin, its ankle `aside` and `height` times the distance off the middle."""
    yaw, pitch, roll = np.radians([view.yaw_deg, view.pitch_deg, roll_deg])
    # Right, up, away from the camera; someone who faces partly towards it walks nearer as he goes.
    ahead = np.array([forward * np.cos(yaw), 0.0, -np.sin(yaw)])
    hidden = np.array([forward * np.sin(yaw), 0.0, np.cos(yaw)])
    ankle = away_m * np.array([aside, height, 1.0])
    along = np.tan(np.radians(shin_deg)) * ahead + [0.0, 1.0, 0.0] + np.tan(np.radians(lean_deg)) * hidden
    knee = ankle + SHANK_M * along / np.linalg.norm(along)
    points = []
    for right, up, away in (ankle, knee):
        seen_up, seen_away = (
            up * np.cos(pitch) + away * np.sin(pitch),
            away * np.cos(pitch) - up * np.sin(pitch),
        )
        x, y = view.focal_px * right / seen_away, -view.focal_px * seen_up / seen_away
        # The camera turned counter-clockwise shows the scene clockwise: x right, y down.
        points.append(
            np.array(
                [
                    x * np.cos(roll) - y * np.sin(roll) + view.width_px / 2,
                    x * np.sin(roll) + y * np.cos(roll) + view.height_px / 2,
                ]
            )
        )
    return points[0], points[1]


@given(shins, facings, yaws, pitches, rolls, distances, asides, heights)
def test_the_angle_of_a_projected_leg_is_read_back(
    shin: float,
    forward: int,
    yaw: float,
    pitch: float,
    roll: float,
    away: float,
    aside: float,
    height: float,
) -> None:
    view = replace(SQUARE, yaw_deg=yaw, pitch_deg=pitch)
    ankle, knee = _projected(view, forward, roll, shin, away_m=away, aside=aside, height=height)
    assert view.shin_angle_deg(ankle, knee, forward, roll) == pytest.approx(shin, abs=0.05)


@given(shins, facings, yaws, pitches, rolls, distances, asides, st.floats(-8, 8))
def test_a_sideways_lean_that_is_given_is_taken_off(
    shin: float,
    forward: int,
    yaw: float,
    pitch: float,
    roll: float,
    away: float,
    aside: float,
    lean: float,
) -> None:
    view = replace(SQUARE, yaw_deg=yaw, pitch_deg=pitch)
    ankle, knee = _projected(view, forward, roll, shin, lean_deg=lean, away_m=away, aside=aside, height=-0.2)
    assert view.shin_angle_deg(ankle, knee, forward, roll, lean_deg=lean) == pytest.approx(shin, abs=0.05)


@given(shins, facings, yaws, pitches, st.floats(-15, 15), st.floats(-8, 8))
def test_what_is_added_to_the_view_is_as_good_as_what_it_has(
    shin: float, forward: int, yaw: float, pitch: float, more_yaw: float, more_pitch: float
) -> None:
    view = replace(SQUARE, yaw_deg=yaw, pitch_deg=pitch)
    ankle, knee = _projected(view, forward, 2.0, shin, aside=0.1, height=-0.2)
    guess = replace(view, yaw_deg=yaw - more_yaw, pitch_deg=pitch - more_pitch)
    read = guess.shin_angle_deg(ankle, knee, forward, 2.0, more_yaw_deg=more_yaw, more_pitch_deg=more_pitch)
    assert read == pytest.approx(shin, abs=0.05)


@given(st.floats(-60, 60), st.floats(50, 500), st.floats(0, 1080), st.floats(0, 1920), facings, rolls)
def test_a_square_level_view_is_plain_geometry(
    tilt: float, length: float, x: float, y: float, forward: int, roll: float
) -> None:
    ankle = np.array([x, y])
    knee = ankle + length * np.array([np.sin(np.radians(tilt)), -np.cos(np.radians(tilt))])
    plain = tilt_deg(ankle, knee, forward) - forward * roll
    assert SQUARE.shin_angle_deg(ankle, knee, forward, roll) == pytest.approx(float(plain), abs=1e-6)


def test_a_view_off_square_shortens_the_way_forward() -> None:
    far = replace(SQUARE, focal_px=1e6)
    ankle, knee = np.array([540.0, 960.0]), np.array([640.0, 760.0])
    square, ahead, behind = (
        float(replace(far, yaw_deg=yaw).shin_angle_deg(ankle, knee, 1, 0.0)) for yaw in (0.0, 20.0, -20.0)
    )
    # Seen from far away: tan of the angle is the seen one's over the cosine of the yaw.
    truth = float(np.degrees(np.arctan(np.tan(np.radians(square)) / np.cos(np.radians(20)))))
    assert ahead == pytest.approx(truth, abs=0.05) and behind == pytest.approx(truth, abs=0.05)


def test_points_of_many_frames_are_read_at_once() -> None:
    view = replace(SQUARE, yaw_deg=10.0, pitch_deg=5.0)
    legs = [_projected(view, -1, 1.0, shin, aside=0.1, height=-0.2) for shin in (0.0, 20.0, 40.0)]
    ankle, knee = (np.stack(points) for points in zip(*legs, strict=True))
    assert view.shin_angle_deg(ankle, knee, -1, 1.0) == pytest.approx([0.0, 20.0, 40.0], abs=0.05)
    assert view.doubt_95_deg(ankle, knee, -1, 1.0).shape == (3,)


def _doubt(view: View, forward: int = 1) -> float:
    """Doubt of a leg low in the picture and off its middle."""
    ankle, knee = _projected(SQUARE, forward, 0.0, 30.0, aside=0.12, height=-0.3)
    return float(view.doubt_95_deg(ankle, knee, forward, 0.0))


@pytest.mark.parametrize("forward", [1, -1])
def test_doubt_grows_with_what_is_not_known_of_yaw(forward: int) -> None:
    doubts = [_doubt(replace(SQUARE, yaw_sd_deg=sd), forward) for sd in (0.0, 2.0, 5.0, 9.0)]
    assert np.all(np.diff(doubts) > 0.01)


@pytest.mark.parametrize("forward", [1, -1])
def test_doubt_grows_with_what_is_not_known_of_pitch(forward: int) -> None:
    doubts = [_doubt(replace(SQUARE, pitch_sd_deg=sd), forward) for sd in (0.0, 2.0, 5.0, 9.0)]
    assert np.all(np.diff(doubts) > 0.01)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("shin_deg", [0.0, 35.0])
def test_doubt_grows_as_the_view_turns_off_square(shin_deg: float, sign: int) -> None:
    doubts = []
    for yaw_deg in (0.0, 6.0, 12.0, 20.0):
        view = replace(SQUARE, yaw_deg=sign * yaw_deg)
        # From far away, where every point is seen from one side.
        ankle, knee = _projected(view, 1, 0.0, shin_deg, away_m=20.0)
        doubts.append(float(view.doubt_95_deg(ankle, knee, 1, 0.0)))
    assert np.all(np.diff(doubts) > 0.05)


@given(shins, facings, yaws, pitches, rolls, asides, heights)
def test_doubt_is_always_some_and_finite(
    shin: float, forward: int, yaw: float, pitch: float, roll: float, aside: float, height: float
) -> None:
    view = replace(SQUARE, yaw_deg=yaw, pitch_deg=pitch)
    ankle, knee = _projected(view, forward, roll, shin, aside=aside, height=height)
    doubt = float(view.doubt_95_deg(ankle, knee, forward, roll))
    assert np.isfinite(doubt) and doubt > 0


def test_points_that_are_not_known_have_no_angle_and_no_doubt() -> None:
    ankle = np.array([[500.0, 1500.0], [NAN, NAN], [500.0, 1500.0]])
    knee = np.array([[560.0, 1200.0], [560.0, 1200.0], [NAN, NAN]])
    known = [True, False, False]
    assert np.isfinite(SQUARE.shin_angle_deg(ankle, knee, 1, 0.0)).tolist() == known
    assert np.isfinite(SQUARE.doubt_95_deg(ankle, knee, 1, 0.0)).tolist() == known


@given(st.floats(0.02, 1.0))
def test_a_near_shoulder_ahead_is_a_back_turned_to_the_camera(ratio: float) -> None:
    from_behind = estimate_view(ratio, NAN, WIDTH_PX, HEIGHT_PX)
    from_ahead = estimate_view(-ratio, NAN, WIDTH_PX, HEIGHT_PX)
    assert from_behind.yaw_deg < 0 < from_ahead.yaw_deg
    assert from_behind.yaw_deg == pytest.approx(-from_ahead.yaw_deg)


@given(st.floats(-1, 1).filter(lambda ratio: abs(ratio) > 0.01))
def test_a_read_yaw_is_drawn_towards_square(ratio: float) -> None:
    view = estimate_view(ratio, 0.0, WIDTH_PX, HEIGHT_PX)
    plain = float(np.degrees(np.arcsin(min(1.0, abs(ratio) / SHOULDER_WIDTH_RATIO))))
    assert 0 < abs(view.yaw_deg) < plain
    assert 0 < view.yaw_sd_deg < USUAL_YAW_SD_DEG


def test_a_person_of_whom_nothing_is_read_is_taken_as_square_and_level_with_more_doubt() -> None:
    read = estimate_view(0.1, 0.3, WIDTH_PX, HEIGHT_PX)
    unread = estimate_view(NAN, NAN, WIDTH_PX, HEIGHT_PX)
    assert unread.yaw_deg == 0.0 and unread.yaw_sd_deg == USUAL_YAW_SD_DEG > read.yaw_sd_deg
    assert unread.pitch_deg == 0.0 and unread.pitch_sd_deg == UNREAD_PITCH_SD_DEG > read.pitch_sd_deg
    half = estimate_view(NAN, 0.3, WIDTH_PX, HEIGHT_PX)
    assert (half.yaw_deg, half.yaw_sd_deg) == (unread.yaw_deg, unread.yaw_sd_deg)
    assert (half.pitch_deg, half.pitch_sd_deg) == (read.pitch_deg, read.pitch_sd_deg)


def test_shoulders_far_behind_the_ankles_are_a_camera_that_looks_up_but_never_far() -> None:
    pitches_deg = [
        estimate_view(0.0, lean, WIDTH_PX, HEIGHT_PX).pitch_deg for lean in (-50.0, -0.3, 0.3, 50.0)
    ]
    assert pitches_deg == sorted(pitches_deg, reverse=True)
    assert (pitches_deg[0], pitches_deg[-1]) == (MOST_PITCH_DEG, -MOST_PITCH_DEG)
    assert pitches_deg[1] > 0 > pitches_deg[2]


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080)])
def test_the_focal_length_goes_by_the_long_side(size: tuple[int, int]) -> None:
    view = estimate_view(0.0, 0.0, *size)
    assert view.focal_px == pytest.approx(FOCAL_OF_LONG_SIDE * 1920)
    assert (view.width_px, view.height_px) == size
