"""What the page of a screen shows, ready to lay out: a card a test, findings by rule, the therapist's tables.

Not here: the layout (`templates/screen.html.j2`), sentences that the screen itself carries (`words.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dorsi.pages.answer import zones_of
from dorsi.pages.scale import Band, Mark, scale_svg
from dorsi.quantities import QUANTITIES, RESULT_OF, signed_difference, with_plus_minus
from dorsi.report.exam import EXAMS, POSTURES, YOUNG_ADULTS_DEG
from dorsi.report.model import Measured
from dorsi.report.verdict import worst_of
from dorsi.rules import RuleBook
from dorsi.screen.model import (
    PAIRED,
    ROLE_NAMES,
    Answer,
    Finding,
    Pair,
    Role,
    Screen,
    ScreenClip,
    Side,
    Test,
    headline_finding,
)

__all__ = [
    "Card",
    "CardClip",
    "Rule",
    "answers_shown",
    "cards",
    "clip_rows",
    "number_rows",
    "rules_shown",
]

_YES_NO: Final = {"limited": "yes", "meets": "no", "borderline": "not sure"}
_WORDS: Final[dict[str, dict[str, str]]] = {
    "both": _YES_NO,
    "see-a-professional": {"limited": "yes", "meets": "no call for it here", "borderline": "if a sign stays"},
    "signs": {"meets": "none", "borderline": "named"},
    "circles": {"meets": "alike", "borderline": "smaller"},
    "asymmetry": {"limited": "more limited", "meets": "alike", "borderline": "not sure"},
}
"""Verdicts of rules whose title asks something else than whether a reference is met."""


@dataclass(frozen=True, slots=True)
class CardClip:
    """One clip's place on a card. `number` is "" where there is none, then `why` says why."""

    name: str
    verdict: str
    number: str
    label: str
    plus_minus: str
    why: str
    picture: str
    alt: str
    clip: ScreenClip | None


@dataclass(frozen=True, slots=True)
class Card:
    """One test: its clips next to each other, one scale for both, what is said of left and right."""

    title: str
    label: str
    clips: tuple[CardClip, ...]
    scale: str
    said: str
    more_limited: Side | None
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
        """A verdict of this rule in words that go with its title."""
        return _WORDS.get(self.findings[0].rule, {}).get(verdict, verdict.replace("_", " "))


def cards(screen: Screen, pictures: Mapping[Role, str], rules: RuleBook) -> list[Card]:
    """A card for each test with a clip; `pictures` are what goes into `src`."""
    tests: list[tuple[Test, Sequence[Role]]] = [*PAIRED.items(), ("squat", ("squat",))]
    return [
        _card(screen, test, roles, pictures, rules)
        for test, roles in tests
        if any(screen.clip(role) is not None for role in roles)
    ]


def _card(
    screen: Screen, test: Test, roles: Sequence[Role], pictures: Mapping[Role, str], rules: RuleBook
) -> Card:
    pair = next((each for each in screen.pairs if each.test == test and each.headline), None)
    judged = next((each for each in screen.comparability if each.test == test), None)
    exam = EXAMS[test]
    return Card(
        title=exam.name,
        label=pair.title if pair is not None else exam.label,
        clips=tuple(_card_clip(screen, role, test, pictures.get(role, "")) for role in roles),
        scale=_scale(screen, test, roles, rules),
        said=pair.said if pair is not None else "",
        more_limited=pair.more_limited if pair is not None else None,
        differences=tuple(
            each.message
            for each in (judged.differences if judged is not None else ())
            if pair is None or each.code != pair.blocked_by
        ),
        findings=tuple(f for f in screen.findings if f.role == "squat") if test == "squat" else (),
    )


def _card_clip(screen: Screen, role: Role, test: Test, picture: str) -> CardClip:
    clip = screen.clip(role)
    name = "Knee bend" if test == "squat" else ("Left" if role.startswith("left") else "Right")
    if clip is None:
        return CardClip(name, "none", "", "", "", "Not filmed.", "", "", None)
    found = _value(clip, RESULT_OF[test])
    if clip.status != "measured" or found.value is None:
        why = clip.reasons[0].message if clip.reasons else "Not measured."
        return CardClip(name, "not_measured", "", "", "", why, "", "", clip)
    first = headline_finding(screen.findings, role, test)
    # The number shown is the one the verdict is about, and says which of the two angles it is.
    shown = _judged_by(first, test)
    found = _value(clip, shown)
    half = found.uncertainty_95
    return CardClip(
        name=name,
        verdict=first.verdict if first is not None else "none",
        number="–" if found.value is None else f"{found.value:.1f}°",
        label=QUANTITIES[shown].label,
        plus_minus="± unknown" if half is None else f"± {half:.1f}°",
        why="",
        picture=picture,
        alt=f"{ROLE_NAMES[role].capitalize()}: the frame of the peak, with the measured lines drawn in",
        clip=clip,
    )


