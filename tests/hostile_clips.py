"""Files that pretend to be clips, or are clips that no phone makes; written by code, each in a moment.

`HOSTILE` maps a name to a function that writes the file into a folder and returns its path. Some point to a
file (`canary`) or an address that must not be opened. Not here: tests.
"""

from __future__ import annotations

import gzip
import struct
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np

from tests import clips

__all__ = ["CANARY", "HOSTILE"]

CANARY: Final = "canary.mp4"
"""A whole clip beside the hostile file; whoever shows it has opened another file."""
Writer = Callable[[Path, str], Path]


def _text(text: str, name: str = "clip.mp4") -> Writer:
    def write(folder: Path, address: str) -> Path:
        path = folder / name
        filled = text.replace("ADDRESS", address).replace("CANARY", str((folder / CANARY).absolute()))
        path.write_text(filled, encoding="utf-8")
        return path

    return write


def _bytes(data: bytes, name: str = "clip.mp4") -> Writer:
    def write(folder: Path, _address: str) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return write


def _patched(change: Callable[[bytearray], None], **how: object) -> Writer:
    """A whole clip with some of its bytes changed."""

    def write(folder: Path, _address: str) -> Path:
        path = clips.encode(folder / "clip.mp4", frames=6, **how)  # type: ignore[arg-type]
        data = bytearray(path.read_bytes())
        change(data)
        path.write_bytes(data)
        return path

    return write


def _put(mark: bytes, offset: int, what: bytes) -> Callable[[bytearray], None]:
    def change(data: bytearray) -> None:
        at = data.index(mark) + offset
        data[at : at + len(what)] = what

    return change


def _pattern(folder: Path, _address: str) -> Path:
    """A name that FFmpeg takes for a row of pictures."""
    path = folder / "%03d.mp4"
    path.write_bytes(b"")
    path.write_text("not a clip", encoding="utf-8")
    for n in range(3):
        clips.encode(folder / f"{n:03d}.mp4", frames=2)
    return path


def _sizes(folder: Path, _address: str) -> Path:
    """The picture changes its size in mid-clip: two clips of one codec, one after the other, as a stream."""
    parts = [
        clips.encode(folder / f"{n}.ts", frames=4, size_px=size).read_bytes()
        for n, size in enumerate(((96, 64), (128, 96)))
    ]
    path = folder / "clip.ts"
    path.write_bytes(b"".join(parts))
    return path


def _long(folder: Path, _address: str) -> Path:
    """Ten hours in a few kB: one picture an hour."""
    return clips.encode(folder / "clip.mp4", times_s=[3600.0 * n for n in range(10)])


def _slow(folder: Path, _address: str) -> Path:
    """Twenty minutes of one picture in fifteen seconds: no gap, but far too long."""
    return clips.encode(folder / "clip.mp4", times_s=[15.0 * n for n in range(80)])


def _wide(folder: Path, _address: str) -> Path:
    return clips.encode(folder / "clip.mp4", frames=1, size_px=(9000, 64))


def _huge(folder: Path, _address: str) -> Path:
    """A header of 16000 x 16000 px over small pictures."""
    path = clips.encode(folder / "clip.mp4", frames=2)
    data = bytearray(path.read_bytes())
    at = data.index(b"stsd") + 44  # width and height of the sample entry
    data[at : at + 4] = struct.pack(">HH", 16000, 16000)
    path.write_bytes(data)
    return path


def _aspect(aspect: Fraction) -> Writer:
    def write(folder: Path, _address: str) -> Path:
        return clips.encode(folder / "clip.mp4", frames=3, aspect=aspect)

    return write


def _cut(part: float) -> Writer:
    def write(folder: Path, _address: str) -> Path:
        source = clips.encode(folder / "whole.mp4", frames=8)
        return clips.cut(source, folder / "clip.mp4", part)

    return write


def _zip(folder: Path, _address: str) -> Path:
    path = folder / "clip.mp4"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../evil.mp4", "x" * 1000)
    return path


