"""The bench on real legs: made-up marks and tiny reports whose figures are known beforehand.

Not here: clips with known truth (`test_bench_scoring.py`).
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dorsi
from bench import real
from dorsi.engine.evidence import Evidence, LegFacts, Origin
from dorsi.engine.evidence_file import write_evidence
from dorsi.engine.landmarks import LegPoint
from dorsi.settings import Settings
from dorsi.types import Facing, LegTrack, PoseTrack
from tests.fakes import clip_info

ANGLES = ("joint_deg", "joint_apart_deg", "crest_deg", "crest_apart_deg")
COLUMNS = ("clip", "frame", "facing", *ANGLES, "heel", "sure")
ROWS: tuple[tuple[object, ...], ...] = (
    # Steady: reported 1° and 3° over the marks, the crest 2° under; a roll of 2° is to be taken off.
    ("steady", 0, "right", 20.0, 0.5, 25.0, 1.0, "down", 1),
    ("steady", 1, "right", 30.0, 1.5, 35.0, "", "up", 2),
    ("steady", 2, "right", 30.0, 9.0, 35.0, 9.0, "disputed", 3),  # a guess
    ("steady", 3, "right", 10.0, 9.0, 15.0, 9.0, "down", 1),  # too upright
    ("steady", 9, "right", 20.0, 0.5, "", "", "up", 1),  # after the clip's end
    # The other way round: 5° under the marks, and the roll counts the other way.
    ("turned", 0, "left", 25.0, 1.0, 30.0, 2.0, "down", 1),
    ("turned", 1, "left", 25.0, 1.0, 30.0, 2.0, "up", 1),
    ("refused", 0, "right", 20.0, 0.5, 25.0, 1.0, "down", 1),
)


def write_marks(path: Path, rows: Sequence[Sequence[object]] = ROWS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([COLUMNS, *rows])
    return path


def write_report(folder: Path, roll_deg: float | None, status: str = "measured", **curves: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    measurements = {"camera_roll_deg": {"value": roll_deg}}
    report = {"status": status, "measurements": measurements, "signals": curves}
    (folder / "report.json").write_text(json.dumps(report))


def write_leg(folder: Path, facing: Facing, tilts_deg: Sequence[float]) -> None:
    """Evidence of landmarks whose shank has these tilts in the picture."""
    frames, tilt = len(tilts_deg), np.radians(tilts_deg)
    time_s, forward = np.arange(frames) / 30.0, 1 if facing == "right" else -1
    xy_px = np.full((frames, 5, 2), 300.0)
    xy_px[:, LegPoint.KNEE] += 100.0 * np.stack([forward * np.sin(tilt), -np.cos(tilt)], axis=1)
    sure = np.ones((frames, 5))
    leg = LegTrack(time_s, xy_px, sure, xy_px, "right", facing, "near")
    facts = LegFacts(np.zeros((1, frames)), 1.0, 1.0, 100.0, 60.0, 0.2, 0.0, 0.0, False)
    xy_of_nobody_px, nobody = np.full((frames, 33, 2), np.nan), np.full((frames, 33), np.nan)
    track = PoseTrack(time_s, xy_of_nobody_px, nobody, np.zeros((frames, 33)), 1080, 1920)
    origin = Origin("0", "heavy", "0" * 64, "1" * 64, "2" * 64)
    seen = Evidence(clip_info(folder), origin, time_s, 1, False, (track,), leg, facts)
    folder.mkdir(parents=True, exist_ok=True)
    write_evidence(seen, folder / "evidence.npz")


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    return write_marks(tmp_path / "marks.csv")


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """A folder of the clips that the marks name; what is in them is never read."""
    folder = tmp_path / "clips"
    folder.mkdir()
    for name in ("steady", "turned", "refused"):
        (folder / f"{name}.mp4").touch()
    return folder


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    write_report(
        out / "steady",
        roll_deg=2.0,
        shin_angle_deg=[19.0, 31.0, 90.0, 90.0],
        crest_angle_deg=[21.0, 31.0, 90.0, 90.0],
        heel_lift_mm=[4.9, 5.0, 0.0, None],
        time_s=[0.0, 0.1, 0.2, 0.3],
    )
    write_leg(out / "steady", "right", [18.0, 29.0, 90.0, 90.0])
    write_report(
        out / "turned",
        roll_deg=2.0,
        shin_angle_deg=[22.0, None],
        crest_angle_deg=None,
        heel_lift_mm=[12.0, None],
        time_s=[0.0, 0.1],
    )
    write_leg(out / "turned", "left", [28.0, 28.0])
    write_report(out / "refused", None, "not_measurable", shin_angle_deg=None)
    return out


@pytest.fixture
def summary(marks: Path, reports: Path) -> real.RealSummary:
    return real.summarise(real.score_reports(real.read_marks(marks), reports))


def test_the_joint_line_with_the_roll_taken_off(summary: real.RealSummary) -> None:
    errors = np.array([1.0, 3.0, -5.0])
    assert summary.joint.frames == 3
    assert summary.joint.bias_deg == pytest.approx(errors.mean())
    assert summary.joint.sd_deg == pytest.approx(errors.std())
    assert summary.joint.median_deg == pytest.approx(3.0)
    assert summary.joint.p90_deg == pytest.approx(5.0)


def test_a_clip_repeats_itself_about_its_own_mean(summary: real.RealSummary) -> None:
    """Two frames of one clip, 1° either side of their mean; half a frame off for each of three clips."""
    assert summary.joint.within_sd_deg == pytest.approx(math.sqrt(2.0 / 1.0))


def test_the_crest(summary: real.RealSummary) -> None:
    assert summary.crest.frames == 2
    assert summary.crest.bias_deg == pytest.approx(-2.0)
    assert summary.crest.median_deg == summary.crest.p90_deg == pytest.approx(2.0)


def test_bare_landmarks_on_the_frames_of_the_joint_line(summary: real.RealSummary) -> None:
    """The second frame of `turned` has landmarks and no joint line: it is left out."""
    errors = np.array([-2.0, -1.0, 3.0])
    assert summary.landmarks.frames == summary.joint.frames
    assert summary.landmarks.bias_deg == pytest.approx(errors.mean(), abs=1e-6)
    assert summary.landmarks.median_deg == pytest.approx(2.0)


def test_one_rating_against_the_other(summary: real.RealSummary) -> None:
    """On every frame that counts, whether or not it was measured."""
    apart = np.array([0.5, 1.5, 0.5, 1.0, 1.0, 0.5])
    assert summary.joint_ratings.frames == 6
    assert summary.joint_ratings.sd_deg == pytest.approx(math.sqrt(np.mean(apart**2)))
    assert summary.joint_ratings.median_deg == pytest.approx(0.75)
    assert math.isnan(summary.joint_ratings.bias_deg)
    assert summary.crest_ratings.frames == 4


def test_heels_right_unseen_and_wrong(summary: real.RealSummary) -> None:
    """Agreed: steady down/down, up/up, unseen twice; turned up/down, unseen; refused unseen."""
    assert (summary.heel_right, summary.heel_unseen, summary.heel_wrong) == (2, 4, 1)
    assert (summary.clips, summary.frames, summary.refused) == (3, 8, 1)


def test_without_a_report_nothing_is_counted(marks: Path, tmp_path: Path) -> None:
    scores = real.score_reports(real.read_marks(marks), tmp_path / "nowhere")
    found = real.summarise(scores)
    assert found.joint.frames == found.heel_right + found.heel_unseen + found.heel_wrong == 0
    assert math.isnan(found.joint.median_deg) and math.isnan(found.joint.within_sd_deg)
    assert "no report" in "\n".join(real.clip_table(scores))


def test_nine_in_ten_is_one_of_the_errors(tmp_path: Path) -> None:
    rows = [("one", n, "right", 20.0, "", "", "", "down", 1) for n in range(11)]
    errors = [*range(10), 50]
    write_report(tmp_path / "one", roll_deg=None, shin_angle_deg=[20.0 + e for e in errors])
    found = real.summarise(
        real.score_reports(real.read_marks(write_marks(tmp_path / "m.csv", rows)), tmp_path)
    )
    assert found.joint.p90_deg == pytest.approx(9.0)
    assert found.landmarks.frames == found.joint_ratings.frames == 0
    assert not any("rating" in line for line in real.whole_table(found))


def test_tables_and_json(
    marks: Path, clips: Path, reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"
    words = [str(clips), str(marks), "--out", str(reports), "--score-only", "--json", str(file)]
    assert real.main(words) == 0
    told = capsys.readouterr().out.splitlines()
    steady = (
        "| steady | measured | 3 | +2.0°, 1.0°, 2.0°, 3.0° | -1.5°, 0.5°, 1.5°, 2.0° | "
        "-2.0°, 2.0°, 2.0° | 2, 2, 0 | 1.0°, 0.5°, 1.5° |"
    )
    assert steady in told
    assert "| refused | not_measurable | 1 | – | – | – | 0, 1, 0 | 0.5°, 0.5°, 0.5° |" in told
    assert any(line.startswith("| all 3 | 1 refused | 6 | -0.3°, 3.4°, 3.0°, 5.0° |") for line in told)
    assert "| joint line | 3 | -0.3° | 3.4° | 3.0° | 5.0° | 1.4° |" in told
    record = json.loads(file.read_text())
    assert record["summary"]["heel_unseen"] == 4
    assert record["clips"]["turned"]["joint"]["bias_deg"] == pytest.approx(-5.0)
    assert [each["heel_said"] for each in record["frames"][:2]] == ["down", "up"]


def test_each_clip_is_measured_once_without_a_video(
    marks: Path,
    clips: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    calls: list[str] = []

    def measure(clip: Path, *, out: Path, settings: Settings) -> None:
        calls.append(clip.stem)
        assert not settings.video
        write_report(out / clip.stem, roll_deg=0.0, shin_angle_deg=[20.0])

    monkeypatch.setitem(vars(dorsi), "measure", measure)  # without loading the real one
    assert real.main([str(clips), str(marks), "--out", str(tmp_path / "new")]) == 0
    assert calls == ["steady", "turned", "refused"]
    assert "| steady | measured | 3 | +0.0°" in capsys.readouterr().out


@pytest.mark.parametrize("mode", [[], ["--score-only"]])
def test_an_unknown_clip_is_named_before_anything_runs(
    mode: list[str], marks: Path, clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (clips / "turned.mp4").unlink()
    assert real.main([str(clips), str(marks), "--out", str(tmp_path / "new"), *mode]) == 1
    told = capsys.readouterr()
    assert told.err == f"{clips / 'turned.mp4'}: no such clip, but {marks} has marks on it\n"
    assert told.out == "" and not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("clip,frame\n", "marks.csv: no digitised frame here"),
        ("clip,frame\na,1\n", "marks.csv, line 2: no column facing"),
        (
            "clip,frame,facing,joint_deg,crest_deg,heel,sure\na,1,right,much,,down,1\n",
            "marks.csv, line 2: could not convert string to float: 'much'",
        ),
        (
            "clip,frame,facing,joint_deg,crest_deg,heel,sure\na,1,up,1,,down,1\n",
            "marks.csv, line 2: facing is left or right, not 'up'",
        ),
        (
            "clip,frame,facing,joint_deg,crest_deg,heel,sure\na,-1,left,1,,down,1\n",
            "marks.csv, line 2: a row needs a clip, and a frame from 0 on",
        ),
    ],
)  # fmt: skip
def test_a_wrong_file_of_marks_is_named(
    text: str, said: str, clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "marks.csv"
    path.write_text(text)
    assert real.main([str(clips), str(path)]) == 1
    assert capsys.readouterr().err.strip().endswith(said)


def test_a_missing_file_of_marks_is_named(
    clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert real.main([str(clips), str(tmp_path / "none.csv")]) == 1
    assert "none.csv: No such file" in capsys.readouterr().err


def test_damaged_evidence_is_named(
    marks: Path, clips: Path, reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (reports / "turned" / "evidence.npz").write_bytes(b"no zip")
    assert real.main([str(clips), str(marks), "--out", str(reports), "--score-only"]) == 1
    assert str(reports / "turned" / "evidence.npz") in capsys.readouterr().err
