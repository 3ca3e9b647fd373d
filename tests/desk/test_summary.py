"""What lists say of a result, and how much it needs eyes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest

from dorsi.corrections import HeelCorrection
from dorsi.desk.summary import BORDERLINE, NOT_MEASURABLE, WARNED, WIDE, summary_of, urgency_of
from dorsi.engine.conclude.conclude import conclude
from dorsi.plan import load_books
from dorsi.report.build import with_review
from dorsi.report.model import Report
from dorsi.report.verdict import verdict_of
from dorsi.settings import Settings
from dorsi.types import Measurement
from dorsi.workflow.measure import report_of
from tests.recorded import evidence, peak_deg


@cache
def report(name: str, value: float | None = None, uncertainty_95: float | None = None) -> Report:
    """The report on a recorded clip; with a `value` as if that had been measured."""
    seen, settings = evidence(name), Settings()
    found = conclude(seen, settings)
    if value is not None:
        peak = found.measurements["peak_shin_angle_deg"]
        other = Measurement(value, uncertainty_95, peak.time_s, peak.frame)
        found = replace(found, measurements={**found.measurements, "peak_shin_angle_deg": other})
    return report_of(found, seen, settings, load_books())


def test_a_summary_says_what_a_list_shows() -> None:
    shown, found = report("left_lunge"), summary_of(report("left_lunge"))
    peak = shown.measurements.peak_shin_angle_deg
    assert found.keys() == {
        "test", "side", "status", "key", "unit", "value", "uncertainty_95", "peak_frame", "verdict", "tone",
        "sentence", "reasons", "warnings", "reviewed", "about",
    }  # fmt: skip
    assert (found["test"], found["side"], found["status"]) == ("lunge", "left", "measured")
    assert (found["key"], found["unit"]) == ("peak_shin_angle_deg", "°")
    assert (found["value"], found["uncertainty_95"], found["peak_frame"]) == (
        peak.value, peak.uncertainty_95, peak.frame,
    )  # fmt: skip
    assert (found["verdict"], found["reviewed"]) == (verdict_of(shown)[0], False)
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [("left_big_toe", "big_toe_extension_deg", 41.84), ("lunge", "peak_shin_angle_deg", 37.83)],
)
def test_each_test_is_told_by_the_quantity_that_answers_it(name: str, key: str, value: float) -> None:
    found = summary_of(report(name))
    assert (found["key"], found["value"]) == (key, value)


def test_no_number_is_told_with_its_reason() -> None:
    found = summary_of(report("x01"))
    assert (found["status"], found["value"], found["verdict"], found["peak_frame"]) == (
        "not_measurable", None, None, None,
    )  # fmt: skip
    assert [each["code"] for each in found["reasons"]] == ["not_side_view"]
    assert found["reasons"][0]["message"].endswith(".") and found["sentence"]
    assert found["tone"] == summary_of(report("x02"))["tone"]


def test_a_review_is_what_counts() -> None:
    refused, reviewed = report("x01"), report("left_lunge")
    at = datetime(2026, 3, 1, 10, tzinfo=UTC)
    both = with_review(refused, reviewed, [HeelCorrection(frame=3, to="down", by="Ana", at=at, why="seen")])
    found = summary_of(both)
    peak = peak_deg("left_lunge")
    assert (found["status"], found["value"], found["reviewed"]) == ("measured", peak, True)
    assert urgency_of(both) == 0


@pytest.mark.parametrize(
    ("found", "urgency"),
    [
        (report("x01"), NOT_MEASURABLE),
        (report("d02"), WARNED),
        (report("left_lunge"), 0),
        (report("left_lunge", 50.0, 6.5), WIDE),
        (report("left_lunge", 50.0, 6.0), 0),
        # Not the sum, the most: borderline counts whatever else there is.
        (report("d02", 12.0, 3.0), BORDERLINE),
    ],
)
def test_the_more_it_needs_eyes_the_higher(found: Report, urgency: int) -> None:
    assert urgency_of(found) == urgency
