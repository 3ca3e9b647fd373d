"""The planted foot in the picture: heel rise and foot pitch by optical flow, and camera motion.

Landmarks of a heel slide up the shoe as the shin tilts; pixels of the heel do not. Corners on the
rear foot are followed from the resting frame straight to each frame, so nothing drifts.
Not here: lengths in mm and what counts as a lift (`signals.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from dorsi.landmarks import LegPoint
from dorsi.types import FloatArray, Frame, LegTrack

__all__ = ["FootTrack", "follow_foot"]

Gray = npt.NDArray[np.uint8]
Affine = npt.NDArray[np.float64]

WORK_SHANK_PX = 240.0
"""Pictures are reduced so that the shank is at most this long: 1 px is then about 1.7 mm, finer than
landmarks place the heel, and the cost stays flat for 4K clips."""
SCENE_SIDE_PX = 480
"""Long side of the reduced picture in which the background is followed."""
INLIER_PX = 1.5
"""Corners that one rigid motion explains to this error belong to it (flow error on video is 0.2-0.5 px)."""
SCENE_SHARE = 0.5
"""A background motion counts only when half of all background corners agree: shadows and other people
move too, but not in one piece with the room."""
MOST_STRETCH = 0.05
"""A propped or held phone does not come closer than this while it films; more is a wrong match."""
BALL = 0.72
"""Ball of the foot (first MTP joint), as a fraction of the way from heel to toe tip: the heel rises by
turning about it (first metatarsal and rear foot are 0.70-0.75 of foot length, Drillis & Contini 1966)."""
RE_ANCHOR_DEG = 5.0
"""Corners are chosen anew after this much turn: flow from the resting picture fails beyond about 8 deg."""
VOTE_DEG = 1.5
"""Corners whose turn about the ball agrees to this much vote together."""
VOTE_COUNT = 5
VOTE_SHARE = 0.12
"""Fewest corners, and least share of them, that make a turn believable: the patch is half floor."""


@dataclass(frozen=True, slots=True)
class FootTrack:
    """Per frame of the clip, NaN where not looked at or lost.

    `heel_rise_px` (T,) up from the first frame, camera motion taken off; `heel_pitch_deg` (T,)
    turn of the rear foot about its ball, positive heel up; `support` (T,) corners that agree;
    `camera_shift_px` (T,) how far the
    background at the foot has moved; `camera_turn_deg` (T,) its turn.
    """

    heel_rise_px: FloatArray
    heel_pitch_deg: FloatArray
    support: FloatArray
    camera_shift_px: FloatArray
    camera_turn_deg: FloatArray
    mean_luma: float


class _Patch:
    """Corners chosen in a reference picture and followed straight to later ones."""

    def __init__(self, gray: Gray, mask: Gray, count: int, spacing_px: float, quality: float) -> None:
        self.gray = gray
        # None, not an empty array, when there is no corner at all.
        corners: object = cv2.goodFeaturesToTrack(gray, count, quality, spacing_px, mask=mask, blockSize=5)
        found = np.empty((0, 2)) if corners is None else np.asarray(corners)
        self.points = found.reshape(-1, 2).astype(np.float32)

    def flow(self, gray: Gray, guess: Affine | None = None) -> tuple[FloatArray, FloatArray]:
        """Corners (n, 2) here and in `gray`, those that flow there and back alike.

        `guess` (2, 3) is where they are expected to have gone.
        """
        if not len(self.points):
            return np.empty((0, 2)), np.empty((0, 2))
        start = self.points if guess is None else cv2.transform(self.points[None], guess)[0]
        there, ok, _ = cv2.calcOpticalFlowPyrLK(
            self.gray, gray, self.points, start.astype(np.float32), winSize=(21, 21), maxLevel=3,
            flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
        )  # fmt: skip
        back, ok_back, _ = cv2.calcOpticalFlowPyrLK(
            gray, self.gray, there, self.points.copy(), winSize=(21, 21), maxLevel=3,
            flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
        )  # fmt: skip
        loop_px = np.linalg.norm(back - self.points, axis=1)
        good = (ok.ravel() == 1) & (ok_back.ravel() == 1) & (loop_px < 1.0)
        return self.points[good].astype(np.float64), there[good].astype(np.float64)


class _Still:
    """Something that does not move in the world, followed against the first picture: the room, or the
    floor and forefoot beside the ball. What it does in the picture is the camera's doing."""

    def __init__(self, gray: Gray, mask: Gray, spacing_px: float) -> None:
        self._patch = _Patch(gray, mask, 120, spacing_px, 0.02)
        self._last: Affine | None = None

    def motion(self, gray: Gray) -> Affine | None:
        """Similarity (2, 3) since the reference, None when it cannot be told."""
        self._last = _similarity(*self._patch.flow(gray, self._last), len(self._patch.points))
        return self._last


