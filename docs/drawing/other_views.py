"""The figure of the drills from the front, and its feet from above; grey, the moving part blue.

Metres, x to the right of the picture; from the front the floor is at y = 0.
Not here: the figure from the side (`mannequin.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import radians

from docs.drawing.figures import placed
from docs.drawing.hulls import Disc, discs_px, filled, hull
from docs.drawing.mannequin import BLUE, BODY, INK
from docs.drawing.svg import Point, View, circle

__all__ = ["footprint", "front_arm", "front_leg", "front_trunk", "grown", "planted_sole", "sole"]

_FRONT_TRUNK: tuple[Disc, ...] = (
    (-0.075, 0, 0.08),
    (0.075, 0, 0.08),
    (-0.115, 0.38, 0.07),
    (0.115, 0.38, 0.07),
)


def grown(view: View, parts: Sequence[Sequence[Disc]], fill: str = BODY) -> str:
    """Hulls of discs in m that grow together."""
    return filled([hull(discs_px(view, part)) for part in parts], fill)


def front_trunk(view: View, hip: Point, blue: bool = False) -> str:
    """Trunk, neck and head over the middle of the hips."""
    x, y = hip
    trunk: list[list[Disc]] = [
        [(x + dx, y + dy, r) for dx, dy, r in _FRONT_TRUNK],
        [(x, y + 0.42, 0.045), (x, y + 0.56, 0.042)],
        [(x, y + 0.675, 0.083), (x, y + 0.605, 0.066)],
    ]
    eyes = [circle(view((x + dx, y + 0.655)), 1.1, INK) for dx in (-0.033, 0.033)]
    return grown(view, trunk, BLUE if blue else BODY) + "".join(eyes)


def front_arm(view: View, hip: Point, elbow: Point, hand: Point, fill: str = BODY) -> str:
    """An arm on the side of its elbow."""
    side = 1.0 if elbow[0] > hip[0] else -1.0
    shoulder = (hip[0] + side * 0.165, hip[1] + 0.38)
    return grown(view, [[(*shoulder, 0.05), (*elbow, 0.037)], [(*elbow, 0.037), (*hand, 0.03)]], fill)


def front_leg(view: View, hip: Point, knee: Point, ankle: Point, toes: Point, fill: str = BODY) -> str:
    """A leg; `toes` is where the foot ends in the picture."""
    calf = (0.7 * knee[0] + 0.3 * ankle[0], 0.7 * knee[1] + 0.3 * ankle[1])
    parts: list[list[Disc]] = [
        [(*hip, 0.085), (*knee, 0.058)],
        [(*knee, 0.056), (*calf, 0.058), (*ankle, 0.036)],
        [(*ankle, 0.036), (*toes, 0.036), (2 * toes[0] - ankle[0], toes[1], 0.03)],
    ]
    return grown(view, parts, fill)


_SOLE: tuple[Disc, ...] = ((0.0, 0.0, 0.033), (0.145, 0.02, 0.027), (0.12, -0.03, 0.023))
_FROM_ABOVE_TOES: tuple[tuple[Disc, ...], ...] = (
    ((0.16, 0.024, 0.016), (0.205, 0.021, 0.017)),
    ((0.16, 0.0, 0.01), (0.205, -0.006, 0.011)),
    ((0.155, -0.018, 0.01), (0.19, -0.026, 0.0105)),
    ((0.145, -0.032, 0.01), (0.172, -0.043, 0.0105)),
    ((0.125, -0.042, 0.01), (0.15, -0.057, 0.0105)),
)
_PRESSES: dict[str, tuple[Disc, ...]] = {
    "heel": ((0.0, 0.0, 0.017),),
    "ball": ((0.14, 0.022, 0.016), (0.118, -0.031, 0.014)),
    "big_toe": ((0.203, 0.021, 0.01),),
    "little_toe": ((0.148, -0.056, 0.008),),
}
"""A foot from above: heel at the origin, toes to +x, the big toe first and on the side of +y."""


def sole(
    view: View,
    at: Point = (0.0, 0.0),
    turn_deg: float = 0.0,
    big_toe: float = 1.0,
    fill: str = BODY,
    blue: Sequence[int] = (),
) -> str:
    """A foot from above; the toes point to +x turned left by `turn_deg`.

    `big_toe` -1 mirrors it; `blue` counts toes from the big one.
    """

    def put(discs: Sequence[Disc]) -> str:
        turned = [(*placed([(x, big_toe * y)], at, radians(turn_deg))[0], r) for x, y, r in discs]
        return hull(discs_px(view, turned))

    still = [put(_SOLE), *(put(toe) for i, toe in enumerate(_FROM_ABOVE_TOES) if i not in blue)]
    moving = [put(toe) for i, toe in enumerate(_FROM_ABOVE_TOES) if i in blue]
    return filled(still, fill, 2) + (filled(moving, BLUE, 2) if moving else "")


def footprint(view: View, at: Point, big_toe: float = 1.0) -> str:
    """A bare print that points to +x, told in two shapes."""
    parts = (_SOLE, _FROM_ABOVE_TOES[0])
    moved = [[(at[0] + x, at[1] + big_toe * y, r) for x, y, r in part] for part in parts]
    return filled([hull(discs_px(view, part)) for part in moved], BODY, 2)


def planted_sole(view: View, points: str, big_toe: float = 1.0) -> str:
    """A foot from above with dots where it presses: of heel, ball, big_toe, little_toe."""
    discs = [disc for name in points.split() for disc in _PRESSES[name]]
    dots = [hull(discs_px(view, [(x, big_toe * y, r)])) for x, y, r in discs]
    return sole(view, big_toe=big_toe) + filled(dots, INK)
