"""Clips that are not what they were given as: the same twice, the other leg, another test."""

from __future__ import annotations

import pytest

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
    ("clips", "said"),
    [
        ([clip("left", "right"), clip("right", "left")], r"look exchanged.*--swap"),
        ([clip("left_toe", "right"), clip("right_toe", "left")], r"\(--left-toe\).*look exchanged.*--swap"),
        ([clip("left", "right"), clip("right", "right")], r"both show a right leg.*clip of each leg"),
        ([clip("left", "left"), clip("right", "left", sure=True)], r"both show a left leg"),
        ([clip("left", "right"), clip("right", "right", sure=False)], r"both show a right leg"),
        ([clip("left", "right")], r"left\.mp4 \(--left\) shows a right leg.*give it as --right"),
        ([clip("right_toe", "left")], r"give it as --left-toe"),
        ([clip("left", "right"), clip("right", None)], r"exchange it and right\.mp4 \(--right\) with --swap"),
        ([clip("left", "right"), clip("right", "left", sure=False)], r"shows a right leg.*--swap"),
    ],
)
def test_a_clip_that_surely_shows_the_other_leg(clips: list[SeenLeg], said: str) -> None:
    with pytest.raises(ScreenError, match=said) as caught:
        check_clips(clips)
    assert all(each.file in str(caught.value) for each in clips)
    assert "--trust-sides" in str(caught.value)
    assert caught.value.exit_code == 2
    assert check_clips(clips, trust_sides=True) == []


def test_an_unsure_contradiction_is_a_note() -> None:
    notes = check_clips([clip("left", "right", sure=False), clip("right", "right")])
    assert [each.code for each in notes] == ["side_unsure"]
    assert "left.mp4" in notes[0].message


@pytest.mark.parametrize("trust", [False, True])
def test_the_same_clip_twice(trust: bool) -> None:
    clips = [clip("left", "left", sha="a"), clip("right", "right"), clip("squat", None, sha="a")]
    with pytest.raises(
        ScreenError, match=r"left\.mp4 \(--left\) and squat\.mp4 \(--squat\) are the same clip"
    ):
        check_clips(clips, trust_sides=trust)


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
        match=r"a\.json is the report of a deep squat test, and --left takes a lunge test.*--squat",
    ):
        check_test("left", "a.json", squat())
    with pytest.raises(ScreenError, match=r"big toe test, and --squat.*--left-toe or --right-toe"):
        check_test("squat", "b.json", toe())
