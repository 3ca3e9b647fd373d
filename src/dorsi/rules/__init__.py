"""Thresholds with their sources, and the verdicts they give: on clips, on answers, on both sides together.

Not here: the values compared (`measurements.py`), the answers (`profile.py`).
"""

from dorsi.rules.ankles import AnkleAnswer, ankle_answers, with_witnesses
from dorsi.rules.answers import evaluate_answers, evaluate_leg
from dorsi.rules.book import Context, Link, RealChange, Rule, RuleBook, RuleSet, load_rules
from dorsi.rules.engine import RuleFinding, Verdict, Witness, evaluate, threshold_in_words
from dorsi.rules.schema import RuleTest
from dorsi.rules.sides import (
    TEST_AIMS,
    evaluate_asymmetry,
    evaluate_both,
    professional_verdict,
)

__all__ = [
    "TEST_AIMS", "AnkleAnswer", "Context", "Link", "RealChange", "Rule", "RuleBook", "RuleFinding",
    "RuleSet", "RuleTest", "Verdict", "Witness", "ankle_answers", "evaluate", "evaluate_answers",
    "evaluate_asymmetry", "evaluate_both", "evaluate_leg", "load_rules", "professional_verdict",
    "threshold_in_words", "with_witnesses",
]  # fmt: skip
