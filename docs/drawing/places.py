"""Filming pictures of where the phone stands and what it sees.

Not here: the pictures of the tests themselves (`exercises.py`), writing files (`make_filming_images.py`).
"""

from __future__ import annotations

from math import hypot

from docs.drawing.figures import standing_from_front
from docs.drawing.outlines import HAIR, INK, SHIRT, SHORTS, SKIN
from docs.drawing.panels import (
    BAD,
    BLUE,
    COLUMNS,
    FLOOR,
    FOUR_FINGERS_M,
    arrow,
    lunge,
    mark,
    panel,
    phone_from_side,
    picture,
    window,
    words,
)
from docs.drawing.svg import Point, View, line, polygon, rect, smooth, text

SCREEN: Point = (102, 172)
"""Size of a phone's screen in the picture."""
# fmt: off
SOLE = ((-0.06, 0.0), (-0.04, 0.035), (0.06, 0.035), (0.16, 0.05), (0.2, 0.02), (0.19, -0.025), (0.1, -0.045),
        (-0.04, -0.035))
# fmt: on

__all__ = ["camera_side", "camera_top", "in_the_picture", "which_leg"]


def camera_side() -> str:
    """Where the phone stands, seen along the foot."""
    floor, view = 212, View(286, 212, 104)
    knee_px = floor - 0.47 * 104
    lens = (34, knee_px)
    rays = polygon([lens, (360, 2), (360, 236)], BLUE, extra='fill-opacity="0.09"')
    stool = [polygon([(16, knee_px + 12), (48, knee_px + 12), (48, floor), (16, floor)], "#c8a97e", INK)]
    return picture(
        268,
        "The phone stands upright and level at knee height, two to three metres to the side",
        [
            rays,
            polygon([(0, floor), (360, floor), (360, 236), (0, 236)], FLOOR),
            line([(0, floor), (360, floor)], INK, 1.5),
            *stool,
            phone_from_side(lens, 160),
            line([(44, knee_px), (270, knee_px)], BLUE, 1.6, 'stroke-dasharray="6 4"'),
            standing_from_front(view),
            text((60, knee_px - 8), "knee height", BLUE, 14),
            text((10, knee_px - 48), "phone upright", INK, 14),
            text((10, knee_px - 31), "and level", INK, 14),
            arrow((40, 250), (282, 250), INK, 2, both=True),
            polygon([(116, 241), (206, 241), (206, 260), (116, 260)], "#fff"),
            *words((161, 255), ["2 to 3 metres"]),
        ],
    )


def _person_from_above(at: Point, px: float, front_left: bool) -> list[str]:
    """Lunging to the right: front foot ahead, rear foot behind, hands towards the wall."""
    x, y = at
    side = -1 if front_left else 1

    def sole(ahead: float, aside: float) -> str:
        turned = [(x + px * (ahead + a), y + px * (aside + side * b)) for a, b in SOLE]
        return f'<path d="{smooth(turned)}" fill="{SKIN}" stroke="{INK}" stroke-width="1.4"/>'

    def oval(dx: float, rx: float, ry: float, fill: str) -> str:
        place = f'cx="{x + dx * px:.1f}" cy="{y:.1f}" rx="{rx * px:.1f}" ry="{ry * px:.1f}"'
        return f'<ellipse {place} fill="{fill}" stroke="{INK}" stroke-width="1.4"/>'

    def strip(start: Point, end: Point, wide: float, fill: str) -> str:
        ends = [(x + px * start[0], y + px * start[1]), (x + px * end[0], y + px * end[1])]
        cap = 'stroke-linecap="round"'
        return line(ends, INK, round(wide * px + 2.8, 1), cap) + line(ends, fill, round(wide * px, 1), cap)

    front, rear = side * 0.1, -side * 0.1
    nose = polygon([(x + 0.14 * px, y - 3), (x + 0.2 * px, y), (x + 0.14 * px, y + 3)], SKIN, INK)
    return [
        strip((-0.2, rear), (-0.6, rear), 0.09, SKIN),
        sole(-0.66, rear),
        sole(0.3, front),
        strip((0.0, front), (0.3, front), 0.11, SKIN),
        strip((-0.05, rear), (-0.25, rear), 0.14, SHORTS),
        strip((-0.05, front), (0.16, front), 0.15, SHORTS),
        *(strip((0.0, arm * 0.25), (0.14, arm * 0.29), 0.075, SKIN) for arm in (-1, 1)),
        oval(-0.03, 0.12, 0.26, SHIRT),
        nose,
        oval(0.04, 0.12, 0.095, HAIR),
    ]


def _phone_from_above(at: Point, toward: Point, colour: str) -> list[str]:
    """A phone that looks at a point, and what it sees."""
    (x, y), dx, dy = at, toward[0] - at[0], toward[1] - at[1]
    length = hypot(dx, dy)
    ux, uy = dx / length, dy / length
    far, half = 1.25 * length, 0.36 * length
    cone = [
        at,
        (x + far * ux - half * uy, y + far * uy + half * ux),
        (x + far * ux + half * uy, y + far * uy - half * ux),
    ]
    back = (x - 6 * ux, y - 6 * uy)
    body = [
        (end[0] + side * 11 * uy, end[1] - side * 11 * ux)
        for end, side in ((at, -1), (at, 1), (back, 1), (back, -1))
    ]
    return [polygon(cone, colour, extra='fill-opacity="0.12"'), polygon(body, INK)]


