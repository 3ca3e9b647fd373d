"""Drawings of the drills of calf and balance: raises on a step and on the floor, balance, circles, band.

Not here: rocks, stretches (`drills_bend.py`), toes and care (`drills_toes.py`), jumps (`drills_spring.py`).
"""

from __future__ import annotations

from math import cos, radians, sin

from docs.drawing.figures import Leg, leg_from_foot
from docs.drawing.mannequin import BLUE, BODY, FAR, Person, bent_leg, leg_svg
from docs.drawing.other_views import planted_sole, sole
from docs.drawing.outlines import ANKLE_M, BALL_M
from docs.drawing.stage import PROP, arrow, box, drawing, floor, numeral, presses, ring, rod, tube
from docs.drawing.svg import View

__all__ = [
    "ankle_circles", "calf_raises", "eccentric_calf_raise", "resisted_ankle", "single_leg_balance",
    "two_up_one_down",
]  # fmt: skip

GROUND_PX = 142.0
FOOT_PARTS = "foot toes shank"
FEET = "near_shank near_foot near_toes far_shank far_foot far_toes"


def _standing(heel_deg: float, support: bool = False) -> Person:
    """Upright on both feet, the far one a little ahead; the balls stay where they are."""
    near = leg_from_foot(0, 0.5, 0.5, heel_deg)
    far = leg_from_foot(0.07, 0.5, -8, heel_deg)
    far = bent_leg(near.hip, far.ankle, heel_deg)
    x, y = near.hip
    hand = (x + 0.36, y + 0.1) if support else (x + 0.03, y - 0.07)
    return Person(near, far, 0, hand, (hand[0] + 0.04, hand[1]), blue=FEET)


def calf_raises() -> str:
    """On the floor: flat, then on the balls of both feet; the feet close up."""
    parts: list[str] = []
    for view, heel, i in ((View(36, GROUND_PX, 74), 0, 1), (View(118, GROUND_PX, 74), 40, 2)):
        person = _standing(heel)
        x = view((0, 0))[0]
        parts += [
            floor(x - 28, x + 36, GROUND_PX),
            person.svg(view),
            presses(view, person.near, "heel ball toe" if heel == 0 else "ball toe"),
            numeral((x - 20, 14), i),
        ]
    close = View(214, GROUND_PX - 4, 260)
    legs = [leg_from_foot(dx, 1, 0, 36) for dx in (0.06, 0.0)]
    parts.append(floor(180, 290, GROUND_PX - 4))
    parts += _lower_legs(close, legs)
    parts += [
        presses(close, legs[1], "ball toe"),
        arrow([(196, GROUND_PX - 8), (196, GROUND_PX - 46)], both=True),
    ]
    return drawing("Calf raises: rise onto the balls of both feet, hold, lower slowly", parts)


def _feet_on_a_step(heel_deg: float) -> list[Leg]:
    """Far and near leg on the edge of a step at x = 0.1, heels up or, below 0, down."""
    if heel_deg < 0:
        return [_dropped(dx, -heel_deg) for dx in (0.05, 0.0)]
    return [leg_from_foot(dx, 2, 0, heel_deg) for dx in (0.05, 0.0)]


def _lower_legs(view: View, legs: list[Leg]) -> list[str]:
    """A far and a near one, close up."""
    return [
        leg_svg(view, leg, fill, FOOT_PARTS, close=True) for leg, fill in zip(legs, (FAR, BODY), strict=True)
    ]


def _dropped(x: float, drop_deg: float) -> Leg:
    """A leg whose heel hangs `drop_deg` below the ball, which stays at `x` + BALL_M."""
    down = radians(drop_deg)
    ankle = (
        x + BALL_M - BALL_M * cos(down) - ANKLE_M * sin(down),
        ANKLE_M * cos(down) - BALL_M * sin(down),
    )
    knee = (ankle[0] + 0.08, ankle[1] + 0.54)
    return Leg((knee[0], knee[1] + 0.42), knee, ankle, -drop_deg, -drop_deg)


def eccentric_calf_raise() -> str:
    """Both legs on a step: up, then the heels below its edge."""
    parts: list[str] = []
    whole = View(40, 112, 60)
    person = _standing(38, support=True)
    rail = whole((0.43, 0.99))
    parts += [
        box(whole((0.09, 0))[0], 112, 42, 34),
        floor(6, 92, 146),
        rod([(rail[0], 112), rail], 3),
        person.svg(whole),
    ]
    for x, heel, i in ((126.0, 38, 1), (230.0, -26, 2)):
        view = View(x, 106, 230)
        edge = view((0.095, 0))[0]
        legs = _feet_on_a_step(heel)
        parts += [
            *_lower_legs(view, legs),
            box(edge, 106, 46, 40),
            presses(view, legs[1], "ball toe"),
            floor(x - 26, edge + 46, 146),
        ]
        parts.append(arrow([(x - 20, 104), (x - 20, 58)] if heel > 0 else [(x - 22, 68), (x - 22, 128)]))
        parts.append(numeral((x - 20, 14), i))
    return drawing(
        "Eccentric calf raise: both feet on the edge of a step, heels up, then both heels slowly below "
        "the step",
        parts,
    )


