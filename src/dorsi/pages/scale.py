"""The scale under the answer: zones of the reference, the value, its ± as a bar. Inline SVG, no script.

Horizontal places are in percent and heights in px, so the letters keep their size at every width.
Not here: curves over time (`plots.py`), colours (classes in `templates/style.css`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["Band", "Mark", "Zones", "scale_svg"]

_EDGE = 2.0
"""Percent left free at both ends, for the letters of the end ticks."""
_MARK_HIGH, _ZONE_HIGH = 28, 20
"""Heights of a value with its bar, and of the zones below the values, px."""
_NOTES_APART = 46.0
"""Percent between the middles of two notes that share a line at 340 px."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A value with its ± (None draws no bar); `name` is said before it where there are several."""

    value: float
    half: float | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Zones:
    """Limited below `limited_below`, meets from `meets_from`, borderline between; in the scale's unit."""

    limited_below: float
    meets_from: float


@dataclass(frozen=True, slots=True)
class Band:
    """A range shown for comparison, named."""

    low: float
    high: float
    name: str


def scale_svg(
    marks: Sequence[Mark],
    top: float,
    *,
    zones: Zones | None,
    band: Band | None = None,
    unit: str = "°",
    title: str = "Value",
) -> str:
    """A scale from 0 to `top`, or farther where a value with its ± ends; one row of it a mark."""
    reach = max([top, band.high if band else 0.0, *(mark.value + (mark.half or 0.0) for mark in marks)])
    step = next((s for s in (10, 20, 30, 50) if reach / s <= 6), 100)
    axis = _Axis(-(-reach // step) * step, 10 + _MARK_HIGH * len(marks))
    parts = [*_zones(axis, zones), *_ticks(axis, step, unit)]
    if band is not None:
        parts.append(
            f'<rect class="band" x="{axis.at(band.low)}" width="{axis.wide(band.high - band.low)}" '
            f'y="{axis.zones_y - 3}" height="{_ZONE_HIGH + 6}" rx="3"/>'
        )
    notes = _notes(axis, zones, band, unit)
    rows = [16 + _MARK_HIGH * row for row in range(len(marks))]
    for mark, y in zip(marks, rows, strict=True):
        parts += _mark(axis, mark, y + 10)
    # Words last: where the line of another mark crosses them they stay readable.
    parts += [_mark_words(axis, mark, unit, y - 2) for mark, y in zip(marks, rows, strict=True)]
    said = ", ".join(
        f"{mark.name} {_plain(mark, unit)}".strip()
        + (f" ± {mark.half:.1f}{unit}" if mark.half is not None else "")
        for mark in marks
    )
    return (
        f'<svg class="scale" width="100%" height="{notes.bottom}" role="img" '
        f'aria-label="{escape(f"{title} {said}")} on a scale from 0 to {axis.top:g}{unit}">'
        f"{''.join([*parts, *notes.parts])}</svg>"
    )


class _Axis:
    """Values to percent of the width; `zones_y` is where the zones begin, px."""

    def __init__(self, top: float, zones_y: int) -> None:
        self.top, self.zones_y = top, zones_y

    def share(self, value: float) -> float:
        return _EDGE + (100 - 2 * _EDGE) * min(max(value, 0.0), self.top) / self.top

    def at(self, value: float) -> str:
        return f"{self.share(value):.2f}%"

    def wide(self, length: float) -> str:
        return f"{(100 - 2 * _EDGE) * length / self.top:.2f}%"


def _zones(axis: _Axis, zones: Zones | None) -> list[str]:
    if zones is None:
        ends = [("plain", 0.0, axis.top, "")]
    else:
        low, high = zones.limited_below, zones.meets_from
        ends = [
            ("limited", 0.0, low, "limited"),
            ("borderline", low, high, ""),
            ("meets", high, axis.top, "meets"),
        ]
    out = []
    for kind, start, end, word in ends:
        if end <= start:
            continue
        out.append(
            f'<rect class="zone {kind}" x="{axis.at(start)}" width="{axis.wide(end - start)}" '
            f'y="{axis.zones_y}" height="{_ZONE_HIGH}"/>'
        )
        # A zone too narrow for its word stays without; the note below names the bounds anyway.
        if word and (end - start) / axis.top >= 0.15:
            out.append(_text(word, f"word {kind}", "start", axis.share(start) + 1.2, axis.zones_y + 14))
    return out


def _ticks(axis: _Axis, step: float, unit: str) -> list[str]:
    out, tick, y = [], 0.0, axis.zones_y + _ZONE_HIGH
    while tick <= axis.top + 1e-9:
        place = axis.at(tick)
        out.append(f'<line class="tick" x1="{place}" x2="{place}" y1="{y}" y2="{y + 4}"/>')
        # The last one ends where the scale does: in a narrow card half of it would stand outside.
        last = tick + step > axis.top + 1e-9
        anchor, share = ("end", 100.0) if last else ("middle", axis.share(tick))
        out.append(_text(f"{tick:g}{unit}", "tick", anchor, share, y + 16))
        tick += step
    return out


@dataclass(frozen=True, slots=True)
class _Notes:
    parts: list[str]
    bottom: int


def _notes(axis: _Axis, zones: Zones | None, band: Band | None, unit: str) -> _Notes:
    """The bounds and the band in words below the ticks, on two lines where they would touch."""
    notes: list[tuple[float, str]] = []
    if zones is not None:
        low, high = zones.limited_below, zones.meets_from
        said = f"{low:g}–{high:g}{unit} borderline" if low < high else f"from {high:g}{unit} on"
        notes.append((axis.share((low + high) / 2), said))
    if band is not None:
        middle = axis.share((band.low + band.high) / 2)
        notes.append((middle, f"{band.name} {band.low:g}–{band.high:g}{unit}"))
    stacked = len(notes) > 1 and abs(notes[0][0] - notes[1][0]) < _NOTES_APART
    first = axis.zones_y + _ZONE_HIGH + 34
    parts = []
    for row, (share, said) in enumerate(notes):
        anchor, place = _anchored(share)
        parts.append(_text(said, "note", anchor, place, first + (16 * row if stacked else 0)))
    return _Notes(parts, first + (20 if stacked else 4))


def _text(said: str, kind: str, anchor: str, share: float, y: float) -> str:
    return f'<text class="{kind}" text-anchor="{anchor}" x="{share:.2f}%" y="{y:g}">{escape(said)}</text>'


def _mark(axis: _Axis, mark: Mark, y: int) -> list[str]:
    """The value and its ± above the zones, so that neither hides the other."""
    place = axis.at(mark.value)
    out = [f'<line class="drop" x1="{place}" x2="{place}" y1="{y}" y2="{axis.zones_y}"/>']
    if mark.half is not None:
        low, high = axis.at(mark.value - mark.half), axis.at(mark.value + mark.half)
        out.append(f'<line class="bar" x1="{low}" x2="{high}" y1="{y}" y2="{y}"/>')
        out += [f'<line class="bar" x1="{x}" x2="{x}" y1="{y - 5}" y2="{y + 5}"/>' for x in (low, high)]
    out.append(f'<circle class="dot" cx="{place}" cy="{y}" r="5"/>')
    return out


def _mark_words(axis: _Axis, mark: Mark, unit: str, y: int) -> str:
    anchor, place = _anchored(axis.share(mark.value), near=14 if mark.name else 8)
    return _text(f"{mark.name} {_plain(mark, unit)}".strip(), "value", anchor, place, y)


def _plain(mark: Mark, unit: str) -> str:
    return f"{mark.value:.1f}{unit}"


def _anchored(share: float, near: float = 22) -> tuple[str, float]:
    """How a text at `share` percent is anchored so that it stays inside."""
    if share < near:
        return "start", _EDGE
    if share > 100 - near:
        return "end", 100 - _EDGE
    return "middle", share
