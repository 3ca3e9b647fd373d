"""Files: new, old, newer, of other programs, damaged, busy; many processes writing at once."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

from dorsi.errors import StoreError
from dorsi.progress import trends
from dorsi.rules import load_rules
from dorsi.store import Store, migrations
from dorsi.store.migrations import MIGRATIONS, Migration
from tests.store.reports import SCREEN, at, made, squat
from tests.store.writers import nothing_lost, write_at_once

# What the first migration made when it was released. Never changed: such files are out there.
OLDEST = """
CREATE TABLE migration (
    name TEXT NOT NULL PRIMARY KEY, applied_at TEXT NOT NULL);
PRAGMA application_id = 1146049107;
CREATE TABLE runner (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE, added_at TEXT NOT NULL);
CREATE TABLE measurement (
    id INTEGER PRIMARY KEY,
    runner_id INTEGER NOT NULL REFERENCES runner (id) ON DELETE CASCADE,
    version_of INTEGER REFERENCES measurement (id) ON DELETE CASCADE,
    test TEXT NOT NULL, side TEXT, test_leg TEXT, posture TEXT,
    measured_at TEXT NOT NULL, kept_at TEXT NOT NULL,
    clip_file TEXT NOT NULL, clip_sha256 TEXT NOT NULL,
    dorsi_version TEXT NOT NULL, model_name TEXT NOT NULL, model_sha256 TEXT NOT NULL,
    rules_name TEXT NOT NULL, rules_version TEXT NOT NULL, rules_sha256 TEXT NOT NULL,
    verdict TEXT, report TEXT NOT NULL, report_sha256 TEXT NOT NULL,
    UNIQUE (runner_id, report_sha256));
CREATE INDEX measurement_clip ON measurement (runner_id, clip_sha256, test);
CREATE INDEX measurement_version ON measurement (version_of);
CREATE TABLE value (
    measurement_id INTEGER NOT NULL REFERENCES measurement (id) ON DELETE CASCADE,
    name TEXT NOT NULL, value REAL NOT NULL, uncertainty_95 REAL, time_s REAL, frame INTEGER,
    PRIMARY KEY (measurement_id, name)) WITHOUT ROWID;
