"""Reads a rules file: rules, rule sets, context, the smallest real changes; each with its full citation.

Not here: what the file may hold (`schema.py`), applying a rule (`engine.py`), any threshold (`rules.toml`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from dorsi.errors import RulesError
from dorsi.quantities import QUANTITIES, Repeated, change_95
from dorsi.rules.schema import DEFAULT_SET, ContextEntry, LinkEntry, RuleEntry, RulesFile
from dorsi.toml_book import Named, load_book
from dorsi.types import Side

__all__ = ["Context", "Link", "RealChange", "Rule", "RuleBook", "RuleSet", "load_rules"]

RULES_FILE: Final = Path(__file__).with_name("rules.toml")


class Rule(RuleEntry, Named):
    """One threshold, in `unit`; `source` is a full citation, `test` what must be done to apply it.

    Bounds by kind, None elsewhere: "at_least" `limited_below` and `meets_from`; "heel_lift" (shin angle at
    which the heel rises) `meets_from`; "at_most" `meets_below`; "difference" `limited_above`. `mean` and `sd`
    describe a reference group. `deg_per_cm` makes an angle of a tape distance; `no` is the verdict on an
    answer of no; `of_tests` are the tests whose sides are set against each other. `aim` is what a drill would
    have to change. `signs` has the words of each sign and `closing` what is said once after them, for kind
    "signs" alone. `short_title` is the title under a head that names the test, "" where it has none.
    """

    source: str

    @property
    def threshold(self) -> float:
        """The value that meets: for yes/no 1, for signs and limited tests how many are not yet too many."""
        for bound in (self.meets_from, self.meets_below, self.limited_above):
            if bound is not None:
                return bound
        return {"signs": 0.0, "professional": 0.0}.get(self.kind, 1.0)


class Context(ContextEntry, Named):
    """A fact that is told beside the findings and never judged; `usual_from` to `usual_to` in `unit`, None
    where it is no range."""

    source: str


@dataclass(frozen=True, slots=True)
class Link:
    """What a limited finding of one of `rules` is associated with, a sentence; `source` is every citation."""

    name: str
    rules: tuple[str, ...]
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class RealChange:
    """The smallest change of `measurement` that is more than measurement error (MDC, 95 %), in `unit`.

    `mdc` is None where no study gives one; then only what two such clips may differ by tells.
    """

    measurement: str
    mdc: float | None
    unit: str
    source: str

    def between(self, before: Repeated, after: Repeated) -> float | None:
        """Smallest real change between two measurements of one leg: the greater of the MDC and what the two
        may differ by (`change_95`). None when nothing tells."""
        known = (self.mdc, change_95(before, after))
        return max((each for each in known if each is not None), default=None)


class AnyFinding(Protocol):
    """What findings of a clip, a report and a screen have in common."""

    @property
    def rule(self) -> str: ...
    @property
    def side(self) -> Side | None: ...
    @property
    def measurement(self) -> str: ...
    @property
    def verdict(self) -> str: ...


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules that are applied together. `version` and `sha256` are those of the whole file, `file` is its name
    where it is not the shipped one. `minimum` names the rules of the default set, `changes` the smallest real
    changes by measurement."""

    name: str
    title: str
    about: str
    cautions: tuple[str, ...]
    rules: tuple[Rule, ...]
    context: tuple[Context, ...]
    links: tuple[Link, ...]
    minimum: tuple[str, ...]
    changes: Mapping[str, RealChange]
    version: str
    sha256: str
    file: str | None

    def links_of(self, findings: Iterable[AnyFinding]) -> tuple[Link, ...]:
        """What the limited ones among these findings are associated with."""
        names = {found.rule for found in findings if found.verdict == "limited"}
        return tuple(link for link in self.links if names & set(link.rules))


@dataclass(frozen=True, slots=True)
class RuleBook:
    """A rules file, read and checked: sets and rules by name, the smallest real changes by measurement.

    `file` is the name of the file where it is not the shipped one. A caller loads it once and hands it down.
    """

    path: Path
    file: str | None
    version: str
    sha256: str
    sets: Mapping[str, RuleSet]
    rules: Mapping[str, Rule]
    changes: Mapping[str, RealChange]

    def rule_set(self, name: str = DEFAULT_SET) -> RuleSet:
        """The set `name`: its own rules, then those that every set applies. Raises RulesError."""
        if name not in self.sets:
            raise RulesError("rule_set_unknown", rules=name, choices=[*self.sets])
        return self.sets[name]

    def real_change(self, measurement: str) -> RealChange:
        """The smallest change of `measurement` that is real. Raises RulesError where none is known."""
        if measurement not in self.changes:
            raise RulesError("change_unknown", measurement=measurement, choices=[*self.changes])
        return self.changes[measurement]


def load_rules(file: Path | None = None) -> RuleBook:
    """The rules of `file`, else of the one that the environment names as DORSI_RULES, else the shipped ones.

    Raises RulesError with the place of the first thing that is wrong.
    """
    book, path, own, digest = load_book(file, "DORSI_RULES", RULES_FILE, RulesFile, RulesError)
    rules = {name: _rule(name, book) for name in book.rules}
    changes = {
        name: RealChange(name, entry.mdc, QUANTITIES[name].unit, book.cite(entry.sources))
        for name, entry in book.changes.items()
    }
    sets = {
        name: RuleSet(
            name=name,
            title=entry.title,
            about=entry.about,
            cautions=tuple(entry.cautions),
            # A set may move one of the common rules to its front.
            rules=tuple(rules[each] for each in dict.fromkeys([*entry.rules, *book.always])),
            context=tuple(
                Context.model_construct(name=each, source=book.cite(fact.sources), **dict(fact))
                for each, fact in book.context.items()
            ),
            links=tuple(_link(each, link, book) for each, link in book.links.items()),
            minimum=(*book.sets[DEFAULT_SET].rules, *book.always),
            changes=changes,
            version=book.version,
            sha256=digest,
            file=own,
        )
        for name, entry in book.sets.items()
    }
    return RuleBook(path, own, book.version, digest, sets, rules, changes)


def _rule(name: str, book: RulesFile) -> Rule:
    entry = book.rules[name]
    lender = book.rules[entry.bounds_of] if entry.bounds_of else entry
    bounds = {"limited_below": lender.limited_below, "meets_from": lender.meets_from}
    # What the file holds was checked there, and borrowed bounds are not written in the rule.
    return Rule.model_construct(name=name, source=book.cite(entry.sources), **dict(entry) | bounds)


def _link(name: str, entry: LinkEntry, book: RulesFile) -> Link:
    """`… is associated with an early heel lift (S2, S4); load that …`, and then the usual causes."""

    def keys(sources: list[str]) -> str:
        """Articles by their key, studies in words, without what stands in brackets."""
        words = {key: book.sources[key].split(" (")[0] for key in sources}
        return ", ".join(key if said.startswith(f"{key}:") else said for key, said in words.items())

    lines = "; ".join(f"{line.text} ({keys(line.sources)})" for line in entry.lines)
    text = f"{entry.title} {lines}."
    if entry.causes:
        text += f" {entry.causes.rstrip('.')} ({keys(entry.causes_sources)})."
    return Link(name, tuple(entry.rules), text, book.cite(entry.sources))
