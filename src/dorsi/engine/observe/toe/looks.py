"""Small pictures of the forefoot, kept while a clip is read: steadied, and in the foot's own colours.

Not here: what moves in them (`skyline.py`, `witness.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from dorsi.engine.geometry import evenly
from dorsi.engine.landmarks import BALL, LegPoint
from dorsi.engine.observe.pictures import Affine, gray, pulled_back, whitening
from dorsi.engine.observe.registration import Registration
from dorsi.types import Frame, IndexArray, LegTrack, Rgb

__all__ = ["BEFORE", "FOOT_PX", "ToeLooks", "ToeWatch", "own_colours", "steadied"]

FOOT_PX = 160.0
"""Heel landmark to toe landmark in the working picture: a toe is then about 40 px long."""
BEFORE, AHEAD = 0.3, 0.6
"""Working picture from this part of the foot to this much beyond the toe landmark, in feet."""
ABOVE, BELOW = 0.95, 0.3
"""And from this far above the sole to this far below it, in feet."""
MOST_LOOKS = 120
STILL_PX = 0.7


@dataclass(frozen=True, slots=True)
class ToeLooks:
    """Pictures of one forefoot, made alike: facing right, `FOOT_PX` from heel landmark to toe landmark.

    `index` (N,) frames of the clip; `rgb` (N, H, W, 3) uint8; `to_clip` (2, 3) from working px to px of the
    clip; `sole_y` working px; `foot_px` between the landmarks in the clip; `cut` whether the toes lie beyond
    the edge of the picture.
    """

    index: IndexArray
    rgb: Rgb
    to_clip: Affine
    sole_y: float
    foot_px: float
    cut: bool


class ToeWatch:
    """Collects small pictures of the forefoot while a clip is read."""

    def __init__(self, leg: LegTrack, stride: int) -> None:
        known = np.flatnonzero(np.isfinite(leg.xy_px[:, LegPoint.TOE, 0]))
        self._at = set(evenly(known[known % stride == 0], MOST_LOOKS))
        self._looks: dict[int, Rgb] = {}
        feet = leg.xy_px[known][:, [LegPoint.HEEL, LegPoint.TOE]]
        heel, toe = np.nanmedian(feet, axis=0) if len(known) else np.full((2, 2), np.nan)
        self._foot_px = float(np.hypot(*(toe - heel)))
        px = max(1e-6, self._foot_px) / FOOT_PX
        top = max(heel[1], toe[1]) - ABOVE * self._foot_px
        self._to_clip = np.array([[leg.forward * px, 0.0, heel[0] + leg.forward * BEFORE * self._foot_px],
                                  [0.0, px, top]])  # fmt: skip
        self._tip_x = float(toe[0] + leg.forward * 0.15 * self._foot_px)

    def look(self, frame: Frame) -> None:
        """Keep this frame's forefoot when it is one of those wanted."""
        if frame.index not in self._at or not np.isfinite(self._to_clip).all():
            return
        px = abs(float(self._to_clip[0, 0]))
        rgb = frame.rgb
        if px > 1.4:
            rgb = np.asarray(cv2.GaussianBlur(rgb, (0, 0), 0.5 * px), np.uint8)
        shape = (round((ABOVE + BELOW) * FOOT_PX), round((AHEAD + 1 - BEFORE) * FOOT_PX))
        self._looks[frame.index] = pulled_back(rgb, self._to_clip, shape)
        self._width_px = frame.rgb.shape[1]

    def looks(self) -> ToeLooks | None:
        """What was kept, None when nothing was."""
        if not self._looks:
            return None
        index, rgb = np.array(list(self._looks), dtype=np.intp), np.stack(list(self._looks.values()))
        cut = not 0 <= self._tip_x <= self._width_px
        return ToeLooks(index, rgb, self._to_clip, ABOVE * FOOT_PX, self._foot_px, cut)


def steadied(rgb: Rgb) -> Rgb:
    """The pictures with camera motion taken off: rear foot and floor are put where the middle one has them.

    What moves less than a pixel is left alone, so that a propped phone costs no sharpness.
    """
    height, width = rgb.shape[1:3]
    mask = np.zeros((height, width), np.uint8)
    # The rear half of what shows of the foot, and the floor before and below it: neither toes nor shin.
    mask[round(0.72 * height) :, : round(0.2 * width)] = 255
    mask[round(0.88 * height) :] = 255
    reference = Registration(gray(rgb[len(rgb) // 2]), mask)
    out = rgb.copy()
    for i, each in enumerate(rgb):
        found = reference.find(gray(each), turns=False)
        if found.quality > 0.5 and np.hypot(*found.affine[:, 2]) > STILL_PX:
            out[i] = pulled_back(each, found.affine, each.shape)
    return out


def own_colours(rgb: Rgb, sole_y: float) -> npt.NDArray[np.float32]:
    """(N, H, W, 3) in units of how much the foot's own colour varies, the foot's colour at zero."""
    x, y = round((BALL - BEFORE) * FOOT_PX), round(sole_y - 0.06 * FOOT_PX)
    own = rgb[:, y - 12 : y + 6, x - 36 : x - 8].reshape(-1, 3).astype(np.float64)
    to_own, middle = whitening(own), np.median(own, axis=0)
    # One picture at a time: all of them at once would take hundreds of MB.
    smooth = (cv2.GaussianBlur(each, (0, 0), 1.0) for each in rgb)
    return np.stack([np.asarray((each - middle) @ to_own, np.float32) for each in smooth])
