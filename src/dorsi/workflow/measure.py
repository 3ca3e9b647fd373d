"""Measure one clip: a report out, its files where they are wanted.

Not here: several clips (`several.py`), how a clip is analysed (`engine`), what the files look like (`pages`,
`overlay`), how they land on disk (`results.py`, `folders.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict, Unpack

from dorsi.digest import sha256_of
from dorsi.engine.evidence import Evidence
from dorsi.errors import UsageError
from dorsi.plan import Books, load_books
from dorsi.profile import Clearance, Leg, Profile
from dorsi.report.build import build_report, rounded
from dorsi.report.model import Report
from dorsi.rules import evaluate, evaluate_leg, with_witnesses
from dorsi.settings import LegChoice, ModelName, Settings, TestChoice
from dorsi.types import Analysis, Side, StageListener
from dorsi.workflow.folders import folder_names, result_folder, writing
from dorsi.workflow.results import write_result
from dorsi.workflow.stages import STAGES, Job, Stages

__all__ = [
    "ClipListener", "MeasuredClip", "Options", "check_clip", "listening", "measure", "measure_clip",
    "measure_into", "named", "report_of",
]  # fmt: skip

ClipListener = Callable[[Path, str, float], None]
"""Told the clip, the name of the stage that runs on it and how much of that is done, 0..1."""


class Options(TypedDict, total=False):
    """Fields of `Settings`, for `measure(clip, side="left")`."""

    test: TestChoice
    side: Side | None
    leg: LegChoice
    height_cm: float | None
    foot_cm: float | None
    knee_touched: bool | None
    tape_cm: float | None
    model: ModelName
    rules: str
    video: bool
    blur_face: bool
    max_side_px: int


@dataclass(frozen=True, slots=True)
class MeasuredClip:
    """One clip as measured: what was observed, concluded, and said of it."""

    clip: Path
    settings: Settings
    evidence: Evidence
    analysis: Analysis
    report: Report


def measure(
    clip: str | Path,
    *,
    out: str | Path | None = None,
    name: str | None = None,
    settings: Settings | None = None,
    books: Books | None = None,
    progress: StageListener | None = None,
    stages: Stages = STAGES,
    **options: Unpack[Options],
) -> Report:
    """Measure one clip of a lunge (knee bent or straight), a big toe or a squat.

    A clip that supports no number is a result, not an error: `report.status` is then "not_measurable".
    With `out`, writes report.json, report.html, signals.csv, evidence.npz, peak.jpg and (unless `video` is
    off) annotated.mp4 into `out/name`, whole or not at all, replacing an older result of it; `name` is the
    clip's file name without its ending unless given, with a number where the result of another clip lies.
    Settings come as `settings` or as keywords (`side="left"`, `height_cm=178`). `books` are the rules and
    drills, as `load_books` finds them unless given.

    Raises ClipMissing, ClipEmpty, ClipUnreadable, UsageError, RulesError, PlanError, ModelError, OutputError:
    all of them DorsiError, with one line fit for a user.
    """
    if settings is not None and options:
        raise UsageError("settings_twice")
    job = Job(settings or Settings(**options), books or load_books(), progress, stages)
    clip = Path(clip)
    if out is None:
        check_clip(clip, job)
        return measure_clip(clip, job).report
    plain = folder_names([clip])[0] if name is None else name
    return measure_into(Path(out), plain, clip, job, numbered=name is None)[0]


def measure_clip(clip: Path, job: Job) -> MeasuredClip:
    """Observe, conclude and judge one clip; nothing is written. Errors as of `measure`."""
    settings = job.settings
    seen = job.stages.observe(clip, settings, job.listen)
    analysis = job.stages.conclude(seen, settings, ())
    report = report_of(analysis, seen, settings, job.books, job.profile, job.clearance)
    return MeasuredClip(clip, settings, seen, analysis, report)


def named(
    found: MeasuredClip, side: Side, books: Books, profile: Profile | None, clearance: Clearance | None = None
) -> MeasuredClip:
    """The same with the leg named as a person says; which leg was measured stays."""
    settings, analysis = replace(found.settings, side=side), found.analysis
    if analysis.leg is not None:
        analysis = replace(analysis, leg=replace(analysis.leg, side=side))
    report = report_of(analysis, found.evidence, settings, books, profile, clearance)
    return replace(found, settings=settings, analysis=analysis, report=report)


def check_clip(clip: Path, job: Job) -> None:
    """Everything that can be found wrong at once is found before the long work."""
    job.books.rules.rule_set(job.settings.rules)
    job.stages.probe(clip)
    job.stages.check_weights(job.settings.model)


def measure_into(out: Path, name: str, clip: Path, job: Job, *, numbered: bool) -> tuple[Report, Path]:
    """The report, and the folder it lies in; `numbered` leaves results of other clips in their place."""
    check_clip(clip, job)
    with result_folder(out, name, clip, sha256=[sha256_of(clip)] if numbered else ()) as result:
        found = measure_clip(clip, job)
        with writing(result.target):
            report = write_result(result.folder, found, job)
    return report, result.target


def listening(progress: ClipListener | None, clip: Path) -> StageListener | None:
    """Progress of one clip, told with its name; None when nobody listens."""
    return None if progress is None else lambda stage, fraction: progress(clip, stage, fraction)


def report_of(
    analysis: Analysis, seen: Evidence, settings: Settings, books: Books, profile: Profile | None = None,
    clearance: Clearance | None = None,
) -> Report:  # fmt: skip
    """What was measured on a clip, judged; the plan heeds safety (with a therapist's `clearance`), pain and
    stage of the `profile`."""
    rule_set = books.rules.rule_set(settings.rules)
    side = analysis.leg.side if analysis.leg else settings.side
    measurements = {key: rounded(found) for key, found in analysis.measurements.items()}
    # A squat is done on both legs, whichever of them the camera sees.
    about = None if analysis.test == "squat" else side
    findings = evaluate(rule_set, measurements, analysis.reps, analysis.measured, analysis.test, side=about)
    if side is not None and analysis.test == "lunge":
        answers = Leg(knee_touched=settings.knee_touched, tape_cm=settings.tape_cm)
        findings = with_witnesses(rule_set, [*findings, *evaluate_leg(rule_set, answers, side)])
    return build_report(analysis, findings, settings, books, seen.origin.clip_sha256, profile, clearance)
