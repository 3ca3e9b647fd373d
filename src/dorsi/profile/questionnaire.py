"""The questions of `dorsi profile`: how to do each test that a camera cannot see, and what came of it.

Not here: the terminal (`cli/profile.py`), the profile and its file (`profile.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from dorsi.errors import UsageError
from dorsi.profile.profile import SCHEMA, Profile, explain

__all__ = ["ask"]

Parse = Callable[[str], object]
DONT_KNOW: Final = "-"


@dataclass(frozen=True, slots=True)
class _Question:
    """`key` is that of the profile's file; `how` is told before it, once a test; `only_if` looks at the
    answers so far."""

    key: str
    text: str
    hint: str
    parse: Parse
    how: str = ""
    only_if: Callable[[Mapping[str, object]], bool] = lambda _: True


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


def _one_of(*choices: str) -> Parse:
    """The choice that starts as the answer does."""

    def parse(said: str) -> str:
        found = [choice for choice in choices if choice.startswith(said.casefold())]
        if len(found) != 1:
            raise ValueError(f"answer {', '.join(choices[:-1])} or {choices[-1]}")
        return found[0]

    return parse


def _places(said: str) -> list[str]:
    words = [word.strip().casefold() for word in said.split(",")]
    if words in (["n"], ["no"], ["none"]):
        return []
    of = {"knees": "knee", "shins": "shin", "fascia": "plantar_fascia", "plantar fascia": "plantar_fascia"}
    found = [of.get(word, word) for word in words]
    if not set(found) <= {"knee", "shin", "plantar_fascia"}:
        raise ValueError("answer none, or a list of knee, shin, fascia")
    return found


def _same_size(answers: Mapping[str, object]) -> bool:
    """Whether the sizes leave open which circle is the smaller one."""
    left, right = answers.get("left.circle"), answers.get("right.circle")
    return left is None or right is None or left == right


_YN, _CM, _SIZE = "y/n", "cm", "small/medium/large"
_size = _one_of("small", "medium", "large")
_WALL = (
    "Knee to wall: half-kneel facing a wall, barefoot, the front foot four fingers away from it. "
    "Keep the heel down and drive the knee to the wall."
)
_TAPE = (
    "Tape: stand facing the wall and slide the foot back until the knee just touches with the heel down. "
    "Measure from the big toe to the wall. No tape at hand? Press Enter."
)
_ARCH = "Windlass: stand barefoot and lift all toes of one foot. Look at its inner side: does the arch rise?"
_CIRCLE = (
    "Kneeling circles: kneel with the feet behind you, off the floor, and draw the largest circle you can "
    "with each big toe."
)
_SIGNS = "Last, five questions about what you notice when you run or train."

QUESTIONS: Final = (
    _Question("runner", "Your name, as it shall stand on the page", "text", str),
    _Question("height_cm", "Body height", _CM, _number),
    _Question("left.knee_touched", "Does the left knee touch?", _YN, _yes_no, _WALL),
    _Question("right.knee_touched", "Does the right knee touch?", _YN, _yes_no),
    _Question("left.tape_cm", "Left foot, toe to wall", _CM, _number, _TAPE),
    _Question("right.tape_cm", "Right foot, toe to wall", _CM, _number),
    _Question("left.arch_rises", "Does the left arch rise?", _YN, _yes_no, _ARCH),
    _Question("right.arch_rises", "Does the right arch rise?", _YN, _yes_no),
    _Question("left.circle", "How large is the left circle?", _SIZE, _size, _CIRCLE),
    _Question("right.circle", "How large is the right circle?", _SIZE, _size),
    _Question(
        "circles_smaller",
        "Which circle is the smaller one?",
        "left/right/same",
        _one_of("left", "right", "same"),
        only_if=_same_size,
    ),
    _Question("signs.calf_tightness", "Calf or Achilles tightness that returns?", _YN, _yes_no, _SIGNS),
    _Question("signs.pain_where", "Pain in knee, shin or plantar fascia (sole)?", "none, or a list", _places),
    _Question(
        "signs.pain_side",
        "On which side is the pain?",
        "left/right/both",
        _one_of("left", "right", "both"),
        only_if=lambda answers: bool(answers.get("signs.pain_where")),
    ),
    _Question("signs.short_stride", "A short stride, or a heel that lifts early?", _YN, _yes_no),
    _Question(
        "signs.one_sided",
        "Is trouble always on the same side?",
        "left/right/none",
        _one_of("left", "right", "none"),
    ),
    _Question("signs.heels_lift", "Do the heels lift in squats or lunges?", _YN, _yes_no),
)  # fmt: skip


def ask(
    read: Callable[[str], str | None],
    tell: Callable[[str], None],
    before: Profile | None = None,
    *,
    insist: bool,
) -> Profile:
    """Ask every question; Enter keeps the answer of `before`, or means not known; `-` clears it.

    `read` shows a prompt and gives the line, None when there is no more. `insist` asks again after an answer
    that makes no sense or contradicts an earlier one; without it, that is a UsageError, as is an early end.
    """
    old, answers = _flat(before), dict[str, object]()
    number = 0
    for question in QUESTIONS:
        if not question.only_if(answers):
            continue
        number += 1
        if question.how:
            tell(f"\n{question.how}")
        while True:
            said = read(_prompt(question, old.get(question.key)))
            if said is None:
                raise _ended(number, question)
            wrong = _take(question, said.strip(), old, answers)
            if wrong is None:
                break
            if not insist:
                raise UsageError(
                    "answer_not_understood",
                    number=number,
                    question=question.text,
                    answer=said.strip(),
                    why=wrong,
                )
            tell(wrong)
    if not insist:
        _refuse_more(read, number)
    return _profile(answers)


def _refuse_more(read: Callable[[str], str | None], asked: int) -> None:
    """Answers left over mean that a line stands at the wrong question, so none of them can be trusted."""
    while (said := read("")) is not None:
        if said.strip():
            raise UsageError("answers_too_many", number=asked, answer=said.strip())


def _take(
    question: _Question, said: str, old: Mapping[str, object], answers: dict[str, object]
) -> str | None:
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


def _prompt(question: _Question, known: object) -> str:
    shown = f", now {_shown(known)}; - for don't know" if known is not None else ""
    return f"{question.text} [{question.hint}{shown}] "


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "y" if value else "n"
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _ended(number: int, question: _Question) -> UsageError:
    if number == 1:
        return UsageError("answers_missing")
    return UsageError("answers_end_early", number=number, question=question.text)


def _flat(profile: Profile | None) -> dict[str, object]:
    """Answers by key, `left.tape_cm` and the like."""
    if profile is None:
        return {}
    flat: dict[str, object] = {}
    for key, value in profile.model_dump().items():
        parts = (
            {f"{key}.{name}": each for name, each in value.items()}
            if isinstance(value, dict)
            else {key: value}
        )
        flat |= parts
    return flat


def _profile(answers: Mapping[str, object]) -> Profile:
    """The profile so far. Raises ValidationError."""
    document: dict[str, Any] = {"schema": SCHEMA}
    for key, value in answers.items():
        *above, name = key.split(".")
        (document.setdefault(above[0], {}) if above else document)[name] = value
    return Profile.model_validate(document)
