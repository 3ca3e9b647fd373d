"""Reads and checks a drills file: drills, and which of them answer which finding.

Not here: choosing drills (`engine.py`), any drill (`drills.toml`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from pydantic import Field

from dorsi.errors import PlanError
from dorsi.rules import RuleBook, load_rules
from dorsi.rules.schema import SIGNS, Aim
from dorsi.toml_book import BookFile, Cited, Named, Names, Strict, Text, load_book

__all__ = [
    "STAGES", "Books", "DoseBy", "Drill", "DrillBook", "Need", "Slot", "Stage", "StageName", "Trouble",
    "load_books", "load_drills",
]  # fmt: skip

DRILLS_FILE: Final = Path(__file__).with_name("drills.toml")
MOST_DRILLS: Final = 5
"""A plan has no more than this."""
LEAST_DRILLS: Final = 3
"""A plan asks for so many; what speaks against drills may leave fewer."""

StageName = Literal["loosen", "control", "strengthen", "spring"]
STAGES: Final[tuple[StageName, ...]] = get_args(StageName)
"""In the order in which they are reached."""
Slot = Literal["before_run", "after_run", "any_time"]
Trouble = Literal["achilles", "heel", "sole", "shin", "knee", "forefoot", "big_toe", "one_sided"]
"""Where pain, or trouble always on one side, may keep a drill out."""

DoseBy = Literal["source", "dorsi"]
"""Whether a figure is the source's, or Dorsi's own where the source gives none."""


class Instead(Strict):
    """With pain in one of these places another drill, by its key, stands in the place of one."""

    pain_in: list[Trouble] = Field(min_length=1)
    drill: str


class _DrillEntry(Cited):
    """One `[drills.NAME]` table."""

    title: Text
    version: int = Field(ge=1)
    aims: Names
    goal: Text
    dose: Text
    dose_by: DoseBy
    how_often: Text
    how_often_by: DoseBy
    stage: StageName
    not_with: list[Trouble]
    instead: Instead | None = None
    safe_for_anyone: bool
    once_mobile: bool = False
    both_legs_at_once: bool = False
    slots: list[Slot] = Field(min_length=1)
    days_a_week: int = Field(ge=1, le=7)
    minutes: float = Field(gt=0, le=60)
    steps: Text

    def faults(self) -> Iterator[str]:
        """What is safe for anyone is left out for nothing."""
        if self.safe_for_anyone and (self.not_with or self.once_mobile):
            yield "safe_for_anyone does not go with not_with or once_mobile"


class Drill(_DrillEntry, Named):
    """One drill. `goal` is what its source gives it for; `dose_by` and `how_often_by` say whose figure it is;
    `minutes` a day on which it is done, both sides; `source` is a full citation."""

    source: str


class _NeedEntry(Strict):
    """One `[needs.NAME]` table."""

    aims: list[Aim]
    signs: list[str]
    goal: Text
    drills: list[str] = Field(min_length=LEAST_DRILLS)
    alternatives: list[str]

    def faults(self) -> Iterator[str]:
        """Something must ask for it."""
        if not self.aims and not self.signs:
            yield "aims and signs are both empty, so no finding asks for it"
        if unknown := set(self.signs) - set(SIGNS):
            yield f"unknown signs {sorted(unknown)}; known are {', '.join(SIGNS)}"


class Need(_NeedEntry, Named):
    """What has to change, the findings that ask for it (aims of rules, signs), and the drills that answer."""


class _UpkeepEntry(Strict):
    """The `[upkeep]` table, the need that is left when nothing is limited."""

    goal: Text
    drills: list[str] = Field(min_length=LEAST_DRILLS)
    alternatives: list[str]


class _StageEntry(Strict):
    """One `[stages.NAME]` table; `{weeks}` of `before_next` is filled in."""

    title: Text
    weeks: int | None = Field(default=None, ge=1, le=52)
    before_next: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. `before_next`: what must be true before the next one; `weeks`: a finding that is still
    limited keeps nobody in it for longer, None: no such bound."""

    name: StageName
    title: str
    before_next: str
    weeks: int | None


class _RemeasureEntry(Strict):
    """The `[remeasure]` table; `{weeks}` is filled in."""

    weeks: int = Field(ge=1, le=52)
    text: Text
    text_nothing_limited: Text
    text_unknown: Text


