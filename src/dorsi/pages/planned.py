"""The plan as pages show it: steps with dose and reason, what goes for all of them. Older reports have none.

Not here: how a plan is made (`dorsi.plan`), its layout (`templates/parts.html.j2`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dorsi.plan import Dosed, dose_in_words
from dorsi.report.model import Report

__all__ = ["PlanShown", "StepShown", "others_line", "plan_of", "shown_step"]

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


def plan_of(report: Report) -> PlanShown:
    """The plan of a report; empty when nothing was measured or the report is older than plans."""
    note = report.plan_note
    steps = tuple(
        shown_step(step, step.drill, step.side, step.steps, step.why, step.source) for step in report.plan
    )
    if note is None:
        return PlanShown("", steps, "", (), "", ())
    return PlanShown(
        about=note.about,
        steps=steps,
        professional=SEE_A_PROFESSIONAL if note.see_a_professional else "",
        lines=tuple(line for line in (note.remeasure, note.real_change) if line),
        others=others_line(note.alternatives),
        cautions=tuple(note.cautions),
    )


def others_line(alternatives: Sequence[str]) -> str:
    """Drills that may take the place of one of the plan."""
    return f"May stand in for one of them: {', '.join(alternatives)}." if alternatives else ""


def shown_step(step: Dosed, title: str, side: str | None, how: str, why: str, source: str) -> StepShown:
    """A drill with its side in the title, and how often beside its dose."""
    return StepShown(f"{title} ({side})" if side else title, dose_in_words(step), why, how, source)
