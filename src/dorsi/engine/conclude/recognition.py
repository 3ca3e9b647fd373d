"""Which test does a clip show? Told from the motion; what the user says goes first.

Squat: the feet side by side, or both thighs leaning back, and the knees bending deeply. Lunge: the shin goes
forward over one foot and comes back; of the rear leg, which was then followed, it is the knee-straight one.
Big toe: the shin does neither, and a toe lifts. Not here: which leg was followed (`observe/straight.py`),
whether the clip supports a number (`quality.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from dorsi.engine.conclude.reps import swing_deg
from dorsi.engine.geometry import tilt_deg
from dorsi.engine.landmarks import LegPoint
from dorsi.engine.observe.leg import FRONT_GAP
from dorsi.settings import TestChoice
from dorsi.types import FollowedLeg, LegTrack, Rep, Signals, TestName

__all__ = ["is_squat", "lunge_is_complete", "recognise"]

SQUAT_BEND_DEG = 45.0
"""Bend of the knees, beyond that at the start, from which side-by-side feet mean a squat: a heel raise or a
calf stretch on bent knees stays under it."""
WIDEST_STANCE = 1.0
"""Feet a shoulder's width apart are seen up to this far from each other, shank lengths, from 45 deg aside."""
THIGH_BACK_DEG, DEEPEST_PERCENTILE = 30.0, 15.0
"""Where the measured thigh leans back most, the other one leans back too in a squat, by 42-117 deg on ten
clips; in a lunge the hips are above the rear knee or ahead of it: 15 deg back at most on 21 clips, and 23 on
four knee-straight ones, whose other leg is the front one."""
BACK_SHARE, BACK_DEG = 0.25, 20.0
"""A shin this near to where it started, in parts of its swing, or that fell back so far, has come back: in
the big-toe test it is set forward by less."""


def recognise(
    wanted: TestChoice, signals: Signals, reps: Sequence[Rep], leg: LegTrack, feet_apart: float,
    toe_lifts: Callable[[], bool], followed: FollowedLeg = "front",
) -> TestName:  # fmt: skip
    """The test of a clip.

    `leg` as it was followed, `feet_apart` distance of the feet in the picture in shank lengths; `toe_lifts`
    is asked only when no lunge and no squat is seen, because looking for a toe takes time; `followed` the leg
    that was observed.
    """
    if wanted != "auto":
        return wanted
    if followed == "rear":
        return "lunge_straight"
    if is_squat(signals, leg, feet_apart):
        return "squat"
    if not lunge_is_complete(signals, reps) and toe_lifts():
        return "big_toe"
    return "lunge"


def is_squat(signals: Signals, leg: LegTrack, feet_apart: float) -> bool:
    """Whether the feet stand side by side and the knees bend as in a squat."""
    bend = signals.knee_flexion_deg
    if np.isfinite(bend).sum() < 3 or swing_deg(bend) < SQUAT_BEND_DEG:
        return False
    # Seen from aside, feet that stand side by side are apart in the picture.
    return feet_apart < FRONT_GAP or (feet_apart < WIDEST_STANCE and _both_thighs_back(leg))


def _both_thighs_back(leg: LegTrack) -> bool:
    """Whether the hips lie behind both knees where they sink lowest."""
    own, other = (
        tilt_deg(xy_px[:, LegPoint.KNEE], xy_px[:, LegPoint.HIP], leg.forward)
        for xy_px in (leg.xy_px, leg.other_xy_px)
    )
    known = np.isfinite(own) & np.isfinite(other)
    if not known.any():
        return False
    deepest = known & (own <= np.percentile(own[known], DEEPEST_PERCENTILE))
    return float(np.median(other[deepest])) < -THIGH_BACK_DEG


def lunge_is_complete(signals: Signals, reps: Sequence[Rep]) -> bool:
    """Whether the shin went forward and came all the way back at least once.

    In the big-toe test it is set forward and left there; its landmarks may sag by half while the toe lifts.
    """
    angle = signals.shin_angle_deg
    if not reps:
        return False
    low, high = np.nanpercentile(angle, (5, 98))
    back = low + BACK_SHARE * (high - low)
    return any(
        bool((angle[rep.peak_frame : rep.end_frame + 1] <= max(back, angle[rep.peak_frame] - BACK_DEG)).any())
        for rep in reps
    )
