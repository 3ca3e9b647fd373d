"""Opens the SQLite file: checks that it is a store, brings it up, gives transactions; errors in plain words.

Writers take the file's lock at once (BEGIN IMMEDIATE) and wait for each other; a rollback journal, so that
the store is one file. Not here: tables and queries.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from dorsi.errors import StoreError
from dorsi.store.migrations import apply_missing, missing
from dorsi.store.schema import Damaged

__all__ = ["Database"]

BUSY_S: Final = 60.0
"""How long a writer waits for others, s."""
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


class Database:
    """One SQLite file. `reading` and `writing` give a connection in a transaction of its own.

    Safe for any number of processes at once. Raises StoreError on a file that is no store, comes from a
    newer Dorsi, or cannot be opened; such a file is left as it is. With `create` false it must be there.
    """

    def __init__(self, path: Path, *, create: bool, busy_s: float = BUSY_S) -> None:
        self.path = path
        if create:
            _create(path)
        _check_header(path)
        self._engine = _engine(path, busy_s)
        with self.reading() as connection:
            behind = bool(missing(connection))
        if behind:
            with self.writing() as connection:
                apply_missing(connection)
        elif self._outside("PRAGMA user_version"):
            # A runner was deleted by a process that did not live to rewrite the file.
            with suppress(StoreError):
                self.rewrite()

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees the file as it is now."""
        return self._transaction("BEGIN")

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that has the file for itself; kept when the block ends well, else undone."""
        return self._transaction("BEGIN IMMEDIATE")

    def rewrite(self) -> None:
        """Write the file anew, so that no byte of deleted rows is left in it. Raises StoreError."""
        for statement in ("PRAGMA journal_mode = DELETE", "VACUUM", "PRAGMA user_version = 0"):
            self._outside(statement)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def _outside(self, statement: str) -> object:
        """Run a statement outside any transaction; the first value it gives, if it gives one."""
        with self._store_errors(), self._engine.connect().execution_options(dorsi_begin="") as connection:
            done = connection.exec_driver_sql(statement)
            return done.scalar() if done.returns_rows else None

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        options = {"dorsi_begin": begin}
        with self._store_errors(), self._engine.execution_options(**options).begin() as connection:
            yield connection

    @contextmanager
    def _store_errors(self) -> Iterator[None]:
        """Turns every error of the database into a StoreError that names the file."""
        try:
            yield
        except (Damaged, UnicodeDecodeError) as error:
            raise StoreError("store_damaged", path=self.path) from error
        except DBAPIError as error:
            if "decode to UTF-8" in str(error.orig):
                raise StoreError("store_damaged", path=self.path) from error
            name = getattr(error.orig, "sqlite_errorname", "")
            known = (code for start, code in _CODES.items() if name.startswith(start))
            raise StoreError(next(known, "store_unusable"), path=self.path, why=str(error.orig)) from error


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
