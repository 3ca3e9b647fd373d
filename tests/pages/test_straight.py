"""The pages of a knee-straight lunge: the number, what it means, no verdict."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from dorsi.pages.report_page import render_html
from dorsi.pages.screen_page import render_screen_html
from dorsi.plan import load_books
from dorsi.report.model import Report, load_report
from dorsi.report.verdict import headline_finding, tone_of, verdict_sentence
from dorsi.rules import load_rules
from dorsi.screen.build import RoleReport, build_screen
from dorsi.settings import Settings
from dorsi.workflow.measure import measure
from tests.pages.test_report_page import Page
from tests.recorded import measured, recorded_stages
from tests.screen.reports import lunge, straight

RULES = load_rules()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """That of the sample, as its evidence on record concludes to."""
    _, folder = measured(tmp_path_factory.mktemp("straight"), "straight_lunge")
    return load_report(folder / "report.json")


def _words(report: Report) -> str:
    return Page(render_html(report, None, b"\xff\xd8", RULES)).words


def test_the_report_has_a_number_and_no_verdict(report: Report) -> None:
    assert (report.test, report.side, report.posture) == ("lunge_straight", "left", "standing")
    assert report.measurements.peak_shin_angle_deg.value == pytest.approx(32.0, abs=3.0)
    assert (report.findings, report.plan, report.plan_note) == ([], [], None)
    assert headline_finding(report) is None
    assert tone_of(report) == "none"
    value = report.measurements.peak_shin_angle_deg
    assert verdict_sentence(report) == (
        f"Left calf bends {value.value:.1f}° ± {value.uncertainty_95:.1f}° with the heel down and the knee "
        "straight."
    )


def test_no_rule_set_judges_it(tmp_path: Path, report: Report) -> None:
    clip = tmp_path / "straight_lunge.mp4"
    clip.write_text("a clip")
    for name in RULES.sets:
        found = measure(clip, settings=Settings(rules=name, side="left", knee_touched=True),
                        stages=recorded_stages("straight_lunge"))  # fmt: skip
        assert found.findings == [] and found.plan == []
        assert found.measurements == report.measurements


def test_the_page_says_what_was_measured_and_why_there_is_no_verdict(report: Report) -> None:
    words = _words(report)
    for wanted in (
        "Left calf · knee-straight lunge, standing", "Shin angle measured",
        "The knee was straight, so this is the calf (gastrocnemius) as well as the joint; Dorsi's sources "
        "give no reference for it, so it is reported without a verdict.",
        "of the rear leg, the greatest with the heel down, best of 2 repetitions",
        "Shin crest angle at that moment",
        "Check that the points sit on the joints and that the heel is down",
        "Knee-straight lunge, standing (recognised)", "the number alone is neither good nor bad",
    ):  # fmt: skip
        assert wanted in words, wanted
    for other in ("young adults", "minimum for running", "Nothing was measured", "Limited", "Meets"):
        assert other not in words, other


def test_a_knee_that_was_bent_is_not_called_straight(tmp_path: Path) -> None:
    _, folder = measured(tmp_path, "s03")
    report = load_report(folder / "report.json")
    words = _words(report)
    assert verdict_sentence(report).endswith("with the heel down, the knee bent.")
    assert "The knee was bent at the peak, so this is the joint rather than the calf" in words
    assert "The knee was straight" not in words
    assert "Keep the rear knee straight all the way" in words


def test_a_refused_one_tells_how_to_film_it() -> None:
    refused = straight("left", None)
    assert "the rear one flat and its knee straight" in _words(refused)
    assert "Left calf" not in verdict_sentence(refused)


def test_the_screen_has_a_card_of_its_own() -> None:
    given = [
        RoleReport("left", lunge("left", 38.0)), RoleReport("right", lunge("right", 37.0)),
        RoleReport("left_straight", straight("left", 31.0)),
        RoleReport("right_straight", straight("right", 24.0)),
    ]  # fmt: skip
    text = render_screen_html(build_screen(given, load_books(), date=dt.date(2026, 1, 31)), RULES)
    words = Page(text).words
    assert "Left meets 38.0° ± 2.0°" in words
    assert "Left 31.0° ± 2.0°" in words
    assert "Knee-straight lunge With the knee straight your right ankle bends 7.0° ± 2.8° less" in words
    assert "left 31.0° ± 2.0°, right 24.0° ± 2.0° on a scale from 0 to 50°" in text
