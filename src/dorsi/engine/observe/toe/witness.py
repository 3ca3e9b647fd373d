"""Witnesses beside the skyline: the toe's own picture, turned back from the top and turned up from its rest.

Not here: the skyline itself (`skyline.py`) and what is made of agreement (`track.py`).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from dorsi.engine.observe.pictures import Affine, Gray, gray, rotation, turn_deg
from dorsi.engine.observe.registration import Motion, Registration
from dorsi.engine.observe.toe.looks import FOOT_PX
from dorsi.types import BoolArray, FloatArray, Rgb

__all__ = ["turned_back_deg", "turned_up_deg"]

STRIP = 0.10
"""Thickness of a big toe, in feet, that is turned back as one piece."""
ZOOM = 3
"""The pictures are enlarged by this before they are turned."""
LEAST_MATCH, LEAST_STEP_MATCH = 0.35, 0.3
"""Least correlation of a turn that is believed; wrong ones reach 0.3."""
MATCH_TURNS_DEG, MATCH_SHIFTS = (-8.0, 0.0, 8.0), (-0.2, -0.1, 0.0, 0.1, 0.2)
"""Starts about the one that lays edge on edge: turns, and shifts along the edge in parts of it."""


def turned_back_deg(
    rgb: Rgb, rest: BoolArray, top: BoolArray, rest_line: FloatArray, top_line: FloatArray
) -> float:
    """How far the picture of the lifted toe must turn to lie on the resting foot, deg; NaN if it never does.

    `rgb` (N, H, W, 3) looks, of which `rest` and `top` (N,) show the toe at rest and lifted; the lines (2, 2)
    along its upper edge there, working px.
    """
    resting, lifted = (_enlarged(np.median(rgb[at], axis=0)) for at in (rest, top))
    along = (top_line[1] - top_line[0]) / np.hypot(*(top_line[1] - top_line[0]))
    down = np.array([-along[1], along[0]])
    strip = np.concatenate([top_line - 3 * down, top_line[::-1] + STRIP * FOOT_PX * down])
    mask = np.zeros(lifted.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(strip * ZOOM).astype(np.int32)], (255,))
    toe = Registration(lifted, mask)
    best_quality, best_deg = LEAST_MATCH, float("nan")
    for start in _laid_on(top_line, rest_line):
        found = toe.find(resting, start)
        if found.quality > best_quality:
            best_quality, best_deg = found.quality, turn_deg(found.affine)
    return best_deg


def _laid_on(line: FloatArray, other: FloatArray) -> list[Affine]:
    """Motions (2, 3), in enlarged px, that lay one line (2, 2) on another, or nearly so."""
    ahead, onto = line[1] - line[0], other[1] - other[0]
    turn = np.arctan2(onto[1], onto[0]) - np.arctan2(ahead[1], ahead[0])
    out = []
    for more_deg in MATCH_TURNS_DEG:
        turned = rotation(turn + np.radians(more_deg))
        for along in MATCH_SHIFTS:
            centre = other.mean(axis=0) + along * onto
            out.append(np.hstack([turned, ZOOM * (centre - turned @ line.mean(axis=0))[:, None]]))
    return out


def turned_up_deg(
    rgb: Rgb, pictures: npt.NDArray[np.float32], outline_deg: FloatArray, rest: BoolArray, top: BoolArray,
    rest_line: FloatArray, hinge: FloatArray,
) -> float:  # fmt: skip
    """How far the picture of the resting toe turns up on the way to the top, deg; NaN when it is lost.

    For feet seen from the inner side, where nothing stands before the big toe. The looks are taken in the
    order of `outline_deg` (N,), the outline's turn, so that each step is small.
    """
    changed = np.linalg.norm(np.median(pictures[top], axis=0) - np.median(pictures[rest], axis=0), axis=-1)
    hot = (changed > max(4 * float(np.median(changed)), 1.5)).astype(np.uint8)
    opened = cv2.morphologyEx(hot, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    hot = np.asarray(cv2.dilate(opened, np.ones((5, 5), np.uint8)))
    y, x = np.mgrid[: hot.shape[0], : hot.shape[1]]
    slope = (rest_line[1, 1] - rest_line[0, 1]) / (rest_line[1, 0] - rest_line[0, 0])
    below = y > rest_line[0, 1] + slope * (x - rest_line[0, 0]) - 3
    # The toe and no more of the scene: its length ahead of the joint, about its thickness to either side.
    toe = (x > hinge[0] + 4) & (x < hinge[0] + 0.36 * FOOT_PX) & (np.abs(y - hinge[1]) < 0.25 * FOOT_PX)
    mask = np.repeat(np.repeat((hot * below * toe * 255).astype(np.uint8), ZOOM, axis=0), ZOOM, axis=1)
    resting = Registration(_enlarged(np.median(rgb[rest], axis=0)), mask)
    motion, last_deg, seen = np.eye(2, 3), 0.0, np.full(len(outline_deg), np.nan)
    for i in np.argsort(outline_deg):
        if rest[i]:
            continue
        found = _stepped(resting, _enlarged(rgb[i]), motion, hinge, float(outline_deg[i]) - last_deg)
        if found.quality > LEAST_STEP_MATCH:
            motion, last_deg = found.affine, float(outline_deg[i])
            seen[i] = -turn_deg(motion)
    return float(np.nanmedian(seen[top])) if np.isfinite(seen[top]).any() else float("nan")


def _stepped(
    resting: Registration, picture: Gray, motion: Affine, hinge: FloatArray, step_deg: float
) -> Motion:
    """The motion next to `motion`, searched from no, one and two further steps about the joint."""
    pivot = (float(hinge[0] * ZOOM), float(hinge[1] * ZOOM))
    found = []
    for steps in (0, 1, 2):
        more = np.asarray(cv2.getRotationMatrix2D(pivot, steps * step_deg, 1.0), np.float64)
        start = np.hstack([more[:, :2] @ motion[:, :2], (more[:, :2] @ motion[:, 2] + more[:, 2])[:, None]])
        found.append(resting.find(picture, start))
    return max(found, key=lambda each: each.quality)


def _enlarged(rgb: npt.NDArray[np.generic]) -> Gray:
    """Grey picture at ZOOM: a toe of 40 px has too few pixels of its own for a turn."""
    large = cv2.resize(rgb.astype(np.uint8), None, fx=ZOOM, fy=ZOOM, interpolation=cv2.INTER_CUBIC)
    return gray(np.asarray(large, np.uint8))
