"""What the page of a screen shows, ready to lay out: a card a test, findings by rule, answers by question.

Not here: the layout (`templates/screen.html.j2`), sentences that the screen itself carries (`words.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dorsi.pages.answer import judged_by, scale_of
from dorsi.pages.notes import WITNESSES
from dorsi.pages.scale import Mark
from dorsi.quantities import QUANTITIES, RESULT_OF, VERBS
from dorsi.report.exam import EXAMS
from dorsi.report.model import Measured
from dorsi.report.verdict import worst_of
from dorsi.rules import RuleBook
from dorsi.screen.model import (
    PAIRED,
    Answer,
    Finding,
    Pair,
    Role,
    Screen,
    ScreenClip,
    Test,
    headline_finding,
)  # fmt: skip

__all__ = ["Card", "CardClip", "Rule", "answers_shown", "cards", "rules_shown"]

_YES_NO: Final = {"limited": "yes", "meets": "no", "borderline": "not sure"}
_LESS: Final[dict[Test, str]] = {test: f"{VERBS[test][0]} less" for test in ("lunge", "big_toe")}
_WORDS: Final[dict[str, dict[str, str]]] = {
    "both": _YES_NO,
    "see-a-professional": {"limited": "yes", "meets": "if a sign stays", "borderline": "if a sign stays"},
    "signs": {"meets": "none", "borderline": "named"},
    "circles": {"meets": "alike", "borderline": "smaller"},
    "asymmetry": {"limited": _LESS["lunge"], "meets": "alike", "borderline": "not sure"},
    "asymmetry-big-toe": {"limited": _LESS["big_toe"], "meets": "alike", "borderline": "not sure"},
}
"""Verdicts of rules whose title asks something else than whether a reference is met."""


@dataclass(frozen=True, slots=True)
class CardClip:
    """One clip's place on a card; `clip` is None where it was not filmed, `value` where it gave no number."""

    name: str
    role: Role
    clip: ScreenClip | None
    value: Measured | None
    label: str
    verdict: str
    less: str = ""
    """Of one that meets its reference but is the lesser of two that differ, or was reached with the heel up,
    in words: no green number under a red bar."""


@dataclass(frozen=True, slots=True)
class Card:
    """One test: its clips next to each other, one scale for both, how left and right compare."""

    title: str
    clips: tuple[CardClip, ...]
    scale: str
    pair: Pair | None
    differences: tuple[str, ...]
    findings: tuple[Finding, ...]
    """Of a squat, whose three parts are findings of their own."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one rule says of the two sides, or of the person (`whole`); "" where it says nothing."""

    title: str
    left: str
    right: str
    whole: str
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> str:
        """The gravest verdict of the rule."""
        return _worst(self.findings)

    def words(self, verdict: str) -> str:
        """A verdict of this rule in words that go with its title; of a witness what it bears out."""
        if verdict in WITNESSES:
            return WITNESSES[verdict]
        return _WORDS.get(self.findings[0].rule, {}).get(verdict, verdict.replace("_", " "))


def cards(screen: Screen, rules: RuleBook) -> list[Card]:
    """A card for each test with a clip."""
    tests: list[tuple[Test, Sequence[Role]]] = [*PAIRED.items(), ("squat", ("squat",))]
    return [
        _card(screen, test, roles, rules)
        for test, roles in tests
        if any(screen.clip(role) is not None for role in roles)
    ]


def _card(screen: Screen, test: Test, roles: Sequence[Role], rules: RuleBook) -> Card:
    pair = next((each for each in screen.pairs if each.test == test and each.headline), None)
    judged = next((each for each in screen.comparability if each.test == test), None)
    said = pair.blocked_by if pair is not None else None
    differences = judged.differences if judged is not None else []
    return Card(
        title=EXAMS[test].name,
        clips=tuple(_card_clip(screen, role, test) for role in roles),
        scale=_scale(screen, test, roles, rules),
        pair=pair,
        differences=tuple(each.message for each in differences if said is None or each.code != said),
        findings=tuple(f for f in screen.findings if f.role == "squat") if test == "squat" else (),
    )


def _card_clip(screen: Screen, role: Role, test: Test) -> CardClip:
    clip = screen.clip(role)
    name = "Knee bend" if test == "squat" else ("Left" if role.startswith("left") else "Right")
    if clip is None:
        return CardClip(name, role, None, None, "", "none")
    if clip.status != "measured" or _value(clip, RESULT_OF[test]).value is None:
        return CardClip(name, role, clip, None, "", "not_measured")
    first = headline_finding(screen.findings, role, test)
    shown = judged_by(first, test)
    verdict = first.verdict if first is not None else "none"
    differs = any(pair.test == test and pair.more_limited == clip.side for pair in screen.pairs)
    less = _LESS[test] if verdict == "meets" and differs and test in _LESS else ""
    if test == "squat" and verdict == "meets" and _heel_rises(screen):
        less = "with the heel up"
    return CardClip(name, role, clip, _value(clip, shown), QUANTITIES[shown].label, verdict, less)


def _heel_rises(screen: Screen) -> bool:
    return any(f.rule == "squat-heels" and f.verdict == "limited" for f in screen.findings)


def _value(clip: ScreenClip, key: str) -> Measured:
    value: Measured = getattr(clip.measurements, key)
    return value


def _scale(screen: Screen, test: Test, roles: Sequence[Role], rules: RuleBook) -> str:
    """One scale for the sides; "" where there is no number."""
    leading = [headline_finding(screen.findings, role, test) for role in roles]
    # One scale holds one kind of angle: an alternative only where every side was judged by it.
    kinds = {judged_by(each, test) for each in leading if each is not None}
    key = kinds.pop() if len(kinds) == 1 else RESULT_OF[test]
    marks = []
    for role in roles:
        clip = screen.clip(role)
        found = _value(clip, key) if clip is not None and clip.status == "measured" else None
        if found is not None and found.value is not None:
            name = "" if test == "squat" else role.split("_")[0]
            marks.append(Mark(found.value, found.uncertainty_95, name))
    held = (
        f for f in screen.findings if f.role in roles and f.measurement == key and f.threshold is not None
    )
    return scale_of(test, key, marks, next(held, None), rules) if marks else ""


def rules_shown(findings: Sequence[Finding]) -> list[Rule]:
    """Findings by rule, in the order in which the rules first speak."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.title or finding.rule, []).append(finding)
    return [Rule(title, *_by_side(found), tuple(found)) for title, found in groups.items()]


def _by_side(found: Sequence[Finding]) -> tuple[str, str, str]:
    """Verdicts on the left, on the right, on the whole person; of a witness what it says of the answer."""
    left, right, whole = (_worst([f for f in found if f.side == side]) for side in ("left", "right", None))
    return left, right, whole


def _worst(found: Sequence[Finding]) -> str:
    deciding = [f for f in found if f.witness is None]
    if deciding or not found:
        return worst_of(f.verdict for f in deciding) if deciding else ""
    said = {f.witness for f in found if f.witness is not None}
    return next(each for each in WITNESSES if each in said)


def answers_shown(answers: Sequence[Answer]) -> list[tuple[str, str]]:
    """Each question once, with what was answered for either side."""
    asked: dict[str, list[str]] = {}
    for each in answers:
        said = f"{each.side}: {each.answer}" if each.side else each.answer
        asked.setdefault(each.question, []).append(said)
    return [(question, "; ".join(said)) for question, said in asked.items()]
