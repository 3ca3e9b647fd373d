"""Routes of the settings: limits as they are, the clinic's own rules and drills.

Not here: what they rest on (`desk/books.py`), accounts (`accounts.py`), phones (`links.py`).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from dorsi import __version__
from dorsi.desk.books import BOOKS, MOST_BYTES, Book, book_file, drop_book, put_book
from dorsi.errors import DeskError
from dorsi.plan.book import DRILLS_FILE
from dorsi.rules.book import RULES_FILE
from dorsi.web.render import page
from dorsi.web.security import Asking, TheDesk

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/settings")
def show(request: Request, who: Asking, desk: TheDesk) -> HTMLResponse:
    """What is set, and where it is changed."""
    who.need_owner()
    own = {book: book_file(desk, who, book) is not None for book in BOOKS}
    return page(
        request, "settings.html.j2", who=who, limits=desk.limits, own=own, place=desk.place,
        config=request.app.state.config, version=__version__,
    )  # fmt: skip


@router.get("/settings/books/{book}")
def read(book: Book, who: Asking, desk: TheDesk) -> FileResponse:
    """The book in force as a file, to change it."""
    file = book_file(desk, who, book) or {"rules": RULES_FILE, "drills": DRILLS_FILE}[book]
    return FileResponse(file, filename=f"{book}.toml", media_type="application/toml")


@router.post("/settings/books/{book}")
def put(book: Book, who: Asking, desk: TheDesk, file: Annotated[UploadFile, File()]) -> RedirectResponse:
    """Put a book of the clinic's own in force."""
    who.need_owner()
    text = file.file.read(MOST_BYTES + 1)
    if not text:
        raise DeskError("request_invalid", why="Choose a file.")
    put_book(desk, who, book, text)
    return RedirectResponse("/settings", HTTPStatus.SEE_OTHER)


@router.post("/settings/books/{book}/drop")
def drop(book: Book, who: Asking, desk: TheDesk) -> RedirectResponse:
    """Go back to Dorsi's own."""
    drop_book(desk, who, book)
    return RedirectResponse("/settings", HTTPStatus.SEE_OTHER)
