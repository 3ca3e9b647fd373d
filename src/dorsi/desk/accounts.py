"""Accounts of a clinic: added, checked at log-in, reset, ended; their tokens.

Passwords are kept as Argon2id, with the library's defaults (RFC 9106). Guessing is slowed: after a few wrong
passwords an account, and an address, must wait longer each time. Not here: sessions (`sessions.py`), log-in
pages (`web`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from time import monotonic
from typing import Final, Literal, cast

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from dorsi.desk.desk import Desk, note_down
from dorsi.desk.place import new_id
from dorsi.desk.sessions import digest_of, new_secret, start_session
from dorsi.desk.who import Who
from dorsi.errors import DeskError, UsageError
from dorsi.names import clean_name, key_of
from dorsi.store.dates import now
from dorsi.store.desk_schema import account as table
from dorsi.store.desk_schema import session as session_table
from dorsi.store.desk_schema import token as token_table

__all__ = [
    "LEAST_LETTERS", "Account", "Throttle", "Token", "accounts", "add_account", "add_token", "drop_token",
    "log_in", "remove_account", "set_password", "tokens",
]  # fmt: skip

LEAST_LETTERS: Final = 12
MOST_LETTERS: Final = 200
Role = Literal["owner", "therapist"]
_HASHER: Final = PasswordHasher()
_NOBODYS: Final = _HASHER.hash("nobody's password")
"""Checked where there is no such account, so that both answers take as long."""


@dataclass(frozen=True, slots=True)
class Account:
    """A therapist, or the owner, who also manages accounts."""

    id: str
    name: str
    role: Role
    added_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Token:
    """A token with which a program asks in an account's name."""

    id: str
    label: str
    made_at: datetime
    used_at: datetime | None


