"""Safety over a plan: no plan with a yes, no drill that a sore place keeps out, only what is safe for anyone
while a question is open; only a therapist lifts.

Not here: which findings ask for which drills (`test_engine.py`), the questions (`tests/profile`).
"""

from __future__ import annotations

import datetime as dt
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dorsi.errors import UsageError
from dorsi.plan import Plan, load_books, plan_for
from dorsi.plan.book import STAGES, StageName
from dorsi.plan.limits import stage_reached
from dorsi.profile import PAIN_PLACES, SAFETY_QUESTIONS, Clearance, PlanChecks, Profile, safety_state
from dorsi.rules import RuleFinding

BOOKS = load_books()
DRILLS = BOOKS.drills.drills
TITLES = {drill.title: drill for drill in DRILLS.values()}
KEYS = [each.key for each in SAFETY_QUESTIONS]
NO = dict.fromkeys(KEYS, False)
SAFE = {drill.title for drill in DRILLS.values() if drill.safe_for_anyone}
SUBSETS = [each for size in range(len(PAIN_PLACES) + 1) for each in combinations(PAIN_PLACES, size)]
CHECKS: dict[StageName, dict[str, Any]] = {
    "loosen": {}, "control": {"weeks": 4}, "strengthen": {"weeks": 4, "balance_30_s": True},
    "spring": {"weeks": 4, "balance_30_s": True, "calf_raises_15": True},
}  # fmt: skip
TROUBLE = {"plantar_fascia": "sole"}
WHEN = dt.datetime(2026, 1, 31, 9, 30, tzinfo=dt.UTC)
THERAPIST = Clearance("Mara Lindt", "therapist", WHEN, "Seen today: the swelling is an old one.")


def made(rule: str, verdict: Any = "limited", measurement: str | None = None) -> RuleFinding:
    known = BOOKS.rules.rules[rule]
    about = measurement or known.measurement
    return RuleFinding(rule, verdict, about, 0.0, 1.0, "…", known.source, None, known.title)


NEEDS: dict[str, list[RuleFinding]] = {
    "ankle": [made("dorsiflexion-runner")],
    "toe": [made("big-toe")],
    "heel": [made("heel-lift")],
    "squat": [made("squat-depth")],
    "arch": [made("windlass")],
    "tight": [made("signs", "borderline", "calf_tightness")],
    "circles": [made("circles", "borderline")],
    "all": [
        made(name) for name in ("dorsiflexion-runner", "big-toe", "heel-lift", "squat-depth", "windlass")
    ],
    "none": [made("dorsiflexion-runner", "meets")],
}
"""Findings by what they ask for."""


def told(**more: Any) -> Profile:
    return Profile.model_validate({"safety": NO} | more)


def shown(plan: Plan) -> set[str]:
    """Titles of every drill that a plan names as one to do, now or later."""
    items = {item.drill for item in plan.items} | {title for item in plan.items for title in item.substitutes}
    return items | set(plan.alternatives) | {title for stage in plan.stages for title in stage.drills}


ANSWER = st.sampled_from([True, False, None])


@given(
    answers=st.fixed_dictionaries(dict.fromkeys(KEYS, ANSWER)),
    pain=st.sampled_from(SUBSETS),
    level=st.none() | st.integers(0, 10),
    age=st.sampled_from([None, "under 18", "18-39", "60+"]),
    need=st.sampled_from(list(NEEDS)),
    stage=st.sampled_from(STAGES),
)
def test_any_yes_and_there_is_no_plan_and_no_advice(
    answers: dict[str, bool | None], pain: tuple[str, ...], level: int | None, age: str | None, need: str,
    stage: StageName,
) -> None:  # fmt: skip
    signs = {"pain_where": pain} | ({"pain_level": level} if pain else {})
    profile = Profile.model_validate(
        {"safety": answers, "signs": signs, "age_group": age, "plan": CHECKS[stage]}
    )
    plan = plan_for(NEEDS[need], BOOKS, profile=profile)
    sore = bool(pain) and level is not None and level > 3
    yes = True in answers.values() or sore or age == "under 18"
    assert plan.safety.state == safety_state(profile).state
    assert (plan.safety.state == "stop") is yes
    if yes:
        assert plan.about == plan.safety.line
        assert not (plan.items or plan.alternatives or plan.stages or plan.week or plan.withheld)
        assert not (plan.remeasure or plan.real_change or plan.cautions or plan.see_a_professional)
    elif plan.safety.state == "unanswered":
        assert shown(plan) <= SAFE
        assert plan.stage in STAGES[:2]
    else:
        assert plan.items


