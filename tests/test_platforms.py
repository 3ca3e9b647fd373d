"""Dorsi where Python lacks what only POSIX systems have: a stand-in for Windows, on any machine.

The same interpreter and libraries run, with the POSIX-only modules, functions and signals taken away. What
Windows and macOS do differently by themselves (file systems, consoles) is not here.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import dorsi

# Modules and names that the documentation of Python has for Unix alone, but for those that other packages
# choose by `sys.platform`, which stays what it is.
WITHOUT = """
import os, signal, sys
MODULES = {
    "crypt", "fcntl", "grp", "nis", "pty", "pwd", "readline", "resource", "spwd", "syslog", "termios", "tty"
}
class NotHere:
    def find_spec(self, name, path=None, target=None):
        if name in MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, NotHere())
for name in MODULES:
    sys.modules.pop(name, None)
KEPT = {"SIGABRT", "SIGFPE", "SIGILL", "SIGINT", "SIGSEGV", "SIGTERM", "SIG_DFL", "SIG_IGN"}
for name in [each for each in vars(signal) if each.startswith("SIG") and each not in KEPT]:
    delattr(signal, name)
for name in (
    "O_DIRECTORY", "O_DSYNC", "O_NOCTTY", "O_NOFOLLOW", "chroot", "fchown", "fork", "forkpty", "getgid",
    "getgroups", "getpgid", "getsid", "getuid", "initgroups", "killpg", "lchown", "mkfifo", "nice", "setsid",
    "sysconf", "wait", "waitid",
):
    if hasattr(os, name):
        delattr(os, name)
"""
COMMAND = "sys.argv = ['dorsi', *sys.argv[1:]]\nfrom dorsi.__main__ import main\nmain()\n"
RESULT = """
from pathlib import Path
from dorsi.workflow.folders import result_folder
for number in (1, 2):
    with result_folder(Path(sys.argv[1]), "lunge", sha256=["a" * 64]) as result:
        (result.folder / "report.json").write_text(sys.argv[2], encoding="utf-8")
print(result.target.name)
"""

CONCLUDE = """
from pathlib import Path
from dorsi.engine.conclude.conclude import conclude
from dorsi.engine.evidence_file import read_evidence
from dorsi.settings import Settings
found = conclude(read_evidence(Path(sys.argv[1])), Settings()).measurements["peak_shin_angle_deg"]
print(f"{found.value:.2f} {found.uncertainty_95:.2f}")
"""


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(Path(dorsi.__file__).parents[1]), "NO_COLOR": "1"}
    command = [sys.executable, "-W", "ignore", "-c", WITHOUT + code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def test_what_is_taken_away_is_away() -> None:
    away = run("print(hasattr(signal, 'SIGHUP'), hasattr(os, 'O_DIRECTORY'))\nimport fcntl\n")
    assert away.stdout == "False False\n"
    assert away.stderr.rstrip().endswith("No module named 'fcntl'")


@pytest.mark.parametrize("arguments", [["--help"], ["measure", "--help"], ["rules"], ["models"]], ids=str)
def test_commands_run(arguments: list[str]) -> None:
    done = run(COMMAND, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_a_clip_is_looked_at(samples: Path) -> None:
    done = run(COMMAND, "info", samples / "squat.mp4", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["file"] == "squat.mp4"


def test_a_result_folder_is_written_and_replaced(tmp_path: Path) -> None:
    report = json.dumps({"schema": "dorsi.report/1", "clip": {"sha256": "a" * 64}})
    done = run(RESULT, tmp_path / "out", report)
    assert (done.returncode, done.stdout, done.stderr) == (0, "lunge\n", "")
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*"))
    assert left == ["out", "out/lunge", "out/lunge/report.json"]


def test_recorded_evidence_is_concluded(repo: Path) -> None:
    done = run(CONCLUDE, repo / "tests" / "evidence" / "d04.npz")
    recorded = json.loads((repo / "tests" / "evidence" / "numbers.json").read_text(encoding="utf-8"))
    value, half, _ = recorded["clips"]["d04"]["measurements"]["peak_shin_angle_deg"]
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{value:.2f} {half:.2f}\n", "")


def test_a_clip_that_cannot_be_read_ends_as_everywhere(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    done = run(COMMAND, "measure", tmp_path / "empty.mp4", "--out", tmp_path / "out")
    assert done.returncode == 4
    assert done.stderr.startswith("dorsi: empty.mp4: ")
    assert not (tmp_path / "out").exists()


def _opens_text_as_it_likes(node: ast.AST) -> bool:
    """Whether this is a call that opens a file as text and leaves the encoding to the system."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    given = [each.value for each in node.args if isinstance(each, ast.Constant)]
    as_text = node.func.attr in {"read_text", "write_text"} or (
        node.func.attr in {"fdopen", "open"} and bool({"r", "w", "a", "x"} & set(given))
    )
    # PyAV opens films.
    film = isinstance(node.func.value, ast.Name) and node.func.value.id == "av"
    return as_text and not film and "encoding" not in {each.arg for each in node.keywords}


def test_every_text_file_is_opened_as_utf_8(repo: Path) -> None:
    """Windows takes another encoding where none is said."""
    opened = {
        f"{path.name}: {ast.unparse(node)}"
        for path in (repo / "src").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if _opens_text_as_it_likes(node)
    }
    assert opened == set()
    for wrong in ("path.read_text()", "path.open('w')", "os.fdopen(handle, 'w')"):
        assert _opens_text_as_it_likes(ast.parse(wrong, mode="eval").body), wrong
