"""The page of one clip: one self-contained HTML file, no script, phone first, one A4 side on paper.

Not here: its layout (`templates/report.html.j2`), plots (`plots.py`, `scale.py`), the answer (`verdict.py`),
the therapist's block (`technical.py`).
"""

from __future__ import annotations

import base64

from dorsi.engine.conclude.signals import HEEL_DOWN_MM
from dorsi.pages.answer import answer_of
from dorsi.pages.page import render_page
from dorsi.pages.planned import plan_of, said_once
from dorsi.pages.plots import angle_plot, heel_plot
from dorsi.pages.technical import made_with, measured_rows, rep_rows, setting_rows
from dorsi.report.exam import YOUNG_ADULTS_DEG, exam_of, posture_of
from dorsi.report.model import Report
from dorsi.report.verdict import (
    headline_finding,
    links_of,
    rule_set_of,
    title_of,
    verdict_sentence,
    with_plus_minus,
)
from dorsi.rules import real_change
from dorsi.types import Analysis

__all__ = ["render_html"]

_ABOUT = {
    "peak_shin_angle_deg": "Shin angle",
    "heel_lift_onset_shin_angle_deg": "Shin angle",
    "peak_crest_angle_deg": "Shin crest angle",
    "big_toe_extension_deg": "Big-toe extension",
    "peak_knee_flexion_deg": "Knee bend",
    "peak_knee_over_foot_percent": "Knee over the foot",
    "max_heel_lift_mm": "Heel rise",
}


def render_html(report: Report, analysis: Analysis | None, peak_jpeg: bytes | None) -> str:
    """The page as text. `peak_jpeg` is the annotated peak frame, None when there is none; without `analysis`
    (a report read from its file) the page leaves out where tilt and scale came from.

    A refused clip gets no picture, no curve and no number.
    """
    measured = report.status == "measured"
    exam = exam_of(report)
    first = headline_finding(report)
    return render_page(
        "report.html.j2",
        r=report,
        m=report.measurements,
        exam=exam,
        posture=posture_of(report),
        measured=measured,
        sentence=verdict_sentence(report),
        answer=answer_of(report) if measured else None,
        picture=base64.b64encode(peak_jpeg).decode("ascii") if measured and peak_jpeg else None,
        wide=report.clip.width_px > report.clip.height_px,
        findings=[(f, title_of(report, f), _ABOUT.get(f.measurement)) for f in report.findings],
        angle_svg=angle_plot(report) if measured else "",
        heel_svg=heel_plot(report) if measured else "",
        bound=first.threshold if first is not None and first.measurement == exam.measurement else None,
        links=links_of(report.provenance.rules, report.findings),
        cautions=said_once([*_cautions(report), *plan_of(report).cautions]),
        plan=plan_of(report),
        settings=setting_rows(report, analysis),
        numbers=measured_rows(report),
        reps=rep_rows(report),
        made=made_with(report),
        heel_down_mm=HEEL_DOWN_MM,
        young=YOUNG_ADULTS_DEG,
        mdc_deg=real_change("peak_shin_angle_deg").mdc,
        pm=with_plus_minus,
    )


def _cautions(report: Report) -> tuple[str, ...]:
    """What the rule set wants said; its last caution holds for every test, the others for the lunge."""
    rules = rule_set_of(report.provenance.rules)
    if rules is None:
        return ("Nothing here is a diagnosis.",)
    return rules.cautions if report.test == "lunge" else rules.cautions[-1:]
