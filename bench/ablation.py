"""What each part of the engine is worth: `python -m bench.ablation [CLIPS]` prints a table.

Every clip is observed once; then the shin angle at the true heel-down peak is read in five ways, each with
one part more: the labelled leg of the pose network as it is, the leg track, a planted-foot fit on it, the
outline of the shank, and level and view. Heel and repetitions play no part here: the moment is given.
CLIPS is a folder of NAME.mp4 with NAME.truth.json (default: samples).
Not here: what a report gets right (`accuracy.py`).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from bench.scoring import HEEL_DOWN_MM, load_truth
from dorsi.engine.conclude.conclude import camera_of
from dorsi.engine.conclude.shank import shank_track, straightened_leg
from dorsi.engine.conclude.signals import build_signals, length_scale
from dorsi.engine.evidence import Evidence
from dorsi.engine.geometry import tilt_deg
from dorsi.engine.landmarks import LEFT_LEG, RIGHT_LEG, LegPoint
from dorsi.engine.pipeline import observe
from dorsi.engine.view import View
from dorsi.settings import Settings
from dorsi.types import LegTrack, Level

ROOT = Path(__file__).resolve().parents[1]
PARTS = (
    "MediaPipe alone, leg given",
    "+ leg track",
    "+ planted-foot fit (not kept)",
    "leg track + outline and crest of the shank",
    "+ level and view",
    "all, and the planted-foot fit",
)
FloatArray = npt.NDArray[np.float64]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.ablation", description=__doc__)
    parser.add_argument("clips", type=Path, nargs="?", default=ROOT / "samples", metavar="CLIPS")
    parser.add_argument("--jobs", type=int, default=1, help="clips at a time (default 1)")
    options = parser.parse_args(arguments)
    truths = [p for p in sorted(options.clips.glob("*.truth.json")) if load_truth(p).kind == "lunge"]
    if not truths:
        print(f"{options.clips}: no lunge NAME.truth.json here", file=sys.stderr)
        return 1
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        errors = np.array([row for row in pool.map(errors_deg, truths, chunksize=1) if row is not None])
    print("\n".join(table(errors)))
    return 0


def table(errors: FloatArray) -> list[str]:
    """Markdown from (N, parts) signed errors, deg."""
    lines = [
        f"Error of the shin angle at the true peak, {len(errors)} clips:",
        "",
        "| part | median | 9 in 10 | largest | bias |",
        "|---|---|---|---|---|",
    ]
    for part, column in zip(PARTS, errors.T, strict=True):
        known = column[np.isfinite(column)]
        size = np.abs(known)
        lines.append(
            f"| {part} | {np.median(size):.1f}° | {np.percentile(size, 90):.1f}° | {size.max():.1f}° | "
            f"{known.mean():+.1f}° |"
        )
    return lines


def errors_deg(truth_path: Path) -> list[float] | None:
    """Signed errors of one clip, one a part; None when nobody was found."""
    clip = truth_path.with_name(truth_path.name.replace(".truth.json", ".mp4"))
    frames = json.loads(truth_path.read_text(encoding="utf-8"))["frames"]
    shank = np.array([frame["shank_deg"] for frame in frames])
    rise = np.array([frame["heel_height_mm"] for frame in frames])
    down = rise - np.median(rise[:5]) < HEEL_DOWN_MM
    seen = observe(clip, Settings())
    if seen.leg is None:
        return None
    side = load_truth(truth_path).side
    looked = np.arange(0, min(len(shank), len(seen.time_s)), seen.stride)
    top = int(looked[np.argmax(np.where(down, shank, -np.inf)[looked])])
    level, view = camera_of(seen)
    square = replace(view, yaw_deg=0.0, pitch_deg=0.0)
    flat = Level(float("nan"), 4.0, "none")
    edged = straightened_leg(seen.leg, shank_track(seen.shank_looks, seen.leg))
    read = (
        _labelled(seen, side, top),
        _curve(seen, seen.leg, flat, square)[top],
        _curve(seen, planted(seen.leg, looked), flat, square)[top],
        _curve(seen, edged, flat, square)[top],
        _curve(seen, edged, level, view)[top],
        _curve(seen, planted(edged, looked), level, view)[top],
    )
    print(f"observed {clip.name}", file=sys.stderr)
    return [float(angle - shank[top]) for angle in read]


def planted(leg: LegTrack, looked: npt.NDArray[np.intp]) -> LegTrack:
    """The leg with one ankle and one length of shank for the whole clip, fitted to all looks at once.

    Robust least squares over ankle (2), length and one angle a look; a bend of the path is priced, so that
    neighbours help each other.
    """
    xy_px = leg.xy_px
    rows = looked[np.isfinite(xy_px[looked, 0, 0])]
    ankle, knee = xy_px[rows, LegPoint.ANKLE], xy_px[rows, LegPoint.KNEE]
    angle = np.radians(tilt_deg(ankle, knee, 1))
    length = float(np.median(np.linalg.norm(knee - ankle, axis=1)))

    def leftover(unknown: FloatArray) -> FloatArray:
        tilt = unknown[3:]
        way = unknown[2] * np.stack([np.sin(tilt), -np.cos(tilt)], axis=1)
        bend = np.diff(tilt, 2) / np.radians(1.0)
        apart = np.concatenate([ankle - unknown[:2], knee - unknown[:2] - way]) / (0.02 * length)
        return np.concatenate([apart.ravel(), bend])

    start = np.concatenate([np.median(ankle, axis=0), [length], angle])
    found = least_squares(leftover, start, loss="soft_l1").x
    fitted = xy_px.copy()
    fitted[rows, LegPoint.ANKLE] = found[:2]
    way = found[2] * np.stack([np.sin(found[3:]), -np.cos(found[3:])], axis=1)
    fitted[rows, LegPoint.KNEE] = found[:2] + way
    return replace(leg, xy_px=fitted)


def _labelled(seen: Evidence, side: str, frame: int) -> float:
    """Tilt of the leg that the first view calls by this name."""
    track = seen.tracks[0]
    _, knee, ankle, *_ = LEFT_LEG if side == "left" else RIGHT_LEG
    forward = seen.leg.forward if seen.leg is not None else 1
    return float(tilt_deg(track.xy_px[frame, ankle], track.xy_px[frame, knee], forward))


def _curve(seen: Evidence, leg: LegTrack, level: Level, view: View) -> FloatArray:
    if seen.leg_facts is None:
        raise ValueError("nobody was found")
    scale = length_scale(seen.leg_facts, Settings())
    return build_signals(leg, level, view, None, scale, seen.stride)[0].shin_angle_deg


if __name__ == "__main__":
    sys.exit(main())
