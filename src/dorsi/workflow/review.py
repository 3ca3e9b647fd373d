"""Results opened again: concluded anew with other settings, rules or a newer Dorsi; corrected by a person.

Not here: the arithmetic (`engine/conclude`), the records of corrections (`dorsi.corrections`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dorsi.corrections import Correction
from dorsi.digest import sha256_of
from dorsi.engine.conclude.conclude import with_machine_values
from dorsi.engine.evidence import Evidence
from dorsi.errors import EvidenceError
from dorsi.plan import Books, load_books
from dorsi.profile import Clearance, Profile, Safety
from dorsi.report.build import with_review
from dorsi.report.heeding import is_planned_elsewhere, planned_elsewhere
from dorsi.report.model import Measured, Report, load_report
from dorsi.settings import LegChoice, Settings
from dorsi.types import StageListener
from dorsi.workflow.folders import renewing
from dorsi.workflow.measure import MeasuredClip, report_of
from dorsi.workflow.results import draw, keep_evidence, read_result, write_documents
from dorsi.workflow.stages import STAGES, Job, Stages

__all__ = ["Renewed", "ValueChange", "reconclude", "redraw", "review", "settings_of"]


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One quantity before and after, by its key in `measurements`."""

    key: str
    before: Measured
    after: Measured


@dataclass(frozen=True, slots=True)
class Renewed:
    """A result that was concluded anew: its report before and now, as reviewed where somebody did."""

    folder: Path
    before: Report
    report: Report

    @property
    def changes(self) -> tuple[ValueChange, ...]:
        """What is measured otherwise than before: value, ± or moment."""
        return _changes(self.before.as_reviewed(), self.report.as_reviewed())


def reconclude(
    folder: Path,
    *,
    clip: Path | None = None,
    books: Books | None = None,
    listen: StageListener | None = None,
    stages: Stages = STAGES,
    **changed: Any,
) -> Renewed:
    """Conclude a result anew from its evidence, its settings (but for those `changed`) and its corrections.

    Renews report, page and table; annotated video and pictures only with the `clip` (else the report says
    that they are as of before). Raises EvidenceError, ReportError, UsageError, RulesError, OutputError.
    """
    before, seen = _opened(folder, clip, stages)
    records = () if before.review is None else before.review.known()
    settings = replace(settings_of(before), **changed)
    job = Job(settings, books or load_books(), listen, stages)
    return _renew(folder, before, seen, job, records, clip)


def review(
    folder: Path,
    corrections: Sequence[Correction],
    *,
    leg: LegChoice | None = None,
    clip: Path | None = None,
    books: Books | None = None,
    profile: Profile | None = None,
    clearance: Clearance | None = None,
    listen: StageListener | None = None,
    stages: Stages = STAGES,
) -> Renewed:
    """Conclude a result with these corrections in place of any earlier ones; none gives the machine's report.

    The plan heeds the `profile` with its `clearance`; without one, only what stopped it before. Another `leg`
    was not looked at: it needs the clip. Raises CorrectionError, and what `reconclude` raises.
    """
    before, seen = _opened(folder, clip, stages)
    settings = settings_of(before)
    if leg is not None and leg != settings.leg:
        if clip is None:
            raise EvidenceError("leg_needs_clip")
        settings = replace(settings, leg=leg)
        seen = stages.observe(clip, settings, listen)
    job = Job(settings, books or load_books(), listen, stages, profile, clearance)
    return _renew(folder, before, seen, job, corrections, clip)


