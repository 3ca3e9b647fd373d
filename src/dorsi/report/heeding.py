"""What a report leaves unsaid: a plan that a safety answer stops, also one given later, or that a screen has.

Not here: what the safety answers mean (`profile/safety.py`), how a stop looks on a page (`pages`).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from dorsi.plan import Plan, safety_note, stopped_plan
from dorsi.profile import SafetyState
from dorsi.report.model import PlanNote, Report, SafetyNote

__all__ = ["NUMBERS_STAY", "is_planned_elsewhere", "note_of", "planned_elsewhere", "stop_of", "stopped"]

NUMBERS_STAY: Final = "The numbers below were taken before: do not act on them now."
_ELSEWHERE: Final = "Your plan stands on the page of both legs: it takes all your tests together."


def note_of(plan: Plan) -> PlanNote:
    """What a report says round the drills of a plan."""
    told = asdict(plan)
    return PlanNote(**{name: told[name] for name in PlanNote.model_fields})


def stop_of(report: Report) -> SafetyNote | None:
    """The safety answers that stop, None where none does."""
    safety = None if report.plan_note is None else report.plan_note.safety
    return safety if safety is not None and safety.state == "stop" else None


def stopped(report: Report, safety: SafetyState) -> Report:
    """The report as it may be shown to somebody whose answers stop: the numbers, no plan and no drill. As it
    was where they do not stop."""
    if safety.state != "stop":
        return report
    return _with(note_of(stopped_plan(safety)), report)


def planned_elsewhere(report: Report, safety: SafetyState | None = None) -> Report:
    """The report of a clip that belongs to a screen: one plan, from all the tests, stands there. A stop
    stays. `safety` is what the screen's answers allow, where the clip was measured before they were given."""
    note = report.plan_note
    if note is None or stop_of(report) is not None:
        return report
    kept = PlanNote(
        about=_ELSEWHERE, remeasure="", real_change=note.real_change, cautions=[], see_a_professional=False,
        safety=note.safety if safety is None else SafetyNote.model_validate(asdict(safety_note(safety))),
    )  # fmt: skip
    return _with(kept, report)


def is_planned_elsewhere(report: Report) -> bool:
    """Whether the plan stands on the page of a screen."""
    return report.plan_note is not None and report.plan_note.about == _ELSEWHERE


def _with(note: PlanNote, report: Report) -> Report:
    """The report with this note and no drill, also where it is shown as reviewed."""
    update: dict[str, object] = {"plan": [], "plan_note": note}
    if report.review is not None:
        reviewed = report.review.reviewed.model_copy(update=update)
        update["review"] = report.review.model_copy(update={"reviewed": reviewed})
    return report.model_copy(update=update)
