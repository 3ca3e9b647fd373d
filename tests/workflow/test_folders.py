"""Result folders are whole or not there: replaced safely, refused early, cleaned after a crash."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from dorsi.errors import OutputError
from dorsi.workflow import folders as output
from dorsi.workflow.folders import folder_names, free_name, result_folder, writing
from tests.without_rights import read_only

REPORT = json.dumps({"schema": "dorsi.report/1", "run": 1})


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clips" / "lunge.mp4"
    path.parent.mkdir()
    path.write_bytes(b"clip")
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def write(out: Path, clip: Path, text: str = REPORT, name: str = "lunge") -> None:
    with result_folder(out, name, clip) as result:
        (result.folder / "report.json").write_text(text)


def fail(out: Path, clip: Path, error: BaseException) -> None:
    with result_folder(out, "lunge", clip) as result:
        (result.folder / "report.json").write_text("half")
        raise error


def run_python(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A process that runs `code`, spoken with line by line."""
    environment = os.environ | {"PYTHONPATH": str(Path(output.__file__).parents[2])}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )


def report_on(sha: str) -> str:
    return json.dumps({"schema": "dorsi.report/1", "clip": {"sha256": sha}})


def clips_in(out: Path) -> dict[str, str]:
    """SHA-256 of the clip of each result in `out`, by folder name; all that there is."""
    return {
        path.name: json.loads((path / "report.json").read_text())["clip"]["sha256"] for path in out.iterdir()
    }


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_the_result_appears_at_the_end_and_nothing_else(out: Path, clip: Path) -> None:
    with result_folder(out, "lunge", clip) as result:
        (result.folder / "report.json").write_text(REPORT)
        assert not (out / "lunge").exists()
    assert tree(out) == ["lunge", "lunge/report.json"]


def test_the_folder_has_the_rights_of_an_ordinary_one(out: Path, clip: Path) -> None:
    write(out, clip)
    assert (out / "lunge").stat().st_mode == clip.parent.stat().st_mode


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt(), SystemExit(1)])
def test_a_failure_leaves_nothing_not_even_the_folders_made_for_it(
    out: Path, clip: Path, error: BaseException
) -> None:
    with pytest.raises(type(error)):
        fail(out / "a" / "b", clip, error)
    assert not out.exists()


def test_a_failure_keeps_the_older_result_and_its_folder(out: Path, clip: Path) -> None:
    write(out, clip)
    with pytest.raises(KeyboardInterrupt):
        fail(out, clip, KeyboardInterrupt())
    assert tree(out) == ["lunge", "lunge/report.json"]
    assert (out / "lunge" / "report.json").read_text() == REPORT


def test_an_older_result_is_replaced_whole(out: Path, clip: Path) -> None:
    write(out, clip)
    (out / "lunge" / "annotated.mp4").write_bytes(b"old")
    newer = json.dumps({"schema": "dorsi.report/1", "run": 2})
    write(out, clip, newer)
    assert tree(out) == ["lunge", "lunge/report.json"]
    assert (out / "lunge" / "report.json").read_text() == newer


def test_what_a_person_laid_into_a_result_moves_along(out: Path, clip: Path) -> None:
    write(out, clip)
    (out / "lunge" / "notes").mkdir()
    (out / "lunge" / "notes" / "monday.txt").write_text("better")
    write(out, clip)
    assert (out / "lunge" / "notes" / "monday.txt").read_text() == "better"
    assert tree(out) == ["lunge", "lunge/notes", "lunge/notes/monday.txt", "lunge/report.json"]


@pytest.mark.parametrize("content", [None, "not JSON", "[]", '{"schema": "other/1"}'])
def test_a_folder_that_is_not_ours_is_refused_before_the_work(
    out: Path, clip: Path, content: str | None
) -> None:
    (out / "lunge").mkdir(parents=True)
    (out / "lunge" / "holiday.jpg").write_bytes(b"x")
    if content is not None:
        (out / "lunge" / "report.json").write_text(content)
    before = tree(out)
    with pytest.raises(OutputError, match="not a result of Dorsi"), result_folder(out, "lunge", clip):
        pytest.fail("entered")
    assert tree(out) == before


