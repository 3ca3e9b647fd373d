"""The outline of the shank in the picture: where the line from ankle to knee and the shin's crest lie.

Landmarks of a knee err by degrees across the shank, and by as much in every look; the front and back edge of
a leg are seen to a fraction of a pixel. `models/shank_outline.json` says how such edges lie about the line
between the joints on human bodies (one Gaussian over outline, knee bend and the turn from the line of the
landmarks to that of the joints), so the edges that are seen tell that turn and how sure it is.
Not here: landmarks (`leg.py`), curves over time (`signals.py`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from dorsi.engine.evidence import CLEAR, ShankLook
from dorsi.engine.geometry import between_steps, cheapest_path, evenly, tilt_deg, with_knee_turned
from dorsi.engine.landmarks import LegPoint
from dorsi.engine.observe.pictures import pulled_back, whitening
from dorsi.errors import ModelError
from dorsi.models import outline_model
from dorsi.types import FloatArray, LegTrack, Rgb

__all__ = ["frames_to_look_at", "look_at_shank"]

PATCH_SHANK_PX = 200
"""Length of the shank in the straightened picture: 1 px is 2 mm, 0.3 deg over the length of a shin."""
BOTTOM, TOP, BEHIND, AHEAD = -0.05, 1.05, -0.45, 0.45
"""The straightened picture about the line from ankle to knee, in shank lengths."""
ROWS = np.arange(0.05, 0.951, 0.02)
"""Heights at which the edges are sought."""
EDGE_SCALE_PX = 1.5
SIDE_STEP = 0.025
"""Just inside and just outside of an edge, in shank lengths."""
PLACE_SD = 0.05
"""How far the outline may lie from where bodies of the model have it (clothes, landmarks), shank lengths."""
EDGE_GAIN, PLACE_PRICE, PLACE_MOST, STEP_PRICE, STEP_MOST = 2.0, 0.1, 16.0, 0.08, 10.0
"""An edge is worth at most the first; being out of place or stepping sideways from row to row costs."""
EDGE_SD = 0.004
"""Error of a clear edge at one height, shank lengths: about a pixel of a phone picture."""
CLOTH_SD = 0.03
"""Thickness of cloth, shank lengths (about 12 mm), which moves both edges out."""
UNLIKE_SD, UNLIKE_RANGE = 0.014, 0.4
"""How real outlines depart from the model's, smoothly along the shank, 1 sd and range, shank lengths: a
slope of 2 deg. Crests of four real legs leant 4-9 deg more than the line, those of the model's bodies 4.0
+- 0.75."""
BLUNDER_SD = 0.2
"""Shift and tilt of an edge that is not seen at all: it is where it was expected, or another edge."""
OVERLAPPED_EDGE_TRUST = 0.05
"""What a back edge counts when another leg stands right behind: on seven rendered squats the shin was off by
-6.5 to -0.2 deg with it, by -2.6 to 0.0 without; on a real squat, by eye, by +4.3 and +3.1."""
MOST_REPEATS, SETTLED_DEG = 2, 1.5
"""How often a shank is straightened anew by the line found, and what is close enough."""
UNSETTLED_DEG, MOST_TURN_DEG = 4.0, 12.0
"""A line that will not settle, or lies this far from the landmarks', is no shank's: such a look is void."""
MOST_LOOKS = 24
CREST = (0.25, 0.67)
"""The part of the shank that is straight in front, where an inclinometer is laid: 30-70 % of the way from
ankle joint to knee joint, in landmark lengths, which begin about 6 % up and end 1-2 % beyond."""
CREST_ROWS = (CREST[0] <= ROWS) & (CREST[1] >= ROWS)
CREST_MID = 0.46
CREST_DEG, CREST_AHEAD = np.arange(-6.0, 18.1, 0.5), np.arange(0.0, 0.301, 0.005)
CREST_TANS = np.tan(np.radians(CREST_DEG))
CREST_TURN_DEG, BENT_DEG, CREST_TURN_SD_DEG = (3.0, 7.5), 90.0, 2.5
CREST_USUAL = (0.115, 0.03)
"""Where crests lie about the line of the landmarks, shank lengths at CREST_MID, and how much more they lean
with the knee straight and bent: 71 marked frames of 14 people (docs/method.md), whose sd about this is 2.5
deg and 0.027."""
CREST_GAIN = 60.0
"""What an edge that is clear all along is worth, in the units of a half squared standard deviation: one of
half the strength may lie 7 sd from where it is usual, and still outweighs none. On the marked frames 40 and
80 find the same lines."""
CREST_PLACE_SD = 0.015
"""How far the front edge may lie from its straight line, shank lengths: 6 mm of muscle, sock or cloth."""


def frames_to_look_at(leg: LegTrack, stride: int) -> list[int]:
    """Frames worth the outline: half of them where the shin is farthest forward, the rest evenly spread."""
    points = leg.xy_px
    tilt = tilt_deg(points[:, LegPoint.ANKLE], points[:, LegPoint.KNEE], leg.forward)
    known = np.arange(0, len(leg), stride)
    known = known[np.isfinite(tilt[known])]
    if not len(known):
        return []
    low, high = np.percentile(tilt[known], (2, 98))
    top = known[tilt[known] > high - 0.15 * (high - low)]
    return sorted({*evenly(top, MOST_LOOKS // 2), *evenly(known, MOST_LOOKS // 2)})


def look_at_shank(
    rgb: Rgb, points_xy_px: FloatArray, forward: int, index: int = 0, *, alone: bool = True
) -> ShankLook:
    """Edges of one shank in one frame; `points_xy_px` (5, 2) in `LegPoint` order.

    Not `alone`: the other leg stands right behind, as in a squat, and the back edge may be its own.
    Raises ModelError when the outline model is missing.
    """
    model = _model()
    points, turned_deg = points_xy_px, 0.0
    crest: _Line | None = None
    # The model leans towards the landmarks it is given: what it tells is put in and asked again.
    for repeats_left in range(MOST_REPEATS, -1, -1):
        found, crest = _one_look(rgb, points, forward, index, model, crest, alone=alone)
        whole_deg = turned_deg + found.turn_deg
        if not repeats_left or abs(found.turn_deg) <= SETTLED_DEG or abs(whole_deg) > MOST_TURN_DEG:
            break
        turned_deg, points = whole_deg, with_knee_turned(points, found.turn_deg, forward)
        crest = crest.seen_from(found.turn_deg)
    if abs(whole_deg) > MOST_TURN_DEG or abs(found.turn_deg) > UNSETTLED_DEG:
        usual_deg, usual_sd_deg = model.turn_before()
        return replace(found, turn_deg=usual_deg, sd_deg=usual_sd_deg, clarity=0.0)
    return replace(found, turn_deg=whole_deg, crest_turn_deg=turned_deg + found.crest_turn_deg)


def _one_look(
    rgb: Rgb, points_xy_px: FloatArray, forward: int, index: int, model: _OutlineModel, crest: _Line | None,
    *, alone: bool,
) -> tuple[ShankLook, _Line]:  # fmt: skip
    """What the shank shows about the line of these points, and the crest, sought unless it is given."""
    ankle, knee = points_xy_px[LegPoint.ANKLE], points_xy_px[LegPoint.KNEE]
    bend_deg = float(tilt_deg(ankle, knee, forward) - tilt_deg(knee, points_xy_px[LegPoint.HIP], forward))
    patch = _own_colours(_straightened(rgb, ankle, knee, forward))
    usual, spread = model.place(0)
    change, strength = _strength(patch, usual, 0)
    crest = crest or _crest_line(strength, bend_deg)
    front, front_seen = _edge(change, strength, *_about(crest, usual, spread), 0)
    usual, spread = model.place(1)
    back, back_seen = _edge(*_strength(patch, usual, 1), usual, np.hypot(spread, PLACE_SD), 1)
    edges, seen = np.stack([front, back]), np.stack([front_seen, back_seen])
    if not alone:
        seen[1] *= OVERLAPPED_EDGE_TRUST
    turn, sd = model.turn(edges, seen, float(np.radians(bend_deg)))
    low = (ROWS > 0.12) & (ROWS < 0.3)
    look = ShankLook(
        index=index, turn_deg=turn, sd_deg=sd, crest_turn_deg=_line_deg(front, front_seen),
        width=float(np.median((front - back)[low])), clarity=float(front_seen.mean()), edges=edges,
    )  # fmt: skip
    return look, crest


def _straightened(rgb: Rgb, ankle: FloatArray, knee: FloatArray, forward: int) -> npt.NDArray[np.float32]:
    """(H, W, 3): the shank upright with the knee on top, facing right, PATCH_SHANK_PX long."""
    length = float(np.hypot(*(knee - ankle)))
    along = (knee - ankle) / length
    ahead = np.array([-along[1], along[0]]) * forward
    px = length / PATCH_SHANK_PX
    corner = ankle + length * (BEHIND * ahead + TOP * along)
    affine = np.stack([px * ahead, -px * along, corner], axis=1)
    shape = (round((TOP - BOTTOM) * PATCH_SHANK_PX), round((AHEAD - BEHIND) * PATCH_SHANK_PX), 3)
    if px > 1.5:
        # Fewer pixels than the picture has: what is left out must not alias into edges.
        reach = round(1.2 * length)
        left, top = (np.maximum(0, np.minimum(ankle, knee) - reach)).astype(int)
        right, bottom = (np.maximum(ankle, knee) + reach).astype(int)
        rgb = rgb[top:bottom, left:right]
        if rgb.size:
            rgb = np.asarray(cv2.GaussianBlur(rgb, (0, 0), 0.5 * px), np.uint8)
        affine[:, 2] -= (left, top)
    return (pulled_back(rgb, affine, shape) if rgb.size else np.zeros(shape)).astype(np.float32)


def _own_colours(patch: npt.NDArray[np.float32]) -> FloatArray:
    """The picture in units of how much the shank's own colour varies: shading counts little, a change of
    surface much."""
    smooth = np.asarray(cv2.GaussianBlur(patch, (0, 0), 1.0), np.float64)
    rows = slice(round((TOP - 0.9) * PATCH_SHANK_PX), round((TOP - 0.15) * PATCH_SHANK_PX))
    inner = smooth[rows, _column(-0.08) : _column(0.05)].reshape(-1, 3)
    low, high = np.percentile(inner, (5, 95), axis=0)
    inner = inner[((inner >= low) & (inner <= high)).all(axis=1)]
    return np.asarray(gaussian_filter1d(smooth, 2.0, axis=0) @ whitening(inner))


def _column(across: float) -> int:
    return round((across - BEHIND) * PATCH_SHANK_PX)


def _strength(patch: FloatArray, usual: FloatArray, which: int) -> tuple[FloatArray, FloatArray]:
    """Change of colour across the shank at ROWS (R, W), and how much of it (0..1) is that of an edge whose
    inner side looks like the shank; front (0) or back (1), `usual` (R,) place of it."""
    lines = np.round((TOP - ROWS) * PATCH_SHANK_PX).astype(int)
    step = round(SIDE_STEP * PATCH_SHANK_PX)
    change = np.linalg.norm(gaussian_filter1d(patch, EDGE_SCALE_PX, axis=1, order=1)[lines], axis=-1)
    colours = patch[lines]
    out = 1 if which == 0 else -1
    inside, outside = np.roll(colours, out * step, axis=1), np.roll(colours, -out * step, axis=1)
    own = np.median(colours[:, _column(-0.05) : _column(0.02)], axis=1)
    unlike = np.linalg.norm(inside - own[:, None], axis=-1)
    contrast = np.linalg.norm(inside - outside, axis=-1)
    across = BEHIND + np.arange(patch.shape[1]) / PATCH_SHANK_PX
    near = np.abs(across - usual[:, None]) < 0.15
    usual_change = 6 * float(np.median(change)) + 0.1 + 0.25 * float(np.median((change * near).max(axis=1)))
    return change, change / (change + usual_change) * np.exp(-0.5 * (unlike / (contrast + 0.6)) ** 2)


@dataclass(frozen=True, slots=True)
class _Line:
    """A crest: `ahead` of the line of the points at CREST_MID, shank lengths, and leaning `turn_deg` more."""

    ahead: float
    turn_deg: float

    def at(self, rows: FloatArray) -> FloatArray:
        return np.asarray(self.ahead + np.tan(np.radians(self.turn_deg)) * (rows - CREST_MID))

    def seen_from(self, turn_deg: float) -> _Line:
        """The same line about one whose knee is moved ahead by this turn."""
        return _Line(self.ahead - CREST_MID * float(np.tan(np.radians(turn_deg))), self.turn_deg - turn_deg)


def _crest_line(strength: FloatArray, bend_deg: float) -> _Line:
    """The straight line that runs along the strongest edge, where the crests of legs lie."""
    part = CREST_ROWS
    cells = (
        CREST_AHEAD[:, None, None] + CREST_TANS[:, None] * (ROWS[part] - CREST_MID) - BEHIND
    ) * PATCH_SHANK_PX
    left = np.floor(cells).astype(int)
    share, row = cells - left, np.arange(int(part.sum()))
    along = strength[part]
    seen = (along[row, left] * (1 - share) + along[row, left + 1] * share).mean(axis=-1)
    bent = min(max(bend_deg, 0.0), BENT_DEG) / BENT_DEG
    usual_deg = CREST_TURN_DEG[0] + (CREST_TURN_DEG[1] - CREST_TURN_DEG[0]) * bent
    unusual = ((CREST_AHEAD - CREST_USUAL[0]) / CREST_USUAL[1])[:, None] ** 2
    unusual = unusual + ((CREST_DEG - usual_deg) / CREST_TURN_SD_DEG)[None] ** 2
    best = np.unravel_index(int(np.argmax(CREST_GAIN * seen - 0.5 * unusual)), seen.shape)
    return _Line(float(CREST_AHEAD[best[0]]), float(CREST_DEG[best[1]]))


def _about(crest: _Line, usual: FloatArray, spread: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Usual place and spread (R,) of a front edge that has this crest."""
    slope, offset = np.polyfit(ROWS[CREST_ROWS], usual[CREST_ROWS], 1)
    place = usual - (slope * ROWS + offset) + crest.at(ROWS)
    return place, np.where(CREST_ROWS, CREST_PLACE_SD, np.hypot(spread, PLACE_SD))


