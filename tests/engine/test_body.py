"""How much of a body the views found, on tracks that have all, part or none of one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dorsi.engine.conclude.body import BodySeen, body_seen
from dorsi.engine.evidence import Evidence, FootTrack, Origin
from dorsi.engine.observe.leg import choose_leg
from dorsi.engine.pipeline import conclude
from dorsi.settings import Settings
from dorsi.types import BoxPx, ClipInfo, PoseTrack
from tests.engine.scenes import HEIGHT_PX, WIDTH_PX, lunge_angle_deg, pose_track

COUNT = 180
TIME_S = np.arange(COUNT) / 30
CLIP = ClipInfo(
    Path("clip.mp4"), WIDTH_PX, HEIGHT_PX, 6.0, COUNT, 30.0, False, 0, False, "h264", "yuv420p", 8, False
)
WHOLE = pose_track(TIME_S, lunge_angle_deg(TIME_S, 30.0, reps=3), noise_px=2)
UPRIGHTS_PX = np.array([[x, HEIGHT_PX - 100.0, x, 100.0] for x in (100.0, 300.0, 600.0)] * 5)


def _seen(*tracks: PoseTrack, box_px: BoxPx | None = None) -> Evidence:
    origin = Origin("0", "heavy", "0" * 64, "1" * 64, "2" * 64)
    return Evidence(CLIP, origin, TIME_S, 1, False, tracks, picture_box_px=box_px)


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
    assert body_seen(_seen(WHOLE, _with_other_trunk(WHOLE, 40.0))) == BodySeen(cut_off=False, followed=True)
    assert body_seen(_seen(WHOLE)) == BodySeen(cut_off=False, followed=True)


def test_a_picture_that_starts_at_the_hips_has_room_for_no_trunk() -> None:
    near = _raised(WHOLE, 40.0)
    assert body_seen(_seen(near, near)).cut_off
    # Below a black bar as below the edge.
    below = _raised(WHOLE, 240.0)
    assert not body_seen(_seen(below)).cut_off
    assert body_seen(_seen(below, box_px=(0, 200, WIDTH_PX, HEIGHT_PX))).cut_off


def test_a_trunk_that_each_view_has_elsewhere_is_made_up_if_it_may_be_cut_off() -> None:
    trunk_px = 300.0
    high = _raised(WHOLE, 1.5 * trunk_px)
    assert not body_seen(_seen(high, high)).cut_off
    assert body_seen(_seen(high, _with_other_trunk(high, trunk_px))).cut_off
    assert body_seen(_seen(high, _lost(high, 0.7))).cut_off
    # A view that finds nobody at all says nothing of a trunk.
    assert not body_seen(_seen(high, _lost(high, 1.0))).cut_off
    # With room above it the body is there, and hard to see.
    low = _raised(WHOLE, 1.5 * trunk_px + 600.0)
    assert not body_seen(_seen(low, _with_other_trunk(low, trunk_px))).cut_off


@pytest.mark.parametrize("share", [0.9, 1.0])
def test_of_nobody_or_of_a_moment_nothing_is_said(share: float) -> None:
    near = _lost(_raised(WHOLE, 40.0), share)
    nothing = BodySeen(cut_off=False, followed=False)
    assert body_seen(_seen(near, near)) == nothing
    seen = _seen(near, near)
    assert [reason.code for reason in conclude(seen, Settings()).reasons] == ["no_person"]


@pytest.mark.parametrize(("share", "measured"), [(0.1, True), (0.3, False)])
def test_legs_alone_are_measured_only_while_every_view_follows_them(share: float, measured: bool) -> None:
    near = _raised(pose_track(TIME_S, lunge_angle_deg(TIME_S, 30.0), noise_px=2), 40.0)
    tracks = (near, _lost(near, share))
    chosen = choose_leg(tracks)
    assert chosen is not None
    still = np.zeros(COUNT)
    seen = replace(
        _seen(*tracks), leg=chosen[0], leg_facts=chosen[1], foot=FootTrack(still, still, still, 120.0),
        room_edges_px=UPRIGHTS_PX, footwear_looks=np.empty((0, 5, 3)),
    )  # fmt: skip
    found = conclude(seen, Settings())
    assert found.measured == measured
    assert [note.code for note in (*found.reasons, *found.warnings)].count("body_cut_off") == 1
    # Of a leg that is not to be trusted nothing else is said.
    assert ("one_rep" in [note.code for note in found.warnings]) == measured


def test_legs_alone_in_which_no_leg_is_followed_are_legs_alone() -> None:
    near = _raised(WHOLE, 40.0)
    assert [reason.code for reason in conclude(_seen(near, near), Settings()).reasons] == ["body_cut_off"]
