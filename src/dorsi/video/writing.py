"""Writes H.264 as MP4 that players everywhere show. Not here: reading."""

from __future__ import annotations

import contextlib
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import av
import av.error
import cv2
import numpy as np

from dorsi.errors import OutputError
from dorsi.file_names import in_utf8
from dorsi.types import Rgb
from dorsi.video.opening import error_of_system

if TYPE_CHECKING:
    from av.container import OutputContainer

__all__ = ["VideoWriter"]

TIME_BASE: Final = Fraction(1, 90000)


class VideoWriter:
    """Writes H.264 (yuv420p, faststart) with the given times; use as a context manager.

    Odd sizes lose their last row or column. With `all_keys` every picture stands alone, so that a player may
    show any of them at once. The file is removed when left with an error.
    Raises OutputError when the disk refuses.
    """

    def __init__(
        self,
        path: Path,
        width_px: int,
        height_px: int,
        frame_rate_hz: float = 30.0,
        *,
        all_keys: bool = False,
    ) -> None:
        self.path = path
        self.size_px = (width_px - width_px % 2, height_px - height_px % 2)
        self._rate = Fraction(frame_rate_hz).limit_denominator(1000) if frame_rate_hz > 0 else Fraction(30)
        # The fastest preset that looks the same in about as many bytes; the next takes three times as many.
        self._options = {"crf": "23", "preset": "superfast", "bf": "0"}
        if all_keys:
            self._options |= {"crf": "25", "g": "1", "keyint_min": "1"}
        self._container: OutputContainer | None = None
        self._last_pts = -1
        self._named = contextlib.ExitStack()

    def __enter__(self) -> Self:
        existed = self.path.exists()
        try:
            # Until it is closed: to put the index first, the file is opened again.
            known = self._named.enter_context(in_utf8(self.path))
            self._container = av.open(known, "w", format="mp4", options={"movflags": "+faststart"})
            stream: Any = self._container.add_stream("libx264", rate=self._rate)
            stream.width, stream.height = self.size_px
            stream.pix_fmt = "yuv420p"
            # With B-frames and uneven times the MP4 header states a length that lacks the end.
            stream.options = self._options
            stream.codec_context.time_base = TIME_BASE
            stream.codec_context.thread_type = "AUTO"
            # What the plain conversion from RGB makes (H.273: SMPTE 170M, limited range), said to players.
            stream.codec_context.colorspace = 6
            stream.codec_context.color_range = 1
            self._stream = stream
            self._container.start_encoding()  # makes the file: what refuses, refuses now
        except (OSError, av.error.FFmpegError) as error:
            self._container = None
            self._named.close()
            if not existed:
                self._remove()
            raise error_of_system(OutputError, self.path.name, error) from error
        return self

    def write(self, rgb: Rgb, time_s: float) -> None:
        """Append one (H, W, 3) uint8 picture shown from `time_s` on (rising)."""
        width, height = self.size_px
        # OpenCV converts five times faster than swscale's exact path.
        yuv = cv2.cvtColor(np.ascontiguousarray(rgb[:height, :width]), cv2.COLOR_RGB2YUV_I420)
        frame = av.VideoFrame.from_ndarray(np.asarray(yuv, np.uint8), format="yuv420p")
        self._last_pts = max(self._last_pts + 1, round(time_s / TIME_BASE))
        frame.pts, frame.time_base = self._last_pts, TIME_BASE
        self._mux(frame)

    def _mux(self, frame: av.VideoFrame | None) -> None:
        if self._container is None:
            raise RuntimeError("use VideoWriter as a context manager")
        try:
            self._container.mux(self._stream.encode(frame))
        except (OSError, av.error.FFmpegError) as error:
            raise error_of_system(OutputError, self.path.name, error) from error

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        container, whole = self._container, False
        if container is None:
            return
        try:
            if kind is None and self._last_pts >= 0:
                self._mux(None)
            container.close()
            whole = kind is None and self._last_pts >= 0
        except (OSError, av.error.FFmpegError) as problem:
            if kind is None:
                raise error_of_system(OutputError, self.path.name, problem) from problem
        finally:
            self._container = None
            self._named.close()
            if not whole:
                self._remove()

    def _remove(self) -> None:
        with contextlib.suppress(OSError):  # the error that led here is the one to tell
            self.path.unlink()
