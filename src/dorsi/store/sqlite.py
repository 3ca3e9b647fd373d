"""Opens the SQLite file: checks that it is a database, gives its transactions.

Writers take the file's lock at once (BEGIN IMMEDIATE) and wait for each other; a rollback journal, so that
the store is one file. Not here: what holds for a server too (`database.py`).
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from dorsi.errors import StoreError
from dorsi.store.database import Database

__all__ = ["FileDatabase"]

_MAGIC: Final = b"SQLite format 3\0"
_CODES: Final = {
    "SQLITE_BUSY": "store_in_use",
    "SQLITE_LOCKED": "store_in_use",
    "SQLITE_READONLY": "store_read_only",
    "SQLITE_FULL": "store_full",
    "SQLITE_CANTOPEN": "store_not_opened",
    "SQLITE_NOTADB": "store_not_database",
    "SQLITE_CORRUPT": "store_damaged",
    "SQLITE_PERM": "store_not_permitted",
}
"""What the names of SQLite's errors start with, and the code of ours."""


class FileDatabase(Database):
    """A store in one SQLite file; see `Database`. With `create` false the file must be there."""

    def __init__(self, path: Path, *, create: bool, busy_s: float) -> None:
        if create:
            _create(path)
        _check_header(path)
        # An empty file is a store in which nothing is yet.
        super().__init__(path, _engine(path, busy_s), create=True)

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees the file as it is now."""
        return self._transaction(self._engine.execution_options(dorsi_begin="BEGIN"))

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that has the file for itself; kept when the block ends well, else undone."""
        return self._transaction(self._engine.execution_options(dorsi_begin="BEGIN IMMEDIATE"))

    def must_rewrite(self, connection: Connection) -> None:
        """Said in the file's header; undone by `rewrite`."""
        connection.exec_driver_sql("PRAGMA user_version = 1")

    def rewrite(self) -> None:
        """Write the file anew, so that no byte of deleted rows is left in it. Raises StoreError."""
        for statement in ("PRAGMA journal_mode = DELETE", "VACUUM", "PRAGMA user_version = 0"):
            self._outside(statement)

    def _to_be_rewritten(self) -> bool:
        return bool(self._outside("PRAGMA user_version"))

    def _outside(self, statement: str) -> object:
        with self._store_errors(), self._engine.connect().execution_options(dorsi_begin="") as connection:
            done = connection.exec_driver_sql(statement)
            return done.scalar() if done.returns_rows else None

    def _code_of(self, error: DBAPIError) -> str:
        if "decode to UTF-8" in str(error.orig):
            return "store_damaged"
        name = getattr(error.orig, "sqlite_errorname", "")
        known = (code for start, code in _CODES.items() if name.startswith(start))
        return next(known, "store_unusable")


def _create(path: Path) -> None:
    """An empty file, for its owner's eyes alone, where there is none; its folder too."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError("store_not_made", path=path, why=error.strerror) from error


def _check_header(path: Path) -> None:
    """Raise StoreError unless the file is empty or says that it is an SQLite database."""
    try:
        with path.open("rb") as stream:
            head = stream.read(len(_MAGIC))
    except FileNotFoundError as error:
        raise StoreError("store_missing", path=path) from error
    except OSError as error:
        raise StoreError("store_not_opened", path=path, why=error.strerror) from error
    if head not in (b"", _MAGIC):
        raise StoreError("store_not_database", path=path)


def _engine(path: Path, busy_s: float) -> Engine:
    engine = create_engine(
        # A URL made from parts: no sign of the path means anything.
        URL.create("sqlite+pysqlite", database=str(path)),
        poolclass=NullPool,
        connect_args={"timeout": busy_s, "isolation_level": None},
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in ("foreign_keys = ON", "secure_delete = ON", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}").close()


def _on_begin(connection: Connection) -> None:
    begin = connection.get_execution_options()["dorsi_begin"]
    if begin:
        connection.exec_driver_sql(begin)
