"""Routes of one clip: how far it is, the files of its result, deletion, measuring anew.

Not here: what they rest on (`desk/clips.py`), the runner's page of it (`me.py`), the review (`review.py`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from dorsi.desk.answers import safety_now
from dorsi.desk.clips import Clip, clip_of, delete_clip, measure_again
from dorsi.desk.worker import PROXY
from dorsi.errors import DeskError
from dorsi.report.heeding import stopped
from dorsi.report.model import load_report
from dorsi.web.security import FILE_POLICY, Asking, TheDesk
from dorsi.workflow.folders import RESULT_FILES
from dorsi.workflow.results import page_of

__all__ = ["FILES", "router", "state_of"]

router = APIRouter(prefix="/clips", include_in_schema=False)
TYPES: Final = {
    "report.json": "application/json", "report.html": "text/html; charset=utf-8",
    "annotated.mp4": "video/mp4", "signals.csv": "text/csv; charset=utf-8",
    "evidence.npz": "application/octet-stream", "peak.jpg": "image/jpeg", PROXY: "video/mp4",
}  # fmt: skip
FILES: Final = (*RESULT_FILES, PROXY)
ASK_S: Final = 0.7
LONGEST_S: Final = 900.0
"""An event stream ends after it; the browser asks anew by itself."""


def state_of(clip: Clip) -> dict[str, Any]:
    """How far a clip is, for scripts: `state`, `stage`, `fraction` (0..1), `message` of what went wrong."""
    return {
        "state": clip.state, "stage": clip.stage, "fraction": clip.fraction, "revision": clip.revision,
        "message": clip.error.get("message"),
    }  # fmt: skip


@router.get("/{clip_id}/state")
def state(clip_id: str, who: Asking, desk: TheDesk) -> JSONResponse:
    """How far it is."""
    return JSONResponse(state_of(clip_of(desk, who, clip_id)))


def _theirs(clip_id: str, who: Asking, desk: TheDesk) -> Clip:
    return clip_of(desk, who, clip_id)


@router.get("/{clip_id}/events", response_class=EventSourceResponse)
async def events(
    # Whether they may is found out before the answer begins.
    clip: Annotated[Clip, Depends(_theirs)],
    who: Asking,
    desk: TheDesk,
) -> AsyncIterator[ServerSentEvent]:
    """The same, told whenever it changes, until the clip is done."""
    told, asked_s = "", 0.0
    while asked_s < LONGEST_S:
        found = state_of(await run_in_threadpool(clip_of, desk, who, clip.id))
        if (text := json.dumps(found)) != told:
            told = text
            yield ServerSentEvent(event="state", raw_data=text)
        if found["state"] not in {"waiting", "running"}:
            return
        await asyncio.sleep(ASK_S)
        asked_s += ASK_S


@router.get("/{clip_id}/files/clip")
def original(clip_id: str, who: Asking, desk: TheDesk) -> FileResponse:
    """The clip as it was sent, to keep; never to be shown in a page."""
    clip = clip_of(desk, who, clip_id)
    file = desk.place.clip_file(clip.id)
    if not file.is_file():
        raise DeskError("clip_is_gone")
    _seen(desk, who, clip)
    return FileResponse(file, media_type="application/octet-stream", filename=clip.file_name)


@router.get("/{clip_id}/files/{name}")
def file(clip_id: str, name: str, who: Asking, desk: TheDesk) -> Response:
    """A file of its result."""
    clip = clip_of(desk, who, clip_id)
    if name not in FILES:
        raise DeskError("not_there")
    path: Path = desk.place.result(clip.id) / name
    if not path.is_file():
        raise DeskError("not_there")
    # The same name may hold another picture after a review: the browser asks, and hears "not modified".
    headers = {"Cache-Control": "private, no-cache"}
    if name == "report.html":
        headers["Content-Security-Policy"] = FILE_POLICY
        if (safety := safety_now(desk, clip.runner_id)).state == "stop":
            shown = stopped(load_report(path.with_name("report.json")), safety)
            return HTMLResponse(page_of(shown, path.parent, desk.books().rules), headers=headers)
    return FileResponse(path, media_type=TYPES[name], headers=headers)


def _seen(desk: TheDesk, who: Asking, clip: Clip) -> None:
    desk.note_down(who, "downloaded", f"clip:{clip.id}")


@router.post("/{clip_id}/delete")
def delete(clip_id: str, who: Asking, desk: TheDesk) -> RedirectResponse:
    """Delete it with its result, for good."""
    delete_clip(desk, who, clip_id)
    return RedirectResponse("/inbox" if who.therapist else "/me", HTTPStatus.SEE_OTHER)


@router.post("/{clip_id}/again")
def again(clip_id: str, who: Asking, desk: TheDesk) -> RedirectResponse:
    """Measure it anew."""
    measure_again(desk, who, clip_id)
    return RedirectResponse(f"/clips/{clip_id}", HTTPStatus.SEE_OTHER)
