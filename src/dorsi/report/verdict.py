"""The words that answer the runner: one sentence for terminal and page, and what it is made of.

Not here: the findings' own messages (`rules/rules.toml`), names of the tests (`exam.py`), the answer as a
page shows it (`pages/answer.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from dorsi.errors import RulesError
from dorsi.report.exam import YOUNG_ADULTS_DEG, exam_of
from dorsi.report.model import Finding, Measured, Reason, Report, RulesUsed, Verdict
from dorsi.rules import Link, Rule, RuleSet, load_rules

__all__ = [
    "YOUNG_ADULTS_DEG", "first_reason", "headline_finding", "links_of", "rule_set_of", "title_of", "tone_of",
    "verdict_of", "verdict_sentence", "with_plus_minus", "worst_of",
]  # fmt: skip

_WORDS = {
    "meets": "meets",
    "borderline": "is borderline against",
    "limited": "is limited against",
    "not_measured": "was not compared with",
}
_SQUAT_PARTS = {
    "peak_knee_flexion_deg": "depth",
    "peak_knee_over_foot_percent": "knees over the feet",
    "max_heel_lift_mm": "heels",
}
_WORST_FIRST: tuple[Verdict, ...] = ("limited", "borderline", "not_measured", "meets")


class Judged(Protocol):
    """What a finding of a report and one of a screen have in common."""

    @property
    def rule(self) -> str: ...
    @property
    def verdict(self) -> str: ...


def verdict_sentence(report: Report) -> str:
    """One plain sentence: what was found, or why there is no number."""
    if report.status != "measured":
        return f"This clip does not support a number: {first_reason(report.reasons)}."
    exam = exam_of(report)
    value = getattr(report.measurements, exam.measurement)
    # Both legs squat; the one that was seen is in the technical block.
    who = exam.name if report.test == "squat" else f"{report.side or ''} {exam.subject}".strip().capitalize()
    what = f"{who}: {exam.quantity} of {with_plus_minus(value)} {exam.condition}"
    first = headline_finding(report)
    if first is None:
        return f"{what}."
    if report.test != "lunge":
        return f"{what} {_WORDS[first.verdict]} {exam.reference} ({first.threshold:g}°)."
    if report.provenance.rules.name != "runner":
        return f"{what}; {_compared(report, first)} the reference “{report.provenance.rules.name}”."
    low, high = YOUNG_ADULTS_DEG
    verdict = f"{what} {_WORDS[first.verdict]} {exam.reference}"
    return f"{verdict}; healthy young adults reach {low}–{high}°."


def first_reason(reasons: Sequence[Reason]) -> str:
    """What the first of at least one reason says, as a clause: no capital, no full stop."""
    why = reasons[0].message.split(". ")[0].rstrip(".")
    return f"{why[0].lower()}{why[1:]}"


def worst_of(verdicts: Iterable[Verdict]) -> Verdict:
    """The gravest of at least one verdict; not measured is graver than met."""
    return min(verdicts, key=_WORST_FIRST.index)


def headline_finding(report: Report) -> Finding | None:
    """The finding that decides the page's colour: the first one about the test's own peak."""
    own = exam_of(report).measurement
    wanted = {own, "peak_crest_angle_deg"} if report.test == "lunge" else {own}
    return next((f for f in report.findings if f.measurement in wanted), None)


def tone_of(report: Report) -> str:
    """Colour of the answer: that of the headline finding; of a squat the worst of its parts."""
    verdict, _ = verdict_of(report)
    return "none" if report.status != "measured" or verdict is None else verdict


def verdict_of(report: Report) -> tuple[Verdict | None, str | None]:
    """The verdict of the whole test: of a squat the worst of its parts, with the parts that it is of; of the
    other tests that of the headline finding, and no part."""
    first = headline_finding(report)
    if report.test != "squat" or first is None:
        return (None if first is None else first.verdict), None
    worst = worst_of(f.verdict for f in report.findings)
    parts = [
        _SQUAT_PARTS.get(f.measurement) or title_of(report, f) for f in report.findings if f.verdict == worst
    ]
    return worst, None if worst == "meets" else ", ".join(parts)


def rule_set_of(used: RulesUsed) -> RuleSet | None:
    """The rule set that was used, None when this Dorsi has none of that name."""
    try:
        return load_rules(used.name)
    except RulesError:
        return None


def links_of(used: RulesUsed, findings: Iterable[Judged]) -> tuple[Link, ...]:
    """What the limited findings are associated with; nothing where this Dorsi has no such rule set."""
    rules = rule_set_of(used)
    return () if rules is None else rules.links_of(f.rule for f in findings if f.verdict == "limited")


def title_of(report: Report, finding: Finding) -> str:
    """The finding's title: its own, else the rule's, else the rule's name in words (older reports)."""
    own = getattr(finding, "title", None)
    rule = _rule(report, finding)
    return str(own or (rule.title if rule else finding.rule.replace("-", " ").capitalize()))


def with_plus_minus(measured: Measured, unit: str = "°") -> str:
    """`38.2° ± 2.1°`, `0.0 mm ± 2.5 mm`, `78 % ± 5 %`; an unknown ± is said, never shown as 0."""
    digits = 0 if unit.strip() == "%" else 1
    if measured.value is None:
        return "not measured"
    if measured.uncertainty_95 is None:
        return f"{measured.value:z.{digits}f}{unit} (± unknown)"
    return f"{measured.value:z.{digits}f}{unit} ± {measured.uncertainty_95:.{digits}f}{unit}"


def _rule(report: Report, finding: Finding) -> Rule | None:
    rules = rule_set_of(report.provenance.rules)
    return next((r for r in rules.rules if r.name == finding.rule), None) if rules else None


def _compared(report: Report, finding: Finding) -> str:
    """What is set against the reference: not always the angle just named."""
    if finding.measurement != "peak_crest_angle_deg":
        return f"it {_WORDS[finding.verdict]}"
    crest = report.measurements.peak_crest_angle_deg
    if crest.value is None:
        return "the shin crest angle was not measured, so not compared with"
    return f"the shin crest angle, {with_plus_minus(crest)}, {_WORDS[finding.verdict]}"
