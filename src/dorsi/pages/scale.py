"""The scale under the answer: zones of the reference, the value, its ± as a bar. Inline SVG, no script.

Horizontal places are in percent and heights in px, so the letters keep their size at every width.
Not here: markup (`templates/scale.svg.j2`), curves over time (`plots.py`), colours (`templates/style.css`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dorsi.pages.axes import step_of
from dorsi.pages.page import render_page

__all__ = ["Band", "Mark", "Zones", "scale_svg"]

_EDGE = 2.0
"""Percent left free at both ends, for the letters of the end ticks."""
_MARK_HIGH, _ZONE_HIGH = 28, 20
"""Heights of a value with its bar, and of the zones below the values, px."""
_NOTES_APART = 46.0
"""Percent between the middles of two notes that share a line at 340 px."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A value with its ± in deg (None draws no bar); `name` is said before it where there are several."""

    value: float
    half: float | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Zones:
    """Limited below `limited_below`, meets from `meets_from`, borderline between; deg."""

    limited_below: float
    meets_from: float


@dataclass(frozen=True, slots=True)
class Band:
    """A range shown for comparison, named; deg."""

    low: float
    high: float
    name: str


def scale_svg(
    marks: Sequence[Mark], top: float, *, zones: Zones | None, band: Band | None = None, title: str = "Value"
) -> str:
    """A scale from 0 to `top`, or farther where a value with its ± ends; one row of it a mark."""
    reach = max([top, band.high if band else 0.0, *(mark.value + (mark.half or 0.0) for mark in marks)])
    step = step_of(reach, (10, 20, 30, 50, 100), 6)
    axis = _Axis(-(-reach // step) * step)
    zones_y = 10 + _MARK_HIGH * len(marks)
    notes, notes_high = _notes(axis, zones, band)
    return render_page(
        "scale.svg.j2",
        axis=axis,
        marks=marks,
        mark_high=_MARK_HIGH,
        zones_y=zones_y,
        zone_high=_ZONE_HIGH,
        zones=_areas(axis, zones),
        ticks=[n * step for n in range(round(axis.top / step) + 1)],
        band=band,
        notes=notes,
        bottom=zones_y + _ZONE_HIGH + notes_high,
        title=title,
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    """Values from 0 to `top` as percent of the width."""

    top: float

    def share(self, value: float) -> float:
        return _EDGE + (100 - 2 * _EDGE) * min(max(value, 0.0), self.top) / self.top

    def wide(self, length: float) -> float:
        return (100 - 2 * _EDGE) * length / self.top

    def anchored(self, value: float, near: float = 22) -> tuple[str, float]:
        """How a text at `value` is anchored so that it stays inside, and at which percent."""
        share = self.share(value)
        if share < near:
            return "start", _EDGE
        return ("end", 100 - _EDGE) if share > 100 - near else ("middle", share)


def _areas(axis: _Axis, zones: Zones | None) -> list[tuple[str, float, float, bool]]:
    """Kind, start and end of each zone, and whether its word has room; a note names the bounds anyway."""
    if zones is None:
        return [("plain", 0.0, axis.top, False)]
    low, high = zones.limited_below, zones.meets_from
    return [
        (kind, start, end, kind != "borderline" and (end - start) / axis.top >= 0.15)
        for kind, start, end in (("limited", 0.0, low), ("borderline", low, high), ("meets", high, axis.top))
        if end > start
    ]


def _notes(
    axis: _Axis, zones: Zones | None, band: Band | None
) -> tuple[list[tuple[str, str, float, int]], int]:
    """The bounds and the band in words, anchored, each with its line below the zones, px; and where they end.

    On two lines where they would touch.
    """
    notes: list[tuple[str, float]] = []
    if zones is not None:
        low, high = zones.limited_below, zones.meets_from
        said = f"{low:g}–{high:g}° borderline" if low < high else f"from {high:g}° on"
        notes.append((said, (low + high) / 2))
    if band is not None:
        notes.append((f"{band.name} {band.low:g}–{band.high:g}°", (band.low + band.high) / 2))
    shares = [axis.share(middle) for _, middle in notes]
    apart = 16 if len(shares) > 1 and abs(shares[0] - shares[1]) < _NOTES_APART else 0
    placed = [(said, *axis.anchored(middle), 34 + apart * row) for row, (said, middle) in enumerate(notes)]
    return placed, 38 + apart
