"""Named migrations: each is applied once, in order, and written down in the store with its time.

A migration that has been released is never changed: stores out there are made by it. A new shape is a new one
at the end. Tables are written as SQLite has them; `native` says the same to a server. Not here: the tables as
they are now (`schema.py`), opening (`database.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, insert, select, text

from dorsi.errors import StoreError
from dorsi.store.dates import now
from dorsi.store.dialects import is_marked, mark, native, tables_of
from dorsi.store.place import StoreAt
from dorsi.store.schema import migration

__all__ = ["MIGRATIONS", "Migration", "apply_missing", "missing"]


@dataclass(frozen=True, slots=True)
class Migration:
    """A step from one shape of the store to the next; `apply` runs inside a transaction."""

    name: str
    apply: Callable[[Connection], None]


def _runners_and_measurements(connection: Connection) -> None:
    mark(connection)
    for statement in (
        """CREATE TABLE runner (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE, added_at TEXT NOT NULL)""",
        """CREATE TABLE measurement (
            id INTEGER PRIMARY KEY,
            runner_id INTEGER NOT NULL REFERENCES runner (id) ON DELETE CASCADE,
            version_of INTEGER REFERENCES measurement (id) ON DELETE CASCADE,
            test TEXT NOT NULL, side TEXT, test_leg TEXT, posture TEXT,
            measured_at TEXT NOT NULL, kept_at TEXT NOT NULL,
            clip_file TEXT NOT NULL, clip_sha256 TEXT NOT NULL,
            dorsi_version TEXT NOT NULL, model_name TEXT NOT NULL, model_sha256 TEXT NOT NULL,
            rules_name TEXT NOT NULL, rules_version TEXT NOT NULL, rules_sha256 TEXT NOT NULL,
            verdict TEXT, report TEXT NOT NULL, report_sha256 TEXT NOT NULL,
            UNIQUE (runner_id, report_sha256))""",
        "CREATE INDEX measurement_clip ON measurement (runner_id, clip_sha256, test)",
        "CREATE INDEX measurement_version ON measurement (version_of)",
        """CREATE TABLE value (
            measurement_id INTEGER NOT NULL REFERENCES measurement (id) ON DELETE CASCADE,
            name TEXT NOT NULL, value REAL NOT NULL, uncertainty_95 REAL, time_s REAL, frame INTEGER,
            PRIMARY KEY (measurement_id, name)) WITHOUT ROWID""",
    ):
        connection.exec_driver_sql(native(connection, statement))


def _screens(connection: Connection) -> None:
    statement = """CREATE TABLE screen (
            id INTEGER PRIMARY KEY,
            runner_id INTEGER NOT NULL REFERENCES runner (id) ON DELETE CASCADE,
            measured_at TEXT NOT NULL, kept_at TEXT NOT NULL,
            text TEXT NOT NULL, text_sha256 TEXT NOT NULL,
            UNIQUE (runner_id, text_sha256))"""
    connection.exec_driver_sql(native(connection, statement))


def _worst_part_of_a_squat(connection: Connection) -> None:
    """The verdict of a squat was that of its depth alone; now it is the worst of its parts, named."""
    connection.exec_driver_sql(native(connection, "ALTER TABLE measurement ADD COLUMN verdict_about TEXT"))
    rows = connection.exec_driver_sql("SELECT id, report FROM measurement WHERE test = 'squat'").all()
    change = text("UPDATE measurement SET verdict = :verdict, verdict_about = :about WHERE id = :id")
    order = ("limited", "borderline", "not_measured", "meets")
    names = {"squat-depth": "depth", "squat-knees": "knees over the feet", "squat-heels": "heels"}
    for number, report in rows:
        try:
            told = [(str(f["verdict"]), str(f["rule"])) for f in json.loads(report)["findings"]]
            worst = min((verdict for verdict, _ in told), key=order.index)
        except (ValueError, KeyError, TypeError):
            # Without findings, or damaged: its verdict stays.
            continue
        parts = ", ".join(names.get(rule, rule) for verdict, rule in told if verdict == worst)
        about = None if worst == "meets" else parts
        connection.execute(change, {"verdict": worst, "about": about, "id": number})


def _repeatability(connection: Connection) -> None:
    """Values that are there have none: their reports do not tell the parts of the ± apart."""
    connection.exec_driver_sql(native(connection, "ALTER TABLE value ADD COLUMN repeatability_95 REAL"))


def _desk(connection: Connection) -> None:
    """What pages, jobs and accounts need; see `desk_schema.py`."""
    for statement in (
        """CREATE TABLE account (
            id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE, role TEXT NOT NULL,
            password_hash TEXT NOT NULL, added_at TEXT NOT NULL, disabled_at TEXT)""",
        """CREATE TABLE link (
            id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, digest TEXT NOT NULL UNIQUE,
            runner_id INTEGER NOT NULL REFERENCES runner (id) ON DELETE CASCADE,
            made_by TEXT NOT NULL, made_at TEXT NOT NULL, ends_at TEXT NOT NULL,
            used_at TEXT, revoked_at TEXT)""",
        """CREATE TABLE session (
            digest TEXT NOT NULL PRIMARY KEY, account_id TEXT REFERENCES account (id) ON DELETE CASCADE,
            link_id TEXT REFERENCES link (id) ON DELETE CASCADE,
            made_at TEXT NOT NULL, ends_at TEXT NOT NULL)""",
        """CREATE TABLE token (
            id TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL UNIQUE,
            account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
            label TEXT NOT NULL, made_at TEXT NOT NULL, used_at TEXT)""",
        """CREATE TABLE clip (
            id TEXT NOT NULL PRIMARY KEY, runner_id INTEGER REFERENCES runner (id) ON DELETE CASCADE,
            link_id TEXT REFERENCES link (id) ON DELETE SET NULL, role TEXT NOT NULL,
            file_name TEXT NOT NULL, size_bytes INTEGER NOT NULL, sha256 TEXT,
            added_by TEXT NOT NULL, added_at TEXT NOT NULL, settings TEXT NOT NULL,
            state TEXT NOT NULL, summary TEXT, urgency INTEGER NOT NULL, review_state TEXT NOT NULL,
            revision INTEGER NOT NULL, reviewed_by TEXT, reviewed_at TEXT, remark TEXT,
            clip_deleted_at TEXT)""",
        "CREATE INDEX clip_runner ON clip (runner_id, added_at)",
        """CREATE TABLE job (
            id TEXT NOT NULL PRIMARY KEY, clip_id TEXT NOT NULL REFERENCES clip (id) ON DELETE CASCADE,
            kind TEXT NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL, restarts INTEGER NOT NULL,
            crew TEXT, worker TEXT, beat_at TEXT, stage TEXT, fraction REAL, error TEXT,
            made_at TEXT NOT NULL, started_at TEXT, ended_at TEXT)""",
        "CREATE INDEX job_state ON job (state, made_at)",
        "CREATE INDEX job_clip ON job (clip_id)",
        """CREATE TABLE note (
            id TEXT NOT NULL PRIMARY KEY,
            runner_id INTEGER NOT NULL REFERENCES runner (id) ON DELETE CASCADE,
            text TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL)""",
        """CREATE TABLE answers (
            runner_id INTEGER NOT NULL PRIMARY KEY REFERENCES runner (id) ON DELETE CASCADE,
            profile TEXT NOT NULL, clearance TEXT, by TEXT NOT NULL, at TEXT NOT NULL)""",
        """CREATE TABLE sheet (
            id TEXT NOT NULL PRIMARY KEY,
            runner_id INTEGER NOT NULL REFERENCES runner (id) ON DELETE CASCADE,
            screen TEXT NOT NULL, clips TEXT NOT NULL, made_by TEXT NOT NULL, made_at TEXT NOT NULL,
            remark TEXT, signed_by TEXT, signed_at TEXT, done_days TEXT NOT NULL)""",
        """CREATE TABLE audit (
            id TEXT NOT NULL PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL,
            object TEXT NOT NULL, detail TEXT NOT NULL)""",
        "CREATE INDEX audit_at ON audit (at)",
    ):
        connection.exec_driver_sql(native(connection, statement))


_BOOK: Final = """CREATE TABLE IF NOT EXISTS migration (
    name TEXT NOT NULL PRIMARY KEY, applied_at TEXT NOT NULL)"""

MIGRATIONS: Final = (
    Migration("0001-runners-and-measurements", _runners_and_measurements),
    Migration("0002-screens", _screens),
    Migration("0003-worst-part-of-a-squat", _worst_part_of_a_squat),
    Migration("0004-repeatability", _repeatability),
    Migration("0005-desk", _desk),
)


def missing(connection: Connection, at: StoreAt) -> list[Migration]:
    """Migrations the store has not had yet, in order.

    Raises StoreError on a database of another program, or one that a newer Dorsi has changed.
    """
    tables, marked = tables_of(connection), is_marked(connection)
    if not tables and marked is None:
        return list(MIGRATIONS)
    if not marked or migration.name not in tables:
        raise StoreError("store_of_another_program", path=at)
    applied = set(connection.execute(select(migration.c.name)).scalars())
    if unknown := applied - {each.name for each in MIGRATIONS}:
        raise StoreError("store_of_newer_dorsi", path=at, migration=min(unknown))
    return [each for each in MIGRATIONS if each.name not in applied]


def apply_missing(connection: Connection, at: StoreAt) -> None:
    """Bring the store up, inside the caller's transaction: all of it or nothing. Raises StoreError."""
    # Asked again: another process may have been faster.
    steps = missing(connection, at)
    if steps:
        connection.exec_driver_sql(native(connection, _BOOK))
    for step in steps:
        step.apply(connection)
        connection.execute(insert(migration).values(name=step.name, applied_at=now()))
