"""Which way is up: camera roll from straight edges of the room, with a confidence.

Door frames, wall corners and furniture are upright; skirting boards and floor edges are level. Edges on
the person are left out. Not here: camera motion over time (`foot.py`).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from dorsi.types import FloatArray, Level

__all__ = ["UNKNOWN_ROLL_95_DEG", "YAW_GUESS_SD_DEG", "estimate_level", "find_segments"]

UNKNOWN_ROLL_95_DEG = 4.0
"""95 % half-width of the roll of a phone propped up by eye when the picture shows no evidence: phones
leant against things are off level by about 2 deg (1 sd)."""
WEAKEST_95_DEG = 5.5
"""Edges that say less than this are no evidence: with it the roll would still be open by over 3 deg."""
FOCAL_HALVES = 1.7
"""Focal length of phone main cameras in half long sides (26 mm equivalent: 1.45; video crops)."""
PITCH_SD_DEG = 10.0
YAW_GUESS_SD_DEG = 4.0
"""How far phones look up or down (from the floor up at a knee, from a table down: 10-15 deg at 2-3 m), and
the error of the yaw guess, 1 sd: they set the fans of edges."""
MOST_ROLL_DEG = 8.0
"""A phone propped up or held is not more tilted than this unless on purpose."""
LONG_SIDE_PX = 800
MOST_TILT_DEG = 12.0
"""Edges farther from upright or level than this are something else."""
SHORTEST = 0.04
"""Shortest edge used, as a fraction of the picture's long side."""
MASK_STEP_PX = 4
BONES = (
    (11, 12), (23, 24), (11, 23), (12, 24), (11, 13), (13, 15), (15, 19), (12, 14), (14, 16), (16, 20),
    (23, 25), (25, 27), (27, 31), (29, 31), (24, 26), (26, 28), (28, 32), (30, 32), (0, 7), (0, 8),
)  # fmt: skip
"""Pairs of BlazePose landmarks between which there is body."""
MINIMUM_95_DEG = 0.6
"""Straight things in homes are themselves upright to about 0.3 deg (1 sd)."""


def find_segments(rgb: npt.NDArray[np.uint8], person_xy_px: FloatArray) -> FloatArray:
    """(N, 4) straight edges x0, y0, x1, y1 in px of the full picture, away from the person.

    `person_xy_px` (K, 2) landmarks of this frame, NaN when nobody was found.
    """
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


