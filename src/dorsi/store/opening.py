"""Opens a store wherever it lies. Not here: what each kind of database does (`sqlite.py`, `postgres.py`)."""

from __future__ import annotations

from pathlib import Path

from dorsi.store.database import BUSY_S, Database
from dorsi.store.place import StoreAt

__all__ = ["open_database"]


def open_database(at: StoreAt, *, create: bool, busy_s: float = BUSY_S) -> Database:
    """The store in a file or in the database of a server, open; see `Database`. Raises StoreError."""
    if isinstance(at, Path):
        from dorsi.store.sqlite import FileDatabase

        return FileDatabase(at, create=create, busy_s=busy_s)
    from dorsi.store.postgres import ServerDatabase

    return ServerDatabase(at, create=create, busy_s=busy_s)
