"""Registration: how far a still part of the scene has moved in the picture since a reference picture.

Direct and robust: intensities after local contrast normalisation, iteratively reweighted least squares
over a small pyramid. Faint walls count as much as bold edges, and shadows or people that cover a part lose
their weight. Not here: what is still (`foot.py` says so) and which motion is believed.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from dorsi.engine.observe.pictures import Affine, Gray, about, moved, rotation
from dorsi.types import BoolArray, FloatArray

__all__ = ["Motion", "Registration", "normalised"]

CONTRAST_PX = 8.0
"""Radius over which contrast is made equal: wider than an edge, narrower than a foot."""
NOISE_LUMA = 3.0
"""Contrast below this (grey levels, 1 sd) is compression noise and is not amplified."""
PYRAMID_BLUR_PX = (5.0, 2.0, 0.0)
"""Coarse to fine: motions up to about twice the first blur are caught."""
PIXELS, LEAST_PIXELS = 5000, 50
"""Pixels compared, and how few are too little to be found again."""
STRONGEST = 0.4
"""Of all pixels the share with the steepest gradients is drawn from: flat ones say nothing."""
FLAT = 1e-3
"""Slope (contrasts per px) or spread (contrasts) below which pixels are blank but for rounding."""
STEPS = 12
STILL_PX = 0.01
TUKEY = 4.685
"""Tukey's biweight at 95 % efficiency."""


@dataclass(frozen=True, slots=True)
class Motion:
    """`affine` (2, 3) takes reference px to px now; `quality` is the correlation there (-1..1)."""

    affine: Affine
    quality: float


def normalised(gray: Gray, radius_px: float = CONTRAST_PX) -> npt.NDArray[np.float32]:
    """Picture with its local mean taken off and local contrast made equal, within -2..2."""
    g = gray.astype(np.float32)
    side = 2 * round(1.5 * radius_px) + 1  # a box with about the spread of a Gaussian, at a tenth of its cost
    mean = cv2.blur(g, (side, side))
    variance = cv2.blur((g - mean) ** 2, (side, side))
    fine = cv2.GaussianBlur(g, (0, 0), 0.8) - mean
    return np.asarray(np.clip(fine / np.sqrt(variance + NOISE_LUMA**2), -2, 2), np.float32)


class Registration:
    """The masked part of one reference picture, to be found again in later ones."""

    def __init__(self, reference: Gray, mask: Gray) -> None:
        """`mask` is non-zero where the scene is still."""
        self._centre = np.array(reference.shape[::-1]) / 2
        self._levels: list[tuple[float, FloatArray, FloatArray, FloatArray]] = []
        picture = normalised(reference)
        inner = cv2.erode(mask, np.ones((5, 5), np.uint8))
        inner[:3] = inner[-3:] = 0
        inner[:, :3] = inner[:, -3:] = 0
        random = np.random.default_rng(7)  # the same clip gives the same report
        for blur_px in PYRAMID_BLUR_PX:
            level = _blurred(picture, blur_px)
            across = cv2.Scharr(level, cv2.CV_32F, 1, 0) / 32
            down = cv2.Scharr(level, cv2.CV_32F, 0, 1) / 32
            steep = np.where(inner.ravel() > 0, np.hypot(across, down).ravel(), 0)
            candidates = np.argsort(steep)[::-1][: int(STRONGEST * np.count_nonzero(steep > FLAT))]
            pick = random.permutation(candidates)[:PIXELS]
            y, x = np.unravel_index(pick, picture.shape)
            at = np.stack([x, y], axis=1).astype(np.float64)
            here, gx, gy = (each[y, x].astype(np.float64) for each in (level, across, down))
            arm = at - self._centre
            slope = np.stack([gx, gy, gy * arm[:, 0] - gx * arm[:, 1]], axis=1)
            self._levels.append((blur_px, at, here, slope))

    def find(self, gray: Gray, start: Affine | None = None, *, turns: bool = True) -> Motion:
        """Where the part is in `gray`, searched from `start` (a rigid motion; default: where it was).

        Without `turns` only the shift is searched.
        """
        if len(self._levels[-1][1]) < LEAST_PIXELS:
            return Motion(np.eye(2, 3), -1.0)
        size = 3 if turns else 2
        motion = np.zeros(size)
        if start is not None:
            motion[:2] = moved(start, self._centre) - self._centre
            if turns:
                motion[2] = np.arctan2(start[1, 0], start[0, 0])
        picture = normalised(gray)
        residual, ok = np.empty(0), np.empty(0, dtype=np.bool_)
        wanted = self._levels[-1][2]
        for blur_px, at, wanted, slopes in self._levels:
            slope = slopes[:, :size]
            level = _blurred(picture, blur_px)
            for _ in range(STEPS):
                residual, ok = _residual(level, self._affine(motion), at, wanted)
                if ok.mean() < 0.3:
                    return Motion(np.eye(2, 3), -1.0)
                spread = max(0.03, 1.4826 * float(np.median(np.abs(residual[ok]))))
                weight = np.clip(1 - (residual / (TUKEY * spread)) ** 2, 0, None) ** 2 * ok
                pull = slope * weight[:, None]
                normal = pull.T @ slope + 1e-6 * len(at) * np.eye(size)
                step = np.linalg.solve(normal, -pull.T @ residual)
                motion += step
                if np.abs(step[:2]).max() < STILL_PX and abs(step[2:].sum()) < 1e-4:
                    break
        here, there = wanted[ok], wanted[ok] + residual[ok]
        if min(here.std(), there.std()) < FLAT:  # all alike, such as a burnt-in bar: nothing to recognise
            return Motion(np.eye(2, 3), -1.0)
        return Motion(self._affine(motion), float(np.corrcoef(here, there)[0, 1]))

    def _affine(self, motion: FloatArray) -> Affine:
        turn = rotation(float(motion[2]) if len(motion) == 3 else 0.0)
        return about(turn, self._centre, self._centre + motion[:2])


def _blurred(picture: npt.NDArray[np.float32], blur_px: float) -> npt.NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), blur_px), np.float32) if blur_px else picture


def _residual(
    level: npt.NDArray[np.float32], affine: Affine, at: FloatArray, wanted: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """Difference (N,) at the moved points, 0 outside the picture, and which lie inside."""
    x, y = moved(affine, at).astype(np.float32).T
    outside = (float("nan"),)
    seen = cv2.remap(level, x[None], y[None], cv2.INTER_LINEAR, None, cv2.BORDER_CONSTANT, outside)[0]
    ok = np.isfinite(seen)
    return np.where(ok, seen - wanted, 0.0), ok
