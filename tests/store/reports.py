"""Reports by hand for the store's tests: any value, side, clip, test; small, so that tests stay fast.

Not here: tests.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any

from dorsi.report.model import Report
from dorsi.rules import load_rules
from tests.report.fake_analysis import fake_analysis, refused, report_of

__all__ = ["SCREEN", "at", "made", "refusal", "squat"]

SCREEN = '{"schema": "dorsi.screen/1", "note": "Žofie, both legs"}'


@cache
def _base() -> dict[str, Any]:
    document = report_of(fake_analysis()).model_dump(mode="json", by_alias=True)
    # Ten samples are enough of a curve.
    document["signals"] = {name: curve[:10] for name, curve in document["signals"].items()}
    return document


def made(
    value: float = 35.2,
    half: float | None = 2.0,
    *,
    again: float | None = None,
    side: str | None = "left",
    clip: str = "lunge.mp4",
    test: str = "lunge",
    quantity: str = "peak_shin_angle_deg",
    version: str = "0.1.0",
    **more: Any,
) -> Report:
    """A measured report; its clip's SHA-256 is that of the clip's name, other top-level keys as given.

    `again` is the part of the ± that repeats; None: as in a report that is older than that.
    """
    base = _base()
    clip_part = base["clip"] | {"file": clip, "sha256": sha256(clip.encode()).hexdigest()}
    entry: dict[str, Any] = {"value": value, "uncertainty_95": half, "time_s": 1.0, "frame": 30}
    if again is not None:
        entry["repeatability_95"] = again
    parts = {
        "clip": clip_part,
        "side": side,
        "test_leg": "near" if side == "right" else "far",
        "test": test,
        "measurements": base["measurements"] | {quantity: entry},
        "provenance": base["provenance"] | {"dorsi_version": version},
    }
    return Report.model_validate(base | parts | more)


def squat(*verdicts: str, clip: str = "squat.mp4") -> Report:
    """A deep squat of 110°; `verdicts` on depth, knees, heels."""
    rules = load_rules().rule_set().rules
    parts = [
        next(r for r in rules if r.name == name) for name in ("squat-depth", "squat-knees", "squat-heels")
    ]
    findings = [
        {
            "rule": rule.name, "verdict": verdict, "measurement": rule.measurement, "value": 110.0,
            "threshold": rule.threshold, "message": "Told.", "source": rule.source, "side": None,
            "title": rule.title,
        }
        for rule, verdict in zip(parts, verdicts, strict=True)
    ]  # fmt: skip
    return made(110.0, test="squat", quantity="peak_knee_flexion_deg", clip=clip, findings=findings)


def refusal() -> Report:
    """A clip without a number."""
    return report_of(refused())


def at(day: int, hour: int = 12) -> datetime:
    """A day of March 2026, UTC."""
    return datetime(2026, 3, day, hour, tzinfo=UTC)
