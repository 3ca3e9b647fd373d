"""`dorsi reconclude` and `dorsi correct`: what they print, their exit codes, the files they leave.

Not here: what becomes of a result (`tests/workflow/test_review.py`).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import dorsi
from dorsi.cli import app
from dorsi.report.model import load_report
from dorsi.report.verdict import verdict_sentence
from tests.recorded import measured, recorded_stages

Dorsi = Callable[..., Result]
STAGES = recorded_stages("left_lunge")


@pytest.fixture
def result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The result out/left_lunge of left_lunge.mp4, named from the folder that holds both."""
    monkeypatch.chdir(tmp_path)
    return measured(tmp_path)[1].relative_to(tmp_path)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments], obj=STAGES)


def corrections(text: str = "") -> str:
    """A file of corrections; without text, one that moves the knee at the peak."""
    frame = load_report(Path("out/left_lunge/report.json")).measurements.peak_shin_angle_deg.frame
    knee = f'[[correction]]\nkind = "point"\npoint = "knee"\nframe = {frame}\nto_xy_px = [300, 700]\n'
    head = 'schema = "dorsi.corrections/1"\nby = "Ana"\nat = 2026-03-01T10:00:00Z\nwhy = "loose cloth"\n'
    Path("knee.toml").write_text(head + (text or knee), encoding="utf-8")
    return "knee.toml"


def whole(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_nothing_changed_is_said(result: Path) -> None:
    before = whole(result)
    ended = run("reconclude", result)
    report = load_report(result / "report.json")
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == [
        f"left_lunge.mp4: {verdict_sentence(report)}",
        "  every number is as before",
        f"  report.html: {result / 'report.html'}",
    ]
    assert whole(result) == before


def test_every_option_of_reconclude_reaches_the_report(result: Path) -> None:
    options = "--test lunge --side right --height-cm 178 --foot-cm 27 --rules young-adults"
    assert run("reconclude", result, *options.split()).exit_code == 0
    made = load_report(result / "report.json")
    kept = {key: made.provenance.settings[key] for key in ("test", "side", "height_cm", "foot_cm", "rules")}
    assert kept == {
        "test": "lunge", "side": "right", "height_cm": 178.0, "foot_cm": 27.0, "rules": "young-adults",
    }  # fmt: skip
    assert made.side == "right"


def test_a_correction_is_told_with_the_value_before_and_taken_back(result: Path) -> None:
    before = whole(result)
    ended = run("correct", result, corrections())
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert any(" before, now " in line and "33.1° ± 3.4°" in line for line in ended.stdout.splitlines())
    assert "  annotated.mp4 and peak.jpg are as of before; --clip CLIP draws them anew" in ended.stdout
    report = load_report(result / "report.json")
    assert report.review is not None and (report.review.by, len(report.review.corrections)) == ("Ana", 1)
    again = run("correct", result, "--undo", "--clip", "left_lunge.mp4")
    assert (again.exit_code, again.stderr) == (0, "")
    assert "as of before" not in again.stdout
    assert whole(result) == before


WRONG = {
    "no result": (("reconclude", "."), 4, "holds no report of a clip"),
    "no folder": (("reconclude", "none"), 4, "holds no report of a clip"),
    "no rule set": (("reconclude", "out/left_lunge", "--rules", "sprinter"), 2, "no rule set 'sprinter'"),
    "a height": (("reconclude", "out/left_lunge", "--height-cm", "3"), 2, ""),
    "no toe": (("reconclude", "out/left_lunge", "--test", "big_toe"), 4, "no look at the big toe"),
    "another clip": (("reconclude", "out/left_lunge", "--clip", "other.mp4"), 4, "is not the clip of this"),
    "no clip": (("reconclude", "out/left_lunge", "--clip", "none.mp4"), 4, "none.mp4"),
    "neither": (("correct", "out/left_lunge"), 2, ""),
    "both": (("correct", "out/left_lunge", "knee.toml", "--undo"), 2, ""),
    "no file": (("correct", "out/left_lunge", "none.toml"), 2, "none.toml: cannot be read"),
    "no TOML": (("correct", "out/left_lunge", "other.mp4"), 2, "is not valid TOML"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "code", "said"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_one_line_and_changes_nothing(
    result: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    corrections()
    Path("other.mp4").write_text("other = clip")
    before = whole(result)
    ended = run(*arguments)
    assert (ended.exit_code, ended.stdout) == (code, "")
    if said:
        assert ended.stderr.startswith("dorsi: ") and ended.stderr.count("\n") == 1
        assert said in ended.stderr
    assert whole(result) == before


@pytest.mark.parametrize("name", ["reconclude", "correct"])
def test_help_has_an_example(name: str) -> None:
    ended = run(name, "--help")
    assert ended.exit_code == 0
    assert any(line.strip().startswith(f"dorsi {name}") for line in ended.stdout.splitlines())


def test_as_programs_of_their_own(result: Path) -> None:
    before = whole(result)

    def dorsi_does(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "dorsi", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PYTHONPATH": str(Path(dorsi.__file__).parents[1])},
            timeout=120,
        )

    ended = dorsi_does("reconclude", result)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "  every number is as before" in ended.stdout.splitlines()
    assert whole(result) == before
    ended = dorsi_does("correct", result, corrections())
    assert (ended.returncode, ended.stderr) == (0, "")
    assert " before, now " in ended.stdout
    broken = dorsi_does("reconclude", "out")
    assert (broken.returncode, broken.stdout, broken.stderr.count("\n")) == (4, "", 1)
