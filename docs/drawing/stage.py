"""What stands around the figure of the drills: floor, contact marks, arrows, numerals, walls, seats, steps.

Not here: the figure (`mannequin.py`, `other_views.py`), the drills (`drills_*.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, hypot, radians, sin

from docs.drawing.figures import Leg, placed
from docs.drawing.hulls import curve, number
from docs.drawing.mannequin import BLUE, INK
from docs.drawing.outlines import ANKLE_M
from docs.drawing.svg import Point, View

__all__ = [
    "GROUND", "PROP", "WIDTH_PX", "arrow", "box", "drawing", "floor", "numeral",
    "presses", "ring", "rod", "seat", "tube", "wall",
]  # fmt: skip

WIDTH_PX = 300
PROP, GROUND = "#8a97a3", "#d9e1e8"
"""Things of wood and metal; walls and steps."""
_PRESSES_M = {"heel": -0.036, "ball": 0.135, "toe": 0.192}
"""From under the ankle along the sole."""


def drawing(title: str, parts: Sequence[str], height_px: int = 150) -> str:
    """A whole drawing: no ids, no style sheet, so that several stand in one page."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX} {height_px}" role="img"'
    safe = title.replace("&", "&amp;").replace("<", "&lt;")
    ground = f'<path d="M0 0h{WIDTH_PX}v{height_px}H0Z" fill="#fff"/>'
    body = "\n".join(part for part in parts if part)
    ends = 'stroke-linejoin="round" stroke-linecap="round" paint-order="stroke"'
    pen = f'<g fill="none" stroke="{INK}" stroke-width="2.4" {ends}>'
    return f"{head}>\n<title>{safe}</title>\n{ground}\n{pen}\n{body}\n</g>\n</svg>\n"


def _stroke(path: str, colour: str, width: float, extra: str = "") -> str:
    ink = "" if colour == INK else f' stroke="{colour}"'
    return f'<path d="{path}"{ink} stroke-width="{width:g}"{extra}/>'


def floor(x_from: float, x_to: float, y: float) -> str:
    """The floor of one position, px."""
    return _stroke(f"M{number(x_from)} {number(y)}H{number(x_to)}", INK, 1.6)


def presses(view: View, leg: Leg, parts: str = "heel ball toe") -> str:
    """Bars on the floor under what presses: of heel, ball, toe."""
    marks = ""
    for part in parts.split():
        x = placed([(_PRESSES_M[part], -ANKLE_M)], leg.ankle, -radians(leg.foot_deg))[0][0]
        half = (0.018 if part == "toe" else 0.026) * view.px
        px, py = view((x, 0.0))
        marks += f"M{number(px - half)} {number(py + 3.6)}h{number(2 * half)}"
    return _stroke(marks, INK, 4, ' stroke-linecap="butt"')


def arrow(points: Sequence[Point], both: bool = False, colour: str = BLUE, width: float = 3.2) -> str:
    """An arrow through 2 points (straight) or 3 (an arc), px, on a white edge."""
    shape, heads, long = [*points], "", 2.9 * width
    for tip, before in ((-1, -2), (0, 1)) if both else ((-1, -2),):
        end, back = points[tip], points[before]
        heads += _head(end, atan2(end[1] - back[1], end[0] - back[0]), long)
        # The line ends inside its head.
        inside = 0.7 * long / hypot(end[0] - back[0], end[1] - back[1])
        shape[tip] = (end[0] + inside * (back[0] - end[0]), end[1] + inside * (back[1] - end[1]))
    return _arrow(curve(shape), heads, colour, width)


def ring(
    centre: Point, radius: float, from_deg: float, to_deg: float, flat: float = 1.0, both: bool = False
) -> str:
    """An arrow along a circle, px; degrees from straight up, clockwise.

    `flat` < 1 presses it down to an ellipse.
    """

    def at(deg: float) -> Point:
        return centre[0] + radius * sin(radians(deg)), centre[1] - flat * radius * cos(radians(deg))

    step = 4.0 if to_deg > from_deg else -4.0
    heads = ""
    for tip, before in ((to_deg, to_deg - step), (from_deg, from_deg + step))[: 2 if both else 1]:
        here, back = at(tip), at(before)
        turn = atan2(here[1] - back[1], here[0] - back[0])
        heads += _head((here[0] + 5 * cos(turn), here[1] + 5 * sin(turn)), turn, 9.3)
    start, end = at(from_deg), at(to_deg)
    bow = f"A{number(radius)} {number(flat * radius)} 0 {int(abs(to_deg - from_deg) > 180)} {int(step > 0)} "
    path = f"M{number(start[0])} {number(start[1])}{bow}{number(end[0])} {number(end[1])}"
    return _arrow(path, heads, BLUE, 3.2)


def _arrow(path: str, heads: str, colour: str, width: float) -> str:
    head = f'<path d="{heads}" fill="{colour}" stroke="#fff" stroke-width="3"/>'
    return _stroke(path, "#fff", width + 3) + head + _stroke(path, colour, width)


def _head(tip: Point, turn: float, long: float) -> str:
    """Path text of an arrow head, `long` px; `turn` rad from +x, clockwise."""
    corners = [(0.0, 0.0), (-long, 0.62 * long), (-long, -0.62 * long)]
    c, s = cos(turn), sin(turn)
    told = [f"{number(tip[0] + c * x - s * y)} {number(tip[1] + s * x + c * y)}" for x, y in corners]
    return f"M{' '.join(told)}Z"


def numeral(at: Point, which: int) -> str:
    """The number of a position, its middle at `at`, px."""
    place = f'x="{number(at[0])}" y="{number(at[1] + 4)}" text-anchor="middle"'
    font = f'font-family="sans-serif" font-size="12" font-weight="700" fill="{INK}" stroke="none"'
    return f"<text {place} {font}>{which}</text>"


def box(x: float, y: float, width: float, height: float, fill: str = GROUND) -> str:
    """A block, px from its upper left corner."""
    shape = f"M{number(x)} {number(y)}h{number(width)}v{number(height)}h{number(-width)}Z"
    return f'<path d="{shape}" fill="{fill}" stroke-width="1.6"/>'


def wall(x: float, top: float, bottom: float, width: float = 8) -> str:
    """A wall that is faced; its face at `x`, px."""
    face = f"M{number(x)} {number(top)}V{number(bottom)}"
    return f'<path d="{face}h{number(width)}V{number(top)}Z" fill="{GROUND}" stroke="none"/>' + _stroke(
        face, INK, 1.6
    )


def rod(points: Sequence[Point], width: float = 4, colour: str = PROP) -> str:
    """A stick, a band, a rope through points in px; three points bend it."""
    return _stroke(curve(points), colour, width)


def tube(points: Sequence[Point], width: float = 3.4) -> str:
    """A band through points in px: white with dark edges."""
    return _stroke(curve(points), INK, width + 2) + _stroke(curve(points), "#fff", width)


def seat(view: View, x_back: float, high: float, deep: float = 0.4, back: bool = True) -> str:
    """A chair from the side, its seat from `x_back` ahead by `deep`; m."""
    px = view.px
    left, top = view((x_back, high))
    right, bottom = view((x_back + deep, 0.0))
    parts = f"M{number(left)} {number(top)}V{number(bottom)}M{number(right)} {number(top)}V{number(bottom)}"
    parts += f"M{number(left)} {number(top)}H{number(right)}"
    if back:
        parts += f"M{number(left)} {number(top)}L{number(left - 0.05 * px)} {number(top - 0.42 * px)}"
    return _stroke(parts, PROP, max(2.6, 0.04 * px))
