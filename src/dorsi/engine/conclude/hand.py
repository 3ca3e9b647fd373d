"""A person's corrections put to use: points stay where a hand put them and carry to the frames around; the
heel's state, the shin's crest, the repetitions and the frame that count follow.

Not here: the records (`dorsi.corrections`), the numbers made from the corrected curves (`measurements.py`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np

from dorsi.corrections import (
    Correction,
    HeelCorrection,
    LevelCorrection,
    LineCorrection,
    PeakCorrection,
    PointCorrection,
    PointName,
    RepCorrection,
)
from dorsi.engine.conclude.camera import MINIMUM_95_DEG
from dorsi.engine.conclude.reps import rep_at
from dorsi.engine.conclude.signals import HEEL_DOWN_MM, HEEL_LIFT_MM, Scale, heel_down
from dorsi.engine.geometry import ball_px, fill_short_gaps, tilt_deg, usual_shank_px
from dorsi.engine.landmarks import BALL, HEEL_AT, TOE_AT, LegPoint
from dorsi.engine.observe.leg import LONGEST_GAP_S
from dorsi.engine.view import View
from dorsi.errors import CorrectionError
from dorsi.types import FloatArray, LegTrack, Level, Rep, Signals

__all__ = [
    "ONE_HAND_95_DEG",
    "HandLine",
    "choose_reps",
    "correct_heel",
    "correct_signals",
    "foot_points",
    "level_by_hand",
    "place",
]

RATING_95_DEG: Final = 1.4
"""Two blind ratings of one frame differ by 1.0 deg, 1 sd (67 frames of 16 real clips): one rating of them is
known to 1.0 / sqrt(2) * 1.96."""
DEFINITION_95_DEG: Final = 1.4
"""Where on knee and ankle the line is taken; a second hand shares it. Together 2.0: Kinovea against a phone
laid on the shin agreed to -1.8 to +1.5 deg (2025)."""
ONE_HAND_95_DEG: Final = float(np.hypot(RATING_95_DEG, DEFINITION_95_DEG))
CARRY_S: Final = 0.5
"""A lone correction outside every repetition fades within this."""
CARRY_DEG: Final = 10.0
"""Inside a repetition it holds at the shin angle it was made at and fades this far from it: the error of the
landmarks goes with the pose of the leg, and is nearly constant over the top (real clips: sd 0.5 deg)."""
STEEPEST: Final = 1.5
"""It fades over at least this many times its own size, or the flank would overtake the corrected top."""
LEVEL_READ_PX: Final = 1.0
"""Error of each end of a line drawn along a straight thing, 1 sd."""
_LEG_POINT: Final[dict[PointName, LegPoint]] = {
    "hip": LegPoint.HIP, "knee": LegPoint.KNEE, "ankle": LegPoint.ANKLE, "heel": LegPoint.HEEL,
    "toe_tip": LegPoint.TOE,
}  # fmt: skip
_TIP: Final = (1 - HEEL_AT) / (TOE_AT - HEEL_AT)
"""The toe's tip on the way from heel landmark to toe landmark."""

Record = TypeVar("Record", bound=Correction)


@dataclass(frozen=True, slots=True)
class HandLine:
    """The leg as corrected, and how much of its shank and thigh is by hand at each frame of the clip (0..1).

    `half_95_deg` (T,) of a line by hand; `settled` frames at which both ends of the shank were put by hand;
    `heel_up_px` (T,) how much higher, over the ball, the heel is than the machine had it.
    """

    leg: LegTrack
    shank_weight: FloatArray
    thigh_weight: FloatArray
    half_95_deg: FloatArray
    settled: tuple[int, ...]
    heel_up_px: FloatArray
    crest_weight: FloatArray


def of_kind(records: Iterable[Correction], kind: type[Record]) -> list[Record]:
    """The records of one kind, in their order."""
    return [each for each in records if isinstance(each, kind)]


def foot_points(leg: LegTrack) -> tuple[FloatArray, FloatArray]:
    """Ball of the foot and tip of the toes, (T, 2) px each, where the landmarks of a leg put them."""
    heel, toe = leg.xy_px[:, LegPoint.HEEL], leg.xy_px[:, LegPoint.TOE]
    return ball_px(heel, toe, usual_shank_px(leg.xy_px)), heel + _TIP * (toe - heel)


