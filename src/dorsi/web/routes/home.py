"""Routes of the start page, the guide of what to film, and the sign of life.

Not here: what they rest on (`desk`).
"""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from dorsi.web.guide import GUIDE
from dorsi.web.render import page
from dorsi.web.security import Asking, TheDesk

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/")
def start(request: Request, who: Asking, desk: TheDesk) -> Response:
    """Where to go from here, by who asks."""
    if who.therapist:
        return RedirectResponse("/inbox", HTTPStatus.SEE_OTHER)
    if who.known:
        return RedirectResponse("/me", HTTPStatus.SEE_OTHER)
    if desk.mode == "clinic":
        return RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    return page(request, "closed.html.j2", who=who, status_code=HTTPStatus.UNAUTHORIZED)


@router.get("/guide")
def guide(request: Request, who: Asking) -> HTMLResponse:
    """How to film each test."""
    return page(request, "guide.html.j2", who=who, guide=GUIDE)


@router.get("/healthz")
def alive(desk: TheDesk) -> PlainTextResponse:
    """Whether the server and its store work, for whoever watches over them."""
    with desk.reading():
        return PlainTextResponse("ok\n")
