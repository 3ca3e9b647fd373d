"""The real `dorsi` command when things go wrong: one clear line, the right code, nothing half-written."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from typer.testing import CliRunner

import dorsi
from dorsi.cli import app

pytestmark = pytest.mark.slow

COMMAND = (sys.executable, "-m", "dorsi", "measure")
ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(dorsi.__file__).parents[1])}
Ended = subprocess.CompletedProcess[str]


def run(*arguments: str | Path, setup: Callable[[], None] | None = None) -> Ended:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        timeout=300,
        preexec_fn=setup,
    )


def encode(path: Path, frames: int, *, audio: bool = False, noisy: bool = False) -> Path:
    """A small H.264 clip of a moving bar, with noise on it when `noisy`, or one second of silence."""
    noise = np.random.default_rng(0)
    with av.open(str(path), "w", options={"movflags": "faststart"}) as file:
        if audio:
            sound = file.add_stream("aac", rate=44100)
            samples = av.AudioFrame.from_ndarray(np.zeros((1, 44100), np.float32), "fltp", "mono")
            samples.sample_rate = 44100
            for packet in [*sound.encode(samples), *sound.encode(None)]:
                file.mux(packet)
            return path
        stream = file.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 320, 480, "yuv420p"
        for number in range(frames):
            picture = np.full((480, 320, 3), 90, np.uint8)
            picture[:, number % 300 : number % 300 + 20] = 200
            if noisy:
                picture += noise.integers(0, 55, picture.shape, np.uint8)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        file.mux(stream.encode(None))
    return path


def assert_one_line(ended: Ended, code: int, name: str) -> None:
    assert ended.returncode == code, ended.stderr
    lines = ended.stderr.splitlines()
    assert len(lines) == 1, ended.stderr
    assert lines[0].startswith(f"dorsi: {name}: ")
    assert not lines[0].startswith(f"dorsi: {name}: {name}"), "the name is said once"
    # What is wrong, and what to do about it.
    assert lines[0].endswith(".")
    assert "Errno" not in lines[0]
    assert "Traceback" not in lines[0]


def unreadable(folder: Path) -> dict[str, Path]:
    """A path for each kind of clip that cannot be read."""
    kinds = {kind: folder / f"{kind.replace(' ', '_')}.mp4" for kind in UNREADABLE}
    kinds["folder"].mkdir()
    kinds["empty"].touch()
    kinds["text"].write_text("Dear diary, today I filmed my ankle.\n" * 40)
    encode(kinds["audio only"], 0, audio=True)
    whole = encode(folder / "whole.mp4", 30).read_bytes()
    kinds["cut in its header"].write_bytes(whole[: whole.find(b"moov") + 60])
    kinds["zeros"].write_bytes(bytes(4096))
    return kinds


UNREADABLE = ("missing", "folder", "empty", "text", "audio only", "cut in its header", "zeros")


@pytest.mark.parametrize("kind", UNREADABLE)
def test_unreadable(tmp_path: Path, kind: str) -> None:
    clip = unreadable(tmp_path)[kind]
    out = tmp_path / "out"
    if kind == "zeros":
        ended = run(clip, "--out", out)
    else:
        # In this process: the program's start is the same for all, and slow.
        found = CliRunner().invoke(app, ["measure", str(clip), "--out", str(out)])
        ended = Ended([], found.exit_code, found.stdout, found.stderr)
    assert_one_line(ended, 4, clip.name)
    assert ended.stdout == ""
    assert not out.exists()


def test_unreadable_clips_in_a_row_as_json(tmp_path: Path) -> None:
    clips = unreadable(tmp_path).values()
    ended = run(*clips, "--json", "--out", tmp_path / "out")
    assert ended.returncode == 4
    assert [document["status"] for document in json.loads(ended.stdout)] == ["error"] * len(UNREADABLE)
    assert len(ended.stderr.splitlines()) == len(UNREADABLE)


def test_too_short_is_a_result(tmp_path: Path) -> None:
    clips = [encode(tmp_path / f"{frames}.mp4", frames) for frames in (1, 9)]
    ended = run(*clips, "--out", tmp_path / "out", "--json", "--model", "full")
    assert ended.returncode == 3
    # A machine that is slow also says how far it is.
    told = [line.split(": ")[1] for line in ended.stderr.splitlines() if line.startswith("dorsi: ")]
    assert told == ["1.mp4", "9.mp4"]
    for report in json.loads(ended.stdout):
        assert report["status"] == "not_measurable"
        assert "too_short" in [reason["code"] for reason in report["reasons"]]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["1", "9"]
    assert all((tmp_path / "out" / name / "report.html").exists() for name in "19")


def test_a_truncated_tail_is_measured_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = encode(tmp_path / "whole.mp4", 60).read_bytes()
    clip = tmp_path / "cut.mp4"
    clip.write_bytes(whole[: len(whole) * 2 // 3])
    ended = run(clip, "--out", tmp_path / "out", "--json", "--no-video", "--model", "full")
    # There is nobody in the picture, but what decodes was looked at.
    assert_one_line(ended, 3, "cut.mp4")
    report = json.loads(ended.stdout)
    assert 0 < report["clip"]["frame_count"] < 60


def test_the_clip_is_not_touched_where_names_collide(tmp_path: Path) -> None:
    bare = encode(tmp_path / "lunge.mp4", 9).rename(tmp_path / "lunge")
    before = bare.read_bytes()
    ended = run(bare, "--out", tmp_path)
    assert_one_line(ended, 4, "lunge")
    assert bare.read_bytes() == before


def test_out_that_cannot_be_written(tmp_path: Path) -> None:
    clip = encode(tmp_path / "lunge.mp4", 9)
    for out in ("/proc/nowhere", str(clip)):
        ended = run(clip, "--out", out)
        assert ended.returncode == 4
        assert len(ended.stderr.splitlines()) == 1
        assert "cannot be written" in ended.stderr
        assert "--out" in ended.stderr


def test_a_disk_that_fills_up_while_writing(tmp_path: Path) -> None:
    """A limit on file size fails the way a full disk does: in the middle of a write."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    # Its video, drawn on, is larger than that; nobody is in it, which is quickly seen.
    clip = encode(tmp_path / "noise.mp4", 12, noisy=True)
    ended = run(clip, "--out", tmp_path / "out", "--model", "full", setup=limit)
    assert ended.returncode == 4, ended.stderr
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    assert "cannot be written" in ended.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_in_the_middle(tmp_path: Path, samples: Path, number: signal.Signals, code: int) -> None:
    out = tmp_path / "out"
    arguments = [*COMMAND, str(samples / "standing_lunge.mp4"), "--out", str(out)]
    with subprocess.Popen(
        arguments, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        until = time.monotonic() + 120
        while not list(out.glob(".standing_lunge.partial-*")) and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(1.0)
        assert process.poll() is None, process.communicate()
        process.send_signal(number)
        told = process.communicate(timeout=60)
    assert process.returncode == code
    assert told == ("", "dorsi: stopped. Nothing half-written was left behind.\n")
    assert not out.exists()
