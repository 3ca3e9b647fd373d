"""How much of a body the views found: whether the picture cuts it off, and how steadily it was followed.

The networks look for whole bodies. Of a part they miss the person, or make up the rest, each another.
Not here: which leg is measured (`observe/leg.py`), what a clip is told (`quality.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dorsi.engine.evidence import Evidence
from dorsi.engine.landmarks import HIPS, LEFT_LEG, RIGHT_LEG, SHOULDERS
from dorsi.types import FloatArray

__all__ = ["BodySeen", "body_seen"]

TRUNK_OF_LEG = 0.35
"""Hips nearer than this to the top of the picture, in leg lengths, leave no room for shoulders: a trunk
that leans well forward still takes 0.4."""
SAME_OF_TRUNK = 1 / 3
"""Shoulders, or hips, that two views put farther apart than this, in trunk lengths, are made up: on whole
bodies they lie 0.01-0.1 apart."""
AGREED = 0.5
"""Least share of the looks in which the views agree about a trunk that is there. It is 0.8 and more, but
where a machine stands before it (0.53)."""
TOP_OF_BODY = 0.5
"""A body that begins nearer than this to the top of the picture, in its own lengths, may be cut off by it:
what is made up of legs alone is squeezed into what room there is."""
FOLLOWED = 0.8
"""A view that loses a body in more than one look in five does not follow it."""
LEAST_FOUND = 0.15
"""Somebody found in fewer of the looks may be anything."""


@dataclass(frozen=True, slots=True)
class BodySeen:
    """`cut_off`: somebody is there, and the trunk is not, or not all of it; `followed`: every view has the
    body for nearly all of the clip."""

    cut_off: bool
    followed: bool


def body_seen(seen: Evidence) -> BodySeen:
    """What the views that look at the whole clip have of a body."""
    # Those after the second look at single frames.
    views = [track.xy_px[:: seen.stride] for track in seen.tracks[:2]]
    found = np.stack([np.isfinite(points[:, 0, 0]) for points in views])
    if not found.size or found.any(axis=0).mean() < LEAST_FOUND:
        return BodySeen(cut_off=False, followed=False)
    top_px = float(seen.inner_box_px[1])
    # A view that finds nobody says nothing of a trunk.
    two = len(views) > 1 and found.mean(axis=1).min() >= LEAST_FOUND
    made_up = two and _agreed(*views) < AGREED and _begins_at(views, top_px) < TOP_OF_BODY
    return BodySeen(
        cut_off=made_up or _no_room(views[0], top_px), followed=bool(found.mean(axis=1).min() >= FOLLOWED)
    )


def _no_room(points: FloatArray, top_px: float) -> bool:
    """Whether no trunk fits between the hips and the top of the picture."""
    points = points[np.isfinite(points[:, 0, 0])]
    if not len(points):
        return False
    sides = np.array([LEFT_LEG[:3], RIGHT_LEG[:3]])
    hip, knee, ankle = (points[:, sides[:, k]] for k in range(3))
    leg_px = (np.linalg.norm(hip - knee, axis=-1) + np.linalg.norm(knee - ankle, axis=-1)).max(axis=1)
    return bool(np.median((hip[..., 1].mean(axis=1) - top_px) / leg_px) < TRUNK_OF_LEG)


def _agreed(one: FloatArray, other: FloatArray) -> float:
    """Share of the looks (N, 33, 2) in which both have shoulders and hips in the same places."""
    places = [[points[:, pair].mean(axis=1) for points in (one, other)] for pair in (SHOULDERS, HIPS)]
    (shoulders, hips) = (np.stack(each) for each in places)
    trunk_px = np.linalg.norm(shoulders - hips, axis=-1).mean(axis=0)
    apart_px = [np.linalg.norm(each[0] - each[1], axis=-1) for each in (shoulders, hips)]
    return float((np.max(apart_px, axis=0) < SAME_OF_TRUNK * trunk_px).mean())


def _begins_at(views: Sequence[FloatArray], top_px: float) -> float:
    """Where a body begins below the top of the picture, in its own lengths: the middle look of the view that
    has it highest."""
    at = []
    for points in views:
        y = points[np.isfinite(points[:, 0, 0]), :, 1]
        if len(y):
            at.append(float(np.median((y.min(axis=1) - top_px) / np.maximum(1.0, np.ptp(y, axis=1)))))
    return min(at)
