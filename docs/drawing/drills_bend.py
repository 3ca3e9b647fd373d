"""Drawings of the drills that bend the ankle: rocks, wall drill, band, calf stretch, squat rock, wall glide.

Not here: calf and balance (`drills_calf.py`), toes and care (`drills_toes.py`), jumps (`drills_spring.py`).
"""

from __future__ import annotations

from math import cos, radians, sin

from docs.drawing.figures import Leg, kneeling_leg, leg_from_foot, leg_from_hip
from docs.drawing.hulls import Disc, discs_px, filled, hull
from docs.drawing.mannequin import BLUE, BODY, FAR, INK, Person, bent_leg
from docs.drawing.other_views import planted_sole, sole
from docs.drawing.outlines import TOE_M
from docs.drawing.stage import (
    GROUND,
    PROP,
    arrow,
    box,
    drawing,
    floor,
    numeral,
    presses,
    ring,
    tube,
    wall,
)
from docs.drawing.svg import Point, View

__all__ = [
    "ankle_wall_drill", "band_assisted_mobilisation", "calf_stretch", "heel_elevated_squat_rock",
    "kneeling_dorsiflexion_rocks", "three_way_ankle_rocks", "wall_glide_hip_rotation",
]  # fmt: skip

FLOOR_PX = 136.0


def _half_kneel(shin_deg: float, trunk_deg: float) -> Person:
    """Half-kneeling over a foot at x = 0, hands on the front knee."""
    near = leg_from_foot(0, shin_deg, -93 + 0.25 * (shin_deg - 20))
    hand = (near.knee[0] - 0.11, near.knee[1] + 0.08)
    far_hand = (hand[0] + 0.05, hand[1] + 0.02)
    return Person(near, kneeling_leg(near.hip), trunk_deg, hand, far_hand, blue="near_shank")


def _ahead(view: View, leg: Leg, length: float) -> str:
    """An arrow that drives the knee forward, px."""
    x, y = view(leg.knee)
    start = x + 0.085 * view.px
    return arrow([(start, y), (start + length, y)])


def three_way_ankle_rocks() -> str:
    """Half-kneeling from the side; the foot from above with the three ways of the knee."""
    side, above = View(110, FLOOR_PX, 96), View(186, 78, 400)
    rocked = _half_kneel(24, 6)
    x, y = above((0.055, 0.0))
    ways: list[tuple[Point, Point]] = [
        ((x + 62, y), (285, 81)),
        ((x + 58, y - 26), (264, 36)),
        ((x + 58, y + 27), (264, 120)),
    ]
    return drawing(
        "Three-way ankle rocks: half-kneeling, the knee rocks forward over the middle, inner and outer "
        "toes, heel down",
        [
            floor(4, 150, FLOOR_PX),
            rocked.svg(side),
            presses(side, rocked.near),
            _ahead(side, rocked.near, 26),
            sole(above),
            *(arrow([(x, y), way]) for way, _ in ways),
            f'<circle cx="{x:g}" cy="{y:g}" r="9" fill="{BLUE}"/>',
            *(numeral(mark, i + 1) for i, (_, mark) in enumerate(ways)),
        ],
    )


def kneeling_dorsiflexion_rocks() -> str:
    """Half-kneeling upright, then leaning onto the front leg, the knee ahead of the toes."""
    first, second = View(113, FLOOR_PX, 91), View(257, FLOOR_PX, 91)
    upright, lean = _half_kneel(2, 0), _half_kneel(36, 30)
    return drawing(
        "Kneeling dorsiflexion rocks: half-kneeling, lean onto the front leg until the knee is ahead of "
        "the toes, heel down",
        [
            floor(4, 140, FLOOR_PX),
            floor(156, 297, FLOOR_PX),
            upright.svg(first),
            lean.svg(second),
            presses(first, upright.near),
            presses(second, lean.near),
            _ahead(first, upright.near, 26),
            numeral((14, 14), 1),
            numeral((168, 14), 2),
        ],
    )


def _lunge(shin_deg: float, wall_m: float, heel_deg: float = 48.0) -> Person:
    """Standing before a wall, one foot in front at x = 0, hands on the wall."""
    near = leg_from_foot(0, shin_deg, 8 - 1.15 * shin_deg)
    x, y = near.hip
    return Person(
        near, leg_from_hip((x, y), -0.42, heel_deg), 8, (wall_m - 0.08, y + 0.31), (wall_m - 0.08, y + 0.38),
        blue="near_shank",
    )  # fmt: skip


