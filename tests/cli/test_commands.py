"""The `dorsi` command in this process with fake stages: options, what is printed where, exit codes."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dorsi import __version__
from dorsi.cli import app
from dorsi.cli.common import Stopped, complain, guarded, stoppable
from dorsi.cli.progress import ClipProgress
from dorsi.errors import ModelError, RunnerUnknown
from dorsi.plan.book import DRILLS_FILE
from dorsi.report.model import load_report
from dorsi.report.verdict import verdict_sentence
from dorsi.rules import load_rules, threshold_in_words
from dorsi.rules.book import RULES_FILE
from dorsi.workflow.stages import Stages
from tests.clips import encode
from tests.fakes import FAKE_STAGES

RULE_BOOK = load_rules()

Dorsi = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dorsi:
    """Runs `dorsi` with arguments in an empty folder, its slow stages faked."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def invoke(*arguments: object, stages: Stages | None = FAKE_STAGES) -> Result:
        return CliRunner().invoke(app, [str(each) for each in arguments], obj=stages)

    return invoke


@pytest.fixture
def clips(tmp_path: Path) -> Callable[..., list[str]]:
    """Makes fake clips NAME.mp4 that ask for what their name says."""

    def make(*names: str) -> list[str]:
        for name in names:
            (tmp_path / f"{name}.mp4").write_text(name)
        return [f"{name}.mp4" for name in names]

    return make


def test_version(run: Dorsi) -> None:
    assert run("--version").stdout == f"dorsi {__version__}\n"


