"""People, feet and legs as SVG, from joint angles: the puppet of the filming pictures.

Lengths in metres, the floor at y = 0, y up, the person facing +x; a `View` turns them into px of the picture.
Not here: how the parts are shaped (`outlines.py`), which pictures there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import acos, atan2, cos, hypot, radians, sin

from docs.drawing import outlines as shapes
from docs.drawing.svg import Point, View, circle, smooth

__all__ = [
    "Figure", "Leg", "along", "joint", "kneeling_leg", "leg_from_foot", "leg_from_hip", "placed",
    "standing_from_front",
]  # fmt: skip


@dataclass(frozen=True)
class Leg:
    """Joints of one leg; `foot_deg` turns the sole (positive: heel up), `toe_deg` lifts the toes.

    Toes of a foot on its ball stay on the floor.
    """

    hip: Point
    knee: Point
    ankle: Point
    foot_deg: float = 0.0
    toe_deg: float = 0.0


def along(start: Point, length: float, angle_deg: float) -> Point:
    """`length` from `start` in a direction tilted by `angle_deg` from straight up towards +x."""
    return start[0] + length * sin(radians(angle_deg)), start[1] + length * cos(radians(angle_deg))


def leg_from_foot(
    x: float, shin_deg: float, thigh_deg: float, heel_deg: float = 0.0, toe_deg: float = 0.0
) -> Leg:
    """A leg on its foot: ankle over `x` with the heel down; angles from the vertical, knee and hip ahead +.

    With `heel_deg` the foot turns about its ball, which stays where it was.
    """
    up = radians(heel_deg)
    ankle = (
        x + shapes.BALL_M - shapes.BALL_M * cos(up) + shapes.ANKLE_M * sin(up),
        shapes.ANKLE_M * cos(up) + shapes.BALL_M * sin(up),
    )
    knee = along(ankle, shapes.SHANK_M, shin_deg)
    return Leg(along(knee, shapes.THIGH_M, thigh_deg), knee, ankle, heel_deg, toe_deg)


def leg_from_hip(hip: Point, ball_x: float, heel_deg: float = 0.0) -> Leg:
    """A leg from the hip to a foot whose ball stands at `ball_x`, its knee ahead of the line between them."""
    ankle = leg_from_foot(ball_x - shapes.BALL_M, 0.0, 0.0, heel_deg).ankle
    return Leg(hip, joint(hip, ankle, shapes.THIGH_M, shapes.SHANK_M, 1.0), ankle, heel_deg)


def kneeling_leg(hip: Point) -> Leg:
    """A leg that kneels under the hip, the back of its foot on the floor."""
    knee = (hip[0] - max(0.0, shapes.THIGH_M**2 - (hip[1] - 0.06) ** 2) ** 0.5, 0.06)
    return Leg(hip, knee, (knee[0] - shapes.SHANK_M, 0.055), 158.0)


def joint(start: Point, end: Point, first: float, second: float, side: float) -> Point:
    """The joint between two links; `side` +1 puts it ahead (+x) of a line that goes down."""
    reach = min(hypot(end[0] - start[0], end[1] - start[1]), 0.999 * (first + second))
    turn = acos(max(-1.0, min(1.0, (first**2 + reach**2 - second**2) / (2 * first * reach))))
    heading = atan2(end[1] - start[1], end[0] - start[0]) + side * turn
    return start[0] + first * cos(heading), start[1] + first * sin(heading)


@dataclass(frozen=True)
class Figure:
    """A person from the side. `near` is the leg towards the camera; the hip is that of `near`."""

    near: Leg
    far: Leg
    trunk_deg: float = 0.0
    near_arm: Point | None = None
    """Where the hand is; the elbow follows."""
    far_arm: Point | None = None
    trousers: bool = False
    shoes: bool = False

    def svg(self, view: View) -> str:
        """The whole person, far limbs first."""
        hip = self.near.hip
        shoulder = along(hip, shapes.TRUNK_M - 0.04, self.trunk_deg)
        neck = along(hip, shapes.TRUNK_M, self.trunk_deg)
        head = along(neck, 0.185, 0.5 * self.trunk_deg + 4)
        turn = -radians(0.3 * self.trunk_deg)
        eye = view(placed(((0.062, 0.022),), head, turn)[0])
        parts = [
            *(_arm(view, shoulder, self.far_arm, shapes.FAR_SKIN, shapes.FAR_SHIRT) if self.far_arm else ()),
            *self._leg(view, self.far, shapes.FAR_SKIN, shapes.FAR_SHORTS),
            *_shape(view, [(_limb(shapes.LIMB_NECK, neck, head), shapes.SKIN)]),
            *self._leg(view, self.near, shapes.SKIN, shapes.SHORTS),
            *_shape(view, [(_limb(shapes.LIMB_TRUNK, hip, neck), shapes.SHIRT)]),
            *_shape(view, [(placed(shapes.LIMB_HEAD, head, turn), shapes.SKIN)]),
            *_shape(view, [(placed(shapes.LIMB_HAIR, head, turn), shapes.HAIR)]),
            circle(eye, round(0.013 * view.px, 1), shapes.INK),
            *(_arm(view, shoulder, self.near_arm, shapes.SKIN, shapes.SHIRT) if self.near_arm else ()),
        ]
        return "\n".join(parts)

    def lower_leg_svg(self, view: View) -> str:
        """The near foot and shank alone, for close-ups."""
        shank = (_limb(shapes.LIMB_SHANK, self.near.ankle, self.near.knee), shapes.SKIN)
        sole = [(part, shapes.SHOE if self.shoes else shapes.SKIN) for part in foot(self.near, self.shoes)]
        if self.shoes:
            return "\n".join([*_shape(view, [shank]), *_shape(view, sole)])
        return "\n".join(_shape(view, [*sole, shank]))

    def _leg(self, view: View, leg: Leg, skin: str, shorts: str) -> list[str]:
        shank, thigh = (
            _limb(shapes.LIMB_SHANK, leg.ankle, leg.knee),
            _limb(shapes.LIMB_THIGH, leg.knee, leg.hip),
        )
        sole = [(part, shapes.SHOE if self.shoes else skin) for part in foot(leg, self.shoes)]
        clothes = [(_limb(shapes.LIMB_SHORTS, leg.knee, leg.hip), shorts)]
        if self.trousers:
            clothes += [
                (thigh, shorts),
                (_limb(shapes.LIMB_TROUSERS, along(leg.ankle, 0.03, 0), leg.knee), shorts),
            ]
        bare = _shape(view, [*(() if self.shoes else sole), (shank, skin), (thigh, skin)])
        return [*bare, *(_shape(view, sole) if self.shoes else ()), *_shape(view, clothes)]


def standing_from_front(view: View) -> str:
    """A person who faces us, arms down, bare legs and feet; on x = 0."""

    def both(half: Sequence[Point]) -> list[Point]:
        return [*half, *((-x, y) for x, y in reversed(half))]

    def pair(outline: Sequence[Point], colour: str) -> list[tuple[Sequence[Point], str]]:
        return [(outline, colour), ([(-x, y) for x, y in outline], colour)]

    bare, sleeves = [*pair(shapes.FRONT_LEG, shapes.SKIN)], pair(shapes.FRONT_SLEEVE, shapes.SHIRT)
    head = [
        (x, y + 1.60) for x, y in ((0.0, 0.13), (0.075, 0.09), (0.088, 0.0), (0.055, -0.1), (0.0, -0.128))
    ]
    hair = [(x, y + 1.60) for x, y in ((0.0, 0.145), (0.08, 0.11), (0.097, 0.0), (0.08, 0.05), (0.03, 0.078))]
    eyes = [circle(view((x, 1.605)), round(0.013 * view.px, 1), shapes.INK) for x in (-0.035, 0.035)]
    return "\n".join(
        [
            *_shape(view, bare),
            *_shape(view, pair(shapes.FRONT_ARM, shapes.SKIN)),
            *_shape(view, [(both(shapes.FRONT_SHORTS), shapes.SHORTS)]),
            *_shape(view, [(both(((0.0, 1.5), (0.045, 1.5), (0.045, 1.38), (0.0, 1.36))), shapes.SKIN)]),
            *_shape(view, [*sleeves, (both(shapes.FRONT_TRUNK), shapes.SHIRT)]),
            *_shape(view, [(both(head), shapes.SKIN)]),
            *_shape(view, [(both(hair), shapes.HAIR)]),
            *eyes,
        ]
    )


def _arm(view: View, shoulder: Point, hand: Point, skin: str, sleeve: str) -> list[str]:
    elbow = joint(shoulder, hand, shapes.UPPER_ARM_M, shapes.FOREARM_M, -1.0)
    half = ((shoulder[0] + elbow[0]) / 2, (shoulder[1] + elbow[1]) / 2)
    bare = _shape(
        view,
        [
            (_limb(shapes.LIMB_FOREARM, elbow, hand), skin),
            (_limb(shapes.LIMB_UPPER_ARM, shoulder, elbow), skin),
        ],
    )
    return [*bare, *_shape(view, [(_limb(shapes.LIMB_SLEEVE, shoulder, half), sleeve)])]


def _shape(view: View, pieces: Sequence[tuple[Sequence[Point], str]]) -> list[str]:
    """Pieces that grow together: all edges first, then all fills, so that only the common outline shows."""
    paths = [(smooth([view(p) for p in points]), colour) for points, colour in pieces]
    edges = [
        f'<path d="{d}" fill="{shapes.INK}" stroke="{shapes.INK}" stroke-width="2.4"/>' for d, _ in paths
    ]
    return [*edges, *(f'<path d="{d}" fill="{colour}"/>' for d, colour in paths)]


def foot(leg: Leg, shoes: bool = False) -> list[list[Point]]:
    """The foot and its toes, the sole turned by `foot_deg` about the ankle."""
    turn, below = -radians(leg.foot_deg), shapes.ANKLE_M

    def place(points: Iterable[Point]) -> list[Point]:
        return placed([(x, y - below) for x, y in points], leg.ankle, turn)

    if shoes:
        return [place(shapes.LIMB_SHOE)]
    up = radians(leg.toe_deg + (leg.foot_deg if leg.foot_deg < 80 else 0.0))
    hinge = (shapes.BALL_M, 0.012)
    toes = placed([(x - hinge[0], y - hinge[1]) for x, y in shapes.LIMB_TOES], hinge, up)
    return [place(toes), place(shapes.LIMB_FOOT)]


def _limb(outline: Sequence[Point], start: Point, end: Point) -> list[Point]:
    """An outline of (share of the way, metres ahead) laid along `start`-`end`."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = hypot(dx, dy)
    ahead = (dy / length, -dx / length)
    return [(start[0] + s * dx + d * ahead[0], start[1] + s * dy + d * ahead[1]) for s, d in outline]


def placed(points: Iterable[Point], at: Point, turn: float) -> list[Point]:
    """Points turned counter-clockwise by `turn` rad about the origin, then moved to `at`."""
    c, s = cos(turn), sin(turn)
    return [(at[0] + c * x - s * y, at[1] + s * x + c * y) for x, y in points]
