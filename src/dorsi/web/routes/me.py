"""Routes of what a runner does: film, see the answer, answer questions, follow over time, take it all away.

A therapist, or the person at this computer, may act for a runner (`?runner=`). Not here: uploads
(`uploads.py`), files and progress of a clip (`clips.py`), what these rest on (`desk`).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from dorsi.desk.answers import read_answers, safety_now, safety_of, save_answers
from dorsi.desk.clips import CLIP_ROLES, Clip, clip_of, clips_of
from dorsi.desk.desk import Desk
from dorsi.desk.download import everything_of
from dorsi.desk.file import forget_runner, trends_of
from dorsi.desk.links import ME
from dorsi.desk.runners import RunnerFile, add_runner, found_runner, runner_file
from dorsi.desk.screens import sheets_of
from dorsi.desk.who import Who
from dorsi.errors import DeskError
from dorsi.names import key_of
from dorsi.pages.progress_page import progress_content
from dorsi.profile import Profile, SafetyState
from dorsi.profile.questionnaire import QUESTIONS, Question, answered, flat, is_asked
from dorsi.report.heeding import stopped
from dorsi.report.model import load_report
from dorsi.web.guide import FILMED, GUIDE
from dorsi.web.render import page
from dorsi.web.result import result_content
from dorsi.web.security import Asking, TheDesk, TheForm, forget_cookie

__all__ = ["router"]

router = APIRouter(prefix="/me", include_in_schema=False)
SAFETY: Final = tuple(each for each in QUESTIONS if each.key.startswith("safety."))


def whose(
    who: Asking, desk: TheDesk, runner: Annotated[int | None, Query(ge=1, le=2**31)] = None
) -> RunnerFile:
    """The runner that a page is about: the link's own, or the one chosen, or “Me” on this computer."""
    if not who.known:
        who.nothing_there()
    if who.kind == "link":
        with desk.reading() as connection:
            return found_runner(connection, who.runner_id or 0)
    if runner is not None:
        return runner_file(desk, who, runner)
    if desk.mode == "clinic":
        raise DeskError("request_invalid", why="Choose a runner first, under Runners.")
    return add_runner(desk, who, ME)


Runner = Annotated[RunnerFile, Depends(whose)]


def _for(who: Who, runner: RunnerFile, path: str) -> str:
    """The address again, for the same runner."""
    return path if who.kind == "link" else f"{path}?runner={runner.id}"


@router.get("")
def home(request: Request, who: Asking, desk: TheDesk, runner: Runner) -> HTMLResponse:
    """What to film next, and what there is."""
    clips = _clips(desk, who, runner)
    latest = {role: next((clip for clip in clips if clip.role == role), None) for role in FILMED}
    whole = not who.only_link
    return page(
        request, "me.html.j2", who=who, runner=runner, clips=clips, latest=latest, guide=GUIDE,
        sheets=[each for each in sheets_of(desk, who, runner.id) if each.signed_at] if whole else [],
        safety=safety_now(desk, runner.id) if whole else None, whole=whole,
        to=lambda path: _for(who, runner, path),
    )  # fmt: skip


def _clips(desk: Desk, who: Who, runner: RunnerFile) -> list[Clip]:
    return clips_of(desk, who, runner_id=runner.id)


@router.get("/film/{role}")
def film(request: Request, role: str, who: Asking, desk: TheDesk, runner: Runner) -> HTMLResponse:
    """How to film it, and the way to send it."""
    if role not in CLIP_ROLES:
        raise DeskError("not_there")
    if not who.only_link and (safety := safety_now(desk, runner.id)).state == "stop":
        return _stopped(request, who, runner, safety)
    return page(
        request, "film.html.j2", who=who, runner=runner, role=role, filming=GUIDE[role],
        limits=desk.limits, to=lambda path: _for(who, runner, path),
    )  # fmt: skip


def _stopped(request: Request, who: Who, runner: RunnerFile, safety: SafetyState) -> HTMLResponse:
    """After a yes to a safety question: whom to see, and no test."""
    return page(
        request, "stopped.html.j2", who=who, runner=runner, safety=safety,
        to=lambda path: _for(who, runner, path),
    )  # fmt: skip


@router.get("/clips/{clip_id}")
def answer(request: Request, clip_id: str, who: Asking, desk: TheDesk) -> HTMLResponse:
    """The answer of a clip on one screen; how far it is, while it is not done."""
    clip = clip_of(desk, who, clip_id)
    content: dict[str, Any] = {"report": None}
    if clip.state in {"measured", "not_measurable"}:
        report = load_report(desk.place.result(clip.id) / "report.json")
        report = stopped(report, safety_now(desk, clip.runner_id))
        content = result_content(report, desk.books().rules)
    files = desk.place.result(clip.id)
    return page(
        request, "me_clip.html.j2", who=who, clip=clip, guide=GUIDE,
        video=(files / "annotated.mp4").is_file(), picture=(files / "peak.jpg").is_file(), **content,
    )  # fmt: skip


