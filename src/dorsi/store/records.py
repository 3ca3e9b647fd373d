"""What the store hands out, and how a report becomes a row: plain frozen records.

Not here: queries (`store.py`), tables (`schema.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, Literal

from dorsi.quantities import RESULT_OF
from dorsi.report.model import Report, Verdict
from dorsi.report.verdict import verdict_of
from dorsi.types import Measurement, Side

__all__ = ["Imported", "Kept", "Outcome", "Point", "Record", "Runner", "Screen", "digest_of"]

Outcome = Literal["added", "same", "replaced"]


@dataclass(frozen=True, slots=True)
class Runner:
    """A runner and how much is kept of them; `last_at` is when they were measured last, UTC."""

    name: str
    added_at: datetime
    measurements: int
    screens: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Record:
    """One kept measurement without its report (see `Store.report`); moments UTC.

    `current` is false for an older version: the same leg in the same clip was measured again since.
    `verdict` is that of the test's headline quantity, of a squat the worst of its parts; `verdict_about` then
    names the parts it is of. `values` holds what was measured, by its key in the report.
    """

    id: int
    runner: str
    test: str
    side: Side | None
    posture: str | None
    measured_at: datetime
    kept_at: datetime
    current: bool
    clip_file: str
    clip_sha256: str
    dorsi_version: str
    model_name: str
    model_sha256: str
    rules_name: str
    rules_version: str
    rules_sha256: str
    verdict: Verdict | None
    verdict_about: str | None = None
    values: dict[str, Measurement] = field(default_factory=dict)

    @property
    def headline(self) -> Measurement:
        """The number that answers the test; its value is None where the store does not know the test."""
        return self.values.get(RESULT_OF.get(self.test, ""), Measurement())

    @property
    def verdict_in_words(self) -> str:
        """`meets`, or `limited: heels`."""
        words = (self.verdict or "not compared").replace("_", " ")
        return words if self.verdict_about is None else f"{words}: {self.verdict_about}"


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a series, in the unit of its measurement; `uncertainty_95` None = unknown, and
    `repeatability_95` None = that part of it is not told."""

    measured_at: datetime
    value: float
    uncertainty_95: float | None
    record: Record
    repeatability_95: float | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """A kept screen: the text of its screen.json."""

    runner: str
    measured_at: datetime
    kept_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a report or screen that was added.

    "added": new. "same": it was there already, nothing changed. "replaced": it counts now instead of an
    earlier report of the same leg in the same clip, which is kept as an older version. `redated_from` is the
    date it had before, when a date was given that differs. `new_runner` says that the runner was not known;
    `similar` then names runners that may have been meant. `other_side` is the other leg's name when this
    clip is also kept as that.
    """

    runner: str
    outcome: Outcome
    measured_at: datetime
    redated_from: datetime | None = None
    new_runner: bool = False
    similar: tuple[str, ...] = ()
    other_side: Side | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought, and what was there already."""

    runners: int
    new_runners: int
    reports: int
    new_reports: int
    screens: int
    new_screens: int


def digest_of(text: str) -> str:
    """SHA-256 of a text as UTF-8."""
    return sha256(text.encode("utf-8")).hexdigest()


def columns_of(report: Report) -> dict[str, Any]:
    """What the measurement table knows of a report, as reviewed, besides its text and dates."""
    report = report.as_reviewed()
    provenance = report.provenance
    verdict, about = _verdict(report)
    return {
        "test": report.test, "side": report.side, "test_leg": report.test_leg,
        # Reports older than the posture have none.
        "posture": getattr(report, "posture", None),
        "clip_file": report.clip.file, "clip_sha256": report.clip.sha256,
        "dorsi_version": provenance.dorsi_version,
        "model_name": provenance.model.name, "model_sha256": provenance.model.sha256,
        "rules_name": provenance.rules.name, "rules_version": provenance.rules.version,
        "rules_sha256": provenance.rules.sha256,
        "verdict": verdict, "verdict_about": about,
    }  # fmt: skip


def values_of(report: Report) -> dict[str, Measurement]:
    """Everything that was measured, as reviewed, also under keys that are newer than this version."""
    found = {}
    for name, entry in report.as_reviewed().measurements.model_dump().items():
        if isinstance(entry, dict) and isinstance(entry.get("value"), int | float):
            found[name] = Measurement(**{key: entry.get(key) for key in _MEASUREMENT_KEYS})
    return found


_MEASUREMENT_KEYS: Final = tuple(each.name for each in fields(Measurement))


def _verdict(report: Report) -> tuple[Verdict | None, str | None]:
    about = [f for f in report.findings if f.measurement == RESULT_OF[report.test]]
    if about and report.test != "squat":
        return about[0].verdict, None
    return verdict_of(report)
