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

ROLL_SD_DEG, ROLL_TAIL = 2.0, 4.0
"""How far phones leant against things are off level, 1 sd; one held by hand is off by far more now and then,
as Student's t with so many degrees of freedom has it."""
UNKNOWN_ROLL_95_DEG = 4.0
"""95 % half-width of the roll of a phone propped up by eye when the picture shows no evidence."""
WEAKEST_SD_DEG = 1.5
"""Edges that leave the roll more open than this are no evidence."""
UNSURE_YAW = 0.6
"""A view that reads far off square is the less sure how far."""
NOISE_DEG = 0.5
"""Scatter of edges about true uprights and levels, 1 sd."""
STARTS_DEG = ((0.0, 6.0), *((roll_deg, 2.0) for roll_deg in (0.0, -3.0, 3.0, -6.0, 6.0, -9.0, 9.0)))
"""Rolls from which the solution is sought, and the scatter allowed at first: from level so much that no edge
is lost, and from every roll that may be, for edges that all agree far off level are outliers to the first."""
SAME_DEG = 0.5
"""Solutions whose rolls are this close are one."""
MOST_ROLL_DEG = 12.0
"""A phone propped up or held is not more tilted than this unless on purpose."""
MOST_TILT_DEG = 16.0
"""Edges farther from upright or level than this are something else: the roll and the fan under pitch and yaw
take true ones no farther."""
MINIMUM_95_DEG = 0.6
"""Straight things in homes are themselves upright to about 0.3 deg (1 sd)."""


def estimate_level(segments: FloatArray, forward: int, view: View) -> tuple[Level, View]:
    """Roll, and a better view, from edges (N, 4) gathered over some frames and what is known of the view.

    Uprights fan out across the picture of a camera that looks up or down, level lines along the lunge with
    distance from the horizon under one that is not square to it: roll, pitch and yaw are solved together,
    each weighed against how phones stand. Edges that lie otherwise lose their weight. Where they can be told
    apart into true and other in several ways, what the less likely ones say goes into the ±.
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
    ways = _solve(edges, guess, guess_sd)
    found, sd, weight = ways[0].camera, ways[0].sd, ways[0].weight
    better = replace(
        view, yaw_deg=float(found[2] * forward), yaw_sd_deg=float(sd[2]),
        pitch_deg=float(found[1]), pitch_sd_deg=float(sd[1]),
    )  # fmt: skip
    roll_sd = _spread_deg(ways, float(found[0]))
    half_width = float(np.hypot(MINIMUM_95_DEG, 1.96 * np.hypot(roll_sd, _discord_deg(edges, found, weight))))
    weak = sd[0] > WEAKEST_SD_DEG or 1.96 * roll_sd > UNKNOWN_ROLL_95_DEG
    if weak or abs(found[0]) > MOST_ROLL_DEG:
        # The roll is then taken as none.
        unknown = max(UNKNOWN_ROLL_95_DEG, 1.96 * _spread_deg(ways, 0.0))
        return Level(float("nan"), unknown, "none"), better
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


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to take the edges: roll, pitch and yaw (3,) deg, their standard deviations (3,), the weights
    (N,) of the edges, and -2 log of its likelihood."""

    camera: FloatArray
    sd: FloatArray
    weight: FloatArray
    cost: float


def _solve(edges: _Edges, guess: FloatArray, guess_sd: FloatArray) -> list[_Way]:
    """The ways to take the edges, the likeliest first."""
    ways: list[_Way] = []
    for way in sorted(
        (_way_from(edges, guess, guess_sd, *start) for start in STARTS_DEG), key=lambda way: way.cost
    ):
        if all(abs(way.camera[0] - other.camera[0]) > SAME_DEG for other in ways):
            ways.append(way)
    return ways


def _way_from(
    edges: _Edges, guess: FloatArray, guess_sd: FloatArray, roll_deg: float, first_noise_deg: float
) -> _Way:
    """The way found from a roll."""
    camera = guess + np.array([roll_deg, 0.0, 0.0])
    normal, weight = np.diag(guess_sd**-2.0), edges.length
    for step in range(30):
        # All edges have a say at first, then those that agree: residuals of a poor start are no scatter.
        noise = max(NOISE_DEG, first_noise_deg * 0.7**step)
        expected, slope = edges.expected(camera)
        left = edges.tilt_deg - expected
        weight = edges.length / (1 + (left / (2 * noise)) ** 2) ** 2
        off = (camera - guess) / guess_sd
        tail = np.array([(1 + 1 / ROLL_TAIL) / (1 + off[0] ** 2 / ROLL_TAIL), 1.0, 1.0])
        prior = np.diag(tail * guess_sd**-2.0)
        normal = slope.T @ (slope * weight[:, None]) / NOISE_DEG**2 + prior
        pull = slope.T @ (weight * left) / NOISE_DEG**2 - prior @ (camera - guess)
        camera = camera + np.linalg.solve(normal, pull)
    square = ((edges.tilt_deg - edges.expected(camera)[0]) / NOISE_DEG) ** 2
    off = ((camera - guess) / guess_sd) ** 2
    cost = (edges.length * square / (1 + square / 4)).sum() + off[1:].sum()
    cost += (1 + ROLL_TAIL) * np.log1p(off[0] / ROLL_TAIL)
    return _Way(camera, np.sqrt(np.diag(np.linalg.inv(normal))), weight, float(cost))


def _spread_deg(ways: list[_Way], about_deg: float) -> float:
    """Root mean square of the roll about a value, deg, each way as likely as it is."""
    share = np.exp([(ways[0].cost - way.cost) / 2 for way in ways])
    square = [way.sd[0] ** 2 + (way.camera[0] - about_deg) ** 2 for way in ways]
    return float(np.sqrt(np.average(square, weights=share)))


def _discord_deg(edges: _Edges, camera: FloatArray, weight: FloatArray) -> float:
    """How far uprights and level edges stay apart after the solution, deg."""
    left = edges.tilt_deg - edges.expected(camera)[0]
    kinds = [kind for kind in (edges.is_upright, ~edges.is_upright) if weight[kind].sum() > 0.1]
    return max((abs(float(np.average(left[k], weights=weight[k]))) for k in kinds), default=0.0)
