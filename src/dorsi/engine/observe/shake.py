"""How far the camera has moved since a reference look, from the room alone.

Corners of the room outside the person are followed from look to look, and the motion that most of them share
is the camera's: a foot that steps, a bystander or a shadow is outvoted, and a bare wall says nothing.
Not here: where the foot itself stands (`foot.py`), what motion is too much (`conclude/quality.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dorsi.engine.observe.bars import within
from dorsi.engine.observe.pictures import Affine, Gray, moved
from dorsi.types import BoolArray, BoxPx, FloatArray

__all__ = ["CameraWatch", "by_hand"]

MOST_CORNERS = 300
APART_PX = 7
LEAST_SLOPE = 0.3
"""Grey levels per px, in the flattest direction: an edge that slides along itself has none. Noise of a
reduced picture leaves 0.1 to 0.2; what of it gets through is not found again."""
PATCH_PX = 7
BACK_PX = 0.5
"""A corner followed there and back again ends within this of where it began, or was not the same."""
AGREE_PX = 1.0
"""Corners this near to a common motion agree with it."""
LEAST_CORNERS, LEAST_AGREEING = 15, 0.5
"""How many corners must agree, and which share of all that were found again."""
FEWER = 0.6
"""Below this share of its corners a reference is replaced by the look at hand: the camera pans."""
CLEAR_OF_SHANK = 0.35
"""Corners keep this far from the person, in shanks."""
SURE_OF_SHANK = 0.04
"""A motion known no better at the heel (1 sd, shanks) is unknown: twice that is near what is warned of."""
LIKE_ONE = 4.0
"""Corners on one edge or one tile err together: this many count as one."""
NOISE_PX = 0.1
HAND_SHANKS_S2 = 60.0
"""A hand that holds a phone turns it at 10 rad/s2 at most (3 deg out and back in 0.2 s); at the 2.5 m from
which a leg is filmed that is 25 m/s2, or 60 shanks/s2 in the picture."""


@dataclass(frozen=True, slots=True)
class _Key:
    """A look, its corners of the room (N, 2) px and the motion since the first look."""

    scene: Gray
    corners: FloatArray
    motion: Affine


class CameraWatch:
    """Follows the room through the looks of a clip; px are of the reduced scene picture."""

    def __init__(self, heel: FloatArray, shank: float, inner: BoxPx | None = None) -> None:
        """`heel` (2,) where motion is asked for, px of the scene; `shank` px of the scene; `inner` what of
        the scene is no black bar."""
        self._heel, self._shank, self._inner = heel, shank, inner
        self._key: _Key | None = None
        self._last: Affine = np.eye(2, 3)
        self._motions: dict[int, Affine] = {}

    def look(self, index: int, scene: Gray, person: FloatArray) -> None:
        """`person` (K, 2) landmarks of this frame, px of the scene."""
        free = _free(scene.shape, person, CLEAR_OF_SHANK * self._shank, self._inner)
        if self._key is None:
            corners = _corners(scene, free)
            if len(corners) >= LEAST_CORNERS:
                self._key = _Key(scene, corners, np.eye(2, 3))
                self._motions[index] = np.eye(2, 3)
            return
        key = self._key
        found = self._found(key, scene, free)
        if found is None:
            return
        since, agreeing = found
        motion = _after(since, key.motion)
        self._last = since
        self._motions[index] = motion
        if agreeing < FEWER * len(key.corners):
            corners = _corners(scene, free)
            if agreeing < FEWER * len(corners):
                self._key, self._last = _Key(scene, corners, motion), np.eye(2, 3)

    def since(self, index: int, times_s: FloatArray) -> FloatArray:
        """(T, 2) px of the scene: where the heel of frame `index` went with the room; NaN where unknown."""
        out = np.full((len(times_s), 2), np.nan)
        known = np.array(sorted(self._motions), dtype=np.int64)
        if not len(known):
            return out
        nearest = int(known[np.argmin(np.abs(known - index))])
        if abs(times_s[nearest] - times_s[index]) > 0.5:
            return out
        back = np.asarray(cv2.invertAffineTransform(self._motions[nearest]), np.float64)
        for i in known:
            out[i] = moved(_after(self._motions[int(i)], back), self._heel) - self._heel
        return out

    def _found(self, key: _Key, scene: Gray, free: Gray) -> tuple[Affine, int] | None:
        """The motion since the key and how many corners share it; None when too few do or it is unsure."""
        begin = key.corners.astype(np.float32).reshape(-1, 1, 2)
        guess = moved(self._last, key.corners).astype(np.float32).reshape(-1, 1, 2)
        flags = cv2.OPTFLOW_USE_INITIAL_FLOW
        there, ok, _ = cv2.calcOpticalFlowPyrLK(key.scene, scene, begin, guess, flags=flags)
        back, ok_back, _ = cv2.calcOpticalFlowPyrLK(scene, key.scene, there, begin.copy(), flags=flags)
        now = np.asarray(there[:, 0], np.float64)
        same = (ok[:, 0] > 0) & (ok_back[:, 0] > 0) & (np.abs(back - begin)[:, 0].max(axis=1) < BACK_PX)
        same &= _inside(now, free)
        if same.sum() < LEAST_CORNERS:
            return None
        old, new = key.corners[same], now[same]
        motion, agree = cv2.estimateAffinePartial2D(
            old, new, method=cv2.RANSAC, ransacReprojThreshold=AGREE_PX
        )
        if motion is None:
            return None
        motion, mine = np.asarray(motion, np.float64), agree[:, 0] > 0
        count = int(mine.sum())
        if count < max(LEAST_CORNERS, LEAST_AGREEING * len(mine)):
            return None
        off = moved(motion, old[mine]) - new[mine]
        if _sd(old[mine], self._heel, off) > SURE_OF_SHANK * self._shank:
            return None
        return motion, count


def _after(second: Affine, first: Affine) -> Affine:
    """The motion that is `first`, then `second`."""
    return np.hstack([second[:, :2] @ first[:, :2], moved(second, first[:, 2])[:, None]])


def _sd(corners: FloatArray, at: FloatArray, off: FloatArray) -> float:
    """Px (1 sd) to which a shift, turn and scale from these corners are known at a point."""
    arm = corners - corners.mean(axis=0)
    spread = max(1e-6, float((arm**2).sum()))
    reach = float(((at - corners.mean(axis=0)) ** 2).sum())
    noise = max(NOISE_PX, float(np.sqrt((off**2).mean())))
    return noise * float(np.sqrt(LIKE_ONE * (1 / len(corners) + reach / spread)))


def by_hand(times_s: FloatArray, path: FloatArray, shank: float) -> FloatArray:
    """A path (T, 2) without what lies farther off the way between its neighbours than a hand gets there."""
    out = path.copy()
    known = np.flatnonzero(np.isfinite(path[:, 0]))
    if len(known) < 3:
        return out
    at, seen = times_s[known], path[known]
    before, after = np.diff(at)[:-1], np.diff(at)[1:]
    share = (before / (before + after))[:, None]
    off = seen[1:-1] - (seen[:-2] * (1 - share) + seen[2:] * share)
    far = np.hypot(*off.T) > 0.5 * HAND_SHANKS_S2 * shank * before * after
    out[known[1:-1][far]] = np.nan
    return out


def _free(shape: tuple[int, ...], person: FloatArray, clear: float, inner: BoxPx | None) -> Gray:
    """Non-zero away from the person and from bars."""
    mask = np.zeros(shape[:2], np.uint8)
    left, top, right, bottom = (0, 0, *shape[1::-1]) if inner is None else within(shape, inner, PATCH_PX)
    mask[top:bottom, left:right] = 255
    points = person[np.isfinite(person).all(axis=-1)]
    if len(points):
        hull = cv2.convexHull(np.round(points).astype(np.int32))
        cv2.fillConvexPoly(mask, hull, (0,))
        cv2.polylines(mask, [hull], True, (0,), max(1, round(2 * clear)))
    return mask


def _corners(scene: Gray, free: Gray) -> FloatArray:
    """(N, 2) px of corners in the free part of a scene."""
    smooth = cv2.GaussianBlur(scene, (0, 0), 1.0)
    across, down = (cv2.Scharr(smooth, cv2.CV_32F, *d) / 32 for d in ((1, 0), (0, 1)))
    size = (PATCH_PX, PATCH_PX)
    xx, yy, xy = (cv2.blur(each, size) for each in (across * across, down * down, across * down))
    weakest = (xx + yy) / 2 - np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    mask = np.where(weakest > LEAST_SLOPE**2, free, 0).astype(np.uint8)
    mask[:PATCH_PX] = mask[-PATCH_PX:] = 0
    mask[:, :PATCH_PX] = mask[:, -PATCH_PX:] = 0
    found: object = cv2.goodFeaturesToTrack(
        smooth, MOST_CORNERS, 1e-6, APART_PX, mask=mask, blockSize=PATCH_PX
    )
    return np.empty((0, 2)) if found is None else np.asarray(found, np.float64).reshape(-1, 2)


def _inside(points: FloatArray, free: Gray) -> BoolArray:
    """Which points lie in the free part of a picture."""
    x, y = np.round(points).astype(int).T
    ok = (x >= 0) & (y >= 0) & (x < free.shape[1]) & (y < free.shape[0])
    out = np.zeros(len(points), dtype=np.bool_)
    out[ok] = free[y[ok], x[ok]] > 0
    return out
