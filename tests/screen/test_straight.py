"""The knee-straight lunge in a screen: both values there, sides compared, nothing judged or planned."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from dorsi.plan import load_books
from dorsi.profile import Profile
from dorsi.screen.build import RoleReport, build_screen
from dorsi.screen.model import ROLES, Screen
from dorsi.screen.sides import SIDE_OF, TEST_OF
from tests.screen.reports import lunge, straight, with_view

BOOKS = load_books()
DAY = dt.date(2026, 1, 31)


def screen(*, profile: Profile | None = None, **reports: Any) -> Screen:
    given = [RoleReport(role, report) for role, report in reports.items()]  # type: ignore[arg-type]
    return build_screen(given, BOOKS, date=DAY, profile=profile)


def bent(left_deg: float = 38.0, right_deg: float = 37.5) -> dict[str, Any]:
    return {"left": lunge("left", left_deg), "right": lunge("right", right_deg)}


def with_knee_straight(left_deg: float | None = 31.0, right_deg: float | None = 24.0) -> dict[str, Any]:
    return {
        "left_straight": straight("left", left_deg, 1.5),
        "right_straight": straight("right", right_deg, 1.5),
    }


def test_both_values_of_a_leg_are_there() -> None:
    found = screen(**bent(), **with_knee_straight())
    values = {
        role: clip.measurements.peak_shin_angle_deg.value
        for role in ROLES
        if (clip := found.clip(role)) is not None
    }
    assert values == {"left": 38.0, "right": 37.5, "left_straight": 31.0, "right_straight": 24.0}
    assert (SIDE_OF["right_straight"], TEST_OF["right_straight"]) == ("right", "lunge_straight")


def test_sides_are_compared_by_the_ankles_figure_and_told_apart_from_the_bent_knee() -> None:
    found = screen(**bent(), **with_knee_straight())
    pairs = {pair.test: pair for pair in found.pairs if pair.headline}
    assert pairs["lunge"].more_limited is None
    told = pairs["lunge_straight"]
    assert (told.title, told.more_limited) == ("Peak shin angle, heel down, knee straight", "right")
    assert told.difference is not None
    assert (told.difference.value, told.difference.uncertainty_95) == (7.0, 2.12)
    assert told.said.startswith(
        "With the knee straight your right ankle bends 7.0° ± 2.1° less than your left."
    )
    assert "than 4°" in told.said
    titles = [each.title for each in found.findings if each.rule.startswith("asymmetry")]
    assert titles == ["Left ankle against right", "Left calf against right, knee straight"]
    assert found.headline.sentences[0] == (
        "With the knee straight your right ankle bends 7° less than your left (24.0° against 31.0°)."
    )
    assert found.headline.tone == "limited"
    assert "knee straight: left 31.0° ± 1.5°, right 24.0° ± 1.5°; left − right +7.0°" in (
        found.headline.professional
    )


@pytest.mark.parametrize("values_deg", [(31.0, 24.0), (5.0, 5.0), (None, 5.0)])
def test_nothing_that_is_judged_or_planned_changes(values_deg: tuple[float | None, float]) -> None:
    without, found = screen(**bent()), screen(**bent(), **with_knee_straight(*values_deg))
    judged = [f for f in found.findings if f.rule != "asymmetry-straight"]
    assert judged == without.findings
    assert found.plan == without.plan
    if values_deg == (5.0, 5.0):
        assert found.headline.tone == without.headline.tone == "meets"
        assert found.headline.runner == without.headline.runner


def test_a_difference_never_passes_for_the_ankle_that_a_tape_is_about() -> None:
    """Limited with the knee straight says nothing of the tape, which is of the bent knee."""
    profile = Profile.model_validate({"right": {"tape_cm": 0.5}})
    clips = screen(profile=profile, **with_knee_straight())
    assert [f.verdict for f in clips.findings if f.rule == "tape"] == ["limited"]
    assert clips.headline.tone == "limited"
    assert "by the tape your right ankle stays short of the minimum for running" in clips.headline.runner
    (difference,) = (f for f in clips.findings if f.rule == "asymmetry-straight")
    assert (difference.measurement, difference.side) == ("left_minus_right_deg", "right")


def test_alone_it_says_that_nothing_was_held_against_a_reference() -> None:
    found = screen(**with_knee_straight(30.0, 30.5))
    assert found.headline.tone == "none"
    assert "nothing in them is compared with a reference" in found.headline.runner
    assert found.plan.items == []
    assert found.plan.about == "Nothing was held against a reference, so there is no plan."


def test_one_side_alone_says_so_and_a_refused_one_is_told() -> None:
    found = screen(**bent(), left_straight=straight("left", 25.0))
    assert [each.code for each in found.notes] == ["one_side_lunge_straight"]
    assert "no clip of the right knee-straight lunge" in found.notes[0].message
    refused = screen(**bent(), **with_knee_straight(None, 25.0))
    assert "your left calf could not be measured" in refused.headline.runner.lower()


def test_clips_that_were_filmed_otherwise_are_not_compared() -> None:
    reports = with_knee_straight()
    found = screen(**reports | {"right_straight": with_view(reports["right_straight"], yaw_deg=40.0)})
    (pair,) = (pair for pair in found.pairs if pair.headline)
    assert pair.blocked_by == "view" and pair.difference is None


def test_a_screen_older_than_the_test_is_read_and_a_role_twice_is_not() -> None:
    document = json.loads(screen(**bent()).to_json())
    assert "left_straight" in document["missing"]
    document["missing"] = [role for role in document["missing"] if not role.endswith("_straight")]
    old = Screen.model_validate(document)
    assert old.clip("left_straight") is None
    for missing in (["squat"], [*document["missing"], "squat"], [*document["missing"], "left"]):
        with pytest.raises(ValueError, match="given once or missing"):
            Screen.model_validate(document | {"missing": missing})
