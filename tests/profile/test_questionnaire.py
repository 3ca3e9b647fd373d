"""The questions: who answers what, what is kept, what is asked again, what ends it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from dorsi.errors import UsageError
from dorsi.profile import Profile
from dorsi.profile.questionnaire import QUESTIONS, ask

ALL = "Ana|168,5 cm|n|YES|4|9.5|y|n|sm|s|left|n|knees, fascia|l|y|left|no"


class Person:
    """Answers from a list; keeps what was shown."""

    def __init__(self, answers: Iterable[str]) -> None:
        self.answers = list(answers)
        self.shown: list[str] = []

    def read(self, prompt: str) -> str | None:
        self.shown.append(prompt)
        return self.answers.pop(0) if self.answers else None


def asked(answers: str, before: Profile | None = None, *, insist: bool = False) -> tuple[Profile, list[str]]:
    person = Person(answers.split("|"))
    profile = ask(person.read, person.shown.append, before, insist=insist)
    assert person.answers == []
    return profile, person.shown


def test_every_answer_finds_its_place() -> None:
    profile, shown = asked(ALL)
    assert profile.model_dump(by_alias=True) == {
        "schema": "dorsi.profile/1",
        "runner": "Ana",
        "height_cm": 168.5,
        "circles_smaller": "left",
        "left": {"knee_touched": False, "tape_cm": 4.0, "arch_rises": True, "circle": "small"},
        "right": {"knee_touched": True, "tape_cm": 9.5, "arch_rises": False, "circle": "small"},
        "signs": {
            "calf_tightness": False,
            "pain_where": ("knee", "plantar_fascia"),
            "pain_side": "left",
            "short_stride": True,
            "one_sided": "left",
            "heels_lift": False,
        },
    }
    told = "\n".join(shown)
    assert all(word in told for word in ("four fingers", "heel down", "big toe to the wall", "arch", "kneel"))


def test_every_question_has_a_key_of_the_profile() -> None:
    known = set()
    for name, field in Profile.model_fields.items():
        parts = getattr(field.annotation, "model_fields", None)
        known |= {f"{name}.{part}" for part in parts} if parts else {name}
    assert {question.key for question in QUESTIONS} == known - {"schema_"}


def test_enter_means_not_known() -> None:
    profile, _ = asked("|".join([""] * 16))
    assert profile == Profile()


def test_questions_that_make_no_sense_are_left_out() -> None:
    _, shown = asked("|".join([""] * 8 + ["small", "large", "", "none", "", "", ""]))
    assert not any("smaller one" in line or "On which side" in line for line in shown)


def test_the_file_gives_the_defaults_and_a_dash_clears() -> None:
    before, _ = asked(ALL)
    again, shown = asked("|".join([""] * 17), before)
    assert again == before
    assert any("now 9.5" in line for line in shown) and any("now knee, plantar_fascia" in x for x in shown)
    cleared, _ = asked("|".join(["", "-"] + [""] * 15), before)
    assert (cleared.runner, cleared.height_cm) == ("Ana", None)


def test_an_answer_that_makes_no_sense_is_asked_again() -> None:
    answers = "Ana|tall|168|maybe|y||far|8||||huge|small|s|l||hip|none||up|none|"
    profile, shown = asked(answers, insist=True)
    assert (profile.height_cm, profile.left.knee_touched, profile.left.circle) == (168.0, True, "small")
    wrong = [line for line in shown if "or nothing if you do not know" in line]
    assert len(wrong) == 6
    assert profile.signs.pain_where == () and profile.signs.one_sided == "none"


def test_a_contradiction_is_asked_again_at_once() -> None:
    profile, shown = asked("||n||25|9|" + "|".join([""] * 11), insist=True)
    assert profile.left.tape_cm == 9.0
    assert any("contradicts tape_cm = 25" in line for line in shown)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ("Ana|tall", "answer 2 (“Body height”): “tall”: answer with a number of centimetres"),
        ("Ana|17", "answer 2 (“Body height”): “17”: height_cm: 17.0 is out of range"),
        ("||n||25", "contradicts tape_cm = 25"),
        ("Ana|168", "the answers end before question 3 (“Does the left knee touch?”)"),
    ],
)
def test_piped_answers_must_be_right_the_first_time(answers: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        asked(answers)
    assert told in str(caught.value)


def test_no_answers_at_all() -> None:
    with pytest.raises(UsageError, match=r"^No answers came\. Give one line a question"):
        ask(lambda _: None, lambda _: None, insist=False)
