"""The sentences of a screen: the answer for the runner, the numbers for the therapist, what is missing.

Never a diagnosis. Not here: the clauses they are made of (`opening.py`), what to work on first
(`readings.py`), what the rules say (`rules.toml`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from dorsi.plan.words import listed
from dorsi.quantities import RESULT_OF, signed_difference, with_plus_minus
from dorsi.report.model import Reason
from dorsi.rules import AnkleAnswer, RuleSet
from dorsi.screen.model import PAIRED, ROLE_NAMES, Finding, Headline, Pair, Role, ScreenClip
from dorsi.screen.opening import (
    concerns,
    meeting,
    sentence,
    subjects_of,
    tone_of,
    unmeasured,
    why_no_number,
)  # fmt: skip

__all__ = ["headline", "missing_notes"]

_NAMED: Final[dict[str, str]] = {
    "calf_tightness": "tight calves",
    "pain": "pain",
    "short_stride": "a short stride or an early heel",
    "one_sided": "trouble always on one side",
    "heels_lift": "heels that lift",
    "wear": "uneven wear, nagging injuries or a plateau",
}
"""Signs, as short as a headline takes them; `rules.toml` has them in full."""

_WHOM: Final = "a physical therapist or a doctor"
IN_FIRST: Final = 2
"""Clauses of the first sentence, and what gave no number: more, and nobody keeps them in mind."""


def headline(
    clips: Sequence[ScreenClip],
    pairs: Sequence[Pair],
    findings: Sequence[Finding],
    rules: RuleSet,
    ankles: Sequence[AnkleAnswer] = (),
    sore: Sequence[str] = (),
) -> Headline:
    """What a person reads first. The first sentence is what a therapist would say first: what is short of its
    reference, what differs, what gave no number; then whom to see, and what meets after it. `sore` are the
    places where the person told of pain."""
    leading = [f for f in findings if f.witness is None]
    seen = subjects_of(clips, leading)
    found = concerns(seen, pairs, leading, rules)
    well = list(meeting(seen, pairs, rules))
    if not found and not well:
        found = ["the clips were measured, but nothing in them is compared with a reference"]
    missing = unmeasured(seen)
    # The gravest thing that was judged gives the tone, so it is always said first.
    judged = [each for each in found if each not in missing][:1]
    first = [each for each in found if each in {*found[:IN_FIRST], *missing, *judged}] or well[:1]
    see = [*_professional(leading, sore)]
    follow = [
        *(see if sore else ()),
        *(each for each in found if each not in first),
        *_both(leading),
        *(each for each in well if each not in first),
        *(each for each in why_no_number(seen, rules) if each not in first),
        *(() if sore else see),
    ]
    said = [sentence(_joined(first)), *(sentence(each) for each in follow)]
    said += [each.said for each in ankles if each.said]
    return Headline(
        runner=" ".join(said),
        sentences=said,
        professional=_in_numbers(clips, pairs),
        tone=tone_of(seen, leading),
    )


def _joined(clauses: Sequence[str]) -> str:
    """`a, and b`: clauses hold commas themselves."""
    return clauses[0] if len(clauses) == 1 else f"{', '.join(clauses[:-1])}, and {clauses[-1]}"


def _both(findings: Sequence[Finding]) -> Iterator[str]:
    """Ankle and big toe of one side: a concern of its own."""
    sides = [each.side for each in findings if each.rule == "both" and each.verdict == "limited"]
    if sides:
        where = "both sides" if len(sides) == 2 else f"the {sides[0]} side"
        yield f"ankle and big toe are both short on {where}, which matters more than either alone"


def _professional(findings: Sequence[Finding], sore: Sequence[str]) -> Iterator[str]:
    """Whom to see: now with a sign and a limited test; with a pain alone when it gets worse or stays."""
    pain = f"pain in {listed(sore)}" if sore else ""
    if any(each.rule == "see-a-professional" and each.verdict == "limited" for each in findings):
        signs = dict.fromkeys(_NAMED.get(each.measurement, "a sign") for each in findings if _is_sign(each))
        named = [each for each in signs if not (pain and each == _NAMED["pain"])]
        told = [*([pain] if pain else []), *named]
        said = f"you told of {listed(told)}" if told else "a heel rises where it should stay down"
        now = " now" if pain else ""
        yield f"{said}, and {'a' if told else 'another'} test is limited: show this page to {_WHOM}{now}"
    elif pain:
        yield (
            f"you told of {pain}, which no clip sees: if it gets worse, or stays for two weeks, see {_WHOM}"
        )


def _is_sign(finding: Finding) -> bool:
    return finding.rule == "signs" and finding.verdict != "meets"


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
