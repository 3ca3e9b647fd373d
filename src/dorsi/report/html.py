"""The page a person reads: one self-contained HTML file, no script, phone first, prints on paper.

Not here: its layout (`templates/report.html.j2`), plots (`plots.py`), the sentence (`verdict.py`).
"""

from __future__ import annotations

import base64

from jinja2 import Environment, PackageLoader, StrictUndefined

from dorsi.level import UNKNOWN_ROLL_95_DEG
from dorsi.report.model import Measured, Report
from dorsi.report.plots import angle_plot, heel_plot
from dorsi.report.verdict import YOUNG_ADULTS_DEG, headline_finding, verdict_sentence, with_plus_minus
from dorsi.rules import load_rules
from dorsi.signals import HEEL_DOWN_MM
from dorsi.types import Analysis

__all__ = ["render_html"]

MDC_DEG = 3.8
"""Minimal detectable change of the inclinometer test (Konor 2012: 3.7-3.8 deg)."""


def render_html(report: Report, analysis: Analysis, peak_jpeg: bytes | None) -> str:
    """The page as text. `peak_jpeg` is the annotated peak frame, None when there is none.

    A refused clip gets no picture, no curve and no number.
    """
    page = Environment(
        loader=PackageLoader("dorsi.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("report.html.j2")
    level = analysis.level
    rules = load_rules(report.provenance.rules.name)
    measured = report.status == "measured"
    return page.render(
        r=report,
        m=report.measurements,
        measured=measured,
        sentence=verdict_sentence(report),
        tone=_tone(report),
        picture=base64.b64encode(peak_jpeg).decode("ascii") if measured and peak_jpeg else None,
        angle_svg=angle_plot(report) if measured else "",
        heel_svg=heel_plot(report) if measured else "",
        bound=_bound(report),
        others=_others(report),
        titles={rule.name: rule.title for rule in rules.rules},
        cautions=rules.cautions,
        level_source=level.source if level is not None and level.known else None,
        scale_source=analysis.scale_source,
        heel_down_mm=HEEL_DOWN_MM,
        young=YOUNG_ADULTS_DEG,
        mdc_deg=MDC_DEG,
        pm=with_plus_minus,
    )


def _tone(report: Report) -> str:
    """Colour of the answer: that of the finding that decides."""
    first = headline_finding(report)
    return first.verdict if report.status == "measured" and first is not None else "none"


def _bound(report: Report) -> float | None:
    """The value drawn across the curve of the shin angle, None when the rule is about another angle."""
    first = headline_finding(report)
    return first.threshold if first is not None and first.measurement == "peak_shin_angle_deg" else None


def _excursion(report: Report) -> Measured:
    """How far the shin came from the start pose; the tilt of the camera drops out of it."""
    peak, start = report.measurements.peak_shin_angle_deg, report.measurements.start_shin_angle_deg
    if peak.value is None or start.value is None:
        return Measured(value=None, uncertainty_95=None, time_s=None, frame=None)
    half: float | None = None
    if peak.uncertainty_95 is not None and start.uncertainty_95 is not None:
        roll = report.measurements.camera_roll_deg.uncertainty_95
        shared = (UNKNOWN_ROLL_95_DEG if roll is None else roll) ** 2
        half = max(0.0, peak.uncertainty_95**2 + start.uncertainty_95**2 - 2 * shared) ** 0.5
    return Measured(value=peak.value - start.value, uncertainty_95=half, time_s=None, frame=None)


def _others(report: Report) -> list[tuple[str, str]]:
    """What was measured besides the headline, as (name, value with its ±)."""
    m = report.measurements
    rows: list[tuple[str, Measured, str]] = [
        ("Shin angle reached with the heel in any position", m.peak_shin_angle_any_heel_deg, "°"),
        ("Shin angle in the start pose", m.start_shin_angle_deg, "°"),
        ("Excursion from the start pose to the peak, heel down", _excursion(report), "°"),
        ("Highest heel rise", m.max_heel_lift_mm, " mm"),
        ("Greatest foot pitch", m.max_heel_pitch_deg, "°"),
        ("Greatest knee bend", m.peak_knee_flexion_deg, "°"),
    ]
    return [
        (name, with_plus_minus(value, unit, 0 if unit == " mm" else 1))
        for name, value, unit in rows
        if value.value is not None
    ]
