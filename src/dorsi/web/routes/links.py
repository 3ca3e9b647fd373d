"""Routes of invitations and pairing links: made, shown once, opened, revoked.

A link is opened in two steps, a page and a button: what previews links must not use one up. Not here: what
they rest on (`desk/links.py`).
"""

from __future__ import annotations

import io
from http import HTTPStatus
from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from dorsi.desk.links import INVITATION_DAYS, PAIRING_MINUTES, invite, look_at, pair, revoke, use
from dorsi.desk.runners import runner_file
from dorsi.errors import DeskError
from dorsi.web.config import Config
from dorsi.web.render import page
from dorsi.web.security import Asking, TheDesk, give_cookie

__all__ = ["qr_svg", "router"]

router = APIRouter(include_in_schema=False)


@router.get("/i/{secret}")
def landing(request: Request, secret: str, who: Asking, desk: TheDesk) -> HTMLResponse:
    """Whose link it is, and the button that goes in."""
    return page(request, "landing.html.j2", who=who, link=look_at(desk, secret), secret=secret)


@router.post("/i/{secret}")
def go_in(request: Request, secret: str, desk: TheDesk) -> RedirectResponse:
    """Start a session by the link."""
    answer = RedirectResponse("/me", HTTPStatus.SEE_OTHER)
    give_cookie(request, answer, use(desk, secret))
    return answer


@router.post("/runners/{runner_id}/links")
def make(
    request: Request, runner_id: int, who: Asking, desk: TheDesk,
    days: Annotated[int, Form()] = INVITATION_DAYS,
) -> HTMLResponse:  # fmt: skip
    """Invite a runner: the address is shown on the page that answers, and never again."""
    runner = runner_file(desk, who, runner_id)
    address = f"{_base(request)}/i/{invite(desk, who, runner_id, days)}"
    return page(
        request, "link_made.html.j2", who=who, runner=runner, address=address, qr=qr_svg(address), days=days
    )  # fmt: skip


@router.post("/links/{link_id}/revoke")
def end(link_id: str, who: Asking, desk: TheDesk) -> RedirectResponse:
    """End a link and every session that came by it."""
    link = revoke(desk, who, link_id)
    return RedirectResponse(f"/runners/{link.runner.id}#links", HTTPStatus.SEE_OTHER)


@router.get("/settings/phone")
def phone(request: Request, who: Asking, desk: TheDesk) -> HTMLResponse:
    """Pair a phone: what to do, and the button that makes the link."""
    who.need_owner()
    config: Config = request.app.state.config
    if desk.mode != "one":
        raise DeskError("not_there")
    return page(
        request, "phone.html.j2", who=who, config=config, address=None, qr="", minutes=PAIRING_MINUTES
    )


@router.post("/settings/phone")
def pair_phone(request: Request, who: Asking, desk: TheDesk) -> HTMLResponse:
    """A new pairing link as QR code, shown once."""
    who.need_owner()
    config: Config = request.app.state.config
    if config.phone_address is None:
        raise DeskError("not_there")
    address = f"{config.phone_address}/i/{pair(desk, who)}"
    return page(
        request, "phone.html.j2", who=who, config=config, address=address, qr=qr_svg(address),
        minutes=PAIRING_MINUTES,
    )  # fmt: skip


def qr_svg(address: str) -> str:
    """A QR code as inline SVG that a phone's camera reads, dark on light whatever the page's colours."""
    picture = io.BytesIO()
    segno.make(address, error="m").save(
        picture, kind="svg", scale=5, border=4, xmldecl=False, svgns=True, dark="#000", light="#fff",
        title="QR code of the link", nl=False,
    )  # fmt: skip
    return picture.getvalue().decode("utf-8")


def _base(request: Request) -> str:
    """The address by which the therapist reaches this server, as the runner's link starts."""
    config: Config = request.app.state.config
    scheme = "https" if config.tls else request.url.scheme
    return config.phone_address or f"{scheme}://{request.headers['host']}"
