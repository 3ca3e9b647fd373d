"""What a person is told before a clip is filmed: the safety questions come before the phone.

Not here: what a yes does to results (`test_later_yes.py`), the pictures of the guide (`tests/docs`).
"""

from __future__ import annotations

import html
import re

from dorsi.profile import SAFETY_QUESTIONS
from tests.web.conftest import Served


def test_safety_comes_before_the_phone(clinic: Served) -> None:
    theirs = clinic.invited(clinic.runner("Ana Lima"))
    said = html.unescape(re.sub(r"<[^>]+>", "", theirs.get("/guide").text))
    phone = said.index("two to three metres")
    for question in SAFETY_QUESTIONS:
        assert said.index(f"{question.text} Yes: {question.whom}, {question.how_soon}.") < phone
    assert said.index("One yes, and you do not film") < phone


def test_the_page_to_film_on_names_the_safety_questions_first(clinic: Served) -> None:
    page = clinic.invited(clinic.runner("Ana Lima")).get("/me/film/left").text
    assert page.index("#safe") < page.index("Phone upright")
