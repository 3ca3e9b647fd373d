"""MediaPipe Tasks `PoseLandmarker` behind the `PoseEstimator` protocol.

`mirrored` feeds the picture left-right flipped and gives the landmarks back in the original picture
under the labels of the original person: an independent second opinion of the same frame.
Not here: choosing frames (`track.py`) or weights (`dorsi.models`).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, MutableMapping
from contextlib import ContextDecorator
from queue import SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING, Self

import numpy as np

from dorsi.libraries import loading
from dorsi.models import load
from dorsi.settings import ModelName
from dorsi.types import FloatArray, Frame, PoseFrame, Rgb

if TYPE_CHECKING:
    from mediapipe.tasks.python.vision import PoseLandmarker

__all__ = ["GlanceEstimator", "GlancePool", "MediaPipeEstimator", "MetricsOff", "count_people", "metrics_off"]

_OFF = dict.fromkeys(("https_proxy", "HTTPS_PROXY"), "http://127.0.0.1:9") | {"no_proxy": "", "NO_PROXY": ""}
"""The discard port: nothing listens there, so what is sent through it never leaves the machine. No host is
excepted: one that is would be reached directly."""


class MetricsOff(ContextDecorator):
    """Keeps MediaPipe from reporting usage over the network within a `with` or a function so decorated.

    The library sends performance metrics to its maker whenever a network is closed, and has no switch for it
    (its NOTICE; issue 6291 of the project): none of its base options keeps it from connecting. It honours the
    proxy variables, which belong to the whole process. So the first measurement of several at once points
    them at a closed local port and the last to end puts back what was there.
    """

    def __init__(self, environment: MutableMapping[str, str]) -> None:
        self._environment = environment
        self._lock, self._inside = Lock(), 0
        self._before: dict[str, str] = {}

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                here = self._environment
                self._before = {name: here.pop(name) for name in _OFF if name in here}
                here.update(_OFF)
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                for name in _OFF:
                    self._environment.pop(name, None)
                self._environment.update(self._before)


metrics_off = MetricsOff(os.environ)

# Left and right partners in BlazePose-33: a mirrored picture swaps them.
_SWAP = np.array(
    [0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15, 18, 17, 20, 19, 22, 21,
     24, 23, 26, 25, 28, 27, 30, 29, 32, 31]
)  # fmt: skip


def _landmarker(model: ModelName, *, video: bool, people: int = 1) -> PoseLandmarker:
    # MediaPipe loads Matplotlib for drawings of its own, which on a first run tells of its font cache.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    weights = str(load(model))
    with loading():
        from mediapipe.tasks.python import BaseOptions, vision

        mode = vision.RunningMode.VIDEO if video else vision.RunningMode.IMAGE
        options = vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=weights), running_mode=mode, num_poses=people
        )
        return vision.PoseLandmarker.create_from_options(options)


HEADROOM = 0.5
"""Canvas added above a picture in which nobody is found, in picture heights: the person detector looks for
a whole body and misses one whose head is cut off; with room above it finds the legs all the same."""


class MediaPipeEstimator:
    """VIDEO mode: follows one person through frames of rising time. Raises ModelError on bad weights.

    A frame in which nobody is found gets a second look with room added above it.
    """

    def __init__(self, model: ModelName, *, mirrored: bool = False) -> None:
        self.name = f"{model}{'-mirrored' if mirrored else ''}"
        self._model: ModelName = model
        self._mirrored = mirrored
        self._plain: PoseLandmarker | None = None
        self._roomy: PoseLandmarker | None = None
        self._last_ms = -1

    def __enter__(self) -> Self:
        self._plain = _landmarker(self._model, video=True)
        self._last_ms = -1
        return self

    def __exit__(self, *_: object) -> None:
        for landmarker in (self._plain, self._roomy):
            if landmarker is not None:
                landmarker.close()
        self._plain = self._roomy = None

    def estimate(self, frame: Frame) -> PoseFrame | None:
        """Landmarks of the followed person, None when lost."""
        if self._plain is None:
            raise RuntimeError("use MediaPipeEstimator as a context manager")
        rgb = np.ascontiguousarray(frame.rgb[:, ::-1]) if self._mirrored else frame.rgb
        # The tracker wants strictly rising whole milliseconds, also at 1000+ Hz time stamps.
        self._last_ms = max(self._last_ms + 1, round(frame.time_s * 1000))
        raw = _detect(self._plain, rgb, self._last_ms)
        raw = self._look_with_room(rgb) if raw is None else raw
        if raw is None:
            return None
        xy_px, depth_px, confidence = raw[:, :2], raw[:, 2], raw[:, 3]
        if self._mirrored:
            xy_px[:, 0] = rgb.shape[1] - xy_px[:, 0]
            xy_px, depth_px, confidence = xy_px[_SWAP], depth_px[_SWAP], confidence[_SWAP]
        return PoseFrame(xy_px, depth_px, confidence)

    def _look_with_room(self, rgb: Rgb) -> FloatArray | None:
        import cv2

        if self._roomy is None:
            self._roomy = _landmarker(self._model, video=True)
        above = round(HEADROOM * rgb.shape[0])
        roomy = cv2.copyMakeBorder(rgb, above, 0, 0, 0, cv2.BORDER_REPLICATE)
        raw = _detect(self._roomy, np.asarray(roomy, np.uint8), self._last_ms)
        if raw is not None:
            raw[:, 1] -= above
        return raw


class GlancePool:
    """Networks in IMAGE mode, at `most` so many, that several looks share: each look finds the person anew,
    so nothing of one goes into another. More than there are cores gain nothing.
    """

    def __init__(
        self, model: ModelName, most: int, make: Callable[..., PoseLandmarker] | None = None
    ) -> None:
        self.model: ModelName = model
        self._make = make or _landmarker
        self._most, self._made, self._users = most, 0, 0
        self._lock = Lock()
        self._free: SimpleQueue[PoseLandmarker] = SimpleQueue()

    def open(self) -> None:
        """One more user; its network is made unless there are enough. Raises ModelError on bad weights."""
        with self._lock:
            self._users += 1
            wanted = self._made < self._most
            self._made += wanted
        if not wanted:
            return
        try:
            self._free.put(self._make(self.model, video=False))
        except BaseException:
            # Whoever could not come in does not go out.
            self.close()
            raise

    def close(self) -> None:
        """One user less; the last one closes the networks."""
        with self._lock:
            self._users -= 1
            if self._users:
                return
            self._made = 0
        while not self._free.empty():
            self._free.get().close()

    def detect(self, rgb: Rgb) -> FloatArray | None:
        """(33, 4) x px, y px, depth px, visibility of the largest person, or None."""
        landmarker = self._free.get()
        try:
            return _detect(landmarker, rgb, None)
        finally:
            self._free.put(landmarker)


class GlanceEstimator:
    """A picture turned by some degrees, looked at anew each time by a network of the `pool`.

    What follows a person through a clip keeps its window from frame to frame, and with it its mistakes; a
    fresh look costs a person detection more and does not. Raises ModelError on bad weights.
    """

    def __init__(self, pool: GlancePool, *, turn_deg: float = 0.0) -> None:
        self.name = f"{pool.model}-image{turn_deg:+g}"
        self._pool = pool
        self._turn_deg = turn_deg

    def __enter__(self) -> Self:
        self._pool.open()
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def estimate(self, frame: Frame) -> PoseFrame | None:
        """Landmarks of the largest person, None when nobody is found."""
        import cv2

        rgb = frame.rgb
        height_px, width_px = rgb.shape[:2]
        turn = cv2.getRotationMatrix2D((width_px / 2, height_px / 2), self._turn_deg, 1.0)
        if self._turn_deg:
            turned = cv2.warpAffine(rgb, turn, (width_px, height_px), borderMode=cv2.BORDER_REPLICATE)
            rgb = np.asarray(turned, np.uint8)
        raw = self._pool.detect(rgb)
        if raw is None:
            return None
        back = np.asarray(cv2.invertAffineTransform(turn), np.float64)
        return PoseFrame(raw[:, :2] @ back[:, :2].T + back[:, 2], raw[:, 2], raw[:, 3])


def _detect(landmarker: PoseLandmarker, rgb: Rgb, time_ms: int | None) -> FloatArray | None:
    """(33, 4) x px, y px, depth px, visibility, or None; `time_ms` None in IMAGE mode."""
    import mediapipe as mp

    image = mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb)
    result = landmarker.detect(image) if time_ms is None else landmarker.detect_for_video(image, time_ms)
    found = result.pose_landmarks
    if not found:
        return None
    height_px, width_px = rgb.shape[:2]
    raw = np.array([(p.x, p.y, p.z, p.visibility) for p in found[0]], dtype=np.float64)
    raw[:, :3] *= (width_px, height_px, width_px)
    return raw


def count_people(frames: list[Frame], model: ModelName = "full") -> list[list[float]]:
    """Height in px of each person found in each frame, largest first (IMAGE mode, up to three)."""
    import mediapipe as mp

    sizes: list[list[float]] = []
    with _landmarker(model, video=False, people=3) as landmarker:
        for frame in frames:
            found = landmarker.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=frame.rgb))
            ys = [np.array([p.y for p in person]) * frame.rgb.shape[0] for person in found.pose_landmarks]
            sizes.append(sorted((float(np.ptp(y)) for y in ys), reverse=True))
    return sizes
