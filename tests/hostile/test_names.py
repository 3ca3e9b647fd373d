"""File names as long as a file system takes, longer, or not UTF-8: they work, or one true line says why not.

Not here: damaged content (`test_rounds.py`), names of runners (`tests/web/test_names.py`).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dorsi.file_names import cut_to, hidden_stem, in_utf8, partial_beside
from dorsi.plan import load_books
from dorsi.store import Store
from dorsi.workflow.folders import folder_names, plain_name, result_folder
from dorsi.workflow.screen import screen_clips
from tests.report.fake_analysis import fake_analysis, report_of

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "heel_lifts.mp4"
NOT_UTF_8 = os.fsdecode(b"caf\xe9\xff")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes there alone")


def dorsi(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dorsi", *arguments], cwd=folder, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip


@linux_only
def test_a_clip_and_a_folder_that_are_not_utf_8(tmp_path: Path) -> None:
    shutil.copy(SAMPLE, tmp_path / f"{NOT_UTF_8}.mp4")
    out = os.fsdecode(b"o\xe9")
    ran = dorsi(tmp_path, "measure", f"{NOT_UTF_8}.mp4", "--out", out, "--runner", "Ana", "--store", "s.db")
    assert ran.returncode == 0 and ran.stderr == ""
    (folder,) = (tmp_path / out).iterdir()
    assert {"annotated.mp4", "report.html", "evidence.npz"} <= {each.name for each in folder.iterdir()}
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert report["clip"]["file"] == "caf��.mp4"
    again = dorsi(tmp_path, "reconclude", os.fsdecode(bytes(folder.relative_to(tmp_path))))
    assert again.returncode == 0 and "every number is as before" in again.stdout
    assert "Ana" in dorsi(tmp_path, "history", "Ana", "--store", "s.db").stdout


def test_names_too_long_are_one_line(tmp_path: Path) -> None:
    shutil.copy(SAMPLE, tmp_path / "a.mp4")
    long = "b" * 300
    with Store(tmp_path / "s.db") as store:
        store.add_report("Ana", report_of(fake_analysis()))
    for arguments in (
        ("measure", "a.mp4", "--out", long), ("measure", f"{long}.mp4"), ("batch", ".", "--out", long),
        ("screen", "--left", "a.mp4", "--out", long), ("progress", "Ana", "--store", "s.db", "--out", long),
        ("export", "Ana", f"{long}.zip", "--store", "s.db"), ("runners", "--store", f"{long}.db"),
        ("import", f"{long}.zip", "--store", "s.db"), ("correct", long, "x.toml"), ("reconclude", long),
        ("backup", f"{long}.tar", "--data", "."), ("restore", f"{long}.tar", "--data", "d"),
    ):  # fmt: skip
        ran = dorsi(tmp_path, *arguments)
        assert ran.returncode in (2, 4), (arguments[0], ran.stderr)
        assert len(ran.stderr.splitlines()) == 1 and ran.stderr.startswith("dorsi: "), (
            arguments[0],
            ran.stderr,
        )
        assert "fault in Dorsi" not in ran.stderr, (arguments[0], ran.stderr)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.mp4", "s.db"]


def test_the_longest_name_that_there_is_works(tmp_path: Path) -> None:
    name = "é" * 125  # 250 bytes
    (stem,) = folder_names([Path(f"{name}.mp4")])
    for content in ("one", "two"):
        with result_folder(tmp_path, stem) as result:
            (result.folder / "report.json").write_text(json.dumps({"schema": "dorsi.report/1", "n": content}))
    assert [each.name for each in tmp_path.iterdir()] == [stem]
    assert "two" in (tmp_path / stem / "report.json").read_text()
    with Store(tmp_path / "s.db") as store:
        store.add_report("Ana", report_of(fake_analysis()))
        store.export_zip(tmp_path / f"{'z' * 251}.zip")
    assert zipfile.is_zipfile(tmp_path / f"{'z' * 251}.zip")


def test_cut_names_stay_apart_and_whole_signs() -> None:
    one, other = hidden_stem("é" * 120 + "1"), hidden_stem("é" * 120 + "2")
    assert one != other and len(one.encode()) <= 200 and hidden_stem("short") == "short"
    assert cut_to("ééé", 3) == "é" and cut_to("abc", 3) == "abc"
    assert len(plain_name("ü" * 300).encode()) <= 200
    assert len(os.fsencode(partial_beside(Path("x") / ("y" * 255)).name + ".lock")) <= 255


@linux_only
def test_a_library_gets_a_name_it_can_read(tmp_path: Path) -> None:
    (tmp_path / NOT_UTF_8).mkdir()
    for path in (tmp_path / "plain.txt", tmp_path / NOT_UTF_8 / "in.txt", tmp_path / f"{NOT_UTF_8}.txt"):
        path.write_text(path.name, errors="surrogateescape")
        with in_utf8(path) as known:
            assert known.encode("utf-8") and Path(known).samefile(path)
        assert path == tmp_path / "plain.txt" or not Path(known).exists()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_beside_a_report_is_not_followed(tmp_path: Path) -> None:
    """Whoever sends a result must not choose a file of ours to be copied into a page."""
    secret, given = tmp_path / "secret.txt", tmp_path / "given"
    given.mkdir()
    secret.write_text("ours")
    (given / "report.json").write_text(report_of(fake_analysis()).to_json(), encoding="utf-8")
    for name in ("annotated.mp4", "peak.jpg", "report.html"):
        (given / name).symlink_to(secret)
    done = screen_clips(given / "report.json", out=tmp_path / "out", books=load_books())
    assert done.folder is not None
    assert "ours" not in {
        each.read_text(errors="ignore") for each in done.folder.rglob("*") if each.is_file()
    }
    assert not (done.folder / "left" / "annotated.mp4").exists()
