"""What `rules.toml` may hold: one strict model a kind of table, with the checks that need no other file.

Not here: reading the file (`book.py`), any threshold (`rules.toml`), applying one (`engine.py`).
"""

from __future__ import annotations

from math import isclose
from string import Formatter
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dorsi.quantities import QUANTITIES

__all__ = [
    "Aim",
    "BookFile",
    "ChangeEntry",
    "ContextEntry",
    "Kind",
    "LinkEntry",
    "Messages",
    "RuleEntry",
    "RuleTest",
]

Kind = Literal[
    "at_least", "at_most", "heel_lift", "yes", "circles", "signs", "both", "professional", "difference"
]
RuleTest = Literal["lunge", "big_toe", "squat", "answers", "screen"]
Aim = Literal[
    "dorsiflexion", "big_toe", "heel", "squat", "arch", "circles", "signs", "both", "symmetry", "professional"
]
"""What a drill would have to change; `plan/drills.toml` answers it."""

DEFAULT_SET: Final = "runner"
"""The set that is applied when none is asked for; its rules are the minimum that the sources speak of."""
SIGNS: Final = ("calf_tightness", "pain", "short_stride", "one_sided", "heels_lift")

_BOUNDS: Final = ("limited_below", "meets_from", "meets_below", "limited_above")
_BOUNDS_OF: Final[dict[str, tuple[str, ...]]] = {
    "at_least": ("limited_below", "meets_from"),
    "heel_lift": ("meets_from",),
    "at_most": ("meets_below",),
    "difference": ("limited_above",),
}
_FIELDS_OF: Final[dict[str, frozenset[str]]] = {
    "at_least": frozenset({"value", "limited_below", "meets_from", "side", "tape"}),
    "heel_lift": frozenset({"value", "meets_from", "lifted", "reps"}),
    "at_most": frozenset({"value", "meets_below"}),
    "difference": frozenset({"value", "limited_above", "side", "joint", "quantity"}),
    "yes": frozenset({"side"}),
    "circles": frozenset({"side"}),
    "signs": frozenset({"sign"}),
    "both": frozenset({"side"}),
    "professional": frozenset(),
}
_ONLY: Final = {
    "heel_lift": "heel_lift_onset_shin_angle_deg",
    "circles": "circles",
    "signs": "signs",
    "both": "limited_tests",
    "professional": "limited_tests",
    "difference": "left_minus_right_deg",
}
"""Kinds that go with one measurement alone; and it goes with no other kind."""


