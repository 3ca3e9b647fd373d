"""One look for every page Dorsi writes: the template environment, shared by report, screen and progress.

Not here: what a page says (`html.py` and its like elsewhere), how it looks (`templates/style.css`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

__all__ = ["render_page"]


@lru_cache
def _environment() -> Environment:
    # Autoescaping holds for every template: what comes from outside (file names, a runner's name) is text.
    environment = Environment(
        loader=PackageLoader("dorsi.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["px"] = "{:.1f}".format
    return environment


def render_page(template: str, **content: Any) -> str:
    """A page from a file of `templates`; a name missing in `content` raises, never prints empty.

    A template extends `page.html.j2` and takes its parts from `parts.html.j2`, so that all pages look alike:
    one self-contained file, no script, phone first, one A4 side on paper.
    """
    return _environment().get_template(template).render(**content)
