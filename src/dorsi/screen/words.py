"""The sentences of a screen: the answer for the runner, the numbers for the therapist, left against right.

"Limited against", "meets", never a diagnosis. Not here: the first sentence (`opening.py`), what the rules say
(`rules.toml`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from dorsi.quantities import JOINTS, RESULT_OF, signed_difference, with_plus_minus
from dorsi.report.model import Reason
from dorsi.report.verdict import YOUNG_ADULTS_DEG
from dorsi.rules import RuleSet, contradicted_touches, without_outranked
from dorsi.screen.model import (
    PAIRED,
    ROLE_NAMES,
    Finding,
    Headline,
    Pair,
    Role,
    ScreenClip,
    Side,
    Test,
)
from dorsi.screen.opening import (
    Subject,
    opening,
    reasons,
    sentence,
    standing,
    subjects_of,
    tone_of,
)

__all__ = ["headline", "missing_notes"]


def headline(
    clips: Sequence[ScreenClip], pairs: Sequence[Pair], findings: Sequence[Finding], rules: RuleSet
) -> Headline:
    """What a person reads first; the first sentence is the whole answer and agrees with the tone."""
    doubted = contradicted_touches(findings)
    weighed = [
        f for f in without_outranked(findings) if not (f.measurement == "knee_to_wall" and f.side in doubted)
    ]
    seen = subjects_of(clips, weighed)
    tone = tone_of(seen, weighed)
    asides = [*_more_limited("lunge", pairs), *_heels(weighed), *_more_limited("big_toe", pairs)]
    answered = list(_answered(weighed))
    professional = list(_professional(weighed))
    first = opening(seen, tone, rules, [*asides, *answered, *professional])
    follow = [
        *_minimum(seen, rules),
        *(clause for test in ("lunge", "big_toe", "squat") for clause in standing(seen, test, rules)),
        *asides,
        *_both(weighed),
        *answered,
        *_contradicted(doubted),
        *reasons(seen, rules),
        *professional,
    ]
    # What the first sentence says is not said again.
    said = [sentence("; ".join(first)), *(sentence(each) for each in follow if each not in first)]
    return Headline(runner=" ".join(said), sentences=said, professional=_in_numbers(clips, pairs), tone=tone)


def _minimum(seen: Sequence[Subject], rules: RuleSet) -> Iterator[str]:
    """The second fact beside "meets", or that reads as "supple"."""
    if rules.name == "runner" and any(each.test == "lunge" and each.state == "meets" for each in seen):
        low, high = YOUNG_ADULTS_DEG
        yield f"for an ankle that is a minimum: healthy young adults reach {low}–{high}°"


def _more_limited(test: Test, pairs: Sequence[Pair]) -> Iterator[str]:
    for pair in pairs:
        if pair.test == test and pair.more_limited is not None:
            yield f"the {pair.more_limited} {JOINTS[pair.test]} is the more limited of the two"


def _heels(findings: Sequence[Finding]) -> Iterator[str]:
    sides = [
        each.side for each in findings if each.rule == "heel-lift" and each.verdict == "limited" and each.side
    ]
    if sides:
        yield "both heels rise early" if len(sides) == 2 else f"the {sides[0]} heel rises early"


_ANSWERED: Final[dict[str, tuple[str, str]]] = {
    "knee_to_wall": (
        "the {side} knee does not reach the wall from four fingers away",
        "neither knee reaches the wall from four fingers away",
    ),
    "windlass": (
        "the {side} arch does not rise when you lift the toes",
        "neither arch rises when you lift the toes",
    ),
    "tape_estimate_deg": (
        "the estimate from the tape is limited on the {side}",
        "the estimate from the tape is limited on both sides",
    ),
    "tape_cm": (
        "the tape distance is limited on the {side}",
        "the tape distance is limited on both sides",
    ),
}
"""What was answered, of one side and of both: the title of such a rule names what should be, not what is."""


def _answered(findings: Sequence[Finding]) -> Iterator[str]:
    """Tests that the person did without a camera, in one clause."""
    by_test: dict[str, list[Finding]] = {}
    for each in findings:
        if each.origin == "answers" and each.verdict == "limited":
            by_test.setdefault(each.measurement, []).append(each)
    told = []
    for measurement, found in by_test.items():
        title = f"“{found[0].title}” is limited"
        one, both = _ANSWERED.get(measurement, (f"{title} on the {{side}}", f"{title} on both sides"))
        told.append(both if len(found) > 1 else one.format(side=found[0].side))
    if told:
        yield f"by what you answered, {' and '.join(told)}"


def _contradicted(sides: Sequence[Side]) -> Iterator[str]:
    for side in sides:
        yield (
            f"you answered that the {side} knee does not reach the wall, but the clip of that ankle meets "
            "its reference and counts for more: try the touch again"
        )


def _both(findings: Sequence[Finding]) -> Iterator[str]:
    """Ankle and big toe of one side: a concern of its own."""
    sides = [each.side for each in findings if each.rule == "both" and each.verdict == "limited"]
    if sides:
        where = "both sides" if len(sides) == 2 else f"the {sides[0]} side"
        yield f"ankle and big toe are both limited on {where}, which matters more than either alone"


def _professional(findings: Sequence[Finding]) -> Iterator[str]:
    if any(each.rule == "see-a-professional" and each.verdict == "limited" for each in findings):
        yield (
            "a sign you named goes together with a limited test: see a professional, such as a physical "
            "therapist"
        )


def _in_numbers(clips: Sequence[ScreenClip], pairs: Sequence[Pair]) -> str:
    said = []
    for pair in pairs:
        if not pair.headline:
            continue
        sides = [
            f"{side} {with_plus_minus(value, pair.unit)}"
            for side, value in (("left", pair.left), ("right", pair.right))
            if value is not None
        ]
        text = f"{pair.title}: {', '.join(sides)}"
        if pair.difference is not None:
            text += f"; left − right {signed_difference(pair.difference, pair.unit)}"
        said.append(f"{text}.")
    for clip in clips:
        if clip.test == "squat":
            bend = getattr(clip.measurements, RESULT_OF["squat"])
            said.append(f"Greatest knee bend in the squat: {with_plus_minus(bend)}.")
    return " ".join(said)


def missing_notes(given: Collection[Role]) -> list[Reason]:
    """What a screen of one side only cannot say."""
    notes = []
    for test, roles in PAIRED.items():
        missing = [role for role in roles if role not in given]
        if len(missing) == 1:
            message = f"There is no clip of the {ROLE_NAMES[missing[0]]}, so its sides are not compared."
            notes.append(Reason(code=f"one_side_{test}", message=message))
    return notes
