"""What the first look at a result shows: which number, its headline and context, the scale below it.

Not here: the layout (`templates/`), the sentence of the verdict (`report/verdict.py`), how the scale is
drawn (`scale.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dorsi.pages.scale import Band, Mark, Zones, scale_svg
from dorsi.quantities import QUANTITIES, RESULT_OF, TestName
from dorsi.report.exam import EXAMS, exam_of, young_adults_deg
from dorsi.report.model import Finding, Measured, Report
from dorsi.report.verdict import headline_finding, is_shod, knee_was_bent, title_of
from dorsi.rules import RuleBook
from dorsi.screen.model import Finding as ScreenFinding

__all__ = ["context_of", "headline_of", "judged_by", "scale_of"]

_HEADLINES = {
    "meets": "Clears {reference}",
    "borderline": "Too close to {reference} to call",
    "limited": "Short of {reference}",
    "not_measured": "Not compared with {reference}",
}
_HEADLINES_ELSE = {
    "meets": "Meets the reference: {reference}",
    "borderline": "Borderline against the reference: {reference}",
    "limited": "Limited against the reference: {reference}",
    "not_measured": "Not compared with the reference: {reference}",
}
"""Of a set that a person chose."""
CREST_MORE_DEG: Final = 9.0
"""The front edge of a bent leg's shin reads up to so much more than ankle to knee: 6–9° on 16 real clips."""
_STRAIGHT = "The knee was straight, so this is the calf (gastrocnemius) as well as the joint"
_BENT = "The knee was bent at the peak, so this is the joint rather than the calf (gastrocnemius)"
_NO_REFERENCE = "Dorsi's sources give no reference for it, so it is reported without a verdict"


def judged_by(first: Finding | ScreenFinding | None, test: TestName) -> str:
    """Key of the number shown, the one the verdict is about: the test's result, or an alternative to it."""
    return RESULT_OF[test] if first is None or first.value is None else first.measurement


def scale_of(
    test: TestName, key: str, marks: Sequence[Mark], held: Finding | ScreenFinding | None, rules: RuleBook
) -> str:
    """The scale of a test as SVG: values of the quantity `key`, and the bounds that `held` speaks of."""
    return scale_svg(
        marks,
        EXAMS[test].scale_deg,
        zones=_zones(held, rules) if held is not None else None,
        band=Band(*young_adults_deg(), "healthy young adults") if test == "lunge" else None,
        title=QUANTITIES[key].label,
    )


def headline_of(report: Report, rules: RuleBook) -> str:
    """How the test went, in one line."""
    exam, first = exam_of(report), headline_finding(report)
    if first is None:
        return f"{exam.label} measured"
    if first.verdict == "meets" and is_shod(report):
        return "Filmed in shoes, so the number is less sure"
    if report.test == "squat":
        met = sum(f.verdict == "meets" for f in report.findings)
        return f"{met} of {len(report.findings)} parts of the deep squat met"
    if report.test == "lunge" and report.provenance.rules.name != "runner":
        return _HEADLINES_ELSE[first.verdict].format(reference=title_of(first, rules))
    return _HEADLINES[first.verdict].format(reference=exam.reference)


def context_of(report: Report, rules: RuleBook) -> str:
    """The second fact that the verdict needs beside it, or the verdict misleads."""
    first = headline_finding(report)
    if report.test == "big_toe":
        bound = f"About {first.threshold:g}° is wanted. " if first is not None else ""
        return f"{bound}It is a minimum for running, not what a supple toe reaches."
    if report.test == "lunge_straight":
        return f"{_BENT if knee_was_bent(report) else _STRAIGHT}; {_NO_REFERENCE}."
    if report.test == "squat":
        return "A deep squat is three things at once: depth, knees over the feet, heels on the floor."
    low, high = young_adults_deg()
    adults = f"Healthy young adults reach {low}–{high}° in this test on average"
    value: Measured = getattr(report.measurements, judged_by(first, report.test))
    half = value.uncertainty_95
    where = f", read partly along the front of the shin, where it is up to {CREST_MORE_DEG:g}° more."
    if value.value is not None and half is not None and value.value + half + CREST_MORE_DEG < low:
        where += " This ankle reaches less."
    elif value.value is not None and half is not None and value.value - half > high:
        where += " This ankle reaches more."
    bounds = _zones(first, rules) if first is not None else None
    if bounds is None or report.provenance.rules.name != "runner":
        return adults + where
    least = f"{bounds.limited_below:g}–{bounds.meets_from:g}°"
    return f"{least} is only the least that running needs, a low bar. {adults}{where}"


def _zones(finding: Finding | ScreenFinding, rules: RuleBook) -> Zones | None:
    """Bounds of the finding's rule; where it has changed since, only the threshold that was noted."""
    threshold = finding.threshold
    if threshold is None:
        return None
    known = rules.rules.get(finding.rule)
    low = known.limited_below if known is not None and known.meets_from == threshold else None
    return Zones(threshold if low is None else low, threshold)
