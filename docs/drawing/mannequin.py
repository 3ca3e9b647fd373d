"""The figure of the drills from the side: a person of rounded limbs, or a foot; grey, the moving part blue.

Metres, the floor at y = 0, facing +x; a `View` turns them into px. Not here: the person of the filming guide
(`figures.py`, whose joints are used), other views (`other_views.py`), props and arrows (`stage.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, radians

from docs.drawing import outlines as sizes
from docs.drawing.figures import Leg, along, joint, placed
from docs.drawing.hulls import Disc, discs_px, filled, hull
from docs.drawing.svg import Point, View

__all__ = ["BLUE", "BODY", "FAR", "FAR_BLUE", "INK", "Person", "bent_leg", "leg_svg", "limb", "moved"]

INK, BLUE, BODY, FAR, FAR_BLUE = "#14202c", "#0b5cab", "#c2ccd5", "#e9eef2", "#6699d0"
"""Edges; what moves; what does not; both of the side that is turned away."""

# Along a limb: (share of the way, m ahead of the line, radius m).
_SHANK = ((0.0, 0.0, 0.036), (0.66, -0.02, 0.058), (1.0, 0.0, 0.053))
_THIGH = ((0.0, 0.0, 0.056), (1.0, -0.005, 0.09))
_TRUNK = ((0.0, -0.005, 0.1), (0.7, 0.006, 0.112), (0.96, -0.01, 0.062))
_NECK = ((-0.2, 0.0, 0.046), (0.8, 0.0, 0.042))
_UPPER_ARM, _FOREARM = ((0.0, 0.0, 0.05), (1.0, 0.0, 0.037)), ((0.0, 0.0, 0.037), (1.0, 0.0, 0.026))
_HAND = ((1.0, 0.0, 0.028), (1.26, 0.004, 0.021))
_FOOT: tuple[Disc, ...] = ((-0.034, 0.03, 0.03), (0.0, 0.075, 0.037), (0.142, 0.02, 0.02))
_ARCHED_FOOT: tuple[tuple[Disc, ...], ...] = (
    ((-0.034, 0.03, 0.03), (0.0, 0.075, 0.037), (0.02, 0.045, 0.025)),
    ((0.0, 0.075, 0.037), (0.05, 0.05, 0.033), (0.142, 0.02, 0.02)),
)
_TOES: tuple[Disc, ...] = ((0.142, 0.02, 0.02), (0.19, 0.014, 0.014))
_SKULL: tuple[Disc, ...] = ((-0.012, 0.025, 0.092), (0.035, -0.06, 0.05))
_NOSE: tuple[Disc, ...] = ((0.06, 0.01, 0.03), (0.098, -0.012, 0.014))
_ON_ITS_BACK_DEG = 80.0
"""A foot turned less than this, heel up, stands on its ball: its toes stay on the floor."""

_ORDER = ("thigh", "shank", "foot", "toes")


@dataclass(frozen=True)
class Person:
    """A person from the side.

    `blue` names what moves: trunk, near_arm, far_arm, near_thigh … far_toes; near, far for a whole leg.
    """

    near: Leg
    far: Leg
    trunk_deg: float = 0.0
    near_hand: Point | None = None
    far_hand: Point | None = None
    head_deg: float | None = None
    """Tilt of the head ahead; None goes with the trunk in part."""
    elbow: float = -1.0
    """-1: elbows behind or below the line from shoulder to hand; +1 ahead of it."""
    blue: str = ""

    @property
    def shoulder(self) -> Point:
        """Where the arms begin."""
        return along(self.near.hip, 0.92 * sizes.TRUNK_M, self.trunk_deg)

    def svg(self, view: View) -> str:
        """The whole person, far limbs first."""
        neck = along(self.near.hip, sizes.TRUNK_M, self.trunk_deg)
        tilt = 0.4 * self.trunk_deg if self.head_deg is None else self.head_deg
        head = along(neck, 0.175, (self.trunk_deg + tilt) / 2)
        skull = [
            [(*placed([(x, y)], head, -radians(tilt))[0], r) for x, y, r in each] for each in (_SKULL, _NOSE)
        ]
        upper, trunk = [*skull, limb(_NECK, neck, head)], [limb(_TRUNK, self.near.hip, neck)]
        moving = "trunk" in self.blue.split()
        return "".join(
            [
                self._arm(view, self.far_hand, "far_arm", FAR),
                leg_svg(view, self.far, FAR, self._parts("far")),
                filled([hull(discs_px(view, part)) for part in (upper if moving else upper + trunk)], BODY),
                filled([hull(discs_px(view, part)) for part in trunk], BLUE) if moving else "",
                leg_svg(view, self.near, BODY, self._parts("near")),
                self._arm(view, self.near_hand, "near_arm", BODY),
            ]
        )

    def _parts(self, side: str) -> str:
        """Moving parts of a leg, without the name of the side."""
        names = self.blue.split()
        return " ".join(part for part in _ORDER if side in names or f"{side}_{part}" in names)

    def _arm(self, view: View, hand: Point | None, name: str, fill: str) -> str:
        if hand is None:
            return ""
        elbow = joint(self.shoulder, hand, sizes.UPPER_ARM_M, sizes.FOREARM_M, self.elbow)
        parts = [
            limb(_UPPER_ARM, self.shoulder, elbow),
            limb(_FOREARM, elbow, hand),
            limb(_HAND, elbow, hand),
        ]
        return filled(
            [hull(discs_px(view, part)) for part in parts],
            _moving(fill) if name in self.blue.split() else fill,
        )


def leg_svg(
    view: View,
    leg: Leg,
    fill: str,
    blue: str = "",
    close: bool = False,
    toes: bool = True,
) -> str:
    """A leg, or `close` up its foot and shank alone; the parts named in `blue` are drawn over the others.

    Toes that do something of their own are left out.
    """
    shapes = _leg_shapes(leg, close)
    names = [name for name in _ORDER if not (close and name == "thigh") and (toes or name != "toes")]
    still = [
        hull(discs_px(view, part)) for name in names if name not in blue.split() for part in shapes[name]
    ]
    moving = [hull(discs_px(view, part)) for name in names if name in blue.split() for part in shapes[name]]
    return (filled(still, fill) if still else "") + (filled(moving, _moving(fill)) if moving else "")


def _moving(fill: str) -> str:
    return FAR_BLUE if fill == FAR else BLUE


def _leg_shapes(leg: Leg, arched: bool) -> dict[str, list[list[Disc]]]:
    turn, hinge = -radians(leg.foot_deg), _TOES[0][:2]
    stands = 0.0 < leg.foot_deg < _ON_ITS_BACK_DEG
    bend = radians(leg.toe_deg + (leg.foot_deg if stands else 0.0))
    toes = [(*placed([(x - hinge[0], y - hinge[1])], hinge, bend)[0], r) for x, y, r in _TOES]

    def on_leg(discs: Sequence[Disc]) -> list[Disc]:
        return [(*placed([(x, y - sizes.ANKLE_M)], leg.ankle, turn)[0], r) for x, y, r in discs]

    return {
        "thigh": [limb(_THIGH, leg.knee, leg.hip)],
        "shank": [limb(_SHANK, leg.ankle, leg.knee)],
        "foot": [on_leg(part) for part in (_ARCHED_FOOT if arched else (_FOOT,))],
        "toes": [on_leg(toes)],
    }


def limb(shape: Sequence[Disc], start: Point, end: Point) -> list[Disc]:
    """Discs of (share of the way, metres ahead, radius) laid along `start`-`end`."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = hypot(dx, dy)
    ahead = (dy / length, -dx / length)
    return [(start[0] + s * dx + d * ahead[0], start[1] + s * dy + d * ahead[1], r) for s, d, r in shape]


def bent_leg(hip: Point, ankle: Point, foot_deg: float = 0.0, toe_deg: float = 0.0, knee: float = 1.0) -> Leg:
    """A leg from hip to ankle; `knee` +1 bends it ahead of a line that goes down."""
    return Leg(hip, joint(hip, ankle, sizes.THIGH_M, sizes.SHANK_M, knee), ankle, foot_deg, toe_deg)


def moved(leg: Leg, dx: float, dy: float = 0.0) -> Leg:
    """The same leg elsewhere; m."""
    hip, knee, ankle = ((x + dx, y + dy) for x, y in (leg.hip, leg.knee, leg.ankle))
    return Leg(hip, knee, ankle, leg.foot_deg, leg.toe_deg)
