"""`dorsi drills`: lists the drills with dose, aim and source. Not here: the drills (`dorsi.plan`)."""

from __future__ import annotations

from typing import Annotated

import typer

from dorsi.cli.common import guarded, say

__all__ = ["drills"]


def drills(
    aim: Annotated[str | None, typer.Option("--for", help="Only drills with this aim.")] = None,
) -> None:
    """List the drills: what for, how, how much, who says so.

    \b
    dorsi drills
    dorsi drills --for big_toe
    """
    with guarded():
        from dorsi.plan import load_drills

        book = load_drills()
        found = book.for_aim(aim)
    for drill in found:
        say(f"{drill.title}")
        say(f"  for: {', '.join(drill.aims)}")
        say(f"  dose: {drill.dose}")
        say(f"  how often: {drill.how_often}")
        say(f"  how: {drill.steps}")
        say(f"  source: {drill.source}")
        say()
    for caution in book.cautions:
        say(f"Caution: {caution}")
