"""Reading clips: codecs, depth, true times, turns, trims, damage, the decoding thread. Not here: writing."""

from __future__ import annotations

import itertools
import threading
import weakref
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from dorsi.errors import ClipEmpty, ClipMissing, ClipUnreadable
from dorsi.types import ClipInfo, Frame
from dorsi.video import FrameReader, probe
from tests import clips
from tests.without_rights import read_only

B_FRAMES = {"preset": "medium", "bf": "2", "b-adapt": "0"}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve frames at 30 fps, H.264 with B-frames."""
    return clips.encode(tmp_path_factory.mktemp("plain") / "plain.mp4", options=B_FRAMES)


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty frames whose index lies first, so that a copy broken off still opens."""
    path = tmp_path_factory.mktemp("fast") / "fast.mp4"
    return clips.encode(path, frames=20, movflags="faststart", options=B_FRAMES)


def _read(
    path: Path, *, prefetch: int = 0, max_side_px: int | None = None, every: int = 1
) -> tuple[list[int], list[float], bool]:
    """Frame numbers seen in the pictures, their times, and whether the clip was cut."""
    with FrameReader(path, prefetch=prefetch, max_side_px=max_side_px, every=every) as reader:
        seen = [(clips.index_of(frame.rgb), frame.time_s) for frame in reader]
    return [k for k, _ in seen], [t for _, t in seen], reader.truncated


def _line(error: pytest.ExceptionInfo[ClipUnreadable]) -> str:
    """The message, after checking that it is one line."""
    text = str(error.value)
    assert "\n" not in text and text.endswith(".")
    return text


@pytest.mark.parametrize(
    ("codec", "pixel_format", "ending", "name", "bits"),
    [
        ("libx264", "yuv420p", "mp4", "h264", 8),
        ("libx264", "yuv420p10le", "mkv", "h264", 10),
        ("libx265", "yuv420p", "mov", "hevc", 8),
        ("libx265", "yuv420p10le", "mp4", "hevc", 10),
        ("libvpx-vp9", "yuv420p", "webm", "vp9", 8),
        ("libsvtav1", "yuv420p10le", "mp4", "av1", 10),
        ("mpeg4", "yuv420p", "mp4", "mpeg4", 8),
        ("mpeg4", "yuv420p", "avi", "mpeg4", 8),
    ],
)
def test_every_codec_gives_every_frame_in_order(
    tmp_path: Path, codec: str, pixel_format: str, ending: str, name: str, bits: int
) -> None:
    path = clips.encode(tmp_path / f"clip.{ending}", codec=codec, pixel_format=pixel_format)
    info = probe(path)
    assert (info.codec, info.pixel_format, info.bit_depth, info.hdr) == (name, pixel_format, bits, False)
    assert (info.width_px, info.height_px, info.frame_count) == (96, 64, 12)
    order, times, truncated = _read(path)
    assert order == list(range(12))
    assert times == pytest.approx([k / 30 for k in range(12)], abs=1.1e-3)  # WebM counts in ms
    assert not truncated


@pytest.mark.parametrize("rate_hz", [24.0, 25.0, 60_000 / 1001, 120.0, 240.0])
def test_frame_rates_are_told(tmp_path: Path, rate_hz: float) -> None:
    path = clips.encode(tmp_path / "clip.mp4", rate_hz=rate_hz, frames=9)
    info = probe(path)
    assert info.frame_rate_hz == pytest.approx(rate_hz, rel=1e-3)
    assert info.duration_s == pytest.approx(9 / rate_hz, rel=1e-3)
    assert not info.variable_frame_rate
    assert _read(path)[1] == pytest.approx([k / rate_hz for k in range(9)], abs=2e-5)


def test_a_varying_rate_keeps_its_true_times(tmp_path: Path) -> None:
    times = [0.0, 0.02, 0.1, 0.11, 0.4, 0.45, 0.7]
    path = clips.encode(tmp_path / "vfr.mp4", times_s=times, options=B_FRAMES)
    assert probe(path).variable_frame_rate
    order, seen_s, _ = _read(path)
    assert order == list(range(7))
    assert seen_s == pytest.approx(times, abs=2e-5)


def test_a_late_start_begins_at_zero(tmp_path: Path) -> None:
    path = clips.encode(tmp_path / "late.mp4", times_s=[0.5 + k / 30 for k in range(6)], options=B_FRAMES)
    assert _read(path)[1] == pytest.approx([k / 30 for k in range(6)], abs=2e-5)


