"""The drills file that ships has every drill of the articles; one that is not valid is refused."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest

from dorsi.errors import PlanError
from dorsi.plan import dose_in_words, load_drills
from dorsi.plan.book import DRILLS_FILE, DoseBy, Trouble
from dorsi.rules import load_rules

CLINICAL = [
    # title begins, what the dose says (None: the source gives none), an aim, articles
    ("Three-way ankle rocks", None, "dorsiflexion", ["S0"]),
    ("Kneeling dorsiflexion rocks", None, "dorsiflexion", ["S4"]),
    ("Ankle wall drills", None, "dorsiflexion", ["S4"]),
    ("Band-assisted ankle mobilisation", None, "dorsiflexion", ["S4"]),
    ("Calf stretch, straight then bent knee",
     "30 s with the knee straight and 30 s with it bent, switch legs, 3 sets", "dorsiflexion", ["S1", "S0"]),
    ("Eccentric calf raise, both legs", "3 sets of 15, lowering to a count of 10 s", "strength", ["S1"]),
    ("Calf raise, two up, one down", None, "strength", ["S0"]),
    ("Heel-elevated squat rock", "2–3 sets of 8–10, slow", "dorsiflexion", ["S2"]),
    ("Wall glide with hip rotation", "2–3 sets of 6–8 a side", "pronation", ["S2"]),
    ("Foam rolling and soft-tissue work", None, "achilles", ["S1", "S4"]),
    ("Lacrosse ball", None, "plantar_fascia", ["S1", "S4"]),
    ("Contrast therapy", None, "stiffness", ["S4"]),
    ("Great-toe mobilisation", "5 each of flexion, extension, abduction, adduction and rotation; 2–3 sets",
     "big_toe", ["S3", "S0"]),
    ("Toe yoga", "15 each way (MapMyRun), or 2–3 sets of 10 alternating (CoreQuest)", "arch", ["S2", "S3"]),
    ("Towel crunches", "the towel's length twice with each foot", "foot_core", ["S3"]),
    ("Ankle circles", "10 each way (Runner's World), or 10–15 (MapMyRun)", "warm_up", ["S1", "S3"]),
    ("Calf raises", None, "stability", ["S4"]),
    ("Single-leg balance", None, "stability", ["S4"]),
    ("Resisted ankle movements", None, "stability", ["S4"]),
    ("Strength of hips and knees", None, "hip", ["S4"]),
    ("Forward bound", "alternate for 30 s, 3 sets", "spring", ["S1"]),
    ("Jump rope, in steps",
     "hops on both legs without a rope 1–2 min, then single-leg hops 2–3 sets, then with the rope", "spring",
     ["S3"]),
    ("Split jumps", "2 sets of 10, then more", "spring", ["S3"]),
]  # fmt: skip
"""Every row of the table of drills."""


@pytest.mark.parametrize(("title", "dose", "aim", "articles"), CLINICAL, ids=lambda each: str(each))
def test_every_row_of_the_clinical_table_is_a_drill(
    title: str, dose: str | None, aim: str, articles: list[str]
) -> None:
    drills = [drill for drill in load_drills().drills.values() if drill.name not in VARIANTS]
    (drill,) = [drill for drill in drills if drill.title.startswith(title)]
    assert aim in drill.aims
    assert re.findall(r"S\d(?=: )", drill.source) == articles
    if dose is None:
        # What the source does not say is not put in its mouth.
        assert drill.dose_by == "dorsi"
    else:
        assert (drill.dose, drill.dose_by) == (dose, "source")


def test_a_dose_is_for_the_runner_and_names_no_key_of_a_source() -> None:
    assert not [d.name for d in load_drills().drills.values() if re.search(r"\bS\d\b", d.dose + d.how_often)]


def test_the_table_is_the_whole_file() -> None:
    drills = load_drills().drills.values()
    assert len([d for d in drills if d.name not in VARIANTS]) == len(CLINICAL)
    assert all(d.steps.endswith(".") and d.how_often and d.source and d.version >= 1 for d in drills)


def test_what_is_said_daily_by_the_source_is_said_so() -> None:
    drills = load_drills().drills
    daily = "daily, up to 3 times a day if tight; before and after runs"
    assert drills["calf-stretch"].how_often == daily
    assert drills["eccentric-calf-raise"].how_often == "daily"
    assert drills["ankle-circles"].how_often == "before a run"
    told = ("calf-stretch", "eccentric-calf-raise", "ankle-circles")
    assert {drills[name].how_often_by for name in told} == {"source"}


VARIANTS = {"ankle-circles-sitting"}
KEYS = VARIANTS | {
    "three-way-ankle-rocks", "kneeling-dorsiflexion-rocks", "ankle-wall-drill", "band-assisted-mobilisation",
    "calf-stretch", "eccentric-calf-raise", "heel-elevated-squat-rock", "wall-glide-hip-rotation",
    "foam-rolling", "contrast-therapy", "great-toe-mobilisation", "toe-yoga", "towel-crunches",
    "ankle-circles", "calf-raises", "single-leg-balance", "resisted-ankle", "forward-bound", "jump-rope",
    "split-jumps", "two-up-one-down", "lacrosse-ball", "hip-knee-strength",
}  # fmt: skip
DEEP_ROCKS = {
    "three-way-ankle-rocks", "kneeling-dorsiflexion-rocks", "ankle-wall-drill", "band-assisted-mobilisation",
    "heel-elevated-squat-rock",
}  # fmt: skip
JUMPS = {"forward-bound", "jump-rope", "split-jumps"}
DROPS = {"eccentric-calf-raise", "two-up-one-down"}


def test_the_keys_are_those_that_pictures_go_by() -> None:
    assert load_drills().drills.keys() == KEYS


@pytest.mark.parametrize(
    ("trouble", "kept_out"),
    [
        ("knee", DEEP_ROCKS | JUMPS), ("achilles", DROPS | JUMPS), ("heel", DROPS | JUMPS),
        ("sole", DROPS | JUMPS), ("forefoot", {"great-toe-mobilisation"} | JUMPS),
        ("big_toe", {"great-toe-mobilisation"} | JUMPS), ("shin", JUMPS), ("one_sided", JUMPS),
    ],
)  # fmt: skip
def test_what_pain_keeps_out(trouble: Trouble, kept_out: set[str]) -> None:
    assert {d.name for d in load_drills().drills.values() if trouble in d.not_with} == kept_out


def test_what_is_safe_for_anyone() -> None:
    safe = {d.name: d for d in load_drills().drills.values() if d.safe_for_anyone}
    assert safe.keys() == VARIANTS | {
        "ankle-circles", "toe-yoga", "towel-crunches", "calf-stretch", "single-leg-balance",
    }  # fmt: skip
    assert "with a hand on a support" in safe["single-leg-balance"].steps


def test_when_a_drill_is_done() -> None:
    drills = load_drills().drills
    slots = {name: drill.slots for name, drill in drills.items() if drill.slots != ["any_time"]}
    assert slots == {
        "calf-stretch": ["before_run", "after_run"], "ankle-circles": ["before_run"],
        "ankle-circles-sitting": ["before_run"],
        "forward-bound": ["before_run"], "contrast-therapy": ["after_run", "any_time"],
    }  # fmt: skip
    every_other = {name for name, drill in drills.items() if drill.how_often == "every other day"}
    assert {drills[name].days_a_week for name in every_other} == {3}


def test_the_eccentric_raise_is_on_both_legs_and_two_up_one_down_dorsis() -> None:
    both, one = (load_drills().drills[name] for name in ("eccentric-calf-raise", "two-up-one-down"))
    assert "both heels slowly below the step" in both.steps and "one" not in both.steps.split()
    assert (one.dose, one.dose_by, one.how_often_by) == ("2 sets of 8 a side", "dorsi", "dorsi")
    assert "Only when the raise on both legs is easy, and on the floor first" in one.steps


def test_every_aim_of_a_rule_that_a_drill_can_change_has_a_need() -> None:
    answered = {aim for need in load_drills().needs for aim in need.aims}
    beyond = {"signs", "both", "symmetry", "professional"}
    assert {rule.aim for rule in load_rules().rules.values()} - beyond == answered


def test_words() -> None:
    text = DRILLS_FILE.read_text(encoding="utf-8")
    said = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    assert re.findall(r"\brisk\b|diagnos|predispos|\bcure|prevent", said, re.I) == []
    assert "generally do not predict running injury" in said
    assert "not very elastic (S1)" in said and "good technique counts (S4)" in said
    assert "No study among Dorsi's sources fixes the number of weeks" in load_drills().remeasure


def test_drills_for_an_aim() -> None:
    book = load_drills()
    assert [d.name for d in book.for_aim("big_toe")] == ["great-toe-mobilisation", "toe-yoga"]
    assert len(book.for_aim(None)) == len(CLINICAL) + len(VARIANTS)
    with pytest.raises(PlanError, match=r"'nose'.*big_toe.*warm_up"):
        book.for_aim("nose")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('dose = "the towel\'s length twice with each foot"\n', "", "towel-crunches.dose"),
        ('stage = "loosen"', 'stage = "warm"', "three-way-ankle-rocks.stage"),
        ('not_with = ["knee"]', 'not_with = ["knees"]', "three-way-ankle-rocks.not_with"),
        ('not_with = ["knee"]\n', "", "three-way-ankle-rocks.not_with"),
        ("safe_for_anyone = false\n", "", "three-way-ankle-rocks.safe_for_anyone"),
        ("safe_for_anyone = false", "safe_for_anyone = true", "does not go with not_with"),
        ('drill = "ankle-circles-sitting"', 'drill = "circles"', "instead of ankle-circles names unknown"),
        ('pain_in = ["achilles"', 'pain_in = ["tendon"', "ankle-circles.instead.pain_in"),
        ('goal = "ankle bend"\n', "", "three-way-ankle-rocks.goal"),
        ('slots = ["any_time"]', "slots = []", "three-way-ankle-rocks.slots"),
        ("days_a_week = 7", "days_a_week = 8", "three-way-ankle-rocks.days_a_week"),
        ("minutes = 5.0", "minutes = 0.0", "three-way-ankle-rocks.minutes"),
        ("[stages.loosen]", "[stages.warm]", "stages are loosen, control, strengthen, spring"),
        ('dose_by = "source"', 'dose_by = "me"', "dose_by"),
        ('steps = "', 'step = "', "steps"),
        ('sources = ["S4"]', 'sources = ["S5"]', "unknown sources.*S5"),
        ('sources = ["S4"]', "sources = []", "sources"),
        ("version = 1\n", 'version = "1"\n', "version"),
        ('drills = ["toe-yoga"', 'drills = ["toe-joga"', "need arch names unknown drills.*toe-joga"),
        ('drills = ["toe-yoga", "great-toe', 'drills = ["toe-yoga", "toe-yoga", "great-toe', "drill twice"),
        ('alternatives = ["contrast-therapy"]', "alternatives = []", "uses the drills.*contrast-therapy"),
        ('aims = ["heel"]\nsigns', 'aims = ["big_toe"]\nsigns', "more than one need answers.*big_toe"),
        ('signs = ["calf_tightness"]', "signs = []", "no finding asks for it"),
        ('signs = ["calf_tightness"]', 'signs = ["calf"]', "unknown signs.*calf"),
        ("weeks = 4", "weeks = 0", "stages.loosen.weeks"),
        ("[remeasure]\nweeks = 4", "[remeasure]\nweeks = 0", "remeasure.weeks"),
        # Without the keys of safety nobody knows what may be shown to whom.
        ('schema = "dorsi.drills/2"', 'schema = "dorsi.drills/1"', "schema"),
        ('schema = "dorsi.drills/2"', "schema =", "not valid TOML"),
    ],
)
def test_a_file_that_is_not_valid_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = DRILLS_FILE.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "drills.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PlanError, match=told) as caught:
        load_drills(file)
    assert "\n" not in str(caught.value)
    assert caught.value.code in {"file_invalid", "file_not_toml"}


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="cannot be read"):
        load_drills(tmp_path / "drills.toml")


def test_the_environment_names_the_drills_unless_a_file_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "ours.toml"
    text = DRILLS_FILE.read_text(encoding="utf-8")
    own.write_text(text.replace('version = "2.2.0"', 'version = "7.0.0"', 1), encoding="utf-8")
    shipped = load_drills()
    assert (shipped.version, shipped.file) == ("2.2.0", None)
    monkeypatch.setenv("DORSI_DRILLS", str(own))
    found = load_drills()
    assert (found.version, found.file) == ("7.0.0", "ours.toml")
    assert found.sha256 == sha256(own.read_bytes()).hexdigest()
    assert load_drills(DRILLS_FILE) == shipped


@pytest.mark.parametrize(
    ("by", "told"),
    [
        (("source", "source"), "2 sets · daily"),
        (("dorsi", "source"), "2 sets (Dorsi's suggestion) · daily"),
        (("source", "dorsi"), "2 sets · daily (Dorsi's suggestion)"),
        (("dorsi", "dorsi"), "2 sets · daily (Dorsi's suggestion)"),
    ],
)
def test_whose_figure_a_dose_is_said_once(by: tuple[DoseBy, DoseBy], told: str) -> None:
    assert dose_in_words("2 sets", "daily", *by) == told


def test_an_older_step_says_itself_whose_figure_it_is() -> None:
    assert dose_in_words("2 sets (Dorsi's suggestion)", "") == "2 sets (Dorsi's suggestion)"