@pytest.mark.parametrize("command", ["demo", "measure", "rules", "info", "models", "profile", "drills"])
def test_every_command_has_help_with_an_example(run: Dorsi, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    # An example stands on a line of its own.
    assert any(line.strip().startswith(f"dorsi {command}") for line in result.stdout.splitlines())
    assert "\\b" not in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["measure"],
        ["measure", "lunge.mp4", "--side", "middle"],
        ["measure", "lunge.mp4", "--height-cm", "tall"],
        ["measure", "lunge.mp4", "--height-cm", "17"],
        ["measure", "lunge.mp4", "--foot-cm", "270"],
        ["measure", "lunge.mp4", "--max-side", "10"],
        ["measure", "lunge.mp4", "--tape-cm", "99"],
        ["measure", "lunge.mp4", "--tape-cm", "2", "--knee-touched"],
        ["measure", "lunge.mp4", "--tape-cm", "12", "--no-knee-touched"],
        ["measure", "lunge.mp4", "--rules", "sprinter"],
        ["measure", "lunge.mp4", "--model", "lite"],
        ["measure", "lunge.mp4", "--test", "jump"],
        ["measure", "lunge.mp4", "--test", "big-toe"],
        ["rules", "sprinter"],
        ["info"],
        ["walk"],
    ],
)
def test_wrong_usage_is_2_and_makes_nothing(run: Dorsi, tmp_path: Path, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_measured_clip(run: Dorsi, clips: Callable[..., list[str]], tmp_path: Path) -> None:
    result = run("measure", *clips("lunge"))
    assert result.exit_code == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    report = load_report(tmp_path / "dorsi-out" / "lunge" / "report.json")
    assert lines[0] == f"lunge.mp4: {verdict_sentence(report)}"
    assert lines[1].startswith("  meets: 38.2° ± 2.1° with the heel down clears the minimum for running")
    assert "  warning: Shoes hide the heel. Film with bare feet." in lines
    assert lines[-4] == f"  plan: {'; '.join(step.drill for step in report.plan)}"
    folder = Path("dorsi-out") / "lunge"
    assert lines[-2:] == [f"  report.html: {folder}/report.html", f"  annotated.mp4: {folder}/annotated.mp4"]
    assert (tmp_path / folder / "report.json").exists()


def test_no_video_and_out(run: Dorsi, clips: Callable[..., list[str]], tmp_path: Path) -> None:
    result = run("measure", *clips("lunge"), "--no-video", "--out", "results")
    assert "annotated" not in result.stdout
    assert {path.name for path in (tmp_path / "results" / "lunge").iterdir()} == {
        "report.json",
        "report.html",
        "signals.csv",
        "evidence.npz",
        "peak.jpg",
    }


def test_every_option_reaches_the_report(run: Dorsi, clips: Callable[..., list[str]], tmp_path: Path) -> None:
    options = (
        "--test lunge --side right --leg far --height-cm 178 --foot-cm 27 --model full --rules practice-30-38"
    )
    flags = "--no-blur-face --max-side 640 --no-video --knee-touched --tape-cm 9.5"
    assert run("measure", *clips("lunge"), *options.split(), *flags.split()).exit_code == 0
    report = json.loads((tmp_path / "dorsi-out" / "lunge" / "report.json").read_text())
    assert report["provenance"]["settings"] == {
        "test": "lunge",
        "side": "right",
        "leg": "far",
        "height_cm": 178.0,
        "foot_cm": 27.0,
        "knee_touched": True,
        "tape_cm": 9.5,
        "model": "full",
        "rules": "practice-30-38",
        "video": False,
        "blur_face": False,
        "max_side_px": 640,
    }
    told = {finding["rule"]: finding for finding in report["findings"] if finding["side"] == "right"}
    assert told["knee-to-wall"]["verdict"] == "meets"
    assert told["tape"]["value"] == pytest.approx(9.5 * 3.6)
    assert "estimate" in told["tape"]["message"]


@pytest.mark.parametrize("test", ["auto", "lunge", "lunge_straight", "big_toe", "squat"])
def test_the_test_that_is_given_is_measured_and_kept(
    run: Dorsi, clips: Callable[..., list[str]], tmp_path: Path, test: str
) -> None:
    given = [] if test == "auto" else ["--test", test]
    result = run("measure", *clips("shown"), *given, "--no-video")
    assert result.exit_code == 0
    report = load_report(tmp_path / "dorsi-out" / "shown" / "report.json")
    assert report.test == ("lunge" if test == "auto" else test)
    assert report.test_source == ("recognised" if test == "auto" else "given")
    assert report.provenance.settings["test"] == test
    assert result.stdout.splitlines()[0] == f"shown.mp4: {verdict_sentence(report)}"


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["lunge"], 0),
        (["lunge", "refused"], 3),
        (["missing", "refused", "lunge"], 4),
        (["refused", "missing"], 4),
        (["full", "lunge"], 4),
        (["fault", "lunge"], 4),
    ],
)
def test_exit_code_is_that_of_the_worst_clip(
    run: Dorsi, clips: Callable[..., list[str]], tmp_path: Path, names: list[str], code: int
) -> None:
    clips(*(name for name in names if name != "missing"))
    result = run("measure", *(f"{name}.mp4" for name in names))
    assert result.exit_code == code
    bad = [name for name in names if name != "lunge"]
    lines = result.stderr.splitlines()
    assert [line.split(".mp4: ")[0] for line in lines] == [f"dorsi: {name}" for name in bad]
    whole = [name for name in names if name in {"lunge", "refused"}]
    assert sorted(path.name for path in (tmp_path / "dorsi-out").iterdir()) == sorted(whole)


def test_lines_say_what_is_wrong_and_what_to_do(run: Dorsi, clips: Callable[..., list[str]]) -> None:
    result = run("measure", *clips("refused", "full", "fault"), "missing.mp4")
    assert result.stderr.splitlines() == [
        "dorsi: refused.mp4: not measurable. No person was found. Film the whole body.",
        "dorsi: full.mp4: dorsi-out/full cannot be written: the disk is full. "
        "Make room, or choose another folder with --out.",
        "dorsi: fault.mp4: a fault in Dorsi (RuntimeError: a fault). Run again with --verbose and report it.",
        "dorsi: missing.mp4: there is no such file. Check the path.",
    ]


