"""Building blocks of the filming pictures: framed cells, marks, arrows, rooms, phones, postures.

Not here: how a person is drawn (`figures.py`), which pictures there are (`make_filming_images.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, degrees, hypot, radians, sin

from docs.drawing.figures import Figure, Leg, kneeling_leg, leg_from_foot, leg_from_hip
from docs.drawing.outlines import INK
from docs.drawing.svg import Point, View, arc, circle, line, polygon, rect, text

__all__ = [
    "AMBER", "BAD", "BLUE", "COLUMNS", "FLOOR", "FOUR_FINGERS_M", "GOOD", "GREY", "LEAN_WALL_M",
    "WIDTH_PX", "arrow", "half_kneel", "lean", "lunge", "mark", "panel", "phone_from_side", "picture", "room",
    "shin_angle", "squat", "window", "words",
]  # fmt: skip

WIDTH_PX = 360
COLUMNS = (10.0, 186.0)
"""Left edges of two cells in a row."""
GOOD, BAD, AMBER, BLUE, GREY, FLOOR = "#1e8449", "#c0392b", "#b9770e", "#2471a3", "#999", "#e8e4dc"
FOUR_FINGERS_M = 0.08
LEAN_WALL_M = 0.92
"""From the rear foot to the wall of a knee-straight lunge."""


def picture(height_px: int, title: str, parts: Sequence[str]) -> str:
    """A whole SVG file on white ground."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX} {height_px}" role="img" '
            'font-family="sans-serif" stroke-linejoin="round">',
            f"<title>{title}</title>",
            f'<rect width="{WIDTH_PX}" height="{height_px}" fill="#fff"/>',
            *parts,
            "</svg>",
            "",
        ]
    )


def mark(at: Point, right: bool) -> str:
    """A tick or a cross on a disc: told by shape as well as by colour."""
    x, y = at
    ticks = ([(x - 5, y), (x - 1, y + 5), (x + 6, y - 5)],) if right else (
        [(x - 4, y - 4), (x + 4, y + 4)], [(x - 4, y + 4), (x + 4, y - 4)])  # fmt: skip
    return circle(at, 11, GOOD if right else BAD) + "".join(line(tick, "#fff", 2.6) for tick in ticks)


def words(at: Point, lines: Sequence[str], colour: str = INK, size: float = 14) -> list[str]:
    """Centred lines, one under the other."""
    return [text((at[0], at[1] + 17 * i), each, colour, size, "middle") for i, each in enumerate(lines)]


def window(corner: Point, size: Point, inside: Sequence[str]) -> str:
    """Parts that count from `corner` and are cut off at the edge."""
    (x, y), (w, h) = corner, size
    place = f'x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" viewBox="0 0 {w:g} {h:g}"'
    return "\n".join([f"<svg {place}>", *inside, "</svg>"])


def panel(
    corner: Point, size: Point, caption: Sequence[str], right: bool | None, inside: Sequence[str]
) -> list[str]:
    """A framed cell with a caption under it and, if it is right or wrong, a mark in its corner.

    What is inside counts from the corner of the cell and is cut off at its edge.
    """
    (x, y), (w, h) = corner, size
    colour = GREY if right is None else GOOD if right else BAD
    edge = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
    signs = [] if right is None else [mark((x + 15, y + 15), right)]
    return [
        window(corner, size, inside),
        polygon(edge, "none", colour, 2),
        *signs,
        *words((x + w / 2, y + h + 18), caption),
    ]


def room(corner: Point, size: Point, floor_px: float, wall_x: float | None = None) -> list[str]:
    """Floor of a cell, and the wall that is faced."""
    (x, y), (w, h) = corner, size
    out = [polygon([(x, floor_px), (x + w, floor_px), (x + w, y + h), (x, y + h)], FLOOR)]
    if wall_x is not None:
        out.append(polygon([(wall_x, y), (x + w, y), (x + w, floor_px), (wall_x, floor_px)], "#c9ccd1"))
        out.append(line([(wall_x, y), (wall_x, floor_px)], INK, 2))
    return [*out, line([(x, floor_px), (x + w, floor_px)], INK, 1.5)]


