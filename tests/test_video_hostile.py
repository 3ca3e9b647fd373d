"""Hostile files are opened in a process of their own, and end in one true line, or as what they are."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests import clips
from tests.hostile_clips import CANARY, HOSTILE

TRIED = """
import json, sys
from pathlib import Path
from dorsi.clip_limits import ClipLimits
from dorsi.errors import DorsiError
from dorsi.video import FrameReader, probe

path, limits = Path(sys.argv[1]), ClipLimits(max_duration_s=180)
try:
    found = probe(path, limits)
    with FrameReader(path, limits=limits) as reader:
        sizes = {frame.rgb.shape for frame in reader}
    told = {"frames": reader.frames_read, "sizes": sorted(sizes)}
except DorsiError as error:
    told = {"code": error.code, "line": str(error)}
print(json.dumps(told))
"""
CODES = {
    "clip_not_video", "clip_without_picture", "clip_undecodable", "clip_empty", "clip_without_frames",
    "clip_codec_unknown", "clip_changes_size", "clip_with_gap", "clip_too_long", "clip_too_many_pixels",
    "clip_too_many_frames", "file_unusable",
}  # fmt: skip
WHOLE = {
    "controls-in-its-name",
    "option-for-a-name",
    "protocol-for-a-name",
    "pixels-225-to-1",
    "pixels-1-to-65535",
}
"""Strange, but clips: they are read as such."""
EITHER = {
    "cut-in-half",
    "no-time-scale",
    "endless-duration",
    "million-samples",
    "broken-avcc",
    "sixteen-thousand-square",
}
"""Damaged: what can be saved may be, or not."""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_in_a_line(tmp_path: Path, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/clip.mp4"
        clips.encode(tmp_path / CANARY, frames=7)
        path = HOSTILE[name](tmp_path, address)
        run = subprocess.run(
            [sys.executable, "-c", TRIED, str(path)], capture_output=True, text=True, timeout=60, check=False
        )
        with pytest.raises(TimeoutError):
            listening.accept()  # nobody asked that address for anything
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert told.get("frames") != 7, "it showed another file"
    if name in WHOLE:
        assert told.get("frames", 0) > 0, told
    elif name not in EITHER:
        assert told.get("code") in CODES, told
    if "line" in told:
        assert "\n" not in told["line"]
        assert "Traceback" not in run.stderr


def test_there_are_forty_of_them() -> None:
    assert len(HOSTILE) >= 40
