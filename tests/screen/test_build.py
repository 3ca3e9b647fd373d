"""From reports and answers to the screen: pairs, findings, headline, plan; mirrored when the legs are."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dorsi.plan import load_books
from dorsi.profile import Profile
from dorsi.report.model import Reason, Report
from dorsi.screen.build import RoleReport, build_screen
from dorsi.screen.model import ROLES, Role, Screen
from tests.screen.reports import changed, lunge, refusal, squat, toe, warned, with_crest, with_view

BOOKS = load_books()

DAY = dt.date(2026, 1, 31)
ANSWERS = Profile.model_validate(
    {"right": {"knee_touched": False, "tape_cm": 2.0}, "signs": {"calf_tightness": True}}
)


def screen(*, rules: str = "runner", profile: Profile | None = None, **reports: Any) -> Screen:
    given = [RoleReport(role, report) for role, report in reports.items()]  # type: ignore[arg-type]
    return build_screen(given, BOOKS, rule_set=rules, date=DAY, profile=profile)


def of(screen: Screen, rule: str) -> list[tuple[str | None, str]]:
    return [(each.side, each.verdict) for each in screen.findings if each.rule == rule]


def test_both_sides_and_a_difference_that_counts() -> None:
    found = screen(left=lunge("left", 34.0, 2.0), right=lunge("right", 8.0, 1.5))
    pair = found.pairs[0]
    assert (pair.measurement, pair.headline, pair.more_limited) == ("peak_shin_angle_deg", True, "right")
    assert pair.difference is not None
    assert (pair.difference.value, pair.difference.uncertainty_95) == (26.0, 2.5)
    assert of(found, "dorsiflexion-runner") == [("left", "meets"), ("right", "limited")]
    assert of(found, "asymmetry") == [("right", "limited")]
    assert [each.comparable for each in found.comparability] == [True]
    assert found.headline.tone == "limited"
    assert found.headline.runner.startswith(
        "Your right ankle is limited against the minimum for running; your left ankle meets it. "
        "For an ankle that is a minimum: healthy young adults reach 35–40°. "
        "The right ankle is the more limited of the two. "
    )
    assert "left 34.0° ± 2.0°, right 8.0° ± 1.5°; left − right +26.0° ± 2.5°" in found.headline.professional
    assert 3 <= len(found.plan.items) <= 5
    assert {item.side for item in found.plan.items} == {"right"}


def test_what_change_is_real_follows_the_less_sure_side() -> None:
    said = screen(left=lunge("left", 34.0, 2.0), right=lunge("right", 8.0, 4.0)).plan.real_change
    assert "the shin angle is real from about 5.7° on" in said
    assert "from about 3.8° on" in screen(left=lunge("left", 34.0, 1.0)).plan.real_change


@pytest.mark.parametrize(
    ("right", "more_limited", "verdict"),
    [
        (lunge("right", 30.2, 1.0), None, "meets"),
        (lunge("right", 26.5, 1.0), None, "borderline"),  # less than 4 deg
        (lunge("right", 25.0, 6.0), None, "borderline"),  # less than its own ±
        (lunge("right", 25.0, 1.0), "right", "limited"),
        (lunge("right", 35.0, 1.0), "left", "limited"),
    ],
)
def test_a_difference_counts_beyond_its_own_doubt_and_four_degrees(
    right: Report, more_limited: str | None, verdict: str
) -> None:
    found = screen(left=lunge("left", 30.0, 1.0), right=right)
    assert found.pairs[0].more_limited == more_limited
    assert of(found, "asymmetry") == [(more_limited, verdict)]


def test_no_difference_is_claimed_of_clips_filmed_differently() -> None:
    far = with_view(lunge("right", 8.0, 1.5), shank_px=100.0)
    found = screen(left=lunge("left", 34.0), right=far)
    assert of(found, "asymmetry") == []
    pair = found.pairs[0]
    assert pair.difference is None
    assert pair.more_limited is None
    assert "not compared" in pair.said
    assert "4.0 times as large in the left clip" in pair.said
    assert "more limited" not in found.headline.runner
    # What each leg shows by itself stands.
    assert of(found, "dorsiflexion-runner") == [("left", "meets"), ("right", "limited")]


@pytest.mark.parametrize("role", ["left", "right"])
def test_one_side_alone_says_so(role: Role) -> None:
    reports: dict[str, Any] = {role: lunge(role)}
    found = screen(**reports)
    other = "right" if role == "left" else "left"
    assert [each.code for each in found.notes] == ["one_side_lunge"]
    assert f"no clip of the {other} lunge" in found.notes[0].message
    assert other in found.missing
    assert len(found.missing) == len(ROLES) - 1
    assert found.comparability == []
    assert found.pairs[0].difference is None
    assert getattr(found.pairs[0], other) is None
    assert found.headline.runner.startswith(f"Your {role} ankle meets the minimum for running.")


def test_a_refused_clip_is_told_with_its_reason() -> None:
    found = screen(left=lunge("left"), right=refusal("right"))
    assert "Your right ankle could not be measured: the leg was not filmed from the side." in (
        found.headline.runner
    )
    assert ("right", "not_measured") in of(found, "dorsiflexion-runner")
    assert not found.comparability[0].comparable
    assert found.pairs[0].right is not None
    assert found.pairs[0].right.value is None
    assert "right not measured" in found.headline.professional


def test_nothing_measured_has_no_tone_and_no_drills() -> None:
    found = screen(left=refusal("left"))
    assert found.headline.tone == "none"
    assert found.plan.items == []


def test_ankle_and_big_toe_of_one_side() -> None:
    found = screen(
        left=lunge("left", 34.0),
        right=lunge("right", 7.0, 1.0),
        left_toe=toe("left", 45.0),
        right_toe=toe("right", 20.0),
    )
    assert of(found, "both") == [("left", "meets"), ("right", "limited")]
    assert "Ankle and big toe are both limited on the right side" in found.headline.runner
    assert of(found, "big-toe") == [("left", "meets"), ("right", "limited")]
    assert [(each.test, each.comparable) for each in found.comparability] == [
        ("lunge", True),
        ("big_toe", True),
    ]
    toes = next(pair for pair in found.pairs if pair.test == "big_toe")
    assert toes.more_limited == "right"
    assert "The right big toe is the more limited of the two." in found.headline.runner
    assert [clip.posture for clip in found.clips] == ["unknown"] * 4


def test_a_toe_that_was_not_measured() -> None:
    found = screen(left_toe=toe("left", 45.0), right_toe=toe("right", None))
    assert "Your right big toe could not be measured: the test was filmed in shoes." in found.headline.runner
    assert [pair.test for pair in found.pairs] == ["big_toe"]


def test_a_squat_has_no_side() -> None:
    found = screen(squat=squat(70.0))
    assert found.clips[0].side is None
    assert found.pairs == []
    assert found.notes == []
    assert of(found, "squat-depth") == [(None, "limited")]
    assert "The deep squat is limited: the knee bend stays short of 90°." in found.headline.runner
    assert "knee bend in the squat: 70.0° ± 3.0°" in found.headline.professional
    refused = screen(squat=squat(None))
    assert "The squat could not be measured: the test was filmed in shoes." in refused.headline.runner


def test_answers_become_findings_and_a_sign_sends_to_a_professional() -> None:
    found = screen(left=lunge("left"), right=lunge("right", 7.0, 1.0), profile=ANSWERS)
    assert of(found, "knee-to-wall") == [("right", "limited")]
    assert of(found, "see-a-professional") == [(None, "limited")]
    assert found.plan.see_a_professional
    assert "see a professional" in found.headline.runner
    assert "By what you answered, the right knee does not reach the wall from four" in found.headline.runner
    assert [each.key for each in found.answers] == ["knee_touched", "tape_cm", "calf_tightness"]
    assert found.profile is not None
    assert found.profile["schema"] == "dorsi.profile/1"
    assert Profile.model_validate(found.profile) == ANSWERS
    origins = {each.rule: each.origin for each in found.findings}
    assert origins["knee-to-wall"] == "answers"
    assert origins["asymmetry"] == "screen"
    assert all((each.role is not None) == (each.origin == "clip") for each in found.findings)
    # What was not answered is no finding.
    assert "windlass" not in origins


def test_the_headline_keeps_ankle_and_toe_apart() -> None:
    found = screen(
        left=lunge("left", 36.0, 1.0),
        right=lunge("right", 24.0, 1.0),
        left_toe=toe("left", 20.0),
        right_toe=toe("right", 40.0),
    )
    said = found.headline.runner
    order = [
        "Both your ankles meet the minimum for running; your left big toe is limited.",
        "Your left big toe is limited against", "The right ankle is the more limited",
        "The left big toe is the more limited",
    ]  # fmt: skip
    assert [said.index(each) for each in order] == sorted(said.index(each) for each in order)
    unlike = [each for each in found.findings if each.rule == "asymmetry"]
    assert [(each.title, each.side) for each in unlike] == [
        ("Left against right: ankles", "right"),
        ("Left against right: big toes", "left"),
    ]
    assert unlike[0].message.startswith(
        "The right ankle is the more limited one: shin angle, left less right, is 12.0°"
    )
    assert unlike[1].message.startswith(
        "The left big toe is the more limited one: big-toe extension, left less right, is −20.0°"
    )


def test_a_set_about_the_crest_is_answered_by_the_crest() -> None:
    left, right = with_crest(lunge("left", 31.0), 36.5), lunge("right", 36.0)
    found = screen(rules="young-adults", left=left, right=right)
    assert of(found, "young-adults") == [("left", "meets"), ("right", "not_measured")]
    said = found.headline.runner
    assert "Your right ankle was measured, but not what the reference “Healthy young adults" in said
    assert "your left ankle meets" in said.lower()


def test_a_tape_estimate_does_not_speak_against_the_clip_of_that_ankle() -> None:
    tape = Profile.model_validate({"right": {"tape_cm": 1.0}, "signs": {"calf_tightness": True}})
    filmed = screen(left=lunge("left", 30.0), right=lunge("right", 30.0), profile=tape)
    assert of(filmed, "tape") == [("right", "limited")]
    assert (filmed.headline.tone, of(filmed, "see-a-professional")) == ("meets", [(None, "meets")])
    assert "Tape" not in filmed.headline.runner
    alone = screen(left=lunge("left", 30.0), profile=tape)
    assert (alone.headline.tone, of(alone, "see-a-professional")) == ("limited", [(None, "limited")])
    assert "the estimate from the tape is limited on the right" in alone.headline.runner


def test_a_set_about_the_tape_says_nothing_of_a_clip() -> None:
    found = screen(rules="practice-tape", left=lunge("left", 30.0), right=lunge("right", 30.0))
    assert "ankles meet" not in found.headline.runner
    assert "“Practice, 10–12.5 cm” is not about what they show" in found.headline.runner
    assert found.headline.tone == "none"


def test_a_real_change_exceeds_the_doubt_of_the_less_sure_side() -> None:
    # 3.4 and 3.4: sqrt(2) * 3.4 = 4.8, more than the 3.8 of the study.
    found = screen(left=lunge("left", 30.0, 1.0), right=lunge("right", 30.0, 3.4), left_toe=toe("left", 40.0))
    assert "shin angle is real from about 4.8° on" in found.plan.real_change
    assert "big-toe extension is real from about 4.2° on" in found.plan.real_change
    sure = screen(left=lunge("left", 30.0, 1.0), right=lunge("right", 30.0, 2.0))
    assert "shin angle is real from about 3.8° on" in sure.plan.real_change


def test_a_change_goes_by_what_repeats_and_a_difference_of_sides_by_all_of_the_width() -> None:
    def own(report: Report) -> Report:
        peak = report.measurements.peak_shin_angle_deg.model_copy(update={"repeatability_95": 3.0})
        measurements = report.measurements.model_copy(update={"peak_shin_angle_deg": peak})
        return report.model_copy(update={"measurements": measurements})

    found = screen(left=own(lunge("left", 30.0, 4.0)), right=own(lunge("right", 35.0, 4.0)))
    assert "shin angle is real from about 4.2° on" in found.plan.real_change
    assert found.pairs[0].difference is not None and found.pairs[0].left is not None
    assert found.pairs[0].difference.uncertainty_95 == pytest.approx(32**0.5, abs=0.01)
    assert found.pairs[0].difference.repeatability_95 is None
    assert found.pairs[0].left.repeatability_95 == 3.0
    assert found.pairs[0].more_limited is None, "two legs of one person need not err alike"


def test_the_shin_of_a_squat_does_not_count_for_the_change_of_a_lunge() -> None:
    bent = squat()
    shin = bent.measurements.peak_shin_angle_deg.model_copy(update={"value": 18.0, "uncertainty_95": 7.5})
    unsure = bent.model_copy(
        update={"measurements": bent.measurements.model_copy(update={"peak_shin_angle_deg": shin})}
    )
    found = screen(left=lunge("left", 30.0, 2.0), right=lunge("right", 30.0, 2.0), squat=unsure)
    assert "shin angle is real from about 3.8° on" in found.plan.real_change


def test_another_rule_set_judges_anew_and_is_named() -> None:
    found = screen(rules="practice-35-40", left=lunge("left", 20.0), right=lunge("right", 21.0))
    assert of(found, "practice-35-40") == [("left", "limited"), ("right", "limited")]
    assert of(found, "dorsiflexion-runner") == []
    assert found.headline.runner.startswith(
        "Both your ankles are limited against the reference “Practice, 35–40°”."
    )
    assert found.provenance.rules.name == "practice-35-40"
    assert found.clips[0].rules.name == "runner"
    assert found.cautions == list(BOOKS.rules.rule_set("practice-35-40").cautions)


WINDLASS = Profile.model_validate({"right": {"arch_rises": False}})


@pytest.mark.parametrize(
    ("reports", "profile", "tone", "first"),
    [
        ({}, None, "meets", "Both your ankles meet the minimum for running."),
        (
            {"right_toe": toe("right", 20.0)}, None, "limited",
            "Both your ankles meet the minimum for running; your right big toe is limited.",
        ),
        (
            {"left_toe": toe("left", 20.0), "right_toe": toe("right", 20.0), "squat": squat(70.0)}, None,
            "limited",
            "Both your ankles meet the minimum for running; both your big toes and the squat are limited.",
        ),
        (
            {"right_toe": toe("right", 30.0)}, None, "borderline",
            "Both your ankles meet the minimum for running; your right big toe is borderline.",
        ),
        (
            {"right": refusal("right")}, None, "none",
            "Your left ankle meets the minimum for running; your right ankle could not be measured.",
        ),
        (
            {"left": lunge("left", 7.0, 1.0), "right": refusal("right")}, None, "limited",
            "Your left ankle is limited against the minimum for running; your right ankle could not be "
            "measured.",
        ),
        (
            {"right": refusal("right"), "left_toe": toe("left", 20.0)}, None, "limited",
            "Your left ankle meets the minimum for running; your left big toe is limited; your right ankle "
            "could not be measured.",
        ),
        (
            {"left": refusal("left"), "right": refusal("right")}, None, "none",
            "Your left ankle and your right ankle could not be measured.",
        ),
        (
            {"right": lunge("right", 20.0, 1.0)}, None, "limited",
            "Both your ankles meet the minimum for running; the right ankle is the more limited of the two.",
        ),
        (
            {}, WINDLASS, "limited",
            "Both your ankles meet the minimum for running; by what you answered, the right arch does not "
            "rise when you lift the toes.",
        ),
        (
            {"right": lunge("right", 7.0, 1.0), "right_toe": toe("right", 20.0)}, None, "limited",
            "Your right ankle is limited against the minimum for running; your left ankle meets it.",
        ),
    ],
)  # fmt: skip
def test_the_first_sentence_is_the_whole_answer(
    reports: dict[str, Any], profile: Profile | None, tone: str, first: str
) -> None:
    both = {"left": lunge("left", 34.0, 1.0), "right": lunge("right", 34.0, 1.0)}
    found = screen(profile=profile, **both | reports)
    assert found.headline.runner.split(". ")[0].rstrip(".") + "." == first
    assert found.headline.tone == tone
    # Why a clip gave no number is told after it.
    assert ("could not be measured: the leg was not filmed from the side." in found.headline.runner) == any(
        clip.status != "measured" for clip in found.clips
    )


def test_a_rule_that_is_limited_is_not_named_by_what_it_asks_for() -> None:
    answers = Profile.model_validate(
        {"right": {"arch_rises": False, "knee_touched": False}, "left": {"arch_rises": False}}
    )
    said = screen(squat=squat(70.0), profile=answers).headline.runner
    assert said.startswith("The deep squat is limited: the knee bend stays short of 90°.")
    assert (
        "By what you answered, the right knee does not reach the wall from four fingers away and neither "
        "arch rises when you lift the toes." in said
    )


def test_a_squat_that_was_not_seen_whole_says_so() -> None:
    assert screen(squat=squat(110.0)).headline.runner == (
        "In the deep squat the knee bend goes past 90°; whether the knees travel over the feet and the heels "
        "stay down was not measured."
    )


def test_a_clip_counts_for_more_than_a_touch_that_failed() -> None:
    touch = Profile.model_validate({"right": {"knee_touched": False}, "left": {"knee_touched": False}})
    found = screen(left=lunge("left", 7.0, 1.0), right=lunge("right", 30.0, 1.0), profile=touch)
    again = "counts for more: try the touch again."
    assert found.headline.runner.count(again) == 1
    assert "the right knee does not reach the wall, but the clip of that ankle meets" in found.headline.runner
    said = {each.side: each.message for each in found.findings if each.rule == "knee-to-wall"}
    assert (again in said["right"], again in said["left"]) == (True, False)
    meets = screen(left=lunge("left", 30.0, 1.0), right=lunge("right", 30.0, 1.0), profile=touch)
    assert meets.headline.tone == "meets"


def test_an_early_heel_is_named() -> None:
    found = screen(left=lunge("left", 8.0, 1.0), right=lunge("right", 8.0, 1.0))
    assert "Both heels rise early." in found.headline.runner
    assert found.headline.runner.startswith("Both your ankles are limited against the minimum for running.")
    assert "healthy young adults" not in found.headline.runner
    assert (found.clips[0].reps, found.clips[0].reps_with_heel_lift) == (3, 1)


def test_clips_come_in_one_order_and_keep_what_their_report_says() -> None:
    right = warned(lunge("right"), "loose_clothing")
    reports: dict[str, Any] = {"squat": squat(), "right": right, "left": lunge("left")}
    found = screen(**reports)
    assert [clip.role for clip in found.clips] == ["left", "right", "squat"]
    clip = found.clips[1]
    assert clip.warnings == right.warnings
    assert clip.measurements == right.measurements
    assert clip.view == right.view
    assert clip.sha256 == right.clip.sha256
    assert clip.links is None


def test_what_is_passed_on() -> None:
    note = Reason(code="side_unsure", message="Check.")
    found = build_screen(
        [RoleReport("left", lunge("left"))], BOOKS, date=DAY, runner="Ann", notes=[note], settings={"a": 1}
    )
    assert (found.runner, found.date, found.provenance.settings) == ("Ann", DAY, {"a": 1})
    assert found.notes[-1] == note


def test_words_of_the_house() -> None:
    found = screen(
        left=lunge("left", 7.0), right=refusal("right"), left_toe=toe("left", 20.0), squat=squat(60.0),
        profile=ANSWERS,
    )  # fmt: skip
    text = found.model_dump_json()
    said = re.sub(r"do(es)? not predict running injury|generally do not predict[^.]*", "", text)
    assert "injury risk" not in said
    assert not re.search(r"\byou have (a |an )?(injury|tendinopathy|fasciitis)", said)


MIRROR = {"left": "right", "right": "left"}


def mirrored(text: str) -> str:
    return re.sub(r"left|right|Left|Right", lambda m: _swap(m[0]), text)


def _swap(word: str) -> str:
    other = MIRROR[word.lower()]
    return other.capitalize() if word[0].isupper() else other


def facts(found: Screen) -> dict[str, Any]:
    """What must come out mirrored: verdicts by side, differences, who is more limited, the plan."""
    return {
        "verdicts": {(each.rule, each.side, each.role): each.verdict for each in found.findings},
        "pairs": {
            pair.measurement: (
                pair.left, pair.right, pair.difference and pair.difference.value, pair.more_limited,
            )
            for pair in found.pairs
        },
        "comparable": [(each.test, each.comparable) for each in found.comparability],
        "plan": [(item.name, item.side) for item in found.plan.items],
        "tone": found.headline.tone,
        "said": sorted(re.split(r"[.;] ?", found.headline.runner.lower())),
    }  # fmt: skip


angles = st.tuples(st.floats(2, 50), st.floats(0.5, 9), st.booleans())


@given(one=angles, other=angles, toes=st.tuples(st.floats(5, 60), st.floats(5, 60)), size=st.floats(100, 900))
def test_exchanging_the_legs_mirrors_the_screen(
    one: tuple[float, float, bool],
    other: tuple[float, float, bool],
    toes: tuple[float, float],
    size: float,
) -> None:
    def make(side: str, values: tuple[float, float, bool]) -> Report:
        peak, half, shod = values
        report = changed(lunge(side, round(peak, 1), round(half, 1)), facing="right")
        return warned(report, "shoes") if shod else report

    def of_legs(left: Report, right: Report, left_deg: float, right_deg: float) -> dict[str, Any]:
        toes: dict[str, Any] = {"left_toe": toe("left", left_deg), "right_toe": toe("right", right_deg)}
        return facts(screen(left=left, right=right, **toes))

    first = of_legs(with_view(make("left", one), shank_px=size), make("right", other), *toes)
    second = of_legs(make("left", other), with_view(make("right", one), shank_px=size), *toes[::-1])
    assert second["comparable"] == first["comparable"]
    assert second["tone"] == first["tone"]
    assert second["verdicts"] == {
        (rule, side and MIRROR[side], role and mirrored(role)): verdict
        for (rule, side, role), verdict in first["verdicts"].items()
    }
    for key, (left, right, difference, limited) in first["pairs"].items():
        assert second["pairs"][key][:2] == (right, left)
        assert second["pairs"][key][2] == (None if difference is None else pytest.approx(-difference))
        assert second["pairs"][key][3] == (limited and MIRROR[limited])
    assert second["plan"] == [(name, side and MIRROR[side]) for name, side in first["plan"]]
    assert second["said"] == sorted(mirrored(sentence) for sentence in first["said"])
