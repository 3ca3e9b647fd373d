"""What a runner told of themselves, and what a therapist lifted of it: kept, and handed to jobs and screens.

Not here: the questions and what follows from the answers (`dorsi.profile`), their form (`web`).
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import Connection, insert, select, update

from dorsi.desk.desk import Desk, note_down
from dorsi.desk.runners import found_runner
from dorsi.desk.who import Who
from dorsi.errors import DeskError, StoreError
from dorsi.profile import Clearance, Profile, SafetyState, safety_state
from dorsi.store.dates import now
from dorsi.store.desk_schema import answers as table

__all__ = ["Answers", "answers_of", "clear", "read_answers", "safety_now", "safety_of", "save_answers"]


@dataclass(frozen=True, slots=True)
class Answers:
    """A profile, and the therapist's word that its yes to a safety question stops no longer."""

    profile: Profile
    clearance: Clearance | None
    by: str
    at: dt.datetime


def answers_of(connection: Connection, runner_id: int) -> Answers | None:
    """What is known of a runner, within a transaction; None before any answer. Raises StoreError."""
    row = connection.execute(select(table).where(table.c.runner_id == runner_id)).one_or_none()
    if row is None:
        return None
    try:
        profile = Profile.model_validate(tomllib.loads(row.profile))
        lifted = json.loads(row.clearance) if row.clearance else None
    except (ValidationError, ValueError) as error:
        raise StoreError("store_damaged", path=connection.engine.url.database) from error
    if lifted is not None:
        lifted["at"] = dt.datetime.fromisoformat(lifted["at"])
    return Answers(profile, Clearance(**lifted) if lifted else None, row.by, row.at)


def read_answers(desk: Desk, who: Who, runner_id: int) -> Answers | None:
    """What is known of a runner, for the runner or a therapist. Raises DeskError."""
    who.need_runner(runner_id)
    with desk.reading() as connection:
        return answers_of(connection, runner_id)


def safety_now(desk: Desk, runner_id: int | None) -> SafetyState:
    """What a runner's answers allow today, whoever looks at a result: a yes holds for those made before it.
    Open where nobody is known. Raises StoreError."""
    if runner_id is None:
        return safety_of(None)
    with desk.reading() as connection:
        return safety_of(answers_of(connection, runner_id))


def safety_of(answers: Answers | None) -> SafetyState:
    """What these answers allow; None is a runner who has given none."""
    return safety_state(None) if answers is None else safety_state(answers.profile, answers.clearance)


def save_answers(desk: Desk, who: Who, runner_id: int, profile: Profile) -> Answers:
    """Keep a runner's answers in place of earlier ones. What a therapist lifted is lifted no longer when the
    safety answers changed: it was about others. Raises DeskError."""
    who.need_runner(runner_id)
    with desk.writing() as connection:
        found_runner(connection, runner_id)
        before = answers_of(connection, runner_id)
        same = before is not None and before.profile.safety == profile.safety
        kept = before.clearance if before is not None and same else None
        _put(connection, runner_id, profile, kept, who)
        note_down(connection, who, "answered", f"runner:{runner_id}")
        return Answers(profile, kept, who.name, now())


def clear(desk: Desk, who: Who, runner_id: int, reason: str) -> Answers:
    """A therapist's word that the runner may go on in spite of a yes; kept with its reason.

    Raises DeskError, UsageError without a reason.
    """
    who.need_therapist()
    with desk.writing() as connection:
        before = answers_of(connection, runner_id)
        if before is None:
            raise DeskError("not_there")
        lifted = Clearance(by=who.name, role="therapist", at=now(), reason=reason.strip())
        _put(connection, runner_id, before.profile, lifted, who)
        note_down(connection, who, "lifted", f"runner:{runner_id}", lifted.reason)
        return Answers(before.profile, lifted, who.name, now())


def _put(
    connection: Connection, runner_id: int, profile: Profile, lifted: Clearance | None, who: Who
) -> None:
    text = None
    if lifted is not None:
        told = {"by": lifted.by, "role": lifted.role, "at": lifted.at.isoformat(), "reason": lifted.reason}
        text = json.dumps(told)
    row = {"profile": profile.to_toml(), "clearance": text, "by": who.name, "at": now()}
    mine = table.c.runner_id == runner_id
    if connection.execute(update(table).where(mine).values(**row)).rowcount == 0:
        connection.execute(insert(table).values(runner_id=runner_id, **row))
