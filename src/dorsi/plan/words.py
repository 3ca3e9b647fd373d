"""The sentences of a plan: what it is for, why a drill is in it, what change would be real.

Not here: choosing drills (`engine.py`), texts of drills (`drills.toml`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from dorsi.plan.book import DoseBy
from dorsi.quantities import JOINTS, QUANTITIES, VERBS, Repeated
from dorsi.rules import Rule, RuleBook, RuleFinding
from dorsi.types import other_side

__all__ = [
    "NO_PLAN", "Weight", "about", "about_upkeep", "change_sentence", "dose_in_words", "listed",
    "nothing_left", "reasons",
]  # fmt: skip

NO_PLAN: Final = "Nothing was measured, so there is no plan."
Weight = Literal["limited", "borderline", "sign"]
_BEHIND: Final[dict[Weight, str]] = {
    "limited": "", "borderline": " (borderline)", "sign": " (a sign you named)",
}  # fmt: skip
_OURS: Final = " (Dorsi's suggestion)"
_MEASURED_BY = {"tape_estimate_deg": "tape_cm"}
_MOST_REASONS = 2


def dose_in_words(
    dose: str, how_often: str, dose_by: DoseBy | None = None, how_often_by: DoseBy | None = None
) -> str:
    """`2 sets of 10 a side (Dorsi's suggestion) · daily`; said once where both figures are Dorsi's."""
    ours, often_ours = dose_by == "dorsi", how_often_by == "dorsi"
    parts = (f"{dose}{_OURS if ours and not often_ours else ''}", f"{how_often}{_OURS if often_ours else ''}")
    return " · ".join(part for part in parts if part)


def about(goals: Sequence[tuple[str, Weight]]) -> str:
    """What the plan is for: goals, each with the gravest that stands behind it."""
    by_weight = {weight: [goal for goal, its in goals if its == weight] for weight in _BEHIND}
    grave = by_weight.pop("limited")
    lesser = ", and ".join(
        f"for {listed(named)}{_BEHIND[weight]}" for weight, named in by_weight.items() if named
    )
    if not grave:
        return f"A plan {lesser}."
    return f"A plan for {listed(grave)}{f' first, then {lesser}' if lesser else ''}."


def about_upkeep(*, signs: bool, unknown: bool, outranked: bool) -> str:
    """Why there is no more than upkeep. `unknown`: a clip gave no number; `outranked`: a test at the wall or
    the tape says limited where a clip does not."""
    start = "Nothing measured is limited against its reference"
    if outranked:
        start = (
            "Your own test at the wall is limited; the clip of that ankle is not, and counts for more, so "
            "try your test again"
        )
    if unknown:
        start += ". What gave no number is not known, so film that again"
    if signs:
        return f"{start}. You named a sign: a gentle upkeep plan. See a professional if the sign stays."
    if unknown or outranked:
        return f"{start}. A gentle upkeep plan until then." if unknown else f"{start}: a gentle upkeep plan."
    return f"{start}. If you like, this short plan helps you keep it so."


def nothing_left(goals: Sequence[str], *, unanswered: bool) -> str:
    """That no drill is left for these goals, and what helps; `unanswered`: safety questions are open."""
    what = f"For {listed(goals)} no drill is left"
    if unanswered:
        return f"{what} that needs no answers: answer the safety questions first."
    return f"{what} beside what hurts: have it looked at first, by a physical therapist or a doctor."


def _clauses(findings: Sequence[RuleFinding], rules: Mapping[str, Rule]) -> list[str]:
    """What asks for one need, the gravest first: `“Minimum dorsiflexion” is limited on the left`."""
    # Two references for one quantity say one thing twice: the gravest speaks, then the first of the set.
    by_aim: dict[str, list[RuleFinding]] = {}
    for finding in sorted(findings, key=lambda f: f.verdict != "limited"):
        rule = rules[finding.rule]
        group = by_aim.setdefault(finding.measurement if rule.kind == "signs" else rule.aim, [])
        if not group or group[0].rule == finding.rule:
            group.append(finding)
    # Ankle and toe together is the greater concern.
    ranked = sorted(by_aim.values(), key=lambda group: rules[group[0].rule].kind != "both")
    return [_clause(group, rules) for group in ranked][:_MOST_REASONS]


def reasons(goal: str, wants: Sequence[Sequence[RuleFinding]], rules: Mapping[str, Rule]) -> str:
    """Why one drill is there: what its source gives it for, and the findings behind the first needs that it
    serves: `For ankle bend: “Minimum dorsiflexion for running” is limited on the left.`"""
    found = [clause for findings in wants[:_MOST_REASONS] for clause in _clauses(findings, rules)]
    return f"For {goal}: {listed(list(dict.fromkeys(found)))}."


def change_sentence(
    findings: Sequence[RuleFinding], measurements: Mapping[str, Repeated], rules: RuleBook
) -> str:
    """From where on a change is more than measurement error, for each quantity that was compared."""
    names = dict.fromkeys(_MEASURED_BY.get(f.measurement, f.measurement) for f in findings)
    asked = [rules.changes[name] for name in names if name in rules.changes and QUANTITIES[name].phrase]
    told, unknown = [], []
    for known in asked:
        quantity, found = QUANTITIES[known.measurement], measurements.get(known.measurement)
        # The next measurement is taken to be as sure as this one.
        least = known.mdc if found is None else known.between(found, found)
        if least is None:
            unknown.append(quantity.phrase)
        else:
            # An author and a year are enough here, and only behind a number that is theirs.
            tool = "a tape's" if quantity.unit == "cm" else "an inclinometer's"
            whose = f" ({tool}, {known.source.split(',')[0]})" if least == known.mdc else ""
            told.append(f"{least:.1f}{quantity.sign} in {quantity.phrase}{whose}")
    parts = []
    if told:
        parts.append(
            f"When you measure a leg again, count only a change of more than about {listed(told)}: two such "
            "clips may differ by less although nothing has changed."
        )
    if unknown:
        parts.append(f"In {listed(unknown)} count one that exceeds what two such clips may differ by.")
    return " ".join(parts)


def _clause(group: Sequence[RuleFinding], rules: Mapping[str, Rule]) -> str:
    first = group[0]
    rule = rules[first.rule]
    if rule.kind == "signs":
        return f"you named {rule.signs[first.measurement]}"
    if rule.kind == "both":
        return f"the ankle and the big toe are both limited{_where(group)}"
    if rule.kind == "difference":
        test = rule.of_tests[0]
        other = other_side(first.side or "right")
        return f"the {first.side} {JOINTS[test]} {VERBS[test][0]} less than the {other}"
    if rule.kind == "circles":
        return f"the kneeling circle is smaller{_where(group)}"
    by_verdict = [[f for f in group if f.verdict == verdict] for verdict in ("limited", "borderline")]
    said = [f"{part[0].verdict}{_where(part)}" for part in by_verdict if part]
    return f"“{rule.title}” is {listed(said)}"


def _where(group: Sequence[RuleFinding]) -> str:
    sides = {finding.side for finding in group if finding.side is not None}
    return " on both sides" if len(sides) == 2 else f" on the {sides.pop()}" if sides else ""


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
