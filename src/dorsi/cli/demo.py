"""`dorsi demo`: the first minute, on the sample that travels with Dorsi. Not here: measuring (`measure`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from dorsi.cli.common import guarded, say
from dorsi.cli.measure import measure
from dorsi.cli.options import Verbose
from dorsi.errors import ClipMissing

__all__ = ["demo", "sample"]

_PACKAGE: Final = Path(__file__).resolve().parents[1]
_FOLDERS: Final = (_PACKAGE / "_samples", _PACKAGE.parents[1] / "samples")
"""Installed wheel first, then a checkout (`src/dorsi/` beside `samples/`)."""
_NEXT: Final = """\
Open report.html first: the angle, what it means, what to do; annotated.mp4 is the proof.
Your turn: phone upright at knee height, two to three metres to the side; bare leg and foot; three slow
lunges with the heel down. Then: dorsi measure CLIP"""


def demo(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Folder that gets the folder lunge/.")] = Path("dorsi-out/demo"),
    verbose: Verbose = False,
) -> None:
    """Measure the sample clip that comes with Dorsi: a lunge filmed as it should be, rendered, not a person.

    Writes what `dorsi measure` writes and says what to open first. Takes well under a minute.

    \b
    dorsi demo
    dorsi demo --out results
    """
    with guarded():
        clip = sample()
    try:
        measure(context, [clip], out=out, verbose=verbose)
    except typer.Exit as ended:
        if ended.exit_code == 0:
            say(_NEXT)
        raise


def sample(folders: Sequence[Path] = _FOLDERS) -> Path:
    """Path of the sample clip in the first of `folders` that has it. Raises ClipMissing when none does."""
    path = next((folder / "lunge.mp4" for folder in folders if (folder / "lunge.mp4").is_file()), None)
    if path is None:
        raise ClipMissing("The sample clip is not installed: install Dorsi again, it is part of it.")
    return path