def _edge(
    change: FloatArray, strength: FloatArray, usual: FloatArray, spread: FloatArray, which: int
) -> tuple[FloatArray, FloatArray]:
    """Front (0) or back (1) edge at ROWS in shank lengths ahead of the line, and its strength (R,) 0..1.

    The cheapest path down the picture along strong changes of colour, near its `usual` place (R,).
    """
    across = BEHIND + np.arange(change.shape[1]) / PATCH_SHANK_PX
    off = (across - usual[:, None]) / spread[:, None]
    cost = PLACE_PRICE * np.minimum(off**2, PLACE_MOST) - EDGE_GAIN * strength
    first, last = (_column(-0.04), _column(0.33)) if which == 0 else (_column(-0.42), _column(0.0))
    wander = np.arange(last - first)
    steps = wander[None] - wander[:, None] - np.diff(usual)[:, None, None] * PATCH_SHANK_PX
    path = cheapest_path(cost[:, first:last], STEP_PRICE * np.minimum(np.abs(steps), STEP_MOST)) + first
    fine = between_steps(change, path)
    return across[path] + fine / PATCH_SHANK_PX, strength[np.arange(len(ROWS)), path]


def _line_deg(front: FloatArray, seen: FloatArray) -> float:
    """Tilt of the straight part of the front edge against the line of the landmarks, deg."""
    part = (CREST[0] <= ROWS) & (CREST[1] >= ROWS)
    x, y, weight = ROWS[part], front[part], np.maximum(seen[part], 0.02)
    slope = 0.0
    keep = weight.copy()
    for _ in range(6):
        slope, offset = np.polyfit(x, y, 1, w=np.sqrt(keep))
        keep = weight / (1 + ((y - slope * x - offset) / (2 * EDGE_SD)) ** 2)
    return float(np.degrees(np.arctan(slope)))


