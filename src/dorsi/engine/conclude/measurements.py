"""The numbers of the report with their 95 % half-widths, composed from what this clip shows.

Not here: whether the clip supports them at all (`quality.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dorsi.engine.conclude.signals import LANDMARK_HEEL_SD_MM, Scale, SignalNoise
from dorsi.engine.conclude.uncertainty import HalfWidths
from dorsi.engine.evidence import LegFacts, ToeTrack
from dorsi.engine.landmarks import HEEL_AT, TOE_AT, LegPoint
from dorsi.quantities import MEASUREMENT_KEYS
from dorsi.types import FloatArray, LegTrack, Level, Measurement, Rep, Signals

__all__ = ["NOT_MEASURED", "measure_clip", "measure_squat", "measure_toe"]

NOT_MEASURED = {key: Measurement() for key in MEASUREMENT_KEYS}

HINGE_95 = 0.2
"""Relative 95 % error of a heel's turn: the ball lies at 0.70-0.75 of the foot give or take 0.05, and the
landmarks that bound the foot are off by as much; each shifts the arm of the hinge by about 7 %, 1 sd."""


FOOT_END_SD = 0.04
"""Error of each end of the foot as the landmarks have it, 1 sd, in feet."""


def measure_clip(
    facts: LegFacts,
    level: Level,
    signals: Signals,
    noise: SignalNoise,
    scale: Scale,
    reps: tuple[Rep, ...],
    doubt: HalfWidths,
    chosen: int | None = None,
) -> tuple[dict[str, Measurement], tuple[Rep, ...]]:
    """All measurements of the contract, and the reps with their half-widths filled in.

    `chosen` is the frame that a person says counts, None for the greatest angle.
    """
    time_s = signals.time_s

    def half_width(frame: int) -> float:
        return float(doubt.shin_deg[frame])

    def at(value: float, half: float, frame: int) -> Measurement:
        return Measurement(float(value), float(half), float(time_s[frame]), int(frame))

    def rep_half_width(rep: Rep) -> float:
        return _peak_half_width(half_width(rep.peak_frame), rep, signals, noise, scale)

    reps = tuple(replace(r, peak_uncertainty_95_deg=rep_half_width(r)) for r in reps)
    found = dict(NOT_MEASURED)
    if level.known:
        found["camera_roll_deg"] = Measurement(level.camera_roll_deg, level.uncertainty_95_deg)
    down = [r for r in reps if r.peak_shin_angle_deg is not None]
    if down:
        best = _counted(down, chosen)
        found["peak_shin_angle_deg"] = at(
            best.peak_shin_angle_deg or 0.0, best.peak_uncertainty_95_deg or 0.0, best.peak_frame
        )
        crest = signals.crest_angle_deg[best.peak_frame]
        if np.isfinite(crest):
            own = float(doubt.crest_deg[best.peak_frame])
            half = _peak_half_width(own, best, signals, noise, scale)
            found["peak_crest_angle_deg"] = at(crest, half, best.peak_frame)
    if reps:
        spans = np.concatenate([np.arange(r.start_frame, r.end_frame + 1) for r in reps])
        angle = signals.shin_angle_deg[spans]
        top = int(spans[int(np.nanargmax(angle))])
        found["peak_shin_angle_any_heel_deg"] = at(signals.shin_angle_deg[top], half_width(top), top)
        knee = signals.knee_flexion_deg[spans]
        if np.isfinite(knee).any():
            bend = int(spans[int(np.nanargmax(knee))]) if chosen is None else chosen
            half = np.hypot(half_width(bend), doubt.thigh_deg[bend])
            found["peak_knee_flexion_deg"] = at(signals.knee_flexion_deg[bend], half, bend)
    found.update(_start(signals, half_width))
    found.update(_heel(signals, reps, noise, scale, facts))
    return found, reps


def _counted(down: list[Rep], chosen: int | None) -> Rep:
    """The repetition that counts, of at least one: the one whose peak was chosen, else the highest."""
    picked = next((rep for rep in down if rep.peak_frame == chosen), None)
    return picked or max(down, key=lambda rep: rep.peak_shin_angle_deg or -np.inf)


def measure_squat(
    leg: LegTrack, signals: Signals, reps: tuple[Rep, ...], doubt: HalfWidths, chosen: int | None = None
) -> dict[str, Measurement]:
    """What a squat adds: how far along the foot the knee's plumb line falls while the heel is down.

    0 = heel, 100 = tip of the toes.
    """
    down = [rep for rep in reps if rep.peak_shin_angle_deg is not None]
    if not down:
        return {}
    best = _counted(down, chosen)
    heel, toe, ankle = (
        np.nanmedian(leg.xy_px[:, p], axis=0) for p in (LegPoint.HEEL, LegPoint.TOE, LegPoint.ANKLE)
    )
    shank_px = float(
        np.nanmedian(np.linalg.norm(leg.xy_px[:, LegPoint.KNEE] - leg.xy_px[:, LegPoint.ANKLE], axis=1))
    )
    length_px = abs(float(toe[0] - heel[0])) / (TOE_AT - HEEL_AT)
    start = HEEL_AT + leg.forward * float(ankle[0] - heel[0]) / length_px
    angle = np.radians(best.peak_shin_angle_deg or 0.0)
    share = start + shank_px * float(np.sin(angle)) / length_px
    lean = shank_px * float(np.cos(angle)) / length_px * np.radians(float(doubt.shin_deg[best.peak_frame]))
    half = float(np.hypot(lean, 1.96 * FOOT_END_SD * (1 + share)))
    frame = best.peak_frame
    return {
        "peak_knee_over_foot_percent": Measurement(
            100 * share, 100 * half, float(signals.time_s[frame]), int(frame)
        )
    }


def measure_toe(toe: ToeTrack, level: Level, time_s: FloatArray) -> dict[str, Measurement]:
    """The measurements of a big-toe clip: the toe's extension, and the camera's roll."""
    found = dict(NOT_MEASURED)
    if level.known:
        found["camera_roll_deg"] = Measurement(level.camera_roll_deg, level.uncertainty_95_deg)
    if np.isfinite(toe.peak_deg):
        found["big_toe_extension_deg"] = Measurement(
            toe.peak_deg, toe.half_width_95_deg, float(time_s[toe.peak_index]), toe.peak_index
        )
    return found


def _peak_half_width(
    angle_95_deg: float, rep: Rep, signals: Signals, noise: SignalNoise, scale: Scale
) -> float:
    """95 % half-width of a heel-down peak: of the angle itself, and of the moment the heel picks.

    A heel that was not seen at the peak may have been up for all that the shin gained since: that is no
    scatter but a shift, and adds as it is.
    """
    moment = _moment_doubt_deg(rep, noise, scale)
    return float(np.hypot(angle_95_deg, moment) + _unseen_gain_deg(rep, signals))


def _unseen_gain_deg(rep: Rep, signals: Signals) -> float:
    """What the shin gained since the heel was last seen down, deg; 0 when it is seen at the peak."""
    if rep.peak_shin_angle_deg is None or np.isfinite(signals.heel_lift_mm[rep.peak_frame]):
        return 0.0
    span = np.arange(rep.start_frame, rep.end_frame + 1)
    sure = span[np.isfinite(signals.heel_lift_mm[span]) & signals.heel_down[span]]
    last = float(np.nanmax(signals.shin_angle_deg[sure])) if len(sure) else -np.inf
    return float(np.clip(rep.peak_shin_angle_deg - last, 0.0, 90.0))


def _moment_doubt_deg(rep: Rep, noise: SignalNoise, scale: Scale) -> float:
    """95 % doubt because the height of a heel that lifted is uncertain, deg.

    The shin goes from the peak with the heel down to the peak with any heel while the heel goes through its
    lift, and a few mm more or less of heel is that share of the way.
    """
    if rep.peak_shin_angle_deg is None or not rep.heel_lifted or not rep.max_heel_lift_mm:
        return 0.0
    way_deg = max(0.0, rep.peak_shin_angle_any_heel_deg - rep.peak_shin_angle_deg)
    rest_mm = noise.heel_lift_mm if np.isfinite(noise.heel_lift_mm) else LANDMARK_HEEL_SD_MM
    heel_mm = 1.96 * float(np.hypot(np.hypot(rest_mm, 2 * scale.mm_per_px), 0.1 * rep.max_heel_lift_mm))
    return way_deg * min(1.0, heel_mm / rep.max_heel_lift_mm)


def _start(signals: Signals, half_width: Callable[[int], float]) -> dict[str, Measurement]:
    """Shin angle of the start pose: median of the first 0.3 s that is known."""
    known = np.flatnonzero(np.isfinite(signals.shin_angle_deg))
    if not len(known):
        return {}
    early = known[signals.time_s[known] <= signals.time_s[known[0]] + 0.3]
    frame = int(early[len(early) // 2])
    value = float(np.median(signals.shin_angle_deg[early]))
    at_s = float(signals.time_s[frame])
    return {"start_shin_angle_deg": Measurement(value, half_width(frame), at_s, frame)}


def _heel(
    signals: Signals, reps: tuple[Rep, ...], noise: SignalNoise, scale: Scale, facts: LegFacts
) -> dict[str, Measurement]:
    """Greatest heel lift (mm) and pitch (deg) of the reps whose heel was seen, with their half-widths."""
    inside = np.zeros(len(signals), dtype=np.bool_)
    for rep in reps:
        if rep.max_heel_lift_mm is not None:
            inside[rep.start_frame : rep.end_frame + 1] = True
    lift = np.where(inside, signals.heel_lift_mm, np.nan)
    if not np.isfinite(lift).any():
        return {}
    frame = int(np.nanargmax(lift))
    value = max(0.0, float(lift[frame]))
    rest_mm = noise.heel_lift_mm if np.isfinite(noise.heel_lift_mm) else LANDMARK_HEEL_SD_MM
    # One px is the finest a heel is followed on compressed video.
    own = 1.96 * float(np.hypot(rest_mm, scale.mm_per_px))
    half = float(np.sqrt((value * scale.relative_95) ** 2 + (value * HINGE_95) ** 2 + own**2))
    at_s = float(signals.time_s[frame])
    found = {"max_heel_lift_mm": Measurement(value, half, at_s, frame)}
    pitch = np.where(inside, signals.heel_pitch_deg, np.nan)
    if np.isfinite(pitch).any():
        k = int(np.nanargmax(pitch))
        arm_mm = max(80.0, 0.7 * facts.foot_px * scale.mm_per_px)
        top = max(0.0, float(pitch[k]))
        half_deg = float(np.hypot(np.degrees(own / arm_mm), top * HINGE_95))
        found["max_heel_pitch_deg"] = Measurement(top, half_deg, float(signals.time_s[k]), k)
    return found
