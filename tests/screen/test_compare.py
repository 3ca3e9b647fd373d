"""Which differences of filming keep two clips from being compared: each alone, at its bound, and mirrored."""

from __future__ import annotations

from math import cos, degrees, radians, sin
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dorsi.engine.view import View
from dorsi.report.model import Report
from dorsi.screen.compare import (
    EXAMPLE_ANGLE_DEG,
    FAKED_DEG,
    MOST_SIZE_RATIO,
    ROLL_BETWEEN_DEG,
    _seen_deg,
    compare,
)
from tests.screen.reports import lunge, refusal, toe, warned, with_roll, with_view

LEFT, RIGHT = lunge("left"), lunge("right")


def posture(report: Report, name: str) -> Report:
    return report.model_copy(update={"posture": name})


def provenance(report: Report, **changes: Any) -> Report:
    return report.model_copy(update={"provenance": report.provenance.model_copy(update=changes)})


OTHER_MODEL = LEFT.provenance.model.model_copy(update={"name": "full"})
SHOWN = {
    "alike": (RIGHT, {}),
    "no number": (refusal("right"), {"not_measured": True}),
    "another version": (provenance(RIGHT, dorsi_version="9.9"), {"engine": True}),
    "another model": (provenance(RIGHT, model=OTHER_MODEL), {"pose_model": True}),
    "shoes on one foot": (warned(RIGHT, "shoes"), {"shoes": True}),
    "trousers on one leg": (warned(RIGHT, "loose_clothing"), {"loose_clothing": False}),
    "twice as near": (with_view(RIGHT, shank_px=800.0), {"distance": True}),
    "somewhat nearer": (with_view(RIGHT, shank_px=400.0 * MOST_SIZE_RATIO - 1), {}),
    "from far ahead": (with_view(RIGHT, yaw_deg=29.0), {"view": True}),
    "a little from ahead": (with_view(RIGHT, yaw_deg=12.0), {}),
    "from high up": (with_view(RIGHT, yaw_deg=20.0, pitch_deg=-14.0), {"view": True}),
    "view not recorded": (RIGHT.model_copy(update={"view": None}), {"view_unknown": True}),
    "view not read": (with_view(RIGHT, pitch_deg=None), {"view_unknown": True}),
    "tilted a little": (with_roll(RIGHT, 1.5), {}),
    "tilted": (with_roll(RIGHT, 4.0), {"camera_roll": False}),
    "tilted, hardly known": (with_roll(RIGHT, 4.0, 3.0), {}),
    "tilted a lot": (with_roll(RIGHT, 9.0), {"camera_roll": True}),
    "tilt not known": (with_roll(RIGHT, None, None), {"camera_roll_unknown": False}),
    "the far leg": (RIGHT.model_copy(update={"test_leg": "near"}), {"test_leg": False}),
}
"""Right clips beside a plain left one: codes of the differences, and whether each keeps from comparing."""


@pytest.mark.parametrize(("right", "codes"), SHOWN.values(), ids=SHOWN.keys())
def test_one_difference_at_a_time(right: Report, codes: dict[str, bool]) -> None:
    found = compare(LEFT, right, "lunge")
    assert {each.code: each.blocks for each in found.differences} == codes
    assert found.comparable == (True not in codes.values())


@pytest.mark.parametrize(("right", "codes"), SHOWN.values(), ids=SHOWN.keys())
def test_it_does_not_matter_which_side_differs(right: Report, codes: dict[str, bool]) -> None:
    found = compare(right, LEFT, "lunge")
    assert {each.code: each.blocks for each in found.differences} == codes


@pytest.mark.parametrize(
    ("ours", "theirs", "codes"),
    [
        ("standing", "standing", []),
        ("standing", "half_kneeling", ["posture"]),
        ("standing", "unknown", ["posture_unknown"]),
        ("unknown", "unknown", []),
    ],
)
def test_posture(ours: str, theirs: str, codes: list[str]) -> None:
    found = compare(posture(LEFT, ours), posture(RIGHT, theirs), "lunge")
    assert [each.code for each in found.differences] == codes
    assert found.comparable == (codes != ["posture"])


def test_what_both_share_is_no_difference() -> None:
    assert compare(warned(LEFT, "shoes"), warned(RIGHT, "shoes"), "lunge").differences == []
    left, right = (with_view(each, shank_px=900.0) for each in (LEFT, RIGHT))
    assert compare(left, right, "lunge").differences == []


def test_a_tilt_counts_by_what_it_does_to_the_shin() -> None:
    facing = [LEFT.model_copy(update={"facing": side}) for side in ("left", "right")]
    # The same tilt of the phone turns the shins of people who face opposite ways apart: 4 deg and -4 deg.
    apart = compare(with_roll(facing[0], 4.0), with_roll(facing[1], 4.0), "lunge")
    alike = compare(with_roll(facing[0], 4.0), with_roll(facing[1], -4.0), "lunge")
    assert [each.code for each in apart.differences] == ["camera_roll"]
    assert "8.0°" in apart.differences[0].message
    assert not apart.comparable
    assert alike.differences == []


