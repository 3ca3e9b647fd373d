"""Is every clip what it was given as? The same clip twice, two clips of one leg, a report of another test.

Not here: which leg a clip shows (`leg.py`); here is only what that means for the clips together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from dorsi.errors import ScreenError
from dorsi.report.model import Reason, Report
from dorsi.screen.model import PAIRED, ROLE_NAMES, Role, Side, Test

__all__ = ["SIDE_OF", "TEST_OF", "SeenLeg", "check_clips", "check_test", "seen_leg"]

SIDE_OF: Final[dict[Role, Side | None]] = {
    "left": "left", "right": "right", "left_straight": "left", "right_straight": "right",
    "left_toe": "left", "right_toe": "right", "squat": None,
}  # fmt: skip
TEST_OF: Final[dict[Role, Test]] = {
    "left": "lunge", "right": "lunge", "left_straight": "lunge_straight",
    "right_straight": "lunge_straight", "left_toe": "big_toe", "right_toe": "big_toe", "squat": "squat",
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
        roles: list[Role] = [each for each, test in TEST_OF.items() if test == report.test]
        raise ScreenError(
            "report_of_other_test",
            test=_test(report.test),
            wanted=_test(TEST_OF[role]),
            **_given(file, role),
            **_fitting(roles),
        )


def check_clips(clips: Sequence[SeenLeg], *, trust_sides: bool = False) -> list[Reason]:
    """Notes on clips that may show the other leg.

    Raises ScreenError when a clip was given twice, or surely shows the other leg, unless `trust_sides`.
    """
    for one, other in combinations(clips, 2):
        if one.sha256 == other.sha256:
            raise ScreenError("same_clip_twice", **_both(one, other))
    if trust_sides:
        return []
    by_role = {clip.role: clip for clip in clips}
    for roles in PAIRED.values():
        _refuse([by_role[role] for role in roles if role in by_role])
    return [
        Reason(
            code="side_unsure",
            message=f"{clip.file} was given as the {ROLE_NAMES[clip.role]}, but looks like a {clip.seen} "
            "leg. Check that the clips are not exchanged.",
        )
        for clip in clips
        if clip.contradicts
    ]


def _refuse(pair: Sequence[SeenLeg]) -> None:
    """Raise ScreenError when a clip of the pair surely shows the other leg."""
    wrong = [clip for clip in pair if clip.contradicts and clip.sure]
    if not wrong:
        return
    clip, *others = wrong + [each for each in pair if each not in wrong]
    if not others:
        given = _given(clip.file, clip.role)
        raise ScreenError("other_leg", seen=clip.seen, **given, **_fitting([_mirror(clip.role)]))
    (other,) = others
    if len(wrong) == 2:
        raise ScreenError("sides_exchanged", seen=clip.seen, other_seen=other.seen, **_both(clip, other))
    code = "one_leg_twice" if other.seen == clip.seen else "other_leg_of_pair"
    raise ScreenError(code, seen=clip.seen, **_both(clip, other))


def _given(file: str, role: Role) -> dict[str, object]:
    """A clip as parameters of an error."""
    return {"file": file, "role": role, "place": ROLE_NAMES[role]}


def _both(one: SeenLeg, other: SeenLeg) -> dict[str, object]:
    second = {f"other_{name}": value for name, value in _given(other.file, other.role).items()}
    return _given(one.file, one.role) | second


def _fitting(roles: list[Role]) -> dict[str, object]:
    """What a clip should have been given as."""
    return {"fitting_roles": roles, "fitting": " or the ".join(ROLE_NAMES[role] for role in roles)}


def _test(test: Test) -> str:
    return "knee-straight lunge" if test == "lunge_straight" else f"{test.replace('_', '-')} test"


def _mirror(role: Role) -> Role:
    """The role of the other leg."""
    return {one: other for pair in PAIRED.values() for one, other in (pair, pair[::-1])}[role]
