"""Opens the database of a PostgreSQL server: connects, gives its transactions, tells its errors apart.

A writer first takes one lock that belongs to the store, and keeps it until its transaction ends; readers take
none. So writers come one after another, as in a file, and each sees all that those before it have written:
two transactions that both write never overlap, so there is no conflict that the server would have to refuse
(SQLSTATE 40001, 40P01), and nothing to do over. Not here: what holds for a file too (`database.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from time import monotonic, sleep
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from dorsi.errors import StoreError
from dorsi.store.database import Database
from dorsi.store.dialects import APPLICATION_ID, MARK
from dorsi.store.place import DatabaseUrl
from dorsi.store.schema import tables

__all__ = ["ServerDatabase"]

CONNECT_S: Final = 10
"""How long a server may take to answer a connection, s."""
IDLE_S: Final = 60
"""A writer that is silent for so long, s, is gone (a machine without power): the server ends its transaction,
else its lock would hold up everybody until the network notices."""
REWRITE_S: Final = 5
"""How long `rewrite` waits for readers of a table, s: new ones wait behind it."""
_AGAIN_S: Final = 0.2
_STILL: Final = f"{MARK}: deleted rows are still in the files of the tables"
_CODES: Final = {
    "55P03": "store_in_use",  # the lock was not to be had in time
    "40001": "store_in_use",
    "40P01": "store_in_use",
    "25006": "store_read_only",
    "53100": "store_full",
    "42501": "database_not_permitted",
    "28000": "database_login_refused",
    "28P01": "database_login_refused",
    "3D000": "database_missing",
    "08": "database_not_reached",
    "57P": "database_not_reached",
    "25P03": "database_not_reached",
    "XX001": "store_damaged",
    "XX002": "store_damaged",
}
"""What SQLSTATEs start with, and the code of ours."""
_REFUSALS: Final = (
    ("password", "database_login_refused"),
    ("authentication failed", "database_login_refused"),
    ("no pg_hba.conf entry", "database_login_refused"),
    ('role "', "database_login_refused"),
    ("permission denied", "database_not_permitted"),
    ('database "', "database_missing"),
)
"""A server that lets nobody in says so in words alone. In another language than English all of it is
`database_not_reached`, with those words."""
_PASSING: Final = ("starting up", "shutting down", "recovery mode", "too many", "connection slots")
"""What passes by itself, also in words alone."""


class ServerDatabase(Database):
    """A store in the database of a PostgreSQL server; see `Database`. The role must own its tables."""

    def __init__(self, at: DatabaseUrl, *, create: bool, busy_s: float) -> None:
        self._busy_s = busy_s
        engine = _engine(at)
        # Readers see one moment however many questions they ask. Writers must see what was written while they
        # waited for the lock, hence no moment of the whole transaction.
        self._readers = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._writers = engine.execution_options(isolation_level="READ COMMITTED", postgresql_readonly=False)
        self._alone = engine.execution_options(isolation_level="AUTOCOMMIT", postgresql_readonly=False)
        super().__init__(at, engine, create=create)

    def _bring_up(self, create: bool) -> None:
        encoding = self._outside("SHOW server_encoding")
        if encoding != "UTF8":
            raise StoreError("database_not_utf8", path=self.path, encoding=encoding)
        super()._bring_up(create)

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees the tables as they are at its first question."""
        return self._transaction(self._readers)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that has the tables for itself; kept when the block ends well, else undone."""
        with self._transaction(self._writers) as connection:
            connection.execute(_LIMITS, {"lock": _ms(self._busy_s), "idle": _ms(IDLE_S)})
            connection.execute(_LOCK, {"key": APPLICATION_ID})
            yield connection

    def must_rewrite(self, connection: Connection) -> None:
        """Said in the comment of the table of migrations; undone by `rewrite`."""
        connection.exec_driver_sql(f"COMMENT ON TABLE migration IS '{_STILL}'")

    def rewrite(self) -> None:
        """Write every table anew, so that no byte of deleted rows is left in its file. Raises StoreError."""
        # Quoted by nobody: names of ours, in lower case.
        names = ", ".join(table.name for table in tables.sorted_tables)
        with self._store_errors(), self._connected(self._alone) as connection:
            try:
                connection.exec_driver_sql(f"SET lock_timeout = {_ms(REWRITE_S)}")
                # ANALYZE: what is noted of the values in a column are examples of them.
                connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {names}")
                connection.exec_driver_sql(f"COMMENT ON TABLE migration IS '{MARK}'")
            finally:
                connection.exec_driver_sql("RESET lock_timeout")

    def _to_be_rewritten(self) -> bool:
        return self._outside("SELECT obj_description('migration'::regclass, 'pg_class')") == _STILL

    def _outside(self, statement: str) -> object:
        with self._store_errors(), self._connected(self._alone) as connection:
            done = connection.exec_driver_sql(statement)
            return done.scalar() if done.returns_rows else None

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Connection]:
        with self._store_errors(), self._connected(engine) as connection, connection.begin():
            yield connection

    def _connected(self, engine: Engine) -> Connection:
        """A connection; while the server starts, or has no more to give, it is asked again."""
        over = monotonic() + self._busy_s
        while True:
            try:
                return engine.connect()
            except DBAPIError as error:
                if not _passing(str(error.orig)) or monotonic() > over:
                    raise
            sleep(_AGAIN_S)

    def _code_of(self, error: DBAPIError) -> str:
        state = getattr(error.orig, "sqlstate", None)
        if state is not None:
            return next((code for start, code in _CODES.items() if state.startswith(start)), "store_unusable")
        said = str(error.orig)
        if _passing(said):
            return "database_not_reached"
        if "FATAL" in said or "password" in said:
            return next((code for words, code in _REFUSALS if words in said), "database_not_reached")
        return "database_not_reached" if type(error.orig).__name__ == "OperationalError" else "store_unusable"


_LIMITS: Final = text(
    "SELECT set_config('lock_timeout', :lock, true), "
    "set_config('idle_in_transaction_session_timeout', :idle, true)"
)
_LOCK: Final = text("SELECT pg_advisory_xact_lock(:key)")


def _passing(said: str) -> bool:
    return any(words in said for words in _PASSING)


def _ms(seconds: float) -> str:
    return str(max(1, round(seconds * 1000)))


def _engine(at: DatabaseUrl) -> Engine:
    connecting: dict[str, Any] = {
        "connect_timeout": CONNECT_S,
        "application_name": "dorsi",
        # Statements prepared on a server are in the way of a pooler between, and of migrations.
        "prepare_threshold": None,
    }
    try:
        return create_engine(
            at.url,
            connect_args={key: each for key, each in connecting.items() if key not in at.url.query},
            # No upper bound: who waits for the lock must not keep its holder from a second connection.
            max_overflow=-1,
            # A server that was started anew is noticed before a statement fails.
            pool_pre_ping=True,
            use_native_hstore=False,
        )
    except ImportError as error:
        raise StoreError("database_driver_missing", path=at) from error
