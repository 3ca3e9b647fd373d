"""Reads and checks a drills file: drills, and which of them answer which finding.

Not here: choosing drills (`engine.py`), any drill (`drills.toml`).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dorsi.errors import PlanError
from dorsi.rules import RuleBook, load_rules
from dorsi.rules.schema import SIGNS, Aim
from dorsi.toml_book import book_path, read_book

__all__ = ["Books", "DoseBy", "Drill", "DrillBook", "Need", "Upkeep", "load_books", "load_drills"]

DRILLS_FILE: Final = Path(__file__).with_name("drills.toml")
MOST_DRILLS: Final = 5
"""A plan has no more than this; fewer than three drills make none."""
LEAST_DRILLS: Final = 3


DoseBy = Literal["source", "dorsi"]
"""Whether a figure is the source's, or Dorsi's own where the source gives none."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class _DrillEntry(_Strict):
    """One `[drills.NAME]` table."""

    title: str = Field(min_length=1)
    version: int = Field(ge=1)
    aims: list[str] = Field(min_length=1)
    dose: str = Field(min_length=1)
    dose_by: DoseBy
    how_often: str = Field(min_length=1)
    how_often_by: DoseBy
    steps: str = Field(min_length=1)
    sources: list[str] = Field(min_length=1)


class _NeedEntry(_Strict):
    """One `[needs.NAME]` table."""

    aims: list[Aim]
    signs: list[str]
    goal: str = Field(min_length=1)
    drills: list[str] = Field(min_length=LEAST_DRILLS)
    alternatives: list[str]

    @model_validator(mode="after")
    def _something_asks_for_it(self) -> Self:
        if not self.aims and not self.signs:
            raise ValueError("aims and signs are both empty, so no finding asks for it")
        if unknown := set(self.signs) - set(SIGNS):
            raise ValueError(f"unknown signs {sorted(unknown)}; known are {', '.join(SIGNS)}")
        return self


class _UpkeepEntry(_Strict):
    """The `[upkeep]` table."""

    goal: str = Field(min_length=1)
    drills: list[str] = Field(min_length=LEAST_DRILLS, max_length=MOST_DRILLS)
    once_mobile: list[str]
    alternatives: list[str]


class _RemeasureEntry(_Strict):
    """The `[remeasure]` table; `{weeks}` is filled in."""

    weeks: int = Field(ge=1, le=52)
    text: str = Field(min_length=1)
    text_nothing_limited: str = Field(min_length=1)
    text_unknown: str = Field(min_length=1)


class _Book(_Strict):
    """The whole file."""

    schema_: Literal["dorsi.drills/1"] = Field(alias="schema")
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    cautions: list[str] = Field(min_length=1)
    sources: dict[str, str]
    drills: dict[str, _DrillEntry]
    needs: dict[str, _NeedEntry]
    upkeep: _UpkeepEntry
    remeasure: _RemeasureEntry

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        for name, drill in self.drills.items():
            if unknown := set(drill.sources) - self.sources.keys():
                raise ValueError(f"drill {name} names unknown sources {sorted(unknown)}")
        for name, used in self._uses().items():
            if unknown := set(used) - self.drills.keys():
                raise ValueError(f"{name} names unknown drills {sorted(unknown)}")
            if len(set(used)) < len(used):
                raise ValueError(f"{name} names a drill twice")
        return self

    @model_validator(mode="after")
    def _every_drill_is_reachable(self) -> Self:
        used = {drill for names in self._uses().values() for drill in names}
        if idle := self.drills.keys() - used:
            raise ValueError(f"no need and no upkeep uses the drills {sorted(idle)}")
        return self

    @model_validator(mode="after")
    def _an_aim_is_answered_once(self) -> Self:
        asked = [key for need in self.needs.values() for key in (*need.aims, *need.signs)]
        if twice := {key for key in asked if asked.count(key) > 1}:
            raise ValueError(f"more than one need answers {sorted(twice)}")
        return self

    def _uses(self) -> dict[str, list[str]]:
        """Drills named by each need and by the upkeep."""
        upkeep = [*self.upkeep.drills, *self.upkeep.once_mobile, *self.upkeep.alternatives]
        return {f"need {k}": [*v.drills, *v.alternatives] for k, v in self.needs.items()} | {"upkeep": upkeep}


@dataclass(frozen=True, slots=True)
class Drill:
    """One drill. `dose_by` and `how_often_by` say whose figure it is; `source` is a full citation."""

    name: str
    title: str
    version: int
    aims: tuple[str, ...]
    dose: str
    dose_by: DoseBy
    how_often: str
    how_often_by: DoseBy
    steps: str
    source: str


@dataclass(frozen=True, slots=True)
class Need:
    """What has to change, the findings that ask for it (aims of rules, signs), and the drills that answer."""

    name: str
    aims: tuple[str, ...]
    signs: tuple[str, ...]
    goal: str
    drills: tuple[str, ...]
    alternatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Upkeep:
    """The plan when nothing is limited; `once_mobile` only for who named no sign."""

    goal: str
    drills: tuple[str, ...]
    once_mobile: tuple[str, ...]
    alternatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrillBook:
    """Everything of the file, needs in the order in which they are served; `file` is its name where it is not
    the shipped one."""

    version: str
    sha256: str
    file: str | None
    drills: dict[str, Drill]
    needs: tuple[Need, ...]
    upkeep: Upkeep
    cautions: tuple[str, ...]
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
    path = book_path(file, "DORSI_DRILLS", DRILLS_FILE)
    book, raw = read_book(path, _Book, PlanError)
    weeks = book.remeasure.weeks
    return DrillBook(
        version=book.version,
        sha256=sha256(raw).hexdigest(),
        file=None if path == DRILLS_FILE else path.name,
        drills={name: _drill(name, entry, book) for name, entry in book.drills.items()},
        needs=tuple(_need(name, entry) for name, entry in book.needs.items()),
        upkeep=Upkeep(
            goal=book.upkeep.goal,
            drills=tuple(book.upkeep.drills),
            once_mobile=tuple(book.upkeep.once_mobile),
            alternatives=tuple(book.upkeep.alternatives),
        ),
        cautions=tuple(book.cautions),
        remeasure=book.remeasure.text.replace("{weeks}", str(weeks)),
        remeasure_nothing_limited=book.remeasure.text_nothing_limited.replace("{weeks}", str(weeks)),
        remeasure_unknown=book.remeasure.text_unknown,
    )


@dataclass(frozen=True, slots=True)
class Books:
    """What Dorsi knows besides how to measure. A caller loads it once and hands it down."""

    rules: RuleBook
    drills: DrillBook


def load_books(rules_file: Path | None = None, drills_file: Path | None = None) -> Books:
    """Rules and drills, each as `load_rules` and `load_drills` find them. Raises RulesError, PlanError."""
    return Books(load_rules(rules_file), load_drills(drills_file))


def _drill(name: str, entry: _DrillEntry, book: _Book) -> Drill:
    return Drill(
        name=name,
        title=entry.title,
        version=entry.version,
        aims=tuple(entry.aims),
        dose=entry.dose,
        dose_by=entry.dose_by,
        how_often=entry.how_often,
        how_often_by=entry.how_often_by,
        steps=entry.steps,
        source="; ".join(book.sources[key] for key in entry.sources),
    )


def _need(name: str, entry: _NeedEntry) -> Need:
    return Need(
        name=name,
        aims=tuple(entry.aims),
        signs=tuple(entry.signs),
        goal=entry.goal,
        drills=tuple(entry.drills),
        alternatives=tuple(entry.alternatives),
    )
