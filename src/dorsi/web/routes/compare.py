"""Routes of two clips compared: the page, what it plays, the choice of the other one.

Not here: what they rest on (`desk/compare.py`), playing in step (`static/compare.js`).
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse

from dorsi.desk.clips import clip_of, clips_of
from dorsi.desk.compare import compared, playing
from dorsi.desk.worker import PROXY
from dorsi.web.render import page
from dorsi.web.security import Asking, TheDesk

__all__ = ["router"]

router = APIRouter(prefix="/compare", include_in_schema=False)
_DONE = frozenset({"measured", "not_measurable"})
Id = Annotated[str, Query(max_length=32)]


@router.get("")
def show(request: Request, who: Asking, desk: TheDesk, a: Id = "", b: Id = "") -> HTMLResponse:
    """Two clips, or the choice of what is missing."""
    who.need_therapist()
    pair = [clip_of(desk, who, each) if each else None for each in (a, b)]
    one, other = pair
    if one is None or other is None:
        known = one or other
        others = [
            clip
            for clip in clips_of(desk, who)
            if clip.state in _DONE and clip is not known and (known is None or clip.id != known.id)
        ]
        # Most likely wanted: the same runner's, then the same test's.
        others.sort(
            key=lambda clip: (
                known is not None and clip.runner_id != known.runner_id,
                known is not None and clip.summary.get("test") != known.summary.get("test"),
                -clip.added_at.timestamp(),
            )
        )
        return page(request, "compare_choose.html.j2", who=who, known=known, others=others)
    shown = all((desk.place.result(each.id) / PROXY).is_file() for each in (one, other))
    return page(
        request, "compare.html.j2", who=who, a=one, b=other, found=compared(desk, who, one, other),
        shown=shown,
    )  # fmt: skip


@router.get("/{clip_id}.json")
def data(clip_id: str, who: Asking, desk: TheDesk) -> JSONResponse:
    """What it takes to play a clip in step; see `desk.compare.playing`."""
    return JSONResponse(playing(desk, who, clip_id))
