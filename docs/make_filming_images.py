"""Pictures of filming.md: `python -m docs.make_filming_images` writes docs/images/filming_*.svg.

Each is 360 px wide, so that it reads on a phone. The same code gives the same bytes; a test compares them.
Not here: the drawing (`places.py`, `exercises.py`), the words of the guide (`filming.md`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from docs.drawing import exercises, places

__all__ = ["IMAGES", "PICTURES", "main"]

IMAGES = Path(__file__).with_name("images")
PICTURES: dict[str, Callable[[], str]] = {
    "filming_camera_side.svg": places.camera_side,
    "filming_camera_top.svg": places.camera_top,
    "filming_which_leg.svg": places.which_leg,
    "filming_in_the_picture.svg": places.in_the_picture,
    "filming_half_kneeling.svg": exercises.half_kneeling,
    "filming_standing_lunge.svg": exercises.standing_lunge,
    "filming_knee_straight.svg": exercises.knee_straight,
    "filming_big_toe.svg": exercises.big_toe,
    "filming_squat.svg": exercises.deep_squat,
    "filming_clothes.svg": exercises.clothes,
    "filming_repetitions.svg": exercises.repetitions,
}


def main() -> int:
    """Write every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, draw in PICTURES.items():
        (IMAGES / name).write_text(draw(), encoding="utf-8", newline="\n")
        print(f"docs/images/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
