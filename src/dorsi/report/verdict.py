"""The words that answer the runner: one sentence for terminal and page, and the parts of the page's answer.

Not here: the findings' own messages (`rules/rules.toml`), names of the tests (`exam.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from dorsi.errors import RulesError
from dorsi.report.exam import CREST_LABEL, YOUNG_ADULTS_DEG, exam_of
from dorsi.report.model import Finding, Measured, Reason, Report, RulesUsed, Verdict
from dorsi.report.scale import Band, Mark, Zones, scale_svg
from dorsi.rules import Link, Rule, RuleSet, load_rules

__all__ = [
    "YOUNG_ADULTS_DEG", "Answer", "answer_of", "first_reason", "headline_finding", "links_of", "rule_set_of",
    "title_of", "tone_of", "verdict_of", "verdict_sentence", "with_plus_minus", "worst_of", "zones_of",
]  # fmt: skip

_WORDS = {
    "meets": "meets",
    "borderline": "is borderline against",
    "limited": "is limited against",
    "not_measured": "was not compared with",
}
_HEADLINES = {
    "meets": "Meets",
    "borderline": "Borderline against",
    "limited": "Limited against",
    "not_measured": "Not compared with",
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


@dataclass(frozen=True, slots=True)
class Answer:
    """What the first look at a page shows; texts are complete, `scale` is SVG ("" where nothing to draw).

    `tone` is the colour of the whole, `number_tone` that of the number: in a squat they may differ.
    """

    tone: str
    number_tone: str
    headline: str
    number: str
    plus_minus: str
    label: str
    context: str
    scale: str


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


def answer_of(report: Report) -> Answer:
    """The answer of a measured report."""
    exam, first = exam_of(report), headline_finding(report)
    # The number shown is the one the verdict is about.
    crest = first is not None and first.measurement == "peak_crest_angle_deg" and first.value is not None
    value = getattr(report.measurements, "peak_crest_angle_deg" if crest else exam.measurement)
    label = CREST_LABEL if crest else exam.label
    scale = ""
    if value.value is not None:
        young = Band(*YOUNG_ADULTS_DEG, "healthy young adults") if report.test == "lunge" else None
        scale = scale_svg(
            [Mark(value.value, value.uncertainty_95)],
            exam.scale_deg,
            zones=_zones(report, first) if crest or _same(first, exam.measurement) else None,
            band=young,
            title=label,
        )
    half = value.uncertainty_95
    return Answer(
        tone=tone_of(report),
        number_tone="none" if first is None else first.verdict,
        headline=_headline(report, first),
        number="–" if value.value is None else f"{value.value:.1f}°",
        plus_minus="± unknown" if half is None else f"± {half:.1f}°",
        label=label,
        context=_context(report, first, value),
        scale=scale,
    )


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


def zones_of(used: RulesUsed, rule: str, threshold: float) -> Zones:
    """Bounds of a rule; where it has changed since, only the one that was noted, `threshold`."""
    rules = rule_set_of(used)
    known = next((r for r in rules.rules if r.name == rule), None) if rules else None
    low = known.limited_below if known is not None and known.meets_from == threshold else None
    return Zones(threshold if low is None else low, threshold)


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


def _headline(report: Report, first: Finding | None) -> str:
    exam = exam_of(report)
    if first is None:
        return f"{exam.label} measured"
    if report.test == "squat":
        met = sum(f.verdict == "meets" for f in report.findings)
        return f"{met} of {len(report.findings)} parts of the deep squat met"
    if report.test == "lunge" and report.provenance.rules.name != "runner":
        return f"{_HEADLINES[first.verdict]} the reference: {title_of(report, first)}"
    return f"{_HEADLINES[first.verdict]} {exam.reference}"


def _context(report: Report, first: Finding | None, value: Measured) -> str:
    """The second fact that the verdict needs beside it, or the verdict misleads."""
    if report.test == "big_toe":
        bound = f"About {first.threshold:g}° is wanted. " if first is not None else ""
        return f"{bound}It is a minimum for running, not what a supple toe reaches."
    if report.test == "squat":
        return "A deep squat is three things at once: depth, knees over the feet, heels on the floor."
    low, high = YOUNG_ADULTS_DEG
    adults = f"Healthy young adults reach {low}–{high}° in this test"
    half = value.uncertainty_95
    if value.value is None or half is None:
        where = "."
    elif value.value + half < low:
        where = ": this ankle reaches less."
    elif value.value - half > high:
        where = ": this ankle reaches more."
    else:
        where = ": this ankle reaches about as much."
    bounds = _zones(report, first)
    if bounds is None or report.provenance.rules.name != "runner":
        return adults + where
    least = f"{bounds.limited_below:g}–{bounds.meets_from:g}°"
    return f"{least} is only the least that running needs. {adults}{where}"


def _same(finding: Finding | None, measurement: str) -> bool:
    return finding is not None and finding.measurement == measurement


def _rule(report: Report, finding: Finding) -> Rule | None:
    rules = rule_set_of(report.provenance.rules)
    return next((r for r in rules.rules if r.name == finding.rule), None) if rules else None


def _zones(report: Report, finding: Finding | None) -> Zones | None:
    if finding is None:
        return None
    return zones_of(report.provenance.rules, finding.rule, finding.threshold)


def _compared(report: Report, finding: Finding) -> str:
    """What is set against the reference: not always the angle just named."""
    if finding.measurement != "peak_crest_angle_deg":
        return f"it {_WORDS[finding.verdict]}"
    crest = report.measurements.peak_crest_angle_deg
    if crest.value is None:
        return "the shin crest angle was not measured, so not compared with"
    return f"the shin crest angle, {with_plus_minus(crest)}, {_WORDS[finding.verdict]}"
