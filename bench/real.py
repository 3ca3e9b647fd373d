"""Accuracy on real legs: `python -m bench.real CLIPS DIGITISED.csv ...` measures, scores, prints tables.

DIGITISED.csv holds frames that two raters marked, neither seeing the other's marks; always `clip`, `frame`,
`facing`, `heel` (up, down, or another word; empty: not judged) and `sure` (1 within a few pixels, 2 fair, 3 a
guess). A file of ratings has a row for each frame and `rater`, with points in px that may be empty: hip_x,
hip_y, and the same of knee, ankle, shin_up and shin_low (on the straight front edge of the shin);
bench/ratings.csv is one. A file of means has a row for each frame, with `joint_deg` and `crest_deg` (mean of
both ratings, tilt in the picture, positive forward); `joint_apart_deg` and `crest_apart_deg`, how far the
ratings are apart, and mean points may be missing, and of hips it has none. Ratings are brought to the same:
mean tilts, the larger `sure`, and where the raters disagree on the heel it does not count.

Several files may be given. A frame that more than one of them has counts once, as the first has it; from
later ones it only takes a heel, crest or knee bend that the first left open (no angle that is a guess).
CLIPS is the folder of the clips they name (NAME.mp4); OUT/NAME/ gets report.json and evidence.npz.

Counted are angles of marks with sure < 3 and joint_deg > 10, refused clip or not, where the curve has a
value. An error is that value less the marks, with the reported camera roll taken off the marks. Marks seen
through the same camera are the marked line's angle in the upright plane of the lunge, by Dorsi's own level
and view of the clip. Knee bends, marked in the picture, count with sure < 3 and over 30 deg. Bare
landmarks (ankle to knee of the chosen leg as the pose network gave them) are held against the same marks
on the frames where the joint line is counted; the roll, taken off both, drops out. The heel counts where
the raters agree on it and there is a report: up from 5 mm of rise, unseen where the report has no rise.
The last line tells how often the joint line, marks seen through the same camera, lies within the ± of its
clip's peak shin angle, and the median of that ± over these frames; of measured clips alone.
The sd is about the bias, over all frames; nine in ten is the smallest error that 90 % do not exceed.
How far ratings are apart has no sign: its sd is a root mean square, and it has no bias.
Not here: clips with known truth (`accuracy.py`).
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from bench.accuracy import measure_as_told, plain, run_options, signed, write_json
from bench.scoring import HEEL_DOWN_MM, load_report, number
from dorsi.engine.conclude.conclude import camera_of
from dorsi.engine.evidence_file import read_evidence
from dorsi.engine.geometry import tilt_deg
from dorsi.engine.landmarks import LegPoint
from dorsi.engine.view import View
from dorsi.errors import EvidenceError
from dorsi.types import FloatArray, Level

__all__ = [
    "FrameScore",
    "Marks",
    "RealSummary",
    "Spread",
    "Unusable",
    "clip_table",
    "interval_line",
    "joined",
    "main",
    "read_marks",
    "score_reports",
    "summarise",
    "whole_table",
]

LEAST_TILT_DEG: Final = 10.0
"""Marks of a line that leans less, in the picture, do not count."""

LEAST_BEND_DEG: Final = 30.0
"""Marked knees that bend less do not count: that is standing, where nobody asks for the knee bend."""

GUESSED: Final = 3
"""From this `sure` on marks do not count."""

NO_REPORT: Final = "no report"

THROUGH: Final = "marks seen through the same camera"

Row = Mapping[str, str | None]
Lines = tuple[tuple[float, ...], ...]
"""A marked line as each rating has it (or once, the mean): lower x, y, upper x, y, px."""


class Unusable(Exception):
    """A file that the bench needs is missing or cannot be used; the message names it."""


@dataclass(frozen=True, slots=True)
class Marks:
    """One digitised frame, both ratings together; NaN for an angle that was not marked.

    `forward` is +1 when the person faces right, -1 when left; lines are empty where a file has no points.
    """

    clip: str
    frame: int
    forward: int
    joint_deg: float
    joint_apart_deg: float
    crest_deg: float
    crest_apart_deg: float
    heel: str
    sure: int
    bend_deg: float
    joint_px: Lines
    crest_px: Lines

    @property
    def angles_count(self) -> bool:
        """Whether its angles are counted."""
        return self.sure < GUESSED and self.joint_deg > LEAST_TILT_DEG

    @property
    def bend_counts(self) -> bool:
        """Whether its knee bend is counted."""
        return self.sure < GUESSED and self.bend_deg > LEAST_BEND_DEG


@dataclass(frozen=True, slots=True)
class FrameScore:
    """What was reported on one frame against its marks.

    Errors are reported minus marked, NaN where either is missing, whether or not the angles count; `through`
    with the marks seen through the same camera. `heel_said` is None without a report; `uncertainty_deg` is
    the clip's ± of the peak shin angle, NaN unless measured.
    """

    marks: Marks
    status: str
    joint_error_deg: float
    crest_error_deg: float
    landmarks_error_deg: float
    heel_said: Literal["up", "down", "unseen"] | None
    joint_through_error_deg: float = math.nan
    crest_through_error_deg: float = math.nan
    bend_error_deg: float = math.nan
    uncertainty_deg: float = math.nan


@dataclass(frozen=True, slots=True)
class Spread:
    """Errors in a few figures, deg, NaN without any.

    Median and `p90_deg` (nine in ten are not larger) are of their sizes; `within_sd_deg` is how well a
    clip repeats itself, NaN where none has two frames.
    """

    frames: int
    bias_deg: float
    sd_deg: float
    median_deg: float
    p90_deg: float
    within_sd_deg: float = math.nan


@dataclass(frozen=True, slots=True)
class RealSummary:
    """Some digitised frames: of one clip, or of all.

    `interval_inside` of `interval_frames` have the joint line, marks seen through the same camera, within
    their clip's ±, whose median over these frames is `interval_median_deg`.
    """

    clips: int
    frames: int
    refused: int
    joint: Spread
    joint_through: Spread
    landmarks: Spread
    crest: Spread
    crest_through: Spread
    bend: Spread
    joint_ratings: Spread
    crest_ratings: Spread
    heel_right: int
    heel_unseen: int
    heel_wrong: int
    interval_frames: int
    interval_inside: int
    interval_median_deg: float


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the evidence of a clip tells: tilt of the bare landmarks' shank in the picture, a frame each, and
    how the camera stood; nothing without a leg."""

    landmarks_deg: FloatArray
    camera: tuple[Level, View] | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; 0 when every clip could be read, else 1."""
    options = _parser().parse_args(arguments)
    try:
        files = {path: read_marks(path) for path in options.digitised}
        for path, some in files.items():
            for name in _names(some):
                if not (clip := options.clips / f"{name}.mp4").is_file():
                    raise Unusable(f"{clip}: no such clip, but {path} has marks on it")
        marks = joined(files.values())
        clips = [options.clips / f"{name}.mp4" for name in _names(marks)]
        failures = measure_as_told(clips, options)
        scores = score_reports(marks, options.out)
    except Unusable as error:
        print(error, file=sys.stderr)
        return 1
    whole = summarise(scores)
    print("\n".join([*clip_table(scores), "", *whole_table(whole), "", interval_line(whole)]))
    record = {
        "summary": asdict(whole),
        "clips": {name: asdict(summarise(some)) for name, some in _by_clip(scores).items()},
        "frames": [asdict(each) for each in scores],
    }
    write_json(options.json, record)
    return 1 if failures else 0


def read_marks(path: Path) -> list[Marks]:
    """The digitised frames of a file of means or of ratings. Raises Unusable."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            frames: dict[object, tuple[str, list[Row]]] = {}
            for row in reader:
                where = f"{path}, line {reader.line_num}"
                key = (row.get("clip"), row.get("frame")) if "rater" in row else where
                frames.setdefault(key, (where, []))[1].append(row)
            marks = [_marks(ratings, where) for where, ratings in frames.values()]
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Unusable(f"{path}: this is not UTF-8") from error
    if not marks:
        raise Unusable(f"{path}: no digitised frame here")
    return marks


