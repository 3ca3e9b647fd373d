"""The commands about the store, as users run them: `dorsi history` and its like, `dorsi measure --runner`."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import dorsi
from dorsi.cli import app
from dorsi.store import Store
from dorsi.workflow.stages import Stages
from tests.fakes import FAKE_STAGES
from tests.postgres import PASSWORD, Server
from tests.store.reports import SCREEN, at, made
from tests.without_rights import read_only

Ended = subprocess.CompletedProcess[str]
Run = Callable[..., Ended]
Dorsi = Callable[..., Result]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """DORSI_STORE: Ana with two sides over time and a screen, and Žofie."""
    path = tmp_path / "store.db"
    monkeypatch.setenv("DORSI_STORE", str(path))
    monkeypatch.setenv("TZ", "UTC0")
    time.tzset()
    with Store(path) as opened:
        opened.add_report("Ana Lima", made(30.0, clip="IMG 1.mov"), at(3))
        opened.add_report("Ana Lima", made(36.0, clip="IMG 2.mov"), at(20))
        opened.add_report("Ana Lima", made(36.5, clip="IMG 2.mov", version="0.2.0"))
        opened.add_report("Ana Lima", made(33.0, side="right", clip="李娜.mov"), at(4))
        opened.add_report("Ana Lima", made(11.0, None, side=None, clip="c.mov", findings=[]), at(5))
        opened.add_screen("Ana Lima", SCREEN, at(3))
        opened.add_report("Žofie", made(), at(1))
    yield path
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def command(tmp_path: Path) -> Run:
    """Runs the real command in an empty folder."""
    folder = tmp_path / "here"
    folder.mkdir(exist_ok=True)

    def run(*arguments: object, **more: str) -> Ended:
        environment = os.environ | {"PYTHONPATH": str(Path(dorsi.__file__).parents[1]), "PYTHONUTF8": "1"}
        return subprocess.run(
            [sys.executable, "-m", "dorsi", *map(str, arguments)],
            check=False,
            capture_output=True,
            text=True,
            env=environment | more,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            timeout=120,
        )

    return run


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dorsi:
    """Runs `dorsi` in this process, where stages can be faked."""
    folder = tmp_path / "here"
    folder.mkdir(exist_ok=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "200")

    def invoke(*arguments: object, stages: Stages = FAKE_STAGES) -> Result:
        return CliRunner().invoke(app, [str(each) for each in arguments], obj=stages)

    return invoke


def test_history_is_a_table(store: Path, command: Run) -> None:
    ended = command("history", "ana  lima")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == [
        "Ana Lima",
        "date        test   side       value              verdict       clip",
        "2026-03-03  lunge  left       30.0° ± 2.0°       meets         IMG 1.mov",
        "2026-03-04  lunge  right      33.0° ± 2.0°       meets         李娜.mov",
        "2026-03-05  lunge  not known  11.0° (± unknown)  not compared  c.mov",
        "2026-03-20  lunge  left       36.5° ± 2.0°       meets         IMG 2.mov",
        "Screens: 2026-03-03",
    ]
    assert store.exists()


def test_history_with_older_versions_and_as_json(
    store: Path, run: Dorsi, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = json.loads(run("history", "Ana Lima", "--json").stdout)
    monkeypatch.setenv("DORSI_STORE", "/nowhere")
    told = run("history", "Ana Lima", "--versions", "--store", store).stdout
    assert "IMG 2.mov (older version)" in told
    assert document["runner"] == "Ana Lima"
    assert [m["clip_file"] for m in document["measurements"]] == [
        "IMG 1.mov",
        "李娜.mov",
        "c.mov",
        "IMG 2.mov",
    ]
    first = document["measurements"][0]
    assert first["measured_at"] == "2026-03-03T12:00:00+00:00"
    assert first["values"]["peak_shin_angle_deg"] == {
        "value": 30.0, "uncertainty_95": 2.0, "time_s": 1.0, "frame": 30, "repeatability_95": None,
    }  # fmt: skip
    assert document["screens"] == [{"measured_at": "2026-03-03T12:00:00+00:00"}]


def test_runners(store: Path, run: Dorsi) -> None:
    ended = run("runners")
    assert ended.stdout.splitlines() == [
        f"Store: {store}",
        "runner    measurements  screens  last",
        "Ana Lima  4             1        2026-03-20",
        "Žofie     1             0        2026-03-01",
    ]
    found = json.loads(run("runners", "--json").stdout)
    assert [(each["name"], each["measurements"]) for each in found] == [("Ana Lima", 4), ("Žofie", 1)]


def test_progress_says_it_and_writes_the_page(store: Path, run: Dorsi, tmp_path: Path) -> None:
    ended = run("progress", "Ana Lima", "--out", "pages")
    assert (ended.exit_code, ended.stderr) == (0, "")
    lines = ended.stdout.splitlines()
    assert "+6.5° in 17 days. That is more than measuring error (3.8°): a real change" in lines[0]
    assert "  Measured by different versions of Dorsi (0.1.0, 0.2.0)" in lines[1]
    assert lines[-1] == "  page: pages/progress-Ana_Lima.html"
    page = tmp_path / "here" / "pages" / "progress-Ana_Lima.html"
    assert "+6.5° in 17 days" in page.read_text(encoding="utf-8")
    assert store.exists()


def test_an_unknown_runner_is_2_with_close_names(store: Path, run: Dorsi) -> None:
    for arguments in (["history"], ["progress"], ["forget", "--yes"], ["export", "a.zip"]):
        result = run(arguments[0], "Anna Lima", *arguments[1:])
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == f"dorsi: “Anna Lima” is not in {store}. Did you mean “Ana Lima”?\n"
    assert list(Path().iterdir()) == []


def test_without_a_store_nothing_is_made(run: Dorsi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DORSI_STORE", str(tmp_path / "no" / "store.db"))
    for arguments in (["history", "Ana"], ["progress", "Ana"], ["runners"], ["export", "--all", "a.zip"]):
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (4, "")
        assert result.stderr.startswith(f"dorsi: {tmp_path}/no/store.db: there is no store yet.")
        assert result.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.rglob("*")] == ["here"]


def test_a_file_that_is_no_store_is_4(run: Dorsi, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    ended = run("history", "Ana", "--store", tmp_path / "notes.txt")
    assert (ended.exit_code, ended.stdout) == (4, "")
    assert ended.stderr.endswith("notes.txt is not a database. Choose another file with --store.\n")
    assert (tmp_path / "notes.txt").read_text() == "hello"


def test_forget_without_a_terminal_wants_yes(store: Path, command: Run, run: Dorsi) -> None:
    before = store.read_bytes()
    ended = command("forget", "Ana Lima")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "dorsi: Say --yes to delete Ana Lima (4 measurements, 1 screen) for good.\n"
    assert store.read_bytes() == before
    done = run("forget", "Ana Lima", "--yes")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("Deleted: Ana Lima (4 measurements, 1 screen).")
    assert b"Ana" not in store.read_bytes()
    assert run("history", "Ana Lima").exit_code == 2


@pytest.mark.parametrize(("answer", "left"), [("n", ["Ana Lima", "Žofie"]), ("y", ["Žofie"])])
def test_forget_asks(store: Path, answer: str, left: list[str]) -> None:
    main, terminal = pty.openpty()
    environment = os.environ | {"PYTHONPATH": str(Path(dorsi.__file__).parents[1])}
    asked = subprocess.Popen(
        [sys.executable, "-m", "dorsi", "forget", "Ana Lima"],
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    os.write(main, f"{answer}\n".encode())
    told, wrong = asked.communicate(timeout=120)
    os.close(main)
    os.close(terminal)
    assert (asked.returncode, wrong) == (0, "")
    assert "Delete Ana Lima (4 measurements, 1 screen) from" in told
    with Store(store) as opened:
        assert [each.name for each in opened.runners()] == left


def test_export_and_import(store: Path, run: Dorsi, tmp_path: Path) -> None:
    ended = run("export", "ana lima", "ana.zip")
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == ["Ana Lima: 4 measurements, 1 screen", "written: ana.zip"]
    assert run("export", "--all", "all.zip").stdout.count(" measurement") == 2
    again = run("export", "Ana Lima", "ana.zip")
    assert (again.exit_code, again.stdout) == (4, "")
    assert again.stderr == "dorsi: ana.zip exists and is not replaced. Choose another name.\n"
    other = tmp_path / "deep" / "other.db"
    # An export that is refused makes no store.
    assert run("import", "missing.zip", "--store", other).exit_code == 4
    assert not other.parent.exists()
    ended = run("import", "all.zip", "--store", other)
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == [
        "all.zip: 2 runners, of them new: 2",
        "  reports: 6, of them new: 6",
        "  screens: 1, of them new: 1",
        f"  store: {other}",
    ]
    assert run("import", "ana.zip").stdout.startswith("ana.zip: 1 runner, of them new: 0\n")
    assert "reports: 6, of them new: 0" in run("import", "all.zip").stdout
    with Store(store) as here, Store(other) as there:
        assert here.history("Ana Lima", versions=True) == there.history("Ana Lima", versions=True)


def test_a_bad_import_is_4_and_changes_nothing(store: Path, run: Dorsi, tmp_path: Path) -> None:
    before = store.read_bytes()
    with zipfile.ZipFile(tmp_path / "here" / "evil.zip", "w") as target:
        target.writestr("../evil.json", "{}")
    for name in ("evil.zip", "missing.zip"):
        ended = run("import", name)
        assert (ended.exit_code, ended.stdout, ended.stderr.count("\n")) == (4, "", 1)
        assert ended.stderr.startswith(f"dorsi: {name}: cannot be")
    assert store.read_bytes() == before


@pytest.mark.parametrize(
    "arguments", [["export", "Ana Lima"], ["export", "--all", "Ana Lima", "a.zip"], ["import"]]
)
def test_wrong_usage_is_2(store: Path, run: Dorsi, arguments: list[str]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert store.exists() and not Path("a.zip").exists()


@pytest.mark.parametrize("name", ["history", "progress", "runners", "forget", "export", "import"])
def test_help_has_an_example(run: Dorsi, name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert any(line.strip().startswith(f"dorsi {name}") for line in result.stdout.splitlines())


def test_measured_clips_are_stored(store: Path, run: Dorsi) -> None:
    for name in ("lunge", "refused"):
        Path(f"{name}.mp4").write_text(name)
    options = ("--runner", "Bo", "--date", "2026-03-07", "--no-video")
    result = run("measure", "lunge.mp4", "refused.mp4", *options)
    assert result.exit_code == 3
    assert "  stored for Bo, 2026-03-07" in result.stdout.splitlines()
    assert "dorsi: refused.mp4: not stored, because there is no number." in result.stderr.splitlines()
    with Store(store) as opened:
        (record,) = opened.history("Bo")
        assert record.measured_at == at(7)
        written = Path("dorsi-out/lunge/report.json").read_text(encoding="utf-8")
        assert opened.report(record).to_json() == written
    again = run("measure", "lunge.mp4", "--runner", "bo", "--no-video")
    assert "  is already stored for Bo, 2026-03-07" in again.stdout.splitlines()
    moved = run("measure", "lunge.mp4", "--runner", "bo", "--date", "2026-03-09", "--no-video")
    assert "  its date was 2026-03-07 before" in moved.stdout.splitlines()
    other = run("measure", "lunge.mp4", "--runner", "bo", "--height-cm", "180", "--no-video")
    assert "the earlier report of this clip stays as an older version" in other.stdout
    assert "Žofie" in run("measure", "lunge.mp4", "--runner", "Žofia", "--no-video").stdout
    quiet = run("measure", "lunge.mp4", "--runner", "Cleo", "--json", "--no-video")
    assert json.loads(quiet.stdout)["status"] == "measured"
    with Store(store) as opened:
        assert len(opened.history("Cleo")) == 1
        (counts,) = opened.history("Bo")
        assert (counts.measured_at, len(opened.history("Bo", versions=True))) == (at(9), 2)


@pytest.mark.parametrize(
    ("options", "code", "why"),
    [
        (["--store", "a.db"], 2, "go with --runner"),
        (["--date", "2026-03-01"], 2, "go with --runner"),
        (["--runner", " "], 2, "needs a name"),
        (["--runner", "Bo", "--date", "soon"], 2, "write it as 2026-03-01"),
        (["--runner", "Bo", "--date", "2999-01-01"], 2, "cannot be meant"),
        (["--runner", "Bo", "--store", "lunge.mp4"], 4, "is not a database"),
    ],
)
def test_what_is_wrong_with_storing_is_said_before_measuring(
    store: Path,
    run: Dorsi,
    options: list[str],
    code: int,
    why: str,
) -> None:
    Path("lunge.mp4").write_text("lunge")
    before = store.read_bytes()
    result = run("measure", "lunge.mp4", *options)
    assert (result.exit_code, result.stdout) == (code, "")
    assert why in result.stderr and result.stderr.count("\n") == 1
    assert [path.name for path in Path().iterdir()] == ["lunge.mp4"]
    assert store.read_bytes() == before


@pytest.mark.parametrize("command", [["measure"], ["screen", "--left"]])
def test_a_run_that_is_stopped_leaves_no_new_store(run: Dorsi, tmp_path: Path, command: list[str]) -> None:
    Path("lunge.mp4").write_text("interrupt")
    new = tmp_path / "new" / "store.db"
    assert run(*command, "lunge.mp4", "--runner", "Bo", "--store", new).exit_code == 130
    assert not new.parent.exists()


@pytest.mark.parametrize("where", ["store.db", "new.db"])
def test_a_read_only_store_is_said_before_measuring(apart: Path, run: Dorsi, where: str) -> None:
    with Store(apart / "store.db") as store:
        store.add_report("Bo", made())
    Path("lunge.mp4").write_text("fault")
    # What is imported late is loaded while it can be read.
    run("measure", "none.mp4", "--runner", "Bo", "--store", apart / "store.db")
    with read_only(apart, apart / "store.db"):
        result = run("measure", "lunge.mp4", "--runner", "Bo", "--store", apart / where)
    assert (result.exit_code, result.stdout) == (4, "")
    assert "is read-only. Make it writable, or choose another file with --store." in result.stderr
    assert result.stderr.count("\n") == 1
    assert [path.name for path in apart.iterdir()] == ["store.db"]


def test_a_measured_clip_that_cannot_be_stored_is_4(store: Path, run: Dorsi) -> None:
    Path("lunge.mp4").write_text("lunge")

    def spoil(*_: object) -> None:
        """The store breaks while the clip is drawn."""
        store.write_text("no store any more")

    stages = replace(FAKE_STAGES, annotate=spoil)
    result = run("measure", "lunge.mp4", "--runner", "Bo", stages=stages)
    assert result.exit_code == 4
    assert result.stderr.startswith("dorsi: lunge.mp4: measured, but not stored: ")
    assert "is not a database" in result.stderr and result.stderr.count("\n") == 1
    assert Path("dorsi-out/lunge/report.json").exists()


def test_a_store_on_a_server(store: Path, run: Dorsi, server: Server, tmp_path: Path) -> None:
    name = server.new_database()
    url = server.network_url(name)
    assert run("export", "--all", "a.zip").exit_code == 0
    ended = run("import", "a.zip", "--store", url)
    shown = f"postgresql+psycopg://dorsi:***@127.0.0.1:{server.port}/{name}"
    assert (ended.exit_code, ended.stdout.splitlines()[-1]) == (0, f"  store: {shown}")
    told = run("history", "Ana Lima", "--store", url).stdout
    assert told == run("history", "Ana Lima", "--store", store).stdout
    assert run("forget", "Žofie", "--yes", "--store", url).exit_code == 0
    assert run("runners", "--store", url).stdout.splitlines()[0] == f"Store: {shown}"
    ended = run("history", "Žofie", "--store", url)
    assert (ended.exit_code, ended.stderr.startswith(f"dorsi: “Žofie” is not in {shown}.")) == (2, True)
    refused = run("history", "Ana Lima", "--store", server.network_url(name, password=PASSWORD[:-1]))
    assert (refused.exit_code, refused.stdout, refused.stderr.count("\n")) == (4, "", 1)
    assert (
        "lets nobody in with this role or password" in refused.stderr and PASSWORD[:4] not in refused.stderr
    )
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["a.zip"]