@dataclass
class Throttle:
    """How long a name or an address must wait after wrong passwords: nothing for `free` of them, then 1, 2,
    4 … s, up to `longest_s`; forgotten after that long without a try. One for each server process."""

    free: int = 5
    longest_s: float = 900.0
    clock: Callable[[], float] = monotonic
    _wrong: dict[str, tuple[int, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, *who: str) -> None:
        """Raise DeskError while one of them must wait."""
        with self._lock:
            wait_s = max(self._wait_s(each) for each in who)
        if wait_s > 0:
            raise DeskError("too_many_tries", wait_s=ceil(wait_s))

    def _wait_s(self, who: str) -> float:
        times, last = self._wrong.get(who, (0, 0.0))
        if times < self.free:
            return 0.0
        return last + min(self.longest_s, 2.0 ** min(times - self.free, 30)) - self.clock()

    def wrong(self, *who: str) -> None:
        """One more wrong password of each."""
        with self._lock:
            at = self.clock()
            self._wrong = {k: v for k, v in self._wrong.items() if at - v[1] < self.longest_s}
            for each in who:
                self._wrong[each] = (self._wrong.get(each, (0, 0.0))[0] + 1, at)

    def right(self, *who: str) -> None:
        """A right password: nothing is held against them any more."""
        with self._lock:
            for each in who:
                self._wrong.pop(each, None)


def _checked(password: str) -> str:
    if not LEAST_LETTERS <= len(password) <= MOST_LETTERS:
        raise DeskError("password_too_short", least=LEAST_LETTERS)
    return password


def add_account(desk: Desk, who: Who, name: str, password: str, role: Role = "therapist") -> Account:
    """A new account. Raises DeskError on a name that is taken and a password that is too short, UsageError on
    what is no name."""
    who.need_owner()
    row = {
        "id": new_id(), "name": clean_name(name), "key": key_of(name), "role": role,
        "password_hash": _HASHER.hash(_checked(password)), "added_at": now(),
    }  # fmt: skip
    with desk.writing() as connection:
        if connection.execute(select(table.c.id).where(table.c.key == row["key"])).first():
            raise DeskError("account_known", name=row["name"])
        connection.execute(insert(table).values(**row))
        note_down(connection, who, "added", f"account:{row['id']}", f"{row['name']}, {role}")
        return _account(_named(connection, name))


def _named(connection: Connection, name: str) -> Row[tuple[object, ...]]:
    row = connection.execute(select(table).where(table.c.key == key_of(name))).one_or_none()
    if row is None:
        raise DeskError("account_unknown", name=clean_name(name))
    return row


def _account(row: Row[tuple[object, ...]]) -> Account:
    return Account(row.id, row.name, cast("Role", row.role), row.added_at, row.disabled_at)


def accounts(desk: Desk, who: Who) -> list[Account]:
    """Every account, by name. Raises DeskError."""
    who.need_owner()
    with desk.reading() as connection:
        return sorted(map(_account, connection.execute(select(table)).all()), key=lambda each: each.name)


def log_in(desk: Desk, throttle: Throttle, name: str, password: str, address: str) -> str:
    """A new session for the right password; its secret. Raises DeskError, with one answer for a wrong name
    and a wrong password, and while `name` or `address` must wait."""
    tried = f"name:{name.casefold().strip()[:200]}", f"address:{address}"
    throttle.check(*tried)
    with desk.reading() as connection:
        row = connection.execute(select(table).where(table.c.key == _key(name))).one_or_none()
    right = _matches(row.password_hash if row is not None else _NOBODYS, password)
    if row is None or row.disabled_at is not None or not right:
        throttle.wrong(*tried)
        raise DeskError("log_in_wrong")
    throttle.right(*tried)
    if _HASHER.check_needs_rehash(row.password_hash):
        with desk.writing() as connection:
            better = {"password_hash": _HASHER.hash(password)}
            connection.execute(update(table).where(table.c.id == row.id).values(**better))
    desk.note_down(Who("account", row.name), "logged_in", f"account:{row.id}", address)
    return start_session(desk, account_id=row.id)


def _key(name: str) -> str:
    try:
        return key_of(name)
    except UsageError:
        return ""  # what is no name is nobody's


def _matches(known: str, password: str) -> bool:
    try:
        return _HASHER.verify(known, password[: MOST_LETTERS + 1])
    except (VerificationError, InvalidHashError):
        return False


def set_password(desk: Desk, who: Who, name: str, password: str, *, old: str | None = None) -> Account:
    """A new password; every session of the account ends, its tokens stay. An owner's right; anybody may
    change their own with the `old` one. Raises DeskError."""
    with desk.writing() as connection:
        row = _named(connection, name)
        if old is None:
            who.need_owner()
        elif who.account_id != row.id or not _matches(row.password_hash, old):
            raise DeskError("log_in_wrong")
        values = {"password_hash": _HASHER.hash(_checked(password)), "disabled_at": None}
        connection.execute(update(table).where(table.c.id == row.id).values(**values))
        connection.execute(delete(session_table).where(session_table.c.account_id == row.id))
        note_down(connection, who, "set_password", f"account:{row.id}")
        return _account(row)


def remove_account(desk: Desk, who: Who, name: str) -> Account:
    """End an account: no log-in, no session, no token; what it did keeps its name. Raises DeskError on the
    last owner."""
    who.need_owner()
    with desk.writing() as connection:
        row = _named(connection, name)
        owners = select(func.count()).where(table.c.role == "owner", table.c.disabled_at.is_(None))
        if row.role == "owner" and connection.execute(owners).scalar_one() < 2:
            raise DeskError("last_owner", name=row.name)
        connection.execute(update(table).where(table.c.id == row.id).values(disabled_at=now()))
        for each in (session_table, token_table):
            connection.execute(delete(each).where(each.c.account_id == row.id))
        note_down(connection, who, "removed", f"account:{row.id}", row.name)
        return _account(row)


def add_token(desk: Desk, who: Who, label: str) -> str:
    """A token for programs in the account's name; its secret, told this once. Raises DeskError."""
    if who.account_id is None:
        who.nothing_there()
    secret = new_secret()
    row = {"id": new_id(), "digest": digest_of(secret), "account_id": who.account_id}
    with desk.writing() as connection:
        values = {"label": label.strip()[:80] or "token", "made_at": now()}
        connection.execute(insert(token_table).values(**row, **values))
        note_down(connection, who, "made_token", f"token:{row['id']}")
    return secret


def tokens(desk: Desk, who: Who) -> list[Token]:
    """The account's own tokens, the newest first."""
    columns = (token_table.c[name] for name in ("id", "label", "made_at", "used_at"))
    query = select(*columns).where(token_table.c.account_id == who.account_id)
    with desk.reading() as connection:
        return [Token(*row) for row in connection.execute(query.order_by(token_table.c.made_at.desc()))]


def drop_token(desk: Desk, who: Who, token_id: str) -> None:
    """End one of the account's own tokens. Raises DeskError."""
    mine = token_table.c.id == token_id, token_table.c.account_id == who.account_id
    with desk.writing() as connection:
        if who.account_id is None or connection.execute(delete(token_table).where(*mine)).rowcount != 1:
            who.nothing_there()
        note_down(connection, who, "dropped_token", f"token:{token_id}")
