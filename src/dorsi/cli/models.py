"""`dorsi models`: lists the pose weights and checks them. Not here: the check (`dorsi.models`)."""

from __future__ import annotations

import typer

from dorsi.cli.common import complain, guarded, say, stages_of
from dorsi.cli.words import exit_code_of, in_words
from dorsi.errors import ModelError

__all__ = ["models"]


def models(context: typer.Context) -> None:
    """List the pose weights and check each against its sha256.

    \b
    dorsi models
    """
    from dorsi.models import WEIGHTS

    code = 0
    with guarded():
        for weights in WEIGHTS.values():
            say(f"{weights.name}: {weights.file}, {weights.bytes / 1e6:.1f} MB")
            say(f"  origin: {weights.origin} ({weights.licence})")
            say(f"  sha256: {weights.sha256}")
            try:
                say(f"  checked: right, {stages_of(context).check_weights(weights.name)}", "good")
            except ModelError as error:
                say("  checked: NOT USABLE", "bad")
                complain(in_words(error))
                code = exit_code_of(error)
    raise typer.Exit(code)
