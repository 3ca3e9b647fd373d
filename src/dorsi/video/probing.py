"""What a clip is, and whether it is within the limits, before the long work.

Not here: its frames (`reading.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import av
import av.error
import numpy as np
import numpy.typing as npt

from dorsi.clip_limits import WIDE, ClipLimits
from dorsi.errors import ClipEmpty, ClipUnreadable
from dorsi.types import ClipInfo
from dorsi.video.opening import open_clip
from dorsi.video.reading import FrameReader

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

__all__ = ["probe"]

FIRST_YEAR: Final = 1990
"""No clip was filmed with a phone before."""


def probe(path: Path, limits: ClipLimits = WIDE) -> ClipInfo:
    """What the clip is, from its container, its packets' times and its first frame.

    Raises ClipMissing (no file, or a folder), ClipEmpty (no bytes, no frames), ClipRefused (outside the
    `limits`), ClipUnreadable.
    """
    container, stream = open_clip(path, limits)
    with container:
        times, codec = _packet_times(path.name, container, stream, limits), stream.codec.canonical_name
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


def _check_times(file: str, times_s: npt.NDArray[np.float64], limits: ClipLimits) -> None:
    """Raise ClipRefused on a clip that lasts too long, ClipUnreadable on one whose clock jumps."""
    steps = np.diff(times_s)
    if len(steps) and float(np.max(steps)) > limits.gap_s:
        at = int(np.argmax(steps))
        place = {"gap_s": float(steps[at]), "time_s": float(times_s[at] - times_s[0])}
        raise ClipUnreadable("clip_with_gap", file=file, **place)
    limits.check_duration(file, float(times_s[-1] - times_s[0]))


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


def _packet_times(
    file: str, container: InputContainer, stream: VideoStream, limits: ClipLimits
) -> npt.NDArray[np.float64]:
    """Presentation times (N,) in s of the packets that will be shown, in rising order. Raises ClipRefused."""
    times: list[float] = []
    try:
        for count, packet in enumerate(container.demux(stream)):
            limits.check_frames(file, count)  # at once: a file of allowed bytes may hold a hundred million
            if packet.size and not packet.is_discard and not packet.is_corrupt:
                stamp = packet.pts if packet.pts is not None else packet.dts
                times.append(float(stamp * packet.time_base) if stamp is not None else float("nan"))
    except av.error.FFmpegError:
        pass  # a damaged tail: what was seen counts
    known = np.asarray(times, dtype=np.float64)
    if np.isnan(known).any():
        known = np.arange(len(known)) / float(stream.average_rate or 30)
    return np.sort(known)
