"""The toes' upper edge as one skyline that turns about the joint, its shape shared by all looks of the clip.

Not here: which turn is believed (`track.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from dorsi.engine.geometry import between_steps, cheapest_path, evenly
from dorsi.engine.landmarks import BALL
from dorsi.engine.observe.toe.looks import BEFORE, FOOT_PX
from dorsi.types import FloatArray, IndexArray

__all__ = ["Solved", "edge_strength", "placed", "straight_edge"]

PLACE_LOOKS = 20
"""Looks that settle where the joint is; all of them are then measured."""
RAYS = np.linspace(0.07, 0.25, 19) * FOOT_PX
"""Radii about the joint at which the skyline is read: past the knuckle, short of the round tip. The big toe
is 0.24-0.28 of the foot's length (0.28-0.33 of the way between the landmarks)."""
RAY_DEG = np.arange(-60.0, 131.0)
"""Directions along which it is searched, up from straight ahead."""
TURN_DEG = np.arange(-25, 86)
"""Turns tried. The first MTP joint extends by up to about 90 deg passively, 65 or less by itself."""
EDGE_STEP_PX = 2.0
STEP_PRICE, STEP_MOST, JUMP_DEG, JUMP_PRICE = 0.02, 15.0, 25.0, 0.5
"""Price of a degree from one ray to the next: toes are smooth, and a knuckle is no cliff."""
TURN_PRICE = 0.004
"""Price of a degree between two looks: a toe may rise in a third of a second."""
ROUNDS = 4
JOINT_AHEAD, JOINT_ASIDE = (-8, 0, 8, 16, 24, 32), (-10, 0, 10)
"""Places tried for the joint about the usual one, working px: landmarks stop up to a fifth of a foot short of
the toes, and the sole lies up to a tenth below them."""

_STEP = np.maximum(1, np.round(np.degrees(EDGE_STEP_PX / RAYS))).astype(int)[:, None]
_INSIDE = np.clip(np.arange(len(RAY_DEG)) - _STEP, 0, len(RAY_DEG) - 1)
_OUTSIDE = np.clip(np.arange(len(RAY_DEG)) + _STEP, 0, len(RAY_DEG) - 1)
_ROW = np.arange(len(RAYS))
_APART = np.abs(RAY_DEG[:, None] - RAY_DEG)
_MOVE = STEP_PRICE * np.minimum(_APART, STEP_MOST) + JUMP_PRICE * (_APART > JUMP_DEG)


@dataclass(frozen=True, slots=True)
class Solved:
    """`turn_deg` (N,) about one joint, on the scale of RAY_DEG; `rest_deg` of the resting toe; `shape` (R,)
    index into RAY_DEG of the skyline at turn 0."""

    turn_deg: FloatArray
    rest_deg: float
    shape: IndexArray
    gain: float


def placed(pictures: npt.NDArray[np.float32], sole_y: float) -> tuple[FloatArray, Solved]:
    """The joint (2,) in working px, and the turns about it."""
    some = pictures[evenly(np.arange(len(pictures)), PLACE_LOOKS)]
    usual = np.array([(BALL + 0.02 - BEFORE) * FOOT_PX, sole_y - 0.04 * FOOT_PX])

    def best_of(centre: FloatArray, ahead: Sequence[int], aside: Sequence[int]) -> FloatArray:
        places = [centre + np.array([dx, dy]) for dx in ahead for dy in aside]
        return max(places, key=lambda place: _solve(some, place).gain)

    hinge = best_of(usual, JOINT_AHEAD, JOINT_ASIDE)
    for step in (4, 2):
        hinge = best_of(hinge, (-step, 0, step), (-step, 0, step))
    return hinge, _solve(pictures, hinge)


def _rays(hinge: FloatArray) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """x and y (R, D) of the points on the rays."""
    angle = np.radians(RAY_DEG)
    x, y = hinge[0] + RAYS[:, None] * np.cos(angle), hinge[1] - RAYS[:, None] * np.sin(angle)
    return x.astype(np.float32), y.astype(np.float32)


