"""`dorsi drills`: lists the drills with dose, aim and source. Not here: the drills (`dorsi.plan`)."""

from __future__ import annotations

from typing import Annotated

import typer

from dorsi.cli.common import guarded, say, say_json
from dorsi.cli.options import AsJson, DrillsFile

__all__ = ["drills"]


def drills(
    aim: Annotated[str | None, typer.Option("--for", help="Only drills with this aim.")] = None,
    drills_file: DrillsFile = None,
    as_json: AsJson = False,
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
        say_json({"drills": found, "cautions": book.cautions})
        return
    for drill in found:
        say(f"{drill.title}")
        say(f"  for: {', '.join(drill.aims)}")
        dose = dose_in_words(drill.dose, drill.how_often, drill.dose_by, drill.how_often_by)
        say(f"  dose: {dose}")
        say(f"  how: {drill.steps}")
        say(f"  stage: {drill.stage}, about {drill.minutes:g} min a day")
        if drill.not_with:
            say(f"  not with: {', '.join(drill.not_with).replace('_', ' ')}")
        say(f"  source: {drill.source}")
        say()
    for caution in book.cautions:
        say(f"Caution: {caution}")
