"""Reads a file of rules or drills: checked against a model, one line on the first thing that is wrong.

Not here: what such a file may hold (`rules/schema.py`, `plan/book.py`), files of a person (`profile.py`).
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from dorsi.errors import PlanError, RulesError

__all__ = ["book_path", "read_book"]

Book = TypeVar("Book", bound=BaseModel)


def book_path(file: Path | None, variable: str, shipped: Path) -> Path:
    """`file`, else the file that the environment names in `variable`, else the `shipped` one."""
    return file or Path(os.environ.get(variable) or shipped)


def read_book(file: Path, model: type[Book], error: type[RulesError | PlanError]) -> tuple[Book, bytes]:
    """The checked content of `file`, and its bytes. Raises `error` with the place of the first fault."""
    try:
        raw = file.read_bytes()
        return model.model_validate(tomllib.loads(raw.decode("utf-8"))), raw
    except OSError as fault:
        raise error("book_unreadable", file=file.name, why=fault.strerror) from fault
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise error("book_invalid", file=file.name, key=where or "file", why=first["msg"]) from fault
    except ValueError as fault:  # not UTF-8, not TOML
        raise error("book_not_toml", file=file.name, why=str(fault)) from fault
