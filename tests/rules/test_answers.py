"""What follows from the profile: each answer to its rule, a side each; nothing answered, nothing said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dorsi.profile import Profile
from dorsi.rules import RuleFinding, evaluate_answers, load_rules

RULE_BOOK = load_rules()

SIGNS: dict[str, Any] = {
    "calf_tightness": True,
    "pain_where": ["knee", "shin", "plantar_fascia"],
    "pain_side": "left",
    "short_stride": True,
    "one_sided": "left",
    "heels_lift": True,
}


def found(rules: str = "runner", **answers: Any) -> dict[tuple[str, str | None], RuleFinding]:
    profile = Profile.model_validate(answers)
    return {(f.rule, f.side): f for f in evaluate_answers(RULE_BOOK.rule_set(rules), profile)}


def test_nothing_answered_is_not_measured_everywhere() -> None:
    findings = evaluate_answers(RULE_BOOK.rule_set(), Profile())
    assert [(f.rule, f.side) for f in findings] == [
        ("knee-to-wall", "left"), ("knee-to-wall", "right"), ("tape", "left"), ("tape", "right"),
        ("windlass", "left"), ("windlass", "right"), ("circles", None), ("signs", None),
    ]  # fmt: skip
    assert {f.verdict for f in findings} == {"not_measured"}
    assert {f.value for f in findings} == {None}


@pytest.mark.parametrize(
    ("key", "rule", "no", "said"),
    [
        ("knee_touched", "knee-to-wall", "borderline", "That alone decides nothing"),
        ("arch_rises", "windlass", "limited", "limited against"),
    ],
)
def test_yes_meets_and_no_speaks_of_its_side_only(key: str, rule: str, no: str, said: str) -> None:
    answers = found(left={key: True}, right={key: False})
    left, right = answers[rule, "left"], answers[rule, "right"]
    assert (left.verdict, left.value, left.threshold) == ("meets", 1.0, 1.0)
    assert (right.verdict, right.value) == (no, 0.0)
    assert "left" in left.message and "right" not in left.message
    assert said in right.message and "right" in right.message and "left" not in right.message
    assert found(left={key: True})[rule, "right"].verdict == "not_measured"


@pytest.mark.parametrize("name", RULE_BOOK.sets)
def test_a_knee_that_misses_the_wall_is_never_limited(name: str) -> None:
    """The source says that a touch means at least 10°, not that a miss means less (a touch is about 29°)."""
    answers = found(name, left={"knee_touched": False}, right={"knee_touched": False})
    rules = RULE_BOOK.rule_set(name)
    assert not any(f.verdict == "limited" for f in answers.values())
    assert rules.links_of(answers.values()) == ()
    missed = answers["knee-to-wall", "left"]
    assert "limited" not in missed.message and missed.message.endswith(
        "the source says only that a touch means at least 10°, and a touch from 8 cm would be about 29° by "
        "its tape rule (S1). The filmed angle decides, else the tape."
    )


@pytest.mark.parametrize(
    ("tape_cm", "verdict"),
    # 3.6° a cm, ± 1.5 cm / √2 = 1.06 cm = 3.8°
    [(0.0, "limited"), (1.7, "limited"), (1.72, "borderline"), (3.0, "borderline"), (4.39, "borderline"),
     (4.4, "meets"), (12.0, "meets")],
)  # fmt: skip
def test_the_tape_is_an_estimate_with_its_own_doubt(tape_cm: float, verdict: str) -> None:
    finding = found(left={"tape_cm": tape_cm})["tape", "left"]
    assert finding.verdict == verdict
    assert finding.value == pytest.approx(3.6 * tape_cm)
    assert finding.threshold == 12.0
    assert f"{tape_cm:.1f} cm ± 1.1 cm" in finding.message
    assert "estimate" in finding.message and "± 3.8°" in finding.message
    assert "3.6° a centimetre is a ratio of means" in finding.message


@pytest.mark.parametrize(
    ("tape_cm", "verdict"), [(8.9, "limited"), (9.0, "borderline"), (13.5, "borderline"), (13.6, "meets")]
)
def test_centimetres_of_practice_stay_centimetres(tape_cm: float, verdict: str) -> None:
    finding = found("practice-tape", right={"tape_cm": tape_cm})["practice-tape", "right"]
    assert (finding.verdict, finding.value) == (verdict, tape_cm)
    assert "10 cm to 12.5 cm" in finding.message
    assert "°" not in finding.message


@pytest.mark.parametrize(
    ("answers", "verdict", "side"),
    [
        ({"circles_smaller": "same"}, "meets", None),
        ({"circles_smaller": "left"}, "borderline", "left"),
        ({"left": {"circle": "large"}, "right": {"circle": "small"}}, "borderline", "right"),
        ({"left": {"circle": "medium"}, "right": {"circle": "medium"}}, "meets", None),
        ({"left": {"circle": "medium"}}, "not_measured", None),
    ],
)
def test_the_smaller_circle_is_never_more_than_borderline(
    answers: dict[str, Any], verdict: str, side: str | None
) -> None:
    finding = found(**answers)["circles", side]
    assert finding.verdict == verdict
    assert verdict != "borderline" or "No study gives a bound" in finding.message


def test_each_sign_is_a_finding_of_its_own_with_place_and_side() -> None:
    findings = [
        f
        for f in evaluate_answers(RULE_BOOK.rule_set(), Profile.model_validate({"signs": SIGNS}))
        if f.rule == "signs"
    ]
    assert [(f.measurement, f.side, f.verdict) for f in findings] == [
        ("calf_tightness", None, "borderline"),
        ("pain", "left", "borderline"),
        ("short_stride", None, "borderline"),
        ("one_sided", "left", "borderline"),
        ("heels_lift", None, "borderline"),
    ]
    assert "pain in the knees, the shins, the plantar fascia (on the left)" in findings[1].message
    assert "same side (the left)" in findings[3].message
    # What goes for every sign is said once, with the last.
    assert [f.message.count("Such signs have many other possible causes.") for f in findings] == [
        0,
        0,
        0,
        0,
        1,
    ]
    assert all(f.message.startswith("You named a sign") and f.message.endswith(".") for f in findings)


def test_no_sign_meets_and_pain_on_both_sides_has_no_side() -> None:
    finding = found(signs={"pain_where": [], "heels_lift": False})["signs", None]
    assert (finding.verdict, finding.value, finding.threshold) == ("meets", 0.0, 0.0)
    both = found(signs={"pain_where": ["shin"], "pain_side": "both"})["signs", None]
    assert "(on both sides)" in both.message
    assert "(" not in found(signs={"pain_where": ["shin"]})["signs", None].message


@pytest.mark.parametrize("name", RULE_BOOK.sets)
def test_every_set_judges_answers_in_filled_sentences_with_a_source(name: str) -> None:
    profile = Profile.model_validate(
        {"left": {"knee_touched": False, "tape_cm": 2, "arch_rises": False}, "right": {"tape_cm": 11},
         "circles_smaller": "left", "signs": SIGNS}
    )  # fmt: skip
    for finding in evaluate_answers(RULE_BOOK.rule_set(name), profile):
        assert "{" not in finding.message and "None" not in finding.message
        assert finding.source.strip() and finding.title


@given(tape_cm=st.floats(0, 30))
def test_more_tape_is_never_worse(tape_cm: float) -> None:
    order = ["limited", "borderline", "meets"]
    less, more = (found(left={"tape_cm": cm})["tape", "left"].verdict for cm in (tape_cm / 2, tape_cm))
    assert order.index(less) <= order.index(more)
