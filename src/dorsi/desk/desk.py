"""`Desk`: one data folder opened, with its store and tables; what every module of the desk is given.

Not here: clips (`clips.py`), jobs (`queue.py`), accounts (`accounts.py`), links (`links.py`), reviews
(`review.py`).
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Literal, Self

from sqlalchemy import Connection, insert

from dorsi.desk.limits import Limits
from dorsi.desk.place import Place, new_id
from dorsi.desk.who import Who
from dorsi.errors import DeskError
from dorsi.plan import Books, load_books
from dorsi.store import Store
from dorsi.store.dates import now
from dorsi.store.desk_schema import audit
from dorsi.store.opening import open_database

__all__ = ["Desk", "note_down"]


class Desk:
    """The data folder `place`; made when missing. `mode` "one" is one person on this computer, "clinic" has
    accounts. Raises DeskError when the folder cannot be used, StoreError like `Store`.

    Any number of processes may have it open; each call on it is a transaction of its own.
    """

    def __init__(
        self, place: Place, limits: Limits | None = None, mode: Literal["one", "clinic"] = "one"
    ) -> None:
        self.place, self.limits, self.mode = place, limits or Limits(), mode
        try:
            place.make()
            self.secret = place.secret()
        except OSError as error:
            raise DeskError("data_unusable", path=place.root, why=error.strerror) from error
        self.store = Store(place.store)
        self._database = open_database(place.store, create=False)

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees the tables as they are now. Raises StoreError."""
        return self._database.reading()

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that has the store for itself. Raises StoreError."""
        return self._database.writing()

    def books(self) -> Books:
        """Rules and drills in force: the clinic's own where it has them. Raises RulesError, PlanError."""
        rules, drills = (self.place.books / name for name in ("rules.toml", "drills.toml"))
        return load_books(rules if rules.is_file() else None, drills if drills.is_file() else None)

    def note_down(self, who: Who, action: str, about: str, detail: str = "") -> None:
        """Write a line of the audit log: who did what to which thing (`clip:ID`, `runner:7`)."""
        with self.writing() as connection:
            note_down(connection, who, action, about, detail)

    def close(self) -> None:
        """Let go of the store."""
        self._database.close()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def note_down(connection: Connection, who: Who, action: str, about: str, detail: str = "") -> None:
    """A line of the audit log within a transaction that is open: with the change, or not at all."""
    # A runner by number: the log outlives them, and keeps no name.
    name = f"runner:{who.runner_id}" if who.kind == "link" else who.name or who.kind
    line = {"id": new_id(), "at": now(), "who": name, "action": action, "object": about}
    connection.execute(insert(audit).values(**line, detail=detail))
