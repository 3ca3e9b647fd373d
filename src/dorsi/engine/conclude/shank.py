"""The shank over the clip, from the looks at its outline: how far to turn the landmarks' line, where its
crest leans, whether cloth hides it.

Arithmetic only. Not here: following an outline in a picture (`observe/outline.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import median_filter

from dorsi.engine.evidence import ShankLook
from dorsi.engine.geometry import robust_sigma, with_knee_turned
from dorsi.types import FloatArray, IndexArray, LegTrack

__all__ = ["BARE_SD_DEG", "ShankTrack", "crest_offset_deg", "shank_track", "straightened_leg"]

BARE_SD_DEG = 0.4
"""What real legs add to the 1.2 deg that outline and model leave open, 1 sd: on real frames the line lay
up to 5 deg ahead of where it was put by eye, and 2 on the median (docs/method.md)."""
CLEAR_CREST = 0.3
CREST_LINE_SD_DEG = 0.5
"""A straight line through twenty edge points with a pixel of error each."""
CREST_SPREAD_DEG = 1.5
"""Looks that spread more (1 sd) about one rigid angle followed something else."""
LEAST_LOOKS = 3
"""Fewer looks than this cannot be checked against each other."""
LOOSE_WIDTH = 0.275
"""Depth of the lower shank over its length: legs have 0.19-0.23 there, a loose trouser leg 0.30 and more."""


@dataclass(frozen=True, slots=True)
class ShankTrack:
    """The looks of a clip, in order. Arrays (N,); `loose` whether cloth hides the shin's shape.

    `turn_deg` and `crest_turn_deg` are medians of three neighbours.
    """

    index: IndexArray
    turn_deg: FloatArray
    sd_deg: FloatArray
    crest_turn_deg: FloatArray
    clarity: FloatArray
    loose: bool

    def __len__(self) -> int:
        return len(self.index)


def shank_track(looks: Sequence[ShankLook]) -> ShankTrack:
    """The looks of a clip as one record, void ones (clarity 0) left out."""
    looks = sorted((each for each in looks if each.clarity > 0), key=lambda each: each.index)

    def column(name: str) -> FloatArray:
        return np.array([getattr(each, name) for each in looks], dtype=np.float64)

    turn, crest = (median_filter(column(name), 3, mode="nearest") for name in ("turn_deg", "crest_turn_deg"))
    return ShankTrack(
        index=column("index").astype(np.intp), turn_deg=turn, sd_deg=column("sd_deg"), crest_turn_deg=crest,
        clarity=column("clarity"), loose=bool(looks) and float(np.median(column("width"))) > LOOSE_WIDTH,
    )  # fmt: skip


def straightened_leg(leg: LegTrack, shank: ShankTrack) -> LegTrack:
    """The leg with its knee moved across the shank onto the line that the outline tells."""
    if len(shank) < LEAST_LOOKS:
        return leg
    turn_deg = np.interp(leg.time_s, leg.time_s[shank.index], shank.turn_deg)
    return replace(leg, xy_px=with_knee_turned(leg.xy_px, turn_deg, leg.forward))


def crest_offset_deg(shank: ShankTrack) -> tuple[float, float]:
    """How much more the crest leans than the line between the joints, deg, and its standard deviation.

    One number a clip, for bone is rigid: looks that differ about it did not all follow the crest. NaN when
    cloth hides the crest, too few looks show it clearly, or they do not agree.
    """
    clear = shank.clarity >= CLEAR_CREST
    if shank.loose or clear.sum() < LEAST_LOOKS:
        return float("nan"), float("nan")
    offset = (shank.crest_turn_deg - shank.turn_deg)[clear]
    spread = robust_sigma(offset)
    if spread > CREST_SPREAD_DEG:
        return float("nan"), float("nan")
    return float(np.median(offset)), float(np.hypot(CREST_LINE_SD_DEG, spread))
