"""Curves over time from the leg track, the foot track and the level: angles and lengths, smoothed.

Not here: repetitions (`reps.py`), which number counts (`measurements.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import median_filter

from dorsi.engine.evidence import FootTrack, LegFacts, ToeTrack
from dorsi.engine.geometry import (
    fill_short_gaps,
    robust_sigma,
    runs,
    stands,
    usual_shank_px,
    with_knee_turned,
)  # fmt: skip
from dorsi.engine.landmarks import LegPoint
from dorsi.engine.observe.leg import LONGEST_GAP_S
from dorsi.engine.view import View
from dorsi.settings import Settings
from dorsi.types import BoolArray, FloatArray, IndexArray, LegTrack, Level, Signals

__all__ = [
    "HEEL_DOWN_MM", "HEEL_LIFT_MM", "Scale", "SignalNoise", "build_signals", "heel_down", "length_scale",
    "with_toe",
]  # fmt: skip

HEEL_DOWN_MM = 5.0
"""The heel counts as down below this rise: what a clinician lets pass as down."""
HEEL_LIFT_MM = 10.0
"""A rise is called a lift from here on: twice the heel-down limit, about what a phone picture resolves."""
LIFT_PX = 4.0
"""A lift must also be seen: this many px of the clip, twice the error of a heel against its resting picture
on compressed video."""
SMOOTH_S = 0.17
"""Half width of the local parabola: holds the top of a brisk lunge to 0.2 deg, halves the noise."""
SHANK_OF_HEIGHT = 0.246
"""Knee joint to ankle joint over body height (Drillis & Contini 1966)."""
USUAL_HEIGHT_MM, HEIGHT_SD = 1700.0, 0.058
"""Adult height, mean and relative standard deviation over women and men (NCD-RisC 2020, pooled)."""
SHANK_SHORT = 0.93
"""Landmarks put the ankle 5-10 % of the shank too high, so a landmark shank is this part of a true one."""
CREEP, SURELY_UP = 0.1, 1.25
"""How far the heel landmark creeps up a planted shoe as the shin tilts, in shanks, and what of that it takes
to call a heel up whose picture changed and is not explained."""
LANDMARK_HEEL_SD_MM = 20.0
"""Error of a heel rise read from landmarks, 1 sd: they creep 13-25 px up a 250 px shank."""
TOE_GAP_S = 1.0
"""Looks at the toe lie at most this far apart, in the longest clips."""
SUNK_S = 0.5
"""A foot that is set down or lifted off has its toes in the air for less than this."""
SAME_TILT_DEG = 10.0
"""Shins that differ by no more move a heel landmark by 2-5 mm: it creeps 13-25 px up a 250 px shank over the
way of a lunge."""
LEVEL_SHARE = 0.5
"""The floor is the lowest heel level held at least this part as long as the one held longest."""
PROPORTION_SD = 0.045
"""Spread of shank length among people of one height, relative."""


@dataclass(frozen=True, slots=True)
class Scale:
    """`mm_per_px` at the test leg, its relative 95 % half-width, and where it comes from."""

    mm_per_px: float
    relative_95: float
    source: str


@dataclass(frozen=True, slots=True)
class SignalNoise:
    """Standard deviations of the samples about the smoothed curves; heel of the resting heel. `sunk_heel_mm`
    how far below its rest a standing heel was seen: what the camera's way makes of a flat foot."""

    shin_angle_deg: float
    heel_lift_mm: float
    sunk_heel_mm: float = 0.0

    @property
    def resting_heel_mm(self) -> float:
        """That of landmarks where the heel was never seen at rest."""
        return self.heel_lift_mm if np.isfinite(self.heel_lift_mm) else LANDMARK_HEEL_SD_MM


def length_scale(facts: LegFacts, settings: Settings) -> Scale:
    """mm per px from the given height or foot length, else from usual proportions (wider ±)."""
    shank_px = facts.shank_px / SHANK_SHORT
    if settings.foot_cm is not None:
        # The toe landmark stops about 6 % of a shank short of the tip, i.e. a tenth of the foot.
        return Scale(settings.foot_cm * 10 / (facts.foot_px / 0.9), 1.96 * 0.06, "given foot length")
    if settings.height_cm is not None:
        mm = SHANK_OF_HEIGHT * settings.height_cm * 10
        return Scale(mm / shank_px, 1.96 * PROPORTION_SD, "given body height")
    mm = SHANK_OF_HEIGHT * USUAL_HEIGHT_MM
    return Scale(mm / shank_px, 1.96 * float(np.hypot(HEIGHT_SD, PROPORTION_SD)), "usual body proportions")


