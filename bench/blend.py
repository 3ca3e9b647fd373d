"""What tells the joint line, and how well: `python -m bench.blend OUT MARKS.csv ... --bodies EVIDENCE TRUTH`.

OUT holds NAME/evidence.npz of the clips that MARKS.csv digitise, as `bench.real` leaves it; EVIDENCE holds
NAME.npz of rendered lunges and squats, TRUTH their NAME.truth.json. On every digitised frame, and on every
third look at a body, landmarks, crest and outline tell the tilt of the line between the joints in the
picture. Each is corrected by what `conclude/shank.py` knows of it: a bias and its slope with the tilt
(landmarks), how much more the crest leans and what a bent knee adds (crest), a bias (outline), by least
squares in which every person and every body counts the same. A person's figures come from a fit without
that person: first with the other people alone, then with people and bodies together, as shipped; a clip is
a person but for those that --same names. Counted are marks with sure < 3 that lean by more than 10 deg.
Not here: what Dorsi reports (`real.py`, `accuracy.py`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from bench.accuracy import plain, signed
from bench.real import GUESSED, LEAST_TILT_DEG, joined, read_marks
from dorsi.engine.conclude.shank import BENT_DEG, CREST_SD_DEG, LANDMARKS_SD_DEG, LEAST_LOOKS, OUTLINE_SD_DEG
from dorsi.engine.evidence import Evidence
from dorsi.engine.evidence_file import read_evidence
from dorsi.engine.geometry import tilt_deg
from dorsi.engine.landmarks import LegPoint
from dorsi.types import BoolArray, FloatArray

EVERY_LOOK: Final = 3


@dataclass(frozen=True, slots=True)
class Told:
    """One frame: who it is of, the true tilt, what the three tell, how far the knee bends, deg."""

    who: str
    body: bool
    counts: bool
    true_deg: float
    landmarks_deg: float
    crest_deg: float
    outline_deg: float
    bend_deg: float


def tells(seen: Evidence, frames: Sequence[int]) -> Iterator[tuple[float, float, float, float]]:
    """Landmarks, crest, outline and bend at frames, the looks between which they lie joined by lines; nothing
    where fewer looks than count were had."""
    looks = sorted((each for each in seen.shank_looks if each.clarity > 0), key=lambda each: each.index)
    if seen.leg is None or len(looks) < LEAST_LOOKS:
        return
    leg, at = seen.leg, [each.index for each in looks]
    hip, knee, ankle = (leg.xy_px[:, p] for p in (LegPoint.HIP, LegPoint.KNEE, LegPoint.ANKLE))
    tilt = tilt_deg(ankle, knee, leg.forward)
    bend = tilt - tilt_deg(knee, hip, leg.forward)
    for i in frames:
        crest = float(np.interp(i, at, [each.crest_turn_deg for each in looks]))
        outline = float(np.interp(i, at, [each.turn_deg for each in looks]))
        yield float(tilt[i]), float(tilt[i]) + crest, float(tilt[i]) + outline, float(bend[i])


def people(out: Path, files: Sequence[Path], same: Sequence[Sequence[str]]) -> Iterator[Told]:
    """The digitised frames. Raises Unusable, and EvidenceError when a clip was not measured."""
    marks = joined([read_marks(file) for file in files])
    for clip in dict.fromkeys(each.clip for each in marks):
        here = [each for each in marks if each.clip == clip]
        who = next((group[0] for group in same if clip in group), clip)
        seen = read_evidence(out / clip / "evidence.npz")
        for mark, told in zip(here, tells(seen, [each.frame for each in here]), strict=False):
            if mark.sure < GUESSED and np.isfinite([mark.joint_deg, *told]).all():
                yield Told(who, False, mark.joint_deg > LEAST_TILT_DEG, mark.joint_deg, *told)


def bodies(evidence: Path, truth: Path) -> Iterator[Told]:
    """Looks at rendered bodies whose truth is there."""
    for file in sorted(evidence.glob("*.npz")):
        told = truth / f"{file.stem}.truth.json"
        seen = read_evidence(file)
        if not told.exists() or seen.leg is None:
            continue
        points = [frame["px"] for frame in json.loads(told.read_text(encoding="utf-8"))["frames"]]
        frames = [each.index for each in seen.shank_looks if each.clarity > 0][::EVERY_LOOK]
        for i, each in zip(frames, tells(seen, frames), strict=False):
            ankle, knee = (np.array(points[i][name]) for name in ("ankle", "knee"))
            true = float(tilt_deg(ankle, knee, seen.leg.forward))
            if np.isfinite([true, *each]).all():
                yield Told(file.stem, True, true > LEAST_TILT_DEG, true, *each)


@dataclass(frozen=True, slots=True)
class Frames:
    """All frames as arrays (N,)."""

    who: tuple[str, ...]
    body: BoolArray
    counts: BoolArray
    true_deg: FloatArray
    told_deg: FloatArray
    """(3, N) landmarks, crest, outline."""
    bend: FloatArray
    """0 straight to 1 bent."""

    def corrected(self, learnt: BoolArray) -> FloatArray:
        """(3, N) what the three tell with the corrections that the frames `learnt` ask for."""
        one = np.ones(len(self.who))
        designs = (np.stack([one, self.told_deg[0]]), np.stack([one, self.bend]), one[None])
        times = Counter(name for name, used in zip(self.who, learnt, strict=True) if used)
        weight = np.array([1 / np.sqrt(max(1, times[name])) for name in self.who]) * learnt
        out = np.empty_like(self.told_deg)
        for k, design in enumerate(designs):
            wanted = (self.true_deg - self.told_deg[k]) * weight
            out[k] = self.told_deg[k] + np.linalg.lstsq((design * weight).T, wanted, rcond=None)[0] @ design
        return out

    def left_out(self, learn_from: BoolArray) -> FloatArray:
        """(3, N) the same, each person's by a fit without that person."""
        out = self.corrected(learn_from)
        for name in {w for w, body in zip(self.who, self.body, strict=True) if not body}:
            mine = np.array([w == name for w in self.who])
            out[:, mine] = self.corrected(learn_from & ~mine)[:, mine]
        return out