def joined(files: Iterable[Sequence[Marks]]) -> list[Marks]:
    """Each frame of several files once, as the first has it; heel, crest and knee bend that the first left
    open come from later ones, angles unless they are guesses."""
    frames: dict[tuple[str, int], Marks] = {}
    for marks in (each for some in files for each in some):
        first = frames.setdefault((marks.clip, marks.frame), marks)
        sure = marks.sure < GUESSED
        crest = marks if sure and math.isnan(first.crest_deg) else first
        frames[marks.clip, marks.frame] = replace(
            first,
            heel=first.heel or marks.heel,
            crest_deg=crest.crest_deg,
            crest_apart_deg=crest.crest_apart_deg,
            crest_px=crest.crest_px,
            bend_deg=marks.bend_deg if sure and math.isnan(first.bend_deg) else first.bend_deg,
        )
    return list(frames.values())


def score_reports(marks: Sequence[Marks], reports: Path) -> list[FrameScore]:
    """Score `reports/NAME/` on each frame that was marked. Raises Unusable."""
    found = {name: load_report(reports, name) for name in _names(marks)}
    seen = {name: _seen(reports / name / "evidence.npz") for name in found}
    return [_score(each, found[each.clip], seen[each.clip]) for each in marks]


def summarise(scores: Sequence[FrameScore]) -> RealSummary:
    """Sum up some frames."""
    counted = [s for s in scores if s.marks.angles_count]
    lined = [s for s in counted if math.isfinite(s.joint_error_deg)]
    sized = [s for s in counted if math.isfinite(s.joint_through_error_deg + s.uncertainty_deg)]
    bends = [(s.marks.clip, s.bend_error_deg) for s in scores if s.marks.bend_counts]
    heels = [s for s in scores if s.heel_said and s.marks.heel in {"up", "down"}]
    right = sum(s.heel_said == s.marks.heel for s in heels)
    unseen = sum(s.heel_said == "unseen" for s in heels)
    clips = len(_by_clip(scores))
    return RealSummary(
        clips=clips,
        frames=len(scores),
        refused=len({s.marks.clip for s in scores if s.status == "not_measurable"}),
        joint=_spread([(s.marks.clip, s.joint_error_deg) for s in counted], clips),
        joint_through=_spread([(s.marks.clip, s.joint_through_error_deg) for s in counted], clips),
        landmarks=_spread([(s.marks.clip, s.landmarks_error_deg) for s in lined], clips),
        crest=_spread([(s.marks.clip, s.crest_error_deg) for s in counted], clips),
        crest_through=_spread([(s.marks.clip, s.crest_through_error_deg) for s in counted], clips),
        bend=_spread(bends, len(dict(bends))),
        joint_ratings=_apart([s.marks.joint_apart_deg for s in counted]),
        crest_ratings=_apart([s.marks.crest_apart_deg for s in counted]),
        heel_right=right,
        heel_unseen=unseen,
        heel_wrong=len(heels) - right - unseen,
        interval_frames=len(sized),
        interval_inside=sum(abs(s.joint_through_error_deg) <= s.uncertainty_deg for s in sized),
        interval_median_deg=float(np.median([s.uncertainty_deg for s in sized])) if sized else math.nan,
    )