def test_of_all_yeses_the_gravest_comes_first() -> None:
    """Every answer to the thirteen questions: the most urgent is said first, then by the list."""
    urgency = {each.key: each.urgency for each in SAFETY_QUESTIONS}
    assert [key for key in KEYS if urgency[key] == 1] == list(KEYS[:2])
    for answers in product([True, False], repeat=len(KEYS)):
        flags = [key for key, yes in zip(KEYS, answers, strict=True) if yes]
        state = safety_state(Profile.model_validate({"safety": dict(zip(KEYS, answers, strict=True))}))
        assert [each.key for each in state.flags] == sorted(flags, key=urgency.__getitem__)
        assert state.state == ("stop" if flags else "clear")
        if flags:
            first = state.flags[0]
            assert first.whom in state.sentences[0] and first.how_soon in state.sentences[0]
            assert all(each.text in state.line for each in state.flags)


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("stage", STAGES)
def test_pain_and_one_sided_trouble_keep_drills_out(need: str, stage: StageName) -> None:
    for pain, one_sided in product(SUBSETS, ("left", "none")):
        profile = told(signs={"pain_where": pain, "one_sided": one_sided}, plan=CHECKS[stage])
        plan = plan_for(NEEDS[need], BOOKS, profile=profile)
        met = {TROUBLE.get(place, place) for place in pain} | (
            {"one_sided"} if one_sided == "left" else set()
        )
        assert not [title for title in shown(plan) if met & set(TITLES[title].not_with)]
        assert len(plan.items) <= 5 and len({item.name for item in plan.items}) == len(plan.items)
        assert not shown(plan) & {each.drill for each in plan.withheld}
        assert all(met & set(TITLES[each.drill].not_with) for each in plan.withheld)
        assert all(each.why.startswith("Left out because ") for each in plan.withheld)
        assert bool(plan.items) or "no drill is left" in plan.about
        reached = STAGES.index(plan.stage or "loosen")
        assert all(STAGES.index(item.stage) <= reached for item in plan.items)
        said = (
            BOOKS.drills.pain_now
            if plan.see_a_professional
            else f"You named a pain. {BOOKS.drills.pain_caution}"
        )
        assert (said in plan.about) is bool(pain)
        # Nobody with a sore foot or calf stands on the toes of it to warm up.
        tiptoe = {"achilles", "heel", "sole", "shin", "forefoot", "big_toe"} & met
        assert ("Ankle circles" if tiptoe else "Ankle circles, sitting") not in shown(plan)


def test_what_is_left_out_says_why() -> None:
    profile = told(signs={"pain_where": ["achilles", "knee"], "one_sided": "left"}, plan=CHECKS["spring"])
    withheld = {each.drill: each.why for each in plan_for(NEEDS["ankle"], BOOKS, profile=profile).withheld}
    assert withheld["Three-way ankle rocks, half-kneeling"] == ("Left out because of the pain in the knee")
    assert withheld["Forward bound"] == (
        "Left out because of the pain in the Achilles tendon and the knee, and because the trouble is always "
        "on one side"
    )


def test_a_need_without_a_drill_is_told() -> None:
    """Loosening a toe that hurts leaves toe yoga; a file whose only drill is kept out leaves nothing."""
    plan = plan_for(NEEDS["toe"], BOOKS, profile=told(signs={"pain_where": ["big_toe"]}))
    assert [item.name for item in plan.items] == ["toe-yoga"]
    squat = plan_for(NEEDS["squat"], BOOKS, profile=told(signs={"pain_where": ["knee"]}))
    assert [item.name for item in squat.items] == ["calf-stretch"]
    need = BOOKS.drills.needs[0].model_copy(update={"drills": ["three-way-ankle-rocks"], "alternatives": []})
    drills = {**{f: getattr(BOOKS.drills, f) for f in BOOKS.drills.__slots__}, "needs": (need,)}
    books = type(BOOKS)(BOOKS.rules, type(BOOKS.drills)(**drills))
    plan = plan_for(NEEDS["ankle"], books, profile=told(signs={"pain_where": ["knee"]}))
    assert plan.items == () and plan.about.startswith(
        "For more ankle bend no drill is left beside what hurts"
    )
    assert plan.withheld
    assert "needs no answers: answer the safety questions" in plan_for(NEEDS["ankle"], books).about


