"""`dorsi reconclude`: a result concluded anew. Not here: doing so (`workflow/review.py`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dorsi.cli.common import say, stages_of, watched
from dorsi.cli.options import DrillsFile, FootCm, HeightCm, RulesFile, Verbose
from dorsi.settings import TestChoice
from dorsi.types import Side

if TYPE_CHECKING:
    from dorsi.report.model import Measured
    from dorsi.workflow.review import Renewed

__all__ = ["ClipOption", "ResultArgument", "reconclude", "show_renewed"]

ResultArgument = Annotated[Path, typer.Argument(metavar="RESULT", help="Folder of a clip's result.")]
ClipOption = Annotated[
    Path | None, typer.Option("--clip", metavar="CLIP", help="The clip: draw video and picture anew too.")
]


def reconclude(
    context: typer.Context,
    result: ResultArgument,
    test: Annotated[TestChoice | None, typer.Option(help="What the clip shows.")] = None,
    side: Annotated[Side | None, typer.Option(help="Name of the leg.")] = None,
    height_cm: HeightCm = None,
    foot_cm: FootCm = None,
    rules: Annotated[str | None, typer.Option(help="Rule set to compare with.")] = None,
    rules_file: RulesFile = None,
    drills_file: DrillsFile = None,
    clip: ClipOption = None,
    verbose: Verbose = False,
) -> None:
    """Conclude a result anew from its evidence: other rules or settings, or a newer Dorsi. No clip is needed.

    What is not given stays as it was, corrections too. Renews report.json, report.html and signals.csv; with
    --clip also annotated.mp4 and peak.jpg, which else stay as of before.

    \b
    dorsi reconclude dorsi-out/lunge
    dorsi reconclude dorsi-out/lunge --rules young-adults --height-cm 178
    dorsi reconclude dorsi-out/lunge --clip lunge.mp4
    """
    changed = {"test": test, "side": side, "height_cm": height_cm, "foot_cm": foot_cm, "rules": rules}
    with watched(verbose) as bar:
        from dorsi.plan import load_books
        from dorsi.workflow.review import reconclude as conclude_anew

        found = conclude_anew(
            result,
            clip=clip,
            books=load_books(rules_file, drills_file),
            listen=bar.listener(clip),
            stages=stages_of(context),
            **{name: value for name, value in changed.items() if value is not None},
        )
    show_renewed(found)


def show_renewed(found: Renewed) -> None:
    """What is otherwise than before, and where the page lies."""
    from dorsi.quantities import QUANTITIES, with_plus_minus
    from dorsi.report.verdict import verdict_sentence

    def said(key: str, value: Measured) -> str:
        return with_plus_minus(value, QUANTITIES[key].sign)

    say(f"{found.report.clip.file}: {verdict_sentence(found.report.as_reviewed())}")
    versions = [each.provenance.dorsi_version for each in (found.before, found.report)]
    if versions[0] != versions[1]:
        say(f"  concluded by Dorsi {versions[1]}, before by {versions[0]}")
    told = [(each.key, said(each.key, each.before), said(each.key, each.after)) for each in found.changes]
    lines = [
        f"  {QUANTITIES[key].short_name or QUANTITIES[key].label}: {before} before, now {after}"
        for key, before, after in told
        if before != after
    ]
    for line in lines or ["  every number is as before"]:
        say(line)
    pictures = found.report.pictures
    drawn = (found.folder / "annotated.mp4").exists()
    if drawn and pictures is not None and not pictures.current:
        say("  annotated.mp4 and peak.jpg are as of before; --clip CLIP draws them anew", "middle")
    say(f"  report.html: {found.folder / 'report.html'}")
