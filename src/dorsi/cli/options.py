"""Options that several commands share: the same words for the same choice.

Not here: options of one command alone, those about the store (`storing.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from dorsi.settings import ModelName

__all__ = [
    "AsJson", "BlurFace", "DrillsFile", "FootCm", "HeightCm", "MaxSide", "Model", "Rules", "RulesFile",
    "Verbose", "Workers", "tape_option", "touched_option",
]  # fmt: skip

HeightCm = Annotated[float | None, typer.Option(help="Body height: makes lengths in mm surer.")]
FootCm = Annotated[float | None, typer.Option(help="Heel to toe tip, shoe included when worn.")]
Model = Annotated[ModelName, typer.Option(help="Pose weights; full is faster, heavy surer.")]
Rules = Annotated[str, typer.Option(help="Rule set to compare with; see 'dorsi rules'.")]
RulesFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Own rules; else DORSI_RULES, else the shipped ones.")
]
DrillsFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Own drills; else DORSI_DRILLS, else the shipped ones.")
]
BlurFace = Annotated[bool, typer.Option(help="Blur the measured person's face in annotated.mp4.")]
MaxSide = Annotated[int, typer.Option(help="Longest side of annotated.mp4, px.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print only JSON on stdout.")]
Workers = Annotated[
    int | None,
    typer.Option(min=1, max=64, help="Clips measured at a time; as many as there are cores when left out."),
]
Verbose = Annotated[bool, typer.Option(help="Show native logs, and the traceback of a fault.")]


def touched_option(knee: str) -> Any:
    """The option that tells whether a knee reached the wall."""
    return typer.Option(help=f"{knee} reached the wall from four fingers away, heel down.")


def tape_option(toe: str) -> Any:
    """The option that tells how far a toe was from the wall."""
    return typer.Option(help=f"{toe} to wall, the knee just touching, heel down, cm.")
