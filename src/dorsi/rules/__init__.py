"""Thresholds with their sources, and the verdicts they give.

Not here: the values compared (`measurements.py`).
"""

from dorsi.rules.book import Rule, RuleSet, load_rules, rule_sets
from dorsi.rules.engine import Finding, Verdict, evaluate

__all__ = ["Finding", "Rule", "RuleSet", "Verdict", "evaluate", "load_rules", "rule_sets"]
