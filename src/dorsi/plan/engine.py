"""From findings to a short plan: up to five drills of the stage reached, each with its reason; what surrounds
them.

Not here: drills, doses, goals (`drills.toml`), the findings (`rules/`), what keeps a drill out (`limits.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dorsi.plan.book import LEAST_DRILLS, MOST_DRILLS, Books, Drill, DrillBook, Need
from dorsi.plan.limits import Limits, limits_of, sore_places
from dorsi.plan.model import Plan, PlanItem, SafetyNote, StageNote
from dorsi.plan.week import Weekly, minutes_of, week_of
from dorsi.plan.words import NO_PLAN, Weight, about, about_upkeep, change_sentence, nothing_left, reasons
from dorsi.profile import Clearance, Profile, SafetyState, safety_state
from dorsi.quantities import Repeated
from dorsi.rules import TEST_AIMS, Rule, RuleFinding, professional_verdict
from dorsi.types import Side

__all__ = ["plan_for", "safety_note", "stopped_plan"]


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
    profile: Profile | None = None,
    clearance: Clearance | None = None,
) -> Plan:
    """The plan that follows from the findings of one clip, of answers, or of both sides together.

    Safety comes first: a yes in the `profile` and there is no plan, unless a therapist's `clearance` lifts
    it; while a question is open (as without a profile) only drills that are safe for anyone. A limited
    finding asks for drills, a borderline one mildly: the needs of limited findings come first, and there are
    fewer drills without one. A clip outranks an answer about the same ankle. Nothing limited: a short upkeep
    plan. The drills are those of the stage reached, and of earlier ones, that pain and one-sided trouble
    leave. `measurements` by their key, for what change would be real.
    """
    safety = safety_state(profile, clearance)
    if safety.state == "stop":
        return stopped_plan(safety)
    book, rules = books.drills, books.rules.rules
    known = [f for f in findings if f.rule in rules and f.verdict != "not_measured"]
    sore = bool(sore_places(profile))
    base = Plan(
        items=(), about=NO_PLAN, alternatives=(), remeasure="", real_change="",
        cautions=book.cautions, see_a_professional=False, safety=safety_note(safety),
    )  # fmt: skip
    if not any(rules[f.rule].aim in TEST_AIMS or f.verdict != "meets" for f in known):
        return base
    at_once = professional_verdict(books.rules.rule_set(), known)[0] == "limited"
    base = replace(
        base, real_change=change_sentence(known, measurements or {}, books.rules), see_a_professional=at_once
    )
    if at_once:
        # Who is to see somebody now is not told to wait.
        base = replace(base, cautions=tuple(each for each in book.cautions if each != book.pain_caution))
    seen_first = sore and at_once
    of_pain = (book.pain_now if at_once else f"You named a pain. {book.pain_caution}") if sore else ""
    wants = _wants(_asking(known, rules), rules, book)
    if not wants:
        plan = _upkeep(base, findings, rules, book, (profile, safety))
        plan = replace(plan, about=f"{plan.about} {of_pain}".rstrip())
        return _after_seen(plan, book) if seen_first else plan
    limited = any(want.limited for want in wants)
    limits = limits_of(profile, safety, book, limited=limited, known=not _unknown(findings, rules))
    wants = [replace(want, need=limits.suited(want.need, book)) for want in wants]
    chosen = _choose(wants, limits, book)
    items = []
    for name, answered in chosen.items():
        sides = {finding.side for want in answered for finding in want.findings}
        why = reasons(book.drills[name].goal, [want.findings for want in answered], rules)
        items.append(_item(book.drills[name], why, sides.pop() if len(sides) == 1 else None))
    served = [want for want in wants if limits.in_order(want.need.drills, book)]
    said = [about([(want.need.goal, want.weight) for want in served])] if served else []
    if left := [want.need.goal for want in wants if want not in served]:
        said.append(nothing_left(left, unanswered=limits.safe_only))
    if of_pain:
        said.append(of_pain)
    base = replace(base, about=" ".join(said), remeasure=book.remeasure)
    plan = _laid_out(base, items, [want.need for want in wants], limits, book)
    return _after_seen(plan, book) if seen_first else plan


def _after_seen(plan: Plan, book: DrillBook) -> Plan:
    """The plan of somebody who is to be seen for a pain first: no calendar leads to the next stage."""
    stages = tuple(replace(each, before_next=book.after_seen if each.now else "") for each in plan.stages)
    return replace(plan, remeasure=book.after_seen, stages=stages)


def stopped_plan(safety: SafetyState) -> Plan:
    """No plan, and whom to see instead: what answers that stop leave."""
    return Plan((), safety.line, (), "", "", (), see_a_professional=False, safety=safety_note(safety))


def safety_note(safety: SafetyState) -> SafetyNote:
    """What the safety answers allow, as a plan carries it."""
    return SafetyNote(safety.state, safety.line, safety.questions, safety.flags, safety.lifted)


def _laid_out(
    base: Plan, items: Iterable[PlanItem], needs: Sequence[Need], limits: Limits, book: DrillBook
) -> Plan:
    """The plan with its items in order, and with all that follows from them."""
    found = sorted(items, key=lambda item: _place(book.drills[item.name]))
    chosen = {item.name for item in found}
    # Alternatives first, then drills that found no room.
    others = [name for need in needs for name in need.alternatives]
    others += [name for need in needs for name in need.drills]
    others = [name for name in dict.fromkeys(others) if name not in chosen]
    may = [name for name in others if limits.lets_now(book.drills[name])]
    weekly = [Weekly(item.name, item.days_a_week, item.minutes) for item in found]
    week = week_of(weekly) if weekly else ()
    return replace(
        base,
        items=tuple(replace(item, substitutes=_substitutes(item, may, needs, book)) for item in found),
        alternatives=tuple(book.drills[name].title for name in may),
        stage=limits.stage,
        stages=_stages(needs, limits, book),
        week=week,
        minutes_a_day=minutes_of(week, weekly),
        withheld=limits.withheld([*(name for need in needs for name in need.drills), *others], book),
    )


def _substitutes(
    item: PlanItem, may: Collection[str], needs: Sequence[Need], book: DrillBook
) -> tuple[str, ...]:
    """Titles of the drills that serve a need of this one, in the same stage and with an aim in common: a bath
    for tired legs is no stretch."""
    alike = [
        name for need in needs if item.name in need.drills for name in (*need.alternatives, *need.drills)
    ]
    aims = set(book.drills[item.name].aims)
    drills = [book.drills[name] for name in dict.fromkeys(alike) if name in may]
    return tuple(drill.title for drill in drills if drill.stage == item.stage and aims & set(drill.aims))


def _stages(needs: Sequence[Need], limits: Limits, book: DrillBook) -> tuple[StageNote, ...]:
    """Every stage, with its drills for these needs."""
    drills = [book.drills[name] for name in dict.fromkeys(name for need in needs for name in need.drills)]
    return tuple(
        StageNote(
            stage.name, stage.title, stage.name == limits.stage, stage.before_next,
            tuple(drill.title for drill in drills if drill.stage == stage.name and limits.lets(drill)),
        )
        for stage in book.stages
    )  # fmt: skip


def _asking(known: Sequence[RuleFinding], rules: Mapping[str, Rule]) -> list[RuleFinding]:
    """Findings without the answers about an ankle that a clip has measured, and without a no that decides
    nothing."""

    def is_of_ankle(found: RuleFinding, test: str) -> bool:
        return (rules[found.rule].aim, rules[found.rule].test) == ("dorsiflexion", test)

    filmed = {f.side for f in known if is_of_ankle(f, "lunge")}
    return [
        f
        for f in known
        if not (is_of_ankle(f, "answers") and f.side in filmed)
        and (f.verdict == "meets" or rules[f.rule].no != "borderline")
    ]


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


def _choose(wants: Sequence[_AskedNeed], limits: Limits, book: DrillBook) -> dict[str, list[_AskedNeed]]:
    """Drill names in order, each with the wants it answers: by turns, so that every need gets its first drill
    before any gets its second. A drill that is there already serves another need too."""
    limited = sum(want.limited for want in wants)
    size = min(MOST_DRILLS, max(LEAST_DRILLS + min(limited, 2), len(wants)))
    orders = [(want, limits.in_order(want.need.drills, book)) for want in wants]
    chosen: dict[str, list[_AskedNeed]] = {}
    for turn in range(MOST_DRILLS):
        for want, order in orders:
            there = next((name for name in order if name in chosen), None)
            if turn == 0 and there is not None:
                chosen[there].append(want)
                continue
            fresh = next((name for name in order if name not in chosen), None)
            if fresh is not None and len(chosen) < size:
                chosen[fresh] = [want]
    return chosen


def _item(drill: Drill, why: str, side: Side | None = None) -> PlanItem:
    alike = {key: value for key, value in drill if key in PlanItem.__slots__}
    return PlanItem(
        drill=drill.title,
        why=why,
        side=None if drill.both_legs_at_once else side,
        **alike | {"slots": tuple(drill.slots)},
    )


def _place(drill: Drill) -> int:
    """Warm-ups first, springy drills last, the rest as chosen."""
    return 0 if "warm_up" in drill.aims else 2 if "spring" in drill.aims else 1


def _unknown(findings: Iterable[RuleFinding], rules: Mapping[str, Rule]) -> bool:
    """Whether a clip of an ankle or a big toe gave no number: a joint that nobody knows."""
    judged = [rules[f.rule] for f in findings if f.rule in rules and f.verdict == "not_measured"]
    return any(
        rule.test in ("lunge", "big_toe") and rule.aim in ("dorsiflexion", "big_toe") for rule in judged
    )


def _upkeep(
    base: Plan,
    findings: Sequence[RuleFinding],
    rules: Mapping[str, Rule],
    book: DrillBook,
    person: tuple[Profile | None, SafetyState],
) -> Plan:
    """Nothing is limited, or borderline in a way that a drill could change, or only answers that a clip
    outranks are. No springs for an ankle that no test has shown to meet its reference."""
    judged = [(rules[f.rule], f.verdict) for f in findings if f.rule in rules]
    signs = any(rule.aim == "signs" and verdict not in ("meets", "not_measured") for rule, verdict in judged)
    unknown = _unknown(findings, rules)
    ankles = {verdict for rule, verdict in judged if rule.aim == "dorsiflexion"} - {"not_measured"}
    limits = limits_of(*person, book, limited=False, known=ankles == {"meets"} and not unknown)
    upkeep = limits.suited(book.upkeep, book)
    names = limits.in_order(upkeep.drills, book)[:LEAST_DRILLS]
    said = about_upkeep(signs=signs, unknown=unknown, outranked="limited" in ankles)
    base = replace(
        base,
        about=said if names else f"{said} {nothing_left([upkeep.goal], unanswered=limits.safe_only)}",
        remeasure=book.remeasure_unknown if unknown else book.remeasure_nothing_limited,
    )
    items = [_item(book.drills[name], f"For {book.drills[name].goal}.") for name in names]
    return _laid_out(base, items, [upkeep], limits, book)