def test_verbose_shows_the_traceback_of_a_fault(run: Dorsi, clips: Callable[..., list[str]]) -> None:
    assert "Traceback" not in run("measure", *clips("fault")).stderr
    assert "Traceback" in run("measure", *clips("fault"), "--verbose").stderr


def test_json_of_one_clip_is_the_report(run: Dorsi, clips: Callable[..., list[str]], tmp_path: Path) -> None:
    result = run("measure", *clips("lunge"), "--json")
    assert result.exit_code == 0
    assert result.stdout.strip() == (tmp_path / "dorsi-out" / "lunge" / "report.json").read_text().strip()


def test_json_of_several_clips_is_an_array(run: Dorsi, clips: Callable[..., list[str]]) -> None:
    result = run("measure", *clips("lunge", "refused"), "missing.mp4", "--json")
    assert result.exit_code == 4
    documents = json.loads(result.stdout)
    assert [document["status"] for document in documents] == ["measured", "not_measurable", "error"]
    assert documents[2]["clip"] == {"file": "missing.mp4"}
    assert documents[2]["error"] == {
        "kind": "ClipMissing",
        "message": "missing.mp4: there is no such file. Check the path.",
        "code": "clip_missing",
        "params": {"file": "missing.mp4"},
    }


def test_ctrl_c_is_130_with_one_line(run: Dorsi, clips: Callable[..., list[str]], tmp_path: Path) -> None:
    result = run("measure", *clips("lunge", "interrupt", "refused"))
    assert result.exit_code == 130
    assert result.stderr == "dorsi: stopped. Nothing half-written was left behind.\n"
    assert [path.name for path in (tmp_path / "dorsi-out").iterdir()] == ["lunge"]


