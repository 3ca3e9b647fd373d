"""Safety on every page that could show a plan: a yes shows none, no answer says so above a safe one.

Not here: what follows from the answers (`tests/plan/test_safety.py`), the facts (`tests/docs/test_facts.py`).
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dorsi.pages.drawings import drawing_of
from dorsi.pages.plan_page import render_plan_html
from dorsi.pages.report_page import render_html
from dorsi.pages.screen_page import render_screen_html
from dorsi.profile import SAFETY_QUESTIONS, Profile
from dorsi.report.build import build_report
from dorsi.report.model import Reason
from dorsi.screen.build import RoleReport, build_screen
from dorsi.screen.model import Screen
from dorsi.settings import Settings
from tests.pages.test_report_page import Page
from tests.report.fake_analysis import fake_analysis, refused
from tests.screen.reports import BOOKS, DAY, lunge, squat, toe

KEYS = [each.key for each in SAFETY_QUESTIONS]
GIVEN = [
    RoleReport("left", lunge("left", 34.0)), RoleReport("right", lunge("right", 8.0)),
    RoleReport("right_toe", toe("right", 12.0)), RoleReport("squat", squat(70.0)),
]  # fmt: skip
ANSWER = st.sampled_from([True, False, None])
NO_STEPS = re.compile(r'class="(plan|week|stages|draw)')


def screened(profile: Profile | None) -> Screen:
    return build_screen(GIVEN, BOOKS, date=DAY, profile=profile)


@settings(max_examples=60, deadline=None)
@given(
    answers=st.tuples(*[ANSWER] * len(KEYS)).filter(lambda told: True in told),
    pain=st.sampled_from([[], ["knee"], ["achilles", "plantar_fascia"]]),
)
def test_no_page_shows_a_plan_after_a_yes(answers: tuple[bool | None, ...], pain: list[str]) -> None:
    told = {key: yes for key, yes in zip(KEYS, answers, strict=True) if yes is not None}
    profile = Profile.model_validate({"safety": told, "signs": {"pain_where": pain}})
    found = screened(profile)
    text = render_screen_html(found, BOOKS.rules)
    gravest = min((q for q in SAFETY_QUESTIONS if told.get(q.key)), key=lambda q: q.urgency)
    words = Page(text).words
    assert not NO_STEPS.search(text.split("</style>")[1])
    assert found.headline.sentences[0].removesuffix(".") in words
    assert gravest.whom in found.headline.sentences[0]
    assert gravest.how_soon in found.headline.sentences[0]
    drills = [drill.title for drill in BOOKS.drills.drills.values()]
    assert not [title for title in drills if title in words]
    assert "Measure again" not in words
    report = build_report(fake_analysis(8.0, 2.0), [], Settings(), BOOKS, "0" * 64, profile)
    alone = render_html(report, None, None, BOOKS.rules)
    assert not NO_STEPS.search(alone.split("</style>")[1])
    # Whom to see comes before any number, and nothing is said of filming again.
    shown = Page(alone).words
    said = f"see {gravest.whom} {gravest.how_soon}, because {gravest.said} "
    assert shown.index(said) < shown.index("8.0°")
    assert "film" not in shown.lower()


def test_a_refused_clip_says_whom_to_see_and_not_how_to_film_again() -> None:
    profile = Profile.model_validate({"safety": {"stress_fracture": True}})
    found = refused(fake_analysis(8.0, 2.0))
    page = Page(
        render_html(build_report(found, [], Settings(), BOOKS, "0" * 64, profile), None, None, BOOKS.rules)
    )
    assert page.words.index("see the doctor who treats it") < page.words.index("No number from this clip")
    assert "How to film it again" not in page.words


def test_unanswered_is_said_above_the_plan_with_the_first_four_questions() -> None:
    words = Page(render_screen_html(screened(None), BOOKS.rules)).words
    start = words.index("Before you start.")
    assert start < words.index("Calf stretch")
    for question in SAFETY_QUESTIONS[:4]:
        assert question.text in words[start:]
    # The others, folded away, each with whom to see and how soon.
    folded = words[words.index("All 13 questions") :]
    for question in SAFETY_QUESTIONS:
        assert f"{question.text} Yes: {question.whom}, {question.how_soon}." in folded
        assert words.count(question.text) == (2 if question in SAFETY_QUESTIONS[:4] else 1)
    # Before the first number it is said that they are open.
    assert words.index("Safety questions are open") < words.index("°")


def test_the_sheet_has_every_question_while_one_is_open() -> None:
    plan = screened(None).plan
    words = Page(render_plan_html(plan, who="Ana", date=f"{DAY}")).words
    start, first_drill = words.index("Not this sheet before all 13"), words.index(plan.items[0].drill)
    for question in SAFETY_QUESTIONS:
        told = f"{question.text} Yes: {question.whom}, {question.how_soon}."
        assert start < words.index(told) < first_drill
    clear = screened(Profile.model_validate({"safety": dict.fromkeys(KEYS, False)})).plan
    assert "Not this sheet" not in Page(render_plan_html(clear, who="Ana", date=f"{DAY}")).words


def test_after_a_yes_nothing_tells_how_to_film_again() -> None:
    again = Reason(code="one_rep", message="One repetition. Film three in a row.", short="One repetition")
    given = [RoleReport("left", lunge("left", 34.0).model_copy(update={"warnings": [again]}))]
    for stress_fracture, told in ((False, True), (True, False)):
        answers = {"safety": dict.fromkeys(KEYS, False) | {"stress_fracture": stress_fracture}}
        profile = Profile.model_validate(answers)
        screen = build_screen(given, BOOKS, date=DAY, profile=profile)
        words = Page(render_screen_html(screen, BOOKS.rules)).words
        assert "One repetition." in words and ("Film three" in words) is told


def test_a_pain_that_is_to_be_seen_is_on_the_sheet_with_what_is_left_out() -> None:
    signs = {"pain_where": ["knee"]}
    plan = screened(Profile.model_validate({"safety": dict.fromkeys(KEYS, False), "signs": signs})).plan
    words = Page(render_plan_html(plan, who="Ana", date=f"{DAY}")).words
    assert "See a physical therapist with this page" in words and BOOKS.drills.pain_now in words
    assert "Left out because of the pain in the knee: " in words
    assert BOOKS.drills.after_seen in words and "four such sheets" not in words


@pytest.mark.parametrize("drill", BOOKS.drills.drills.values(), ids=lambda drill: drill.name)
def test_a_drill_on_the_sheet_is_named_dosed_told_and_drawn(drill: object) -> None:
    known = BOOKS.drills.drills[drill.name]  # type: ignore[attr-defined]
    plan = screened(Profile.model_validate({"safety": dict.fromkeys(KEYS, False)})).plan
    item = plan.items[0].model_copy(
        update={"name": known.name, "drill": known.title, "dose": known.dose, "steps": known.steps}
    )
    text = render_plan_html(plan.model_copy(update={"items": [item]}), who="Ana", date=f"{DAY}")
    words = Page(text).words
    assert known.title in words and known.dose in words and known.steps in words
    assert drawing_of(known.name) and "<svg" in text
    assert all(stage.title in words for stage in BOOKS.drills.stages)
