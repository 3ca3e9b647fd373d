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

__all__ = ["Database"]

BUSY_S: Final = 60.0
"""How long a writer waits for others, s."""
_MAGIC: Final = b"SQLite format 3\0"
_REMEDY: Final = {
    "SQLITE_BUSY": "is in use by another program. Try again when that has ended.",
    "SQLITE_LOCKED": "is in use by another program. Try again when that has ended.",
    "SQLITE_READONLY": "is read-only. Make it writable, or choose another file with --store.",
    "SQLITE_FULL": "cannot grow: the disk is full. Make room.",
    "SQLITE_CANTOPEN": "cannot be opened. Check its folder, or choose another file with --store.",
    "SQLITE_NOTADB": "is not a database. Choose another file with --store.",
    "SQLITE_CORRUPT": "is damaged. Bring back a copy of it, or choose another file with --store.",
    "SQLITE_PERM": "may not be opened. Check who owns it, or choose another file with --store.",
}


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
        with self._told(), self._engine.connect().execution_options(dorsi_begin="") as connection:
            done = connection.exec_driver_sql(statement)
            return done.scalar() if done.returns_rows else None

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        options = {"dorsi_begin": begin}
        with self._told(), self._engine.execution_options(**options).begin() as connection:
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Names the file in every error of the database, and says what to do."""
        try:
            yield
        except DBAPIError as error:
            raise StoreError(f"{self.path} {_in_words(error)}") from error


def _create(path: Path) -> None:
    """An empty file, for its owner's eyes alone, where there is none; its folder too."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(
            f"{path} cannot be made ({error.strerror}). Choose another file with --store."
        ) from error


def _check_header(path: Path) -> None:
    """Raise StoreError unless the file is empty or says that it is an SQLite database."""
    try:
        with path.open("rb") as stream:
            head = stream.read(len(_MAGIC))
    except FileNotFoundError as error:
        raise StoreError(
            f"{path}: there is no store yet. Measure with --runner NAME, or name the file with --store."
        ) from error
    except OSError as error:
        raise StoreError(
            f"{path} cannot be opened ({error.strerror}). Choose another file with --store."
        ) from error
    if head not in (b"", _MAGIC):
        raise StoreError(f"{path} is not a database. Choose another file with --store.")


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


def _in_words(error: DBAPIError) -> str:
    name = getattr(error.orig, "sqlite_errorname", "")
    known = (words for start, words in _REMEDY.items() if name.startswith(start))
    return next(known, f"cannot be used ({error.orig}).")
