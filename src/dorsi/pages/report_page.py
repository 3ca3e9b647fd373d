"""The page of one clip: one self-contained HTML file, no script, phone first, one A4 side on paper.

Not here: its layout (`templates/report.html.j2`), plots (`plots.py`, `scale.py`), the answer (`verdict.py`),
the therapist's block (`technical.py`).
"""

from __future__ import annotations

import base64

from dorsi.engine.conclude.signals import HEEL_DOWN_MM
from dorsi.pages.answer import answer_of
from dorsi.pages.page import render_page
from dorsi.pages.planned import plan_shown
from dorsi.pages.plots import angle_plot, heel_plot
from dorsi.pages.reviewed import pictures_note, review_of
from dorsi.pages.technical import made_with, measured_rows, rep_rows, setting_rows
from dorsi.quantities import QUANTITIES, RESULT_OF, with_plus_minus
from dorsi.report.exam import YOUNG_ADULTS_DEG, exam_of, posture_of
from dorsi.report.model import Finding, Report
from dorsi.report.verdict import headline_finding, title_of, verdict_sentence
from dorsi.rules import RuleBook, RuleSet
from dorsi.types import Analysis

__all__ = ["render_html"]


def render_html(report: Report, analysis: Analysis | None, peak_jpeg: bytes | None, rules: RuleBook) -> str:
    """The page as text. `peak_jpeg` is the annotated peak frame, None when there is none; without `analysis`
    (a report read from its file) the page leaves out where tilt and scale came from. `rules` explain what the
    report found, also where it was judged by an older version of them.

    A refused clip gets no picture, no curve and no number. Where somebody reviewed the report the page shows
    the reviewed values, and says so.
    """
    review, note = review_of(report), pictures_note(report)
    report = report.as_reviewed()
    measured = report.status == "measured"
    exam = exam_of(report)
    first, plan = headline_finding(report), plan_shown(report.plan, report.plan_note)
    rule_set = rules.sets.get(report.provenance.rules.name)
    return render_page(
        "report.html.j2",
        r=report,
        review=review,
        pictures_note=note,
        m=report.measurements,
        exam=exam,
        posture=posture_of(report),
        measured=measured,
        sentence=verdict_sentence(report),
        answer=answer_of(report, rules) if measured else None,
        picture=base64.b64encode(peak_jpeg).decode("ascii") if measured and peak_jpeg else None,
        wide=report.clip.width_px > report.clip.height_px,
        findings=[(f, title_of(f, rules), _compared(f)) for f in report.findings],
        angle_svg=angle_plot(report) if measured else "",
        heel_svg=heel_plot(report) if measured else "",
        bound=first.threshold if first is not None and first.measurement == exam.measurement else None,
        links=rule_set.links_of(report.findings) if rule_set else (),
        cautions=dict.fromkeys([*_cautions(report, rule_set), *plan.cautions]),
        plan=plan,
        settings=setting_rows(report, analysis),
        numbers=measured_rows(report),
        reps=rep_rows(report),
        made=made_with(report),
        heel_down_mm=HEEL_DOWN_MM,
        young=YOUNG_ADULTS_DEG,
        mdc_deg=shin.mdc if (shin := rules.changes.get(RESULT_OF["lunge"])) else None,
        pm=with_plus_minus,
    )


def _compared(finding: Finding) -> str:
    """What a rule compared, "" where that is no measurement."""
    known = QUANTITIES.get(finding.measurement)
    return known.label if known else ""


def _cautions(report: Report, rules: RuleSet | None) -> tuple[str, ...]:
    """What the rule set wants said; its last caution holds for every test, the others for the lunge."""
    if rules is None:
        return ("Nothing here is a diagnosis.",)
    return rules.cautions if report.test == "lunge" else rules.cautions[-1:]
