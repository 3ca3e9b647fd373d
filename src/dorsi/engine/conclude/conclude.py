"""From evidence, and a person's corrections of it, to the analysis of a clip: arithmetic alone, in order.

Not here: how any step works (the modules beside this one), looking at pixels (`observe`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dorsi.corrections import (
    Correction,
    HeelCorrection,
    LevelCorrection,
    LineCorrection,
    PeakCorrection,
    PointCorrection,
    RepCorrection,
)
from dorsi.engine.conclude import hand as by_hand
from dorsi.engine.conclude import measurements as numbers
from dorsi.engine.conclude import quality, recognition, reps, signals, uncertainty
from dorsi.engine.conclude.camera import estimate_level
from dorsi.engine.conclude.shank import ShankTrack, crest_turn_deg, shank_track, straightened_leg
from dorsi.engine.evidence import Evidence, FootTrack, LegFacts
from dorsi.engine.observe.footwear import shoe_probability
from dorsi.engine.view import View, estimate_view
from dorsi.errors import CorrectionError, EvidenceError
from dorsi.quantities import LUNGES
from dorsi.settings import Settings
from dorsi.types import RESULT_OF, Analysis, LegTrack, Level, Rep, Signals, TestName

__all__ = ["camera_of", "conclude", "toe_is_needed", "view_of", "with_machine_values"]


@dataclass(frozen=True, slots=True)
class _Machine:
    """What follows from the evidence before anybody corrects it."""

    facts: LegFacts
    foot: FootTrack
    leg: LegTrack
    shank: ShankTrack
    level: Level
    view: View
    scale: signals.Scale
    curves: Signals
    noise: signals.SignalNoise
    reps: tuple[Rep, ...]

    @property
    def steady(self) -> bool:
        """Whether the picture stands still: in a moving one near things pass before far ones, which looks
        like a toe that lifts."""
        return quality.shift_of_shank(self.foot, self.facts) <= quality.SHAKE_OF_SHANK


def camera_of(seen: Evidence) -> tuple[Level, View]:
    """How the camera stood, from the person and the edges of the room. Raises ValueError without a leg."""
    if seen.leg is None or seen.room_edges_px is None:
        raise ValueError("nobody was found, so there is no view of a leg")
    return estimate_level(seen.room_edges_px, seen.leg.forward, view_of(seen))


def view_of(seen: Evidence) -> View:
    """How the camera stood, by the person alone. Raises ValueError without a leg."""
    if seen.leg_facts is None:
        raise ValueError("nobody was found, so there is no view of a leg")
    facts, (left, top, right, bottom) = seen.leg_facts, seen.inner_box_px
    # Bars widen the frame and move its middle, not the lens and its axis.
    return estimate_view(
        facts.near_ahead_ratio, facts.depth_lean, right - left, bottom - top, corner_xy_px=(left, top)
    )


def toe_is_needed(seen: Evidence, settings: Settings) -> bool:
    """Whether the clip may show the big-toe test, so that its toe has to be followed in the pictures."""
    if settings.test != "auto":
        return settings.test == "big_toe"
    found = _machine(seen, settings, ())
    return (
        found is not None
        and found.steady
        and found.facts.followed != "rear"
        and not recognition.is_squat(found.curves, found.leg, found.facts.feet_apart)
        and not recognition.lunge_is_complete(found.curves, found.reps)
    )


def conclude(
    seen: Evidence,
    settings: Settings,
    corrections: Sequence[Correction] = (),
    judge: Callable[[quality.QualityInputs], quality.Judgement] = quality.judge,
) -> Analysis:
    """Curves, repetitions, numbers and the judgement on them; with corrections, as they make them.

    Raises EvidenceError when the test that is asked for is of a leg or a toe that was not followed,
    CorrectionError on a correction that does not fit the clip.
    """
    machine = _machine(seen, settings, corrections)
    if machine is None:
        if corrections:
            raise CorrectionError("correction_without_person")
        return _refused(seen, settings)
    leg, curves, hand = machine.leg, machine.curves, None
    if corrections:
        hand = by_hand.place(corrections, machine.leg, curves, machine.reps)
        leg = hand.leg
        curves, hand = by_hand.correct_signals(
            curves, machine.leg, hand, corrections, machine.reps, machine.view, machine.level, machine.scale
        )
        curves = by_hand.correct_heel(curves, corrections, machine.reps)
    found = reps.find_reps(curves) if corrections else machine.reps
    test = recognition.recognise(
        settings.test, machine.curves, machine.reps, machine.leg, machine.facts.feet_apart,
        lambda: machine.steady and seen.toe is not None and seen.toe.moved, machine.facts.followed,
    )  # fmt: skip
    _check_leg(machine.facts, test)
    doubt = uncertainty.half_widths(
        leg, machine.facts, machine.level, machine.view, machine.shank, machine.noise, hand,
        squat=test == "squat",
    )  # fmt: skip
    toe = seen.toe if test == "big_toe" else None
    chosen: int | None = None
    if test == "big_toe":
        _check_toe(seen, corrections)
    if toe is not None:
        found, measured = (), numbers.measure_toe(toe, machine.level, seen.time_s)
        curves = signals.with_toe(curves, toe)
    else:
        found = reps.find_reps(curves, test) if test == "squat" else found
        if corrections:
            before = reps.find_reps(machine.curves, test) if test == "squat" else machine.reps
            found, chosen = by_hand.choose_reps(found, before, corrections, curves, leg)
        measured, found = numbers.measure_clip(
            machine.facts, machine.level, curves, machine.noise, machine.scale, found, doubt, leg, chosen
        )
    if test == "squat":
        measured |= numbers.measure_squat(leg, curves, measured["peak_shin_angle_deg"], doubt)
    shod = shoe_probability(list(seen.footwear_looks if seen.footwear_looks is not None else ()))
    peak = measured[RESULT_OF[test]].frame
    reasons, warnings = judge(
        quality.QualityInputs(
            evidence=seen, facts=machine.facts, leg=leg, shank=machine.shank, level=machine.level,
            foot=machine.foot, signals=curves, reps=found, measurements=measured, test=test, toe=toe,
            shoe_probability=shod,
            by_hand=hand is not None and peak is not None and hand.shank_weight[peak] > BY_HAND,
            line_95_deg=float("nan") if peak is None or test not in LUNGES else float(doubt.shin_deg[peak]),
            knee_95_deg=float("nan") if peak is None else doubt.knee_deg(peak),
            sunk_heel_mm=machine.noise.sunk_heel_mm,
        )
    )  # fmt: skip
    if reasons:
        measured, found = dict(numbers.NOT_MEASURED), ()
    return replace(
        _refused(seen, settings),
        leg=leg,
        level=machine.level,
        signals=curves,
        reps=found,
        measurements=measured,
        reasons=reasons,
        warnings=warnings,
        scale_source=machine.scale.source,
        camera_view=machine.view.as_seen(machine.facts.shank_px),
        test=test,
        toe_lines_px=None if toe is None else np.stack([toe.rest_xy_px, toe.top_xy_px]),
        by_hand=None if hand is None else hand.shank_weight,
    )


def with_machine_values(
    seen: Evidence, settings: Settings, found: Analysis, corrections: Sequence[Correction]
) -> tuple[Correction, ...]:
    """The corrections, each with what the machine had in its place, `found` being what it concluded alone;
    they must fit the clip."""
    machine = _machine(seen, settings, ())
    if machine is None:
        return tuple(corrections)
    machine = replace(machine, reps=reps.find_reps(machine.curves, found.test))
    return tuple(
        each.model_copy(update=_machine_value(each, machine, found.peak_frame)) for each in corrections
    )


def _machine_value(record: Correction, machine: _Machine, peak_frame: int | None) -> dict[str, object]:
    """The `from` key of one record, None where the machine had nothing."""

    def rounded(value: float) -> float | None:
        return round(float(value), 2) if np.isfinite(value) else None

    curves = machine.curves
    match record:
        case PointCorrection():
            x, y = map(rounded, by_hand.machine_point(machine.leg, record.point)[record.frame])
            return {"from_xy_px": None if x is None or y is None else (x, y)}
        case LineCorrection():
            return {"from_angle_deg": rounded(curves.crest_angle_deg[record.frame])}
        case HeelCorrection():
            unseen = bool(np.isnan(curves.heel_lift_mm[record.frame]))
            return {"from_": "unseen" if unseen else "down" if curves.heel_down[record.frame] else "up"}
        case PeakCorrection():
            return {"from_frame": peak_frame}
        case RepCorrection():
            return {"from_peak_s": rounded(machine.reps[record.rep - 1].peak_s)}
        case LevelCorrection():
            return {"from_roll_deg": rounded(machine.level.camera_roll_deg)}


BY_HAND = 0.5
"""A line counts as drawn by hand where a hand has more part in it than the machine."""


def _machine(seen: Evidence, settings: Settings, corrections: Sequence[Correction]) -> _Machine | None:
    """Everything up to the repetitions, with the camera level as it is or as a person says it is; None when
    nobody was found."""
    if seen.leg is None or seen.leg_facts is None or seen.foot is None:
        return None
    shank = shank_track(seen.shank_looks, seen.leg)
    leg = straightened_leg(seen.leg, shank)
    leg = replace(leg, side=settings.side or leg.side)
    level, view = camera_of(seen)
    level = by_hand.level_by_hand(corrections, view, leg.forward) or level
    scale = signals.length_scale(seen.leg_facts, settings)
    crest_deg = crest_turn_deg(shank, leg.time_s)
    curves, noise = signals.build_signals(leg, level, view, seen.foot, scale, seen.stride, crest_deg)
    return _Machine(
        seen.leg_facts, seen.foot, leg, shank, level, view, scale, curves, noise, reps.find_reps(curves)
    )


def _check_leg(facts: LegFacts, test: TestName) -> None:
    """The knee-straight lunge is of the rear leg, every other test of the front one, but where the user named
    the leg, or both stand side by side."""
    if facts.followed in ("front", "rear") and (facts.followed == "rear") != (test == "lunge_straight"):
        raise EvidenceError("evidence_of_other_leg", test=test)


def _check_toe(seen: Evidence, corrections: Sequence[Correction]) -> None:
    if not seen.toe_sought:
        raise EvidenceError("evidence_without_toe")
    if corrections:
        raise CorrectionError("correction_of_toe")


def _refused(seen: Evidence, settings: Settings) -> Analysis:
    """The analysis of a clip in which nobody was found."""
    return Analysis(
        clip=seen.clip,
        time_s=seen.time_s,
        face_xy_px=seen.face_xy_px,
        leg=None,
        level=None,
        signals=None,
        reps=(),
        measurements=dict(numbers.NOT_MEASURED),
        reasons=quality.no_person_reasons(seen),
        warnings=(),
        model_name=seen.origin.model_name,
        model_sha256=seen.origin.model_sha256,
        outline_sha256=seen.origin.outline_sha256,
        test="lunge" if settings.test == "auto" else settings.test,
        test_source="recognised" if settings.test == "auto" else "given",
    )
