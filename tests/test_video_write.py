"""Writing the annotated video: format, times, size, and nothing left behind. Not here: the drawing."""

from __future__ import annotations

import errno
from pathlib import Path

import av
import numpy as np
import pytest

from dorsi.errors import OutputError
from dorsi.video import FrameReader, VideoWriter, probe
from tests import clips

TIMES_S = [0.0, 0.02, 0.1, 0.11, 0.4, 0.45]


def _write(
    path: Path, times_s: list[float], size_px: tuple[int, int] = (96, 64), rate_hz: float = 30.0
) -> Path:
    with VideoWriter(path, *size_px, rate_hz) as writer:
        for index, time_s in enumerate(times_s):
            writer.write(clips.picture(index, *size_px), time_s)
    return path


def test_pictures_and_times_come_back(tmp_path: Path) -> None:
    path = _write(tmp_path / "out.mp4", TIMES_S)
    with FrameReader(path) as reader:
        frames = [(clips.index_of(frame.rgb), frame.time_s) for frame in reader]
    assert [k for k, _ in frames] == list(range(6))
    assert [t for _, t in frames] == pytest.approx(TIMES_S, abs=2e-5)
    assert not reader.truncated


@pytest.mark.parametrize("rate_hz", [24.0, 60_000 / 1001, 240.0])
@pytest.mark.parametrize("uneven", [False, True])
def test_the_header_states_the_whole_length(tmp_path: Path, rate_hz: float, uneven: bool) -> None:
    times_s = [(k + 2 * (uneven and k % 3 == 1)) / rate_hz for k in range(0, 40, 4)]
    path = _write(tmp_path / "out.mp4", times_s, rate_hz=rate_hz)
    with av.open(str(path)) as container:
        assert container.duration is not None
        assert container.duration / 1e6 == pytest.approx(times_s[-1] + 1 / rate_hz, abs=1e-3)


def test_players_everywhere_can_show_it(tmp_path: Path) -> None:
    path = _write(tmp_path / "out.mp4", TIMES_S)
    info = probe(path)
    assert (info.codec, info.pixel_format, info.hdr, info.rotation_deg) == ("h264", "yuv420p", False, 0)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_colours_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with VideoWriter(path, 96, 64) as writer:
        writer.write(np.full((64, 96, 3), (200, 60, 30), np.uint8), 0.0)
    with FrameReader(path) as reader:
        rgb = next(iter(reader)).rgb
    assert rgb.mean(axis=(0, 1)) == pytest.approx([200, 60, 30], abs=6)


def test_odd_sizes_become_even(tmp_path: Path) -> None:
    info = probe(_write(tmp_path / "out.mp4", TIMES_S, (97, 65)))
    assert (info.width_px, info.height_px) == (96, 64)


def test_stamps_that_do_not_rise_are_moved_on(tmp_path: Path) -> None:
    path = _write(tmp_path / "out.mp4", [0.0, 0.1, 0.1, 0.05, 0.2])
    with FrameReader(path) as reader:
        times = [frame.time_s for frame in reader]
    assert len(times) == 5
    assert np.all(np.diff(times) > 0)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("frames", [0, 1, 5])
def test_nothing_is_left_after_an_error(tmp_path: Path, error: type[BaseException], frames: int) -> None:
    path = tmp_path / "out.mp4"

    def stop() -> None:
        with VideoWriter(path, 96, 64) as writer:
            for index in range(frames):
                writer.write(clips.picture(index), index / 30)
            raise error

    with pytest.raises(error):
        stop()
    assert not list(tmp_path.iterdir())


def test_no_picture_no_file(tmp_path: Path) -> None:
    _write(tmp_path / "out.mp4", [])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("where", ["missing folder", "a folder itself"])
def test_an_unwritable_path_is_told_in_one_line(tmp_path: Path, where: str) -> None:
    path = tmp_path / "none" / "out.mp4" if where == "missing folder" else tmp_path / "out.mp4"
    if where == "a folder itself":
        path.mkdir()
    with pytest.raises(OutputError, match=r"^out\.mp4: [^\n]+\.$"), VideoWriter(path, 96, 64):
        pytest.fail("must refuse before the first picture")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.symlink_to("/dev/full")
    with pytest.raises(OutputError, match=r"^out\.mp4 cannot be written: the disk is full\. Make room\.$"):
        _write(path, TIMES_S)


class _FullDisk:
    """An encoder whose file does not grow any more."""

    def encode(self, _: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("good_frames", [0, 3])
def test_a_disk_that_fills_up_leaves_nothing(tmp_path: Path, good_frames: int) -> None:
    def fill() -> None:
        with VideoWriter(tmp_path / "out.mp4", 96, 64) as writer:
            for index in range(good_frames):
                writer.write(clips.picture(index), index / 30)
            writer._stream = _FullDisk()
            writer.write(clips.picture(good_frames), good_frames / 30)

    with pytest.raises(OutputError, match=r"^out\.mp4 cannot be written: the disk is full\. Make room\.$"):
        fill()
    assert not list(tmp_path.iterdir())


def test_used_wrongly(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="context manager"):
        VideoWriter(tmp_path / "out.mp4", 96, 64).write(clips.picture(0), 0.0)
