"""Thresholds in plain words, with their units.

Not here: the sentences of findings (`rules.toml`).
"""

from __future__ import annotations

from dorsi.quantities import UNIT_SIGNS
from dorsi.rules.book import Rule

__all__ = ["bound_in_words", "threshold_in_words"]


def bound_in_words(bound: float, unit: str) -> str:
    """`12°`, `5 mm`: a threshold has no ±."""
    return f"{bound:g}{UNIT_SIGNS.get(unit, '')}"


def threshold_in_words(rule: Rule) -> str:
    """When the rule is limited, borderline, met; one line."""
    high = bound_in_words(rule.threshold, rule.unit)
    if rule.kind in ("at_least", "heel_lift"):
        low = rule.threshold if rule.limited_below is None else rule.limited_below
        below = bound_in_words(low, rule.unit)
        between = f", borderline from {low:g} to {high}" if low < rule.threshold else ""
        return f"limited below {below}{between}, meets from {high}"
    return {
        "at_most": f"meets below {high}, limited from {high}",
        "difference": f"limited when greater than its own ± and than {high}",
        "yes": "yes meets, no is limited",
        "circles": "alike meets, a smaller one is borderline",
        "signs": "none meets, each sign named is borderline",
        "both": "limited when both are limited",
        "professional": "limited when a sign comes with a limited test",
    }[rule.kind]
