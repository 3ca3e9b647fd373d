"""The examples of docs/extending.md, applied to the real rules and drills as a reader would: by editing text.

Not here: what the files may hold (tests/rules, tests/plan).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from dorsi.cli import app
from dorsi.plan import Books, load_books, load_drills, plan_for
from dorsi.plan.book import DRILLS_FILE
from dorsi.profile import SAFETY_QUESTIONS, Profile
from dorsi.rules import evaluate, load_rules
from dorsi.rules.book import RULES_FILE
from dorsi.rules.schema import Kind
from dorsi.types import Measurement

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "extending.md").read_text(encoding="utf-8")


def example(name: str) -> str:
    """Text of the block after `<!-- example:NAME -->`."""
    found = re.search(rf"<!-- example:{name} -->\n```toml\n(.*?)```", PAGE, flags=re.DOTALL)
    assert found is not None, name
    return found[1]


def with_source(text: str, name: str) -> str:
    assert text.count("\n[sources]\n") == 1
    return text.replace("\n[sources]\n", f"\n[sources]\n{example(name)}")


def own_rules() -> str:
    """rules.toml with the page's rule in it."""
    text = with_source(RULES_FILE.read_text(encoding="utf-8"), "rule-source")
    return f"{text}\n{example('rule')}\n{example('rule-set')}"


def own_drills() -> str:
    """drills.toml with the page's drill in it, first in its need."""
    text = with_source(DRILLS_FILE.read_text(encoding="utf-8"), "drill-source")
    need = r"(\[needs\.dorsiflexion\]\n(?:.*\n)*?)drills = .*\n"
    text, count = re.subn(need, lambda found: found[1] + example("drill-need"), text)
    assert count == 1
    return f"{text}\n{example('drill')}"


@pytest.fixture
def rules_file(tmp_path: Path) -> Path:
    """The copy that the page speaks of."""
    file = tmp_path / "our_rules.toml"
    file.write_text(own_rules(), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("value", "half", "verdict"), [(31.2, 3.4, "meets"), (23.0, 3.0, "borderline"), (15.0, 3.0, "limited")]
)
def test_the_rule_of_the_page_judges_as_the_page_says(
    rules_file: Path, value: float, half: float, verdict: str
) -> None:
    assert f"{value:g}° ± {half:g}°" in PAGE
    rules = load_rules(rules_file).rule_set("hill-work")
    measured = {"peak_shin_angle_deg": Measurement(value, half, 4.1, 123)}
    first = evaluate(rules, measured, [], measured=True)[0]
    assert (first.rule, first.verdict, first.threshold) == ("hill-work", verdict, 25.0)
    assert first.source == "Our clinic's working value since 2026; no study behind it"
    assert f"{value:.1f}° ± {half:.1f}°" in first.message
    assert rules.sha256 != load_rules().rule_set().sha256


def test_the_rule_says_so_when_nothing_was_measured(rules_file: Path) -> None:
    found = evaluate(load_rules(rules_file).rule_set("hill-work"), {}, [], measured=False)
    assert {finding.verdict for finding in found} == {"not_measured"}


def test_shipped_sets_judge_as_before_beside_the_new_rule(rules_file: Path) -> None:
    measured = {"peak_shin_angle_deg": Measurement(31.2, 3.4, 4.1, 123)}
    with_it = evaluate(load_rules(rules_file).rule_set(), measured, [], measured=True)
    assert with_it == evaluate(load_rules().rule_set(), measured, [], measured=True)


def test_the_python_of_the_page_runs(
    rules_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(rules_file.parent)
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    exec(block, {})  # noqa: S102  the page's own
    assert capsys.readouterr().out.startswith("hill-work meets 31.2° ± 3.4°")


def test_the_drill_of_the_page_comes_into_the_plan(tmp_path: Path) -> None:
    file = tmp_path / "our_drills.toml"
    file.write_text(own_drills(), encoding="utf-8")
    measured = {"peak_shin_angle_deg": Measurement(6.0, 2.0, 4.1, 123)}
    findings = evaluate(load_rules().rule_set(), measured, [], measured=True)
    clear = Profile.model_validate({"safety": {each.key: False for each in SAFETY_QUESTIONS}})
    books = Books(load_rules(), load_drills(file))
    plan = plan_for(findings, books, profile=clear)
    assert 3 <= len(plan.items) <= 5
    assert "step-stretch" not in [item.name for item in plan_for(findings, books).items]
    first = plan.items[0]
    assert (first.name, first.drill, first.how_often) == ("step-stretch", "Heel drop on a step", "daily")
    assert first.why
    assert first.source == "Our clinic's hand-out 2026; no study behind it"
    assert "step-stretch" not in [item.name for item in plan_for(findings, load_books(), profile=clear).items]


def test_the_commands_of_the_page_take_the_copies(rules_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(rules_file.parent)
    drills_file = rules_file.with_name("our_drills.toml")
    drills_file.write_text(own_drills(), encoding="utf-8")

    def dorsi(*arguments: str) -> str:
        run = CliRunner().invoke(app, arguments)
        assert run.exit_code == 0, run.output
        return run.stdout

    command = "dorsi rules hill-work --rules-file our_rules.toml"
    assert command in PAGE
    told = dorsi(*command.split()[1:])
    assert told.startswith("hill-work: Our clinic, hill work")
    assert "source: Our clinic's working value since 2026" in told
    assert "Heel drop on a step" in dorsi("drills", "--drills-file", "our_drills.toml")
    options = set(re.findall(r"--(?:rules|drills)-file", PAGE))
    for name in ("measure", "screen"):
        text = dorsi(name, "--help")
        assert all(option in text for option in options)


def test_the_page_names_every_kind_of_rule() -> None:
    table = PAGE.split("## What a rule can compare")[1]
    kinds = re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE)
    assert sorted(kinds) == sorted(get_args(Kind))
