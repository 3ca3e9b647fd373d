"""Drawings of jumps and strength: forward bound, jump rope, split jumps, hips and knees.

Not here: the ankle's bend (`drills_bend.py`), calf and balance (`drills_calf.py`), toes (`drills_toes.py`).
"""

from __future__ import annotations

from docs.drawing.figures import leg_from_foot, leg_from_hip
from docs.drawing.hulls import number
from docs.drawing.mannequin import BLUE, Person, bent_leg, moved
from docs.drawing.other_views import footprint, front_arm, front_leg, front_trunk
from docs.drawing.stage import arrow, box, drawing, floor, numeral, presses
from docs.drawing.svg import View

__all__ = ["forward_bound", "hip_knee_strength", "jump_rope", "split_jumps"]

GROUND_PX = 140.0
FAR_LEG, NEAR_LEG = "far", "near"


def forward_bound() -> str:
    """Slight squat, a jump with the other knee up, a soft landing; from above, forward and across."""
    ground, px = 112.0, 58.0
    views = [View(x, ground, px) for x in (36.0, 138.0, 246.0)]
    near = leg_from_foot(0, 22, -28)
    start = Person(
        near, bent_leg(near.hip, (near.hip[0] - 0.06, near.hip[1] - 0.62), 30, -30), 24,
        (0.3, 0.9), blue=FAR_LEG,
    )  # fmt: skip
    hip = (0.1, 0.97)
    push = bent_leg(hip, (-0.16, 0.235), 62, -62)
    air = Person(
        push, bent_leg(hip, (0.42, 0.52), 0), 8, (-0.14, 1.12), blue=FAR_LEG,
    )  # fmt: skip
    landed = leg_from_foot(0, 24, -34)
    land = Person(
        bent_leg(landed.hip, (landed.hip[0] - 0.3, landed.hip[1] - 0.5), 45, -45), landed, 24,
        (0.34, 0.9), blue=FAR_LEG,
    )  # fmt: skip
    steps = View(0, 130, 100)
    parts = [floor(6, 294, ground)]
    for view, person, i in zip(views, (start, air, land), (1, 2, 3), strict=True):
        parts += [person.svg(view), numeral((view.x_px - 28, 14), i)]
    parts += [
        presses(views[0], near, "ball toe"),
        presses(views[2], landed),
        arrow([(60, 46), (82, 26), (104, 28)]),
        arrow([(186, 28), (208, 30), (222, 52)]),
        footprint(steps, (0.28, -0.1), 1.0),
        footprint(steps, (2.36, 0.02), -1.0),
        arrow([(64, 140), (226, 129)]),
    ]
    return drawing(
        "Forward bound: from a slight squat on one leg jump forward and across, the other knee driven "
        "up, and land softly on that foot",
        parts,
    )


def jump_rope() -> str:
    """Hops on two legs, on one, with the rope."""
    ground, px, up = GROUND_PX, 72.0, 0.1
    parts: list[str] = []
    for x, i in ((50.0, 1), (150.0, 2), (250.0, 3)):
        view = View(x, ground, px)
        hip = (0.0, 0.9 + up)
        legs = []
        for side in (-1.0, 1.0):
            if i == 2 and side < 0:
                legs.append(
                    front_leg(
                        view,
                        (side * 0.1, hip[1]),
                        (side * 0.12, 0.58 + up),
                        (side * 0.12, 0.4 + up),
                        (side * 0.12, 0.33 + up),
                    )
                )
                continue
            legs.append(
                front_leg(
                    view,
                    (side * 0.1, hip[1]),
                    (side * 0.11, 0.5 + up),
                    (side * 0.1, 0.13 + up),
                    (side * 0.125, 0.035 + up),
                    BLUE,
                )
            )
        out = 0.36 if i == 3 else 0.25
        arms = [
            front_arm(view, hip, (side * 0.25, 1.06 + up), (side * out, 0.9 + up if i == 3 else 0.84 + up))
            for side in (-1, 1)
        ]
        parts += [
            floor(x - 42, x + 42, ground),
            *legs,
            front_trunk(view, hip),
            *arms,
            numeral((x - 36, 14), i),
        ]
        parts.append(
            arrow([(x + 34, ground - 6), (x + 34, ground - 34)], both=True)
            if i < 3
            else _rope(view, out, 0.9 + up)
        )
    return drawing(
        "Jump rope, in steps: small hops on the balls of both feet, hops on one leg, then with the rope",
        parts,
    )


