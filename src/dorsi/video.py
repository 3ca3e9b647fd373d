"""Clips in and out through PyAV: probe, stream upright frames with true times, write H.264.

Frames are delivered one by one and never kept. Not here: anything that knows what is in the picture.
"""

from __future__ import annotations

import contextlib
import errno
import queue
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import av
import av.error
import cv2
import numpy as np
import numpy.typing as npt
from av.sidedata.sidedata import Type as SideData
from av.stream import Disposition

from dorsi.clip_limits import WIDE, ClipLimits
from dorsi.errors import ClipEmpty, ClipMissing, ClipUnreadable, DorsiError, OutputError
from dorsi.types import ClipInfo, Frame, Rgb

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer
    from av.video.stream import VideoStream

__all__ = ["FrameReader", "VideoWriter", "probe"]


TIME_BASE: Final = Fraction(1, 90000)
DECODE_THREADS: Final = 3
FIRST_YEAR: Final = 1990
"""No clip was filmed with a phone before."""
HDR_TRANSFERS: Final = {16: "pq", 18: "hlg"}
"""H.273 transfer characteristics: SMPTE ST 2084 and ARIB STD-B67."""
CLIP_FORMATS: Final = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts"
"""What FFmpeg may take a file for. Its other formats draw text as pictures, or are lists of other files,
which it opens before anybody can look."""
WIDEST_ASPECT: Final = 3.0
"""A pixel wider or taller than so much is no lens's, but a broken header: taken as square."""

# With a level set, the log callback wants the interpreter lock inside decoder threads and can lock up with
# a closing codec (PyAV issues 751, 909); None is silent.
av.logging.set_level(None)


def probe(path: Path, limits: ClipLimits = WIDE) -> ClipInfo:
    """What the clip is, from its container, its packets' times and its first frame.

    Raises ClipMissing (no file, or a folder), ClipEmpty (no bytes, no frames), ClipRefused (outside the
    `limits`), ClipUnreadable.
    """
    container, stream = _open(path, limits)
    with container:
        times, codec = _packet_times(container, stream), stream.codec.canonical_name
        captured_at = _captured_at(container.metadata)
    if not len(times):
        raise ClipEmpty("clip_without_frames", file=path.name)
    _check_times(path.name, times, limits)
    with FrameReader(path, limits=limits) as reader:
        first = next(iter(reader), None)
        if first is None:
            raise ClipUnreadable("clip_undecodable", file=path.name)
        picture = reader.conversion
    height_px, width_px = first.rgb.shape[:2]
    steps = np.diff(times)
    steps = steps[steps > 0]
    typical = float(np.median(steps)) if len(steps) else 1 / 30
    rate_hz = (len(times) - 1) / float(times[-1] - times[0]) if len(steps) else 0.0
    return ClipInfo(
        path=path, width_px=width_px, height_px=height_px, frame_count=len(times), frame_rate_hz=rate_hz,
        duration_s=float(times[-1] - times[0] + typical) if len(steps) else 0.0,
        # Time stamps in coarse units jitter by a unit; a phone's varying rate jumps by much more.
        variable_frame_rate=bool(len(steps) and np.mean(np.abs(steps - typical) > 0.2 * typical) > 0.01),
        rotation_deg=picture.rotation_deg, mirrored=picture.mirrored, hdr=picture.hdr is not None,
        codec=codec, pixel_format=picture.pixel_format, bit_depth=picture.bit_depth, captured_at=captured_at,
    )  # fmt: skip


class Conversion:
    """How a decoded picture becomes an upright 8-bit one; read off one frame."""

    def __init__(self, frame: av.VideoFrame, pixel_aspect: Fraction | None) -> None:
        a, b, c, d = _display_matrix(frame)
        self.transposed = abs(b) > abs(a)
        self.flip_x = (c if self.transposed else a) < 0
        self.flip_y = (b if self.transposed else d) < 0
        self.mirrored = a * d - b * c < 0
        # The clockwise turn of the stored picture; a mirrored one is first swapped left to right.
        turn_deg = float(np.degrees(np.arctan2(-b, -a) if self.mirrored else np.arctan2(b, a)))
        self.rotation_deg = round(turn_deg / 90) * 90 % 360
        self.pixel_format = frame.format.name
        self.bit_depth = frame.format.components[0].bits
        self.hdr = HDR_TRANSFERS.get(int(getattr(frame, "color_trc", 0) or 0))
        aspect = float(pixel_aspect) if pixel_aspect else 1.0
        self.pixel_aspect = aspect if 1 / WIDEST_ASPECT <= aspect <= WIDEST_ASPECT else 1.0
        self._lut = _tone_curve(self.hdr) if self.hdr else None

    def stored_size_px(self, width_px: int, height_px: int, max_side_px: int | None) -> tuple[int, int]:
        """Size to which the stored picture is scaled: square pixels, long side capped."""
        width = width_px * max(1.0, self.pixel_aspect)
        height = height_px / min(1.0, self.pixel_aspect)
        shrink = min(1.0, max_side_px / max(width, height)) if max_side_px else 1.0
        return max(2, round(width * shrink)), max(2, round(height * shrink))

    def upright(self, frame: av.VideoFrame, max_side_px: int | None) -> Rgb:
        """(H, W, 3) uint8 RGB, C-contiguous."""
        width, height = self.stored_size_px(frame.width, frame.height, max_side_px)
        rgb = np.asarray(frame.to_ndarray(format="rgb24", width=width, height=height), np.uint8)
        if self.transposed:
            rgb = rgb.transpose(1, 0, 2)
        rgb = np.ascontiguousarray(rgb[:: -1 if self.flip_y else 1, :: -1 if self.flip_x else 1])
        return rgb if self._lut is None else np.asarray(cv2.LUT(rgb, self._lut), np.uint8)


