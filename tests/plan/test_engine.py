"""From findings to a plan: what asks for what, how much, in which order, why; and when there is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dorsi.plan import Plan, load_books, plan_for
from dorsi.profile import Profile
from dorsi.rules import (
    RuleFinding,
    evaluate,
    evaluate_answers,
    evaluate_asymmetry,
    evaluate_both,
)
from dorsi.types import Measurement, Side

BOOKS = load_books()
RULES = BOOKS.rules.rule_set()
SHIN, TOE = "peak_shin_angle_deg", "big_toe_extension_deg"


def ankle(value: float | None, side: Side | None = "left") -> list[RuleFinding]:
    found = evaluate(RULES, {SHIN: Measurement(value, 1.0)}, [], True, side=side)
    return [f for f in found if f.rule != "heel-lift"]


def toe(value: float, side: Side | None = "left") -> list[RuleFinding]:
    return evaluate(RULES, {TOE: Measurement(value, 1.0)}, [], True, "big_toe", side=side)


def squat(bend: float = 120, knee: float = 90, heel: float = 0) -> list[RuleFinding]:
    values = {
        "peak_knee_flexion_deg": Measurement(bend, 1.0),
        "peak_knee_over_foot_percent": Measurement(knee, 1.0),
        "max_heel_lift_mm": Measurement(heel, 1.0),
    }
    return evaluate(RULES, values, [], True, "squat")


def answers(**given: Any) -> list[RuleFinding]:
    return evaluate_answers(RULES, Profile.model_validate(given))


def names(plan: Plan) -> list[str]:
    return [item.name for item in plan.items]


def made(rule: str, verdict: Any, side: Side | None = None, measurement: str | None = None) -> RuleFinding:
    known = BOOKS.rules.rules[rule]
    about = measurement or known.measurement
    return RuleFinding(rule, verdict, about, 0.0, 1.0, "…", known.source, side, known.title)


def test_a_limited_ankle() -> None:
    plan = plan_for(ankle(5.0), BOOKS)
    assert names(plan) == [
        "calf-stretch",
        "three-way-ankle-rocks",
        "ankle-wall-drill",
        "eccentric-calf-raise",
    ]
    assert plan.about == "A plan for more ankle bend."
    first = plan.items[0]
    assert first.why == "For more ankle bend: “Minimum dorsiflexion for running” is limited on the left."
    assert (first.dose, first.side) == ("30 s each leg position, 3 sets", "left")
    assert first.how_often.startswith("daily") and first.source.startswith("S1")


def test_a_borderline_ankle_is_mild() -> None:
    plan = plan_for(ankle(11.5), BOOKS)
    assert len(plan.items) == 3
    assert plan.about == "A plan for more ankle bend (borderline)."
    assert "is borderline on the left" in plan.items[0].why


def test_sides_are_told_apart() -> None:
    plan = plan_for([*ankle(5.0, "left"), *ankle(11.5, "right")], BOOKS)
    assert "is limited on the left and borderline on the right" in plan.items[0].why
    assert plan.items[0].side is None
    both = plan_for([*ankle(5.0, "left"), *ankle(5.0, "right")], BOOKS)
    assert "is limited on both sides" in both.items[0].why


def test_a_limited_toe() -> None:
    assert names(plan_for(toe(10.0), BOOKS)) == ["great-toe-mobilisation", "toe-yoga", "towel-crunches"]


def test_ankle_and_toe_take_turns_and_say_that_both_are_limited() -> None:
    findings = [*ankle(5.0), *toe(10.0)]
    plan = plan_for([*findings, *evaluate_both(RULES, findings)], BOOKS)
    assert names(plan) == [
        "calf-stretch", "great-toe-mobilisation", "three-way-ankle-rocks", "toe-yoga", "ankle-wall-drill",
    ]  # fmt: skip
    assert "the ankle and the big toe are both limited on the left" in plan.items[0].why
    assert "the ankle and the big toe are both limited on the left" in plan.items[1].why


def test_limited_comes_before_borderline() -> None:
    plan = plan_for([*ankle(11.5), *toe(10.0)], BOOKS)
    assert names(plan)[0] == "great-toe-mobilisation"
    assert plan.about == "A plan for more big-toe extension, and mildly for more ankle bend (borderline)."


def test_heel_control() -> None:
    plan = plan_for([made("heel-lift", "limited", "left")], BOOKS)
    assert names(plan)[0] == "eccentric-calf-raise"
    assert {"single-leg-balance", "calf-raises"} <= set(names(plan))


def test_squat_findings_each_have_their_drills() -> None:
    assert "heel-elevated-squat-rock" in names(plan_for(squat(bend=70), BOOKS))
    assert "heel-elevated-squat-rock" in names(plan_for(squat(knee=50), BOOKS))
    assert names(plan_for(squat(heel=30), BOOKS))[0] == "eccentric-calf-raise"


def test_asymmetry_asks_for_the_more_limited_side() -> None:
    unlike = evaluate_asymmetry(RULES, Measurement(30.0, 1.0), Measurement(20.0, 1.0), "lunge")
    plan = plan_for([*ankle(30.0, "left"), *ankle(20.0, "right"), unlike], BOOKS)
    assert names(plan)[0] == "calf-stretch"
    assert {item.side for item in plan.items} == {"right"}
    assert "the right is the more limited side" in plan.items[0].why
    toes = evaluate_asymmetry(RULES, Measurement(30.0, 1.0), Measurement(50.0, 1.0), "big_toe")
    assert names(plan_for([toes], BOOKS))[0] == "great-toe-mobilisation"


def test_an_asymmetry_that_is_not_shown_asks_for_nothing() -> None:
    alike = evaluate_asymmetry(RULES, Measurement(30.0, 5.0), Measurement(28.0, 5.0), "lunge")
    assert alike.verdict == "borderline"
    assert plan_for([*ankle(30.0), alike], BOOKS).about.startswith("Nothing measured is limited")


def test_answers_make_a_plan_and_a_clip_outranks_them() -> None:
    told = answers(left={"knee_touched": False})
    assert names(plan_for(told, BOOKS))[0] == "calf-stretch"
    outranked = plan_for([*told, *ankle(30.0)], BOOKS)
    assert outranked.about.startswith("Your own test at the wall is limited; the clip of that ankle is not")
    assert len(outranked.items) == 3 and "forward-bound" not in names(outranked)
    assert not outranked.see_a_professional
    assert names(plan_for([*told, *ankle(30.0, "right")], BOOKS))[0] == "calf-stretch"
    assert names(plan_for([*told, *ankle(None)], BOOKS))[0] == "calf-stretch"


@pytest.mark.parametrize(
    ("given", "drill"),
    [
        ({"left": {"arch_rises": False}}, "toe-yoga"),
        ({"circles_smaller": "right"}, "ankle-circles"),
        ({"signs": {"calf_tightness": True}}, "foam-rolling"),
        ({"signs": {"short_stride": True}}, "eccentric-calf-raise"),
        ({"signs": {"heels_lift": True}}, "eccentric-calf-raise"),
    ],
)
def test_each_answer_has_its_drill(given: dict[str, Any], drill: str) -> None:
    plan = plan_for(answers(**given), BOOKS)
    assert drill in names(plan)
    assert not plan.see_a_professional or "arch_rises" in str(given)


@pytest.mark.parametrize(
    ("leg", "clip", "wanted"),
    [
        ({"knee_touched": False}, 30.0, True),
        ({"tape_cm": 0.5}, None, True),
        # The estimate reads low at short distances, and a clip knows better.
        ({"tape_cm": 0.5}, 30.0, False),
        ({"tape_cm": 0.5}, 5.0, True),
    ],
)
def test_a_sign_with_a_limited_test_at_the_wall(
    leg: dict[str, Any], clip: float | None, wanted: bool
) -> None:
    told = answers(left=leg, signs={"pain_where": ["shin"]})
    plan = plan_for([*told, *ankle(clip)], BOOKS)
    assert plan.see_a_professional is wanted
    assert "Nothing measured is limited" not in plan.about and "forward-bound" not in names(plan)
    # The finding and the plan say the same.
    findings = evaluate_both(RULES, [*told, *ankle(clip)])
    assert {f.rule: f.verdict for f in findings}["see-a-professional"] == ("limited" if wanted else "meets")


@pytest.mark.parametrize("lost", [ankle(None, "right"), evaluate(RULES, {}, [], False, "big_toe")])
def test_a_clip_without_a_number_is_no_ankle_in_order(lost: list[RuleFinding]) -> None:
    plan = plan_for([*ankle(30.0), *lost], BOOKS)
    assert "film that again" in plan.about and "Nobody has to do it" not in plan.about
    assert "forward-bound" not in names(plan) and "Jump rope" not in plan.alternatives


def test_a_sign_alone_is_not_called_borderline() -> None:
    plan = plan_for([*ankle(30.0), *answers(signs={"calf_tightness": True})], BOOKS)
    assert plan.about == "A plan for a calf that is less tight (a sign you named)."
    plan = plan_for([*ankle(5.0), *answers(signs={"calf_tightness": True})], BOOKS)
    assert plan.about.endswith(", and mildly for a calf that is less tight (a sign you named).")


def test_a_sign_is_named_in_the_reason() -> None:
    plan = plan_for(answers(signs={"calf_tightness": True}), BOOKS)
    assert "you named calf or Achilles tightness that keeps coming back" in plan.items[1].why


def test_warm_ups_come_first_and_springs_last() -> None:
    plan = plan_for(answers(signs={"calf_tightness": True}), BOOKS)
    assert names(plan)[0] == "ankle-circles"
    assert names(plan_for(ankle(30.0), BOOKS))[-1] == "forward-bound"


def test_nothing_limited_is_a_short_upkeep_plan() -> None:
    plan = plan_for(ankle(30.0), BOOKS)
    assert len(plan.items) == 3
    assert {"Jump rope", "Split jumps"} <= set(plan.alternatives)
    assert "Nobody has to do it" in plan.about
    assert "fixes the interval" in plan.remeasure


def test_no_springs_with_a_sign_or_an_untested_ankle() -> None:
    with_sign = plan_for([*ankle(30.0), *answers(signs={"pain_where": ["knee"]})], BOOKS)
    assert "forward-bound" not in names(with_sign) and "Jump rope" not in with_sign.alternatives
    assert "You named a sign" in with_sign.about
    assert "forward-bound" not in names(plan_for(toe(50.0), BOOKS))


def test_a_clip_without_a_number_is_filmed_again_and_not_in_some_months() -> None:
    plan = plan_for([*ankle(30.0), *ankle(None, "right")], BOOKS)
    assert "so film that again" in plan.about
    assert "months" not in plan.remeasure and "as soon as" in plan.remeasure


@pytest.mark.parametrize("findings", [[], ankle(None), answers(), answers(signs={"heels_lift": False})])
def test_nothing_measured_is_no_plan(findings: list[RuleFinding]) -> None:
    plan = plan_for(findings, BOOKS)
    assert plan.items == () and not plan.see_a_professional
    assert plan.about == "Nothing was measured, so there is no plan."
    assert plan.remeasure == plan.real_change == ""


@pytest.mark.parametrize(
    ("angle", "sign", "wanted"), [(5.0, True, True), (11.5, True, False), (5.0, False, False)]
)
def test_any_sign_with_a_limited_test_is_for_a_professional(angle: float, sign: bool, wanted: bool) -> None:
    told = answers(signs={"pain_where": ["shin"] if sign else []})
    assert plan_for([*ankle(angle), *told], BOOKS).see_a_professional is wanted


def test_only_rules_of_the_minimum_send_to_a_professional() -> None:
    """An ankle under the mean of a group is not what the articles call limited."""
    young = BOOKS.rules.rule_set("young-adults")
    crest = evaluate(young, {"peak_crest_angle_deg": Measurement(20.0, 1.0)}, [], True, side="left")
    findings = [*crest, *answers(signs={"calf_tightness": True})]
    assert findings[0].verdict == "limited"
    assert not plan_for(findings, BOOKS).see_a_professional
    assert plan_for([*findings, *ankle(5.0)], BOOKS).see_a_professional


def test_a_difference_of_sides_alone_is_no_limited_test() -> None:
    unlike = evaluate_asymmetry(RULES, Measurement(30.0, 1.0), Measurement(20.0, 1.0), "lunge")
    findings = [*ankle(30.0, "left"), *ankle(20.0, "right"), unlike, *answers(signs={"heels_lift": True})]
    assert not plan_for(findings, BOOKS).see_a_professional
    told = {f.rule: f.verdict for f in evaluate_both(RULES, findings)}
    assert told["see-a-professional"] == "meets"


def test_when_to_measure_again_and_what_change_is_real() -> None:
    plan = plan_for(ankle(5.0), BOOKS)
    assert "4 weeks of steady work" in plan.remeasure and "Dorsi's choice" in plan.remeasure
    assert plan.real_change.startswith("A change of the shin angle is real from about 3.8° on")
    assert "Konor" in plan.real_change
    unsure = plan_for(ankle(5.0), BOOKS, measurements={SHIN: Measurement(5.0, 4.0)}).real_change
    assert "from about 5.7° on" in unsure and "more than the 3.8°" in unsure
    own = {SHIN: Measurement(5.0, 4.0, repeatability_95=3.0)}
    assert "from about 4.2° on" in plan_for(ankle(5.0), BOOKS, measurements=own).real_change
    assert "exceeds what two such clips may differ by" in plan_for(toe(10.0), BOOKS).real_change
    told = plan_for(toe(10.0), BOOKS, measurements={TOE: Measurement(10.0, 3.0)}).real_change
    assert "from about 4.2° on (what two such clips may differ by; no study" in told
    assert (
        "tape distance is real from about 1.5 cm on"
        in plan_for(answers(left={"tape_cm": 2}), BOOKS).real_change
    )


def test_findings_of_unknown_rules_are_passed_over() -> None:
    odd = RuleFinding("bounce", "limited", "bounce_mm", 3.0, 4.0, "…", "S9")
    assert plan_for([odd], BOOKS).items == ()
    assert names(plan_for([odd, *ankle(5.0)], BOOKS)) == names(plan_for(ankle(5.0), BOOKS))


SIDED = [r for r in BOOKS.rules.rules.values() if r.test != "screen" and r.kind != "signs"]
_FINDING = st.builds(
    lambda rule, verdict, side: made(rule.name, verdict, side),
    st.sampled_from(SIDED),
    st.sampled_from(["meets", "borderline", "limited", "not_measured"]),
    st.sampled_from(["left", "right", None]),
)
_SIGN = st.builds(
    lambda key: made("signs", "borderline", None, key),
    st.sampled_from(["calf_tightness", "pain", "short_stride", "one_sided", "heels_lift"]),
)


@given(st.lists(_FINDING | _SIGN, max_size=12))
def test_plan_and_screen_agree_on_a_professional(findings: list[RuleFinding]) -> None:
    (told,) = [f for f in evaluate_both(RULES, findings) if f.rule == "see-a-professional"]
    assert plan_for(findings, BOOKS).see_a_professional is (told.verdict == "limited")


@given(st.lists(_FINDING | _SIGN, max_size=12))
def test_every_plan_is_short_and_says_why_how_much_and_who_says_so(findings: list[RuleFinding]) -> None:
    plan = plan_for(findings, BOOKS)
    assert len(plan.items) == 0 or 3 <= len(plan.items) <= 5
    assert len(set(names(plan))) == len(plan.items)
    assert not {item.drill for item in plan.items} & set(plan.alternatives)
    for item in plan.items:
        assert item.why.startswith("For ") and item.why.endswith(".")
        assert item.dose and item.how_often and item.steps and item.source
        assert len(item.why) < 500
    assert plan.about.endswith(".") and plan.cautions
    limited = [f for f in findings if f.verdict == "limited"]
    assert not limited or plan.items


@given(st.lists(_FINDING | _SIGN, min_size=1, max_size=8))
def test_the_order_of_findings_does_not_change_the_drills(findings: list[RuleFinding]) -> None:
    assert names(plan_for(findings, BOOKS)) == names(plan_for(findings[::-1], BOOKS))


def test_every_drill_is_chosen_or_offered_by_some_findings() -> None:
    cases: list[list[RuleFinding]] = [ankle(5.0), toe(10.0), squat(bend=70), squat(heel=30), ankle(30.0)]
    cases += [answers(signs={"calf_tightness": True}), answers(circles_smaller="left")]
    cases += [answers(left={"arch_rises": False}), [*squat(heel=30), *squat(bend=70)]]
    plans = [plan_for(case, BOOKS) for case in cases]
    seen = {item.drill for plan in plans for item in plan.items} | {
        a for plan in plans for a in plan.alternatives
    }
    assert seen == {drill.title for drill in BOOKS.drills.drills.values()}
