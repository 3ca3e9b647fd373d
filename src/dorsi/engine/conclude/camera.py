"""Which way is up and how square the view is: roll, pitch and yaw of the camera from straight edges of the
room, with a confidence.

Not here: finding the edges (`observe/room.py`), camera motion over time (`observe/foot.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dorsi.engine.view import View
from dorsi.types import BoolArray, FloatArray, Level

__all__ = ["UNKNOWN_ROLL_95_DEG", "estimate_level"]

ROLL_SD_DEG = 2.0
"""How far phones leant against things are off level, 1 sd."""
UNKNOWN_ROLL_95_DEG = 4.0
"""95 % half-width of the roll of a phone propped up by eye when the picture shows no evidence."""
WEAKEST_SD_DEG = 1.5
"""Edges that leave the roll more open than this are no evidence."""
UNSURE_YAW = 0.6
"""A view that reads far off square is the less sure how far."""
FIRST_NOISE_DEG, NOISE_DEG = 6.0, 0.5
"""Scatter of edges about true uprights and levels, 1 sd: allowed at first, so that none is lost to a poor
guess, and in the end."""
MOST_ROLL_DEG = 8.0
"""A phone propped up or held is not more tilted than this unless on purpose."""
MOST_TILT_DEG = 12.0
"""Edges farther from upright or level than this are something else."""
MINIMUM_95_DEG = 0.6
"""Straight things in homes are themselves upright to about 0.3 deg (1 sd)."""


def estimate_level(segments: FloatArray, forward: int, view: View) -> tuple[Level, View]:
    """Roll, and a better view, from edges (N, 4) gathered over some frames and what is known of the view.

    Uprights fan out across the picture of a camera that looks up or down, level lines along the lunge with
    distance from the horizon under one that is not square to it: roll, pitch and yaw are solved together,
    each weighed against how phones stand. Edges that lie otherwise lose their weight.
    """
    long_side_px = max(view.width_px, view.height_px)
    dx, dy = segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]
    centre = (segments[:, :2] + segments[:, 2:]) / 2 - view.centre_xy_px
    upright_deg = np.degrees(np.arctan2(dx * np.sign(-dy), np.abs(dy)))
    level_deg = np.degrees(np.arctan2(dy * np.sign(dx), np.abs(dx)))
    upright, level = np.abs(upright_deg) < MOST_TILT_DEG, np.abs(level_deg) < MOST_TILT_DEG
    pick = np.concatenate([np.flatnonzero(upright), np.flatnonzero(level)])
    is_upright = np.arange(len(pick)) < upright.sum()
    edges = _Edges(
        tilt_deg=np.where(is_upright, upright_deg[pick], level_deg[pick]),
        # A whole picture's length of edge counts as one look, for the frames show the same edges again.
        length=np.hypot(dx, dy)[pick] / long_side_px,
        is_upright=is_upright,
        place=np.where(is_upright, centre[pick, 0], centre[pick, 1]) / view.focal_px,
    )
    yaw_sd = max(view.yaw_sd_deg, UNSURE_YAW * abs(view.yaw_deg))
    guess = np.array([0.0, view.pitch_deg, view.yaw_deg * forward])
    guess_sd = np.array([ROLL_SD_DEG, view.pitch_sd_deg, yaw_sd])
    found, sd, weight = _solve(edges, guess, guess_sd)
    better = replace(
        view, yaw_deg=float(found[2] * forward), yaw_sd_deg=float(sd[2]),
        pitch_deg=float(found[1]), pitch_sd_deg=float(sd[1]),
    )  # fmt: skip
    half_width = float(np.hypot(MINIMUM_95_DEG, 1.96 * np.hypot(sd[0], _discord_deg(edges, found, weight))))
    if sd[0] > WEAKEST_SD_DEG or abs(found[0]) > MOST_ROLL_DEG:
        return Level(float("nan"), UNKNOWN_ROLL_95_DEG, "none"), better
    kinds = (("uprights", edges.is_upright), ("level edges", ~edges.is_upright))
    names = [name for name, of_kind in kinds if weight[of_kind].sum() > 0.1 * weight.sum()]
    return Level(float(found[0]), half_width, " and ".join(names)), better


@dataclass(frozen=True, slots=True)
class _Edges:
    """Straight edges (N,): tilt off upright or level deg, length in pictures, whether upright, and place
    across (uprights) or below (level ones) the middle, in focal lengths."""

    tilt_deg: FloatArray
    length: FloatArray
    is_upright: BoolArray
    place: FloatArray

    def expected(self, camera: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Tilt deg (N,) under roll, pitch, yaw (3,) deg, and its derivative (N, 3)."""
        pitch, yaw = np.tan(np.radians(camera[1:]))
        below = self.place + pitch
        fan = np.where(self.is_upright, pitch * self.place, yaw * below)
        by_pitch = np.where(self.is_upright, self.place, yaw)
        by_yaw = np.where(self.is_upright, 0.0, below)
        return camera[0] + np.degrees(fan), np.stack([np.ones_like(below), by_pitch, by_yaw], axis=1)


def _solve(edges: _Edges, guess: FloatArray, guess_sd: FloatArray) -> tuple[FloatArray, ...]:
    """Roll, pitch and yaw (3,), their standard deviations (3,) and the weights (N,) of the edges."""
    camera, prior = guess.copy(), np.diag(guess_sd**-2.0)
    normal, weight = prior, edges.length.copy()
    for step in range(25):
        # All edges have a say at first, then those that agree: residuals of a poor start are no scatter.
        noise = max(NOISE_DEG, FIRST_NOISE_DEG * 0.7**step)
        expected, slope = edges.expected(camera)
        left = edges.tilt_deg - expected
        weight = edges.length / (1 + (left / (2 * noise)) ** 2) ** 2
        normal = slope.T @ (slope * weight[:, None]) / noise**2 + prior
        pull = slope.T @ (weight * left) / noise**2 - prior @ (camera - guess)
        camera = camera + np.linalg.solve(normal, pull)
    return camera, np.sqrt(np.diag(np.linalg.inv(normal))), weight


def _discord_deg(edges: _Edges, camera: FloatArray, weight: FloatArray) -> float:
    """How far uprights and level edges stay apart after the solution, deg."""
    left = edges.tilt_deg - edges.expected(camera)[0]
    kinds = [kind for kind in (edges.is_upright, ~edges.is_upright) if weight[kind].sum() > 0.1]
    return max((abs(float(np.average(left[k], weights=weight[k]))) for k in kinds), default=0.0)
