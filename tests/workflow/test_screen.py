"""`screen_clips` with fake stages: what is measured how, what lands where, every way it can be refused."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dorsi.corrections import Correction
from dorsi.engine.evidence import Evidence
from dorsi.errors import (
    ClipEmpty,
    ClipMissing,
    DorsiError,
    ModelError,
    OutputError,
    ProfileError,
    ReportError,
    RulesError,
    ScreenError,
    UsageError,
)
from dorsi.profile import SAFETY_QUESTIONS, Profile
from dorsi.report.model import load_report
from dorsi.screen.model import ROLES, load_screen
from dorsi.settings import Settings
from dorsi.types import Analysis, CameraView, Note, StageListener
from dorsi.workflow import screen
from dorsi.workflow.folders import RESULT_FILES
from dorsi.workflow.review import reconclude
from tests.fakes import FAKE_STAGES, fake_conclude, fake_observe
from tests.screen.reports import lunge, squat

DAY = dt.date(2026, 1, 31)
Make = Callable[..., Path]
asked: list[Settings] = []


def observe(clip: Path, settings: Settings, listen: StageListener | None) -> Evidence:
    """Notes what is asked for."""
    asked.append(settings)
    return fake_observe(clip, settings, listen)


def conclude(seen: Evidence, settings: Settings, corrections: Sequence[Correction]) -> Analysis:
    """Sees the leg that the clip's text names; `unsure` and `refused` do what they say."""
    words = seen.clip.path.read_text().split()
    found = fake_conclude(seen, replace(settings, test="auto"), corrections)
    assert found.leg is not None
    side = settings.side or ("right" if "right" in words else "left")
    found = replace(
        found, leg=replace(found.leg, side=side), camera_view=CameraView(0.0, 9.0, 0.0, 8.0, 400.0)
    )
    if "unsure" in words:
        found = replace(found, warnings=(*found.warnings, Note("leg_label_unsure", "Hard to tell.")))
    return found


STAGES = replace(FAKE_STAGES, observe=observe, conclude=conclude)
screen_clips = partial(screen.screen_clips, stages=STAGES)


