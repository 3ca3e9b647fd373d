"""A desk in both modes, with measured clips, and clients of everybody who may ask. Not here: tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import insert

from dorsi.desk.clips import Clip, add_clip, clip_of
from dorsi.desk.desk import Desk
from dorsi.desk.limits import Limits
from dorsi.desk.links import invite, pair
from dorsi.desk.place import new_id, place_at
from dorsi.desk.queue import HOST, take
from dorsi.desk.runners import RunnerFile, add_runner
from dorsi.desk.sessions import start_session
from dorsi.desk.who import Who
from dorsi.desk.worker import do
from dorsi.store.dates import now
from dorsi.store.desk_schema import account as account_table
from dorsi.web.app import create_app
from dorsi.web.config import Config
from dorsi.web.security import COOKIE
from tests.desk.jobs import stages_of

__all__ = ["OWNER", "PASSWORD", "Served"]

OWNER = Who("local", "command line")
PASSWORD = "correct horse battery"  # noqa: S105  of nobody
LOCAL, AWAY = ("127.0.0.1", 50000), ("192.0.2.7", 50000)


@dataclass
class Served:
    """An application over a desk, and whoever asks it."""

    desk: Desk
    app: FastAPI
    made: list[TestClient] = field(default_factory=list)

    def client(self, at: tuple[str, int] = LOCAL, host: str = "127.0.0.1") -> TestClient:
        """Somebody's browser, without a session; it says where its requests come from, as browsers do."""
        # What the server does not expect is a page, not an exception in the test.
        client = TestClient(
            self.app, base_url=f"http://{host}", client=at, raise_server_exceptions=False,
            headers={"Origin": f"http://{host}", "Accept": "text/html"}, follow_redirects=False,
        )  # fmt: skip
        self.made.append(client)
        return client

    def account(self, name: str = "Mia Berg", role: str = "therapist") -> TestClient:
        """The browser of an account without a password, logged in: hashing one takes its time."""
        row = {"id": new_id(), "name": name, "key": name.casefold(), "role": role, "password_hash": ""}
        with self.desk.writing() as connection:
            connection.execute(insert(account_table).values(**row, added_at=now()))
        client = self.client(AWAY)
        client.cookies.set(COOKIE, start_session(self.desk, account_id=row["id"]))
        return client

    def invited(self, runner: RunnerFile) -> TestClient:
        """The browser of a runner who opened an invitation."""
        return self._by(invite(self.desk, OWNER, runner.id))

    def paired(self) -> TestClient:
        """The browser of a phone that was paired."""
        return self._by(pair(self.desk, OWNER))

    def _by(self, secret: str) -> TestClient:
        client = self.client(AWAY)
        assert client.get(f"/i/{secret}").status_code == 200
        assert client.post(f"/i/{secret}").status_code == 303
        return client

    def runner(self, name: str = "Ana Lima") -> RunnerFile:
        """A runner of that name."""
        return add_runner(self.desk, OWNER, name)

    def clip(
        self,
        runner: RunnerFile | None = None,
        evidence: str = "left_lunge",
        role: str = "clip",
        name: str = "IMG_1.mov",
    ) -> Clip:
        """A clip that is measured: it shows what was recorded of the rendered clip `evidence`."""
        upload = self.desk.place.uploads / new_id()
        upload.write_text(evidence, encoding="utf-8")
        made = add_clip(
            self.desk, OWNER, upload, name=name, role=role, runner_id=None if runner is None else runner.id
        )  # fmt: skip
        self.work()
        return clip_of(self.desk, OWNER, made.id)

    def work(self) -> None:
        """Do every job that waits, in this process."""
        while (job := take(self.desk, f"{HOST}:1:c123456789012345")) is not None:
            do(self.desk, job, stages_of)


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Makes an application: `serving("clinic", limits, config)`."""
    opened: list[Served] = []

    def make(mode: str = "one", limits: Limits | None = None, config: Config | None = None) -> Served:
        place = place_at(tmp_path / f"data-{len(opened)}")
        desk = Desk(place, limits, "clinic" if mode == "clinic" else "one")
        # Names that a test's clients call the server by are any.
        served = Served(
            desk, create_app(desk, config or (Config(frozenset()) if mode == "clinic" else Config()))
        )
        opened.append(served)
        return served

    yield make
    for served in opened:
        for client in served.made:
            client.close()
        served.desk.close()


@pytest.fixture
def one(serving: Callable[..., Served]) -> Served:
    """One person on this computer."""
    return serving("one")


@pytest.fixture
def clinic(serving: Callable[..., Served]) -> Served:
    """A clinic."""
    return serving("clinic")
