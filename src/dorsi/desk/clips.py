"""Clips on the desk: put in, listed, looked up, assigned, remarked on, deleted.

Not here: measuring them (`queue.py`, `worker.py`), reviewing them (`review.py`).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from dorsi.desk.desk import Desk, note_down
from dorsi.desk.keeping import keep_report, unkeep_report
from dorsi.desk.place import new_id, put_on_disk
from dorsi.desk.queue import put_job
from dorsi.desk.runners import found_runner
from dorsi.desk.who import Who
from dorsi.errors import DeskError
from dorsi.report.model import load_report
from dorsi.screen.model import ROLES
from dorsi.store.dates import now
from dorsi.store.desk_schema import clip as table
from dorsi.store.desk_schema import job as job_table
from dorsi.store.schema import runner as runner_table

__all__ = [
    "CLIP_ROLES",
    "Clip",
    "add_clip",
    "assign_clip",
    "change_clip",
    "clip_of",
    "clips_of",
    "delete_clip",
    "found_clip",
    "measure_again",
    "remove_files",
    "say",
    "shown_name",
]  # fmt: skip

CLIP_ROLES: Final = (*ROLES, "clip")
"""What a clip may be filmed as: the roles of a screen, or just this clip."""
State = Literal["waiting", "running", "measured", "not_measurable", "failed"]
ReviewState = Literal["new", "reviewed", "film_again"]
_LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip as lists show it. `summary` is what a list says of the result (see `summary.py`), empty before
    there is one; `stage` and `fraction` (0..1) tell how far a running job is."""

    id: str
    runner_id: int | None
    runner: str | None
    link_id: str | None
    role: str
    file_name: str
    size_bytes: int
    added_by: str
    added_at: datetime
    state: State
    urgency: int
    review_state: ReviewState
    revision: int
    reviewed_by: str | None
    reviewed_at: datetime | None
    remark: str | None
    clip_deleted_at: datetime | None
    settings: Mapping[str, Any] = field(default_factory=dict)
    summary: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] = field(default_factory=dict)
    stage: str | None = None
    fraction: float | None = None


def shown_name(name: str) -> str:
    """A file's name as it may be shown: its last part, no control signs, not too long. Never a path."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(sign if sign.isprintable() else "�" for sign in last).strip()
    return plain[:_LONGEST_NAME] or "clip"


def add_clip(
    desk: Desk, who: Who, upload: Path, *, name: str, role: str = "clip", runner_id: int | None = None,
    settings: Mapping[str, Any] | None = None, clip_id: str | None = None,
) -> Clip:  # fmt: skip
    """Take an uploaded file over (it is moved), and queue it to be measured; the clip.

    A runner's clip is the runner's, whatever `runner_id` says. A `clip_id` that is there already is given
    back: somebody who was cut off asks again. Raises DeskError where the role is unknown, the runner is not
    theirs, or more clips wait, or more bytes lie, than the limits allow.
    """
    _check_role(role)
    if who.kind == "link":
        runner_id = who.runner_id
    elif not who.therapist:
        raise DeskError("log_in_first")
    clip_id = clip_id or new_id()
    row: dict[str, Any] = {
        "id": clip_id, "runner_id": runner_id, "link_id": who.link_id, "role": role,
        "file_name": shown_name(name), "size_bytes": 0, "added_by": who.name, "added_at": now(),
        "settings": json.dumps(dict(settings or {})), "state": "waiting", "urgency": 0,
        "review_state": "new", "revision": 0,
    }  # fmt: skip
    target = desk.place.clip_file(clip_id)
    if upload.is_file():
        put_on_disk(upload)  # before it is ours: whoever sent it deletes theirs
    with desk.writing() as connection:
        if connection.execute(select(table.c.id).where(table.c.id == clip_id)).first() is not None:
            return found_clip(connection, who, clip_id)
        row["size_bytes"] = upload.stat().st_size
        if runner_id is not None:
            found_runner(connection, runner_id)
            check_quota(desk, connection, runner_id, row["size_bytes"])
        _take_over(upload, target)
        try:
            connection.execute(insert(table).values(**row))
            put_job(connection, clip_id, "measure")
            note_down(connection, who, "uploaded", f"clip:{row['id']}")
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    # Only now: until the clip is known, a server that is killed must find the bytes where they came in.
    upload.unlink(missing_ok=True)
    return clip_of(desk, who, clip_id)


def _take_over(upload: Path, target: Path) -> None:
    """Have the bytes at `target` too; moved where the file system knows no second name for a file."""
    target.unlink(missing_ok=True)
    try:
        os.link(upload, target)
    except OSError:
        upload.replace(target)


def check_quota(desk: Desk, connection: Connection, runner_id: int, more_bytes: int) -> None:
    """Raise DeskError when a runner's clips would be too many bytes, or too many would wait."""
    mine = select(func.count(), func.coalesce(func.sum(table.c.size_bytes), 0)).where(
        table.c.runner_id == runner_id, table.c.clip_deleted_at.is_(None)
    )
    _, size = connection.execute(mine).one()
    if size + more_bytes > desk.limits.runner_bytes:
        raise DeskError("quota_full", most_gb=desk.limits.runner_bytes / 1e9)
    waits = select(func.count()).where(table.c.runner_id == runner_id, table.c.state == "waiting")
    if connection.execute(waits).scalar_one() >= desk.limits.waiting_per_runner:
        raise DeskError("too_many_waiting", most=desk.limits.waiting_per_runner)


