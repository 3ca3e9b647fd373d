"""The one sentence that answers the runner, the same on the page, the video and the terminal.

Not here: the findings' own messages (`rules/rules.toml`).
"""

from __future__ import annotations

from dorsi.report.model import Report

__all__ = ["verdict_sentence"]

_WORDS = {
    "meets": "meets the minimum for running",
    "borderline": "is borderline against the minimum for running",
    "limited": "is limited against the minimum for running",
    "not_measured": "could not be compared with the minimum for running",
}


def verdict_sentence(report: Report) -> str:
    """Plain words: what was found, or why nothing was."""
    if report.status != "measured":
        return "This clip does not support a number: " + report.reasons[0].message
    peak = report.measurements.peak_shin_angle_deg
    half = peak.uncertainty_95 or 0
    what = f"{(report.side or 'test').capitalize()} ankle: {peak.value:.0f}° ± {half:.0f}° of shin angle"
    first = next((f for f in report.findings if f.measurement.startswith("peak_")), None)
    if first is None:
        return f"{what} with the heel down."
    words = _WORDS[first.verdict]
    if report.provenance.rules.name != "runner":
        words = words.replace("minimum for running", "reference")
    return f"{what} with the heel down {words}."