def _judged_by(first: Finding | None, test: Test) -> str:
    """Key of the quantity that a clip was judged by: its test's result, or an alternative to it."""
    return RESULT_OF[test] if first is None or first.value is None else first.measurement


def _value(clip: ScreenClip, key: str) -> Measured:
    value: Measured = getattr(clip.measurements, key)
    return value


def _scale(screen: Screen, test: Test, roles: Sequence[Role], rules: RuleBook) -> str:
    """One scale for the sides; "" where there is no number."""
    marks = []
    leading = [headline_finding(screen.findings, role, test) for role in roles]
    # One scale holds one kind of angle: an alternative only where every side was judged by it.
    judged_by = {_judged_by(each, test) for each in leading if each is not None}
    key = judged_by.pop() if len(judged_by) == 1 else RESULT_OF[test]
    for role in roles:
        clip = screen.clip(role)
        found = _value(clip, key) if clip is not None and clip.status == "measured" else None
        if found is not None and found.value is not None:
            name = "" if test == "squat" else role.removesuffix("_toe")
            marks.append(Mark(found.value, found.uncertainty_95, name))
    if not marks:
        return ""
    first = next(
        (f for f in screen.findings if f.role in roles and f.measurement == key and f.threshold is not None),
        None,
    )
    zones = None
    if first is not None and first.threshold is not None:
        zones = zones_of(rules, first.rule, first.threshold)
    band = Band(*YOUNG_ADULTS_DEG, "healthy young adults") if test == "lunge" else None
    return scale_svg(
        marks,
        EXAMS[test].scale_deg,
        zones=zones,
        band=band,
        title=QUANTITIES[key].label,
    )


def rules_shown(findings: Sequence[Finding]) -> list[Rule]:
    """Findings by rule, in the order in which the rules first speak."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.title or finding.rule, []).append(finding)
    return [Rule(title, *_by_side(found), tuple(found)) for title, found in groups.items()]


def _by_side(found: Sequence[Finding]) -> tuple[str, str, str]:
    """Verdicts on the left, on the right, on the whole person."""
    left, right, whole = (_worst([f for f in found if f.side == side]) for side in ("left", "right", None))
    return left, right, whole


def _worst(found: Sequence[Finding]) -> str:
    return worst_of(f.verdict for f in found) if found else ""


def answers_shown(answers: Sequence[Answer]) -> list[tuple[str, str]]:
    """Each question once, with what was answered for either side."""
    asked: dict[str, list[str]] = {}
    for each in answers:
        asked.setdefault(each.question, []).append(
            f"{each.side}: {each.answer}" if each.side else each.answer
        )
    return [(question, "; ".join(told)) for question, told in asked.items()]


def number_rows(screen: Screen) -> list[tuple[str, str, str, str]]:
    """Every quantity of both sides: title, left, right, left less right."""

    def said(value: Measured | None, pair: Pair) -> str:
        return "–" if value is None else with_plus_minus(value, pair.unit)

    rows = []
    for pair in screen.pairs:
        difference = "–" if pair.difference is None else signed_difference(pair.difference, pair.unit)
        rows.append((pair.title, said(pair.left, pair), said(pair.right, pair), difference))
    return rows


def clip_rows(screen: Screen) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """How each clip was filmed: the names of the clips, then a row a fact with a text for each clip."""
    clips = screen.clips
    facts: list[tuple[str, list[str]]] = [
        ("File", [clip.file for clip in clips]),
        ("Posture", [POSTURES[clip.posture] for clip in clips]),
        ("Leg, facing", [", ".join(p for p in (clip.test_leg, clip.facing) if p) or "–" for clip in clips]),
        ("Repetitions", [_reps(clip) for clip in clips]),
        ("Camera roll", [_or_dash(clip.measurements.camera_roll_deg) for clip in clips]),
        ("Off square", [_view(clip) for clip in clips]),
        ("Clip sha256", [clip.sha256[:12] for clip in clips]),
    ]
    return [ROLE_NAMES[clip.role].capitalize() for clip in clips], facts


def _reps(clip: ScreenClip) -> str:
    if clip.status != "measured" or not clip.reps:
        return "–"
    lifted = clip.reps_with_heel_lift
    return f"{clip.reps}, heel rose in {lifted}" if lifted else str(clip.reps)


def _or_dash(value: Measured) -> str:
    return "not measurable" if value.value is None else with_plus_minus(value)


def _view(clip: ScreenClip) -> str:
    view = clip.view
    if view is None or view.yaw_deg is None:
        return "–"
    half = "" if view.yaw_95_deg is None else f" ± {view.yaw_95_deg:.0f}°"
    return f"{abs(view.yaw_deg):.0f}°{half}"