def ankle_wall_drill() -> str:
    """Knee to the wall, heel down."""
    px, gap = 74.0, 0.075
    face = TOE_M + gap
    first, second = View(92, FLOOR_PX + 6, px), View(240, FLOOR_PX + 6, px)
    upright, touch = _lunge(6, face), _lunge(33.5, face)
    return drawing(
        "Ankle wall drill: one foot a few fingers from a wall, drive the knee to the wall, heel down",
        [
            *(wall(view((face, 0))[0], 6, FLOOR_PX + 6) for view in (first, second)),
            floor(10, 124, FLOOR_PX + 6),
            floor(158, 272, FLOOR_PX + 6),
            upright.svg(first),
            touch.svg(second),
            presses(first, upright.near),
            presses(second, touch.near),
            _ahead(first, upright.near, 13),
            numeral((18, 14), 1),
            numeral((166, 14), 2),
        ],
    )  # fmt: skip


def band_assisted_mobilisation() -> str:
    """A band low round the front of the ankle pulls back; the knee rocks over the toes."""
    px, ground = 74.0, FLOOR_PX + 6
    first, second = View(104, ground, px), View(250, ground, px)
    parts: list[str] = []
    for view, shin, i in ((first, 4, 1), (second, 30, 2)):
        near = leg_from_foot(0, shin, 6 - 1.1 * shin)
        x, y = near.hip
        hand = (near.knee[0] - 0.04, near.knee[1] + 0.14)
        person = Person(
            near, leg_from_hip((x, y), -0.40, 45), 0.5 * shin + 4, hand, (hand[0] + 0.05, hand[1] + 0.02),
            blue="near_shank",
        )  # fmt: skip
        post = view((-1.08, 0))[0]
        left = post - 5
        ankle = view((near.ankle[0], near.ankle[1] + 0.025))
        parts += [
            floor(left, left + 132, ground),
            box(post - 4, ground - 30, 7, 30, PROP),
            person.svg(view),
            tube([(post, ankle[1] - 3), (ankle[0] + 3.6, ankle[1])], 2.6),
            arrow([(ankle[0] - 34, ankle[1] - 9), (ankle[0] - 56, ankle[1] - 9)], colour=INK, width=2.4),
            presses(view, near),
            numeral((left + 8, 14), i),
        ]
    knee = first(leg_from_foot(0, 4, 0).knee)
    parts.append(arrow([(knee[0] + 7, knee[1]), (knee[0] + 32, knee[1])]))
    return drawing(
        "Band-assisted ankle mobilisation: a band low round the front of the ankle pulls back, the knee "
        "rocks over the toes, heel down",
        parts,
    )


def calf_stretch() -> str:
    """Hands on a wall, rear heel flat: rear knee straight, then bent."""
    px, ground = 74.0, FLOOR_PX + 6
    parts: list[str] = []
    for view, shin, thigh, i in ((View(44, ground, px), 27, 27, 1), (View(200, ground, px), 38, -8, 2)):
        rear = leg_from_foot(0, shin, thigh)
        x, y = rear.hip
        face = 1.04 if i == 1 else 0.8
        front = bent_leg((x, y), (face - TOE_M - (0.2 if i == 1 else 0.16), 0.075))
        trunk = 16 if i == 1 else 10
        hands = (face - 0.08, y + 0.42)
        person = Person(
            rear,
            front,
            trunk,
            hands,
            (hands[0], hands[1] + 0.07),
            elbow=-1.0,
            blue="near_thigh near_shank near_foot near_toes",
        )
        wall_px = view((face, 0))[0]
        parts += [
            wall(wall_px, 6, ground),
            floor(view((-0.2, 0))[0], wall_px + 8, ground),
            person.svg(view),
            presses(view, rear, "heel ball"),
            numeral((view((-0.2, 0))[0] + 8, 14), i),
        ]
        heel = view((-0.036, 0))
        parts.append(arrow([(heel[0] - 14, ground - 34), (heel[0] - 8, ground - 6)]))
    return drawing(
        "Calf stretch: hands on a wall, one leg back with its heel flat, first with that knee straight, "
        "then with it bent",
        parts,
    )


