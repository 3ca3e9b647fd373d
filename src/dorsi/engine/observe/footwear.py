"""Bare foot or shoe: is the foot of the colour of the leg's own skin, and as smooth?

Colours are compared as log ratios, which light changes little. The skin of the same leg just above the foot
is the best measure: the same light, the same distance. Hands and face stand in where cloth hides it. What the
skin's colour is, is not known but weighed: every colour that skin may have in this light, by how well it
explains what is seen. A shoe is of another colour, or patched, or ends in a collar. A plain shoe of the very
colour of its wearer's skin passes.
Not here: what is said about shoes (`quality.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeVar

import numpy as np

from dorsi.engine.landmarks import LegPoint
from dorsi.types import FloatArray, Rgb

__all__ = ["SHOES_LIKELY", "look_at_footwear", "shoe_probability"]

Likelihood = TypeVar("Likelihood", float, FloatArray)

SHOES_LIKELY = 0.6
"""Probability from which a foot is called shod: a wrong word and a missing one count alike, and a toss-up is
no word."""
ALONG_FOOT, UP_FOOT = np.arange(0.25, 0.86, 0.1), (0.0, 0.2, 0.4)
"""Places on the way from heel landmark to toe landmark, and from there up to the ankle, inside the foot."""
ALONG_SHIN, ALONG_ANKLE = np.arange(0.3, 0.51, 0.05), (0.1, 0.05, 0.0)
"""Heights of places on the shank, in shank lengths: above most socks, and where shoes and socks end."""
INSTEP = 0.33
"""The lowest place of the ankle, on the way to the middle of the foot."""
NOSE, MOUTH, HANDS = 0, (9, 10), ((15, 19), (16, 20))
"""BlazePose: cheeks lie between nose and mouth corners, backs of the hands between wrist and index."""
DARK = 6.0
"""Grey levels added before ratios are taken, so that black does not count as a colour."""
COLOURLESS = 0.02
"""Skin without more colour than this (log ratio) is in a black-and-white picture, which tells nothing."""

OWN_SKIN = np.stack(np.meshgrid(np.arange(0.02, 0.95, 0.03), np.arange(-0.1, 1.3, 0.04)), -1).reshape(-1, 2)
"""(K, 2) log R/G and log G/B that the skin of a leg may have in a picture."""
TONE, TONE_SD = np.array([0.28, 0.17]), 0.12
"""Mean and sd of those in a picture in which grey is grey."""
CAST, CAST_SD = np.array([0.3, 1.0]), 0.12
"""How lamps and cameras tint everything, from blue to yellow, and the sd of that in log G/B."""
BLUEST, BLUER_SD = 0.02, 0.04
"""Skin is never bluer than green by more than a cast."""
SAME = np.array([0.02, 0.03])
"""What noise and compression do to the middle colour of many places, 1 sd."""
FOOT_LOST, FOOT_LOST_SD = 0.12, np.array([0.15, 0.25])
"""Share of its colour that a bare foot lacks beside the shin, for it shines in light from above: 0.15-0.45 on
three real people, 0 on rendered ones."""
ANKLE_LOST, ANKLE_LOST_SD = 0.05, 0.12
SHIN_SD = 0.1
"""The same of the ankle, and how unlike itself a shin is."""
FAR, FAR_SD, FAR_SHOWN = np.array([0.12, 0.18]), 0.2, 0.7
"""Hands and face are lit otherwise, and seen in their places this often."""
BARE_SHIN = 0.6
"""How often a shin is bare."""
GREY_SD, ANY_SD = np.array([0.06, 0.08]), 0.30
"""Half of all shoes are black, grey or white in the light that gives skin its colour here, the rest of any
colour."""
CLOTH_GREY_SD, CLOTH_SD = 0.08, 0.45
"""The same of clothes, in any light."""
CLOTH_ALIKE = np.array([0.05, 0.07])
"""How alike cloth is on shin and ankle, where it hides both."""
MISTAKEN = 0.01
"""How often a place on a bare foot is on something else."""
COLLAR = 0.5
"""How often a shoe or sock reaches the ankle."""
SMOOTH, SMOOTH_SD, PATCHED, PATCHED_SD = 0.05, 0.6, 0.25, 0.8
"""Usual unevenness of skin and of what has a pattern, and sd of their logarithms."""
LEAST_UNEVEN = 0.02
"""What is more even than this is a rendered surface: noise alone makes as much."""
DAPPLED, PATTERN = 0.1, 0.5
"""How often light makes patches on skin, and how often shoes have some."""


def look_at_footwear(rgb: Rgb, person_xy_px: FloatArray, points_xy_px: FloatArray) -> FloatArray:
    """(5, 3) log R/G, log G/B and unevenness of foot, hands, face, shin and ankle in one frame; NaN where it
    is out of the picture. Unevenness is how far lightness (log) leaves the line between its neighbours.

    `person_xy_px` (33, 2) all landmarks, `points_xy_px` (5, 2) the leg's in `LegPoint` order.
    """
    if not np.isfinite(points_xy_px).all():
        return np.full((5, 3), np.nan)
    _, knee, ankle, heel, toe = points_xy_px[list(LegPoint)]
    radius = max(1, int(np.hypot(*(toe - heel)) / 40))
    along = heel + ALONG_FOOT[:, None] * (toe - heel)
    up = (1 - ALONG_FOOT[:, None]) * (ankle - along[0])
    shin = ankle + np.array([*ALONG_SHIN, *ALONG_ANKLE])[:, None] * (knee - ankle)
    instep = ankle + INSTEP * ((heel + toe) / 2 - ankle)
    face = [person_xy_px[NOSE], *((person_xy_px[NOSE] + person_xy_px[k]) / 2 for k in MOUTH)]
    places = (
        np.stack([along + part * up for part in UP_FOOT]),
        np.array([(person_xy_px[a] + person_xy_px[b]) / 2 for a, b in HANDS]),
        np.array(face),
        shin[: len(ALONG_SHIN)],
        np.vstack([shin[len(ALONG_SHIN) :], instep]),
    )
    return np.stack([_surface(rgb, each, radius) for each in places])


def shoe_probability(looks: Sequence[FloatArray]) -> float:
    """Probability 0..1 that the foot wears a shoe or sock, from its looks; NaN when it was never seen, or in
    black and white. Looks (4, 2) of older evidence have no shin, no ankle and no unevenness."""
    foot, hands, face, shin, ankle = _clip_look(looks)
    skins = [each[:2] for each in (hands, face, shin) if np.isfinite(each[:2]).all()]
    black_and_white = bool(skins) and np.abs(skins).max() < COLOURLESS
    if not np.isfinite(foot[:2]).all() or black_and_white:
        return float("nan")
    weight, grey = _own_skin()
    for far in (hands[:2], face[:2]):
        if np.isfinite(far).all():
            hit = _normal(far - OWN_SKIN, np.hypot(FAR, FAR_SD * OWN_SKIN))
            weight = weight * _mixed(FAR_SHOWN, _cloth(far), hit)
    bare, shod = _zone(foot, grey, FOOT_LOST, FOOT_LOST_SD, 1.0)
    if np.isfinite([*shin[:2], *ankle[:2]]).all():
        skin = BARE_SHIN * _normal(shin[:2] - OWN_SKIN, np.hypot(SAME, SHIN_SD * OWN_SKIN))
        bare_ankle, shod_ankle = _zone(ankle, grey, ANKLE_LOST, ANKLE_LOST_SD, COLLAR)
        # Cloth on the shin, with a hem or none at the ankle, tells nothing of the foot.
        alike = _normal(ankle[:2] - shin[:2], CLOTH_ALIKE)
        covered = (1 - BARE_SHIN) * _cloth(shin[:2]) * _mixed(0.5, alike, _cloth(ankle[:2]))
        covered *= _unevenness(ankle[2])[1]
        bare, shod = bare * (covered + skin * bare_ankle), shod * (covered + skin * shod_ankle)
    return float(weight @ shod / (weight @ (shod + bare)))


def _clip_look(looks: Sequence[FloatArray]) -> FloatArray:
    """(5, 3) the middle of the looks of a clip, NaN where nothing was seen."""
    seen = np.full((max(1, len(looks)), 5, 3), np.nan)
    if len(looks):
        given = np.stack(looks)
        rows, columns = (5, 3) if given.shape[1:] == (5, 3) else (3, 2)
        seen[:, :rows, :columns] = given[:, :rows, :columns]
    return np.array([_middle(seen[:, row]) for row in range(5)])


@cache
def _own_skin() -> tuple[FloatArray, FloatArray]:
    """(K,) how likely each colour of `OWN_SKIN` is before anything is seen, and (K, 2) the colour of grey
    beside it: a colour is tone and cast, both Gaussian, so the cast to be expected follows from it."""
    off = OWN_SKIN - TONE
    along = off @ CAST
    cast = along / ((TONE_SD / CAST_SD) ** 2 + CAST @ CAST)
    bluer = np.minimum(0.0, OWN_SKIN[:, 1] - BLUEST) / BLUER_SD
    unusual = ((off**2).sum(axis=1) - cast * along) / TONE_SD**2
    return np.exp(-0.5 * (unusual + bluer**2)), np.outer(cast, CAST)


def _zone(
    seen: FloatArray, grey: FloatArray, lost: float, lost_sd: FloatArray | float, covered: float
) -> tuple[FloatArray, FloatArray]:
    """(K,) likelihoods of a part of the foot (3,) for each colour of the own skin, bare and shod; a shoe
    covers the part this often."""
    usual = OWN_SKIN - lost * (OWN_SKIN - grey)
    own = _normal(seen[:2] - usual, np.hypot(SAME, lost_sd * OWN_SKIN))
    other = _mixed(0.5, _normal(seen[:2] - grey, GREY_SD), _normal(seen[:2] - grey, ANY_SD))
    smooth, patched = _unevenness(seen[2])
    return _mixed(MISTAKEN, own, other) * smooth, _mixed(covered, own, other) * patched


def _unevenness(seen: float) -> tuple[float, float]:
    """Likelihood of an unevenness of bare skin and of a shoe."""
    if not np.isfinite(seen):
        return 1.0, 1.0
    off = np.log(max(seen, LEAST_UNEVEN) / np.array([SMOOTH, PATCHED]))
    spread = np.array([SMOOTH_SD, PATCHED_SD])
    even, patched = np.exp(-0.5 * (off / spread) ** 2) / spread
    return _mixed(DAPPLED, even, patched), _mixed(PATTERN, even, patched)


def _cloth(seen: FloatArray) -> FloatArray:
    """Likelihood of a colour (2,) for clothes."""
    return _mixed(0.5, _normal(seen, CLOTH_GREY_SD), _normal(seen, CLOTH_SD))


def _mixed(share: float, one: Likelihood, other: Likelihood) -> Likelihood:
    return (1 - share) * one + share * other


def _normal(off: FloatArray, sd: FloatArray | float) -> FloatArray:
    """Density of a two-dimensional Gaussian (..., 2), but for a constant."""
    spread = np.broadcast_to(sd, off.shape)
    return np.asarray(np.exp(-0.5 * ((off / spread) ** 2).sum(axis=-1)) / spread.prod(axis=-1))


def _middle(rows: FloatArray) -> FloatArray:
    """Median of each column, NaN left out."""
    return np.array([np.median(c[np.isfinite(c)]) if np.isfinite(c).any() else np.nan for c in rows.T])


def _surface(rgb: Rgb, places_px: FloatArray, radius: int) -> FloatArray:
    """(3,) log R/G, log G/B and unevenness of small squares about places (..., N, 2), N in a row."""
    height, width = rgb.shape[:2]
    least, most = radius, np.array([width, height]) - radius - 1
    inside = np.asarray(((places_px >= least) & (places_px < most)).all(axis=-1))
    if not inside.any():
        return np.full(3, np.nan)
    whole = np.round(np.where(inside[..., None], places_px, radius)).astype(int)[..., None, None, :]
    reach = np.arange(-radius, radius + 1)
    squares = rgb[whole[..., 1] + reach[:, None], whole[..., 0] + reach]
    colours = np.where(inside[..., None], squares.mean(axis=(-3, -2)), np.nan)
    uneven = np.abs(np.diff(np.log(colours.mean(axis=-1) + DARK), 2, axis=-1)).reshape(-1, 1)
    light = np.log(_middle(colours.reshape(-1, 3)) + DARK)
    return np.append(light[:2] - light[1:], _middle(uneven))
