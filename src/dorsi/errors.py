"""The exception tree of Dorsi: every error a user can meet, as a code, its parameters, and one sentence.

A sentence says what is wrong and what to do, in words that fit a page, a program and a terminal alike; all of
them stand in `errors.toml`. Not here: options, commands and exit codes (`cli/words.py`); reasons why a clip
gets no number, which are results (`engine/conclude/quality.py`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import partial
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

__all__ = [
    "SENTENCES", "ClipEmpty", "ClipMissing", "ClipRefused", "ClipUnreadable", "CorrectionError", "DeskError",
    "DorsiError", "EvidenceError", "ModelError", "OutputError", "PlanError", "ProfileError", "ReportError",
    "RulesError", "RunnerUnknown", "ScreenError", "StoreError", "SystemLibraryMissing", "UsageError",
    "filled", "in_a_line", "printable", "readable", "sentences",
]  # fmt: skip

_HALF_SIGNS: Final = re.compile("[\ud800-\udfff]")


def sentences(module: str, name: str) -> Mapping[str, Any]:
    """What stands in the TOML file `name` beside a module (its `__file__`), to be read only."""
    return MappingProxyType(tomllib.loads(Path(module).with_name(name).read_text(encoding="utf-8")))


SENTENCES: Final[Mapping[str, Mapping[str, str]]] = sentences(__file__, "errors.toml")
"""By the name of the class and the code."""


class DorsiError(Exception):
    """Base of every error Dorsi raises on purpose. `str(error)` is one line fit for a user.

    `code` says which of its class's errors it is, and stays the same over versions; `params` are what its
    sentence is filled with: plain values, so that they can be written as JSON. `fact` is the sentence without
    its remedy, the last clause of the pattern. Raised as a subclass only.
    """

    def __init__(self, code: str, /, **params: object) -> None:
        self.code: Final = code
        self.params: Final = {name: _plain(value) for name, value in params.items()}
        sentence = SENTENCES[type(self).__name__][code]
        fact, stop, _ = sentence.rpartition(". ")
        self.fact: Final = filled(fact + stop.rstrip() if fact else sentence, self.params)
        super().__init__(filled(sentence, self.params))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled by its code and parameters: a worker may send it to another process."""
        return partial(type(self), self.code, **self.params), (), self.__dict__


def filled(sentence: str, params: Mapping[str, object]) -> str:
    """The sentence with its `{name}` replaced; a list reads `a, b, c`."""
    shown = {name: ", ".join(map(str, v)) if isinstance(v, list) else v for name, v in params.items()}
    return sentence.format(**shown)


def in_a_line(error: Exception) -> str:
    """What a library says is wrong with a text, in one line without signs that do something."""
    if isinstance(error, RecursionError):
        return "brackets within brackets without end"
    return printable(str(error))[:300]


def readable(text: str) -> str:
    """The text as a file can hold it: what Python makes of a file name that is not UTF-8 is no text."""
    return _HALF_SIGNS.sub("�", text)


def printable(text: str) -> str:
    """The text on one line; signs that move a cursor or change a colour become blanks."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in readable(text)).split())


def _plain(value: object) -> object:
    """What JSON can hold."""
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, str | Path):
        return readable(str(value))
    if value is None or isinstance(value, int) or (isinstance(value, float) and isfinite(value)):
        return value
    return repr(value)


class UsageError(DorsiError):
    """A choice or an answer that makes no sense."""


class ClipUnreadable(DorsiError):
    """The clip cannot be opened or holds no decodable picture."""


class ClipMissing(ClipUnreadable):
    """There is no file at the path, or the path is a folder."""


class ClipRefused(ClipUnreadable):
    """The clip is larger, longer or stranger than is accepted."""


class ClipEmpty(ClipUnreadable):
    """The file has no bytes, or no video frames."""


class ModelError(DorsiError):
    """Pose weights are missing, damaged, or not the ones Dorsi was checked with."""


class OutputError(DorsiError):
    """A result cannot be written (read-only folder, full disk)."""


class ReportError(DorsiError):
    """A report.json does not follow the contract."""


class RulesError(DorsiError):
    """A rules file or rule-set name is not valid."""


class ScreenError(DorsiError):
    """A screen.json does not follow the contract, or clips do not make a screen.

    Codes about clips also have `role` (and `other_role`, `fitting_roles`): names as in `screen.json`.
    """


class StoreError(DorsiError):
    """The store, or an export of one, cannot be read or written, or is not one of Dorsi's."""


class RunnerUnknown(StoreError):
    """The store has no runner of that name."""


class ProfileError(DorsiError):
    """A profile file is not valid: bad TOML, an unknown key, an answer that contradicts another."""


class PlanError(DorsiError):
    """A drills file is not valid, or an aim that no drill has was asked for."""


class EvidenceError(DorsiError):
    """An evidence file is missing, damaged, from a newer Dorsi, or lacks what is asked of it."""


class CorrectionError(DorsiError):
    """A correction is not valid, or does not fit the clip."""


class DeskError(DorsiError):
    """Something on the desk is not there, not allowed, or in the way of somebody else."""


class SystemLibraryMissing(DorsiError):
    """A library of the system that OpenCV or MediaPipe loads is not there."""
