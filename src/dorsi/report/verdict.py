"""The one sentence that answers the runner, the same on the page and in the terminal; numbers with their ±.

Not here: the findings' own messages (`rules/rules.toml`).
"""

from __future__ import annotations

from dorsi.report.model import Finding, Measured, Report

__all__ = ["YOUNG_ADULTS_DEG", "headline_finding", "verdict_sentence", "with_plus_minus"]

YOUNG_ADULTS_DEG = (35, 40)
"""What healthy young adults reach in this test. Context, no threshold: said beside every minimum, because
"meets the minimum" alone reads as "supple"."""

_WORDS = {
    "meets": "meets",
    "borderline": "is borderline against",
    "limited": "is limited against",
    "not_measured": "was not compared with",
}


def verdict_sentence(report: Report) -> str:
    """One plain sentence: what was found, or why there is no number."""
    if report.status != "measured":
        why = report.reasons[0].message.split(". ")[0].rstrip(".")
        return f"This clip does not support a number: {why[0].lower()}{why[1:]}."
    peak = report.measurements.peak_shin_angle_deg
    who = f"{report.side.capitalize()} ankle" if report.side else "Ankle"
    what = f"{who}: a shin angle of {with_plus_minus(peak)} with the heel down"
    first = headline_finding(report)
    if first is None:
        return f"{what}."
    if report.provenance.rules.name != "runner":
        return f"{what}; {_compared(report, first)} the reference “{report.provenance.rules.name}”."
    low, high = YOUNG_ADULTS_DEG
    verdict = f"{what} {_WORDS[first.verdict]} the minimum for running"
    return f"{verdict}; healthy young adults reach {low}–{high}°."


def headline_finding(report: Report) -> Finding | None:
    """The finding that decides the page's colour: the first one about a peak."""
    return next((f for f in report.findings if f.measurement.startswith("peak_")), None)


def with_plus_minus(measured: Measured, unit: str = "°", digits: int = 1) -> str:
    """`38.2° ± 2.1°`; an unknown ± is said, never shown as 0."""
    if measured.value is None:
        return "not measured"
    if measured.uncertainty_95 is None:
        return f"{measured.value:.{digits}f}{unit} (± unknown)"
    return f"{measured.value:.{digits}f}{unit} ± {measured.uncertainty_95:.{digits}f}{unit}"


def _compared(report: Report, finding: Finding) -> str:
    """What is set against the reference: not always the angle just named."""
    if finding.measurement != "peak_crest_angle_deg":
        return f"it {_WORDS[finding.verdict]}"
    crest = report.measurements.peak_crest_angle_deg
    if crest.value is None:
        return "the shin crest angle was not measured, so not compared with"
    return f"the shin crest angle, {with_plus_minus(crest)}, {_WORDS[finding.verdict]}"