def camera_top() -> str:
    """From above: at a right angle to the foot; two wrong places."""
    px, wall = 86.0, 326.0
    foot_tip = wall - FOUR_FINGERS_M * px
    person = (foot_tip - 0.5 * px, 66.0)
    test_foot = (person[0] + 0.35 * px, person[1] + 0.1 * px)
    lens = (test_foot[0], 62 + 2.4 * px)
    parts = [
        polygon([(wall, 0), (360, 0), (360, 290), (wall, 290)], "#c9ccd1"),
        line([(wall, 0), (wall, 290)], INK, 2),
        *_phone_from_above(lens, test_foot, BLUE),
        *_person_from_above(person, px, front_left=False),
        line([lens, (test_foot[0], test_foot[1] + 12)], BLUE, 1.6, 'stroke-dasharray="6 4"'),
        line(
            [
                (test_foot[0] - 14, test_foot[1] + 12),
                (test_foot[0] - 14, test_foot[1] + 26),
                (test_foot[0], test_foot[1] + 26),
            ],
            BLUE,
            1.6,
        ),
        mark((22, 22), True),
        text((42, 27), "straight from the side"),
        text((test_foot[0] - 24, 180), "2 to 3 m", BLUE, 14, "end"),
        text((test_foot[0] - 24, test_foot[1] + 40), "right angle to the foot", BLUE, 14, "end"),
        text((wall + 17, 150), "wall", INK, 14, "middle"),
    ]
    for column, lens_x, caption in ((0, 126, "from the front corner"), (1, 20, "from behind")):
        inside = [
            rect((150, 0), (14, 130), "#c9ccd1"),
            *_phone_from_above((lens_x, 112), (94, 44), BAD),
            *_person_from_above((84, 40), 66, front_left=False),
        ]
        parts += panel((COLUMNS[column], 306), (164, 130), [caption], False, inside)
    return picture(468, "Seen from above: the phone looks at a right angle at the foot under test", parts)


def which_leg() -> str:
    """Each leg from its own side."""
    parts: list[str] = []
    for x, left in ((COLUMNS[0], True), (COLUMNS[1], False)):
        lens = (114, 24 if left else 166)
        inside = [
            rect((150, 0), (14, 190), "#c9ccd1"),
            *_phone_from_above(lens, (114, 86 if left else 102), BLUE),
            *_person_from_above((92, 94), 80, front_left=left),
        ]
        name = "left" if left else "right"
        caption = [f"{name} foot in front:", f"phone on your {name}"]
        parts += panel((x, 6), (164, 190), caption, True, inside)
    return picture(244, "The phone stands on the side of the front leg, the one under test", parts)


def _screen(floor_px: float, view: View, turn_deg: float, dark: bool) -> list[str]:
    """What the phone shows: a lunge in a room with a door frame and a skirting board."""
    w, h = SCREEN
    wall, ground, edge = "#f1efe9", "#d9cdb8", "#a89f90"
    lit = rect((8, 10), (w - 34, 80), "#fffbe0", "#888", 2)
    night = rect((-40, -40), (w + 80, h + 80), "#101418", extra='fill-opacity="0.7"')
    figure = lunge(30).svg(view)
    return [
        rect((0, 0), SCREEN, wall),
        f'<g transform="rotate({turn_deg:g} {w / 2:g} {h / 2:g})">',
        rect((-40, floor_px - 7), (w + 80, h + 60), ground),
        line([(-40, floor_px - 14), (w + 40, floor_px - 14)], edge, 1.5),
        line([(-40, floor_px - 7), (w + 40, floor_px - 7)], edge, 1.5),
        line([(w - 12, -40), (w - 12, floor_px - 7)], edge, 3),
        *((night, lit) if dark else ()),
        f'<g style="filter:brightness(0.22)">{figure}</g>' if dark else figure,
        "</g>",
    ]


def in_the_picture() -> str:
    """Six phone screens: one to copy, five to avoid."""
    screens: tuple[tuple[bool, list[str], float, View, float, bool], ...] = (
        (True, ["whole body,", "floor, door frame"], 152, View(54, 152, 72), 0, False),
        (False, ["only the legs"], 150, View(52, 150, 170), 0, False),
        (False, ["foot cut off"], 184, View(80, 184, 88), 0, False),
        (False, ["too far away"], 120, View(54, 120, 30), 0, False),
        (False, ["phone tilted"], 150, View(54, 150, 68), 11, False),
        (False, ["light from behind,", "too dark"], 152, View(54, 152, 72), 0, True),
    )
    parts: list[str] = []
    for i, (right, caption, floor, view, turn, dark) in enumerate(screens):
        x, y = 10 + 119 * (i % 3), 8 + 222 * (i // 3)
        parts.append(window((x, y), SCREEN, _screen(floor, view, turn, dark)))
        parts.append(rect((x, y), SCREEN, "none", INK, 5, round_px=9))
        parts.append(mark((x + 15, y + 15), right))
        parts += words((x + SCREEN[0] / 2, y + SCREEN[1] + 19), caption, size=13)
    return picture(446, "What to show: the whole body, both feet, the floor and something upright", parts)
