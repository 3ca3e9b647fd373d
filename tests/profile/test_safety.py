"""The safety list: its questions, and what follows from answers, an age and a pain.

Not here: what a plan does about it (`tests/plan/test_safety.py`), asking (`test_questionnaire.py`).
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from dorsi.profile import SAFETY_QUESTIONS, Profile, Safety, load_profile, safety_state, save_profile

NO = {each.key: False for each in SAFETY_QUESTIONS}


def sore(level: int) -> dict[str, Any]:
    return {"pain_where": ["heel"], "pain_level": level}


def state(**answers: Any) -> Any:
    return safety_state(Profile.model_validate(answers))


def test_every_question_is_a_key_of_the_file_in_the_order_of_the_list() -> None:
    assert list(Safety.model_fields) == [each.key for each in SAFETY_QUESTIONS]
    assert len(SAFETY_QUESTIONS) == 13
    first = [each for each in SAFETY_QUESTIONS if each.group == "first"]
    assert [*first, *(each for each in SAFETY_QUESTIONS if each.group == "professional")] == list(
        SAFETY_QUESTIONS
    )


def test_a_question_is_short_and_its_words_are_plain() -> None:
    for each in SAFETY_QUESTIONS:
        assert each.text.endswith("?") and len(each.text) <= 80
        assert not re.search(r"diagnos|\brisk|thrombo|danger", f"{each.text} {each.said}", re.IGNORECASE)
        assert each.whom and each.how_soon and each.said[0].islower()


def test_what_is_urgent_is_todays_and_whose_time_it_is() -> None:
    urgent = {each.key: each.how_soon_by for each in SAFETY_QUESTIONS if each.how_soon.startswith("today")}
    assert urgent == {
        "cannot_take_four_steps": "list",
        "calf_swollen_hot_or_painful": "list",
        "bone_tender_or_deformed": "dorsi",
    }
    assert {each.how_soon_by for each in SAFETY_QUESTIONS[2:]} == {"dorsi"}


def test_the_line_says_whom_to_see_and_how_soon_gravest_first() -> None:
    found = state(safety=NO | {"pregnant": True, "calf_swollen_hot_or_painful": True})
    assert found.state == "stop"
    assert found.sentences[0] == (
        "Have it looked at first: see a doctor or an emergency department today, this is urgent, because a "
        "calf is swollen, hot or painful without a reason."
    )
    assert "Tell them this too: you are pregnant." in found.sentences
    assert "Dorsi's suggestion" not in found.line
    assert found.sentences[1] == (
        "A clot has to be ruled out first: do not rub, roll or stretch that calf. With chest pain or short "
        "of breath, call an ambulance now."
    )
    assert found.sentences[-2:] == (
        "Until that is cleared up, do no test and no drill, and run only if whoever has seen you says so.",
        "Then a therapist who has seen you can open the plan again.",
    )
    later = state(safety=NO | {"blood_thinners": True})
    assert later.sentences[0].startswith(
        "Only with a professional: see the doctor who prescribes them before"
    )
    assert "How soon is Dorsi's own suggestion: if it gets worse, go sooner." in later.sentences
    # What only asks for somebody's company says nothing of running.
    assert "Until that is cleared up, do no test and no drill." in later.sentences


def test_what_is_open_says_what_is_urgent_of_it() -> None:
    assert "with a yes to one of the first 2 see a doctor or an emergency department today." in state().line
    known = state(safety={"cannot_take_four_steps": False})
    assert "with a yes to the first see a doctor or an emergency department today." in known.line
    assert state(safety=NO | {"pregnant": None}).line.endswith("and have it looked at first.")


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({"safety": NO}, "clear"),
        ({}, "unanswered"),
        ({"safety": NO | {"stress_fracture": None}}, "unanswered"),
        ({"safety": {"stress_fracture": True}}, "stop"),
        # An age and a pain answer a question too; a yes of either counts.
        ({"safety": NO | {"under_18": None}, "age_group": "40-59"}, "clear"),
        ({"safety": NO | {"under_18": None}, "age_group": "under 18"}, "stop"),
        ({"safety": NO, "age_group": "under 18"}, "stop"),
        ({"safety": NO | {"under_18": True}, "age_group": "60+"}, "stop"),
        (
            {"safety": NO | {"pain_above_3": None}, "signs": {"pain_where": ["heel"], "pain_level": 3}},
            "clear",
        ),
        ({"safety": NO, "signs": {"pain_where": ["heel"], "pain_level": 4}}, "stop"),
        ({"safety": NO | {"pain_above_3": True}, "signs": {"pain_where": ["heel"], "pain_level": 0}}, "stop"),
    ],
)
def test_what_follows(answers: dict[str, Any], found: str) -> None:
    assert state(**answers).state == found


def test_the_first_open_questions_are_named() -> None:
    assert state().questions == tuple(each.text for each in SAFETY_QUESTIONS[:4])
    some = state(safety={each.key: False for each in SAFETY_QUESTIONS[:11]})
    assert some.questions == tuple(each.text for each in SAFETY_QUESTIONS[11:])
    assert all(question in some.line for question in some.questions)
    assert safety_state(None) == state()


def test_no_file_of_a_runner_can_lift(tmp_path: Any) -> None:
    """What lifts is no key of the profile, under any name."""
    assert not [name for name in Profile.model_fields if re.search(r"clear|lift|therap", name)]
    stopped = Profile.model_validate({"safety": {"pregnant": True}})
    save_profile(stopped, tmp_path / "ana.toml")
    assert load_profile(tmp_path / "ana.toml") == stopped
