"""Routes of screens: put together, signed, printed; the plan and its ticks.

Not here: what they rest on (`desk/screens.py`), how a screen looks (`dorsi.pages`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from dorsi.desk.answers import safety_now
from dorsi.desk.desk import Desk
from dorsi.desk.screens import Sheet, drop_sheet, put_together, sheet_of, sign, tick
from dorsi.desk.who import Who
from dorsi.errors import DeskError
from dorsi.pages.plan_page import plan_content
from dorsi.pages.screen_page import screen_content
from dorsi.screen.heeding import stopped
from dorsi.screen.model import ROLES
from dorsi.web.render import page
from dorsi.web.security import Asking, TheDesk, TheForm

__all__ = ["router", "screen_response"]

router = APIRouter(include_in_schema=False)
WEEK_DAYS = 7


@router.get("/screens/{sheet_id}")
def show(request: Request, sheet_id: str, who: Asking, desk: TheDesk) -> HTMLResponse:
    """The screen, with what a therapist may do with it."""
    return screen_response(request, desk, who, sheet_of(desk, who, sheet_id))


def screen_response(request: Request, desk: Desk, who: Who, sheet: Sheet) -> HTMLResponse:
    """The page of a sheet, for a therapist or its runner."""
    sheet = _heeding(desk, sheet)
    content = screen_content(sheet.screen, desk.books().rules, {}, f"/screens/{sheet.id}/plan")
    return page(
        request, "screen.html.j2", who=who, base="served.html.j2", actions="screen_actions.html.j2",
        sheet=sheet, week=_week(sheet), **content,
    )  # fmt: skip


def _heeding(desk: Desk, sheet: Sheet) -> Sheet:
    """The sheet as it may be shown today: a yes given after it was signed stops its plan too."""
    return replace(sheet, screen=stopped(sheet.screen, safety_now(desk, sheet.runner.id)))


def _week(sheet: Sheet) -> list[tuple[dt.date, bool]]:
    """The last days, the newest last, and whether the plan was done on each."""
    today = dt.datetime.now().astimezone().date()
    days = [today - dt.timedelta(days=back) for back in reversed(range(WEEK_DAYS))]
    return [(day, day in sheet.done_days) for day in days]


@router.get("/screens/{sheet_id}/plan")
def show_plan(request: Request, sheet_id: str, who: Asking, desk: TheDesk) -> HTMLResponse:
    """The plan alone, to print and hang up."""
    sheet = _heeding(desk, sheet_of(desk, who, sheet_id))
    if not sheet.screen.plan.items:
        raise DeskError("not_there")
    content = plan_content(sheet.screen.plan, who=sheet.runner.name, date=f"{sheet.screen.date}")
    return page(
        request, "plan.html.j2", who=who, base="served.html.j2", actions="plan_actions.html.j2",
        sheet=sheet, **content,
    )  # fmt: skip


@router.post("/runners/{runner_id}/screens")
def make(runner_id: int, form: TheForm, who: Asking, desk: TheDesk) -> RedirectResponse:
    """Put a screen together from one clip a role."""
    chosen = {role: str(form[role]) for role in ROLES if form.get(role)}
    sheet = put_together(desk, who, runner_id, chosen, remark=str(form.get("remark", "")))
    return RedirectResponse(f"/screens/{sheet.id}", HTTPStatus.SEE_OTHER)


@router.post("/screens/{sheet_id}/sign")
def put_name(
    sheet_id: str, who: Asking, desk: TheDesk, remark: Annotated[str, Form()] = ""
) -> RedirectResponse:
    """Sign it: the runner sees it from now on."""
    sign(desk, who, sheet_id, remark=remark)
    return RedirectResponse(f"/screens/{sheet_id}", HTTPStatus.SEE_OTHER)


@router.post("/screens/{sheet_id}/delete")
def drop(sheet_id: str, who: Asking, desk: TheDesk) -> RedirectResponse:
    """Drop one that is not signed."""
    sheet = sheet_of(desk, who, sheet_id)
    drop_sheet(desk, who, sheet_id)
    return RedirectResponse(f"/runners/{sheet.runner.id}", HTTPStatus.SEE_OTHER)


@router.post("/screens/{sheet_id}/ticks")
def mark(
    sheet_id: str, who: Asking, desk: TheDesk, day: Annotated[dt.date, Form()],
    done: Annotated[bool, Form()] = False,
) -> RedirectResponse:  # fmt: skip
    """Mark a day as done, or not done."""
    tick(desk, who, sheet_id, day, done=done)
    return RedirectResponse(f"/screens/{sheet_id}#done", HTTPStatus.SEE_OTHER)
