"""The drills file that ships has every drill of the articles; one that is not valid is refused."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest

from dorsi.errors import PlanError
from dorsi.plan import dose_in_words, load_drills
from dorsi.plan.book import DRILLS_FILE, DoseBy
from dorsi.rules import load_rules

CLINICAL = [
    # title begins, what the dose says (None: the source gives none), an aim, articles
    ("Three-way ankle rocks", None, "dorsiflexion", ["S0"]),
    ("Kneeling dorsiflexion rocks", None, "dorsiflexion", ["S4"]),
    ("Ankle wall drills", None, "dorsiflexion", ["S4"]),
    ("Band-assisted ankle mobilisation", None, "dorsiflexion", ["S4"]),
    ("Calf stretch, straight then bent knee", "30 s each leg position, 3 sets", "dorsiflexion", ["S1", "S0"]),
    ("Eccentric calf raise", "3 sets of 15, lowering over 10 s", "strength", ["S1", "S0"]),
    ("Heel-elevated squat rock", "2–3 sets of 8–10, slow", "dorsiflexion", ["S2"]),
    ("Wall glide with hip rotation", "2–3 sets of 6–8 a side", "pronation", ["S2"]),
    ("Foam rolling and soft-tissue work", None, "plantar_fascia", ["S1", "S4"]),
    ("Contrast therapy", None, "stiffness", ["S4"]),
    ("Great-toe mobilisation", "5 each of flexion, extension, abduction, adduction and rotation; 2–3 sets",
     "big_toe", ["S3", "S0"]),
    ("Toe yoga", "15 each way, or 2–3 sets of 10", "arch", ["S2", "S3"]),
    ("Towel crunches", "2 towel lengths", "foot_core", ["S3"]),
    ("Ankle circles", "10–15 each way", "warm_up", ["S1", "S3"]),
    ("Calf raises", None, "stability", ["S4"]),
    ("Single-leg balance", None, "stability", ["S4"]),
    ("Resisted ankle movements", None, "stability", ["S4"]),
    ("Forward bound", "30 s, 3 sets, alternating legs", "spring", ["S1"]),
    ("Jump rope", "1 min, then 2–3 rounds on a single leg", "spring", ["S3"]),
    ("Split jumps", "2 sets of 10", "spring", ["S3"]),
]  # fmt: skip
"""Every row of the table of drills."""


@pytest.mark.parametrize(("title", "dose", "aim", "articles"), CLINICAL, ids=lambda each: str(each))
def test_every_row_of_the_clinical_table_is_a_drill(
    title: str, dose: str | None, aim: str, articles: list[str]
) -> None:
    (drill,) = [drill for drill in load_drills().drills.values() if drill.title.startswith(title)]
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
    assert len(drills) == len(CLINICAL)
    assert all(d.steps.endswith(".") and d.how_often and d.source and d.version >= 1 for d in drills)


def test_what_is_said_daily_by_the_source_is_said_so() -> None:
    drills = load_drills().drills
    assert drills["calf-stretch"].how_often == "daily, up to 3 times a day if tight"
    assert drills["eccentric-calf-raise"].how_often == "daily"


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
    assert len(book.for_aim(None)) == len(CLINICAL)
    with pytest.raises(PlanError, match=r"'nose'.*big_toe.*warm_up"):
        book.for_aim("nose")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('dose = "2 towel lengths"\n', "", "towel-crunches.dose"),
        ('dose_by = "source"', 'dose_by = "me"', "dose_by"),
        ('steps = "', 'step = "', "steps"),
        ('sources = ["S4"]', 'sources = ["S5"]', "unknown sources.*S5"),
        ('sources = ["S4"]', "sources = []", "sources"),
        ("version = 1\n", 'version = "1"\n', "version"),
        ('drills = ["toe-yoga"', 'drills = ["toe-joga"', "need arch names unknown drills.*toe-joga"),
        ('drills = ["toe-yoga", "towel-crunches"', 'drills = ["toe-yoga", "toe-yoga"', "drill twice"),
        ('alternatives = ["contrast-therapy"]', "alternatives = []", "uses the drills.*contrast-therapy"),
        ('aims = ["heel"]\nsigns', 'aims = ["big_toe"]\nsigns', "more than one need answers.*big_toe"),
        ('signs = ["calf_tightness"]', "signs = []", "no finding asks for it"),
        ('signs = ["calf_tightness"]', 'signs = ["calf"]', "unknown signs.*calf"),
        ("weeks = 4", "weeks = 0", "remeasure.weeks"),
        ('schema = "dorsi.drills/1"', 'schema = "dorsi.drills/2"', "schema"),
        ('schema = "dorsi.drills/1"', "schema =", "not valid TOML"),
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
    own.write_text(text.replace('version = "1.0.1"', 'version = "7.0.0"', 1), encoding="utf-8")
    shipped = load_drills()
    assert (shipped.version, shipped.file) == ("1.0.1", None)
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
