"""Which leg is under test, and its track through label swaps.

The test foot stands still in front, so the clip as a whole says which chain of landmarks belongs to
it: candidates of every view and label are judged by where their foot stands, by the length of
their shank and by continuity, never by the label of a single frame.
Not here: which of the two legs a test is of (`straight.py`), angles over time (`signals.py`), pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from scipy.ndimage import median_filter

from dorsi.engine.evidence import LegFacts
from dorsi.engine.geometry import cheapest_path, evenly, fill_short_gaps, tilt_deg, usual_shank_px
from dorsi.engine.landmarks import LEFT_LEG, RIGHT_LEG, LegPoint
from dorsi.types import (
    BoolArray,
    Facing,
    FloatArray,
    FollowedLeg,
    IndexArray,
    LegTrack,
    PoseTrack,
    TestLeg,
)  # fmt: skip

__all__ = ["FRONT_GAP", "LONGEST_GAP_S", "choose_leg", "doubtful_frames"]

PLANTED_RADIUS = 0.25
"""How far a foot may sit from its planted place and still be that foot, in shank lengths. Feet of a
lunge stand at least half a shank apart; landmarks of one planted foot scatter by about 0.1."""
TOE_RADIUS = 0.2
"""The same for the toes alone, which a planted foot never moves."""
FRONT_GAP = 0.4
"""Feet closer than this (in shank lengths, most of the time) stand side by side; a lunge is over one."""
SHANK_TOLERANCE = 0.15
"""One standard deviation of a landmark shank's length about the clip's own, as a fraction."""
LONGEST_GAP_S = 0.4
"""Gaps up to this long are bridged: the shin cannot rise and fall inside one unseen."""
DOUBT_GAP_DEG = 8.0
"""Two views of one shin that differ by more call for further looks: on clear legs they differ by 0-6 deg."""
OUTLIER_DEG = 8.0
"""A lone sample this far from its neighbours' median is a wrong frame: the shin moves under 5 deg
between samples even in a brisk lunge."""


def choose_leg(
    tracks: Sequence[PoseTrack], choice: FollowedLeg = "front"
) -> tuple[LegTrack, LegFacts] | None:
    """The leg under test from one or more views of the same clip (the first is trusted most).

    `choice` front = the planted foot farther ahead, rear = the other one, near / far = by distance from the
    camera. None when no frame has a person.
    """
    rows = np.flatnonzero(np.any([np.isfinite(t.xy_px[:, 0, 0]) for t in tracks], axis=0))
    if len(rows) < 3:
        return None
    legs = np.stack([t.xy_px[rows][:, ids] for t in tracks for ids in (LEFT_LEG, RIGHT_LEG)], axis=1)
    seen = np.stack([t.confidence[rows][:, ids] for t in tracks for ids in (LEFT_LEG, RIGHT_LEG)], axis=1)
    forward = _forward(legs)
    facing: Facing = "right" if forward > 0 else "left"
    near_side = 1 if facing == "right" else 0  # 0 left, 1 right: the side turned to the camera
    shank = usual_shank_px(legs)
    feet_apart = _feet_apart(legs, shank)
    # As in a squat: then the leg that hides the other is measured.
    if choice in ("front", "rear") and feet_apart < FRONT_GAP:
        choice = "near"
    whole = _foot_in_picture(legs, tracks[0])
    eligible = _eligible(legs, forward, choice, near_side)
    if choice in ("front", "rear") and (eligible & whole).any():
        eligible &= whole
    planted = _planted_place(legs, eligible, forward, shank)
    pairs = [legs[:, v : v + 2] for v in range(0, legs.shape[1], 2)]
    picks = np.stack([_standing_only(pair, _follow(pair, planted, shank), shank) for pair in pairs])
    time_s = tracks[0].time_s
    picks, alternates = _one_leg(time_s[rows], picks, whole)
    votes = picks[picks >= 0]
    if not len(votes):
        return None
    right = float(votes.mean())
    label = int(right >= 0.5)
    xy_px, confidence, other, angles = _merge(legs, seen, picks, forward)
    test_leg: TestLeg = "near" if label == near_side else "far"
    track = LegTrack(
        time_s=time_s, xy_px=_spread(time_s, rows, xy_px), other_xy_px=_spread(time_s, rows, other),
        confidence=np.nan_to_num(_spread(time_s, rows, confidence)), side="right" if label else "left",
        facing=facing, test_leg=test_leg, rear=_rear(xy_px, other, shank),
    )  # fmt: skip
    view_angle = np.full((len(tracks), len(track)), np.nan)
    view_angle[:, rows] = angles
    foot = xy_px[:, LegPoint.TOE] - xy_px[:, LegPoint.HEEL]
    width_ratio, near_ahead_ratio, depth_lean = _trunk_ratios(tracks, rows)
    return track, LegFacts(
        view_angle_deg=view_angle, coverage=float(np.isfinite(xy_px[:, 0, 0]).mean()),
        label_agreement=max(right, 1 - right), shank_px=usual_shank_px(xy_px),
        foot_px=float(np.nanmedian(np.linalg.norm(foot, axis=-1))), width_ratio=width_ratio,
        near_ahead_ratio=near_ahead_ratio, depth_lean=depth_lean, alternates=alternates,
        feet_apart=feet_apart, followed=choice,
    )  # fmt: skip


def doubtful_frames(leg: LegTrack, facts: LegFacts, stride: int, most: int) -> list[int]:
    """Looked-at frames, at most `most` and evenly spread, in which the views do not agree about the shin.

    Within the stay of the foot on its place; a view that lost the leg there does not agree.
    """
    stay = np.flatnonzero(np.isfinite(leg.xy_px[:, 0, 0]))
    rows = np.arange(0, len(leg), stride)
    rows = rows[(rows >= stay[0]) & (rows <= stay[-1])]
    agree = np.ptp(facts.view_angle_deg[:, rows], axis=0) <= DOUBT_GAP_DEG
    return evenly(rows[~agree], most)


def _forward(legs: FloatArray) -> int:
    """+1 facing right, -1 left: which way the feet point, over all chains."""
    reach = legs[..., LegPoint.TOE, 0] - legs[..., LegPoint.HEEL, 0]
    return 1 if np.nansum(reach) >= 0 else -1


def _feet_apart(legs: FloatArray, shank_px: float) -> float:
    """Distance of the feet along the picture that is not passed in three quarters of the looks, in shanks."""
    place = legs[:, :, 2:, 0].mean(axis=2).reshape(len(legs), -1, 2)
    apart = np.abs(place[..., 0] - place[..., 1]) / shank_px
    return float(np.nanpercentile(apart, 75))


def _foot_in_picture(legs: FloatArray, track: PoseTrack) -> BoolArray:
    """(N, C) chains whose heel and toe lie in the picture: a foot that is cut off cannot be measured."""
    foot = legs[:, :, LegPoint.HEEL :]
    return np.asarray(((foot >= 0) & (foot <= (track.width_px, track.height_px))).all(axis=(2, 3)))


def _eligible(legs: FloatArray, forward: int, choice: FollowedLeg, near_side: int) -> BoolArray:
    """(N, C) chains that may be the test leg by the choice alone."""
    n, c = legs.shape[:2]
    if choice in ("near", "far"):
        wanted = near_side if choice == "near" else 1 - near_side
        return np.broadcast_to(np.arange(c) % 2 == wanted, (n, c)).copy()
    ahead = forward * legs[:, :, 2:, 0].mean(axis=2).reshape(n, c // 2, 2)
    outermost = np.max if choice == "front" else np.min
    return np.asarray((ahead == outermost(ahead, axis=2, keepdims=True)).reshape(n, c))


def _planted_place(legs: FloatArray, eligible: BoolArray, forward: int, shank_px: float) -> FloatArray:
    """(2,) px: the place where an eligible foot stands longest while its shin moves."""
    frame = np.nonzero(eligible)[0]
    foot = legs[:, :, 2:].mean(axis=2)[eligible]
    angle = tilt_deg(legs[:, :, 2], legs[:, :, 1], forward)[eligible]
    ok = np.isfinite(foot[:, 0])
    frame, foot, angle = frame[ok], foot[ok], angle[ok]
    best, place = -1.0, np.full(2, np.nan)
    for centre in foot[:: max(1, len(foot) // 150)]:
        near = np.linalg.norm(foot - centre, axis=1) < PLANTED_RADIUS * shank_px
        if near.sum() < 3:
            continue
        swing = float(np.subtract(*np.percentile(angle[near], (95, 5))))
        # A foot that stands while the shin tilts is the test foot; past 30 deg more swing says nothing more.
        score = len(np.unique(frame[near])) * float(np.clip(swing, 3, 30))
        if score > best:
            best, place = score, np.median(foot[near], axis=0)
    return place


def _follow(pair: FloatArray, planted: FloatArray, shank_px: float) -> IndexArray:
    """Viterbi over (left chain, right chain, none) of one view; (N,) 0, 1 or -1."""
    foot = np.linalg.norm(pair[:, :, 2:].mean(axis=2) - planted, axis=-1) / (PLANTED_RADIUS * shank_px)
    length = np.linalg.norm(pair[:, :, 1] - pair[:, :, 2], axis=-1) / shank_px - 1
    missing, lost = 6.0, 1e6
    cost = np.full((len(pair), 3), missing)
    data = foot**2 + (length / SHANK_TOLERANCE) ** 2
    cost[:, :2] = np.where(np.isfinite(data) & (foot < 1.4), data, lost)
    change = np.array([[0, 2, 0.5], [2, 0, 0.5], [0.5, 0.5, 0]])
    move = np.repeat(change[None], max(0, len(pair) - 1), axis=0)
    jump = np.linalg.norm(pair[:-1, :, None, 1] - pair[1:, None, :, 1], axis=-1) / (0.3 * shank_px)
    move[:, :2, :2] += np.nan_to_num(np.minimum(jump**2, 4), nan=4.0)
    path = cheapest_path(cost, move)
    return np.where((path == 2) | (cost[np.arange(len(pair)), path] >= lost), -1, path)


def _standing_only(pair: FloatArray, pick: IndexArray, shank_px: float) -> IndexArray:
    """Drop frames in which the toes are elsewhere than usual: the foot is being set down or lifted off."""
    i = np.flatnonzero(pick >= 0)
    if not len(i):
        return pick
    toe = pair[i, pick[i], LegPoint.TOE]
    away = np.linalg.norm(toe - np.median(toe, axis=0), axis=1) > TOE_RADIUS * shank_px
    out = pick.copy()
    out[i[away]] = -1
    return out


def _one_leg(time_s: FloatArray, picks: IndexArray, whole: BoolArray) -> tuple[IndexArray, bool]:
    """Keep one leg when stays on the spot belong to different legs (alternating lunges): the one whose foot,
    the `whole` of it (N, C), is in the picture for longer.

    A stay votes with all its labels; only stays that are sure (four in five) can contradict.
    """
    stands = np.flatnonzero((picks >= 0).any(axis=0))
    if not len(stands):
        return picks, False
    breaks = np.flatnonzero(np.diff(time_s[stands]) > LONGEST_GAP_S) + 1
    seconds, there, labels = np.zeros(2), np.zeros(2), []
    stays = np.split(stands, breaks)
    for stay in stays:
        votes = picks[:, stay]
        right = float(votes[votes >= 0].mean())
        labels.append(1 if right >= 0.8 else 0 if right <= 0.2 else -1)
        if labels[-1] >= 0:
            stay_s = time_s[stay[-1]] - time_s[stay[0]]
            there[labels[-1]] += stay_s
            seconds[labels[-1]] += float(whole[stay, labels[-1]].mean()) * stay_s
    if not (there > 0).all():
        return picks, False
    seconds = seconds if seconds.any() else there
    picks = picks.copy()
    for stay, label in zip(stays, labels, strict=True):
        if label != seconds.argmax():
            picks[:, stay] = -1
    return picks, True


def _merge(
    legs: FloatArray, seen: FloatArray, picks: IndexArray, forward: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """One chain a frame: the first view, filled from the others shifted by their usual difference; the
    median where three or more views have the leg."""
    n = len(legs)
    angles = np.full(picks.shape, np.nan)
    chains = np.full((len(picks), n, 5, 2), np.nan)
    trust = np.zeros((len(picks), n, 5))
    other = np.full((n, 5, 2), np.nan)
    for v, pick in enumerate(picks):
        i = np.flatnonzero(pick >= 0)
        if not len(i):
            continue
        chain = legs[i, 2 * v + pick[i]]
        angle = tilt_deg(chain[:, 2], chain[:, 1], forward)
        good = np.abs(angle - median_filter(angle, 5, mode="nearest")) < OUTLIER_DEG
        i, chain, angle = i[good], chain[good], angle[good]
        angles[v, i], chains[v, i], trust[v, i] = angle, chain, seen[i, 2 * v + pick[i]]
        fresh = i[~np.isfinite(other[i, 0, 0])]
        other[fresh] = legs[fresh, 2 * v + 1 - pick[fresh]]
    xy_px, confidence = chains[0].copy(), trust[0].copy()
    known = np.isfinite(chains[:, :, 0, 0])
    for v in range(1, len(picks)):
        have = np.isfinite(xy_px[:, 0, 0])
        both, gap = have & known[v], ~have & known[v]
        shift = np.median(xy_px[both] - chains[v, both], axis=0) if both.sum() >= 5 else np.zeros((5, 2))
        xy_px[gap], confidence[gap] = chains[v, gap] + shift, trust[v, gap]
    # Where three or more look, the one in the middle is believed: a trusted view fails like the others.
    many = known.sum(axis=0) >= 3
    xy_px[many] = np.nanmedian(chains[:, many], axis=0)
    confidence[many] = np.nanmedian(trust[:, many], axis=0)
    return xy_px, confidence, other, angles


def _spread(time_s: FloatArray, rows: IndexArray, values: FloatArray) -> FloatArray:
    """Rows of the looked-at frames onto all frames, short gaps bridged."""
    full = np.full((len(time_s), *values.shape[1:]), np.nan)
    full[rows] = values
    return fill_short_gaps(time_s, full, LONGEST_GAP_S)


def _rear(
    xy_px: FloatArray, other: FloatArray, shank_px: float
) -> Literal["standing", "half_kneeling", "unknown"]:
    """Half-kneeling: the other knee lies as low as the test ankle."""
    above = xy_px[:, LegPoint.ANKLE, 1] - other[:, LegPoint.KNEE, 1]
    if not np.isfinite(above).any():
        return "unknown"
    return "half_kneeling" if np.nanmedian(above) < 0.4 * shank_px else "standing"


def _trunk_ratios(tracks: Sequence[PoseTrack], rows: IndexArray) -> tuple[float, float, float]:
    """Medians: over trunk length, the width of shoulders and hips (near 0 from the side, 0.6 from the front)
    and how far the near ones lie ahead; over their height, how far shoulders lie behind ankles in depth.

    Of the first view that saw the person in most frames, for the views are not equally good.
    """
    track = next((t for t in tracks if np.isfinite(t.xy_px[rows, 11, 0]).mean() > 0.5), None)
    track = track or max(tracks, key=lambda t: int(np.isfinite(t.xy_px[:, 11, 0]).sum()))
    found = rows[np.isfinite(track.xy_px[rows, 11, 0])]
    p, depth = track.xy_px[found], track.depth_px[found]
    trunk = np.linalg.norm((p[:, 11] + p[:, 12] - p[:, 23] - p[:, 24]) / 2, axis=-1)
    # Facing right the right side is near, and right of left is ahead; facing left both are turned about.
    shoulders, hips = p[:, 12, 0] - p[:, 11, 0], p[:, 24, 0] - p[:, 23, 0]
    width = (np.abs(shoulders) + np.abs(hips)) / 2
    height = (p[:, 27, 1] + p[:, 28, 1] - p[:, 11, 1] - p[:, 12, 1]) / 2
    behind = (depth[:, 11] + depth[:, 12] - depth[:, 27] - depth[:, 28]) / 2
    ratios = width / trunk, (shoulders + hips) / 2 / trunk, behind / np.maximum(height, trunk)
    wide, ahead, lean = (float(np.median(ratio)) for ratio in ratios)
    return wide, ahead, lean
