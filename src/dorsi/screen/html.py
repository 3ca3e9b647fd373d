"""The page of a screen: one HTML file, no script.

Not here: its layout (`templates/screen.html.j2`), numbers and sentences (`build.py`).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined

from dorsi.report.verdict import with_plus_minus
from dorsi.screen.model import Role, Screen

__all__ = ["render_screen_html"]


def render_screen_html(screen: Screen, pictures: Mapping[Role, bytes] | None = None) -> str:
    """The page as text. `pictures` are JPEG bytes of the peak frames, put into the page; without them it
    links to the peak images beside it."""
    page = Environment(
        loader=PackageLoader("dorsi.screen", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("screen.html.j2")
    return page.render(
        s=screen,
        pm=with_plus_minus,
        pictures={role: b64encode(jpeg).decode("ascii") for role, jpeg in (pictures or {}).items()},
    )
