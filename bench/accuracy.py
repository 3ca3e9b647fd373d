"""Accuracy on clips with known truth: `python -m bench.accuracy [CLIPS]` measures, scores and prints tables.

CLIPS is a folder of NAME.mp4 with NAME.truth.json (default: samples). Reports land in OUT/NAME/report.json.
Not here: what counts as an error (see `scoring.py`).
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import shlex
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench.scoring import (
    AngleScore,
    AngleSummary,
    LungeScore,
    RefusalScore,
    Score,
    Summary,
    clips_with_truth,
    score_folder,
    summarise,
)  # fmt: skip

ROOT = Path(__file__).resolve().parents[1]
NAMES = {"big_toe": "big toe", "squat": "knee bend"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; 0 when every clip could be read, else 1."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(arguments)
    clips = clips_with_truth(options.clips)
    if not clips:
        print(f"{options.clips}: no NAME.truth.json here", file=sys.stderr)
        return 1
    failures = measure_as_told(clips, options, options.model, options.video)
    scores = score_folder(options.clips, options.out)
    summary = summarise(scores)
    if options.readme:
        print("\n".join(readme_block(scores, summary, arguments)))
    else:
        print("\n".join([*table(scores), "", *summary_lines(summary)]))
    write_json(options.json, {"summary": asdict(summary), "clips": [asdict(each) for each in scores]})
    return 1 if failures else 0


def measure_as_told(
    clips: Sequence[Path], options: argparse.Namespace, model: str = "heavy", video: bool = False
) -> list[str]:
    """Measure clips as `run_options` say, none with --score-only; lines of failures, which are told too."""
    failures = [] if options.score_only else measure_all(clips, options.out, options.jobs, model, video)
    for failure in failures:
        print(failure, file=sys.stderr)
    return failures


def write_json(path: Path | None, record: object) -> None:
    """Write what --json asks for; nothing where it was not given."""
    if path is not None:
        path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def measure_all(clips: Sequence[Path], out: Path, jobs: int, model: str, video: bool) -> list[str]:
    """Measure every clip into OUT/NAME, `jobs` at a time; one line for each that could not be read."""
    work = partial(_measure, out=out, model=model, video=video)
    if jobs == 1:
        results: Iterable[str | None] = map(work, clips)
        return [line for line in results if line]
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        return [line for line in pool.map(work, clips, chunksize=1) if line]


def _measure(clip: Path, out: Path, model: str, video: bool) -> str | None:
    from dorsi import measure
    from dorsi.errors import DorsiError
    from dorsi.settings import Settings

    # A report of an earlier run must not stand in for one that this run failed to write.
    shutil.rmtree(out / clip.stem, ignore_errors=True)
    settings = Settings(model="full" if model == "full" else "heavy", video=video)
    try:
        measure(clip, out=out, settings=settings)
    except DorsiError as error:
        return f"{clip.name}: {error}"
    print(f"measured {clip.name}", file=sys.stderr)
    return None


def table(scores: Sequence[Score]) -> list[str]:
    """One markdown row a clip; lunges first, then what else was there."""
    lines = [
        "| clip | true peak | error | ± | inside | crest | heel rise | error | heel said | side, leg, reps |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for s in scores:
        if isinstance(s, LungeScore):
            names = ", ".join(_yes(ok) for ok in (s.side_right, s.leg_right, s.reps_right))
            lines.append(
                f"| {s.clip} | {s.peak_true_deg:.1f}° | {signed(s.peak_error_deg, '°')} | "
                f"{plain(s.uncertainty_deg, '°')} | {_yes(s.inside) if s.measured else s.status} | "
                f"{signed(s.crest_error_deg, '°')} | {s.lift_true_mm:.0f} mm | "
                f"{signed(s.lift_error_mm, ' mm')} | {'up' if s.lift_reported else 'down'} | {names} |"
            )
    for s in scores:
        if isinstance(s, AngleScore):
            error, width = signed(s.error_deg, "°"), plain(s.uncertainty_deg, "°")
            said = _yes(s.inside) if math.isfinite(s.error_deg) else s.status
            what = f"{NAMES[s.kind]} {s.true_deg:.1f}°"
            lines.append(f"| {s.clip} | {what} | {error} | {width} | {said} | – | – | – | – | – |")
        elif isinstance(s, RefusalScore):
            verdict = "refused, right reason" if s.right else f"WRONG: {s.status}"
            lines.append(f"| {s.clip} | to be refused | {verdict} | – | – | – | – | – | – | – |")
    return lines


def summary_lines(summary: Summary) -> list[str]:
    """The summary as a markdown list."""
    s = summary
    lines = [
        f"- Lunge clips measured: {s.measured} of {s.lunge_clips}; silent gross errors: {s.silent_gross}",
        f"- Peak shin angle, error: median {plain(s.peak_median_deg, '°')}, 9 in 10 within "
        f"{plain(s.peak_p90_deg, '°')}, largest {plain(s.peak_max_deg, '°')}, "
        f"bias {signed(s.peak_bias_deg, '°')}",
        f"- Truth inside the ±: {plain(100 * s.inside_interval, ' %', 0)} of clips, median ± "
        f"{plain(s.interval_median_deg, '°')}",
        f"- Crest angle, median error: {plain(s.crest_median_deg, '°')}; camera roll: "
        f"{plain(s.roll_median_deg, '°')}; heel rise: {plain(s.lift_median_mm, ' mm')}",
        f"- Heel lifts missed: {s.lift_missed} of {s.lift_clips}; claimed without one: {s.lift_false}",
        f"- Of {s.lunge_clips}: side named right {s.side_right}, leg chosen right {s.leg_right}, "
        f"reps counted right {s.reps_right}",
    ]
    lines += [
        _angle_line(name, each)
        for name, each in ((NAMES["big_toe"], s.big_toe), (NAMES["squat"], s.squat))
        if each.clips
    ]
    if s.refusals:
        lines.append(f"- Refused for the right reason: {s.refused_right} of {s.refusals}")
    return lines


def _angle_line(name: str, s: AngleSummary) -> str:
    return (
        f"- {name.capitalize()}: measured {s.measured} of {s.clips} (recognised {s.test_right}), error: "
        f"median {plain(s.median_deg, '°')}, largest {plain(s.max_deg, '°')}; truth inside the ±: "
        f"{plain(100 * s.inside_interval, ' %', 0)}, median ± {plain(s.interval_median_deg, '°')}; "
        f"silent gross errors: {s.silent_gross}"
    )


def readme_block(scores: Sequence[Score], summary: Summary, arguments: Sequence[str]) -> list[str]:
    """What stands between the accuracy markers of README.md, markers included.

    The folder's path is left out: only its name says which clips these are.
    """
    shown = [
        Path(word).name if "/" in word else word
        for word in arguments
        if word not in {"--readme", "--score-only"}
    ]
    today = datetime.now(UTC).date().isoformat()
    return [
        "<!-- accuracy:begin -->",
        f"`{shlex.join(['python', '-m', 'bench.accuracy', *shown])}`, {today}, {len(scores)} rendered clips:",
        "",
        *table(scores),
        "",
        *summary_lines(summary),
        "<!-- accuracy:end -->",
    ]


def plain(value: float, unit: str, digits: int = 1) -> str:
    """A figure as a table shows it; a dash where there is none."""
    return f"{value:.{digits}f}{unit}" if math.isfinite(value) else "–"


def signed(value: float, unit: str) -> str:
    """A difference as a table shows it; a dash where there is none."""
    return f"{value:+.1f}{unit}" if math.isfinite(value) else "–"


def run_options(parser: argparse.ArgumentParser) -> None:
    """What every bench that measures clips and scores their reports can be told."""
    parser.add_argument(
        "--out", type=Path, default=ROOT / "bench" / "out", help="where reports go (default bench/out)"
    )
    parser.add_argument("--jobs", type=int, default=1, help="clips measured at a time (default 1)")
    parser.add_argument("--score-only", action="store_true", help="score the reports that OUT already has")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write scores and summary there")


def _yes(value: bool) -> str:
    return "yes" if value else "NO"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy", description=__doc__)
    parser.add_argument("clips", type=Path, nargs="?", default=ROOT / "samples", metavar="CLIPS")
    run_options(parser)
    parser.add_argument("--model", choices=["heavy", "full"], default="heavy")
    parser.add_argument(
        "--video", action=argparse.BooleanOptionalAction, default=False, help="write annotated.mp4 too"
    )
    parser.add_argument("--readme", action="store_true", help="print the block for README.md")
    return parser


if __name__ == "__main__":
    sys.exit(main())