def test_a_toe_angle_does_not_depend_on_the_tilt() -> None:
    left, right = toe("left"), with_roll(toe("right"), 9.0)
    assert compare(left, right, "big_toe").comparable


def test_size_is_counted_by_the_long_side_of_the_picture() -> None:
    clip = RIGHT.clip.model_copy(update={"width_px": 3840, "height_px": 2160})
    double = with_view(RIGHT.model_copy(update={"clip": clip}), shank_px=800.0)
    assert compare(LEFT, double, "lunge").differences == []


def test_what_blocks_comes_first_and_says_what_to_do() -> None:
    right = with_view(warned(with_roll(RIGHT, None, None), "loose_clothing"), shank_px=900.0)
    found = compare(LEFT, right, "lunge").differences
    assert [each.blocks for each in found] == sorted((each.blocks for each in found), reverse=True)
    assert found[0].code == "distance"
    assert "same distance" in found[0].message


def test_old_reports_are_told_to_be_measured_again() -> None:
    left, right = (each.model_copy(update={"view": None}) for each in (LEFT, RIGHT))
    found = compare(left, right, "lunge")
    assert not found.comparable
    assert "Measure both again" in found.differences[0].message


@given(
    yaw=st.tuples(*[st.floats(-30, 30)] * 2),
    pitch=st.tuples(*[st.floats(-15, 15)] * 2),
    roll=st.tuples(*[st.floats(-12, 12)] * 2),
    size=st.tuples(*[st.floats(90, 900)] * 2),
)
def test_exchanging_the_clips_mirrors_the_judgement(
    yaw: tuple[float, ...], pitch: tuple[float, ...], roll: tuple[float, ...], size: tuple[float, ...]
) -> None:
    left, right = (
        with_roll(with_view(each, yaw_deg=yaw[i], pitch_deg=pitch[i], shank_px=size[i]), roll[i])
        for i, each in enumerate((LEFT, RIGHT))
    )
    one, other = compare(left, right, "lunge"), compare(right, left, "lunge")
    assert one.comparable == other.comparable
    assert [d.code for d in one.differences] == [d.code for d in other.differences]


# The reasons given for the bounds hold.


@pytest.mark.parametrize("yaw_deg", [-25.0, 0.0, 12.0, 28.0])
@pytest.mark.parametrize("pitch_deg", [-12.0, 0.0, 9.0])
def test_what_a_view_makes_of_a_shin_is_what_the_engine_takes_off_again(
    yaw_deg: float, pitch_deg: float
) -> None:
    yaw, pitch, lean = (radians(each) for each in (yaw_deg, pitch_deg, EXAMPLE_ANGLE_DEG))
    # A short shank in the middle of a very distant camera's picture: no perspective.
    view = View(yaw_deg, 5.0, pitch_deg, 4.0, 1e7, 1000, 1000)
    ahead, up, near = sin(lean) * cos(yaw), cos(lean), sin(lean) * sin(yaw)
    drawn_up = up * cos(pitch) - near * sin(pitch)
    ankle = np.array([500.0, 500.0])
    knee = ankle + 100 * np.array([ahead, -drawn_up])
    assert float(view.shin_angle_deg(ankle, knee, 1, 0.0)) == pytest.approx(EXAMPLE_ANGLE_DEG, abs=0.1)
    assert _seen_deg(yaw_deg, pitch_deg) == pytest.approx(degrees(np.arctan2(ahead, drawn_up)))


def _read_deg(focal_of_long: float, distance_m: float, aside_m: float, pitch_deg: float) -> float:
    """What the engine reads of a shin at 40 deg, filmed square on through a lens it does not know."""
    focal, pitch, lean = focal_of_long * 1920, radians(pitch_deg), radians(EXAMPLE_ANGLE_DEG)
    ankle = np.array([aside_m, -0.4, distance_m])
    knee = ankle + 0.4 * np.array([sin(lean), cos(lean), 0.0])
    points = []
    for x, y, z in (ankle, knee):
        depth, height = z * cos(pitch) - y * sin(pitch), y * cos(pitch) + z * sin(pitch)
        points.append(np.array([540 + focal * x / depth, 960 - focal * height / depth]))
    view = View(0.0, 5.0, pitch_deg, 4.0, 0.8 * 1920, 1080, 1920)
    return float(view.shin_angle_deg(points[0], points[1], 1, 0.0))


def test_another_distance_changes_little_and_another_lens_more() -> None:
    places = [(aside, pitch) for aside in (-0.3, 0.0, 0.3) for pitch in (0.0, 6.0)]
    for lens in (0.67, 0.8):
        nearer, farther = ([_read_deg(lens, metres, *each) for each in places] for metres in (2.0, 3.0))
        assert np.abs(np.subtract(nearer, farther)).max() < 0.2
    wide, tele = ([_read_deg(lens, 1.5, *each) for each in places] for lens in (0.4, 1.3))
    assert 1.0 < np.abs(np.subtract(wide, tele)).max() < 1.5


def test_the_bounds_belong_together() -> None:
    assert FAKED_DEG < ROLL_BETWEEN_DEG < 6.0
