"""The queue of jobs, in the store: taken, kept alive, ended, given back; it outlives every process.

A job is done exactly once: only who holds it may end it, in the transaction that keeps its result. A worker
that dies costs one more try; a crew that dies (a restart) costs none. Not here: the work (`worker.py`), who
works (`crew.py`).
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from dorsi.desk.desk import Desk
from dorsi.desk.place import new_id
from dorsi.desk.summary import FAILED
from dorsi.errors import DeskError, DorsiError
from dorsi.store.dates import now
from dorsi.store.desk_schema import clip as clip_table
from dorsi.store.desk_schema import job as table

__all__ = [
    "HOST", "Lost", "Taken", "beat", "end_in", "fail", "give_back", "put_job", "reclaim", "take",
    "told_worker", "waiting", "worker_died",
]  # fmt: skip

HOST: Final = socket.gethostname()
LEASE_S: Final = 60.0
"""A job whose holder was not heard of for so long is free: all we know of crews on other machines."""
TRIES: Final = 2
RESTARTS: Final = 20
"""So often a job may be interrupted by a restart before it is suspected of causing it."""


class Lost(Exception):
    """The job is no longer ours: somebody else took it over, or the clip was deleted."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A job that a crew has taken."""

    id: str
    clip_id: str
    kind: str
    crew: str


def put_job(connection: Connection, clip_id: str, kind: str) -> str:
    """Queue a job, within a transaction; its id. One of the same kind that waits already stands for it."""
    same = table.c.clip_id == clip_id, table.c.kind == kind, table.c.state == "waiting"
    known = connection.execute(select(table.c.id).where(*same)).scalar()
    if known is not None:
        return str(known)
    row = {"id": new_id(), "clip_id": clip_id, "kind": kind, "state": "waiting", "tries": 0, "restarts": 0}
    connection.execute(insert(table).values(**row, made_at=now()))
    return str(row["id"])


def waiting(desk: Desk) -> int:
    """How many jobs wait or run."""
    query = select(table.c.id).where(table.c.state.in_(("waiting", "running")))
    with desk.reading() as connection:
        return len(connection.execute(query).all())


def take(desk: Desk, crew: str) -> Taken | None:
    """The job that has waited longest, now held by `crew`; None when none waits."""
    query = select(table.c.id, table.c.clip_id, table.c.kind).where(table.c.state == "waiting")
    order = table.c.made_at, table.c.id
    with desk.reading() as connection:
        if connection.execute(query.limit(1)).first() is None:
            return None
    with desk.writing() as connection:
        row = connection.execute(query.order_by(*order).limit(1)).first()
        if row is None:
            return None
        values = {"state": "running", "crew": crew, "worker": None, "stage": None, "fraction": None}
        at = {"beat_at": now(), "started_at": now()}
        connection.execute(update(table).where(table.c.id == row.id).values(**values, **at))
        if row.kind == "measure":
            _set_clip(connection, row.clip_id, state="running")
        return Taken(row.id, row.clip_id, row.kind, crew)


def beat(desk: Desk, job: Taken, *, stage: str | None = None, fraction: float | None = None) -> None:
    """Say that the job is alive, and how far it is (0..1). Raises Lost."""
    values: dict[str, Any] = {"beat_at": now()}
    if stage is not None:
        values |= {"stage": stage, "fraction": fraction}
    with desk.writing() as connection:
        _held(connection, job, values)


def told_worker(desk: Desk, job: Taken) -> None:
    """Write down which process works on the job, so that its crew can end it. Raises Lost."""
    with desk.writing() as connection:
        _held(connection, job, {"worker": f"{HOST}:{os.getpid()}", "beat_at": now()})


def end_in(connection: Connection, job: Taken, clip_values: Mapping[str, Any]) -> None:
    """End a job well and write down what became of its clip, within the transaction that keeps the result.

    Raises Lost when the job is held no longer: then nothing may be kept.
    """
    _held(connection, job, {"state": "done", "ended_at": now(), "stage": None, "fraction": 1.0})
    _set_clip(connection, job.clip_id, **clip_values)


