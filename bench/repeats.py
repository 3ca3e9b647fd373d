"""One leg, many cameras: `python -m bench.repeats CLIPS` tells how far clips of the same leg differ.

CLIPS holds LEG_CAMERA.mp4 with LEG_CAMERA.truth.json: the part before the last "_" names the leg, which makes
the same motion in each of its clips while the camera's place, level and view change. An error is the reported
peak shin angle less the true one. What is left of it about the leg's own mean is what a second clip of that
leg may differ by, and is held against `repeatability_95`; it is widened by the share of the mean that is the
clip's own (n over n - 1, in square). The whole error is held against `uncertainty_95`, that of the camera's
roll against its own.
Not here: people (`real.py`), errors of single clips (`accuracy.py`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bench.accuracy import measure_as_told, plain, run_options, signed, write_json
from bench.scoring import LungeScore, clips_with_truth, load_report, load_truth, number, score
from dorsi.types import FloatArray

PEAK = "peak_shin_angle_deg"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A measured clip: whose leg, errors and half-widths, deg; NaN where the roll was not told."""

    leg: str
    error_deg: float
    uncertainty_deg: float
    repeatability_deg: float
    roll_error_deg: float
    roll_uncertainty_deg: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; 0 when every clip could be read, else 1."""
    options = _parser().parse_args(arguments)
    clips = clips_with_truth(options.clips)
    if not clips:
        print(f"{options.clips}: no LEG_CAMERA.truth.json here", file=sys.stderr)
        return 1
    failures = measure_as_told(clips, options)
    measured = [found for clip in clips if (found := repeat_of(clip, options.out)) is not None]
    print("\n".join(table(measured, len(clips))))
    write_json(options.json, {"clips": [asdict(each) for each in measured]})
    return 1 if failures else 0


def repeat_of(clip: Path, reports: Path) -> Repeat | None:
    """What was reported on a clip; None when it was refused."""
    report = load_report(reports, clip.stem)
    found = score(clip.stem, load_truth(clip.with_suffix(".truth.json")), report)
    if report is None or not isinstance(found, LungeScore) or not np.isfinite(found.peak_error_deg):
        return None
    return Repeat(
        clip.stem.rpartition("_")[0], found.peak_error_deg, found.uncertainty_deg,
        number(report, PEAK, "repeatability_95"),
        found.roll_error_deg, number(report, "camera_roll_deg", "uncertainty_95"),
    )  # fmt: skip


def table(measured: Sequence[Repeat], clips: int) -> list[str]:
    """A row for each leg and one for all of them, and how many clips were measured."""
    legs = dict.fromkeys(each.leg for each in measured)
    rows = [_row(leg, [each for each in measured if each.leg == leg]) for leg in legs]
    return [
        "| leg | clips | own error | sd about it, largest | within repeatability, its median "
        "| within the whole ±, its median | roll within its ± |",
        "|---|---|---|---|---|---|---|",
        *rows,
        _row("all", measured),
        "",
        f"{len(measured)} of {clips} clips measured.",
    ]


def about_own_mean(measured: Sequence[Repeat]) -> FloatArray:
    """(N,) errors about the mean of their leg, widened to what a clip errs about a mean it has no part in."""
    legs, error = np.array([each.leg for each in measured]), np.array([each.error_deg for each in measured])
    about = np.zeros(len(error))
    for leg in set(legs.tolist()):
        own = legs == leg
        about[own] = (error[own] - error[own].mean()) * np.sqrt(own.sum() / max(1, own.sum() - 1))
    return about


def _row(name: str, measured: Sequence[Repeat]) -> str:
    def column(field: str) -> FloatArray:
        return np.array([getattr(each, field) for each in measured], float)

    def within(size: FloatArray, bound: FloatArray) -> str:
        known = np.isfinite(size) & np.isfinite(bound)
        return f"{int((np.abs(size) <= bound)[known].sum())} of {int(known.sum())}"

    error, about = column("error_deg"), about_own_mean(measured)
    again, whole = column("repeatability_deg"), column("uncertainty_deg")
    cells = (
        name, str(len(measured)), signed(float(error.mean()), "°"),
        f"{plain(float(np.sqrt((about**2).mean())), '°')}, {plain(float(np.abs(about).max()), '°')}",
        f"{within(about, again)}, {plain(float(np.median(again)), '°')}",
        f"{within(error, whole)}, {plain(float(np.median(whole)), '°')}",
        within(column("roll_error_deg"), column("roll_uncertainty_deg")),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.repeats", description=__doc__)
    parser.add_argument("clips", type=Path, metavar="CLIPS")
    run_options(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
