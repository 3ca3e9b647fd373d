"""The plan as pages show it: steps with dose and reason, what goes for all of them. Older reports have none.

Not here: how a plan is made (`dorsi.plan`), its layout (`templates/parts.html.j2`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from dorsi.report.model import Report

__all__ = ["PlanShown", "StepShown", "others_line", "plan_of", "said_once", "shown_step"]

SEE_A_PROFESSIONAL = "See a physical therapist with this page: you named a sign, and a test is limited."
_OURS = " (Dorsi's suggestion)"


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


class _Drill(Protocol):
    """What a step of a report and one of a screen have in common."""

    @property
    def dose(self) -> str: ...
    @property
    def how_often(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def source(self) -> str: ...


def plan_of(report: Report) -> PlanShown:
    """The plan of a report; empty when nothing was measured or the report is older than plans."""
    note = report.plan_note
    steps = tuple(shown_step(step, step.drill, step.steps, step.side) for step in report.plan)
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


def said_once(cautions: Iterable[str]) -> tuple[str, ...]:
    """Cautions without those that repeat one, or cite only the paper that one before has cited."""
    kept: dict[str, str] = {}
    for caution in cautions:
        paper = re.search(r"\bdoi 10\.\S+?(?=[).,;]*(?:\s|$))", caution)
        kept.setdefault(paper[0] if paper else caution, caution)
    return tuple(kept.values())


def shown_step(step: _Drill, title: str, how: str, side: str | None) -> StepShown:
    """A drill with its side in the title; "Dorsi's suggestion" once where dose and frequency both are."""
    dose, often = step.dose, step.how_often
    if dose.endswith(_OURS) and often.endswith(_OURS):
        dose = dose.removesuffix(_OURS)
    return StepShown(
        title=f"{title} ({side})" if side else title,
        dose=" · ".join(part for part in (dose, often) if part),
        why=step.why,
        how=how,
        source=step.source,
    )
