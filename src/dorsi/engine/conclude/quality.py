"""Does this clip support a number? Reasons to refuse and warnings, each with how to film it better.

The sentences stand in `quality.toml`. Not here: errors of files (`errors.py`), verdicts (`rules`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from dorsi.engine.conclude.body import BodySeen, body_seen
from dorsi.engine.conclude.recognition import is_squat
from dorsi.engine.conclude.reps import LEAST_SWING_DEG, swing_deg
from dorsi.engine.conclude.shank import ShankTrack
from dorsi.engine.conclude.uncertainty import PEAK_WINDOW_S, view_gap_deg
from dorsi.engine.evidence import Evidence, FootTrack, LegFacts, ToeTrack
from dorsi.engine.geometry import runs
from dorsi.engine.landmarks import LegPoint
from dorsi.engine.observe.footwear import SHOES_LIKELY
from dorsi.engine.observe.leg import FRONT_GAP
from dorsi.engine.view import yaw_guess_deg
from dorsi.errors import sentences
from dorsi.quantities import RESULT_OF
from dorsi.types import LegTrack, Level, Measurement, Note, Rep, Signals, TestName

__all__ = [
    "MESSAGES", "SHAKE_OF_SHANK", "Judgement", "QualityInputs", "judge", "no_person_reasons", "note",
    "shift_of_shank",
]  # fmt: skip

_WORDS: Final = sentences(__file__, "quality.toml")
MESSAGES: Final = {code: f"{what}. {remedy}".rstrip() for code, (what, remedy) in _WORDS.items()}
"""A plain sentence for every code: what is wrong and what to change when filming again."""

SHORTEST_S = 0.8
"""A lunge down and back takes longer than this."""
MOST_YAW_DEG = 30.0
"""Beyond this a true 40 deg reads 36 or less (projection alone) and the guess itself is rough."""
LEAST_FOOT_OF_SHANK, SIDE_FOOT_OF_SHANK = 0.38, 0.48
"""Heel-to-toe over shank in landmarks is 0.48-0.65 from the side; the first is that seen under about 40 deg.
A foot that shows its whole length is seen from the side, and so is its shin, however the trunk looks."""
LEAST_COVERAGE = 0.15
LEAST_PLANTED_S = 0.7
WORST_VIEW_GAP_DEG = 15.0
"""Two looks at one shin that differ by more than this cannot both be on it."""
MOST_TOE_HEEL_MM = 25.0
"""A heel that rises by more in the big-toe test is no doubt of its height: the foot rolls onto its toes."""
LARGEST_HALF_WIDTH_DEG: dict[TestName, float] = {"lunge": 10.0, "lunge_straight": 10.0, "squat": 16.0}
"""An angle known to no better than this answers none of the questions asked of it: 10-12 deg of a shin, 90 of
a knee."""
SURE_LABEL = 0.7
"""Share of looks that must agree which leg, left or right, stands in front."""
LEAST_BEND_DEG = 20.0
"""Knees that bend by less are standing, not squatting."""
POSSIBLE_DEG: dict[TestName, tuple[float, float]] = {
    "lunge": (-20.0, 65.0), "lunge_straight": (-20.0, 65.0), "squat": (0.0, 165.0),
}  # fmt: skip
"""No ankle and no knee bends beyond this."""
MOST_BEND_DEG = 10.0
"""A knee that surely bends by more is not straight: from 20 deg on the calf holds no ankle back any more (20
people, Baumbach 2014, BMC Musculoskelet Disord 15:246), and this is half of that."""
HIDDEN_KNEE = 0.3
"""Network confidence (visibility) below which it takes a knee for hidden: far knees have 0.1-0.5, near ones
over 0.5."""
DARK_LUMA = 40.0
REASONS_WITHOUT_TRUNK = {"too_short", "foot_out_of_frame", "leg_out_of_frame"}
"""Reasons that hold whether or not there is a trunk in the picture."""
WARNINGS_WITHOUT_LEG = {
    "several_people", "camera_tilt_unknown", "low_frame_rate", "too_dark", "truncated",
}  # fmt: skip
"""Warnings that hold wherever the leg is."""
MOST_SHAKE_OF_SHANK = 0.75
"""Camera motion that refuses: the foot has left what it was compared with."""
SHAKE_OF_SHANK = 0.10
"""Camera motion that warns, in shank lengths at the foot."""
STEP_S = 0.5
"""A leg that is there for the clip but for less than this was late to be found, and did not step."""
SMALL_SHANK_PX = 90.0
"""Below this one network pixel is over a degree."""


@dataclass(frozen=True, slots=True)
class QualityInputs:
    """What the judgement rests on: the evidence, and what was concluded from it.

    `toe` is None unless the clip is of that test; `by_hand` whether a person drew the line at the peak,
    `line_95_deg` how well that line is known, whatever the heel does, `knee_95_deg` how well the bend of the
    knee there. `sunk_heel_mm` as of `SignalNoise`.
    """

    evidence: Evidence
    facts: LegFacts
    leg: LegTrack
    shank: ShankTrack
    level: Level
    foot: FootTrack
    signals: Signals
    reps: tuple[Rep, ...]
    measurements: dict[str, Measurement]
    test: TestName = "lunge"
    toe: ToeTrack | None = None
    shoe_probability: float = float("nan")
    by_hand: bool = False
    line_95_deg: float = float("nan")
    knee_95_deg: float = float("nan")
    sunk_heel_mm: float = 0.0

    @property
    def body(self) -> BodySeen:
        """What the views have of the body that the leg belongs to."""
        return body_seen(self.evidence)


def note(code: str, **detail: float) -> Note:
    """The `Note` of a code; a sentence that names figures takes them from the detail."""
    return Note(code, MESSAGES[code].format(**detail), detail, short=_WORDS[code][0].format(**detail))


def no_person_reasons(seen: Evidence) -> tuple[Note, ...]:
    """Reasons of a clip in which no leg could be followed at all."""
    if seen.clip.duration_s < SHORTEST_S:
        return (note("too_short"),)
    return (note("body_cut_off" if body_seen(seen).cut_off else "no_person"),)


Judgement = tuple[tuple[Note, ...], tuple[Note, ...]]
"""Reasons why there is no number, and warnings."""


def judge(seen: QualityInputs) -> Judgement:
    """Reasons (empty = measurable) and warnings."""
    reasons, body = _reasons(seen), seen.body
    # A curve with holes has lost its top or its heel, unless a person says where it is.
    lost = not body.followed and seen.test != "big_toe" and not seen.by_hand
    told = reasons[0].code not in REASONS_WITHOUT_TRUNK if reasons else lost
    if body.cut_off and told:
        # Whatever went wrong, went wrong because of this.
        reasons = [note("body_cut_off")]
    warnings = _warnings(seen, measured=not reasons)
    if reasons and reasons[0].code == "body_cut_off":
        warnings = [each for each in warnings if each.code in WARNINGS_WITHOUT_LEG]
    return tuple(reasons), tuple(warnings)


def _reasons(seen: QualityInputs) -> list[Note]:
    leg, facts = seen.leg, seen.facts
    if leg.time_s[-1] - leg.time_s[0] < SHORTEST_S:
        return [note("too_short")]
    out = _not_there(seen) or _filmed_wrong(seen)
    if out:
        return out
    if seen.test == "big_toe":
        return _toe_reasons(seen)
    if seen.test == "squat":
        if swing_deg(seen.signals.knee_flexion_deg) < LEAST_BEND_DEG:
            return [note("no_squat")]
    elif swing_deg(seen.signals.shin_angle_deg) < LEAST_SWING_DEG:
        return [note("no_movement")]
    planted_s = float(np.isfinite(seen.signals.shin_angle_deg).mean() * (leg.time_s[-1] - leg.time_s[0]))
    if not seen.reps or facts.coverage < LEAST_COVERAGE or planted_s < LEAST_PLANTED_S:
        return [note("no_planted_foot")]
    peak = seen.measurements[RESULT_OF[seen.test]]
    if peak.value is None or peak.time_s is None or peak.uncertainty_95 is None:
        up = any(rep.heel_lifted for rep in seen.reps)
        return [note("heel_moment_unsure")] if up else [_unplaced(seen.reps[0].start_s, seen.reps[-1].end_s)]
    lowest, highest = POSSIBLE_DEG[seen.test]
    if not lowest <= peak.value <= highest:
        # No joint bends this far: the points are not on a leg.
        return [_unplaced(peak.time_s)]
    if peak.uncertainty_95 > LARGEST_HALF_WIDTH_DEG[seen.test]:
        return _looks_apart(seen, peak.time_s) or [_too_wide(seen, peak.time_s)]
    return _looks_apart(seen, peak.time_s)


def _too_wide(seen: QualityInputs, at_s: float) -> Note:
    """Why the ± of the peak is too wide: what would be known well enough without it."""
    largest_deg = LARGEST_HALF_WIDTH_DEG[seen.test]
    if seen.line_95_deg <= largest_deg:
        return note("heel_moment_unsure")
    level_deg = 0.0 if seen.level.known else seen.level.uncertainty_95_deg
    if seen.line_95_deg**2 - level_deg**2 <= largest_deg**2:
        return note("camera_tilt_unknown")
    return _unplaced(at_s)


def _not_there(seen: QualityInputs) -> list[Note]:
    """Reasons beside which nothing else can be said: somebody there for a moment, a picture of feet."""
    looked = seen.evidence.tracks[0].xy_px[:: seen.evidence.stride, 0, 0]
    brief = np.isfinite(looked).mean() * (seen.leg.time_s[-1] - seen.leg.time_s[0]) < SHORTEST_S
    if brief:
        return [note("no_person")]
    # Without a body the network guesses at the knee, wherever it is.
    return _holding((_no_knee(seen), note("body_cut_off" if seen.body.cut_off else "leg_out_of_frame")))


def _looks_apart(seen: QualityInputs, at_s: float) -> list[Note]:
    """What the looks leave open about whose leg it is at the peak; nothing where a person drew the line."""
    if seen.by_hand:
        return []
    gap = view_gap_deg(seen.facts, seen.leg.time_s, at_s)
    if (np.isfinite(gap) and gap > WORST_VIEW_GAP_DEG) or _knee_guessed(seen, at_s):
        return [note("legs_confused", gap_deg=gap)]
    # Where several views were asked, the answer of one alone is no answer.
    alone = not np.isfinite(gap) and len(seen.facts.view_angle_deg) > 1
    return _holding((alone, _unplaced(at_s)))


def _unplaced(from_s: float, to_s: float | None = None) -> Note:
    """The last resort, with the stretch of the clip that it is about, by default one moment."""
    window_s = (from_s - PEAK_WINDOW_S, from_s + PEAK_WINDOW_S) if to_s is None else (from_s, to_s)
    return note("landmarks_uncertain", from_s=max(0.0, window_s[0]), to_s=window_s[1])


def _toe_reasons(seen: QualityInputs) -> list[Note]:
    """Reasons of a big-toe clip: shoes first, because they are why a toe is not seen."""
    if seen.shoe_probability > SHOES_LIKELY:
        return [note("shoes")]
    if seen.toe is None:
        return [note("foot_out_of_frame")]
    if seen.toe.reason is not None:
        return [note(seen.toe.reason)]
    return [note("heel_rises")] if _heel_rise_mm(seen.signals) > MOST_TOE_HEEL_MM else []


def _heel_rise_mm(curves: Signals) -> float:
    """The heel's height at its highest, but for a few wrong looks; 0 where it was not seen."""
    seen_mm = curves.heel_lift_mm[np.isfinite(curves.heel_lift_mm)]
    return float(np.percentile(seen_mm, 98)) if len(seen_mm) else 0.0