@pytest.fixture(autouse=True)
def nothing_asked() -> None:
    asked.clear()


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A clip NAME.mp4 that holds these words."""

    def clip(name: str, words: str | None = None) -> Path:
        path = tmp_path / "clips" / f"{name}.mp4"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{name if words is None else words} #{name}")
        return path

    return clip


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


FILES = sorted(RESULT_FILES)


def test_a_screen_with_all_its_files(make: Make, out: Path) -> None:
    clips = [make("left"), make("right")]
    before = [clip.read_bytes() for clip in clips]
    done = screen_clips(*clips, out=out, date=DAY, runner="Ana / Lima")
    assert done.folder == out / "screen-Ana_Lima-2026-01-31"
    assert tree(done.folder) == sorted(
        [
            "plan.html",
            "screen.html",
            "screen.json",
            *(f"{side}/{file}" for side in ("left", "right") for file in FILES),
        ]
    )
    assert load_screen(done.folder / "screen.json") == done.screen
    assert done.screen.runner == "Ana / Lima"
    for side, clip in zip(("left", "right"), done.screen.clips, strict=True):
        report = load_report(done.folder / side / "report.json")
        assert report == done.reports[clip.role]
        assert (report.side, report.side_source) == (side, "given")
        assert clip.links is not None
        links = clip.links.model_dump(exclude={"folder"}).values()
        assert all((done.folder / link).is_file() for link in links)
    page = (done.folder / "screen.html").read_text(encoding="utf-8")
    assert page.count("data:image/jpeg;base64,") == 2
    assert [report.status for report in done.reports.values()] == ["measured"] * len(done.reports)
    assert [clip.read_bytes() for clip in clips] == before
    assert [path.name for path in out.iterdir()] == [done.folder.name]


def test_a_safety_answer_stops_the_plans_of_the_clips_too(
    make: Make, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(make("left").parent)  # these stages read the clip again to conclude
    stopped = Profile.model_validate({"safety": {"stress_fracture": True}})
    done = screen_clips(make("left"), make("right"), out=out, date=DAY, profile=stopped)
    assert done.folder is not None
    for side in ("left", "right"):
        folder = done.folder / side
        report = load_report(folder / "report.json")
        assert report.status == "measured" and report.plan == [] and report.plan_note is not None
        assert report.plan_note.about.startswith("Have it looked at first: see the doctor who treats it")
        # Concluding it anew keeps the stop.
        again = reconclude(folder, stages=STAGES).report
        assert again.plan == [] and again.plan_note == report.plan_note
    clear = Profile.model_validate({"safety": {each.key: False for each in SAFETY_QUESTIONS}})
    done = screen_clips(make("left"), out=out, date=DAY, name="clear", profile=clear)
    note = done.reports["left"].plan_note
    assert note is not None and note.safety is not None and note.safety.state == "clear"


def test_every_clip_is_measured_for_its_test_with_its_own_eyes(make: Make) -> None:
    done = screen_clips(
        make("left"), make("right"), make("left_toe", "left"), make("right_toe", "right"), make("squat"),
        settings=Settings(height_cm=178.0, model="full"),
    )  # fmt: skip
    assert [each.test for each in asked] == ["lunge", "lunge", "big_toe", "big_toe", "squat"]
    assert all(each.side is None and each.height_cm == 178.0 and each.model == "full" for each in asked)
    sides = {role: (report.side, report.side_source) for role, report in done.reports.items()}
    assert sides["left_toe"] == ("left", "given")
    assert sides["squat"] == ("left", "estimated")
    assert done.folder is None
    assert all(clip.links is None for clip in done.screen.clips)


def test_without_a_runner_or_a_date_the_day_names_the_folder(make: Make, out: Path) -> None:
    done = screen_clips(left=make("left"), out=out)
    assert done.folder == out / f"screen-{dt.datetime.now().astimezone():%Y-%m-%d}"
    assert done.screen.missing == [each for each in ROLES if each != "left"]


def test_the_same_clips_replace_their_screen_and_others_get_a_number(make: Make, out: Path) -> None:
    left, right = make("left"), make("right")
    first = screen_clips(left, right, out=out, date=DAY).folder
    assert first is not None
    (first / "note.txt").write_text("mine")
    (first / "left" / "note.txt").write_text("mine too")
    assert screen_clips(left, right, out=out, date=DAY).folder == first
    assert (first / "note.txt").read_text() == "mine"
    assert (first / "left" / "note.txt").read_text() == "mine too"
    other = screen_clips(left, out=out, date=DAY).folder
    assert other == out / "screen-2026-01-31-2"


def test_a_note_beside_a_clip_that_is_no_longer_there_is_kept(make: Make, out: Path) -> None:
    left, right = make("left"), make("right")
    folder = screen_clips(left, right, out=out, name="ana").folder
    assert folder is not None
    (folder / "right" / "note.txt").write_text("mine")
    (folder / "mine").mkdir()
    (folder / "mine" / "report.json").write_text("{}")
    screen_clips(left, out=out, name="ana")
    assert (folder / "right" / "note.txt").read_text() == "mine"
    assert not (folder / "right" / "report.json").exists()
    assert (folder / "mine" / "report.json").exists()


def test_reports_in_place_of_clips_bring_their_files(make: Make, out: Path) -> None:
    first = screen_clips(make("left"), make("right"), out=out, date=DAY).folder
    assert first is not None
    asked.clear()
    reports = [first / side / "report.json" for side in ("left", "right")]
    again = screen_clips(*reports, out=out / "again", date=DAY, profile=Profile())
    assert asked == []
    assert again.folder is not None
    assert tree(again.folder) == tree(first)
    for side in ("left", "right"):
        for file in FILES:
            assert (again.folder / side / file).read_bytes() == (first / side / file).read_bytes()
    assert again.screen.profile is not None


def test_what_was_told_with_a_report_comes_along(make: Make, tmp_path: Path) -> None:
    report, earlier = lunge("left"), tmp_path / "earlier.json"
    report.provenance.settings.update(knee_touched=True, tape_cm=9.0)
    earlier.write_text(report.to_json(), encoding="utf-8")
    told = screen_clips(earlier, make("right")).screen
    touched = {f.side: f.verdict for f in told.findings if f.rule == "knee-to-wall"}
    assert touched == {"left": "meets"}
    profile = Profile.model_validate({"left": {"knee_touched": False}})
    with pytest.raises(UsageError, match=r"left\.knee_touched: yes contradicts no"):
        screen_clips(earlier, make("right"), profile=profile)


def test_a_report_by_another_name_brings_nothing_else(make: Make, out: Path, tmp_path: Path) -> None:
    alone = tmp_path / "ana.json"
    alone.write_text(lunge("left").to_json(), encoding="utf-8")
    (tmp_path / "annotated.mp4").write_bytes(b"another")
    done = screen_clips(alone, make("right"), out=out, date=DAY)
    assert done.folder is not None
    assert tree(done.folder / "left") == ["report.json"]
    clip = done.screen.clip("left")
    assert clip is not None
    assert clip.links is not None
    assert clip.links.report_html is None
    assert clip.links.report_json == "left/report.json"


def test_a_screen_of_its_own_reports_does_not_eat_them(make: Make, out: Path) -> None:
    folder = screen_clips(make("left"), out=out, date=DAY).folder
    assert folder is not None
    before = tree(out)
    with pytest.raises(OutputError, match="holds, the report itself, which is never touched"):
        screen_clips(folder / "left" / "report.json", out=out, date=DAY)
    assert tree(out) == before


def test_a_refused_clip_is_a_result(make: Make, out: Path) -> None:
    done = screen_clips(make("left"), make("right", "right refused"), out=out, date=DAY)
    assert [report.status for report in done.reports.values()] == ["measured", "not_measurable"]
    assert done.folder is not None
    assert not (done.folder / "right" / "peak.jpg").exists()
    clip = done.screen.clip("right")
    assert clip is not None
    assert clip.links is not None
    assert clip.links.peak_image is None


def test_swap_exchanges_both_pairs(make: Make) -> None:
    done = screen_clips(
        make("a", "right"), make("b", "left"), make("c", "right"), make("d", "left"), make("s"), swap=True
    )
    files = {clip.role: clip.file for clip in done.screen.clips}
    assert files == {
        "left": "b.mp4", "right": "a.mp4", "left_toe": "d.mp4", "right_toe": "c.mp4", "squat": "s.mp4",
    }  # fmt: skip


def test_clips_of_the_other_leg_are_refused_and_leave_nothing(make: Make, out: Path) -> None:
    left, right = make("one", "right"), make("two", "right")
    with pytest.raises(
        ScreenError,
        match=r"one\.mp4 \(the left lunge\) and two\.mp4 \(the right lunge\) both show a right leg",
    ):
        screen_clips(left, right, out=out)
    assert not out.exists()
    done = screen_clips(left, right, trust_sides=True)
    assert done.reports["left"].side == "left"
    with pytest.raises(ScreenError, match="look exchanged"):
        screen_clips(right, make("three", "left"))


def test_an_unsure_side_is_a_note(make: Make) -> None:
    done = screen_clips(make("one", "right unsure"), make("two", "right"))
    assert [note.code for note in done.screen.notes] == ["side_unsure"]
    assert done.reports["left"].side == "left"


def test_the_same_clip_twice_is_seen_before_the_work(make: Make, tmp_path: Path) -> None:
    left = make("left")
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(left.read_bytes())
    with pytest.raises(
        ScreenError, match=r"left\.mp4 \(the left lunge\) and copy\.mp4 \(the right lunge\) are the same clip"
    ):
        screen_clips(left, copy)
    assert asked == []


def test_a_report_of_another_test_or_leg_is_seen_before_the_work(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "ana.json"
    path.write_text(squat().to_json(), encoding="utf-8")
    with pytest.raises(ScreenError, match=r"ana\.json is the report of a squat test"):
        screen_clips(path, make("right"))
    path.write_text(lunge("right").to_json(), encoding="utf-8")
    with pytest.raises(ScreenError, match=r"ana\.json \(the left lunge\) shows a right leg"):
        screen_clips(path, make("right"))
    assert asked == []


REFUSED: dict[str, tuple[dict[str, Any], type[DorsiError], str]] = {
    "nothing": ({}, UsageError, "at least one clip"),
    "missing": ({"left": "none.mp4"}, ClipMissing, r"none\.mp4"),
    "empty": ({"left": "empty.mp4"}, ClipEmpty, r"empty\.mp4"),
    "no report": ({"left": "bad.json"}, ReportError, r"bad\.json"),
    "no rules": ({"left": "left.mp4", "settings": Settings(rules="none")}, RulesError, "none"),
    "a side": ({"left": "left.mp4", "settings": Settings(side="left")}, UsageError, "follow from"),
    "a test": ({"left": "left.mp4", "settings": Settings(test="squat")}, UsageError, "follow from"),
    "a touch of one leg": (
        {"left": "left.mp4", "settings": Settings(knee_touched=False)}, UsageError, "about one leg each",
    ),
    "a tape distance of one leg": (
        {"left": "left.mp4", "settings": Settings(tape_cm=0.0)}, UsageError, "about one leg each",
    ),
    "no profile": ({"left": "left.mp4", "profile": "none.toml"}, ProfileError, r"none\.toml"),
    "two runners": (
        {"left": "left.mp4", "profile": Profile(runner="Bo"), "runner": "Ana"},
        UsageError, "“Ana” contradicts “Bo”",
    ),
    "two heights": (
        {"left": "left.mp4", "profile": Profile(height_cm=170.0), "settings": Settings(height_cm=180.0)},
        UsageError, "180 cm contradicts 170 cm",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("options", "kind", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_can_be_found_wrong_is_found_before_the_work(
    options: dict[str, Any], kind: type[DorsiError], said: str, make: Make, out: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(make("left").parent)
    Path("empty.mp4").touch()
    Path("bad.json").write_text("{}")
    with pytest.raises(kind, match=said) as caught:
        screen_clips(**options, out=out)
    assert "\n" not in str(caught.value)
    assert asked == []
    assert not out.exists()


def test_missing_weights_are_found_before_the_work(make: Make) -> None:
    def no_weights(_name: str) -> Path:
        raise ModelError("model_missing", file="heavy.task")

    with pytest.raises(ModelError):
        screen_clips(make("left"), stages=replace(STAGES, check_weights=no_weights))
    assert asked == []


@pytest.mark.parametrize("words", ["right fault", "full"])
def test_a_failure_of_one_clip_leaves_nothing(make: Make, out: Path, words: str) -> None:
    right = make("full", "right") if words == "full" else make("right", words)
    with pytest.raises((RuntimeError, OutputError)):
        screen_clips(make("left"), right, out=out)
    assert not out.exists()


def test_the_profile_gives_height_and_name(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "ana.toml"
    path.write_text(Profile(runner="Ana", height_cm=171.0).to_toml(), encoding="utf-8")
    done = screen_clips(make("left"), profile=path, date=DAY)
    assert asked[0].height_cm == 171.0
    assert done.screen.runner == "Ana"
    assert done.screen.provenance.settings["height_cm"] == 171.0
    assert done.screen.date == DAY


def test_progress_names_the_clip(make: Make, out: Path) -> None:
    heard: list[tuple[str, str]] = []
    screen_clips(
        make("left"), make("right"), out=out, progress=lambda clip, stage, _: heard.append((clip.name, stage))
    )
    assert ("left.mp4", "find the legs") in heard
    assert ("right.mp4", "draw") in heard


def test_screen_json_is_the_contract(make: Make, out: Path) -> None:
    done = screen_clips(make("left"), out=out)
    assert done.folder is not None
    document = json.loads((done.folder / "screen.json").read_text(encoding="utf-8"))
    assert document["schema"] == "dorsi.screen/1"
    assert document["clips"][0]["links"]["report_json"] == "left/report.json"
