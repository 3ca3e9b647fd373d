"""The page of a screen: one HTML file, no script, phone first, one A4 side on paper.

Not here: its layout (`templates/screen.html.j2`), what is shown where (`shown.py`), numbers and sentences
(`build.py`, `words.py`).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

from dorsi.pages.page import render_page
from dorsi.pages.planned import said_once
from dorsi.pages.screen_shown import answers_shown, cards, clip_rows, number_rows, plan_shown, rules_shown
from dorsi.report.verdict import links_of
from dorsi.screen.model import Role, Screen

__all__ = ["render_screen_html"]


def render_screen_html(screen: Screen, pictures: Mapping[Role, bytes] | None = None) -> str:
    """The page as text. `pictures` are JPEG bytes of the peak frames, put into the page; without them it
    shows the peak images beside it. Videos and reports are links, relative to the folder of the screen."""
    shown: dict[Role, str] = {
        clip.role: clip.links.peak_image for clip in screen.clips if clip.links and clip.links.peak_image
    }
    for role, jpeg in (pictures or {}).items():
        shown[role] = f"data:image/jpeg;base64,{b64encode(jpeg).decode('ascii')}"
    first, _, rest = screen.headline.runner.partition(". ")
    plan = plan_shown(screen)
    names, facts = clip_rows(screen)
    return render_page(
        "screen.html.j2",
        s=screen,
        first=first.rstrip("."),
        rest=rest,
        cards=cards(screen, shown),
        answers=answers_shown(screen.answers),
        rules=rules_shown(screen.findings),
        links=links_of(screen.provenance.rules, screen.findings),
        plan=plan,
        numbers=number_rows(screen),
        clips=names,
        facts=facts,
        cautions=said_once([*screen.cautions, *plan.cautions]),
    )
