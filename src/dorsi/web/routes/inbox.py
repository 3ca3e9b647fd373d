"""Routes of the therapist's inbox: clips that need eyes first, found, assigned, answered.

Not here: what they rest on (`desk/clips.py`), the review itself (`review.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from dorsi.desk.clips import CLIP_ROLES, Clip, assign_clip, clips_of, say
from dorsi.desk.runners import add_runner, runner_files
from dorsi.web.guide import GUIDE
from dorsi.web.render import page
from dorsi.web.security import Asking, TheDesk

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
Shown = Literal["new", "running", "reviewed", "film_again", "all"]
FILTERS: Final[dict[str, str]] = {
    "new": "New", "running": "Being measured", "film_again": "Film again", "reviewed": "Reviewed",
    "all": "All",
}  # fmt: skip


@router.get("/inbox")
def inbox(
    request: Request, who: Asking, desk: TheDesk, state: Annotated[Shown, Query()] = "new",
    q: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:  # fmt: skip
    """The clips: of new ones those that need eyes first, of others the newest."""
    who.need_therapist()
    clips = clips_of(desk, who)
    found = sorted((clip for clip in clips if _has(clip, q)), key=_order)
    shown = [clip for clip in found if _in(clip, state)]
    counts = {each: sum(_in(clip, each) for clip in found) for each in FILTERS}
    return page(
        request, "inbox.html.j2", who=who, clips=shown, counts=counts, filters=FILTERS, state=state, q=q,
        runners=runner_files(desk, who), roles=CLIP_ROLES, busy=_busy(found),
    )  # fmt: skip


def _order(clip: Clip) -> tuple[int, float]:
    """The most urgent first, and of these the newest."""
    return -clip.urgency, -clip.added_at.timestamp()


def _in(clip: Clip, state: str) -> bool:
    if state == "all":
        return True
    if clip.state in {"waiting", "running"}:
        return state == "running"
    return clip.review_state == state


def _busy(clips: Sequence[Clip]) -> list[str]:
    """The clips that are not done: the page looks after these."""
    return [clip.id for clip in clips if clip.state in {"waiting", "running"}]


def _has(clip: Clip, q: str) -> bool:
    words = q.casefold().split()
    text = f"{clip.runner or ''} {clip.file_name} {clip.role}".casefold()
    return all(word in text for word in words)


@router.get("/inbox/add")
def add(request: Request, who: Asking, desk: TheDesk) -> HTMLResponse:
    """Send a clip of which it is said later whose it is."""
    who.need_therapist()
    return page(
        request, "film.html.j2", who=who, runner=None, role="clip", filming=GUIDE["clip"], limits=desk.limits,
        to=lambda _path: "/inbox",
    )  # fmt: skip


@router.post("/clips/{clip_id}/assign")
def assigned(
    clip_id: str, who: Asking, desk: TheDesk, role: Annotated[str, Form()],
    runner: Annotated[str, Form()] = "", new_runner: Annotated[str, Form(max_length=200)] = "",
    back: Annotated[Literal["inbox", "clip"], Form()] = "inbox",
) -> RedirectResponse:  # fmt: skip
    """Say whose clip it is, and as what it was filmed."""
    who.need_therapist()
    number = add_runner(desk, who, new_runner).id if new_runner.strip() else _number(runner)
    assign_clip(desk, who, clip_id, number, role)
    return _to(back, clip_id)


def _number(runner: str) -> int | None:
    return int(runner) if runner.isascii() and runner.isdecimal() else None


@router.post("/clips/{clip_id}/say")
def answer(
    clip_id: str, who: Asking, desk: TheDesk,
    state: Annotated[Literal["new", "reviewed", "film_again"], Form()],
    remark: Annotated[str, Form(max_length=2000)] = "",
    back: Annotated[Literal["inbox", "clip"], Form()] = "inbox",
) -> RedirectResponse:  # fmt: skip
    """Say that a clip is reviewed, or what is to be filmed again; the runner reads the remark."""
    say(desk, who, clip_id, state, remark)
    return _to(back, clip_id)


def _to(back: str, clip_id: str) -> RedirectResponse:
    address = "/inbox" if back == "inbox" else f"/clips/{clip_id}"
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)
