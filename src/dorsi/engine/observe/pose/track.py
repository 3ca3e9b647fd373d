"""One pass over a clip: each estimator sees the sampled frames; only tracks survive.

Not here: decoding (`video`) and meaning (`leg.py`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

import numpy as np

from dorsi.engine.landmarks import LANDMARK_COUNT
from dorsi.engine.observe.pose.estimator import PoseEstimator
from dorsi.types import FloatArray, Frame, PoseFrame, PoseTrack

__all__ = ["as_track", "sample_stride", "track_poses"]

SAMPLE_RATE_HZ = 10.0
"""Poses a second, at least. The top of a brisk lunge (30 deg and back in 0.8 s) bends by under 0.3 deg
between two samples at 10 Hz, and the parabola through them takes most of that back; 15 Hz is no better."""
AHEAD = 2
"""Frames that wait for a network while it looks at one: no more, or a slow one would pile up pictures."""


def sample_stride(frame_rate_hz: float) -> int:
    """Every how many frames the networks look (at least 1)."""
    return max(1, int(np.floor(frame_rate_hz / SAMPLE_RATE_HZ + 0.01)))


def track_poses(
    frames: Iterable[Frame], estimators: Sequence[PoseEstimator]
) -> tuple[list[dict[int, PoseFrame]], tuple[int, int]]:
    """Run every estimator on each frame given, side by side: a network keeps one core busy.

    Each has a thread of its own, and the next frame waits for it there. Returns, per estimator, what it found
    by frame index, and the width and height of the frames in px.
    """
    found: list[dict[int, PoseFrame]] = [{} for _ in estimators]
    size_px = (0, 0)
    with ExitStack() as stack:
        pairs = [(ThreadPoolExecutor(1, "dorsi-pose"), each) for each in estimators]
        opened = [thread.submit(each.__enter__) for thread, each in pairs]
        # Left after the threads, whatever stops us when: none is closed while a thread looks through it.
        for (_, each), ready in zip(pairs, opened, strict=True):
            stack.callback(_close, each, ready)
        for thread, _ in pairs:
            stack.enter_context(thread)
        for ready in opened:
            ready.result()
        asked: deque[tuple[int, list[Future[PoseFrame | None]]]] = deque()

        def take() -> None:
            index, poses = asked.popleft()
            for pose, rows in zip(poses, found, strict=True):
                if (seen := pose.result()) is not None:
                    rows[index] = seen

        for frame in frames:
            size_px = (frame.rgb.shape[1], frame.rgb.shape[0])
            asked.append((frame.index, [thread.submit(each.estimate, frame) for thread, each in pairs]))
            if len(asked) > AHEAD:
                take()
        while asked:
            take()
    return found, size_px


def _close(estimator: PoseEstimator, opened: Future[PoseEstimator]) -> None:
    """Close a network that was opened, once its thread has ended."""
    if not opened.cancelled() and opened.exception() is None:
        estimator.__exit__(None, None, None)


def as_track(
    time_s: FloatArray, rows: dict[int, PoseFrame], size_px: tuple[int, int], seen_px: tuple[int, int]
) -> PoseTrack:
    """A `PoseTrack` with a row for each of the times (T,), NaN where nothing was found or looked for.

    `size_px` width and height of the clip, `seen_px` of the pictures that were looked at.
    """
    count, larger = len(time_s), np.array(size_px) / np.maximum(1, seen_px)
    xy_px = np.full((count, LANDMARK_COUNT, 2), np.nan)
    depth_px = np.full((count, LANDMARK_COUNT), np.nan)
    confidence = np.zeros((count, LANDMARK_COUNT))
    for index, pose in rows.items():
        xy_px[index], depth_px[index] = pose.xy_px * larger, pose.depth_px * larger[0]
        confidence[index] = pose.confidence
    return PoseTrack(time_s, xy_px, depth_px, confidence, *size_px)
