"""Both sides, ankle and toe, signs and tests together; and from where on a change is real."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dorsi.errors import RulesError
from dorsi.profile import Leg, Profile
from dorsi.quantities import QUANTITIES, RESULT_OF, TestName
from dorsi.rules import (
    RuleFinding,
    evaluate,
    evaluate_answers,
    evaluate_asymmetry,
    evaluate_both,
    load_rules,
    professional_verdict,
)
from dorsi.rules.engine import Verdict
from dorsi.types import Measurement, Side

RULE_BOOK = load_rules()

RULES = RULE_BOOK.rule_set()
KEY = "peak_shin_angle_deg"
ANKLE = {"meets": 30.0, "borderline": 11.0, "limited": 5.0, "not_measured": None}
BOUND_OF: dict[TestName, float] = {"lunge": 4.0, "lunge_straight": 4.0, "big_toe": 0.0}
TOE = {"meets": 50.0, "borderline": 31.0, "limited": 12.0, "not_measured": None}


def ankle(verdict: str, side: Side | None = "left") -> list[RuleFinding]:
    return evaluate(RULES, {KEY: Measurement(ANKLE[verdict], 2.0)}, [], True, side=side)


def toe(verdict: str, side: Side | None = "left") -> list[RuleFinding]:
    values = {"big_toe_extension_deg": Measurement(TOE[verdict], 2.0)}
    return evaluate(RULES, values, [], True, "big_toe", side=side)


def swapped(text: str) -> str:
    return re.sub("left|right", lambda found: "right" if found[0] == "left" else "left", text)


def together(findings: list[RuleFinding], rule: str, side: Side | None = None) -> RuleFinding:
    return next(f for f in evaluate_both(RULES, findings) if f.rule == rule and f.side == side)


@pytest.mark.parametrize(
    ("of_ankle", "of_toe", "verdict", "value"),
    [
        ("limited", "limited", "limited", 2),
        ("limited", "borderline", "borderline", 1),
        ("borderline", "limited", "borderline", 1),
        ("borderline", "borderline", "borderline", 0),
        ("limited", "meets", "meets", 1),
        ("meets", "limited", "meets", 1),
        ("meets", "not_measured", "not_measured", None),
        ("limited", "not_measured", "not_measured", None),
        ("not_measured", "limited", "not_measured", None),
    ],
)
def test_both(of_ankle: str, of_toe: str, verdict: str, value: float | None) -> None:
    finding = together([*ankle(of_ankle), *toe(of_toe)], "both", "left")
    assert (finding.verdict, finding.value) == (verdict, value)
    assert verdict != "limited" or "greater concern than either" in finding.message


def test_both_needs_ankle_and_toe_of_one_side() -> None:
    crossed = [*ankle("limited", "left"), *toe("limited", "right")]
    assert {f.verdict for f in evaluate_both(RULES, crossed) if f.rule == "both"} == {"not_measured"}
    nobody = [*ankle("limited", None), *toe("limited", None)]
    assert {f.verdict for f in evaluate_both(RULES, nobody) if f.rule == "both"} == {"not_measured"}


def test_the_mean_of_a_group_makes_no_greater_concern() -> None:
    """An ankle under 34° is one in six of healthy young adults, not what the articles call limited."""
    young = RULE_BOOK.rule_set("young-adults")
    crest = RuleFinding(
        rule="young-adults", verdict="limited", measurement="peak_crest_angle_deg", value=30.0,
        threshold=34.4, message="m", source="s", side="left",
    )  # fmt: skip
    signs = evaluate_answers(young, Profile.model_validate({"signs": {"calf_tightness": True}}))
    found = evaluate_both(young, [crest, *toe("limited"), *signs])
    assert {f.verdict for f in found if f.rule == "both"} == {"not_measured"}
    alone = evaluate_both(young, [crest, *signs])
    assert {f.verdict for f in alone if f.rule == "see-a-professional"} == {"not_measured"}


def test_a_clip_outranks_an_answer_about_the_same_ankle() -> None:
    told = evaluate_answers(RULES, Profile.model_validate({"left": {"knee_touched": False}}))
    assert together([*told, *ankle("meets"), *toe("limited")], "both", "left").verdict == "meets"
    assert together([*told, *ankle("limited"), *toe("limited")], "both", "left").verdict == "limited"
    # A missed touch decides nothing, so nothing is said of the two together.
    assert together([*told, *toe("limited")], "both", "left").verdict == "not_measured"


@pytest.mark.parametrize("touched", [True, False, None])
@pytest.mark.parametrize(("tape_cm", "verdict"), [(0.5, "limited"), (3.0, "borderline"), (9.0, "meets")])
def test_without_a_clip_the_tape_speaks_for_the_ankle_and_no_touch_against_it(
    touched: bool | None, tape_cm: float, verdict: str
) -> None:
    leg = Leg.model_construct(tape_cm=tape_cm, knee_touched=touched)
    told = evaluate_answers(RULES, Profile().model_copy(update={"left": leg}))
    assert together([*told, *toe("limited")], "both", "left").verdict == verdict


@pytest.mark.parametrize(
    ("sign", "tests", "verdict"),
    [
        (True, ankle("limited"), "limited"),
        (True, toe("limited"), "limited"),
        (True, ankle("borderline"), "borderline"),
        (True, ankle("meets"), "meets"),
        (False, ankle("limited"), "meets"),
        (True, [], "not_measured"),
        (None, ankle("limited"), "not_measured"),
    ],
)
def test_any_sign_plus_a_limited_test(sign: bool | None, tests: list[RuleFinding], verdict: str) -> None:
    profile = Profile.model_validate({"signs": {} if sign is None else {"heels_lift": sign}})
    finding = together([*tests, *evaluate_answers(RULES, profile)], "see-a-professional")
    assert finding.verdict == verdict
    assert verdict != "limited" or "see a physical therapist" in finding.message


@pytest.mark.parametrize(
    ("left", "right", "half", "verdict", "side"),
    [
        (30.0, 25.9, 1.0, "limited", "right"),
        (25.9, 30.0, 1.0, "limited", "left"),
        (30.0, 26.0, 1.0, "borderline", None),  # 4.0 is not greater than 4
        (30.0, 25.0, 4.0, "borderline", None),  # 5.0 less than its ± of 5.7
        (30.0, 24.0, 4.0, "limited", "right"),  # 6.0 more
        (30.0, 29.0, 2.0, "meets", None),  # 1 ± 2.8 stays below 4
        (30.0, 29.0, 3.0, "borderline", None),  # 1 ± 4.2 does not
        (30.0, 10.0, None, "borderline", None),
        (30.0, 10.0, math.inf, "borderline", None),
        (None, 10.0, 1.0, "not_measured", None),
        (math.nan, 10.0, 1.0, "not_measured", None),
    ],
)
def test_asymmetry(
    left: float | None, right: float, half: float | None, verdict: str, side: str | None
) -> None:
    finding = evaluate_asymmetry(RULES, Measurement(left, half), Measurement(right, half), "lunge")
    assert (finding.rule, finding.verdict, finding.side) == ("asymmetry", verdict, side)
    assert finding.measurement == KEY
    assert finding.threshold == 4.0
    if verdict == "not_measured" or left is None:
        assert finding.value is None
    else:
        assert finding.value == pytest.approx(left - right)


@given(st.floats(-20, 60), st.floats(-20, 60), st.floats(0, 15), st.floats(0, 15))
def test_asymmetry_is_limited_exactly_beyond_both_bounds(a: float, b: float, ua: float, ub: float) -> None:
    size, half = abs(a - b), math.hypot(ua, ub)
    # No study gives a bound for big toes: their own ± alone decides, Dorsi's own rule.
    for test, bound in BOUND_OF.items():
        finding = evaluate_asymmetry(RULES, Measurement(a, ua), Measurement(b, ub), test)
        assert (finding.verdict == "limited") == (size > half and size > bound)
        assert finding.verdict != "meets" or size + half <= bound
        assert finding.side == (None if finding.verdict != "limited" else "left" if a < b else "right")
        mirrored = evaluate_asymmetry(RULES, Measurement(b, ub), Measurement(a, ua), test)
        assert mirrored.verdict == finding.verdict
        assert mirrored.message == swapped(finding.message)


@pytest.mark.parametrize(
    ("left", "right", "half", "verdict", "side"),
    [
        (40.0, 37.5, 1.0, "limited", "right"),  # 2.5 less than 4, but more than its ± of 1.4
        (37.5, 40.0, 1.0, "limited", "left"),
        (40.0, 38.6, 1.0, "borderline", None),  # 1.4 less than 1.41
        (40.0, 30.0, 8.0, "borderline", None),
        (40.0, 40.0, 1.0, "borderline", None),
        (40.0, 40.0, 0.0, "meets", None),
        (40.0, 20.0, None, "borderline", None),
        (None, 20.0, 1.0, "not_measured", None),
    ],
)
def test_asymmetry_of_big_toes(
    left: float | None, right: float, half: float | None, verdict: str, side: str | None
) -> None:
    finding = evaluate_asymmetry(RULES, Measurement(left, half), Measurement(right, half), "big_toe")
    assert (finding.rule, finding.verdict, finding.side) == ("asymmetry-big-toe", verdict, side)
    assert (finding.measurement, finding.threshold) == ("big_toe_extension_deg", 0.0)
    assert finding.source.startswith("Dorsi's own reading")


@pytest.mark.parametrize(
    ("test", "left", "right", "said"),
    [
        ("lunge", 33.5, 21.2, "Your right ankle bends 12.3° ± 1.4° less than your left. By "
         "inclinometer two measurements of equal ankles seldom differ by more than 4°; this does, and "
         "exceeds its own ± too."),
        ("lunge", 21.2, 33.5, "Your left ankle bends 12.3° ± 1.4° less than your right. By "
         "inclinometer two measurements of equal ankles seldom differ by more than 4°; this does, and "
         "exceeds its own ± too."),
        ("lunge", 30.0, 29.5, "Your ankles bend alike: they differ by 0.5° ± 1.4°, surely less than 4°."),
        ("lunge", 30.0, 27.0, "No difference between your ankles is shown: they differ by 3.0° ± 1.4°. It "
         "would take more than 4° and more than the ±, so a small one may hide in it."),
        ("big_toe", 20.0, 40.0, "Your left big toe lifts 20.0° ± 1.4° less than your right. That is more "
         "than measuring error explains; no study says how much difference between big toes is too much."),
        ("big_toe", 40.0, 39.0, "No difference between your big toes is shown: they differ by 1.0° ± 1.4°, "
         "no more than the ± allows."),
        ("big_toe", None, 39.0, "The big toes are not compared: the same test was not measured on both."),
        ("lunge", None, 39.0, "The ankles are not compared: the same test was not measured on both."),
    ],
)  # fmt: skip
def test_what_is_said_of_two_sides(test: TestName, left: float | None, right: float, said: str) -> None:
    finding = evaluate_asymmetry(RULES, Measurement(left, 1.0), Measurement(right, 1.0), test)
    assert finding.message == said


def test_a_test_of_both_legs_has_no_sides() -> None:
    """Nor are centimetres ever compared as degrees: only the tests of one leg have such a rule."""
    with pytest.raises(RulesError, match="angles only"):
        evaluate_asymmetry(RULES, Measurement(100, 1), Measurement(80, 1), "squat")
    rules = [rule for rule in RULE_BOOK.rules.values() if rule.kind == "difference"]
    assert {test for rule in rules for test in rule.of_tests} == BOUND_OF.keys()
    assert {QUANTITIES[RESULT_OF[test]].unit for test in BOUND_OF} == {"deg"}


def test_smallest_real_changes_are_those_of_the_study() -> None:
    angle, tape = RULE_BOOK.real_change(KEY), RULE_BOOK.real_change("tape_cm")
    assert (angle.mdc, angle.unit, tape.mdc, tape.unit) == (3.8, "deg", 1.5, "cm")
    assert "Konor" in angle.source and "Konor" in tape.source
    assert RULE_BOOK.real_change("big_toe_extension_deg").mdc is None


@pytest.mark.parametrize(
    ("measurement", "halves", "least"),
    [
        (KEY, (1.0, 1.0), 3.8),
        (KEY, (3.0, 4.0), 5.0),
        (KEY, (None, 4.0), 3.8),
        ("big_toe_extension_deg", (3.0, 4.0), 5.0),
        ("big_toe_extension_deg", (None, 4.0), None),
    ],
)
def test_the_own_doubt_counts_where_it_is_larger(
    measurement: str, halves: tuple[float | None, float], least: float | None
) -> None:
    before, after = (Measurement(30.0, half) for half in halves)
    found = RULE_BOOK.real_change(measurement).between(before, after)
    assert found == (None if least is None else pytest.approx(least))


def test_an_unknown_change_names_the_known_ones() -> None:
    with pytest.raises(RulesError, match="peak_shin_angle_deg"):
        RULE_BOOK.real_change("peak_knee_angle")


@pytest.mark.parametrize(
    ("rules", "verdict"),
    [
        ({"squat-heels": "limited", "big-toe": "limited"}, "limited"),
        ({"heel-lift": "limited", "dorsiflexion-runner": "limited"}, "limited"),
        # The heel alone is no test beside itself.
        ({"squat-heels": "limited", "big-toe": "meets"}, "meets"),
        ({"squat-heels": "borderline", "big-toe": "limited"}, "not_measured"),
    ],
)
def test_a_heel_that_was_filmed_as_it_rose_is_a_sign(rules: dict[str, Verdict], verdict: str) -> None:
    findings = [
        RuleFinding(name, each, RULE_BOOK.rules[name].measurement, 0.0, 1.0, "…", "S0", "left", name)
        for name, each in rules.items()
    ]
    assert professional_verdict(RULES, findings)[0] == verdict
