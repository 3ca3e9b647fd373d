"""The clinic's own rules and drills: put in when they hold together, taken out.

Not here: what they say and how they are checked (`dorsi.rules`, `dorsi.plan`).
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

from dorsi.desk.desk import Desk
from dorsi.desk.who import Who
from dorsi.errors import DeskError
from dorsi.plan import load_books

__all__ = ["BOOKS", "Book", "book_file", "drop_book", "put_book"]

Book = Literal["rules", "drills"]
BOOKS: Final[tuple[Book, ...]] = ("rules", "drills")
MOST_BYTES: Final = 2_000_000


def book_file(desk: Desk, who: Who, book: Book) -> Path | None:
    """The clinic's own book, None where Dorsi's is in force. Raises DeskError."""
    who.need_owner()
    file = desk.place.books / f"{book}.toml"
    return file if file.is_file() else None


def put_book(desk: Desk, who: Who, book: Book, text: bytes) -> None:
    """Put the clinic's own book in force, when it holds together with the other one.

    Raises DeskError, and RulesError or PlanError with the place of the first thing wrong.
    """
    who.need_owner()
    if len(text) > MOST_BYTES:
        raise DeskError("request_invalid", why="A file of rules or drills is smaller than 2 MB.")
    with TemporaryDirectory(dir=desk.place.root) as folder:
        tried = Path(folder) / f"{book}.toml"
        tried.write_bytes(text)
        other = {each: book_file(desk, who, each) for each in BOOKS} | {book: tried}
        load_books(other["rules"], other["drills"])
        tried.replace(desk.place.books / tried.name)
    desk.note_down(who, "put_book", f"book:{book}")


def drop_book(desk: Desk, who: Who, book: Book) -> None:
    """Go back to Dorsi's own. Raises DeskError, RulesError, PlanError when the other book needs this one."""
    other = {each: book_file(desk, who, each) for each in BOOKS} | {book: None}
    load_books(other["rules"], other["drills"])
    (desk.place.books / f"{book}.toml").unlink(missing_ok=True)
    desk.note_down(who, "dropped_book", f"book:{book}")
