"""docs/facts.toml, row by row, against rules, drills, safety, questionnaire, exams and pages.

Not here: how rules are applied (`tests/rules`), how a plan is chosen (`tests/plan`).
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from dorsi.plan import load_books
from dorsi.profile import SAFETY_QUESTIONS as SAFETY
from dorsi.profile.questionnaire import QUESTIONS
from dorsi.report.exam import EXAMS
from dorsi.rules.book import RULES_FILE

ROOT = Path(__file__).parents[2]
FACTS: dict[str, Any] = tomllib.loads((ROOT / "docs" / "facts.toml").read_text(encoding="utf-8"))
BOOKS = load_books()
RULES = BOOKS.rules.rules
SOURCES = tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))["sources"]
BOUNDS = ("limited_below", "meets_from", "meets_below", "limited_above", "mean", "sd", "deg_per_cm")


def rows(table: str, key: str) -> pytest.MarkDecorator:
    """Parameters of a test: the rows of one table, each under its own name."""
    return pytest.mark.parametrize("row", FACTS[table], ids=[str(row[key]) for row in FACTS[table]])


def has(text: str, words: list[str]) -> list[str]:
    """The words that are missing in a text, in any case."""
    return [word for word in words if word.casefold() not in text.casefold()]


def cited(source: str, row: dict[str, Any]) -> None:
    """A full citation names the sources of the row, and none that the row rules out."""
    assert not [key for key in row["source"] if SOURCES[key] not in source], source
    assert not [key for key in row.get("not_source", ()) if SOURCES[key] in source], source


def places(where: str) -> str:
    """The text at `rule:NAME`, `exam:NAME` or `question:KEY`. KeyError where there is none."""
    kind, name = where.split(":")
    if kind == "rule":
        rule = RULES[name]
        return " ".join([rule.title, *rule.messages.model_dump().values()])
    if kind == "exam":
        exam = EXAMS[name]
        return " ".join([exam.name, exam.definition])
    asked = {question.key: n for n, question in enumerate(QUESTIONS)}
    first = asked[name]
    # What is done is told once, before the first of the questions about it.
    told = next(q.how for q in reversed(QUESTIONS[: first + 1]) if q.how)
    return f"{told} {QUESTIONS[first].text}"


@rows("tests", "name")
def test_every_test_is_there(row: dict[str, Any]) -> None:
    for where in row["where"]:
        assert not has(places(where), row["words"]), where
        kind, name = where.split(":")
        if kind == "rule" and "deg_per_cm" in row:
            assert RULES[name].deg_per_cm == row["deg_per_cm"]
    named = [w.split(":")[1] for w in row["where"] if w.startswith("rule:")]
    own = row["source"] == ["dorsi"]
    assert (
        own or not named or any(SOURCES[key] in RULES[name].source for key in row["source"] for name in named)
    )


@rows("thresholds", "rule")
def test_every_threshold_has_its_numbers(row: dict[str, Any]) -> None:
    rule = RULES[row["rule"]]
    assert rule.measurement == row["measurement"]
    assert {name: getattr(rule, name) for name in BOUNDS} == {name: row.get(name) for name in BOUNDS}
    assert rule.no == row.get("no", "limited")
    assert set(row.get("of_tests", ())) <= set(rule.of_tests)
    cited(rule.source, row)


def test_no_rule_stands_without_a_row() -> None:
    told = {row["rule"] for row in FACTS["thresholds"]}
    tested = {w.split(":")[1] for row in FACTS["tests"] for w in row["where"] if w.startswith("rule:")}
    assert set(RULES) == told | tested


@rows("context", "name")
def test_context_is_told(row: dict[str, Any]) -> None:
    fact = next(each for each in BOOKS.rules.rule_set().context if each.name == row["name"])
    assert [fact.usual_from, fact.usual_to] == row.get("usual", [None, None])
    assert not has(fact.text, row.get("words", []))
    cited(fact.source, row)


@rows("changes", "measurement")
def test_the_smallest_real_changes(row: dict[str, Any]) -> None:
    change = BOOKS.rules.changes[row["measurement"]]
    assert change.mdc == row["mdc"]
    cited(change.source, row)


@rows("drills", "key")
def test_every_drill_is_done_and_dosed_as_its_source_says(row: dict[str, Any]) -> None:
    drill = BOOKS.drills.drills[row["key"]]
    assert not has(drill.steps, row["how"])
    assert len(has(drill.steps, row.get("not_how", []))) == len(row.get("not_how", []))
    assert not has(drill.dose, row.get("dose", []))
    assert drill.dose_by == row["dose_by"]
    assert not has(drill.how_often, row.get("how_often", []))
    # What the source does not give is marked as ours.
    assert drill.how_often_by == row.get("how_often_by", "dorsi")
    assert set(row.get("slots", ())) <= set(drill.slots)
    assert row["for"] in drill.aims
    cited(drill.source, row)


VARIANTS = {name for row in FACTS["drills"] for name in row.get("variants", [])}


def test_no_drill_stands_without_a_row() -> None:
    assert set(BOOKS.drills.drills) == {row["key"] for row in FACTS["drills"]} | VARIANTS
    # A variant stands in for its drill alone, and no need asks for it.
    assert {each.instead.drill for each in BOOKS.drills.drills.values() if each.instead} == VARIANTS
    needs = [*BOOKS.drills.needs, BOOKS.drills.upkeep]
    assert not VARIANTS & {name for need in needs for name in (*need.drills, *need.alternatives)}


def test_the_safety_list_is_asked_in_its_order() -> None:
    assert len(SAFETY) == len(FACTS["safety"])
    for question, row in zip(SAFETY, FACTS["safety"], strict=True):
        assert not has(question.text, row["words"])
        assert not has(question.how_soon, [row["how_soon"]] if "how_soon" in row else [])
        assert question.whom


@pytest.mark.parametrize("row", FACTS["filters"], ids=lambda row: row["pain"][0])
def test_pain_filters_the_drills(row: dict[str, Any]) -> None:
    drills = BOOKS.drills.drills
    for place in row["pain"]:
        assert set(row["without"]) <= {name for name, drill in drills.items() if place in drill.not_with}


def test_safe_for_anyone() -> None:
    safe = {name for name, drill in BOOKS.drills.drills.items() if drill.safe_for_anyone}
    assert safe == set(FACTS["safe_for_anyone"]["drills"]) | VARIANTS


def test_stages_and_what_must_be_true_before_the_next() -> None:
    stages = BOOKS.drills.stages
    assert [stage.name for stage in stages] == [row["name"] for row in FACTS["stages"]]
    for stage, row in zip(stages, FACTS["stages"], strict=True):
        assert not has(stage.before_next, row["next"])
    assert {drill.stage for drill in BOOKS.drills.drills.values()} == {stage.name for stage in stages}
