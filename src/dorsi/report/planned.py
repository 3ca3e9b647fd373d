"""The plan as a page shows it, from a report's `plan` and `plan_note`; older reports have neither.

Not here: how a plan is made (`dorsi.plan`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

__all__ = ["PlanShown", "StepShown", "plan_of"]

SEE_A_PROFESSIONAL = (
    "See a physical therapist or doctor with this page: a sign you told of goes with a limited test."
)


@dataclass(frozen=True, slots=True)
class StepShown:
    """One drill, complete texts, "" where the source gives none."""

    drill: str
    dose: str
    how_often: str
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class PlanShown:
    """Steps in order, then what goes for all of them; `professional` is "" unless one should be seen."""

    steps: tuple[StepShown, ...]
    lines: tuple[str, ...]
    professional: str


def plan_of(holder: Any) -> PlanShown:
    """The plan of a report or a screen: anything with `plan` (steps) and perhaps `plan_note`."""
    note = _mapping(getattr(holder, "plan_note", None))
    lines = [str(note[key]) for key in ("remeasure", "real_change") if note.get(key)]
    lines += [str(caution) for caution in note.get("cautions") or ()]
    return PlanShown(
        steps=tuple(_step(step) for step in getattr(holder, "plan", None) or ()),
        lines=tuple(lines),
        professional=SEE_A_PROFESSIONAL if note.get("see_a_professional") else "",
    )


def _step(step: object) -> StepShown:
    said = _mapping(step)
    return StepShown(
        **{key: str(said.get(key) or "") for key in ("drill", "dose", "how_often", "why", "source")}
    )


def _mapping(part: object) -> Mapping[str, Any]:
    if isinstance(part, BaseModel):
        return part.model_dump()
    return part if isinstance(part, Mapping) else {}
