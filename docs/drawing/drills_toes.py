"""Drawings of the drills done sitting, of toes and of care: mobilisation, toe yoga, towel, ball, roller, warm
and cold, circles.

Not here: the ankle's bend (`drills_bend.py`), calf, balance (`drills_calf.py`), jumps (`drills_spring.py`).
"""

from __future__ import annotations

from dataclasses import replace
from math import radians

from docs.drawing.figures import Leg, placed
from docs.drawing.hulls import Disc, discs_px, filled, hull
from docs.drawing.mannequin import BLUE, BODY, FAR, INK, Person, bent_leg, leg_svg
from docs.drawing.other_views import front_arm, front_leg, front_trunk, grown, sole
from docs.drawing.stage import PROP, arrow, drawing, floor, numeral, presses, ring, seat, tube
from docs.drawing.svg import Point, View

__all__ = [
    "ankle_circles_sitting", "contrast_therapy", "foam_rolling", "great_toe_mobilisation", "lacrosse_ball",
    "towel_crunches",
]  # fmt: skip

GROUND_PX = 136.0
_HINGE = (0.142, 0.02)


def _close_leg(foot_deg: float = 0.0, toe_deg: float = 0.0, lean: float = 0.02, up: float = 0.0) -> Leg:
    """A lower leg over x = 0 for a close-up."""
    ankle = (0.0, 0.075 + up)
    knee = (lean, ankle[1] + 0.4)
    return Leg((lean - 0.3, knee[1]), knee, ankle, foot_deg, toe_deg)


def _small_toes(view: View, toe_deg: float, fill: str) -> str:
    """The four small toes, beyond the big one."""
    discs: list[Disc] = [(0.0, 0.0, 0.018), (0.055, -0.005, 0.0135)]
    turned = [(*placed([(x, y)], _HINGE, radians(toe_deg))[0], r) for x, y, r in discs]
    return filled([hull(discs_px(view, turned))], fill)


def toe_yoga() -> str:
    """Close-up from the inner side: big toe up, then the others up."""
    parts: list[str] = []
    for x, big, small, i in ((42.0, 44, 0, 1), (194.0, 0, 44, 2)):
        view = View(x, 130, 400)
        leg = _close_leg(toe_deg=big)
        hinge = view(_HINGE)
        parts += [
            floor(x - 32, x + 100, 130),
            _small_toes(view, small, BLUE if small else FAR),
            leg_svg(view, leg, BODY, "toes" if big else "", close=True),
            presses(view, leg, "heel ball" if big else "heel ball toe"),
            ring((hinge[0] - 2, hinge[1]), 42, 88, 40),
            numeral((x + 60, 14), i),
        ]
    return drawing(
        "Toe yoga, a foot from its inner side: big toe up with the small toes down; then small toes up "
        "with the big toe down; heel and ball stay down",
        parts,
    )


def _sitting(view_seat: float, foot_x: float, near_foot: Leg | None = None, trunk_deg: float = 0.0) -> Person:
    """On a chair, feet flat; the hip over `view_seat`."""
    hip = (view_seat, 0.53)
    near = near_foot or bent_leg(hip, (foot_x, 0.075))
    far = bent_leg(hip, (foot_x - 0.06, 0.075))
    hand = (view_seat + 0.28, 0.66)
    return Person(near, far, trunk_deg, hand, (hand[0] + 0.04, hand[1]))


def great_toe_mobilisation() -> str:
    """Sitting, foot over the other knee; the toe moved up and down, in and out, round."""
    parts: list[str] = [_cross_legged(View(52, GROUND_PX, 92))]
    view = View(116, 112, 280)
    leg = Leg((-0.3, 0.5), (-0.02, 0.475), (0.0, 0.075), 0, 4)
    hinge = view(_HINGE)
    above = View(270, 138, 280)
    tip = above((-0.021, 0.21))
    parts += [
        leg_svg(view, leg, BODY, "toes", close=True),
        _pinch(view, (0.166, 0.022)),
        ring(hinge, 40, 62, 18),
        ring(hinge, 40, 118, 162),
        sole(above, (0, 0), 90, -1.0, blue=(0,)),
        arrow([(tip[0] - 22, tip[1] - 15), (tip[0] + 22, tip[1] - 15)], both=True),
        ring((tip[0], tip[1] - 40), 16, -140, 150, 0.6),
    ]
    return drawing(
        "Great-toe mobilisation: sitting, one foot over the other knee, a hand holds the base of the big "
        "toe and moves it up and down, out and in, and round",
        parts,
    )


