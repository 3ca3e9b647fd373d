"""Answers beside a profile, and what the page shows of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dorsi.errors import ProfileError, UsageError
from dorsi.profile import Profile
from dorsi.screen.answers import answers_of, load_answers, merged

PROFILE = Profile.model_validate(
    {
        "runner": "Ana Lima",
        "left": {"tape_cm": 9.5, "knee_touched": True, "arch_rises": True, "circle": "large"},
        "right": {"tape_cm": 7.0, "circle": "small"},
        "circles_smaller": "right",
        "signs": {
            "calf_tightness": False, "pain_where": ("knee", "plantar_fascia"), "pain_side": "both",
            "one_sided": "none", "heels_lift": True,
        },
    }
)  # fmt: skip


def test_every_answer_is_told_left_before_right() -> None:
    told = [(each.key, each.side, each.answer) for each in answers_of(PROFILE)]
    assert told == [
        ("knee_touched", "left", "yes"),
        ("tape_cm", "left", "9.5 cm"),
        ("tape_cm", "right", "7 cm"),
        ("arch_rises", "left", "yes"),
        ("circle", "left", "large"),
        ("circle", "right", "small"),
        ("circles_smaller", None, "right"),
        ("calf_tightness", None, "no"),
        ("pain_where", None, "knees, plantar fascia (both sides)"),
        ("one_sided", None, "no"),
        ("heels_lift", None, "yes"),
    ]
    assert answers_of(Profile()) == []


def test_no_pain_and_alike_circles_are_answers_too() -> None:
    profile = Profile.model_validate({"circles_smaller": "same", "signs": {"pain_where": ()}})
    assert [each.answer for each in answers_of(profile)] == ["both alike", "none"]


def test_answers_go_into_the_profile_or_make_one() -> None:
    assert merged(None) is None
    assert merged(None, runner="Ana") is None
    assert merged(PROFILE, runner="ana lima", left_tape_cm=9.5) == PROFILE
    # One person as the store tells people apart.
    assert merged(PROFILE, runner="  Ana  LIMA ") == PROFILE
    more = merged(PROFILE, right_knee_touched=False)
    assert more is not None
    assert more.right.knee_touched is False
    assert more.left == PROFILE.left
    made = merged(None, left_knee_touched=False, right_tape_cm=8.0)
    assert made is not None
    assert (made.left.knee_touched, made.right.tape_cm) == (False, 8.0)


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        ({"left_tape_cm": 8.0}, r"left\.tape_cm: 8 contradicts 9\.5 in the profile. Leave one of them out"),
        ({"left_knee_touched": False}, r"left\.knee_touched: no contradicts yes in the profile"),
        ({"runner": "Bo"}, "“Bo” contradicts “Ana Lima”"),
        ({"right_knee_touched": True, "right_tape_cm": 7.0}, None),
        ({"right_tape_cm": 99.0}, "right.tape_cm: 99 contradicts 7"),
    ],
)
def test_a_contradiction_of_the_profile(beside: dict[str, object], said: str | None) -> None:
    if said is None:
        assert merged(PROFILE, **beside) is not None  # type: ignore[arg-type]
        return
    with pytest.raises(UsageError, match=said):
        merged(PROFILE, **beside)  # type: ignore[arg-type]


def test_answers_that_cannot_be_are_refused_with_a_remedy() -> None:
    with pytest.raises(UsageError, match=r"left\.tape_cm: 99\.0 is out of range\. Give"):
        merged(None, left_tape_cm=99.0)
    with pytest.raises(UsageError, match=r"knee_touched = true.*contradicts tape_cm = 2"):
        merged(None, left_knee_touched=True, left_tape_cm=2.0)


def test_a_profile_file(tmp_path: Path) -> None:
    path = tmp_path / "ana.toml"
    path.write_text(PROFILE.to_toml(), encoding="utf-8")
    assert load_answers(path) == PROFILE
    assert load_answers(None) is None
    path.write_text("schema = 3", encoding="utf-8")
    with pytest.raises(ProfileError, match=r"ana\.toml"):
        load_answers(path)
