"""`dorsi profile` as a process: at a terminal, with piped answers, stopped; and `dorsi drills`."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import dorsi
from dorsi.profile import load_profile

OLD = 'schema = "dorsi.profile/1"\nrunner = "Ana"\n\n[left]\ntape_cm = 9.5\n'
SAFETY = 13
QUESTIONS = SAFETY + 20
"""That are asked when nothing is answered and there was no file."""
AGAIN = QUESTIONS + 3
"""With how far the plan has brought somebody."""


ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(dorsi.__file__).parents[1])}


def run_dorsi(*arguments: str, cwd: Path, answers: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dorsi", *arguments]
    return subprocess.run(
        command, cwd=cwd, input=answers, capture_output=True, text=True, check=False, env=ENVIRONMENT
    )


def test_piped_answers_write_the_file(tmp_path: Path) -> None:
    run = run_dorsi(
        "profile", "ana.toml", cwd=tmp_path, answers="\n" * SAFETY + "Ana\n" + "\n" * (QUESTIONS - SAFETY - 1)
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == "ana.toml: written. See it with: dorsi profile ana.toml --show\n"
    assert load_profile(tmp_path / "ana.toml").runner == "Ana"
    shown = run_dorsi("profile", "ana.toml", "--show", cwd=tmp_path)
    assert shown.stdout == (tmp_path / "ana.toml").read_text()


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ("", "no terminal to ask at and no answers came"),
        ("n\n", "the answers end before question 2"),
        ("\n" * (SAFETY + 2) + "tall\n", "“tall”: answer with a number"),
        ("\n" * AGAIN + "y\n", "more answers than the 36 questions, from “y” on"),
    ],
)
def test_answers_that_will_not_do_leave_the_old_file(tmp_path: Path, answers: str, told: str) -> None:
    file = tmp_path / "ana.toml"
    file.write_text(OLD)
    run = run_dorsi("profile", "ana.toml", cwd=tmp_path, answers=answers)
    assert (run.returncode, run.stdout) == (2, "")
    assert told in run.stderr and len(run.stderr.splitlines()) == 1
    assert file.read_text() == OLD and list(tmp_path.iterdir()) == [file]


def test_answers_that_are_no_text_and_no_answers_channel_at_all(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dorsi", "profile", "ana.toml"]
    run = subprocess.run(
        command, cwd=tmp_path, input=b"\xff\xfe\n", capture_output=True, check=False,
        env=ENVIRONMENT | {"PYTHONUTF8": "0", "PYTHONIOENCODING": "utf-8:strict"},
    )  # fmt: skip
    assert run.returncode == 2 and b"not UTF-8 text" in run.stderr
    shell = ["sh", "-c", 'exec "$0" "$@" <&-', *command]
    closed = subprocess.run(shell, cwd=tmp_path, capture_output=True, text=True, check=False, env=ENVIRONMENT)
    assert closed.returncode == 2 and "no answers came" in closed.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "arguments", "code", "told"),
    [
        ("[left", ["ana.toml"], 2, "ana.toml: is not valid TOML"),
        ('schema = "dorsi.profile/1"\n[left]\ntape = 3', ["ana.toml"], 2, "left.tape: is an unknown key"),
        (OLD, ["ben.toml", "--show"], 2, "ben.toml: there is no such file"),
        (OLD, ["none/ben.toml"], 4, "none/ben.toml cannot be written"),
    ],
)
def test_files_that_will_not_do(
    tmp_path: Path, text: str, arguments: list[str], code: int, told: str
) -> None:
    (tmp_path / "ana.toml").write_text(text)
    run = run_dorsi("profile", *arguments, cwd=tmp_path, answers="\n" * AGAIN)
    assert (run.returncode, run.stdout) == (code, "")
    assert told in run.stderr and len(run.stderr.splitlines()) == 1
    assert (tmp_path / "ana.toml").read_text() == text


class Terminal:
    """`dorsi profile ana.toml` at a pseudo-terminal."""

    def __init__(self, folder: Path) -> None:
        self.screen = ""
        self._main, other = pty.openpty()
        command = [sys.executable, "-m", "dorsi", "profile", "ana.toml"]
        self.process = subprocess.Popen(
            command, cwd=folder, stdin=other, stdout=other, stderr=other, env=ENVIRONMENT
        )
        os.close(other)

    def until(self, words: str) -> None:
        deadline = time.monotonic() + 30
        while words not in self.screen:
            assert time.monotonic() < deadline, self.screen
            if not select.select([self._main], [], [], 1.0)[0]:
                continue
            try:
                self.screen += os.read(self._main, 4096).decode(errors="replace")
            except OSError as error:  # the other end is closed
                raise AssertionError(self.screen) from error

    def type(self, line: str) -> None:
        os.write(self._main, f"{line}\n".encode())

    def ended(self) -> int:
        return self.process.wait(30)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._main)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal at which an older file is being renewed."""
    (tmp_path / "ana.toml").write_text(OLD)
    opened = Terminal(tmp_path)
    yield opened
    opened.close()