def test_an_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stoppable():
            os.kill(os.getpid(), signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_unwind_and_give_their_own_code(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(Stopped) as caught, stoppable():
        os.kill(os.getpid(), number)
    assert caught.value.number == number
    assert signal.getsignal(number) == before


def test_guarded_turns_errors_into_codes(capsys: pytest.CaptureFixture[str]) -> None:
    two_lines = RunnerUnknown("runner_unknown", runner="Two\nlines", path="x")
    for error, code in ((two_lines, 2), (Stopped(15), 143), (KeyboardInterrupt(), 130)):
        assert _code_of(error) == code
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "dorsi: “Two lines” is not in x. 'dorsi runners' lists who is there."
    assert len(told) == 3


def _code_of(error: BaseException) -> Any:
    try:
        with guarded():
            raise error
    except Exception as ended:  # noqa: BLE001  typer keeps the class to itself
        return getattr(ended, "exit_code", None)


def test_a_name_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    complain("lunge.mp4: is empty.", Path("a/lunge.mp4"))
    complain("is empty.", Path("a/lunge.mp4"))
    assert capsys.readouterr().err == "dorsi: lunge.mp4: is empty.\n" * 2


def test_rules_prints_thresholds_sources_and_cautions(run: Dorsi) -> None:
    told = run("rules").stdout
    assert "limited below 10°, borderline from 10 to 12°, meets from 12°" in told
    assert "source: S0: Why Ankle Mobility Matters for Runners" in told
    assert "Caution: 10–12° is a minimum for running" in told
    assert all(name in told for name in RULE_BOOK.sets)


def test_rules_and_drills_as_json(run: Dorsi) -> None:
    found = json.loads(run("rules", "young-adults", "--json").stdout)
    assert (found["name"], found["rules"][0]["name"], found["rules"][0]["mean"]) == (
        "young-adults", "young-adults", 39.0,
    )  # fmt: skip
    assert "runner" in found["sets"] and found["rules"][0]["messages"]["meets"]
    every = json.loads(run("rules", "--all", "--json").stdout)["rules"]
    assert {"goniometer", "big-toe", "windlass"} <= {rule["name"] for rule in every}
    toe = json.loads(run("drills", "--for", "big_toe", "--json").stdout)
    assert [drill["title"] for drill in toe["drills"]] == ["Great-toe mobilisation", "Toe yoga"]
    assert all(drill["dose"] and drill["source"] for drill in toe["drills"]) and toe["cautions"]


@pytest.fixture
def own_files(tmp_path: Path) -> list[str]:
    """Options that name a clinic's own rules and drills: the shipped ones with other words."""
    rules = RULES_FILE.read_text(encoding="utf-8").replace("Minimum dorsiflexion for running", "Our minimum")
    drills = DRILLS_FILE.read_text(encoding="utf-8").replace("Toe yoga", "Toe gym")
    (tmp_path / "our_rules.toml").write_text(rules, encoding="utf-8")
    (tmp_path / "our_drills.toml").write_text(drills, encoding="utf-8")
    return ["--rules-file", "our_rules.toml", "--drills-file", "our_drills.toml"]


def test_own_rules_and_drills_are_applied_and_named(
    run: Dorsi, clips: Callable[..., list[str]], tmp_path: Path, own_files: list[str]
) -> None:
    assert run("measure", *clips("fine"), *own_files).exit_code == 0
    folder = tmp_path / "dorsi-out" / "fine"
    report = load_report(folder / "report.json")
    made = report.provenance
    assert report.findings[0].title == "Our minimum"
    assert (made.rules.file, made.rules.sha256) == ("our_rules.toml", _sha256(tmp_path / "our_rules.toml"))
    assert made.drills is not None
    assert (made.drills.file, made.drills.sha256) == (
        "our_drills.toml",
        _sha256(tmp_path / "our_drills.toml"),
    )
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert ", our_rules.toml" in page and ", our_drills.toml" in page
    assert "Our minimum" in run("rules", *own_files[:2]).stdout
    assert "Toe gym" in run("drills", *own_files[2:]).stdout


def test_the_environment_names_own_files_and_an_option_goes_first(
    run: Dorsi,
    clips: Callable[..., list[str]],
    tmp_path: Path,
    own_files: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DORSI_RULES", str(tmp_path / own_files[1]))
    monkeypatch.setenv("DORSI_DRILLS", str(tmp_path / own_files[3]))
    assert run("measure", *clips("fine")).exit_code == 0
    made = load_report(tmp_path / "dorsi-out" / "fine" / "report.json").provenance
    assert made.drills is not None
    assert (made.rules.file, made.drills.file) == ("our_rules.toml", "our_drills.toml")
    assert "Our minimum" in run("rules").stdout
    assert "Our minimum" not in run("rules", "--rules-file", RULES_FILE).stdout
    assert "Toe yoga" in run("drills", "--drills-file", DRILLS_FILE).stdout


def test_shipped_files_are_not_named(run: Dorsi, clips: Callable[..., list[str]], tmp_path: Path) -> None:
    run("measure", *clips("fine"))
    made = load_report(tmp_path / "dorsi-out" / "fine" / "report.json").provenance
    assert made.drills is not None
    assert (made.rules.file, made.drills.file) == (None, None)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("measure", "fine.mp4", "--rules-file", "bad.toml"), "bad.toml: rules: Field required."),
        (("measure", "fine.mp4", "--drills-file", "bad.toml"), "bad.toml: drills: Field required."),
        (("screen", "--left", "fine.mp4", "--rules-file", "bad.toml"), "bad.toml: rules: Field required."),
        (("screen", "--left", "fine.mp4", "--drills-file", "bad.toml"), "bad.toml: drills: Field required."),
        (("rules", "--rules-file", "none.toml"), "none.toml: cannot be read (No such file or directory)."),
        (("drills", "--drills-file", "none.toml"), "none.toml: cannot be read (No such file or directory)."),
        (("progress", "Ana", "--rules-file", "bad.toml"), "bad.toml: rules: Field required."),
    ],
)
def test_own_files_that_are_wrong_are_2_with_one_line(
    run: Dorsi, clips: Callable[..., list[str]], tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    clips("fine")
    kind = "rules" if "--rules-file" in arguments else "drills"
    text = {"rules": RULES_FILE, "drills": DRILLS_FILE}[kind].read_text(encoding="utf-8")
    (tmp_path / "bad.toml").write_text(text.replace(f"[{kind}.", f"[{kind}s."), encoding="utf-8")
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"dorsi: {told}") and result.stderr.count("\n") == 1
    assert not (tmp_path / "dorsi-out").exists()