@dataclass(frozen=True, slots=True)
class _OutlineModel:
    """One Gaussian over front edge (G,), back edge (G,), knee bend rad and turn rad."""

    grid: FloatArray
    mean: FloatArray
    covariance: FloatArray

    def place(self, which: int) -> tuple[FloatArray, FloatArray]:
        """Usual place and spread of an edge at ROWS."""
        part = slice(which * len(self.grid), (which + 1) * len(self.grid))
        spread = np.sqrt(np.diag(self.covariance))
        return np.interp(ROWS, self.grid, self.mean[part]), np.interp(ROWS, self.grid, spread[part])

    def turn_before(self) -> tuple[float, float]:
        """Turn deg and its standard deviation before anything is seen."""
        return float(np.degrees(self.mean[-1])), float(np.degrees(np.sqrt(self.covariance[-1, -1])))

    def turn(self, edges: FloatArray, seen: FloatArray, bend: float) -> tuple[float, float]:
        """Turn deg and its standard deviation, given edges (2, R), how well they are seen (2, R) and the
        knee's bend rad: robust Gaussian conditioning."""
        count = len(self.grid)
        departure = np.append(self._at_grid(edges), bend) - self.mean[:-1]
        known = self.covariance[:-1, :-1] + self._freedom(seen.mean(axis=1))
        noise = np.append(EDGE_SD / np.clip(self._at_grid(seen), 0.02, None), np.radians(4.0))
        trust, gain = np.ones(len(departure)), np.zeros(len(departure))
        for _ in range(8):
            gain = np.asarray(np.linalg.solve(known + np.diag(noise**2 / trust), departure))
            # What is left unexplained at one height, in its own noise: a fold, a lace, another leg.
            left = (departure - known @ gain) / noise
            trust[: 2 * count] = 1 / (1 + (left[: 2 * count] / 2) ** 2)
        shared = self.covariance[-1, :-1]
        turn = self.mean[-1] + shared @ gain
        rest = self.covariance[-1, -1] - shared @ np.linalg.solve(known + np.diag(noise**2 / trust), shared)
        return float(np.degrees(turn)), float(np.degrees(np.sqrt(max(rest, 1e-8))))

    def _at_grid(self, values: FloatArray) -> FloatArray:
        """(2G,) front and back one after the other, of values (2, R) at ROWS."""
        return np.concatenate([np.interp(self.grid, ROWS, gaussian_filter1d(row, 1.0)) for row in values])

    def _freedom(self, clarity: FloatArray) -> FloatArray:
        """(2G + 1, 2G + 1) what may move edges beside body shape: cloth, real legs, edges hardly seen."""
        count = len(self.grid)
        cloth = np.repeat([1.0, -1.0, 0.0], (count, count, 1))
        out = CLOTH_SD**2 * np.outer(cloth, cloth)
        apart = self.grid[:, None] - self.grid[None]
        unlike = UNLIKE_SD**2 * np.exp(-0.5 * (apart / UNLIKE_RANGE) ** 2)
        lever = self.grid - 0.5
        for part, clear in zip((slice(count), slice(count, 2 * count)), clarity, strict=True):
            doubt = BLUNDER_SD * max(0.0, 1 - clear / CLEAR) ** 2
            out[part, part] += unlike + doubt**2 * (1 + 4 * np.outer(lever, lever))
        return out


@cache
def _model() -> _OutlineModel:
    return read_model(outline_model())


def read_model(path: Path) -> _OutlineModel:
    """The outline model in a file. Raises ModelError when it is missing or not what it must be."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["schema"] != "dorsi.shank-outline/1":
            raise KeyError(record["schema"])
        grid, mean, covariance = (np.array(record[k], np.float64) for k in ("grid", "mean", "covariance"))
        if mean.shape != (2 * len(grid) + 2,) or covariance.shape != (len(mean), len(mean)):
            raise ValueError("shapes")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError("outline_model_unusable", path=path) from error
    return _OutlineModel(grid, mean, covariance)
