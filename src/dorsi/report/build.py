"""From what was measured and found to the `Report`. The one place where the two meet.

Not here: measuring, rules, texts of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from dorsi import __version__
from dorsi.corrections import Correction
from dorsi.plan import Books, DrillBook, Plan, plan_for
from dorsi.report.model import (
    SCHEMA,
    Clip,
    DrillsUsed,
    Finding,
    MachineValues,
    Measured,
    Measurements,
    Model,
    PlanNote,
    PlanStep,
    Provenance,
    Reason,
    Report,
    ReportRep,
    Review,
    ReviewedValues,
    RulesUsed,
    SignalCurves,
    View,
)  # fmt: skip
from dorsi.rules import RuleFinding, RuleSet
from dorsi.settings import Settings
from dorsi.types import Analysis, CameraView, FloatArray, Measurement, Rep, Signals

__all__ = ["build_report", "drills_used", "rounded", "rules_used", "with_review"]

_REP_KEYS = tuple(ReportRep.model_fields)


def build_report(
    analysis: Analysis, findings: Sequence[RuleFinding], settings: Settings, books: Books, clip_sha256: str
) -> Report:
    """The report of one clip; numbers rounded far below what they can mean, NaN to null.

    A refused clip has curves (what was seen) but no repetitions and no numbers except the camera's roll.
    """
    clip, leg = analysis.clip, analysis.leg
    measured = {
        key: _measured(m if analysis.measured or key == "camera_roll_deg" else Measurement())
        for key, m in analysis.measurements.items()
    }
    plan = plan_for(
        findings, books, half_widths_95={key: m.uncertainty_95 for key, m in analysis.measurements.items()}
    )
    return Report(
        schema=SCHEMA,
        clip=Clip(
            file=clip.path.name,
            sha256=clip_sha256,
            width_px=clip.width_px,
            height_px=clip.height_px,
            duration_s=round(clip.duration_s, 4),
            frame_count=clip.frame_count,
            frame_rate_hz=round(clip.frame_rate_hz, 4),
            variable_frame_rate=clip.variable_frame_rate,
            rotation_deg=clip.rotation_deg,
        ),
        test=analysis.test,
        test_source=analysis.test_source,
        posture=leg.rear if leg else None,
        side=leg.side if leg else settings.side,
        side_source="estimated" if settings.side is None else "given",
        facing=leg.facing if leg else None,
        test_leg=leg.test_leg if leg else None,
        status="measured" if analysis.measured else "not_measurable",
        reasons=[Reason(code=n.code, message=n.message, short=n.short) for n in analysis.reasons],
        warnings=[Reason(code=n.code, message=n.message, short=n.short) for n in analysis.warnings],
        reps=[_rep(rep) for rep in analysis.reps] if analysis.measured else [],
        measurements=Measurements(**measured),
        findings=[Finding(**asdict(finding)) for finding in findings],
        plan=_steps(plan),
        plan_note=_note(plan) if analysis.measured else None,
        signals=_curves(analysis.time_s, analysis.signals),
        provenance=Provenance(
            dorsi_version=__version__,
            model=Model(name=analysis.model_name, sha256=analysis.model_sha256),
            outline=Model(name="shank_outline", sha256=analysis.outline_sha256),
            rules=rules_used(books.rules.rule_set(settings.rules)),
            drills=drills_used(books.drills),
            settings=settings.as_dict(),
        ),
        view=_view(analysis.camera_view),
        captured_at=clip.captured_at,
    )


def with_review(machine: Report, reviewed: Report, corrections: Sequence[Correction]) -> Report:
    """The machine's report with the review block; `reviewed` is the same clip's report with at least one
    correction in it."""
    values = {name: getattr(reviewed, name) for name in ReviewedValues.model_fields if name != "measurements"}
    review = Review(
        by=", ".join(dict.fromkeys(each.by for each in corrections)),
        at=max(each.at for each in corrections if each.at is not None),
        machine=MachineValues(status=machine.status, measurements=machine.measurements),
        reviewed=ReviewedValues(**values, measurements=reviewed.measurements),
        corrections=list(corrections),
    )
    return machine.model_copy(update={"review": review})


def rules_used(rules: RuleSet) -> RulesUsed:
    """What a report or a screen says of the rules it was judged by."""
    return RulesUsed(version=rules.version, sha256=rules.sha256, name=rules.name, file=rules.file)


def drills_used(drills: DrillBook) -> DrillsUsed:
    """What a report or a screen says of the drills its plan was made from."""
    return DrillsUsed(version=drills.version, sha256=drills.sha256, file=drills.file)


def _steps(plan: Plan) -> list[PlanStep]:
    return [PlanStep(**{k: v for k, v in asdict(item).items() if k != "name"}) for item in plan.items]


def _note(plan: Plan) -> PlanNote:
    return PlanNote(
        about=plan.about,
        alternatives=list(plan.alternatives),
        remeasure=plan.remeasure,
        real_change=plan.real_change,
        cautions=list(plan.cautions),
        see_a_professional=plan.see_a_professional,
    )


def rounded(found: Measurement) -> Measurement:
    """As it stands in the report; findings are judged by it, so as not to say 7.4 where the page says 7.5."""
    return Measurement(
        _round(found.value, 2), _round(found.uncertainty_95, 2), _round(found.time_s, 4), found.frame
    )


def _measured(found: Measurement) -> Measured:
    return Measured(**asdict(rounded(found)))


def _view(seen: CameraView | None) -> View | None:
    if seen is None:
        return None
    return View(**{key: _round(value, 2) for key, value in asdict(seen).items()})


def _rep(rep: Rep) -> ReportRep:
    values = {key: value for key, value in asdict(rep).items() if key in _REP_KEYS}
    return ReportRep(**{k: _round(v, 3) if isinstance(v, float) else v for k, v in values.items()})


def _curves(time_s: FloatArray, signals: Signals | None) -> SignalCurves:
    nothing = np.full(len(time_s), np.nan)

    def curve(name: str) -> list[float | None]:
        return [_round(v, 2) for v in (nothing if signals is None else getattr(signals, name)).tolist()]

    curves = {name: curve(name) for name in SignalCurves.model_fields if name != "time_s"}
    return SignalCurves(time_s=[round(t, 4) for t in time_s.tolist()], **curves)


def _round(value: float | None, digits: int) -> float | None:
    """Rounded; None for None, NaN and infinities, which JSON cannot say."""
    if value is None or not np.isfinite(value):
        return None
    return round(float(value), digits)
