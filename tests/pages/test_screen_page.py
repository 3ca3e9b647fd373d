"""The page of a screen: both sides side by side, what was compared or why not, plan, links; escaping."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dorsi.pages.screen_page import render_screen_html
from dorsi.plan import Books, load_books
from dorsi.profile import Profile
from dorsi.rules.book import RULES_FILE
from dorsi.screen.build import RoleReport, build_screen
from dorsi.screen.model import Role, Screen
from tests.pages.test_report_page import Page
from tests.screen.reports import lunge, refusal, squat, toe, warned, with_crest

BOOKS = load_books()

EXAMPLE = Path(__file__).parents[1] / "screen" / "example.json"
PICTURE = b"\xff\xd8 a picture"


def example(**changes: Any) -> Screen:
    """The example of the contract, with other keys."""
    return Screen.model_validate(json.loads(EXAMPLE.read_text(encoding="utf-8")) | changes)


def page(screen: Screen, pictures: Mapping[Role, bytes] | None = None) -> Page:
    """The page, parsed; every tag must close."""
    shown = Page(render_screen_html(screen, BOOKS.rules, pictures))
    assert shown.open == []
    return shown


def built(*given: RoleReport) -> Screen:
    return build_screen(given, BOOKS, date=dt.date(2026, 1, 31))


def test_the_page_stands_alone() -> None:
    text = render_screen_html(example(), BOOKS.rules, {"left": PICTURE})
    shown = Page(text)
    assert "script" not in shown.tags and "link" not in shown.tags and shown.tags.count("h1") == 1
    assert not re.search(r"https?://|url\(|@import", text)
    assert "size:A4" in text and "@media print" in text and '<html lang="en">' in text
    outside = [link for link in shown.links if not link.startswith(("#", "data:image/jpeg;base64,"))]
    assert set(outside) <= {f"{r}/{f}" for r in ("left", "right", "left_toe", "right_toe", "squat")
                            for f in ("report.html", "annotated.mp4", "peak.jpg")}  # fmt: skip
    assert "left/annotated.mp4" in outside and "right_toe/report.html" in outside
    assert "left/peak.jpg" not in outside and "right/peak.jpg" in outside
    assert text.count("<img") == text.count('alt="')


def test_the_answer_comes_first_then_the_sides() -> None:
    words = page(example()).words
    order = [
        "Your right ankle is limited against the minimum for running",
        "Lunge test The right ankle is the more limited side",
        "Left meets 31.4° ± 2.3°",
        "Right limited 7.9° ± 1.6°",
        "What was found", "Your answers", "What to do For", "What it means", "For the physical therapist",
        "Limits and cautions", "A measurement, not a diagnosis.",
    ]  # fmt: skip
    places = [words.index(each) for each in order]
    assert places == sorted(places)
    assert 'class="answer words limited"' in render_screen_html(example(), BOOKS.rules)


def test_every_part_of_the_screen_is_on_the_page() -> None:
    screen = example()
    words = page(screen).words
    for finding in screen.findings:
        assert finding.message in words and finding.title in words
    for item in screen.plan.items:
        assert item.drill in words and item.dose in words and item.why in words and item.steps in words
    for wanted in (
        screen.headline.professional, screen.plan.remeasure, screen.plan.real_change, *screen.cautions,
        *(clip.file for clip in screen.clips), *(answer.question for answer in screen.answers),
        "Name Ann Example Date 2026-01-31", "See a physical therapist with this page",
        "Right No number. The test was filmed in shoes. Repeat it barefoot.",
        "Loose trousers hide the shin in the right clip only.",
        "left: yes; right: no", "+23.5° ± 2.8°", "Calf stretch, straight then bent knee (right side first)",
        "See a professional yes", "Side to side – bends less", "abababababab", "half-kneeling",
    ):  # fmt: skip
        assert wanted in words, wanted


def test_both_sides_lie_on_one_scale() -> None:
    text = render_screen_html(example(), BOOKS.rules)
    assert "Shin angle left 31.4° ± 2.3°, right 7.9° ± 1.6° on a scale from 0 to 50°" in text
    assert text.count('<svg class="scale"') == 3


def test_the_page_says_which_of_the_two_shin_angles_it_shows() -> None:
    clips = [
        RoleReport("left", with_crest(lunge("left", 31.0), 36.5)),
        RoleReport("right", with_crest(lunge("right", 28.0), 31.0)),
    ]
    shin = render_screen_html(build_screen(clips, BOOKS, date=dt.date(2026, 1, 31)), BOOKS.rules)
    assert "Left meets 31.0° ± 2.0° Shin angle Right meets 28.0° ± 2.0° Shin angle" in Page(shin).words
    assert "Shin angle left 31.0°" in shin
    crest = render_screen_html(
        build_screen(clips, BOOKS, date=dt.date(2026, 1, 31), rule_set="young-adults"), BOOKS.rules
    )
    told = "Left meets 36.5° ± 2.0° Shin crest angle Right limited 31.0° ± 2.0° Shin crest angle"
    assert told in Page(crest).words
    assert "Shin crest angle left 36.5° ± 2.0°, right 31.0° ± 2.0° on a scale" in crest
    for page in (shin, crest):
        assert "never compare one with the other" in page


@pytest.mark.parametrize(("angle", "told"), [(6.0, True), (11.0, False), (30.0, False)])
def test_what_a_limited_ankle_is_associated_with_is_told_where_it_is_limited(
    angle: float, told: bool
) -> None:
    words = page(built(RoleReport("left", lunge("left", angle, 1.0)))).words
    assert ("under about 10° is associated with an early heel lift, a shorter stride" in words) == told
    assert ("about groups of people, and not what you have" in words) == told
    assert "pressure that shifts" not in words


def test_what_a_side_view_cannot_see_is_said() -> None:
    for given in (
        RoleReport("left", lunge("left")),
        RoleReport("squat", squat()),
        RoleReport("left", refusal("left")),
    ):
        words = page(built(given)).words
        assert "a collapsing arch or a knee drifting inward cannot be seen" in words


def test_a_sign_is_named_and_not_called_borderline() -> None:
    profile = Profile.model_validate({"signs": {"calf_tightness": True}, "circles_smaller": "left"})
    screen = build_screen(
        [RoleReport("left", lunge("left", 30.0))], BOOKS, date=dt.date(2026, 1, 31), profile=profile
    )
    words = page(screen).words
    assert "Signs worth watching named" in words and "left against right smaller –" in words
    assert "See a professional if a sign stays" in words
    assert "Such signs have many other possible causes." in words


def test_a_screen_of_one_refused_clip_has_no_number() -> None:
    words = page(built(RoleReport("left", refusal("left")))).words
    assert "Lunge test Left No number. The leg was not filmed from the side." in words
    assert "Right Not filmed." in words and "Video" not in words
    assert "Big-toe extension" not in words and "What to do: " not in words
    assert "<svg" not in render_screen_html(built(RoleReport("left", refusal("left"))), BOOKS.rules)


@pytest.mark.parametrize(("left", "right", "said"), [(30.0, 20.0, "– bends less"), (30.0, 29.5, "alike")])
def test_left_against_right_is_said_in_words(left: float, right: float, said: str) -> None:
    screen = built(
        RoleReport("left", lunge("left", left, 1.0)), RoleReport("right", lunge("right", right, 1.0))
    )
    (pair,) = (each for each in screen.pairs if each.headline)
    assert pair.difference is not None
    words = page(screen).words
    assert pair.said in words
    assert f"Left ankle against right {said}" in words.split("What it means")[0]
    assert f"Left ankle against right {said.removeprefix('– ')} " in words.split("What it means")[1]
    assert words.index(pair.said) < words.index("Left meets 30.0°")


@pytest.mark.parametrize("rules", ["runner", "practice-30-38"])
def test_the_lesser_of_two_that_differ_is_not_shown_as_met(rules: str) -> None:
    clips = [
        RoleReport("left", lunge("left", 55.0, 1.0)), RoleReport("right", lunge("right", 45.0, 1.0)),
        RoleReport("left_toe", toe("left", 40.0, 1.0)), RoleReport("right_toe", toe("right", 50.0, 1.0)),
    ]  # fmt: skip
    screen = build_screen(clips, BOOKS, date=dt.date(2026, 1, 31), rule_set=rules)
    words = page(screen).words
    assert (
        "Left meets 55.0° ± 1.0° Shin angle Right bends less 45.0° ± 1.0° Shin angle, which meets its"
        in words
    )
    assert "Left lifts less 40.0° ± 1.0° Big-toe extension, which meets its reference Right meets" in words
    assert '<p class="number meets">45.0°' not in render_screen_html(screen, BOOKS.rules)


def test_a_witness_says_what_it_bears_out_and_not_how_the_ankle_stands() -> None:
    profile = Profile.model_validate({"left": {"knee_touched": True}, "right": {"knee_touched": False}})
    clips = [RoleReport("left", lunge("left", 30.0, 1.0)), RoleReport("right", lunge("right", 30.0, 1.0))]
    screen = build_screen(clips, BOOKS, date=dt.date(2026, 1, 31), profile=profile)
    words = page(screen).words
    assert "Knee to wall at four fingers agrees does not decide" in words
    assert "Knee to wall at four fingers borderline" not in words
    alone = build_screen([RoleReport("squat", squat())], BOOKS, date=dt.date(2026, 1, 31), profile=profile)
    assert "Knee to wall at four fingers meets borderline" in page(alone).words


def test_what_to_work_on_first_stands_above_the_tests_with_its_source() -> None:
    clips = [RoleReport("left", lunge("left", 30.0, 1.0)), RoleReport("right", lunge("right", 20.0, 1.0))]
    screen = build_screen(clips, BOOKS, date=dt.date(2026, 1, 31))
    (reading,) = screen.readings
    words = page(screen).words
    assert f"What to work on first {reading.text} {reading.why} 1" in words.replace(" , ", ", ")
    assert words.index("What to work on first") < words.index("Lunge test")
    assert "What to work on first" not in page(built(RoleReport("left", lunge("left")))).words


def own_title(tmp_path: Path, title: str) -> Books:
    """The shipped books with another title of the set young-adults."""
    text = RULES_FILE.read_text(encoding="utf-8").replace("Healthy young adults, 39.0 ± 4.6°", title)
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    return load_books(file)


def test_a_title_with_a_full_stop_leaves_the_heading_whole(tmp_path: Path) -> None:
    books = own_title(tmp_path, "Dr. Lima. Ankles")
    clips = [RoleReport("left", with_crest(lunge("left", 31.0), 36.5))]
    screen = build_screen(clips, books, date=dt.date(2026, 1, 31), rule_set="young-adults")
    text = render_screen_html(screen, books.rules)
    assert "<h1>Your left ankle (36.5°) meets the reference “Dr. Lima. Ankles”</h1>" in text
    assert screen.headline.sentences[0].startswith("Your left ankle (36.5°) meets")
    assert f"sha256 {books.rules.sha256[:12]}, own.toml" in text and "<b>Drills</b>" not in text
    assert " ".join(screen.headline.sentences) == screen.headline.runner


def test_an_older_screen_has_its_answer_in_one_heading() -> None:
    older = example()
    assert older.headline.sentences == []
    whole = older.headline.runner.removesuffix(".")
    assert whole in page(older).words


def test_what_keeps_two_sides_apart_is_said_once() -> None:
    ours, theirs = lunge("left", 30.0), warned(lunge("right", 20.0), "shoes")
    screen = built(RoleReport("left", ours), RoleReport("right", theirs))
    (pair,) = (each for each in screen.pairs if each.headline)
    assert pair.blocked_by == "shoes"
    assert page(screen).words.count("Shoes are worn in the right clip only") == 1


def test_a_difference_in_filming_is_told_where_nothing_is_compared() -> None:
    screen = example()
    words = page(screen).words
    assert "The right big toe was not measured, so the sides are not compared." in words
    assert "The right clip gave no number." in words


def test_toe_and_squat_have_cards_of_their_own() -> None:
    words = page(built(RoleReport("left_toe", toe("left", 22.0)), RoleReport("squat", squat(110.0)))).words
    assert "Big-toe extension Left limited 22.0° ± 3.0°" in words
    assert "Deep squat Knee bend meets 110.0° ± 3.0°" in words
    assert "Heels stay down not measured" in words
    assert "Lunge test" not in words


def test_names_from_outside_stay_words() -> None:
    hostile = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
    clips = json.loads(EXAMPLE.read_text(encoding="utf-8"))["clips"]
    for clip in clips:
        clip["file"] = hostile
        clip["links"]["annotated_mp4"] = f"left/{hostile}.mp4"
    text = render_screen_html(example(runner=hostile, clips=clips), BOOKS.rules)
    shown = Page(text)
    assert shown.open == [] and "script" not in shown.tags and "<script" not in text
    assert shown.tags.count("img") == 4 and shown.words.count(hostile) >= 4


def test_a_screen_without_runner_answers_or_plan_has_a_page() -> None:
    document = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    plan = document["plan"] | {"items": [], "about": "", "see_a_professional": False}
    shown = page(example(runner=None, answers=[], plan=plan, notes=[{"code": "x", "message": "One side."}]))
    assert "Your answers" not in shown.words and "What to do" not in shown.words
    assert "See a physical therapist" not in shown.words and "One side." in shown.words
    assert "Ankle screen · 2026-01-31" in shown.words
