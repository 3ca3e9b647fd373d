"""Routes of log-in and log-out, the own account and its tokens, the clinic's accounts, the audit log.

Not here: what they rest on (`desk/accounts.py`, `desk/audit.py`).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from dorsi.desk.accounts import (
    LEAST_LETTERS,
    accounts,
    add_account,
    add_token,
    drop_token,
    log_in,
    remove_account,
    set_password,
    tokens,
)
from dorsi.desk.audit import PAGE, lines
from dorsi.desk.desk import Desk
from dorsi.desk.sessions import end_session
from dorsi.desk.who import NOBODY, Who
from dorsi.errors import DeskError
from dorsi.web.render import page
from dorsi.web.security import COOKIE, Asking, TheDesk, forget_cookie, give_cookie

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


def _clinic(desk: Desk) -> None:
    if desk.mode != "clinic":
        raise DeskError("not_there")


@router.get("/login")
def ask(request: Request, who: Asking, desk: TheDesk) -> Response:
    """The log-in form."""
    _clinic(desk)
    if who.known:
        return RedirectResponse("/", HTTPStatus.SEE_OTHER)
    return page(request, "login.html.j2", wrong="", name="")


@router.post("/login")
def check(
    request: Request, desk: TheDesk, name: Annotated[str, Form(max_length=400)] = "",
    password: Annotated[str, Form(max_length=4000)] = "",
) -> Response:  # fmt: skip
    """Log in: always a new session, so that none that somebody planted becomes a therapist's."""
    _clinic(desk)
    address = request.client.host if request.client else ""
    try:
        secret = log_in(desk, request.app.state.throttle, name, password, address)
    except DeskError as error:
        status = 429 if error.code == "too_many_tries" else 401
        return page(request, "login.html.j2", who=NOBODY, status_code=status, wrong=str(error), name=name)
    if (before := request.cookies.get(COOKIE)) is not None:
        end_session(desk, before)
    answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    give_cookie(request, answer, secret)
    return answer


@router.post("/logout")
def leave(request: Request, desk: TheDesk) -> RedirectResponse:
    """End the session."""
    if (secret := request.cookies.get(COOKIE)) is not None:
        end_session(desk, secret)
    answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    forget_cookie(answer)
    return answer


@router.get("/account")
def own(request: Request, who: Asking, desk: TheDesk) -> HTMLResponse:
    """The own account: password and tokens."""
    return _own(request, desk, who)


def _own(request: Request, desk: Desk, who: Who, secret: str = "") -> HTMLResponse:
    if who.account_id is None:
        who.nothing_there()
    return page(
        request, "account.html.j2", who=who, tokens=tokens(desk, who), secret=secret, least=LEAST_LETTERS
    )  # fmt: skip


@router.post("/account/password")
def change(
    request: Request, who: Asking, desk: TheDesk, old: Annotated[str, Form()], new: Annotated[str, Form()]
) -> RedirectResponse:  # fmt: skip
    """A new password: every session of the account ends, and a new one begins here."""
    if who.account_id is None:
        who.nothing_there()
    set_password(desk, who, who.name, new, old=old)
    answer = RedirectResponse("/account", HTTPStatus.SEE_OTHER)
    address = request.client.host if request.client else ""
    give_cookie(request, answer, log_in(desk, request.app.state.throttle, who.name, new, address))
    return answer


@router.post("/account/tokens")
def new_token(
    request: Request, who: Asking, desk: TheDesk, label: Annotated[str, Form(max_length=200)] = ""
) -> HTMLResponse:
    """A token for programs, shown on the page that answers and never again."""
    return _own(request, desk, who, add_token(desk, who, label))


@router.post("/account/tokens/{token_id}/drop")
def end_token(token_id: str, who: Asking, desk: TheDesk) -> RedirectResponse:
    """End a token."""
    drop_token(desk, who, token_id)
    return RedirectResponse("/account", HTTPStatus.SEE_OTHER)


@router.get("/settings/accounts")
def every(request: Request, who: Asking, desk: TheDesk) -> HTMLResponse:
    """The accounts of the clinic."""
    who.need_owner()
    _clinic(desk)
    return page(request, "accounts.html.j2", who=who, accounts=accounts(desk, who), least=LEAST_LETTERS)


@router.post("/settings/accounts")
def add(
    who: Asking, desk: TheDesk, name: Annotated[str, Form(max_length=200)], password: Annotated[str, Form()],
    role: Annotated[Literal["therapist", "owner"], Form()] = "therapist",
) -> RedirectResponse:  # fmt: skip
    """Add an account."""
    who.need_owner()
    _clinic(desk)
    add_account(desk, who, name, password, role)
    return RedirectResponse("/settings/accounts", HTTPStatus.SEE_OTHER)


@router.post("/settings/accounts/change")
def alter(
    who: Asking, desk: TheDesk, name: Annotated[str, Form(max_length=200)],
    what: Annotated[Literal["reset", "remove"], Form()], password: Annotated[str, Form()] = "",
) -> RedirectResponse:  # fmt: skip
    """A new password for an account, or its end."""
    who.need_owner()
    _clinic(desk)
    if what == "reset":
        set_password(desk, who, name, password)
    else:
        remove_account(desk, who, name)
    return RedirectResponse("/settings/accounts", HTTPStatus.SEE_OTHER)


@router.get("/settings/audit")
def audit(
    request: Request, who: Asking, desk: TheDesk, at: Annotated[int, Query(ge=0, le=100_000)] = 0,
    about: Annotated[str, Query(max_length=80)] = "",
) -> HTMLResponse:  # fmt: skip
    """The audit log, a page at a time."""
    found = lines(desk, who, page=at, about=about)
    more = len(found) == PAGE
    return page(request, "audit.html.j2", who=who, lines=found, at=at, more=more, about=about)
