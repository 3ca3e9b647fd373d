"""`measure` ties the stages together, refuses early, writes everything or nothing; the public names hold."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import dorsi
from dorsi.cli.words import exit_code_of
from dorsi.engine.evidence import Evidence
from dorsi.errors import ClipEmpty, ClipMissing, ModelError, OutputError, RulesError, UsageError
from dorsi.plan import load_books
from dorsi.quantities import with_plus_minus
from dorsi.settings import Settings
from dorsi.workflow import measure as service
from dorsi.workflow import several
from dorsi.workflow.folders import RESULT_FILES
from dorsi.workflow.measure import report_of
from tests.fakes import FAKE_STAGES, fake_observe
from tests.report.fake_analysis import fake_analysis

measure = partial(service.measure, stages=FAKE_STAGES)
measure_each = partial(several.measure_each, stages=FAKE_STAGES)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "lunge.mp4"
    path.write_text("fine")
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_public_names_are_there_and_sorted() -> None:
    assert dorsi.__all__ == sorted(dorsi.__all__)
    assert dir(dorsi) == dorsi.__all__
    assert all(getattr(dorsi, name) is not None for name in dorsi.__all__)
    with pytest.raises(AttributeError, match="no attribute 'shin'"):
        _ = dorsi.shin


@pytest.mark.parametrize("first", ["dorsi.engine.pipeline", "dorsi.workflow.measure", "dorsi.cli"])
def test_measure_is_a_function_whatever_was_imported_before(first: str) -> None:
    code = f"import {first}; from dorsi import measure; assert callable(measure), measure"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_out_nothing_is_written(clip: Path) -> None:
    report = measure(clip)
    assert report.status == "measured"
    assert report.measurements.peak_shin_angle_deg.value == pytest.approx(38.2)
    assert [finding.verdict for finding in report.findings] == ["meets", "meets", "meets"]
    assert list(clip.parent.iterdir()) == [clip]


def test_with_out_all_files_are_written_and_agree(clip: Path, out: Path) -> None:
    report = measure(str(clip), out=str(out))
    assert sorted(path.name for path in (out / "lunge").iterdir()) == sorted(RESULT_FILES)
    written = (out / "lunge" / "report.json").read_text(encoding="utf-8")
    assert written == report.to_json()
    assert json.loads(written)["schema"] == "dorsi.report/1"
    assert clip.read_text() == "fine"
    assert [path.name for path in out.iterdir()] == ["lunge"]


def test_no_video_writes_the_rest(clip: Path, out: Path) -> None:
    measure(clip, out=out, video=False)
    assert {path.name for path in (out / "lunge").iterdir()} == set(RESULT_FILES) - {"annotated.mp4"}


def test_measuring_again_replaces_the_result(clip: Path, out: Path) -> None:
    measure(clip, out=out)
    measure(clip, out=out, video=False)
    assert not (out / "lunge" / "annotated.mp4").exists()


def test_a_refused_clip_is_a_result(clip: Path, out: Path) -> None:
    clip.write_text("refused")
    report = measure(clip, out=out)
    assert report.status == "not_measurable"
    assert [reason.code for reason in report.reasons] == ["no_person"]
    assert {finding.verdict for finding in report.findings} == {"not_measured"}
    assert (out / "lunge" / "report.html").exists()


def test_findings_say_the_numbers_of_the_report(clip: Path) -> None:
    # 7.4499 is 7.45 in the report, and that reads 7.5.
    seen = fake_observe(clip, Settings(), None)
    report = report_of(fake_analysis(35.2, 7.4499), seen, Settings(), load_books())
    (first,) = [each for each in report.findings if each.rule == "dorsiflexion-runner"]
    assert with_plus_minus(report.measurements.peak_shin_angle_deg) == "35.2° ± 7.5°"
    assert "35.2° ± 7.5°" in first.message


def test_options_reach_the_stages(clip: Path) -> None:
    report = measure(clip, rules="goniometer", model="full", height_cm=178.0)
    assert [finding.rule for finding in report.findings] == ["goniometer", "heel-lift"]
    assert report.provenance.settings["height_cm"] == 178.0
    assert report.provenance.model.name == "full"


def test_a_squat_is_of_both_legs_whichever_the_camera_sees(clip: Path) -> None:
    report = measure(clip, test="squat", side="left")
    assert report.side == "left"
    assert report.findings and {finding.side for finding in report.findings} == {None}
    assert report.plan and {step.side for step in report.plan} == {None}


def test_a_touch_that_failed_decides_nothing(clip: Path) -> None:
    touch = measure(clip, knee_touched=False).findings[-1]
    assert (touch.rule, touch.verdict, touch.witness) == ("knee-to-wall", "borderline", "undecided")
    assert "decides nothing" in touch.message


def test_settings_and_options_do_not_mix(clip: Path) -> None:
    with pytest.raises(UsageError, match="not both"):
        measure(clip, settings=Settings(), side="left")


def test_progress_is_told(clip: Path, out: Path) -> None:
    told: list[tuple[str, float]] = []
    measure(clip, out=out, progress=lambda stage, fraction: told.append((stage, fraction)))
    assert told[0] == ("find the legs", 0.5)
    assert ("draw", 1.0) in told


def test_what_is_wrong_shows_before_the_work_and_leaves_nothing(clip: Path, out: Path) -> None:
    def never(*_: object) -> Evidence:
        pytest.fail("observed")

    early = replace(FAKE_STAGES, observe=never)
    empty = clip.with_name("empty.mp4")
    empty.touch()
    with pytest.raises(ClipMissing):
        measure(clip.with_name("none.mp4"), out=out, stages=early)
    with pytest.raises(ClipEmpty):
        measure(empty, out=out, stages=early)
    with pytest.raises(RulesError):
        measure(clip, out=out, rules="none", stages=early)
    with pytest.raises(OutputError):
        measure(clip, out=clip, stages=early)
    with pytest.raises(ModelError):
        measure(clip, out=out, stages=replace(early, check_weights=_no_weights))
    assert not out.exists()


def _no_weights(_: str) -> Path:
    raise ModelError("model_missing", file="heavy.task")


def test_a_disk_that_fills_up_leaves_nothing(clip: Path, out: Path) -> None:
    full = clip.rename(clip.with_name("full.mp4"))
    with pytest.raises(OutputError, match=r"full cannot be written: the disk is full"):
        measure(full, out=out)
    assert not out.exists()


def test_one_failing_clip_does_not_stop_the_rest(clip: Path, out: Path) -> None:
    words = {"fine": 0, "refused": 3, "fault": 4, "last": 0}
    clips = [clip.with_name(f"{word}.mp4") for word in words]
    for path in clips:
        path.write_text(path.stem)
    clips.insert(2, clip.with_name("none.mp4"))
    outcomes = list(measure_each(clips, out=out, settings=Settings()))
    assert [outcome.clip for outcome in outcomes] == clips
    assert [exit_code_of(each.report or each.error) for each in outcomes] == [0, 3, 4, 4, 0]
    assert [type(outcome.error).__name__ for outcome in outcomes[2:4]] == ["ClipMissing", "RuntimeError"]
    assert sorted(path.name for path in out.iterdir()) == ["fine", "last", "refused"]


def test_ctrl_c_stops_the_rest_and_keeps_what_is_whole(clip: Path, out: Path) -> None:
    stop = clip.with_name("stop.mp4")
    stop.write_text("interrupt")
    with pytest.raises(KeyboardInterrupt):
        list(measure_each([clip, stop, clip], out=out, settings=Settings()))
    assert [path.name for path in out.iterdir()] == ["lunge"]


def test_clips_of_one_name_get_folders_of_their_own(clip: Path, out: Path) -> None:
    other = clip.parent / "other" / "lunge.mov"
    other.parent.mkdir()
    other.write_text("refused")
    outcomes = list(measure_each([clip, other], out=out, settings=Settings()))
    assert [outcome.folder for outcome in outcomes] == [out / "lunge", out / "lunge-2"]
    status = [json.loads((folder / "report.json").read_text())["status"] for folder in sorted(out.iterdir())]
    assert status == ["measured", "not_measurable"]


def test_settings_that_suit_no_clip_are_told_once(clip: Path, out: Path) -> None:
    with pytest.raises(RulesError):
        next(measure_each([clip, clip], out=out, settings=Settings(rules="none")))