def machine_point(leg: LegTrack, name: PointName) -> FloatArray:
    """(T, 2) px of a point where the machine has it."""
    ball, tip = foot_points(leg)
    if name == "ball":
        return ball
    return tip if name == "toe_tip" else leg.xy_px[:, _LEG_POINT[name]]


def place(records: Sequence[Correction], machine: LegTrack, curves: Signals, reps: Sequence[Rep]) -> HandLine:
    """Put the points of a leg where the records say. `curves` and `reps` are the machine's.

    Raises CorrectionError for a frame that the clip does not have.
    """
    count, xy = len(machine), machine.xy_px.copy()
    shank_px = usual_shank_px(xy)
    weight = {name: np.zeros(count) for name in (*_LEG_POINT, "ball")}
    moved_px = {name: np.zeros((count, 2)) for name in weight}
    half_95_deg = np.full(count, ONE_HAND_95_DEG)
    keyed: dict[PointName, set[int]] = {}
    lone = _frames_alone(records)
    for name, keys in _by_point(records, count).items():
        where = machine_point(machine, name)
        keyed[name] = set(keys)
        offset_px = {}
        for frame, puts in keys.items():
            spot = np.mean(puts, axis=0)
            if not np.isfinite(where[frame]).all():
                # The machine lost the leg here: there is the hand's point, and nothing to carry.
                if name != "ball":
                    xy[frame, _LEG_POINT[name]] = spot
                continue
            offset_px[frame] = spot - where[frame]
            if len(puts) > 1:
                half_95_deg = _tightened(half_95_deg, frame, puts, shank_px, machine.time_s)
        alone = {frame: offset_px.pop(frame) for frame in sorted(offset_px.keys() & lone[name])}
        reach = [
            _reach(frame, np.degrees(np.hypot(*off) / shank_px), curves, reps)
            for frame, off in offset_px.items()
        ]
        weight[name], moved_px[name] = _carried(offset_px, reach, machine.time_s)
        for frame, off in alone.items():
            weight[name][frame], moved_px[name][frame] = 1.0, off
        if name != "ball":
            xy[:, _LEG_POINT[name]] += moved_px[name]
    up_px = moved_px["ball"][:, 1] - moved_px["heel"][:, 1]
    settled = sorted(keyed.get("knee", set()) & keyed.get("ankle", set()))
    shank_weight = np.maximum(weight["knee"], weight["ankle"])
    shank_weight[settled] = 1.0
    return HandLine(
        leg=replace(machine, xy_px=xy),
        shank_weight=shank_weight,
        thigh_weight=weight["hip"],
        half_95_deg=half_95_deg,
        settled=tuple(settled),
        heel_up_px=up_px,
        crest_weight=np.zeros(count),
    )


def _by_point(records: Sequence[Correction], count: int) -> dict[PointName, dict[int, list[FloatArray]]]:
    """Where each point was put, by frame, one place for each person: the last word of one counts."""
    last: dict[PointName, dict[int, dict[str, FloatArray]]] = {}
    for each in of_kind(records, PointCorrection):
        _check_frame(each.frame, count)
        last.setdefault(each.point, {}).setdefault(each.frame, {})[each.by] = np.array(each.to_xy_px)
    return {
        name: {frame: list(puts.values()) for frame, puts in sorted(frames.items())}
        for name, frames in last.items()
    }


def _frames_alone(records: Sequence[Correction]) -> dict[PointName, set[int]]:
    """Frames whose corrections of a point stay there, by the last word on each."""
    span = {(each.point, each.frame): each.span for each in of_kind(records, PointCorrection)}
    names: tuple[PointName, ...] = (*_LEG_POINT, "ball")
    return {
        name: {frame for (point, frame), how in span.items() if point == name and how == "frame"}
        for name in names
    }


def _check_frame(frame: int, count: int) -> None:
    if frame >= count:
        raise CorrectionError("correction_frame_outside", frame=frame, count=count)


