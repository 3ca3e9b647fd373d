"""Pages filled and sent: the templates of `web` and those of `dorsi.pages` in one environment.

Not here: what a page says (`templates`), which page answers what (`routes`).
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from dorsi.desk.desk import Desk
from dorsi.desk.who import NOBODY, Who
from dorsi.pages.page import environment
from dorsi.web.words import ago, day, moment, role_in_words, size

__all__ = ["STATIC", "address_of", "page"]

STATIC: Final = Path(__file__).with_name("static")
GUIDE_PICTURES: Final = next(
    folder
    # In the wheel beside the other files, in a checkout where the guide has them.
    for folder in (STATIC / "guide", Path(__file__).resolve().parents[3] / "docs" / "images")
    if folder.is_dir()
)
PAGE_STYLE: Final = Path(environment().get_template("style.css").filename or "")
"""The look of every page that Dorsi writes, served pages too."""


def static_file(name: str) -> Path:
    """The file behind an address below /static. Raises FileNotFoundError on what is not one of ours."""
    if name == "style.css":
        return PAGE_STYLE
    folder = GUIDE_PICTURES if name.startswith("guide/filming_") else STATIC
    file = folder / name.removeprefix("guide/") if folder is GUIDE_PICTURES else folder / name
    if not file.resolve().is_relative_to(folder.resolve()) or not file.is_file():
        raise FileNotFoundError(name)
    return file


@lru_cache
def address_of(name: str) -> str:
    """Address of a file of `static`, with a mark of its content: it may be kept for a year."""
    digest = sha256(static_file(name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@lru_cache
def _environment() -> Environment:
    own = environment("dorsi.web").overlay()
    own.globals = environment("dorsi.web").globals | {
        "static": address_of, "ago": ago, "day": day, "moment": moment, "size": size,
        "role_in_words": role_in_words,
    }  # fmt: skip
    return own


def page(
    request: Request, template: str, *, who: Who = NOBODY, status_code: int = 200, **content: Any
) -> HTMLResponse:
    """A page from a file of `templates`; a name missing in `content` raises, never prints empty.

    Every template extends `site.html.j2` and is given `who`, `mode` ("one" or "clinic") and `path`.
    """
    desk: Desk = request.app.state.desk
    text = _environment().get_template(template).render(
        who=who, mode=desk.mode, path=request.url.path, **content
    )  # fmt: skip
    return HTMLResponse(text, status_code)