def _filmed_wrong(seen: QualityInputs) -> list[Note]:
    """Reasons that lie in where the camera stood and what it showed."""
    facts = seen.facts
    yaw_deg = yaw_guess_deg(facts.width_ratio)
    foot = facts.foot_px / facts.shank_px
    askew = foot < LEAST_FOOT_OF_SHANK or (yaw_deg > MOST_YAW_DEG and foot < SIDE_FOOT_OF_SHANK)
    return _holding(
        (askew, note("not_side_view", yaw_deg=yaw_deg)),
        (_foot_is_cut(seen), note("foot_out_of_frame")),
        (_outside(seen, (LegPoint.KNEE,)) > 0.2, note("leg_out_of_frame")),
        (shift_of_shank(seen.foot, facts) > MOST_SHAKE_OF_SHANK, note("camera_moved")),
    )


def _holding(*checks: tuple[bool, Note]) -> list[Note]:
    """The notes that hold."""
    return [each for holds, each in checks if holds]


def shift_of_shank(foot: FootTrack, facts: LegFacts) -> float:
    """How far the scene moved at the foot, over the shank: the 95th percentile of the looks; 0 if unknown."""
    shift_px = foot.camera_shift_px
    if not np.isfinite(shift_px).any():
        return 0.0
    return float(np.nanpercentile(shift_px, 95) / facts.shank_px)


