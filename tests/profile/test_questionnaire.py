"""The questions: who answers what, what is kept, what is asked again, what ends it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from dorsi.errors import UsageError
from dorsi.profile import SAFETY_QUESTIONS, Profile, safety_state
from dorsi.profile.questionnaire import QUESTIONS, ask, ask_safety

SAFE = "|".join(["n"] * 13)
ALL = f"{SAFE}|Ana|40|168,5 cm|left|y|n|YES|4|9.5|y|n|sm|s|left|n|knees, sole, Achilles|2|l|y|left|no|y"
FIRST = 13
"""Questions of the safety list, which come first."""
OPEN = "|" * FIRST


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
        "age_group": "40-59",
        "height_cm": 168.5,
        "circles_smaller": "left",
        "safety": {each.key: False for each in SAFETY_QUESTIONS},
        "history": {"sprained": "left", "instability": True},
        "left": {"knee_touched": False, "tape_cm": 4.0, "arch_rises": True, "circle": "small"},
        "right": {"knee_touched": True, "tape_cm": 9.5, "arch_rises": False, "circle": "small"},
        "signs": {
            "calf_tightness": False,
            "pain_where": ("knee", "plantar_fascia", "achilles"),
            "pain_level": 2,
            "pain_side": "left",
            "short_stride": True,
            "one_sided": "left",
            "heels_lift": False,
            "wear": True,
        },
        # How far a plan has brought somebody is asked when there was an earlier file.
        "plan": {"weeks": None, "balance_30_s": None, "calf_raises_15": None},
    }
    told = "\n".join(shown)
    assert all(
        word in told
        for word in ("four fingers", "heel down", "big toe to wall", "arch", "kneel", "into sand")
    )


def test_every_question_has_a_key_of_the_profile() -> None:
    known = set()
    for name, field in Profile.model_fields.items():
        parts = getattr(field.annotation, "model_fields", None)
        known |= {f"{name}.{part}" for part in parts} if parts else {name}
    assert {question.key for question in QUESTIONS} == known - {"schema_"}


def test_enter_means_not_known() -> None:
    profile, shown = asked("|".join([""] * (FIRST + 20)))
    assert profile == Profile()
    assert [line for line in shown if "[y/n] " in line][:FIRST] == [
        f"{each.text} [y/n] " for each in SAFETY_QUESTIONS
    ]


def test_two_screens_hold_the_questions() -> None:
    """Two of 24 lines of 80 letters, when there is no file yet."""
    _, shown = asked("|".join([""] * (FIRST + 20)))
    lines = [sum(-(-max(len(part), 1) // 80) for part in each.split("\n")) for each in shown]
    assert sum(lines) <= 48


@pytest.mark.parametrize("place", range(FIRST))
def test_a_yes_ends_the_questions(place: int) -> None:
    before, _ = asked(ALL)
    profile, shown = asked("|".join(["n"] * place + ["y"]), before)
    state = safety_state(profile)
    assert state.state == "stop" and [each.key for each in state.flags] == [SAFETY_QUESTIONS[place].key]
    # What was answered is kept, here and from before.
    assert profile.left == before.left and profile.signs == before.signs
    assert sum("[y/n" in line for line in shown) == place + 1
    fresh, _ = asked("|".join(["n"] * place + ["y"]))
    later = [each.key for each in SAFETY_QUESTIONS[place + 1 :]]
    assert fresh.runner is None and {getattr(fresh.safety, key) for key in later} <= {None}


@pytest.mark.parametrize(
    ("answers", "key"),
    [(f"{SAFE}|Ana|u", "under_18"), (f"{SAFE}|Ana||168{'|' * 13}knee|4", "pain_above_3")],
)
def test_an_age_and_a_pain_may_end_them_too(answers: str, key: str) -> None:
    profile, _ = asked(answers)
    assert [each.key for each in safety_state(profile).flags] == [key]
    assert profile.runner == "Ana"


def test_three_of_ten_is_no_stop() -> None:
    profile, _ = asked(f"{SAFE}{'|' * 16}knee|3|||||")
    assert safety_state(profile).state == "clear" and profile.signs.pain_level == 3


def test_a_renewed_file_is_asked_how_far_the_plan_has_brought_it() -> None:
    before, _ = asked(ALL)
    profile, _ = asked("|".join([""] * (FIRST + 22) + ["5", "y", "n"]), before)
    assert profile.plan.model_dump() == {"weeks": 5, "balance_30_s": True, "calf_raises_15": False}


@pytest.mark.parametrize(
    ("answers", "before", "found"),
    [
        ([""], {}, {}),
        ([], {}, {}),
        (["n"], {}, {each.key: False for each in SAFETY_QUESTIONS}),
        (["maybe", "y", "n", "y"], {},
         {"cannot_take_four_steps": False, "calf_swollen_hot_or_painful": True}),
        (["y", *[""] * 13], {}, {}),
        (["n"], {"age_group": "60+", "safety": {each.key: False for each in SAFETY_QUESTIONS[:8]}},
         dict.fromkeys(("pain_above_3", "pregnant", "diabetes_numb_feet", "blood_thinners"), False)),
    ],
)  # fmt: skip
def test_the_list_at_once(answers: list[str], before: dict[str, Any], found: dict[str, bool]) -> None:
    person = Person(answers)
    profile = Profile.model_validate(before)
    assert ask_safety(person.read, person.shown.append, profile) == found
    assert person.answers == []
    open_keys = safety_state(profile).open_keys
    listed = [each.text for each in SAFETY_QUESTIONS if each.key in open_keys]
    assert person.shown[1 : len(listed) + 1] == [f"  - {text}" for text in listed]


@pytest.mark.parametrize("told", [{each.key: False for each in SAFETY_QUESTIONS}, {"pregnant": True}])
def test_the_list_is_not_shown_when_all_is_answered_or_a_yes_is_there(told: dict[str, bool]) -> None:
    person = Person([])
    profile = Profile.model_validate({"safety": told})
    assert ask_safety(person.read, person.shown.append, profile) == {} and person.shown == []


def test_questions_that_make_no_sense_are_left_out() -> None:
    _, shown = asked(OPEN + "|".join([""] * 11 + ["small", "large", "", "none", "", "", "", ""]))
    assert not any("smaller one" in line or "On which side" in line for line in shown)
    assert not any("How much does it hurt" in line or "weeks" in line for line in shown[FIRST:])


def test_the_file_gives_the_defaults_and_a_dash_clears() -> None:
    before, _ = asked(ALL)
    again, shown = asked("|".join([""] * (FIRST + 25)), before)
    assert again == before
    assert any("now 9.5" in line for line in shown) and any(
        "now knee, plantar_fascia, achilles;" in x for x in shown
    )
    cleared, _ = asked(OPEN + "|".join(["", "", "-"] + [""] * 22), before)
    assert (cleared.runner, cleared.height_cm) == ("Ana", None)


def test_an_answer_that_makes_no_sense_is_asked_again() -> None:
    answers = OPEN + "Ana|old|60|tall|168|knee|||maybe|y||far|8||||huge|small|s|l||hip|none||up|none||"
    profile, shown = asked(answers, insist=True)
    assert (profile.height_cm, profile.left.knee_touched, profile.left.circle) == (168.0, True, "small")
    wrong = [line for line in shown if "or nothing if you do not know" in line]
    assert len(wrong) == 8
    assert profile.signs.pain_where == () and profile.signs.one_sided == "none"


def test_a_contradiction_is_asked_again_at_once() -> None:
    profile, shown = asked(OPEN + "|||||n||25|9|" + "|".join([""] * 12), insist=True)
    assert profile.left.tape_cm == 9.0
    assert any("contradicts tape_cm = 25" in line for line in shown)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (
            "maybe",
            "answer 1 (“Are you unable to take four steps, even with a limp?”): “maybe”: answer y or n",
        ),
        (f"{OPEN}Ana||tall", "answer 16 (“Body height”): “tall”: answer with a number of centimetres"),
        (f"{OPEN}Ana||17", "answer 16 (“Body height”): “17”: height_cm: 17.0 is out of range"),
        (f"{OPEN}|||||n||25", "contradicts tape_cm = 25"),
        (f"{OPEN}Ana||168||", "the answers end before question 19 (“Does the left knee touch?”)"),
        (f"{OPEN}{'|' * 15}knee|much", "answer with a whole number"),
        (f"{OPEN}{'|' * 15}knee|11", "pain_level: 11 is out of range. Give a whole number, 0 to 10"),
    ],
)
def test_piped_answers_must_be_right_the_first_time(answers: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        asked(answers)
    assert told in str(caught.value)


def test_no_answers_at_all() -> None:
    with pytest.raises(UsageError, match=r"^No answers came\. Give one line a question"):
        ask(lambda _: None, lambda _: None, insist=False)
