"""Names and numbers of the body points Dorsi uses (BlazePose-33 order).

Not here: anything that computes.
Source: MediaPipe Pose Landmarker model card (33 landmarks).
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

__all__ = ["FACE_POINTS", "LANDMARK_COUNT", "LEFT_LEG", "LEG_POINTS", "RIGHT_LEG", "LegPoint"]

LANDMARK_COUNT: Final = 33
"""Number of landmarks of one pose."""

FACE_POINTS: Final = tuple(range(11))
"""Nose, eyes, ears, mouth: what `--blur-face` covers."""


class LegPoint(IntEnum):
    """Index of each point along the second axis of `LegTrack.xy_px`."""

    HIP = 0
    KNEE = 1
    ANKLE = 2
    HEEL = 3
    TOE = 4


LEG_POINTS: Final = tuple(LegPoint)

LEFT_LEG: Final = (23, 25, 27, 29, 31)
RIGHT_LEG: Final = (24, 26, 28, 30, 32)
"""BlazePose indices of hip, knee, ankle, heel, toe (foot index), in `LegPoint` order."""