def build_signals(
    leg: LegTrack, level: Level, view: View, foot: FootTrack | None, scale: Scale, stride: int,
    crest_turn_deg: FloatArray | None = None,
) -> tuple[Signals, SignalNoise]:  # fmt: skip
    """Curves on every frame of the clip, in the plane of the lunge, corrected for the roll when known.

    `crest_turn_deg` (T,) how much more the crest leans than the line between the joints, NaN: not seen.
    """
    rows = np.arange(0, len(leg), max(1, stride))
    hip, knee, ankle = (leg.xy_px[:, p] for p in (LegPoint.HIP, LegPoint.KNEE, LegPoint.ANKLE))
    raw = view.shin_angle_deg(ankle, knee, leg.forward, level.roll_deg)
    shin, crest = _smooth(leg.time_s, raw, rows), np.full(len(leg), np.nan)
    if crest_turn_deg is not None:
        front = with_knee_turned(leg.xy_px, crest_turn_deg, leg.forward)[:, LegPoint.KNEE]
        crest = _smooth(leg.time_s, view.shin_angle_deg(ankle, front, leg.forward, level.roll_deg), rows)
    bend = raw - view.shin_angle_deg(knee, hip, leg.forward, level.roll_deg)
    lift, pitch, rest_sd, sunk_mm = _heel(leg, foot, shin, scale, rows)
    down = heel_down(lift, scale)
    signals = Signals(
        time_s=leg.time_s, shin_angle_deg=shin, crest_angle_deg=crest, heel_lift_mm=lift,
        heel_pitch_deg=pitch, big_toe_deg=np.full(len(leg), np.nan),
        knee_flexion_deg=_smooth(leg.time_s, bend, rows), heel_down=down,
    )  # fmt: skip
    return signals, SignalNoise(robust_sigma((raw - shin)[rows]), rest_sd, sunk_mm)


def with_toe(signals: Signals, toe: ToeTrack) -> Signals:
    """The curves with the toe's turn put in: lines between its looks, nothing outside them."""
    turn = np.full(len(signals), np.nan)
    turn[toe.index] = toe.extension_deg
    return replace(signals, big_toe_deg=fill_short_gaps(signals.time_s, turn, TOE_GAP_S))


def _smooth(time_s: FloatArray, values: FloatArray, rows: IndexArray) -> FloatArray:
    """Median of three, then a local parabola in true time, on the looked-at rows; lines between."""
    out = np.full(len(values), np.nan)
    known = rows[np.isfinite(values[rows])]
    if len(known) < 3:
        return out
    t, v = time_s[known], median_filter(values[known], 3, mode="nearest")
    for i, now in zip(known, t, strict=True):
        near = np.abs(t - now) <= SMOOTH_S
        u = (t[near] - now) / SMOOTH_S
        degree = min(2, int(near.sum()) - 1)
        weight = np.sqrt(np.clip(1 - 0.7 * u**2, 0.1, 1))
        columns = np.vander(u, degree + 1, increasing=True) * weight[:, None]
        out[i] = np.linalg.lstsq(columns, v[near] * weight, rcond=None)[0][0]
    return fill_short_gaps(time_s, out, LONGEST_GAP_S)


