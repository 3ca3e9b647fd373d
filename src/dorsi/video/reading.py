"""The upright frames of a clip, once, forward, with true times.

Not here: what the clip is (`probing.py`), how a picture is turned (`picture.py`).
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Container, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self

import av
import av.error

from dorsi.clip_limits import WIDE, ClipLimits
from dorsi.errors import ClipUnreadable
from dorsi.types import Frame, Rgb
from dorsi.video.opening import open_clip
from dorsi.video.picture import Conversion, UnknownPixels

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

__all__ = ["FrameReader"]


class FrameReader:
    """Streams the upright frames of a clip once, forward, with true times.

    Use as a context manager and iterate. `max_side_px` delivers reduced frames; `.scale` is then
    delivered over full size. `every` delivers each n-th frame only, `only` those with such an index, and
    spares the rest their conversion.
    `prefetch` decodes that many frames ahead in a thread. After iteration `.times_s` (of all frames),
    `.frames_read` and `.truncated` (the file promised more, or parts were damaged) are final.
    """

    def __init__(
        self, path: Path, *, prefetch: int = 0, max_side_px: int | None = None, every: int = 1,
        only: Container[int] | None = None, limits: ClipLimits = WIDE,
    ) -> None:  # fmt: skip
        self.path, self._limits, self._only = path, limits, only
        self.times_s: list[float] = []
        self.truncated, self.scale = False, 1.0
        self._every, self._max_side_px, self._prefetch = max(1, every), max_side_px, prefetch
        self._conversion: Conversion | None = None
        self._container: InputContainer | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def frames_read(self) -> int:
        """How many were decoded so far."""
        return len(self.times_s)

    @property
    def conversion(self) -> Conversion:
        """How pictures are turned; known after the first frame."""
        if self._conversion is None:
            raise RuntimeError("no frame has been read yet")
        return self._conversion

    def __enter__(self) -> Self:
        self._container, self._stream = open_clip(self.path, self._limits)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        if self._container is not None:
            self._container.close()
            self._container = None

    def __iter__(self) -> Iterator[Frame]:
        if self._container is None:
            raise RuntimeError("use FrameReader as a context manager")
        return self._ahead(self._container) if self._prefetch else self._frames(self._container)

    def _ahead(self, container: InputContainer) -> Iterator[Frame]:
        """The same frames, decoded in a thread; its errors are raised here."""
        box: queue.Queue[Frame | BaseException | None] = queue.Queue(self._prefetch)

        def put(item: Frame | BaseException | None) -> None:
            while not self._stop.is_set():
                with contextlib.suppress(queue.Full):
                    box.put(item, timeout=0.1)
                    return

        def work() -> None:
            try:
                for frame in self._frames(container):
                    put(frame)
                    if self._stop.is_set():
                        return
                put(None)
            except BaseException as error:  # noqa: BLE001  handed over, raised in the reading thread
                put(error)

        self._thread = threading.Thread(target=work, name="dorsi-decode", daemon=True)
        self._thread.start()
        while (item := box.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    def _frames(self, container: InputContainer) -> Iterator[Frame]:
        stream = self._stream
        start_s, size_px = 0.0, (0, 0)
        last_s, step_s = -1.0, 1.0 / float(stream.average_rate or 30)
        for index, frame in enumerate(self._decoded(container, stream)):
            now_s = None if frame.pts is None else float(frame.pts * (frame.time_base or 0))
            if self._conversion is None:
                self._conversion = self._start(frame, stream)
                start_s, size_px = now_s or 0.0, (frame.width, frame.height)
            if (frame.width, frame.height) != size_px:
                raise ClipUnreadable("clip_changes_size", file=self.path.name, time_s=max(last_s, 0.0))
            time_s = last_s + step_s if now_s is None else now_s - start_s
            # Broken writers repeat a stamp; a thousandth keeps the order without moving the rest.
            last_s = 0.0 if index == 0 else time_s if time_s > last_s else last_s + 1e-3
            self.times_s.append(last_s)
            self._limits.check_frames(self.path.name, len(self.times_s))
            self._limits.check_duration(self.path.name, last_s)
            if index % self._every == 0 and (self._only is None or index in self._only):
                yield Frame(index, last_s, self._upright(self._conversion, frame))
        if self._ends_early(container, stream, last_s):
            self.truncated = True

    def _start(self, frame: av.VideoFrame, stream: VideoStream) -> Conversion:
        """What the first frame tells of all, held against the limits before anything is scaled."""
        self._limits.check_size(self.path.name, frame.width, frame.height)
        try:
            conversion = Conversion(frame, stream.sample_aspect_ratio)
        except UnknownPixels as error:
            raise ClipUnreadable("clip_codec_unknown", file=self.path.name) from error
        full = conversion.stored_size_px(frame.width, frame.height, None)
        self._limits.check_shown(self.path.name, *full)
        small = conversion.stored_size_px(frame.width, frame.height, self._max_side_px)
        self.scale = small[0] / full[0]
        return conversion

    def _upright(self, conversion: Conversion, frame: av.VideoFrame) -> Rgb:
        try:
            return conversion.upright(frame, self._max_side_px)
        except UnknownPixels as error:
            raise ClipUnreadable("clip_codec_unknown", file=self.path.name) from error

    def _ends_early(self, container: InputContainer, stream: VideoStream, last_s: float) -> bool:
        """Whether the container promised more than there is."""
        if "matroska" in container.format.name:
            # No index before the end: the header's duration is the only promise, and counts the sound too.
            promised_s = (container.duration or 0) / 1e6
            return promised_s - last_s > max(0.5, 0.05 * promised_s)
        # Not the frame count: frames that an edit list hides are in it, and other formats guess it.
        end = self.path.stat().st_size
        return any(entry.pos + entry.size > end for entry in stream.index_entries)

    def _decoded(self, container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.error.FFmpegError:
                self.truncated = True
                yield from _flushed(stream)
                return
            if packet.is_corrupt:  # cut off in its middle; decoding it would lose the pictures before it
                self.truncated = True
                continue
            try:
                yield from packet.decode()
            except av.error.EOFError:
                return
            except av.error.FFmpegError:
                self.truncated = True


def _flushed(stream: VideoStream) -> list[av.VideoFrame]:
    """The frames a decoder still holds when its input broke off."""
    try:
        frames = stream.decode(None)
    except av.error.FFmpegError:
        return []
    for frame in frames:
        if stream.time_base:  # PyAV leaves the codec's own on frames flushed without a packet
            frame.time_base = stream.time_base
    return frames