@router.get("/answers")
def questions(request: Request, who: Asking, desk: TheDesk, runner: Runner) -> HTMLResponse:
    """The safety questions, which come first."""
    return _ask(request, desk, who, runner, SAFETY, "/me/answers", {})


@router.get("/answers/more")
def more_questions(request: Request, who: Asking, desk: TheDesk, runner: Runner) -> HTMLResponse:
    """What a camera cannot see."""
    return _ask(request, desk, who, runner, _others(desk, who, runner), "/me/answers/more", {})


def _others(desk: Desk, who: Who, runner: RunnerFile) -> tuple[Question, ...]:
    known = read_answers(desk, who, runner.id)
    flown = flat(None if known is None else known.profile)
    always = {"circles_smaller", "signs.pain_side", "signs.pain_level"}
    return tuple(
        each
        for each in QUESTIONS
        if each not in SAFETY
        and each.key != "runner"
        and (each.key in always or is_asked(each, flown, known=bool(sheets_of(desk, who, runner.id))))
    )


def _ask(
    request: Request, desk: Desk, who: Who, runner: RunnerFile, asked: tuple[Question, ...], action: str,
    wrong: dict[str, str], said: dict[str, object] | None = None,
) -> HTMLResponse:  # fmt: skip
    known = read_answers(desk, who, runner.id)
    return page(
        request, "answers.html.j2", who=who, status_code=422 if wrong else 200, runner=runner, asked=asked,
        known=flat(None if known is None else known.profile) | (said or {}), wrong=wrong,
        action=_for(who, runner, action), first=asked is SAFETY,
    )  # fmt: skip


@router.post("/answers")
def take_safety(form: TheForm, who: Asking, desk: TheDesk, runner: Runner) -> RedirectResponse:
    """Keep the safety answers. A yes ends it here."""
    before = read_answers(desk, who, runner.id)
    profile = before.profile if before is not None else _blank(runner)
    profile, _ = answered({each.key: str(form.get(each.key, "")) for each in SAFETY}, profile)
    kept = save_answers(desk, who, runner.id, profile)
    stop = safety_of(kept).state == "stop"
    return RedirectResponse(_for(who, runner, "/me" if stop else "/me/answers/more"), HTTPStatus.SEE_OTHER)


def _blank(runner: RunnerFile) -> Profile:
    return Profile(runner=runner.name[:80].strip())


@router.post("/answers/more")
def take_others(request: Request, form: TheForm, who: Asking, desk: TheDesk, runner: Runner) -> Response:
    """Keep the other answers; those that make no sense are asked again, the rest is kept."""
    asked = _others(desk, who, runner)
    said = {each.key: ", ".join(str(every) for every in form.getlist(each.key) if every) for each in asked}
    before = read_answers(desk, who, runner.id)
    profile, wrong = answered(said, before.profile if before is not None else _blank(runner))
    save_answers(desk, who, runner.id, profile)
    if wrong:
        shown: dict[str, object] = {key: said[key] for key in wrong}
        return _ask(request, desk, who, runner, asked, "/me/answers/more", wrong, shown)
    return RedirectResponse(_for(who, runner, "/me"), HTTPStatus.SEE_OTHER)


@router.get("/progress")
def progress(request: Request, who: Asking, desk: TheDesk, runner: Runner) -> HTMLResponse:
    """How the measurements change, and which changes are more than measuring error."""
    content = progress_content(runner.name, trends_of(desk, who, runner.id))
    return page(request, "progress.html.j2", who=who, base="served.html.j2", actions="", **content)


@router.get("/download")
def download(who: Asking, desk: TheDesk, runner: Runner) -> StreamingResponse:
    """Everything of theirs, as a zip file."""
    blocks = everything_of(desk, who, runner.id)
    headers = {"Content-Disposition": 'attachment; filename="dorsi.zip"'}
    return StreamingResponse(blocks, media_type="application/zip", headers=headers)


@router.post("/delete")
def delete(
    who: Asking, desk: TheDesk, runner: Runner, name: Annotated[str, Form(max_length=400)] = ""
) -> RedirectResponse:
    """Delete everything of theirs, when the name was typed."""
    if not name.strip() or key_of(name) != key_of(runner.name):
        raise DeskError("request_invalid", why="Type the name as it stands there to delete everything.")
    forget_runner(desk, who, runner.id)
    gone = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    if who.kind == "link":
        forget_cookie(gone)
    return gone
