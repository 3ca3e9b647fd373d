"""The page of a screen: one HTML file, no script, phone first, one A4 side on paper.

Not here: its layout (`templates/screen.html.j2`), what is shown where (`shown.py`), numbers and sentences
(`build.py`, `words.py`).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

from dorsi.pages.page import render_page
from dorsi.pages.planned import plan_shown
from dorsi.pages.screen_shown import answers_shown, cards, clip_rows, number_rows, rules_shown
from dorsi.pages.technical import book_in_words
from dorsi.rules import RuleBook
from dorsi.screen.model import Role, Screen

__all__ = ["render_screen_html"]


def render_screen_html(screen: Screen, rules: RuleBook, pictures: Mapping[Role, bytes] | None = None) -> str:
    """The page as text; `rules` explain what was found. `pictures` are JPEG bytes of the peak frames, put in
    the page; without them it shows the peak images beside it. Videos and reports are links, relative to the
    folder of the screen."""
    shown: dict[Role, str] = {
        clip.role: clip.links.peak_image for clip in screen.clips if clip.links and clip.links.peak_image
    }
    for role, jpeg in (pictures or {}).items():
        shown[role] = f"data:image/jpeg;base64,{b64encode(jpeg).decode('ascii')}"
    # Older screens have the sentences in one text alone.
    first, *rest = screen.headline.sentences or [screen.headline.runner]
    plan = plan_shown(screen.plan.items, screen.plan)
    rule_set = rules.sets.get(screen.provenance.rules.name)
    names, facts = clip_rows(screen)
    return render_page(
        "screen.html.j2",
        s=screen,
        first=first.removesuffix("."),
        rest=" ".join(rest),
        cards=cards(screen, shown, rules),
        answers=answers_shown(screen.answers),
        rules=rules_shown(screen.findings),
        links=rule_set.links_of(screen.findings) if rule_set else (),
        plan=plan,
        book=book_in_words,
        numbers=number_rows(screen),
        clips=names,
        facts=facts,
        cautions=dict.fromkeys([*screen.cautions, *plan.cautions]),
    )
