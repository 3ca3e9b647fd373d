"""Light shapes: convex hulls of discs as SVG path text. The drills' figure is made of nothing else.

A capsule is the hull of two discs, a foot that of three. All go the same way round, so several of them in one
path fill as their union; with the stroke painted first, only the common outline shows.
Not here: bodies (`mannequin.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import acos, atan2, cos, hypot, pi, sin, tau

from docs.drawing.svg import Point, View

__all__ = ["Disc", "curve", "discs_px", "filled", "hull", "number"]

Disc = tuple[float, float, float]
"""x, y, radius; all in m or all in px."""

_DIRECTIONS = 180


def number(value: float) -> str:
    """A coordinate, px, with at most one digit behind the point."""
    return f"{round(value, 1) + 0.0:g}"


def _xy(x: float, y: float) -> str:
    return f"{number(x)} {number(y)}"


def discs_px(view: View, discs: Iterable[Disc]) -> list[Disc]:
    """Discs in m as discs in px of the picture."""
    return [(*view((x, y)), view.px * radius) for x, y, radius in discs]


def _round_trip(discs: Sequence[Disc]) -> list[Disc]:
    """The discs that the hull touches, in its order (clockwise on a screen); one may come twice."""
    found: list[Disc] = []
    for k in range(_DIRECTIONS):
        ux, uy = cos(tau * k / _DIRECTIONS), sin(tau * k / _DIRECTIONS)
        farthest = max(discs, key=lambda d: d[0] * ux + d[1] * uy + d[2])
        if not found or farthest != found[-1]:
            found.append(farthest)
    while len(found) > 1 and found[0] == found[-1]:
        found.pop()
    return found


def hull(discs: Sequence[Disc]) -> str:
    """Path text of the convex hull of discs in px; relative steps, which take fewer letters."""
    order = _round_trip(discs)
    if len(order) == 1:
        x, y, r = order[0]
        half, whole = number(r), number(2 * r)
        return f"M{_xy(x - r, y)}a{half} {half} 0 1 1 {whole} 0a{half} {half} 0 1 1-{whole} 0z"
    sides = []
    for (ax, ay, ar), (bx, by, br) in zip(order, order[1:] + order[:1], strict=True):
        apart = hypot(bx - ax, by - ay)
        sides.append(atan2(by - ay, bx - ax) - acos(max(-1.0, min(1.0, (ar - br) / apart))))
    told, pen = "", (0.0, 0.0)
    for i, (x, y, r) in enumerate(order):
        into, out = sides[i - 1], sides[i]
        for letter, turn in (("l" if i else "M", into), (_bow(r, (out - into) % tau), out)):
            here = (round(x + r * cos(turn), 1), round(y + r * sin(turn), 1))
            told += letter + (_xy(*here) if letter == "M" else _xy(here[0] - pen[0], here[1] - pen[1]))
            pen = here
    return told.replace(" -", "-") + "z"


def _bow(radius: float, turn: float) -> str:
    """An arc command up to its end point."""
    return f"a{number(radius)} {number(radius)} 0 {1 if turn > pi else 0} 1 "


def filled(paths: Iterable[str], fill: str, width: float | None = None) -> str:
    """Shapes that grow together: the outline of their union, in the drawing's ink, half of `width` wide."""
    edge = "" if width is None else f' stroke-width="{width:g}"'
    return f'<path d="{"".join(paths)}" fill="{fill}"{edge}/>'


def curve(points: Sequence[Point]) -> str:
    """Path text of an open curve in px: a line, or a quadratic arc if there are three points."""
    first, *rest = points
    joint = "Q" if len(rest) == 2 else "L"
    return (f"M{_xy(*first)}{joint}" + " ".join(_xy(*p) for p in rest)).replace(" -", "-")