def _tightened(
    half_95_deg: FloatArray, frame: int, puts: Sequence[FloatArray], shank_px: float, time_s: FloatArray
) -> FloatArray:
    """Several hands on one frame: their mean is surer, unless they differ by more than one hand errs."""
    apart_deg = float(np.degrees(max(np.hypot(*(p - np.mean(puts, axis=0))) for p in puts) / shank_px))
    rating = max(RATING_95_DEG / len(puts) ** 0.5, apart_deg)
    near = np.abs(time_s - time_s[frame]) <= CARRY_S
    return np.where(near, np.hypot(rating, DEFINITION_95_DEG), half_95_deg)


def _reach(frame: int, size_deg: float, curves: Signals, reps: Sequence[Rep]) -> FloatArray:
    """(T,) how far a correction of one frame goes: 1 there, falling smoothly to 0."""
    angle, time_s = curves.shin_angle_deg, curves.time_s
    rep = rep_at(reps, frame)
    if rep is None or not np.isfinite(angle[frame]):
        away = np.abs(time_s - time_s[frame]) / CARRY_S
    else:
        away = np.abs(angle - angle[frame]) / max(CARRY_DEG, STEEPEST * size_deg)
        # A shallow repetition ends within reach: there time brings it to nothing, late and smoothly.
        ends_s = [time_s[rep.start_frame], time_s[frame], time_s[rep.end_frame]]
        away = np.fmax(away, np.interp(time_s, ends_s, [-1.0, 0.0, 1.0]) ** 4)
    return np.asarray((1 + np.cos(np.pi * np.clip(np.nan_to_num(away, nan=1.0), 0, 1))) / 2)


