"""What a report is worth: its numbers against the exact truth of a rendered clip.

Truth and report use the same definitions: the heel is down below 5 mm of rise, the peak shin angle is the
greatest one with the heel down. Angles deg, lengths mm. Not here: running, printing (see `accuracy.py`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

__all__ = [
    "AngleScore",
    "LungeScore",
    "RefusalScore",
    "Score",
    "Summary",
    "Truth",
    "load_report",
    "load_truth",
    "number",
    "score",
    "score_folder",
    "summarise",
]

HEEL_DOWN_MM: Final = 5.0
HEEL_LIFT_MM: Final = 10.0
"""Below the first the heel is down, from the second a lift must be found; between, either is right."""

GROSS_DEG: Final = 3.0
"""A peak error above this that lies outside the reported interval is a silent gross error."""

SIDE_BY_SIDE_M: Final = 0.2
"""Feet of a rendered scene closer than this along the floor belong to a squat."""

Kind = Literal["lunge", "lunge_straight", "big_toe", "squat", "refuse"]
RESULT: Final = {"big_toe": "big_toe_extension_deg", "squat": "peak_knee_flexion_deg"}


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of one clip. `refusal_code` is the reason a `refuse` clip must be refused with."""

    kind: Kind
    refusal_code: str
    peak_shin_angle_deg: float
    peak_crest_angle_deg: float
    heel_rise_mm: float
    big_toe_deg: float
    knee_flexion_deg: float
    side: Literal["left", "right"]
    test_leg: Literal["near", "far"]
    reps: int
    camera_roll_deg: float


@dataclass(frozen=True, slots=True)
class LungeScore:
    """One lunge clip, of a bent or a straight knee: errors are reported minus true, NaN where nothing was
    reported. A leg that is not the one under test is `leg_right` false."""

    clip: str
    status: str
    peak_true_deg: float
    peak_error_deg: float
    uncertainty_deg: float
    crest_error_deg: float
    lift_true_mm: float
    lift_error_mm: float
    roll_error_deg: float
    lift_reported: bool
    side_right: bool
    leg_right: bool
    reps_right: bool

    @property
    def measured(self) -> bool:
        """Whether a peak shin angle was reported."""
        return math.isfinite(self.peak_error_deg)

    @property
    def inside(self) -> bool:
        """Whether the truth lies in the reported interval."""
        return abs(self.peak_error_deg) <= self.uncertainty_deg


@dataclass(frozen=True, slots=True)
class AngleScore:
    """One big-toe or squat clip: error is reported minus true, NaN where nothing was reported.

    `test_right` whether the report took the clip for that test.
    """

    kind: Literal["big_toe", "squat"]
    clip: str
    status: str
    true_deg: float
    error_deg: float
    uncertainty_deg: float
    test_right: bool

    @property
    def inside(self) -> bool:
        """Whether the truth lies in the reported interval."""
        return abs(self.error_deg) <= self.uncertainty_deg


@dataclass(frozen=True, slots=True)
class RefusalScore:
    """One clip that supports no number: `right` when it was refused for the true reason."""

    clip: str
    status: str
    right: bool


Score = LungeScore | AngleScore | RefusalScore


