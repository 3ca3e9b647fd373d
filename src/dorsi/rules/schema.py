"""What `rules.toml` may hold: one strict model a kind of table, with the checks that need no other file.

Not here: reading the file (`book.py`), any threshold (`rules.toml`), applying one (`engine.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose
from string import Formatter
from typing import Final, Literal

from pydantic import Field

from dorsi.quantities import QUANTITIES, TestName
from dorsi.toml_book import BookFile, Cited, Names, Strict, Text

__all__ = [
    "Aim", "ChangeEntry", "ContextEntry", "Kind", "LinkEntry", "Messages", "RuleEntry", "RuleTest",
    "RulesFile",
]  # fmt: skip

Kind = Literal[
    "at_least", "at_most", "heel_lift", "yes", "circles", "signs", "both", "professional", "difference"
]
RuleTest = Literal["lunge", "big_toe", "squat", "answers", "screen"]
"""What a rule can be about. Not the knee-straight lunge: its angle is reported, and never judged."""
Aim = Literal[
    "dorsiflexion", "big_toe", "heel", "squat", "arch", "circles", "signs", "both", "symmetry", "professional"
]
"""What a drill would have to change; `plan/drills.toml` answers it."""

DEFAULT_SET: Final = "runner"
"""The set that is applied when none is asked for; its rules are the minimum that the sources speak of."""
SIGNS: Final = ("calf_tightness", "pain", "short_stride", "one_sided", "heels_lift", "wear")

BOUNDS: Final = ("limited_below", "meets_from", "meets_below", "limited_above")
_BOUNDS_OF: Final[dict[str, set[str]]] = {
    "at_least": {"limited_below", "meets_from"},
    "heel_lift": {"meets_from"},
    "at_most": {"meets_below"},
    "difference": {"limited_above"},
}
_FIELDS_OF: Final[dict[str, set[str]]] = {
    "at_least": {"value", "side", "tape"},
    "heel_lift": {"value", "lifted", "reps"},
    "at_most": {"value"},
    "difference": {"value", "side", "other"},
    "yes": {"side"},
    "circles": {"side"},
    "signs": {"sign"},
    "both": {"side"},
}
"""What a message may name besides the bounds of its kind."""
_ONLY: Final = {
    "heel_lift": "heel_lift_onset_shin_angle_deg",
    "circles": "circles",
    "signs": "signs",
    "both": "limited_tests",
    "professional": "limited_tests",
    "difference": "left_minus_right_deg",
}
"""Kinds that go with one measurement alone; and it goes with no other kind."""


class Messages(Strict):
    """What is said for each verdict; `{value}` and the like are filled in by the engine."""

    meets: Text
    borderline: Text
    limited: str = ""
    """Empty only where a rule is never limited."""
    not_measured: Text


class RuleEntry(Cited):
    """One `[rules.NAME]` table of the file."""

    kind: Kind
    test: RuleTest
    aim: Aim
    title: Text
    short_title: str = ""
    version: int = Field(ge=1)
    measurement: str
    unit: str
    limited_below: float | None = None
    meets_from: float | None = None
    meets_below: float | None = None
    limited_above: float | None = None
    bounds_of: str | None = Field(default=None, exclude=True)
    deg_per_cm: float | None = Field(default=None, gt=0)
    no: Literal["limited", "borderline"] = "limited"
    of_tests: list[TestName] = Field(default=[])
    mean: float | None = None
    sd: float | None = Field(default=None, gt=0)
    messages: Messages
    signs: dict[str, str] = Field(default={})
    closing: str = ""

    def faults(self) -> Iterator[str]:
        """Measurement, bounds and messages must fit the kind."""
        yield from self._of_measurement()
        yield from self._of_bounds()
        if (self.deg_per_cm is not None) != (self.measurement == "tape_estimate_deg"):
            yield "deg_per_cm goes with measurement tape_estimate_deg, and must be there"
        if tuple(self.signs) != (SIGNS if self.kind == "signs" else ()):
            yield f"signs go with kind signs, and are {', '.join(SIGNS)}, in this order"
        if self.closing and self.kind != "signs":
            yield "closing goes with kind signs only"
        if self.no != "limited" and self.kind != "yes":
            yield "no goes with kind yes only"
        if bool(self.of_tests) != (self.kind == "difference"):
            yield "of_tests goes with kind difference, and must be there"
        yield from self._of_reference_group()
        yield from self._of_messages()

    def _of_measurement(self) -> Iterator[str]:
        if self.measurement not in QUANTITIES:
            yield f"unknown measurement {self.measurement}; known are {', '.join(QUANTITIES)}"
        if self.unit != (unit := QUANTITIES[self.measurement].unit):
            yield f"the unit of {self.measurement} is {unit}, not {self.unit}"
        own = _ONLY.get(self.kind)
        yes_no = (self.kind == "yes") != (self.measurement in ("knee_to_wall", "windlass"))
        if ((own or self.measurement in _ONLY.values()) and own != self.measurement) or yes_no:
            yield f"kind {self.kind} does not go with measurement {self.measurement}"

    def _of_bounds(self) -> Iterator[str]:
        if self.bounds_of and self.kind != "at_least":
            yield "bounds_of goes with kind at_least only"
        wanted = set() if self.bounds_of else _BOUNDS_OF.get(self.kind, set())
        for name in BOUNDS:
            if (name in wanted) != (getattr(self, name) is not None):
                yield f"{name} {'must be there' if name in wanted else 'does not belong here'}"
        low, high = self.limited_below, self.meets_from
        if low is not None and high is not None and low > high:
            yield "limited_below must not be above meets_from"

    def _of_reference_group(self) -> Iterator[str]:
        if (self.mean is None) != (self.sd is None):
            yield "mean and sd go together"
        if self.mean is not None and self.sd is not None:
            bound = self.mean - self.sd
            if not all(isclose(b or 0.0, bound, abs_tol=1e-6) for b in (self.limited_below, self.meets_from)):
                yield f"with mean and sd both bounds must be {bound:g}"

    def _of_messages(self) -> Iterator[str]:
        if (self.no == "borderline") == bool(self.messages.limited):
            yield "message limited must be there, and not where a no is no more than borderline"
        allowed = _FIELDS_OF.get(self.kind, set()) | _BOUNDS_OF.get(self.kind, set())
        for verdict, text in self.messages.model_dump().items():
            # Formatter itself raises ValueError on a lone brace.
            used = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
            if not used <= allowed - ({"value", "tape"} if verdict == "not_measured" else set()):
                yield f"message {verdict} uses unknown fields {sorted(used - allowed) or ['value']}"


class ContextEntry(Cited):
    """One `[context.NAME]` table: a fact that is told and never judged."""

    title: Text
    unit: Literal["deg"]
    usual_from: float | None = None
    usual_to: float | None = None
    text: Text


class LinkLine(Cited):
    """One thing that a limited finding is associated with."""

    text: Text


class LinkEntry(Strict):
    """One `[links.NAME]` table: what a limited finding of one of `rules` is associated with; usual causes."""

    title: str = Field(pattern="associated with$")
    rules: Names
    lines: list[LinkLine] = Field(min_length=1)
    causes: str = ""
    causes_sources: list[str] = Field(default=[])

    @property
    def sources(self) -> list[str]:
        """Every source once, in the order of the lines."""
        of_lines = (key for line in self.lines for key in line.sources)
        return list(dict.fromkeys([*of_lines, *self.causes_sources]))


class ChangeEntry(Cited):
    """One `[changes.NAME]` table: the smallest real change of a measurement (MDC), where known."""

    mdc: float | None = Field(default=None, gt=0)


class SetEntry(Strict):
    """One `[sets.NAME]` table of the file."""

    title: Text
    about: Text
    cautions: Names
    rules: Names


class RulesFile(BookFile):
    """The whole file."""

    schema_: Literal["dorsi.rules/1"] = Field(alias="schema")
    always: list[str]
    rules: dict[str, RuleEntry]
    context: dict[str, ContextEntry]
    links: dict[str, LinkEntry] = Field(default={})
    changes: dict[str, ChangeEntry]
    sets: dict[str, SetEntry]

    def faults(self) -> Iterator[str]:
        """Every name must be known, the default set be there, and borrowed bounds with it."""
        cited: dict[str, list[str]] = {f"rule {k}": v.sources for k, v in self.rules.items()}
        cited |= {f"context {k}": v.sources for k, v in self.context.items()}
        cited |= {f"link {k}": v.sources for k, v in self.links.items()}
        cited |= {f"change {k}": v.sources for k, v in self.changes.items()}
        yield from self.unknown("sources", self.sources, cited)
        lists = {f"set {k}": v.rules for k, v in self.sets.items()} | {"always": self.always}
        lists |= {f"link {k}": v.rules for k, v in self.links.items()}
        yield from self.unknown("rules", self.rules, lists)
        yield from self.unknown("measurements", QUANTITIES, {"changes": self.changes})
        if DEFAULT_SET not in self.sets:
            yield f"there is no set {DEFAULT_SET}, which is applied when none is asked for"
        for name, rule in self.rules.items():
            if rule.bounds_of is None:
                continue
            lender = self.rules.get(rule.bounds_of)
            if lender is None or lender.kind != "at_least" or lender.bounds_of or lender.unit != rule.unit:
                yield f"rule {name} takes bounds of {rule.bounds_of}, which has none that fit"
