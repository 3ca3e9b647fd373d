"""Asks the safety list first, then what a camera cannot see; questions: `safety.toml`, `words.toml`.

Not here: the terminal (`cli/profile.py`), the profile and its file (`profile.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from dorsi.errors import UsageError, sentences
from dorsi.profile.profile import PAIN_PLACES, SCHEMA, Profile, explain
from dorsi.profile.safety import SAFETY_QUESTIONS, safety_state

__all__ = ["QUESTIONS", "Question", "answered", "ask", "ask_safety", "flat", "is_asked"]

DONT_KNOW: Final = "-"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `key` is that of the profile's file, `hint` tells the answers there are, `how` is told
    before it."""

    key: str
    hint: str
    text: str
    how: str = ""

    def parse(self, said: str) -> object:
        """The value of an answer. Raises ValueError, which says how to answer."""
        if self.hint in _PARSERS:
            return _PARSERS[self.hint](said)
        choices = self.hint.split("/")
        found = [choice for choice in choices if choice.startswith(said.casefold())]
        if len(found) != 1:
            raise ValueError(f"answer {', '.join(choices[:-1])} or {choices[-1]}")
        return found[0]


def _yes_no(said: str) -> bool:
    if (word := said.casefold()) in {"y", "yes", "true"}:
        return True
    if word in {"n", "no", "false"}:
        return False
    raise ValueError("answer y or n")


def _number(said: str) -> float:
    try:
        return float(said.casefold().removesuffix("cm").strip().replace(",", "."))
    except ValueError:
        raise ValueError("answer with a number of centimetres, such as 9.5") from None


def _whole(said: str) -> int:
    if not said.isascii() or not said.isdigit():
        raise ValueError("answer with a whole number")
    return int(said)


def _places(said: str) -> list[str]:
    words = [word.strip().casefold() for word in said.split(",")]
    if words in (["n"], ["no"], ["none"]):
        return []
    of = {
        "knees": "knee", "shins": "shin", "fascia": "plantar_fascia", "plantar fascia": "plantar_fascia",
        "sole": "plantar_fascia", "soles": "plantar_fascia", "heels": "heel", "big toe": "big_toe",
        "toe": "big_toe", "achilles tendon": "achilles",
    }  # fmt: skip
    found = [of.get(word, word) for word in words]
    if not set(found) <= set(PAIN_PLACES):
        raise ValueError("answer none, or a list of knee, shin, sole, Achilles, heel, forefoot, big toe")
    return found


_PARSERS: Final[Mapping[str, Callable[[str], object]]] = {
    "text": str, "y/n": _yes_no, "cm": _number, "0-10": _whole, "weeks": _whole, "none, or a list": _places,
}  # fmt: skip
"""By the hint of the question; the other hints are choices, told by how they start."""

_SAFETY_HOW: Final = {
    "first": "First, whether anything speaks against tests and drills. Enter: not answered.",
    "professional": "And what asks for somebody who knows you:",
}


def _safety_questions() -> list[Question]:
    """The list of `safety.toml`; each group begins with what it is about."""
    heads = dict(_SAFETY_HOW)
    return [
        Question(f"safety.{each.key}", "y/n", each.text, heads.pop(each.group, ""))
        for each in SAFETY_QUESTIONS
    ]


QUESTIONS: Final = (
    *_safety_questions(),
    *(Question(**each) for each in sentences(__file__, "words.toml")["question"]),
)


def is_asked(question: Question, answers: Mapping[str, object], *, known: bool) -> bool:
    """Whether the answers so far leave something to ask; `known`: there are answers of an earlier time."""
    if question.key == "circles_smaller":
        left, right = answers.get("left.circle"), answers.get("right.circle")
        return left is None or right is None or left == right
    if question.key in ("signs.pain_side", "signs.pain_level"):
        return bool(answers.get("signs.pain_where"))
    # Only who has worked through a plan can tell how far it has brought them.
    return known or not question.key.startswith("plan.")


