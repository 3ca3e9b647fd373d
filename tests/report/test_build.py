"""From an analysis to the report: what is said, what is null, what a refusal hides."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from dorsi.plan import load_books
from dorsi.report.build import build_report
from dorsi.report.verdict import tone_of, verdict_sentence
from dorsi.settings import Settings
from dorsi.types import Measurement, Note
from tests.report.fake_analysis import MESSAGE, fake_analysis, refused, report_of

BOOKS = load_books()


def test_numbers_reach_the_report() -> None:
    report = report_of(fake_analysis())
    peak = report.measurements.peak_shin_angle_deg
    assert (peak.value, peak.uncertainty_95, peak.frame) == (35.2, 4.8, 199)
    assert peak.repeatability_95 is None, "not told apart"
    assert peak.time_s == pytest.approx(199 / 30, abs=1e-4)
    assert [rep.peak_shin_angle_deg for rep in report.reps] == [33.0, 34.6, 35.2]
    assert [rep.heel_lifted for rep in report.reps] == [False, False, True]
    assert (report.side, report.side_source, report.facing, report.test_leg) == (
        "left",
        "estimated",
        "right",
        "far",
    )
    assert report.clip.rotation_deg == 90
    assert report.provenance.rules.sha256 == BOOKS.rules.rule_set().sha256


def test_findings_have_side_and_title_and_a_plan_follows() -> None:
    report = report_of(fake_analysis(6.0, 3.0))
    assert [f.title for f in report.findings][:1] == ["Minimum dorsiflexion for running"]
    assert {f.side for f in report.findings} == {"left"}
    # One clip has no safety answers, so the plan has only what is safe for anyone.
    assert [step.name for step in report.plan] == ["ankle-circles", "calf-stretch"]
    step, note = report.plan[0], report.plan_note
    assert step.why.startswith(
        "For a warm-up before the rest: “Minimum dorsiflexion for running” is limited on the left"
    )
    assert step.how_often and step.steps and step.side == "left"
    assert note is not None and note.remeasure and note.cautions and note.see_a_professional
    # Two such clips differ by 3.0·√2 in any case.
    assert "more than about 4.2° in the shin angle" in note.real_change
    assert note.safety is not None and (note.safety.state, len(note.safety.questions)) == ("unanswered", 4)
    assert (note.stage, len(note.stages), len(note.week), note.minutes_a_day) == ("loosen", 4, 7, 9.0)
    assert (step.stage, step.slots, step.days_a_week, step.minutes) == ("loosen", ["before_run"], 7, 3.0)


def test_a_real_change_is_told_by_what_repeats() -> None:
    found = fake_analysis(6.0, 4.0)
    peak = found.measurements["peak_shin_angle_deg"]
    found.measurements["peak_shin_angle_deg"] = replace(peak, repeatability_95=3.0004)
    report = report_of(found)
    assert report.measurements.peak_shin_angle_deg.repeatability_95 == 3.0
    assert (
        report.plan_note is not None
        and "more than about 4.2° in the shin angle" in report.plan_note.real_change
    )


def test_a_refused_clip_has_no_plan() -> None:
    report = report_of(refused(fake_analysis(6.0, 3.0)))
    assert report.plan == [] and report.plan_note is None


def test_missing_samples_are_null_not_nan() -> None:
    text = report_of(fake_analysis()).to_json()
    assert "NaN" not in text
    signals = json.loads(text)["signals"]
    assert signals["shin_angle_deg"][100:104] == [None] * 4
    assert set(signals["big_toe_deg"]) == {None}
    assert {len(curve) for curve in signals.values()} == {260}


def test_a_measurement_that_is_not_finite_is_null() -> None:
    found = fake_analysis()
    found.measurements["max_heel_lift_mm"] = Measurement(float("nan"), float("inf"), 1.0, 30)
    heel = report_of(found).measurements.max_heel_lift_mm
    assert heel.value is None and heel.uncertainty_95 is None


def test_a_refused_clip_has_no_number_even_when_one_was_computed() -> None:
    report = report_of(refused())
    assert report.status == "not_measurable"
    values = {key: part["value"] for key, part in report.measurements.model_dump().items()}
    assert values.pop("camera_roll_deg") == -1.4
    assert set(values.values()) == {None}
    assert report.reps == []
    assert {finding.verdict for finding in report.findings} == {"not_measured"}


def test_a_clip_refused_before_the_leg_was_found() -> None:
    report = report_of(replace(refused(), leg=None, level=None, signals=None, reps=()))
    assert (report.side, report.facing, report.test_leg) == (None, None, None)
    assert set(report.signals.shin_angle_deg) == {None}


def test_a_given_side_is_said_to_be_given() -> None:
    report = build_report(fake_analysis(), [], Settings(side="left"), BOOKS, "0" * 64)
    assert report.side_source == "given"
    assert report.provenance.settings["side"] == "left"


@pytest.mark.parametrize(
    ("peak", "half", "words"),
    [
        (35.2, 4.8, "which clears the minimum for running, a low bar"),
        (11.0, 0.5, "too close to the minimum for running to call"),
        (6.0, 3.0, "short of the minimum for running"),
    ],
)
def test_the_verdict_says_number_and_both_references(peak: float, half: float, words: str) -> None:
    sentence = verdict_sentence(report_of(fake_analysis(peak, half)))
    start = f"Left ankle bends {peak}° ± {half}° with the heel down, {words}"
    assert sentence == f"{start}; healthy young adults reach 35–40° on average."


@pytest.mark.parametrize(("peak", "tone"), [(35.2, "none"), (6.0, "limited")])
def test_a_shoe_ranks_above_what_is_met(peak: float, tone: str) -> None:
    shod = replace(fake_analysis(peak, 3.0), warnings=(Note("shoes", "Filmed in shoes. Take them off."),))
    report = report_of(shod)
    assert verdict_sentence(report).startswith("Filmed in shoes, which shift the reading. Left ankle bends")
    assert tone_of(report) == tone


def test_the_verdict_names_the_angle_that_was_compared() -> None:
    sentence = verdict_sentence(report_of(fake_analysis(crest=True), "young-adults"))
    assert "the shin crest angle, 39.2° ± 4.8°, meets the reference “young-adults”" in sentence
    unmeasured = verdict_sentence(report_of(fake_analysis(), "young-adults"))
    assert "the shin crest angle was not measured" in unmeasured
    assert "minimum for running" not in sentence + unmeasured


def test_an_unknown_half_width_is_never_zero() -> None:
    found = fake_analysis()
    found.measurements["peak_shin_angle_deg"] = Measurement(35.2, None, 6.6, 199)
    sentence = verdict_sentence(report_of(found))
    assert "35.2° (± unknown) with the heel down, too close to" in sentence


def test_a_refusal_is_one_sentence_with_its_first_reason() -> None:
    short = "The leg, at 4.5 m vs. 2 m. of distance, was not seen"
    found = replace(refused(), reasons=(Note("a", MESSAGE, short=short), Note("b", "Too dark. Light.")))
    report = report_of(found)
    assert report.reasons[0].short == short
    wanted = "This clip does not support a number: the leg, at 4.5 m vs. 2 m. of distance, was not seen."
    assert verdict_sentence(report) == wanted


def test_an_older_refusal_has_its_reason_in_full() -> None:
    older = report_of(replace(refused(), reasons=(Note("a", MESSAGE),)))
    assert older.reasons[0].short == ""
    assert (
        verdict_sentence(older) == f"This clip does not support a number: {MESSAGE[0].lower()}{MESSAGE[1:]}"
    )


def test_the_outline_model_is_part_of_the_provenance() -> None:
    outline = report_of(fake_analysis()).provenance.outline
    assert outline is not None and outline.name == "shank_outline" and len(outline.sha256) == 64


def test_a_rise_that_counts_as_rest_is_drawn_as_rest() -> None:
    found = fake_analysis()
    assert found.signals is not None
    count = len(found.signals.time_s)
    lift, down = np.full(count, 9.0), np.ones(count, dtype=np.bool_)
    lift[0], lift[1], down[1] = np.nan, 12.0, False
    report = report_of(replace(found, signals=replace(found.signals, heel_lift_mm=lift, heel_down=down)))
    assert report.signals.heel_lift_mm[:3] == [None, 12.0, 4.9]
