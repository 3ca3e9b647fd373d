"""What the ± of an angle is made of, moment by moment.

Landmarks and outline of the shank, disagreement of the views, camera roll, what the view leaves open, and
scatter about the smoothed curve, in square. Not here: the ± of lengths and of a heel's state
(`measurements.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dorsi.engine.conclude.hand import ONE_HAND_95_DEG, HandLine
from dorsi.engine.conclude.shank import ANATOMY_SD_DEG, LEAST_LOOKS, LINE_SD_DEG, ShankTrack, crest_sd_deg
from dorsi.engine.conclude.signals import SignalNoise
from dorsi.engine.evidence import CLEAR, LegFacts
from dorsi.engine.landmarks import LegPoint
from dorsi.engine.observe.leg import FRONT_GAP
from dorsi.engine.view import View
from dorsi.types import FloatArray, LegTrack, Level

__all__ = ["PEAK_WINDOW_S", "HalfWidths", "half_widths", "view_gap_deg"]

LANDMARK_SD_DEG = 2.3
"""Error of a shin angle from landmarks alone, 1 sd: on a real clip the network was off by 1.0-2.3 deg a
frame (hand-digitised); the worse end is taken."""
LONE_VIEW_GAP_DEG = 6.0
"""A view without a second one counts as one of two that disagree by this much."""
OVERLAP_SD_DEG = 2.5
"""What a second leg right behind the first adds, 1 sd, where the knees are not spread and sunk as in a squat:
its front edge may show before the near one's. One pair of legs side by side at a heel raise is 3.3 deg off
(root mean square, 4 digitised frames); squats of seven people are 1.3, lunges of five 1.6: these get none."""
THIGH_SD_DEG = 3.0
"""Error of a thigh from hip and knee landmarks, 1 sd: knee bends of six squatting people are 2.9 deg off
(root mean square, 25 frames digitised twice, bend over 30 deg), the shin's part included."""
UNKNOWN_SCATTER_95_DEG = 2.0
PEAK_WINDOW_S = 0.17


@dataclass(frozen=True, slots=True)
class HalfWidths:
    """95 % half-widths (T,) of shin angle, crest angle, and what the thigh adds to a bend, deg.

    `anatomy_deg` is contained in that of the shin, `crest_anatomy_deg` in that of the crest: what the leg's
    anatomy and the line's definition add, the same in two clips of one leg.
    """

    shin_deg: FloatArray
    crest_deg: FloatArray
    thigh_deg: FloatArray
    anatomy_deg: FloatArray
    crest_anatomy_deg: FloatArray

    def knee_deg(self, frame: int) -> float:
        """That of the bend of the knee at one frame."""
        return float(np.hypot(self.shin_deg[frame], self.thigh_deg[frame]))


def view_gap_deg(facts: LegFacts, time_s: FloatArray, at_s: float) -> float:
    """Median disagreement of the views about the shin within a moment, deg; NaN where one looks alone.

    Twice the deviation from the median view, so that two views count with their difference.
    """
    near = np.abs(time_s - at_s) <= PEAK_WINDOW_S
    views = facts.view_angle_deg[:, near]
    views = views[:, np.isfinite(views).sum(axis=0) >= 2]
    if not views.size:
        return float("nan")
    gap = 2 * np.nanmedian(np.abs(views - np.nanmedian(views, axis=0)), axis=0)
    return float(np.median(gap))


def half_widths(
    leg: LegTrack, facts: LegFacts, level: Level, view: View, shank: ShankTrack, noise: SignalNoise,
    hand: HandLine | None = None, *, squat: bool = False,
) -> HalfWidths:  # fmt: skip
    """Half-widths at every frame of the clip, NaN where the leg is not known or the crest was not seen.

    In a `squat` a second leg close behind the first adds nothing. Where a hand drew the line, its own ± takes
    the place of what landmarks, outline, looks and scatter leave open; what the camera leaves open stays.
    """
    time_s = leg.time_s
    unclear = np.ones(len(time_s))
    if len(shank) >= LEAST_LOOKS:
        # A clear outline settles what the views disagree about.
        unclear = 1 - np.minimum(1.0, np.interp(time_s, time_s[shank.index], shank.clarity) / CLEAR)
    line_sd = LINE_SD_DEG + (LANDMARK_SD_DEG - LINE_SD_DEG) * unclear
    views = np.zeros(len(time_s))
    for i in np.flatnonzero(unclear):
        gap = view_gap_deg(facts, time_s, time_s[i])
        views[i] = 0.5 * unclear[i] * (gap if np.isfinite(gap) else LONE_VIEW_GAP_DEG)
    overlap_95_deg = 1.96 * OVERLAP_SD_DEG if facts.feet_apart < FRONT_GAP and not squat else 0.0
    scatter = 1.96 * noise.shin_angle_deg / np.sqrt(3)
    scatter = scatter if np.isfinite(scatter) else UNKNOWN_SCATTER_95_DEG
    ankle, knee = leg.xy_px[:, LegPoint.ANKLE], leg.xy_px[:, LegPoint.KNEE]
    camera = view.doubt_95_deg(ankle, knee, leg.forward, level.roll_deg) ** 2 + level.uncertainty_95_deg**2
    looks = scatter**2 + views**2 + overlap_95_deg**2
    shin, crest = looks + (1.96 * line_sd) ** 2, looks + (1.96 * crest_sd_deg(shank)) ** 2
    anatomy = np.full(len(time_s), (1.96 * ANATOMY_SD_DEG) ** 2)
    thigh_weight = np.zeros(len(time_s)) if hand is None else hand.thigh_weight
    if hand is not None:
        shin = _mixed(shin, hand.half_95_deg**2, hand.shank_weight)
        crest = _mixed(crest, hand.half_95_deg**2, hand.crest_weight)
        anatomy = _mixed(anatomy, 0.0, hand.shank_weight)
    thigh = _mixed(np.full(len(time_s), (1.96 * THIGH_SD_DEG) ** 2), ONE_HAND_95_DEG**2, thigh_weight)
    # What is known of the crest's error is all of one clip: nothing of it is told to be the leg's own.
    none = np.zeros(len(time_s))
    return HalfWidths(np.sqrt(camera + shin), np.sqrt(camera + crest), np.sqrt(thigh), np.sqrt(anatomy), none)


def _mixed(machine: FloatArray, hand: FloatArray | float, weight: FloatArray) -> FloatArray:
    """(T,) of two squares, each by its part; what the machine does not know counts where it has one."""
    return np.where(weight < 1, (1 - weight) * machine, 0.0) + weight * hand
