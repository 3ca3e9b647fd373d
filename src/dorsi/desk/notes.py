"""Notes of therapists on a runner: added, read. The runner does not see them.

Not here: the remark on a clip, which the runner reads (`clips.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from dorsi.desk.desk import Desk, note_down
from dorsi.desk.place import new_id
from dorsi.desk.runners import found_runner
from dorsi.desk.who import Who
from dorsi.errors import DeskError
from dorsi.store.dates import now
from dorsi.store.desk_schema import note as table

__all__ = ["Note", "add_note", "notes_of"]

_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Note:
    """One note."""

    text: str
    by: str
    at: datetime


def add_note(desk: Desk, who: Who, runner_id: int, text: str) -> Note:
    """Write a note on a runner. Raises DeskError, also on an empty or endless one."""
    who.need_therapist()
    text = text.strip()
    if not text or len(text) > _LONGEST:
        raise DeskError("request_invalid", why=f"A note has 1 to {_LONGEST} letters.")
    note = Note(text, who.name, now())
    with desk.writing() as connection:
        found_runner(connection, runner_id)
        row = {"id": new_id(), "runner_id": runner_id, "text": note.text, "by": note.by, "at": note.at}
        connection.execute(insert(table).values(**row))
        note_down(connection, who, "noted", f"runner:{runner_id}")
    return note


def notes_of(desk: Desk, who: Who, runner_id: int) -> list[Note]:
    """The notes on a runner, the newest first. Raises DeskError."""
    who.need_therapist()
    query = select(table.c.text, table.c.by, table.c.at).where(table.c.runner_id == runner_id)
    with desk.reading() as connection:
        return [Note(*row) for row in connection.execute(query.order_by(table.c.at.desc()))]