@pytest.mark.parametrize("need", NEEDS)
def test_without_answers_only_what_is_safe_for_anyone(need: str) -> None:
    for profile in (None, Profile(), Profile.model_validate({"safety": NO | {"pregnant": None}})):
        plan = plan_for(NEEDS[need], BOOKS, profile=profile)
        assert plan.safety.state == "unanswered" and shown(plan) <= SAFE
        assert plan.items
        assert all(question in plan.safety.line for question in plan.safety.questions)
    first = plan_for(NEEDS[need], BOOKS).safety.questions
    assert list(first) == [each.text for each in SAFETY_QUESTIONS[:4]]


def test_only_a_therapist_lifts_and_says_why() -> None:
    profile = Profile.model_validate({"safety": NO | {"swelling_heat_redness": True}})
    plan = plan_for(NEEDS["ankle"], BOOKS, profile=profile, clearance=THERAPIST)
    assert plan.safety.state == "lifted" and plan.items
    assert "three-way-ankle-rocks" in [item.name for item in plan.items]
    lifted = plan.safety.lifted
    assert lifted is not None
    assert (lifted.by, lifted.at, lifted.reason) == (THERAPIST.by, THERAPIST.at, THERAPIST.reason)
    assert [flag.key for flag in plan.safety.flags] == ["swelling_heat_redness"]
    assert "Mara Lindt, therapist, lifted this on 2026-01-31" in plan.safety.line
    # What nobody answered stays open.
    alone = Profile.model_validate({"safety": {"swelling_heat_redness": True}})
    assert shown(plan_for(NEEDS["ankle"], BOOKS, profile=alone, clearance=THERAPIST)) <= SAFE
    for state, each in (("clear", told()), ("unanswered", Profile())):
        unneeded = plan_for(NEEDS["ankle"], BOOKS, profile=each, clearance=THERAPIST).safety
        assert (unneeded.state, unneeded.lifted) == (state, None)


@pytest.mark.parametrize(
    ("by", "role", "at", "reason", "code"),
    [
        ("Ana", "runner", WHEN, "I feel fine", "clearance_by_other"),
        ("Ana", "", WHEN, "I feel fine", "clearance_by_other"),
        ("Mara", "therapist", WHEN, "  ", "clearance_incomplete"),
        ("", "therapist", WHEN, "Seen", "clearance_incomplete"),
        ("Mara", "therapist", dt.datetime(2026, 1, 31), "Seen", "clearance_incomplete"),  # noqa: DTZ001
    ],
)
def test_nobody_else_lifts(by: str, role: str, at: dt.datetime, reason: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        Clearance(by, role, at, reason)
    assert caught.value.code == code


@pytest.mark.parametrize("limited", [True, False])
@pytest.mark.parametrize("weeks", [None, 0, 3, 4, 12])
@pytest.mark.parametrize("balance", [None, False, True])
@pytest.mark.parametrize("raises", [None, False, True])
def test_stages(limited: bool, weeks: int | None, balance: bool | None, raises: bool | None) -> None:
    checks = PlanChecks(weeks=weeks, balance_30_s=balance, calf_raises_15=raises)
    reached = stage_reached(checks, BOOKS.drills.stages, limited=limited)
    if limited and (weeks or 0) < 4:
        assert reached == "loosen"
    elif not balance:
        assert reached == "control"
    else:
        assert reached == ("spring" if raises else "strengthen")


def test_the_stages_of_a_plan() -> None:
    plan = plan_for(NEEDS["ankle"], BOOKS, profile=told(plan=CHECKS["strengthen"]))
    assert [each.stage for each in plan.stages] == list(STAGES)
    assert [each.now for each in plan.stages] == [False, False, True, False]
    assert "15 slow calf raises" in plan.stages[2].before_next and plan.stages[3].before_next == ""
    assert "4 weeks" in plan.stages[0].before_next
    assert plan.stages[3].drills == ("Forward bound", "Jump rope, in steps")
    assert plan.items[0].stage == "strengthen"


def test_jumping_rope_waits_until_the_ankle_is_mobile() -> None:
    springy = told(plan=CHECKS["spring"])
    assert "Jump rope, in steps" not in plan_for(NEEDS["ankle"], BOOKS, profile=springy).alternatives
    assert "Jump rope, in steps" in plan_for(NEEDS["none"], BOOKS, profile=springy).alternatives
