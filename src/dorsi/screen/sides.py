"""Is every clip what it was given as? The same clip twice, two clips of one leg, a report of another test.

Not here: which leg a clip shows (`leg.py`); here is only what that means for the clips together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from dorsi.errors import ScreenError
from dorsi.quantities import TEST_NAMES
from dorsi.report.model import Reason, Report
from dorsi.screen.model import PAIRED, Role, Side, Test

__all__ = ["OPTIONS", "SIDE_OF", "TEST_OF", "SeenLeg", "check_clips", "check_test", "seen_leg"]

OPTIONS: Final[dict[Role, str]] = {
    "left": "--left", "right": "--right", "left_toe": "--left-toe", "right_toe": "--right-toe",
    "squat": "--squat",
}  # fmt: skip
SIDE_OF: Final[dict[Role, Side | None]] = {
    "left": "left", "right": "right", "left_toe": "left", "right_toe": "right", "squat": None,
}  # fmt: skip
TEST_OF: Final[dict[Role, Test]] = {
    "left": "lunge", "right": "lunge", "left_toe": "big_toe", "right_toe": "big_toe", "squat": "squat",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SeenLeg:
    """A clip, or the report of one, as it was given: the leg seen in it, and whether that is sure."""

    role: Role
    file: str
    sha256: str
    seen: Side | None
    sure: bool

    @property
    def contradicts(self) -> bool:
        """Whether another leg was seen than it was given as."""
        given = SIDE_OF[self.role]
        return given is not None and self.seen is not None and self.seen != given


def seen_leg(role: Role, file: str, report: Report) -> SeenLeg:
    """What a report says of the leg: an estimate, sure unless it warns, or the word of a person."""
    unsure = any(warning.code == "leg_label_unsure" for warning in report.warnings)
    sure = report.side_source == "given" or (report.status == "measured" and not unsure)
    return SeenLeg(role, file, report.clip.sha256, report.side, sure)


def check_test(role: Role, file: str, report: Report) -> None:
    """Raise ScreenError when the report is of another test than the role asks for."""
    if report.test != TEST_OF[role]:
        fits = [name for each, name in OPTIONS.items() if TEST_OF[each] == report.test]
        raise ScreenError(
            f"{file} is the report of a {TEST_NAMES[report.test].lower()} test, and {OPTIONS[role]} takes a "
            f"{TEST_NAMES[TEST_OF[role]].lower()} test. Give it as {' or '.join(fits)}."
        )


def check_clips(clips: Sequence[SeenLeg], *, trust_sides: bool = False) -> list[Reason]:
    """Notes on clips that may show the other leg.

    Raises ScreenError when a clip was given twice, or surely shows the other leg, unless `trust_sides`.
    """
    for one, other in combinations(clips, 2):
        if one.sha256 == other.sha256:
            raise ScreenError(
                f"{one.file} ({OPTIONS[one.role]}) and {other.file} ({OPTIONS[other.role]}) are the same "
                "clip. Give a clip of its own for each."
            )
    if trust_sides:
        return []
    by_role = {clip.role: clip for clip in clips}
    for roles in PAIRED.values():
        _refuse([by_role[role] for role in roles if role in by_role])
    return [
        Reason(
            code="side_unsure",
            message=f"{clip.file} was given as {OPTIONS[clip.role]}, but looks like a {clip.seen} leg. Check "
            "that the clips are not exchanged.",
        )
        for clip in clips
        if clip.contradicts
    ]


def _refuse(pair: Sequence[SeenLeg]) -> None:
    """Raise ScreenError when a clip of the pair surely shows the other leg."""
    wrong = [clip for clip in pair if clip.contradicts and clip.sure]
    if not wrong:
        return
    keep = "or keep them as given with --trust-sides."
    if len(wrong) == 2:
        one, other = wrong
        raise ScreenError(
            f"{_shown(one)} and {_shown(other)}: they look exchanged. Exchange them with --swap, {keep}"
        )
    (clip,) = wrong
    others = [each for each in pair if each is not clip]
    if others and others[0].seen == clip.seen:
        raise ScreenError(
            f"{clip.file} ({OPTIONS[clip.role]}) and {others[0].file} ({OPTIONS[others[0].role]}) both show "
            f"a {clip.seen} leg. Give a clip of each leg, {keep}"
        )
    if others:
        way = f"exchange it and {others[0].file} ({OPTIONS[others[0].role]}) with --swap"
    else:
        way = f"give it as {OPTIONS[_mirror(clip.role)]}"
    raise ScreenError(f"{_shown(clip)}. Check it and {way}, or keep it as given with --trust-sides.")


def _shown(clip: SeenLeg) -> str:
    return f"{clip.file} ({OPTIONS[clip.role]}) shows a {clip.seen} leg"


def _mirror(role: Role) -> Role:
    """The role of the other leg."""
    return {one: other for pair in PAIRED.values() for one, other in (pair, pair[::-1])}[role]
