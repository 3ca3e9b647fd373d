"""Which leg is under test: the rear one of a knee-straight lunge, and of nothing else that is on record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bench.record import EVIDENCE
from dorsi.engine.conclude.conclude import conclude, toe_is_needed
from dorsi.engine.geometry import tilt_deg
from dorsi.engine.landmarks import LEFT_LEG, RIGHT_LEG, LegPoint
from dorsi.engine.observe.straight import leg_under_test
from dorsi.errors import EvidenceError
from dorsi.settings import Settings
from dorsi.types import FloatArray, PoseTrack
from tests.engine.scenes import lunge_angle_deg, pose_track
from tests.recorded import evidence

CLIPS = sorted(path.stem for path in EVIDENCE.glob("*.npz"))
STRAIGHT = {"straight_lunge": ("left", "near"), "s01": ("right", "far"), "s02": ("right", "near")}
BENT = "s03"
"""A rear knee that bends by 32 deg at the top, given as a knee-straight lunge."""
AUTO, GIVEN = Settings(), Settings(test="lunge_straight")
TIME_S = np.arange(120) / 30


@pytest.mark.parametrize("name", [name for name in CLIPS if name not in {*STRAIGHT, BENT}])
def test_no_other_clip_on_record_changes_its_leg(name: str) -> None:
    seen = evidence(name)
    assert seen.leg is not None
    found = leg_under_test(seen.tracks, AUTO)
    assert found is not None
    assert found[1].followed in ("front", "near")
    assert found[0].side == seen.leg.side
    assert np.array_equal(found[0].xy_px, seen.leg.xy_px, equal_nan=True)


@pytest.mark.parametrize("name", STRAIGHT)
def test_the_rear_leg_of_a_knee_straight_lunge_is_followed_given_or_not(name: str) -> None:
    for settings in (AUTO, GIVEN):
        found = leg_under_test(evidence(name).tracks, settings)
        assert found is not None
        assert (found[0].side, found[0].test_leg) == STRAIGHT[name]
        assert found[1].followed == "rear"
        assert found[0].rear == "standing"


def test_what_the_user_says_goes_first() -> None:
    tracks = evidence("straight_lunge").tracks
    for settings, side, followed in (
        (Settings(test="lunge"), "right", "front"),
        (Settings(leg="far"), "right", "far"),
        (Settings(leg="near", test="lunge_straight"), "left", "near"),
    ):
        found = leg_under_test(tracks, settings)
        assert found is not None and (found[0].side, found[1].followed) == (side, followed)


def test_a_rear_knee_that_bends_leaves_the_front_leg_unless_it_is_given() -> None:
    tracks = evidence(BENT).tracks
    left, given = leg_under_test(tracks, AUTO), leg_under_test(tracks, GIVEN)
    assert left is not None and given is not None
    assert (left[1].followed, given[1].followed) == ("front", "rear")


Change = Callable[[FloatArray], FloatArray]


def _points(track: PoseTrack, change: Change) -> PoseTrack:
    """The track with both legs' points (T, 2, 5, 2) changed, left first."""
    xy, ids = track.xy_px.copy(), [*LEFT_LEG, *RIGHT_LEG]
    xy[:, ids] = change(xy[:, ids].reshape(-1, 2, 5, 2).copy()).reshape(-1, 10, 2)
    return replace(track, xy_px=xy)


def _on_tiptoe(legs: FloatArray) -> FloatArray:
    heel_to_toe = legs[:, 0, LegPoint.TOE] - legs[:, 0, LegPoint.HEEL]
    legs[:, 0, LegPoint.HEEL, 1] -= 0.6 * np.abs(heel_to_toe[:, 0])
    return legs


def _at_rest(legs: FloatArray) -> FloatArray:
    legs[:, 0] = np.nanmedian(legs[:5, 0], axis=0)
    return legs


def _bent(legs: FloatArray) -> FloatArray:
    legs[:, 0, LegPoint.HIP, 0] += 0.5 * np.abs(legs[:, 0, LegPoint.HIP, 1] - legs[:, 0, LegPoint.KNEE, 1])
    return legs


def _stepping_in(legs: FloatArray) -> FloatArray:
    gone = np.arange(len(legs)) < 0.45 * len(legs)
    legs[gone, 0, :, 0] += np.linspace(400, 100, gone.sum())[:, None]
    return legs


