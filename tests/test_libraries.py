"""A missing library of the system is named with the packages that hold it, wherever it shows."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import dorsi
from dorsi.cli.words import exit_code_of
from dorsi.errors import SystemLibraryMissing
from dorsi.libraries import loading

PACKAGES = [
    ("libEGL.so.1", "libegl1", "libglvnd-egl"),
    ("libGLESv2.so.2", "libgles2", "libglvnd-gles"),
    ("libGL.so.1", "libgl1", "libglvnd-glx"),
    ("libgthread-2.0.so.0", "libglib2.0-0", "glib2"),
]
GONE = "{}: cannot open shared object file: No such file or directory"


def load(error: Exception) -> None:
    with loading():
        raise error


@pytest.mark.parametrize(("library", "debian", "fedora"), PACKAGES)
@pytest.mark.parametrize("kind", [ImportError, OSError])
def test_the_library_and_its_packages_are_named(
    library: str, debian: str, fedora: str, kind: Callable[[str], Exception]
) -> None:
    with pytest.raises(SystemLibraryMissing) as caught:
        load(kind(GONE.format(library)))
    assert exit_code_of(caught.value) == 4
    assert caught.value.code == "system_library_missing"
    assert caught.value.params == {"library": library, "debian": debian, "fedora": fedora}
    told = str(caught.value)
    assert told.startswith(f"{library}, a library of the system, is missing.")
    assert f"apt-get install {debian} " in told and f"dnf install {fedora} " in told
    assert "\n" not in told


def test_a_library_that_is_not_in_the_list_is_named_all_the_same() -> None:
    with pytest.raises(SystemLibraryMissing, match=r"^libX11\.so\.6, .* package that holds it\.$") as caught:
        load(ImportError(GONE.format("libX11.so.6")))
    assert caught.value.code == "system_library_unknown"
    assert caught.value.params == {"library": "libX11.so.6"}


@pytest.mark.parametrize(
    "error", [ImportError("No module named 'cv2'"), OSError("disk"), ValueError(GONE.format("libGL.so.1"))]
)
def test_anything_else_stays_what_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        load(error)
    assert caught.value is error


# An importer in front of all others, to which the loader says what it says on a bare system.
BARE = """
import sys
missing = sys.argv[1]
class Bare:
    def find_spec(self, name, path=None, target=None):
        if name == missing:
            raise {kind}({text!r})
sys.meta_path.insert(0, Bare())
"""


def bare(
    kind: str, library: str, module: str, code: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run `code` where `module` does not load for want of `library`."""
    code = BARE.format(kind=kind, text=GONE.format(library)) + code
    environment = os.environ | {"PYTHONPATH": str(Path(dorsi.__file__).parents[1])}
    command = [sys.executable, "-c", code, module, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


COMMAND = "sys.argv = ['dorsi', *sys.argv[2:]]\nfrom dorsi.__main__ import main\nmain()\n"


@pytest.mark.parametrize(
    ("command", "module"),
    [
        (["info"], "cv2"),
        (["measure"], "cv2"),
        (["screen", "--left"], "cv2"),
        (["measure"], "mediapipe"),
        (["screen", "--left"], "mediapipe"),
    ],
    ids=str,
)
def test_every_command_ends_in_one_line_and_4(
    command: list[str], module: str, samples: Path, tmp_path: Path
) -> None:
    kind, library = ("ImportError", "libGL.so.1") if module == "cv2" else ("OSError", "libEGL.so.1")
    out = [] if command == ["info"] else ["--out", str(tmp_path / "out")]
    run = bare(kind, library, module, COMMAND, *command, str(samples / "squat.mp4"), *out)
    (line,) = run.stderr.splitlines()
    assert line.startswith("dorsi: ") and f"{library}, a library of the system, is missing" in line
    assert (run.returncode, run.stdout) == (4, "")
    assert not (tmp_path / "out").exists()


def test_a_program_that_uses_the_package_gets_the_same_error() -> None:
    code = """
from dorsi import DorsiError, measure
try:
    measure("samples/squat.mp4")
except DorsiError as error:
    print(error.code)
"""
    run = bare("ImportError", "libGL.so.1", "cv2", code)
    assert (run.stdout, run.stderr) == ("system_library_missing\n", "")
