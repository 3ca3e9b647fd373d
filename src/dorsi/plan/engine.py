"""From findings to a short plan: three to five drills in order, each with its reason; when to measure again.

Not here: drills, doses, goals (`drills.toml`), the findings (`rules/`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dorsi.plan.book import LEAST_DRILLS, MOST_DRILLS, Books, DoseBy, Drill, DrillBook, Need
from dorsi.plan.words import NO_PLAN, Weight, about, about_upkeep, change_sentence, reasons
from dorsi.quantities import Repeated
from dorsi.rules import TEST_AIMS, Rule, RuleFinding, professional_verdict
from dorsi.types import Side

__all__ = ["Plan", "PlanItem", "plan_for"]


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One drill of a plan. `drill` is its title, `name` its key; `why` names the finding it answers. `side`
    is the one it is for, None for both; `dose_by` and `how_often_by` say whose figure it is."""

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


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, in order. `about` says in a sentence what the plan is for, or why there is none;
    `alternatives` are titles of drills that may stand in; `remeasure` when to measure again; `real_change`
    what change is more than measurement error. No items: nothing was measured."""

    items: tuple[PlanItem, ...]
    about: str
    alternatives: tuple[str, ...]
    remeasure: str
    real_change: str
    cautions: tuple[str, ...]
    see_a_professional: bool


@dataclass(slots=True)
class _AskedNeed:
    """A need that some findings ask for."""

    need: Need
    findings: list[RuleFinding] = field(default_factory=list)

    @property
    def limited(self) -> bool:
        return any(finding.verdict == "limited" for finding in self.findings)

    @property
    def weight(self) -> Weight:
        """The gravest that stands behind it: a limited finding, a borderline one, a sign alone."""
        if self.limited:
            return "limited"
        return "sign" if all(finding.rule == "signs" for finding in self.findings) else "borderline"


def plan_for(
    findings: Sequence[RuleFinding],
    books: Books,
    *,
    measurements: Mapping[str, Repeated] | None = None,
) -> Plan:
    """The plan that follows from the findings of one clip, of answers, or of both sides together.

    A limited finding asks for drills, a borderline one mildly: the needs of limited findings come first, and
    there are fewer drills without one. A clip outranks an answer about the same ankle. Nothing limited: a
    short upkeep plan, with springy drills only when the ankle meets its reference and no sign was named.
    `measurements` by their key, for what change would be real.
    """
    book, rules = books.drills, books.rules.rules
    known = [f for f in findings if f.rule in rules and f.verdict != "not_measured"]
    change = change_sentence(known, measurements or {}, books.rules)
    professional = professional_verdict(books.rules.rule_set(), known)[0] == "limited"
    if not any(rules[f.rule].aim in TEST_AIMS or f.verdict != "meets" for f in known):
        return Plan((), NO_PLAN, (), "", "", book.cautions, False)
    wants = _wants(_without_outranked(known, rules), rules, book)
    if not wants:
        return _upkeep(findings, rules, book, change, professional)
    chosen = _choose(wants)
    items = []
    for name, answered in chosen.items():
        sides = {finding.side for want in answered for finding in want.findings}
        why = reasons([(want.need.goal, want.findings) for want in answered], rules)
        items.append(_item(book.drills[name], why, sides.pop() if len(sides) == 1 else None))
    others = [name for want in wants for name in want.need.alternatives]
    # Alternatives first, then drills that found no room.
    others += [name for want in wants for name in want.need.drills]
    return Plan(
        items=tuple(sorted(items, key=lambda item: _place(book.drills[item.name]))),
        about=about([(want.need.goal, want.weight) for want in wants]),
        alternatives=_titles(others, chosen, book),
        remeasure=book.remeasure,
        real_change=change,
        cautions=book.cautions,
        see_a_professional=professional,
    )


def _without_outranked(known: Sequence[RuleFinding], rules: Mapping[str, Rule]) -> list[RuleFinding]:
    """Findings without the answers about an ankle that a clip has measured."""

    def is_of_ankle(found: RuleFinding, test: str) -> bool:
        return (rules[found.rule].aim, rules[found.rule].test) == ("dorsiflexion", test)

    filmed = {f.side for f in known if is_of_ankle(f, "lunge")}
    return [f for f in known if not (is_of_ankle(f, "answers") and f.side in filmed)]


def _wants(known: Sequence[RuleFinding], rules: Mapping[str, Rule], book: DrillBook) -> list[_AskedNeed]:
    """Needs that are asked for: those of a limited finding first, then in the order of the file."""
    wants = {need.name: _AskedNeed(need) for need in book.needs}
    for finding in known:
        if finding.verdict not in ("limited", "borderline"):
            continue
        for aim in _aims(finding, rules):
            for need in book.needs:
                if aim in need.aims or aim in need.signs:
                    wants[need.name].findings.append(finding)
    asked = [want for want in wants.values() if want.findings]
    return sorted(asked, key=lambda want: not want.limited)


def _aims(finding: RuleFinding, rules: Mapping[str, Rule]) -> tuple[str, ...]:
    """What a finding asks to be changed: aims, or the key of a sign."""
    aim = rules[finding.rule].aim
    if aim == "signs":
        return (finding.measurement,)
    if aim == "both":
        return ("dorsiflexion", "big_toe") if finding.verdict == "limited" else ()
    if aim == "symmetry":
        if finding.verdict != "limited":
            return ()
        return tuple({r.aim for r in rules.values() if r.measurement == finding.measurement})
    return (aim,)


def _choose(wants: Sequence[_AskedNeed]) -> dict[str, list[_AskedNeed]]:
    """Drill names in order, each with the wants it answers: by turns, so that every need gets its first drill
    before any gets its second. A drill that is there already serves another need too."""
    limited = sum(want.limited for want in wants)
    size = min(MOST_DRILLS, max(LEAST_DRILLS + min(limited, 2), len(wants)))
    chosen: dict[str, list[_AskedNeed]] = {}
    for turn in range(MOST_DRILLS):
        for want in wants:
            there = next((name for name in want.need.drills if name in chosen), None)
            if turn == 0 and there is not None:
                chosen[there].append(want)
                continue
            fresh = next((name for name in want.need.drills if name not in chosen), None)
            if fresh is not None and len(chosen) < size:
                chosen[fresh] = [want]
    return chosen


def _item(drill: Drill, why: str, side: Side | None = None) -> PlanItem:
    alike = {key: value for key, value in drill if key in PlanItem.__slots__}
    return PlanItem(drill=drill.title, why=why, side=side, **alike)


def _place(drill: Drill) -> int:
    """Warm-ups first, springy drills last, the rest as chosen."""
    return 0 if "warm_up" in drill.aims else 2 if "spring" in drill.aims else 1


def _titles(names: Iterable[str], chosen: Collection[str], book: DrillBook) -> tuple[str, ...]:
    """What may stand in for the chosen ones."""
    return tuple(book.drills[name].title for name in dict.fromkeys(names) if name not in chosen)


def _upkeep(
    findings: Sequence[RuleFinding],
    rules: Mapping[str, Rule],
    book: DrillBook,
    change: str,
    professional: bool,
) -> Plan:
    """Nothing is limited, or borderline in a way that a drill could change, or only answers that a clip
    outranks are. A clip without a number is an ankle or a toe nobody knows: no springs then."""
    judged = [(rules[f.rule], f.verdict) for f in findings if f.rule in rules]
    signs = any(rule.aim == "signs" and verdict not in ("meets", "not_measured") for rule, verdict in judged)
    unknown = any(
        rule.test in ("lunge", "big_toe") and rule.aim in ("dorsiflexion", "big_toe")
        for rule, verdict in judged
        if verdict == "not_measured"
    )
    ankles = {verdict for rule, verdict in judged if rule.aim == "dorsiflexion"} - {"not_measured"}
    names = list(book.upkeep.drills)
    others = names
    if ankles == {"meets"} and not unknown and not signs:
        names = [*names[: LEAST_DRILLS - 1], *book.upkeep.once_mobile]
        others = [*book.upkeep.alternatives, *others]
    return Plan(
        items=tuple(_item(book.drills[name], f"For {book.upkeep.goal}.") for name in names),
        about=about_upkeep(signs=signs, unknown=unknown, outranked="limited" in ankles),
        alternatives=_titles(others, names, book),
        remeasure=book.remeasure_unknown if unknown else book.remeasure_nothing_limited,
        real_change=change,
        cautions=book.cautions,
        see_a_professional=professional,
    )
