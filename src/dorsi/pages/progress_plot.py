"""One side over time as inline SVG: each value with its ±, and the band of measuring error round the first.

Not here: colours (classes in `templates/progress.html.j2`), curves within one clip (`report/plots.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from dorsi.progress.compare import Trend
from dorsi.progress.words import day_in_words
from dorsi.quantities import QUANTITIES
from dorsi.store import Point

__all__ = ["trend_plot"]

WIDTH: Final = 380
HEIGHT: Final = 230
LEFT, RIGHT, TOP, BOTTOM = 32, 14, 14, 26
"""Margins, in SVG units: about one CSS px on a phone and in each of two columns on a wider page."""
# Closer than this the days under the axis would run into each other.
DAY_WIDTH: Final = 78
MIN_SPAN: Final = 10.0
LAST_WIDTH: Final = 48
DAY_S: Final = 86400.0


class _Axes:
    """Maps moments and values to SVG units, the same for the sides that stand next to each other."""

    def __init__(self, trends: Sequence[Trend]) -> None:
        points = [point for trend in trends for point in trend.points]
        times = [point.measured_at.timestamp() for point in points]
        self.start, self.end = _at_least_a_day(min(times), max(times))
        ends = [point.value + sign * (point.uncertainty_95 or 0.0) for point in points for sign in (-1, 1)]
        ends += [edge for trend in trends for edge in _band(trend) or ()]
        low, high = min(ends), max(ends)
        spare = max(0.06 * (high - low), (MIN_SPAN - (high - low)) / 2)
        self.low, self.high = low - spare, high + spare

    def x(self, point: Point) -> float:
        share = (point.measured_at.timestamp() - self.start) / (self.end - self.start)
        # Half a day's width inside, so that the day under the first and the last dot has room.
        inset = DAY_WIDTH / 2 - RIGHT
        return LEFT + inset + share * (WIDTH - LEFT - RIGHT - 2 * inset)

    def y(self, value: float) -> float:
        floor = HEIGHT - BOTTOM
        return floor - (value - self.low) / (self.high - self.low) * (floor - TOP)


def _at_least_a_day(start: float, end: float) -> tuple[float, float]:
    """The span of the axis, s: two clips filmed in a row are not drawn as far apart as two months."""
    spare = max(0.0, (DAY_S - (end - start)) / 2)
    return start - spare, end + spare


def trend_plot(trend: Trend, together: Sequence[Trend]) -> str:
    """The plot of one trend, on the axes that fit all of `together`."""
    axes = _Axes(together)
    parts = [_grid(axes), _error_band(trend, axes), _line(trend, axes)]
    parts += [_dot(point, axes) for point in trend.points]
    parts.append(_last_value(trend, axes))
    parts.append(_days(trend, axes))
    side = trend.side or "side not known"
    title = escape(f"{QUANTITIES[trend.measurement].name.lower()}, {side}, over time")
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">'
        f"{''.join(parts)}</svg>"
    )


def _band(trend: Trend) -> tuple[float, float] | None:
    """What the latest value has to leave to be a real change, None where nothing is compared."""
    change = trend.since_first
    if change is None or change.needed is None:
        return None
    return change.before.value - change.needed, change.before.value + change.needed


def _grid(axes: _Axes) -> str:
    span = axes.high - axes.low
    step = next(s for s in (2, 5, 10, 20, 50, 100) if span / s <= 6 or s == 100)
    tick = -int(-axes.low // step) * step
    out = []
    while tick <= axes.high:
        y = axes.y(tick)
        out.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        out.append(_text(LEFT - 5, y + 4, str(tick).replace("-", "−"), "tick", "end"))
        tick += step
    return "".join(out)


def _error_band(trend: Trend, axes: _Axes) -> str:
    band = _band(trend)
    if band is None or trend.since_first is None:
        return ""
    top, bottom = axes.y(band[1]), axes.y(band[0])
    x = axes.x(trend.since_first.before)
    return (
        f'<rect class="error" x="{x:.1f}" y="{top:.1f}" width="{WIDTH - RIGHT - x:.1f}" '
        f'height="{bottom - top:.1f}"/>'
    )


def _line(trend: Trend, axes: _Axes) -> str:
    steps = " ".join(f"{axes.x(point):.1f},{axes.y(point.value):.1f}" for point in trend.points)
    return f'<polyline class="trend" points="{steps}"/>'


def _dot(point: Point, axes: _Axes) -> str:
    """The value; its ± as a bar, or an open dot where it is not known."""
    x, y = axes.x(point), axes.y(point.value)
    if point.uncertainty_95 is None:
        return f'<circle class="dot open" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
    top, bottom = axes.y(point.value + point.uncertainty_95), axes.y(point.value - point.uncertainty_95)
    return (
        f'<line class="bar" x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}"/>'
        f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
    )


def _last_value(trend: Trend, axes: _Axes) -> str:
    last = trend.points[-1]
    x, y = axes.x(last), axes.y(last.value)
    # On the side of the dot that the line does not come from.
    falling = len(trend.points) > 1 and trend.points[-2].value > last.value
    text = f"{last.value:.1f}{QUANTITIES[trend.measurement].sign}"
    at_left = x - 9 - LAST_WIDTH < LEFT  # the axis' own numbers stand there
    return _text(
        x + 9 if at_left else x - 9, y + (19 if falling else -8), text, "last", "start" if at_left else "end"
    )


def _days(trend: Trend, axes: _Axes) -> str:
    """The latest day, the first, and what has room between them."""
    chosen: list[Point] = []
    for point in (trend.points[-1], *trend.points[:-1]):
        if all(abs(axes.x(point) - axes.x(other)) >= DAY_WIDTH for other in chosen):
            chosen.append(point)
    return "".join(
        _text(axes.x(point), HEIGHT - 8, day_in_words(point.measured_at), "tick", "middle")
        for point in chosen
    )


def _text(x: float, y: float, text: str, kind: str, anchor: str) -> str:
    return f'<text class="{kind}" text-anchor="{anchor}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'
