"""What follows from several findings together: left against right, ankle and big toe, signs and tests.

Not here: one clip (`engine.py`), answers (`answers.py`), whether two clips may be compared at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import hypot, isfinite
from typing import TypeVar

from dorsi.errors import RulesError
from dorsi.quantities import DECIDING, JOINTS, KNEES, QUANTITIES
from dorsi.rules.answers import SIDES
from dorsi.rules.book import AnyFinding, Rule, RuleSet
from dorsi.rules.engine import NOT_COMPARED, RuleFinding, Verdict, finding_of
from dorsi.types import Measurement, Side

__all__ = [
    "TEST_AIMS", "contradicted_touches", "evaluate_asymmetry", "evaluate_both", "professional_verdict",
    "with_touches_weighed", "without_outranked",
]  # fmt: skip

TEST_AIMS = frozenset({"dorsiflexion", "big_toe", "heel", "squat", "arch"})
"""Aims whose findings are tests with a reference, as against signs, and sides set against each other."""

Found = TypeVar("Found", bound=AnyFinding)
_CONTRADICTED = "The clip of this ankle meets its reference and counts for more: try the touch again."


def _filmed(findings: Sequence[AnyFinding]) -> dict[Side | None, str]:
    """The verdict on each ankle that a clip has measured, by the rule that leads."""
    filmed: dict[Side | None, str] = {}
    for f in findings:
        if f.measurement in DECIDING["lunge"] and f.verdict != "not_measured":
            # Sides set against each other come later.
            filmed.setdefault(f.side, f.verdict)
    return filmed


def without_outranked(findings: Iterable[Found]) -> list[Found]:
    """Findings without the tape estimate of an ankle that a clip has measured: 3.6° a centimetre reads low at
    short distances, so it would call ankles limited that the clip shows are not."""
    known = list(findings)
    filmed = _filmed(known)
    return [f for f in known if f.measurement != "tape_estimate_deg" or f.side not in filmed]


def _failed_touch(finding: AnyFinding) -> bool:
    return finding.measurement == "knee_to_wall" and finding.verdict == "limited"


def contradicted_touches(findings: Iterable[AnyFinding]) -> list[Side]:
    """Sides where the knee did not reach the wall although the clip meets its reference: the clip counts for
    more there, and the touch is worth another try."""
    known = list(findings)
    filmed = _filmed(known)
    failed = {f.side for f in known if _failed_touch(f)}
    return [side for side in SIDES if side in failed and filmed.get(side) == "meets"]


def with_touches_weighed(findings: Sequence[RuleFinding]) -> list[RuleFinding]:
    """The findings, with a word on each touch that a clip contradicts."""
    sides = contradicted_touches(findings)
    return [
        replace(f, message=f"{f.message} {_CONTRADICTED}") if _failed_touch(f) and f.side in sides else f
        for f in findings
    ]


def evaluate_both(rule_set: RuleSet, findings: Sequence[RuleFinding]) -> list[RuleFinding]:
    """Ankle and big toe together, a side each; and whether signs come with a limited test.

    The ankle of a side is judged by the first rule of the set about it that was measured there: a clip before
    an answer. Findings without a side are not used for "both". Rules of other sets than the default one do
    not speak here: an ankle under the mean of a group is not what the sources call limited.
    """
    found: list[RuleFinding] = []
    for rule in rule_set.rules:
        if rule.kind == "both":
            found += [_both(rule, rule_set, findings, side) for side in SIDES]
        elif rule.kind == "professional":
            found.append(finding_of(rule, *professional_verdict(rule_set, findings), None))
    return found


def evaluate_asymmetry(
    rule_set: RuleSet, left: Measurement, right: Measurement, measurement: str, test: str | None = None
) -> RuleFinding:
    """Left less right of one angle, deg; limited when it exceeds its own ± and the bound of the rule.

    `test` is the one it was measured in, where that is not the quantity's own; the finding is then about the
    difference alone, never about the quantity, which would pass for the other test's.

    Its ± is the root of the sum of the two squares. The side of a limited finding is the more limited one.
    Whether the two clips may be compared is for the caller to say. Raises RulesError when `measurement` is
    no angle (a tape distance must never become degrees) or the set has no such rule.
    """
    rule = next((rule for rule in rule_set.rules if rule.kind == "difference"), None)
    known = QUANTITIES.get(measurement)
    if rule is None or known is None or known.unit != "deg" or not known.tests:
        raise RulesError("not_compared", measurement=measurement)
    joint = JOINTS[known.tests[0]]
    knee = KNEES.get(test or "")
    # Ankles, straight or bent, and toes of one screen must be told apart.
    told = f"{joint}s, {knee}" if knee else f"{joint}s"
    rule = rule.model_copy(update={"title": f"{rule.title}: {told}"})
    verdict, difference = _difference(rule, left, right)
    side: Side | None = None
    if verdict == "limited":
        side = "left" if (difference.value or 0.0) < 0 else "right"
    quantity = f"{known.label.lower()} with the {knee}" if knee else known.label.lower()
    about = None if knee else measurement
    return finding_of(rule, verdict, difference, side, about, joint=joint, quantity=quantity)


def _difference(rule: Rule, left: Measurement, right: Measurement) -> tuple[Verdict, Measurement]:
    if left.value is None or right.value is None or not isfinite(left.value - right.value):
        return NOT_COMPARED
    half = None
    if left.uncertainty_95 is not None and right.uncertainty_95 is not None:
        half = hypot(left.uncertainty_95, right.uncertainty_95)
    difference, size = Measurement(left.value - right.value, half), abs(left.value - right.value)
    if half is None or not isfinite(half):
        return "borderline", difference
    if size > max(half, rule.threshold):
        return "limited", difference
    return ("meets" if size + half <= rule.threshold else "borderline"), difference


def _in_minimum(rule_set: RuleSet, findings: Iterable[RuleFinding]) -> list[tuple[str, RuleFinding]]:
    """Findings that were compared, each after the aim of its rule, in the order of the set; those of rules
    outside it, or beyond the minimum that the default set asks for, are left out."""
    order = {rule.name: n for n, rule in enumerate(rule_set.rules) if rule.name in rule_set.minimum}
    aims = {rule.name: rule.aim for rule in rule_set.rules}
    known = [f for f in findings if f.rule in order and f.verdict != "not_measured"]
    return [(aims[f.rule], f) for f in sorted(known, key=lambda f: order[f.rule])]


def _both(rule: Rule, rule_set: RuleSet, findings: Sequence[RuleFinding], side: Side) -> RuleFinding:
    here = [(aim, f.verdict) for aim, f in _in_minimum(rule_set, findings) if f.side == side]
    pair = [
        next((verdict for aim, verdict in here if aim == each), None) for each in ("dorsiflexion", "big_toe")
    ]
    limited = Measurement(float(pair.count("limited")))
    if "meets" in pair:
        return finding_of(rule, "meets", limited, side)
    if None in pair:
        return finding_of(rule, *NOT_COMPARED, side)
    return finding_of(rule, "limited" if limited.value == 2 else "borderline", limited, side)


def professional_verdict(rule_set: RuleSet, findings: Iterable[RuleFinding]) -> tuple[Verdict, Measurement]:
    """Whether signs come with a limited test, and how many tests are limited. Only rules of the minimum
    count, and no tape estimate of an ankle that a clip has measured."""
    known = _in_minimum(rule_set, without_outranked(findings))
    signs = [f.verdict for aim, f in known if aim == "signs"]
    tests = [f.verdict for aim, f in known if aim in TEST_AIMS]
    if not signs or not tests:
        return NOT_COMPARED
    limited = tests.count("limited")
    verdict: Verdict = "meets"
    if any(sign != "meets" for sign in signs):
        verdict = "limited" if limited else "borderline" if "borderline" in tests else "meets"
    return verdict, Measurement(float(limited))