def test_an_empty_folder_is_taken(out: Path, clip: Path) -> None:
    (out / "lunge").mkdir(parents=True)
    write(out, clip)
    assert tree(out) == ["lunge", "lunge/report.json"]


def test_a_file_or_a_link_in_the_way_is_refused(out: Path, clip: Path, tmp_path: Path) -> None:
    out.mkdir()
    (out / "lunge").write_text("mine")
    with pytest.raises(OutputError, match="not a result of Dorsi"):
        write(out, clip)
    assert (out / "lunge").read_text() == "mine"
    write(tmp_path / "elsewhere", clip)
    (out / "link").symlink_to(tmp_path / "elsewhere" / "lunge")
    with pytest.raises(OutputError, match="is a link"):
        write(out, clip, name="link")


def test_the_clip_is_never_in_the_way(tmp_path: Path) -> None:
    bare = tmp_path / "lunge"
    bare.write_bytes(b"clip")
    with pytest.raises(OutputError, match="the clip itself"):
        write(tmp_path, bare)
    assert bare.read_bytes() == b"clip"


def test_a_clip_inside_the_result_folder_is_safe(out: Path, clip: Path) -> None:
    write(out, clip)
    inside = out / "lunge" / "annotated.mp4"
    inside.write_bytes(b"clip")
    linked = clip.with_name("link.mp4")
    linked.symlink_to(inside)
    for path in (inside, linked):
        with pytest.raises(OutputError, match="the clip itself"):
            write(out, path)
    assert inside.read_bytes() == b"clip"


def test_out_that_is_a_file_is_refused(tmp_path: Path, clip: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match=r"a file is in the way\. Choose another folder\.$"):
        write(tmp_path / "file", clip)
    with pytest.raises(OutputError, match=r"a file is in the way\. Choose another folder\.$"):
        write(tmp_path / "file" / "deeper", clip)


def test_read_only_shows_before_the_work(apart: Path) -> None:
    (clip := apart / "lunge.mp4").write_bytes(b"clip")
    (out := apart / "out").mkdir()
    with (
        read_only(out),
        pytest.raises(OutputError, match=r"read-only\. Choose another one\.$"),
        result_folder(out, "lunge", clip),
    ):
        pytest.fail("entered")
    assert tree(out) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_shows_before_the_work(
    out: Path, clip: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    # No disk can be filled up on the spot without a file system of one's own.
    def full(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"disk is full.*Make room"), result_folder(out, "lunge", clip):
        pytest.fail("entered")
    assert not out.exists()


def test_writing_tells_what_libraries_found() -> None:
    class EncoderError(Exception):
        errno = errno.ENOSPC

    with (
        pytest.raises(OutputError, match=r"there cannot be written: the disk is full"),
        writing(Path("there")),
    ):
        raise EncoderError
    with (
        pytest.raises(OutputError, match=r"there cannot be written: the disk is full"),
        writing(Path("there")),
    ):
        raise OutputError("file_unusable", file="annotated.mp4", why="full") from EncoderError()
    with pytest.raises(OutputError, match=r"^x\.mp4: no permission"), writing(Path("there")):
        raise OutputError("file_not_permitted", file="x.mp4")
    with pytest.raises(OutputError, match=r"the folder is read-only"), writing(Path("there")):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))
    # Anything else is a fault, and stays one.
    with pytest.raises(ValueError, match="fault"), writing(Path("there")):
        raise ValueError("fault")


