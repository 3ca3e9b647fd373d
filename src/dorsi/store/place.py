"""Where the store lies, in a file or in the database of a server, and whether a file can be written.

Not here: opening it (`opening.py`).
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import platformdirs
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from dorsi.errors import StoreError

__all__ = ["VARIABLE", "DatabaseUrl", "StoreAt", "check_writable", "store_path"]

VARIABLE: Final = "DORSI_STORE"
"""Environment variable that names the file, or the server's database."""
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_DRIVER: Final = "postgresql+psycopg"


@dataclass(frozen=True, slots=True, repr=False)
class DatabaseUrl:
    """The database of a PostgreSQL server. As a text it has neither password nor options, fit to be shown."""

    url: URL

    def __repr__(self) -> str:
        # Options may hold passwords too.
        return self.url.set(query={}).render_as_string(hide_password=True)


StoreAt: TypeAlias = Path | DatabaseUrl


def store_path(chosen: str | StoreAt | None = None) -> StoreAt:
    """`chosen`, else what DORSI_STORE says, else `dorsi.sqlite3` in the user's data folder. A text with `://`
    is the URL of a server's database. Raises StoreError on a URL that is none."""
    if isinstance(chosen, DatabaseUrl):
        return chosen
    named = chosen or os.environ.get(VARIABLE)
    if not named:
        return platformdirs.user_data_path("dorsi", appauthor=False) / "dorsi.sqlite3"
    if isinstance(named, str) and (scheme := _SCHEME.match(named)):
        return _database(named, scheme[1])
    return Path(named).expanduser().absolute()


def _database(text: str, scheme: str) -> DatabaseUrl:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if (
        url is None
        or url.drivername not in {_DRIVER, "postgresql"}
        or not url.database
        # A password with a bare @ ends too early, and its rest would be shown.
        or "@" in f"{url.host}{url.database}"
    ):
        # What else was given is not told: where a password stands in it is anybody's guess.
        raise StoreError("database_url_wrong", scheme=scheme)
    return DatabaseUrl(url.set(drivername=_DRIVER))


def check_writable(path: Path) -> None:
    """Raise StoreError when the store, or a new one in its place, could not be written; nothing is made.

    For what takes long before it is stored.
    """
    there = os.path.exists(path)  # noqa: PTH110  says no, and raises nothing, where one may not look
    folder = next((each for each in path.parents if os.path.exists(each)), path.parent)  # noqa: PTH110
    if not folder.is_dir():
        raise StoreError("store_not_made", path=path, why="Not a directory")
    # A journal is written beside the file.
    if (there and not os.access(path, os.W_OK)) or not os.access(folder, os.W_OK | os.X_OK):
        what = path if there and not os.access(path, os.W_OK) else folder
        raise StoreError("store_read_only", path=what)