class FrameReader:
    """Streams the upright frames of a clip once, forward, with true times.

    Use as a context manager and iterate. `max_side_px` delivers reduced frames; `.scale` is then
    delivered over full size. `every` delivers each n-th frame only and spares the rest their conversion.
    `prefetch` decodes that many frames ahead in a thread. After iteration `.times_s` (of all frames),
    `.frames_read` and `.truncated` (the file promised more, or parts were damaged) are final.
    """

    def __init__(
        self, path: Path, *, prefetch: int = 0, max_side_px: int | None = None, every: int = 1,
        limits: ClipLimits = WIDE,
    ) -> None:  # fmt: skip
        self.path, self._limits = path, limits
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
        self._container, self._stream = _open(self.path, self._limits)
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
                self._conversion = Conversion(frame, stream.sample_aspect_ratio)
                full = self._conversion.stored_size_px(frame.width, frame.height, None)
                small = self._conversion.stored_size_px(frame.width, frame.height, self._max_side_px)
                self.scale = small[0] / full[0]
                start_s, size_px = now_s or 0.0, (frame.width, frame.height)
                self._limits.check_size(self.path.name, *size_px)
            if (frame.width, frame.height) != size_px:
                raise ClipUnreadable("clip_changes_size", file=self.path.name, time_s=max(last_s, 0.0))
            time_s = last_s + step_s if now_s is None else now_s - start_s
            # Broken writers repeat a stamp; a thousandth keeps the order without moving the rest.
            last_s = 0.0 if index == 0 else time_s if time_s > last_s else last_s + 1e-3
            self.times_s.append(last_s)
            self._limits.check_duration(self.path.name, last_s, len(self.times_s))
            if index % self._every == 0:
                yield Frame(index, last_s, self._conversion.upright(frame, self._max_side_px))
        if self._ends_early(container, stream, last_s):
            self.truncated = True

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
        self._options = {"crf": "22", "preset": "veryfast", "bf": "0"}
        if all_keys:
            self._options |= {"crf": "25", "g": "1", "keyint_min": "1"}
        self._container: OutputContainer | None = None
        self._last_pts = -1

    def __enter__(self) -> Self:
        existed = self.path.exists()
        try:
            self._container = av.open(
                str(self.path.absolute()), "w", format="mp4", options={"movflags": "+faststart"}
            )
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
            if not existed:
                self._remove()
            raise _of_system(OutputError, self.path.name, error) from error
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
            raise _of_system(OutputError, self.path.name, error) from error

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
                raise _of_system(OutputError, self.path.name, problem) from problem
        finally:
            self._container = None
            if not whole:
                self._remove()

    def _remove(self) -> None:
        with contextlib.suppress(OSError):  # the error that led here is the one to tell
            self.path.unlink()


def _open(path: Path, limits: ClipLimits) -> tuple[InputContainer, VideoStream]:
    """The container and its first real video stream, set to decode on all cores."""
    name = path.name or str(path)
    try:
        if path.is_dir():
            raise ClipMissing("clip_is_folder", file=name, path=path)
        if not path.exists():
            raise ClipMissing("clip_missing", file=name)
        if path.stat().st_size == 0:
            raise ClipEmpty("clip_empty", file=name)
        limits.check_bytes(name, path.stat().st_size)
        # Absolute, or FFmpeg takes "12:30.mp4" for a protocol; file only, or a list reaches the network.
        allowed = {"protocol_whitelist": "file", "format_whitelist": CLIP_FORMATS}
        container = av.open(str(path.absolute()), "r", options=allowed)
    except OSError as error:  # before FFmpegError: PyAV's errors of the system are both
        raise _of_system(ClipUnreadable, name, error) from error
    except (av.error.FFmpegError, ValueError) as error:
        raise ClipUnreadable("clip_not_video", file=name) from error
    try:
        return container, _stream_of(name, container, limits)
    except BaseException:
        container.close()
        raise


