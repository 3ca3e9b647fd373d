"""Runners by their number in the store: found, added, listed for who may see them.

Not here: what is kept of their measurements (`dorsi.store`), their clips (`clips.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from dorsi.desk.desk import Desk, note_down
from dorsi.desk.who import Who
from dorsi.errors import DeskError
from dorsi.names import clean_name
from dorsi.store import rows
from dorsi.store.schema import runner as table

__all__ = ["RunnerFile", "add_runner", "runner_file", "runner_files"]


@dataclass(frozen=True, slots=True)
class RunnerFile:
    """A runner of the store."""

    id: int
    name: str
    added_at: datetime


def runner_files(desk: Desk, who: Who) -> list[RunnerFile]:
    """Every runner, by name, for a therapist; a runner sees nobody but themselves. Raises DeskError."""
    with desk.reading() as connection:
        found = connection.execute(select(table.c.id, table.c.name, table.c.added_at)).all()
    files = sorted((RunnerFile(*row) for row in found), key=lambda each: each.name.casefold())
    if who.therapist:
        return files
    who.need_runner(who.runner_id)
    return [each for each in files if each.id == who.runner_id]


def runner_file(desk: Desk, who: Who, runner_id: int) -> RunnerFile:
    """One runner. Raises DeskError where there is none, or not for these eyes."""
    who.need_runner(runner_id)
    with desk.reading() as connection:
        return found_runner(connection, runner_id)


def found_runner(connection: Connection, runner_id: int) -> RunnerFile:
    """The runner of that number, within a transaction. Raises DeskError."""
    query = select(table.c.id, table.c.name, table.c.added_at).where(table.c.id == runner_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise DeskError("not_there")
    return RunnerFile(*row)


def add_runner(desk: Desk, who: Who, name: str) -> RunnerFile:
    """The runner of that name, made when not known. Raises DeskError, UsageError on a name."""
    who.need_therapist()
    with desk.writing() as connection:
        owner = rows.find_or_add_runner(connection, clean_name(name))
        if owner.new:
            note_down(connection, who, "added", f"runner:{owner.id}")
        return found_runner(connection, owner.id)
