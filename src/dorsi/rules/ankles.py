"""One answer an ankle: the filmed angle first, else the tape, else the touch; the others are its witnesses.

Not here: verdicts of single rules (`engine.py`, `answers.py`), left against right (`sides.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from dorsi.quantities import QUANTITIES
from dorsi.rules.answers import SIDES
from dorsi.rules.book import Rule, RuleSet
from dorsi.rules.engine import RuleFinding, Verdict, Witness
from dorsi.types import Side

__all__ = ["AnkleAnswer", "ankle_answers", "deciding", "with_witnesses"]

_STANDS: Final = {
    "meets": "clears the minimum for running",
    "borderline": "is too close to the minimum for running to call",
    "limited": "stays short of the minimum for running",
}  # fmt: skip
_STANDS_ELSE: Final = {
    "meets": "meets “{title}”", "borderline": "is borderline against “{title}”",
    "limited": "is limited against “{title}”",
}  # fmt: skip
_WITNESS: Final[dict[Witness, str]] = {
    "agrees": "agrees", "disagrees": "disagrees, so try that again", "undecided": "does not decide",
}  # fmt: skip

_TAPE: Final = ("tape_cm", "tape_estimate_deg")


@dataclass(frozen=True, slots=True)
class AnkleAnswer:
    """How one ankle stands, all told: `verdict` by the finding of `rule`; both None where nothing decides.

    `said` is one sentence on what decided and what its witnesses say, "" where there was but one voice.
    """

    side: Side
    verdict: Verdict | None
    rule: str | None
    said: str


def with_witnesses(rule_set: RuleSet, findings: Sequence[RuleFinding]) -> list[RuleFinding]:
    """The findings in their order; each answer about an ankle that something else decides says whether it
    bears that out. A rule of a reference group is no minimum, so the minimum of an answer decides nothing
    beside it."""
    weighed = list(findings)
    for side in SIDES:
        first = deciding(rule_set, findings, side)
        if first is None:
            continue
        for n, each in enumerate(weighed):
            if each is not first and each.side == side and _about_ankle(rule_set, each, "answers"):
                weighed[n] = replace(each, witness=_witness(rule_set, each, first))
    return weighed


def ankle_answers(rule_set: RuleSet, findings: Sequence[RuleFinding]) -> list[AnkleAnswer]:
    """One answer for each ankle that a clip, the tape or the touch says something of; findings as weighed."""
    found = []
    for side in SIDES:
        first = deciding(rule_set, findings, side)
        others = [f for f in findings if f.side == side and f.witness is not None]
        if first is not None and first.measurement in _TAPE:
            # Its own estimate is no other voice.
            others = [f for f in others if f.measurement not in _TAPE]
        if first is None:
            missed = any(f.side == side and _about_ankle(rule_set, f, "answers") for f in findings)
            if missed:
                said = (
                    f"{side.capitalize()} ankle: a knee that does not reach the wall decides nothing; film "
                    "the lunge, or measure with the tape."
                )
                found.append(AnkleAnswer(side, None, None, said))
            continue
        said = _sentence(rule_set, side, first, others) if others else ""
        found.append(AnkleAnswer(side, first.verdict, first.rule, said))
    return found


def deciding(rule_set: RuleSet, findings: Iterable[RuleFinding], side: Side) -> RuleFinding | None:
    """The finding that answers for an ankle: of a clip by the first rule of the set, else of the tape, else a
    touch; a missed touch never."""
    order = {rule.name: n for n, rule in enumerate(rule_set.rules)}
    of_side = sorted((f for f in findings if f.side == side and f.rule in order), key=lambda f: order[f.rule])
    filmed = [f for f in of_side if _about_ankle(rule_set, f, "lunge")]
    told = [f for f in of_side if _about_ankle(rule_set, f, "answers")]
    tape = [f for f in told if _rule(rule_set, f).kind != "yes"]
    touched = [f for f in told if _rule(rule_set, f).kind == "yes" and f.verdict == "meets"]
    return next(iter([*filmed, *tape, *touched]), None)


def _about_ankle(rule_set: RuleSet, finding: RuleFinding, test: str) -> bool:
    """Whether a rule of that test has judged how far an ankle bends."""
    rule = next((rule for rule in rule_set.rules if rule.name == finding.rule), None)
    return (
        rule is not None
        and finding.verdict != "not_measured"
        and (rule.aim, rule.test) == ("dorsiflexion", test)
    )


def _rule(rule_set: RuleSet, finding: RuleFinding) -> Rule:
    return next(rule for rule in rule_set.rules if rule.name == finding.rule)


def _witness(rule_set: RuleSet, answer: RuleFinding, first: RuleFinding) -> Witness:
    verdicts = {answer.verdict, first.verdict}
    if "borderline" in verdicts or not {answer.rule, first.rule} <= set(rule_set.minimum):
        return "undecided"
    return "agrees" if len(verdicts) == 1 else "disagrees"


def _sentence(rule_set: RuleSet, side: Side, first: RuleFinding, others: Sequence[RuleFinding]) -> str:
    rule = _rule(rule_set, first)
    words = _STANDS if first.rule in rule_set.minimum else _STANDS_ELSE
    said = [f"{_voice(rule, first)} {words[first.verdict].format(title=rule.title)}"]
    said += [f"{_voice(_rule(rule_set, f), f)} {_WITNESS[f.witness]}" for f in others if f.witness]
    return f"{side.capitalize()} ankle: {'; '.join(said)}."


def _voice(rule: Rule, finding: RuleFinding) -> str:
    """`the film (33.5°)`, `the tape (about 29°)`, `the knee at the wall`."""
    if rule.kind == "yes":
        return "the touch at the wall" if finding.verdict == "meets" else "the missed touch at the wall"
    value = f"{finding.value:.1f}{QUANTITIES[finding.measurement].sign}"
    if rule.test == "lunge":
        return f"the film ({value})"
    return f"the tape (about {finding.value:.0f}°)" if rule.deg_per_cm else f"the tape ({value})"
