"""`dorsi rules`: prints a rule set with its sources. Not here: the rules (`dorsi.rules`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dorsi.cli.common import guarded, say

if TYPE_CHECKING:
    from dorsi.rules import Rule

__all__ = ["rules"]


def rules(
    name: Annotated[str, typer.Argument(help="Rule set; the default one when left out.")] = "runner",
) -> None:
    """Print a rule set: thresholds, sources, cautions.

    \b
    dorsi rules
    dorsi rules young-adults
    """
    with guarded():
        from dorsi.rules import load_rules, rule_sets

        chosen, names = load_rules(name), rule_sets()
    say(f"{chosen.name}: {chosen.title} (rules {chosen.version})")
    say(chosen.about)
    for rule in chosen.rules:
        say()
        say(f"{rule.name}, version {rule.version}: {rule.title}")
        say(f"  compares: {rule.measurement}")
        say(f"  {_bounds(rule)}")
        if rule.mean is not None:
            say(f"  reference group: {rule.mean:g} ± {rule.sd:g}° (mean ± standard deviation)")
        say(f"  source: {rule.source}")
    say()
    say("A value whose ± reaches across a threshold is borderline, whatever the value.")
    for caution in chosen.cautions:
        say(f"Caution: {caution}")
    say(f"Rule sets: {', '.join(names)}")


def _bounds(rule: Rule) -> str:
    low = rule.meets_from if rule.limited_below is None else rule.limited_below
    between = f", borderline from {low:g} to {rule.meets_from:g}°" if low < rule.meets_from else ""
    return f"limited below {low:g}°{between}, meets from {rule.meets_from:g}°"
