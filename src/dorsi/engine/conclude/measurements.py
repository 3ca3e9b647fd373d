"""The numbers of the report with their 95 % half-widths, composed from what this clip shows, and the part of
each that another clip of the leg would not share.

Not here: whether the clip supports them at all (`quality.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from dorsi.engine.conclude.reps import standing_frames
from dorsi.engine.conclude.signals import Scale, SignalNoise
from dorsi.engine.conclude.uncertainty import HalfWidths
from dorsi.engine.evidence import LegFacts, ToeTrack
from dorsi.engine.geometry import top_of, usual_shank_px
from dorsi.engine.landmarks import HEEL_AT, TOE_AT, LegPoint
from dorsi.quantities import MEASUREMENT_KEYS
from dorsi.types import FloatArray, IndexArray, LegTrack, Level, Measurement, Rep, Signals

__all__ = ["NOT_MEASURED", "measure_clip", "measure_squat", "measure_toe"]

NOT_MEASURED = {key: Measurement() for key in MEASUREMENT_KEYS}

HINGE_95 = 0.2
"""Relative 95 % error of a heel's turn: the ball lies at 0.70-0.75 of the foot give or take 0.05, and the
landmarks that bound the foot are off by as much; each shifts the arm of the hinge by about 7 %, 1 sd."""
BALL_95 = HINGE_95 / 2**0.5
"""The part of it that is the foot's own: where its ball lies."""
THIGH_OWN = 0.66
"""How much of a thigh's half-width is the body's and the network's own. Error of the thigh: -3.2 deg, sd 1.9,
in 15 rendered lunges, with an sd of about 3.7 in seven squats (10 deg from end to end). Two clips of one
person can differ by no more than that spread, which holds other people too: 0.75 of the 5 deg that count;
0.66 is the rest, in square. Of a hip by hand it leaves 1.5 of 2.0 deg, no less than its reading."""
ANKLE_OF_HEEL = 0.7
"""How much of a heel's rise the ankle makes: it lies 0.25-0.3 of the way from heel to ball; a real heel raise
gave 0.8."""
ANKLE_95_MM = 20.0
"""How far the ankle's landmark rises in a lunge over a heel that stays down: 20 mm at most, 8 mm 1 sd, in 25
repetitions of rendered and real clips."""
FOOT_END_SD = 0.04
"""Error of each end of the foot as the landmarks have it, 1 sd, in feet."""


def measure_clip(
    facts: LegFacts, level: Level, signals: Signals, noise: SignalNoise, scale: Scale, reps: tuple[Rep, ...],
    doubt: HalfWidths, leg: LegTrack, chosen: int | None = None,
) -> tuple[dict[str, Measurement], tuple[Rep, ...]]:  # fmt: skip
    """All measurements of the contract, and the reps with their half-widths filled in.

    `chosen` is the frame that a person says counts, None for the greatest angle that the heel supports.
    """
    time_s = signals.time_s
    arm_mm = _arm_mm(facts, scale)
    spans = _frames_of(reps)
    unseen_deg = {
        r.peak_frame: min(_unseen_gain_deg(r, signals, spans), _hidden_lift_deg(r, leg, scale, arm_mm))
        for r in reps
    }

    def peak_half_width(rep: Rep, half_95_deg: FloatArray) -> float:
        own_deg, moment_deg = float(half_95_deg[rep.peak_frame]), _moment_doubt_deg(rep, noise, scale)
        # A heel that was not seen is no scatter but a shift, and adds as it is.
        return float(np.hypot(own_deg, moment_deg) + unseen_deg[rep.peak_frame])

    reps = tuple(replace(r, peak_uncertainty_95_deg=peak_half_width(r, doubt.shin_deg)) for r in reps)
    found = NOT_MEASURED | _roll(level)
    down = [r for r in reps if r.peak_shin_angle_deg is not None]
    if down:
        best = _counted(down, chosen, unseen_deg)
        value, half = best.peak_shin_angle_deg or 0.0, best.peak_uncertainty_95_deg or 0.0
        own = doubt.anatomy_deg[best.peak_frame]
        found["peak_shin_angle_deg"] = _at(value, half, own, best.peak_frame, time_s)
        crest = signals.crest_angle_deg[best.peak_frame]
        if np.isfinite(crest):
            half, own = peak_half_width(best, doubt.crest_deg), doubt.crest_anatomy_deg[best.peak_frame]
            found["peak_crest_angle_deg"] = _at(crest, half, own, best.peak_frame, time_s)
    if reps:
        shin, knee = signals.shin_angle_deg, signals.knee_flexion_deg
        top = spans[top_of(shin[spans])]
        half, own = doubt.shin_deg[top], doubt.anatomy_deg[top]
        found["peak_shin_angle_any_heel_deg"] = _at(shin[top], half, own, top, time_s)
        if np.isfinite(knee[spans]).any():
            bend = spans[top_of(knee[spans])] if chosen is None else chosen
            half = doubt.knee_deg(bend)
            own = np.hypot(doubt.anatomy_deg[bend], THIGH_OWN * doubt.thigh_deg[bend])
            found["peak_knee_flexion_deg"] = _at(knee[bend], half, own, bend, time_s)
    found.update(_start(signals, doubt))
    found.update(_heel(signals, reps, noise, scale, facts))
    return found, reps


