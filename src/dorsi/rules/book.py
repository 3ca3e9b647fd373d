"""Reads and checks `rules.toml`: sources, rules, rule sets.

Not here: applying a rule to a measurement (see `engine.py`) and any threshold (see `rules.toml`).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from math import isclose
from pathlib import Path
from string import Formatter
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from dorsi.errors import RulesError

__all__ = ["Rule", "RuleSet", "load_rules", "rule_sets"]

RULES_FILE: Final = Path(__file__).with_name("rules.toml")
_FIELDS: Final = frozenset({"value", "limited_below", "meets_from"})
_HEEL_FIELDS: Final = _FIELDS | {"lifted", "reps"}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Messages(_Strict):
    """What is said for each verdict; `{value}` and the like are filled in by the engine."""

    meets: str = Field(min_length=1)
    borderline: str = Field(min_length=1)
    limited: str = Field(min_length=1)
    not_measured: str = Field(min_length=1)


class _RuleEntry(_Strict):
    """One `[rules.NAME]` table of the file."""

    kind: Literal["at_least", "heel_lift"]
    title: str = Field(min_length=1)
    version: int = Field(ge=1)
    measurement: Literal["peak_shin_angle_deg", "peak_crest_angle_deg", "heel_lift_onset_shin_angle_deg"]
    unit: Literal["deg"]
    limited_below: float | None = None
    meets_from: float
    mean: float | None = None
    sd: float | None = Field(default=None, gt=0)
    sources: list[str] = Field(min_length=1)
    messages: Messages

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        heel = self.kind == "heel_lift"
        if heel != (self.measurement == "heel_lift_onset_shin_angle_deg"):
            raise ValueError(f"kind {self.kind} does not go with measurement {self.measurement}")
        if heel != (self.limited_below is None):
            raise ValueError("limited_below belongs to kind at_least, and must be there")
        if self.limited_below is not None and self.limited_below > self.meets_from:
            raise ValueError("limited_below must not be above meets_from")
        return self

    @model_validator(mode="after")
    def _bounds_follow_the_reference_group(self) -> Self:
        if (self.mean is None) != (self.sd is None):
            raise ValueError("mean and sd go together")
        if self.mean is not None and self.sd is not None:
            bound = self.mean - self.sd
            if not all(isclose(b, bound, abs_tol=1e-6) for b in (self.limited_below or 0.0, self.meets_from)):
                raise ValueError(f"with mean and sd both bounds must be {bound:g}")
        return self

    @model_validator(mode="after")
    def _messages_have_known_fields(self) -> Self:
        allowed = _HEEL_FIELDS if self.kind == "heel_lift" else _FIELDS
        for verdict, text in self.messages.model_dump().items():
            # Formatter itself raises ValueError on a lone brace.
            used = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
            if not used <= allowed - ({"value"} if verdict == "not_measured" else set()):
                raise ValueError(
                    f"message {verdict} uses unknown fields {sorted(used - allowed) or ['value']}"
                )
        return self


class _SetEntry(_Strict):
    """One `[sets.NAME]` table of the file."""

    title: str = Field(min_length=1)
    about: str = Field(min_length=1)
    cautions: list[str] = Field(min_length=1)
    rules: list[str] = Field(min_length=1)


class _Book(_Strict):
    """The whole file."""

    schema_: Literal["dorsi.rules/1"] = Field(alias="schema")
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    sources: dict[str, str]
    rules: dict[str, _RuleEntry]
    sets: dict[str, _SetEntry]

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        for name, rule in self.rules.items():
            if unknown := set(rule.sources) - self.sources.keys():
                raise ValueError(f"rule {name} names unknown sources {sorted(unknown)}")
        for name, entry in self.sets.items():
            if unknown := set(entry.rules) - self.rules.keys():
                raise ValueError(f"set {name} names unknown rules {sorted(unknown)}")
        return self


@dataclass(frozen=True, slots=True)
class Rule:
    """One threshold. `limited_below` and `meets_from` are in `unit`; `source` is a full citation.

    kind "at_least" compares a measurement; "heel_lift" compares the shin angle at which the heel rises,
    has no `limited_below`, and takes it from the repetitions. `mean` and `sd` describe a reference group.
    """

    name: str
    kind: Literal["at_least", "heel_lift"]
    title: str
    version: int
    measurement: str
    unit: str
    limited_below: float | None
    meets_from: float
    mean: float | None
    sd: float | None
    source: str
    messages: Messages


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules that are applied together. `version` and `sha256` are those of the whole rules file."""

    name: str
    title: str
    about: str
    cautions: tuple[str, ...]
    rules: tuple[Rule, ...]
    version: str
    sha256: str


@lru_cache(maxsize=4)
def _read(file: Path) -> tuple[_Book, str]:
    """The checked book and the sha256 of its file."""
    try:
        raw = file.read_bytes()
        return _Book.model_validate(tomllib.loads(raw.decode("utf-8"))), sha256(raw).hexdigest()
    except OSError as error:
        raise RulesError(f"{file.name}: cannot be read ({error.strerror}). Install Dorsi again.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RulesError(f"{file.name}: {where or 'file'}: {first['msg']}.") from error
    except ValueError as error:  # not UTF-8, not TOML
        raise RulesError(f"{file.name}: is not valid TOML ({error}).") from error


def rule_sets(file: Path = RULES_FILE) -> tuple[str, ...]:
    """Names that `load_rules` knows, the default first. Raises RulesError when the file is not valid."""
    return tuple(_read(file)[0].sets)


def load_rules(name: str = "runner", file: Path = RULES_FILE) -> RuleSet:
    """The rule set `name`. Raises RulesError on an unknown name or a file that is not valid."""
    book, digest = _read(file)
    if name not in book.sets:
        raise RulesError(f"There is no rule set '{name}'. Choose one of: {', '.join(book.sets)}.")
    entry = book.sets[name]
    return RuleSet(
        name=name,
        title=entry.title,
        about=entry.about,
        cautions=tuple(entry.cautions),
        rules=tuple(_rule(rule, book) for rule in entry.rules),
        version=book.version,
        sha256=digest,
    )


def _rule(name: str, book: _Book) -> Rule:
    entry = book.rules[name]
    return Rule(
        name=name,
        kind=entry.kind,
        title=entry.title,
        version=entry.version,
        measurement=entry.measurement,
        unit=entry.unit,
        limited_below=entry.limited_below,
        meets_from=entry.meets_from,
        mean=entry.mean,
        sd=entry.sd,
        source="; ".join(book.sources[key] for key in entry.sources),
        messages=entry.messages,
    )
