"""Every quantity that Dorsi measures or a rule compares: its key in the contracts, unit, names, tests.

Not here: the entries (`quantities.toml`), values, thresholds (`rules/rules.toml`), what each test is called
on a page (`report/exams.toml`).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from math import hypot
from pathlib import Path
from typing import Any, Final, Literal, Protocol

__all__ = [
    "DECIDING", "JOINTS", "KNEES", "LUNGES", "MEASUREMENT_KEYS", "QUANTITIES", "RESULT_OF", "TEST_NAMES",
    "UNIT_SIGNS", "UNJUDGED", "VERBS", "Quantity", "Repeated", "TestName", "Unit", "again_95", "change_95",
    "signed_difference", "with_plus_minus",
]  # fmt: skip

TestName = Literal["lunge", "lunge_straight", "big_toe", "squat"]
Unit = Literal["deg", "mm", "cm", "%", "yes/no", "signs", "tests"]
UNIT_SIGNS: Final[dict[str, str]] = {"deg": "°", "mm": " mm", "cm": " cm", "%": " %"}
"""What is written behind a number; nothing behind a count."""
LUNGES: Final[tuple[TestName, ...]] = ("lunge", "lunge_straight")
"""Tests of one leg's shin over a foot that stays down; the same angle, of a bent and of a straight knee."""
TEST_NAMES: Final[dict[str, str]] = {
    "lunge": "Lunge", "lunge_straight": "Knee-straight lunge", "big_toe": "Big toe", "squat": "Deep squat",
}  # fmt: skip
JOINTS: Final[dict[str, str]] = {
    "lunge": "ankle", "lunge_straight": "calf", "big_toe": "big toe", "squat": "leg",
}  # fmt: skip
"""What each test is about."""
VERBS: Final[dict[str, tuple[str, str]]] = {
    "lunge": ("bends", "bend"), "lunge_straight": ("bends", "bend"), "big_toe": ("lifts", "lift"),
}  # fmt: skip
"""What a joint does, what both do."""
UNJUDGED: Final[tuple[TestName, ...]] = ("lunge_straight",)
"""Tests that no source gives a reference for: told, compared side with side, never judged."""
KNEES: Final[dict[str, str]] = {"lunge_straight": "knee straight"}
"""How the knee is held, where the same quantity of another test is easily confused with it."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity; texts are "" and keys None where it has none.

    `label` stands beside its number, `name` heads a row, `short_name` one for the therapist, `phrase` is for
    sentences, `part` for a squat. `tests`: where it is shown left beside right, its own test first. `role`:
    "result" answers the tests that it `decides`, "alternative" may be judged in its place, "context" neither.
    `curve`: its signal over the clip.
    """

    key: str
    unit: Unit
    label: str = ""
    name: str = ""
    short_name: str = ""
    phrase: str = ""
    part: str = ""
    tests: tuple[TestName, ...] = ()
    role: Literal["result", "alternative", "context"] = "context"
    decides: tuple[TestName, ...] = ()
    curve: str | None = None

    @property
    def sign(self) -> str:
        """The unit as it is written behind a number."""
        return UNIT_SIGNS.get(self.unit, "")


def _quantity(key: str, table: dict[str, Any]) -> Quantity:
    tests = tuple(table.get("tests", ()))
    decides = tuple(table.get("decides", tests[:1] if "role" in table else ()))
    return Quantity(key, **table | {"tests": tests, "decides": decides})


_TABLES: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_MEASURED: Final = [_quantity(key, table) for key, table in _TABLES["measured"].items()]
_DERIVED: Final = [_quantity(key, table) for key, table in _TABLES["derived"].items()]
QUANTITIES: Final = {each.key: each for each in (*_MEASURED, *_DERIVED)}
MEASUREMENT_KEYS: Final = tuple(each.key for each in _MEASURED)
"""Keys of a report's `measurements`."""
RESULT_OF: Final[dict[str, str]] = {
    test: q.key for q in _MEASURED if q.role == "result" for test in q.decides
}
"""The measurement a test is for."""
DECIDING: Final[dict[str, tuple[str, ...]]] = {
    test: (key, *(q.key for q in _MEASURED if q.role == "alternative" and test in q.decides))
    for test, key in RESULT_OF.items()
}
"""What may decide a test: its result, then what a rule set may judge in its place."""


class Value(Protocol):
    """A number with its 95 % half-width, None where not known: a `Measurement`, or one of a report."""

    @property
    def value(self) -> float | None: ...
    @property
    def uncertainty_95(self) -> float | None: ...


class Repeated(Value, Protocol):
    """The same with the part of its half-width that differs between two clips of one leg."""

    @property
    def repeatability_95(self) -> float | None:
        """None where the parts are not told apart."""


def again_95(found: Repeated) -> float | None:
    """What two clips of one leg may differ by on either side, 95 %: the whole ± where its parts are not told
    apart; None where no ± is known."""
    return found.uncertainty_95 if found.repeatability_95 is None else found.repeatability_95


def change_95(before: Repeated, after: Repeated) -> float | None:
    """95 % half-width of `after` less `before`, both of one leg; None where a ± is not known.

    What both hold of the leg's own drops out. Where one holds more of it (the other is older than
    `repeatability_95`, or its line was drawn by hand), the rest stays.
    """
    own, again = [], []
    for each in (before, after):
        whole, part = each.uncertainty_95, again_95(each)
        if whole is None or part is None:
            return None
        again.append(part)
        own.append(max(0.0, whole**2 - part**2) ** 0.5)
    return hypot(*again, own[0] - own[1])


def with_plus_minus(found: Value, sign: str = "°") -> str:
    """`38.2° ± 2.1°`, `−0.5 mm ± 2.5 mm`, `78 % ± 5 %`; an unknown ± is said, never shown as 0."""
    if found.value is None:
        return "not measured"
    digits = 0 if sign.strip() == "%" else 1
    value = f"{found.value:z.{digits}f}{sign}".replace("-", "−")
    if found.uncertainty_95 is None:
        return f"{value} (± unknown)"
    return f"{value} ± {found.uncertainty_95:.{digits}f}{sign}"


def signed_difference(found: Value, sign: str = "°") -> str:
    """The same for what may go either way: a gain has its plus."""
    return f"{'+' if (found.value or 0) > 0 else ''}{with_plus_minus(found, sign)}"
