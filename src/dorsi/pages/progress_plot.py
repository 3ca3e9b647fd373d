"""One side over time as inline SVG: each value with its ±, and the band of measuring error round the first.

Not here: markup (`templates/trend.svg.j2`), colours (`templates/style.css`), curves of a clip (`plots.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dorsi.pages.axes import Axes
from dorsi.pages.page import render_page
from dorsi.progress.compare import Trend
from dorsi.progress.words import day_in_words
from dorsi.quantities import QUANTITIES
from dorsi.store import Point

__all__ = ["trend_plot"]

WIDTH: Final = 380
HEIGHT: Final = 230
LEFT, RIGHT, TOP, BOTTOM = 32, 14, 14, 26
"""Margins, in SVG units."""
# Closer than this the days under the axis would run into each other.
DAY_WIDTH: Final = 78
MIN_SPAN: Final = 10.0
LAST_WIDTH: Final = 48
DAY_S: Final = 86400.0


def trend_plot(trend: Trend, together: Sequence[Trend]) -> str:
    """The plot of one trend, on the axes that fit all of `together`."""
    axes, quantity = _axes(together), QUANTITIES[trend.measurement]
    places = [(_x(axes, point), axes.y(point.value), point) for point in trend.points]
    x, y, last = places[-1]
    # The last value stands on the side of its dot that the line does not come from.
    falling = len(places) > 1 and trend.points[-2].value > last.value
    at_left = x - 9 - LAST_WIDTH < LEFT  # the axis' own numbers stand there
    return render_page(
        "trend.svg.j2",
        axes=axes,
        width=WIDTH,
        height=HEIGHT,
        title=f"{quantity.name.lower()}, {trend.side or 'side not known'}, over time",
        grid=axes.grid((2, 5, 10, 20, 50, 100), 6),
        band=_band(trend),
        first_x=_x(axes, trend.since_first.before) if trend.since_first else None,
        places=places,
        last_x=x + 9 if at_left else x - 9,
        last_y=y + (19 if falling else -8),
        last_anchor="start" if at_left else "end",
        last=f"{last.value:.1f}{quantity.sign}",
        days=_days(trend, axes),
    )


def _axes(trends: Sequence[Trend]) -> Axes:
    """The same for the sides that stand next to each other."""
    points = [point for trend in trends for point in trend.points]
    times_s = [point.measured_at.timestamp() for point in points]
    # Two clips filmed in a row are not drawn as far apart as two months.
    spare_s = max(0.0, (DAY_S - (max(times_s) - min(times_s))) / 2)
    ends = [point.value + sign * (point.uncertainty_95 or 0.0) for point in points for sign in (-1, 1)]
    ends += [edge for trend in trends for edge in _band(trend) or ()]
    low, high = min(ends), max(ends)
    spare = max(0.06 * (high - low), (MIN_SPAN - (high - low)) / 2)
    return Axes(
        min(times_s) - spare_s, max(times_s) + spare_s, low - spare, high + spare,
        LEFT, WIDTH - RIGHT, TOP, HEIGHT - BOTTOM,
        # So that the day under the first and the last dot has room.
        inset=DAY_WIDTH / 2 - RIGHT,
    )  # fmt: skip


def _x(axes: Axes, point: Point) -> float:
    return axes.x(point.measured_at.timestamp())


def _band(trend: Trend) -> tuple[float, float] | None:
    """What the latest value has to leave to be a real change, None where nothing is compared."""
    change = trend.since_first
    if change is None or change.needed is None:
        return None
    return change.before.value - change.needed, change.before.value + change.needed


def _days(trend: Trend, axes: Axes) -> list[tuple[float, str]]:
    """The latest day, the first, and what has room between them: each with its place."""
    chosen: list[tuple[float, str]] = []
    for point in (trend.points[-1], *trend.points[:-1]):
        x = _x(axes, point)
        if all(abs(x - other) >= DAY_WIDTH for other, _ in chosen):
            chosen.append((x, day_in_words(point.measured_at)))
    return chosen
