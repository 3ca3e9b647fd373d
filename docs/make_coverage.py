"""What Dorsi covers of the articles it was made from: tests, thresholds, drills, with command and source.

Made from `rules.toml`, `drills.toml` and the table of tests below; `make_tables.py` puts it into the pages.
Not here: what the commands do, full citations (`dorsi rules`, `dorsi drills`).
"""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

from dorsi.plan.book import DRILLS_FILE
from dorsi.rules import load_rules, threshold_in_words
from dorsi.rules.book import RULES_FILE

RULE_BOOK = load_rules()

__all__ = ["TESTS", "coverage"]

_PROFILE = ("dorsi profile FILE", "dorsi screen --left CLIP --profile FILE")
TESTS: Final[tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]] = (
    (
        "Half-kneeling knee to wall: shin angle from the clip; whether the knee touched, answered",
        ("knee-to-wall", "dorsiflexion-runner", "heel-lift"),
        ("dorsi measure CLIP --knee-touched", "dorsi screen --left CLIP --left-knee-touched"),
    ),
    (
        "Standing lunge: shin angle from the clip",
        ("dorsiflexion-gait", "dorsiflexion-runner", "heel-lift"),
        ("dorsi measure CLIP --test lunge",),
    ),
    (
        "Knee-straight lunge: shin angle of the rear leg from the clip; no reference, so no verdict",
        (),
        (
            "dorsi measure CLIP --test lunge_straight",
            "dorsi screen --left-straight CLIP --right-straight CLIP",
        ),
    ),
    (
        "Tape estimate: cm from wall × 3.6°, an estimate",
        ("tape", "practice-tape"),
        ("dorsi measure CLIP --tape-cm CM", "dorsi screen --left CLIP --left-tape-cm CM"),
    ),
    (
        "Big-toe extension: angle from the clip",
        ("big-toe",),
        ("dorsi measure CLIP --test big_toe", "dorsi screen --left-toe CLIP --right-toe CLIP"),
    ),
    (
        "Deep squat: knee bend, knees over the feet, heels",
        ("squat-depth", "squat-knees", "squat-heels"),
        ("dorsi measure CLIP --test squat", "dorsi screen --squat CLIP"),
    ),
    ("Windlass: does the arch rise, answered", ("windlass",), _PROFILE),
    ("Kneeling circles: size, left against right, answered", ("circles",), _PROFILE),
    (
        "Side to side: the more limited side, ankle and big toe together",
        ("asymmetry", "asymmetry-straight", "asymmetry-big-toe", "both"),
        ("dorsi screen --left CLIP --right CLIP --left-toe CLIP --right-toe CLIP",),
    ),
    ("Signs list, answered: any sign with a limited test", ("signs", "see-a-professional"), _PROFILE),
)
"""Every test: what it is, its rules (the first one's sources describe it; none: no article has it), the
commands that do it."""

_BY_TEST: Final = {
    "lunge": "dorsi measure CLIP --test lunge",
    "big_toe": "dorsi measure CLIP --test big_toe",
    "squat": "dorsi measure CLIP --test squat",
    "answers": _PROFILE[1],
    "screen": "dorsi screen --left CLIP --right CLIP",
}
_BY_RULE: Final = {
    "knee-to-wall": "dorsi measure CLIP --knee-touched",
    "tape": "dorsi measure CLIP --tape-cm CM",
    "practice-tape": "dorsi measure CLIP --tape-cm CM",
    "asymmetry-straight": "dorsi screen --left-straight CLIP --right-straight CLIP",
    "asymmetry-big-toe": "dorsi screen --left-toe CLIP --right-toe CLIP",
    "both": "dorsi screen --left CLIP --left-toe CLIP",
    "see-a-professional": _PROFILE[1],
}
"""Rules that another command applies than their test says."""


def coverage() -> str:
    """The three tables and the list of sources."""
    rules = tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))
    drills = tomllib.loads(DRILLS_FILE.read_text(encoding="utf-8"))
    articles = {key: told for key, told in {**rules["sources"], **drills["sources"]}.items() if _article(key)}
    return "\n\n".join(
        [
            _table("test", _tests(rules)),
            _table("threshold", [*_thresholds(rules), *_facts(rules)]),
            _table("drill", _drills(drills)),
            "\n".join(
                ["Sources; `dorsi rules --all` and `dorsi drills` print them whole:", ""]
                + [f"- {articles[key]}" for key in sorted(articles)]
            ),
        ]
    )


def _tests(rules: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (
            what,
            ", ".join(f"`{each}`" for each in how),
            _cited(rules["rules"][named[0]]["sources"], rules) if named else "Dorsi's own",
        )
        for what, named, how in TESTS
    ]


def _thresholds(rules: dict[str, Any]) -> list[tuple[str, str, str]]:
    usual = {rule.name for rule in RULE_BOOK.rule_set().rules}
    rows = []
    for name, rule in RULE_BOOK.rules.items():
        command = _BY_RULE.get(name, _BY_TEST[rule.test])
        if name not in usual:
            command += f" --rules {next(each for each in RULE_BOOK.sets if _leads(each, name))}"
        what = f"`{name}`: {rule.title}; {threshold_in_words(rule)}"
        rows.append((what, f"`{command}`", _cited(rules["rules"][name]["sources"], rules)))
    return rows


def _leads(rule_set: str, name: str) -> bool:
    return RULE_BOOK.rule_set(rule_set).rules[0].name == name


def _facts(rules: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Told, never judged: context, links, the smallest real changes."""
    rows = [
        (f"{fact['title']}, context only", "`dorsi rules`", _cited(fact["sources"], rules))
        for fact in rules["context"].values()
    ]
    for link in rules["links"].values():
        keys = dict.fromkeys(key for line in link["lines"] for key in line["sources"])
        rows.append((f"{link['title']} …", "`dorsi rules`", _cited(list(keys), rules)))
    for name, change in rules["changes"].items():
        if "mdc" in change:
            unit = "°" if name.endswith("_deg") else " cm"
            what = f"smallest real change of `{name}`: {change['mdc']:g}{unit}"
            how = "`dorsi progress RUNNER`" if unit == "°" else f"`{_BY_RULE['tape']}`"
            rows.append((what, how, _cited(change["sources"], rules)))
    return rows


def _drills(drills: dict[str, Any]) -> list[tuple[str, str, str]]:
    rows = []
    for drill in drills["drills"].values():
        dose = drill["dose"] + (r"\*" if drill["dose_by"] == "dorsi" else "")
        command = f"`dorsi drills --for {drill['aims'][0]}`"
        rows.append((f"{drill['title']}: {dose}", command, _cited(drill["sources"], drills)))
    return rows


def _table(what: str, rows: list[tuple[str, str, str]]) -> str:
    cells = [" | ".join(cell.replace("|", r"\|").replace("<", "&lt;") for cell in row) for row in rows]
    lines = [f"| {what} | command | source |", "|---|---|---|", *(f"| {row} |" for row in cells)]
    if any(r"\*" in row for row in cells):
        lines += ["", r"\* Dorsi's suggestion: the source gives no dose."]
    return "\n".join(lines)


def _cited(keys: list[str], book: dict[str, Any]) -> str:
    """Articles by their key, other sources in short."""
    return ", ".join(
        key if _article(key) else re.split(r" \(|[;,] ", book["sources"][key])[0] for key in keys
    )


def _article(key: str) -> bool:
    return re.fullmatch(r"S\d", key) is not None
