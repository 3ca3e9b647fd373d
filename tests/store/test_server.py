"""A store on a PostgreSQL server: what is true there alone, what a file's tests look for in the file.

Not here: what holds for both kinds (`test_store.py`), errors (`test_server_errors.py`), the server itself
(`tests/postgres.py`).
"""

from __future__ import annotations

import multiprocessing
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, text

from dorsi.errors import StoreError
from dorsi.store import Imported, Store, migrations
from dorsi.store.migrations import MIGRATIONS, Migration
from dorsi.workflow.keep import keeper
from tests.postgres import Server, name_of
from tests.store.reports import SCREEN, at, made, squat
from tests.store.writers import nothing_lost, write_at_once

SHAPE = """
SELECT table_name, column_name, data_type, is_nullable, collation_name, is_identity
FROM information_schema.columns WHERE table_schema = 'public'
"""
INDEXES = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"
KEYS = "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype <> 'n'"


def shape(server: Server, database: str) -> list[list[psycopg.rows.TupleRow]]:
    """Every column, index and key."""
    with server.connected(name_of(database)) as connection:
        return [sorted(connection.execute(query), key=str) for query in (SHAPE, INDEXES, KEYS)]


def test_processes_that_write_at_once_lose_nothing(database: str) -> None:
    # Without tables yet: who makes them is open too.
    write_at_once(database)
    nothing_lost(database)


@pytest.mark.parametrize("steps", range(1, len(MIGRATIONS)))
def test_a_store_of_every_older_version_is_brought_up(
    server: Server, database: str, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    report = squat("meets", "meets", "limited")
    with monkeypatch.context() as older:
        older.setattr(migrations, "MIGRATIONS", MIGRATIONS[:steps])
        with Store(database) as store, store._database.writing() as connection:
            _put_as_the_oldest_did(connection, report.to_json(), report.clip.sha256)
    with Store(database) as store:
        (record,) = store.history("žofie")
        assert (record.headline.value, record.headline.repeatability_95) == (110.0, None)
        assert record.verdict_in_words == ("limited: heels" if steps < 3 else "meets")
        assert store.report(record) == report
        store.add_screen("Žofie", SCREEN)
        store.add_report("Žofie", made(33.0, clip="new.mp4"))
    fresh = server.url(server.new_database())
    Store(fresh).close()
    assert shape(server, database) == shape(server, fresh)


def _put_as_the_oldest_did(connection: Connection, report: str, sha256: str) -> None:
    moment = "2026-01-02T03:04:05.000000+00:00"
    row = {
        "runner_id": 1, "test": "squat", "side": "left", "measured_at": moment, "kept_at": moment,
        "clip_file": "squat.mp4", "clip_sha256": sha256, "dorsi_version": "0.1.0", "model_name": "heavy",
        "model_sha256": "ab", "rules_name": "runner", "rules_version": "1.0.0", "rules_sha256": "cd",
        "verdict": "meets", "report": report, "report_sha256": "ef",
    }  # fmt: skip
    person = {"name": "Žofie", "key": "žofie", "at": moment}
    connection.execute(text("INSERT INTO runner (name, key, added_at) VALUES (:name, :key, :at)"), person)
    names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO measurement ({names}) VALUES ({values})"), row)  # noqa: S608
    connection.execute(text("INSERT INTO value VALUES (1, 'peak_knee_flexion_deg', 110.0, 2.0, 1.0, 30)"))


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    server: Server, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE half (id INTEGER)")
        connection.exec_driver_sql("CREATE TABLE runner (id INTEGER)")

    Store(database).close()
    before = shape(server, database)
    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, Migration("9999-bad", fail)))
    with pytest.raises(StoreError, match="already exists"):
        Store(database)
    assert shape(server, database) == before


def test_a_newer_store_is_not_touched(server: Server, database: str) -> None:
    Store(database).close()
    future = "INSERT INTO migration VALUES ('9999-from-the-future', '2030-01-01')"
    server.run(future, name_of(database))
    with pytest.raises(StoreError, match=r"comes from a newer Dorsi \(it knows “9999-from-the-future”\)"):
        Store(database)


@pytest.mark.parametrize(
    "theirs", ["CREATE TABLE patients (id INTEGER)", "CREATE TABLE migration (name TEXT PRIMARY KEY)"]
)
def test_a_database_of_another_program_is_not_touched(server: Server, database: str, theirs: str) -> None:
    server.run(theirs, name_of(database))
    before = shape(server, database)
    with pytest.raises(StoreError, match="is a database of another program"):
        Store(database)
    assert shape(server, database) == before


def test_names_are_sorted_as_in_a_file_whatever_the_language(server: Server) -> None:
    if server.version < 15:
        pytest.skip("older servers take languages only from the system")
    name = server.new_database("TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'")
    with Store(server.url(name)) as store:
        for who in ("émile", "Zoe", "a-b", "ab", "a c"):
            store.add_report(who, made())
        assert [each.name for each in store.runners()] == ["a c", "a-b", "ab", "Zoe", "émile"]


def test_large_numbers_fit(database: str) -> None:
    with Store(database) as store, store._database.writing() as connection:
        connection.execute(text("INSERT INTO runner VALUES (5000000000, 'Bo', 'bo', '2026-01-02')"))
        connection.exec_driver_sql("ALTER TABLE runner ALTER id RESTART WITH 5000000001")
        store_rows = connection.execute(text("SELECT id FROM runner")).scalars().all()
        assert store_rows == [5_000_000_000]
    with Store(database) as store:
        assert store.add_report("Ana", made()).outcome == "added"
        assert len(store.history("Ana")) == 1