def _sha256(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def test_rules_of_all_sets_each_with_test_unit_threshold_and_source(run: Dorsi) -> None:
    told = run("rules", "--all").stdout
    for rule in RULE_BOOK.rules.values():
        part = told.split(f"\n{rule.name}, version")[1].split("\n\n")[0]
        assert f"  test: {rule.test.replace('_', ' ')}\n" in part
        assert f"  compares: {rule.measurement} ({rule.unit})\n" in part
        assert f"  {threshold_in_words(rule)}\n" in part
        assert f"  source: {rule.source}" in part
    assert "plantarflexion, context only" in told
    assert "estimate: 3.6° a centimetre" in told


@pytest.mark.parametrize("name", RULE_BOOK.sets)
def test_every_rule_set_can_be_printed(run: Dorsi, name: str) -> None:
    result = run("rules", name)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{name}: ")


def test_info(run: Dorsi, clips: Callable[..., list[str]]) -> None:
    told = run("info", *clips("lunge")).stdout
    assert "1080×1920 px, turned 90° to stand upright" in told
    assert "variable, about 30.00 Hz" in told
    assert "hevc, yuv420p10le, 10 bit, HDR" in told
    facts = json.loads(run("info", "lunge.mp4", "--json").stdout)
    assert facts["file"] == "lunge.mp4"
    assert (facts["rotation_deg"], facts["captured_at"]) == (90, None)
    assert "path" not in facts


def test_info_of_a_clip_that_tells_when_it_was_filmed(run: Dorsi, tmp_path: Path) -> None:
    encode(tmp_path / "lunge.mp4", metadata={"creation_time": "2026-03-01T10:00:00Z"})
    facts = json.loads(run("info", "lunge.mp4", "--json", stages=None).stdout)
    assert facts["captured_at"] == "2026-03-01T10:00:00+00:00"


def test_info_of_a_missing_clip_is_4(run: Dorsi) -> None:
    result = run("info", "none.mp4")
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr.startswith("dorsi: none.mp4: ")
    assert len(result.stderr.splitlines()) == 1


def test_models_are_listed_and_checked(run: Dorsi) -> None:
    result = run("models", stages=None)
    assert result.exit_code == 0
    assert result.stdout.count("checked: right") == 2
    result = run("models", stages=replace(FAKE_STAGES, check_weights=_damaged))
    assert result.exit_code == 4
    assert result.stdout.count("NOT USABLE") == 2
    assert "dorsi: Pose weights heavy are not the file" in result.stderr


def _damaged(name: str) -> Path:
    raise ModelError("weights_changed", path=name)


def test_the_bar_shows_on_a_terminal_only(tmp_path: Path) -> None:
    clip = Path("lunge.mp4")
    with (tmp_path / "log").open("w") as file:
        bar = ClipProgress(file)
        bar.update(clip, "find the legs", 0.5)
        bar.hide()
    assert (tmp_path / "log").read_text() == ""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        bar = ClipProgress(terminal)
        bar.update(clip, "find the legs", 0.5)
        bar.update(clip, "draw", 0.25)
        bar.hide()
        bar.hide()
        told = ""
        # A terminal hands on what was written in pieces.
        while "find the legs" not in told and select.select([ours], [], [], 10.0)[0]:
            told += os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert "lunge.mp4" in told
    assert "find the legs" in told
