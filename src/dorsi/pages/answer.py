"""What the first look at a page of one clip shows: the number, its headline and context, the scale below it.

Not here: the sentence of the verdict (`report/verdict.py`), how the scale is drawn (`scale.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

from dorsi.pages.scale import Band, Mark, Zones, scale_svg
from dorsi.quantities import QUANTITIES
from dorsi.report.exam import YOUNG_ADULTS_DEG, exam_of
from dorsi.report.model import Finding, Measured, Report
from dorsi.report.verdict import headline_finding, title_of, tone_of
from dorsi.rules import RuleBook

__all__ = ["Answer", "answer_of", "zones_of"]

_HEADLINES = {
    "meets": "Meets",
    "borderline": "Borderline against",
    "limited": "Limited against",
    "not_measured": "Not compared with",
}


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


def answer_of(report: Report, rules: RuleBook) -> Answer:
    """The answer of a measured report; `rules` has the bounds that its findings were held against."""
    exam, first = exam_of(report), headline_finding(report)
    # The number shown is the one the verdict is about.
    shown = exam.measurement if first is None or first.value is None else first.measurement
    value, label = getattr(report.measurements, shown), QUANTITIES[shown].label
    scale = ""
    if value.value is not None:
        young = Band(*YOUNG_ADULTS_DEG, "healthy young adults") if report.test == "lunge" else None
        scale = scale_svg(
            [Mark(value.value, value.uncertainty_95)],
            exam.scale_deg,
            zones=_zones(first, rules) if first is not None and first.measurement == shown else None,
            band=young,
            title=label,
        )
    half = value.uncertainty_95
    return Answer(
        tone=tone_of(report),
        number_tone="none" if first is None else first.verdict,
        headline=_headline(report, first, rules),
        number="–" if value.value is None else f"{value.value:.1f}°",
        plus_minus="± unknown" if half is None else f"± {half:.1f}°",
        label=label,
        context=_context(report, first, value, rules),
        scale=scale,
    )


def zones_of(rules: RuleBook, rule: str, threshold: float) -> Zones:
    """Bounds of a rule; where it has changed since, only the one that was noted, `threshold`."""
    known = rules.rules.get(rule)
    low = known.limited_below if known is not None and known.meets_from == threshold else None
    return Zones(threshold if low is None else low, threshold)


def _headline(report: Report, first: Finding | None, rules: RuleBook) -> str:
    exam = exam_of(report)
    if first is None:
        return f"{exam.label} measured"
    if report.test == "squat":
        met = sum(f.verdict == "meets" for f in report.findings)
        return f"{met} of {len(report.findings)} parts of the deep squat met"
    if report.test == "lunge" and report.provenance.rules.name != "runner":
        return f"{_HEADLINES[first.verdict]} the reference: {title_of(first, rules)}"
    return f"{_HEADLINES[first.verdict]} {exam.reference}"


def _context(report: Report, first: Finding | None, value: Measured, rules: RuleBook) -> str:
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
    bounds = _zones(first, rules)
    if bounds is None or report.provenance.rules.name != "runner":
        return adults + where
    least = f"{bounds.limited_below:g}–{bounds.meets_from:g}°"
    return f"{least} is only the least that running needs. {adults}{where}"


def _zones(finding: Finding | None, rules: RuleBook) -> Zones | None:
    return None if finding is None else zones_of(rules, finding.rule, finding.threshold)
