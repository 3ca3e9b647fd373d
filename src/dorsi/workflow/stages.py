"""The slow stages behind the services, each replaceable: a page's worker or a test passes its own.

Not here: the stages themselves (`engine`, `overlay`, `video`, `models`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dorsi.clip_limits import WIDE, ClipLimits
from dorsi.corrections import Correction
from dorsi.engine.conclude.conclude import conclude
from dorsi.engine.evidence import Evidence
from dorsi.libraries import loading
from dorsi.models import load
from dorsi.plan import Books
from dorsi.profile import Clearance, Profile
from dorsi.report.model import Report
from dorsi.settings import ModelName, Settings
from dorsi.types import Analysis, ClipInfo, StageListener

__all__ = ["STAGES", "Job", "Stages"]


def _probe(clip: Path, limits: ClipLimits = WIDE) -> ClipInfo:
    with loading():
        from dorsi.video import probe

    return probe(clip, limits)


def _observe(clip: Path, settings: Settings, listen: StageListener | None) -> Evidence:
    with loading():
        from dorsi.engine.pipeline import observe

    return observe(clip, settings, listen)


def _annotate(
    clip: Path, analysis: Analysis, report: Report, out: Path, settings: Settings,
    listen: StageListener | None,
) -> bytes | None:  # fmt: skip
    with loading():
        from dorsi.overlay.annotate import write_annotated

    return write_annotated(clip, analysis, report, out, settings, listen)


@dataclass(frozen=True, slots=True)
class Stages:
    """Whatever opens a clip or the weights, and the conclusion. What needs OpenCV is loaded when it is first
    called: concluding evidence anew needs none of it."""

    probe: Callable[[Path], ClipInfo] = _probe
    check_weights: Callable[[ModelName], Path] = load
    observe: Callable[[Path, Settings, StageListener | None], Evidence] = _observe
    conclude: Callable[[Evidence, Settings, Sequence[Correction]], Analysis] = conclude
    annotate: Callable[[Path, Analysis, Report, Path, Settings, StageListener | None], bytes | None] = (
        _annotate
    )


STAGES: Final = Stages()


@dataclass(frozen=True, slots=True)
class Job:
    """How a clip is measured: what was chosen, rules and drills, who is told of each stage, the stages; and
    the answers that its plan heeds, with what a therapist lifted of them."""

    settings: Settings
    books: Books
    listen: StageListener | None
    stages: Stages
    profile: Profile | None = None
    clearance: Clearance | None = None
