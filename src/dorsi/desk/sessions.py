"""Sessions: a random cookie, of which the store keeps the SHA-256; from it who asks.

Not here: proving a password (`accounts.py`) or a link (`links.py`), cookies themselves (`web`).
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, insert, select, update

from dorsi.desk.desk import Desk
from dorsi.desk.who import NOBODY, Who
from dorsi.store.dates import now
from dorsi.store.desk_schema import account, link, session, token
from dorsi.store.schema import runner

__all__ = [
    "SESSION_DAYS",
    "digest_of",
    "end_session",
    "new_secret",
    "start_session",
    "who_has",
    "who_has_token",
]

SESSION_DAYS: Final = 14


def new_secret() -> str:
    """A random text of 256 bit, fit for an address and a cookie."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What the store keeps of a secret: it is random, so one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def start_session(desk: Desk, *, account_id: str | None = None, link_id: str | None = None) -> str:
    """A new session of an account or a link; its secret, for the cookie. Old ones that have ended go."""
    secret, at = new_secret(), now()
    row = {"digest": digest_of(secret), "account_id": account_id, "link_id": link_id, "made_at": at}
    with desk.writing() as connection:
        connection.execute(delete(session).where(session.c.ends_at < at))
        connection.execute(insert(session).values(**row, ends_at=at + timedelta(days=SESSION_DAYS)))
    return secret


def end_session(desk: Desk, secret: str) -> None:
    """End a session; one that is not there is no fault."""
    with desk.writing() as connection:
        connection.execute(delete(session).where(session.c.digest == digest_of(secret)))


def who_has(desk: Desk, secret: str) -> Who:
    """Who a session cookie is of; nobody once it, its account or its link has ended."""
    query = (
        select(
            session.c.account_id,
            session.c.link_id,
            account.c.name,
            account.c.role,
            link.c.runner_id,
            link.c.kind,
            runner.c.name.label("runner"),
        )
        .select_from(session)
        .outerjoin(account, account.c.id == session.c.account_id)
        .outerjoin(link, link.c.id == session.c.link_id)
        .outerjoin(runner, runner.c.id == link.c.runner_id)
        .where(session.c.digest == digest_of(secret), session.c.ends_at > now())
        .where(account.c.disabled_at.is_(None), link.c.revoked_at.is_(None))
        .where((link.c.id.is_(None)) | (link.c.kind == "pairing") | (link.c.ends_at > now()))
    )
    with desk.reading() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        return NOBODY
    if row.account_id is not None:
        return Who("account", row.name, row.role, account_id=row.account_id)
    return Who(
        "link", row.runner, link_id=row.link_id, runner_id=row.runner_id, only_link=row.kind == "pairing"
    )


def who_has_token(desk: Desk, secret: str) -> Who:
    """Who an API token is of; nobody once it is gone or its account has ended."""
    query = (
        select(token.c.id, account.c.id.label("account_id"), account.c.name, account.c.role)
        .join(account, account.c.id == token.c.account_id)
        .where(token.c.digest == digest_of(secret), account.c.disabled_at.is_(None))
    )
    with desk.reading() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        return NOBODY
    with desk.writing() as connection:
        connection.execute(update(token).where(token.c.id == row.id).values(used_at=now()))
    return Who("account", row.name, row.role, account_id=row.account_id)
