"""What a user may choose about a measurement; defaults live here and nowhere else.

Not here: thresholds of findings (`rules/rules.toml`) and numbers of the method (beside their use).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isfinite
from typing import Final, Literal, get_args

from dorsi.errors import UsageError
from dorsi.types import Side

__all__ = ["LegChoice", "ModelName", "Settings", "TestChoice"]

LegChoice = Literal["front", "near", "far"]
ModelName = Literal["heavy", "full"]
TestChoice = Literal["auto", "lunge", "lunge_straight", "big_toe", "squat"]

_CHOICES: Final[dict[str, tuple[object, ...]]] = {
    "test": get_args(TestChoice), "side": (None, *get_args(Side)), "leg": get_args(LegChoice),
    "knee_touched": (None, True, False), "model": get_args(ModelName),
    "video": (True, False), "blur_face": (True, False),
}  # fmt: skip
_LENGTH: Final = ("a number of centimetres", (int, float, type(None)))
_TYPES: Final[dict[str, tuple[str, tuple[type, ...]]]] = {
    "height_cm": _LENGTH,
    "foot_cm": _LENGTH,
    "tape_cm": _LENGTH,
    "rules": ("the name of a rule set", (str,)),
    "max_side_px": ("a whole number of pixels", (int,)),
}
"""What may be given, in words and as types."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Options of `measure`.

    `test` says what the clip shows; auto = recognised from the motion.
    `side` overrides the name of the leg only, never which leg is measured; `leg` chooses it:
    the front (planted) one, in a knee-straight lunge the rear one instead, or the one nearer to / farther
    from the camera.
    `height_cm` or `foot_cm` (heel to toe tip, shoe included when worn) set the scale of lengths.
    `knee_touched` (at four fingers from the wall, heel down) and `tape_cm` (big toe to wall, knee just
    touching, heel down) were seen by a person, about the leg of the clip.
    Raises UsageError on a value that is none of the choices or of another type, a length that cannot belong
    to a person, and a tape distance that contradicts the touch.
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
        for setting, choices in _CHOICES.items():
            value = getattr(self, setting)
            # By type too: 1 equals True.
            if not any(type(value) is type(each) and value == each for each in choices):
                raise UsageError("setting_unknown", setting=setting, value=value, choices=choices)
        for setting, (wanted, types) in _TYPES.items():
            value = getattr(self, setting)
            finite = not isinstance(value, float) or isfinite(value)
            if not isinstance(value, types) or isinstance(value, bool) or not finite:
                raise UsageError("setting_of_wrong_type", setting=setting, value=value, wanted=wanted)
        if self.height_cm is not None and not 90 <= self.height_cm <= 250:
            raise UsageError("height_out_of_range", height_cm=self.height_cm)
        if self.foot_cm is not None and not 12 <= self.foot_cm <= 45:
            raise UsageError("foot_out_of_range", foot_cm=self.foot_cm)
        if self.max_side_px < 320:
            raise UsageError("video_too_small", max_side_px=self.max_side_px)
        if self.tape_cm is not None:
            self._check_tape(self.tape_cm)

    def _check_tape(self, tape_cm: float) -> None:
        # Here, so that a command that only shows its help loads no model of a profile.
        from dorsi.profile import Leg

        touched = self.knee_touched
        try:
            Leg(tape_cm=tape_cm)
        except ValueError as error:
            raise UsageError("tape_out_of_range", tape_cm=tape_cm) from error
        try:
            Leg(tape_cm=tape_cm, knee_touched=touched)
        except ValueError as error:
            raise UsageError("tape_contradicts_touch", tape_cm=tape_cm, knee_touched=touched) from error

    def as_dict(self) -> dict[str, object]:
        """Plain values for the report's provenance."""
        return asdict(self)
