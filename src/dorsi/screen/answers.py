"""The answers of a profile in words, for the page; and answers given beside a profile.

Not here: the questions as they are asked (the questionnaire), what follows from the answers (`rules`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict, Unpack

from pydantic import ValidationError

from dorsi.errors import UsageError
from dorsi.names import key_of
from dorsi.profile import (
    SAFETY_QUESTIONS,
    Leg,
    PlanChecks,
    Profile,
    Safety,
    Signs,
    explain,
    load_profile,
)
from dorsi.screen.model import Answer, Side

__all__ = ["ExtraAnswers", "answers_of", "load_answers", "merged"]

_PLACES = {
    "knee": "knees", "shin": "shins", "plantar_fascia": "plantar fascia", "achilles": "Achilles tendon",
    "heel": "heel", "forefoot": "forefoot", "big_toe": "big toe",
}  # fmt: skip


class ExtraAnswers(TypedDict, total=False):
    """Answers that may be given beside a profile; None = not given."""

    left_knee_touched: bool | None
    right_knee_touched: bool | None
    left_tape_cm: float | None
    right_tape_cm: float | None


def load_answers(profile: Path | None, **beside: Unpack[ExtraAnswers]) -> Profile | None:
    """The profile in a file with what was answered beside it. Raises ProfileError, UsageError."""
    return merged(None if profile is None else load_profile(profile), **beside)


def merged(
    profile: Profile | None, *, runner: str | None = None, **beside: Unpack[ExtraAnswers]
) -> Profile | None:
    """The profile with what was answered beside it; None when there is neither.

    Raises UsageError on an answer that contradicts the profile or cannot be.
    """
    given = {
        side: {key: beside.get(f"{side}_{key}") for key in ("knee_touched", "tape_cm")}
        for side in ("left", "right")
    }
    told = None if profile is None else profile.runner
    if runner is not None and told is not None and key_of(runner) != key_of(told):
        raise UsageError("runner_contradicts_profile", runner=runner, profile_runner=told)
    if profile is None and all(value is None for answers in given.values() for value in answers.values()):
        return None
    document = {} if profile is None else profile.model_dump(by_alias=True, exclude_none=True)
    for side, answers in given.items():
        known = document.setdefault(side, {})
        for key, value in answers.items():
            if value is not None and known.setdefault(key, value) != value:
                said = {"given": _word(value), "known": _word(known[key])}
                raise UsageError("answer_contradicts_profile", answer=f"{side}.{key}", **said)
    try:
        return Profile.model_validate(document)
    except ValidationError as error:
        raise UsageError("answer_invalid", why=explain(error)) from error


def answers_of(profile: Profile) -> list[Answer]:
    """Every question that was answered, left before right."""
    asked = (
        _safety(profile), _history(profile), _legs(profile), _circles(profile), _signs(profile.signs),
        _checks(profile.plan),
    )  # fmt: skip
    return [answer for part in asked for answer in part]


def _safety(profile: Profile) -> Iterator[Answer]:
    """The safety list in one answer: what was said yes to, or to how many of the questions no."""
    if profile.safety == Safety():
        return
    told = profile.safety_told
    yes = [each.said for each in SAFETY_QUESTIONS if getattr(told, each.key)]
    no = [each for each in SAFETY_QUESTIONS if getattr(told, each.key) is False]
    words = f"yes: {'; '.join(yes)}" if yes else f"no to {len(no)} of {len(SAFETY_QUESTIONS)}"
    yield Answer(key="safety", question="Safety questions", side=None, answer=words)


def _history(profile: Profile) -> Iterator[Answer]:
    for key, question, value in (
        ("age_group", "Age", profile.age_group),
        ("sprained", "Ankle sprained before", profile.history.sprained),
        ("instability", "An ankle gives way or feels unstable", profile.history.instability),
    ):
        if value is not None:
            yield Answer(key=key, question=question, side=None, answer=_word(value))


def _checks(checks: PlanChecks) -> Iterator[Answer]:
    for key, question in (
        ("weeks", "Weeks on the plan"),
        ("balance_30_s", "30 s on one leg, steady, either side"),
        ("calf_raises_15", "15 slow calf raises on one leg, free of pain, either side"),
    ):
        value = getattr(checks, key)
        if value is not None:
            yield Answer(key=key, question=question, side=None, answer=_word(value))


def _legs(profile: Profile) -> Iterator[Answer]:
    sides: tuple[tuple[Side, Leg], ...] = (("left", profile.left), ("right", profile.right))
    for key, question in (
        ("knee_touched", "Knee reached the wall from four fingers away, heel down"),
        ("tape_cm", "Big toe to wall, knee just touching, heel down"),
        ("arch_rises", "Arch rises when the toes are lifted"),
        ("circle", "Size of the kneeling circle"),
    ):
        for side, leg in sides:
            value = getattr(leg, key)
            if value is not None:
                words = f"{value:g} cm" if key == "tape_cm" else _word(value)
                yield Answer(key=key, question=question, side=side, answer=words)


def _circles(profile: Profile) -> Iterator[Answer]:
    if profile.circles_smaller is not None:
        yield Answer(
            key="circles_smaller",
            question="The smaller of the two kneeling circles",
            side=None,
            answer="both alike" if profile.circles_smaller == "same" else profile.circles_smaller,
        )


def _signs(signs: Signs) -> Iterator[Answer]:
    for key, question in (
        ("calf_tightness", "Calf or Achilles tightness that keeps coming back"),
        ("pain_where", "Pain"),
        ("pain_level", "Pain in the movement, 0 to 10"),
        ("short_stride", "Short stride or early heel lift"),
        ("one_sided", "Trouble always on one side"),
        ("heels_lift", "Heels lift in squats or lunges"),
        ("wear", "Uneven wear, nagging injuries or a plateau"),
    ):
        value = getattr(signs, key)
        if value is None:
            continue
        words = _word(value)
        if key == "pain_where":
            words = ", ".join(_PLACES[place] for place in value) or "none"
            if signs.pain_side is not None:
                words += f" ({'both sides' if signs.pain_side == 'both' else signs.pain_side})"
        elif value == "none":
            words = "no"
        yield Answer(key=key, question=question, side=None, answer=words)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
