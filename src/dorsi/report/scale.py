"""The scale under the answer: zones of the reference, the value, its ± as a bar. Inline SVG, no script.

Horizontal places are in percent and heights in px, so the letters keep their size at every width.
Not here: curves over time (`plots.py`), colours (classes in `templates/style.css`).
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

__all__ = ["Band", "Zones", "scale_svg"]

_EDGE = 2.0
"""Percent left free at both ends, for the letters of the end ticks."""
_TOP, _HIGH, _BAR = 38, 20, 26
"""Where the zones begin, how high they are, and where the value's bar lies above them, px."""

_NOTES_APART = 46.0
"""Percent between the middles of two notes that share a line at 340 px."""


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
    value: float,
    half: float | None,
    top: float,
    *,
    zones: Zones | None,
    band: Band | None = None,
    unit: str = "°",
    title: str = "",
) -> str:
    """A scale from 0 to `top` or wherever the value and its ± end. `half` None draws no bar."""
    reach = max(top, value + (half or 0.0), band.high if band else 0.0)
    step = next((s for s in (10, 20, 30, 50) if reach / s <= 6), 100)
    axis = _Axis(-(-reach // step) * step)
    parts = [*_zones(axis, zones), *_ticks(axis, step, unit)]
    notes: list[tuple[float, str]] = []
    if zones is not None:
        low, high = zones.limited_below, zones.meets_from
        said = f"{low:g}–{high:g}{unit} borderline" if low < high else f"from {high:g}{unit} on"
        notes.append((axis.share((low + high) / 2), said))
    if band is not None:
        parts.append(
            f'<rect class="band" x="{axis.at(band.low)}" width="{axis.wide(band.high - band.low)}" '
            f'y="{_TOP - 3}" height="{_HIGH + 6}" rx="3"/>'
        )
        notes.append(
            (axis.share((band.low + band.high) / 2), f"{band.name} {band.low:g}–{band.high:g}{unit}")
        )
    # On a phone the two notes fit beside each other only when far apart.
    stacked = len(notes) > 1 and abs(notes[0][0] - notes[1][0]) < _NOTES_APART
    for row, (share, said) in enumerate(notes):
        anchor, place = _anchored(share)
        parts.append(_text(said, "note", anchor, place, _TOP + _HIGH + 34 + (16 * row if stacked else 0)))
    parts += _value(axis, value, half, unit)
    said = (
        f"{title or 'Value'} {value:.1f}{unit}{f' ± {half:.1f}{unit}' if half is not None else ''} on a scale"
    )
    height = 112 if stacked else 96
    return (
        f'<svg class="scale" width="100%" height="{height}" role="img" '
        f'aria-label="{escape(said)} from 0 to {axis.top:g}{unit}">{"".join(parts)}</svg>'
    )


class _Axis:
    """Values to percent of the width."""

    def __init__(self, top: float) -> None:
        self.top = top

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
            f'<rect class="zone {kind}" x="{axis.at(start)}" width="{axis.wide(end - start)}" y="{_TOP}" '
            f'height="{_HIGH}"/>'
        )
        # A zone too narrow for its word stays without; the note below names the bounds anyway.
        if word and (end - start) / axis.top >= 0.15:
            out.append(
                f'<text class="word {kind}" x="{axis.share(start) + 1.2:.2f}%" y="{_TOP + 14}">{word}</text>'
            )
    return out


def _ticks(axis: _Axis, step: float, unit: str) -> list[str]:
    out, tick = [], 0.0
    while tick <= axis.top + 1e-9:
        place = axis.at(tick)
        out.append(
            f'<line class="tick" x1="{place}" x2="{place}" y1="{_TOP + _HIGH}" y2="{_TOP + _HIGH + 4}"/>'
        )
        out.append(_text(f"{tick:g}{unit}", "tick", "middle", axis.share(tick), _TOP + _HIGH + 16))
        tick += step
    return out


def _text(said: str, kind: str, anchor: str, share: float, y: float) -> str:
    return f'<text class="{kind}" text-anchor="{anchor}" x="{share:.2f}%" y="{y:g}">{escape(said)}</text>'


def _value(axis: _Axis, value: float, half: float | None, unit: str) -> list[str]:
    """The value and its ± above the zones, so that neither hides the other."""
    place = axis.at(value)
    out = [f'<line class="drop" x1="{place}" x2="{place}" y1="{_BAR}" y2="{_TOP}"/>']
    if half is not None:
        low, high = axis.at(value - half), axis.at(value + half)
        out.append(f'<line class="bar" x1="{low}" x2="{high}" y1="{_BAR}" y2="{_BAR}"/>')
        out += [f'<line class="bar" x1="{x}" x2="{x}" y1="{_BAR - 5}" y2="{_BAR + 5}"/>' for x in (low, high)]
    anchor, text_at = _anchored(axis.share(value), near=8)
    out.append(f'<circle class="dot" cx="{place}" cy="{_BAR}" r="5"/>')
    out.append(
        f'<text class="value" text-anchor="{anchor}" x="{text_at:.2f}%" y="14">{value:.1f}{unit}</text>'
    )
    return out


def _anchored(share: float, near: float = 22) -> tuple[str, float]:
    """How a text at `share` percent is anchored so that it stays inside."""
    if share < near:
        return "start", _EDGE
    if share > 100 - near:
        return "end", 100 - _EDGE
    return "middle", share
