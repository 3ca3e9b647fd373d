"""Tiny clips made on the spot: any codec, depth, size, timing, turn or damage a phone's file may have.

Frame i is a plain grey of `grey_of(i)` with a white block in the upper left corner, so that a test can tell
order and turn from the picture. Not here: clips with a person in them (see `samples/`).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
import numpy.typing as npt

Rgb = npt.NDArray[np.uint8]

TIME_BASE: Final = Fraction(1, 90000)
BLOCK_PX: Final = 16
QUIET: Final[dict[str, dict[str, str]]] = {
    "libx264": {"preset": "ultrafast", "crf": "10"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none:pools=1:crf=10"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "crf": "10", "b": "0"},
    "libsvtav1": {"preset": "12", "crf": "10", "svtav1-params": "lp=1"},
    "mpeg4": {"qscale": "2"},
}

MATRICES: Final[dict[str, tuple[int, int, int, int]]] = {
    "0": (1, 0, 0, 1),
    "90": (0, 1, -1, 0),
    "180": (-1, 0, 0, -1),
    "270": (0, -1, 1, 0),
    "left-right": (-1, 0, 0, 1),
    "upside-down": (1, 0, 0, -1),
    "transpose": (0, 1, 1, 0),
    "transverse": (0, -1, -1, 0),
}
"""a, b, c, d of a track header: stored (x, y) is shown at (a x + c y, b x + d y)."""


def grey_of(index: int) -> int:
    """Grey level 0..255 of the ground of frame `index`, for up to 20 frames unique."""
    return 24 + 8 * (index % 20)


def picture(index: int, width_px: int = 96, height_px: int = 64) -> Rgb:
    """(H, W, 3) grey ground, white block at the upper left."""
    rgb = np.full((height_px, width_px, 3), grey_of(index), np.uint8)
    rgb[:BLOCK_PX, :BLOCK_PX] = 255
    return rgb


def index_of(rgb: Rgb) -> int:
    """Which frame a decoded picture was, from the grey at its middle."""
    height, width = rgb.shape[:2]
    middle = rgb[height // 2 - 2 : height // 2 + 3, width // 2 - 2 : width // 2 + 3]
    return round((float(middle.mean()) - grey_of(0)) / 8)


def encode(
    path: Path,
    *,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    size_px: tuple[int, int] = (96, 64),
    frames: int = 12,
    rate_hz: float = 30.0,
    times_s: Sequence[float] | None = None,
    audio: bool = False,
    aspect: Fraction | None = None,
    transfer: int | None = None,
    options: dict[str, str] | None = None,
    movflags: str = "",
    metadata: Mapping[str, str] | None = None,
    make: Callable[[int, int, int], Rgb] = picture,
) -> Path:
    """Write a clip of `frames` pictures, or of one per entry of `times_s`; returns `path`."""
    times_s = [i / rate_hz for i in range(frames)] if times_s is None else times_s
    with av.open(str(path), "w", options={"movflags": movflags} if movflags else {}) as out:
        out.metadata.update(metadata or {})
        # MPEG-4 part 2 holds at most 16 bits of time base.
        base = Fraction(1, 30000) if codec == "mpeg4" else TIME_BASE
        stream: Any = out.add_stream(codec, rate=Fraction(rate_hz).limit_denominator(1001))
        stream.width, stream.height = size_px
        stream.pix_fmt = pixel_format
        stream.options = {**QUIET.get(codec, {}), **(options or {})}
        stream.codec_context.time_base = base
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        if transfer is not None:
            stream.codec_context.color_trc = transfer
            stream.codec_context.color_primaries = 9
            stream.codec_context.colorspace = 9
        if audio:
            _add_silence(out, max(times_s, default=0.1) + 0.1)
        for index, time_s in enumerate(times_s):
            frame = av.VideoFrame.from_ndarray(make(index, *size_px), format="rgb24").reformat(
                format=pixel_format
            )
            frame.pts, frame.time_base = round(time_s / base), base
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def _add_silence(out: Any, duration_s: float) -> None:
    sound = out.add_stream("aac", rate=48000)
    sound.layout = "mono"
    for k in range(max(1, int(duration_s * 48000 / 1024))):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, k * 1024, Fraction(1, 48000)
        out.mux(sound.encode(frame))
    out.mux(sound.encode(None))


def audio_only(path: Path, *, cover: bool = False) -> Path:
    """A song: sound, and with `cover` a still picture marked as attached."""
    with av.open(str(path), "w") as out:
        picture_stream: Any = None
        if cover:
            from av.stream import Disposition

            picture_stream = out.add_stream("mjpeg", rate=1)
            picture_stream.width, picture_stream.height, picture_stream.pix_fmt = 64, 64, "yuvj420p"
            picture_stream.disposition = Disposition.attached_pic
        _add_silence(out, 0.5)
        if cover:
            frame = av.VideoFrame.from_ndarray(picture(3, 64, 64), format="rgb24").reformat(format="yuvj420p")
            out.mux(picture_stream.encode(frame))
            out.mux(picture_stream.encode(None))
    return path


def turned(source: Path, path: Path, matrix: tuple[int, int, int, int]) -> Path:
    """A copy of an MP4 whose track header asks players to turn or mirror it (see MATRICES)."""
    data = bytearray(source.read_bytes())
    # Version 0: tag, flags, made, changed, id, free, length, free x 2, layer, group, volume, free, matrix.
    start = data.index(b"tkhd") + 44
    a, b, c, d = (65536 * v for v in matrix)
    data[start : start + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000)
    path.write_bytes(data)
    return path


def trimmed(source: Path, path: Path, skip_s: float) -> Path:
    """A copy of an MP4 whose edit list starts `skip_s` later, as phones trim without encoding again."""
    data = bytearray(source.read_bytes())
    at = data.index(b"mdhd")
    (scale,) = struct.unpack_from(">I", data, at + 16)
    entry = data.index(b"elst") + 12
    (media,) = struct.unpack_from(">i", data, entry + 4)
    struct.pack_into(">i", data, entry + 4, media + round(skip_s * scale))
    path.write_bytes(data)
    return path


def cut(source: Path, path: Path, part: float) -> Path:
    """The first `part` (0..1) of a file's bytes."""
    data = source.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    return path
