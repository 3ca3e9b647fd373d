"""The sentences of a screen: the answer for the runner, the numbers for the therapist, left against right.

"Limited against", "meets", never a diagnosis. Not here: what the rules say (`rules.toml`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from dorsi.report.model import Measured, Reason
from dorsi.report.verdict import YOUNG_ADULTS_DEG, with_plus_minus
from dorsi.rules import Finding as RuleFinding
from dorsi.rules import RuleSet, without_outranked
from dorsi.screen.model import (
    PAIRED,
    Comparability,
    Finding,
    Headline,
    Pair,
    Role,
    ScreenClip,
    Test,
    Tone,
    headline_finding,
)
from dorsi.types import RESULT_OF

__all__ = ["compared_sentence", "headline", "missing_notes"]

_JOINTS: Final[dict[Test, str]] = {"lunge": "ankle", "big_toe": "big toe"}
_SINGULAR: Final = {
    "meets": "meets", "borderline": "is borderline against", "limited": "is limited against",
}  # fmt: skip
_PLURAL: Final = {"meets": "meet", "borderline": "are borderline against", "limited": "are limited against"}
_ROLES: Final[dict[Role, str]] = {
    "left": "left lunge", "right": "right lunge", "left_toe": "left big toe", "right_toe": "right big toe",
    "squat": "squat",
}  # fmt: skip
_GRAVEST_FIRST: Final[tuple[Tone, ...]] = ("limited", "borderline", "meets")


def headline(
    clips: Sequence[ScreenClip], pairs: Sequence[Pair], findings: Sequence[Finding], rules: RuleSet
) -> Headline:
    """What a person reads first."""
    findings = without_outranked(findings)
    said = [
        *_joints("lunge", clips, findings, rules),
        *_more_limited("lunge", pairs),
        *_heels(findings),
        *_joints("big_toe", clips, findings, rules),
        *_more_limited("big_toe", pairs),
        *_both(findings),
        *_squat(clips, findings),
        *_answered(findings),
        *_professional(findings),
    ]
    # Every limited finding is named above; of the others only those that a sentence is about set the tone.
    leading = [_first(findings, clip) for clip in clips]
    verdicts = {each.verdict for each in leading if each is not None}
    verdicts |= {each.verdict for each in findings if each.verdict == "limited"}
    tone: Tone = next((each for each in _GRAVEST_FIRST if each in verdicts), "none")
    if not said:
        said = [f"The clips were measured, but {_reference('lunge', rules)} is not about what they show."]
    return Headline(runner=" ".join(said), professional=_in_numbers(clips, pairs), tone=tone)


def _joints(
    test: Test, clips: Sequence[ScreenClip], findings: Sequence[Finding], rules: RuleSet
) -> Iterator[str]:
    """How the two joints of a test stand against the first rule about it; nothing when it was not filmed."""
    joint, reference = _JOINTS[test], _reference(test, rules)
    verdicts: dict[str, str] = {}
    for clip in clips:
        if clip.test != test or clip.side is None:
            continue
        first = _first(findings, clip)
        if clip.status != "measured":
            yield f"Your {clip.side} {joint} could not be measured{_why(clip)}."
        elif first is not None and first.verdict == "not_measured":
            yield f"Your {clip.side} {joint} was measured, but not what {reference} is about."
        elif first is not None:
            verdicts[clip.side] = first.verdict
    if len(verdicts) == 2 and len(set(verdicts.values())) == 1:
        yield f"Both your {joint}s {_PLURAL[verdicts['left']]} {reference}."
    elif verdicts:
        worst = sorted(verdicts, key=lambda side: _GRAVEST_FIRST.index(verdicts[side]))
        parts = [f"your {side} {joint} {_SINGULAR[verdicts[side]]} {reference}" for side in worst]
        parts[1:] = [part.replace(reference, "it") for part in parts[1:]]
        yield _sentence("; ".join(parts))
    if test == "lunge" and rules.name == "runner" and "meets" in verdicts.values():
        low, high = YOUNG_ADULTS_DEG
        yield f"It is a minimum: healthy young adults reach {low}–{high}°."


def _first(findings: Sequence[Finding], clip: ScreenClip) -> Finding | None:
    """The finding that a clip is about; None where the set has no rule about the angle of its test."""
    return headline_finding(findings, clip.role, clip.test)


def _reference(test: Test, rules: RuleSet) -> str:
    if test == "big_toe":
        return "the reach wanted for running"
    return "the minimum for running" if rules.name == "runner" else f"the reference “{rules.title}”"


def _why(clip: ScreenClip) -> str:
    """`: the person was …`, the first reason of a refused clip."""
    if not clip.reasons:
        return ""
    why = clip.reasons[0].message.split(". ")[0].rstrip(".")
    return f": {why[0].lower()}{why[1:]}"


def _more_limited(test: Test, pairs: Sequence[Pair]) -> Iterator[str]:
    for pair in pairs:
        if pair.test == test and pair.more_limited is not None:
            yield f"The {pair.more_limited} {_JOINTS[pair.test]} is the more limited of the two."


def _heels(findings: Sequence[Finding]) -> Iterator[str]:
    sides = [
        each.side for each in findings if each.rule == "heel-lift" and each.verdict == "limited" and each.side
    ]
    if sides:
        yield "Both heels rise early." if len(sides) == 2 else f"The {sides[0]} heel rises early."


def _answered(findings: Sequence[Finding]) -> Iterator[str]:
    """Tests that the person did without a camera."""
    limited = [each for each in findings if each.origin == "answers" and each.verdict == "limited"]
    if limited:
        what = ", ".join(each.title + (f" ({each.side})" if each.side else "") for each in limited)
        yield f"Limited by what you answered: {what}."


def _both(findings: Sequence[Finding]) -> Iterator[str]:
    """Ankle and big toe of one side: a concern of its own."""
    sides = [each.side for each in findings if each.rule == "both" and each.verdict == "limited"]
    if sides:
        where = "both sides" if len(sides) == 2 else f"the {sides[0]} side"
        yield f"Ankle and big toe are both limited on {where}, which matters more than either alone."


def _squat(clips: Sequence[ScreenClip], findings: Sequence[Finding]) -> Iterator[str]:
    for clip in clips:
        if clip.test != "squat":
            continue
        if clip.status != "measured":
            yield f"The squat could not be measured{_why(clip)}."
            continue
        limited = [each for each in findings if each.role == "squat" and each.verdict == "limited"]
        if limited:
            # Titles read "Deep squat: heels stay down".
            what = ", ".join(each.title.split(": ")[-1].lower() for each in limited)
            yield f"The deep squat does not meet: {what}."
        elif all(each.verdict == "meets" for each in findings if each.role == "squat"):
            yield "The deep squat meets what is asked of it."


def _professional(findings: Sequence[Finding]) -> Iterator[str]:
    if any(each.rule == "see-a-professional" and each.verdict == "limited" for each in findings):
        yield (
            "A sign you named goes together with a limited test: see a professional, such as a physical "
            "therapist."
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
            text += f"; left − right {_signed(pair.difference, pair.unit)}"
        said.append(f"{text}.")
    for clip in clips:
        if clip.test == "squat":
            bend = getattr(clip.measurements, RESULT_OF["squat"])
            said.append(f"Greatest knee bend in the squat: {with_plus_minus(bend)}.")
    return " ".join(said)


def _signed(difference: Measured, unit: str) -> str:
    text = with_plus_minus(difference, unit).replace("-", "−")
    return text if (difference.value or 0) < 0 else f"+{text}"


def compared_sentence(pair: Pair, judged: Comparability | None, found: RuleFinding | None) -> str:
    """What to say of left and right: the finding, or why there is none; nothing when one is missing."""
    if judged is None:
        return ""
    if found is not None:
        return found.message
    why = next(difference.message for difference in judged.differences if difference.blocks)
    return f"{pair.title}: left and right are not compared. {why}"


def missing_notes(given: Collection[Role]) -> list[Reason]:
    """What a screen of one side only cannot say."""
    notes = []
    for test, roles in PAIRED.items():
        missing = [role for role in roles if role not in given]
        if len(missing) == 1:
            message = f"There is no clip of the {_ROLES[missing[0]]}, so its sides are not compared."
            notes.append(Reason(code=f"one_side_{test}", message=message))
    return notes


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
