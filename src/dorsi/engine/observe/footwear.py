"""Bare foot or shoe: is the foot of the colour of the person's own skin?

Colours are compared as log ratios, which light changes little: a bare foot lies near the hands and face of
the same picture, shoes mostly near grey or anywhere, and the rim of a sole has a colour of its own. A shoe
of the very colour of its wearer's skin, with a sole like it, passes.
Not here: what is said about shoes (`quality.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dorsi.engine.landmarks import LegPoint
from dorsi.types import FloatArray, Rgb

__all__ = ["SHOES_LIKELY", "look_at_footwear", "shoe_probability"]

COLOURLESS = 0.02
"""Hands or a face without more colour than this (log ratio) are in a black-and-white picture, which tells
nothing."""
SHOES_LIKELY = 0.8
"""Probability from which a foot is called shod."""
ALONG_FOOT = (0.3, 0.45, 0.6, 0.75, 0.85)
"""Places on the way from heel landmark to toe landmark, which lie inside the foot."""
NOSE, MOUTH, HANDS = 0, (9, 10), ((15, 19), (16, 20))
"""BlazePose: cheeks lie between nose and mouth corners, backs of the hands between wrist and index."""
SAME_SKIN_SD = 0.10
"""Log ratio by which a bare foot differs from hand or face: 0-0.06 in even light, 0.2 in its own shadow."""
SKIN, SKIN_SD = np.array([0.22, 0.15]), np.array([0.13, 0.10])
"""log R/G and log G/B of human skin of all shades in sRGB, mean and sd; red over green over blue."""
GREY_SD, ANY_SD = 0.07, 0.30
"""Half of all shoes are black, grey or white, the rest of any colour."""
BLUER, BLUER_SD = 0.03, 0.04
"""Skin is never bluer than green by more than a cast."""
RIM = np.linspace(0.0, 0.26, 27)
"""Depths below the landmarks, in feet, between which the lower edge of foot or sole lies."""
FOOT_DARKER, FLOOR_DARKER = 0.25, 0.15
"""A rim is at most this much darker (log) than the foot, and at least this much lighter than the floor: what
is darker may be the foot's shadow, and a floor as light as the foot shows no rim."""
RIM_APART, RIM_SCALE, RIM_MOST = 0.09, 0.015, 4.0
"""Log ratio by which the rim of a sole differs from the foot above it, how sharply that is judged, and the
most it may weigh: 0.07 at most on 51 bare rendered feet, 0.10 and more on 25 of 27 shoes."""
DARK = 6.0
"""Grey levels added before ratios are taken, so that black does not count as a colour."""


def look_at_footwear(rgb: Rgb, person_xy_px: FloatArray, points_xy_px: FloatArray) -> FloatArray:
    """(4, 2) log R/G and log G/B of foot, hands, face and the foot's lower rim in one frame; NaN where it is
    out of the picture or, of a rim, cannot be told from the floor.

    `person_xy_px` (33, 2) all landmarks, `points_xy_px` (5, 2) the leg's in `LegPoint` order.
    """
    heel, toe = points_xy_px[LegPoint.HEEL], points_xy_px[LegPoint.TOE]
    if not np.isfinite(points_xy_px).all():
        return np.full((4, 2), np.nan)
    radius = max(1, int(np.hypot(*(toe - heel)) / 40))
    face = [person_xy_px[NOSE], *((person_xy_px[NOSE] + person_xy_px[k]) / 2 for k in MOUTH)]
    hands = [(person_xy_px[a] + person_xy_px[b]) / 2 for a, b in HANDS]
    places = [[heel + part * (toe - heel) for part in ALONG_FOOT], hands, face]
    colours = [_colour(rgb, each, radius) for each in places]
    return np.stack([*colours, _rim(rgb, heel, toe, radius)])


