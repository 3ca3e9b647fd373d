"""Curves as inline SVG for the page: no script, sharp on paper, letters readable at a phone's width.

Not here: the strip on the video (`drawing.py`), the scale of the answer (`scale.py`), markup
(`templates/curve.svg.j2`), colours (classes in `templates/style.css`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dorsi.engine.conclude.signals import HEEL_DOWN_MM
from dorsi.pages.axes import Axes, step_of
from dorsi.pages.page import render_page
from dorsi.report.exam import exam_of, young_adults_deg
from dorsi.report.model import Measured, Report
from dorsi.report.verdict import headline_finding

__all__ = ["angle_plot", "heel_plot"]

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 380, 30, 8, 10, 24
"""Size and margins in SVG units."""
_EVERY_S: Final = (0.5, 1, 2, 5, 10, 20, 60)


def angle_plot(report: Report) -> str:
    """The test's own angle over time: reps shaded, the counted peak with its ±, heel-lift onsets, references.

    Empty when no angle is known.
    """
    exam, first = exam_of(report), headline_finding(report)
    curve: list[float | None] = getattr(report.signals, exam.curve)
    values = [v for v in curve if v is not None]
    if not values:
        return ""
    peak: Measured = getattr(report.measurements, exam.measurement)
    young = young_adults_deg() if report.test == "lunge" else None
    reference = young[1] if young else first.threshold if first is not None else 0.0
    top = max(*values, (peak.value or 0) + (peak.uncertainty_95 or 0), reference)
    # A bound for the shin crest has no place on the curve of the shin angle.
    bound = first.threshold if first is not None and first.measurement == exam.measurement else None
    return _plot(
        report, curve, (min(0.0, *values) - 2, top + 5), 240,
        kind="curve", title=f"{exam.label} over time, in degrees", young=young,
        level=bound, level_kind="bound",
        peak=peak if peak.value is not None and peak.time_s is not None else None,
    )  # fmt: skip


def heel_plot(report: Report) -> str:
    """Heel rise over time with the line under which a heel counts as down. Empty when no rise is known."""
    curve = report.signals.heel_lift_mm
    values = [v for v in curve if v is not None]
    if not values:
        return ""
    return _plot(
        report, curve, (min(-5.0, *values), max(20.0, *values) * 1.15), 160,
        kind="heel", title="Heel rise over time, in millimetres", young=None, level=HEEL_DOWN_MM,
        level_kind="limit", peak=None,
    )  # fmt: skip


def _plot(
    report: Report, curve: Sequence[float | None], span: tuple[float, float], height: int, **more: Any
) -> str:
    last_s = max(report.signals.time_s[-1], 1e-6)
    axes = Axes(0.0, last_s, *span, LEFT, WIDTH - RIGHT, TOP, height - BOTTOM)
    every_s = step_of(last_s, _EVERY_S, 6)
    return render_page(
        "curve.svg.j2",
        axes=axes,
        width=WIDTH,
        height=height,
        grid=[tick for tick in axes.grid((5, 10, 20, 50, 100), 7) if tick < axes.high],
        moments_s=[n * every_s for n in range(int(last_s / every_s) + 1)],
        time_s=report.signals.time_s,
        values=curve,
        reps=report.reps,
        **more,
    )
