"""Walls of the house: imports go one way, `import dorsi` is light, one OpenCV, declared is what is used."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "dorsi"

# A module may import only modules on a line above its own. A package is one unit, free inside, but for the
# engine, whose storeys have lines of their own: pixels below, arithmetic above.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "quantities", "digest"),
    ("types", "names", "file_names"),
    ("profile", "memory", "quiet", "libraries", "toml_book"),
    ("settings", "corrections", "clip_limits", "executors"),
    ("video", "models"),
    ("engine.landmarks",),
    ("engine.geometry",),
    ("engine.evidence", "engine.view"),
    ("engine.evidence_file",),
    ("engine.observe",),
    ("engine.conclude",),
    ("engine.pipeline",),
    ("rules",),
    ("plan",),
    ("report",),
    ("screen",),
    ("store",),
    ("progress",),
    ("pages", "overlay"),
    ("workflow",),
    ("desk",),
    ("web",),
    ("cli",),
    ("__main__",),
)
_SERVED = {"serve.py", "account.py", "backup.py"}
"""Commands that need the extra of the pages."""
RANK = {unit: rank for rank, layer in enumerate(LAYERS) for unit in layer}
# What a bare `dorsi --help` may load beside Python's own: the command line, what typer brings, and NumPy.
COMMAND_LINE = {
    "annotated_doc", "attr", "click", "dorsi", "markdown_it", "mdurl", "numpy", "pygments", "rich",
    "shellingham", "typer", "typing_extensions",
}  # fmt: skip


def _modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def _unit(parts: tuple[str, ...]) -> str:
    """Name of the layer unit that a module belongs to, by the parts of its name below `dorsi`."""
    return ".".join(parts[:2]) if parts[:1] == ("engine",) else ".".join(parts[:1])


def _unit_of(path: Path, source: Path = SOURCE) -> str:
    return _unit(path.relative_to(source).with_suffix("").parts)


def _imports(path: Path, source: Path = SOURCE) -> set[str]:
    """Absolute dotted names of everything a file imports, anywhere in it; `from a import b` gives `a.b`."""
    package = ("dorsi", *path.relative_to(source).parent.parts)
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*start, *(node.module.split(".") if node.module else ())))
            found.update(f"{base}.{alias.name}" for alias in node.names)
    return found


def _upward(path: Path, source: Path = SOURCE) -> list[str]:
    """Imports of a file that its layer does not allow."""
    unit = _unit_of(path, source)
    wrong = []
    for name in sorted(_imports(path, source)):
        parts = tuple(name.split("."))
        imported = _unit(parts[1:])
        if parts[0] != "dorsi" or parts[1:2] == ("__version__",) or imported == unit:
            continue
        if imported not in RANK or RANK[imported] >= RANK[unit]:
            wrong.append(f"{path.relative_to(source)} imports {name}")
    return wrong


def _walled() -> list[Path]:
    """Every module but the fronts of the whole and of the engine, which hold no code."""
    return [path for path in _modules() if _unit_of(path) not in {"__init__", "engine.__init__"}]


def test_every_module_has_a_layer() -> None:
    assert {_unit_of(path) for path in _walled()} <= RANK.keys()


def test_imports_go_down_only() -> None:
    assert [line for path in _walled() for line in _upward(path)] == []


def test_an_upward_import_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "engine" / "observe").mkdir(parents=True)
    module = tmp_path / "engine" / "observe" / "backend.py"
    module.write_text("from . import leg\nfrom ...types import Frame\nfrom dorsi.video import probe\n")
    assert _upward(module, tmp_path) == []
    for line in (
        "from ...cli import main",
        "from ..conclude import quality",
        "from dorsi.engine.conclude.signals import build_signals",
        "from dorsi import measure",
        "import dorsi.report.model",
        "import dorsi",
    ):
        module.write_text(f"def f():\n    {line}\n")
        assert len(_upward(module, tmp_path)) == 1, line


def test_every_file_says_what_lives_there() -> None:
    files = [
        p for folder in ("src", "bench", "tests", "docs") for p in (SOURCE.parents[1] / folder).rglob("*.py")
    ]
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    assert [
        str(p) for p, text in texts.items() if text.strip() and not ast.get_docstring(ast.parse(text))
    ] == []


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("import dorsi", {"dorsi"}),
        ("sys.argv = ['dorsi', '--help']; from dorsi.cli import main; main()", COMMAND_LINE),
    ],
    ids=["import dorsi", "dorsi --help"],
)
def test_start_up_is_light(code: str, allowed: set[str]) -> None:
    """Judged by what is loaded, not by the clock."""
    told = "print('loaded', *{name.split('.')[0] for name in set(sys.modules) - before})"
    check = f"import atexit, sys\nbefore = set(sys.modules)\natexit.register(lambda: {told})\n{code}"
    run = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    first, *loaded = run.stdout.splitlines()[-1].split()
    assert first == "loaded" and "dorsi" in loaded
    assert set(loaded) - sys.stdlib_module_names - allowed == set()


def _declared(extra: str | None = None) -> set[str]:
    with (SOURCE.parents[1] / "pyproject.toml").open("rb") as stream:
        project = tomllib.load(stream)["project"]
    entries = project["dependencies"] if extra is None else project["optional-dependencies"][extra]
    return {re.split(r"[^A-Za-z0-9._-]", entry)[0].lower() for entry in entries}


def _imported(paths: Iterable[Path]) -> set[str]:
    """Distributions that files import, by their names."""
    top = {name.split(".")[0] for path in paths for name in _imports(path)}
    distributions = packages_distributions()
    return {distributions[name][0].lower() for name in top - set(sys.stdlib_module_names) - {"dorsi"}}


def test_one_opencv_and_it_is_the_one_mediapipe_needs() -> None:
    ours = {name for name in _declared() if name.startswith("opencv")}
    theirs = {re.split(r"[^A-Za-z0-9._-]", entry)[0] for entry in requires("mediapipe") or ()}
    assert len(ours) == 1
    assert ours <= theirs
    assert set(packages_distributions()["cv2"]) == ours


def test_what_is_declared_is_what_is_imported() -> None:
    served = [path for path in _modules() if _unit_of(path) in {"desk", "web"} or path.name in _SERVED]
    # What is loaded when it is asked for, of the extras that are no pages.
    extras = _declared("batch") | _declared("cluster")
    assert _imported(set(_modules()) - set(served)) - extras == _declared()
    assert extras <= _imported(_modules())
    # FastAPI stands on Starlette and hands most of it on; python-multipart is what it reads forms with.
    own = _imported(served) - _declared() - extras - {"starlette"} | {"python-multipart"}
    assert own == _declared("web")