def _no_knee(seen: QualityInputs) -> bool:
    """Whether hardly a leg was found, and the network itself holds its knee for hidden: a picture of feet."""
    known = seen.leg.confidence[np.isfinite(seen.leg.xy_px[:, LegPoint.KNEE, 0]), LegPoint.KNEE]
    return seen.facts.coverage < LEAST_COVERAGE and float(np.median(known)) < HIDDEN_KNEE


def _knee_guessed(seen: QualityInputs, at_s: float) -> bool:
    """Whether the network itself holds the knee for hidden at the peak and cannot say whose leg it is.

    Either alone is common: a far knee behind the near leg, a label that flickers.
    """
    near = np.abs(seen.leg.time_s - at_s) <= PEAK_WINDOW_S
    confidence = seen.leg.confidence[near, LegPoint.KNEE]
    hidden = float(np.median(confidence)) < HIDDEN_KNEE if len(confidence) else True
    return hidden and seen.facts.label_agreement < SURE_LABEL


def _warnings(seen: QualityInputs, *, measured: bool) -> list[Note]:
    facts, sizes = seen.facts, seen.evidence.people_height_px
    in_two = sum(len(each) > 1 for each in sizes)
    shaken = shift_of_shank(seen.foot, facts) > SHAKE_OF_SHANK
    inner_side = measured and seen.test == "big_toe" and seen.leg.test_leg == "far"
    shod = seen.shoe_probability > SHOES_LIKELY and seen.test != "big_toe"
    return [
        *_holding(
            (any(sizes) and in_two >= max(2, len(sizes) // 2), note("several_people")),
            (not seen.level.known, note("camera_tilt_unknown")),
            (measured and shaken, note("camera_moved")),
            (seen.evidence.clip.frame_rate_hz < 23, note("low_frame_rate")),
            (measured and seen.body.cut_off, note("body_cut_off")),
            # Lines beside the leg of a body that is cut off are no cloth's.
            (seen.shank.loose and not seen.body.cut_off, note("loose_clothing")),
            (seen.foot.mean_luma < DARK_LUMA, note("too_dark")),
            (shod, note("shoes", probability=seen.shoe_probability)),
            (
                facts.shank_px < SMALL_SHANK_PX and not _no_knee(seen),
                note("small_person", shank_px=facts.shank_px),
            ),
            (facts.alternates, note("legs_alternate")),
            (facts.label_agreement < SURE_LABEL, note("leg_label_unsure")),
        ),
        *([] if seen.test == "big_toe" else _rep_warnings(seen, measured=measured)),
        *_holding((inner_side, note("toe_inner_side")), (seen.evidence.truncated, note("truncated"))),
    ]


def _rep_warnings(seen: QualityInputs, *, measured: bool) -> list[Note]:
    """Warnings of a lunge or a squat, about its repetitions."""
    reps, squat, apart = seen.reps, seen.test == "squat", seen.facts.feet_apart
    # Never so when the test was recognised: then it is what the clip looks like.
    other = bool(reps) and squat != is_squat(seen.signals, seen.leg, apart)
    beside = bool(reps) and not other and not squat and apart < FRONT_GAP
    peak_deg = seen.measurements["peak_shin_angle_deg"].value
    unseen = [rep for rep in reps if np.isnan(seen.signals.heel_lift_mm[rep.peak_frame])]
    farther_deg = max((rep.peak_shin_angle_deg or 0.0 for rep in unseen), default=0.0)
    farther = measured and not squat and peak_deg is not None and farther_deg > peak_deg
    bend_deg = _bent_deg(seen)
    explained = seen.sunk_heel_mm > 0 or _foot_is_cut(seen)
    return _holding(
        (farther, note("higher_rep_unsure", angle_deg=farther_deg)),
        (measured and np.isfinite(bend_deg), note("knee_bent", bend_deg=bend_deg)),
        (other, note("rather_lunge" if squat else "rather_squat")),
        (beside, note("feet_side_by_side", shanks=apart)),
        (not squat and _steps(seen), note("stepping_lunge")),
        (len(reps) == 1, note("one_rep")),
        (seen.sunk_heel_mm > 0, note("foot_tilts", sunk_mm=seen.sunk_heel_mm)),
        (not explained and any(rep.max_heel_lift_mm is None for rep in reps), note("heel_hidden")),
        (bool(reps) and _cut(seen), note("start_cut")),
    )


def _bent_deg(seen: QualityInputs) -> float:
    """Bend of a knee that should be straight at the peak, where it surely is not; NaN where it may be."""
    frame = seen.measurements["peak_shin_angle_deg"].frame
    if seen.test != "lunge_straight" or frame is None:
        return float("nan")
    bend_deg = float(seen.signals.knee_flexion_deg[frame])
    return bend_deg if bend_deg - seen.knee_95_deg > MOST_BEND_DEG else float("nan")


def _steps(seen: QualityInputs) -> bool:
    """Whether the foot comes into a lunge, or leaves it: the leg stands on its spot for no longer than that
    repetition, within the clip."""
    time_s, known = seen.leg.time_s, np.isfinite(seen.signals.shin_angle_deg)
    for start, end in runs(known):
        comes, goes = time_s[start] - time_s[0] > STEP_S, time_s[-1] - time_s[end - 1] > STEP_S
        if any(
            (comes and rep.start_frame == start) or (goes and rep.end_frame == end - 1) for rep in seen.reps
        ):
            return True
    return False


def _cut(seen: QualityInputs) -> bool:
    """Whether the shin is already well forward at the first or last known moment."""
    curve = seen.signals.knee_flexion_deg if seen.test == "squat" else seen.signals.shin_angle_deg
    angle = curve[np.isfinite(curve)]
    middle = float(np.percentile(angle, 5)) + 0.5 * swing_deg(curve)
    return bool(angle[0] > middle or angle[-1] > middle)


def _foot_is_cut(seen: QualityInputs) -> bool:
    return _outside(seen, (LegPoint.HEEL, LegPoint.TOE)) > 0.3


def _outside(seen: QualityInputs, points: tuple[LegPoint, ...]) -> float:
    """Share of known frames in which any of the points lies beyond the edge of the picture."""
    xy = seen.leg.xy_px[:, list(points)]
    known = np.isfinite(xy[:, 0, 0])
    if not known.any():
        return 0.0
    xy = xy[known]
    box_px = seen.evidence.inner_box_px
    beyond = (xy < box_px[:2]) | (xy > box_px[2:])
    return float(beyond.any(axis=(1, 2)).mean())
