"""What several results say together: what to work on first, why, and who says so.

Not here: the first sentence (`test_opening.py`), drills (tests/plan).
"""

from __future__ import annotations

from typing import Any

import pytest

from dorsi.profile import Profile
from dorsi.screen.model import Reading, ScreenClip
from dorsi.screen.readings import readings
from tests.screen.reports import BOOKS, lunge, refusal, screen, squat, toe

RULES = BOOKS.rules.rule_set()
DORSI = "Dorsi's own reading"


def source(rule: str) -> str:
    return BOOKS.rules.rules[rule].source


def read(**reports: Any) -> list[Reading]:
    return screen(**reports).readings


def ankles(left: float, right: float, half: float = 1.0) -> dict[str, Any]:
    return {"left": lunge("left", left, half), "right": lunge("right", right, half)}


RISEN = squat(110.0, heel_mm=30.0)


def test_after_a_yes_nothing_is_to_be_worked_on() -> None:
    clips = ankles(34.0, 7.0) | {"squat": RISEN}
    stopped = Profile.model_validate({"safety": {"numb_tingling_weak": True}})
    assert read(**clips) and screen(profile=stopped, **clips).readings == []


def risen(seen: str | None) -> Any:
    """A squat whose heel rises; `seen` is the leg nearer to the camera, None where that is not known."""
    return RISEN.model_copy(update={"facing": seen, "test_leg": None if seen is None else "near"})


SIGN = "rises in your squat too, which is a sign that goes with stiff ankles."
HIPS = "Look at the calves, the hips and how you squat."
OF_ITS_OWN = (
    "The left heel, the one that the squat shows, rises although that ankle clears the minimum for running. "
    "That is a low bar: a deep squat may ask for more."
)
SHORT = "It stays short of the minimum for running."


@pytest.mark.parametrize(
    ("clips", "seen", "told"),
    [
        (ankles(34.0, 7.0), "right",
         [("Start with the right ankle.", f"{SHORT} Its heel {SIGN}", "squat-heels")]),
        # The heel that is seen is that of the good ankle: a stiff one on the other side does not explain it.
        (ankles(34.0, 7.0), "left",
         [("Start with the right ankle.", SHORT, "dorsiflexion-runner"), (HIPS, OF_ITS_OWN, None)]),
        (ankles(34.0, 7.0), None, [("Start with the right ankle.", SHORT, "dorsiflexion-runner")]),
        (ankles(7.0, 7.0), "left",
         [("Start with both ankles.", f"They stay short of the minimum for running. A heel {SIGN}",
           "squat-heels")]),
        (ankles(20.0, 34.0), "left",
         [("Begin with the left ankle.", f"It bends less than the right. Its heel {SIGN}", "squat-heels")]),
        (ankles(34.0, 20.0), "left",
         [("Begin with the right ankle.", "It bends less than the left, and uneven load moves to the other "
           "side.", "asymmetry"), (HIPS, OF_ITS_OWN, None)]),
    ],
)  # fmt: skip
def test_a_heel_that_rises_in_the_squat_is_held_against_its_own_ankle(
    clips: dict[str, Any], seen: str | None, told: list[tuple[str, str, str | None]]
) -> None:
    found = [(each.text, each.why, each.source) for each in read(**clips, squat=risen(seen))]
    assert found == [(text, why, source(rule) if rule else DORSI) for text, why, rule in told]


def test_the_far_leg_of_a_squat_is_the_other_one() -> None:
    far = RISEN.model_copy(update={"facing": "right", "test_leg": "far"})
    assert read(**ankles(34.0, 34.0), squat=far)[0].why == OF_ITS_OWN


def test_a_heel_that_rises_although_the_ankles_clear_a_low_bar() -> None:
    (only,) = read(**ankles(34.0, 34.0), squat=risen(None))
    assert only == Reading(
        text=HIPS,
        why="A heel rises although both ankles clear the minimum for running. That is a low bar: a deep "
        "squat may ask for more.",
        source=DORSI,
    )
    assert [each.why for each in read(left=lunge("left", 34.0), squat=risen("left"))] == [OF_ITS_OWN]


@pytest.mark.parametrize(
    "clips",
    [
        {},
        {"left": lunge("left", 34.0)},
        {"left": lunge("left", 34.0), "right": refusal("right")},
        ankles(11.0, 11.0, 0.5),
    ],
)
def test_of_an_ankle_that_is_not_known_to_clear_it_nothing_is_said(clips: dict[str, Any]) -> None:
    assert read(**clips, squat=risen("right")) == []


def test_a_pain_comes_before_what_to_work_on() -> None:
    sore = Profile.model_validate({"signs": {"pain_where": ["achilles", "plantar_fascia"]}})
    found = read(**ankles(20.0, 34.0), profile=sore)
    assert [each.text for each in found] == ["The pain comes first.", "Begin with the left ankle."]
    assert found[0].why.startswith("You told of pain in the Achilles tendon and the sole")
    # Where there is nothing to work on, there is nothing it comes before.
    assert read(**ankles(34.0, 34.0), profile=sore) == []


def test_heels_that_stay_down_ask_for_nothing() -> None:
    assert read(**ankles(34.0, 34.0), squat=squat(110.0, heel_mm=0.0)) == []


