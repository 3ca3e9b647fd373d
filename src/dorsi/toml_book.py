"""Reads a file of rules or drills: checked against a model, one line on the first thing that is wrong.

Not here: what such a file may hold (`rules/schema.py`, `plan/book.py`), files of a person (`profile.py`).
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Generic, NamedTuple, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from dorsi.errors import CorrectionError, PlanError, RulesError, in_a_line

__all__ = [
    "BookFile", "Cited", "LoadedBook", "Named", "Names", "Strict", "Text", "first_fault", "load_book",
]  # fmt: skip

Text = Annotated[str, Field(min_length=1)]
Names = Annotated[list[str], Field(min_length=1)]


class Strict(BaseModel):
    """Frozen, every key known, no conversion of types, no NaN; `faults` tells what no field alone can."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    def faults(self) -> Iterator[str]:
        """What is wrong with fields that are right by themselves; only the first is told."""
        yield from ()

    @model_validator(mode="after")
    def _is_without_fault(self) -> Self:
        for fault in self.faults():
            raise ValueError(fault)
        return self


class Cited(Strict):
    """A table that names its sources by their keys."""

    sources: Names = Field(exclude=True)


class Named(Strict):
    """What a table is once its file is read: the name it has there, then its fields."""

    name: str


class BookFile(Strict):
    """What every book has: its own version, and whom it cites."""

    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    sources: dict[str, str]

    def cite(self, keys: Iterable[str]) -> str:
        """Full citations of these sources, in one line."""
        return "; ".join(self.sources[key] for key in keys)

    def unknown(self, what: str, known: Iterable[str], used: Mapping[str, Iterable[str]]) -> Iterator[str]:
        """A fault for each user of names that are not `known`."""
        for user, names in used.items():
            if strangers := set(names) - set(known):
                yield f"{user} names unknown {what} {sorted(strangers)}"


Model = TypeVar("Model", bound=BaseModel)
Book = TypeVar("Book", bound=BookFile)


class LoadedBook(NamedTuple, Generic[Book]):
    """A book as it was read; `file` is the name of its file where it is not the shipped one."""

    book: Book
    path: Path
    file: str | None
    sha256: str


def load_book(
    file: Path | None, variable: str, shipped: Path, model: type[Book], error: type[RulesError | PlanError]
) -> LoadedBook[Book]:
    """`file`, else the file that the environment names in `variable`, else the `shipped` one, checked.

    Raises `error` with the place of the first fault.
    """
    path = file or Path(os.environ.get(variable) or shipped)
    book, raw = read_toml(path, model, error)
    return LoadedBook(book, path, None if path == shipped else path.name, sha256(raw).hexdigest())


def read_toml(
    file: Path, model: type[Model], error: type[RulesError | PlanError | CorrectionError]
) -> tuple[Model, bytes]:
    """The checked content of `file`, and its bytes. Raises `error` with the first fault's place."""
    try:
        raw = file.read_bytes()
        return model.model_validate(tomllib.loads(raw.decode("utf-8"))), raw
    except OSError as fault:
        raise error("file_unreadable", file=file.name, why=fault.strerror) from fault
    except ValidationError as fault:
        where, why = first_fault(fault)
        raise error("file_invalid", file=file.name, place=where or "file", why=why) from fault
    except (ValueError, RecursionError) as fault:  # not UTF-8, not TOML, brackets without end
        raise error("file_not_toml", file=file.name, why=in_a_line(fault)) from fault


def first_fault(error: ValidationError) -> tuple[str, str]:
    """The place of the first thing that is wrong, "" for the whole, and what is wrong there."""
    first = error.errors()[0]
    return ".".join(str(part) for part in first["loc"]), first["msg"]