class _DrillsFile(BookFile):
    """The whole file."""

    schema_: Literal["dorsi.drills/2"] = Field(alias="schema")
    cautions: Names
    pain_caution: Text
    pain_now: Text
    after_seen: Text
    stages: dict[str, _StageEntry]
    drills: dict[str, _DrillEntry]
    needs: dict[str, _NeedEntry]
    upkeep: _UpkeepEntry
    remeasure: _RemeasureEntry

    def faults(self) -> Iterator[str]:
        """Every name must be known, every drill used, and an aim answered once."""
        cited = {f"drill {k}": v.sources for k, v in self.drills.items()}
        yield from self.unknown("sources", self.sources, cited)
        if tuple(self.stages) != STAGES:
            yield f"stages are {', '.join(STAGES)}, in this order"
        uses = {f"need {k}": [*v.drills, *v.alternatives] for k, v in self.needs.items()}
        uses["upkeep"] = [*self.upkeep.drills, *self.upkeep.alternatives]
        uses |= {f"instead of {k}": [v.instead.drill] for k, v in self.drills.items() if v.instead}
        for name, used in uses.items():
            yield from self.unknown("drills", self.drills, {name: used})
            if len(set(used)) < len(used):
                yield f"{name} names a drill twice"
        if idle := self.drills.keys() - {drill for used in uses.values() for drill in used}:
            yield f"no need and no upkeep uses the drills {sorted(idle)}"
        asked = [key for need in self.needs.values() for key in (*need.aims, *need.signs)]
        if twice := {key for key in asked if asked.count(key) > 1}:
            yield f"more than one need answers {sorted(twice)}"


@dataclass(frozen=True, slots=True)
class DrillBook:
    """Everything of the file, needs in the order in which they are served; `file` is its name where it is not
    the shipped one."""

    version: str
    sha256: str
    file: str | None
    drills: dict[str, Drill]
    stages: tuple[Stage, ...]
    needs: tuple[Need, ...]
    upkeep: Need
    cautions: tuple[str, ...]
    pain_caution: str
    pain_now: str
    after_seen: str
    remeasure: str
    remeasure_nothing_limited: str
    remeasure_unknown: str

    def for_aim(self, aim: str | None) -> tuple[Drill, ...]:
        """Drills with that aim, all for None. Raises PlanError naming the aims there are."""
        found = tuple(d for d in self.drills.values() if aim is None or aim in d.aims)
        if not found:
            known = sorted({each for d in self.drills.values() for each in d.aims})
            raise PlanError("aim_unknown", aim=aim, choices=known)
        return found


def load_drills(file: Path | None = None) -> DrillBook:
    """The drills of `file`, else of the one that the environment names as DORSI_DRILLS, else those shipped.

    Raises PlanError with the place of the first thing that is wrong.
    """
    book, _, own, digest = load_book(file, "DORSI_DRILLS", DRILLS_FILE, _DrillsFile, PlanError)
    remeasure = book.remeasure
    weeks = str(remeasure.weeks)
    return DrillBook(
        version=book.version,
        sha256=digest,
        file=own,
        drills={
            name: Drill.model_construct(name=name, source=book.cite(entry.sources), **dict(entry))
            for name, entry in book.drills.items()
        },
        stages=tuple(
            Stage(name, entry.title, entry.before_next.replace("{weeks}", str(entry.weeks)), entry.weeks)
            for name, entry in zip(STAGES, book.stages.values(), strict=True)
        ),
        needs=tuple(Need.model_construct(name=name, **dict(entry)) for name, entry in book.needs.items()),
        upkeep=Need.model_construct(name="upkeep", aims=[], signs=[], **dict(book.upkeep)),
        cautions=(*book.cautions, book.pain_caution),
        pain_caution=book.pain_caution,
        pain_now=book.pain_now,
        after_seen=book.after_seen,
        remeasure=remeasure.text.replace("{weeks}", weeks),
        remeasure_nothing_limited=remeasure.text_nothing_limited.replace("{weeks}", weeks),
        remeasure_unknown=remeasure.text_unknown,
    )


@dataclass(frozen=True, slots=True)
class Books:
    """What Dorsi knows besides how to measure. A caller loads it once and hands it down."""

    rules: RuleBook
    drills: DrillBook


def load_books(rules_file: Path | None = None, drills_file: Path | None = None) -> Books:
    """Rules and drills, each as `load_rules` and `load_drills` find them. Raises RulesError, PlanError."""
    return Books(load_rules(rules_file), load_drills(drills_file))
