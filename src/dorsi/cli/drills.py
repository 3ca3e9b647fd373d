"""`dorsi drills`: lists the drills with dose, aim and source. Not here: the drills (`dorsi.plan`)."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from dorsi.cli.books import DrillsFile
from dorsi.cli.common import guarded, say

__all__ = ["drills"]


def drills(
    aim: Annotated[str | None, typer.Option("--for", help="Only drills with this aim.")] = None,
    drills_file: DrillsFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print only JSON on stdout.")] = False,
) -> None:
    """List the drills: what for, how, how much, who says so.

    \b
    dorsi drills
    dorsi drills --for big_toe
    dorsi drills --json
    """
    with guarded():
        from dorsi.plan import dose_in_words, load_drills

        book = load_drills(drills_file)
        found = book.for_aim(aim)
    if as_json:
        document = {"drills": [drill.model_dump() for drill in found], "cautions": book.cautions}
        say(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for drill in found:
        say(f"{drill.title}")
        say(f"  for: {', '.join(drill.aims)}")
        dose = dose_in_words(drill.dose, drill.how_often, drill.dose_by, drill.how_often_by)
        say(f"  dose: {dose}")
        say(f"  how: {drill.steps}")
        say(f"  source: {drill.source}")
        say()
    for caution in book.cautions:
        say(f"Caution: {caution}")