def test_a_failed_swap_puts_the_older_result_back(
    out: Path, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(out, clip)
    rename = Path.rename  # between two renames of one run, only a disk that breaks can stop the second

    def stumble(self: Path, target: Path) -> Path:
        if ".partial-" in self.name:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", stumble)
        patch.setattr(sys, "platform", "another")  # one that cannot exchange two folders in one step
        with pytest.raises(OutputError):
            write(out, clip, "new")
    assert tree(out) == ["lunge", "lunge/report.json"]
    assert (out / "lunge" / "report.json").read_text() == REPORT


def test_what_a_killed_process_left_is_removed_and_what_lives_is_not(out: Path, clip: Path) -> None:
    kill_itself = (
        "import os, signal, sys; from pathlib import Path; from dorsi.workflow.folders import result_folder\n"
        "with result_folder(Path(sys.argv[1]), 'lunge', Path(sys.argv[2])) as result:\n"
        "    (result.folder / 'annotated.mp4').write_bytes(b'half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with run_python(kill_itself, out, clip):
        pass
    left = next(path for path in out.iterdir() if path.is_dir())
    assert left.name.startswith(".lunge.partial-")
    with result_folder(out, "lunge", clip) as living:
        assert not left.exists()
        assert len(tree(out)) == 2  # the living folder and its lock
        write(out, clip)
        assert living.folder.exists()
        (living.folder / "report.json").write_text(REPORT)
    assert tree(out) == ["lunge", "lunge/report.json"]


def test_a_replacement_cut_off_midway_is_finished(out: Path, clip: Path) -> None:
    write(out, clip)
    (out / "lunge" / "note.txt").write_text("keep")
    (out / "lunge").rename(out / ".lunge.old-1")
    with pytest.raises(KeyboardInterrupt):
        fail(out, clip, KeyboardInterrupt())
    assert tree(out) == ["lunge", "lunge/note.txt", "lunge/report.json"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems rename twice")
def test_a_result_is_exchanged_in_one_step(out: Path, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(out, clip)
    (out / "lunge" / "note.txt").write_text("mine")
    seen: list[bool] = []
    remove = shutil.rmtree

    def look(path: Path, ignore_errors: bool = False) -> None:
        seen.append((out / "lunge" / "report.json").exists())
        remove(path, ignore_errors=ignore_errors)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", look)
        write(out, clip, "new")
    assert seen and all(seen)
    assert (out / "lunge" / "report.json").read_text() == "new"
    assert tree(out) == ["lunge", "lunge/note.txt", "lunge/report.json"]


def test_killed_just_after_an_exchange_nothing_of_a_persons_is_lost(out: Path, clip: Path) -> None:
    write(out, clip)
    older = out / ".lunge.partial-1"
    older.mkdir()
    (older / "report.json").write_text(REPORT)
    (older / "note.txt").write_text("mine")
    write(out, clip, name="other")
    assert tree(out) == ["lunge", "lunge/note.txt", "lunge/report.json", "other", "other/report.json"]


def test_leftovers_of_the_dead_are_swept_whatever_their_name(out: Path, clip: Path) -> None:
    (out / ".lunge-2.partial-1").mkdir(parents=True)
    (out / ".xlunge.partial-1").mkdir()
    (out / ".notes").mkdir()
    write(out, clip)
    assert {path.name for path in out.iterdir()} == {".notes", "lunge"}


@pytest.mark.parametrize(
    ("clips", "names"),
    [
        (["a/lunge.mp4"], ["lunge"]),
        (["a/lunge.mp4", "b/lunge.mov", "c/lunge.avi"], ["lunge", "lunge-2", "lunge-3"]),
        (["a/lunge.mp4", "b/Lunge.mp4"], ["lunge", "Lunge-2"]),
        (["a/lunge.mp4", "b/lunge.mp4", "lunge-2.mp4"], ["lunge", "lunge-3", "lunge-2"]),
        (["lunge-2.mp4", "a/lunge.mp4", "b/lunge.mp4"], ["lunge-2", "lunge", "lunge-3"]),
        ([".mp4", "..mp4"], ["mp4", "clip"]),
        (["12:30.mp4", 'a<b>"c|d?e*f\\g.mp4'], ["12_30", "a_b__c_d_e_f_g"]),
        (["left. .mp4", "left.mp4"], ["left", "left-2"]),
        (["CON.mp4", "nul.left.mp4", "com1.mp4", "console.mp4"], ["_CON", "_nul.left", "_com1", "console"]),
        (["left.knee.mp4"], ["left.knee"]),
    ],
)
def test_folder_names_never_collide(clips: list[str], names: list[str]) -> None:
    assert folder_names([Path(clip) for clip in clips]) == names


def test_the_result_of_another_clip_keeps_its_place(tmp_path: Path) -> None:
    for name, sha in (("IMG_0001", "a" * 64), ("IMG_0001-2", "b" * 64)):
        (tmp_path / name).mkdir()
        report = {"schema": "dorsi.report/1", "clip": {"sha256": sha}}
        (tmp_path / name / "report.json").write_text(json.dumps(report))
    assert free_name(tmp_path, "IMG_0001", "a" * 64) == "IMG_0001"
    assert free_name(tmp_path, "IMG_0001", "b" * 64) == "IMG_0001-2"
    assert free_name(tmp_path, "IMG_0001", "c" * 64) == "IMG_0001-3"
    assert free_name(tmp_path, "other", "c" * 64) == "other"


WRITER = """
import json, sys
from pathlib import Path
from dorsi.workflow.folders import result_folder
out, sha = Path(sys.argv[1]), sys.argv[2]
with result_folder(out, "lunge", sha256=[sha]) as result:
    print("in", flush=True)
    sys.stdin.readline()
    (result.folder / "report.json").write_text(sys.argv[3])
print(result.target.name, flush=True)
"""


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def test_two_processes_with_clips_of_one_name_keep_both_results(out: Path) -> None:
    with (
        run_python(WRITER, out, "a", report_on("a")) as first,
        run_python(WRITER, out, "b", report_on("b")) as second,
    ):
        # Both are amid their work, and both found the plain name free.
        assert [said(first), said(second)] == ["in", "in"]
        go_on(first)
        assert said(first) == "lunge"
        go_on(second)
        assert said(second) == "lunge-2"
    assert clips_in(out) == {"lunge": "a", "lunge-2": "b"}


def test_two_processes_with_one_clip_leave_one_result(out: Path) -> None:
    with (
        run_python(WRITER, out, "a", report_on("a")) as first,
        run_python(WRITER, out, "a", report_on("a")) as second,
    ):
        assert [said(first), said(second)] == ["in", "in"]
        go_on(first)
        go_on(second)
        assert [said(first), said(second)] == ["lunge", "lunge"]
    assert clips_in(out) == {"lunge": "a"}


def test_threads_with_clips_of_one_name_keep_all_results(out: Path) -> None:
    amid = Barrier(4, timeout=60)

    def work(sha: str) -> str:
        with result_folder(out, "lunge", sha256=[sha]) as result:
            (result.folder / "report.json").write_text(report_on(sha))
            amid.wait()
        return result.target.name

    with ThreadPoolExecutor(4) as pool:
        told = dict(zip(pool.map(work, "abcd"), "abcd", strict=True))
    assert set(told) == {"lunge", "lunge-2", "lunge-3", "lunge-4"}
    assert clips_in(out) == told


def test_what_came_meanwhile_and_is_not_ours_is_passed_over(out: Path) -> None:
    with result_folder(out, "lunge", sha256=["a"]) as result:
        (result.folder / "report.json").write_text(report_on("a"))
        (out / "lunge").mkdir()
        (out / "lunge" / "holiday.jpg").write_bytes(b"x")
    assert result.target == out / "lunge-2"
    assert tree(out) == ["lunge", "lunge-2", "lunge-2/report.json", "lunge/holiday.jpg"]


def test_another_clip_does_not_take_the_place_of_a_replacement_cut_off_midway(out: Path) -> None:
    (out / ".lunge.old-1").mkdir(parents=True)
    (out / ".lunge.old-1" / "report.json").write_text(report_on("a"))
    with result_folder(out, "lunge", sha256=["b"]) as result:
        (result.folder / "report.json").write_text(report_on("b"))
    assert clips_in(out) == {"lunge": "a", "lunge-2": "b"}


def test_where_there_can_be_no_lock_the_result_lands_all_the_same(out: Path, clip: Path) -> None:
    (out / ".dorsi.lock").mkdir(parents=True)  # a folder cannot be locked
    write(out, clip)
    assert tree(out) == [".dorsi.lock", "lunge", "lunge/report.json"]
