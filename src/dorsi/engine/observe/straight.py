"""Which of the two planted legs is under test: the front one, or the rear one of a knee-straight lunge?

Told from the landmarks of the whole clip, before any pixel of a foot is looked at. Not here: the track of
either leg (`leg.py`), the name of the test (`conclude/recognition.py`), whether the knee stayed straight
enough for a number (`conclude/quality.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dorsi.engine.evidence import LegFacts
from dorsi.engine.geometry import tilt_deg
from dorsi.engine.landmarks import LegPoint
from dorsi.engine.observe.leg import FRONT_GAP, choose_leg
from dorsi.settings import Settings
from dorsi.types import FloatArray, LegTrack, PoseTrack

__all__ = ["leg_under_test"]

STRAIGHT_DEG = 20.0
"""A knee that bends by less all the time is held straight: with 20 deg the calf is slack (Baumbach 2014, BMC
Musculoskelet Disord 15:246), so nobody who tests it bends that far. Landmarks read 0-12 deg on straight
knees, and 16-80 on rear knees of other lunges."""
FLAT_DEG = 20.0
"""Slope of the line from heel to toe landmark: -6 to 13 deg on flat feet, 27 and more on a rear foot up on
its toes."""
LEAST_LEAN_DEG = 8.0
"""Swing of a rear shin that is moved: one that only gives way while the body sways does so by 1-3 deg."""
LEAST_STAY = 0.7
"""Share of the looks in which each of the two feet stands on its place: a walk and a lunge that is stepped
into have less."""
FARTHER_DEG = 10.0
"""How much farther than the rear shin the front one may lean: over short steps it goes up to 6 deg farther
(rendered). Beyond, the front leg is the one that is worked."""
RETURN_SHARE = 0.5
"""The shin falls back by at least this part of its swing."""

Chosen = tuple[LegTrack, LegFacts]


def leg_under_test(tracks: Sequence[PoseTrack], settings: Settings) -> Chosen | None:
    """The leg that the settings ask for, or that the clip shows to be under test; None when no frame has a
    person.

    Where the feet stand one ahead of the other and the user names neither leg nor test, it is the front one,
    unless the rear one does a knee-straight lunge.
    """
    if settings.leg != "front":
        return choose_leg(tracks, settings.leg)
    if settings.test == "lunge_straight":
        return choose_leg(tracks, "rear")
    front = choose_leg(tracks)
    if settings.test != "auto" or front is None or front[1].feet_apart < FRONT_GAP:
        return front
    rear = choose_leg(tracks, "rear")
    return rear if rear is not None and _leans_straight(rear, front) else front


def _leans_straight(rear: Chosen, front: Chosen) -> bool:
    """Whether the rear leg leans forward and back over a flat foot with its knee straight, and about as far
    as the front one."""
    (leg, facts), (ahead, ahead_facts) = rear, front
    if min(facts.coverage, ahead_facts.coverage) < LEAST_STAY or ahead.side == leg.side:
        return False
    known = np.isfinite(leg.xy_px[:, 0, 0])
    shin, slope = _shin_deg(leg)[known], _slope_deg(leg)[known]
    bend = shin - tilt_deg(leg.xy_px[:, LegPoint.KNEE], leg.xy_px[:, LegPoint.HIP], leg.forward)[known]
    low, high = np.percentile(shin, (5, 98))
    upright = shin <= (low + high) / 2
    return bool(
        high - low >= LEAST_LEAN_DEG
        and high - shin[int(np.argmax(shin)) :].min() >= RETURN_SHARE * (high - low)
        and high >= np.nanpercentile(_shin_deg(ahead), 98) - FARTHER_DEG
        and np.percentile(np.abs(bend), 90) < STRAIGHT_DEG
        # Towards the top the heel may rise: that is what ends the test.
        and abs(float(np.median(slope[upright]))) < FLAT_DEG
    )


def _shin_deg(leg: LegTrack) -> FloatArray:
    """(T,) tilt of the shin in the picture, deg."""
    return tilt_deg(leg.xy_px[:, LegPoint.ANKLE], leg.xy_px[:, LegPoint.KNEE], leg.forward)


def _slope_deg(leg: LegTrack) -> FloatArray:
    """(T,) how far the toe landmark lies below the heel's, as the slope of their line, deg."""
    x, y = np.moveaxis(leg.xy_px[:, LegPoint.TOE] - leg.xy_px[:, LegPoint.HEEL], -1, 0)
    return np.asarray(np.degrees(np.arctan2(y, leg.forward * x)))
