"""What a user may choose about a measurement; defaults live here and nowhere else.

Not here: thresholds of findings (`rules/rules.toml`) and numbers of the method (beside their use).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from dorsi.errors import UsageError
from dorsi.types import Side

__all__ = ["LegChoice", "ModelName", "Settings", "TestChoice"]

LegChoice = Literal["front", "near", "far"]
ModelName = Literal["heavy", "full"]
TestChoice = Literal["auto", "lunge", "big_toe", "squat"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Options of `measure`.

    `test` says what the clip shows; auto = recognised from the motion.
    `side` overrides the name of the leg only, never which leg is measured; `leg` chooses it:
    the front (planted) one, or the one nearer to / farther from the camera.
    `height_cm` or `foot_cm` (heel to toe tip, shoe included when worn) set the scale of lengths.
    `knee_touched` (at four fingers from the wall, heel down) and `tape_cm` (big toe to wall, knee just
    touching, heel down) were seen by a person, about the leg of the clip.
    Raises UsageError when a length cannot belong to a person.
    """

    test: TestChoice = "auto"
    side: Side | None = None
    leg: LegChoice = "front"
    height_cm: float | None = None
    foot_cm: float | None = None
    knee_touched: bool | None = None
    tape_cm: float | None = None
    model: ModelName = "heavy"
    rules: str = "runner"
    video: bool = True
    blur_face: bool = True
    max_side_px: int = 1280

    def __post_init__(self) -> None:
        if self.height_cm is not None and not 90 <= self.height_cm <= 250:
            raise UsageError(f"--height-cm {self.height_cm:g}: give a body height between 90 and 250 cm.")
        if self.foot_cm is not None and not 12 <= self.foot_cm <= 45:
            raise UsageError(f"--foot-cm {self.foot_cm:g}: give a foot length between 12 and 45 cm.")
        if self.max_side_px < 320:
            raise UsageError(f"--max-side {self.max_side_px}: the video needs at least 320 px.")

    def as_dict(self) -> dict[str, object]:
        """Plain values for the report's provenance."""
        return asdict(self)
