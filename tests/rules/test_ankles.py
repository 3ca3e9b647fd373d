"""One answer an ankle: film, else tape, else touch; what the others say of it, and in which words."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from dorsi.profile import Leg, Profile
from dorsi.rules import (
    AnkleAnswer,
    RuleFinding,
    RuleSet,
    ankle_answers,
    evaluate,
    evaluate_answers,
    evaluate_both,
    load_rules,
    with_witnesses,
)
from dorsi.types import Measurement, Side

RULE_BOOK = load_rules()
RULES = RULE_BOOK.rule_set()
FILM = {"meets": 33.5, "borderline": 11.0, "limited": 6.0, "not_measured": None}
TAPE_CM = {"meets": 9.0, "borderline": 3.0, "limited": 0.5, None: None}
TOUCHED = {"meets": True, "borderline": False, None: None}
"""A knee that misses the wall is borderline, and never limited."""


def filmed(value: float | None, side: Side = "left", rules: RuleSet = RULES) -> list[RuleFinding]:
    values = {key: Measurement(value, 1.0) for key in ("peak_shin_angle_deg", "peak_crest_angle_deg")}
    return evaluate(rules, values, [], True, side=side)


def told(
    tape_cm: float | None = None,
    touched: bool | None = None,
    side: Side = "left",
    rules: RuleSet = RULES,
) -> list[RuleFinding]:
    # Not validated: a profile refuses a tape and a touch that contradict each other, reports need not.
    leg = Leg.model_construct(tape_cm=tape_cm, knee_touched=touched)
    profile = Profile().model_copy(update={side: leg})
    return evaluate_answers(rules, profile)


def answers_about_ankles(findings: list[RuleFinding]) -> list[RuleFinding]:
    return [f for f in findings if f.rule in ("knee-to-wall", "tape") and f.verdict != "not_measured"]


def said(findings: list[RuleFinding], rules: RuleSet = RULES) -> str:
    (answer,) = ankle_answers(rules, with_witnesses(rules, findings))
    return answer.said


EVERY = list(product(FILM, TAPE_CM, TOUCHED))


@pytest.mark.parametrize("side", ["left", "right"])
def test_there_is_one_answer_an_ankle_whatever_was_filmed_and_told(side: Side) -> None:
    for film, tape, touch in EVERY:
        found = [*filmed(FILM[film], side), *told(TAPE_CM[tape], TOUCHED[touch], side)]
        weighed = with_witnesses(RULES, found)
        assert [replace(f, witness=None) for f in weighed] == found, "nothing but the witness is added"
        assert all(f.witness is None for f in weighed if f not in answers_about_ankles(weighed))
        alone = [f for f in answers_about_ankles(weighed) if f.witness is None]
        answers = ankle_answers(RULES, weighed)
        voices = (film != "not_measured", tape is not None, touch is not None)
        if not any(voices):
            assert (alone, answers) == ([], [])
            continue
        (answer,) = answers
        assert answer.side == side
        if film != "not_measured":
            assert (answer.verdict, answer.rule, alone) == (film, "dorsiflexion-runner", [])
        elif tape is not None:
            assert (answer.verdict, answer.rule) == (tape, "tape")
            assert [f.rule for f in alone] == ["tape"]
        else:
            assert [f.rule for f in alone] == ["knee-to-wall"]
            decided = ("meets", "knee-to-wall") if touch == "meets" else (None, None)
            assert (answer.verdict, answer.rule) == decided
        # One voice needs no sentence; a knee that misses the wall says that it decides nothing.
        assert bool(answer.said) == (sum(voices) > 1 or answer.rule is None)


def test_the_order_of_findings_does_not_matter() -> None:
    for film, tape, touch in EVERY:
        found = [*filmed(FILM[film]), *told(TAPE_CM[tape], TOUCHED[touch])]
        there, back = with_witnesses(RULES, found), with_witnesses(RULES, found[::-1])
        assert back == there[::-1]
        assert [replace(a, said="") for a in ankle_answers(RULES, back)] == [
            replace(a, said="") for a in ankle_answers(RULES, there)
        ]


def test_a_witness_bears_out_contradicts_or_leaves_open() -> None:
    for film, tape, touch in EVERY:
        weighed = with_witnesses(RULES, [*filmed(FILM[film]), *told(TAPE_CM[tape], TOUCHED[touch])])
        first = film if film != "not_measured" else tape or touch
        for f in answers_about_ankles(weighed):
            if f.witness is not None:
                expected = "agrees" if f.verdict == first else "disagrees"
                assert f.witness == ("undecided" if "borderline" in (f.verdict, first) else expected)


def test_each_side_has_its_own_answer_left_before_right() -> None:
    weighed = with_witnesses(
        RULES, [*filmed(33.5, "right"), *told(0.5, side="left"), *told(touched=True, side="right")]
    )
    found = ankle_answers(RULES, weighed)
    assert [(a.side, a.verdict, a.rule) for a in found] == [
        ("left", "limited", "tape"), ("right", "meets", "dorsiflexion-runner"),
    ]  # fmt: skip
    assert {f.rule: f.witness for f in weighed if f.side == "left" and f.verdict != "not_measured"} == {
        "tape": None
    }


MISSED = (
    "Left ankle: a knee that does not reach the wall decides nothing; film the lunge, "
    "or measure with the tape."
)


@pytest.mark.parametrize(
    ("film", "tape_cm", "touched", "sentence"),
    [
        (33.5, 9.0, True, "Left ankle: the film (33.5°) clears the minimum for running; the touch at the "
         "wall agrees; the tape (about 32°) agrees."),
        (33.5, None, False, "Left ankle: the film (33.5°) clears the minimum for running; the missed touch "
         "at the wall does not decide."),
        (33.5, 0.5, None, "Left ankle: the film (33.5°) clears the minimum for running; the tape (about 2°) "
         "disagrees, so try that again."),
        (6.0, None, True, "Left ankle: the film (6.0°) stays short of the minimum for running; the touch "
         "at the wall disagrees, so try that again."),
        (11.0, 9.0, None, "Left ankle: the film (11.0°) is too close to the minimum for running to call; "
         "the tape (about 32°) does not decide."),
        (None, 9.0, False, "Left ankle: the tape (about 32°) clears the minimum for running; the missed "
         "touch at the wall does not decide."),
        (None, 0.5, True, "Left ankle: the tape (about 2°) stays short of the minimum for running; the "
         "touch at the wall disagrees, so try that again."),
        (None, None, False, MISSED),
        (33.5, None, None, ""),
        (None, 9.0, None, ""),
        (None, None, True, ""),
    ],
)  # fmt: skip
def test_what_is_said_of_an_ankle(
    film: float | None, tape_cm: float | None, touched: bool | None, sentence: str
) -> None:
    assert said([*filmed(film), *told(tape_cm, touched)]) == sentence


@pytest.mark.parametrize("name", [name for name in RULE_BOOK.sets if name != "runner"])
def test_the_minimum_decides_nothing_beside_another_reference(name: str) -> None:
    rules = RULE_BOOK.rule_set(name)
    first = rules.rules[0]
    lead = [] if first.test == "answers" else filmed(20.0, rules=rules)
    for tape_cm, touched in product((9.0, 0.5), (True, False)):
        weighed = with_witnesses(rules, [*lead, *told(tape_cm, touched, rules=rules)])
        found = {f.rule: f for f in weighed if f.verdict != "not_measured" and f.side == "left"}
        assert {found["tape"].witness, found["knee-to-wall"].witness} == {"undecided"}
        assert found[first.name].witness is None
        (answer,) = ankle_answers(rules, weighed)
        assert (answer.rule, answer.verdict) == (first.name, found[first.name].verdict)
        assert f"against “{first.title}”; " in answer.said or f"meets “{first.title}”; " in answer.said
        assert "disagrees" not in answer.said and "minimum" not in answer.said


def test_one_tape_is_one_voice() -> None:
    rules = RULE_BOOK.rule_set("practice-tape")
    assert said(told(9.5, True, rules=rules), rules) == (
        "Left ankle: the tape (9.5 cm) is borderline against “Working range 10–12.5 cm”; the touch at the "
        "wall does not decide."
    )
    assert said(told(9.5, rules=rules), rules) == ""


def test_an_answer_that_something_else_decides_is_no_limited_test() -> None:
    signs = evaluate_answers(RULES, Profile.model_validate({"signs": {"calf_tightness": True}}))
    for film, tape, touch in EVERY:
        found = [*filmed(FILM[film]), *told(TAPE_CM[tape], TOUCHED[touch])]
        known = [f for f in found if f.rule not in ("windlass", "circles", "signs", "heel-lift")]
        # Weighed or not: an answer beside a film counts for nothing.
        weighed = with_witnesses(RULES, [*known, *signs])
        assert evaluate_both(RULES, weighed) == evaluate_both(RULES, [*known, *signs])
        (see,) = (f for f in evaluate_both(RULES, weighed) if f.rule == "see-a-professional")
        lead = film if film != "not_measured" else tape or touch
        assert see.verdict == (lead or "not_measured")


def test_nothing_said_is_no_answer() -> None:
    assert ankle_answers(RULES, []) == []
    assert ankle_answers(RULES, with_witnesses(RULES, [*filmed(None), *told()])) == []
    assert ankle_answers(RULES, filmed(33.5)) == [AnkleAnswer("left", "meets", "dorsiflexion-runner", "")]
