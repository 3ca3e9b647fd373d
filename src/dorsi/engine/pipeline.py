"""The two storeys in order: a clip in, its evidence out; evidence in, an analysis out.

Not here: how a storey works (`observe`, `conclude`), findings (`rules`) and outputs (`report`, `pages`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from dorsi import __version__
from dorsi.engine.conclude.conclude import camera_of, conclude, toe_is_needed
from dorsi.engine.evidence import Evidence, ToeTrack
from dorsi.engine.observe.passes import pass_over
from dorsi.engine.observe.pose.estimator import PoseEstimator
from dorsi.engine.observe.toe import ToeLooks, follow_toe
from dorsi.engine.view import View
from dorsi.memory import give_back
from dorsi.settings import Settings
from dorsi.types import Analysis, LegTrack, StageListener

__all__ = ["analyse", "conclude", "observe", "with_toe"]


def observe(
    clip_path: Path,
    settings: Settings | None = None,
    listen: StageListener | None = None,
    estimators: Sequence[PoseEstimator] | None = None,
) -> Evidence:
    """Every look at the pixels of a clip.

    `listen(stage, fraction)` is called from this thread. `estimators` replace MediaPipe (tests, recorded
    landmarks); the first is trusted most. Raises ClipUnreadable (or a child) and ModelError.
    """
    settings, listen = settings or Settings(), listen or _nobody_listens
    seen = with_toe(*pass_over(clip_path, settings, __version__, listen, estimators), settings)
    give_back()
    return seen


def with_toe(
    seen: Evidence,
    looks: ToeLooks | None,
    settings: Settings,
    follow: Callable[[ToeLooks, LegTrack, View, float], ToeTrack] = follow_toe,
) -> Evidence:
    """The evidence with the toe followed in its pictures, where the clip may show that test: it takes time.

    Without `looks` the foot was never in the picture, and there is no toe.
    """
    if seen.leg is None or not toe_is_needed(seen, settings):
        return seen
    level, view = camera_of(seen)
    toe = None if looks is None else follow(looks, seen.leg, view, level.roll_deg)
    return replace(seen, toe=toe, toe_sought=True)


def analyse(
    clip_path: Path,
    settings: Settings | None = None,
    listen: StageListener | None = None,
    estimators: Sequence[PoseEstimator] | None = None,
) -> Analysis:
    """Measure one clip: `observe` and `conclude`, with their arguments and errors."""
    settings, listen = settings or Settings(), listen or _nobody_listens
    seen = observe(clip_path, settings, listen, estimators)
    listen("measure", 0.0)
    found = conclude(seen, settings)
    listen("measure", 1.0)
    return found


def _nobody_listens(_stage: str, _fraction: float) -> None:
    """Progress that nobody asked for."""