def redraw(
    folder: Path, clip: Path, *, books: Books | None = None, listen: StageListener | None = None,
    stages: Stages = STAGES,
) -> bool:  # fmt: skip
    """Draw annotated video and peak picture of a result anew, as its report stands; false, and nothing done,
    when the report changed meanwhile. Nobody waits while it draws. Raises EvidenceError, ReportError,
    OutputError, and whatever opening the clip raises."""
    before, seen = _opened(folder, clip, stages)
    records = () if before.review is None else before.review.known()
    job = Job(settings_of(before), books or load_books(), listen, stages)
    analysis = stages.conclude(seen, job.settings, records)
    with TemporaryDirectory(prefix=f".{folder.name}.drawn-", dir=folder.parent) as drawn:
        found = MeasuredClip(clip, job.settings, seen, analysis, before)
        report = draw(Path(drawn), found, before, job)
        with renewing(folder) as new:
            if load_report(folder / "report.json") != before:
                return False
            for file in Path(drawn).iterdir():
                file.replace(new / file.name)
            write_documents(new, report, analysis, new, job.books)
    return True


def settings_of(report: Report) -> Settings:
    """The settings that a report was made with, as far as this Dorsi knows them."""
    known = {each.name for each in fields(Settings)}
    return Settings(**{key: value for key, value in report.provenance.settings.items() if key in known})


def _stopping(before: Report) -> Profile | None:
    """The answers that stopped the plan of an earlier report: they stop that of the new one too."""
    safety = None if before.plan_note is None else before.plan_note.safety
    if safety is None or safety.state != "stop":
        return None
    yes = {flag.key: True for flag in safety.flags if flag.key in Safety.model_fields}
    return Profile(safety=Safety.model_validate(yes))


def _renew(
    folder: Path, before: Report, seen: Evidence, job: Job, records: Sequence[Correction], clip: Path | None
) -> Renewed:
    settings, books, profile = job.settings, job.books, job.profile or _stopping(before)
    analysis = job.stages.conclude(seen, settings, ())
    report = report_of(analysis, seen, settings, books, profile, job.clearance)
    if records:
        # Checks that they fit, before anything is asked of the machine's values.
        machine, analysis = analysis, job.stages.conclude(seen, settings, records)
        reviewed = report_of(analysis, seen, settings, books, profile, job.clearance)
        report = with_review(report, reviewed, with_machine_values(seen, settings, machine, records))
    if is_planned_elsewhere(before):
        report = planned_elsewhere(report)
    with renewing(folder) as new:
        if settings.leg != settings_of(before).leg:
            report = keep_evidence(new, seen, report)
        else:
            report = report.model_copy(update={"evidence": before.evidence})
        if clip is not None:
            found = MeasuredClip(clip, settings, seen, analysis, report)
            report = draw(new, found, report, job)
        elif before.pictures is not None:
            current = before.pictures.current and _shown_alike(before, report)
            pictures = before.pictures.model_copy(update={"current": current})
            report = report.model_copy(update={"pictures": pictures})
        write_documents(new, report, analysis, folder if clip is None else new, books)
    return Renewed(folder, before, report)


def _changes(before: Report, now: Report) -> tuple[ValueChange, ...]:
    def shown(found: Measured) -> Measured:
        # Older reports do not tell the parts of a ±.
        return found.model_copy(update={"repeatability_95": None})

    old, new = before.measurements, now.measurements
    pairs = ((key, getattr(old, key), getattr(new, key)) for key in type(new).model_fields)
    return tuple(ValueChange(key, a, b) for key, a, b in pairs if shown(a) != shown(b))


def _shown_alike(before: Report, now: Report) -> bool:
    """Whether pictures drawn for one report show the other."""
    a, b = before.as_reviewed(), now.as_reviewed()
    shown = ("test", "side", "status", "reasons", "reps", "signals")
    return not _changes(a, b) and all(getattr(a, key) == getattr(b, key) for key in shown)


def _opened(folder: Path, clip: Path | None, stages: Stages) -> tuple[Report, Evidence]:
    """What lies in a result folder; the `clip`, if one is given, must be the one it is of."""
    before, seen = read_result(folder)
    if clip is not None:
        stages.probe(clip)
        if sha256_of(clip) != seen.origin.clip_sha256:
            raise EvidenceError("clip_of_other_result", file=clip.name)
    return before, seen