def test_an_export_goes_from_a_file_to_a_server_and_back(database: str, tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as one, Store(database) as two, Store(tmp_path / "b.db") as three:
        one.add_report("Ana", made(30.0), at(3))
        one.add_report("Ana", made(31.0, version="0.2.0"))
        one.add_screen("Ana", SCREEN, at(3))
        one.export_zip(tmp_path / "one.zip")
        assert two.import_zip(tmp_path / "one.zip") == Imported(1, 1, 2, 2, 1, 1)
        two.export_zip(tmp_path / "two.zip")
        three.import_zip(tmp_path / "two.zip")
        for store in (two, three):
            assert [r.headline.value for r in store.history("Ana", versions=True)] == [30.0, 31.0]
            assert [r.measured_at for r in store.history("Ana")] == [at(3)]
            assert store.screens("Ana") == one.screens("Ana")


def test_readers_see_one_moment_and_write_nothing(database: str) -> None:
    with Store(database) as store, Store(database) as other:
        other.add_report("Ana", made())
        with store._database.reading() as connection:
            count = text("SELECT count(*) FROM runner")
            assert connection.execute(count).scalar() == 1
            other.add_report("Bo", made())
            assert connection.execute(count).scalar() == 1
        with pytest.raises(StoreError, match="is read-only"), store._database.reading() as connection:
            connection.execute(text("DELETE FROM runner"))
        assert len(store.runners()) == 2


def test_writers_come_one_after_another_and_see_what_those_before_wrote(database: str) -> None:
    with Store(database) as store:
        store.add_report("0", made())

        def count_up(_: int) -> None:
            # Read, then written: two of these at once would lose one, or be refused as a conflict.
            with store._database.writing() as connection:
                known = int(connection.execute(text("SELECT name FROM runner")).scalar_one())
                time.sleep(0.002)
                connection.execute(text("UPDATE runner SET name = :name"), {"name": str(known + 1)})

        with ThreadPoolExecutor(12) as pool:
            list(pool.map(count_up, range(60)))
        assert [each.name for each in store.runners()] == ["60"]


def test_a_writer_waits_for_the_one_before(database: str) -> None:
    with Store(database) as store, Store(database) as other, ThreadPoolExecutor(1) as pool:
        with other._database.writing():
            waits = pool.submit(store.add_report, "Ana", made())
            time.sleep(0.3)
            assert not waits.done()
        assert waits.result(30).outcome == "added"


def _die_amid_writing(place: str) -> None:
    with Store(place) as store, store._database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM runner")
        os._exit(9)


def test_a_process_that_dies_amid_writing_leaves_what_was_there(database: str) -> None:
    with Store(database) as store:
        store.add_report("Ana", made())
    process = multiprocessing.get_context("spawn").Process(target=_die_amid_writing, args=(database,))
    process.start()
    process.join(120)
    assert process.exitcode == 9
    with Store(database) as store:
        assert [store.report(record) for record in store.history("Ana")] == [made()]


def test_forgetting_removes_every_byte_from_the_tables(server: Server, database: str) -> None:
    with Store(database) as store:
        for number in range(20):
            store.add_report("Griselda Quux", made(30 + number, clip=f"griselda-{number}.mp4"))
            store.add_report("Bo", made(30 + number, clip=f"bo-{number}.mp4"))
        store.add_screen("Griselda Quux", SCREEN.replace("Žofie", "griselda"))
        server.run("ANALYZE", name_of(database))
        assert in_files(server, "riselda")
        assert store.forget("griselda quux").measurements == 20
        assert not in_files(server, "riselda")
        assert len(store.history("Bo")) == 20
        assert not store._database._to_be_rewritten()


def in_files(server: Server, what: str) -> bool:
    """Whether a text lies in the files of any table. The server's own tables are not looked into: what it
    noted of values it overwrites when it comes to it."""
    server.run("CHECKPOINT")
    found = False
    for (name,) in server.rows("SELECT datname FROM pg_database WHERE datname LIKE 'test_%'"):
        query = (
            "SELECT pg_relation_filepath(oid) FROM pg_class WHERE oid >= 16384 AND relkind IN ('r', 'i', 't')"
        )
        for (file,) in server.rows(query, name):
            path = server.folder / "data" / file
            found |= path.exists() and what.encode() in path.read_bytes()
    return found


def test_forgetting_while_another_reads_is_finished_at_the_next_opening(
    server: Server, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dorsi.store.postgres.REWRITE_S", 0.1)
    with Store(database) as store, Store(database) as other:
        store.add_report("Griselda", made(clip="griselda.mp4"))
        store.add_report("Bo", made())
        with other._database.reading() as connection:
            connection.execute(text("SELECT * FROM runner"))
            store.forget("Griselda")
        assert store._database._to_be_rewritten()
        assert [each.name for each in store.runners()] == ["Bo"]
    with Store(database) as store:
        assert not store._database._to_be_rewritten()
        assert [each.name for each in store.runners()] == ["Bo"]
    assert not in_files(server, "riselda")


def test_what_is_measured_is_kept_on_a_server(database: str) -> None:
    keeping = keeper("Ana", database, "2026-03-01")
    assert keeping is not None
    with pytest.raises(StoreError, match="there is no store yet"):
        Store(database, create=False)
    assert keeping.keep(made()).outcome == "added"
    assert keeping.keep_screen(SCREEN).outcome == "added"
    again = keeper("Ana", database)
    assert again is not None and again.keep(made()).outcome == "same"
    with pytest.raises(StoreError, match="is not reached"):
        keeper("Ana", "postgresql+psycopg://ann@127.0.0.1:1/dorsi")