def clips_of(desk: Desk, who: Who, *, runner_id: int | None = None) -> list[Clip]:
    """The clips that these eyes may see, the newest first; with `runner_id` of that runner alone.

    Raises DeskError for nobody.
    """
    if not who.known:
        raise DeskError("log_in_first")
    query = _query().order_by(table.c.added_at.desc(), table.c.id)
    if runner_id is not None:
        query = query.where(table.c.runner_id == runner_id)
    if who.kind == "link":
        query = query.where(table.c.runner_id == who.runner_id)
        if who.only_link:
            query = query.where(table.c.link_id == who.link_id)
    with desk.reading() as connection:
        return [_clip(row) for row in connection.execute(query).mappings()]


def clip_of(desk: Desk, who: Who, clip_id: str) -> Clip:
    """One clip. Raises DeskError where there is none, or not for these eyes."""
    with desk.reading() as connection:
        return found_clip(connection, who, clip_id)


def found_clip(connection: Connection, who: Who, clip_id: str) -> Clip:
    """The clip of that id, within a transaction. Raises DeskError like `clip_of`."""
    row = connection.execute(_query().where(table.c.id == clip_id)).mappings().one_or_none()
    if row is None:
        who.nothing_there()
    who.need_clip(row["runner_id"], row["link_id"])
    return _clip(row)


def _query() -> Any:
    latest = (
        select(job_table.c.id)
        .where(job_table.c.clip_id == table.c.id)
        .order_by(job_table.c.made_at.desc(), job_table.c.id.desc())
        .limit(1)
        .correlate(table)
        .scalar_subquery()
    )
    return (
        select(
            *table.c,
            runner_table.c.name.label("runner"),
            job_table.c.stage,
            job_table.c.fraction,
            job_table.c.error,
        )
        .select_from(table)
        .outerjoin(runner_table, runner_table.c.id == table.c.runner_id)
        .outerjoin(job_table, job_table.c.id == latest)
    )


def _clip(row: RowMapping) -> Clip:
    known = dict(row)
    known.pop("sha256")
    for key in ("settings", "summary", "error"):
        known[key] = json.loads(known[key]) if known[key] else {}
    return Clip(**known)


def change_clip(desk: Desk, who: Who, clip_id: str, action: str, **values: Any) -> Clip:
    """Write columns of a clip, a therapist's right, and a line of the audit log; the clip as it is then.

    Raises DeskError.
    """
    who.need_therapist()
    with desk.writing() as connection:
        found_clip(connection, who, clip_id)
        connection.execute(update(table).where(table.c.id == clip_id).values(**values))
        note_down(connection, who, action, f"clip:{clip_id}", ", ".join(sorted(values)))
    return clip_of(desk, who, clip_id)


def assign_clip(desk: Desk, who: Who, clip_id: str, runner_id: int | None, role: str) -> Clip:
    """Say whose clip it is and as what it was filmed; what was measured on it goes along.

    Raises DeskError.
    """
    who.need_therapist()
    _check_role(role)
    file = desk.place.result(clip_id) / "report.json"
    with desk.writing() as connection:
        clip = found_clip(connection, who, clip_id)
        if runner_id is not None:
            found_runner(connection, runner_id)
        values = {"runner_id": runner_id, "role": role}
        connection.execute(update(table).where(table.c.id == clip_id).values(**values))
        if runner_id != clip.runner_id and file.is_file():
            report = load_report(file)
            unkeep_report(connection, clip.runner_id, report.clip.sha256)
            keep_report(connection, runner_id, report)
        note_down(connection, who, "assigned", f"clip:{clip_id}", f"runner:{runner_id}, {role}")
    return clip_of(desk, who, clip_id)


def _check_role(role: str) -> None:
    if role not in CLIP_ROLES:
        raise DeskError("request_invalid", why=f"A clip cannot be filmed as “{shown_name(role)}”.")


def say(desk: Desk, who: Who, clip_id: str, state: ReviewState, remark: str) -> Clip:
    """What a therapist says of a clip: reviewed, to be filmed again (and how), or new again.

    Raises DeskError, also when something is to be filmed again without a word on what to change.
    """
    remark = remark.strip()
    if state == "film_again" and not remark:
        raise DeskError("request_invalid", why="Say what to change when filming again.")
    values = {"review_state": state, "remark": remark or None, "reviewed_by": who.name, "reviewed_at": now()}
    return change_clip(desk, who, clip_id, state, **values)


def delete_clip(desk: Desk, who: Who, clip_id: str) -> None:
    """Delete a clip with its result and jobs, for good: a therapist's right, and the runner's own.

    Raises DeskError.
    """
    with desk.writing() as connection:
        found_clip(connection, who, clip_id)
        connection.execute(delete(table).where(table.c.id == clip_id))
        note_down(connection, who, "deleted", f"clip:{clip_id}")
    remove_files(desk, [clip_id])


def remove_files(desk: Desk, clip_ids: Sequence[str]) -> None:
    """Remove clips and results from the disk; what is not there is no fault."""
    for clip_id in clip_ids:
        with suppress(OSError):
            desk.place.clip_file(clip_id).unlink()
        shutil.rmtree(desk.place.result(clip_id), ignore_errors=True)


def measure_again(desk: Desk, who: Who, clip_id: str, **changed: object) -> None:
    """Queue a clip to be measured anew, with settings `changed`; its result, and what was corrected by hand,
    is replaced then.

    Raises DeskError, also when the clip itself was deleted.
    """
    who.need_therapist()
    with desk.writing() as connection:
        clip = found_clip(connection, who, clip_id)
        if clip.clip_deleted_at is not None:
            raise DeskError("clip_is_gone")
        if clip.state not in {"waiting", "running"}:
            put_job(connection, clip_id, "measure")
            values = {"state": "waiting", "settings": json.dumps(dict(clip.settings) | changed)}
            connection.execute(update(table).where(table.c.id == clip_id).values(**values))
            note_down(connection, who, "measured_again", f"clip:{clip_id}")
