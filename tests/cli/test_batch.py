"""`dorsi batch` and several clips of `dorsi measure` as a person runs them, with real clips.

Not here: what is done anew, summary and page (`tests/workflow/test_batch.py`), clusters
(`tests/test_executors.py`).
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def dorsi(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dorsi", *arguments], cwd=folder, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    folder = tmp_path / "clips"
    (folder / "Ana Lima").mkdir(parents=True)
    shutil.copy(SAMPLES / "heel_lifts.mp4", folder / "Ana Lima" / "right.mp4")
    shutil.copy(SAMPLES / "left_big_toe.mp4", folder / "Eva_toe.mp4")
    (folder / "broken.mp4").write_text("no clip")
    return folder


def test_a_folder_is_measured_once_summed_up_and_kept(clips: Path) -> None:
    here = clips.parent
    before = {file: file.read_bytes() for file in clips.rglob("*.mp4")}
    asked = ("batch", "clips", "--out", "out", "--no-video", "--runner-from", "name", "--store", "s.db")
    ran = dorsi(here, *asked)
    assert ran.returncode == 4, ran.stderr
    assert re.search(r"3 clips in \d+ \w+: 2 measured, 1 failed\.", ran.stdout)
    assert [line for line in ran.stderr.splitlines() if line.startswith("dorsi:")] == [
        "dorsi: broken.mp4: this is not a video that can be read. Export it again as MP4 or MOV.",
    ]
    out = here / "out"
    with (out / "summary.csv").open(newline="", encoding="utf-8") as stream:
        rows = {row["clip"]: row for row in csv.DictReader(stream)}
    assert rows["Ana Lima/right.mp4"]["runner"] == "Ana Lima" and rows["Eva_toe.mp4"]["runner"] == "Eva"
    assert rows["Ana Lima/right.mp4"]["heel_lifted"] == "true" and rows["broken.mp4"]["status"] == "error"
    report = json.loads((out / "Ana Lima-right" / "report.json").read_text(encoding="utf-8"))
    assert report["measurements"]["peak_shin_angle_deg"]["value"] == float(
        rows["Ana Lima/right.mp4"]["value"]
    )
    assert report["clip"]["file"] == "right.mp4"
    assert (out / "summary.parquet").is_file() and "2 of 3 clips" in (out / "batch.html").read_text("utf-8")
    assert "Ana Lima  1" in dorsi(here, "runners", "--store", "s.db").stdout
    made = {file: file.stat().st_mtime_ns for file in out.glob("*/*")}
    again = dorsi(here, *asked)
    assert again.returncode == 4 and "2 measured, 1 failed" in again.stdout
    assert {file: file.stat().st_mtime_ns for file in out.glob("*/*")} == made
    assert {file: file.read_bytes() for file in clips.rglob("*.mp4")} == before


def test_stopped_it_leaves_nothing_half_written_and_goes_on(clips: Path) -> None:
    asked = ("batch", "clips", "--out", "out", "--no-video", "--workers", "1")
    command = [sys.executable, "-m", "dorsi", *asked]
    with subprocess.Popen(command, cwd=clips.parent, stderr=subprocess.PIPE, text=True) as running:
        manifest = clips.parent / "out" / "batch.jsonl"
        while not manifest.exists() or not manifest.read_bytes():
            assert running.poll() is None
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 130
        assert "Nothing half-written" in (running.stderr.read() if running.stderr else "")
    left = {each.name for each in (clips.parent / "out").iterdir()}
    assert not [name for name in left if "partial" in name or name.endswith(".lock")]
    assert 1 <= len(manifest.read_bytes().splitlines()) < 3
    ran = dorsi(clips.parent, *asked)
    assert "3 clips" in ran.stdout and len(manifest.read_bytes().splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("batch", "none", "--out", "out"), "none: there is no such file or folder"),
        (("batch", "empty", "--out", "out"), "no clip is in it"),
        (("batch", "clips", "--out", "out", "--runner-from", "csv"), "is a folder, and only a table"),
        (("batch", "clips", "--out", "out", "--store", "s.db"), "--runner"),
        (
            ("batch", "clips", "--out", "out", "--scheduler", "tcp://127.0.0.1:9"),
            "no scheduler answers there",
        ),
        (("batch", "clips", "--out", "out", "--rules", "nobody"), "nobody"),
    ],
)
def test_a_wrong_call_is_one_line(clips: Path, arguments: tuple[str, ...], said: str) -> None:
    (clips.parent / "empty").mkdir()
    ran = dorsi(clips.parent, *arguments)
    assert ran.returncode == 2, ran.stderr
    assert said in ran.stderr and len(ran.stderr.splitlines()) == 1
    assert not (clips.parent / "out").exists()


def test_several_clips_are_measured_side_by_side_and_told_in_their_order(clips: Path) -> None:
    here = clips.parent
    names = ["clips/Ana Lima/right.mp4", "clips/broken.mp4", "clips/Eva_toe.mp4"]
    ran = dorsi(here, "measure", *names, "--out", "out", "--no-video", "--json")
    assert ran.returncode == 4
    told = json.loads(ran.stdout)
    assert [each["clip"]["file"] for each in told] == ["right.mp4", "broken.mp4", "Eva_toe.mp4"]
    one = dorsi(here, "measure", *names[:1], "--out", "alone", "--no-video", "--json")
    assert json.loads(one.stdout)["measurements"] == told[0]["measurements"]
    assert sorted(each.name for each in (here / "out").iterdir()) == ["Eva_toe", "right"]