def gathered(told: Sequence[Told]) -> Frames:
    """All frames as arrays."""

    def column(name: str) -> FloatArray:
        return np.array([getattr(each, name) for each in told], dtype=np.float64)

    return Frames(
        who=tuple(each.who for each in told), body=column("body").astype(bool),
        counts=column("counts").astype(bool), true_deg=column("true_deg"),
        told_deg=np.stack([column("landmarks_deg"), column("crest_deg"), column("outline_deg")]),
        bend=np.clip(column("bend_deg"), 0.0, BENT_DEG) / BENT_DEG,
    )  # fmt: skip


def table(frames: Frames) -> list[str]:
    """One markdown row for each teller and way of correcting it."""
    weight = 1 / np.array([LANDMARKS_SD_DEG, CREST_SD_DEG, OUTLINE_SD_DEG]) ** 2
    rows = [
        "| who tells | people: bias, sd, median, 9 in 10 | between and within people, sd | "
        "bodies: bias, sd, median, 9 in 10 |",
        "|---|---|---|---|",
    ]
    everyone = np.ones(len(frames.who), dtype=np.bool_)
    for how, told in (
        ("as it is", frames.told_deg),
        ("learnt from other people", frames.left_out(~frames.body)),
        ("learnt from other people and bodies", frames.left_out(everyone)),
    ):
        for name, tilt in zip(("landmarks", "crest", "outline"), told, strict=True):
            if (name, how) != ("crest", "as it is"):
                rows.append(_row(f"{name}, {how}", tilt - frames.true_deg, frames))
        if how != "as it is":
            blend = (weight @ told) / weight.sum()
            rows.append(_row(f"**all three, {how}**", blend - frames.true_deg, frames))
    return rows


def _row(name: str, error: FloatArray, frames: Frames) -> str:
    person = frames.counts & ~frames.body
    who = np.array(frames.who)
    groups = [error[person & (who == each)] for each in np.unique(who[person])]
    within = np.concatenate([group - group.mean() for group in groups])
    between = plain(float(np.std([group.mean() for group in groups])), "°")
    apart = f"{between}, {plain(float(within.std()), '°')}"
    return (
        f"| {name} | {_figures(error[person])} | {apart} | {_figures(error[frames.counts & frames.body])} |"
    )


def _figures(error: FloatArray) -> str:
    if not len(error):
        return "–"
    size = np.abs(error)
    sizes = (float(error.std()), float(np.median(size)), float(np.quantile(size, 0.9)))
    return ", ".join([signed(float(error.mean()), "°"), *(plain(each, "°") for each in sizes)])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.blend", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("marks", type=Path, nargs="+", metavar="MARKS.csv")
    parser.add_argument("--bodies", type=Path, nargs=2, metavar=("EVIDENCE", "TRUTH"), required=True)
    parser.add_argument(
        "--same", action="append", default=[], metavar="NAME,NAME", help="clips of one person"
    )
    options = parser.parse_args(arguments)
    same = [each.split(",") for each in options.same]
    frames = gathered([*people(options.out, options.marks, same), *bodies(*options.bodies)])
    counted = frames.counts & ~frames.body
    print(
        f"{counted.sum()} frames of {len({w for w, c in zip(frames.who, counted, strict=True) if c})} people"
    )
    print("\n".join(table(frames)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