def _rope(view: View, out_m: float, hand_m: float) -> str:
    """The rope from hand to hand, under the feet."""
    (left, top), (right, _), low = view((-out_m, hand_m)), view((out_m, hand_m)), view((0, 0.035))[1]
    wide = 0.16 * view.px
    bends = (
        (left - wide, low + 8),
        (left + wide, low),
        (view.x_px, low),
        (right + wide, low + 8),
        (right, top),
    )
    one, two, middle, three, end = (f"{number(x)} {number(y)}" for x, y in bends)
    path = f"M{number(left)} {number(top)}C{one} {two} {middle}S{three} {end}"
    return f'<path d="{path}"/>'


def split_jumps() -> str:
    """Staggered stance low, jump, the legs changed."""
    ground, px = GROUND_PX, 72.0
    low = leg_from_foot(0.22, 8, -72)
    views = [View(x, ground, px) for x in (52.0, 150.0, 248.0)]
    hip = low.hip
    back = leg_from_hip(hip, -0.44, 52)
    arms = ((hip[0] + 0.3, hip[1] + 0.34), (hip[0] - 0.16, hip[1] + 0.12))
    one = Person(low, back, 6, arms[1], arms[0], blue=NEAR_LEG)
    high = (0.0, 1.03)
    two = Person(
        bent_leg(high, (0.27, 0.36), 30, -30),
        bent_leg(high, (-0.33, 0.38), 60, -60),
        3,
        (-0.1, 1.2),
        (0.3, 1.36),
        blue=NEAR_LEG,
    )
    three = Person(leg_from_hip(hip, -0.44, 52), low, 6, arms[0], arms[1], blue=NEAR_LEG)
    parts: list[str] = []
    for view, person, i in zip(views, (one, two, three), (1, 2, 3), strict=True):
        parts += [
            floor(view.x_px - 46, view.x_px + 46, ground),
            person.svg(view),
            numeral((view.x_px - 40, 14), i),
        ]
    x = views[1].x_px
    parts += [
        presses(views[0], low),
        presses(views[2], low),
        arrow([(x + 38, ground - 6), (x + 38, ground - 40)]),
    ]
    return drawing("Split jumps: from a lunge jump up, change legs in the air, land softly in a lunge", parts)


def hip_knee_strength() -> str:
    """A step up, and a bridge."""
    ground, rise = GROUND_PX, 0.2
    parts: list[str] = []
    for x, i in ((36.0, 1), (112.0, 2)):
        view = View(x, ground, 72)
        if i == 1:
            up = moved(leg_from_foot(0.24, 10, -62), 0.0, rise)
            push = leg_from_hip(up.hip, -0.16, 22)
        else:
            up = moved(leg_from_foot(0.24, 4, -4), 0.0, rise)
            push = bent_leg(up.hip, (up.hip[0] - 0.12, up.hip[1] - 0.66), 20, -20)
        hip = up.hip
        person = Person(
            up,
            push,
            16 if i == 1 else 2,
            (hip[0] + 0.2, hip[1] + 0.1),
            blue=NEAR_LEG,
        )
        left, top = view((0.12, rise))
        parts += [
            box(left, top, 28, ground - top),
            floor(x - 32, x + 38, ground),
            person.svg(view),
            presses(View(x, top, 72), moved(up, 0.0, -rise)),
            numeral((x - 26, 14), i),
        ]
    parts.append(arrow([(6, 92), (6, 54)], both=True))
    view = View(220, ground, 74)
    near = bent_leg((0.0, 0.37), (0.36, 0.075))
    far = bent_leg((0.0, 0.37), (0.4, 0.075))
    moving = "near_thigh trunk"
    bridge = Person(near, far, -114, (0.1, 0.05), None, head_deg=-92, elbow=1.0, blue=moving)
    above = view((-0.06, 0.5))
    parts += [
        floor(154, 297, ground),
        bridge.svg(view),
        presses(view, near),
        arrow([above, (above[0], above[1] - 28)], both=True),
        numeral((162, 14), 3),
    ]
    return drawing(
        "Strength of hips and knees: step up onto a low step and down; lying on the back, lift the hips",
        parts,
    )