def ask(
    read: Callable[[str], str | None],
    tell: Callable[[str], None],
    before: Profile | None = None,
    *,
    insist: bool,
) -> Profile:
    """Ask every question; Enter keeps the answer of `before`, or means not known; `-` clears it.

    A yes that stops (`safety_state`) ends it: what was answered is kept, of the rest what `before` says.
    `read` shows a prompt and gives the line, None when there is no more. `insist` asks again after an answer
    that makes no sense or contradicts an earlier one; without it, that is a UsageError, as is an early end.
    """
    old, answers = flat(before), dict[str, object]()
    number = 0
    for place, question in enumerate(QUESTIONS):
        if not is_asked(question, answers, known=before is not None):
            continue
        number += 1
        if question.how:
            tell(question.how)
        while True:
            said = read(_prompt(question, old.get(question.key)))
            if said is None:
                if number == 1:
                    raise UsageError("answers_missing")
                raise UsageError("answers_end_early", number=number, question=question.text)
            wrong = _take(question, said.strip(), old, answers)
            if wrong is None:
                if safety_state(_profile(answers)).state == "stop":
                    return _profile(answers | {q.key: old.get(q.key) for q in QUESTIONS[place + 1 :]})
                break
            if not insist:
                asked = {"number": number, "question": question.text, "answer": said.strip()}
                raise UsageError("answer_not_understood", **asked, why=wrong)
            tell(wrong)
    while not insist and (said := read("")) is not None:
        # Answers left over mean that a line stands at the wrong question, so none of them can be trusted.
        if said.strip():
            raise UsageError("answers_too_many", number=number, answer=said.strip())
    return _profile(answers)


def ask_safety(
    read: Callable[[str], str | None], tell: Callable[[str], None], before: Profile
) -> dict[str, bool]:
    """Show the questions that are open at once and ask whether any applies: no answers all of them, yes asks
    each until one stops, anything else leaves them open. Gives answers by key, without those of `before`."""
    known = safety_state(before)
    if known.state != "unanswered":  # all is answered, or a yes is there already
        return {}
    asked = [each for each in SAFETY_QUESTIONS if each.key in known.open_keys]
    tell("Before any test and any plan:")
    for each in asked:
        tell(f"  - {each.text}")
    said = _yes_or_no(read, tell, "Does any of this apply? [y/n, Enter: not answered] ")
    if said is not True:
        return {} if said is None else {each.key: False for each in asked}
    answers: dict[str, bool] = {}
    for each in asked:
        one = _yes_or_no(read, tell, f"{each.text} [y/n] ")
        if one is not None:
            answers[each.key] = one
        if one:
            break
    return answers


def _yes_or_no(read: Callable[[str], str | None], tell: Callable[[str], None], prompt: str) -> bool | None:
    """Asked until it makes sense; None for an empty line, or none any more."""
    while said := (read(prompt) or "").strip():
        try:
            return _yes_no(said)
        except ValueError as error:
            tell(f"{error}, or nothing to leave it open.")
    return None


def _take(question: Question, said: str, old: Mapping[str, object], answers: dict[str, object]) -> str | None:
    """Add the answer to `answers`; what is wrong with it, None when nothing is."""
    try:
        value = old.get(question.key) if not said else None if said == DONT_KNOW else question.parse(said)
    except ValueError as error:
        return f"{error}, or nothing if you do not know."
    answers[question.key] = value
    try:
        _profile(answers)
    except ValidationError as error:
        del answers[question.key]
        return explain(error)
    return None


def _prompt(question: Question, known: object) -> str:
    shown = f", now {_shown(known)}; - for don't know" if known is not None else ""
    return f"{question.text} [{question.hint}{shown}] "


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "y" if value else "n"
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def answered(said: Mapping[str, str], before: Profile | None) -> tuple[Profile, dict[str, str]]:
    """The profile with the answers of a form by their keys, "" for not known; other answers stay as `before`.

    Beside it what is wrong, by the key of its question: those answers are left as they were.
    """
    answers, wrong = flat(before), dict[str, str]()
    answers.pop("schema_", None)
    for question in QUESTIONS:
        if question.key in said:
            text = said[question.key].strip()
            fault = _take(question, text or DONT_KNOW, {}, answers)
            if fault is not None:
                wrong[question.key] = fault
    return _profile(answers), wrong


def flat(profile: Profile | None) -> dict[str, object]:
    """Answers by key, `left.tape_cm` and the like."""
    flat: dict[str, object] = {}
    for key, value in ({} if profile is None else profile.model_dump()).items():
        nested = isinstance(value, dict)
        flat |= {f"{key}.{name}": each for name, each in value.items()} if nested else {key: value}
    return flat


def _profile(answers: Mapping[str, object]) -> Profile:
    """The profile so far. Raises ValidationError."""
    document: dict[str, Any] = {"schema": SCHEMA}
    for key, value in answers.items():
        *above, name = key.split(".")
        (document.setdefault(above[0], {}) if above else document)[name] = value
    return Profile.model_validate(document)
