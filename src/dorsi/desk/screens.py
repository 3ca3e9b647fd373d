"""Screens on the desk: put together from clips that are measured, signed, shown to the runner, ticked off.

A sheet is a screen with what happened to it. A signed one is never changed: a new one is put together. Not
here: what a screen says (`dorsi.screen`), how it looks (`dorsi.pages`).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from dorsi.desk.answers import answers_of
from dorsi.desk.clips import Clip, clips_of, found_clip
from dorsi.desk.desk import Desk, note_down
from dorsi.desk.place import new_id
from dorsi.desk.runners import RunnerFile, found_runner
from dorsi.desk.who import Who
from dorsi.errors import DeskError
from dorsi.report.model import Report, load_report
from dorsi.screen.build import RoleReport, build_screen
from dorsi.screen.model import ROLES, Links, Role, Screen
from dorsi.screen.sides import SIDE_OF, TEST_OF, check_clips, check_test, seen_leg
from dorsi.store import rows
from dorsi.store.dates import now
from dorsi.store.desk_schema import sheet as table

__all__ = ["Sheet", "choices", "drop_sheet", "put_together", "sheet_of", "sheets_of", "sign", "tick"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A screen of a runner, from these clips (ids by role); on `done_days` the plan was done."""

    id: str
    runner: RunnerFile
    screen: Screen
    clips: Mapping[Role, str]
    made_by: str
    made_at: dt.datetime
    remark: str
    signed_by: str | None
    signed_at: dt.datetime | None
    done_days: tuple[dt.date, ...]


def choices(desk: Desk, who: Who, runner_id: int) -> dict[Role, list[Clip]]:
    """The measured clips of a runner that may stand for each role, the newest first. Raises DeskError."""
    who.need_runner(runner_id)
    found: dict[Role, list[Clip]] = {role: [] for role in ROLES}
    for clip in clips_of(desk, who, runner_id=runner_id):
        if clip.state in {"measured", "not_measurable"}:
            for role in ROLES:
                if _stands_for(clip, role):
                    found[role].append(clip)
    return found


def _stands_for(clip: Clip, role: Role) -> bool:
    """Whether a clip was filmed as that role, or just filmed and shows what the role asks for."""
    if clip.role != "clip":
        return clip.role == role
    seen = clip.summary.get("test"), clip.summary.get("side")
    return seen[0] == TEST_OF[role] and SIDE_OF[role] in (None, seen[1])


def put_together(
    desk: Desk, who: Who, runner_id: int, chosen: Mapping[Role, str], *, remark: str = ""
) -> Sheet:
    """A new sheet of a runner, from the results of the `chosen` clips (ids by role) and the answers.

    Raises DeskError, ScreenError (a clip of another test or leg, the same clip twice), ReportError.
    """
    who.need_therapist()
    if not chosen:
        raise DeskError("request_invalid", why="A screen needs at least one clip.")
    with desk.writing() as connection:
        runner = found_runner(connection, runner_id)
        reports = {role: _report(desk, connection, who, runner_id, chosen[role]) for role in chosen}
        answers = answers_of(connection, runner_id)
        for role, (clip, report) in reports.items():
            check_test(role, clip.file_name, report)
        legs = [seen_leg(role, clip.file_name, report) for role, (clip, report) in reports.items()]
        notes = check_clips(legs)
        screen = build_screen(
            [RoleReport(role, report) for role, (_, report) in reports.items()], desk.books(),
            date=dt.datetime.now().astimezone().date(), runner=runner.name,
            profile=None if answers is None else answers.profile,
            clearance=None if answers is None else answers.clearance, notes=notes,
        )  # fmt: skip
        linked = [clip.model_copy(update={"links": _links(desk, chosen[clip.role])}) for clip in screen.clips]
        screen = screen.model_copy(update={"clips": linked})
        row = {
            "id": new_id(), "runner_id": runner_id, "screen": screen.to_json(),
            "clips": json.dumps(dict(chosen)),
            "made_by": who.name, "made_at": now(), "remark": remark.strip(), "done_days": "[]",
        }  # fmt: skip
        connection.execute(insert(table).values(**row))
        note_down(connection, who, "put_together", f"sheet:{row['id']}", ", ".join(sorted(chosen)))
        return _found(connection, str(row["id"]))


def _report(
    desk: Desk, connection: Connection, who: Who, runner_id: int, clip_id: str
) -> tuple[Clip, Report]:
    clip = found_clip(connection, who, clip_id)
    if clip.runner_id != runner_id:
        raise DeskError("not_there")
    file = desk.place.result(clip_id) / "report.json"
    if not file.is_file():
        raise DeskError("not_measured_yet")
    return clip, load_report(file).as_reviewed()


