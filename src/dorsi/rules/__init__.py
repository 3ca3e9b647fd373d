"""Thresholds with their sources, and the verdicts they give: on clips, on answers, on both sides together.

Not here: the values compared (`measurements.py`), the answers (`profile.py`).
"""

from dorsi.rules.answers import evaluate_answers, evaluate_leg
from dorsi.rules.book import Context, Link, RealChange, Rule, RuleBook, RuleSet, load_rules
from dorsi.rules.engine import RuleFinding, Verdict, evaluate, threshold_in_words
from dorsi.rules.schema import RuleTest
from dorsi.rules.sides import (
    TEST_AIMS,
    contradicted_touches,
    evaluate_asymmetry,
    evaluate_both,
    professional_verdict,
    with_touches_weighed,
    without_outranked,
)

__all__ = [
    "TEST_AIMS", "Context", "Link", "RealChange", "Rule", "RuleBook", "RuleFinding", "RuleSet", "RuleTest",
    "Verdict", "contradicted_touches", "evaluate", "evaluate_answers", "evaluate_asymmetry", "evaluate_both",
    "evaluate_leg", "load_rules", "professional_verdict", "threshold_in_words", "with_touches_weighed",
    "without_outranked",
]  # fmt: skip