def fail(desk: Desk, job: Taken, error: DorsiError | None) -> None:
    """End a job that cannot be done, with words; None is a fault of ours. One held no longer stays."""
    said = error or DeskError("fault_in_worker")
    told = {"code": said.code, "params": said.params, "message": str(said)}
    with desk.writing() as connection:
        try:
            _fail(connection, job, told)
        except Lost:
            return


def _fail(connection: Connection, job: Taken, told: Mapping[str, Any]) -> None:
    _held(connection, job, {"state": "failed", "ended_at": now(), "error": json.dumps(dict(told))})
    if job.kind == "measure":
        _set_clip(connection, job.clip_id, state="failed", urgency=FAILED)


def give_back(desk: Desk, job: Taken) -> None:
    """Put a job back into the queue that was not finished through no fault of its own."""
    with desk.writing() as connection:
        try:
            _wait_again(connection, job, {})
        except Lost:
            return


def worker_died(desk: Desk, job: Taken, why: DeskError) -> None:
    """The worker of a job was killed, or ended for using too much: once more, then never again."""
    with desk.writing() as connection:
        row = connection.execute(select(table.c.tries).where(table.c.id == job.id)).first()
        if row is None:
            return
        try:
            if row.tries + 1 < TRIES:
                _wait_again(connection, job, {"tries": row.tries + 1})
            else:
                _fail(connection, job, {"code": why.code, "params": why.params, "message": str(why)})
        except Lost:
            return


def reclaim(desk: Desk, mine: str) -> int:
    """Put jobs back whose crew is gone, dead on this machine or long not heard of; how many. `mine` asks."""
    query = select(
        table.c.id, table.c.clip_id, table.c.kind, table.c.crew, table.c.beat_at, table.c.restarts
    ).where(table.c.state == "running")
    with desk.reading() as connection:
        gone = [row for row in connection.execute(query) if not _alive(row.crew, row.beat_at, mine)]
    for row in gone:
        job = Taken(row.id, row.clip_id, row.kind, row.crew)
        with desk.writing() as connection:
            try:
                if row.restarts + 1 < RESTARTS:
                    _wait_again(connection, job, {"restarts": row.restarts + 1})
                else:
                    said = DeskError("worker_died")
                    _fail(connection, job, {"code": said.code, "params": {}, "message": str(said)})
            except Lost:
                continue
    return len(gone)


def _alive(crew: str, beat_at: Any, mine: str) -> bool:
    host, pid, _ = crew.rsplit(":", 2)
    if host == HOST and crew != mine and (int(pid) == os.getpid() or not _process_lives(int(pid))):
        # In a container a server that starts anew often has the number of the one before.
        return False
    return bool(now() - beat_at < timedelta(seconds=LEASE_S))


def _process_lives(pid: int) -> bool:
    if os.name == "nt":
        return True  # Windows cannot ask without ending it: the lease decides
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _wait_again(connection: Connection, job: Taken, more: Mapping[str, Any]) -> None:
    values = {"state": "waiting", "crew": None, "worker": None, "stage": None, "fraction": None}
    _held(connection, job, values | dict(more))
    if job.kind == "measure":
        _set_clip(connection, job.clip_id, state="waiting")


def _held(connection: Connection, job: Taken, values: Mapping[str, Any]) -> None:
    """Change a job that is still held. Raises Lost when it is not."""
    mine = table.c.id == job.id, table.c.state == "running", table.c.crew == job.crew
    if connection.execute(update(table).where(*mine).values(**values)).rowcount != 1:
        raise Lost


def _set_clip(connection: Connection, clip_id: str, **values: Any) -> None:
    connection.execute(update(clip_table).where(clip_table.c.id == clip_id).values(**values))
