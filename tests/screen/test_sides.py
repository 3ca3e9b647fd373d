"""Clips that are not what they were given as: the same twice, the other leg, another test."""

from __future__ import annotations

import re

import pytest

from docs.make_tables import BESIDE
from dorsi.cli.words import in_words
from dorsi.errors import ScreenError
from dorsi.screen.model import Role, Side
from dorsi.screen.sides import SeenLeg, check_clips, check_test, seen_leg
from tests.screen.reports import changed, lunge, refusal, squat, toe, warned


def clip(role: Role, seen: Side | None, *, sure: bool = True, sha: str | None = None) -> SeenLeg:
    return SeenLeg(role, f"{role}.mp4", sha or role, seen, sure)


@pytest.mark.parametrize(
    "clips",
    [
        [clip("left", "left"), clip("right", "right")],
        [clip("left", None), clip("right", None, sure=False)],
        [clip("right", "right"), clip("left_toe", "left"), clip("squat", "right")],
    ],
)
def test_clips_that_are_what_they_were_given_as(clips: list[SeenLeg]) -> None:
    assert check_clips(clips) == []


@pytest.mark.parametrize(
    ("clips", "code", "said", "on_the_command_line"),
    [
        (
            [clip("left", "right"), clip("right", "left")],
            "sides_exchanged",
            r"^left\.mp4 \(the left lunge\) shows a right leg and right\.mp4 .* shows a left leg: they look "
            r"exchanged\. Exchange them",
            r"\(--left\) shows a right leg and .*\(--right\) shows a left leg.*Exchange them with --swap",
        ),
        (
            [clip("left_toe", "right"), clip("right_toe", "left")],
            "sides_exchanged",
            r"\(the left big toe\).*look exchanged",
            r"\(--left-toe\).*look exchanged.*--swap",
        ),
        (
            [clip("left", "right"), clip("right", "right")],
            "one_leg_twice",
            r"both show a right leg.*clip of each leg",
            r"\(--left\) and right\.mp4 \(--right\) both show a right leg.*clip of each leg",
        ),
        (
            [clip("left", "left"), clip("right", "left", sure=True)],
            "one_leg_twice",
            r"both show a left leg",
            r"both show a left leg",
        ),
        (
            [clip("left", "right"), clip("right", "right", sure=False)],
            "one_leg_twice",
            r"both show a right leg",
            r"both show a right leg",
        ),
        (
            [clip("left", "right")],
            "other_leg",
            r"left\.mp4 \(the left lunge\) shows a right leg.*give it as the right lunge",
            r"left\.mp4 \(--left\) shows a right leg.*give it as --right",
        ),
        (
            [clip("right_toe", "left")],
            "other_leg",
            r"give it as the left big toe",
            r"give it as --left-toe",
        ),
        (
            [clip("left", "right"), clip("right", None)],
            "other_leg_of_pair",
            r"exchange it and right\.mp4 \(the right lunge\)",
            r"exchange it and right\.mp4 \(--right\) with --swap",
        ),
        (
            [clip("left", "right"), clip("right", "left", sure=False)],
            "other_leg_of_pair",
            r"shows a right leg",
            r"shows a right leg.*--swap",
        ),
    ],
)
def test_a_clip_that_surely_shows_the_other_leg(
    clips: list[SeenLeg], code: str, said: str, on_the_command_line: str
) -> None:
    with pytest.raises(ScreenError, match=said) as caught:
        check_clips(clips)
    assert caught.value.code == code
    assert caught.value.params.keys() >= {*BESIDE[code]}
    assert {caught.value.params[key] for key in ("role", "other_role") if key in caught.value.params} == {
        each.role for each in clips
    }
    for told in (str(caught.value), in_words(caught.value)):
        assert all(each.file in told for each in clips)
    assert "as given" in str(caught.value)
    assert re.search(on_the_command_line, in_words(caught.value))
    assert "as given with --trust-sides" in in_words(caught.value)
    assert check_clips(clips, trust_sides=True) == []


def test_an_unsure_contradiction_is_a_note() -> None:
    notes = check_clips([clip("left", "right", sure=False), clip("right", "right")])
    assert [each.code for each in notes] == ["side_unsure"]
    assert "left.mp4" in notes[0].message


@pytest.mark.parametrize("trust", [False, True])
def test_the_same_clip_twice(trust: bool) -> None:
    clips = [clip("left", "left", sha="a"), clip("right", "right"), clip("squat", None, sha="a")]
    with pytest.raises(
        ScreenError, match=r"left\.mp4 \(the left lunge\) and squat\.mp4 \(the squat\) are the same clip"
    ) as caught:
        check_clips(clips, trust_sides=trust)
    assert caught.value.code == "same_clip_twice"
    assert caught.value.params.keys() >= {*BESIDE["same_clip_twice"]}
    assert in_words(caught.value).startswith("left.mp4 (--left) and squat.mp4 (--squat) are the same clip.")


def test_how_sure_a_report_is_of_the_side() -> None:
    seen = lunge("right")
    assert seen_leg("left", "a.json", seen) == SeenLeg("left", "a.json", seen.clip.sha256, "right", sure=True)
    assert not seen_leg("left", "a.json", warned(seen, "leg_label_unsure")).sure
    assert not seen_leg("left", "a.json", refusal()).sure
    # A person's word is sure, whatever the clip looks like.
    given = changed(warned(seen, "leg_label_unsure"), side="right", side_source="given")
    assert seen_leg("left", "a.json", given).sure


def test_a_report_of_another_test() -> None:
    check_test("left", "a.json", lunge())
    check_test("squat", "a.json", squat())
    with pytest.raises(
        ScreenError,
        match=r"^a\.json is the report of a squat test, and was given as the left lunge\. Give it as the",
    ) as caught:
        check_test("left", "a.json", squat())
    assert caught.value.params.keys() >= {*BESIDE["report_of_other_test"]}
    assert in_words(caught.value) == (
        "a.json is the report of a squat test, and --left takes a lunge test. Give it as --squat."
    )
    with pytest.raises(ScreenError, match="Give it as the left big toe or the right big toe") as caught:
        check_test("squat", "b.json", toe())
    assert caught.value.params["fitting_roles"] == ["left_toe", "right_toe"]
    assert in_words(caught.value) == (
        "b.json is the report of a big-toe test, and --squat takes a squat test. "
        "Give it as --left-toe or --right-toe."
    )
