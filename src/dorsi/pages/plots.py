"""Curves as inline SVG for the page: no script, sharp on paper, letters readable at a phone's width.

Not here: the strip on the video (`drawing.py`), the scale of the answer (`scale.py`),
colours (classes in `templates/style.css`).
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dorsi.engine.conclude.signals import HEEL_DOWN_MM
from dorsi.report.exam import YOUNG_ADULTS_DEG, exam_of
from dorsi.report.model import Measured, Report
from dorsi.report.verdict import headline_finding

__all__ = ["angle_plot", "heel_plot"]

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 380, 30, 8, 10, 24
"""In SVG units, about one CSS px on a phone and in each of two columns on a wider page."""


class _Axes:
    """Maps seconds and values to the SVG's own units."""

    def __init__(self, last_s: float, low: float, high: float, height: int) -> None:
        self.last_s, self.low, self.high, self.height = max(last_s, 1e-6), low, high, height

    @property
    def floor(self) -> int:
        """Lower edge of the plotting area."""
        return self.height - BOTTOM

    def x(self, time_s: float) -> float:
        return LEFT + time_s / self.last_s * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.floor - share * (self.floor - TOP)


def angle_plot(report: Report) -> str:
    """The test's own angle over time: reps shaded, the counted peak with its ±, heel-lift onsets, references.

    Empty when no angle is known.
    """
    exam = exam_of(report)
    curve: list[float | None] = getattr(report.signals, exam.curve)
    values = [v for v in curve if v is not None]
    if not values:
        return ""
    peak: Measured = getattr(report.measurements, exam.measurement)
    top = max(*values, (peak.value or 0) + (peak.uncertainty_95 or 0), _reference(report) or 0.0)
    axes = _Axes(report.signals.time_s[-1], min(0.0, *values) - 2, top + 5, 240)
    parts = [_frame(axes), _reps(report, axes), _references(report, axes)]
    parts.append(_line(axes, report.signals.time_s, curve, "curve"))
    parts += [_onset(axes, r.heel_lift_onset_s) for r in report.reps if r.heel_lift_onset_s is not None]
    parts.append(_peak(peak, axes))
    return _svg(axes, parts, f"{exam.label} over time, in degrees")


def heel_plot(report: Report) -> str:
    """Heel rise over time with the line under which a heel counts as down. Empty when no rise is known."""
    values = [v for v in report.signals.heel_lift_mm if v is not None]
    if not values:
        return ""
    axes = _Axes(report.signals.time_s[-1], min(-5.0, *values), max(20.0, *values) * 1.15, 160)
    y = axes.y(HEEL_DOWN_MM)
    parts = [
        _frame(axes),
        _reps(report, axes),
        f'<line class="limit" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>',
        _line(axes, report.signals.time_s, report.signals.heel_lift_mm, "heel"),
    ]
    parts += [_onset(axes, r.heel_lift_onset_s) for r in report.reps if r.heel_lift_onset_s is not None]
    return _svg(axes, parts, "Heel rise over time, in millimetres")


def _svg(axes: _Axes, parts: Sequence[str], title: str) -> str:
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {axes.height}" role="img" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg>"
    )


def _frame(axes: _Axes) -> str:
    """Grid with at most seven values and six times."""
    step = next(s for s in (5, 10, 20, 50, 100) if (axes.high - axes.low) / s <= 7 or s == 100)
    out = []
    tick = -int(-axes.low // step) * step
    while tick < axes.high:
        y = axes.y(tick)
        out.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        out.append(_text(LEFT - 5, y + 4, str(tick), "tick", "end"))
        tick += step
    every = next(s for s in (0.5, 1, 2, 5, 10, 20, 60) if axes.last_s / s <= 6 or s == 60)
    out.extend(
        _text(axes.x(n * every), axes.height - 8, f"{n * every:g} s", "tick", "middle")
        for n in range(int(axes.last_s / every) + 1)
    )
    return "".join(out)


def _reps(report: Report, axes: _Axes) -> str:
    """A shade a repetition, numbered at its foot."""
    out = []
    for number, rep in enumerate(report.reps, 1):
        x0, x1 = axes.x(rep.start_s), axes.x(rep.end_s)
        size = f'width="{x1 - x0:.1f}" height="{axes.floor - TOP}"'
        out.append(f'<rect class="rep" x="{x0:.1f}" y="{TOP}" {size}/>')
        out.append(_text((x0 + x1) / 2, axes.floor - 5, str(number), "rep-n", "middle"))
    return "".join(out)


def _reference(report: Report) -> float | None:
    """Highest value of what the curve is held against, deg."""
    if report.test == "lunge":
        return YOUNG_ADULTS_DEG[1]
    finding = headline_finding(report)
    return finding.threshold if finding is not None else None


def _references(report: Report, axes: _Axes) -> str:
    """The value that meets the headline rule, and in a lunge beside it what young adults reach."""
    out = []
    if report.test == "lunge":
        low, high = YOUNG_ADULTS_DEG
        out.append(
            f'<rect class="young" x="{LEFT}" y="{axes.y(high):.1f}" width="{WIDTH - LEFT - RIGHT}" '
            f'height="{axes.y(low) - axes.y(high):.1f}"/>'
        )
    finding = headline_finding(report)
    # A bound for the shin crest has no place on the curve of the shin angle.
    if finding is not None and finding.measurement == exam_of(report).measurement:
        y = axes.y(finding.threshold)
        out.append(f'<line class="bound" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
    return "".join(out)


def _onset(axes: _Axes, time_s: float) -> str:
    x = axes.x(time_s)
    return f'<line class="onset" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{axes.floor}"/>'


def _peak(peak: Measured, axes: _Axes) -> str:
    if peak.value is None or peak.time_s is None:
        return ""
    x, half = axes.x(peak.time_s), peak.uncertainty_95 or 0.0
    top, bottom = axes.y(peak.value + half), axes.y(peak.value - half)
    right = x < WIDTH * 0.75
    # Beside the upper end of the ± bar the label stays clear of the curve.
    label = _text(x + (8 if right else -8), max(top + 4, TOP + 10), f"{peak.value:.1f}°", "peak-t",
                  "start" if right else "end")  # fmt: skip
    return (
        f'<line class="bar" x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}"/>'
        f'<circle class="peak" cx="{x:.1f}" cy="{axes.y(peak.value):.1f}" r="5"/>{label}'
    )


def _text(x: float, y: float, text: str, kind: str, anchor: str) -> str:
    return f'<text class="{kind}" text-anchor="{anchor}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _line(axes: _Axes, time_s: Sequence[float], values: Sequence[float | None], kind: str) -> str:
    """A path that breaks where nothing was measured."""
    path, pen_down = [], False
    for t, v in zip(time_s, values, strict=True):
        if v is None:
            pen_down = False
            continue
        path.append(f"{'L' if pen_down else 'M'}{axes.x(t):.1f} {axes.y(v):.1f}")
        pen_down = True
    return f'<path class="{kind}" d="{"".join(path)}"/>'
