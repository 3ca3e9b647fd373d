"""The outside edge to any pose network, and a replay of recorded landmarks for tests.

Not here: MediaPipe (`mediapipe_backend.py`).
"""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

import numpy as np

from dorsi.types import Frame, PoseFrame, PoseTrack

__all__ = ["PoseEstimator", "ReplayEstimator"]


class PoseEstimator(Protocol):
    """Finds one person in upright frames given in rising time. Used as a context manager."""

    name: str

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def estimate(self, frame: Frame) -> PoseFrame | None:
        """Landmarks in px of the frame, or None when nobody is found."""
        ...


class ReplayEstimator:
    """Gives back a recorded `PoseTrack`, row `frame.index`; rows of NaN become None."""

    def __init__(self, track: PoseTrack, name: str = "replay") -> None:
        self.name = name
        self._track = track

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def estimate(self, frame: Frame) -> PoseFrame | None:
        """The recorded landmarks of this frame."""
        i = frame.index
        if i >= len(self._track) or not np.isfinite(self._track.xy_px[i]).any():
            return None
        return PoseFrame(self._track.xy_px[i], self._track.depth_px[i], self._track.confidence[i])