def _body_mask(xy_px: FloatArray, width_px: int, height_px: int) -> npt.NDArray[np.uint8]:
    """Where the person is, one cell per `MASK_STEP_PX`: trunk filled, limbs and head as thick strokes."""
    mask = np.zeros((height_px // MASK_STEP_PX + 1, width_px // MASK_STEP_PX + 1), np.uint8)
    p = np.round(xy_px / MASK_STEP_PX).astype(int)
    trunk_px = float(np.linalg.norm((xy_px[11] + xy_px[12] - xy_px[23] - xy_px[24]) / 2))
    thick = max(2, round(0.35 * trunk_px / MASK_STEP_PX))
    cv2.fillConvexPoly(mask, cv2.convexHull(p[[11, 12, 24, 23]].astype(np.int32)), (255,))
    for a, b in BONES:
        cv2.line(mask, tuple(map(int, p[a])), tuple(map(int, p[b])), (255,), thick)
    return mask


def estimate_level(segments: FloatArray, width_px: int, height_px: int, yaw_deg: float) -> Level:
    """Roll from edges (N, 4) gathered over some frames, upright and level ones together.

    `yaw_deg` is a guess of how far the view is from a true side view: it says how much level edges
    may lean by perspective.
    """
    dx, dy = segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]
    length = np.hypot(dx, dy) / max(width_px, height_px)
    centre = (segments[:, :2] + segments[:, 2:]) / 2
    up = np.sign(-dy)
    upright_deg = np.degrees(np.arctan2(dx * up, np.abs(dy)))
    level_deg = np.degrees(np.arctan2(dy * np.sign(dx), np.abs(dx)))
    half = max(width_px, height_px) / 2
    # A camera that looks down or up makes uprights fan out across the picture; yaw does the same to
    # level lines with height. Both fans are zero on the axis through the middle.
    vertical = np.abs(upright_deg) < MOST_TILT_DEG
    horizontal = np.abs(level_deg) < MOST_TILT_DEG
    yaw_sd = float(np.hypot(yaw_deg, YAW_GUESS_SD_DEG))
    horizon_sd = FOCAL_HALVES * float(np.tan(np.radians(PITCH_SD_DEG)))
    guesses = [
        _fan(
            upright_deg[vertical],
            (centre[vertical, 0] - width_px / 2) / half,
            length[vertical],
            _fan_deg(PITCH_SD_DEG),
            0.02,
        ),
        _fan(
            level_deg[horizontal],
            (centre[horizontal, 1] - height_px / 2) / half,
            length[horizontal],
            _fan_deg(yaw_sd),
            horizon_sd,
        ),
    ]
    known = [(roll, half_width) for roll, half_width in guesses if np.isfinite(roll)]
    if not known:
        return Level(float("nan"), UNKNOWN_ROLL_95_DEG, "none")
    names = [n for n, g in zip(("uprights", "level edges"), guesses, strict=True) if np.isfinite(g[0])]
    weight = np.array([1 / h**2 for _, h in known])
    roll = float(np.average([r for r, _ in known], weights=weight))
    spread = max((abs(r - roll) for r, _ in known), default=0.0) if len(known) > 1 else 0.0
    half_width = float(np.hypot(weight.sum() ** -0.5, spread))
    # A phone stood up by eye is itself evidence: weak edges must not claim a tilt that nobody would leave.
    trust = 1 / (1 + (half_width / UNKNOWN_ROLL_95_DEG) ** 2)
    return Level(trust * roll, half_width * trust**0.5, " and ".join(names))


def _fan_deg(angle_deg: float) -> float:
    """Growth of tilt per half picture of edges seen under `angle_deg` of pitch or yaw."""
    return float(np.degrees(np.tan(np.radians(angle_deg)) / FOCAL_HALVES))


def _fan(
    tilt_deg: FloatArray, place: FloatArray, length: FloatArray, fan_deg: float, axis_unknown: float
) -> tuple[float, float]:
    """Tilt at place 0 of edges whose tilt grows with place, and its 95 % half-width, deg.

    `place` in half pictures from the middle; `fan_deg` expected growth per half picture (1 sd);
    `axis_unknown` how far (1 sd) the true zero of the fan lies from the middle: camera pitch moves the
    horizon, the principal point moves little. NaN when the edges do not tell.
    """
    if length.sum() < 0.2 or len(length) < 2:
        return float("nan"), float("nan")
    columns = np.stack([np.ones_like(place), place], axis=1)
    weight = np.array(length, dtype=np.float64)
    fit, noise = np.zeros(2), 1.0
    normal = np.eye(2)
    for _ in range(15):
        # A whole picture's length of edge counts as one look, for the frames show the same edges again;
        # the fan is known beforehand only as far as people aim their phones, so edges bunched off the
        # axis leave the roll open.
        normal = columns.T @ (columns * weight[:, None]) + np.diag([1e-6, (noise / fan_deg) ** 2])
        fit[:] = np.linalg.solve(normal, columns.T @ (weight * tilt_deg))
        residual = tilt_deg - columns @ fit
        noise = max(0.4, 1.4826 * float(np.median(np.abs(residual))))
        weight[:] = length / (1 + (residual / (2 * noise)) ** 2) ** 2
    if weight.sum() < 0.3 * length.sum() or weight.sum() < 0.15:
        return float("nan"), float("nan")
    covariance = noise**2 * np.linalg.inv(normal)
    # The fan's second moment times how far its zero may lie from the middle.
    axis = (fit[1] ** 2 + covariance[1, 1]) * axis_unknown**2
    half_width = float(np.hypot(MINIMUM_95_DEG, 1.96 * np.sqrt(covariance[0, 0] + axis)))
    if half_width > WEAKEST_95_DEG or abs(fit[0]) > MOST_ROLL_DEG:
        return float("nan"), float("nan")
    return float(fit[0]), half_width
