"""Repetitions: where the shin goes forward and comes back, and what each reached.

Not here: the clip's result and its uncertainty (`measurements.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dorsi.engine.conclude.signals import HEEL_DOWN_MM, HEEL_LIFT_MM
from dorsi.engine.geometry import runs, top_of
from dorsi.types import FloatArray, IndexArray, Rep, Signals, TestName

__all__ = ["LEAST_SWING_DEG", "find_reps", "rep_at", "standing_frames", "swing_deg"]

LEAST_SWING_DEG = 5.0
"""Smaller swings of the shin are standing, not lunging (postural sway plus landmark noise is 1-3 deg)."""
LEAST_REP_S = 0.25
HEEL_SEEN_SHARE = 0.75
"""A heel hidden for more of the deep part of a lunge than the rest of this may have risen unseen."""
TOP_SEEN_S = 0.15
"""A top closer than this to a stretch in which the leg was lost may not be the top."""
STANDING_SHARE = 0.1
"""Below this part of its rise the shin sways as a standing leg does: 2-3 deg of 25."""
RETURN_SHARE = 0.5
"""A rep falls back by at least this part of the clip's swing."""


def swing_deg(curve_deg: FloatArray) -> float:
    """Robust range of a curve over the clip, deg; 0 without data."""
    known = curve_deg[np.isfinite(curve_deg)]
    return float(np.percentile(known, 98) - np.percentile(known, 5)) if len(known) else 0.0


def find_reps(signals: Signals, test: TestName = "lunge") -> tuple[Rep, ...]:
    """Reps in time order: above the middle of the clip's range with hysteresis, each with its valleys.

    A squat is told by the bend of the knee, everything else by the shin.
    """
    angle = signals.knee_flexion_deg if test == "squat" else signals.shin_angle_deg
    swing = swing_deg(angle)
    if swing < LEAST_SWING_DEG:
        return ()
    low = float(np.nanpercentile(angle, 5))
    tops = _tops(angle, signals.time_s, low + 0.55 * swing, low + 0.45 * swing)
    reps = []
    for n, (first, last) in enumerate(tops):
        left = tops[n - 1][1] if n else 0
        right = tops[n + 1][0] if n + 1 < len(tops) else len(angle) - 1
        start, end = _valley(angle, left, first), _valley(angle, last, right)
        if _comes_back(angle, first, last, end, swing):
            reps.append(_rep(signals, start, first, last, end))
    return tuple(reps)


def rep_at(reps: Iterable[Rep], frame: int) -> Rep | None:
    """The repetition that a frame lies in, of two that meet there the one whose peak is nearer."""
    here = [rep for rep in reps if rep.start_frame <= frame <= rep.end_frame]
    return min(here, key=lambda rep: abs(rep.peak_frame - frame), default=None)


def _tops(angle: FloatArray, time_s: FloatArray, enter_deg: float, leave_deg: float) -> list[tuple[int, int]]:
    """First and last frame of each stay above the middle."""
    tops = []
    for start, end in runs(angle >= leave_deg):
        entered = start + np.flatnonzero(angle[start:end] >= enter_deg)
        if len(entered) and time_s[end - 1] - time_s[entered[0]] >= LEAST_REP_S:
            tops.append((int(entered[0]), end - 1))
    return tops


def _comes_back(angle: FloatArray, first: int, last: int, end: int, swing: float) -> bool:
    """Whether the shin falls back over the standing foot: a walking step leaves the floor instead.

    A clip that stops at the top is given the benefit of the doubt (it is warned about).
    """
    if last >= len(angle) - 2:
        return True
    fall = float(np.nanmax(angle[first : last + 1]) - np.nanmin(angle[last : end + 1]))
    return fall >= RETURN_SHARE * swing


def _valley(angle: FloatArray, start: int, end: int) -> int:
    """Frame of the last low before, or first low after, a rep: the lowest known one between."""
    part = angle[start : end + 1]
    return start if not np.isfinite(part).any() else start + int(np.nanargmin(part))


