"""The package as users get it: what the wheel holds, pins for all that is declared, a README that holds."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dorsi
from dorsi.models import WEIGHTS


@pytest.fixture(scope="module")
def project(repo: Path) -> dict[str, Any]:
    with (repo / "pyproject.toml").open("rb") as stream:
        return tomllib.load(stream)["project"]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def wheel(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=repo, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


def test_wheel_carries_the_weights_and_their_papers(wheel: zipfile.ZipFile) -> None:
    for weights in WEIGHTS.values():
        assert hashlib.sha256(wheel.read(f"dorsi/_models/{weights.file}")).hexdigest() == weights.sha256
    assert {"dorsi/_models/LICENSE", "dorsi/_models/NOTICE", "dorsi/_models/README.md"} <= set(
        wheel.namelist()
    )


def test_wheel_carries_every_file_of_the_package(wheel: zipfile.ZipFile, repo: Path) -> None:
    source = repo / "src"
    ours = {
        path.relative_to(source).as_posix()
        for path in (source / "dorsi").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    names = set(wheel.namelist())
    assert ours <= names
    assert "dorsi/py.typed" in names
    assert any(name.endswith(".toml") for name in names)
    assert any(name.endswith((".j2", ".html")) for name in names)


def test_wheel_carries_the_sample_of_the_demo_and_no_other(wheel: zipfile.ZipFile, samples: Path) -> None:
    assert [name for name in wheel.namelist() if "_samples" in name] == ["dorsi/_samples/lunge.mp4"]
    assert wheel.read("dorsi/_samples/lunge.mp4") == (samples / "lunge.mp4").read_bytes()


def test_the_source_archive_carries_what_the_wheel_is_built_from(project: dict[str, Any], repo: Path) -> None:
    with (repo / "pyproject.toml").open("rb") as stream:
        targets = tomllib.load(stream)["tool"]["hatch"]["build"]["targets"]
    packed = [entry.strip("/") for entry in targets["sdist"]["include"]]
    for wanted in (*targets["wheel"]["only-include"], *project["license-files"]):
        assert any(Path(wanted).is_relative_to(entry) for entry in packed), wanted


def test_the_demo_finds_the_sample_of_an_installed_wheel_and_tells_when_it_is_gone(
    wheel: zipfile.ZipFile, tmp_path: Path
) -> None:
    light = [name for name in wheel.namelist() if not name.startswith("dorsi/_models/")]
    wheel.extractall(tmp_path, members=light)
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}

    def python(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    clip = tmp_path / "dorsi" / "_samples" / "lunge.mp4"
    found = python("-c", "from dorsi.cli.demo import sample; print(sample())")
    assert (found.stdout.strip(), found.stderr) == (str(clip), "")
    clip.unlink()
    ended = python("-m", "dorsi", "demo")
    assert (ended.returncode, ended.stdout) == (4, "")
    assert ended.stderr == "dorsi: The sample clip is not installed. Install Dorsi again: it is part of it.\n"
    assert not (tmp_path / "dorsi-out").exists()


def test_wheel_gives_the_command(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "dorsi = dorsi.__main__:main" in wheel.read(name).decode()


def test_versions_agree(project: dict[str, Any], repo: Path) -> None:
    """The package's own is the only one there is; the change log has a section of it."""
    assert "version" not in project and project["dynamic"] == ["version"]
    head = re.search(r"^## (.+)$", (repo / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert head is not None and dorsi.__version__ in head[1]


def test_constraints_pin_everything_that_is_declared(project: dict[str, Any], repo: Path) -> None:
    lines = (repo / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", pin) for pin in pins)
    declared = project["dependencies"] + project["optional-dependencies"]["dev"]
    wanted = {re.split(r"[^a-z0-9-]", entry)[0] for entry in declared}
    assert wanted <= {pin.split("==")[0] for pin in pins}


def test_readme_has_the_two_commands_and_its_pictures(repo: Path) -> None:
    readme = (repo / "README.md").read_text(encoding="utf-8")
    targets = set(
        re.findall(r"^([a-z]+):", (repo / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    )
    assert {"demo", "test"} <= set(re.findall(r"^make ([a-z]+)", readme, flags=re.MULTILINE)) <= targets
    links = re.findall(r"\]\(([^)#:]+)\)", readme) + re.findall(r'<img src="([^"]+)"', readme)
    assert links
    assert [link for link in links if not (repo / link).exists()] == []