def _carried(
    values: dict[int, FloatArray], reach: Sequence[FloatArray], time_s: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Weight (T,) and value (T, …) over the clip of something known at some frames: as it is there, by lines
    between them, fading before the first and after the last."""
    if not values:
        return np.zeros(len(time_s)), np.zeros((len(time_s), 2))
    frames, known = list(values), np.stack(list(values.values()))
    every = np.stack([np.interp(time_s, time_s[frames], column) for column in known.T], axis=1)
    weight = np.ones(len(time_s))
    weight[: frames[0]], weight[frames[-1] + 1 :] = reach[0][: frames[0]], reach[-1][frames[-1] + 1 :]
    return weight, every * weight[:, None]


def correct_signals(
    curves: Signals,
    machine: LegTrack,
    hand: HandLine,
    records: Sequence[Correction],
    reps: Sequence[Rep],
    view: View,
    level: Level,
    scale: Scale,
) -> tuple[Signals, HandLine]:
    """The machine's `curves` (with its `reps`) turned by what was moved; the crest by lines drawn along it.

    Where one end of the shank was moved, its angle turns by just that; where both ends were put by hand, it
    is the tilt of the line between them.
    """

    def shin(leg: LegTrack) -> FloatArray:
        points = leg.xy_px[:, LegPoint.ANKLE], leg.xy_px[:, LegPoint.KNEE]
        return view.shin_angle_deg(*points, leg.forward, level.roll_deg)

    def thigh(leg: LegTrack) -> FloatArray:
        points = leg.xy_px[:, LegPoint.KNEE], leg.xy_px[:, LegPoint.HIP]
        return view.shin_angle_deg(*points, leg.forward, level.roll_deg)

    before, after = shin(machine), shin(hand.leg)
    angle = curves.shin_angle_deg + (after - before)
    # What smoothing took off the machine's line is no part of a line that is all by hand.
    rest = {i: after[[i]] - angle[[i]] for i in hand.settled if np.isfinite(angle[i])}
    lone = _frames_alone(records)
    here = {i: rest.pop(i) for i in sorted(rest.keys() & (lone["knee"] | lone["ankle"]))}
    if rest:
        angle = angle + _carried(rest, [_reach(i, 0.0, curves, reps) for i in rest], curves.time_s)[1][:, 0]
    for i, off in here.items():
        angle[i] = angle[i] + off[0]
    lost = [i for i in hand.settled if i not in rest and i not in here]
    angle[lost] = after[lost]
    angle = fill_short_gaps(curves.time_s, angle, LONGEST_GAP_S)
    bend = curves.knee_flexion_deg + ((after - thigh(hand.leg)) - (before - thigh(machine)))
    bend[lost] = (after - thigh(hand.leg))[lost]
    crest, crest_weight = _crest(
        curves, angle, of_kind(records, LineCorrection), machine, view, level.roll_deg
    )
    lift = curves.heel_lift_mm + hand.heel_up_px * scale.mm_per_px
    arm_px = BALL * float(
        np.nanmedian(np.linalg.norm(machine.xy_px[:, LegPoint.TOE] - machine.xy_px[:, LegPoint.HEEL], axis=1))
    )
    pitch = curves.heel_pitch_deg + np.degrees(np.arctan2(hand.heel_up_px, arm_px))
    found = replace(
        curves, shin_angle_deg=angle, crest_angle_deg=crest, knee_flexion_deg=bend, heel_lift_mm=lift,
        heel_pitch_deg=pitch,
    )  # fmt: skip
    if hand.heel_up_px.any():
        found = replace(found, heel_down=heel_down(lift, scale))
    return found, replace(hand, crest_weight=crest_weight)


def _crest(
    curves: Signals,
    shin_deg: FloatArray,
    lines: Sequence[LineCorrection],
    leg: LegTrack,
    view: View,
    roll_deg: float,
) -> tuple[FloatArray, FloatArray]:
    """The crest over the clip, and how much of it is by hand: bone is rigid, so how much further than the
    joints' line it leans in one frame goes for the others, by lines between several."""
    if not lines:
        return curves.crest_angle_deg, np.zeros(len(curves))
    told: dict[int, list[float]] = {}
    alone: dict[int, float] = {}
    for each in lines:
        _check_frame(each.frame, len(curves))
        low, high = sorted(np.array(each.to_xy_px), key=lambda end: -end[1])
        found = float(view.shin_angle_deg(low, high, leg.forward, roll_deg))
        if each.span == "frame":
            alone[each.frame] = found
        else:
            told.setdefault(each.frame, []).append(found)
    known = sorted(frame for frame in told if np.isfinite(shin_deg[frame]))
    crest, weight = curves.crest_angle_deg.copy(), np.zeros(len(curves))
    if known:
        time_s = curves.time_s
        beyond = [float(np.mean(told[frame])) - float(shin_deg[frame]) for frame in known]
        crest, weight = shin_deg + np.interp(time_s, time_s[known], beyond), np.ones(len(curves))
    for frame, found in alone.items():
        crest[frame], weight[frame] = found, 1.0
    return crest, weight


def correct_heel(curves: Signals, records: Sequence[Correction], reps: Sequence[Rep]) -> Signals:
    """The heel down or up where it was set so, for as long as the machine said one thing around that moment
    of a repetition (`reps` are the machine's).

    Two different words about one such stretch meet half-way between their moments; the standing before and
    after a repetition is a word for down.
    """
    words = sorted(of_kind(records, HeelCorrection), key=lambda each: each.frame)
    if not words:
        return curves
    count = len(curves)
    state = np.where(np.isnan(curves.heel_lift_mm), 2, curves.heel_down.astype(int))
    down, lift, pitch = curves.heel_down.copy(), curves.heel_lift_mm.copy(), curves.heel_pitch_deg.copy()
    changes = [0, *(np.flatnonzero(np.diff(state)) + 1), count]
    for n, each in enumerate(words):
        _check_frame(each.frame, count)
        rep = rep_at(reps, each.frame)
        first, last = (0, count - 1) if rep is None else (rep.start_frame, rep.end_frame)
        if rep is not None and each.to == "up":
            first, last = (first + each.frame + 1) // 2, (last + each.frame) // 2
        at = bisect_right(changes, each.frame)
        start, end = max(changes[at - 1], first), min(changes[at], last + 1)
        if n:
            start = max(start, (words[n - 1].frame + each.frame + 1) // 2)
        if n + 1 < len(words):
            end = min(end, (words[n + 1].frame + each.frame + 1) // 2)
        part = slice(start, end)
        down[part] = each.to == "down"
        if each.to == "down":
            lift[part] = np.where(lift[part] < HEEL_DOWN_MM, lift[part], 0.0)
            pitch[part] = np.where(lift[part] == 0.0, 0.0, pitch[part])
        else:
            lift[part] = np.fmax(lift[part], HEEL_LIFT_MM)
    return replace(curves, heel_down=down, heel_lift_mm=lift, heel_pitch_deg=pitch)


def choose_reps(
    reps: tuple[Rep, ...],
    machine: Sequence[Rep],
    records: Sequence[Correction],
    curves: Signals,
    leg: LegTrack,
) -> tuple[tuple[Rep, ...], int | None]:
    """The repetitions without those dropped, and the frame that was chosen to count, None for the machine's.

    Raises CorrectionError on a number that is no repetition, a frame without an angle or with the heel up.
    """
    for each in of_kind(records, RepCorrection):
        if each.rep > len(machine):
            raise CorrectionError("correction_rep_unknown", rep=each.rep, count=len(machine))
        gone = machine[each.rep - 1]
        reps = tuple(r for r in reps if not gone.start_frame <= r.peak_frame <= gone.end_frame)
    chosen = of_kind(records, PeakCorrection)
    if not chosen:
        return reps, None
    frame = chosen[-1].to_frame
    _check_frame(frame, len(leg))
    if not np.isfinite(curves.shin_angle_deg[frame]):
        raise CorrectionError("correction_peak_unknown", frame=frame)
    if not curves.heel_down[frame]:
        raise CorrectionError("correction_peak_heel_up", frame=frame)
    rep = rep_at(reps, frame)
    angle, moment_s = float(curves.shin_angle_deg[frame]), float(leg.time_s[frame])
    if rep is None:
        rep = Rep(
            start_frame=frame, peak_frame=frame, end_frame=frame,
            start_s=moment_s, peak_s=moment_s, end_s=moment_s,
            peak_shin_angle_deg=angle, peak_uncertainty_95_deg=None, peak_shin_angle_any_heel_deg=angle,
            heel_lifted=False, heel_lift_onset_s=None, heel_lift_onset_shin_angle_deg=None,
            max_heel_lift_mm=0.0, max_heel_pitch_deg=None,
        )  # fmt: skip
        return tuple(sorted([*reps, rep], key=lambda r: r.peak_frame)), frame
    better = replace(rep, peak_frame=frame, peak_s=moment_s, peak_shin_angle_deg=angle)
    return tuple(better if r is rep else r for r in reps), frame


def level_by_hand(records: Sequence[Correction], view: View, forward: int) -> Level | None:
    """The camera's roll from lines that a person says are upright, or level along the lunge; None without.

    Uprights fan out under a camera that looks down, level lines under one that is off square, as in
    `camera.estimate_level`.
    """
    rolls, halves = [], []
    for each in of_kind(records, LevelCorrection):
        a, b = (np.array(end, dtype=np.float64) for end in each.to_xy_px)
        if not np.hypot(*(b - a)) > 0:
            raise CorrectionError("correction_line_empty")
        x, y = ((a + b) / 2 - view.centre_xy_px) / view.focal_px
        pitch, yaw = np.tan(np.radians([view.pitch_deg, view.yaw_deg * forward]))
        unsure = 1.96 * np.radians([view.pitch_sd_deg, view.yaw_sd_deg])
        if each.edge == "upright":
            low, high = sorted((a, b), key=lambda end: -end[1])
            lean_deg, fan, open_95 = float(tilt_deg(low, high, 1)), pitch * x, unsure[0] * x
        else:
            left, right = sorted((a, b), key=lambda end: float(end[0]))
            lean_deg = float(np.degrees(np.arctan2(*(right - left)[::-1])))
            fan, open_95 = yaw * (y + pitch), unsure[1] * (y + pitch)
        rolls.append(lean_deg - float(np.degrees(fan)))
        drawn_95 = 1.96 * 2**0.5 * LEVEL_READ_PX / np.hypot(*(b - a))
        halves.append(float(np.degrees(np.hypot(drawn_95, open_95))))
    if not rolls:
        return None
    half = np.hypot(np.hypot(MINIMUM_95_DEG, np.mean(halves)), np.ptp(rolls) / 2)
    return Level(float(np.mean(rolls)), float(half), "a line drawn by hand")