def edge_strength(picture: npt.NDArray[np.float32], hinge: FloatArray) -> FloatArray:
    """(R, D) how much each point looks like an edge with foot below and something else above, 0..1."""
    rays = cv2.remap(picture, *_rays(hinge), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    inside, outside = rays[_ROW[:, None], _INSIDE], rays[_ROW[:, None], _OUTSIDE]
    contrast = np.linalg.norm(inside - outside, axis=-1)
    unlike = np.linalg.norm(inside, axis=-1)
    sharp = contrast / (contrast + 2.0) * np.exp(-0.5 * (unlike / (contrast + 1.5)) ** 2)
    return np.asarray(sharp * (np.linalg.norm(outside, axis=-1) > unlike), np.float64)


def _skyline(strength: FloatArray) -> IndexArray:
    """(R,) index into RAY_DEG of the strongest smooth edge."""
    return cheapest_path(-strength, _MOVE)


def _solve(pictures: npt.NDArray[np.float32], hinge: FloatArray) -> Solved:
    """One skyline that turns about `hinge`: its shape from all looks, its turn in each, in turns."""
    strength = np.stack([edge_strength(picture, hinge) for picture in pictures])
    blurred = np.stack([cv2.blur(each, (3, 1)) for each in strength])
    middle = np.array([np.median(RAY_DEG[_skyline(each)]) for each in strength])
    turn = np.clip(np.round(middle - np.percentile(middle, 15)), TURN_DEG[0], TURN_DEG[-1]).astype(int)
    price = TURN_PRICE * np.abs(TURN_DEG[:, None] - TURN_DEG)
    columns = np.arange(len(RAY_DEG))
    for _ in range(ROUNDS):
        at = columns[None] + turn[:, None]
        inside = (at >= 0) & (at < len(columns))
        pooled = np.take_along_axis(strength, np.clip(at, 0, len(columns) - 1)[:, None], axis=2)
        shape = _skyline((pooled * inside[:, None]).mean(axis=0))
        place = shape[:, None] + TURN_DEG
        known = (place >= 0) & (place < len(columns))
        score = (blurred[:, _ROW[:, None], np.clip(place, 0, len(columns) - 1)] * known).mean(axis=1)
        path = cheapest_path(-score, price)
        turn = TURN_DEG[path]
    fine = turn + between_steps(score, path)
    rest_deg = float(np.median(fine[fine <= np.percentile(fine, 30)]))
    still = int(np.clip(round(rest_deg) - TURN_DEG[0], 0, len(TURN_DEG) - 1))
    gain = float((score[np.arange(len(path)), path] - score[:, still]).mean())
    return Solved(fine, rest_deg, shape, gain)


def straight_edge(strength: FloatArray, usual: IndexArray, hinge: FloatArray) -> FloatArray:
    """(2, 2) ends of the straight line through the skyline near `usual`, working px, near end first."""
    near = np.abs(np.arange(len(RAY_DEG)) - usual[:, None]) <= 6
    path = _skyline(np.where(near, strength, -10.0))
    angle = np.radians(RAY_DEG[path] + between_steps(strength, path))
    points = hinge + RAYS[:, None] * np.stack([np.cos(angle), -np.sin(angle)], axis=1)
    weight = strength[_ROW, path] + 0.02
    keep = weight
    for _ in range(8):
        centre = np.average(points, axis=0, weights=keep)
        along = np.linalg.eigh(np.cov((points - centre).T, aweights=keep))[1][:, 1]
        along = along * np.sign(along @ (points[-1] - points[0]))
        off = (points - centre) @ np.array([-along[1], along[0]])
        keep = weight / (1 + off**2)
    reach = (points[[0, -1]] - centre) @ along
    return np.asarray(centre + reach[:, None] * along)
