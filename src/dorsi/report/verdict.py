"""The words that answer the runner: one sentence for terminal and page, and what it is made of.

Not here: the findings' own messages (`rules/rules.toml`), names of the tests (`exam.py`), the answer as a
page shows it (`pages/answer.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dorsi.quantities import DECIDING, QUANTITIES, with_plus_minus
from dorsi.report.exam import exam_of, young_adults_deg
from dorsi.report.heeding import stop_of
from dorsi.report.model import Finding, Reason, Report, Verdict
from dorsi.rules import RuleBook

__all__ = [
    "first_reason", "headline_finding", "is_shod", "knee_was_bent", "title_of", "tone_of", "verdict_of",
    "verdict_sentence", "worst_of",
]  # fmt: skip

_WORDS = {
    "meets": "meets",
    "borderline": "is borderline against",
    "limited": "is limited against",
    "not_measured": "was not compared with",
}
"""Against a reference that a person chose."""
_PLAIN = {
    "meets": "which clears {reference}{bar}",
    "borderline": "too close to {reference} to call",
    "limited": "short of {reference}",
    "not_measured": "not compared with {reference}",
}
"""Against what running asks for."""
_BENT = "with the heel down, the knee bent"
_WORST_FIRST: tuple[Verdict, ...] = ("limited", "borderline", "not_measured", "meets")


def verdict_sentence(report: Report) -> str:
    """One plain sentence: what was found, or why there is no number."""
    if report.status != "measured":
        return f"This clip does not support a number: {first_reason(report.reasons)}."
    exam = exam_of(report)
    value = getattr(report.measurements, exam.measurement)
    # Both legs squat; the one that was seen is in the technical block.
    joint = f"{report.side or ''} {exam.subject}".strip()
    who = f"{exam.name}: the knee" if report.test == "squat" else joint.capitalize()
    condition = _BENT if knee_was_bent(report) else exam.condition
    what = f"{who} {exam.verb} {with_plus_minus(value)} {condition}"
    if value.value is None:
        what = f"{joint.capitalize()}: {exam.label.lower()} was not measured"
    if is_shod(report):
        what = f"Filmed in shoes, which shift the reading. {what}"
    first = headline_finding(report)
    if first is None:
        return f"{what}."
    if report.test == "lunge" and report.provenance.rules.name != "runner":
        return f"{what}; {_compared(report, first)} the reference “{report.provenance.rules.name}”."
    bound = "" if report.test == "lunge" else f" ({first.threshold:g}°)"
    bar = ", a low bar" if report.test == "lunge" else ""
    verdict = f"{what}, {_PLAIN[first.verdict].format(reference=exam.reference + bound, bar=bar)}"
    if report.test != "lunge":
        return f"{verdict}."
    low, high = young_adults_deg()
    return f"{verdict}; healthy young adults reach {low}–{high}° on average."


def is_shod(report: Report) -> bool:
    """Whether a measured clip was filmed in shoes: that ranks above what it meets."""
    return any(warning.code == "shoes" for warning in report.warnings)


def knee_was_bent(report: Report) -> bool:
    """Whether the knee of a knee-straight lunge surely was not straight at the peak."""
    return any(each.code == "knee_bent" for each in report.warnings)


def first_reason(reasons: Sequence[Reason]) -> str:
    """What the first of at least one reason says, as a clause: no capital, no full stop."""
    why = reasons[0].short or reasons[0].message.rstrip(".")
    return f"{why[0].lower()}{why[1:]}"


def worst_of(verdicts: Iterable[Verdict]) -> Verdict:
    """The gravest of at least one verdict; not measured is graver than met."""
    return min(verdicts, key=_WORST_FIRST.index)


def headline_finding(report: Report) -> Finding | None:
    """The finding that decides the page's colour: the first one about what may decide the test."""
    return next((f for f in report.findings if f.measurement in DECIDING[report.test]), None)


def tone_of(report: Report) -> str:
    """Colour of the answer: that of the headline finding, of a squat the worst of its parts; "none" where a
    shoe makes "meets" less than sure, or a safety answer stops."""
    verdict, _ = verdict_of(report)
    if (
        stop_of(report) is not None
        or report.status != "measured"
        or verdict is None
        or (verdict == "meets" and is_shod(report))
    ):
        return "none"
    return verdict


def verdict_of(report: Report) -> tuple[Verdict | None, str | None]:
    """The verdict of the whole test: of a squat the worst of its parts, with the parts that it is of; of the
    other tests that of the headline finding, and no part."""
    first = headline_finding(report)
    if report.test != "squat" or first is None:
        return (None if first is None else first.verdict), None
    worst = worst_of(f.verdict for f in report.findings)
    parts = [_part(f) for f in report.findings if f.verdict == worst]
    return worst, None if worst == "meets" else ", ".join(parts)


def _part(finding: Finding) -> str:
    known = QUANTITIES.get(finding.measurement)
    return (known.part if known else "") or title_of(finding)


def title_of(finding: Finding, rules: RuleBook | None = None) -> str:
    """The finding's title: its own, else (older reports) that of its rule, else the rule's name in words."""
    rule = None if rules is None else rules.rules.get(finding.rule)
    return finding.title or (rule.title if rule else finding.rule.replace("-", " ").capitalize())


def _compared(report: Report, finding: Finding) -> str:
    """What is set against the reference: not always the angle just named."""
    if finding.measurement == exam_of(report).measurement:
        return f"it {_WORDS[finding.verdict]}"
    what, value = QUANTITIES[finding.measurement].phrase, getattr(report.measurements, finding.measurement)
    if value.value is None:
        return f"{what} was not measured, so not compared with"
    return f"{what}, {with_plus_minus(value)}, {_WORDS[finding.verdict]}"