def heel_elevated_squat_rock() -> str:
    """Squat with the heels on a wedge; the knees rock forward over the toes."""
    px, ground, rise = 98.0, FLOOR_PX + 6, 20.0
    parts: list[str] = []
    for view, shin, thigh, trunk, i in (
        (View(70, ground, px), 10, -80, 40, 1),
        (View(216, ground, px), 38, -84, 24, 2),
    ):
        near = leg_from_foot(0, shin, thigh, rise)
        far = leg_from_foot(0.035, shin, thigh, rise)
        shoulder = (near.hip[0] + 0.45 * sin(radians(trunk)), near.hip[1] + 0.45 * cos(radians(trunk)))
        person = Person(
            near, far, trunk,
            (shoulder[0] + 0.46, shoulder[1] - 0.02), (shoulder[0] + 0.49, shoulder[1] + 0.02),
            blue="near_shank far_shank",
        )  # fmt: skip
        left = view((-0.09, 0))[0]
        tip, top = view((0.13, 0))[0], ground - 0.085 * px
        wedge = (
            f'<path d="M{left:.1f} {ground}V{top:.1f}L{tip:.1f} {ground}Z" fill="{PROP}" stroke-width="1.6"/>'
        )
        parts += [
            floor(left - 56, left + 84, ground),
            person.svg(view),
            wedge,
            presses(view, near, "ball toe"),
            numeral((left - 48, 14), i),
        ]
        if i == 1:
            knee = view(near.knee)
            parts.append(arrow([(knee[0] + 8, knee[1]), (knee[0] + 36, knee[1])], both=True))
    return drawing(
        "Heel-elevated squat rock: squat with the heels on a wedge, the knees rock slowly forward over "
        "the toes, weight through the big toes",
        parts,
    )


def wall_glide_hip_rotation() -> str:
    """From the side before the wall, and from above: front foot along the wall, hips turn to it."""
    px, ground = 74.0, FLOOR_PX + 6
    view = View(46, ground, px)
    front = leg_from_foot(0.1, 24, -20)
    x, y = front.hip
    person = Person(
        leg_from_hip(front.hip, -0.3, 45), front, 4, (x + 0.05, y + 0.02), (x + 0.32, y + 0.42),
        blue="far_shank far_thigh",
    )  # fmt: skip
    return drawing(
        "Wall glide: front foot along the wall, rear foot on its toes; the front knee bends over the "
        "toes while hips and trunk turn to the wall, big toe, little toe and heel down",
        [
            box(4, 6, 88, ground - 6),
            floor(2, 94, ground),
            person.svg(view),
            presses(view, front),
            *_turning_to_the_wall(148, 0.0, 1),
            *_turning_to_the_wall(250, 46.0, 2),
            planted_sole(View(244, 136, 150), "heel big_toe little_toe", -1.0),
        ],
    )


def _turning_to_the_wall(x_px: float, turn_deg: float, which: int) -> list[str]:
    """Feet, front leg, hips and head from above; the wall is at the top."""
    view = View(x_px + 6, 106, 165)
    front, rear = (-0.02, 0.33), (-0.26, 0.03)
    glide = 0.035 if turn_deg else 0.0
    hips = (-0.12 + glide, 0.19)
    c, s = cos(radians(turn_deg)), sin(radians(turn_deg))

    def trunk(ahead: float, left: float, radius: float) -> Disc:
        return (hips[0] + c * ahead - s * left, hips[1] + s * ahead + c * left, radius)

    knee = (0.05 + 2.2 * glide, 0.333)
    shoulders = [trunk(0, 0.115, 0.062), trunk(0, -0.115, 0.062)]
    head = [[trunk(0.03, 0, 0.075)], [trunk(0.07, 0, 0.03), trunk(0.112, 0, 0.014)]]
    thigh = [trunk(0.0, 0.09, 0.06), (*knee, 0.036)]
    parts = [
        box(x_px - 46, 12, 92, 8, GROUND),
        sole(view, rear, 0, 1.0, FAR),
        sole(view, front, 0, -1.0),
        filled([hull(discs_px(view, thigh))], BLUE if turn_deg else BODY),
        filled([hull(discs_px(view, shoulders))], BLUE if turn_deg else BODY),
        filled([hull(discs_px(view, part)) for part in head], BODY),
        numeral((x_px - 38, 140), which),
    ]
    if turn_deg:
        at = view(hips)
        parts.append(ring(at, 42, 160, 104))
    return parts
