"""Curves as inline SVG for the page: no script, prints sharp.

Not here: the strip on the video (`drawing.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dorsi.report.model import Report

__all__ = ["angle_plot", "heel_plot"]

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 720, 44, 12, 22, 30


class _Axes:
    """Maps seconds and values to the SVG's own units."""

    def __init__(self, last_s: float, low: float, high: float, height: int) -> None:
        self.last_s, self.low, self.high, self.height = max(last_s, 1e-6), low, high, height

    def x(self, time_s: float) -> float:
        return LEFT + time_s / self.last_s * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.height - BOTTOM - share * (self.height - TOP - BOTTOM)


def angle_plot(report: Report) -> str:
    """Shin angle over time with reps shaded, the counted peak and each heel-lift onset marked."""
    values = [v for v in report.signals.shin_angle_deg if v is not None]
    if not values:
        return ""
    axes = _Axes(report.signals.time_s[-1], min(0.0, min(values)) - 2, max(20.0, max(values)) + 6, 250)
    parts = [_frame(axes, "Shin angle (degrees)"), _reps(report, axes)]
    parts.append(_line(axes, report.signals.time_s, report.signals.shin_angle_deg, "curve"))
    for rep in report.reps:
        if rep.heel_lift_onset_s is not None and rep.heel_lift_onset_shin_angle_deg is not None:
            x, y = axes.x(rep.heel_lift_onset_s), axes.y(rep.heel_lift_onset_shin_angle_deg)
            parts.append(
                f'<line class="onset" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{axes.height - BOTTOM}"/>'
            )
            parts.append(f'<text class="onset-t" x="{x + 4:.1f}" y="{y + 16:.1f}">heel lifts</text>')
    peak = report.measurements.peak_shin_angle_deg
    if peak.value is not None and peak.time_s is not None:
        x, y, half = axes.x(peak.time_s), axes.y(peak.value), peak.uncertainty_95 or 0
        top, bottom = axes.y(peak.value + half), axes.y(peak.value - half)
        parts.append(f'<line class="bar" x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}"/>')
        parts.append(f'<circle class="peak" cx="{x:.1f}" cy="{y:.1f}" r="6"/>')
        anchor = "end" if x > WIDTH * 0.75 else "start"
        shift = -10 if anchor == "end" else 10
        parts.append(
            f'<text class="peak-t" text-anchor="{anchor}" x="{x + shift:.1f}" y="{y - 9:.1f}">'
            f"{peak.value:.0f}° ± {half:.0f}°</text>"
        )
    return _svg(axes, parts, "Shin angle over time")


def heel_plot(report: Report) -> str:
    """Heel lift over time with the 5 mm line under which a heel counts as down."""
    values = [v for v in report.signals.heel_lift_mm if v is not None]
    if not values:
        return ""
    axes = _Axes(report.signals.time_s[-1], min(-5.0, min(values)), max(20.0, max(values)) * 1.15, 180)
    parts = [_frame(axes, "Heel above its rest (mm)"), _reps(report, axes)]
    y = axes.y(5)
    parts.append(f'<line class="limit" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
    parts.append(_line(axes, report.signals.time_s, report.signals.heel_lift_mm, "heel"))
    return _svg(axes, parts, "Heel lift over time")


def _svg(axes: _Axes, parts: Sequence[str], title: str) -> str:
    body = "".join(parts)
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {axes.height}" role="img" aria-label="{escape(title)}">'
        f"{body}</svg>"
    )


def _frame(axes: _Axes, title: str) -> str:
    step = next(s for s in (5, 10, 20, 50, 100) if (axes.high - axes.low) / s <= 6 or s == 100)
    out = [f'<text class="title" x="{LEFT}" y="14">{escape(title)}</text>']
    tick = -(-int(axes.low) // step) * step
    while tick < axes.high:
        y = axes.y(tick)
        out.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        out.append(f'<text class="tick" text-anchor="end" x="{LEFT - 6}" y="{y + 4:.1f}">{tick}</text>')
        tick += step
    every = next(s for s in (0.5, 1, 2, 5, 10, 20, 60) if axes.last_s / s <= 8 or s == 60)
    for n in range(int(axes.last_s / every) + 1):
        x = axes.x(n * every)
        y_text = axes.height - 10
        out.append(f'<text class="tick" text-anchor="middle" x="{x:.1f}" y="{y_text}">{n * every:g} s</text>')
    return "".join(out)


def _reps(report: Report, axes: _Axes) -> str:
    out = []
    for number, rep in enumerate(report.reps, 1):
        x0, x1 = axes.x(rep.start_s), axes.x(rep.end_s)
        height = axes.height - TOP - BOTTOM
        out.append(f'<rect class="rep" x="{x0:.1f}" y="{TOP}" width="{x1 - x0:.1f}" height="{height}"/>')
        middle = (x0 + x1) / 2
        y = axes.height - BOTTOM - 6
        out.append(f'<text class="tick" text-anchor="middle" x="{middle:.1f}" y="{y}">rep {number}</text>')
    return "".join(out)


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
