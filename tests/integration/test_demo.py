"""`dorsi demo` as a user runs it, on the clip filmed as the guide asks: nothing to warn of, and right.

Not here: the other samples (`test_samples.py`), a demo without its clip (`tests/test_package.py`).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.scoring import LungeScore, load_truth, score
from dorsi.report.model import load_report

pytestmark = pytest.mark.slow


def test_the_demo_measures_its_clip_well_and_says_what_to_do_next(tmp_path: Path, samples: Path) -> None:
    command = [sys.executable, "-m", "dorsi", "demo", "--out", "results"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    folder = Path("results") / "lunge"
    lines = ended.stdout.splitlines()
    assert lines[0].startswith("lunge.mp4: Left ankle bends ")
    assert lines[-5:-3] == [
        f"  report.html: {folder}/report.html",
        f"  annotated.mp4: {folder}/annotated.mp4",
    ]
    assert lines[-3].startswith("Open report.html first: ")
    assert lines[-1].endswith("Then: dorsi measure CLIP")
    assert {path.name for path in (tmp_path / folder).iterdir()} == {
        "annotated.mp4",
        "evidence.npz",
        "peak.jpg",
        "report.html",
        "report.json",
        "signals.csv",
    }

    report = load_report(tmp_path / folder / "report.json")
    assert report.warnings == []
    found = score("lunge", load_truth(samples / "lunge.truth.json"), report.model_dump())
    assert isinstance(found, LungeScore)
    assert abs(found.peak_error_deg) < 1.5
    assert found.uncertainty_deg < 4.0
    assert found.inside
    assert abs(found.crest_error_deg) < 2.5
    assert (found.side_right, found.leg_right, found.reps_right) == (True, True, True)
    assert not found.lift_reported