def test_frames_hidden_by_an_edit_list_are_not_shown_nor_missed(plain: Path, tmp_path: Path) -> None:
    path = clips.trimmed(plain, tmp_path / "trimmed.mp4", 4 / 30)
    order, times, truncated = _read(path)
    assert order == list(range(4, 12))
    assert times == pytest.approx([k / 30 for k in range(8)], abs=2e-5)
    assert not truncated
    assert probe(path).frame_count == 8


class StuckReader(FrameReader):
    """A decoder that gives stamps twice, and one frame without."""

    def _decoded(self, *args: Any) -> Iterator[av.VideoFrame]:
        for index, frame in enumerate(super()._decoded(*args)):
            frame.pts = None if index == 8 else -900 if index < 3 else frame.pts
            yield frame


def test_repeated_stamps_still_rise(plain: Path) -> None:
    with StuckReader(plain) as reader:
        times = [frame.time_s for frame in reader]
    assert times[0] == 0.0
    assert np.all(np.diff(times) > 0)
    assert times[1] == pytest.approx(1e-3)


@pytest.mark.parametrize(
    ("turn", "corner", "rotation_deg", "mirrored"),
    [
        ("0", "top left", 0, False),
        ("90", "top right", 90, False),
        ("180", "bottom right", 180, False),
        ("270", "bottom left", 270, False),
        ("left-right", "top right", 0, True),
        ("upside-down", "bottom left", 180, True),
        ("transpose", "top left", 270, True),
        ("transverse", "bottom right", 90, True),
    ],
)
def test_upright(
    plain: Path, tmp_path: Path, turn: str, corner: str, rotation_deg: int, mirrored: bool
) -> None:
    path = clips.turned(plain, tmp_path / "turned.mp4", clips.MATRICES[turn])
    with FrameReader(path) as reader:
        rgb = next(iter(reader)).rgb
    lying = rotation_deg in (90, 270)
    assert rgb.shape == ((96, 64, 3) if lying else (64, 96, 3))
    assert rgb.flags.c_contiguous
    y, x = np.argwhere(rgb[:, :, 0] > 200).mean(axis=0)
    half_y, half_x = rgb.shape[0] / 2, rgb.shape[1] / 2
    assert f"{'top' if y < half_y else 'bottom'} {'left' if x < half_x else 'right'}" == corner
    info = probe(path)
    assert (info.rotation_deg, info.mirrored) == (rotation_deg, mirrored)
    assert (info.width_px, info.height_px) == rgb.shape[1::-1]


def test_odd_sizes(tmp_path: Path) -> None:
    path = clips.encode(tmp_path / "odd.mp4", pixel_format="yuv444p", size_px=(97, 65))
    assert _read(path)[0] == list(range(12))
    assert (probe(path).width_px, probe(path).height_px) == (97, 65)


@pytest.mark.parametrize(("aspect", "size_px"), [(Fraction(4, 3), (128, 64)), (Fraction(3, 4), (96, 85))])
def test_pixels_come_out_square(tmp_path: Path, aspect: Fraction, size_px: tuple[int, int]) -> None:
    info = probe(clips.encode(tmp_path / "wide.mp4", aspect=aspect))
    assert (info.width_px, info.height_px) == size_px


@pytest.mark.parametrize("transfer", [16, 18])
def test_hdr_gives_a_sane_picture(tmp_path: Path, transfer: int) -> None:
    """Code values 24..216 of 255 must stay in order, mid tones visible, white not clipped away."""
    path = clips.encode(
        tmp_path / "hdr.mp4",
        codec="libx265",
        pixel_format="yuv420p10le",
        transfer=transfer,
        make=lambda index, width, height: np.full((height, width, 3), 24 + 48 * index, np.uint8),
        frames=5,
    )
    info = probe(path)
    assert (info.hdr, info.bit_depth) == (True, 10)
    with FrameReader(path) as reader:
        levels = [float(frame.rgb.mean()) for frame in reader]
    assert np.all(np.diff(levels) > 5)
    assert 60 < levels[2] < 200
    assert levels[4] > 200


def test_sound_is_ignored(tmp_path: Path) -> None:
    path = clips.encode(tmp_path / "sound.mp4", audio=True)
    assert _read(path)[0] == list(range(12))
    assert probe(path).frame_count == 12