def _rep(signals: Signals, start: int, first: int, last: int, end: int) -> Rep:
    angle, lift, time_s = signals.shin_angle_deg, signals.heel_lift_mm, signals.time_s
    span = standing_frames(signals, start, end)
    down = span[signals.heel_down[span]]
    # After a lift the heel may come down again while the shin falls back: that counts as heel down too.
    top = int(span[top_of(angle[span])])
    peak = int(down[top_of(angle[down])]) if len(down) else top
    around = np.abs(time_s - time_s[peak]) <= TOP_SEEN_S
    # A heel that was already up when the leg came into view never showed what it reaches when down.
    if not (down <= top).any() or not np.isfinite(angle[around]).all():
        down = down[:0]
    known_lift = bool(np.isfinite(lift[first : last + 1]).mean() >= HEEL_SEEN_SHARE)
    top_mm = float(np.nanmax(lift[span])) if np.isfinite(lift[span]).any() else None
    lifted = top_mm is not None and top_mm >= HEEL_LIFT_MM and not signals.heel_down[span].all()
    onset_s, onset_deg = _onset(signals, span) if lifted else (None, None)
    pitch = signals.heel_pitch_deg[span]
    return Rep(
        start_frame=start, peak_frame=peak, end_frame=end,
        start_s=float(time_s[start]), peak_s=float(time_s[peak]), end_s=float(time_s[end]),
        peak_shin_angle_deg=float(angle[peak]) if len(down) else None, peak_uncertainty_95_deg=None,
        peak_shin_angle_any_heel_deg=float(angle[top]),
        heel_lifted=lifted, heel_lift_onset_s=onset_s, heel_lift_onset_shin_angle_deg=onset_deg,
        max_heel_lift_mm=max(0.0, top_mm) if top_mm is not None and (lifted or known_lift) else None,
        max_heel_pitch_deg=float(max(0.0, np.nanmax(pitch))) if np.isfinite(pitch).any() else None,
    )  # fmt: skip


def standing_frames(signals: Signals, start: int, end: int) -> IndexArray:
    """The frames of a repetition in which the leg moves over its standing foot: those of `_moving` in the
    stay that holds the top, without a heel that is up, before or after the deep half, while the foot comes
    into the lunge or leaves it."""
    angle = signals.shin_angle_deg
    span = _moving(angle, start, end)
    top = int(span[top_of(angle[span])])
    first, last = next((a, b - 1) for a, b in runs(np.isfinite(angle)) if a <= top < b)
    span = span[(span >= first) & (span <= last)]
    deep = np.flatnonzero(angle[span] >= (angle[span].min() + angle[span].max()) / 2)
    rests = np.append(np.flatnonzero(signals.heel_down[span]), deep)
    begin = int(rests.min()) if start <= first else 0
    stop = int(rests.max()) if end >= last else len(span) - 1
    return span[begin : stop + 1]


def _moving(angle: FloatArray, start: int, end: int) -> IndexArray:
    """The known frames of a repetition from where the shin leaves its low to where it is back: a heel that
    moves while the leg stands is a step, no lift."""
    span = np.arange(start, end + 1)
    span = span[np.isfinite(angle[span])]
    known = angle[span]
    top = top_of(known)
    left, right = known[: top + 1], known[top:]
    still_left = np.flatnonzero(left < left.min() + STANDING_SHARE * (known[top] - left.min()))
    still_right = np.flatnonzero(right < right.min() + STANDING_SHARE * (known[top] - right.min()))
    first = int(still_left[-1]) if len(still_left) else 0
    last = top + int(still_right[0]) if len(still_right) else len(span) - 1
    return span[first : last + 1]


def _onset(signals: Signals, span: IndexArray) -> tuple[float | None, float | None]:
    """Time (s) and shin angle (deg) where the heel passes 5 mm on its way to a lift."""
    up = span[~signals.heel_down[span]]
    if not len(up) or up[0] == span[0]:
        # Up from the first moment on: when and where it rose was not seen.
        return None, None
    i, before = int(up[0]), int(up[0]) - 1
    lift, angle, time_s = signals.heel_lift_mm, signals.shin_angle_deg, signals.time_s
    if before < 0 or not np.isfinite(lift[before]) or lift[i] <= lift[before]:
        return float(time_s[i]), float(angle[i])
    part = float(np.clip((HEEL_DOWN_MM - lift[before]) / (lift[i] - lift[before]), 0, 1))
    onset_s = float(time_s[before] + part * (time_s[i] - time_s[before]))
    return onset_s, float(angle[before] + part * (angle[i] - angle[before]))