def _pinch(view: View, at: Point) -> str:
    """Thumb above and finger below a toe held at `at`; the hand comes from the right."""
    x, y = at
    fist: list[Disc] = [(x + 0.075, y, 0.034), (x + 0.135, y + 0.025, 0.034)]
    wrist: list[Disc] = [(x + 0.135, y + 0.025, 0.03), (x + 0.2, y + 0.075, 0.03)]
    finger: list[Disc] = [(x + 0.075, y - 0.024, 0.0135), (x - 0.002, y - 0.024, 0.012)]
    thumb: list[Disc] = [
        (x + 0.1, y + 0.036, 0.017),
        (x + 0.05, y + 0.034, 0.0145),
        (x - 0.002, y + 0.025, 0.012),
    ]
    return grown(view, [wrist, fist], FAR) + grown(view, [finger], FAR) + grown(view, [thumb], FAR)


def _cross_legged(view: View) -> str:
    """A person on a stool from the front, one shin across the other thigh."""
    hip = (0.0, 0.56)
    foot: list[list[Disc]] = [[(0.17, 0.665, 0.036), (0.2, 0.6, 0.032), (0.26, 0.53, 0.022)]]
    toe: list[list[Disc]] = [[(0.262, 0.528, 0.021), (0.3, 0.485, 0.016)]]
    left, right = view((-0.2, 0))[0], view((0.2, 0))[0]
    top = view((0, 0.46))[1]
    stool = f"M{left:.1f} {GROUND_PX:g}V{top:.1f}H{right:.1f}V{GROUND_PX:g}"
    return "".join(
        [
            floor(view((-0.46, 0))[0], view((0.46, 0))[0], GROUND_PX),
            f'<path d="{stool}" stroke="{PROP}" stroke-width="4"/>',
            front_trunk(view, hip),
            front_leg(view, (0.11, 0.56), (0.15, 0.5), (0.15, 0.1), (0.155, 0.035)),
            grown(
                view, [[(-0.1, 0.57, 0.088), (-0.31, 0.57, 0.06)], [(-0.31, 0.57, 0.056), (0.14, 0.64, 0.04)]]
            ),
            grown(view, foot),
            grown(view, toe, BLUE),
            front_arm(view, hip, (-0.29, 0.76), (-0.02, 0.68)),
            front_arm(view, hip, (0.36, 0.76), (0.315, 0.53)),
        ]
    )


def towel_crunches() -> str:
    """Sitting, foot on a towel; toes flat, toes curled with the towel gathered."""
    whole = View(44, GROUND_PX, 88)
    person = _sitting(-0.02, 0.42)
    parts = [
        seat(whole, -0.14, 0.43),
        floor(6, 108, GROUND_PX),
        tube([whole((0.5, 0.0)), whole((0.72, 0.0))], 2),
        person.svg(whole),
    ]
    for x, curled, i in ((132.0, False, 1), (228.0, True, 2)):
        view = View(x, GROUND_PX, 300)
        leg = _close_leg()
        parts += [
            floor(x - 20, x + 70, GROUND_PX),
            "" if curled else _towel(view, curled),
            leg_svg(view, leg, BODY, "toes", close=True) if not curled else _clawed(view, leg),
            presses(view, leg, "heel"),
            numeral((x + 42, 14), i),
        ]
        if not curled:
            tip = view((0.2, 0.05))
            parts.append(arrow([(tip[0] + 6, tip[1] - 16), (tip[0] - 26, tip[1] - 16)]))
    return drawing(
        "Towel crunches: sitting, heel on the floor, the toes pull a towel towards the heel", parts
    )


_CLAW: tuple[tuple[Disc, ...], ...] = (
    ((0.142, 0.022, 0.02), (0.166, 0.036, 0.0165)),
    ((0.166, 0.036, 0.0165), (0.172, 0.014, 0.0145)),
)
"""Toes that grip."""


def _clawed(view: View, leg: Leg) -> str:
    foot = leg_svg(view, leg, BODY, close=True, toes=False)
    return foot + _towel(view, True) + grown(view, _CLAW, BLUE)


def _towel(view: View, curled: bool) -> str:
    """A towel under the toes: flat, or gathered."""
    x, y = view((0.1, 0.0))
    fold = "c1-18 11-18 11 0"
    path = f"M{x - 21:.0f} {y:.0f}{fold}{fold}v-5h36v5z" if curled else f"M{x - 3:.0f} {y:.0f}v-5h56v5z"
    return f'<path d="{path}" fill="#fff" stroke-width="2"/>'


def ankle_circles_sitting() -> str:
    """Sitting, one foot off the floor; close up, that foot circles."""
    whole, close = View(52, GROUND_PX, 88), View(196, 92, 270)
    lifted = bent_leg((-0.02, 0.53), (0.62, 0.26), 6, 0)
    person = replace(_sitting(-0.02, 0.38, lifted), blue="near_foot near_toes")
    circling = Leg((0, 0.9), (0.0, 0.5), (0, 0.075), 4, -4)
    return drawing(
        "Ankle circles, sitting: one foot off the floor draws circles, one way and the other",
        [
            seat(whole, -0.14, 0.43),
            floor(10, 116, GROUND_PX),
            person.svg(whole),
            leg_svg(close, circling, BODY, "foot toes", close=True),
            ring(close((0.19, 0.02)), 38, -64, 214, 1.0, both=True),
        ],
    )