def _half_the_way(legs: FloatArray) -> FloatArray:
    return legs[np.minimum(np.arange(len(legs)), 30)]


@pytest.mark.parametrize("change", [_on_tiptoe, _at_rest, _bent, _stepping_in, _half_the_way])
def test_a_rear_leg_that_does_not_do_the_test_leaves_the_front_one(change: Change) -> None:
    tracks = [_points(track, change) for track in evidence("straight_lunge").tracks]
    found = leg_under_test(tracks, AUTO)
    assert found is not None
    assert found[1].followed == "front"


@pytest.mark.parametrize(("front_deg", "followed"), [(24.0, "rear"), (45.0, "front")])
def test_a_front_shin_that_goes_much_farther_is_the_one_that_is_worked(
    front_deg: float, followed: str
) -> None:
    """A rear leg of known tilt, straight from foot to hip, behind a lunging one."""
    shin = lunge_angle_deg(TIME_S, front_deg)
    track = pose_track(TIME_S, shin, noise_px=1)
    rear_deg = lunge_angle_deg(TIME_S, 28.0, base_deg=14.0)
    front, rear = RIGHT_LEG, LEFT_LEG
    xy = track.xy_px.copy()
    ankle = np.median(xy[:, front[LegPoint.ANKLE]], axis=0) - [300.0, 0.0]
    foot = xy[:, list(front[3:])] - xy[:, front[LegPoint.ANKLE], None]
    way = np.stack([np.sin(np.radians(rear_deg)), -np.cos(np.radians(rear_deg))], axis=-1)
    xy[:, rear[LegPoint.ANKLE]] = ankle
    xy[:, rear[LegPoint.KNEE]] = ankle + 250.0 * way
    xy[:, rear[LegPoint.HIP]] = ankle + 500.0 * way
    xy[:, list(rear[3:])] = ankle + foot
    found = leg_under_test([replace(track, xy_px=xy)], AUTO)
    assert found is not None
    leg, facts = found
    assert facts.followed == followed
    if followed == "rear":
        tilt = tilt_deg(leg.xy_px[:, LegPoint.ANKLE], leg.xy_px[:, LegPoint.KNEE], leg.forward)
        assert np.nanmax(np.abs(tilt - rear_deg)) < 2.0


def test_nobody_is_nobody() -> None:
    track = pose_track(TIME_S, np.zeros(len(TIME_S)))
    nobody = replace(track, xy_px=np.full_like(track.xy_px, np.nan))
    assert all(leg_under_test([nobody], settings) is None for settings in (AUTO, GIVEN))


@pytest.mark.parametrize("name", STRAIGHT)
def test_it_is_recognised_by_the_leg_that_was_followed_and_no_toe_is_sought(name: str) -> None:
    found = conclude(evidence(name), AUTO)
    assert (found.test, found.test_source) == ("lunge_straight", "recognised")
    assert found.measured and not found.warnings
    assert not toe_is_needed(evidence(name), AUTO)


def test_a_rear_knee_that_surely_bends_at_the_peak_is_warned_about() -> None:
    found = conclude(evidence(BENT), GIVEN)
    assert found.test_source == "given" and found.measured
    (told,) = (each for each in found.warnings if each.code == "knee_bent")
    assert "bent by about 31°" in told.message
    assert told.detail["bend_deg"] == pytest.approx(32.2, abs=5.0)


@pytest.mark.parametrize(
    ("name", "test"), [("lunge", "lunge_straight"), ("straight_lunge", "lunge"), ("s01", "big_toe")]
)
def test_a_leg_that_was_not_followed_cannot_be_concluded(name: str, test: Any) -> None:
    with pytest.raises(EvidenceError, match=f"the test {test} is of") as caught:
        conclude(evidence(name), Settings(test=test))
    assert caught.value.code == "evidence_of_other_leg"


def test_a_leg_that_the_user_chose_may_be_of_any_lunge() -> None:
    seen = evidence("straight_lunge")
    assert seen.leg_facts is not None
    chosen = replace(seen, leg_facts=replace(seen.leg_facts, followed="near"))
    for test in ("lunge", "lunge_straight"):
        assert conclude(chosen, Settings(test=test, leg="near")).test == test
    assert conclude(chosen, Settings(leg="near")).test == "lunge"
