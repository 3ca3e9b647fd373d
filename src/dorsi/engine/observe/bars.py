"""Black bars beside or above the picture, as an editor or a messenger pads a clip to another shape.

What tells a bar from a dark wall: it carries no noise of a sensor, in no frame, over its whole length, and
it ends in a line that is straight along the picture's own rows or columns to the pixel.
Not here: what follows for edges of the room, brightness and view (`room.py`, `foot.py`, `conclude`).
"""

from __future__ import annotations

from math import ceil

import cv2
import numpy as np

from dorsi.types import BoxPx, FloatArray, Frame, Rgb

__all__ = ["BarWatch", "within"]

BLACK_LUMA = 20.0
"""Black decodes to 0, or to 16 where full range was declared and limited range written; and rounding."""
NOISE_LUMA = 2.0
"""A bar costs no bits: away from the picture it decodes to one value, up to the rounding of the colour
conversion and of the quantiser, a grey level each. Cameras leave several levels on a dark wall."""
LEAST_CLEAN_PX = 2
"""Lines at the border of the picture without any trace of it: 4:2:0 colours come in pairs of lines."""
SPILL_PX = 64
"""How far the picture may ring into the bar: the side of the largest transform block (AV1)."""
STEP_LUMA = 8.0
"""Mean along a line above which it shows the picture: ringing leaves up to 6 at the poorest usual quality
(x264, crf 42), and a picture darker than this at its border tells nothing of where it begins."""
STRAIGHT_PX = 4
"""Lines from the first that shows the picture to one that almost fully does: the smallest block of H.264,
over which a bar's end is smeared. A wall's edge that passes is upright to 0.4 deg in 1000 px."""
ALMOST = 0.7


class BarWatch:
    """Gathers what stays black over the frames it is shown."""

    def __init__(self) -> None:
        self._brightest: Rgb | None = None
        self._darkest: Rgb | None = None

    def look(self, frame: Frame) -> None:
        """Look at one frame more; all of one size."""
        luma = np.asarray(cv2.cvtColor(frame.rgb, cv2.COLOR_RGB2GRAY), np.uint8)
        if self._brightest is None or self._darkest is None:
            self._brightest, self._darkest = luma, luma.copy()
            return
        np.maximum(self._brightest, luma, out=self._brightest)
        np.minimum(self._darkest, luma, out=self._darkest)

    def picture_box_px(self, size_px: tuple[int, int] | None = None) -> BoxPx | None:
        """left, top, right, bottom of the picture inside the bars; None when there are none. `size_px` width
        and height of the clip, where the frames shown were reduced."""
        if self._brightest is None or self._darkest is None:
            return None
        high, low = self._brightest, self._darkest
        height, width = high.shape
        left, right = _bar_px(high.T, low.T), width - _bar_px(high.T[::-1], low.T[::-1])
        top, bottom = _bar_px(high, low), height - _bar_px(high[::-1], low[::-1])
        if (left, top, right, bottom) == (0, 0, width, height) or left >= right or top >= bottom:
            return None
        x, y = (1.0, 1.0) if size_px is None else (size_px[0] / width, size_px[1] / height)
        return ceil(left * x), ceil(top * y), int(right * x), int(bottom * y)


def _bar_px(high: Rgb, low: Rgb) -> int:
    """How many of the first lines (N, L) are a bar, by the most and least luma that they ever had."""
    level = float(np.median(high[0]))
    clean = (high.max(axis=1) <= level + NOISE_LUMA) & (low.min(axis=1) >= level - NOISE_LUMA)
    traces = np.flatnonzero(~clean)
    if level > BLACK_LUMA or not len(traces) or traces[0] < LEAST_CLEAN_PX:
        return 0
    above: FloatArray = high.mean(axis=1, dtype=np.float64) - level
    shown = np.flatnonzero(above > STEP_LUMA)
    first = int(shown[0]) if len(shown) else len(above)
    if first > traces[0] + SPILL_PX or first + STRAIGHT_PX + 1 >= len(above):
        return 0
    # Beyond the smear, and no farther than must be: the picture has edges of its own.
    fully = float(np.median(above[first + STRAIGHT_PX + 1 : first + STRAIGHT_PX + 9]))
    reached = above[first : first + STRAIGHT_PX + 1] >= ALMOST * fully
    if not reached.any():
        return 0
    return first + int(np.argmax(above[first:] >= fully / 2))


def within(shape: tuple[int, ...], box_px: BoxPx, less_px: int) -> BoxPx:
    """The box drawn in by `less_px` where it ends at a bar, and not where at the border of the frame."""
    left, top, right, bottom = box_px
    return (
        left + less_px * (left > 0), top + less_px * (top > 0),
        right - less_px * (right < shape[1]), bottom - less_px * (bottom < shape[0]),
    )  # fmt: skip
