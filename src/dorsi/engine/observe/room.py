"""Straight edges of the room in one frame: what tells which way is up.

Door frames, wall corners and furniture are upright; skirting boards and floor edges are level. Edges on the
person are left out. Not here: what the edges say of the camera (`conclude/camera.py`).
"""

from __future__ import annotations

import cv2
import numpy as np

from dorsi.engine.observe.bars import within
from dorsi.types import BoxPx, FloatArray, Rgb

__all__ = ["find_segments"]

LONG_SIDE_PX = 800
SHORTEST = 0.04
"""Shortest edge used, as a fraction of the picture's long side."""
MASK_STEP_PX = 4
OFF_BARS_PX = 4
"""Left out beside black bars, whose own edge is none of the room: half-sampled colour and blocks smear it."""
BONES = (
    (11, 12), (23, 24), (11, 23), (12, 24), (11, 13), (13, 15), (15, 19), (12, 14), (14, 16), (16, 20),
    (23, 25), (25, 27), (27, 31), (29, 31), (24, 26), (26, 28), (28, 32), (30, 32), (0, 7), (0, 8),
)  # fmt: skip
"""Pairs of BlazePose landmarks between which there is body."""


def find_segments(rgb: Rgb, person_xy_px: FloatArray, box_px: BoxPx | None = None) -> FloatArray:
    """(N, 4) straight edges x0, y0, x1, y1 in px of the full picture, away from the person.

    `person_xy_px` (K, 2) landmarks of this frame, NaN when nobody was found; `box_px` the picture within
    black bars.
    """
    if box_px is not None:
        left, top, right, bottom = within(rgb.shape, box_px, OFF_BARS_PX)
        inner = np.ascontiguousarray(rgb[top:bottom, left:right])
        return np.asarray(find_segments(inner, person_xy_px - (left, top)) + (left, top) * 2)
    height_px, width_px = rgb.shape[:2]
    scale = min(1.0, LONG_SIDE_PX / max(height_px, width_px))
    gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    if scale < 1:
        gray = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    gray = cv2.GaussianBlur(gray, (0, 0), 1.2)
    # The detector gives None, not an empty array, when there is no edge at all.
    found: object = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(gray)[0]
    if found is None:
        return np.empty((0, 4))
    lines = np.asarray(found, dtype=np.float64).reshape(-1, 4) / scale
    length = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
    lines = lines[length > SHORTEST * max(height_px, width_px)]
    if len(lines) and np.isfinite(person_xy_px).all():
        body = _body_mask(person_xy_px, width_px, height_px)
        along = np.linspace(0.05, 0.95, 9)[None, :, None]
        points = (lines[:, None, :2] * (1 - along) + lines[:, None, 2:] * along) / MASK_STEP_PX
        x = np.clip(points[..., 0].astype(int), 0, body.shape[1] - 1)
        y = np.clip(points[..., 1].astype(int), 0, body.shape[0] - 1)
        lines = lines[(body[y, x] > 0).mean(axis=1) < 0.4]
    return np.asarray(lines)


def _body_mask(xy_px: FloatArray, width_px: int, height_px: int) -> Rgb:
    """Where the person is, one cell per `MASK_STEP_PX`: trunk filled, limbs and head as thick strokes."""
    mask = np.zeros((height_px // MASK_STEP_PX + 1, width_px // MASK_STEP_PX + 1), np.uint8)
    p = np.round(xy_px / MASK_STEP_PX).astype(int)
    trunk_px = float(np.linalg.norm((xy_px[11] + xy_px[12] - xy_px[23] - xy_px[24]) / 2))
    thick = max(2, round(0.35 * trunk_px / MASK_STEP_PX))
    cv2.fillConvexPoly(mask, cv2.convexHull(p[[11, 12, 24, 23]].astype(np.int32)), (255,))
    for a, b in BONES:
        cv2.line(mask, tuple(map(int, p[a])), tuple(map(int, p[b])), (255,), thick)
    return mask
