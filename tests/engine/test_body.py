"""How much of a body the views found, on tracks that have all, part or none of one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dorsi.engine.conclude.body import BodySeen, body_seen
from dorsi.engine.conclude.quality import judge
from dorsi.engine.evidence import FootTrack
from dorsi.engine.observe.leg import choose_leg
from dorsi.engine.pipeline import conclude
from dorsi.settings import Settings
from dorsi.types import PoseTrack
from tests.engine.scenes import HEIGHT_PX, UPRIGHTS_PX, WIDTH_PX, lunge_angle_deg, pose_track, seen_of

COUNT = 180
TIME_S = np.arange(COUNT) / 30
WHOLE = pose_track(TIME_S, lunge_angle_deg(TIME_S, 30.0, reps=3), noise_px=2)


def _raised(track: PoseTrack, hips_y_px: float) -> PoseTrack:
    """The track with its hips this far below the upper edge on the mean."""
    up = track.xy_px.copy()
    up[..., 1] -= up[:, 23:25, 1].mean() - hips_y_px
    return replace(track, xy_px=up)


def _lost(track: PoseTrack, share: float) -> PoseTrack:
    """The track with the last `share` of its looks missing."""
    xy_px = track.xy_px.copy()
    xy_px[round((1 - share) * COUNT) :] = np.nan
    return replace(track, xy_px=xy_px)


def _with_other_trunk(track: PoseTrack, away_px: float) -> PoseTrack:
    """The same legs below a trunk that lies elsewhere."""
    xy_px = track.xy_px.copy()
    xy_px[:, 11:13, 0] += away_px
    return replace(track, xy_px=xy_px)


def test_a_whole_body_is_one_however_its_trunk_leans_in_two_views() -> None:
    assert body_seen(seen_of(WHOLE, _with_other_trunk(WHOLE, 40.0))) == BodySeen(cut_off=False, followed=True)
    assert body_seen(seen_of(WHOLE)) == BodySeen(cut_off=False, followed=True)


def test_a_picture_that_starts_at_the_hips_has_room_for_no_trunk() -> None:
    near = _raised(WHOLE, 40.0)
    assert body_seen(seen_of(near, near)).cut_off
    # Below a black bar as below the edge.
    below = _raised(WHOLE, 240.0)
    assert not body_seen(seen_of(below)).cut_off
    assert body_seen(seen_of(below, box_px=(0, 200, WIDTH_PX, HEIGHT_PX))).cut_off


def test_a_trunk_that_each_view_has_elsewhere_is_made_up_if_it_may_be_cut_off() -> None:
    trunk_px = 300.0
    high = _raised(WHOLE, 1.5 * trunk_px)
    assert not body_seen(seen_of(high, high)).cut_off
    assert body_seen(seen_of(high, _with_other_trunk(high, trunk_px))).cut_off
    assert body_seen(seen_of(high, _lost(high, 0.7))).cut_off
    # A view that finds nobody at all says nothing of a trunk.
    assert not body_seen(seen_of(high, _lost(high, 1.0))).cut_off
    # With room above it the body is there, and hard to see.
    low = _raised(WHOLE, 1.5 * trunk_px + 600.0)
    assert not body_seen(seen_of(low, _with_other_trunk(low, trunk_px))).cut_off


@pytest.mark.parametrize("share", [0.9, 1.0])
def test_of_nobody_or_of_a_moment_nothing_is_said(share: float) -> None:
    near = _lost(_raised(WHOLE, 40.0), share)
    nothing = BodySeen(cut_off=False, followed=False)
    assert body_seen(seen_of(near, near)) == nothing
    seen = seen_of(near, near)
    assert [reason.code for reason in conclude(seen, Settings()).reasons] == ["no_person"]


@pytest.mark.parametrize(("share", "measured"), [(0.1, True), (0.3, False)])
def test_legs_alone_are_measured_only_while_every_view_follows_them(share: float, measured: bool) -> None:
    near = _raised(pose_track(TIME_S, lunge_angle_deg(TIME_S, 30.0), noise_px=2), 40.0)
    tracks = (near, _lost(near, share))
    chosen = choose_leg(tracks)
    assert chosen is not None
    still = np.zeros(COUNT)
    seen = replace(
        seen_of(*tracks), leg=chosen[0], leg_facts=chosen[1], foot=FootTrack(still, still, still, 120.0),
        room_edges_px=UPRIGHTS_PX, footwear_looks=np.empty((0, 5, 3)),
    )  # fmt: skip
    found = conclude(seen, Settings())
    assert found.measured == measured
    assert [note.code for note in (*found.reasons, *found.warnings)].count("body_cut_off") == 1
    # A line that a person drew at the peak needs no leg that is followed.
    drawn = conclude(seen, Settings(), judge=lambda inputs: judge(replace(inputs, by_hand=True)))
    assert drawn.measured
    # Of a leg that is not to be trusted nothing else is said.
    assert ("one_rep" in [note.code for note in found.warnings]) == measured


def test_legs_alone_in_which_no_leg_is_followed_are_legs_alone() -> None:
    near = _raised(WHOLE, 40.0)
    assert [reason.code for reason in conclude(seen_of(near, near), Settings()).reasons] == ["body_cut_off"]
