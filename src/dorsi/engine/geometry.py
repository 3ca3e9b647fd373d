"""Plane geometry and small robust statistics shared by the stages.

Pictures have x right and y down; `forward` is +1 when the person faces right, -1 when left.
Not here: anything about video, networks or legs.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from dorsi.engine.landmarks import BALL, BALL_BELOW, LegPoint
from dorsi.types import BoolArray, FloatArray, IndexArray

__all__ = [
    "ball_px", "between_steps", "cheapest_path", "evenly", "fill_short_gaps", "robust_sigma", "runs",
    "stands", "tilt_deg", "top_of", "usual_shank_px", "with_knee_turned",
]  # fmt: skip

STEP_OF_SHANK, STAND_S = 0.08, 0.4
"""A forefoot that lies this far (30 mm) from where it lay, over such a time, has stepped or turned: a planted
one is found again within 0.02 shanks."""


SAME = 1e-6
"""Degrees or mm that differ by less are one value: processors round the last digits differently, and a
number must be of the same frame on all of them."""


def top_of(values: FloatArray) -> int:
    """Index of the greatest of the values of (N,), NaN left out; the middle of the first level top.

    Raises ValueError when all are NaN.
    """
    start, end = runs(values >= values[np.nanargmax(values)] - SAME)[0]
    return (start + end - 1) // 2


def tilt_deg(lower_xy_px: FloatArray, upper_xy_px: FloatArray, forward: int) -> FloatArray:
    """Tilt from the picture's vertical of the line from `lower` to `upper`, deg.

    Both (..., 2) px; positive when the upper point is ahead. Range (-180, 180].
    """
    v = np.asarray(upper_xy_px, float) - np.asarray(lower_xy_px, float)
    return np.asarray(np.degrees(np.arctan2(forward * v[..., 0], -v[..., 1])))


def usual_shank_px(points_xy_px: FloatArray) -> float:
    """Usual length of the shanks (..., 5, 2) in `LegPoint` order, px; NaN ones are left out."""
    shanks = points_xy_px[..., LegPoint.KNEE, :] - points_xy_px[..., LegPoint.ANKLE, :]
    return float(np.nanmedian(np.linalg.norm(shanks, axis=-1)))


def ball_px(heel_px: FloatArray, toe_px: FloatArray, shank_px: float) -> FloatArray:
    """(..., 2) ball of the foot, about which a heel rises, by its landmarks: on the floor, a little below
    their line."""
    return np.asarray(heel_px + BALL * (toe_px - heel_px) + np.array([0.0, BALL_BELOW * shank_px]))


def evenly(rows: IndexArray, most: int) -> list[int]:
    """At most `most` of the rows, evenly spread, first and last among them."""
    return [int(i) for i in rows[np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int)]]


def robust_sigma(values: FloatArray) -> float:
    """Standard deviation estimated from the median absolute deviation; NaN without finite values."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return float("nan")
    return float(1.4826 * np.median(np.abs(finite - np.median(finite))))


def fill_short_gaps(time_s: FloatArray, values: FloatArray, longest_gap_s: float) -> FloatArray:
    """Fill NaN by straight lines in time where finite neighbours lie at most `longest_gap_s` apart.

    `values` is (T,) or (T, ...); each column is filled alone. Ends are never extended.
    """
    flat = values.reshape(len(values), -1).copy()
    for column in flat.T:
        known: IndexArray = np.flatnonzero(np.isfinite(column))
        if len(known) < 2:
            continue
        after = np.clip(np.searchsorted(known, np.arange(len(column))), 1, len(known) - 1)
        gap_s = time_s[known[after]] - time_s[known[after - 1]]
        inside = (np.arange(len(column)) > known[0]) & (np.arange(len(column)) < known[-1])
        todo = ~np.isfinite(column) & inside & (gap_s <= longest_gap_s)
        column[todo] = np.interp(time_s[todo], time_s[known], column[known])
    return np.asarray(flat.reshape(values.shape))


def runs(flag: BoolArray) -> list[tuple[int, int]]:
    """Start and end (exclusive) of each stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flag, [False]]).astype(int)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def between_steps(score: FloatArray, path: IndexArray, flat: float = 1e-9) -> FloatArray:
    """(N,) where between whole steps the score (N, K) peaks at `path` (N,), -0.5..0.5.

    Zero at the ends and where the parabola through three neighbours bends by less than `flat`.
    """
    row, k = np.arange(len(path)), np.clip(path, 1, score.shape[1] - 2)
    low, here, high = score[row, k - 1], score[row, k], score[row, k + 1]
    bend = low - 2 * here + high
    curved = (bend < -flat) & (k == path)
    return np.where(curved, np.clip(0.5 * (low - high) / np.where(curved, bend, 1.0), -0.5, 0.5), 0.0)


def cheapest_path(cost: FloatArray, move: FloatArray) -> IndexArray:
    """States (N,) of least total cost through N looks at K states (Viterbi).

    `cost` (N, K) of each state; `move` (K, K) from state to state, or (N - 1, K, K) when it differs by look.
    """
    states = np.arange(cost.shape[1])
    # From each state in a row, for rows are searched twice as fast as columns.
    rows = np.ascontiguousarray(np.swapaxes(move, -1, -2))
    steps = np.broadcast_to(rows, (len(cost) - 1, len(states), len(states)))
    total, back = cost[0].copy(), np.zeros(cost.shape, dtype=np.intp)
    for i in range(1, len(cost)):
        reach = steps[i - 1] + total
        back[i] = reach.argmin(axis=1)
        total = reach[states, back[i]] + cost[i]
    path = np.zeros(len(cost), dtype=np.intp)
    path[-1] = int(total.argmin())
    for i in range(len(cost) - 1, 0, -1):
        path[i - 1] = back[i, path[i]]
    return path


def with_knee_turned(points_xy_px: FloatArray, turn_deg: float | FloatArray, forward: int) -> FloatArray:
    """Points (..., 5, 2) with the knee moved across the shank until its line leans `turn_deg` further."""
    out = np.array(points_xy_px, dtype=np.float64)
    along = out[..., LegPoint.KNEE, :] - out[..., LegPoint.ANKLE, :]
    across = np.stack([-along[..., 1], along[..., 0]], axis=-1) * forward
    out[..., LegPoint.KNEE, :] += np.tan(np.radians(turn_deg))[..., None] * across
    return out


def stands(time_s: FloatArray, step: FloatArray) -> list[BoolArray]:
    """(T,) each: the stretches over which a foot stood on one spot, in time order.

    `step` (T, 2) where its forefoot lies in the room, shank lengths, NaN where unknown; the way from spot to
    spot belongs to the nearer one. All of the time where too little is known.
    """
    known = np.flatnonzero(np.isfinite(step[:, 0]))
    t, at = time_s[known], step[known]
    way = np.zeros(len(known))
    for i in range(1, len(known)):
        first, end = np.searchsorted(t, t[i - 1] - STAND_S, side="right"), np.searchsorted(t, t[i] + STAND_S)
        way[i] = float(np.hypot(*(np.median(at[i:end], axis=0) - np.median(at[first:i], axis=0))))
    cuts: list[float] = []
    for i in np.argsort(-way):
        if way[i] > STEP_OF_SHANK and all(abs(t[i] - cut) > STAND_S for cut in cuts):
            cuts.append(float(t[i]))
    edges = [-np.inf, *sorted(cuts), np.inf]
    return [(time_s >= a) & (time_s < b) for a, b in pairwise(edges)]
