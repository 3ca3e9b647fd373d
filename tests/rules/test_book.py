"""The rules file that ships is complete and careful with words; one that is not valid is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from dorsi.errors import RulesError
from dorsi.report.exam import young_adults_deg
from dorsi.rules import Link, RuleFinding, RuleSet, load_rules, threshold_in_words
from dorsi.rules.book import RULES_FILE

RULE_BOOK = load_rules()


@pytest.fixture(params=tuple(RULE_BOOK.sets))
def rule_set(request: pytest.FixtureRequest) -> RuleSet:
    return RULE_BOOK.rule_set(request.param)


def test_runner_is_the_default_and_leads_with_dorsiflexion() -> None:
    assert next(iter(RULE_BOOK.sets)) == "runner"
    assert RULE_BOOK.rule_set() == RULE_BOOK.rule_set()
    assert [rule.name for rule in RULE_BOOK.rule_set().rules[:3]] == [
        "dorsiflexion-runner",
        "dorsiflexion-gait",
        "heel-lift",
    ]


CLINICAL = [
    # rule, test, threshold in words, articles
    ("dorsiflexion-runner", "lunge", "limited below 10°, borderline from 10 to 12°, meets from 12°", ["S0"]),
    ("dorsiflexion-gait", "lunge", "limited below 10°, borderline from 10 to 15°, meets from 15°", ["S1"]),
    ("knee-to-wall", "answers", "yes meets, no decides nothing", ["S0"]),
    ("tape", "answers", "limited below 10°, borderline from 10 to 12°, meets from 12°", ["S1"]),
    ("big-toe", "big_toe", "limited below 30°, meets from 30°", ["S0"]),
    ("both", "screen", "limited when both are limited", ["S0"]),
    ("heel-lift", "lunge", "limited below 12°, meets from 12°", ["Dorsi's own", "S0"]),
    ("squat-depth", "squat", "limited below 90°, meets from 90°", ["S1"]),
    ("squat-knees", "squat", "limited below 70 %, meets from 70 %", ["S1", "Drillis", "Dorsi's own"]),
    ("squat-heels", "squat", "meets below 5 mm, limited from 5 mm", ["S1", "S4", "Dorsi's own"]),
    ("asymmetry", "screen", "limited when greater than its own ± and than 4°", ["S1", "S4", "Konor"]),
    (
        "asymmetry-straight",
        "screen",
        "limited when greater than its own ± and than 4°",
        ["S1", "S4", "Konor"],
    ),
    ("asymmetry-big-toe", "screen", "limited when greater than its own ±", ["Dorsi's own", "S1"]),
    ("windlass", "answers", "yes meets, no is limited", ["S3"]),
    ("circles", "answers", "alike meets, a smaller one is borderline", ["S1"]),
    ("signs", "answers", "none meets, each sign named is borderline", ["S4"]),
    ("see-a-professional", "screen", "limited when a sign comes with a limited test", ["S4"]),
    ("patellar-tendinopathy", "lunge", "limited below 36.5°, meets from 36.5°", ["Backman"]),
    ("young-adults", "lunge", "limited below 34.4°, meets from 34.4°", ["Hall"]),
    ("goniometer", "lunge", "limited below 35.4°, meets from 35.4°", ["Calatayud"]),
    ("practice-30-38", "lunge", "limited below 30°, borderline from 30 to 38°, meets from 38°", ["Clinical"]),
    ("practice-35-40", "lunge", "limited below 35°, borderline from 35 to 40°, meets from 40°", ["Clinical"]),
    (
        "practice-tape",
        "answers",
        "limited below 10 cm, borderline from 10 to 12.5 cm, meets from 12.5 cm",
        ["Clinical"],
    ),
]
"""Every row of the table of thresholds, and the other rule sets."""


@pytest.mark.parametrize(("name", "test", "words", "articles"), CLINICAL, ids=lambda each: str(each))
def test_every_row_of_the_clinical_table_is_a_rule(
    name: str, test: str, words: str, articles: list[str]
) -> None:
    rule = RULE_BOOK.rules[name]
    assert rule.test == test
    assert threshold_in_words(rule) == words
    cited = rule.source.split("; ")
    assert all(any(each.startswith(article) for each in cited) for article in articles)
    # No article is made to say what it does not.
    assert re.findall(r"\bS\d(?=: )", rule.source) == [each for each in articles if each[0] == "S"]


def test_the_table_has_every_rule_and_the_default_set_all_but_the_other_references() -> None:
    assert {row[0] for row in CLINICAL} == set(RULE_BOOK.rules)
    others = set(RULE_BOOK.rules) - {rule.name for rule in RULE_BOOK.rule_set().rules}
    assert others == {name for name in RULE_BOOK.sets if name != "runner"}


def test_a_gait_that_is_met_does_not_speak_for_the_straight_knee() -> None:
    gait = RULE_BOOK.rules["dorsiflexion-gait"]
    assert gait.title.endswith(", knee bent")
    assert "with the knee straight, which is what walking and running need" in gait.messages.meets
    assert "knee straight is not tested" in gait.messages.borderline
    assert any("knee straight" in each for each in RULE_BOOK.rule_set().cautions)


def test_the_early_heel_names_who_says_what() -> None:
    said = RULE_BOOK.rules["heel-lift"].messages.limited
    assert "(S1, S4 name the sign; the {meets_from} is Dorsi's own bound, taken from S0's range)" in said


def test_what_young_adults_reach_is_told_with_its_studies_and_never_judged(rule_set: RuleSet) -> None:
    fact = rule_set.context[0]
    assert (fact.name, fact.usual_from, fact.usual_to, fact.unit) == ("young-adults", 35.0, 40.0, "deg")
    assert "39.0 ± 4.6°" in fact.text and "40.6 ± 5.2°" in fact.text
    assert [each.split(" ")[0] for each in fact.source.split("; ")] == ["Hall", "Calatayud"]
    assert young_adults_deg() == (35, 40)


def test_plantarflexion_is_told_and_never_judged(rule_set: RuleSet) -> None:
    _, fact, age = rule_set.context
    assert age.source == "McBride 2026 (899 adults)"
    assert "fall with age, mostly from the sixties" in age.text and "left and right do not differ" in age.text
    assert (fact.name, fact.usual_from, fact.usual_to, fact.unit) == ("plantarflexion", 30.0, 35.0, "deg")
    assert fact.source.startswith("S1") and "context" in fact.text
    assert "plantarflexion" not in RULE_BOOK.rules


LINKED = [
    # what restricted dorsiflexion (or a limited big toe) is associated with, and who says so
    ("ankle", "early heel lift, a shorter stride and less shock absorption", "S2, S4"),
    ("ankle", "in people who used less than about 10° of it while walking (no lunge reading): less hip "
     "extension, altered motion of the pelvis, more external rotation of the knee in walking and jogging, "
     "and less propulsion (a smaller plantarflexion moment, a lower anterior ground reaction force)",
     "Rao et al. 2023, Frontiers in Neurology, doi 10.3389/fneur.2023.1269061, S0"),
    ("ankle", "a foot and arch that fall inward, a knee that turns inward, another foot strike and another "
     "posture", "S0, S2, S4"),
    ("ankle", "load that moves to the knee, the hip and the low back, and to the other side, which may be "
     "overloaded", "S0, S1, S4"),
    ("ankle", "plantar fasciitis, runner's knee, ITB pain, hip pain", "S0"),
    ("ankle", "Achilles tendinopathy", "S0, S1, S4"),
    ("ankle", "shin splints", "S0, S2"),
    ("ankle", "a tight calf or Achilles tendon, scar tissue after sprains, ankle instability, inflammation",
     "S1"),
    ("big_toe", "pressure that shifts to the small toes or the plantar fascia, and forefoot pain", "S0"),
    ("big_toe", "a weaker push-off", "S0"),
    ("big_toe", "a foot that is less stable: the arch does not rise, the knee falls inward or bends more, "
     "the hip extends less", "S3"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "sources"), LINKED)
def test_what_a_limited_finding_is_associated_with(name: str, text: str, sources: str) -> None:
    (link,) = (each for each in RULE_BOOK.rule_set().links if each.name == name)
    assert f"{text} ({sources})" in link.text
    assert " is associated with " in link.text
    assert not re.search(r"\brisk\b|\bcause of\b|leads? to|injur", link.text)


def test_links_are_told_of_limits_under_ten_degrees_only() -> None:
    rules = RULE_BOOK.rules
    links = {link.name: link for link in RULE_BOOK.rule_set().links}
    assert {rules[name].aim for name in links["big_toe"].rules} == {"big_toe"}
    for name in links["ankle"].rules:
        assert rules[name].aim == "dorsiflexion" and rules[name].limited_below == 10.0

    def told(*limited: str) -> tuple[Link, ...]:
        met = RuleFinding("big-toe", "meets", "big_toe_extension_deg", 50.0, 30.0, "…", "S0")
        found = [replace(met, rule=name, verdict="limited") for name in limited]
        return RULE_BOOK.rule_set().links_of([met, *found])

    assert [link.name for link in told("dorsiflexion-runner", "big-toe")] == ["ankle", "big_toe"]
    # Under 34.4° is not under 10°, nor is a knee that misses the wall.
    assert told("young-adults", "heel-lift", "knee-to-wall") == told() == ()


def test_the_tape_takes_the_bounds_of_the_runners_minimum_and_the_factor_of_the_article() -> None:
    tape, runner = RULE_BOOK.rules["tape"], RULE_BOOK.rules["dorsiflexion-runner"]
    assert tape.deg_per_cm == 3.6
    assert (tape.limited_below, tape.meets_from) == (runner.limited_below, runner.meets_from)


def test_every_set_has_the_rules_of_the_other_tests(rule_set: RuleSet) -> None:
    names = [rule.name for rule in rule_set.rules]
    assert len(set(names)) == len(names)
    assert {"big-toe", "squat-depth", "tape", "windlass", "both", "asymmetry", "asymmetry-big-toe"} <= set(
        names
    )


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
    rules = {rule.name: rule for each in RULE_BOOK.sets for rule in RULE_BOOK.rule_set(each).rules}
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
    runner = next(rule for rule in RULE_BOOK.rule_set().rules if rule.name == "dorsiflexion-runner")
    for verdict in ("meets", "borderline", "limited"):
        assert "35–40°" in getattr(runner.messages, verdict)


def test_sets_read_on_the_shin_crest_say_so() -> None:
    for name in ("young-adults", "patellar-tendinopathy"):
        assert "shin crest" in RULE_BOOK.rule_set(name).about
        assert all(
            "shin crest" in text for text in RULE_BOOK.rule_set(name).rules[0].messages.model_dump().values()
        )


def test_unknown_set_names_the_known_ones() -> None:
    with pytest.raises(RulesError, match=r"'sprinter'.*runner.*young-adults") as caught:
        RULE_BOOK.rule_set("sprinter")
    assert caught.value.code == "rule_set_unknown"


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
        ("{value} with the heel down clears", "{values} with the heel down clears", "values"),
        ("{value} with the heel down clears", "{value with the heel down clears", "expected"),
        ('not_measured = "', 'not_measured = "{value} ', "value"),
        ("sd = 4.6\n", "", "mean and sd"),
        ('bounds_of = "dorsiflexion-runner"\n', "", "limited_below must be there"),
        ('bounds_of = "dorsiflexion-runner"\n', 'bounds_of = "squat-heels"\n', "squat-heels"),
        ('bounds_of = "dorsiflexion-runner"\n', 'bounds_of = "walking"\n', "walking"),
        ("deg_per_cm = 3.6\n", "", "deg_per_cm"),
        ("meets_below = 5.0\n", "", "meets_below must be there"),
        ("meets_below = 5.0\n", "meets_below = 5.0\nmeets_from = 5.0\n", "meets_from does not belong"),
        ("limited_above = 4.0\n", "limited_above = -nan\n", "limited_above"),
        ('measurement = "knee_to_wall"\n', 'measurement = "windlas"\n', "unknown measurement windlas"),
        ('kind = "yes"', 'kind = "at_least"', "knee_to_wall"),
        ('test = "squat"', 'test = "jump"', "test"),
        ('aim = "arch"', 'aim = "foot"', "aim"),
        ('heels_lift = "heels that lift in squats or lunges"\n', "", "signs"),
        ("mdc = 3.8\n", "mdc = 0.0\n", "mdc"),
        ("[changes.tape_cm]", "[changes.tape]", "tape"),
        ('sources = ["konor-2012"]\n[changes', 'sources = ["konor"]\n[changes', "konor"),
        ('rules = ["big-toe"]', 'rules = ["big-toes"]', "link big_toe names unknown rules.*big-toes"),
        ('sources = ["S2", "S4"] }', 'sources = ["S9"] }', "link ankle names unknown sources.*S9"),
        ('about 10° is associated with"', 'about 10° leads to"', "links.ankle.title"),
        ('"big-toe", "squat-depth",', '"big-toes", "squat-depth",', "big-toes"),
        ("sd = 4.6\n", "sd = 4.0\n", "35"),
        ('kind = "heel_lift"', 'kind = "at_least"', "heel_lift_onset"),
        ('rules = ["dorsiflexion-runner"', 'rules = ["dorsiflexion"', "unknown rules"),
        ('schema = "dorsi.rules/1"', 'schema = "dorsi.rules/2"', "schema"),
        ('schema = "dorsi.rules/1"', 'schema = "dorsi.rules/1"\nextra = 1', "extra"),
        ('schema = "dorsi.rules/1"', "schema =", "TOML"),
        ("[sets.runner]", "[sets.walker]", "no set runner"),
        ('kind = "yes"\n', 'kind = "yes"\nclosing = "So."\n', "closing goes with kind signs"),
        ('no = "borderline"\n', "", "message limited must be there"),
        ('no = "borderline"\n', 'no = "meets"\n', "knee-to-wall.no"),
        (
            'measurement = "windlass"\n',
            'measurement = "windlass"\nno = "borderline"\n',
            "not where a no is no more",
        ),
        ('kind = "circles"\n', 'kind = "circles"\nno = "borderline"\n', "no goes with kind yes only"),
        ('of_tests = ["lunge"]\n', "", "of_tests goes with kind difference, and must be there"),
        ('of_tests = ["lunge"]\n', 'of_tests = ["jump"]\n', "of_tests"),
        ('kind = "both"\n', 'kind = "both"\nof_tests = ["lunge"]\n', "of_tests goes with kind difference"),
        ("limited_above = 0.0\n", "", "limited_above must be there"),
    ],
)
def test_a_file_that_is_not_valid_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(RulesError, match=told) as caught:
        load_rules(_broken(tmp_path, old, new)).rule_set()
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="cannot be read"):
        load_rules(tmp_path / "rules.toml").rule_set()


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    other = load_rules(_broken(tmp_path, 'version = "2.1.0"', 'version = "1.1.1"')).rule_set()
    assert other.version == "1.1.1"
    assert other.sha256 != RULE_BOOK.rule_set().sha256
    assert (other.file, RULE_BOOK.rule_set().file) == ("rules.toml", None)


def test_the_environment_names_the_rules_unless_a_file_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = _broken(tmp_path, 'version = "2.1.0"', 'version = "7.0.0"')
    monkeypatch.setenv("DORSI_RULES", str(own))
    assert load_rules().version == "7.0.0"
    assert load_rules(RULES_FILE).version == "2.1.0"
    monkeypatch.setenv("DORSI_RULES", "")
    assert load_rules() == RULE_BOOK
    monkeypatch.setenv("DORSI_RULES", str(tmp_path / "none.toml"))
    with pytest.raises(RulesError, match=r"none\.toml: cannot be read"):
        load_rules()
