"""What a report leaves unsaid: a plan that a safety answer stops, or that a screen has. Not here: pages."""

from __future__ import annotations

import datetime as dt

from dorsi.corrections import HeelCorrection
from dorsi.profile import Profile, Safety, safety_state
from dorsi.report.build import with_review
from dorsi.report.heeding import is_planned_elsewhere, planned_elsewhere, stop_of, stopped
from dorsi.report.model import Report
from dorsi.report.verdict import tone_of
from tests.report.fake_analysis import fake_analysis, report_of

STOP = safety_state(Profile(safety=Safety(stress_fracture=True)))


def reviewed(report: Report) -> Report:
    made = HeelCorrection(
        kind="heel", frame=3, to="down", by="Mara Lindt", at=dt.datetime(2026, 1, 30, tzinfo=dt.UTC), why=""
    )
    return with_review(report, report, [made])


def test_a_stop_takes_the_plan_also_as_reviewed_and_leaves_the_numbers() -> None:
    before = reviewed(report_of(fake_analysis(8.0, 2.0)))
    assert before.plan and before.as_reviewed().plan and stop_of(before) is None
    for shown in (stopped(before, STOP), stopped(before, STOP).as_reviewed()):
        assert shown.plan == [] and shown.measurements == before.measurements
        assert (stop := stop_of(shown)) is not None and stop.flags[0].key == "stress_fracture"
        assert tone_of(shown) == "none"
    assert stopped(before, safety_state(None)) is before


def test_a_plan_that_stands_elsewhere_is_not_told_twice_and_a_stop_stays() -> None:
    before = reviewed(report_of(fake_analysis(8.0, 2.0)))
    moved = planned_elsewhere(before)
    assert is_planned_elsewhere(moved) and not is_planned_elsewhere(before)
    assert moved.plan == [] and moved.as_reviewed().plan == []
    assert moved.plan_note is not None and before.plan_note is not None
    assert moved.plan_note.real_change == before.plan_note.real_change
    assert stop_of(planned_elsewhere(stopped(before, STOP))) is not None
    alone = before.model_copy(update={"plan_note": None, "plan": []})
    assert planned_elsewhere(alone) is alone
