"""Made-up squats with known truth: both legs side by side, the knee's place over the foot known.

Not here: tests.
"""

from __future__ import annotations

import numpy as np

from dorsi.engine.landmarks import LEFT_LEG, RIGHT_LEG
from dorsi.types import FloatArray, PoseTrack
from tests.engine.scenes import HEIGHT_PX, SHANK_PX, WIDTH_PX

__all__ = ["knee_over_foot_percent", "squat_track"]

HEEL_LANDMARK, TOE_LANDMARK = 0.05, 0.88
"""Where on the foot's length its landmarks lie: heel and tip stand this far beyond them."""
BACK_PX, AHEAD_PX = 40.0, 85.0
"""Heel landmark behind the ankle, toe landmark ahead of it."""


def squat_track(
    time_s: FloatArray,
    shin_deg: FloatArray,
    bend_deg: FloatArray,
    *,
    forward: int = 1,
    apart_px: float = 15.0,
    noise_px: float = 0.0,
) -> PoseTrack:
    """A person whose shins lean by `shin_deg` and whose knees bend by `bend_deg`, feet `apart_px` apart."""
    count = len(time_s)
    ankle = np.array([WIDTH_PX / 2, 1100.0])
    leg = np.zeros((count, 5, 2))
    leg[:, 2] = ankle
    leg[:, 1] = ankle + SHANK_PX * _up(shin_deg, forward)
    leg[:, 0] = leg[:, 1] + SHANK_PX * _up(shin_deg - bend_deg, forward)
    leg[:, 3] = ankle + [-forward * BACK_PX, 45.0]
    leg[:, 4] = ankle + [forward * AHEAD_PX, 52.0]
    xy_px = np.repeat((leg[:, :1] + [forward * 40.0, -280.0]), 33, axis=1)
    near, far = (RIGHT_LEG, LEFT_LEG) if forward > 0 else (LEFT_LEG, RIGHT_LEG)
    xy_px[:, list(near)] = leg
    xy_px[:, list(far)] = leg + [forward * apart_px, -4.0]
    xy_px[:, [11, 12]] = leg[:, :1] + [forward * 60.0, -300.0]
    if noise_px:
        xy_px += np.random.default_rng(0).normal(0, noise_px, xy_px.shape)
    blank = np.zeros((count, 33))
    return PoseTrack(time_s, xy_px, blank, blank + 0.9, WIDTH_PX, HEIGHT_PX)


def knee_over_foot_percent(shin_deg: float) -> float:
    """Where along the drawn foot the plumb line of the drawn knee falls, 0 = heel, 100 = tip."""
    foot_px = (BACK_PX + AHEAD_PX) / (TOE_LANDMARK - HEEL_LANDMARK)
    from_heel_px = HEEL_LANDMARK * foot_px + BACK_PX + SHANK_PX * np.sin(np.radians(shin_deg))
    return float(100 * from_heel_px / foot_px)


def _up(tilt_deg: FloatArray, forward: int) -> FloatArray:
    lean = np.radians(tilt_deg)
    return np.stack([forward * np.sin(lean), -np.cos(lean)], axis=-1)