class _Heel:
    """The rear foot as a hinge about the ball; re-anchored on the way up, where looks change."""

    def __init__(self, rest: FloatArray, shank_px: float) -> None:
        self._rest, self._shank_px = rest, shank_px
        heel, toe = rest[LegPoint.HEEL], rest[LegPoint.TOE]
        # The ball stands on the floor, a little below the line of the landmarks.
        self.ball = heel + BALL * (toe - heel) + np.array([0.0, 0.04 * shank_px])
        self.reach_px = float(np.hypot(*(self.ball - heel)))
        self._anchors: list[tuple[float, _Patch]] = []
        self._last_deg = 0.0

    def turn(self, gray: Gray, moved_px: FloatArray) -> tuple[float, int]:
        """Turn (deg, clockwise in the picture positive) since the first picture, and its votes."""
        if not self._anchors:
            self._anchor(gray, 0.0)
            return 0.0, len(self._anchors[0][1].points)
        base_deg, patch = min(self._anchors, key=lambda a: abs(a[0] - self._last_deg))
        here, there = patch.flow(gray)
        expected = _hinge(self.ball, self._last_deg - base_deg)
        again, gone = patch.flow(gray, expected)
        turn_deg, votes = _turn_about_ball(
            np.concatenate([here, again]), np.concatenate([there, gone]) - moved_px, self.ball
        )
        if not np.isfinite(turn_deg):
            return float("nan"), 0
        self._last_deg = base_deg + turn_deg
        if abs(turn_deg) > RE_ANCHOR_DEG and all(
            abs(a[0] - self._last_deg) > RE_ANCHOR_DEG for a in self._anchors
        ):
            self._anchor(gray, self._last_deg)
        return self._last_deg, votes

    def _anchor(self, gray: Gray, at_deg: float) -> None:
        turned = cv2.transform(self._rest[None], _hinge(self.ball, at_deg))[0]
        mask = _heel_mask(gray.shape, turned, self._rest, self._shank_px)
        self._anchors.append((at_deg, _Patch(gray, mask, 80, 4, 0.01)))


def _hinge(pivot: FloatArray, turn_deg: float) -> Affine:
    """(2, 3) turn about `pivot`, clockwise in the picture positive."""
    return np.asarray(cv2.getRotationMatrix2D((float(pivot[0]), float(pivot[1])), -turn_deg, 1.0))


def _similarity(here: FloatArray, there: FloatArray, tried: int) -> Affine | None:
    """Motion (2, 3) that most corners share, None when too few do."""
    if len(here) < 8:
        return None
    cv2.setRNGSeed(7)  # RANSAC: the same clip gives the same report
    found: tuple[object, object] = cv2.estimateAffinePartial2D(
        here, there, ransacReprojThreshold=INLIER_PX, maxIters=200
    )
    if found[0] is None or np.sum(np.asarray(found[1])) < max(8, SCENE_SHARE * tried):
        return None
    affine = np.asarray(found[0], dtype=np.float64)
    stretch = float(np.hypot(affine[0, 0], affine[1, 0]))
    return affine if abs(stretch - 1) < MOST_STRETCH else None