def _heel(
    leg: LegTrack, foot: FootTrack | None, shin_deg: FloatArray, scale: Scale, rows: IndexArray
) -> tuple[FloatArray, FloatArray, float, float]:
    """Heel lift mm and pitch deg about their own rest, the standard deviation at rest in mm, and how far a
    flat foot seems to sink (`_sunk_mm`).

    From the picture; where the picture was lost, landmarks say that a heel is surely up, or still down.
    """
    low, high = np.nanpercentile(shin_deg, (2, 98)) if np.isfinite(shin_deg).any() else (0.0, 0.0)
    heel, toe = leg.xy_px[:, LegPoint.HEEL], leg.xy_px[:, LegPoint.TOE]
    creep_px = CREEP * usual_shank_px(leg.xy_px)
    # Height over the toe, so that a moving camera or sliding foot does not lift the heel.
    height = -(heel[:, 1] - toe[:, 1])
    # While the foot is being set down the toes are up, which says nothing about the resting heel.
    flat = toe[:, 1] >= np.nanmedian(toe[:, 1]) - creep_px / 2
    lowest = float(np.nanpercentile(height[flat], 10)) if np.isfinite(height[flat]).any() else 0.0
    # At rest the shin is upright and the heel low: in a heel raise the shin is upright with the heel up.
    low_heel = flat & np.isfinite(shin_deg) & (height <= lowest + creep_px)
    upright = shin_deg <= low + 0.3 * (high - low)
    rest = low_heel & upright if (low_heel & upright).any() else low_heel
    marked, foot_px = _from_rest(height, rest), np.nanmedian(np.linalg.norm(toe - heel, axis=1))
    sunk_mm, below = 0.0, np.zeros(len(leg), dtype=np.bool_)
    if foot is None or not np.isfinite(foot.heel_rise_px).any():
        lift_px, pitch, rest_sd = marked, _turn_deg(marked / foot_px), LANDMARK_HEEL_SD_MM
    else:
        seen, turn = foot.heel_rise_px.copy(), foot.heel_pitch_deg.copy()
        level = np.zeros(len(leg), dtype=np.bool_)
        for stand in _stands(leg, foot):
            here = rest & stand
            planted = _planted(leg.time_s, seen * scale.mm_per_px, rows[stand[rows]], scale.mm_per_px)
            # Toes in the air make an upright leg's heel low; a shaken camera makes a lunging one's low.
            known = [at for at in (here & np.isfinite(seen), planted) if at.any()]
            at = max(known, key=lambda at: float(np.median(seen[at])), default=planted)
            # A spot without a resting look, such as that of a foot up on its toes, keeps the level before.
            if (low_heel & stand & np.isfinite(seen)).any() or not level.any():
                level |= at
                floor = (np.median(seen[at]), np.median(turn[at])) if at.any() else (np.nan, np.nan)
            seen[stand] -= floor[0]
            turn[stand] -= floor[1]
        sunk_mm = _sunk_mm(leg.time_s, seen * scale.mm_per_px, rows, upright)
        rise_mm, sunk_px = seen * scale.mm_per_px, sunk_mm / scale.mm_per_px
        # A heel below its rest is a foot that is being set down or lifted off, toes in the air.
        below = rise_mm < -_least_lift_mm(scale)
        seen[below] = np.nan
        # Landmarks count from where the picture shows the heel down, in the lower quarter: some pictures err.
        seen_down = rows[(rise_mm < HEEL_DOWN_MM)[rows] & np.isfinite(seen + marked)[rows]]
        if len(seen_down):
            marked -= np.percentile(marked[seen_down], 25)
        # A heel that is up by twice what its landmark errs takes the landmark along, or it is no heel; nor is
        # one that stays down while the landmark goes up by as much more than it creeps.
        marked_mm, err_mm = marked * scale.mm_per_px, 1.96 * LANDMARK_HEEL_SD_MM
        seen[(marked_mm < _least_lift_mm(scale)) & (rise_mm > err_mm)] = np.nan
        seen[(marked_mm > creep_px * scale.mm_per_px + err_mm) & (rise_mm < HEEL_DOWN_MM)] = np.nan
        surely_up = ~np.isfinite(seen) & (marked > SURELY_UP * creep_px + sunk_px)
        # A rise of no more than what the camera makes of a flat foot was not seen.
        seen[(rise_mm >= HEEL_DOWN_MM) & (rise_mm <= sunk_mm)] = np.nan
        lift_px = np.where(surely_up, marked, seen)
        kept = _still_down(leg.time_s, lift_px, marked, shin_deg, rows, scale)
        lift_px = np.where(kept >= 0, lift_px[kept], lift_px)
        pitch = np.where(kept >= 0, turn[kept], np.where(surely_up, _turn_deg(marked / foot_px), turn))
        rest_sd = float(
            np.nan_to_num(robust_sigma(seen[rest & level] * scale.mm_per_px), nan=LANDMARK_HEEL_SD_MM)
        )
        rest_sd = float(np.hypot(rest_sd, sunk_mm / 1.96))
    lift_mm = lift_px * scale.mm_per_px
    lift = _smooth(leg.time_s, lift_mm, rows)
    # A line between two heels that are down would hide a heel that rose between them, but for one seen low.
    nearest = rows[np.searchsorted((rows[1:] + rows[:-1]) / 2, np.arange(len(lift)))]
    unseen = ~(np.isfinite(lift_mm) | below)[nearest] & (lift < HEEL_DOWN_MM)
    lift, turned = (
        np.where(unseen, np.nan, np.where(np.isfinite(curve), curve, curve[nearest]))
        for curve in (lift, _smooth(leg.time_s, pitch, rows))
    )
    return lift, turned, rest_sd, sunk_mm


def _turn_deg(rise_of_foot: FloatArray) -> FloatArray:
    return np.asarray(np.degrees(np.arcsin(np.clip(rise_of_foot, -1, 1))))