def clip_table(scores: Sequence[FrameScore]) -> list[str]:
    """One markdown row a clip, and one for all of them."""
    lines = [
        "| clip | status | frames that count | joint line: bias, sd, median, 9 in 10 | "
        "bare landmarks: the same | crest: bias, median, 9 in 10 | "
        "knee bend: bias, median, 9 in 10 | heel right, unseen, wrong | "
        "ratings apart, joint line: sd, median, 9 in 10 |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, some in _by_clip(scores).items():
        lines.append(_clip_row(name, some[0].status, some))
    whole = summarise(scores)
    return [*lines, _clip_row(f"all {whole.clips}", f"{whole.refused} refused", scores)]


def whole_table(summary: RealSummary) -> list[str]:
    """All clips together, one markdown row for each line that was read."""
    lines = [
        "| all clips | frames | bias | sd | median | 9 in 10 | sd within a clip |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, s in (
        ("joint line", summary.joint),
        (f"joint line, {THROUGH}", summary.joint_through),
        ("bare landmarks", summary.landmarks),
        ("crest", summary.crest),
        (f"crest, {THROUGH}", summary.crest_through),
        ("knee bend", summary.bend),
        ("one rating against the other, joint line", summary.joint_ratings),
        ("one rating against the other, crest", summary.crest_ratings),
    ):
        if s.frames or "rating" not in name:
            sizes = (s.sd_deg, s.median_deg, s.p90_deg, s.within_sd_deg)
            shown = " | ".join(plain(size, "°") for size in sizes)
            lines.append(f"| {name} | {s.frames} | {signed(s.bias_deg, '°')} | {shown} |")
    return lines


def interval_line(summary: RealSummary) -> str:
    """How often the ± of the peak holds the joint line, as a markdown list."""
    inside, frames = summary.interval_inside, summary.interval_frames
    share = 100 * inside / frames if frames else math.nan
    return (
        f"- Joint line, {THROUGH}, inside the ± of its clip's peak: {plain(share, ' %', 0)} "
        f"({inside} of {frames} frames of measured clips), median ± {plain(summary.interval_median_deg, '°')}"
    )


def _clip_row(name: str, status: str, scores: Sequence[FrameScore]) -> str:
    s = summarise(scores)
    frames = sum(each.marks.angles_count for each in scores)
    both = (s.joint, s.landmarks)
    lines = (_cell(signed(x.bias_deg, "°"), plain(x.sd_deg, "°"), *_sizes(x)) for x in both)
    crest, bend = (_cell(signed(x.bias_deg, "°"), *_sizes(x)) for x in (s.crest, s.bend))
    heel = _cell(str(s.heel_right), str(s.heel_unseen), str(s.heel_wrong))
    ratings = _cell(plain(s.joint_ratings.sd_deg, "°"), *_sizes(s.joint_ratings))
    return f"| {' | '.join((name, status, str(frames), *lines, crest, bend, heel, ratings))} |"


def _sizes(s: Spread) -> tuple[str, str]:
    return plain(s.median_deg, "°"), plain(s.p90_deg, "°")


def _cell(*figures: str) -> str:
    """Figures side by side; one dash when there are none."""
    return "–" if set(figures) == {"–"} else ", ".join(figures)


def _score(marks: Marks, report: Mapping[str, Any] | None, seen: _Seen) -> FrameScore:
    if report is None:
        return FrameScore(marks, NO_REPORT, math.nan, math.nan, math.nan, None)
    roll_deg = number(report, "camera_roll_deg")
    level_deg = marks.forward * roll_deg if math.isfinite(roll_deg) else 0.0
    curves = ("shin_angle_deg", "crest_angle_deg", "knee_flexion_deg", "heel_lift_mm")
    shin_deg, crest_deg, bend_deg, lift_mm = (_signal(report, name, marks.frame) for name in curves)
    bare_deg = float(seen.landmarks_deg[marks.frame]) if marks.frame < len(seen.landmarks_deg) else math.nan
    measured = report["status"] == "measured"
    return FrameScore(
        marks=marks,
        status=str(report["status"]),
        joint_error_deg=shin_deg - (marks.joint_deg - level_deg),
        crest_error_deg=crest_deg - (marks.crest_deg - level_deg),
        landmarks_error_deg=bare_deg - marks.joint_deg,
        heel_said="unseen" if math.isnan(lift_mm) else "up" if lift_mm >= HEEL_DOWN_MM else "down",
        joint_through_error_deg=shin_deg - _through_deg(marks.joint_px, marks.forward, seen.camera),
        crest_through_error_deg=crest_deg - _through_deg(marks.crest_px, marks.forward, seen.camera),
        bend_error_deg=bend_deg - marks.bend_deg,
        uncertainty_deg=number(report, "peak_shin_angle_deg", "uncertainty_95") if measured else math.nan,
    )


def _signal(report: Mapping[str, Any], name: str, frame: int) -> float:
    """One moment of a curve; NaN where it has none."""
    curve = (report.get("signals") or {}).get(name) or []
    value = curve[frame] if frame < len(curve) else None
    return math.nan if value is None else float(value)


def _seen(path: Path) -> _Seen:
    """What the evidence file tells. Raises Unusable."""
    try:
        seen = read_evidence(path) if path.exists() else None
    except EvidenceError as error:
        raise Unusable(f"{path}: {error}") from error
    if seen is None or seen.leg is None:
        return _Seen(np.empty(0), None)
    leg = seen.leg
    bare_deg = tilt_deg(leg.xy_px[:, LegPoint.ANKLE], leg.xy_px[:, LegPoint.KNEE], leg.forward)
    return _Seen(bare_deg, None if seen.room_edges_px is None else camera_of(seen))


def _through_deg(lines_px: Lines, forward: int, camera: tuple[Level, View] | None) -> float:
    """Angle of a marked line in the upright plane of the lunge, deg, the mean of its ratings."""
    if camera is None or not lines_px:
        return math.nan
    (level, view), ends = camera, _ends(lines_px)
    return float(np.mean(view.shin_angle_deg(ends[:, 0], ends[:, 1], forward, level.roll_deg)))


def _ends(lines_px: Lines) -> FloatArray:
    """(ratings, 2, 2) lower and upper end, x and y."""
    return np.reshape(lines_px, (-1, 2, 2))


def _spread(errors: Sequence[tuple[str, float]], clips: int) -> Spread:
    """The figures of (clip, error) pairs out of `clips` digitised ones.

    Within a clip: each error less its clip's mean, where a clip has two and more; half a frame for each
    digitised clip is taken off the count.
    """
    groups: dict[str, list[float]] = {}
    for clip, error in errors:
        if math.isfinite(error):
            groups.setdefault(clip, []).append(error)
    if not groups:
        return Spread(0, *[math.nan] * 4)
    known = np.concatenate(list(groups.values()))
    repeats = [np.array(group) - np.mean(group) for group in groups.values() if len(group) > 1]
    within = np.concatenate(repeats) if repeats else np.empty(0)
    return Spread(
        frames=len(known),
        bias_deg=float(known.mean()),
        sd_deg=float(known.std()),
        median_deg=float(np.median(np.abs(known))),
        p90_deg=_nine_in_ten(known),
        within_sd_deg=math.sqrt(float(np.sum(within**2)) / max(1.0, len(within) - clips / 2))
        if repeats
        else math.nan,
    )


def _apart(sizes_deg: Sequence[float]) -> Spread:
    """The figures of differences without a sign."""
    known = np.array([abs(size) for size in sizes_deg if math.isfinite(size)])
    if not known.size:
        return Spread(0, *[math.nan] * 4)
    return Spread(
        frames=len(known),
        bias_deg=math.nan,
        sd_deg=float(np.sqrt(np.mean(known**2))),
        median_deg=float(np.median(known)),
        p90_deg=_nine_in_ten(known),
    )


def _nine_in_ten(errors: FloatArray) -> float:
    """The smallest size that nine in ten do not exceed: one of them, not a value between two."""
    return float(np.sort(np.abs(errors))[math.ceil(0.9 * len(errors)) - 1])


def _marks(ratings: Sequence[Row], where: str) -> Marks:
    """One frame: a row of means, or the row of each rater. Raises Unusable telling `where` it stands."""
    row = ratings[0]
    try:
        facing = row["facing"]
        if facing not in {"left", "right"}:
            raise Unusable(f"{where}: facing is left or right, not {facing!r}")
        frame = int(row["frame"] or "")
        if not row["clip"] or frame < 0:
            raise Unusable(f"{where}: a row needs a clip, and a frame from 0 on")
        forward = 1 if facing == "right" else -1
        if "rater" in row:
            alike = all(each["facing"] == facing for each in ratings)
            if not alike or len(ratings) != 2 or len({each["rater"] for each in ratings}) != 2:
                raise Unusable(f"{where}: each of two raters has one row of a frame, facing alike")
        heels = {each["heel"] or "" for each in ratings}
        return Marks(
            clip=row["clip"],
            frame=frame,
            forward=forward,
            heel=heels.pop() if len(heels) == 1 else "disputed",
            sure=max(int(each["sure"] or "") for each in ratings),
            joint_px=_lines(ratings, "ankle", "knee") if "knee_x" in row else (),
            crest_px=_lines(ratings, "shin_low", "shin_up") if "shin_up_x" in row else (),
            **_angles(ratings, forward),
        )
    except KeyError as error:
        raise Unusable(f"{where}: no column {error.args[0]}") from error
    except ValueError as error:
        raise Unusable(f"{where}: {error}") from error


def _angles(ratings: Sequence[Row], forward: int) -> dict[str, float]:
    """The angles of `Marks`, deg: as a row of means tells them, else from the points of both ratings."""
    row = ratings[0]
    if "rater" not in row:
        return {
            "joint_deg": float(row["joint_deg"] or "nan"),
            "joint_apart_deg": float(row.get("joint_apart_deg") or "nan"),
            "crest_deg": float(row["crest_deg"] or "nan"),
            "crest_apart_deg": float(row.get("crest_apart_deg") or "nan"),
            "bend_deg": math.nan,
        }
    lines = (("ankle", "knee"), ("shin_low", "shin_up"), ("knee", "hip"))
    ends = [_ends(_lines(ratings, *line)) for line in lines]
    joint, crest, thigh = (tilt_deg(each[:, 0], each[:, 1], forward) for each in ends)
    return {
        "joint_deg": float(np.mean(joint)),
        "joint_apart_deg": float(np.ptp(joint)),
        "crest_deg": float(np.mean(crest)),
        "crest_apart_deg": float(np.ptp(crest)),
        "bend_deg": float(np.mean(joint - thigh)),
    }


def _lines(ratings: Sequence[Row], lower: str, upper: str) -> Lines:
    """The line between two marked points; NaN for a coordinate that is empty."""
    columns = [f"{end}_{axis}" for end in (lower, upper) for axis in "xy"]
    return tuple(tuple(float(row[column] or "nan") for column in columns) for row in ratings)


def _by_clip(scores: Sequence[FrameScore]) -> dict[str, list[FrameScore]]:
    groups: dict[str, list[FrameScore]] = {}
    for each in scores:
        groups.setdefault(each.marks.clip, []).append(each)
    return groups


def _names(marks: Sequence[Marks]) -> list[str]:
    """The clips in the order of their first marks."""
    return list(dict.fromkeys(each.clip for each in marks))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.real", description=__doc__)
    parser.add_argument("clips", type=Path, metavar="CLIPS")
    parser.add_argument("digitised", type=Path, nargs="+", metavar="DIGITISED.csv")
    run_options(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
