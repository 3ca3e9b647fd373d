"""Routes of the review: the page, what it shows, edits tried and saved, another leg.

Not here: what they rest on (`desk/review.py`), the hands on the picture (`static/review*.js`).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from dorsi.desk.clips import CLIP_ROLES, clip_of, measure_again
from dorsi.desk.review import records_of, review_data, save, tried
from dorsi.desk.runners import runner_files
from dorsi.desk.worker import PROXY
from dorsi.report.model import load_report
from dorsi.web.render import page
from dorsi.web.security import Asking, TheDesk

__all__ = ["router"]

router = APIRouter(prefix="/clips", include_in_schema=False)


@router.get("/{clip_id}")
def show(request: Request, clip_id: str, who: Asking, desk: TheDesk) -> HTMLResponse:
    """The review page of a clip."""
    who.need_therapist()
    clip = clip_of(desk, who, clip_id)
    folder = desk.place.result(clip.id)
    done = clip.state in {"measured", "not_measurable"}
    return page(
        request, "review.html.j2", who=who, clip=clip, done=done, proxy=(folder / PROXY).is_file(),
        report=load_report(folder / "report.json").as_reviewed() if done else None,
        runners=runner_files(desk, who), roles=CLIP_ROLES, kept=desk.place.clip_file(clip.id).is_file(),
    )  # fmt: skip


@router.get("/{clip_id}/review.json")
def data(clip_id: str, who: Asking, desk: TheDesk) -> JSONResponse:
    """Everything the page shows; see `desk.review.review_data`."""
    return JSONResponse(review_data(desk, who, clip_id))


@router.post("/{clip_id}/review/try")
def try_out(
    clip_id: str, who: Asking, desk: TheDesk, corrections: Annotated[list[dict[str, Any]], Body(embed=True)]
) -> JSONResponse:
    """What would be concluded; nothing is kept."""
    return JSONResponse(tried(desk, who, clip_id, records_of(corrections)))


@router.post("/{clip_id}/review")
def keep(
    clip_id: str, who: Asking, desk: TheDesk, revision: Annotated[int, Body()],
    corrections: Annotated[list[dict[str, Any]], Body()], why: Annotated[str, Body(max_length=1000)] = "",
) -> JSONResponse:  # fmt: skip
    """Save the corrections."""
    return JSONResponse(save(desk, who, clip_id, revision, records_of(corrections), why))


@router.post("/{clip_id}/leg")
def other_leg(
    clip_id: str, who: Asking, desk: TheDesk, leg: Annotated[Literal["front", "near", "far"], Form()]
) -> RedirectResponse:
    """Measure another leg of the clip: it was not looked at, so the clip is measured anew."""
    measure_again(desk, who, clip_id, leg=leg)
    return RedirectResponse(f"/clips/{clip_id}", HTTPStatus.SEE_OTHER)
