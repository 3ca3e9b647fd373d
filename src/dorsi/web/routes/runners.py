"""Routes of a runner's file: what was measured over time, screens, notes, answers, links.

Not here: what they rest on (`desk`), the runner's own pages (`me.py`), links (`links.py`).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from dorsi.desk.answers import clear, read_answers, safety_of
from dorsi.desk.clips import clips_of
from dorsi.desk.desk import Desk
from dorsi.desk.file import forget_runner, history_of, trends_of
from dorsi.desk.links import links_of
from dorsi.desk.notes import add_note, notes_of
from dorsi.desk.runners import RunnerFile, add_runner, runner_file, runner_files
from dorsi.desk.screens import choices, sheets_of
from dorsi.desk.who import Who
from dorsi.errors import DeskError
from dorsi.names import key_of
from dorsi.pages.progress_page import progress_content
from dorsi.web.render import page
from dorsi.web.security import Asking, TheDesk

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/runners")
def listed(request: Request, who: Asking, desk: TheDesk, q: Annotated[str, Query()] = "") -> HTMLResponse:
    """Every runner, or those whose name has `q` in it."""
    who.need_therapist()
    files = [each for each in runner_files(desk, who) if _found(each, q)]
    clips = clips_of(desk, who)
    counts = {each.id: [clip for clip in clips if clip.runner_id == each.id] for each in files}
    return page(request, "runners.html.j2", who=who, files=files, clips=counts, q=q)


def _found(runner: RunnerFile, q: str) -> bool:
    return not q.strip() or key_of(q) in key_of(runner.name)


@router.post("/runners")
def add(who: Asking, desk: TheDesk, name: Annotated[str, Form()]) -> RedirectResponse:
    """Add a runner, or find the one of that name."""
    return _to(add_runner(desk, who, name).id)


@router.get("/runners/{runner_id}")
def show(request: Request, runner_id: int, who: Asking, desk: TheDesk) -> HTMLResponse:
    """The file of one runner."""
    who.need_therapist()
    return _file(request, desk, who, runner_id)


def _file(request: Request, desk: Desk, who: Who, runner_id: int) -> HTMLResponse:
    runner = runner_file(desk, who, runner_id)
    desk.note_down(who, "saw", f"runner:{runner_id}")
    answers = read_answers(desk, who, runner_id)
    return page(
        request, "runner.html.j2", who=who, file=runner, clips=clips_of(desk, who, runner_id=runner_id),
        sheets=sheets_of(desk, who, runner_id), choices=choices(desk, who, runner_id),
        notes=notes_of(desk, who, runner_id), answers=answers, safety=safety_of(answers),
        history=history_of(desk, who, runner_id), links=links_of(desk, who, runner_id),
        **progress_content(runner.name, trends_of(desk, who, runner_id)),
    )  # fmt: skip


@router.get("/runners/{runner_id}/progress")
def progress(request: Request, runner_id: int, who: Asking, desk: TheDesk) -> HTMLResponse:
    """How the measurements change, and which changes are more than measuring error."""
    who.need_therapist()
    found = trends_of(desk, who, runner_id)
    content = progress_content(runner_file(desk, who, runner_id).name, found)
    return page(request, "progress.html.j2", who=who, base="served.html.j2", actions="", **content)


@router.post("/runners/{runner_id}/notes")
def note(runner_id: int, who: Asking, desk: TheDesk, text: Annotated[str, Form()]) -> RedirectResponse:
    """Write a note, which the runner does not see."""
    add_note(desk, who, runner_id, text)
    return _to(runner_id, "#notes")


@router.post("/runners/{runner_id}/clearance")
def lift(runner_id: int, who: Asking, desk: TheDesk, reason: Annotated[str, Form()]) -> RedirectResponse:
    """Lift what a yes to a safety question stopped, with the reason that is kept."""
    clear(desk, who, runner_id, reason)
    return _to(runner_id, "#answers")


@router.post("/runners/{runner_id}/delete")
def delete(runner_id: int, who: Asking, desk: TheDesk, name: Annotated[str, Form()] = "") -> RedirectResponse:
    """Delete a runner with everything of theirs, when the name was typed."""
    who.need_therapist()
    if not name.strip() or key_of(name) != key_of(runner_file(desk, who, runner_id).name):
        raise DeskError("request_invalid", why="Type the runner's name to delete everything of theirs.")
    forget_runner(desk, who, runner_id)
    return RedirectResponse("/runners", HTTPStatus.SEE_OTHER)


def _to(runner_id: int, place: str = "") -> RedirectResponse:
    return RedirectResponse(f"/runners/{runner_id}{place}", HTTPStatus.SEE_OTHER)
