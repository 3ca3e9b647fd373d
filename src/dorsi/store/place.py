"""Which file the store is, and whether it can be written. Not here: opening it (`database.py`)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import platformdirs

from dorsi.errors import StoreError

__all__ = ["VARIABLE", "check_writable", "store_path"]

VARIABLE: Final = "DORSI_STORE"
"""Environment variable that names the file."""


def store_path(chosen: str | Path | None = None) -> Path:
    """`chosen`, else what DORSI_STORE says, else `dorsi.sqlite3` in the user's data folder."""
    named = chosen or os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    return platformdirs.user_data_path("dorsi", appauthor=False) / "dorsi.sqlite3"


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
