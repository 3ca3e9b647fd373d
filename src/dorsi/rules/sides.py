"""What follows from several findings together: left against right, ankle and big toe, signs and tests.

Not here: one clip (`engine.py`), answers (`answers.py`), whether two clips may be compared at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import hypot, isfinite

from dorsi.errors import RulesError
from dorsi.quantities import KNEES, RESULT_OF, TestName, with_plus_minus
from dorsi.rules.ankles import deciding, with_witnesses
from dorsi.rules.answers import SIDES
from dorsi.rules.book import Rule, RuleSet
from dorsi.rules.engine import NOT_COMPARED, RuleFinding, Verdict, finding_of
from dorsi.types import Measurement, Side, other_side

__all__ = [
    "TEST_AIMS", "evaluate_asymmetry", "evaluate_both", "professional_verdict",
]  # fmt: skip

TEST_AIMS = frozenset({"dorsiflexion", "big_toe", "heel", "squat", "arch"})
"""Aims whose findings are tests with a reference, as against signs, and sides set against each other."""


def evaluate_both(rule_set: RuleSet, findings: Sequence[RuleFinding]) -> list[RuleFinding]:
    """Ankle and big toe together, a side each; and whether signs come with a limited test.

    For the ankle of a side its one answer counts (`ankles.deciding`), so that a missed touch says nothing.
    Findings without a side are not used for "both". Rules of other sets than the default one do not speak
    here: an ankle under the mean of a group is not what the sources call limited.
    """
    found: list[RuleFinding] = []
    for rule in rule_set.rules:
        if rule.kind == "both":
            found += [_both(rule, rule_set, findings, side) for side in SIDES]
        elif rule.kind == "professional":
            found.append(finding_of(rule, *professional_verdict(rule_set, findings), None))
    return found


def evaluate_asymmetry(
    rule_set: RuleSet, left: Measurement, right: Measurement, test: TestName
) -> RuleFinding:
    """Left less right of the angle that a test is about, deg; limited when it exceeds its own ± and the bound
    of the rule for that test.

    Where the same angle is that of another test too, the finding is about the difference alone, or it would
    pass for the other test's.

    Its ± is the root of the sum of the two squares. The side of a limited finding is the more limited one.
    Whether the two clips may be compared is for the caller to say. Raises RulesError when the test is about
    no angle of one leg or the set has no such rule.
    """
    rule = next((rule for rule in rule_set.rules if test in rule.of_tests), None)
    if rule is None:
        raise RulesError("not_compared", measurement=RESULT_OF[test])
    verdict, difference = _difference(rule, left, right)
    side: Side | None = None
    if verdict == "limited":
        side = "left" if (difference.value or 0.0) < 0 else "right"
    size = None if difference.value is None else abs(difference.value)
    value, other = with_plus_minus(replace(difference, value=size)), other_side(side or "right")
    about = None if test in KNEES else RESULT_OF[test]
    return finding_of(rule, verdict, difference, side, about, value=value, other=other)


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
    known = _in_minimum(rule_set, findings)
    ankle = deciding(rule_set, [f for _, f in known], side)
    toe = next((f for aim, f in known if aim == "big_toe" and f.side == side), None)
    pair = [None if each is None else each.verdict for each in (ankle, toe)]
    limited = Measurement(float(pair.count("limited")))
    # Said of two tests: a toe that nobody filmed is not called fine because the ankle is.
    if None in pair:
        return finding_of(rule, *NOT_COMPARED, side)
    if "meets" in pair:
        return finding_of(rule, "meets", limited, side)
    return finding_of(rule, "limited" if limited.value == 2 else "borderline", limited, side)


def professional_verdict(rule_set: RuleSet, findings: Iterable[RuleFinding]) -> tuple[Verdict, Measurement]:
    """Whether signs come with a limited test, and how many tests are limited. Only rules of the minimum
    count, and no answer about an ankle that something else decides. A heel that was filmed as it rose
    where it should stay down is such a sign too, beside another test that is limited."""
    weighed = with_witnesses(rule_set, [*findings])
    known = _in_minimum(rule_set, (f for f in weighed if f.witness is None))
    named = [f.verdict for aim, f in known if aim == "signs"]
    tests = [f.verdict for aim, f in known if aim in TEST_AIMS]
    others = [f.verdict for aim, f in known if aim in TEST_AIMS - {"heel"}]
    risen = tests.count("limited") > others.count("limited")
    if not (named or risen) or not tests:
        return NOT_COMPARED
    limited = tests.count("limited")
    if risen and "limited" in others:
        return "limited", Measurement(float(limited))
    verdict: Verdict = "meets"
    if any(sign != "meets" for sign in named):
        verdict = "limited" if limited else "borderline" if "borderline" in tests else "meets"
    return verdict, Measurement(float(limited))
