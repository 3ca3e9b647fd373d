"""Which file the store is. Not here: opening it (`database.py`)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import platformdirs

__all__ = ["VARIABLE", "store_path"]

VARIABLE: Final = "DORSI_STORE"
"""Environment variable that names the file."""


def store_path(chosen: str | Path | None = None) -> Path:
    """`chosen`, else what DORSI_STORE says, else `dorsi.sqlite3` in the user's data folder."""
    named = chosen or os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    return platformdirs.user_data_path("dorsi", appauthor=False) / "dorsi.sqlite3"