def _turn_about_ball(here: FloatArray, there: FloatArray, ball: FloatArray) -> tuple[float, int]:
    """Largest believable turn (deg, positive clockwise in the picture) about `ball`, and its votes.

    Corners (n, 2) px before and after. Floor corners vote for 0, the heel for its turn; a shin or a
    shadow that moves does not move on a circle about the ball and has no vote.
    """
    arm, moved = here - ball, there - ball
    length = np.linalg.norm(arm, axis=1)
    keep = length > 4
    arm, moved, length = arm[keep], moved[keep], length[keep]
    if not len(arm):
        return float("nan"), 0
    cross = arm[:, 0] * moved[:, 1] - arm[:, 1] * moved[:, 0]
    angle = np.degrees(np.arctan2(cross, (arm * moved).sum(axis=1)))
    off = np.abs(np.linalg.norm(moved, axis=1) - length)
    travel = np.linalg.norm(moved - arm, axis=1)
    angle = np.sort(angle[off < np.maximum(INLIER_PX, 0.25 * travel)])
    need = max(VOTE_COUNT, VOTE_SHARE * len(arm))
    best, votes = float("nan"), 0
    ends = np.searchsorted(angle, angle + VOTE_DEG)
    for start, end in enumerate(ends):
        if end - start >= need:
            turn = float(np.median(angle[start:end]))
            if not abs(turn) <= abs(best):
                best, votes = turn, int(end - start)
    return best, votes


def follow_foot(frames: Iterable[Frame], leg: LegTrack, person_xy_px: FloatArray, stride: int) -> FootTrack:
    """Follow the rear foot and the background over the clip.

    `person_xy_px` (T, K, 2) all landmarks, to keep the background free of the person.
    """
    count = len(leg)
    rise, pitch, support = np.full(count, np.nan), np.full(count, np.nan), np.zeros(count)
    shift, turn, luma = np.full(count, np.nan), np.full(count, np.nan), []
    shank_px = float(np.nanmedian(np.linalg.norm(leg.xy_px[:, 1] - leg.xy_px[:, 2], axis=-1)))
    rest_xy_px = _rest_points(leg)
    scale = min(1.0, WORK_SHANK_PX / shank_px)
    hinge: _Heel | None = None
    room: _Still | None = None
    floor: _Still | None = None
    heel = rest_xy_px[LegPoint.HEEL]
    for frame in frames:
        i = frame.index
        if i % stride or i >= count:
            continue
        height_px, width_px = frame.rgb.shape[:2]
        small = min(1.0, SCENE_SIDE_PX / max(height_px, width_px))
        wide = _gray(frame.rgb, small)
        luma.append(float(wide.mean()))
        left, top, right, bottom = _foot_box(rest_xy_px, shank_px, width_px, height_px)
        if right - left < 16 or bottom - top < 16:
            continue
        near = _gray(np.ascontiguousarray(frame.rgb[top:bottom, left:right]), scale)
        if room is None or hinge is None or floor is None:
            rest = (rest_xy_px - (left, top)) * scale
            hinge = _Heel(rest, shank_px * scale)
            floor = _Still(near, _floor_mask(near.shape, rest, hinge.ball, shank_px * scale), 4)
            room = _Still(wide, _scene_mask(wide.shape, person_xy_px * small, shank_px * small), 6)
        seen = room.motion(wide)
        if seen is not None:
            shift[i] = float(np.hypot(*(_apply(seen, heel * small) / small - heel)))
            turn[i] = _turn_deg(seen)
        # The floor beside the foot tells best; the far room shares the camera's motion but for parallax.
        ground = floor.motion(near)
        moved, ground_deg = np.zeros(2), 0.0
        if ground is not None:
            moved, ground_deg = _apply(ground, hinge.ball) - hinge.ball, _turn_deg(ground)
        elif seen is not None:
            moved, ground_deg = (_apply(seen, heel * small) / small - heel) * scale, _turn_deg(seen)
        turn_deg, support[i] = hinge.turn(near, moved)
        # Heel up is clockwise in the picture (y down: positive) for a foot that points right.
        pitch[i] = leg.forward * (turn_deg - ground_deg)
        rise[i] = hinge.reach_px / scale * float(np.sin(np.radians(pitch[i])))
    return FootTrack(rise, pitch, support, shift, turn, float(np.mean(luma)) if luma else 0.0)


