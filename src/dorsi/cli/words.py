"""What the command line makes of an error: its exit code, and its sentence with options and commands named.

The sentences stand in `words.toml`. Not here: those that hold without a command line (`dorsi/errors.toml`),
printing (`common.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from dorsi import errors
from dorsi.errors import DorsiError, filled, sentences

if TYPE_CHECKING:
    from dorsi.report.model import Reason, Report

__all__ = ["WORDS", "exit_code_of", "in_words", "warning_in_words"]

_WRONG_CALL: Final = (
    errors.CorrectionError, errors.PlanError, errors.ProfileError, errors.RulesError, errors.RunnerUnknown,
    errors.ScreenError, errors.UsageError,
)  # fmt: skip

WORDS: Final[Mapping[str, str]] = sentences(__file__, "words.toml")
"""By code, what is said in place of an error's own sentence."""


def exit_code_of(*found: Exception | Report | None) -> int:
    """The worst of 0 measured (or nothing at all), 2 wrong call, 3 not measurable, 4 no result."""
    return max(map(_code_of, found), default=0)


def _code_of(found: Exception | Report | None) -> int:
    if isinstance(found, Exception):
        return 2 if isinstance(found, _WRONG_CALL) else 4
    return 0 if found is None or found.status == "measured" else 3


def in_words(error: Exception) -> str:
    """What is wrong and what to do about it, for somebody at a terminal."""
    if isinstance(error, DorsiError):
        return _said(error.code, str(error), error.fact, error.params | _options(error.params))
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}. Check the path, and who may use it."
    return f"a fault in Dorsi ({type(error).__name__}: {error}). Run again with --verbose and report it."


def warning_in_words(warning: Reason) -> str:
    """A warning of a report, likewise."""
    return _said(warning.code, warning.message, f"{warning.short}.", {})


def _said(code: str, sentence: str, fact: str, params: Mapping[str, object]) -> str:
    return filled(WORDS.get(code, "{sentence}"), {**params, "sentence": sentence, "fact": fact})


def _options(params: Mapping[str, object]) -> dict[str, object]:
    """The options that parameters stand for."""
    found: dict[str, object] = {}
    for name, option in (("role", "place"), ("other_role", "other_place"), ("setting", "option")):
        if name in params:
            found[option] = _option(params[name])
    if isinstance(roles := params.get("fitting_roles"), list):
        found["fitting"] = " or ".join(map(_option, roles))
    if "knee_touched" in params:
        found["touch"] = "--knee-touched" if params["knee_touched"] else "--no-knee-touched"
    return found


def _option(name: object) -> str:
    """Options are spelled like the roles of a screen and the fields of `Settings`."""
    return f"--{str(name).removesuffix('_px').replace('_', '-')}"