@dataclass(frozen=True, slots=True)
class AngleSummary:
    """The big-toe or the squat clips of a set: errors absolute, NaN when nothing was measured."""

    clips: int
    measured: int
    median_deg: float
    max_deg: float
    inside_interval: float
    interval_median_deg: float
    silent_gross: int
    test_right: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A set of clips in one line. Medians are of absolute errors where reported, NaN when nothing was."""

    lunge_clips: int
    measured: int
    peak_median_deg: float
    peak_p90_deg: float
    peak_max_deg: float
    peak_bias_deg: float
    inside_interval: float
    interval_median_deg: float
    silent_gross: int
    crest_median_deg: float
    lift_median_mm: float
    lift_missed: int
    lift_false: int
    lift_clips: int
    roll_median_deg: float
    side_right: int
    leg_right: int
    reps_right: int
    big_toe: AngleSummary
    squat: AngleSummary
    refusals: int
    refused_right: int


def load_truth(path: Path) -> Truth:
    """Truth of the clip beside `path` (`NAME.truth.json`)."""
    data = json.loads(path.read_text(encoding="utf-8"))
    frames, spec = data["frames"], data["spec"]
    shank, crest, heel, toe = (
        np.array([frame[key] for frame in frames], float)
        for key in ("shank_deg", "crest_deg", "heel_height_mm", "hallux_deg")
    )
    rise = heel - np.median(heel[:5])
    down = rise < HEEL_DOWN_MM
    middle = (np.percentile(shank, 2) + shank.max()) / 2
    starts = np.diff((shank > middle).astype(int)) == 1

    height_px = spec["res"][1]
    below = [min(frame["px"]["heel"][1], frame["px"]["toe"][1]) > height_px for frame in frames]
    oblique, cut = abs(spec["cam"]["yaw"]) > 45, float(np.mean(below)) > 0.5
    still = float(np.ptp(shank)) < 5 and float(toe.max()) < 5
    lifts, shod = float(toe.max()) > 5, bool(spec.get("look", {}).get("shod"))
    bend = shank + np.array(spec.get("thigh_deg", np.zeros(len(shank))), float)
    back_m = spec.get("rear_back", 1.0) if spec.get("rear") == "stand" else 1.0
    squats, behind = abs(back_m) < SIDE_BY_SIDE_M, back_m <= -SIDE_BY_SIDE_M
    kind: Kind = (
        "refuse" if oblique or cut or still or (lifts and shod)
        else "big_toe" if lifts else "squat" if squats else "lunge_straight" if behind else "lunge"
    )  # fmt: skip
    return Truth(
        kind=kind,
        refusal_code="not_side_view"
        if oblique
        else "foot_out_of_frame"
        if cut
        else "no_movement"
        if still
        else "shoes",
        peak_shin_angle_deg=float(shank[down].max()),
        peak_crest_angle_deg=float(crest[down].max()),
        heel_rise_mm=float(rise.max()),
        big_toe_deg=float(toe.max()),
        knee_flexion_deg=float(bend.max()),
        side="left" if spec["side"] == "L" else "right",
        test_leg="far" if spec.get("film_far_side") else "near",
        reps=int(starts.sum()),
        camera_roll_deg=float(spec["cam"]["roll"]),
    )


def load_report(reports: Path, name: str) -> dict[str, Any] | None:
    """The parsed `reports/NAME/report.json`; None when there is none."""
    path = reports / name / "report.json"
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def score(clip: str, truth: Truth, report: Mapping[str, Any] | None) -> Score:
    """Score one report (the parsed report.json; None when there is none) against the truth of `clip`."""
    report = {} if report is None else report
    status = str(report.get("status", "no report"))
    reps = report.get("reps", [])
    if truth.kind == "refuse":
        codes = [reason["code"] for reason in report.get("reasons", [])]
        return RefusalScore(clip, status, right=status == "not_measurable" and truth.refusal_code in codes)
    if truth.kind in ("big_toe", "squat"):
        true_deg = truth.big_toe_deg if truth.kind == "big_toe" else truth.knee_flexion_deg
        key = RESULT[truth.kind]
        return AngleScore(
            kind="big_toe" if truth.kind == "big_toe" else "squat",
            clip=clip,
            status=status,
            true_deg=true_deg,
            error_deg=number(report, key) - true_deg,
            uncertainty_deg=number(report, key, "uncertainty_95"),
            test_right=report.get("test") == truth.kind,
        )
    return LungeScore(
        clip=clip,
        status=status,
        peak_true_deg=truth.peak_shin_angle_deg,
        peak_error_deg=number(report, "peak_shin_angle_deg") - truth.peak_shin_angle_deg,
        uncertainty_deg=number(report, "peak_shin_angle_deg", "uncertainty_95"),
        crest_error_deg=number(report, "peak_crest_angle_deg") - truth.peak_crest_angle_deg,
        lift_true_mm=truth.heel_rise_mm,
        lift_error_mm=number(report, "max_heel_lift_mm") - truth.heel_rise_mm,
        roll_error_deg=number(report, "camera_roll_deg") - truth.camera_roll_deg,
        lift_reported=any(rep.get("heel_lifted") for rep in reps),
        side_right=report.get("side") == truth.side,
        leg_right=report.get("test_leg") == truth.test_leg,
        reps_right=len(reps) == truth.reps,
    )


def clips_with_truth(folder: Path) -> list[Path]:
    """Every NAME.mp4 of a folder that has NAME.truth.json beside it, by name."""
    truths = folder.glob("*.truth.json")
    return sorted(path.with_name(path.name.replace(".truth.json", ".mp4")) for path in truths)


def score_folder(clips: Path, reports: Path) -> list[Score]:
    """Score `reports/NAME/report.json` for each `clips/NAME.truth.json`, by name."""
    scores = []
    for clip in clips_with_truth(clips):
        truth = load_truth(clip.with_suffix(".truth.json"))
        scores.append(score(clip.stem, truth, load_report(reports, clip.stem)))
    return scores


def summarise(scores: Sequence[Score]) -> Summary:
    """Sum up a set of clips."""
    lunges = [s for s in scores if isinstance(s, LungeScore)]
    refusals = [s for s in scores if isinstance(s, RefusalScore)]
    measured = [s for s in lunges if s.measured]
    errors_deg = np.array([s.peak_error_deg for s in measured])
    clear = [s for s in measured if not HEEL_DOWN_MM < s.lift_true_mm < HEEL_LIFT_MM]
    lifts = [s for s in clear if s.lift_true_mm >= HEEL_LIFT_MM]
    rests = [s for s in clear if s.lift_true_mm < HEEL_LIFT_MM]
    return Summary(
        lunge_clips=len(lunges),
        measured=len(measured),
        peak_median_deg=_median(abs(errors_deg)),
        peak_p90_deg=float(np.percentile(abs(errors_deg), 90)) if measured else math.nan,
        peak_max_deg=float(abs(errors_deg).max()) if measured else math.nan,
        peak_bias_deg=float(errors_deg.mean()) if measured else math.nan,
        inside_interval=float(np.mean([s.inside for s in measured])) if measured else math.nan,
        interval_median_deg=_median([s.uncertainty_deg for s in measured]),
        silent_gross=sum(abs(s.peak_error_deg) > GROSS_DEG and not s.inside for s in measured),
        crest_median_deg=_median([abs(s.crest_error_deg) for s in lunges]),
        lift_median_mm=_median([abs(s.lift_error_mm) for s in lunges]),
        lift_missed=sum(not s.lift_reported for s in lifts),
        lift_false=sum(s.lift_reported for s in rests),
        lift_clips=len(lifts),
        roll_median_deg=_median([abs(s.roll_error_deg) for s in lunges]),
        side_right=sum(s.side_right for s in lunges),
        leg_right=sum(s.leg_right for s in lunges),
        reps_right=sum(s.reps_right for s in lunges),
        big_toe=_angles([s for s in scores if isinstance(s, AngleScore) and s.kind == "big_toe"]),
        squat=_angles([s for s in scores if isinstance(s, AngleScore) and s.kind == "squat"]),
        refusals=len(refusals),
        refused_right=sum(s.right for s in refusals),
    )


def _angles(scores: Sequence[AngleScore]) -> AngleSummary:
    known = [s for s in scores if math.isfinite(s.error_deg)]
    off = [abs(s.error_deg) for s in known]
    return AngleSummary(
        clips=len(scores),
        measured=len(known),
        median_deg=_median(off),
        max_deg=max(off, default=math.nan),
        inside_interval=float(np.mean([s.inside for s in known])) if known else math.nan,
        interval_median_deg=_median([s.uncertainty_deg for s in known]),
        silent_gross=sum(abs(s.error_deg) > GROSS_DEG and not s.inside for s in known),
        test_right=sum(s.test_right for s in scores),
    )


def number(report: Mapping[str, Any], key: str, field: str = "value") -> float:
    """One number of `measurements`, NaN where the report has none."""
    value = ((report.get("measurements") or {}).get(key) or {}).get(field)
    return math.nan if value is None else float(value)


def _median(values: Sequence[float] | npt.NDArray[np.floating]) -> float:
    """Median of what is finite, NaN when nothing is."""
    finite = np.asarray(values, float)
    finite = finite[np.isfinite(finite)]
    return float(np.median(finite)) if finite.size else math.nan
