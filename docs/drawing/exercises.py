"""Filming pictures of the tests: how each is done, right and wrong.

Not here: where the phone stands (`places.py`), writing files (`make_filming_images.py`).
"""

from __future__ import annotations

from math import cos, pi

from docs.drawing.figures import Figure, Leg, leg_from_foot
from docs.drawing.outlines import INK, SKIN, TOE_M
from docs.drawing.panels import (
    AMBER,
    BAD,
    BLUE,
    COLUMNS,
    FLOOR,
    FOUR_FINGERS_M,
    GOOD,
    GREY,
    LEAN_WALL_M,
    arrow,
    half_kneel,
    lean,
    lunge,
    panel,
    picture,
    room,
    shin_angle,
    squat,
)
from docs.drawing.svg import Point, View, arc, circle, line, polygon, rect, text

__all__ = [
    "big_toe",
    "clothes",
    "deep_squat",
    "half_kneeling",
    "knee_straight",
    "repetitions",
    "standing_lunge",
]

CELL: Point = (164, 176)
STEP_PX = 232
"""From one row of cells to the next, two lines of caption included."""


def _corner(i: int) -> Point:
    """Upper left of cell number `i`."""
    return COLUMNS[i % 2], 8.0 + STEP_PX * (i // 2)


def _cell(
    i: int,
    caption: list[str],
    right: bool | None,
    figure: Figure,
    view: View,
    wall_x: float | None = None,
    angle: str = "",
    extra: list[str] | None = None,
) -> list[str]:
    """Cell number `i` with a person in it; `view` counts from the cell's corner."""
    inside = room((0, 0), CELL, view.floor_px, wall_x)
    inside.append(figure.svg(view))
    inside += shin_angle(view, figure.near, angle) if angle else []
    inside += extra or []
    return panel(_corner(i), CELL, caption, right, inside)


def _lifted(view: View, leg: Leg) -> list[str]:
    """An arrow under a heel that has left the floor."""
    heel = view((leg.ankle[0] - 0.055, leg.ankle[1] - 0.07))
    return [arrow((heel[0] - 13, view.floor_px + 16), (heel[0] - 13, heel[1] - 2), BAD, 2.6)]


def _gap(view: View, wall_x: float) -> list[str]:
    """The space between toes and wall."""
    toe = view((TOE_M, 0))[0]
    y = view.floor_px + 13
    return [line([(toe, y - 5), (toe, y + 5)], BLUE, 2), line([(wall_x, y - 5), (wall_x, y + 5)], BLUE, 2),
            line([(toe, y), (wall_x, y)], BLUE, 2)]  # fmt: skip


def half_kneeling() -> str:
    """Knee to the wall from half-kneeling, foot four fingers away."""
    px, floor = 92.0, 150.0
    at = 98.0
    wall = at + px * (TOE_M + FOUR_FINGERS_M)
    view = View(at, floor, px)
    touch, early = half_kneel(31), half_kneel(25, 16)
    return picture(
        470,
        "Half-kneeling knee to wall: foot four fingers from the wall, drive the knee to the wall, heel down",
        [
            *_cell(
                0,
                ["1  Kneel; front foot four", "fingers from the wall"],
                None,
                half_kneel(2),
                view,
                wall,
                extra=_gap(view, wall),
            ),
            *_cell(1, ["2  Knee towards the wall,", "heel stays down"], True, touch, view, wall, AMBER),
            *_cell(
                2,
                ["The heel rises:", "stop before it does"],
                False,
                early,
                view,
                wall,
                extra=_lifted(view, early.near),
            ),
            *_fingers(3),
        ],
    )


def _fingers(i: int) -> list[str]:
    """Close-up: a hand's four fingers between toes and wall."""
    px, floor, at = 330.0, 132.0, -8.0
    view = View(at, floor, px)
    toe, wall = at + px * TOE_M + 1, at + px * TOE_M + 41
    # Wrist and palm come from above; the fingers hide the lower edge of the palm.
    wrist = [(toe + 5, -6), (toe + 5, floor - 84), (toe + 1, floor - 70), (toe + 1, floor - 38)]
    palm = [*wrist, (wall - 1, floor - 38), (wall - 1, floor - 70), (wall - 6, floor - 84), (wall - 6, -6)]
    hand = [polygon(palm, SKIN, INK, 1.6)]
    for k, short in enumerate((4, 1, 0.5, 3)):
        left, tip = toe + 1 + 9.5 * k, floor - short
        hand.append(rect((left, floor - 46), (9.5, 46 - short), SKIN, INK, 1.6, round_px=4))
        hand.append(line([(left + 2.6, tip - 7), (left + 6.9, tip - 7)], "#a97c57", 1.2))
    hand.append(rect((toe + 2, floor - 52), (wall - toe - 4, 14), SKIN))
    foot_only = leg_from_foot(0, 12, 0)
    y = floor + 15
    inside = [
        *room((0, 0), CELL, floor, wall),
        Figure(foot_only, foot_only).lower_leg_svg(view),
        *hand,
        *(line([(x, y - 5), (x, y + 5)], BLUE, 2) for x in (toe, wall)),
        line([(toe, y), (wall, y)], BLUE, 2),
        text(((toe + wall) / 2, floor + 35), "4 fingers", BLUE, 14, "middle"),
    ]
    return panel(_corner(i), CELL, ["Four fingers,", "about 8 cm"], None, inside)


def standing_lunge() -> str:
    """The weight-bearing lunge: slide the foot back until the knee just touches."""
    px, floor, wall = 86.0, 156.0, 142.0
    stood, back, off = View(86, floor, px), View(74, floor, px), View(66, floor, px)
    close, early = View(98, floor, px), lunge(40, 17)
    slide = [arrow((98, floor + 11), (54, floor + 11), BLUE, 2.4)]
    return picture(
        470,
        "Standing lunge: knee to the wall, heel down; then slide the foot back until the knee just touches",
        [
            *_cell(0, ["1  Face the wall, stand", "still for a second"], None, lunge(5), stood, wall),
            *_cell(1, ["2  Knee to the wall,", "heel down"], True, lunge(32), close, wall, AMBER),
            *_cell(2, ["3  Foot back a little, until", "the knee only just touches"], True, lunge(38),
                   back, wall + 1, AMBER, slide),
            *_cell(3, ["The heel rises: too far,", "go forward a little"], False, early, off, wall,
                   extra=_lifted(off, early.near)),
        ],
    )  # fmt: skip


def knee_straight() -> str:
    """The knee-straight lunge: the rear leg leans over its flat foot, its knee straight."""
    view = View(44, 158, 90.0)
    wall = 44 + 90.0 * LEAN_WALL_M
    up, bent = lean(32, 20), lean(33, 0, 34)
    knee = view(bent.near.knee)
    return picture(
        470,
        "Knee-straight lunge: the rear foot flat, the rear knee straight, lean towards the wall",
        [
            *_cell(0, ["1  One foot ahead, rear", "foot flat, knee straight"], None, lean(17), view, wall),
            *_cell(1, ["2  Lean to the wall, rear", "heel down, knee straight"], True, lean(29), view, wall,
                   AMBER),
            *_cell(2, ["The rear heel rises:", "stop before it does"], False, up, view, wall,
                   extra=_lifted(view, up.near)),
            *_cell(3, ["The rear knee bends:", "then the calf is slack"], False, bent, view, wall,
                   extra=[circle(knee, 17, "none", BAD, 2.6)]),
        ],
    )  # fmt: skip


def big_toe() -> str:
    """Big-toe extension: foot planted, the knee at the wall, the toe alone comes up."""
    px, floor, at = 94.0, 150.0, 96.0
    view = View(at, floor, px)
    wall = at + px * (TOE_M + FOUR_FINGERS_M)
    return picture(
        470,
        "Big-toe extension: half-kneeling, the knee at the wall, foot planted, lift the big toe",
        [
            *_cell(0, ["1  Half-kneel, knee at", "the wall, toes down"], None, half_kneel(31), view, wall),
            *_cell(
                1,
                ["2  Lift the big toe, hold", "a second, put it down"],
                True,
                half_kneel(31, 0, 38),
                view,
                wall,
            ),
            *_toe_close_up(2, True),
            *_toe_close_up(3, False),
        ],
    )


def _toe_close_up(i: int, right: bool) -> list[str]:
    """The foot large: toe up on a planted foot, or the ball of the foot lifted with it."""
    view = View(38, 132, 480)
    leg = leg_from_foot(0, 14, 0, 0, 38 if right else 0)
    if not right:
        leg = Leg(leg.hip, leg.knee, (leg.ankle[0], leg.ankle[1] + 0.008), -14)
    inside = [
        *room((0, 0), CELL, view.floor_px),
        Figure(leg, leg).lower_leg_svg(view),
    ]
    hinge = view((0.145, 0.006))
    if right:
        inside += [
            line(
                [(hinge[0] - 60, hinge[1]), (hinge[0] + 48, hinge[1])], "#777", 1.5, 'stroke-dasharray="4 3"'
            ),
            line([hinge, (hinge[0] + 36, hinge[1] - 28)], AMBER, 4),
            line(arc(hinge, 34, 90, 52), AMBER, 2.4),
            circle(hinge, 4.5, AMBER),
            text((hinge[0] - 16, hinge[1] + 32), "angle", AMBER, 14, "middle"),
        ]
    else:
        inside.append(arrow((hinge[0] - 6, view.floor_px + 20), (hinge[0] - 6, hinge[1] - 14), BAD, 2.6))
    caption = (
        ["Heel and ball of the foot", "stay on the floor"]
        if right
        else ["The ball of the foot", "came up too"]
    )
    return panel(_corner(i), CELL, caption, right, inside)


def deep_squat() -> str:
    """Deep squat: past the horizontal, knees over the feet, heels down."""
    px, floor = 88.0, 158.0
    deep, shallow, up = squat(34, -104, 37), squat(14, -62, 30), squat(38, -100, 30, 22)
    view = View(82, floor, px)
    level = view((0, deep.near.knee[1]))[1]
    ahead = view(deep.near.knee)
    guides = [
        line([(10, level), (150, level)], BLUE, 1.6, 'stroke-dasharray="5 4"'),
        line([ahead, (ahead[0], floor)], AMBER, 2.4, 'stroke-dasharray="5 4"'),
    ]
    return picture(
        470,
        "Deep squat: hips below the knees, knees over the feet, heels down",
        [
            *_cell(0, ["1  Stand, feet as wide as", "the hips, arms forward"], None, squat(2, -2, 0), view),
            *_cell(1, ["2  Hips below the knees,", "heels down"], True, deep, view, extra=guides),
            *_cell(2, ["The heels rise"], False, up, view, extra=_lifted(view, up.near)),
            *_cell(3, ["Not deep enough:", "hips above the knees"], False, shallow, view),
        ],
    )


def clothes() -> str:
    """Bare or close-fitting; loose trousers; shoes."""
    px, floor = 88.0, 158.0
    view = View(76, floor, px)
    return picture(
        470,
        "Bare legs and bare feet are best; loose trousers hide the shin, shoes hide the heel and the toe",
        [
            *_cell(0, ["Bare legs or tights,", "bare feet"], True, lunge(30), view),
            *_cell(1, ["Loose trousers", "hide the shin"], False, lunge(30, trousers=True), view),
            *_shoe_close_up(2),
            *_shoe_close_up(3),
        ],
    )


def _shoe_close_up(i: int) -> list[str]:
    """A bare foot beside one in a running shoe."""
    shod = i % 2 == 1
    view, leg = View(42, 134, 400), leg_from_foot(0, 14, 0)
    inside = [
        *room((0, 0), CELL, view.floor_px),
        Figure(leg, leg, shoes=shod).lower_leg_svg(view),
    ]
    caption = (
        ["A raised heel shifts the", "angle; the toe is hidden"]
        if shod
        else ["Heel, sole and toe", "can be seen"]
    )
    return panel(_corner(i), CELL, caption, not shod, inside)


def repetitions() -> str:
    """The clip as a curve of the shin angle: still, three slow lunges, still."""
    base, top, left, step = 150.0, 52.0, 44.0, 92.0
    curve: list[Point] = [(left - 22, base)]
    for k in range(3):
        for j in range(41):
            share = j / 40
            ramp = min(1.0, share / 0.36, (1 - share) / 0.36)
            height = (0.94, 1.0, 0.97)[k] * (1 - cos(pi * ramp)) / 2
            curve.append((left + 12 + step * k + (step - 14) * share, base - (base - top) * height))
    curve.append((348, base))
    stages = []
    for k in range(3):
        middle = left + 12 + step * k + (step - 14) / 2
        stages += [
            circle((middle, top), 5, AMBER),
            text((middle, top - 14), str(k + 1), INK, 16, "middle", bold=True),
        ]
    return picture(
        206,
        "A good clip: still for a second, three slow repetitions with a pause at the deepest point, still",
        [
            polygon([(0, base), (360, base), (360, 160), (0, 160)], FLOOR),
            line(curve, BLUE, 3),
            *stages,
            text((8, 22), "how far the knee goes", GREY, 13),
            text((4, 180), "still", GOOD, 14),
            text((4, 197), "1 s", GOOD, 14),
            text((356, 180), "still", GOOD, 14, "end"),
            text((356, 197), "1 s", GOOD, 14, "end"),
            text((180, 180), "three slow repetitions,", INK, 14, "middle"),
            text((180, 197), "a short pause at the deepest point", INK, 14, "middle"),
        ],
    )