def _stream_of(name: str, container: InputContainer, limits: ClipLimits) -> VideoStream:
    """The first real video stream, when it is within the limits by what the container says of it."""
    pictures = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not pictures:
        raise ClipUnreadable("clip_without_picture", file=name)
    stream = pictures[0]
    codec: Any = stream.codec_context
    if codec is None:
        raise ClipUnreadable("clip_codec_unknown", file=name)
    limits.check_size(name, codec.width, codec.height)
    if container.duration is not None:
        limits.check_duration(name, container.duration / 1e6, stream.frames)
    # What the header hides, the decoder refuses before it has the memory.
    codec.options = {"max_pixels": str(limits.max_pixels)}
    stream.thread_type = "AUTO"
    # One thread for each core holds that many 4K pictures; more than this decode no faster than we look.
    stream.thread_count = DECODE_THREADS
    return stream


def _check_times(file: str, times_s: npt.NDArray[np.float64], limits: ClipLimits) -> None:
    """Raise ClipRefused on a clip that lasts too long, ClipUnreadable on one whose clock jumps."""
    steps = np.diff(times_s)
    if len(steps) and float(np.max(steps)) > limits.gap_s:
        at = int(np.argmax(steps))
        place = {"gap_s": float(steps[at]), "time_s": float(times_s[at] - times_s[0])}
        raise ClipUnreadable("clip_with_gap", file=file, **place)
    limits.check_duration(file, float(times_s[-1] - times_s[0]), len(times_s))


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


def _captured_at(metadata: Mapping[str, str]) -> datetime | None:
    """The moment of filming by the container's tags: Apple's, with the place's zone, before the plain one.

    None without a tag, or with one that no phone meant: clocks that were never set say 1904 or 1970.
    """
    for name in ("com.apple.quicktime.creationdate", "creation_time"):
        try:
            moment = datetime.fromisoformat(metadata.get(name, ""))
        except ValueError:
            continue
        if moment.tzinfo is not None and moment.year >= FIRST_YEAR and moment <= datetime.now(UTC):
            return moment
    return None


def _packet_times(container: InputContainer, stream: VideoStream) -> npt.NDArray[np.float64]:
    """Presentation times (N,) in s of the packets that will be shown, in rising order."""
    times: list[float] = []
    try:
        for packet in container.demux(stream):
            if packet.size and not packet.is_discard and not packet.is_corrupt:
                stamp = packet.pts if packet.pts is not None else packet.dts
                times.append(float(stamp * packet.time_base) if stamp is not None else float("nan"))
    except av.error.FFmpegError:
        pass  # a damaged tail: what was seen counts
    known = np.asarray(times, dtype=np.float64)
    if np.isnan(known).any():
        known = np.arange(len(known)) / float(stream.average_rate or 30)
    return np.sort(known)


def _display_matrix(frame: av.VideoFrame) -> tuple[float, float, float, float]:
    """a, b, c, d of the picture's own turn: stored (x, y) is shown at (a x + c y, b x + d y)."""
    data: Any = frame.side_data.get(SideData.DISPLAYMATRIX)  # type: ignore[call-overload]
    if data is None:
        return 1.0, 0.0, 0.0, 1.0
    m = np.frombuffer(bytes(data), dtype=np.int32)[:9] / 65536.0
    return float(m[0]), float(m[1]), float(m[3]), float(m[4])


def _tone_curve(transfer: str) -> Rgb:
    """(256,) uint8: HDR code value to a plain SDR one, by the transfer's light and a soft shoulder.

    Sources: SMPTE ST 2084 (PQ), ITU-R BT.2100 (HLG); reference white 203 cd/m² (BT.2408).
    """
    v = np.linspace(0, 1, 256)
    if transfer == "pq":
        m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
        p = v ** (1 / m2)
        light = 10000 / 203 * (np.maximum(p - c1, 0) / (c2 - c3 * p)) ** (1 / m1)
    else:
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        scene = np.where(v <= 0.5, v**2 / 3, (np.exp((v - c) / a) + b) / 12)
        light = scene**1.2 * 1000 / 203
    shown = light * (1 + light / 16) / (1 + light)  # white at four times reference white
    return np.asarray(np.clip(255 * np.clip(shown, 0, 1) ** (1 / 2.2) + 0.5, 0, 255), np.uint8)


def _of_system(kind: type[ClipUnreadable | OutputError], file: str, error: Exception) -> DorsiError:
    """An error of the system, or of a library, as one of Dorsi's."""
    number = getattr(error, "errno", None)
    if number == errno.ENOSPC:
        return OutputError("disk_full", target=file)
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return kind("file_not_permitted", file=file)
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return kind("file_unusable", file=file, why=why)
