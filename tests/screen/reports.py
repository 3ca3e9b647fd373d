"""Reports of clips that nobody filmed, and screens of them, for the tests of the screen. Not here: tests."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import lru_cache
from typing import Any

from dorsi.plan import load_books
from dorsi.profile import Profile
from dorsi.report.model import Measured, Reason, Report
from dorsi.screen.build import RoleReport, build_screen
from dorsi.screen.model import Screen
from dorsi.types import CameraView
from tests.report.fake_analysis import fake_analysis, refused, report_of

BOOKS = load_books()
DAY = dt.date(2026, 1, 31)
SQUARE = CameraView(0.0, 10.0, 0.0, 8.0, 400.0)


@lru_cache
def _lunge(peak_deg: float, half_deg: float) -> Report:
    return report_of(replace(fake_analysis(peak_deg, half_deg), camera_view=SQUARE, warnings=()))


def lunge(side: str = "left", peak_deg: float = 30.0, half_deg: float = 2.0, **changes: Any) -> Report:
    """A measured lunge, square to the camera and level; the sha256 is that of the side."""
    report = with_roll(_lunge(peak_deg, half_deg), 0.0)
    return changed(report, side=side, **changes)


def refusal(side: str = "left") -> Report:
    """A lunge that gave no number."""
    found = replace(refused(), camera_view=SQUARE)
    return changed(report_of(found), side=side)


def other_test(test: str, side: str | None, key: str, value: float | None, half: float = 3.0) -> Report:
    """A clip of another test with one number; None: refused."""
    report = changed(lunge(side or "left"), test=test, side=side, reps=[], sha=f"{test[0]}{side}")
    empty = Measured(value=None, uncertainty_95=None, time_s=None, frame=None)
    values: dict[str, Any] = dict.fromkeys(type(report.measurements).model_fields, empty)
    if value is not None:
        values[key] = Measured(value=value, uncertainty_95=half, time_s=1.0, frame=30)
    report = report.model_copy(update={"measurements": report.measurements.model_copy(update=values)})
    if value is None:
        reason = Reason(code="shoes", message="The test was filmed in shoes. Repeat it barefoot.")
        report = report.model_copy(update={"status": "not_measurable", "reasons": [reason]})
    return report


def toe(side: str = "left", value_deg: float | None = 40.0, half_deg: float = 3.0) -> Report:
    """A big-toe clip."""
    return other_test("big_toe", side, "big_toe_extension_deg", value_deg, half_deg)


def straight(
    side: str = "left", peak_deg: float | None = 25.0, half_deg: float = 2.0, **changes: Any
) -> Report:
    """A knee-straight lunge: never judged, so without findings and plan; None: refused."""
    changes |= {"test": "lunge_straight", "findings": [], "plan": [], "plan_note": None, "side": side}
    report = refusal(side) if peak_deg is None else lunge(side, peak_deg, half_deg)
    return changed(report, sha=f"straight{side}", file=f"{side}_straight.mp4", **changes)


def with_crest(report: Report, value_deg: float, half_deg: float = 2.0) -> Report:
    """The lunge with a shin crest angle."""
    crest = Measured(value=value_deg, uncertainty_95=half_deg, time_s=1.0, frame=30)
    measurements = report.measurements.model_copy(update={"peak_crest_angle_deg": crest})
    return report.model_copy(update={"measurements": measurements})


def squat(flexion_deg: float | None = 110.0, heel_mm: float | None = None) -> Report:
    """A squat with a knee bend, and a heel lift where one is given."""
    report = other_test("squat", None, "peak_knee_flexion_deg", flexion_deg)
    if heel_mm is None:
        return report
    lift = Measured(value=heel_mm, uncertainty_95=1.0, time_s=1.0, frame=30)
    measurements = report.measurements.model_copy(update={"max_heel_lift_mm": lift})
    return report.model_copy(update={"measurements": measurements})


def changed(report: Report, *, sha: str | None = None, file: str | None = None, **changes: Any) -> Report:
    """The report with other keys; `sha` of the clip is made from its side unless given."""
    side = changes.get("side", report.side)
    clip = report.clip.model_copy(
        update={"sha256": (sha or f"{side}").ljust(64, "0"), "file": file or f"{side}.mp4"}
    )
    return report.model_copy(update={"clip": clip, **changes})


def with_roll(report: Report, roll_deg: float | None, half_deg: float | None = 0.5) -> Report:
    """The report with another camera roll; None: not known."""
    roll = Measured(value=roll_deg, uncertainty_95=half_deg, time_s=None, frame=None)
    measurements = report.measurements.model_copy(update={"camera_roll_deg": roll})
    return report.model_copy(update={"measurements": measurements})


def with_view(report: Report, **changes: float | None) -> Report:
    """The report with another view."""
    assert report.view is not None
    return report.model_copy(update={"view": report.view.model_copy(update=changes)})


def warned(report: Report, code: str) -> Report:
    """The report with one more warning."""
    return report.model_copy(update={"warnings": [*report.warnings, Reason(code=code, message="Told.")]})


def screen(*, rules: str = "runner", profile: Profile | None = None, **reports: Any) -> Screen:
    """The screen of reports by role."""
    given = [RoleReport(role, report) for role, report in reports.items()]  # type: ignore[arg-type]
    return build_screen(given, BOOKS, rule_set=rules, date=DAY, profile=profile)
