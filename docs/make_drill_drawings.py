"""Drawings of the drills: `python -m docs.make_drill_drawings` writes src/dorsi/pages/drawings/*.svg.

They ship with the package, one a drill, named by its key in drills.toml. The same code gives the same bytes;
a test compares them. Not here: how they are drawn (`drawing/`), how pages get them (`dorsi.pages.drawings`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from docs.drawing import drills_bend, drills_calf, drills_spring, drills_toes

__all__ = ["DRAWINGS", "FOLDER", "main"]

FOLDER = Path(__file__).resolve().parents[1] / "src" / "dorsi" / "pages" / "drawings"
DRAWINGS: dict[str, Callable[[], str]] = {
    "three-way-ankle-rocks": drills_bend.three_way_ankle_rocks,
    "kneeling-dorsiflexion-rocks": drills_bend.kneeling_dorsiflexion_rocks,
    "ankle-wall-drill": drills_bend.ankle_wall_drill,
    "band-assisted-mobilisation": drills_bend.band_assisted_mobilisation,
    "calf-stretch": drills_bend.calf_stretch,
    "heel-elevated-squat-rock": drills_bend.heel_elevated_squat_rock,
    "wall-glide-hip-rotation": drills_bend.wall_glide_hip_rotation,
    "eccentric-calf-raise": drills_calf.eccentric_calf_raise,
    "two-up-one-down": drills_calf.two_up_one_down,
    "calf-raises": drills_calf.calf_raises,
    "single-leg-balance": drills_calf.single_leg_balance,
    "ankle-circles": drills_calf.ankle_circles,
    "ankle-circles-sitting": drills_toes.ankle_circles_sitting,
    "resisted-ankle": drills_calf.resisted_ankle,
    "great-toe-mobilisation": drills_toes.great_toe_mobilisation,
    "toe-yoga": drills_toes.toe_yoga,
    "towel-crunches": drills_toes.towel_crunches,
    "lacrosse-ball": drills_toes.lacrosse_ball,
    "foam-rolling": drills_toes.foam_rolling,
    "contrast-therapy": drills_toes.contrast_therapy,
    "forward-bound": drills_spring.forward_bound,
    "jump-rope": drills_spring.jump_rope,
    "split-jumps": drills_spring.split_jumps,
    "hip-knee-strength": drills_spring.hip_knee_strength,
}


def main() -> int:
    """Write every drawing."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for key, draw in DRAWINGS.items():
        (FOLDER / f"{key}.svg").write_text(draw(), encoding="utf-8", newline="\n")
        print(f"src/dorsi/pages/drawings/{key}.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
