"""The first sentence of a screen: how each joint stands, the gravest besides, what gave no number; its tone.

Not here: the sentences after it (`words.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from dorsi.plan.words import listed
from dorsi.quantities import JOINTS
from dorsi.report.verdict import first_reason
from dorsi.rules import RuleSet
from dorsi.screen.model import Finding, ScreenClip, Side, Test, Tone, headline_finding

__all__ = ["Subject", "opening", "reasons", "sentence", "standing", "subjects_of", "tone_of"]

Standing = Literal["limited", "borderline", "meets"]
_SINGULAR: Final = {
    "meets": "meets", "borderline": "is borderline against", "limited": "is limited against",
}  # fmt: skip
_PLURAL: Final = {"meets": "meet", "borderline": "are borderline against", "limited": "are limited against"}
_GRAVEST_FIRST: Final[tuple[Standing, ...]] = ("limited", "borderline", "meets")
_TESTS: Final[tuple[Test, ...]] = ("lunge", "big_toe", "squat")
_PARTS: Final[dict[str, tuple[str, str]]] = {
    "peak_knee_flexion_deg": (
        "the knee bend stays short of {threshold:g}°",
        "the knee bend goes past {threshold:g}°",
    ),
    "peak_knee_over_foot_percent": (
        "the knees do not travel over the feet",
        "the knees travel over the feet",
    ),
    "max_heel_lift_mm": ("the heels rise", "the heels stay down"),
}
"""Parts of a squat that are limited, and as they should be."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One joint, or the squat, and how it stands: a verdict; "refused": its clip gave no number; "other": it
    was measured, but not what the rule set is about. `why` is the first reason of a refused clip."""

    name: str
    test: Test
    side: Side | None
    state: Standing | Literal["refused", "other"]
    why: str = ""
    parts: tuple[Finding, ...] = ()
    """Of a squat: what was said of its parts."""

    @property
    def judged(self) -> bool:
        """Whether there is a verdict."""
        return self.state not in ("refused", "other")


def subjects_of(clips: Sequence[ScreenClip], findings: Sequence[Finding]) -> list[Subject]:
    """What the clips are about, in their order; a joint that no rule of the set speaks of is left out."""
    found = []
    for clip in clips:
        name = "the squat" if clip.test == "squat" else f"your {clip.side} {JOINTS[clip.test]}"
        parts = tuple(f for f in findings if f.role == "squat") if clip.test == "squat" else ()
        first = headline_finding(findings, clip.role, clip.test)
        if clip.status != "measured":
            found.append(Subject(name, clip.test, clip.side, "refused", _why(clip)))
        elif first is not None and first.verdict == "not_measured":
            found.append(Subject(name, clip.test, clip.side, "other"))
        elif first is not None:
            verdicts = {f.verdict for f in (*parts, first)}
            state = next(each for each in _GRAVEST_FIRST if each in verdicts)
            found.append(Subject(name, clip.test, clip.side, state, parts=parts))
    return found


def tone_of(seen: Sequence[Subject], findings: Sequence[Finding]) -> Tone:
    """The gravest of what is said; never "meets" while a clip gave no number that could be compared."""
    # Every limited finding is named; of the others only those that a sentence is about count.
    states = {each.state for each in seen} | {f.verdict for f in findings if f.verdict == "limited"}
    tone: Tone = next((each for each in _GRAVEST_FIRST if each in states), "none")
    return "none" if tone == "meets" and not all(each.judged for each in seen) else tone


def opening(seen: Sequence[Subject], tone: Tone, rules: RuleSet, asides: Sequence[str]) -> list[str]:
    """The answer, clauses of one sentence: the first test with a verdict, what is graver, what gave none.

    `asides` are clauses on limited findings that are no joint and no squat.
    """
    lead = next((test for test in _TESTS if any(s.test == test and s.judged for s in seen)), None)
    without = [each for each in seen if not each.judged]
    if lead is None:
        if len(without) == 1:
            return [_without_number(without[0], rules)]
        if without:
            how = "measured" if all(each.state == "refused" for each in without) else "compared"
            return [f"{listed([each.name for each in without])} could not be {how}"]
        start = f"the clips were measured, but {_reference('lunge', rules)} is not about what they show"
        return [start, *asides[:1]]
    clauses = [*standing(seen, lead, rules)]
    if tone in ("limited", "borderline") and all(s.state != tone for s in seen if s.test == lead):
        graver = [each for each in seen if each.state == tone]
        if graver:
            clauses.append(_are(graver, tone))
        else:
            clauses += asides[:1]
    refused = [each.name for each in without if each.state == "refused"]
    other = [each.name for each in without if each.state == "other"]
    if refused:
        clauses.append(f"{listed(refused)} could not be measured")
    if other:
        clauses.append(f"{listed(other)} could not be compared")
    return clauses


def standing(seen: Sequence[Subject], test: Test, rules: RuleSet) -> Iterator[str]:
    """How the joints of a test, or the squat, stand; nothing when there is no verdict."""
    judged = [each for each in seen if each.test == test and each.judged]
    if not judged:
        return
    if test == "squat":
        yield _squat(judged[0])
        return
    reference = _reference(test, rules)
    if len(judged) == 2 and judged[0].state == judged[1].state:
        yield f"both your {JOINTS[test]}s {_PLURAL[judged[0].state]} {reference}"
        return
    worst = sorted(judged, key=lambda each: _GRAVEST_FIRST.index(each.state))
    parts = [
        f"{each.name} {_SINGULAR[each.state]} {'it' if number else reference}"
        for number, each in enumerate(worst)
    ]
    yield "; ".join(parts)


def reasons(seen: Sequence[Subject], rules: RuleSet) -> Iterator[str]:
    """Why a clip gave no number, a clause each."""
    for each in seen:
        if not each.judged:
            yield _without_number(each, rules)


def sentence(text: str) -> str:
    """A clause as a sentence; "" stays."""
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _without_number(subject: Subject, rules: RuleSet) -> str:
    if subject.state == "other":
        return f"{subject.name} was measured, but not what {_reference(subject.test, rules)} is about"
    return f"{subject.name} could not be measured{subject.why}"


def _are(graver: Sequence[Subject], tone: Tone) -> str:
    """`your right big toe and the squat are limited`."""
    if len(graver) == 1:
        return f"{graver[0].name} is {tone}"
    toes = [each for each in graver if each.test == "big_toe"]
    names = ["both your big toes"] if len(toes) == 2 else [each.name for each in toes]
    names += [each.name for each in graver if each.test != "big_toe"]
    return f"{listed(names)} are {tone}"


def _squat(subject: Subject) -> str:
    """What is limited in a squat, else what is borderline, else that it meets; what was not seen is said."""
    unseen = [_part(f, 1) for f in subject.parts if f.verdict == "not_measured"]
    rest = f"; whether {listed(unseen)} was not measured" if unseen else ""
    of_state = [f for f in subject.parts if f.verdict == subject.state]
    if subject.state == "limited":
        return f"the deep squat is limited: {listed([_part(f, 0) for f in of_state])}"
    if subject.state == "borderline":
        return f"the deep squat is borderline: whether {listed([_part(f, 1) for f in of_state])} is not sure"
    if unseen:
        return f"in the deep squat {listed([_part(f, 1) for f in of_state])}{rest}"
    return "the deep squat meets what is asked of it"


def _part(finding: Finding, way: int) -> str:
    known = _PARTS.get(finding.measurement)
    if known is None:
        return f"“{finding.title}”"
    return known[way].format(threshold=finding.threshold or 0.0)


def _reference(test: Test, rules: RuleSet) -> str:
    if test == "big_toe":
        return "the reach wanted for running"
    return "the minimum for running" if rules.name == "runner" else f"the reference “{rules.title}”"


def _why(clip: ScreenClip) -> str:
    """`: the person was …`, the first reason of a refused clip."""
    return f": {first_reason(clip.reasons)}" if clip.reasons else ""