def two_up_one_down() -> str:
    """On the floor: up on both, one foot off, down on the other."""
    parts: list[str] = []
    for x, i in ((42.0, 1), (144.0, 2), (246.0, 3)):
        view = View(x, GROUND_PX, 74)
        both = _standing(40 if i < 3 else 0)
        near = both.near
        far = both.far if i == 1 else bent_leg(near.hip, (near.hip[0] - 0.16, near.hip[1] - 0.56), 40, -40)
        hand = (0.36, 0.98)
        person = Person(
            near,
            far,
            2,
            hand,
            None,
            blue=FEET if i == 1 else "near_shank near_foot near_toes",
        )
        parts += [
            rod([(view((0.4, 0))[0], GROUND_PX), (view((0.4, 0))[0], view((0, 0.95))[1])], 4),
            floor(x - 34, x + 44, GROUND_PX),
            person.svg(view),
            presses(view, near, "ball toe" if i < 3 else "heel ball toe"),
            numeral((x - 26, 14), i),
        ]
        if i != 2:
            ends = [(x - 28, GROUND_PX - 4), (x - 28, GROUND_PX - 30)]
            parts.append(arrow(ends if i == 1 else ends[::-1]))
    return drawing("Two up, one down: rise on both feet, lift one foot, lower slowly on the other", parts)


def single_leg_balance() -> str:
    """On one leg, a hand on a support; the sole with its three points of contact."""
    view, above = View(70, GROUND_PX, 74), View(186, 84, 420)
    near = leg_from_foot(0, 8, -4)
    x, y = near.hip
    far = bent_leg(near.hip, (x - 0.2, y - 0.58), 30, -30)
    person = Person(
        near,
        far,
        2,
        (0.42, 0.98),
        (x - 0.02, y - 0.06),
        blue="far_shank far_foot far_toes far_thigh",
    )
    post = view((0.46, 0))[0]
    return drawing(
        "Single-leg balance: one foot lifted, knee slightly bent, a hand on a support; heel, ball and "
        "big toe press",
        [
            floor(16, 132, GROUND_PX),
            rod([(post, GROUND_PX), (post, view((0, 0.95))[1])], 4),
            person.svg(view),
            presses(view, near),
            planted_sole(above, "heel ball big_toe"),
        ],
    )


def ankle_circles() -> str:
    """Up on the toes of one leg, the other foot circles."""
    view, close = View(58, GROUND_PX, 74), View(204, 92, 270)
    near = leg_from_foot(0, 1, 1, 36)
    x, y = near.hip
    far = bent_leg(near.hip, (x + 0.3, y - 0.66), 0, 0)
    person = Person(far, near, 0, None, (x + 0.4, y + 0.06), blue="near_foot near_toes")
    lifted = Leg((0, 0.9), (0.0, 0.5), (0, 0.075), 4, -4)
    toe, post = close((0.19, 0.02)), view((x + 0.44, y + 0.03))
    return drawing(
        "Ankle circles: up on the toes of the standing leg, a hand on a support, the other foot draws "
        "circles, one way and the other",
        [
            floor(14, 126, GROUND_PX),
            rod([(post[0], GROUND_PX), post], 4),
            person.svg(view),
            presses(view, near, "ball toe"),
            leg_svg(close, lifted, BODY, "foot toes", close=True),
            ring(toe, 38, -64, 214, 1.0, both=True),
        ],
    )


def resisted_ankle() -> str:
    """Sitting, band round the forefoot: away from the hands, up against an anchor, in and out."""
    view = View(108, GROUND_PX, 84)
    near = Leg((-0.74, 0.11), (-0.33, 0.15), (0.07, 0.075), -62, 0)
    hand = (-0.36, 0.4)
    ball, heel = view((0.22, 0.19)), view(hand)
    person = Person(near, near, -8, hand, None, blue="near_foot near_toes")
    side, above = View(166, GROUND_PX, 230), View(264, 132, 290)
    raised = Leg((-0.3, 0.7), (-0.02, 0.65), (-0.01, 0.086), -22, 0)
    front = above((0.0, 0.14))
    return drawing(
        "Resisted ankle movements: sitting, a band round the forefoot, the foot moves against it: down, "
        "up, in and out",
        [
            floor(4, 134, GROUND_PX),
            person.svg(view),
            tube([heel, ball], 2.4),
            ring(view((0.07, 0.075)), 30, 34, 76),
            floor(148, 230, GROUND_PX),
            leg_svg(side, raised, BODY, "foot toes", close=True),
            tube([side((0.128, 0.095)), (222, GROUND_PX - 5)], 2.6),
            box(221, GROUND_PX - 12, 6, 12, PROP),
            arrow([(206, 106), (203, 84), (190, 70)]),
            sole(above, (0, 0), 90, -1.0, BLUE),
            tube([(front[0] - 14, front[1]), (front[0] + 14, front[1])], 2.6),
            arrow([(front[0] - 30, 50), (front[0] + 30, 50)], both=True),
        ],
    )
