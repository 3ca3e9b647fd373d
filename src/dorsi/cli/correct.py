"""`dorsi correct`: a person's corrections put into a result. Not here: doing so (`workflow/review.py`)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dorsi.cli.common import stages_of, watched
from dorsi.cli.options import Verbose
from dorsi.cli.reconclude import ClipOption, ResultArgument, show_renewed
from dorsi.errors import UsageError

__all__ = ["correct"]


def correct(
    context: typer.Context,
    result: ResultArgument,
    file: Annotated[
        Path | None, typer.Argument(metavar="[CORRECTIONS.toml]", help="The corrections; see docs.")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take every correction back.")] = False,
    clip: ClipOption = None,
    verbose: Verbose = False,
) -> None:
    """Correct a result by hand: points, crest line, heel, peak, repetitions, level.

    The file (docs/corrections.md) holds all corrections of the result: earlier ones that are not in it are
    taken back. The machine's values stay in report.json, beside the reviewed ones.

    \b
    dorsi correct dorsi-out/lunge corrections.toml
    dorsi correct dorsi-out/lunge corrections.toml --clip lunge.mp4
    dorsi correct dorsi-out/lunge --undo
    """
    with watched(verbose) as bar:
        from dorsi.corrections import load_corrections
        from dorsi.workflow.review import review

        if (file is None) != undo:
            raise UsageError("corrections_or_none")
        given = None if file is None else load_corrections(file)
        found = review(
            result,
            () if given is None else given.records(),
            leg=None if given is None else given.leg,
            clip=clip,
            listen=bar.listener(clip),
            stages=stages_of(context),
        )
    show_renewed(found)
