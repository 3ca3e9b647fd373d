"""`dorsi info`: prints what a clip is. Not here: reading it (`dorsi.video`)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from dorsi.cli.common import complain, guarded, say, say_json, stages_of
from dorsi.cli.options import AsJson
from dorsi.cli.words import exit_code_of, in_words
from dorsi.errors import ClipUnreadable

__all__ = ["info"]


def info(
    context: typer.Context,
    clip: Annotated[Path, typer.Argument(metavar="CLIP", help="Clip to look at.")],
    as_json: AsJson = False,
) -> None:
    """Print what a clip is, without measuring it.

    \b
    dorsi info lunge.mp4
    dorsi info lunge.mp4 --json
    """
    from dorsi.quiet import quiet

    with guarded(), quiet() as stderr:
        try:
            found = stages_of(context).probe(clip)
        except ClipUnreadable as error:
            complain(in_words(error), clip, stderr)
            raise typer.Exit(exit_code_of(error)) from None
    if as_json:
        facts = asdict(found)
        facts |= {"captured_at": found.captured_at.isoformat() if found.captured_at else None}
        say_json({"file": facts.pop("path").name} | facts)
        return
    rate = "variable, about" if found.variable_frame_rate else "constant,"
    turned = f"turned {found.rotation_deg}° to stand upright" if found.rotation_deg else "stored upright"
    say(found.path.name)
    say(f"  picture: {found.width_px}×{found.height_px} px, {turned}{', mirrored' if found.mirrored else ''}")
    say(f"  length: {found.duration_s:.2f} s, {found.frame_count} frames")
    say(f"  frame rate: {rate} {found.frame_rate_hz:.2f} Hz")
    say(f"  codec: {found.codec}, {found.pixel_format}, {found.bit_depth} bit{', HDR' if found.hdr else ''}")
