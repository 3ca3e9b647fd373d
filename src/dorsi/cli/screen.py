"""`dorsi screen`: options in, the screen shown. Not here: measuring and judging (`workflow/screen.py`)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from dorsi.cli import options
from dorsi.cli.common import complain, say, stages_of, tell_reasons, watched
from dorsi.cli.profile import from_terminal
from dorsi.cli.storing import DateOption, RunnerOption, StoreOption, aligned, outcome_in_words
from dorsi.cli.words import exit_code_of, in_words
from dorsi.errors import DorsiError
from dorsi.settings import Settings

if TYPE_CHECKING:
    from dorsi.profile import Profile
    from dorsi.screen.model import Screen
    from dorsi.workflow.keep import Keeper
    from dorsi.workflow.screen import Screened

__all__ = ["screen"]

_GRAVEST_FIRST = ("limited", "borderline", "not_measured")


def _clip_option(told: str) -> Any:
    return typer.Option(metavar="CLIP", help=told)


def screen(
    context: typer.Context,
    left: Annotated[Path | None, _clip_option("Lunge of the left leg, or its report.json.")] = None,
    right: Annotated[Path | None, _clip_option("Lunge of the right leg, or its report.json.")] = None,
    left_toe: Annotated[Path | None, _clip_option("Big-toe test of the left foot.")] = None,
    right_toe: Annotated[Path | None, _clip_option("Big-toe test of the right foot.")] = None,
    squat: Annotated[Path | None, _clip_option("Deep squat from the side.")] = None,
    left_straight: Annotated[
        Path | None, _clip_option("Knee-straight lunge of the left leg, the rear one.")
    ] = None,
    right_straight: Annotated[
        Path | None, _clip_option("Knee-straight lunge of the right leg, the rear one.")
    ] = None,
    profile: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Answers, as 'dorsi profile' writes them.")
    ] = None,
    left_knee_touched: Annotated[bool | None, options.touched_option("The left knee")] = None,
    right_knee_touched: Annotated[bool | None, options.touched_option("The right knee")] = None,
    left_tape_cm: Annotated[float | None, options.tape_option("Left big toe")] = None,
    right_tape_cm: Annotated[float | None, options.tape_option("Right big toe")] = None,
    swap: Annotated[bool, typer.Option("--swap", help="Exchange left and right clips.")] = False,
    trust_sides: Annotated[
        bool, typer.Option("--trust-sides", help="Keep the sides as given, whatever the clips look like.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Folder that gets the folder of the screen.")] = Path("dorsi-out"),
    height_cm: options.HeightCm = None,
    foot_cm: options.FootCm = None,
    model: options.Model = "heavy",
    rules: options.Rules = "runner",
    rules_file: options.RulesFile = None,
    drills_file: options.DrillsFile = None,
    video: Annotated[bool, typer.Option(help="Write annotated.mp4 of each clip.")] = True,
    blur_face: options.BlurFace = True,
    max_side: options.MaxSide = 1280,
    runner: RunnerOption = None,
    store: StoreOption = None,
    date: DateOption = None,
    as_json: options.AsJson = False,
    verbose: options.Verbose = False,
) -> None:
    """Screen both legs: lunges (knee bent or straight), big toes, squat of one person, findings, a plan.

    At least one clip; what was measured before may be given as its report.json. At a terminal, safety
    questions that the profile leaves open are asked first; a yes, and there is no plan. Writes
    OUT/screen-<runner>-<date>/ with screen.html, plan.html, screen.json and a folder for each clip.

    \b
    dorsi screen --left left.mp4 --right right.mp4
    dorsi screen --left l.mp4 --right r.mp4 --left-toe lt.mp4 --right-toe rt.mp4 --profile ana.toml
    dorsi screen --left l.mp4 --right r.mp4 --left-straight ls.mp4 --right-straight rs.mp4
    dorsi screen --left l.mp4 --right r.mp4 --left-tape-cm 9.5 --right-tape-cm 7 --runner "Ana Lima"
    dorsi screen --left dorsi-out/l/report.json --right dorsi-out/r/report.json --no-right-knee-touched
    """
    with watched(verbose) as bar:
        settings = Settings(
            height_cm=height_cm, foot_cm=foot_cm, model=model, rules=rules, video=video, blur_face=blur_face,
            max_side_px=max_side,
        )  # fmt: skip
        from dorsi.plan import load_books
        from dorsi.screen.answers import load_answers
        from dorsi.workflow.keep import keeper
        from dorsi.workflow.screen import screen_clips

        kept = keeper(runner, store, date)
        answers = load_answers(
            profile, left_knee_touched=left_knee_touched, right_knee_touched=right_knee_touched,
            left_tape_cm=left_tape_cm, right_tape_cm=right_tape_cm,
        )  # fmt: skip
        books = load_books(rules_file, drills_file)
        if not as_json and any((left, right, left_toe, right_toe, squat)):
            answers = _with_safety(answers)
        screened = screen_clips(
            left, right, left_toe, right_toe, squat, left_straight, right_straight,
            profile=answers, runner=runner, date=None if kept is None else kept.day, out=out,
            settings=settings, books=books, swap=swap, trust_sides=trust_sides,
            progress=bar.update, stages=stages_of(context),
        )  # fmt: skip
        bar.hide()
        for report in screened.reports.values():
            tell_reasons(report, Path(report.clip.file), bar.stream)
        lines, code = _keep(screened, kept, bar.stream)
    if as_json:
        say(screened.screen.to_json().rstrip("\n"))
    else:
        _show(screened, lines)
    raise typer.Exit(max(code, exit_code_of(*screened.reports.values())))


def _with_safety(answers: Profile | None) -> Profile | None:
    """The answers with those to the open safety questions, where somebody sits at a terminal; the file of the
    profile stays as it is."""
    from dorsi.profile import Profile
    from dorsi.profile.questionnaire import ask_safety

    if sys.stdin is None or not sys.stdin.isatty():
        return answers
    told = ask_safety(from_terminal, say, answers or Profile())
    if not told:
        return answers
    known = answers or Profile()
    return known.model_copy(update={"safety": known.safety.model_copy(update=told)})


def _keep(screened: Screened, kept: Keeper | None, stderr: TextIO) -> tuple[list[str], int]:
    """Store the screen and its measured clips; lines about them, and the exit code."""
    if kept is None:
        return [], 0
    lines = []
    try:
        for report in screened.reports.values():
            if report.status == "measured":
                lines += [f"{report.clip.file}: {line}" for line in outcome_in_words(kept.keep(report))]
        told = outcome_in_words(kept.keep_screen(screened.screen.to_json()))
        lines += [f"screen: {line}" for line in told]
    except DorsiError as error:
        complain(f"screened, but not stored: {in_words(error)}", stream=stderr)
        return lines, exit_code_of(error)
    return lines, 0


def _show(screened: Screened, stored: list[str]) -> None:
    found = screened.screen
    say(found.headline.runner, found.headline.tone)
    for note in found.notes:
        say(f"note: {note.message}", "middle")
    _show_sides(found)
    _show_findings(found)
    _show_plan(found)
    for line in stored:
        say(line)
    if screened.folder is not None:
        for file in ("plan.html", "screen.html", "screen.json"):
            if (screened.folder / file).exists():
                say(f"{file}: {screened.folder / file}")


def _show_sides(found: Screen) -> None:
    """Left beside right, and what keeps them from being compared."""
    from dorsi.quantities import with_plus_minus

    rows = [("", "left", "right", "left − right")]
    for pair in found.pairs:
        values = (pair.left, pair.right, pair.difference)
        cells = ["" if each is None else with_plus_minus(each, pair.unit) for each in values]
        rows.append((pair.title, cells[0], cells[1], cells[2]))
    if len(rows) > 1:
        say()
        aligned(rows)
    for pair in found.pairs:
        if pair.said:
            say(pair.said)
    for each in found.comparability:
        for difference in each.differences:
            if not difference.blocks:
                say(f"note: {difference.message}")


def _show_findings(found: Screen) -> None:
    shown = [each for each in found.findings if each.verdict != "meets"]
    say()
    for each in sorted(shown, key=lambda each: _GRAVEST_FIRST.index(each.verdict)):
        side = f", {each.side}" if each.side else ""
        say(f"{each.verdict.replace('_', ' ')}{side}: {each.message}", each.verdict)
    if len(shown) < len(found.findings):
        say(f"{len(found.findings) - len(shown)} of {len(found.findings)} findings meet their reference.")


def _show_plan(found: Screen) -> None:
    from dorsi.plan import dose_in_words

    plan, safety = found.plan, found.plan.safety
    if safety is not None and safety.state == "stop":
        return  # the first line has said whom to see
    say()
    now = next((f" ({each.title.lower()})" for each in plan.stages if each.now), "")
    say(f"Plan{now}: {plan.about}")
    for number, item in enumerate(plan.items, 1):
        side = f" ({item.side})" if item.side else ""
        dose = dose_in_words(item.dose, item.how_often, item.dose_by, item.how_often_by)
        say(f"  {number}. {item.drill}{side}: {dose}")
    for left in plan.withheld:
        say(f"  not: {left.drill}. {left.why}")
    after = next((each.before_next for each in plan.stages if each.now), "")
    if plan.items and after:
        say(f"Before the next stage: {after}")
    if safety is not None and safety.state != "clear":
        say(safety.line, "middle")
    if plan.remeasure:
        say(plan.remeasure)
