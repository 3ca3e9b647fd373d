"""The queue of jobs, in the store: taken, kept alive, ended, given back; it outlives every process.

A job is done exactly once: only who holds it may end it, in the transaction that keeps its result. Each
taking has a name of its own, so that a worker that was given up, and is not dead yet, holds nothing. A worker
that dies costs one more try; a crew that dies (a restart) costs none. Not here: the work (`worker.py`), who
works (`crew.py`).
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from dorsi.desk.desk import Desk, note_down
from dorsi.desk.place import new_id
from dorsi.desk.summary import FAILED
from dorsi.desk.who import Who
from dorsi.errors import DeskError, DorsiError
from dorsi.store.dates import now
from dorsi.store.desk_schema import clip as clip_table
from dorsi.store.desk_schema import job as table

__all__ = [
    "ENGINE", "HOST", "LEASE_S", "Lost", "Taken", "beat", "end_in", "fail", "give_back", "put_job", "reclaim",
    "take", "told_worker", "waiting", "worker_died", "worker_of",
]  # fmt: skip

HOST: Final = socket.gethostname()
LEASE_S: Final = 60.0
"""A job whose holder was not heard of for so long is free: all we know of crews on other machines."""
TRIES: Final = 2
ENGINE: Final = Who("local", "Dorsi")
"""Who the audit log says it was when nobody asked."""
RESTARTS: Final = 20
"""So often a job may be interrupted by a restart before it is suspected of causing it."""


class Lost(Exception):
    """The job is no longer ours: somebody else took it over, or the clip was deleted."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A job that a crew has taken; `holder` is the crew's name, a dot, and what tells this once apart."""

    id: str
    clip_id: str
    kind: str
    holder: str


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
        holder = f"{crew}.{new_id()}"
        values = {"state": "running", "crew": holder, "worker": None, "stage": None, "fraction": None}
        at = {"beat_at": now(), "started_at": now()}
        connection.execute(update(table).where(table.c.id == row.id).values(**values, **at))
        if row.kind == "measure":
            _set_clip(connection, row.clip_id, state="running")
        return Taken(row.id, row.clip_id, row.kind, holder)


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


def worker_of(desk: Desk, job: Taken) -> int | None:
    """Number of the process that works on a job on this machine, None where it is held no longer."""
    query = select(table.c.worker).where(table.c.id == job.id, table.c.crew == job.holder)
    with desk.reading() as connection:
        host, _, pid = (connection.execute(query).scalar() or "").rpartition(":")
    return int(pid) if host == HOST and pid else None


def end_in(connection: Connection, job: Taken, clip_values: Mapping[str, Any]) -> None:
    """End a job well and write down what became of its clip, within the transaction that keeps the result.

    Raises Lost when the job is held no longer: then nothing may be kept.
    """
    _held(connection, job, {"state": "done", "ended_at": now(), "stage": None, "fraction": 1.0})
    if clip_values:
        _set_clip(connection, job.clip_id, **clip_values)


def fail(desk: Desk, job: Taken, error: DorsiError, detail: str = "") -> None:
    """End a job that cannot be done, with words; `detail` is for the audit log. One held no longer stays."""
    with desk.writing() as connection, suppress(Lost):
        _fail(connection, job, error, detail)


def _fail(connection: Connection, job: Taken, error: DorsiError, detail: str = "") -> None:
    told = json.dumps({"code": error.code, "params": error.params, "message": str(error)})
    _held(connection, job, {"state": "failed", "ended_at": now(), "error": told})
    if job.kind == "measure":
        _set_clip(connection, job.clip_id, state="failed", urgency=FAILED)
    note_down(connection, ENGINE, "failed", f"clip:{job.clip_id}", detail or error.code)


def give_back(desk: Desk, job: Taken) -> None:
    """Put a job back into the queue that was not finished through no fault of its own."""
    with desk.writing() as connection, suppress(Lost):
        _wait_again(connection, job, {})


def worker_died(desk: Desk, job: Taken, why: DeskError) -> None:
    """The worker of a job was killed, or ended for using too much: once more, then never again."""
    with desk.writing() as connection, suppress(Lost):
        tries = connection.execute(select(table.c.tries).where(table.c.id == job.id)).scalar()
        if tries is None or tries + 1 >= TRIES:
            _fail(connection, job, why)
        else:
            _wait_again(connection, job, {"tries": tries + 1})


def reclaim(desk: Desk, mine: str) -> int:
    """Put jobs back whose crew is gone, dead on this machine or long not heard of; how many. The crew `mine`
    asks: it lives."""
    query = select(
        table.c.id, table.c.clip_id, table.c.kind, table.c.crew, table.c.beat_at, table.c.restarts
    ).where(table.c.state == "running")
    with desk.reading() as connection:
        gone = [row for row in connection.execute(query) if not _alive(row.crew, row.beat_at, mine)]
    for row in gone:
        job = Taken(row.id, row.clip_id, row.kind, row.crew)
        with desk.writing() as connection, suppress(Lost):
            if row.restarts + 1 < RESTARTS:
                _wait_again(connection, job, {"restarts": row.restarts + 1})
            else:
                _fail(connection, job, DeskError("worker_died"))
    return len(gone)


def _alive(holder: str, beat_at: datetime, mine: str) -> bool:
    crew = holder.rpartition(".")[0]
    if crew == mine:
        return True
    host, pid, _ = crew.rsplit(":", 2)
    if host == HOST and (int(pid) == os.getpid() or not _process_lives(int(pid))):
        # In a container a server that starts anew often has the number of the one before.
        return False
    return now() - beat_at < timedelta(seconds=LEASE_S)


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
    mine = table.c.id == job.id, table.c.state == "running", table.c.crew == job.holder
    if connection.execute(update(table).where(*mine).values(**values)).rowcount != 1:
        raise Lost


def _set_clip(connection: Connection, clip_id: str, **values: Any) -> None:
    connection.execute(update(clip_table).where(clip_table.c.id == clip_id).values(**values))