def _random(seed: int, head: bytes = b"") -> Writer:
    def write(folder: Path, _address: str) -> Path:
        noise = np.random.default_rng(seed).integers(0, 256, 20_000, np.uint8).tobytes()
        (folder / "clip.mp4").write_bytes(head + noise)
        return folder / "clip.mp4"

    return write


def _song(cover: bool) -> Writer:
    def write(folder: Path, _address: str) -> Path:
        return clips.audio_only(folder / "clip.mp4", cover=cover)

    return write


def _named(name: str) -> Writer:
    def write(folder: Path, _address: str) -> Path:
        return clips.encode(folder / "clip.mp4", frames=2).rename(folder / name)

    return write


_FTYP: Final = struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 512, b"isom")
_PLAYLIST: Final = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{}\n#EXT-X-ENDLIST\n"
_SVG: Final = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><image href="ADDRESS"/></svg>'
_DASH: Final = (
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet>'
    '<Representation id="1" mimeType="video/mp4"><BaseURL>ADDRESS</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>"
)
_NESTED: Final = [struct.pack(">I4s", 8 * n, b"moov") for n in range(400, 0, -1)]
HOSTILE: Final[dict[str, Writer]] = {
    "playlist-of-a-file": _text(_PLAYLIST.format("CANARY")),
    "playlist-of-an-address": _text(_PLAYLIST.format("ADDRESS")),
    "playlist-with-its-own-ending": _text(_PLAYLIST.format("CANARY"), "clip.m3u8"),
    "concat-script": _text("ffconcat version 1.0\nfile 'CANARY'\n"),
    "concat-of-an-address": _text("ffconcat version 1.0\nfile 'ADDRESS'\n"),
    "sdp": _text("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"),
    "dash": _text(_DASH),
    "svg": _text(_SVG),
    "pattern": _pattern,
    "html": _text("<!doctype html><script>alert(1)</script><video src='ADDRESS'>"),
    "words": _text("This is no clip. " * 300),
    "subtitles": _text("1\n00:00:01,000 --> 00:00:02,000\nhello\n", "clip.srt"),
    "empty": _bytes(b""),
    "one-byte": _bytes(b"\0"),
    "zeros": _bytes(b"\0" * 100_000),
    "png": _bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 200),
    "gif": _bytes(b"GIF89a\x10\0\x10\0\0\0\0;" * 4),
    "gzip": _bytes(gzip.compress(b"\0" * 1_000_000)),
    "zip": _zip,
    "noise": _random(1),
    "noise-behind-a-head": _random(2, _FTYP),
    "head-alone": _bytes(_FTYP),
    "box-of-four-gigabytes": _bytes(_FTYP + struct.pack(">I4s", 0xFFFFFFFF, b"moov") + b"\0" * 64),
    "box-of-sixteen-exabytes": _bytes(_FTYP + struct.pack(">I4sQ", 1, b"moov", 2**64 - 1) + b"\0" * 64),
    "boxes-in-boxes": _bytes(_FTYP + b"".join(_NESTED)),
    "cut-at-a-tenth": _cut(0.1),
    "cut-in-half": _cut(0.5),
    "unknown-codec": _patched(_put(b"stsd", 16, b"zzzz")),
    "million-samples": _patched(_put(b"stsz", 12, struct.pack(">I", 0x7FFFFFFF))),
    "no-time-scale": _patched(_put(b"mdhd", 16, b"\0\0\0\0")),
    "endless-duration": _patched(_put(b"mvhd", 20, b"\xff\xff\xff\xff")),
    "broken-avcc": _patched(_put(b"avcC", 4, b"\xff" * 12)),
    "pixels-225-to-1": _aspect(Fraction(225, 1)),
    "pixels-1-to-65535": _aspect(Fraction(1, 65535)),
    "sixteen-thousand-square": _huge,
    "nine-thousand-wide": _wide,
    "ten-hours": _long,
    "twenty-minutes": _slow,
    "size-changes": _sizes,
    "song": _song(False),
    "song-with-a-cover": _song(True),
    "controls-in-its-name": _named("a\x1b[31m\n;rm -rf.mp4"),
    "option-for-a-name": _named("-i.mp4"),
    "protocol-for-a-name": _named("file:clip.mp4"),
}  # fmt: skip
