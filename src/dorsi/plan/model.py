"""What a plan is: its drills, its stages, its week, and what safety says of it.

Not here: how one is made (`engine.py`), how it is written (`report/model.py`, `screen/model.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dorsi.plan.book import DoseBy, Slot, StageName
from dorsi.profile import Lifted, SafetyFlag
from dorsi.types import Side

__all__ = ["Plan", "PlanItem", "SafetyNote", "StageNote", "Withheld"]


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One drill of a plan. `drill` is its title, `name` its key; `why` names the finding it answers. `side`
    is the one it is for, None for both; `dose_by` and `how_often_by` say whose figure it is. `minutes` on one
    of the `days_a_week`, both sides; `substitutes` are titles of drills that may stand in for this one."""

    name: str
    drill: str
    dose: str
    dose_by: DoseBy
    how_often: str
    how_often_by: DoseBy
    why: str
    steps: str
    source: str
    side: Side | None
    stage: StageName
    slots: tuple[Slot, ...]
    days_a_week: int
    minutes: float
    substitutes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageNote:
    """One stage as it stands for this plan: whether it is the one reached (`now`), what must be true before
    the next one, and the titles of its drills for what the plan is about."""

    stage: StageName
    title: str
    now: bool
    before_next: str
    drills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SafetyNote:
    """What the safety answers allow, as of `SafetyState`: `line` in words, `questions` the first that are
    open, `flags` what was answered with yes, gravest first, `lifted` who lifted it."""

    state: Literal["clear", "unanswered", "stop", "lifted"]
    line: str
    questions: tuple[str, ...]
    flags: tuple[SafetyFlag, ...]
    lifted: Lifted | None


@dataclass(frozen=True, slots=True)
class Withheld:
    """A drill, by its title, that pain or one-sided trouble keeps out of a plan, and why."""

    drill: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, in order. `about` says in a sentence what the plan is for, or why there is none;
    `alternatives` are titles of drills that may stand in; `remeasure` when to measure again; `real_change`
    what change is more than measurement error. No items: nothing was measured, or a safety answer stops.

    `stage` is the one reached, None without a plan; `week` the names of the items done Monday to Sunday,
    `minutes_a_day` of its fullest day; `withheld` what pain or one-sided trouble keeps out.
    """

    items: tuple[PlanItem, ...]
    about: str
    alternatives: tuple[str, ...]
    remeasure: str
    real_change: str
    cautions: tuple[str, ...]
    see_a_professional: bool
    safety: SafetyNote
    stage: StageName | None = None
    stages: tuple[StageNote, ...] = ()
    week: tuple[tuple[str, ...], ...] = ()
    minutes_a_day: float | None = None
    withheld: tuple[Withheld, ...] = ()