def test_at_a_terminal_the_old_answers_are_shown_and_wrong_ones_asked_again(
    tmp_path: Path, terminal: Terminal
) -> None:
    for _ in range(SAFETY):
        terminal.type("n")
    terminal.until("now Ana")
    terminal.type("")
    terminal.until("Age [")
    terminal.type("")
    terminal.until("Body height")
    terminal.type("tall")
    terminal.until("answer with a number")
    terminal.type("168")
    for _ in range(AGAIN - SAFETY - 3):
        terminal.type("")
    terminal.until("ana.toml: written")
    assert terminal.ended() == 0
    profile = load_profile(tmp_path / "ana.toml")
    assert (profile.runner, profile.height_cm, profile.left.tape_cm) == ("Ana", 168.0, 9.5)
    assert not profile.safety.pregnant and profile.safety.pregnant is not None
    assert "Knee to wall: half-kneel" in terminal.screen
    assert "For how many weeks" in terminal.screen


def test_ctrl_c_leaves_the_old_file(tmp_path: Path, terminal: Terminal) -> None:
    file = tmp_path / "ana.toml"
    for _ in range(SAFETY):
        terminal.type("")
    terminal.until("now Ana")
    terminal.type("Ben")
    terminal.until("Age [")
    terminal.process.send_signal(signal.SIGINT)
    terminal.until("stopped. Nothing half-written was left behind.")
    assert terminal.ended() == 130
    assert file.read_text() == OLD and list(tmp_path.iterdir()) == [file]
    assert "Traceback" not in terminal.screen


STOP = (
    "Have it looked at first: see a doctor within two days (today with a fever), because an ankle or foot is "
    "newly swollen"
)


def test_a_yes_stops_says_whom_to_see_and_keeps_what_was_told(tmp_path: Path) -> None:
    file = tmp_path / "ana.toml"
    file.write_text(OLD)
    run = run_dorsi("profile", "ana.toml", cwd=tmp_path, answers="n\nn\ny\n")
    assert (run.returncode, run.stderr) == (0, "")
    first, written = run.stdout.splitlines()
    assert first.startswith(STOP) and written.startswith("ana.toml: written")
    profile = load_profile(file)
    assert (profile.safety.calf_swollen_hot_or_painful, profile.safety.swelling_heat_redness) == (False, True)
    assert profile.safety.numb_tingling_weak is None and profile.left.tape_cm == 9.5
    # Answers made for all the questions are no fault: the rest is not asked.
    again = run_dorsi("profile", "new.toml", cwd=tmp_path, answers="n\nn\ny\n" + "n\n" * QUESTIONS)
    assert again.returncode == 0 and STOP in again.stdout


def test_a_yes_stops_at_a_terminal(terminal: Terminal) -> None:
    for answer in ("n", "n", "y"):
        terminal.type(answer)
    terminal.until("ana.toml: written")
    assert terminal.ended() == 0
    assert STOP in terminal.screen.replace("\r\n", " ") and "Your name" not in terminal.screen


def test_drills_are_listed_with_dose_aim_and_source(tmp_path: Path) -> None:
    run = run_dorsi("drills", cwd=tmp_path)
    assert run.returncode == 0
    assert run.stdout.count("  source: S") == run.stdout.count("  dose: ") == 24
    toe = run_dorsi("drills", "--for", "big_toe", cwd=tmp_path).stdout
    dose = "15 each way (MapMyRun), or 2–3 sets of 10 alternating (CoreQuest)"
    assert f"Toe yoga\n  for: big_toe, arch\n  dose: {dose}" in toe
    assert "  stage: loosen, about 3 min a day\n" in toe
    assert "  not with: forefoot, big toe\n" in toe
    assert toe.count("  dose: ") == 2
    wrong = run_dorsi("drills", "--for", "nose", cwd=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "Choose one of: achilles" in wrong.stderr