class Strict(BaseModel):
    """Frozen, every key known, no conversion of types, no NaN."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Messages(Strict):
    """What is said for each verdict; `{value}` and the like are filled in by the engine."""

    meets: str = Field(min_length=1)
    borderline: str = Field(min_length=1)
    limited: str = Field(min_length=1)
    not_measured: str = Field(min_length=1)


class RuleEntry(Strict):
    """One `[rules.NAME]` table of the file."""

    kind: Kind
    test: RuleTest
    aim: Aim
    title: str = Field(min_length=1)
    short_title: str = ""
    version: int = Field(ge=1)
    measurement: str
    unit: str
    limited_below: float | None = None
    meets_from: float | None = None
    meets_below: float | None = None
    limited_above: float | None = None
    bounds_of: str | None = None
    deg_per_cm: float | None = Field(default=None, gt=0)
    mean: float | None = None
    sd: float | None = Field(default=None, gt=0)
    sources: list[str] = Field(min_length=1)
    messages: Messages
    signs: dict[str, str] = {}
    closing: str = ""

    @model_validator(mode="after")
    def _measurement_is_known(self) -> Self:
        if self.measurement not in QUANTITIES:
            raise ValueError(f"unknown measurement {self.measurement}; known are {', '.join(QUANTITIES)}")
        if self.unit != (unit := QUANTITIES[self.measurement].unit):
            raise ValueError(f"the unit of {self.measurement} is {unit}, not {self.unit}")
        own = _ONLY.get(self.kind)
        yes_no = (self.kind == "yes") != (self.measurement in ("knee_to_wall", "windlass"))
        if ((own or self.measurement in _ONLY.values()) and own != self.measurement) or yes_no:
            raise ValueError(f"kind {self.kind} does not go with measurement {self.measurement}")
        return self

    @model_validator(mode="after")
    def _bounds_fit_the_kind(self) -> Self:
        wanted = () if self.bounds_of else _BOUNDS_OF.get(self.kind, ())
        given = tuple(name for name in _BOUNDS if getattr(self, name) is not None)
        if self.bounds_of and self.kind != "at_least":
            raise ValueError("bounds_of goes with kind at_least only")
        for name in _BOUNDS:
            if (name in wanted) != (name in given):
                raise ValueError(f"{name} {'must be there' if name in wanted else 'does not belong here'}")
        if None not in (low := self.limited_below, high := self.meets_from) and low > high:  # type: ignore[operator]
            raise ValueError("limited_below must not be above meets_from")
        if (self.deg_per_cm is not None) != (self.measurement == "tape_estimate_deg"):
            raise ValueError("deg_per_cm goes with measurement tape_estimate_deg, and must be there")
        if tuple(self.signs) != (SIGNS if self.kind == "signs" else ()):
            raise ValueError(f"signs go with kind signs, and are {', '.join(SIGNS)}, in this order")
        if self.closing and self.kind != "signs":
            raise ValueError("closing goes with kind signs only")
        return self

    @model_validator(mode="after")
    def _bounds_follow_the_reference_group(self) -> Self:
        if (self.mean is None) != (self.sd is None):
            raise ValueError("mean and sd go together")
        if self.mean is not None and self.sd is not None:
            bound = self.mean - self.sd
            if not all(isclose(b or 0.0, bound, abs_tol=1e-6) for b in (self.limited_below, self.meets_from)):
                raise ValueError(f"with mean and sd both bounds must be {bound:g}")
        return self

    @model_validator(mode="after")
    def _messages_have_known_fields(self) -> Self:
        allowed = _FIELDS_OF[self.kind]
        for verdict, text in self.messages.model_dump().items():
            # Formatter itself raises ValueError on a lone brace.
            used = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
            if not used <= allowed - ({"value", "tape"} if verdict == "not_measured" else set()):
                raise ValueError(
                    f"message {verdict} uses unknown fields {sorted(used - allowed) or ['value']}"
                )
        return self


class ContextEntry(Strict):
    """One `[context.NAME]` table: a fact that is told and never judged."""

    title: str = Field(min_length=1)
    unit: Literal["deg"]
    usual_from: float | None = None
    usual_to: float | None = None
    text: str = Field(min_length=1)
    sources: list[str] = Field(min_length=1)


class LinkLine(Strict):
    """One thing that a limited finding is associated with."""

    text: str = Field(min_length=1)
    sources: list[str] = Field(min_length=1)


class LinkEntry(Strict):
    """One `[links.NAME]` table: what a limited finding of one of `rules` is associated with; usual causes."""

    title: str = Field(pattern="associated with$")
    rules: list[str] = Field(min_length=1)
    lines: list[LinkLine] = Field(min_length=1)
    causes: str = ""
    causes_sources: list[str] = []

    @property
    def cited(self) -> list[str]:
        """Every source once, in the order of the lines."""
        return list(
            dict.fromkeys([*(key for line in self.lines for key in line.sources), *self.causes_sources])
        )


class ChangeEntry(Strict):
    """One `[changes.NAME]` table: the smallest real change of a measurement (MDC), where known."""

    mdc: float | None = Field(default=None, gt=0)
    sources: list[str] = Field(min_length=1)


class SetEntry(Strict):
    """One `[sets.NAME]` table of the file."""

    title: str = Field(min_length=1)
    about: str = Field(min_length=1)
    cautions: list[str] = Field(min_length=1)
    rules: list[str] = Field(min_length=1)


class BookFile(Strict):
    """The whole file."""

    schema_: Literal["dorsi.rules/1"] = Field(alias="schema")
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    always: list[str]
    sources: dict[str, str]
    rules: dict[str, RuleEntry]
    context: dict[str, ContextEntry]
    links: dict[str, LinkEntry] = {}
    changes: dict[str, ChangeEntry]
    sets: dict[str, SetEntry]

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        cited = {f"rule {k}": v.sources for k, v in self.rules.items()}
        cited |= {f"context {k}": v.sources for k, v in self.context.items()}
        cited |= {f"link {k}": v.cited for k, v in self.links.items()}
        cited |= {f"change {k}": v.sources for k, v in self.changes.items()}
        for name, keys in cited.items():
            if unknown := set(keys) - self.sources.keys():
                raise ValueError(f"{name} names unknown sources {sorted(unknown)}")
        lists = {f"set {k}": v.rules for k, v in self.sets.items()} | {"always": self.always}
        lists |= {f"link {k}": v.rules for k, v in self.links.items()}
        for name, rules in lists.items():
            if unknown := set(rules) - self.rules.keys():
                raise ValueError(f"{name} names unknown rules {sorted(unknown)}")
        if unknown := self.changes.keys() - QUANTITIES.keys():
            raise ValueError(f"changes names unknown measurements {sorted(unknown)}")
        return self

    @model_validator(mode="after")
    def _default_set_is_there(self) -> Self:
        if DEFAULT_SET not in self.sets:
            raise ValueError(f"there is no set {DEFAULT_SET}, which is applied when none is asked for")
        return self

    @model_validator(mode="after")
    def _borrowed_bounds_are_there(self) -> Self:
        for name, rule in self.rules.items():
            if rule.bounds_of is None:
                continue
            lender = self.rules.get(rule.bounds_of)
            if lender is None or lender.kind != "at_least" or lender.bounds_of or lender.unit != rule.unit:
                raise ValueError(f"rule {name} takes bounds of {rule.bounds_of}, which has none that fit")
        return self
