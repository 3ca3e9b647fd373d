"""`dorsi rules`: prints a rule set with its sources. Not here: the rules (`dorsi.rules`)."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated

import typer

from dorsi.cli.common import guarded, say, say_json
from dorsi.cli.options import AsJson, RulesFile

if TYPE_CHECKING:
    from dorsi.rules import Rule

__all__ = ["rules"]


def rules(
    name: Annotated[str, typer.Argument(help="Rule set; the default one when left out.")] = "runner",
    every: Annotated[bool, typer.Option("--all", help="Print the rules of all sets.")] = False,
    rules_file: RulesFile = None,
    as_json: AsJson = False,
) -> None:
    """Print a rule set: tests, thresholds, sources, cautions.

    \b
    dorsi rules
    dorsi rules young-adults
    dorsi rules --all
    dorsi rules --json
    """
    with guarded():
        from dorsi.rules import load_rules

        book = load_rules(rules_file)
        chosen, names = book.rule_set(name), tuple(book.sets)
        shown = tuple(book.rules.values()) if every else chosen.rules
    if as_json:
        say_json(asdict(replace(chosen, rules=shown)) | {"sets": names})
        return
    if every:
        say(f"All rules (rules {chosen.version})")
    else:
        say(f"{chosen.name}: {chosen.title} (rules {chosen.version})")
        say(chosen.about)
    for rule in shown:
        _show(rule)
    for fact in chosen.context:
        _tell(f"{fact.name}, context only: {fact.title}", fact.text, fact.source)
    for link in chosen.links:
        _tell(f"{link.name}, told where one of {', '.join(link.rules)} is limited", link.text, link.source)
    say()
    say("A value whose ± reaches across a threshold is borderline, whatever the value.")
    for caution in chosen.cautions:
        say(f"Caution: {caution}")
    say(f"Rule sets: {', '.join(names)}")


def _tell(head: str, text: str, source: str) -> None:
    say()
    say(head)
    say(f"  {text}")
    say(f"  source: {source}")


def _show(rule: Rule) -> None:
    from dorsi.rules import threshold_in_words

    say()
    say(f"{rule.name}, version {rule.version}: {rule.title}")
    say(f"  test: {rule.test.replace('_', ' ')}")
    say(f"  compares: {rule.measurement} ({rule.unit})")
    say(f"  {threshold_in_words(rule)}")
    if rule.deg_per_cm is not None:
        say(f"  estimate: {rule.deg_per_cm:g}° a centimetre")
    if rule.mean is not None:
        say(f"  reference group: {rule.mean:g} ± {rule.sd:g}° (mean ± standard deviation)")
    say(f"  source: {rule.source}")