def shin_angle(view: View, leg: Leg, colour: str = AMBER) -> list[str]:
    """The line ankle-knee against the vertical, with the arc between."""
    ankle, knee = view(leg.ankle), view(leg.knee)
    reach = 0.42 * view.px
    angle = degrees(atan2(leg.knee[0] - leg.ankle[0], leg.knee[1] - leg.ankle[1]))
    return [
        line([ankle, (ankle[0], ankle[1] - reach - 8)], "#777", 1.5, 'stroke-dasharray="4 3"'),
        line([ankle, knee], colour, 4),
        line(arc(ankle, 0.8 * reach, 0, angle), colour, 2),
    ]


def arrow(start: Point, end: Point, colour: str = INK, width: float = 2, both: bool = False) -> str:
    """A line with a head at its end (or at both)."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = hypot(dx, dy)
    ux, uy = dx / length, dy / length

    def head(tip: Point, way: float) -> str:
        back = (tip[0] - way * 9 * ux, tip[1] - way * 9 * uy)
        return polygon(
            [tip, (back[0] - 5 * uy, back[1] + 5 * ux), (back[0] + 5 * uy, back[1] - 5 * ux)], colour
        )

    return line([start, end], colour, width) + head(end, 1) + (head(start, -1) if both else "")


def phone_from_side(lens: Point, px: float) -> str:
    """A phone seen from beside it, its lens at `lens`, looking to +x; `px` per metre."""
    half, thick = 0.075 * px, max(4.0, 0.02 * px)
    x, y = lens
    body = rect((x - thick, y - half), (thick, 2 * half), INK, round_px=1.5)
    return body + circle((x + 1, y - 0.6 * half), 2, BLUE)


# --- postures -------------------------------------------------------------------------------------------


def lunge(shin_deg: float, heel_deg: float = 0.0, **look: bool) -> Figure:
    """Standing lunge over a foot at x = 0, hands towards the wall."""
    near = leg_from_foot(0, shin_deg, 8 - 1.15 * shin_deg, heel_deg)
    x, y = near.hip
    return Figure(
        near, leg_from_hip((x, y), -0.47, 50), 6, (x + 0.46, y + 0.40), (x + 0.47, y + 0.46), **look
    )


def lean(shin_deg: float, heel_deg: float = 0.0, bend_deg: float = 0.0) -> Figure:
    """Knee-straight lunge over the rear foot, at x = 0, the other one half a metre ahead, hands out."""
    near = leg_from_foot(0, shin_deg, shin_deg - bend_deg, heel_deg)
    x, y = near.hip
    hand = (LEAN_WALL_M - 0.07, y + 0.40)
    return Figure(near, leg_from_hip((x, y), 0.52, 0.0), 0.35 * shin_deg, hand, (hand[0], hand[1] + 0.07))


def half_kneel(shin_deg: float, heel_deg: float = 0.0, toe_deg: float = 0.0, shoes: bool = False) -> Figure:
    """Half-kneeling over a foot at x = 0, hands on the front knee."""
    near = leg_from_foot(0, shin_deg, -93 + 0.25 * (shin_deg - 20), heel_deg, toe_deg)
    knee = near.knee
    hand = (knee[0] - 0.10, knee[1] + 0.10)
    return Figure(
        near, kneeling_leg(near.hip), 0.15 * shin_deg, hand, (hand[0] + 0.06, hand[1] + 0.02), shoes=shoes
    )


def squat(shin_deg: float, thigh_deg: float, trunk_deg: float, heel_deg: float = 0.0) -> Figure:
    """Squat over feet at x = 0, arms forward."""
    near = leg_from_foot(0, shin_deg, thigh_deg, heel_deg)
    far = leg_from_foot(0.03, shin_deg, thigh_deg, heel_deg)
    shoulder = (near.hip[0] + 0.45 * sin(radians(trunk_deg)), near.hip[1] + 0.45 * cos(radians(trunk_deg)))
    return Figure(
        near, far, trunk_deg, (shoulder[0] + 0.47, shoulder[1] + 0.06), (shoulder[0] + 0.5, shoulder[1] + 0.1)
    )
