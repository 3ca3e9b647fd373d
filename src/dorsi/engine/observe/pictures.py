"""Grey pictures, rigid motions (2, 3) of them, and colours in units of a surface's own variation.

Not here: how a motion is found (`registration.py`) and what it means.
"""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from dorsi.types import FloatArray, Rgb

__all__ = [
    "Affine", "Gray", "about", "gray", "moved", "pulled_back", "rotation", "turn_deg", "whitening",
]  # fmt: skip

Gray = npt.NDArray[np.uint8]
Affine = npt.NDArray[np.float64]
Picture = TypeVar("Picture", npt.NDArray[np.uint8], npt.NDArray[np.float32])

COLOUR_FLOOR = 3.0
"""Grey levels that compression and noise leave on a surface of one colour, 1 sd."""


def gray(rgb: Rgb, scale: float = 1.0) -> Gray:
    """The picture in grey, reduced by `scale` when that is below 1."""
    if scale < 1:
        rgb = np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)


def pulled_back(picture: Picture, motion: Affine, shape: tuple[int, ...]) -> Picture:
    """What a motion has moved, put back where it came from, in a picture of this shape (H, W, …)."""
    back = cv2.warpAffine(
        picture, motion, shape[1::-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return np.asarray(back, picture.dtype)


def moved(motion: Affine, xy: FloatArray) -> FloatArray:
    """Points (..., 2) px after a motion."""
    return np.asarray(xy @ motion[:, :2].T + motion[:, 2])


def rotation(turn_rad: float) -> FloatArray:
    """(2, 2), positive clockwise in the picture."""
    c, s = np.cos(turn_rad), np.sin(turn_rad)
    return np.array([[c, -s], [s, c]])


def about(turn: FloatArray, point: FloatArray, to: FloatArray) -> Affine:
    """The motion that turns by a rotation (2, 2) and takes `point` to `to`, (2,) px each."""
    return np.hstack([turn, (to - turn @ point)[:, None]])


def turn_deg(motion: Affine) -> float:
    """How far a motion turns, deg, positive clockwise in the picture."""
    return float(np.degrees(np.arctan2(motion[1, 0], motion[0, 0])))


def whitening(colours: FloatArray) -> FloatArray:
    """(3, 3) that takes differences of colour to units of how much these colours (N, 3) vary."""
    spread = COLOUR_FLOOR**2 * np.eye(3)
    if len(colours) > 10:
        spread = spread + np.cov(colours.T)
    values, vectors = np.linalg.eigh(spread)
    return np.asarray(vectors / np.sqrt(values))
