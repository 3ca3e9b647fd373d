"""What a screen says first: what is short, what differs, what gave no number; then what is well.

Not here: the sentences in their order (`words.py`), what to work on first (`readings.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from dorsi.plan.words import listed
from dorsi.quantities import JOINTS, KNEES, VERBS
from dorsi.report.verdict import first_reason
from dorsi.rules import RuleSet
from dorsi.screen.model import Finding, Pair, ScreenClip, Side, Test, Tone, headline_finding
from dorsi.types import other_side

__all__ = [
    "Subject", "concerns", "meeting", "sentence", "subjects_of", "tone_of", "unmeasured", "why_no_number",
]  # fmt: skip

Standing = Literal["limited", "borderline", "meets"]
State = Standing | Literal["refused", "other"]
_GRAVEST_FIRST: Final[tuple[Standing, ...]] = ("limited", "borderline", "meets")
_PARTS: Final[dict[str, tuple[str, str]]] = {
    "peak_knee_flexion_deg": (
        "the knee bend stays short of {threshold:g}°",
        "the knee bend goes past {threshold:g}°",
    ),
    "peak_knee_over_foot_percent": (
        "the knees do not travel over the feet",
        "the knees travel over the feet",
    ),
    "max_heel_lift_mm": ("the heel in view rises", "the heel in view stays down"),
}
"""Parts of a squat that are limited, and as they should be."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One joint, or the squat, and how it stands: a verdict; "refused": its clip gave no number; "other": it
    was measured, but not what the rule set is about. `why` is the first reason of a refused clip, `shod`
    whether a measured one was filmed in shoes."""

    name: str
    test: Test
    side: Side | None
    state: State
    why: str = ""
    finding: Finding | None = None
    parts: tuple[Finding, ...] = ()
    """Of a squat: what was said of its parts."""
    shod: bool = False

    @property
    def judged(self) -> bool:
        """Whether there is a verdict."""
        return self.state not in ("refused", "other")

    @property
    def value(self) -> str:
        """Its number, `33.5°`."""
        if self.finding is None or self.finding.value is None:
            return ""
        # Of a toe whole degrees say enough, unless they would hide on which side of the bound it is.
        whole = self.test == "big_toe" and round(self.finding.value) != self.finding.threshold
        return f"{self.finding.value:.0f}°" if whole else f"{self.finding.value:.1f}°"


def subjects_of(clips: Sequence[ScreenClip], findings: Sequence[Finding]) -> list[Subject]:
    """What the clips are about, in their order; a joint that no rule of the set speaks of is left out."""
    found = []
    for clip in clips:
        name = "the squat" if clip.test == "squat" else f"your {clip.side} {JOINTS[clip.test]}"
        parts = tuple(f for f in findings if f.role == "squat") if clip.test == "squat" else ()
        first = headline_finding(findings, clip.role, clip.test)
        shod = any(warning.code == "shoes" for warning in clip.warnings)
        if clip.status != "measured":
            why = f": {first_reason(clip.reasons)}" if clip.reasons else ""
            found.append(Subject(name, clip.test, clip.side, "refused", why))
        elif first is not None:
            verdicts = {f.verdict for f in (*parts, first)}
            state: State = next((each for each in _GRAVEST_FIRST if each in verdicts), "other")
            found.append(Subject(name, clip.test, clip.side, state, "", first, parts, shod))
    return found


def tone_of(seen: Sequence[Subject], findings: Sequence[Finding]) -> Tone:
    """The gravest of what is said; never "meets" while a clip gave no number, or one in shoes."""
    # Every limited finding is named; of the others only those that a sentence is about count.
    states = {each.state for each in seen} | {f.verdict for f in findings if f.verdict == "limited"}
    tone: Tone = next((each for each in _GRAVEST_FIRST if each in states), "none")
    sure = all(each.judged and not each.shod for each in seen)
    return "none" if tone == "meets" and not sure else tone


def concerns(
    seen: Sequence[Subject], pairs: Sequence[Pair], findings: Sequence[Finding], rules: RuleSet
) -> list[str]:
    """Everything that ranks above "meets", a clause each, the gravest first."""
    return [
        *_short("lunge", "limited", seen, rules, pairs),
        *_differing("lunge", _unless_told(pairs, seen)),
        *_differing("lunge_straight", pairs),
        *_short("big_toe", "limited", seen, rules),
        *_differing("big_toe", _unless_told(pairs, seen)),
        *_squat("limited", seen),
        *_heels(findings),
        *unmeasured(seen),
        *_answered(findings),
        *_short("lunge", "borderline", seen, rules),
        *_short("big_toe", "borderline", seen, rules),
        *_squat("borderline", seen),
        *_shod(seen),
    ]


def unmeasured(seen: Iterable[Subject]) -> list[str]:
    """What gave no number, and what none to compare: a clause each."""
    refused = [each.name for each in seen if each.state == "refused"]
    other = [each.name for each in seen if each.state == "other"]
    said = [f"{listed(refused)} could not be measured"] if refused else []
    return [*said, f"{listed(other)} could not be compared"] if other else said


def meeting(seen: Sequence[Subject], pairs: Sequence[Pair], rules: RuleSet) -> Iterator[str]:
    """What is as it should be, a clause a test; of an ankle with the second fact, or it reads as supple."""
    differing = {pair.test for pair in pairs if pair.more_limited is not None}
    for test in ("lunge", "big_toe"):
        joints = [each for each in seen if each.test == test and each.state == "meets"]
        if joints:
            both = len(joints) == 2
            who = f"both your {JOINTS[test]}s" if both else joints[0].name
            values = ", ".join(f"{each.side} {each.value}" if both else each.value for each in joints)
            # Where they differ both numbers have been told.
            named = who if both and test in differing else f"{who} ({values})"
            yield f"{named} {_clears(test, len(joints), rules)}"
    for each in seen:
        if each.test == "squat" and each.state == "meets":
            unseen = [_part(f, 1) for f in each.parts if f.verdict == "not_measured"]
            met = [_part(f, 1) for f in each.parts if f.verdict == "meets"]
            rest = f"; whether {listed(unseen)} was not seen" if unseen else ""
            yield f"in the squat {listed(met)}{rest}"


def why_no_number(seen: Iterable[Subject], rules: RuleSet) -> Iterator[str]:
    """Why a clip gave no number, a clause each."""
    for each in seen:
        if each.state == "refused" and each.why:
            yield f"{each.name} could not be measured{each.why}"
        elif each.state == "other":
            yield f"{each.name} was measured, but not what “{rules.title}” is about"


def sentence(text: str) -> str:
    """A clause as a sentence; "" stays."""
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _short(
    test: Test, state: Standing, seen: Sequence[Subject], rules: RuleSet, pairs: Sequence[Pair] = ()
) -> Iterator[str]:
    """Joints of a test that are limited, or borderline: one clause for both. `pairs` add how much less one
    that is short alone does than the other."""
    joints = [each for each in seen if each.test == test and each.state == state]
    if not joints:
        return
    alone, both = VERBS[test]
    values = ", ".join(f"{each.side} {each.value}" for each in joints)
    wanted = _wanted(test, joints[0], rules)
    if wanted is None:
        held = f"{state} against the reference “{rules.title}”"
        if len(joints) == 2:
            yield f"both your {JOINTS[test]}s are {held} ({values})"
        else:
            yield f"{joints[0].name} {alone} {joints[0].value}, {held}{_and_less(joints[0], pairs)}"
    elif state == "borderline":
        one = f"{joints[0].name} ({joints[0].value}) is too close to call against {wanted}"
        two = f"both your {JOINTS[test]}s are too close to call against {wanted} ({values})"
        yield two if len(joints) == 2 else one
    elif len(joints) == 2:
        yield f"both your {JOINTS[test]}s {both} less than {wanted} ({values})"
    else:
        yield f"{joints[0].name} {alone} {joints[0].value}, short of {wanted}{_and_less(joints[0], pairs)}"


def _and_less(subject: Subject, pairs: Iterable[Pair]) -> str:
    """` and 26° less than your left`; "" where the sides do not differ."""
    differing = (pair for pair in pairs if (pair.test, pair.more_limited) == (subject.test, subject.side))
    less = next((pair.difference.value for pair in differing if pair.difference), None)
    if less is None or subject.side is None:
        return ""
    return f" and {abs(less):.0f}° less than your {other_side(subject.side)}"


def _wanted(test: Test, subject: Subject, rules: RuleSet) -> str | None:
    """`the 10–12° that running needs at least`; None where the reference is no minimum for running."""
    if test == "big_toe":
        return f"about {subject.finding.threshold:g}°" if subject.finding else None
    if rules.name != "runner" or subject.finding is None:
        return None
    known = next((rule for rule in rules.rules if rule.name == subject.finding.rule), None)
    if known is None or known.limited_below is None:
        return None
    return f"the {known.limited_below:g}–{known.threshold:g}° that running needs at least"


def _clears(test: Test, count: int, rules: RuleSet) -> str:
    """`clear 10–12°, which is a low bar: …`."""
    if test == "big_toe":
        toe = next(rule for rule in rules.rules if rule.measurement == "big_toe_extension_deg")
        return f"{'lift' if count == 2 else 'lifts'} at least the {toe.threshold:g}° wanted"
    if rules.name != "runner":
        return f"{'meet' if count == 2 else 'meets'} the reference “{rules.title}”"
    first = rules.rules[0]
    young = next((each for each in rules.context if each.name == "young-adults"), None)
    rest = (
        f": healthy young adults reach {young.usual_from:g}–{young.usual_to:g}° on average" if young else ""
    )
    low, high = first.limited_below or first.threshold, first.threshold
    return f"{'clear' if count == 2 else 'clears'} {low:g}–{high:g}°, which is a low bar{rest}"


def _differing(test: Test, pairs: Iterable[Pair]) -> Iterator[str]:
    """`your right ankle bends 12° less than your left (21.2° against 33.5°)`."""
    for pair in pairs:
        if pair.test != test or pair.more_limited is None or pair.difference is None:
            continue
        values = (pair.left, pair.right) if pair.more_limited == "left" else (pair.right, pair.left)
        less, more = (None if each is None else each.value for each in values)
        if less is None or more is None:
            continue
        joint, how = (JOINTS["lunge"], "with the knee straight ") if test in KNEES else (JOINTS[test], "")
        who = f"{how}your {pair.more_limited} {joint}"
        yield (
            f"{who} {VERBS[test][0]} {more - less:.0f}° less than your {other_side(pair.more_limited)} "
            f"({less:.1f}° against {more:.1f}°)"
        )


def _unless_told(pairs: Iterable[Pair], seen: Sequence[Subject]) -> list[Pair]:
    """Pairs without those whose lesser side is already called short, alone of the two."""
    short = [each for each in seen if each.state == "limited"]
    alone = {(each.test, each.side) for each in short if sum(s.test == each.test for s in short) == 1}
    return [pair for pair in pairs if (pair.test, pair.more_limited) not in alone]


def _squat(state: Standing, seen: Sequence[Subject]) -> Iterator[str]:
    """What is limited in a squat, or what is not sure."""
    for each in seen:
        if each.test != "squat" or each.state != state:
            continue
        of_state = [f for f in each.parts if f.verdict == state]
        if state == "limited":
            yield f"in the squat {listed([_part(f, 0) for f in of_state])}"
        else:
            yield f"in the squat it is not sure whether {listed([_part(f, 1) for f in of_state])}"


def _shod(seen: Iterable[Subject]) -> Iterator[str]:
    names = [each.name for each in seen if each.shod]
    if len(names) > 1:
        yield f"{listed(names)} were filmed in shoes, which shifts the reading"
    elif names:
        worn = "shoes" if names == ["the squat"] else "a shoe"
        yield f"{names[0]} was filmed in {worn}, which shifts the reading"


def _heels(findings: Sequence[Finding]) -> Iterator[str]:
    sides = [f.side for f in findings if f.rule == "heel-lift" and f.verdict == "limited" and f.side]
    if sides:
        yield "both heels rise early" if len(sides) == 2 else f"your {sides[0]} heel rises early"


_ANSWERED: Final[dict[str, tuple[str, str]]] = {
    "windlass": (
        "the {side} arch does not rise when you lift the toes",
        "neither arch rises when you lift the toes",
    ),
    "tape_estimate_deg": (
        "by the tape your {side} ankle stays short of the minimum for running",
        "by the tape both your ankles stay short of the minimum for running",
    ),
    "tape_cm": (
        "the tape distance is limited on the {side}",
        "the tape distance is limited on both sides",
    ),
}  # fmt: skip
"""What was answered, of one side and of both: the title of such a rule names what should be, not what is."""


def _answered(findings: Sequence[Finding]) -> Iterator[str]:
    """Tests that the person did without a camera, a clause each."""
    by_test: dict[str, list[Finding]] = {}
    for each in findings:
        if each.origin == "answers" and each.verdict == "limited":
            by_test.setdefault(each.measurement, []).append(each)
    for measurement, found in by_test.items():
        title = f"“{found[0].title}” is limited"
        one, both = _ANSWERED.get(measurement, (f"{title} on the {{side}}", f"{title} on both sides"))
        yield both if len(found) > 1 else one.format(side=found[0].side)


def _part(finding: Finding, way: int) -> str:
    known = _PARTS.get(finding.measurement)
    if known is None:
        return f"“{finding.title}”"
    return known[way].format(threshold=finding.threshold or 0.0)