def _links(desk: Desk, clip_id: str) -> Links:
    """Addresses below /clips, as the pages serve them."""
    result, folder = desk.place.result(clip_id), f"/clips/{clip_id}/files"

    def link(name: str) -> str | None:
        return f"{folder}/{name}" if (result / name).is_file() else None

    return Links(
        folder=folder, report_json=f"{folder}/report.json", report_html=link("report.html"),
        annotated_mp4=link("annotated.mp4"), peak_image=link("peak.jpg"),
    )  # fmt: skip


def sheets_of(desk: Desk, who: Who, runner_id: int) -> list[Sheet]:
    """The sheets of a runner, the newest first; the runner sees those that are signed. Raises DeskError."""
    who.need_runner(runner_id)
    query = select(table).where(table.c.runner_id == runner_id).order_by(table.c.made_at.desc())
    if not who.therapist:
        query = query.where(table.c.signed_at.is_not(None))
    with desk.reading() as connection:
        return [_sheet(connection, row) for row in connection.execute(query).mappings().all()]


def sheet_of(desk: Desk, who: Who, sheet_id: str) -> Sheet:
    """One sheet. Raises DeskError where there is none, or not for these eyes."""
    with desk.reading() as connection:
        return _seen(connection, who, sheet_id)


def _seen(connection: Connection, who: Who, sheet_id: str) -> Sheet:
    if not who.known:
        raise DeskError("log_in_first")
    sheet = _found(connection, sheet_id)
    who.need_runner(sheet.runner.id)
    if not who.therapist and sheet.signed_at is None:
        raise DeskError("not_there")
    return sheet


def _found(connection: Connection, sheet_id: str) -> Sheet:
    row = connection.execute(select(table).where(table.c.id == sheet_id)).mappings().one_or_none()
    if row is None:
        raise DeskError("not_there")
    return _sheet(connection, row)


def _sheet(connection: Connection, row: RowMapping) -> Sheet:
    known: dict[str, Any] = dict(row)
    return Sheet(
        id=known["id"], runner=found_runner(connection, known["runner_id"]),
        screen=Screen.model_validate_json(known["screen"]), clips=json.loads(known["clips"]),
        made_by=known["made_by"], made_at=known["made_at"], remark=known["remark"] or "",
        signed_by=known["signed_by"], signed_at=known["signed_at"],
        done_days=tuple(dt.date.fromisoformat(day) for day in json.loads(known["done_days"])),
    )  # fmt: skip


def sign(desk: Desk, who: Who, sheet_id: str, *, remark: str | None = None) -> Sheet:
    """Sign a sheet: from now on the runner sees it, it is kept among their screens, and nothing changes it.

    Raises DeskError, also on one that is signed.
    """
    who.need_therapist()
    with desk.writing() as connection:
        sheet = _open(connection, sheet_id)
        said = sheet.remark if remark is None else remark.strip()
        values = {"signed_by": who.name, "signed_at": now(), "remark": said}
        connection.execute(update(table).where(table.c.id == sheet_id).values(**values))
        owner = rows.find_or_add_runner(connection, sheet.runner.name)
        rows.put_screen(connection, owner, sheet.screen.to_json(), None)
        note_down(connection, who, "signed", f"sheet:{sheet_id}")
        return _found(connection, sheet_id)


def drop_sheet(desk: Desk, who: Who, sheet_id: str) -> None:
    """Delete a sheet that is not signed. Raises DeskError."""
    who.need_therapist()
    with desk.writing() as connection:
        _open(connection, sheet_id)
        connection.execute(delete(table).where(table.c.id == sheet_id))
        note_down(connection, who, "deleted", f"sheet:{sheet_id}")


def _open(connection: Connection, sheet_id: str) -> Sheet:
    sheet = _found(connection, sheet_id)
    if sheet.signed_at is not None:
        raise DeskError("signed_already", by=sheet.signed_by, at=f"{sheet.signed_at:%Y-%m-%d %H:%M}")
    return sheet


def tick(desk: Desk, who: Who, sheet_id: str, day: dt.date, *, done: bool) -> Sequence[dt.date]:
    """Mark a day as one on which the plan was done, or take that back; all days marked. Raises DeskError."""
    with desk.writing() as connection:
        sheet = _seen(connection, who, sheet_id)
        days = sorted({*sheet.done_days, day} if done else {*sheet.done_days} - {day})
        text = json.dumps([each.isoformat() for each in days])
        connection.execute(update(table).where(table.c.id == sheet_id).values(done_days=text))
        return days
