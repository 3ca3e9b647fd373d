"""One look for every page Dorsi writes: the templates, with the words and numbers that all of them may use.

Not here: what one page shows (`report_page.py` and its like), how it looks (`templates/style.css`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from dorsi.engine.conclude.signals import HEEL_DOWN_MM
from dorsi.pages.drawings import drawing_of
from dorsi.plan import dose_in_words
from dorsi.plan.words import listed
from dorsi.profile import SAFETY_QUESTIONS
from dorsi.quantities import LUNGES, QUANTITIES, signed_difference, with_plus_minus
from dorsi.report.exam import EXAMS, POSTURES, young_adults_deg
from dorsi.types import Measurement

__all__ = ["environment", "render_page"]


DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SLOTS: Final = {"before_run": "before a run", "after_run": "after a run"}


def slots_in_words(slots: Sequence[str]) -> str:
    """`Before a run and after a run`; what a later version added is left out."""
    said = [_SLOTS[slot] for slot in slots if slot in _SLOTS]
    return listed(said).capitalize() if said else ""


def inline_drawing(name: str) -> str:
    """The drawing of a drill inside a page, where only a file of its own needs the address of the format."""
    return drawing_of(name).replace(' xmlns="http://www.w3.org/2000/svg"', "")


@lru_cache
def environment(*packages: str) -> Environment:
    """Templates of `dorsi.pages`, and before them those of `packages`, with the words and numbers of all."""
    # Autoescaping holds for every template: what comes from outside (file names, a runner's name) is text.
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in (*packages, "dorsi.pages")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["px"] = "{:.1f}".format
    environment.globals.update(
        # What a page stands in; where pages are served they stand in the site.
        base="page.html.j2",
        pm=with_plus_minus, signed=signed_difference, dose_in_words=dose_in_words, quantities=QUANTITIES,
        exams=EXAMS, postures=POSTURES, lunges=LUNGES, heel_down_mm=HEEL_DOWN_MM, young=young_adults_deg(),
        safety_questions=SAFETY_QUESTIONS,
        measurement=Measurement, drawing_of=inline_drawing, days=DAYS, slots_in_words=slots_in_words,
    )  # fmt: skip
    return environment


def render_page(template: str, **content: Any) -> str:
    """A page from a file of `templates`; a name missing in `content` raises, never prints empty.

    A template extends `page.html.j2` and takes its parts from `parts.html.j2`, so that all pages look alike:
    one self-contained file, no script, phone first, one A4 side on paper.
    """
    return environment().get_template(template).render(**content)
