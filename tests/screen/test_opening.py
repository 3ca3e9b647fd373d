"""The first sentence: what is short, differs or gave no number before what is well; its tone.

Not here: the screen as a whole (`test_build.py`), what to work on first (`test_readings.py`).
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dorsi.profile import Profile
from dorsi.report.model import Report
from dorsi.screen.model import Screen
from tests.screen.reports import BOOKS, lunge, refusal, screen, squat, toe, warned, with_crest

WINDLASS = Profile.model_validate({"right": {"arch_rises": False}})
RISEN = (
    "A heel rises where it should stay down, and another test is limited: show this page to a physical "
    "therapist or a doctor."
)
LOW_BAR = "which is a low bar: healthy young adults reach 35–40° on average."
CLEAR = f"Both your ankles (left 34.0°, right 34.0°) clear 10–12°, {LOW_BAR}"
LEFT_CLEARS = f"Your left ankle (34.0°) clears 10–12°, {LOW_BAR}"
NO_NUMBER = "could not be measured: the leg was not filmed from the side. Put the phone level with the shin."


def both(left: float = 34.0, right: float = 34.0, half: float = 1.0) -> dict[str, Any]:
    return {"left": lunge("left", left, half), "right": lunge("right", right, half)}


@pytest.mark.parametrize(
    ("reports", "profile", "tone", "first", "then"),
    [
        ({}, None, "meets", CLEAR, []),
        ({"right_toe": toe("right", 20.0)}, None, "limited",
         "Your right big toe lifts 20°, short of about 30°.", [CLEAR]),
        ({"left_toe": toe("left", 20.0), "right_toe": toe("right", 20.0), "squat": squat(70.0)}, None,
         "limited",
         "Both your big toes lift less than about 30° (left 20°, right 20°), and in the squat the knee "
         "bend stays short of 90°.", [CLEAR]),
        ({"right_toe": toe("right", 30.0)}, None, "borderline",
         "Your right big toe (30.0°) is too close to call against about 30°.", [CLEAR]),
        ({"right_toe": toe("right", 29.8)}, None, "borderline",
         "Your right big toe (29.8°) is too close to call against about 30°.", [CLEAR]),
        ({"left_toe": toe("left", 45.4)}, None, "meets", CLEAR,
         ["Your left big toe (45°) lifts at least the 30° wanted."]),
        ({"right": refusal("right")}, None, "none",
         "Your right ankle could not be measured.", [LEFT_CLEARS, f"Your right ankle {NO_NUMBER}"]),
        ({"left": lunge("left", 7.0, 1.0), "right": refusal("right")}, None, "limited",
         "Your left ankle bends 7.0°, short of the 10–12° that running needs at least, your left heel "
         "rises early, and your right ankle could not be measured.",
         [f"Your right ankle {NO_NUMBER}", RISEN]),
        ({"right": refusal("right"), "left_toe": toe("left", 20.0)}, None, "limited",
         "Your left big toe lifts 20°, short of about 30°, and your right ankle could not be measured.",
         [LEFT_CLEARS, f"Your right ankle {NO_NUMBER}"]),
        ({"left": refusal("left"), "right": refusal("right")}, None, "none",
         "Your left ankle and your right ankle could not be measured.",
         [f"Your left ankle {NO_NUMBER}", f"Your right ankle {NO_NUMBER}"]),
        ({"right": lunge("right", 20.0, 1.0)}, None, "limited",
         "Your right ankle bends 14° less than your left (20.0° against 34.0°).",
         [f"Both your ankles clear 10–12°, {LOW_BAR}"]),
        ({}, WINDLASS, "limited", "The right arch does not rise when you lift the toes.", [CLEAR]),
        ({"right": lunge("right", 7.0, 1.0), "right_toe": toe("right", 20.0)}, None, "limited",
         "Your right ankle bends 7.0°, short of the 10–12° that running needs at least and 27° less than "
         "your left, and your right big toe lifts 20°, short of about 30°.",
         ["Your right heel rises early.",
          "Ankle and big toe are both short on the right side, which matters more than either alone.",
          LEFT_CLEARS, RISEN]),
        ({"left": lunge("left", 33.5, 1.5), "right": lunge("right", 21.2, 1.5),
          "right_toe": toe("right", 18.0)},
         None, "limited",
         "Your right ankle bends 12° less than your left (21.2° against 33.5°), and your right big toe "
         "lifts 18°, short of about 30°.", [f"Both your ankles clear 10–12°, {LOW_BAR}"]),
        (both(8.0, 8.0), None, "limited",
         "Both your ankles bend less than the 10–12° that running needs at least (left 8.0°, right 8.0°), "
         "and both heels rise early.", [RISEN]),
        (both(16.0, 16.0, 5.0), None, "borderline",
         "Both your ankles are too close to call against the 10–12° that running needs at least (left 16.0°, "
         "right 16.0°).", []),
        ({"left_toe": toe("left", 40.0), "right_toe": toe("right", 50.0)}, None, "limited",
         "Your left big toe lifts 10° less than your right (40.0° against 50.0°).",
         [CLEAR, "Both your big toes lift at least the 30° wanted."]),
        ({"squat": squat(110.0)}, None, "meets", CLEAR,
         ["In the squat the knee bend goes past 90°; whether the knees travel over the feet and the heel in "
          "view stays down was not seen."]),
        ({"squat": squat(110.0, heel_mm=30.0)}, None, "limited",
         "In the squat the heel in view rises.", [CLEAR]),
        ({"squat": squat(91.0)}, None, "borderline",
         "In the squat it is not sure whether the knee bend goes past 90°.", [CLEAR]),
        ({"squat": squat(None)}, None, "none", "The squat could not be measured.",
         [CLEAR, "The squat could not be measured: the test was filmed in shoes. Repeat it barefoot."]),
    ],
)  # fmt: skip
def test_what_is_said_first_and_what_then(
    reports: dict[str, Any], profile: Profile | None, tone: str, first: str, then: list[str]
) -> None:
    found = screen(profile=profile, **both() | reports)
    assert found.headline.sentences == [first, *then]
    assert found.headline.tone == tone
    assert found.headline.runner == " ".join(found.headline.sentences)


@pytest.mark.parametrize(
    ("reports", "tone", "first"),
    [
        ({"left": warned(lunge("left", 34.0, 1.0), "shoes")}, "none",
         "Your left ankle was filmed in a shoe, which shifts the reading."),
        ({side: warned(lunge(side, 34.0, 1.0), "shoes") for side in ("left", "right")}, "none",
         "Your left ankle and your right ankle were filmed in shoes, which shifts the reading."),
        ({"squat": warned(squat(110.0), "shoes")}, "none",
         "The squat was filmed in shoes, which shifts the reading."),
        ({"left": warned(lunge("left", 34.0, 1.0), "shoes"), "right_toe": toe("right", 20.0)}, "limited",
         "Your right big toe lifts 20°, short of about 30°, and your left ankle was filmed in a shoe, "
         "which shifts the reading."),
    ],
)  # fmt: skip
def test_a_shoe_ranks_above_what_is_met(reports: dict[str, Any], tone: str, first: str) -> None:
    found = screen(**both() | reports)
    assert (found.headline.sentences[0], found.headline.tone) == (first, tone)
    assert any("ankles (left 34.0°, right 34.0°) clear" in each for each in found.headline.sentences[1:])


def test_other_references_are_named_and_are_no_low_bar() -> None:
    found = screen(rules="practice-35-40", **both(45.0, 20.0))
    assert found.headline.sentences == [
        "Your right ankle bends 20.0°, limited against the reference “Practice, 35–40°” and 25° less than "
        "your left.",
        "Your left ankle (45.0°) meets the reference “Practice, 35–40°”.",
    ]
    unsure = screen(rules="practice-35-40", **both(37.0, 37.0)).headline
    assert (unsure.runner, unsure.tone) == (
        "Both your ankles are borderline against the reference “Practice, 35–40°” (left 37.0°, right 37.0°).",
        "borderline",
    )


def test_a_set_about_the_crest_is_answered_by_the_crest() -> None:
    found = screen(
        rules="young-adults", left=with_crest(lunge("left", 31.0), 36.5), right=lunge("right", 33.0)
    )
    assert [f.verdict for f in found.findings if f.rule == "young-adults"] == ["meets", "not_measured"]
    assert found.headline.sentences == [
        "Your right ankle could not be compared.",
        "Your left ankle (36.5°) meets the reference “Healthy young adults, 39.0 ± 4.6°”.",
        "Your right ankle was measured, but not what “Healthy young adults, 39.0 ± 4.6°” is about.",
    ]
    assert found.headline.tone == "none"


def test_a_set_about_the_tape_says_nothing_of_a_clip() -> None:
    found = screen(rules="practice-tape", **both())
    assert (
        found.headline.runner == "The clips were measured, but nothing in them is compared with a reference."
    )
    assert found.headline.tone == "none"
    tape = Profile.model_validate({"left": {"tape_cm": 5.0}})
    told = screen(rules="practice-tape", profile=tape, **both()).headline
    assert (told.runner, told.tone) == ("The tape distance is limited on the left.", "limited")


def test_answers_that_are_short_are_named_by_what_is_and_not_by_what_should_be() -> None:
    answers = Profile.model_validate(
        {"right": {"arch_rises": False, "knee_touched": False, "tape_cm": 0.5},
         "left": {"arch_rises": False, "tape_cm": 0.5}}
    )  # fmt: skip
    said = screen(squat=squat(110.0), profile=answers).headline
    assert said.sentences[0] == (
        "By the tape both your ankles stay short of the minimum for running, and neither arch rises when "
        "you lift the toes."
    )
    assert "knee does not reach" not in said.runner
    assert said.sentences[-1] == (
        "Right ankle: the tape (about 2°) stays short of the minimum for running; the missed touch at the "
        "wall does not decide."
    )


def test_what_gives_the_tone_is_first_however_much_gave_no_number() -> None:
    """A clip without a number, one that shows no crest, an arch that does not rise: all in one sentence."""
    given = {"left": refusal("left"), "right": lunge("right", 36.0)}
    found = screen(rules="young-adults", profile=WINDLASS, **given).headline
    assert found.tone == "limited"
    assert found.sentences[0] == (
        "Your left ankle could not be measured, your right ankle could not be compared, and the right arch "
        "does not rise when you lift the toes."
    )


def test_a_squat_without_its_depth_still_has_its_heels() -> None:
    report = squat(110.0, heel_mm=30.0)
    none = report.measurements.peak_knee_flexion_deg.model_copy(
        update={"value": None, "uncertainty_95": None}
    )
    measurements = report.measurements.model_copy(update={"peak_knee_flexion_deg": none})
    found = screen(squat=report.model_copy(update={"measurements": measurements})).headline
    assert (found.runner, found.tone) == ("In the squat the heel in view rises.", "limited")


WORDS_OF = {
    "limited": r"short of|less than|stays? short|limited|heels? rises? early|in view rises|"
    r"do(es)? not (rise|travel)|neither arch rises",
    "borderline": r"too close to call|not sure whether|borderline",
    "none": r"could not be|filmed in|nothing in them",
    "meets": r"clears? |at least the 30° wanted|goes past|meets? the reference",
}
"""What the first sentence says in each tone."""
_WELL = re.compile(r"^(Both your \w+( \w+)?s? (\(.*?\) )?(clear|lift at least|meet)|Your [\w ]+ \(\d+.*?\) "
                   r"(clears|lifts at least|meets)|In the squat the knee bend goes past)")  # fmt: skip


def agrees(found: Screen) -> None:
    first, tone = found.headline.sentences[0], found.headline.tone
    assert re.search(WORDS_OF[tone], first), (tone, first)
    graver = {"meets": ("limited", "borderline", "none"), "none": ("limited", "borderline"),
              "borderline": ("limited",), "limited": ()}[tone]  # fmt: skip
    for each in graver:
        assert not re.search(WORDS_OF[each], first), (tone, first)
    short = any(f.verdict == "limited" for f in found.findings if f.witness is None)
    differs = any(pair.more_limited for pair in found.pairs)
    refused = any(clip.status != "measured" for clip in found.clips)
    shod = any(w.code == "shoes" for clip in found.clips for w in clip.warnings)
    assert bool(_WELL.match(first)) == (tone == "meets"), first
    if short or differs or refused or shod:
        assert not _WELL.match(first), first
    assert (tone == "limited") == short


def test_pain_is_spoken_of_right_after_the_first_sentence() -> None:
    sore = Profile.model_validate({"signs": {"pain_where": ["knee", "achilles"], "calf_tightness": True}})
    told = screen(profile=sore, left=lunge("left", 34.0), right=lunge("right", 7.0)).headline.sentences
    assert told[1] == (
        "You told of pain in the knee and the Achilles tendon and tight calves, and a test is limited: show "
        "this page to a physical therapist or a doctor now."
    )
    told = screen(profile=sore, left=lunge("left", 34.0), right=lunge("right", 34.0)).headline.sentences
    assert told[1] == (
        "You told of pain in the knee and the Achilles tendon, which no clip sees: if it gets worse, or "
        "stays for two weeks, see a physical therapist or a doctor."
    )
    stop = sore.model_copy(update={"safety": sore.safety.model_copy(update={"stress_fracture": True})})
    assert "two weeks" not in screen(profile=stop, left=lunge("left", 34.0)).headline.runner


_ANGLE = st.tuples(st.floats(2, 50), st.floats(0.5, 9), st.booleans())
_SHOWN = st.one_of(st.none(), st.just("refused"), _ANGLE)
_YES = st.sampled_from([None, True, False])


def clip(side: str, shown: Any) -> Report | None:
    if shown is None:
        return None
    if shown == "refused":
        return refusal(side)
    peak, half, shod = shown
    report = lunge(side, round(peak, 1), round(half, 1))
    return warned(report, "shoes") if shod else report


@given(
    legs=st.tuples(_SHOWN, _SHOWN),
    toes=st.tuples(st.one_of(st.none(), st.floats(5, 60)), st.one_of(st.none(), st.floats(5, 60))),
    bend=st.one_of(st.none(), st.floats(60, 130)),
    heel=st.one_of(st.none(), st.floats(0, 40)),
    arches=st.tuples(_YES, _YES),
    touches=st.tuples(_YES, _YES),
    rules=st.sampled_from([*BOOKS.rules.sets]),
)
def test_the_first_sentence_says_the_gravest_thing_in_the_tone_of_the_screen(
    legs: tuple[Any, Any],
    toes: tuple[float | None, float | None],
    bend: float | None,
    heel: float | None,
    arches: tuple[bool | None, bool | None],
    touches: tuple[bool | None, bool | None],
    rules: str,
) -> None:
    sides = ("left", "right")
    given = {side: clip(side, shown) for side, shown in zip(sides, legs, strict=True)}
    given |= {
        f"{s}_toe": None if v is None else toe(s, round(v, 1)) for s, v in zip(sides, toes, strict=True)
    }
    given["squat"] = squat(bend, heel)
    profile = Profile.model_validate(
        {
            side: {"arch_rises": arch, "knee_touched": touch}
            for side, arch, touch in zip(sides, arches, touches, strict=True)
        }
    )
    agrees(screen(rules=rules, profile=profile, **{k: v for k, v in given.items() if v is not None}))
