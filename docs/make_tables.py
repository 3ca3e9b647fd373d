"""Tables inside hand-written pages, kept by the code they tell of: `python -m docs.make_tables`.

A page holds `<!-- NAME:begin -->` and `<!-- NAME:end -->`; what stands between them is made here.
Not here: whole pages that are made (`make_cli_reference.py`), pictures (`make_filming_images.py`).
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docs.make_coverage import coverage
from dorsi import errors as all_errors
from dorsi.engine.conclude.quality import MESSAGES
from dorsi.errors import SENTENCES
from dorsi.plan import load_drills
from dorsi.profile import SAFETY_QUESTIONS
from dorsi.rules import load_rules
from dorsi.rules.book import RULES_FILE

RULE_BOOK = load_rules()

__all__ = ["BESIDE", "BLOCKS", "filled", "main"]

DOCS = Path(__file__).parent
UNITS = {"deg": "°", "%": " %"}
BESIDE = {
    "tape_contradicts_touch": ("knee_touched",),
    "report_of_other_test": ("role", "wanted", "fitting_roles"),
    "same_clip_twice": ("role", "other_role"),
    "sides_exchanged": ("role", "other_role"),
    "one_leg_twice": ("role", "other_role"),
    "other_leg_of_pair": ("role", "other_role"),
    "other_leg": ("role", "fitting_roles"),
}
"""Parameters of errors that their sentences do not show."""


def messages() -> str:
    """Every reason and warning of a clip."""
    rows = [f"| `{code}` | {_cell(re.sub('{.*?}', '…', told))} |" for code, told in MESSAGES.items()]
    return "\n".join(["| code | what it means and what to change |", "|---|---|", *rows])


def errors() -> str:
    """Every error, by its class."""
    parts = []
    for name, sentences in SENTENCES.items():
        told = " ".join((getattr(all_errors, name).__doc__ or "").split())
        parts += [f"### {name}", "", told, "", "| code | parameters | what it says |", "|---|---|---|"]
        for code, sentence in sentences.items():
            fields = dict.fromkeys([*re.findall(r"\{(\w+)[:!}]", sentence), *BESIDE.get(code, ())])
            shown = ", ".join(f"`{each}`" for each in fields) or "–"
            said = re.sub(r"(\{\w+)[:!]\w+\}", r"\1}", sentence)
            parts.append(f"| `{code}` | {shown} | {_cell(said)} |")
        parts.append("")
    return "\n".join(parts).rstrip()


def thresholds() -> str:
    """Every rule of rules.toml with its bounds and sources."""
    book = tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))
    rows = []
    for name, rule in book["rules"].items():
        bounds = book["rules"][rule["bounds_of"]] if "bounds_of" in rule else rule
        where = "; ".join(_short(book["sources"][key]) for key in rule["sources"])
        cells = (f"`{name}`", rule["title"], f"`{rule['measurement']}`", _bounds(rule, bounds), where)
        rows.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    head = ["| rule | what | compared | limited, meets | source |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows])


def changes() -> str:
    """The smallest real change of every quantity that has one, or that has none."""
    book = tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))
    rows = []
    for name, entry in book["changes"].items():
        unit = UNITS.get(unit_of := RULE_BOOK.real_change(name).unit, f" {unit_of}")
        mdc = f"{entry['mdc']:g}{unit}" if "mdc" in entry else "not known"
        where = "; ".join(_short(book["sources"][key]) for key in entry["sources"])
        rows.append(f"| `{name}` | {mdc} | {_cell(where)} |")
    return "\n".join(["| quantity | smallest real change (MDC) | source |", "|---|---|---|", *rows])


def drills() -> str:
    """Every drill with its dose and its sources."""
    rows = []
    for drill in load_drills().drills.values():
        figures = ((drill.dose, drill.dose_by), (drill.how_often, drill.how_often_by))
        doses = [text + (r"\*" if by == "dorsi" else "") for text, by in figures]
        aims, pains = (", ".join(each).replace("_", " ") for each in (drill.aims, drill.not_with))
        pains = pains.replace("achilles", "Achilles").replace("one sided", "one-sided trouble") or "–"
        cells = (drill.title, *doses, aims, drill.stage, pains, _short(drill.source))
        rows.append(f"| {' | '.join(map(_cell, cells))} |")
    head = ["| drill | dose | how often | for | stage | not with | source |", "|---|---|---|---|---|---|---|"]
    return "\n".join([*head, *rows, "", r"\* Dorsi's suggestion: the source gives no figure."])


def context() -> str:
    """What is told for context and never judged."""
    book = tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))
    return "\n".join(
        f"- {entry['text']} ({'; '.join(_short(book['sources'][key]) for key in entry['sources'])})"
        for entry in book["context"].values()
    )


def links() -> str:
    """What a limited finding is associated with."""
    return "\n".join(f"- {link.text}" for link in RULE_BOOK.rule_set().links)


def _bounds(rule: dict[str, Any], bounds: dict[str, Any]) -> str:
    """The bounds of a rule in words; a kind without numbers is named."""
    unit = UNITS.get(rule["unit"], f" {rule['unit']}")
    said = [
        words.format(f"{bounds[key]:g}{unit}")
        for key, words in {
            "limited_below": "limited < {}",
            "meets_from": "meets ≥ {}",
            "meets_below": "meets < {}",
            "limited_above": "finding > {} and > its own ±",
        }.items()
        if bounds.get(key)
    ]
    return ", ".join(said) or {
        "yes": f"yes meets, no {'decides nothing' if rule.get('no') else 'is limited'}",
        "difference": "finding > its own ±",
        "circles": "the smaller side",
        "signs": "each sign that is there",
        "both": "both limited on one side",
        "professional": "any sign and a limited test",
    }.get(rule["kind"], str(rule["kind"]).replace("_", " "))


def _short(source: str) -> str:
    """A citation without what stands in brackets: `dorsi rules` prints the whole one."""
    return re.sub(r"\s*\([^)]*\)", "", source)


def stages() -> str:
    """The stages of a plan, and what leads on."""
    rows = [f"| {each.title} | {each.before_next or '–'} |" for each in load_drills().stages]
    return "\n".join(["| stage | before the next one |", "|---|---|", *rows])


def safety() -> str:
    """The safety list: each question, whom to see, how soon."""
    rows = []
    for each in SAFETY_QUESTIONS:
        when = each.how_soon + (r"\*" if each.how_soon_by == "dorsi" else "")
        graver = f". {each.at_once}" if each.at_once else ""
        rows.append(f"| {each.text} | {each.whom} | {when}{graver} |")
    head = ["| question | a yes: see | how soon |", "|---|---|---|"]
    return "\n".join([*head, *rows, "", r"\* Dorsi's suggestion: the list gives no time."])


def _cell(words: str) -> str:
    """Words as a cell of a Markdown table."""
    return words.replace("|", r"\|").replace("<", "&lt;")


BLOCKS: dict[str, dict[str, Callable[[], str]]] = {
    "filming.md": {"safety": safety, "messages": messages},
    "coverage.md": {"coverage": coverage},
    "errors.md": {"errors": errors},
    "interpreting.md": {
        "changes": changes,
        "safety": safety,
        "stages": stages,
        "drills": drills,
        "links": links,
        "thresholds": thresholds,
        "context": context,
    },
}
"""Page, name of the block, what makes it."""


def filled(page: str, docs: Path = DOCS) -> str:
    """The text of a page with its blocks made anew."""
    text = (docs / page).read_text(encoding="utf-8")
    for name, make in BLOCKS[page].items():
        begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"docs/{page} has no block {name}")
        text = f"{before}{begin}\n{make()}\n{end}{after}"
    return text


def main() -> int:
    """Write the pages."""
    for page in BLOCKS:
        (DOCS / page).write_text(filled(page), encoding="utf-8", newline="\n")
        print(f"docs/{page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
