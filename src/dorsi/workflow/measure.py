"""`measure`: one clip in, a report out, its files where they are wanted. What a command line or a page calls.

Not here: how a clip is analysed (`pipeline.py`), what the files look like (`report/`), how they land on disk
safely (`output.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, Unpack

from dorsi.engine.pipeline import analyse
from dorsi.errors import UsageError
from dorsi.models import load
from dorsi.overlay.annotate import write_annotated
from dorsi.pages.report_page import render_html
from dorsi.plan import Books, load_books
from dorsi.profile import Leg
from dorsi.report.build import build_report, rounded
from dorsi.report.csv_out import write_csv
from dorsi.report.model import Report
from dorsi.rules import evaluate, evaluate_leg, with_touches_weighed
from dorsi.settings import LegChoice, ModelName, Settings, TestChoice
from dorsi.types import Analysis, Side
from dorsi.video import probe, sha256_of
from dorsi.workflow.folders import folder_names, result_folder, writing

__all__ = ["Options", "Outcome", "Progress", "measure", "measure_each", "report_of", "write_result"]

Progress = Callable[[str, float], None]
"""Told the name of the stage that runs and how much of it is done, 0..1."""


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


def measure(
    clip: str | Path,
    *,
    out: str | Path | None = None,
    name: str | None = None,
    settings: Settings | None = None,
    books: Books | None = None,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Report:
    """Measure one clip of a lunge, a big toe or a squat.

    A clip that supports no number is a result, not an error: `report.status` is then "not_measurable".
    With `out`, writes report.json, report.html, signals.csv and (unless `video` is off) annotated.mp4 into
    `out/name`, whole or not at all, replacing an older result of it; `name` is the clip's file name without
    its ending unless given, with a number where the result of another clip lies. Settings come as
    `settings` or as keywords (`side="left"`, `height_cm=178`). `books` are the rules and drills, as
    `load_books` finds them unless given.

    Raises ClipMissing, ClipEmpty, ClipUnreadable, UsageError, RulesError, PlanError, ModelError, OutputError:
    all of them DorsiError, with one line fit for a user.
    """
    if settings is not None and options:
        raise UsageError("settings_twice")
    settings = Settings(**options) if settings is None else settings
    clip, out = Path(clip), None if out is None else Path(out)
    plain = folder_names([clip])[0] if name is None else name
    return _measure(clip, out, plain, settings, books or load_books(), progress, numbered=name is None)[0]


def _measure(
    clip: Path,
    out: Path | None,
    name: str,
    settings: Settings,
    books: Books,
    progress: Progress | None,
    *,
    numbered: bool,
) -> tuple[Report, Path | None]:
    """The report, and the folder it lies in; `numbered` leaves results of other clips in their place."""
    # Everything that can be found wrong at once is found before the long work.
    books.rules.rule_set(settings.rules)
    probe(clip)
    load(settings.model)
    sha256 = sha256_of(clip)
    if out is None:
        return report_of(sha256, analyse(clip, settings, progress), settings, books), None
    with result_folder(out, name, clip, sha256=[sha256] if numbered else ()) as result:
        analysis = analyse(clip, settings, progress)
        report = report_of(sha256, analysis, settings, books)
        with writing(result.target):
            write_result(result.folder, clip, analysis, report, settings, books, progress)
    return report, result.target


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one clip of several: a report, or the error that stood in the way.

    `folder` is where the files lie, None when nothing was written.
    """

    clip: Path
    folder: Path | None
    report: Report | None
    error: Exception | None


def measure_each(
    clips: Sequence[Path],
    *,
    out: Path,
    settings: Settings,
    books: Books | None = None,
    progress: Callable[[Path, str, float], None] | None = None,
) -> Iterator[Outcome]:
    """Measure several clips in a row, each into a folder of its own; one that fails does not stop the rest.

    Clips with the same file name get `name`, `name-2`, …, also beside results of earlier runs.
    Raises RulesError, PlanError or ModelError at once when no clip could be measured with these settings.
    """
    books = books or load_books()
    books.rules.rule_set(settings.rules)
    load(settings.model)
    for clip, name in zip(clips, folder_names(clips), strict=True):
        tell = telling(progress, clip)
        try:
            report, folder = _measure(clip, out, name, settings, books, tell, numbered=True)
        except Exception as error:  # noqa: BLE001  also a fault of ours must not cost the other clips
            yield Outcome(clip, None, None, error)
        else:
            yield Outcome(clip, folder, report, None)


def telling(progress: Callable[[Path, str, float], None] | None, clip: Path) -> Progress | None:
    """Progress of one clip, told with its name; None when nobody listens."""
    return None if progress is None else lambda stage, fraction: progress(clip, stage, fraction)


def report_of(sha256: str, analysis: Analysis, settings: Settings, books: Books) -> Report:
    """What was measured on a clip, judged."""
    rule_set = books.rules.rule_set(settings.rules)
    side = settings.side or (analysis.leg.side if analysis.leg else None)
    measurements = {key: rounded(found) for key, found in analysis.measurements.items()}
    # A squat is done on both legs, whichever of them the camera sees.
    about = None if analysis.test == "squat" else side
    findings = evaluate(rule_set, measurements, analysis.reps, analysis.measured, analysis.test, side=about)
    if side is not None and analysis.test == "lunge":
        answers = Leg(knee_touched=settings.knee_touched, tape_cm=settings.tape_cm)
        findings = with_touches_weighed([*findings, *evaluate_leg(rule_set, answers, side)])
    return build_report(analysis, findings, settings, books, sha256)


def write_result(
    folder: Path,
    clip: Path,
    analysis: Analysis,
    report: Report,
    settings: Settings,
    books: Books,
    progress: Progress | None,
) -> bytes | None:
    """Write every file of one clip's result into `folder`; the annotated peak frame as JPEG, if there is one.

    Raises OSError, and OutputError from the encoder.
    """
    peak_jpeg = write_annotated(clip, analysis, report, folder / "annotated.mp4", settings, progress)
    page = render_html(report, analysis, peak_jpeg, books.rules)
    (folder / "report.html").write_text(page, encoding="utf-8")
    (folder / "report.json").write_text(report.to_json(), encoding="utf-8")
    write_csv(report, folder / "signals.csv")
    return peak_jpeg
