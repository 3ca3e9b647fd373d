"""The shank over the clip, from its landmarks and the looks at its outline: the line between the joints, the
crest, whether cloth hides it.

Three say where the line lies: landmarks, crest and outline, none of them without a bias on legs of people.
What is taken off each, and how much each counts, was learnt from digitised frames of people and rendered
bodies, every body with the same weight (docs/method.md).
Arithmetic only. Not here: following an outline in a picture (`observe/outline.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import median_filter

from dorsi.engine.evidence import CLEAR, ShankLook
from dorsi.engine.geometry import robust_sigma, tilt_deg, with_knee_turned
from dorsi.engine.landmarks import LegPoint
from dorsi.types import FloatArray, IndexArray, LegTrack

__all__ = [
    "ANATOMY_SD_DEG", "LINE_SD_DEG", "ShankTrack", "crest_over_joint_deg", "crest_sd_deg", "crest_turn_deg",
    "shank_track",
    "straightened_leg",
]  # fmt: skip

LANDMARKS_LEAN_DEG = (1.1, 0.016)
"""Landmarks lean too little, by the first plus the second for each degree of tilt: the ankle's goes along
with a shin that tilts."""
CREST_OVER_JOINT_DEG, BENT_DEG = (3.1, 2.2), 90.0
"""How much more the crest leans than the line between the joints, and what a knee bent so far adds, whose
joint moves back on the tibia: 2.4 and 4.3 deg on people, 3.5 and 0.6 on rendered bodies, hinges."""
LANDMARKS_SD_DEG, CREST_SD_DEG, OUTLINE_SD_DEG = 1.7, 1.7, 2.4
"""How far each is off, 1 sd, with people left out in turn. Crest and outline share their edges, so the third
counts less than it errs."""
UNCLEAR_SD_DEG = 4.0
"""What an edge that is not seen at all adds to its two."""
LINE_SD_DEG = 1.5
"""Error of the line that the three tell, 1 sd: 1.7 against digitised frames, whose own is 0.7."""
ANATOMY_SD_DEG = 1.4
"""The part of it that is the same in every clip of a leg: how people differ in what the three share."""
CLEAR_CREST = 0.2
CREST_LINE_SD_DEG = 0.7
"""A straight line along an edge, as far from the digitised one (1 sd, less the raters' own error)."""
CREST_SPREAD_DEG = 2.0
"""Looks that spread more (1 sd) about one rigid shank followed something else."""
LEAST_LOOKS = 3
"""Fewer looks than this cannot be checked against each other."""
LOOSE_WIDTH = 0.275
"""Depth of the lower shank over its length: legs have 0.19-0.23 there, a loose trouser leg 0.30 and more."""


@dataclass(frozen=True, slots=True)
class ShankTrack:
    """The looks of a clip, in order. Arrays (N,); `loose` whether cloth hides the shin's shape.

    `turn_deg` from the landmarks' line, leaning as it does, to the line between the joints; `crest_turn_deg`
    from the line between the joints to the crest. Medians of three neighbours.
    """

    index: IndexArray
    turn_deg: FloatArray
    crest_turn_deg: FloatArray
    bend_deg: FloatArray
    clarity: FloatArray
    loose: bool

    def __len__(self) -> int:
        return len(self.index)


def shank_track(looks: Sequence[ShankLook], leg: LegTrack) -> ShankTrack:
    """The looks of a clip as one record, void ones (clarity 0) left out."""
    looks = sorted((each for each in looks if each.clarity > 0), key=lambda each: each.index)

    def column(name: str) -> FloatArray:
        return np.array([getattr(each, name) for each in looks], dtype=np.float64)

    index, clarity = column("index").astype(np.intp), column("clarity")
    hip, knee, ankle = (leg.xy_px[index, p] for p in (LegPoint.HIP, LegPoint.KNEE, LegPoint.ANKLE))
    tilt = tilt_deg(ankle, knee, leg.forward)
    bend = tilt - tilt_deg(knee, hip, leg.forward)
    crest = column("crest_turn_deg")
    told = np.stack([_lean_deg(tilt), crest - crest_over_joint_deg(bend), column("turn_deg")])
    unclear = UNCLEAR_SD_DEG * (1 - np.minimum(1.0, clarity / CLEAR))
    sd = np.stack(np.broadcast_arrays(
        LANDMARKS_SD_DEG, np.hypot(CREST_SD_DEG, unclear), np.hypot(OUTLINE_SD_DEG, unclear)
    ))  # fmt: skip
    turn = (told / sd**2).sum(axis=0) / (1 / sd**2).sum(axis=0)
    turn_deg, crest_deg = (median_filter(each, 3, mode="nearest") for each in (turn - told[0], crest - turn))
    return ShankTrack(
        index=index, turn_deg=turn_deg, crest_turn_deg=crest_deg, bend_deg=bend, clarity=clarity,
        loose=_is_loose(column("width"), clarity),
    )  # fmt: skip


def _is_loose(width: FloatArray, clarity: FloatArray) -> bool:
    """Whether cloth makes the lower shank (N,) too deep for a leg, in the clear looks where there are some:
    an edge that is not seen is put where legs have it."""
    clear = clarity >= CLEAR
    told = width[clear] if clear.sum() >= LEAST_LOOKS else width
    return bool(len(told)) and float(np.median(told)) > LOOSE_WIDTH


def crest_over_joint_deg(bend_deg: FloatArray) -> FloatArray:
    """How much more the crest of a usual leg leans than the line between its joints, by the knee's bend."""
    straight, more = CREST_OVER_JOINT_DEG
    return np.asarray(straight + more * np.clip(bend_deg, 0.0, BENT_DEG) / BENT_DEG)


def straightened_leg(leg: LegTrack, shank: ShankTrack) -> LegTrack:
    """The leg with its knee moved across the shank onto the line that landmarks and outline tell."""
    turn_deg = _lean_deg(tilt_deg(leg.xy_px[:, LegPoint.ANKLE], leg.xy_px[:, LegPoint.KNEE], leg.forward))
    if len(shank) >= LEAST_LOOKS:
        turn_deg = turn_deg + np.interp(leg.time_s, leg.time_s[shank.index], shank.turn_deg)
    return replace(leg, xy_px=with_knee_turned(leg.xy_px, turn_deg, leg.forward))


def crest_turn_deg(shank: ShankTrack, time_s: FloatArray) -> FloatArray:
    """(T,) how much more the crest leans than the line between the joints.

    NaN when cloth hides the crest, too few looks show it clearly, or they do not agree: bone is rigid, so
    looks that differ did not all follow the crest.
    """
    clear = shank.clarity >= CLEAR_CREST
    if np.isnan(crest_sd_deg(shank)):
        return np.full(len(time_s), np.nan)
    return np.interp(time_s, time_s[shank.index[clear]], shank.crest_turn_deg[clear])


def crest_sd_deg(shank: ShankTrack) -> float:
    """Standard deviation of the crest, deg; NaN when it is not to be told."""
    clear = shank.clarity >= CLEAR_CREST
    if shank.loose or clear.sum() < LEAST_LOOKS:
        return float("nan")
    spread = robust_sigma((shank.crest_turn_deg - crest_over_joint_deg(shank.bend_deg))[clear])
    return float("nan") if spread > CREST_SPREAD_DEG else float(np.hypot(CREST_LINE_SD_DEG, spread))


def _lean_deg(tilt: FloatArray) -> FloatArray:
    return np.asarray(LANDMARKS_LEAN_DEG[0] + LANDMARKS_LEAN_DEG[1] * tilt)
