"""The rules file that ships is complete and careful with words; one that is not valid is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dorsi.errors import RulesError
from dorsi.rules import RuleSet, load_rules, rule_sets
from dorsi.rules.book import RULES_FILE


@pytest.fixture(params=rule_sets())
def rule_set(request: pytest.FixtureRequest) -> RuleSet:
    return load_rules(request.param)


def test_runner_is_the_default_and_leads_with_dorsiflexion() -> None:
    assert rule_sets()[0] == "runner"
    assert load_rules() == load_rules("runner")
    assert [rule.name for rule in load_rules().rules[:3]] == [
        "dorsiflexion-runner",
        "dorsiflexion-gait",
        "heel-lift",
    ]


@pytest.mark.parametrize(
    ("name", "measurement", "limited_below", "meets_from"),
    [
        ("dorsiflexion-runner", "peak_shin_angle_deg", 10.0, 12.0),
        ("dorsiflexion-gait", "peak_shin_angle_deg", 10.0, 15.0),
        ("heel-lift", "heel_lift_onset_shin_angle_deg", None, 12.0),
        ("patellar-tendinopathy", "peak_crest_angle_deg", 36.5, 36.5),
        ("young-adults", "peak_crest_angle_deg", 39.0 - 4.6, 39.0 - 4.6),
        ("goniometer", "peak_shin_angle_deg", 40.6 - 5.2, 40.6 - 5.2),
        ("practice-30-38", "peak_shin_angle_deg", 30.0, 38.0),
        ("practice-35-40", "peak_shin_angle_deg", 35.0, 40.0),
    ],
)
def test_thresholds_are_those_of_the_sources(
    name: str, measurement: str, limited_below: float | None, meets_from: float
) -> None:
    rules = {rule.name: rule for each in rule_sets() for rule in load_rules(each).rules}
    rule = rules[name]
    assert (rule.measurement, rule.unit) == (measurement, "deg")
    assert rule.limited_below == pytest.approx(limited_below)
    assert rule.meets_from == pytest.approx(meets_from)


def test_every_rule_has_a_source_and_every_set_a_caution(rule_set: RuleSet) -> None:
    assert all(rule.source and rule.version >= 1 for rule in rule_set.rules)
    assert all("diagnosis" in caution or len(rule_set.cautions) > 1 for caution in rule_set.cautions)
    assert any("Nothing here is a diagnosis" in caution for caution in rule_set.cautions)
    assert re.fullmatch(r"[0-9a-f]{64}", rule_set.sha256)


def test_no_text_speaks_of_risk_and_meets_is_put_in_its_place(rule_set: RuleSet) -> None:
    texts = [text for rule in rule_set.rules for text in rule.messages.model_dump().values()]
    texts += [*rule_set.cautions, rule_set.about, rule_set.title]
    assert [text for text in texts if re.search(r"\brisk\b|predispos|diagnosed|you have", text, re.I)] == []
    runner = next(rule for rule in load_rules().rules if rule.name == "dorsiflexion-runner")
    for verdict in ("meets", "borderline", "limited"):
        assert "35–40°" in getattr(runner.messages, verdict)


def test_sets_read_on_the_shin_crest_say_so() -> None:
    for name in ("young-adults", "patellar-tendinopathy"):
        assert "shin crest" in load_rules(name).about
        assert all("shin crest" in text for text in load_rules(name).rules[0].messages.model_dump().values())


def test_unknown_set_names_the_known_ones() -> None:
    with pytest.raises(RulesError, match=r"'sprinter'.*runner.*young-adults") as caught:
        load_rules("sprinter")
    assert caught.value.exit_code == 2


def _broken(folder: Path, old: str, new: str) -> Path:
    text = RULES_FILE.read_text(encoding="utf-8")
    assert old in text
    file = folder / "rules.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("limited_below = 10.0\n", "limited_under = 10.0\n", "limited_under"),
        ("limited_below = 10.0\n", "", "limited_below"),
        ("limited_below = 10.0\n", "limited_below = 13.0\n", "above meets_from"),
        ("limited_below = 10.0\n", 'limited_below = "10"\n', "limited_below"),
        ("limited_below = 10.0\n", "limited_below = nan\n", "limited_below"),
        ('unit = "deg"\n', "", "unit"),
        ('unit = "deg"\n', 'unit = "mm"\n', "unit"),
        ('sources = ["S1"]\n', 'sources = ["S9"]\n', "S9"),
        ('sources = ["S1"]\n', "sources = []\n", "sources"),
        ("version = 1\n", "version = 0\n", "version"),
        ("{value} with the heel down meets", "{values} with the heel down meets", "values"),
        ("{value} with the heel down meets", "{value with the heel down meets", "expected"),
        ('not_measured = "', 'not_measured = "{value} ', "value"),
        ("sd = 4.6\n", "", "mean and sd"),
        ("sd = 4.6\n", "sd = 4.0\n", "35"),
        ('kind = "heel_lift"', 'kind = "at_least"', "heel_lift_onset"),
        ('rules = ["dorsiflexion-runner"', 'rules = ["dorsiflexion"', "unknown rules"),
        ('schema = "dorsi.rules/1"', 'schema = "dorsi.rules/2"', "schema"),
        ('schema = "dorsi.rules/1"', 'schema = "dorsi.rules/1"\nextra = 1', "extra"),
        ('schema = "dorsi.rules/1"', "schema =", "TOML"),
    ],
)
def test_a_file_that_is_not_valid_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(RulesError, match=told) as caught:
        load_rules(file=_broken(tmp_path, old, new))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="cannot be read"):
        load_rules(file=tmp_path / "rules.toml")


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    other = load_rules(file=_broken(tmp_path, 'version = "1.1.0"', 'version = "1.1.1"'))
    assert other.version == "1.1.1"
    assert other.sha256 != load_rules().sha256
