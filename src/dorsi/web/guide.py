"""What to film, in a few words a role, and the picture that shows it. Not here: the pages (`templates`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["FILMED", "GUIDE", "Filming"]


@dataclass(frozen=True, slots=True)
class Filming:
    """How to film one role: its picture (see `render.static_file`), what it shows, and three short lines."""

    picture: str
    shows: str
    lines: tuple[str, str, str]


_PLACE: Final = (
    "Phone upright and level at knee height, two to three metres straight to the side. Bare leg and foot."
)
_LUNGE: Final = (
    _PLACE,
    "{Side} foot in front, flat and straight ahead; film it from its own side. Stand still for a second.",
    "Lunge until the {side} knee goes no farther with the heel down. Come back. Three times, slowly.",
)
_STRAIGHT: Final = (
    _PLACE,
    "{Side} foot behind, flat and straight ahead, its knee straight; film it from its own side.",
    "Lean forward until the {side} heel would rise, the knee straight. Come back. Three times, slowly.",
)
_TOE: Final = (
    "Phone low, about one and a half metres from the outer side of the bare {side} foot, you still in view.",
    "Half-kneel, {side} foot four fingers from a wall, its knee at the wall, heel down. Rest for a second.",
    "Lift only the big toe as far as it goes; heel and ball stay down. Put it down. Three times, slowly.",
)
_SQUAT: Final = (
    "Phone upright and level at knee height, two to three metres straight to the side. Whole body in view.",
    "Feet as wide as the hips, bare, arms forward. Stand still for a second.",
    "Squat as deep as you can with the heels down, the hips below the knees if you get there. "
    "Hold a second. Three times, slowly.",
)
_CLIP: Final = (
    _PLACE,
    "Whole body, both feet and the floor in the picture. One person, one leg, one clip.",
    "Stand still for a second, then move slowly, three times, with the heel down.",
)


def _of(side: str, picture: str, shows: str, lines: tuple[str, str, str]) -> Filming:
    one, two, three = (line.format(side=side, Side=side.capitalize()) for line in lines)
    return Filming(picture, shows, (one, two, three))


_LUNGE_SHOWN: Final = "From the side: the front knee goes forward over a flat foot; wrong: the heel rises"
_STRAIGHT_SHOWN: Final = (
    "From the side: the rear knee stays straight, its heel down; wrong: heel up, knee bent"
)
_TOE_SHOWN: Final = "A bare foot from its outer side: only the big toe lifts; wrong: the ball comes up too"
GUIDE: Final = {
    "left": _of("left", "filming_standing_lunge.svg", _LUNGE_SHOWN, _LUNGE),
    "right": _of("right", "filming_standing_lunge.svg", _LUNGE_SHOWN, _LUNGE),
    "left_straight": _of("left", "filming_knee_straight.svg", _STRAIGHT_SHOWN, _STRAIGHT),
    "right_straight": _of("right", "filming_knee_straight.svg", _STRAIGHT_SHOWN, _STRAIGHT),
    "left_toe": _of("left", "filming_big_toe.svg", _TOE_SHOWN, _TOE),
    "right_toe": _of("right", "filming_big_toe.svg", _TOE_SHOWN, _TOE),
    "squat": Filming(
        "filming_squat.svg", "A deep squat from the side; wrong: heels up, not deep enough", _SQUAT
    ),
    "clip": Filming("filming_camera_side.svg", "A phone at knee height, two to three metres away", _CLIP),
}
FILMED: Final = ("left", "right", "left_toe", "right_toe", "squat", "clip")
"""The roles that a runner is offered first."""
