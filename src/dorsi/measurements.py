"""The numbers of the report with their 95 % half-widths, composed from what this clip shows.

Not here: whether the clip supports them at all (`quality.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dorsi.leg import LegEvidence
from dorsi.level import YAW_GUESS_SD_DEG
from dorsi.signals import LANDMARK_HEEL_SD_MM, Scale, SignalNoise
from dorsi.types import FloatArray, Level, Measurement, Rep, Signals

__all__ = ["NOT_MEASURED", "measure_clip", "peak_uncertainty_95_deg", "view_gap_deg", "yaw_guess_deg"]

MEASUREMENT_KEYS = (
    "peak_shin_angle_deg", "peak_crest_angle_deg", "peak_shin_angle_any_heel_deg", "start_shin_angle_deg",
    "max_heel_lift_mm", "max_heel_pitch_deg", "big_toe_extension_deg", "peak_knee_flexion_deg",
    "camera_roll_deg",
)  # fmt: skip
NOT_MEASURED = {key: Measurement() for key in MEASUREMENT_KEYS}

SHOULDER_WIDTH_RATIO = 0.62
"""Mean of shoulder and hip joint breadth over trunk length, seen from the front (Winter 2009: 0.259 and
0.191 of height over 0.288 gives 0.78 for bodies, landmarks lie further in)."""
POINT_SD = 0.04
"""Systematic error of knee and ankle landmarks across the shank, 1 sd, in shank lengths. On a real clip
the network was off by 1.0-2.3 deg a frame (hand-digitised), which is 0.018-0.040; the worse end is taken."""
LEAN_SD_DEG = 8.0
"""Sideways lean of a shin, 1 sd about upright: outward by about 5 deg standing (tibia vara), inward by as
much and more when the knee drifts in a lunge. No side view shows it, but a view off the side mixes it in."""
HINGE_95 = 0.2
"""Relative 95 % error of a heel's turn: the ball lies at 0.70-0.75 of the foot give or take 0.05, and the
landmarks that bound the foot are off by as much; each shifts the arm of the hinge by about 7 %, 1 sd."""
PEAK_WINDOW_S = 0.17


def yaw_guess_deg(width_ratio: float) -> float:
    """Angle between the view and a true side view, deg (0..90), from how wide the trunk looks."""
    if not np.isfinite(width_ratio):
        return 0.0
    return float(np.degrees(np.arcsin(np.clip(width_ratio / SHOULDER_WIDTH_RATIO, 0, 1))))


def view_gap_deg(evidence: LegEvidence, time_s: FloatArray, at_s: float) -> float:
    """Median disagreement of the views about the shin within a moment, deg; NaN where one looks alone.

    Twice the deviation from the median view, so that two views count with their difference.
    """
    near = np.abs(time_s - at_s) <= PEAK_WINDOW_S
    views = evidence.view_angle_deg[:, near]
    views = views[:, np.isfinite(views).sum(axis=0) >= 2]
    if not views.size:
        return float("nan")
    gap = 2 * np.nanmedian(np.abs(views - np.nanmedian(views, axis=0)), axis=0)
    return float(np.median(gap))


def peak_uncertainty_95_deg(
    evidence: LegEvidence, level: Level, noise: SignalNoise, time_s: FloatArray, at_s: float
) -> float:
    """Half-width of a shin angle at one moment: landmarks, views, roll, view direction and noise in square.

    Landmarks: their place across the shank. Views: how far the mirrored look disagrees here (one that is
    missing counts as much as a poor one). Roll: the level's own. Direction: the sideways lean of a shin
    seen under the yaw, known to some degrees. Noise: scatter about the smoothed curve.
    """
    gap = view_gap_deg(evidence, time_s, at_s)
    landmarks = 1.96 * np.degrees(POINT_SD)
    views = 0.5 * (gap if np.isfinite(gap) else 6.0)
    yaw_rad = np.radians(np.hypot(yaw_guess_deg(evidence.width_ratio), YAW_GUESS_SD_DEG))
    lean = 1.96 * np.degrees(np.arctan(np.tan(np.radians(LEAN_SD_DEG)) * np.sin(yaw_rad)))
    scatter = 1.96 * noise.shin_angle_deg / np.sqrt(3) if np.isfinite(noise.shin_angle_deg) else 2.0
    return float(np.sqrt(landmarks**2 + views**2 + level.uncertainty_95_deg**2 + lean**2 + scatter**2))


def measure_clip(
    evidence: LegEvidence,
    level: Level,
    signals: Signals,
    noise: SignalNoise,
    scale: Scale,
    reps: tuple[Rep, ...],
) -> tuple[dict[str, Measurement], tuple[Rep, ...]]:
    """All measurements of the contract, and the reps with their half-widths filled in."""
    time_s = signals.time_s

    def half_width(at_s: float) -> float:
        return peak_uncertainty_95_deg(evidence, level, noise, time_s, at_s)

    def at(value: float, half: float, frame: int) -> Measurement:
        return Measurement(float(value), float(half), float(time_s[frame]), int(frame))

    def rep_half_width(rep: Rep) -> float:
        return float(np.hypot(half_width(rep.peak_s), _heel_doubt_deg(rep, signals, noise, scale)))

    reps = tuple(replace(r, peak_uncertainty_95_deg=rep_half_width(r)) for r in reps)
    found = dict(NOT_MEASURED)
    if level.known:
        found["camera_roll_deg"] = Measurement(level.camera_roll_deg, level.uncertainty_95_deg)
    down = [r for r in reps if r.peak_shin_angle_deg is not None]
    if down:
        best = max(down, key=lambda r: r.peak_shin_angle_deg or -np.inf)
        found["peak_shin_angle_deg"] = at(
            best.peak_shin_angle_deg or 0.0, best.peak_uncertainty_95_deg or 0.0, best.peak_frame
        )
    if reps:
        spans = np.concatenate([np.arange(r.start_frame, r.end_frame + 1) for r in reps])
        angle = signals.shin_angle_deg[spans]
        top = int(spans[int(np.nanargmax(angle))])
        found["peak_shin_angle_any_heel_deg"] = at(signals.shin_angle_deg[top], half_width(time_s[top]), top)
        knee = signals.knee_flexion_deg[spans]
        if np.isfinite(knee).any():
            bend = int(spans[int(np.nanargmax(knee))])
            # The hip landmark adds its own error to the thigh, about that of the shin again.
            found["peak_knee_flexion_deg"] = at(
                signals.knee_flexion_deg[bend], np.sqrt(2) * half_width(time_s[bend]), bend
            )
    found.update(_start(signals, half_width))
    found.update(_heel(signals, reps, noise, scale, evidence))
    return found, reps


def _heel_doubt_deg(rep: Rep, signals: Signals, noise: SignalNoise, scale: Scale) -> float:
    """95 % doubt about a heel-down peak because the heel itself is uncertain, deg.

    A heel that lifted: the shin goes from the peak with the heel down to the peak with any heel while the
    heel goes through its lift, and a few mm more or less of heel is that share of the way. A heel that was
    not seen at the peak: all that the shin gained since it was last seen down.
    """
    if rep.peak_shin_angle_deg is None:
        return 0.0
    span = np.arange(rep.start_frame, rep.end_frame + 1)
    lift = signals.heel_lift_mm
    unseen_deg = 0.0
    if not np.isfinite(lift[rep.peak_frame]):
        sure = span[np.isfinite(lift[span]) & signals.heel_down[span]]
        last = float(np.nanmax(signals.shin_angle_deg[sure])) if len(sure) else -np.inf
        unseen_deg = float(np.clip(rep.peak_shin_angle_deg - last, 0.0, 90.0))
    if not rep.heel_lifted or not rep.max_heel_lift_mm:
        return unseen_deg
    way_deg = max(0.0, rep.peak_shin_angle_any_heel_deg - rep.peak_shin_angle_deg)
    rest_mm = noise.heel_lift_mm if np.isfinite(noise.heel_lift_mm) else LANDMARK_HEEL_SD_MM
    heel_mm = 1.96 * float(np.hypot(np.hypot(rest_mm, 2 * scale.mm_per_px), 0.1 * rep.max_heel_lift_mm))
    return float(np.hypot(unseen_deg, way_deg * min(1.0, heel_mm / rep.max_heel_lift_mm)))


def _start(signals: Signals, half_width: Callable[[float], float]) -> dict[str, Measurement]:
    """Shin angle of the start pose: median of the first 0.3 s that is known."""
    known = np.flatnonzero(np.isfinite(signals.shin_angle_deg))
    if not len(known):
        return {}
    early = known[signals.time_s[known] <= signals.time_s[known[0]] + 0.3]
    frame = int(early[len(early) // 2])
    value = float(np.median(signals.shin_angle_deg[early]))
    at_s = float(signals.time_s[frame])
    return {"start_shin_angle_deg": Measurement(value, float(half_width(at_s)), at_s, frame)}


def _heel(
    signals: Signals, reps: tuple[Rep, ...], noise: SignalNoise, scale: Scale, evidence: LegEvidence
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
        arm_mm = max(80.0, 0.7 * evidence.foot_px * scale.mm_per_px)
        top = max(0.0, float(pitch[k]))
        half_deg = float(np.hypot(np.degrees(own / arm_mm), top * HINGE_95))
        found["max_heel_pitch_deg"] = Measurement(top, half_deg, float(signals.time_s[k]), k)
    return found
