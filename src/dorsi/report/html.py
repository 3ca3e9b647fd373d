"""The page a person reads: one self-contained HTML file, no script, phone first, prints on paper.

Not here: its layout (`templates/report.html.j2`), plots (`plots.py`), the sentence (`verdict.py`).
"""

from __future__ import annotations

import base64

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dorsi.report.model import Report
from dorsi.report.plots import angle_plot, heel_plot
from dorsi.report.verdict import verdict_sentence
from dorsi.rules import load_rules
from dorsi.types import Analysis

__all__ = ["render_html"]

MDC_DEG = 3.8
"""Minimal detectable change of the inclinometer test (Konor 2012: 3.7-3.8 deg)."""


def render_html(report: Report, analysis: Analysis, peak_jpeg: bytes | None) -> str:
    """The page as text. `peak_jpeg` is the annotated peak frame, None when there is none."""
    page = Environment(
        loader=PackageLoader("dorsi.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("report.html.j2")
    level = analysis.level
    return page.render(
        r=report,
        m=report.measurements,
        sentence=verdict_sentence(report),
        tone=_tone(report),
        picture=None if peak_jpeg is None else base64.b64encode(peak_jpeg).decode("ascii"),
        plots=[Markup(svg) for svg in (angle_plot(report), heel_plot(report)) if svg],  # noqa: S704  numbers only
        cautions=load_rules(report.provenance.rules.name).cautions,
        level_source=level.source if level is not None and level.known else None,
        scale_source=analysis.scale_source,
        mdc_deg=MDC_DEG,
    )


def _tone(report: Report) -> str:
    """Colour of the answer: that of the first finding about a peak."""
    if report.status != "measured":
        return "none"
    first = next((f for f in report.findings if f.measurement.startswith("peak_")), None)
    return first.verdict if first is not None else "none"
