"""The page of a screen: one HTML file, no script, phone first, one A4 side on paper.

Not here: its layout (`templates/screen.html.j2`), what is shown where (`screen_shown.py`), numbers
and sentences (`screen`).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from dorsi.pages.notes import EndNotes
from dorsi.pages.page import render_page
from dorsi.pages.screen_shown import answers_shown, cards, rules_shown
from dorsi.report.heeding import NUMBERS_STAY
from dorsi.rules import RuleBook
from dorsi.screen.model import ROLE_NAMES, Role, Screen

__all__ = ["render_screen_html", "screen_content"]


def render_screen_html(screen: Screen, rules: RuleBook, pictures: Mapping[Role, bytes] | None = None) -> str:
    """The page as text; `rules` explain what was found. `pictures` are JPEG bytes of the peak frames, put in
    the page; without them it shows the peak images beside it. Videos and reports are links, relative to the
    folder of the screen."""
    encoded = {
        role: f"data:image/jpeg;base64,{b64encode(jpeg).decode('ascii')}"
        for role, jpeg in (pictures or {}).items()
    }
    return render_page("screen.html.j2", **screen_content(screen, rules, encoded))


def screen_content(
    screen: Screen, rules: RuleBook, pictures: Mapping[Role, str], sheet_address: str = "plan.html"
) -> dict[str, Any]:
    """What `screen.html.j2` is filled with; `pictures` are addresses of peak frames, before those of the
    screen's own links; `sheet_address` is that of the plan alone."""
    shown: dict[Role, str] = {
        clip.role: clip.links.peak_image for clip in screen.clips if clip.links and clip.links.peak_image
    }
    shown |= pictures
    # Older screens have the sentences in one text alone.
    first, *rest = screen.headline.sentences or [screen.headline.runner]
    rule_set = rules.sets.get(screen.provenance.rules.name)
    return {
        "s": screen,
        "sheet_address": sheet_address,
        "first": first.removesuffix("."),
        "rest": _paragraphs(rest),
        "cards": cards(screen, rules),
        "notes": EndNotes(),
        "filed": any(clip.links for clip in screen.clips),
        "pictures": shown,
        "role_names": ROLE_NAMES,
        "answers": answers_shown(screen.answers),
        "rules": rules_shown(screen.findings),
        "links": rule_set.links_of(screen.findings) if rule_set else (),
        "cautions": dict.fromkeys([*screen.cautions, *screen.plan.cautions]),
    }


def _paragraphs(said: list[str]) -> list[str]:
    """Sentences in paragraphs: after a yes to a safety question the numbers stand apart."""
    cut = said.index(NUMBERS_STAY) + 1 if NUMBERS_STAY in said else len(said)
    return [" ".join(part) for part in (said[:cut], said[cut:]) if part]
