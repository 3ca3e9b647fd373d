"""From what was measured and found to the `Report`. The one place where the two meet.

Not here: measuring, rules, texts of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from pydantic import BaseModel

from dorsi import __version__
from dorsi.corrections import Correction
from dorsi.errors import readable
from dorsi.plan import Books, DrillBook, plan_for
from dorsi.profile import Clearance, Profile
from dorsi.report import model
from dorsi.report.heeding import note_of
from dorsi.report.model import Report
from dorsi.rules import RuleFinding, RuleSet
from dorsi.settings import Settings
from dorsi.types import Analysis, FloatArray, Measurement, Signals

__all__ = ["build_report", "drills_used", "rounded", "rules_used", "with_review"]

Part = TypeVar("Part", bound=BaseModel)
DRAWN_AS_REST_MM = 4.9
"""Just under what counts as down."""


def build_report(
    analysis: Analysis, findings: Sequence[RuleFinding], settings: Settings, books: Books, clip_sha256: str,
    profile: Profile | None = None, clearance: Clearance | None = None,
) -> Report:  # fmt: skip
    """The report of one clip; numbers rounded far below what they can mean, NaN to null.

    A refused clip has curves (what was seen) but no repetitions and no numbers except the camera's roll. Of
    the `profile` the plan heeds safety (with a therapist's `clearance`), pain and stage; without one it has
    only drills safe for anyone.
    """
    clip, leg = analysis.clip, analysis.leg
    shown = {"camera_roll_deg"} if analysis.reasons else analysis.measurements.keys()
    measured = {
        key: _part(model.Measured, rounded(found if key in shown else Measurement()))
        for key, found in analysis.measurements.items()
    }
    plan = plan_for(findings, books, measurements=analysis.measurements, profile=profile, clearance=clearance)
    stops = plan.safety.state == "stop"
    return Report(
        schema=model.SCHEMA,
        clip=_part(model.Clip, clip, digits=4, file=readable(clip.path.name), sha256=clip_sha256),
        test=analysis.test,
        test_source=analysis.test_source,
        posture=leg.rear if leg else None,
        side=leg.side if leg else settings.side,
        side_source="estimated" if settings.side is None else "given",
        facing=leg.facing if leg else None,
        test_leg=leg.test_leg if leg else None,
        status="measured" if analysis.measured else "not_measurable",
        reasons=[_part(model.Reason, each) for each in analysis.reasons],
        warnings=[_part(model.Reason, each) for each in analysis.warnings],
        reps=[_part(model.ReportRep, rep, digits=3) for rep in analysis.reps] if analysis.measured else [],
        measurements=model.Measurements(**measured),
        findings=[_part(model.Finding, finding) for finding in findings],
        plan=[_part(model.PlanStep, item) for item in plan.items],
        # After a yes to a safety question even a page without a number says whom to see.
        plan_note=note_of(plan) if stops or (analysis.measured and findings) else None,
        signals=_curves(analysis.time_s, analysis.signals),
        provenance=model.Provenance(
            dorsi_version=__version__,
            model=model.Model(name=analysis.model_name, sha256=analysis.model_sha256),
            outline=model.Model(name="shank_outline", sha256=analysis.outline_sha256),
            rules=rules_used(books.rules.rule_set(settings.rules)),
            drills=drills_used(books.drills),
            settings=settings.as_dict(),
        ),
        view=_part(model.View, analysis.camera_view, digits=2) if analysis.camera_view else None,
        captured_at=clip.captured_at,
    )


def with_review(machine: Report, reviewed: Report, corrections: Sequence[Correction]) -> Report:
    """The machine's report with the review block; `reviewed` is the same clip's report with at least one
    correction in it."""
    review = model.Review(
        by=", ".join(dict.fromkeys(each.by for each in corrections)),
        at=max(each.at for each in corrections if each.at is not None),
        machine=_part(model.MachineValues, machine),
        reviewed=_part(model.ReviewedValues, reviewed),
        corrections=list(corrections),
    )
    return machine.model_copy(update={"review": review})


def rules_used(rules: RuleSet) -> model.RulesUsed:
    """What a report or a screen says of the rules it was judged by."""
    return _part(model.RulesUsed, rules)


def drills_used(drills: DrillBook) -> model.DrillsUsed:
    """What a report or a screen says of the drills its plan was made from."""
    return _part(model.DrillsUsed, drills)


def rounded(found: Measurement) -> Measurement:
    """As it stands in the report; findings are judged by it, so as not to say 7.4 where the page says 7.5."""
    return Measurement(
        _round(found.value, 2), _round(found.uncertainty_95, 2), _round(found.time_s, 4), found.frame,
        _round(found.repeatability_95, 2),
    )  # fmt: skip


def _part(kind: type[Part], record: object, *, digits: int | None = None, **more: object) -> Part:
    """The part of the contract that says what `record` has under the same names, and `more`."""
    values = {name: getattr(record, name) for name in kind.model_fields if hasattr(record, name)}
    if digits is not None:
        values = {k: _round(v, digits) if isinstance(v, float) else v for k, v in values.items()}
    return kind(**values, **more)


def _curves(time_s: FloatArray, signals: Signals | None) -> model.SignalCurves:
    if signals is not None:
        # A rise that counts as rest, for no more of it is told than the picture holds, is drawn as rest.
        drawn = np.fmin(signals.heel_lift_mm, np.where(signals.heel_down, DRAWN_AS_REST_MM, np.inf))
        signals = replace(signals, heel_lift_mm=np.where(np.isnan(signals.heel_lift_mm), np.nan, drawn))
    nothing = np.full(len(time_s), np.nan)
    curves = {
        name: [_round(v, 2) for v in getattr(signals, name, nothing).tolist()]
        for name in model.SignalCurves.model_fields
        if name != "time_s"
    }
    return model.SignalCurves(time_s=[round(t, 4) for t in time_s.tolist()], **curves)


def _round(value: float | None, digits: int) -> float | None:
    """Rounded; None for None, NaN and infinities, which JSON cannot say."""
    if value is None or not np.isfinite(value):
        return None
    return round(float(value), digits)