@pytest.mark.parametrize(
    ("sides", "text", "on"),
    [
        (["left"], "Work on the left ankle and the left big toe together.", "that side"),
        (["right"], "Work on the right ankle and the right big toe together.", "that side"),
        (["left", "right"], "Work on ankles and big toes together, on both sides.", "both sides"),
    ],
)
def test_ankle_and_toe_of_one_side_come_first(sides: list[str], text: str, on: str) -> None:
    clips: dict[str, Any] = {side: lunge(side, 34.0, 1.0) for side in ("left", "right")}
    for side in sides:
        clips |= {side: lunge(side, 7.0, 1.0), f"{side}_toe": toe(side, 15.0)}
    found = read(**clips, squat=RISEN)
    assert (found[0].text, found[0].source) == (text, source("both"))
    assert found[0].why == f"Both are short on {on}, which is a greater concern than either alone."
    assert found[0].source.startswith("S0: ")
    # The toe is not asked for a second time.
    assert not any("big toe" in each.text for each in found[1:])


@pytest.mark.parametrize(("left", "right", "less", "more"), [(20.0, 34.0, "left", "right"),
                                                             (34.0, 20.0, "right", "left")])  # fmt: skip
def test_a_difference_of_ankles_none_of_which_is_short(
    left: float, right: float, less: str, more: str
) -> None:
    (only,) = read(**ankles(left, right))
    assert only == Reading(
        text=f"Begin with the {less} ankle.",
        why=f"It bends less than the {more}, and uneven load moves to the other side.",
        source=source("asymmetry"),
    )
    # With an ankle that is short, that one comes first anyway.
    assert read(**ankles(34.0, 7.0)) == []


@pytest.mark.parametrize(
    ("toes", "text", "lift"),
    [
        ({"left_toe": toe("left", 15.0)}, "Work on the left big toe.", "It lifts"),
        (
            {"left_toe": toe("left", 15.0), "right_toe": toe("right", 15.0)},
            "Work on both big toes.",
            "They lift",
        ),
    ],
)
def test_a_toe_that_is_short_alone(toes: dict[str, Any], text: str, lift: str) -> None:
    (only,) = read(**ankles(34.0, 34.0), **toes)
    assert (only.text, only.source) == (text, source("windlass"))
    assert only.why == f"{lift} less than wanted, and a stable foot needs the big toe."
    assert only.source.startswith("S3: ")


def bent(role: str, angle: float, half: float | None, again: float | None = None) -> ScreenClip:
    """A measured lunge; a copy is not validated, so the role may be any."""
    clip = screen(left=lunge("left", angle)).clips[0]
    peak = clip.measurements.peak_shin_angle_deg.model_copy(
        update={"uncertainty_95": half, "repeatability_95": again}
    )
    measurements = clip.measurements.model_copy(update={"peak_shin_angle_deg": peak})
    return clip.model_copy(update={"role": role, "measurements": measurements})


def straight(side: str, angle: float, half: float | None, again: float | None = None) -> ScreenClip:
    """The lunge of a leg whose knee was kept straight."""
    return bent(f"{side}_straight", angle, half, again)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize(
    ("knee_bent", "knee_straight", "calf"),
    [
        ((34.0, 2.0), (24.0, 2.0), True),  # 10 more than 2.8
        ((34.0, 8.0), (24.0, 8.0), False),  # 10 less than 11.3
        ((34.0, 8.0, 3.0), (24.0, 8.0, 3.0), True),  # 10 more than 4.2: what is the leg's own drops out
        ((34.0, 2.0), (34.5, 2.0), False),
        ((34.0, 2.0), (24.0, None), None),
    ],
)
def test_the_straight_knee_tells_the_calf_from_the_joint(
    side: str, knee_bent: tuple[Any, ...], knee_straight: tuple[Any, ...], calf: bool | None
) -> None:
    found = readings([bent(side, *knee_bent), straight(side, *knee_straight)], [], [], RULES)
    if calf is None:
        assert found == []
        return
    (only,) = found
    assert only.source == DORSI
    assert (only.text, only.why) == (
        (
            f"Stretch the {side} calf with the knee straight.",
            f"The {side} ankle bends 10° less with the knee straight than bent: that part is the calf "
            "(gastrocnemius), not the joint.",
        )
        if calf
        else (
            f"The {side} calf is not what stops the ankle.",
            "With the knee straight it bends as far as with the knee bent, as far as the ± tells.",
        )
    )


def test_the_straight_knee_of_the_other_leg_tells_nothing() -> None:
    assert readings([bent("left", 34.0, 2.0), straight("right", 24.0, 2.0)], [], [], RULES) == []
    refused = straight("left", 24.0, 2.0).model_copy(update={"status": "not_measurable"})
    assert readings([bent("left", 34.0, 2.0), refused], [], [], RULES) == []


@pytest.mark.parametrize("rules", BOOKS.rules.sets)
def test_everything_that_is_read_has_a_reason_and_a_source(rules: str) -> None:
    clips = ankles(20.0, 34.0) | {"left_toe": toe("left", 15.0), "squat": RISEN}
    found = screen(rules=rules, **clips).readings
    assert len(found) >= 2
    for each in found:
        assert each.text.endswith(".") and each.why.endswith(".") and each.source
        assert each.source == DORSI or each.source in {rule.source for rule in BOOKS.rules.rules.values()}
        assert "injury" not in each.text + each.why


def test_nothing_to_work_on_is_nothing_read() -> None:
    assert read(**ankles(34.0, 34.0), left_toe=toe("left", 45.0)) == []