@pytest.mark.parametrize(("frames", "duration_s"), [(1, 0.0), (9, 0.3)])
def test_very_short_clips_are_clips(tmp_path: Path, frames: int, duration_s: float) -> None:
    path = clips.encode(tmp_path / "short.mp4", frames=frames)
    assert probe(path).duration_s == pytest.approx(duration_s, abs=1e-4)
    assert _read(path)[0] == list(range(frames))


def test_every_and_max_side(plain: Path) -> None:
    with FrameReader(plain, every=5, max_side_px=48) as reader:
        got = [(frame.index, clips.index_of(frame.rgb), frame.rgb.shape) for frame in reader]
    assert got == [(k, k, (32, 48, 3)) for k in (0, 5, 10)]
    assert reader.scale == 0.5
    assert reader.frames_read == len(reader.times_s) == 12


@pytest.mark.parametrize("part", [0.9, 0.95, 0.999])
def test_a_tail_cut_off_loses_only_the_tail(fast: Path, tmp_path: Path, part: float) -> None:
    path = clips.cut(fast, tmp_path / "cut.mp4", part)
    order, times, truncated = _read(path)
    assert truncated
    assert 5 < len(order) < 20
    assert len(order) == probe(path).frame_count
    assert order[:5] == list(range(5))
    assert np.all(np.diff(times) > 0)
    assert not _read(fast)[2]


def test_a_webm_cut_off_is_noticed(tmp_path: Path) -> None:
    whole = clips.encode(
        tmp_path / "whole.webm", codec="libvpx-vp9", rate_hz=10, frames=20, options={"g": "4"}
    )
    assert not _read(whole)[2]
    order, _, truncated = _read(clips.cut(whole, tmp_path / "cut.webm", 0.6))
    assert truncated
    assert order == list(range(len(order)))
    assert 2 < len(order) < 20


class _TornContainer:
    """Hands out the first packets of a clip, then the reading breaks."""

    def __init__(self, inner: av.container.InputContainer, packets: int) -> None:
        self._inner, self._packets = inner, packets
        self.format, self.close = inner.format, inner.close

    def demux(self, stream: av.VideoStream) -> Iterator[av.Packet[av.VideoStream]]:
        yield from itertools.islice(self._inner.demux(stream), self._packets)
        raise av.error.OSError(5, "Input/output error")


@pytest.mark.parametrize("packets", [6, 9])
def test_a_reading_error_gives_what_the_decoder_still_holds(fast: Path, packets: int) -> None:
    with FrameReader(fast) as reader:
        assert reader._container is not None
        reader._container = _TornContainer(reader._container, packets)  # type: ignore[assignment]  # a stand-in
        order = [clips.index_of(frame.rgb) for frame in reader]
    assert reader.truncated
    assert len(order) == packets
    assert reader.times_s == pytest.approx([k / 30 for k in order], abs=2e-5)


def test_damage_in_the_middle_is_survived(tmp_path: Path) -> None:
    path = clips.encode(tmp_path / "hurt.mp4", codec="mpeg4", frames=20, options={"g": "1"})
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        entry = list(container.streams.video[0].index_entries)[9]
    data[entry.pos : entry.pos + entry.size] = bytes(entry.size)
    path.write_bytes(data)
    order, times, truncated = _read(path)
    assert truncated
    assert order[:9] == list(range(9)) and order[-10:] == list(range(10, 20))
    assert np.all(np.diff(times) > 0)


def _broken(kind: str, folder: Path, plain: Path, fast: Path) -> Path:
    path = folder / "clip.mp4"
    match kind:
        case "missing":
            pass
        case "folder":
            path.mkdir()
        case "empty":
            path.touch()
        case "no pictures":
            data = fast.read_bytes()
            path.write_bytes(data[: data.index(b"mdat") + 4])
        case "text":
            path.write_text("not a film\n" * 200)
        case "text.txt":
            path = folder / "clip.txt"
            path.write_text("not a film\n" * 200)
        case "playlist":
            (folder / "other.mp4").write_bytes(plain.read_bytes())
            path.write_text("ffconcat version 1.0\nfile other.mp4\n")
        case "no index":
            clips.cut(plain, path, 0.5)
        case "sound only":
            clips.audio_only(path)
        case "cover art":
            clips.audio_only(path, cover=True)
        case "long name":
            path = folder / ("x" * 300 + ".mp4")
    return path


