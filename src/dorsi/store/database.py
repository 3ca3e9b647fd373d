"""`Database`: a store that is open, in a file or on a server. It brings tables up, gives transactions, tells
errors in plain words.

Whatever it lies in, there is one writer at a time and any number of readers. Not here: opening a file
(`sqlite.py`) or a server's database (`postgres.py`), which of the two (`opening.py`), tables and queries.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, StatementError

from dorsi.errors import StoreError, in_a_line
from dorsi.store import migrations
from dorsi.store.migrations import apply_missing, missing
from dorsi.store.place import StoreAt
from dorsi.store.schema import Damaged

__all__ = ["BUSY_S", "Database"]

BUSY_S: Final = 60.0
"""How long a writer waits for others, s."""


class Database(ABC):
    """One store. `reading` and `writing` give a connection in a transaction of its own.

    Safe for any number of processes at once. Raises StoreError on a database that is no store, comes from a
    newer Dorsi, or cannot be opened; such a one is left as it is. With `create` false there must be tables.
    """

    def __init__(self, at: StoreAt, engine: Engine, *, create: bool) -> None:
        self.path = at
        self._engine = engine
        try:
            self._bring_up(create)
        except BaseException:
            self.close()
            raise

    def _bring_up(self, create: bool) -> None:
        with self.reading() as connection:
            steps = missing(connection, self.path)
        if steps:
            if not create and len(steps) == len(migrations.MIGRATIONS):
                raise StoreError("store_missing", path=self.path)
            with self.writing() as connection:
                apply_missing(connection, self.path)
        elif self._to_be_rewritten():
            # A runner was deleted by a process that did not live to do it.
            with suppress(StoreError):
                self.rewrite()

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees the store as it is now."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that has the store for itself; kept when the block ends well, else undone."""

    @abstractmethod
    def must_rewrite(self, connection: Connection) -> None:
        """Write down, with what is deleted in this transaction, that `rewrite` is still to be done."""

    @abstractmethod
    def rewrite(self) -> None:
        """Write tables anew, so that no byte of deleted rows is left in their files. Raises StoreError."""

    def close(self) -> None:
        """Let go of the store."""
        self._engine.dispose()

    @abstractmethod
    def _to_be_rewritten(self) -> bool:
        """Whether rows were deleted since the last rewrite."""

    @abstractmethod
    def _code_of(self, error: DBAPIError) -> str:
        """The code of ours for an error of the database."""

    @abstractmethod
    def _outside(self, statement: str) -> object:
        """Run a statement outside any transaction; the first value it gives, if it gives one."""

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Connection]:
        with self._store_errors(), engine.begin() as connection:
            yield connection

    @contextmanager
    def _store_errors(self) -> Iterator[None]:
        """Turns every error of the database into a StoreError that names the store."""
        try:
            yield
        except (Damaged, UnicodeDecodeError) as error:
            raise StoreError("store_damaged", path=self.path) from error
        except DBAPIError as error:
            why = in_a_line(error.orig) if isinstance(error.orig, Exception) else str(error.orig)
            raise StoreError(self._code_of(error), path=self.path, why=why) from error
        except StatementError as error:
            # What cannot be put in is told by who looked at it, not by the statement it was meant for.
            raise error.orig if isinstance(error.orig, StoreError) else error from error
