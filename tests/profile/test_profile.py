"""The profile: its file there and back, and one clear line for everything that can be wrong with it."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dorsi.errors import OutputError, ProfileError
from dorsi.profile import SCHEMA, Profile, check_place, load_profile, save_profile

WHOLE = """\
schema = "dorsi.profile/1"
runner = "Ana-María \\"Ani\\" Ó"
height_cm = 168
circles_smaller = "left"

[left]
knee_touched = true
tape_cm = 8
arch_rises = false
circle = "small"

[right]
circle = "large"

[signs]
calf_tightness = true
pain_where = ["knee", "plantar_fascia"]
pain_side = "left"
short_stride = false
one_sided = "left"
heels_lift = false
"""


def file_of(folder: Path, text: str | bytes) -> Path:
    path = folder / "ana.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_whole_file(tmp_path: Path) -> None:
    profile = load_profile(file_of(tmp_path, WHOLE))
    assert (profile.runner, profile.height_cm) == ('Ana-María "Ani" Ó', 168.0)
    assert profile.leg("left").tape_cm == 8.0 and profile.leg("right").tape_cm is None
    assert profile.signs.pain_where == ("knee", "plantar_fascia")
    assert profile.signs.named() == ("calf_tightness", "pain", "one_sided")
    assert profile.smaller_circle == "left"


def test_there_and_back(tmp_path: Path) -> None:
    profile = load_profile(file_of(tmp_path, WHOLE))
    path = tmp_path / "again.toml"
    save_profile(profile, path)
    assert load_profile(path) == profile
    assert path.read_text().startswith("# What a camera cannot see")


def test_an_empty_profile_is_one(tmp_path: Path) -> None:
    path = file_of(tmp_path, f'schema = "{SCHEMA}"\n')
    assert load_profile(path) == Profile()
    assert tomllib.loads(Profile().to_toml()) == {"schema": SCHEMA}


_LEG = st.fixed_dictionaries(
    {},
    optional={
        "knee_touched": st.just(True),
        "tape_cm": st.floats(5, 30),
        "arch_rises": st.booleans(),
        "circle": st.sampled_from(["small", "medium", "large"]),
    },
)


@given(left=_LEG, right=_LEG, name=st.text(min_size=1, max_size=20).filter(str.strip))
def test_every_profile_survives_its_toml(left: dict[str, Any], right: dict[str, Any], name: str) -> None:
    try:
        profile = Profile.model_validate({"left": left, "right": right, "runner": name})
    except ValidationError:
        assert name != name.strip() or not name.isprintable()
        return
    assert Profile.model_validate(tomllib.loads(profile.to_toml())) == profile


WRONG = [
    ("runner =", "is not valid TOML"),
    ('[left]\ntape = 8', "left.tape: is an unknown key. Did you mean tape_cm?"),
    ('[left]\nzebra = 8', "left.zebra: is an unknown key. Known keys are knee_touched, tape_cm"),
    ('[links]\ntape_cm = 8', "links: is an unknown key. Known keys are schema, runner"),
    ('[sign]\nheels_lift = true', "sign: is an unknown key. Did you mean signs?"),
    ('[left]\ntape_cm = "8"', 'left.tape_cm: "8" does not belong here. Give the distance'),
    ('[left]\ntape_cm = 80', "left.tape_cm: 80 is out of range. Give the distance"),
    ('[left]\ntape_cm = -1', "left.tape_cm: -1 is out of range"),
    ('[left]\ntape_cm = nan', "left.tape_cm:"),
    ('[left]\ntape_cm = true', "left.tape_cm: true does not belong here"),
    ('[left]\nknee_touched = "yes"', 'left.knee_touched: "yes" does not belong here. Choose true or false'),
    ('[right]\ncircle = "huge"', 'right.circle: "huge" does not belong here. Choose "small"'),
    ('left = 3', "left: 3 does not belong here. Make it a table [left]"),
    ('height_cm = 17', "height_cm: 17 is out of range. Give the body height in cm, 90 to 250"),
    ('runner = ""', "runner:"),
    ('runner = " Ana"', "runner: a name has no spaces around it"),
    ('runner = "A\\tna"', "runner: a name has no spaces around it and no control characters. Give a name"),
    ('circles_smaller = "none"', 'circles_smaller: "none" does not belong here. Choose "left", "right"'),
    ('[signs]\npain_where = "knee"', "signs.pain_where:"),
    ('[signs]\npain_where = ["hip"]', 'signs.pain_where: "hip" does not belong here. Give a list of "knee"'),
    ('[signs]\none_sided = false', 'signs.one_sided: false does not belong here. Choose "left", "right"'),
    ('[safety]\npregnant = "no"', 'safety.pregnant: "no" does not belong here. Choose true or false'),
    ('[safety]\npregnent = true', "safety.pregnent: is an unknown key. Did you mean pregnant?"),
    ('[history]\nsprained = true', 'history.sprained: true does not belong here. Choose "left", "right"'),
    ('[plan]\nweeks = 1.5', "plan.weeks: 1.5 does not belong here. Give whole weeks"),
    ('[plan]\nweeks = -1', "plan.weeks: -1 is out of range. Give whole weeks, 0 to 520"),
    ('[signs]\npain_level = 11', "signs.pain_level: 11 is out of range. Give a whole number, 0 to 10"),
    ('age_group = "adult"', 'age_group: "adult" does not belong here. Choose "under 18", "18-39"'),
    ('safety = true', "safety: true does not belong here. Make it a table [safety]"),
    ('[safety]\nlifted = true', "safety.lifted: is an unknown key"),
    ('clearance = "Mara"', "clearance: is an unknown key"),
    # contradictions
    ('[signs]\npain_where = []\npain_level = 2', 'signs: pain_level = 2 contradicts pain_where'),
    ('[left]\nknee_touched = false\ntape_cm = 12', "left: knee_touched = false .* contradicts tape_cm = 12"),
    ('[right]\nknee_touched = true\ntape_cm = 2', "right: knee_touched = true .* contradicts tape_cm = 2"),
    ('circles_smaller = "left"\n[left]\ncircle = "large"\n[right]\ncircle = "small"',
     'circles_smaller = "left" contradicts left.circle = "large" and right.circle = "small"'),
    ('circles_smaller = "same"\n[left]\ncircle = "large"\n[right]\ncircle = "small"',
     'circles_smaller = "same" contradicts'),
    ('[signs]\npain_where = []\npain_side = "left"', 'signs: pain_side = "left" contradicts pain_where'),
    ('[signs]\npain_side = "left"', 'signs: pain_side = "left" contradicts pain_where'),
    ('[signs]\npain_where = ["knee"]\npain_side = "both"\none_sided = "left"',
     'signs: one_sided = "left" .* contradicts pain_side = "both"'),
    ('[signs]\npain_where = ["knee", "knee"]', "names a place twice"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), WRONG, ids=[text.replace("\n", " ") for text, _ in WRONG])
def test_what_is_wrong_is_one_line_with_file_key_and_remedy(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ProfileError, match=told.replace("[", r"\[")) as caught:
        load_profile(file_of(tmp_path, f'schema = "{SCHEMA}"\n{text}\n'))
    line = str(caught.value)
    assert line.startswith("ana.toml: ")
    assert "\n" not in line and line[-1] in ".?" and ".." not in line
    assert caught.value.code in {"profile_invalid", "profile_not_toml"}


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"", 'schema: is missing. Write schema = "dorsi.profile/1"'),
        (b'schema = "dorsi.profile/2"', 'schema: "dorsi.profile/2" does not belong here. Write schema'),
    ],
)
def test_other_files(tmp_path: Path, raw: bytes, told: str) -> None:
    with pytest.raises(ProfileError, match=told):
        load_profile(file_of(tmp_path, raw))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(
        ProfileError, match=r"none\.toml: there is no such file\. Check the path, or write one\.$"
    ):
        load_profile(tmp_path / "none.toml")
    with pytest.raises(ProfileError, match="cannot be read"):
        load_profile(tmp_path)


@pytest.mark.parametrize(
    "answers",
    [
        {"left": {"knee_touched": False, "tape_cm": 10.0}},
        {"left": {"knee_touched": True, "tape_cm": 5.0}},
        {"circles_smaller": "left", "left": {"circle": "small"}, "right": {"circle": "small"}},
        {"circles_smaller": "left", "left": {"circle": "large"}},
        {"signs": {"pain_where": ["knee"], "pain_side": "both", "one_sided": "none"}},
        {"signs": {"pain_where": ["knee"], "one_sided": "left"}},
    ],
)
def test_what_may_be_true_is_no_contradiction(answers: dict[str, Any]) -> None:
    assert Profile.model_validate(answers) != Profile()


def test_saving_is_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file_of(tmp_path, WHOLE)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    # No disk can be filled up on the spot without a file system of one's own.
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"ana\.toml cannot be written \(No space left"):
        save_profile(Profile(), path)
    assert path.read_text() == WHOLE
    assert list(tmp_path.iterdir()) == [path]


def test_saving_keeps_mode_and_link(tmp_path: Path) -> None:
    path = file_of(tmp_path, WHOLE)
    path.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    save_profile(Profile(), link)
    assert link.is_symlink() and load_profile(path) == Profile()
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("place", ["", "none/ana.toml"])
def test_a_place_that_will_not_do_is_known_before_the_questions(tmp_path: Path, place: str) -> None:
    with pytest.raises(OutputError, match="Choose another place"):
        check_place(tmp_path / place)
    with pytest.raises(OutputError, match="Choose another place"):
        save_profile(Profile(), tmp_path / "none" / "ana.toml")


def test_a_file_of_before_the_safety_list_stays_valid(tmp_path: Path) -> None:
    profile = load_profile(file_of(tmp_path, WHOLE))
    assert profile.safety == Profile().safety and profile.history == Profile().history
    assert profile.plan == Profile().plan and profile.signs.wear is None
    assert "[safety]" not in profile.to_toml() and "[plan]" not in profile.to_toml()
