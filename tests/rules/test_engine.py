"""Verdicts: bounds, intervals that straddle, heel lifts, refused clips, and the sentences that come out."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dorsi.rules import RuleFinding, RuleTest, evaluate, load_rules
from dorsi.types import Measurement, Rep

RULE_BOOK = load_rules()

REP = Rep(
    start_frame=0,
    peak_frame=30,
    end_frame=60,
    start_s=0.0,
    peak_s=1.0,
    end_s=2.0,
    peak_shin_angle_deg=35.0,
    peak_uncertainty_95_deg=2.0,
    peak_shin_angle_any_heel_deg=36.0,
    heel_lifted=False,
    heel_lift_onset_s=None,
    heel_lift_onset_shin_angle_deg=None,
    max_heel_lift_mm=1.0,
    max_heel_pitch_deg=0.5,
)


def lift(onset_deg: float | None, about_deg: float | None = 2.0) -> Rep:
    return dataclasses.replace(
        REP,
        heel_lifted=True,
        heel_lift_onset_s=0.8,
        heel_lift_onset_shin_angle_deg=onset_deg,
        peak_uncertainty_95_deg=about_deg,
        max_heel_lift_mm=30.0,
    )


def findings(
    value: float | None, about: float | None, *reps: Rep, name: str = "runner", measured: bool = True
) -> dict[str, RuleFinding]:
    measurements = {"peak_shin_angle_deg": Measurement(value, about, 1.0, 30)}
    return {f.rule: f for f in evaluate(RULE_BOOK.rule_set(name), measurements, reps, measured)}


@pytest.mark.parametrize(
    ("value", "about", "verdict"),
    [
        (14.1, 2.0, "meets"),
        (14.0, 2.0, "meets"),
        (13.9, 2.0, "borderline"),
        (12.0, 0.0, "meets"),
        (11.0, 0.1, "borderline"),
        (10.0, 0.0, "borderline"),
        (9.9, 0.0, "limited"),
        (8.0, 2.0, "borderline"),
        (7.9, 2.0, "limited"),
        (40.0, 30.0, "borderline"),
        (40.0, None, "borderline"),
        (2.0, None, "borderline"),
        (40.0, math.inf, "borderline"),
        (None, None, "not_measured"),
        (math.nan, 1.0, "not_measured"),
    ],
)
def test_runner_minimum(value: float | None, about: float | None, verdict: str) -> None:
    finding = findings(value, about)["dorsiflexion-runner"]
    assert finding.verdict == verdict
    assert finding.threshold == 12.0
    assert finding.value == (None if verdict == "not_measured" else value)


def test_bands_of_two_rules_differ() -> None:
    found = findings(13.5, 1.0)
    assert found["dorsiflexion-runner"].verdict == "meets"
    assert found["dorsiflexion-gait"].verdict == "borderline"


@given(value=st.floats(-30, 70), about=st.floats(0, 40))
def test_a_straddling_interval_is_borderline_and_no_other_verdict_straddles(
    value: float, about: float
) -> None:
    verdict = findings(value, about)["dorsiflexion-runner"].verdict
    straddles = any(value - about < bound <= value + about for bound in (10.0, 12.0))
    if straddles:
        assert verdict == "borderline"
    else:
        assert verdict == ("meets" if value >= 12 else "limited" if value < 10 else "borderline")


def test_a_refused_clip_has_no_finding_and_no_value() -> None:
    found = findings(30.0, 1.0, lift(5.0), measured=False)
    assert {f.verdict for f in found.values()} == {"not_measured"}
    assert {f.value for f in found.values()} == {None}
    assert "30" not in found["dorsiflexion-runner"].message


def test_messages_carry_the_numbers_and_the_source() -> None:
    finding = findings(8.0, 1.5)["dorsiflexion-runner"]
    assert "8.0° ± 1.5°" in finding.message
    assert "10° to 12°" in finding.message
    assert "stays short of" in finding.message
    assert finding.source.startswith("S0: Why Ankle Mobility Matters for Runners")


@pytest.mark.parametrize(
    ("peak", "reps", "verdict", "value"),
    [
        (35.0, [REP, REP], "meets", 35.0),
        (35.0, [lift(8.0)], "limited", 8.0),
        (35.0, [REP, lift(8.0), lift(20.0)], "limited", 8.0),
        (35.0, [lift(11.0)], "borderline", 11.0),
        (35.0, [lift(13.0)], "borderline", 13.0),
        (35.0, [lift(14.0), lift(30.0)], "meets", 14.0),
        # A lift at an unknown angle: nothing is known, unless another one was early.
        (35.0, [lift(None)], "not_measured", None),
        (35.0, [lift(None), lift(30.0)], "not_measured", None),
        (35.0, [lift(None), lift(8.0)], "limited", 8.0),
        # Never lifted, but the knee stopped short of 12°: not tested.
        (8.0, [REP], "not_measured", None),
        (11.0, [REP], "borderline", 11.0),
        (35.0, [], "not_measured", None),
        # The heel was not seen.
        (35.0, [dataclasses.replace(REP, max_heel_lift_mm=None)], "not_measured", None),
    ],
)
def test_heel_lift(peak: float, reps: list[Rep], verdict: str, value: float | None) -> None:
    finding = findings(peak, 2.0, *reps)["heel-lift"]
    assert (finding.verdict, finding.value) == (verdict, value)


def test_heel_lift_counts_repetitions() -> None:
    message = findings(35.0, 2.0, REP, lift(8.0), lift(9.0))["heel-lift"].message
    assert "2 of 3 repetitions" in message
    assert "8.0° ± 2.0°" in message


def test_heel_lift_takes_the_interval_of_the_peak_when_a_rep_has_none() -> None:
    assert findings(35.0, 1.0, lift(9.0, None))["heel-lift"].verdict == "limited"
    assert findings(35.0, 6.0, lift(9.0, None))["heel-lift"].verdict == "borderline"


def test_crest_rules_never_take_the_shin_angle() -> None:
    for name in ("young-adults", "patellar-tendinopathy"):
        assert findings(45.0, 1.0, REP, name=name)[name].verdict == "not_measured"
        crest = {"peak_crest_angle_deg": Measurement(45.0, 1.0, 1.0, 30)}
        assert evaluate(RULE_BOOK.rule_set(name), crest, [REP], True)[0].verdict == "meets"


def of_test(test: RuleTest, key: str, value: float | None, about: float | None) -> dict[str, RuleFinding]:
    found = evaluate(RULE_BOOK.rule_set(), {key: Measurement(value, about)}, [], True, test, side="right")
    assert {f.side for f in found} == {"right"}
    return {f.rule: f for f in found}


@pytest.mark.parametrize(
    ("test", "rule", "key", "bound"),
    [
        ("big_toe", "big-toe", "big_toe_extension_deg", 30.0),
        ("squat", "squat-depth", "peak_knee_flexion_deg", 90.0),
        ("squat", "squat-knees", "peak_knee_over_foot_percent", 70.0),
    ],
)
@pytest.mark.parametrize(
    ("off", "about", "verdict"),
    [
        (2.0, 2.0, "meets"),
        (1.9, 2.0, "borderline"),
        (0.0, 0.0, "meets"),
        (-0.1, 0.0, "limited"),
        (-2.0, 2.0, "borderline"),
        (-2.1, 2.0, "limited"),
        (20.0, None, "borderline"),
        (math.nan, 1.0, "not_measured"),
        (None, 1.0, "not_measured"),
    ],
)
def test_one_bound_with_its_interval(
    test: RuleTest, rule: str, key: str, bound: float, off: float | None, about: float | None, verdict: str
) -> None:
    finding = of_test(test, key, None if off is None else bound + off, about)[rule]
    assert finding.verdict == verdict
    assert finding.threshold == bound
    assert (finding.value is None) == (verdict == "not_measured")


@pytest.mark.parametrize(
    ("lift_mm", "about", "verdict"),
    [(2.9, 2.0, "meets"), (3.0, 2.0, "borderline"), (6.9, 2.0, "borderline"), (7.0, 2.0, "limited"),
     (4.9, 0.0, "meets"), (5.0, 0.0, "limited"), (0.0, None, "borderline"), (None, None, "not_measured")],
)  # fmt: skip
def test_squat_heels(lift_mm: float | None, about: float | None, verdict: str) -> None:
    finding = of_test("squat", "max_heel_lift_mm", lift_mm, about)["squat-heels"]
    assert finding.verdict == verdict
    if lift_mm is not None and about:
        assert f"{lift_mm:.1f} mm ± {about:.1f} mm" in finding.message


@given(value=st.floats(-10, 60), about=st.floats(0, 40))
def test_at_most_straddles_as_at_least_does(value: float, about: float) -> None:
    verdict = of_test("squat", "max_heel_lift_mm", value, about)["squat-heels"].verdict
    if value - about < 5.0 <= value + about:
        assert verdict == "borderline"
    else:
        assert verdict == ("limited" if value >= 5 else "meets")


def test_the_three_of_a_squat_are_each_their_own() -> None:
    values = {
        "peak_knee_flexion_deg": Measurement(110.0, 5.0),
        "peak_knee_over_foot_percent": Measurement(60.0, 4.0),
        "max_heel_lift_mm": Measurement(5.0, 2.0),
    }
    found = evaluate(RULE_BOOK.rule_set(), values, [REP], True, "squat")
    assert [(f.rule, f.verdict) for f in found] == [
        ("squat-depth", "meets"),
        ("squat-knees", "limited"),
        ("squat-heels", "borderline"),
    ]
    assert "60 % ± 4 %" in found[1].message and "Dorsi's reading" in found[1].message


@pytest.mark.parametrize("test", ["lunge", "big_toe", "squat"])
def test_a_refused_clip_answers_for_its_own_test_only(test: RuleTest) -> None:
    rules = RULE_BOOK.rule_set()
    found = evaluate(rules, {}, [], False, test)
    assert [f.rule for f in found] == [rule.name for rule in rules.rules if rule.test == test]
    assert {f.verdict for f in found} == {"not_measured"}
    assert all(f.title for f in found)


@pytest.mark.parametrize("name", RULE_BOOK.sets)
@pytest.mark.parametrize("value", [5.0, 35.0, 60.0, None])
def test_every_message_of_every_set_can_be_filled_in(name: str, value: float | None) -> None:
    keys = ("peak_shin_angle_deg", "peak_crest_angle_deg")
    measurements = dict.fromkeys(keys, Measurement(value, None if value is None else 1.0))
    for finding in evaluate(RULE_BOOK.rule_set(name), measurements, [REP], True):
        assert "{" not in finding.message
        assert "None" not in finding.message
        assert "°" in finding.message or finding.verdict == "not_measured"
