"""Results without a network: stages that observe what was recorded of a rendered clip, and truly conclude.

Not here: tests, recording (`bench/record.py`), stages that fake the conclusion too (`fakes.py`).
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

from bench.record import EVIDENCE, NUMBERS
from dorsi.digest import sha256_of
from dorsi.engine.conclude.conclude import conclude
from dorsi.engine.evidence import Evidence
from dorsi.engine.evidence_file import read_evidence
from dorsi.settings import Settings
from dorsi.types import StageListener
from dorsi.workflow.measure import measure
from dorsi.workflow.stages import Stages
from tests.fakes import FAKE_STAGES

__all__ = ["evidence", "measured", "peak_deg", "recorded_stages"]

evidence = cache(lambda name: read_evidence(EVIDENCE / f"{name}.npz"))
"""What was observed on the rendered clip of that name."""


def peak_deg(name: str) -> float:
    """The peak shin angle on record for that clip (`bench/record.py`), as a report has it."""
    numbers = json.loads((EVIDENCE / NUMBERS).read_text(encoding="utf-8"))["clips"][name]["measurements"]
    return float(numbers["peak_shin_angle_deg"][0])


def recorded_stages(name: str | None = None) -> Stages:
    """Any clip shows what the recorded one of that name, or of its own, does; pictures are a few bytes."""

    def observe(clip: Path, settings: Settings, _listen: StageListener | None) -> Evidence:
        seen: Evidence = evidence(name or clip.stem)
        origin = replace(seen.origin, clip_sha256=sha256_of(clip), model_name=settings.model)
        return replace(seen, clip=replace(seen.clip, path=clip), origin=origin)

    return replace(FAKE_STAGES, observe=observe, conclude=conclude)


def measured(folder: Path, name: str = "left_lunge") -> tuple[Path, Path]:
    """A clip in `folder`, and the folder of its result."""
    clip = folder / f"{name}.mp4"
    clip.write_text(name)
    measure(clip, out=folder / "out", stages=recorded_stages(name))
    return clip, folder / "out" / name
