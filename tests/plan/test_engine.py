"""From findings to a plan: what asks for what, how much, in which order, why; and when there is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dorsi.plan import Plan, load_books, plan_for
from dorsi.profile import SAFETY_QUESTIONS, Profile
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


def person(base: Profile | None = None, **more: Any) -> Profile:
    """`base`, or somebody who said no to every safety question, with more answers."""
    known = CLEAR if base is None else base
    return Profile.model_validate(known.model_dump(by_alias=True) | more)


CLEAR = Profile.model_validate({"safety": {each.key: False for each in SAFETY_QUESTIONS}})


SPRINGY = person(plan={"weeks": 8, "balance_30_s": True, "calf_raises_15": True})
"""Somebody whom no stage holds back."""


def planned(findings: list[RuleFinding], *, profile: Profile | None = CLEAR, **more: Any) -> Plan:
    """The plan of somebody who said no to every safety question."""
    return plan_for(findings, BOOKS, profile=profile, **more)


def names(plan: Plan) -> list[str]:
    return [item.name for item in plan.items]


def made(rule: str, verdict: Any, side: Side | None = None, measurement: str | None = None) -> RuleFinding:
    known = BOOKS.rules.rules[rule]
    about = measurement or known.measurement
    return RuleFinding(rule, verdict, about, 0.0, 1.0, "…", known.source, side, known.title)


def test_a_limited_ankle() -> None:
    plan = planned(ankle(5.0))
    assert names(plan) == ["ankle-circles", "calf-stretch", "three-way-ankle-rocks", "ankle-wall-drill"]
    assert plan.about == "A plan for more ankle bend."
    first = plan.items[1]
    assert first.why == "For ankle bend: “Minimum dorsiflexion for running” is limited on the left."
    assert (first.dose[:28], first.side) == ("30 s with the knee straight ", "left")
    assert first.how_often.startswith("daily") and first.source.startswith("S1")
    assert (first.stage, first.slots, first.days_a_week, first.minutes) == (
        "loosen", ("before_run", "after_run"), 7, 6.0,
    )  # fmt: skip
    assert first.substitutes == ("Kneeling dorsiflexion rocks", "Band-assisted ankle mobilisation")


def test_a_borderline_ankle_is_mild() -> None:
    plan = planned(ankle(11.5))
    assert len(plan.items) == 3
    assert plan.about == "A plan for more ankle bend (borderline)."
    assert "is borderline on the left" in plan.items[0].why


def test_sides_are_told_apart() -> None:
    plan = planned([*ankle(5.0, "left"), *ankle(11.5, "right")])
    assert "is limited on the left and borderline on the right" in plan.items[0].why
    assert plan.items[0].side is None
    both = planned([*ankle(5.0, "left"), *ankle(5.0, "right")])
    assert "is limited on both sides" in both.items[0].why


def test_a_limited_toe() -> None:
    assert names(planned(toe(10.0))) == ["great-toe-mobilisation", "toe-yoga"]
    later = planned(toe(10.0), profile=person(plan={"weeks": 4}))
    assert {"towel-crunches", "great-toe-mobilisation"} <= set(names(later))


def test_ankle_and_toe_take_turns_and_say_that_both_are_limited() -> None:
    findings = [*ankle(5.0), *toe(10.0)]
    plan = planned([*findings, *evaluate_both(RULES, findings)])
    assert names(plan) == [
        "calf-stretch", "great-toe-mobilisation", "three-way-ankle-rocks", "toe-yoga", "ankle-wall-drill",
    ]  # fmt: skip
    assert "the ankle and the big toe are both limited on the left" in plan.items[0].why
    assert "the ankle and the big toe are both limited on the left" in plan.items[1].why


def test_limited_comes_before_borderline() -> None:
    plan = planned([*ankle(11.5), *toe(10.0)])
    assert names(plan)[0] == "great-toe-mobilisation"
    assert plan.about == "A plan for more big-toe extension first, then for more ankle bend (borderline)."


def test_heel_control() -> None:
    plan = planned([made("heel-lift", "limited", "left")])
    assert names(plan) == ["calf-stretch", "ankle-wall-drill"]
    strong = person(plan={"weeks": 4, "balance_30_s": True})
    plan = planned([made("heel-lift", "limited", "left")], profile=strong)
    assert names(plan)[0] == "eccentric-calf-raise"
    assert {"single-leg-balance", "calf-raises"} <= set(names(plan))


def test_squat_findings_each_have_their_drills() -> None:
    assert "heel-elevated-squat-rock" in names(planned(squat(bend=70)))
    assert "heel-elevated-squat-rock" in names(planned(squat(knee=50)))
    strong = person(plan={"weeks": 4, "balance_30_s": True})
    assert names(planned(squat(heel=30), profile=strong))[0] == "eccentric-calf-raise"


def test_asymmetry_asks_for_the_more_limited_side() -> None:
    unlike = evaluate_asymmetry(RULES, Measurement(30.0, 1.0), Measurement(20.0, 1.0), "lunge")
    plan = planned([*ankle(30.0, "left"), *ankle(20.0, "right"), unlike])
    assert names(plan)[1] == "calf-stretch"
    assert {item.side for item in plan.items} == {"right"}
    assert "the right ankle bends less than the left" in plan.items[0].why
    toes = evaluate_asymmetry(RULES, Measurement(30.0, 1.0), Measurement(50.0, 1.0), "big_toe")
    assert names(planned([toes]))[0] == "great-toe-mobilisation"


def test_an_asymmetry_that_is_not_shown_asks_for_nothing() -> None:
    alike = evaluate_asymmetry(RULES, Measurement(30.0, 5.0), Measurement(28.0, 5.0), "lunge")
    assert alike.verdict == "borderline"
    assert planned([*ankle(30.0), alike]).about.startswith("Nothing measured is limited")


def test_answers_make_a_plan_and_a_clip_outranks_them() -> None:
    # A miss at the wall decides nothing, so it asks for nothing.
    assert "more ankle bend" not in planned(answers(left={"knee_touched": False})).about
    told = answers(left={"tape_cm": 1.0})
    assert names(planned(told))[1] == "calf-stretch"
    outranked = planned([*told, *ankle(30.0)], profile=SPRINGY)
    assert outranked.about.startswith("Your own test at the wall is limited; the clip of that ankle is not")
    assert len(outranked.items) == 3 and "forward-bound" not in names(outranked)
    assert not outranked.see_a_professional
    assert names(planned([*told, *ankle(30.0, "right")]))[1] == "calf-stretch"
    assert names(planned([*told, *ankle(None)]))[1] == "calf-stretch"


@pytest.mark.parametrize(
    ("given", "drill"),
    [
        ({"left": {"arch_rises": False}}, "toe-yoga"),
        ({"circles_smaller": "right"}, "ankle-circles"),
        ({"signs": {"calf_tightness": True}}, "foam-rolling"),
        ({"signs": {"short_stride": True}}, "single-leg-balance"),
        ({"signs": {"heels_lift": True}}, "single-leg-balance"),
    ],
)
def test_each_answer_has_its_drill(given: dict[str, Any], drill: str) -> None:
    plan = planned(answers(**given))
    assert drill in names(plan)
    assert not plan.see_a_professional or "arch_rises" in str(given)


@pytest.mark.parametrize(
    ("leg", "clip", "wanted"),
    [
        ({"knee_touched": False}, 30.0, False),
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
    plan = planned([*told, *ankle(clip)])
    assert plan.see_a_professional is wanted
    assert "forward-bound" not in names(plan)
    # The finding and the plan say the same.
    findings = evaluate_both(RULES, [*told, *ankle(clip)])
    assert {f.rule: f.verdict for f in findings}["see-a-professional"] == ("limited" if wanted else "meets")


@pytest.mark.parametrize("lost", [ankle(None, "right"), evaluate(RULES, {}, [], False, "big_toe")])
def test_a_clip_without_a_number_is_no_ankle_in_order(lost: list[RuleFinding]) -> None:
    plan = planned([*ankle(30.0), *lost], profile=SPRINGY)
    assert "film that again" in plan.about and "If you like" not in plan.about
    assert "forward-bound" not in names(plan) and "Jump rope, in steps" not in plan.alternatives


def test_a_sign_alone_is_not_called_borderline() -> None:
    plan = planned([*ankle(30.0), *answers(signs={"calf_tightness": True})])
    assert plan.about == "A plan for a calf that is less tight (a sign you named)."
    plan = planned([*ankle(5.0), *answers(signs={"calf_tightness": True})])
    assert plan.about.endswith(" first, then for a calf that is less tight (a sign you named).")


def test_a_sign_is_named_in_the_reason() -> None:
    plan = planned(answers(signs={"calf_tightness": True}))
    assert "you named calf or Achilles tightness that keeps coming back" in plan.items[1].why


def test_warm_ups_come_first_and_springs_last() -> None:
    plan = planned(answers(signs={"calf_tightness": True}))
    assert names(plan)[0] == "ankle-circles"
    assert names(planned(ankle(30.0), profile=SPRINGY))[-1] == "forward-bound"


def test_nothing_limited_is_a_short_upkeep_plan() -> None:
    plan = planned(ankle(30.0))
    assert (len(plan.items), plan.stage) == (3, "control")
    assert "forward-bound" not in names(plan)
    springy = planned(ankle(30.0), profile=SPRINGY)
    assert {"Jump rope, in steps", "Split jumps"} <= set(springy.alternatives)
    assert "If you like" in plan.about
    assert "fixes the interval" in plan.remeasure


def test_no_springs_with_a_sore_knee_or_an_untested_ankle() -> None:
    sore = {"pain_where": ["knee"]}
    with_sign = planned([*ankle(30.0), *answers(signs=sore)], profile=person(SPRINGY, signs=sore))
    assert "forward-bound" not in names(with_sign) and "Jump rope, in steps" not in with_sign.alternatives
    assert "You named a sign" in with_sign.about
    assert "forward-bound" not in names(planned(toe(50.0), profile=SPRINGY))


def test_a_clip_without_a_number_is_filmed_again_and_not_in_some_months() -> None:
    plan = planned([*ankle(30.0), *ankle(None, "right")])
    assert "so film that again" in plan.about
    assert "months" not in plan.remeasure and "as soon as" in plan.remeasure


@pytest.mark.parametrize("findings", [[], ankle(None), answers(), answers(signs={"heels_lift": False})])
def test_nothing_measured_is_no_plan(findings: list[RuleFinding]) -> None:
    plan = planned(findings)
    assert plan.items == () and not plan.see_a_professional
    assert plan.about == "Nothing was measured, so there is no plan."
    assert plan.remeasure == plan.real_change == ""


@pytest.mark.parametrize(
    ("angle", "sign", "wanted"), [(5.0, True, True), (11.5, True, False), (5.0, False, False)]
)
def test_any_sign_with_a_limited_test_is_for_a_professional(angle: float, sign: bool, wanted: bool) -> None:
    told = answers(signs={"pain_where": ["shin"] if sign else []})
    assert planned([*ankle(angle), *told]).see_a_professional is wanted


def test_only_rules_of_the_minimum_send_to_a_professional() -> None:
    """An ankle under the mean of a group is not what the articles call limited."""
    young = BOOKS.rules.rule_set("young-adults")
    crest = evaluate(young, {"peak_crest_angle_deg": Measurement(20.0, 1.0)}, [], True, side="left")
    findings = [*crest, *answers(signs={"calf_tightness": True})]
    assert findings[0].verdict == "limited"
    assert not planned(findings).see_a_professional
    assert planned([*findings, *ankle(5.0)]).see_a_professional


def test_a_difference_of_sides_alone_is_no_limited_test() -> None:
    unlike = evaluate_asymmetry(RULES, Measurement(30.0, 1.0), Measurement(20.0, 1.0), "lunge")
    findings = [*ankle(30.0, "left"), *ankle(20.0, "right"), unlike, *answers(signs={"heels_lift": True})]
    assert not planned(findings).see_a_professional
    told = {f.rule: f.verdict for f in evaluate_both(RULES, findings)}
    assert told["see-a-professional"] == "meets"


def test_when_to_measure_again_and_what_change_is_real() -> None:
    plan = planned(ankle(5.0))
    assert "4 weeks of steady work" in plan.remeasure and "Dorsi's choice" in plan.remeasure
    assert plan.real_change.startswith(
        "When you measure a leg again, count only a change of more than about 3.8° in the shin angle (an "
        "inclinometer's, Konor"
    )
    assert "Konor" in plan.real_change
    unsure = planned(ankle(5.0), measurements={SHIN: Measurement(5.0, 4.0)}).real_change
    assert unsure.startswith(
        "When you measure a leg again, count only a change of more than about 5.7° in the shin angle:"
    )
    own = {SHIN: Measurement(5.0, 4.0, repeatability_95=3.0)}
    assert "more than about 4.2° in the shin angle" in planned(ankle(5.0), measurements=own).real_change
    assert "exceeds what two such clips may differ by" in planned(toe(10.0)).real_change
    told = planned(toe(10.0), measurements={TOE: Measurement(10.0, 3.0)}).real_change
    assert "more than about 4.2° in big-toe extension: two such clips may differ by less" in told
    assert "more than about 1.5 cm in the tape distance" in planned(answers(left={"tape_cm": 2})).real_change


def test_findings_of_unknown_rules_are_passed_over() -> None:
    odd = RuleFinding("bounce", "limited", "bounce_mm", 3.0, 4.0, "…", "S9")
    assert planned([odd]).items == ()
    assert names(planned([odd, *ankle(5.0)])) == names(planned(ankle(5.0)))


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
    assert planned(findings).see_a_professional is (told.verdict == "limited")


@given(st.lists(_FINDING | _SIGN, max_size=12))
def test_every_plan_is_short_and_says_why_how_much_and_who_says_so(findings: list[RuleFinding]) -> None:
    plan = planned(findings)
    assert len(plan.items) <= 5
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
    assert names(planned(findings)) == names(planned(findings[::-1]))


def test_every_drill_is_chosen_or_offered_by_some_findings() -> None:
    cases: list[list[RuleFinding]] = [ankle(5.0), toe(10.0), squat(bend=70), squat(heel=30), ankle(30.0)]
    cases += [answers(signs={"calf_tightness": True}), answers(circles_smaller="left")]
    cases += [answers(left={"arch_rises": False}), [*squat(heel=30), *squat(bend=70)]]
    strong = person(plan={"weeks": 4, "balance_30_s": True})
    sore = person(signs={"pain_where": ["achilles"]})
    plans = [planned(case, profile=each) for case in cases for each in (CLEAR, strong, SPRINGY, sore)]
    seen = {item.drill for plan in plans for item in plan.items} | {
        a for plan in plans for a in plan.alternatives
    }
    assert seen == {drill.title for drill in BOOKS.drills.drills.values()}
