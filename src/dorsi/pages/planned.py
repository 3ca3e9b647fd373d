"""The plan as pages show it: steps with dose and reason, what goes for all of them. Older reports have none.

Not here: how a plan is made (`dorsi.plan`), its layout (`templates/parts.html.j2`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dorsi.plan import dose_in_words
from dorsi.report.model import PlanNote, PlanStep
from dorsi.screen.model import Plan, PlanItem

__all__ = ["PlanShown", "StepShown", "plan_shown"]

SEE_A_PROFESSIONAL = "See a physical therapist with this page: you named a sign, and a test is limited."


@dataclass(frozen=True, slots=True)
class StepShown:
    """One drill in complete texts, "" where there is nothing to say. `dose` includes how often."""

    title: str
    dose: str
    why: str
    how: str
    source: str


@dataclass(frozen=True, slots=True)
class PlanShown:
    """`about` before the steps, `lines` and `others` after them; "" where there is nothing to say."""

    about: str
    steps: tuple[StepShown, ...]
    professional: str
    lines: tuple[str, ...]
    others: str
    cautions: tuple[str, ...]


def plan_shown(steps: Sequence[PlanStep | PlanItem], note: PlanNote | Plan | None) -> PlanShown:
    """The plan of a report or a screen; `note` is None when nothing was measured or a report is that old."""
    shown = tuple(_step(each) for each in steps)
    if note is None:
        return PlanShown("", shown, "", (), "", ())
    others = f"May stand in for one of them: {', '.join(note.alternatives)}." if note.alternatives else ""
    return PlanShown(
        about=note.about,
        steps=shown,
        professional=SEE_A_PROFESSIONAL if note.see_a_professional else "",
        lines=tuple(line for line in (note.remeasure, note.real_change) if line),
        others=others,
        cautions=tuple(note.cautions),
    )


def _step(step: PlanStep | PlanItem) -> StepShown:
    title = f"{step.drill} ({step.side})" if step.side else step.drill
    dose = dose_in_words(step.dose, step.how_often, step.dose_by, step.how_often_by)
    return StepShown(title, dose, step.why, step.steps, step.source)
