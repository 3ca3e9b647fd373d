"""A data folder saved while it is in use, and brought back."""

from __future__ import annotations

import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from dorsi.desk.backup import restore, save
from dorsi.desk.clips import Clip, clips_of
from dorsi.desk.desk import Desk
from dorsi.desk.place import place_at
from dorsi.desk.review import review_data
from dorsi.errors import DeskError
from tests.desk.jobs import ME, put

Measured = Callable[..., Clip]


def test_a_backup_brings_everything_back(desk: Desk, measured: Measured, tmp_path: Path) -> None:
    clip = measured(runner="Ann")
    (desk.place.books / "rules.toml").write_text("# ours", encoding="utf-8")
    size = save(desk.place, tmp_path / "b.tar")
    assert size == (tmp_path / "b.tar").stat().st_size
    restore(tmp_path / "b.tar", tmp_path / "new")
    with Desk(place_at(tmp_path / "new")) as again:
        assert clips_of(again, ME) == clips_of(desk, ME)
        assert review_data(again, ME, clip.id) == review_data(desk, ME, clip.id)
        assert again.secret == desk.secret
        assert (again.place.books / "rules.toml").read_text(encoding="utf-8") == "# ours"
        assert len(again.store.history("Ann")) == 1


def test_a_backup_holds_together_while_somebody_writes(desk: Desk, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            put(desk, runner=None)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(3):
            save(desk.place, tmp_path / f"{n}.tar")
    finally:
        stop.set()
        writer.join()
    for n in range(3):
        restore(tmp_path / f"{n}.tar", tmp_path / f"new{n}")
        with Desk(place_at(tmp_path / f"new{n}")) as again:
            found = clips_of(again, ME)
            assert all(again.place.clip_file(clip.id).is_file() for clip in found)


def test_nothing_is_overwritten(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "there.tar").write_text("mine", encoding="utf-8")
    with pytest.raises(DeskError, match="exists"):
        save(desk.place, tmp_path / "there.tar")
    save(desk.place, tmp_path / "b.tar")
    with pytest.raises(DeskError, match="not empty"):
        restore(tmp_path / "b.tar", desk.place.root)
    assert (tmp_path / "there.tar").read_text(encoding="utf-8") == "mine"


def test_nothing_kept_is_nothing_to_save(tmp_path: Path) -> None:
    with pytest.raises(DeskError, match="nothing is kept"):
        save(place_at(tmp_path / "none"), tmp_path / "b.tar")


@pytest.mark.parametrize("kind", ["text", "empty tar", "path out"])
def test_what_is_no_backup_is_refused(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "b.tar"
    if kind == "text":
        file.write_text("no tar", encoding="utf-8")
    else:
        (tmp_path / "x").write_text("x", encoding="utf-8")
        with tarfile.TarFile(file, "w") as archive:
            if kind == "path out":
                archive.add(tmp_path / "x", "../evil")
                archive.add(tmp_path / "x", "dorsi.sqlite3")
    with pytest.raises(DeskError, match="no whole backup"):
        restore(file, tmp_path / "new")
    assert not (tmp_path / "evil").exists()
