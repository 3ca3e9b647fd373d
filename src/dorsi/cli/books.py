"""Options that name a clinic's own rules and drills. Not here: reading them (`dorsi.rules`, `dorsi.plan`)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["DrillsFile", "RulesFile"]

RulesFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Own rules; else DORSI_RULES, else the shipped ones.")
]
DrillsFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Own drills; else DORSI_DRILLS, else the shipped ones.")
]
