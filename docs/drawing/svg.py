"""Pens: lines, shapes and words as SVG text, in px; and the view that turns metres into px.

Numbers are written in one way only, so that the same drawing gives the same bytes. Not here: what is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin

__all__ = ["Point", "View", "arc", "circle", "line", "polygon", "rect", "smooth", "text"]

Point = tuple[float, float]


@dataclass(frozen=True)
class View:
    """Where metres land in the picture: the floor point x = 0 at `x_px`, `floor_px`; `px` per metre."""

    x_px: float
    floor_px: float
    px: float

    def __call__(self, point: Point) -> Point:
        """Metres to px."""
        return self.x_px + self.px * point[0], self.floor_px - self.px * point[1]


def smooth(points: Sequence[Point]) -> str:
    """SVG path of a closed Catmull-Rom curve through the points."""
    count = len(points)
    told = [f"M{_xy(points[0])}"]
    for i in range(count):
        before, here, there, after = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        one = (here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6)
        two = (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6)
        told.append(f"C{_xy(one)} {_xy(two)} {_xy(there)}")
    return "".join(told) + "Z"


def _xy(point: Point) -> str:
    # Adding 0.0 turns -0.0 into 0.0: one way to write a number.
    return f"{round(point[0], 1) + 0.0:g},{round(point[1], 1) + 0.0:g}"


def line(points: Sequence[Point], colour: str = "#333", width: float = 2.0, extra: str = "") -> str:
    """An open line through points in px."""
    told = " ".join(_xy(p) for p in points)
    return f'<polyline points="{told}" fill="none" stroke="{colour}" stroke-width="{width:g}" {extra}/>'


def polygon(
    points: Sequence[Point], fill: str, colour: str = "none", width: float = 1.2, extra: str = ""
) -> str:
    """A closed shape through points in px."""
    told = " ".join(_xy(p) for p in points)
    return f'<polygon points="{told}" fill="{fill}" stroke="{colour}" stroke-width="{width:g}" {extra}/>'


def circle(at: Point, radius: float, fill: str, colour: str = "none", width: float = 1.2) -> str:
    """A disc, px."""
    x, y = _xy(at).split(",")
    return (
        f'<circle cx="{x}" cy="{y}" r="{radius:g}" fill="{fill}" stroke="{colour}" stroke-width="{width:g}"/>'
    )


def text(
    at: Point, words: str, colour: str = "#333", size: float = 14, anchor: str = "start", bold: bool = False
) -> str:
    """One line of words, px."""
    x, y = _xy(at).split(",")
    weight = "bold" if bold else "normal"
    safe = words.replace("&", "&amp;").replace("<", "&lt;")
    font = f'font-size="{size:g}" font-weight="{weight}" text-anchor="{anchor}"'
    return f'<text x="{x}" y="{y}" fill="{colour}" {font}>{safe}</text>'


def arc(centre: Point, radius: float, from_deg: float, to_deg: float) -> list[Point]:
    """Points in px along a circle; degrees from straight up, towards +x."""
    steps = 12
    angles = [radians(from_deg + (to_deg - from_deg) * i / steps) for i in range(steps + 1)]
    return [(centre[0] + radius * sin(a), centre[1] - radius * cos(a)) for a in angles]


def rect(
    corner: Point,
    size: Point,
    fill: str,
    colour: str = "none",
    width: float = 1.4,
    round_px: float = 0,
    extra: str = "",
) -> str:
    """An upright rectangle, px."""
    x, y = _xy(corner).split(",")
    w, h = _xy(size).split(",")
    edge = f'rx="{round_px:g}" fill="{fill}" stroke="{colour}" stroke-width="{width:g}"'
    return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" {edge} {extra}/>'
