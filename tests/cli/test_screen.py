"""The real `dorsi screen`: what it prints, what it writes, how it fails; reports stand in for clips."""

from __future__ import annotations

import json
import os
import pty
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import dorsi
from dorsi.cli import app
from dorsi.profile import SAFETY_QUESTIONS, Profile
from dorsi.screen.model import load_screen
from dorsi.store import Store
from dorsi.types import ClipInfo
from dorsi.workflow.stages import Stages
from tests.fakes import FAKE_STAGES
from tests.recorded import recorded_stages
from tests.screen.reports import lunge, refusal, squat, straight, toe

Ended = subprocess.CompletedProcess[str]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with reports and a profile."""
    reports = {
        "left": lunge("left", 34.0), "right": lunge("right", 8.0, 1.0), "refused": refusal("right"),
        "left_toe": toe("left", 45.0), "right_toe": toe("right", 20.0), "squat": squat(),
    }  # fmt: skip
    for name, report in reports.items():
        (tmp_path / f"{name}.json").write_text(report.to_json(), encoding="utf-8")
    profile = Profile.model_validate({"left": {"tape_cm": 9.5}, "signs": {"heels_lift": True}})
    (tmp_path / "ana.toml").write_text(profile.to_toml(), encoding="utf-8")
    return tmp_path


def command(here: Path, *arguments: str) -> Ended:
    """The command as a program of its own."""
    settings = {"PYTHONPATH": str(Path(dorsi.__file__).parents[1]), "DORSI_STORE": str(here / "store.db")}
    return subprocess.run(
        [sys.executable, "-m", "dorsi", "screen", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | settings,
        cwd=here,
        timeout=120,
    )


def at_a_terminal(here: Path, answers: list[str], *arguments: str) -> str:
    """What the command shows on a pseudo-terminal that these lines are typed into."""
    settings = {"PYTHONPATH": str(Path(dorsi.__file__).parents[1]), "DORSI_STORE": str(here / "store.db")}
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "dorsi", "screen", *arguments], stdin=theirs, stdout=theirs, stderr=theirs,
        env=os.environ | settings, cwd=here,
    ) as process:  # fmt: skip
        os.close(theirs)
        os.write(ours, "".join(f"{each}\n" for each in answers).encode())
        shown = b""
        with suppress(OSError):  # the other end is closed
            while part := os.read(ours, 4096):
                shown += part
        assert process.wait(60) == 0, shown.decode()
    os.close(ours)
    return shown.decode()


@pytest.fixture
def run(here: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The same in this process."""
    monkeypatch.chdir(here)
    monkeypatch.setenv("DORSI_STORE", str(here / "store.db"))

    def invoke(*arguments: str, stages: Stages = FAKE_STAGES) -> Result:
        return CliRunner().invoke(app, ["screen", *arguments], obj=stages)

    return invoke


Run = Callable[..., Result]
BOTH = ("--left", "left.json", "--right", "right.json")


