"""The bench commands around the scoring: which clips run, what a failure leaves, where the seconds go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import dorsi
from bench import accuracy
from bench.speed import StageClock
from dorsi.errors import ClipUnreadable
from dorsi.settings import Settings


@pytest.fixture
def fake_measure(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Settings]]:
    """`dorsi.measure` that writes the true peak of a sample, and fails on `heel_lifts`."""
    calls: list[tuple[str, Settings]] = []

    def measure(clip: Path, *, out: Path, settings: Settings) -> None:
        calls.append((clip.stem, settings))
        if clip.stem == "heel_lifts":
            raise ClipUnreadable("clip_not_video", file=clip.name)
        peak = {"standing_lunge": 29.6, "half_kneeling": 34.0}.get(clip.stem)
        if peak is None:
            return
        folder = out / clip.stem
        folder.mkdir(parents=True)
        report = {
            "status": "measured",
            "measurements": {"peak_shin_angle_deg": {"value": peak, "uncertainty_95": 2.0}},
        }
        (folder / "report.json").write_text(json.dumps(report))

    monkeypatch.setitem(vars(dorsi), "measure", measure)  # without loading the real one
    return calls


def test_accuracy_measures_scores_and_tells(
    fake_measure: list[tuple[str, Settings]],
    samples: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stale = tmp_path / "out" / "heel_lifts" / "report.json"
    stale.parent.mkdir(parents=True)
    stale.write_text('{"status": "measured", "measurements": {"peak_shin_angle_deg": {"value": 26.9}}}')

    code = accuracy.main(
        [str(samples), "--out", str(tmp_path / "out"), "--json", str(tmp_path / "scores.json")]
    )

    assert code == 1
    assert [name for name, _ in fake_measure] == sorted(path.stem for path in samples.glob("*.mp4"))
    assert all(not settings.video and settings.model == "heavy" for _, settings in fake_measure)
    told = capsys.readouterr()
    assert "heel_lifts.mp4: this is not a video" in told.err
    assert "| standing_lunge | 29.1° | +0.5° | 2.0° | yes |" in told.out
    assert "| heel_lifts | 26.9° | – | – | no report |" in told.out
    assert "Lunge clips measured: 2 of 7; silent gross errors: 0" in told.out
    record = json.loads((tmp_path / "scores.json").read_text())
    assert record["summary"]["measured"] == 2
    assert not stale.exists()


def test_accuracy_scores_again_without_measuring(
    fake_measure: list[tuple[str, Settings]],
    samples: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    accuracy.main([str(samples), "--out", str(tmp_path)])
    first = capsys.readouterr().out
    fake_measure.clear()
    assert accuracy.main([str(samples), "--out", str(tmp_path), "--score-only"]) == 0
    assert capsys.readouterr().out == first
    assert fake_measure == []


def test_accuracy_needs_truth(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert accuracy.main([str(tmp_path)]) == 1
    assert "no NAME.truth.json here" in capsys.readouterr().err


def test_stage_clock_charges_each_stage_its_own_time() -> None:
    ticks = iter([0.0, 1.0, 3.0, 3.5, 7.5, 8.0])
    clock = StageClock(now_s=lambda: next(ticks))
    clock("pose", 0.0)  # one second before the first call: it belongs to what reported it
    clock("pose", 0.5)
    clock("fit", 0.0)
    clock("video", 0.0)
    assert clock.stop() == {"pose": 3.5, "fit": 4.0, "video": 0.5}
