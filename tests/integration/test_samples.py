"""What is concluded from evidence recorded of the samples, against their truth.

Not here: from pixels on (`test_demo.py`), the accuracy table (`bench/accuracy.py`), whether the record is of
this version (`tests/test_version.py`).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.scoring import AngleScore, LungeScore, load_truth, score
from dorsi.engine.conclude.conclude import conclude
from dorsi.plan import load_books
from dorsi.quantities import RESULT_OF
from dorsi.report.model import Report
from dorsi.settings import Settings
from dorsi.workflow.measure import report_of
from tests.recorded import evidence

LUNGES = ("half_kneeling", "heel_lifts", "left_lunge", "right_lunge", "standing_lunge", "straight_lunge")
TOES = ("left_big_toe", "right_big_toe")


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    settings, books = Settings(), load_books()
    seen = {name: evidence(name) for name in (*LUNGES, *TOES, "squat")}
    return {name: report_of(conclude(each, settings), each, settings, books) for name, each in seen.items()}


@pytest.mark.parametrize("name", LUNGES)
def test_a_lunge_is_recognised_and_right_to_three_degrees(
    reports: dict[str, Report], samples: Path, name: str
) -> None:
    found = score(name, load_truth(samples / f"{name}.truth.json"), reports[name].model_dump())
    assert isinstance(found, LungeScore)
    test = load_truth(samples / f"{name}.truth.json").kind
    assert test == ("lunge_straight" if name == "straight_lunge" else "lunge")
    assert (reports[name].test, reports[name].test_source) == (test, "recognised")
    assert abs(found.peak_error_deg) <= 3.0
    assert found.inside
    assert found.uncertainty_deg <= 6.0
    assert (found.side_right, found.leg_right, found.reps_right) == (True, True, True)
    assert found.lift_reported == (found.lift_true_mm > 10)


@pytest.mark.parametrize("name", LUNGES)
def test_the_crest_of_a_bare_shin_is_right_to_two_degrees_and_trousers_have_none(
    reports: dict[str, Report], samples: Path, name: str
) -> None:
    truth = load_truth(samples / f"{name}.truth.json")
    crest = reports[name].measurements.peak_crest_angle_deg
    if name in {"heel_lifts", "standing_lunge"}:
        assert crest.value is None
        return
    assert crest.value is not None and crest.uncertainty_95 is not None
    assert abs(crest.value - truth.peak_crest_angle_deg) <= 2.0
    assert abs(crest.value - truth.peak_crest_angle_deg) <= crest.uncertainty_95


@pytest.mark.parametrize("name", TOES)
def test_a_big_toe_is_recognised_and_right_to_four_degrees(
    reports: dict[str, Report], samples: Path, name: str
) -> None:
    found = score(name, load_truth(samples / f"{name}.truth.json"), reports[name].model_dump())
    assert isinstance(found, AngleScore)
    assert found.test_right
    assert abs(found.error_deg) <= 4.0
    assert found.inside
    assert found.uncertainty_deg <= 7.0
    verdicts = {finding.rule: finding.verdict for finding in reports[name].findings}
    assert verdicts["big-toe"] == ("meets" if name == "left_big_toe" else "limited")


def test_a_squat_is_recognised_and_its_heel_is_seen_to_rise(
    reports: dict[str, Report], samples: Path
) -> None:
    report = reports["squat"]
    found = score("squat", load_truth(samples / "squat.truth.json"), report.model_dump())
    assert isinstance(found, AngleScore)
    assert found.test_right
    assert found.inside
    verdicts = {finding.rule: finding.verdict for finding in report.findings}
    assert verdicts["squat-heels"] == "limited"
    assert verdicts["squat-depth"] in {"meets", "borderline"}
    assert len(report.reps) == 1


def test_each_result_has_its_moment_in_the_curves(reports: dict[str, Report]) -> None:
    shin = dict.fromkeys(("lunge", "lunge_straight"), "shin_angle_deg")
    curves = shin | {"big_toe": "big_toe_deg", "squat": "knee_flexion_deg"}
    for report in reports.values():
        result = getattr(report.measurements, RESULT_OF[report.test])
        curve = getattr(report.signals, curves[report.test])
        assert curve[result.frame] == pytest.approx(result.value, abs=2.5)
