"""`dorsi progress`: writes a runner's page, prints its sentences. Not here: comparing (`dorsi.progress`)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dorsi.cli.common import guarded, say
from dorsi.cli.options import RulesFile
from dorsi.cli.storing import RunnerArgument, StoreOption, opened

__all__ = ["progress"]


def progress(
    runner: RunnerArgument,
    out: Annotated[Path, typer.Option(help="Folder that gets the page.")] = Path("dorsi-out"),
    store: StoreOption = None,
    rules_file: RulesFile = None,
) -> None:
    """Show how a runner's measurements change, and which changes are more than measuring error.

    Writes OUT/progress-RUNNER.html.

    \b
    dorsi progress "Ana Lima"
    dorsi progress "Ana Lima" --out results
    """
    with guarded():
        from dorsi.progress import in_words, trends
        from dorsi.rules import load_rules
        from dorsi.workflow.progress import write_page

        rules = load_rules(rules_file)
        with opened(store) as kept:
            name = kept.runner(runner).name
            found = trends(kept.history(name), rules.real_change)
        page = write_page(name, found, out)
    for trend in found:
        told = in_words(trend)
        say(told.answer, told.tone)
        for note in told.notes:
            say(f"  {note}")
    say(f"  page: {page}")