def shoe_probability(looks: Sequence[FloatArray]) -> float:
    """Probability 0..1 that the foot wears a shoe or sock, from looks (4, 2); NaN when it was never seen,
    or in black and white."""
    seen = np.stack(looks) if len(looks) else np.full((1, 4, 2), np.nan)
    if not np.isfinite(seen[:, 0]).any():
        return float("nan")
    foot, *skins, rim = (_middle(seen[:, k]) for k in range(4))
    if any(np.abs(skin).max() < COLOURLESS for skin in skins):
        return float("nan")
    # NaN is within no range.
    known = [skin for skin in skins if (np.abs(skin - SKIN) < 3 * SKIN_SD).all()]
    any_skin = _log_normal(foot - SKIN, SKIN_SD)
    own = max((_log_normal(foot - skin, SAME_SKIN_SD) for skin in known), default=any_skin)
    own -= 0.5 * (max(0.0, BLUER - float(foot[1])) / BLUER_SD) ** 2
    shoe = np.logaddexp(_log_normal(foot, GREY_SD), _log_normal(foot, ANY_SD)) - np.log(2)
    if np.isfinite(rim).all():
        apart = (float(np.hypot(*(rim - foot))) - RIM_APART) / RIM_SCALE
        shoe += np.clip(apart, 0.0, RIM_MOST)
    return float(1 / (1 + np.exp(np.clip(own - shoe, -50, 50))))


def _middle(colours: FloatArray) -> FloatArray:
    known = colours[np.isfinite(colours).all(axis=1)]
    return np.median(known, axis=0) if len(known) else np.full(2, np.nan)


def _log_normal(off: FloatArray, sd: FloatArray | float) -> float:
    """Log density of a two-dimensional Gaussian, but for a constant."""
    spread = np.broadcast_to(sd, 2)
    return float(-0.5 * np.sum((off / spread) ** 2) - np.sum(np.log(spread)))


def _colour(rgb: Rgb, places: Sequence[FloatArray], radius: int) -> FloatArray:
    patches = [
        rgb[y - radius : y + radius + 1, x - radius : x + radius + 1].reshape(-1, 3)
        for x, y in _spots(rgb, places, radius)
    ]
    return _ratios(np.median(np.concatenate(patches), axis=0)) if patches else np.full(2, np.nan)


def _spots(rgb: Rgb, places: Sequence[FloatArray], radius: int) -> list[tuple[int, int]]:
    """Whole px of those places that lie at least `radius` inside the picture."""
    height, width = rgb.shape[:2]
    spots = [(round(float(x)), round(float(y))) for x, y in places if np.isfinite((x, y)).all()]
    return [(x, y) for x, y in spots if radius <= x < width - radius and radius <= y < height - radius]


def _ratios(rgb: FloatArray) -> FloatArray:
    """(..., 2) log R/G and log G/B of colours (..., 3)."""
    light = np.log(rgb + DARK)
    return np.asarray(light[..., :2] - light[..., 1:])


def _rim(rgb: Rgb, heel: FloatArray, toe: FloatArray, radius: int) -> FloatArray:
    """(2,) the colour most unlike the foot's between its landmarks and the floor."""
    length = float(np.hypot(*(toe - heel)))
    profile = []
    for depth in RIM * length:
        places = [heel + part * (toe - heel) + (0.0, depth) for part in ALONG_FOOT[:4]]
        rows = _spots(rgb, places, radius)
        if len(rows) < len(places):
            return np.full(2, np.nan)
        profile.append(np.median([rgb[y, x - radius : x + radius + 1].mean(axis=0) for x, y in rows], axis=0))
    colours = np.array(profile)
    light = np.log(colours.mean(axis=1) + DARK)
    foot, floor = float(np.median(light[:4])), float(np.median(light[-3:]))
    ratios = _ratios(colours)
    near = (light > foot - FOOT_DARKER) & (light > floor + FLOOR_DARKER)
    if not near.any():
        return np.full(2, np.nan)
    apart = np.linalg.norm(ratios - np.median(ratios[:4], axis=0), axis=1)
    return np.asarray(ratios[int(np.argmax(np.where(near, apart, -1.0)))])
