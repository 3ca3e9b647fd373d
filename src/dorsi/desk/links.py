"""Links that let a runner in without an account: invitations, and the pairing of a phone.

A link is 256 random bits, of which the store keeps the SHA-256: it is shown once, when it is made. Not here:
sessions (`sessions.py`), pages and QR codes (`web`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Connection, Row, insert, select, update

from dorsi.desk.desk import Desk, note_down
from dorsi.desk.place import new_id
from dorsi.desk.runners import RunnerFile, found_runner
from dorsi.desk.sessions import digest_of, new_secret, start_session
from dorsi.desk.who import Who
from dorsi.errors import DeskError
from dorsi.store import rows
from dorsi.store.dates import now
from dorsi.store.desk_schema import link as table

__all__ = [
    "INVITATION_DAYS",
    "PAIRING_MINUTES",
    "Link",
    "invite",
    "links_of",
    "look_at",
    "pair",
    "revoke",
    "use",
]

INVITATION_DAYS: Final = 90
PAIRING_MINUTES: Final = 10
ME: Final = "Me"
"""The runner of somebody who measures themselves."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a runner; `open` while it lets somebody in."""

    id: str
    kind: Literal["invitation", "pairing"]
    runner: RunnerFile
    made_by: str
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether it lets somebody in now."""
        spent = self.kind == "pairing" and self.used_at is not None
        return self.revoked_at is None and not spent and self.ends_at > now()


def invite(desk: Desk, who: Who, runner_id: int, days: int = INVITATION_DAYS) -> str:
    """A new invitation of a runner; its secret, which is told this once. Raises DeskError."""
    who.need_therapist()
    if not 1 <= days <= 366:
        raise DeskError("request_invalid", why="An invitation holds for 1 to 366 days.")
    with desk.writing() as connection:
        found_runner(connection, runner_id)
        return _make(connection, who, "invitation", runner_id, timedelta(days=days))


def pair(desk: Desk, who: Who) -> str:
    """A new link that pairs one phone with this computer; its secret. Raises DeskError in a clinic."""
    who.need_owner()
    if desk.mode != "one":
        raise DeskError("not_there")
    with desk.writing() as connection:
        owner = rows.find_or_add_runner(connection, ME)
        return _make(connection, who, "pairing", owner.id, timedelta(minutes=PAIRING_MINUTES))


def _make(connection: Connection, who: Who, kind: str, runner_id: int, lasts: timedelta) -> str:
    secret, at = new_secret(), now()
    link_id = new_id()
    row = {"id": link_id, "kind": kind, "digest": digest_of(secret), "runner_id": runner_id}
    connection.execute(insert(table).values(**row, made_by=who.name, made_at=at, ends_at=at + lasts))
    note_down(connection, who, f"made_{kind}", f"runner:{runner_id}", link_id)
    return secret


def look_at(desk: Desk, secret: str) -> Link:
    """What a link is, without using it. Raises DeskError when it lets nobody in."""
    with desk.reading() as connection:
        return _open(connection, secret)


def use(desk: Desk, secret: str) -> str:
    """Go in by a link, a pairing link once; the secret of a new session. Raises DeskError."""
    with desk.writing() as connection:
        link = _open(connection, secret)
        connection.execute(update(table).where(table.c.id == link.id).values(used_at=now()))
        who = Who("link", link.runner.name, link_id=link.id, runner_id=link.runner.id)
        note_down(connection, who, "came_by_link", f"runner:{link.runner.id}", link.id)
    return start_session(desk, link_id=link.id)


def _open(connection: Connection, secret: str) -> Link:
    row = connection.execute(select(table).where(table.c.digest == digest_of(secret))).one_or_none()
    link = None if row is None else _link(connection, row)
    if link is None or not link.open:
        raise DeskError("link_over")
    return link


def _link(connection: Connection, row: Row[tuple[object, ...]]) -> Link:
    runner = found_runner(connection, row.runner_id)
    dates = {"made_at": row.made_at, "ends_at": row.ends_at}
    spent = {"used_at": row.used_at, "revoked_at": row.revoked_at}
    return Link(row.id, row.kind, runner, row.made_by, **dates, **spent)


def links_of(desk: Desk, who: Who, runner_id: int) -> list[Link]:
    """The links of a runner, the newest first. Raises DeskError."""
    who.need_therapist()
    query = select(table).where(table.c.runner_id == runner_id).order_by(table.c.made_at.desc())
    with desk.reading() as connection:
        return [_link(connection, row) for row in connection.execute(query).all()]


def revoke(desk: Desk, who: Who, link_id: str) -> Link:
    """End a link and every session that came by it; the link. Raises DeskError."""
    who.need_therapist()
    with desk.writing() as connection:
        row = connection.execute(select(table).where(table.c.id == link_id)).one_or_none()
        if row is None:
            raise DeskError("not_there")
        connection.execute(update(table).where(table.c.id == link_id).values(revoked_at=now()))
        note_down(connection, who, "revoked", f"link:{link_id}", f"runner:{row.runner_id}")
        return _link(connection, row)