def _at(value: float, half_95: float, own_95: float, frame: int, time_s: FloatArray) -> Measurement:
    """`own_95` is the part of the half-width that is the person's own, the same in two clips of one leg."""
    again_95 = np.sqrt(np.maximum(0.0, half_95**2 - own_95**2))
    return Measurement(float(value), float(half_95), float(time_s[frame]), int(frame), float(again_95))


def _roll(level: Level) -> dict[str, Measurement]:
    half = level.uncertainty_95_deg
    roll = Measurement(level.camera_roll_deg, half, repeatability_95=half)
    return {"camera_roll_deg": roll} if level.known else {}


def _frames_of(reps: Sequence[Rep]) -> IndexArray:
    """The frames of all repetitions, in their order."""
    spans = [np.arange(rep.start_frame, rep.end_frame + 1) for rep in reps]
    return np.concatenate(spans) if spans else np.empty(0, np.intp)


def _counted(down: list[Rep], chosen: int | None, unseen_deg: Mapping[int, float]) -> Rep:
    """The repetition that counts, of at least one: the one whose peak was chosen, else the one that reaches
    highest for sure, `unseen_deg` being what a heel that was not seen at a peak leaves open."""
    picked = next((rep for rep in down if rep.peak_frame == chosen), None)

    def sure_deg(rep: Rep) -> tuple[float, float, float]:
        value, unseen = rep.peak_shin_angle_deg or 0.0, unseen_deg[rep.peak_frame]
        # To a tenth: where an unseen heel is trusted as far as another was seen, the seen one counts.
        return round(value - unseen, 1), -unseen, value

    return picked or max(down, key=sure_deg)


def measure_squat(
    leg: LegTrack, signals: Signals, peak: Measurement, doubt: HalfWidths
) -> dict[str, Measurement]:
    """What a squat adds: how far along the foot the knee's plumb line falls at the shin's `peak` over a heel
    that is down; nothing without one.

    0 = heel, 100 = tip of the toes.
    """
    if peak.value is None or peak.frame is None:
        return {}
    ankle, heel, toe = np.nanmedian(leg.xy_px[:, LegPoint.ANKLE :], axis=0)
    shank_px = usual_shank_px(leg.xy_px)
    length_px = abs(float(toe[0] - heel[0])) / (TOE_AT - HEEL_AT)
    start = HEEL_AT + leg.forward * float(ankle[0] - heel[0]) / length_px
    angle = np.radians(peak.value)
    share = start + shank_px * float(np.sin(angle)) / length_px
    lean_of_deg = shank_px * float(np.cos(angle)) / length_px * np.pi / 180
    half = float(np.hypot(lean_of_deg * doubt.shin_deg[peak.frame], 1.96 * FOOT_END_SD * (1 + share)))
    own = lean_of_deg * doubt.anatomy_deg[peak.frame]
    found = _at(100 * share, 100 * half, 100 * own, peak.frame, signals.time_s)
    return {"peak_knee_over_foot_percent": found}


def measure_toe(toe: ToeTrack, level: Level, time_s: FloatArray) -> dict[str, Measurement]:
    """The measurements of a big-toe clip: the toe's extension, and the camera's roll.

    All of the toe's ± counts between two clips: no real toe was filmed twice.
    """
    found = NOT_MEASURED | _roll(level)
    if np.isfinite(toe.peak_deg):
        found["big_toe_extension_deg"] = _at(toe.peak_deg, toe.half_width_95_deg, 0.0, toe.peak_index, time_s)
    return found