def _rest_points(leg: LegTrack) -> FloatArray:
    """(5, 2) px: where the leg's points are when the clip begins (median of the first valid frames)."""
    ok = np.flatnonzero(np.isfinite(leg.xy_px[:, 0, 0]))
    early = ok[leg.time_s[ok] <= leg.time_s[ok[0]] + 0.4]
    points = np.asarray(np.median(leg.xy_px[early], axis=0))
    # Landmarks of a planted foot are steadier over the whole clip than over its start.
    points[2:] = np.median(leg.xy_px[ok][:, 2:], axis=0)
    return points


def _foot_box(
    rest_xy_px: FloatArray, shank_px: float, width_px: int, height_px: int
) -> tuple[int, int, int, int]:
    """left, top, right, bottom px around the foot with room to rise."""
    heel, toe = rest_xy_px[LegPoint.HEEL], rest_xy_px[LegPoint.TOE]
    x0, x1 = sorted((float(heel[0]), float(toe[0])))
    left, right = int(max(0, x0 - 0.35 * shank_px)), int(min(width_px, x1 + 0.25 * shank_px))
    top = int(max(0, heel[1] - 0.55 * shank_px))
    bottom = int(min(height_px, max(heel[1], toe[1]) + 0.3 * shank_px))
    return left, top, right, bottom


def _heel_mask(shape: tuple[int, ...], foot: FloatArray, rest: FloatArray, shank_px: float) -> Gray:
    """The rear half of the foot below the ankle, sole edge and some floor included, in patch px.

    `foot` and `rest` are (5, 2): the leg's points now and at rest.
    """
    heel, toe, ankle = foot[LegPoint.HEEL], rest[LegPoint.TOE], foot[LegPoint.ANKLE]
    ahead = 1.0 if toe[0] > heel[0] else -1.0
    length = abs(float(toe[0] - heel[0]))
    x0, x1 = heel[0] - ahead * 0.12 * shank_px, heel[0] + ahead * 0.5 * length
    top = ankle[1] + 0.35 * (heel[1] - ankle[1])
    bottom = max(rest[LegPoint.HEEL][1], toe[1]) + 0.10 * shank_px
    mask = np.zeros(shape[:2], np.uint8)
    lo, hi = sorted((round(float(x0)), round(float(x1))))
    mask[max(0, round(float(top))) : max(0, round(float(bottom))), max(0, lo) : max(0, hi)] = 255
    return mask


def _floor_mask(shape: tuple[int, ...], rest: FloatArray, ball: FloatArray, shank_px: float) -> Gray:
    """Forefoot ahead of the ball, and the floor below the foot, in patch px."""
    toe = rest[LegPoint.TOE]
    ahead = 1 if toe[0] > ball[0] else -1
    mask = np.zeros(shape[:2], np.uint8)
    sole = max(0, round(float(ball[1] + 0.12 * shank_px)))
    mask[sole:] = 255
    top = max(0, round(float(toe[1] - 0.15 * shank_px)))
    start = max(0, round(float(ball[0])))
    if ahead > 0:
        mask[top:, start:] = 255
    else:
        mask[top:, :start] = 255
    return mask


def _scene_mask(shape: tuple[int, ...], person_xy: FloatArray, shank_px: float) -> Gray:
    """Everything at least a third of a shank away from where the person ever is."""
    mask = np.full(shape[:2], 255, np.uint8)
    points = person_xy[np.isfinite(person_xy).all(axis=-1)]
    margin = 0.35 * shank_px
    for x, y in points[:: max(1, len(points) // 2000)]:
        cv2.circle(mask, (round(float(x)), round(float(y))), round(margin), (0,), -1)
    return mask


def _gray(rgb: npt.NDArray[np.uint8], scale: float) -> Gray:
    if scale < 1:
        rgb = np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)


def _apply(affine: Affine, point: FloatArray) -> FloatArray:
    return np.asarray(affine[:, :2] @ point + affine[:, 2])


def _turn_deg(affine: Affine) -> float:
    return float(np.degrees(np.arctan2(affine[1, 0], affine[0, 0])))
