"""From reports and answers to the screen: pairs, findings, ankles, plan; mirrored when the legs are.

Not here: the first sentence (`test_opening.py`), what to work on first (`test_readings.py`).
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dorsi.profile import SAFETY_QUESTIONS, Clearance, Leg, Profile
from dorsi.report.model import Reason, Report
from dorsi.screen.build import RoleReport, build_screen
from dorsi.screen.model import ROLES, Role, Screen
from tests.screen.reports import BOOKS, DAY, changed, lunge, refusal, screen, squat, toe, warned, with_view

ANSWERS = Profile.model_validate(
    {"right": {"knee_touched": False, "tape_cm": 2.0}, "signs": {"calf_tightness": True}}
)


NO = {each.key: False for each in SAFETY_QUESTIONS}
CLEAR = Profile.model_validate({"safety": NO})


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
    assert found.headline.sentences == [
        "Your right ankle bends 8.0°, short of the 10–12° that running needs at least and 26° less than your "
        "left, and your right heel rises early.",
        "Your left ankle (34.0°) clears 10–12°, which is a low bar: healthy young adults reach 35–40° "
        "on average.",
        # A heel that rises is one of the signs.
        "A heel rises where it should stay down, and another test is limited: show this page to a physical "
        "therapist or a doctor.",
    ]
    assert pair.said == next(each.message for each in found.findings if each.rule == "asymmetry")
    assert pair.said.startswith("Your right ankle bends 26.0° ± 2.5° less than your left.")
    assert "left 34.0° ± 2.0°, right 8.0° ± 1.5°; left − right +26.0° ± 2.5°" in found.headline.professional
    assert [item.name for item in found.plan.items] == ["ankle-circles", "calf-stretch"]
    assert {item.side for item in found.plan.items} == {"right"}
    assert found.plan.safety is not None and found.plan.safety.state == "unanswered"
    assert 3 <= len(screen(right=lunge("right", 8.0, 1.5), profile=CLEAR).plan.items) <= 5


def test_a_yes_leaves_the_numbers_and_says_first_whom_to_see() -> None:
    profile = Profile.model_validate(
        ANSWERS.model_dump(by_alias=True) | {"safety": {"swelling_heat_redness": True}}
    )
    legs: dict[str, Any] = {"left": lunge("left", 34.0, 2.0), "right": lunge("right", 8.0, 1.5)}
    found = screen(profile=profile, **legs)
    assert found.headline.sentences[0].startswith("Have it looked at first: see a doctor within two days")
    assert found.headline.runner == " ".join(found.headline.sentences)
    assert found.headline.tone == "none"
    assert found.pairs == screen(**legs).pairs and of(found, "dorsiflexion-runner")
    assert "Your right ankle bends 8.0°, short of the 10–12°" in found.headline.runner
    plan = found.plan
    assert plan.safety is not None and plan.about == plan.safety.line
    assert (plan.items, plan.remeasure, plan.stages, plan.week) == ([], "", [], [])
    # Of the tests somebody did without a camera nothing is said: no word on trying one again.
    assert {each.origin for each in found.findings} == {"clip", "screen"}
    assert not re.search(r"try|film|measure again", found.headline.runner)
    assert found.answers[0].answer == "yes: an ankle or foot is newly swollen, hot or red"


def test_a_therapist_lifts_a_stop_and_it_is_kept() -> None:
    profile = Profile.model_validate({"safety": NO | {"swelling_heat_redness": True}})
    when = dt.datetime(2026, 1, 30, 8, tzinfo=dt.UTC)
    lifting = Clearance("Mara Lindt", "therapist", when, "An old swelling.")
    given = [RoleReport("right", lunge("right", 8.0, 1.5))]
    found = build_screen(given, BOOKS, date=DAY, profile=profile, clearance=lifting)
    assert found.plan.items and found.headline.runner.startswith("Your right ankle bends 8.0°, short of")
    again = json.loads(found.to_json())["plan"]["safety"]
    assert (again["state"], again["lifted"]) == (
        "lifted", {"by": "Mara Lindt", "at": "2026-01-30T08:00:00Z", "reason": "An old swelling."},
    )  # fmt: skip
    assert again["flags"][0] == {
        "key": "swelling_heat_redness", "text": "an ankle or foot is newly swollen, hot or red",
        "whom": "a doctor", "how_soon": "within two days (today with a fever)", "how_soon_by": "dorsi",
    }  # fmt: skip
    # The runner's own profile does not hold it.
    assert "Mara" not in json.dumps(found.profile)


def test_what_a_plan_says_besides_its_drills() -> None:
    profile = Profile.model_validate({"safety": NO, "signs": {"pain_where": ["knee"]}})
    plan = screen(right=lunge("right", 8.0, 1.5), profile=profile).plan
    assert plan.stage == "loosen" and [each.now for each in plan.stages] == [True, False, False, False]
    assert len(plan.week) == 7 and set(plan.week[0]) == {item.name for item in plan.items}
    assert plan.minutes_a_day == sum(item.minutes or 0 for item in plan.items)
    # What belongs to a later stage waits anyway, pain or no pain.
    withheld = {each.drill for each in plan.withheld}
    assert "Three-way ankle rocks, half-kneeling" in withheld and "Forward bound" not in withheld
    # Seen first: no calendar leads on.
    assert plan.remeasure == plan.stages[0].before_next == BOOKS.drills.after_seen
    # With a limited test somebody is to be seen now: nothing on the page tells to wait.
    assert "You named a pain, and a test is limited: see a physical therapist or a doctor now" in plan.about
    assert plan.see_a_professional and BOOKS.drills.pain_caution not in [plan.about, *plan.cautions]
    assert plan.safety is not None and (plan.safety.state, plan.safety.flags) == ("clear", [])


def test_what_change_is_real_follows_the_less_sure_side() -> None:
    said = screen(left=lunge("left", 34.0, 2.0), right=lunge("right", 8.0, 4.0)).plan.real_change
    assert "count only a change of more than about 5.7° in the shin angle" in said
    assert (
        "more than about 3.8° in the shin angle (an inclinometer's, Konor et al. 2012):"
        in screen(left=lunge("left", 34.0, 1.0)).plan.real_change
    )


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
    assert "less than your" not in found.model_dump_json()
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
    assert found.headline.runner.startswith(f"Your {role} ankle (30.0°) clears 10–12°, which is a low bar: ")


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
    said = "Ankle and big toe are both short on the right side, which matters more than either alone."
    assert said in found.headline.sentences
    assert of(found, "big-toe") == [("left", "meets"), ("right", "limited")]
    assert [(each.test, each.comparable) for each in found.comparability] == [
        ("lunge", True),
        ("big_toe", True),
    ]
    toes = next(pair for pair in found.pairs if pair.test == "big_toe")
    assert toes.more_limited == "right"
    assert toes.said.startswith(
        "Your right big toe lifts 25.0° ± 4.2° less than your left. That is more than"
    )
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
    assert found.headline.runner == "In the squat the knee bend stays short of 90°."
    assert "knee bend in the squat: 70.0° ± 3.0°" in found.headline.professional
    refused = screen(squat=squat(None))
    assert "The squat could not be measured: the test was filmed in shoes." in refused.headline.runner


def test_answers_become_findings_and_a_sign_sends_to_a_professional() -> None:
    found = screen(left=lunge("left"), right=lunge("right", 7.0, 1.0), profile=ANSWERS)
    assert of(found, "knee-to-wall") == [("right", "borderline")]
    assert of(found, "see-a-professional") == [(None, "limited")]
    assert found.plan.see_a_professional
    assert "show this page to a physical therapist" in found.headline.runner
    assert found.headline.sentences[-1] == (
        "Right ankle: the film (7.0°) stays short of the minimum for running; the missed touch at the wall "
        "does not decide; the tape (about 7°) does not decide."
    )
    assert [(each.side, each.verdict, each.rule) for each in found.ankles] == [
        ("left", "meets", "dorsiflexion-runner"), ("right", "limited", "dorsiflexion-runner"),
    ]  # fmt: skip
    assert [each.said for each in found.ankles] == ["", found.headline.sentences[-1]]
    assert {f.rule: f.witness for f in found.findings if f.witness} == {
        "knee-to-wall": "undecided", "tape": "undecided",
    }  # fmt: skip
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


def test_ankles_and_toes_are_set_against_each_other_apart() -> None:
    found = screen(
        left=lunge("left", 36.0, 1.0),
        right=lunge("right", 24.0, 1.0),
        left_toe=toe("left", 40.0, 1.0),
        right_toe=toe("right", 43.0, 1.0),
    )
    # 3° is less than ankles must differ by, and more than the ± of these toes.
    unlike = [each for each in found.findings if each.rule.startswith("asymmetry")]
    assert [(each.rule, each.title, each.verdict, each.side) for each in unlike] == [
        ("asymmetry", "Left ankle against right", "limited", "right"),
        ("asymmetry-big-toe", "Left big toe against right", "limited", "left"),
    ]
    assert unlike[0].message.startswith("Your right ankle bends 12.0° ± 1.4° less than your left.")
    assert unlike[1].message.startswith(
        "Your left big toe lifts 3.0° ± 1.4° less than your right. That is more than"
    )
    assert [pair.more_limited for pair in found.pairs if pair.headline] == ["right", "left"]


@pytest.mark.parametrize("touched", [None, True, False])
@pytest.mark.parametrize("tape_cm", [None, 1.0, 12.0])
@pytest.mark.parametrize("angle", [30.0, 11.0, 7.0])
def test_no_answer_about_an_ankle_speaks_for_itself_beside_its_clip(
    angle: float, tape_cm: float | None, touched: bool | None
) -> None:
    leg = Leg.model_construct(tape_cm=tape_cm, knee_touched=touched)
    answered = Profile().model_copy(update={"right": leg})
    clips: dict[str, Any] = {"left": lunge("left", 30.0, 1.0), "right": lunge("right", angle, 1.0)}
    found, alone = screen(profile=answered, **clips), screen(**clips)
    told = [each for each in found.findings if each.origin == "answers"]
    assert all(each.witness is not None for each in told)
    assert found.headline.tone == alone.headline.tone
    sentences = alone.headline.sentences
    assert found.headline.sentences[: len(sentences)] == sentences
    assert [each.said for each in found.ankles if each.said] == found.headline.sentences[len(sentences) :]


def test_a_missed_touch_alone_decides_nothing() -> None:
    missed = Profile.model_validate({"right": {"knee_touched": False}})
    found = screen(left=lunge("left", 30.0, 1.0), right_toe=toe("right", 10.0), profile=missed)
    assert of(found, "knee-to-wall") == [("right", "borderline")]
    # No toe of the left was filmed: nothing is said of the two together.
    assert of(found, "both") == []
    assert [(each.side, each.verdict, each.rule) for each in found.ankles] == [
        ("left", "meets", "dorsiflexion-runner"), ("right", None, None),
    ]  # fmt: skip
    assert found.headline.sentences[-1] == (
        "Right ankle: a knee that does not reach the wall decides nothing; film the lunge, or measure with "
        "the tape."
    )
    assert [link.name for link in BOOKS.rules.rule_set().links_of(found.findings)] == ["big_toe"]


def test_a_tape_estimate_does_not_speak_against_the_clip_of_that_ankle() -> None:
    tape = Profile.model_validate({"right": {"tape_cm": 1.0}, "signs": {"calf_tightness": True}})
    filmed = screen(left=lunge("left", 30.0), right=lunge("right", 30.0), profile=tape)
    assert of(filmed, "tape") == [("right", "limited")]
    assert (filmed.headline.tone, of(filmed, "see-a-professional")) == ("meets", [(None, "meets")])
    assert filmed.headline.sentences[-1] == (
        "Right ankle: the film (30.0°) clears the minimum for running; the tape (about 4°) disagrees, so "
        "try that again."
    )
    alone = screen(left=lunge("left", 30.0), profile=tape)
    assert (alone.headline.tone, of(alone, "see-a-professional")) == ("limited", [(None, "limited")])
    assert alone.headline.runner.startswith(
        "By the tape your right ankle stays short of the minimum for running. Your left ankle (30.0°) clears"
    )


def test_a_real_change_exceeds_the_doubt_of_the_less_sure_side() -> None:
    # 3.4 and 3.4: sqrt(2) * 3.4 = 4.8, more than the 3.8 of the study.
    found = screen(left=lunge("left", 30.0, 1.0), right=lunge("right", 30.0, 3.4), left_toe=toe("left", 40.0))
    assert "count only a change of more than about 4.8° in the shin angle" in found.plan.real_change
    assert "4.2° in big-toe extension:" in found.plan.real_change
    sure = screen(left=lunge("left", 30.0, 1.0), right=lunge("right", 30.0, 2.0))
    assert "count only a change of more than about 3.8° in the shin angle" in sure.plan.real_change


def test_a_change_goes_by_what_repeats_and_a_difference_of_sides_by_all_of_the_width() -> None:
    def own(report: Report) -> Report:
        peak = report.measurements.peak_shin_angle_deg.model_copy(update={"repeatability_95": 3.0})
        measurements = report.measurements.model_copy(update={"peak_shin_angle_deg": peak})
        return report.model_copy(update={"measurements": measurements})

    found = screen(left=own(lunge("left", 30.0, 4.0)), right=own(lunge("right", 35.0, 4.0)))
    assert "count only a change of more than about 4.2° in the shin angle" in found.plan.real_change
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
    assert "count only a change of more than about 3.8° in the shin angle" in found.plan.real_change


def test_another_rule_set_judges_anew_and_is_named() -> None:
    found = screen(rules="practice-35-40", left=lunge("left", 20.0), right=lunge("right", 21.0))
    assert of(found, "practice-35-40") == [("left", "limited"), ("right", "limited")]
    assert of(found, "dorsiflexion-runner") == []
    assert found.headline.runner == (
        "Both your ankles are limited against the reference “Practice, 35–40°” (left 20.0°, right 21.0°)."
    )
    assert found.provenance.rules.name == "practice-35-40"
    assert found.clips[0].rules.name == "runner"
    assert found.cautions == list(BOOKS.rules.rule_set("practice-35-40").cautions)


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
        "ankles": {each.side: (each.verdict, each.rule) for each in found.ankles},
        "said": [sorted(words(each)) for each in found.headline.sentences],
        "read": sorted(sorted(words(f"{each.text} {each.why}")) for each in found.readings),
    }  # fmt: skip


def words(sentence: str) -> list[str]:
    """Its words: "left 3°, right 4°" comes out as "left 4°, right 3°" once the legs are exchanged."""
    return re.findall(r"[\w.°–]+\w|[\w°]", sentence.lower())


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
    assert second["ankles"] == {MIRROR[side]: each for side, each in first["ankles"].items()}
    for key in ("said", "read"):
        assert sorted(second[key]) == sorted(sorted(map(mirrored, each)) for each in first[key])
    assert second["said"][0] == sorted(map(mirrored, first["said"][0]))
