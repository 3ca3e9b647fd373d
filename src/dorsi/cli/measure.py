"""`dorsi measure`: options in, results shown. Not here: measuring and writing (`dorsi.workflow.measure`)."""

from __future__ import annotations

import json
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from dorsi.cli import options
from dorsi.cli.common import complain, place_of, say, stages_of, tell_reasons, watched
from dorsi.cli.storing import DateOption, RunnerOption, StoreOption, outcome_in_words
from dorsi.cli.words import exit_code_of, in_words, warning_in_words
from dorsi.errors import DorsiError, readable
from dorsi.settings import LegChoice, Settings, TestChoice
from dorsi.types import Side

if TYPE_CHECKING:
    from dorsi.report.model import Report
    from dorsi.workflow.keep import Keeper
    from dorsi.workflow.several import Outcome

__all__ = ["measure"]


def measure(
    context: typer.Context,
    clips: Annotated[
        list[Path],
        typer.Argument(metavar="CLIP...", help="Clips to measure; several at a time, told in this order."),
    ],
    out: Annotated[Path, typer.Option(help="Folder that gets a folder for each clip.")] = Path("dorsi-out"),
    test: Annotated[
        TestChoice, typer.Option(help="What the clip shows; auto = recognised from the motion.")
    ] = "auto",
    side: Annotated[Side | None, typer.Option(help="Name of the leg, when Dorsi names it wrongly.")] = None,
    leg: Annotated[
        LegChoice, typer.Option(help="Leg to measure; near and far as the camera sees it.")
    ] = "front",
    height_cm: options.HeightCm = None,
    foot_cm: options.FootCm = None,
    knee_touched: Annotated[bool | None, options.touched_option("The knee")] = None,
    tape_cm: Annotated[float | None, options.tape_option("Big toe")] = None,
    model: options.Model = "heavy",
    rules: options.Rules = "runner",
    rules_file: options.RulesFile = None,
    drills_file: options.DrillsFile = None,
    video: Annotated[bool, typer.Option(help="Write annotated.mp4.")] = True,
    blur_face: options.BlurFace = True,
    max_side: options.MaxSide = 1280,
    runner: RunnerOption = None,
    store: StoreOption = None,
    date: DateOption = None,
    workers: options.Workers = None,
    as_json: options.AsJson = False,
    verbose: options.Verbose = False,
) -> None:
    """Measure clips of lunges (knee bent or straight), big-toe extension or squats.

    Each clip gets OUT/<file name>/ with report.html, report.json, signals.csv, annotated.mp4, peak.jpg and
    evidence.npz, from which the result can be concluded anew (dorsi reconclude, dorsi correct).

    \b
    dorsi measure lunge.mp4
    dorsi measure left.mp4 right.mp4 --out results --height-cm 178
    dorsi measure left.mp4 right.mp4 --runner "Ana Lima" --date 2026-03-01
    dorsi measure lunge.mp4 --json --no-video > report.json
    dorsi measure toe.mp4 --test big_toe
    dorsi measure calf.mp4 --test lunge_straight
    dorsi measure lunge.mp4 --knee-touched --tape-cm 9.5
    """
    with watched(verbose) as bar:
        settings = Settings(
            test=test, side=side, leg=leg, height_cm=height_cm, foot_cm=foot_cm, knee_touched=knee_touched,
            tape_cm=tape_cm, model=model, rules=rules, video=video, blur_face=blur_face, max_side_px=max_side,
        )  # fmt: skip
        from dorsi.plan import load_books
        from dorsi.workflow.keep import keeper
        from dorsi.workflow.several import measure_each

        books, kept = load_books(rules_file, drills_file), keeper(runner, store, date)
        codes, documents = [0], []
        stages = stages_of(context)
        for outcome in measure_each(
            clips, out=out, settings=settings, books=books, progress=bar.update, stages=stages,
            place=place_of(stages, len(clips), workers),
        ):  # fmt: skip
            bar.hide()
            codes.append(exit_code_of(outcome.report or outcome.error))
            _complain(outcome, settings, bar.stream, verbose)
            lines, code = _keep(outcome, kept, bar.stream)
            codes.append(code)
            if as_json:
                documents.append(_document(outcome))
            elif outcome.report is not None:
                _show(outcome, outcome.report)
                for line in lines:
                    say(f"  {line}")
    if as_json:
        say(documents[0] if len(clips) == 1 else "[\n" + ",\n".join(documents) + "\n]")
    raise typer.Exit(max(codes))


def _complain(outcome: Outcome, settings: Settings, stderr: TextIO, verbose: bool) -> None:
    """Lines on stderr: why a clip has no number, and what was told in vain."""
    if outcome.error is not None:
        complain(in_words(outcome.error), outcome.clip, stderr)
        if verbose:
            traceback.print_exception(outcome.error, file=stderr)
    if outcome.report is None:
        return
    tell_reasons(outcome.report, outcome.clip, stderr)
    # A touch or a tape distance says nothing about a toe, a squat or a straight knee.
    told = settings.knee_touched is not None or settings.tape_cm is not None
    if told and outcome.report.test != "lunge":
        complain("not the lunge, so --knee-touched and --tape-cm were not used.", outcome.clip, stderr)


def _keep(outcome: Outcome, kept: Keeper | None, stderr: TextIO) -> tuple[list[str], int]:
    """Store a measured clip; lines about it, and the exit code."""
    if kept is None or outcome.report is None:
        return [], 0
    if outcome.report.status != "measured":
        complain("not stored, because there is no number.", outcome.clip, stderr)
        return [], 0
    try:
        return outcome_in_words(kept.keep(outcome.report)), 0
    except DorsiError as error:
        complain(f"measured, but not stored: {in_words(error)}", outcome.clip, stderr)
        return [], exit_code_of(error)


def _document(outcome: Outcome) -> str:
    """The report as JSON; for a clip without one, an object that says why."""
    if outcome.report is not None:
        return outcome.report.to_json()
    why: dict[str, object] = {"kind": type(outcome.error).__name__, "message": str(outcome.error)}
    if isinstance(outcome.error, DorsiError):
        why |= {"code": outcome.error.code, "params": outcome.error.params}
    return json.dumps(
        {"clip": {"file": readable(outcome.clip.name)}, "status": "error", "error": why}, indent=2
    )


def _show(outcome: Outcome, report: Report) -> None:
    from dorsi.report.verdict import verdict_sentence

    if report.status == "measured":
        say(f"{outcome.clip.name}: {verdict_sentence(report)}")
        for finding in report.findings:
            say(f"  {finding.verdict.replace('_', ' ')}: {finding.message}", finding.verdict)
        if report.plan:
            say(f"  plan: {'; '.join(step.drill for step in report.plan)}")
    for warning in report.warnings:
        say(f"  warning: {warning_in_words(warning)}", "middle")
    if outcome.folder is not None:
        for file in ("report.html", "annotated.mp4"):
            if (outcome.folder / file).exists():
                say(f"  {file}: {outcome.folder / file}")