INSERT INTO migration VALUES ('0001-runners-and-measurements', '2026-01-02T03:04:05.000000+00:00');
INSERT INTO runner VALUES (7, 'Žofie', 'žofie', '2026-01-02T03:04:05.000000+00:00');
"""


@pytest.fixture
def oldest(tmp_path: Path) -> Path:
    """A store of the first release with one measurement."""
    path = tmp_path / "old.sqlite3"
    report = made(31.0)
    row = {
        "id": 3, "runner_id": 7, "version_of": None, "test": "lunge", "side": "left", "test_leg": "far",
        "posture": None, "measured_at": "2026-01-01T11:00:00.000000+00:00",
        "kept_at": "2026-01-02T03:04:05.000000+00:00", "clip_file": report.clip.file,
        "clip_sha256": report.clip.sha256, "dorsi_version": "0.1.0", "model_name": "heavy",
        "model_sha256": "ab", "rules_name": "runner", "rules_version": "1.0.0", "rules_sha256": "cd",
        "verdict": "meets", "report": report.to_json(), "report_sha256": "ef",
    }  # fmt: skip
    with closing(sqlite3.connect(path)) as database:
        database.executescript(OLDEST)
        database.execute(f"INSERT INTO measurement VALUES ({', '.join('?' * len(row))})", [*row.values()])  # noqa: S608
        database.execute("INSERT INTO value VALUES (3, 'peak_shin_angle_deg', 31.0, 2.0, 1.0, 30)")
        database.commit()
    return path


def applied(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT name, applied_at FROM migration ORDER BY name").fetchall()


def shape(path: Path) -> set[str]:
    """Every table and index, without regard to white space."""
    with closing(sqlite3.connect(path)) as database:
        found = database.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    return {" ".join(sql.split()) for (sql,) in found}


def test_a_store_of_the_first_release_is_brought_up(oldest: Path, file: Path) -> None:
    with Store(oldest) as store:
        (record,) = store.history("žofie")
        assert (record.headline.value, record.measured_at.isoformat()) == (31.0, "2026-01-01T11:00:00+00:00")
        assert store.report(record) == made(31.0)
        store.add_screen("Žofie", SCREEN)
        store.add_report("Žofie", made(33.0, clip="new.mp4"))
    assert [name for name, _ in applied(oldest)] == [each.name for each in MIGRATIONS]
    assert applied(oldest)[0][1] == "2026-01-02T03:04:05.000000+00:00"
    with Store(file):
        pass
    assert shape(oldest) == shape(file)


def test_values_that_are_older_than_repeatability_have_none_and_are_compared_by_all_of_their_width(
    oldest: Path,
) -> None:
    with Store(oldest) as store:
        for day, degrees in ((3, 35.0), (9, 41.0)):
            store.add_report("Žofie", made(degrees, 5.0, again=2.0, clip=f"{day}.mp4"), at(day))
        records = store.history("žofie")
        points = store.series("žofie", "peak_shin_angle_deg", "left")
        assert store.report(records[0]) == made(31.0), "the report is as it was"
    halves = [(2.0, None), (5.0, 2.0), (5.0, 2.0)]
    assert [(r.headline.uncertainty_95, r.headline.repeatability_95) for r in records] == halves
    assert [(p.uncertainty_95, p.repeatability_95) for p in points] == halves
    (trend,) = trends(records, load_rules().real_change)
    assert trend.since_first is not None and trend.since_last is not None
    assert trend.since_first.needed == pytest.approx(29**0.5), "all of both"
    # By all of both ± it would need 7.1 deg; by what repeats 2.8, less than people do.
    assert (trend.since_last.verdict, trend.since_last.needed) == ("real", 3.8)


def test_squats_kept_by_their_depth_alone_are_judged_by_their_worst_part(oldest: Path) -> None:
    rows = [squat("meets", "meets", "limited"), squat("meets", "meets", "meets", clip="other.mp4")]
    with closing(sqlite3.connect(oldest)) as database:
        for number, report in enumerate(rows, 10):
            database.execute(
                "INSERT INTO measurement SELECT ?, runner_id, NULL, 'squat', side, test_leg, posture,"
                " measured_at, kept_at, clip_file, ?, dorsi_version, model_name,"
                " model_sha256, rules_name, rules_version, rules_sha256,"
                " 'meets', ?, ? FROM measurement WHERE id = 3",
                (number, report.clip.sha256, report.to_json(), f"{number}"),
            )
        # One that cannot be read stays as it was.
        database.execute(
            "INSERT INTO measurement SELECT 12, runner_id, NULL, 'squat', side, test_leg, posture,"
            " measured_at, kept_at, clip_file, 'gone', dorsi_version, model_name,"
            " model_sha256, rules_name, rules_version, rules_sha256,"
            " 'meets', '{', '12' FROM measurement WHERE id = 3"
        )
        database.commit()
    with Store(oldest) as store:
        found = {record.id: record.verdict_in_words for record in store.history("žofie")}
    assert found == {3: "meets", 10: "limited: heels", 11: "meets", 12: "meets"}


def test_each_migration_is_applied_once(file: Path) -> None:
    with Store(file):
        before = applied(file)
    with Store(file):
        assert applied(file) == before
    assert len({name for name, _ in before}) == len(MIGRATIONS)


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    oldest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE half (id INTEGER)")
        connection.exec_driver_sql("CREATE TABLE runner (id INTEGER)")

    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, Migration("0003-bad", fail)))
    before = oldest.read_bytes()
    with pytest.raises(StoreError, match="already exists"):
        Store(oldest)
    assert oldest.read_bytes() == before


def test_a_newer_store_is_not_touched(file: Path) -> None:
    with Store(file) as store:
        store.add_report("Ana", made())
    with closing(sqlite3.connect(file)) as database:
        database.execute("INSERT INTO migration VALUES ('0009-from-the-future', '2030-01-01')")
        database.execute("CREATE TABLE future (id INTEGER)")
        database.commit()
    before = file.read_bytes()
    with pytest.raises(
        StoreError, match=r"comes from a newer Dorsi \(it knows “0009-from-the-future”\)\. Update"
    ):
        Store(file)
    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("content", [b"hello", b"SQLite", b"PK\x03\x04" + bytes(4000), b"\0"])
def test_what_is_no_database_is_not_touched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"notes\.txt is not a database"):
        Store(path)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE migration (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is a database of another program"):
        Store(path)
    assert path.read_bytes() == before


def test_a_damaged_store_is_said(file: Path) -> None:
    with Store(file) as store:
        store.add_report("Ana", made())
    raw = bytearray(file.read_bytes())
    raw[100:] = b"\xff" * (len(raw) - 100)
    file.write_bytes(raw)
    with pytest.raises(StoreError, match=r"store\.sqlite3 is damaged"):
        Store(file)


def test_a_damaged_report_is_said(file: Path) -> None:
    with Store(file) as store:
        store.add_report("Ana", made())
        with closing(sqlite3.connect(file)) as database:
            database.execute("UPDATE measurement SET report = '{}'")
            database.commit()
        with pytest.raises(StoreError, match=r"The report of lunge\.mp4 in .* is damaged"):
            store.report(store.history("Ana")[0])


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    with Store(path) as store:
        store.add_report("Ana", made())
    assert len(applied(path)) == len(MIGRATIONS)


def test_places_where_no_store_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(
        StoreError, match=r"cannot be opened \(Is a directory\)|cannot be made \(Is a directory\)"
    ):
        Store(tmp_path)
    with pytest.raises(StoreError, match="cannot be made"):
        Store(tmp_path / "file" / "store.db")
    with pytest.raises(StoreError, match="there is no store yet"):
        Store(tmp_path / "missing.db", create=False)
    assert not (tmp_path / "missing.db").exists()


@pytest.mark.parametrize("name", ["a b?mode=memory", "file:x", ":memory:", "100%.db", "ž#1"])
def test_every_file_name_is_a_file_name(tmp_path: Path, name: str) -> None:
    with Store(tmp_path / name) as store:
        store.add_report("Ana", made())
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_file_held_by_another_program_is_said(file: Path) -> None:
    with Store(file, busy_s=0.05) as store, closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert store.runners() == []
        with pytest.raises(StoreError, match="is in use by another program"):
            store.add_report("Ana", made())
        other.execute("ROLLBACK")
        assert store.add_report("Ana", made()).outcome == "added"


def test_a_full_disk_loses_nothing_that_was_there(file: Path) -> None:
    with Store(file) as store:
        store.add_report("Ana", made())
        pages = file.stat().st_size // 4096
        with pytest.raises(StoreError, match="the disk is full"):
            _grow(store, pages)
        (record,) = store.history("Ana")
        assert store.report(record) == made()


def _grow(store: Store, most_pages: int) -> None:
    """Change what is there, then run into a limit."""
    with store._database.writing() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most_pages}")
        connection.exec_driver_sql("UPDATE runner SET name = 'Bo'")
        connection.exec_driver_sql("UPDATE measurement SET report = hex(randomblob(1000000))")


def test_processes_that_write_at_once_lose_nothing(file: Path) -> None:
    # Not there yet: who makes it is open too.
    write_at_once(file)
    nothing_lost(file)
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def _die_amid_writing(path: Path) -> None:
    with Store(path) as store, store._database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM runner")
        os._exit(9)


def test_a_process_that_dies_amid_writing_leaves_what_was_there(file: Path) -> None:
    with Store(file) as store:
        store.add_report("Ana", made())
    process = multiprocessing.get_context("spawn").Process(target=_die_amid_writing, args=(file,))
    process.start()
    process.join(120)
    assert process.exitcode == 9
    with Store(file) as store:
        assert [store.report(record) for record in store.history("Ana")] == [made()]
