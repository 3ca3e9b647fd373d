"""Options that measuring commands share: the same words for the same choice.

Not here: options of one command alone, those of the store (`storing.py`).
"""

from __future__ import annotations

from typing import Annotated

import typer

from dorsi.settings import ModelName

__all__ = ["BlurFace", "FootCm", "HeightCm", "MaxSide", "Model", "Rules", "Verbose"]

HeightCm = Annotated[float | None, typer.Option(help="Body height: makes lengths in mm surer.")]
FootCm = Annotated[float | None, typer.Option(help="Heel to toe tip, shoe included when worn.")]
Model = Annotated[ModelName, typer.Option(help="Pose weights; full is faster, heavy surer.")]
Rules = Annotated[str, typer.Option(help="Rule set to compare with; see 'dorsi rules'.")]
BlurFace = Annotated[bool, typer.Option(help="Blur the measured person's face in annotated.mp4.")]
MaxSide = Annotated[int, typer.Option(help="Longest side of annotated.mp4, px.")]
Verbose = Annotated[bool, typer.Option(help="Show native logs, and the traceback of a fault.")]