def test_a_whole_screen(here: Path) -> None:
    before = {path.name: path.read_bytes() for path in here.iterdir()}
    ended = command(
        here, *BOTH, "--left-toe", "left_toe.json", "--right-toe", "right_toe.json", "--squat", "squat.json",
        "--profile", "ana.toml", "--no-right-knee-touched", "--runner", "Ana Lima", "--date", "2026-01-31",
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    lines = ended.stdout.splitlines()
    assert lines[0].startswith(
        "Your right ankle bends 8.0°, short of the 10–12° that running needs at least and 26° less"
    )
    assert lines[0].endswith("the missed touch at the wall does not decide.")
    (row,) = (line for line in lines if line.startswith("Peak shin angle, heel down"))
    assert row.split("  ")[-1].strip() == "26.0° ± 2.2°"
    assert "34.0° ± 2.0°" in row
    assert any(line.startswith("limited, right: 8.0° ± 1.0° with the heel down") for line in lines)
    assert any(line.startswith("Plan (loosen): ") for line in lines)
    assert any(line.startswith("You have not answered all 13 safety questions.") for line in lines)
    assert any(line.startswith("  1. ") for line in lines)
    assert "left.mp4: stored for Ana Lima, 2026-01-31" in lines
    assert "screen: stored for Ana Lima, 2026-01-31" in lines
    folder = Path("dorsi-out") / "screen-Ana_Lima-2026-01-31"
    assert lines[-2:] == [f"screen.html: {folder / 'screen.html'}", f"screen.json: {folder / 'screen.json'}"]
    screen = load_screen(here / folder / "screen.json")
    assert screen.runner == "Ana Lima"
    assert f"{screen.date}" == "2026-01-31"
    assert [(each.key, each.side) for each in screen.answers] == [
        ("knee_touched", "right"), ("tape_cm", "left"), ("heels_lift", None),
    ]  # fmt: skip
    with Store(here / "store.db") as store:
        assert len(store.history("Ana Lima")) == 5
        assert store.screens("Ana Lima")[0].text == screen.to_json()
    assert {name: (here / name).read_bytes() for name in before} == before


def test_a_yes_in_the_profile_stops_the_plan_and_not_the_numbers(here: Path, run: Run) -> None:
    stopped = Profile.model_validate({"safety": {"cannot_take_four_steps": True}})
    (here / "ana.toml").write_text(stopped.to_toml(), encoding="utf-8")
    ended = run(*BOTH, "--profile", "ana.toml")
    assert ended.exit_code == 0
    lines = ended.stdout.splitlines()
    assert lines[0].startswith("Have it looked at first: see a doctor or an emergency department today")
    assert any(line.startswith("Peak shin angle, heel down") for line in lines)
    assert "Plan" not in ended.stdout and "Measure again" not in ended.stdout
    (folder,) = (here / "dorsi-out").iterdir()
    assert load_screen(folder / "screen.json").plan.items == []


@pytest.mark.parametrize(
    ("answers", "state", "profile"),
    [
        (["n"], "clear", False),
        ([""], "unanswered", False),
        (["y", "n", "y"], "stop", False),
        (["n"], "clear", True),
    ],
)
def test_at_a_terminal_the_safety_list_is_asked_before_the_work(
    here: Path, answers: list[str], state: str, profile: bool
) -> None:
    """The list is shown once; the file of the profile stays as it was."""
    before = (here / "ana.toml").read_bytes()
    extra = ["--profile", "ana.toml"] if profile else []
    shown = at_a_terminal(here, answers, *BOTH, *extra)
    assert shown.count("Does any of this apply? [y/n, Enter: not answered]") == 1
    assert shown.count("  - Are you unable to take four steps, even with a limp?") == 1
    (folder,) = (here / "dorsi-out").iterdir()
    safety = load_screen(folder / "screen.json").plan.safety
    assert safety is not None and safety.state == state
    assert (here / "ana.toml").read_bytes() == before


@pytest.mark.parametrize("arguments", [("--json",), ("--profile", "clear.toml")])
def test_it_is_not_asked_for_json_or_when_all_is_answered(here: Path, arguments: tuple[str, ...]) -> None:
    clear = Profile.model_validate({"safety": {each.key: False for each in SAFETY_QUESTIONS}})
    (here / "clear.toml").write_text(clear.to_toml(), encoding="utf-8")
    assert "Does any of this apply" not in at_a_terminal(here, [], *BOTH, *arguments)


def test_no_command_can_lift(run: Run) -> None:
    told = run("--help").stdout.lower()
    assert not [word for word in ("clearance", "--lift", "therapist") if word in told]


def test_knee_straight_lunges_stand_beside_the_others_and_are_kept_apart(here: Path, run: Run) -> None:
    for side, peak_deg in (("left", 31.0), ("right", 24.0)):
        (here / f"{side}_s.json").write_text(straight(side, peak_deg).to_json(), encoding="utf-8")
    pair = ("--left-straight", "left_s.json", "--right-straight", "right_s.json")
    ended = run(*BOTH, *pair, "--runner", "Ana", "--json")
    assert ended.exit_code == 0, ended.output
    screen = json.loads(ended.stdout)
    assert [clip["role"] for clip in screen["clips"]] == ["left", "right", "left_straight", "right_straight"]
    with Store(here / "store.db") as store:
        kept = {(record.test, record.side): record for record in store.history("Ana")}
    assert kept["lunge_straight", "right"].headline.value == 24.0
    assert kept["lunge_straight", "right"].verdict is None
    assert kept["lunge", "right"].headline.value == 8.0
    history = CliRunner().invoke(app, ["history", "Ana"]).stdout
    assert "knee-straight lunge" in history
    swapped = run(*pair, "--swap", "--trust-sides", "--json")
    assert json.loads(swapped.stdout)["clips"][0]["measurements"]["peak_shin_angle_deg"]["value"] == 24.0


def test_a_report_of_the_bent_knee_is_no_knee_straight_lunge(run: Run) -> None:
    ended = run("--left-straight", "left.json")
    assert ended.exit_code == 2
    assert "is the report of a lunge test, and --left-straight takes a knee-straight lunge" in ended.stderr
    assert "Give it as --left or --right" in ended.stderr


def test_json_is_the_screen_and_nothing_else(here: Path, run: Run) -> None:
    ended = run(*BOTH, "--json", "--out", "results")
    (folder,) = (here / "results").iterdir()
    assert ended.stdout == (folder / "screen.json").read_text(encoding="utf-8")
    assert json.loads(ended.stdout)["runner"] is None
    assert not (here / "store.db").exists()


def test_a_clip_without_a_number_is_told_and_the_code_is_3(here: Path, run: Run) -> None:
    ended = run("--left", "left.json", "--right", "refused.json", "--runner", "Ana")
    assert ended.exit_code == 3
    assert ended.stderr.startswith("dorsi: right.mp4: not measurable. The leg was not filmed from the side.")
    assert len(ended.stderr.splitlines()) == 1
    assert "not compared" in ended.stdout
    with Store(here / "store.db") as store:
        assert [record.side for record in store.history("Ana")] == ["left"]


def test_one_side_alone_says_so(run: Run) -> None:
    ended = run("--right", "right.json")
    assert ended.exit_code == 0
    assert "note: There is no clip of the left lunge" in ended.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "A screen needs at least one clip. Give --left or --right or"),
        (("--left", "none.mp4"), "none.mp4"),
        (("--left", "left.json", "--right", "left.json"), "are the same clip"),
        (("--left", "right.json", "--right", "left.json"), "look exchanged. Exchange them with --swap"),
        (("--left", "squat.json"), "Give it as --squat"),
        ((*BOTH, "--profile", "ana.toml", "--left-tape-cm", "8"), "left.tape_cm: 8 contradicts 9.5"),
        ((*BOTH, "--profile", "none.toml"), "none.toml: there is no such file"),
        ((*BOTH, "--left-tape-cm", "90"), "left.tape_cm: 90.0 is out of range"),
        ((*BOTH, "--rules", "none"), "There is no rule set 'none'"),
        ((*BOTH, "--store", "x.db"), "go with --runner"),
        ((*BOTH, "--runner", "Ana", "--date", "soon"), "--date soon"),
        ((*BOTH, "--out", "ana.toml"), "ana.toml"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line_and_leaves_nothing(
    here: Path, run: Run, arguments: tuple[str, ...], said: str
) -> None:
    ended = run(*arguments)
    assert ended.exit_code in {2, 4}
    lines = ended.stderr.splitlines()
    assert len(lines) == 1, ended.stderr
    assert lines[0].startswith("dorsi: ")
    assert said in lines[0]
    assert ended.stdout == ""
    assert not (here / "dorsi-out").exists()


def test_a_store_that_cannot_be_used_is_found_before_the_work(here: Path, run: Run) -> None:
    (here / "store.db").write_text("no store")
    ended = run(*BOTH, "--runner", "Ana")
    assert ended.exit_code == 4
    assert "store.db" in ended.stderr
    assert not (here / "dorsi-out").exists()


@pytest.mark.parametrize("verbose", [False, True])
def test_a_fault_of_ours_is_one_line(run: Run, verbose: bool) -> None:
    def fault(_clip: Path) -> ClipInfo:
        raise RuntimeError("oops")

    stages = replace(FAKE_STAGES, probe=fault)
    ended = run("--left", "left.json", "--right", "r.mp4", *(["--verbose"] if verbose else []), stages=stages)
    assert ended.exit_code == 4
    assert ended.stderr.startswith("dorsi: a fault in Dorsi (RuntimeError: oops). Run again with --verbose")
    assert ("Traceback" in ended.stderr) == verbose


def test_a_store_that_fails_at_the_end_costs_no_result(here: Path, run: Run) -> None:
    with Store(here / "store.db"):
        pass
    with closing(sqlite3.connect(here / "store.db")) as opened:
        opened.execute("DROP TABLE screen")
    ended = run(*BOTH, "--runner", "Ana")
    assert ended.exit_code == 4
    assert ended.stderr.startswith("dorsi: screened, but not stored: ") and "no such table" in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert "left.mp4: stored for Ana" in ended.stdout
    assert len(list((here / "dorsi-out").iterdir())) == 1


def test_help_has_examples(run: Run) -> None:
    shown = run("--help").stdout
    assert "dorsi screen --left left.mp4 --right right.mp4" in shown


def test_two_filmed_legs_from_clip_to_page(here: Path, run: Run) -> None:
    names = {"left": "standing_lunge", "right": "heel_lifts"}
    clips = {side: here / f"{name}.mp4" for side, name in names.items()}
    for clip in clips.values():
        clip.write_text(clip.stem)
    before = {side: clip.read_bytes() for side, clip in clips.items()}
    ended = run("--left", str(clips["left"]), "--right", str(clips["right"]), stages=recorded_stages())
    assert ended.exit_code == 0, ended.stderr
    (folder,) = (here / "dorsi-out").iterdir()
    screen = load_screen(folder / "screen.json")
    assert [clip.side for clip in screen.clips] == ["left", "right"]
    pair = screen.pairs[0]
    assert pair.left is not None
    assert pair.right is not None
    # The truth of the samples: 29.1 and 26.9 deg.
    for side, true_deg in ((pair.left, 29.1), (pair.right, 26.9)):
        assert side.value == pytest.approx(true_deg, abs=5.0)
    assert pair.more_limited is None
    assert (folder / "left" / "peak.jpg").read_bytes() == b"jpeg"
    assert (folder / "screen.html").stat().st_size > 20_000
    assert {side: clip.read_bytes() for side, clip in clips.items()} == before
