"""What the runner's page shows of a report: the answer on one screen, in the words of the report's own page.

Not here: those words (`dorsi.report`, `dorsi.pages`), the layout (`templates/me_clip.html.j2`).
"""

from __future__ import annotations

from typing import Any

from dorsi.pages.answer import context_of, headline_of, judged_by, scale_of
from dorsi.pages.scale import Mark
from dorsi.quantities import QUANTITIES
from dorsi.report.exam import exam_of
from dorsi.report.heeding import NUMBERS_STAY, stop_of
from dorsi.report.model import Measured, Report
from dorsi.report.verdict import headline_finding, tone_of, verdict_sentence
from dorsi.rules import RuleBook

__all__ = ["result_content"]


def result_content(report: Report, rules: RuleBook) -> dict[str, Any]:
    """The headline, the number with its ±, its scale, and the first reason when there is no number."""
    shown = report.as_reviewed()
    measured, first = shown.status == "measured", headline_finding(shown)
    key = judged_by(first, shown.test)
    value: Measured = getattr(shown.measurements, key)
    marks = [] if value.value is None else [Mark(value.value, value.uncertainty_95)]
    held = first if first is not None and first.measurement == key else None
    return {
        "report": shown, "measured": measured, "tone": tone_of(shown), "value": value,
        "sign": QUANTITIES[key].sign, "label": QUANTITIES[key].label, "exam": exam_of(shown),
        "headline": headline_of(shown, rules) if measured else "",
        "sentence": verdict_sentence(shown), "context": context_of(shown, rules) if measured else "",
        "scale": scale_of(shown.test, key, marks, held, rules) if measured and marks else "",
        "reviewed": report.review is not None, "stop": stop_of(shown), "numbers_stay": NUMBERS_STAY,
    }  # fmt: skip