def _still_down(
    time_s: FloatArray, lift_px: FloatArray, marked_px: FloatArray, shin_deg: FloatArray, rows: IndexArray,
    scale: Scale,
) -> IndexArray:  # fmt: skip
    """(T,) the look with a heel that is down which that of a look without one still is, -1: none.

    A heel landmark creeps with the tilt of the shin, and not by itself: where the shin leans as it did when
    the heel was last seen, or will when it is seen again, and the landmark lies as high, nothing has lifted.
    """
    kept = np.full(len(lift_px), -1, dtype=np.intp)
    looks = rows[np.isfinite(marked_px[rows]) & np.isfinite(shin_deg[rows])]
    marked = np.full(len(lift_px), np.nan)
    marked[looks] = median_filter(marked_px[looks], 3, mode="nearest") * scale.mm_per_px
    known, lift_mm = looks[np.isfinite(lift_px[looks])], lift_px * scale.mm_per_px
    for i in looks[~np.isfinite(lift_px[looks])]:
        at = int(np.searchsorted(known, i))
        beside = known[max(0, at - 1) : at + 1]
        if (lift_mm[beside[np.abs(time_s[beside] - time_s[i]) <= LONGEST_GAP_S]] >= HEEL_DOWN_MM).any():
            continue
        alike = np.abs(shin_deg[beside] - shin_deg[i]) <= SAME_TILT_DEG
        alike &= np.abs(marked[beside] - marked[i]) <= _least_lift_mm(scale)
        down = beside[alike & (lift_mm[beside] < HEEL_DOWN_MM)]
        if len(down):
            kept[i] = down[np.argmin(np.abs(time_s[down] - time_s[i]))]
    return kept


def _sunk_mm(time_s: FloatArray, rise_mm: FloatArray, rows: IndexArray, upright: BoolArray) -> float:
    """How far below its rest the heel of an upright leg is seen for some time, mm; 0 where it is not.

    No heel sinks into the floor: the camera has gone round or up, and a foot that lies flat looks tilted. As
    much may be wrong with any rise.
    """
    looks = rows[np.isfinite(rise_mm[rows]) & upright[rows]]
    deep = [
        looks[start:end]
        for start, end in runs(rise_mm[looks] < -HEEL_LIFT_MM)
        if time_s[looks[end - 1]] - time_s[looks[start]] >= SUNK_S
    ]
    return max((-float(np.median(rise_mm[at])) for at in deep), default=0.0)


def _stands(leg: LegTrack, foot: FootTrack) -> list[BoolArray]:
    if foot.step_px is None:
        return [np.ones(len(leg), dtype=np.bool_)]
    return stands(leg.time_s, foot.step_px / usual_shank_px(leg.xy_px))


def _planted(time_s: FloatArray, rise_mm: FloatArray, rows: IndexArray, px_mm: float) -> BoolArray:
    """(T,) where the heel is on its lowest level of some duration: that is the floor.

    Not the heel of the first frames: a foot that steps into the lunge lands with its toes up.
    """
    known, out = rows[np.isfinite(rise_mm[rows])], np.zeros(len(rise_mm), dtype=np.bool_)
    if not len(known):
        return out
    smooth = _smooth(time_s, rise_mm, rows)[known]
    noise_mm = robust_sigma(rise_mm[known] - smooth)
    width_mm = 2 * max(2.5, px_mm, 2 * noise_mm if np.isfinite(noise_mm) else 0.0)
    order = np.sort(smooth)
    count = np.searchsorted(order, order + width_mm, side="right") - np.arange(len(order))
    floor_mm = order[int(np.flatnonzero(count >= LEVEL_SHARE * count.max())[0])]
    out[known] = (smooth >= floor_mm) & (smooth <= floor_mm + width_mm)
    return out


def _from_rest(values: FloatArray, rest: BoolArray) -> FloatArray:
    ok = rest & np.isfinite(values)
    return values - (np.median(values[ok]) if ok.any() else 0.0)


def _least_lift_mm(scale: Scale) -> float:
    return max(HEEL_LIFT_MM, LIFT_PX * scale.mm_per_px)


def heel_down(lift_mm: FloatArray, scale: Scale) -> BoolArray:
    """(T,) down except in episodes above 5 mm that reach the smallest rise called a lift, and where a heel
    that was up before or after was not seen."""
    least_lift_mm = _least_lift_mm(scale)
    down = np.ones(len(lift_mm), dtype=np.bool_)
    for start, end in runs(np.nan_to_num(lift_mm, nan=0.0) >= HEEL_DOWN_MM):
        if np.nanmax(lift_mm[start:end]) >= least_lift_mm:
            down[start:end] = False
    for start, end in runs(~np.isfinite(lift_mm)):
        beside = down[[max(0, start - 1), min(len(down) - 1, end)]]
        down[start:end] = bool(beside.all())
    return down
