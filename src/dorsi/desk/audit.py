"""The audit log read: who saw, changed, signed, deleted what, and when. Not here: writing it (`desk.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from dorsi.desk.desk import Desk
from dorsi.desk.who import Who
from dorsi.store.desk_schema import audit as table

__all__ = ["PAGE", "Line", "lines"]

PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log."""

    at: datetime
    who: str
    action: str
    about: str
    detail: str


def lines(desk: Desk, who: Who, *, page: int = 0, about: str = "") -> list[Line]:
    """A page of the log, the newest first; with `about` only lines about one thing. Raises DeskError."""
    who.need_owner()
    query = select(table.c.at, table.c.who, table.c.action, table.c.object, table.c.detail)
    if about:
        query = query.where(table.c.object == about)
    query = query.order_by(table.c.at.desc(), table.c.id).limit(PAGE).offset(max(0, page) * PAGE)
    with desk.reading() as connection:
        return [Line(*row) for row in connection.execute(query)]