def lacrosse_ball() -> str:
    """Sitting, the sole on a ball; close up, the ball from heel to ball of the foot."""
    whole = View(44, GROUND_PX, 88)
    foot = bent_leg((-0.02, 0.53), (0.46, 0.145), -4, 4)
    person = _sitting(-0.02, 0.38, foot)
    ball = whole((0.52, 0.035))
    parts = [
        seat(whole, -0.14, 0.43),
        floor(6, 108, GROUND_PX),
        person.svg(whole),
        f'<circle cx="{ball[0]:.1f}" cy="{ball[1]:.1f}" r="3" fill="{INK}"/>',
    ]
    for x, under, i in ((140.0, 0.02, 1), (236.0, 0.12, 2)):
        view = View(x, GROUND_PX, 290)
        tilt = -6.0 if under < 0.06 else -2.0
        leg = _close_leg(tilt, -tilt, 0.0, 0.062)
        at = view((under, 0.032))
        parts += [
            floor(x - 22, x + 62, GROUND_PX),
            f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{0.032 * 290:.1f}" fill="{INK}"/>',
            leg_svg(view, leg, BODY, "foot toes", close=True),
            numeral((x + 42, 14), i),
            arrow([(x - 2, GROUND_PX + 8), (x + 40, GROUND_PX + 8)][:: 1 if i == 1 else -1]),
        ]
    return drawing(
        "Sole on a ball: sitting, roll a small hard ball slowly under the sole, from the heel to the "
        "ball of the foot",
        parts,
    )


def foam_rolling() -> str:
    """Sitting on the floor, calf on a roller: near the heel, then below the knee."""
    parts: list[str] = []
    for x, share, i in ((52.0, 0.2, 1), (200.0, 0.62, 2)):
        view = View(x, GROUND_PX - 6, 84)
        hip, ankle = (-0.02, 0.18), (0.79, 0.2)
        near = bent_leg(hip, ankle, -80, 0)
        far = bent_leg(hip, (0.3, 0.075))
        person = Person(near, far, -22, (-0.42, 0.085), (-0.36, 0.085), head_deg=0, blue="near_shank")
        knee = near.knee
        at = (ankle[0] + share * (knee[0] - ankle[0]), 0.075)
        roller = view(at)
        parts += [
            floor(x - 46, x + 88, GROUND_PX - 6),
            f'<circle cx="{roller[0]:.1f}" cy="{roller[1]:.1f}" r="{0.075 * 84:.1f}" fill="{PROP}"/>',
            person.svg(view),
            numeral((x - 40, 14), i),
            arrow([(x + 38, GROUND_PX - 44), (x + 70, GROUND_PX - 36)], both=True),
        ]
    return drawing(
        "Foam rolling: sitting on the floor, the calf on a roller, roll slowly from above the heel to "
        "below the knee",
        parts,
    )


def contrast_therapy() -> str:
    """Feet in warm water, then in cold, and again."""
    parts: list[str] = []
    for x, warm in ((46.0, True), (214.0, False)):
        view = View(x, GROUND_PX, 88)
        person = _sitting(-0.02, 0.44)
        left, right = view((0.3, 0))[0], view((0.74, 0))[0]
        top, level = view((0, 0.36))[1], view((0, 0.3))[1]
        pail = f"M{left - 4:.1f} {top:.1f}L{left:.1f} {GROUND_PX:g}H{right:.1f}L{right + 4:.1f} {top:.1f}"
        water = (
            f"M{left - 3:.1f} {level:.1f}L{left:.1f} {GROUND_PX:g}H{right:.1f}L{right + 3:.1f} {level:.1f}Z"
        )
        colour = "#fff" if warm else "#8db8e4"
        parts += [
            seat(view, -0.14, 0.43),
            floor(x - 40, x + 74, GROUND_PX),
            person.svg(view),
            f'<path d="{water}" fill="{colour}" fill-opacity=".7" stroke="none"/><path d="{pail}"/>',
            _steam(right - 12, top - 6) if warm else _ice(right - 12, level),
        ]
    parts += [arrow([(128, 42), (150, 30), (172, 42)]), arrow([(172, 66), (150, 78), (128, 66)])]
    return drawing("Contrast therapy: lower legs in a bucket of warm water, then in cold, to and fro", parts)


def _steam(x: float, y: float) -> str:
    """Wisps over warm water, px."""
    wisps = "".join(f"M{x + dx:g} {y:.1f}q-5-5 0-10t0-10" for dx in (-8, 1, 10))
    return f'<path d="{wisps}" stroke-width="1.8"/>'


def _ice(x: float, y: float) -> str:
    """Cubes in cold water, px."""
    cubes = f"M{x - 8:.1f} {y - 4:.1f}l8-2 2 8-8 2zM{x + 2:.1f} {y:.1f}l8 2-2 8-8-2z"
    return f'<path d="{cubes}" fill="#fff" stroke-width="1.6"/>'
