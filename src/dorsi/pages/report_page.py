"""The page of one clip: one self-contained HTML file, no script, phone first, one A4 side on paper.

Not here: its layout (`templates/report.html.j2`), plots (`plots.py`, `scale.py`), the answer (`answer.py`).
"""

from __future__ import annotations

import base64
from typing import Any

from dorsi.pages.answer import context_of, headline_of, judged_by, scale_of
from dorsi.pages.notes import WITNESSES, EndNotes
from dorsi.pages.page import render_page
from dorsi.pages.plots import angle_plot, heel_plot
from dorsi.pages.scale import Mark
from dorsi.pages.technical import measured_rows
from dorsi.quantities import RESULT_OF
from dorsi.report.exam import exam_of, posture_of
from dorsi.report.heeding import NUMBERS_STAY, stop_of
from dorsi.report.model import Measured, Report
from dorsi.report.verdict import headline_finding, title_of, tone_of, verdict_sentence
from dorsi.rules import RuleBook, RuleSet
from dorsi.types import Analysis

__all__ = ["render_html", "report_content"]


def render_html(report: Report, analysis: Analysis | None, peak_jpeg: bytes | None, rules: RuleBook) -> str:
    """The page as text. `peak_jpeg` is the annotated peak frame, None when there is none; without `analysis`
    (a report read from its file) the page leaves out where tilt and scale came from. `rules` explain what the
    report found, also where it was judged by an older version of them.

    A refused clip gets no picture, no curve and no number. Where somebody reviewed the report the page shows
    the reviewed values, and says so.
    """
    picture = (
        None if peak_jpeg is None else f"data:image/jpeg;base64,{base64.b64encode(peak_jpeg).decode('ascii')}"
    )
    return render_page("report.html.j2", **report_content(report, analysis, picture, rules))


def report_content(
    report: Report, analysis: Analysis | None, picture: str | None, rules: RuleBook
) -> dict[str, Any]:
    """What `report.html.j2` is filled with; `picture` is the address of the peak frame."""
    report = report.as_reviewed()
    measured, exam, first = report.status == "measured", exam_of(report), headline_finding(report)
    rule_set = rules.sets.get(report.provenance.rules.name)
    judged = judged_by(first, report.test)
    value: Measured = getattr(report.measurements, judged)
    marks = [] if value.value is None else [Mark(value.value, value.uncertainty_95)]
    held = first if first is not None and first.measurement == judged else None
    note = report.plan_note
    return {
        "r": report,
        "m": report.measurements,
        "analysis": analysis,
        "rules": rules,
        "title_of": title_of,
        "exam": exam,
        "notes": EndNotes(),
        "witnesses": WITNESSES,
        "posture": posture_of(report),
        "measured": measured,
        "stop": stop_of(report),
        "numbers_stay": NUMBERS_STAY,
        "sentence": verdict_sentence(report),
        "first": first,
        "judged": judged,
        "tone": tone_of(report),
        "headline": headline_of(report, rules),
        "context": context_of(report, rules),
        "scale": scale_of(report.test, judged, marks, held, rules) if marks else "",
        "picture": picture if measured else None,
        "wide": report.clip.width_px > report.clip.height_px,
        "angle_svg": angle_plot(report) if measured else "",
        "heel_svg": heel_plot(report) if measured else "",
        "bound": first.threshold if first is not None and first.measurement == exam.measurement else None,
        "links": rule_set.links_of(report.findings) if rule_set else (),
        "cautions": dict.fromkeys([*_cautions(report, rule_set), *(note.cautions if note else ())]),
        "numbers": measured_rows(report),
        "mdc_deg": shin.mdc if (shin := rules.changes.get(RESULT_OF["lunge"])) else None,
    }


def _cautions(report: Report, rules: RuleSet | None) -> tuple[str, ...]:
    """What the rule set wants said; its last caution holds for every test, the others for the lunge."""
    if rules is None:
        return ("Nothing here is a diagnosis.",)
    return rules.cautions if report.test == "lunge" else rules.cautions[-1:]