def _unseen_gain_deg(rep: Rep, signals: Signals, spans: IndexArray) -> float:
    """How much farther the shin leans at the peak than a heel was seen down in any repetition of this ankle
    (whose frames are `spans`), deg; 0 when it is seen at the peak."""
    if rep.peak_shin_angle_deg is None or np.isfinite(signals.heel_lift_mm[rep.peak_frame]):
        return 0.0
    sure = spans[np.isfinite(signals.heel_lift_mm[spans]) & signals.heel_down[spans]]
    last = float(np.nanmax(signals.shin_angle_deg[sure])) if len(sure) else -np.inf
    return float(np.clip(rep.peak_shin_angle_deg - last, 0.0, 90.0))


def _hidden_lift_deg(rep: Rep, leg: LegTrack, scale: Scale, arm_mm: float) -> float:
    """Most that a heel can have turned the foot by at the peak, seen or not, deg: it takes the ankle along.

    The ankle's rise is counted from its lowest place in the repetition.
    """
    ankle_px = leg.xy_px[rep.start_frame : rep.end_frame + 1, LegPoint.ANKLE, 1]
    rise_px = float(np.nanmax(ankle_px) - leg.xy_px[rep.peak_frame, LegPoint.ANKLE, 1])
    lift_mm = (rise_px * scale.mm_per_px + ANKLE_95_MM) / ANKLE_OF_HEEL
    return float(np.degrees(np.arcsin(np.clip(lift_mm / arm_mm, 0.0, 1.0))))


def _arm_mm(facts: LegFacts, scale: Scale) -> float:
    """From the heel to the ball, about which it rises."""
    return max(80.0, 0.7 * facts.foot_px * scale.mm_per_px)


def _moment_doubt_deg(rep: Rep, noise: SignalNoise, scale: Scale) -> float:
    """95 % doubt because the height of a heel that lifted is uncertain, deg.

    The shin goes from the peak with the heel down to the peak with any heel while the heel goes through its
    lift, and a few mm more or less of heel is that share of the way.
    """
    if rep.peak_shin_angle_deg is None or not rep.heel_lifted or not rep.max_heel_lift_mm:
        return 0.0
    way_deg = max(0.0, rep.peak_shin_angle_any_heel_deg - rep.peak_shin_angle_deg)
    heel_mm = 1.96 * float(
        np.hypot(np.hypot(noise.resting_heel_mm, 2 * scale.mm_per_px), 0.1 * rep.max_heel_lift_mm)
    )
    return way_deg * min(1.0, heel_mm / rep.max_heel_lift_mm)


def _start(signals: Signals, doubt: HalfWidths) -> dict[str, Measurement]:
    """Shin angle of the start pose: median of the first 0.3 s that is known."""
    known = np.flatnonzero(np.isfinite(signals.shin_angle_deg))
    if not len(known):
        return {}
    early = known[signals.time_s[known] <= signals.time_s[known[0]] + 0.3]
    frame, value = early[len(early) // 2], float(np.median(signals.shin_angle_deg[early]))
    half, own = doubt.shin_deg[frame], doubt.anatomy_deg[frame]
    return {"start_shin_angle_deg": _at(value, half, own, frame, signals.time_s)}


def _heel(
    signals: Signals, reps: tuple[Rep, ...], noise: SignalNoise, scale: Scale, facts: LegFacts
) -> dict[str, Measurement]:
    """Greatest heel lift (mm) and pitch (deg) of the reps whose heel was seen, with their half-widths.

    The scale comes from the body and is the same in two clips of it, and so is where the ball lies.
    """
    inside = np.zeros(len(signals), dtype=np.bool_)
    for rep in reps:
        if rep.max_heel_lift_mm is not None:
            inside[standing_frames(signals, rep.start_frame, rep.end_frame)] = True
    lift = np.where(inside, signals.heel_lift_mm, np.nan)
    if not np.isfinite(lift).any():
        return {}
    frame = top_of(lift)
    value = max(0.0, float(lift[frame]))
    # One px is the finest a heel is followed on compressed video.
    seen = 1.96 * float(np.hypot(noise.resting_heel_mm, scale.mm_per_px))
    half = float(np.sqrt((value * scale.relative_95) ** 2 + (value * HINGE_95) ** 2 + seen**2))
    own = value * float(np.hypot(scale.relative_95, BALL_95))
    found = {"max_heel_lift_mm": _at(value, half, own, frame, signals.time_s)}
    pitch = np.where(inside, signals.heel_pitch_deg, np.nan)
    if np.isfinite(pitch).any():
        k = top_of(pitch)
        arm_mm = _arm_mm(facts, scale)
        top = max(0.0, float(pitch[k]))
        half_deg = float(np.hypot(np.degrees(seen / arm_mm), top * HINGE_95))
        found["max_heel_pitch_deg"] = _at(top, half_deg, top * BALL_95, k, signals.time_s)
    return found
