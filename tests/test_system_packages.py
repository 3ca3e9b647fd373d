"""What `make` and CI do about packages of the system, on a machine played by stand-ins on the path."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGLESv2.so.2": "libgles2",
    "libGL.so.1": "libgl1",
    "libgthread-2.0.so.0": "libglib2.0-0",
}


@dataclass
class Machine:
    """A machine with only the commands that `has` gave it. `calls` tells what apt-get was asked for."""

    commands: Path
    script: Path

    def has(self, name: str, does: str = "exit 0") -> None:
        file = self.commands / name
        file.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        file.chmod(0o755)

    def has_libraries(self, *names: str) -> None:
        lines = "".join(f"\t{name} (libc6,x86-64) => /lib/{name}\n" for name in names)
        self.has("ldconfig", f"cat <<'END'\n2 libs found\n{lines}END")

    def is_debian(self, user: int) -> None:
        self.has("apt-get", f'echo "$@" >>"{self.commands}/calls"')
        self.has("id", f"echo {user}")

    @property
    def calls(self) -> list[str]:
        file = self.commands / "calls"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    def prepare(self, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self.commands)} | more
        # Not the checkout: a .venv there has a Python.
        place = self.commands.parent
        return subprocess.run(
            ["/bin/sh", str(self.script)], capture_output=True, text=True, env=environment, cwd=place
        )


@pytest.fixture
def machine(tmp_path: Path, repo: Path) -> Machine:
    commands = tmp_path / "bin"
    commands.mkdir()
    for name in ("dirname", "cat"):
        found = shutil.which(name)
        assert found is not None
        (commands / name).symlink_to(found)
    bare = Machine(commands, repo / "tools" / "system_packages.sh")
    bare.has("uname", "echo Linux")
    bare.has("python3")
    return bare


def test_with_everything_there_nothing_is_done_or_said(machine: Machine) -> None:
    machine.has_libraries(*PACKAGES)
    machine.is_debian(user=1000)
    run = machine.prepare()
    assert (run.returncode, run.stdout, run.stderr, machine.calls) == (0, "", "", [])


@pytest.mark.parametrize("missing", PACKAGES)
def test_root_on_debian_installs_what_is_missing_alone(machine: Machine, missing: str) -> None:
    machine.has_libraries(*(PACKAGES.keys() - {missing}))
    machine.is_debian(user=0)
    assert machine.prepare().returncode == 0
    assert machine.calls == ["update -q", f"install -y -q --no-install-recommends {PACKAGES[missing]}"]


def test_anyone_else_on_debian_is_told_the_one_line_and_it_stops(machine: Machine) -> None:
    machine.has_libraries()
    machine.is_debian(user=1000)
    run = machine.prepare()
    assert (run.returncode, run.stdout, machine.calls) == (1, "", [])
    line = f"sudo apt-get install --no-install-recommends {' '.join(PACKAGES.values())}"
    assert run.stderr.splitlines()[1:] == [f"    {line}"]


def test_where_apt_get_fails_it_stops(machine: Machine) -> None:
    machine.has_libraries()
    machine.is_debian(user=0)
    machine.has("apt-get", "exit 100")
    assert machine.prepare().returncode == 100


def test_elsewhere_the_libraries_are_named_and_it_goes_on(machine: Machine) -> None:
    machine.has_libraries("libGL.so.1", "libgthread-2.0.so.0")
    run = machine.prepare()
    assert (run.returncode, run.stdout) == (0, "")
    assert run.stderr.rstrip().endswith(": libEGL.so.1 libGLESv2.so.2")


@pytest.mark.parametrize("system", ["Darwin", "MINGW64_NT-10.0"])
def test_other_systems_have_them(machine: Machine, system: str) -> None:
    machine.has("uname", f"echo {system}")
    run = machine.prepare()
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_a_linux_that_cannot_tell_goes_on(machine: Machine) -> None:
    machine.has("ldconfig", "exit 1")
    machine.is_debian(user=0)
    assert (machine.prepare().returncode, machine.calls) == (0, [])


def test_a_python_that_cannot_make_environments_is_a_package_short(machine: Machine) -> None:
    machine.has_libraries(*PACKAGES)
    machine.is_debian(user=0)
    machine.has("python3", "exit 1")
    machine.prepare()
    assert machine.calls[-1] == "install -y -q --no-install-recommends python3 python3-venv"


@pytest.mark.parametrize("name", ["uv", "python3.12", "mine"])
def test_uv_or_another_python_will_do(machine: Machine, name: str) -> None:
    machine.has_libraries(*PACKAGES)
    machine.is_debian(user=1000)
    machine.has("python3", "exit 1")
    machine.has(name)
    assert machine.prepare(PYTHON=name if name == "mine" else "").returncode == 0


def test_make_looks_before_it_does_anything(repo: Path) -> None:
    environment = os.environ | {"MAKEFLAGS": ""}
    for target in ("demo", "screen", "test"):
        command = ["make", "-n", "-B", "-C", str(repo), target]
        run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        lines = [line for line in run.stdout.splitlines() if not line.startswith("make")]
        assert lines[0].endswith("tools/system_packages.sh"), target
    ci = (repo / ".ci" / "run").read_text(encoding="utf-8")
    assert all(f"tools/{name}.sh" in ci for name in ("system_packages", "browser", "postgresql"))