@pytest.mark.parametrize(
    ("kind", "error", "says"),
    [
        ("missing", ClipMissing, "Check the path"),
        ("folder", ClipMissing, "Name the clips in it"),
        ("empty", ClipEmpty, "Copy the clip from the phone again"),
        ("no pictures", ClipEmpty, "Copy the clip from the phone again"),
        ("text", ClipUnreadable, "Export it again"),
        ("text.txt", ClipUnreadable, "Export it again"),
        ("playlist", ClipUnreadable, "Export it again"),
        ("no index", ClipUnreadable, "Export it again"),
        ("sound only", ClipUnreadable, "Film a video"),
        ("cover art", ClipUnreadable, "Film a video"),
        ("long name", ClipUnreadable, "Try again elsewhere"),
    ],
)
def test_what_is_no_clip_is_refused_in_one_line(
    tmp_path: Path, plain: Path, fast: Path, kind: str, error: type[ClipUnreadable], says: str
) -> None:
    path = _broken(kind, tmp_path, plain, fast)
    with pytest.raises(ClipUnreadable) as caught:
        probe(path)
    assert caught.type is error
    assert _line(caught).startswith(f"{path.name}: ")
    assert says in _line(caught)


def test_cover_art_is_there_at_all(tmp_path: Path) -> None:
    with av.open(str(clips.audio_only(tmp_path / "song.mp4", cover=True))) as container:
        assert len(container.streams.video) == 1


def test_a_clip_without_leave_to_read_says_so(plain: Path, apart: Path) -> None:
    clip = apart / "closed.mp4"
    clip.write_bytes(plain.read_bytes())
    clip.chmod(0)
    with read_only(apart), pytest.raises(ClipUnreadable) as caught:
        probe(clip)
    assert "Check the rights" in _line(caught)


def test_a_colon_in_the_name_is_no_protocol(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("12:30.mp4").write_bytes(plain.read_bytes())
    assert probe(Path("12:30.mp4")).frame_count == 12


def test_the_current_folder_has_a_name() -> None:
    with pytest.raises(ClipMissing) as caught:
        probe(Path())
    assert _line(caught).startswith(".: ")


def _decoders() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "dorsi-decode"]


def test_reading_ahead_gives_the_same_frames(plain: Path) -> None:
    with FrameReader(plain) as straight, FrameReader(plain, prefetch=3) as ahead:
        for one, two in itertools.zip_longest(straight, ahead):
            assert (one.index, one.time_s) == (two.index, two.time_s)
            assert np.array_equal(one.rgb, two.rgb)
    assert ahead.frames_read == straight.frames_read == 12
    assert ahead.times_s == straight.times_s
    assert not _decoders()


class BrokenReader(FrameReader):
    """Fails after its first frame."""

    def _frames(self, *_: object) -> Iterator[Frame]:
        yield Frame(0, 0.0, clips.picture(0))
        raise MemoryError("no room")


def test_errors_of_the_decoding_thread_are_raised(plain: Path) -> None:
    with BrokenReader(plain, prefetch=2) as reader, pytest.raises(MemoryError, match="no room"):
        list(reader)
    assert not _decoders()


@pytest.mark.parametrize("prefetch", [0, 1, 4])
def test_leaving_early_ends_the_thread(plain: Path, prefetch: int) -> None:
    def leave() -> None:
        with FrameReader(plain, prefetch=prefetch) as reader:
            for frame in reader:
                if frame.index == 2:
                    raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        leave()
    assert not _decoders()


@pytest.mark.parametrize("prefetch", [0, 2])
def test_frames_are_not_collected(fast: Path, prefetch: int) -> None:
    alive: list[weakref.ref[clips.Rgb]] = []
    most = 0
    with FrameReader(fast, prefetch=prefetch) as reader:
        for frame in reader:
            alive.append(weakref.ref(frame.rgb))
            most = max(most, sum(ref() is not None for ref in alive))
    assert len(alive) == 20
    assert most <= 2  # this frame and the one before it


def test_only_the_frames_asked_for(plain: Path) -> None:
    with FrameReader(plain, every=2, only={4, 5, 8}) as reader:
        assert [frame.index for frame in reader] == [4, 8]
    assert reader.frames_read == 12


def test_used_wrongly(plain: Path) -> None:
    with pytest.raises(RuntimeError, match="context manager"):
        iter(FrameReader(plain))
    with FrameReader(plain) as reader, pytest.raises(RuntimeError, match="no frame"):
        _ = reader.conversion


def test_info_is_of_the_path_given(plain: Path) -> None:
    info = probe(plain)
    assert isinstance(info, ClipInfo)
    assert info.path == plain
