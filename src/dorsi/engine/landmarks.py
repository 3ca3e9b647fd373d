"""Names and numbers of the body points Dorsi uses (BlazePose-33 order).

Not here: anything that computes.
Source: MediaPipe Pose Landmarker model card (33 landmarks).
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

__all__ = [
    "BALL", "BALL_BELOW", "FACE_POINTS", "HEEL_AT", "HIPS", "LANDMARK_COUNT", "LEFT_LEG", "RIGHT_LEG",
    "SHOULDERS", "TOE_AT", "LegPoint",
]  # fmt: skip

LANDMARK_COUNT: Final = 33
FACE_POINTS: Final = tuple(range(11))
"""Nose, eyes, ears, mouth: what `--blur-face` covers."""
SHOULDERS: Final = (11, 12)
HIPS: Final = (23, 24)
"""Left, right."""


class LegPoint(IntEnum):
    """Index of each point along the second axis of `LegTrack.xy_px`."""

    HIP = 0
    KNEE = 1
    ANKLE = 2
    HEEL = 3
    TOE = 4


LEFT_LEG: Final = (23, 25, 27, 29, 31)
RIGHT_LEG: Final = (24, 26, 28, 30, 32)
"""BlazePose indices of hip, knee, ankle, heel, toe (foot index), in `LegPoint` order."""

BALL = 0.82
"""Ball of the foot (first MTP joint) on the way from heel landmark to toe landmark: the heel rises by turning
about it. It lies at 0.70-0.75 of the foot's length (Drillis & Contini 1966); the landmarks start about 0.05
into that length and end at about 0.88 of it (on rendered feet the toe point is 15-20 px short
of the tip at a shank of 250 px)."""
BALL_BELOW = 0.04
"""How far the ball lies below the line of those landmarks, in shank lengths: on the floor."""
HEEL_AT, TOE_AT = 0.05, 0.88
"""Where on the foot's length its two landmarks lie (see `BALL`)."""
