"""The plan on a page of its own: one A4 side to hang up, drawings and boxes to tick, no script.

Not here: its layout (`templates/plan.html.j2`), drills and doses (`plan`), the page of results.
"""

from __future__ import annotations

from typing import Any

from dorsi.pages.page import render_page
from dorsi.screen.model import Plan

__all__ = ["plan_content", "render_plan_html"]


def render_plan_html(plan: Plan, *, who: str | None, date: str) -> str:
    """The sheet as text, for a plan with at least one drill; `who` and `date` stand at its head."""
    return render_page("plan.html.j2", **plan_content(plan, who=who, date=date))


def plan_content(plan: Plan, *, who: str | None, date: str) -> dict[str, Any]:
    """What `plan.html.j2` is filled with."""
    return {"steps": plan.items, "note": plan, "runner": who, "date": date}
