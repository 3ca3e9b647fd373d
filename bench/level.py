"""How far a phone may lean: `python -m bench.level OUT [TRUTH]` turns the edges of rooms and asks the roll.

OUT holds NAME/evidence.npz of measured clips. The edges of each clip's room are turned about the middle of
the picture, by -8 to 8 deg, as a phone that leans by so much more would show them; the true roll is that of
TRUTH/NAME.truth.json, or else what Dorsi finds of the clip as it is, plus the turn. Clips of which neither
tells a roll are left out. A roll that is not told counts as none, and its ± with it.
Not here: clips turned before they are measured (`variants.py`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from bench.accuracy import plain
from dorsi.engine.conclude.camera import estimate_level
from dorsi.engine.conclude.conclude import camera_of, view_of
from dorsi.engine.evidence import Evidence
from dorsi.engine.evidence_file import read_evidence
from dorsi.engine.observe.pictures import rotation
from dorsi.types import FloatArray

TURNS_DEG: Final = (-8, -6, -5, -4, -3, -2, 0, 2, 3, 4, 5, 6, 8)
BINS_DEG: Final = (0, 2, 4, 6, 9)


@dataclass(frozen=True, slots=True)
class Asked:
    """One room, turned: the true roll, its error where it was told (else NaN), and the half-width, deg."""

    true_deg: float
    error_deg: float
    half_width_deg: float

    @property
    def inside(self) -> bool:
        """Whether the truth lies within the ±; where no roll was told, about none."""
        off_deg = self.error_deg if np.isfinite(self.error_deg) else self.true_deg
        return abs(off_deg) <= self.half_width_deg


def turned(edges_px: FloatArray, degrees: float, centre_xy_px: FloatArray) -> FloatArray:
    """Ends of edges (N, 4) turned clockwise as seen, as a camera that rolls counter-clockwise shows them."""
    ends = edges_px.reshape(-1, 2) - centre_xy_px
    return np.asarray((ends @ rotation(np.radians(degrees)).T + centre_xy_px).reshape(-1, 4))


def asked_of(seen: Evidence, roll_deg: float | None) -> Iterator[Asked]:
    """The room of a clip, turned; nothing where its roll is not known."""
    if seen.leg is None or seen.room_edges_px is None:
        return
    view, level = view_of(seen), camera_of(seen)[0]
    roll_deg = level.camera_roll_deg if roll_deg is None else roll_deg
    if not np.isfinite(roll_deg):
        return
    for turn_deg in TURNS_DEG:
        edges_px = turned(seen.room_edges_px, turn_deg, np.array(view.centre_xy_px))
        found, _ = estimate_level(edges_px, seen.leg.forward, view)
        true_deg = roll_deg + turn_deg
        yield Asked(true_deg, found.camera_roll_deg - true_deg, found.uncertainty_95_deg)


def table(asked: Sequence[Asked]) -> list[str]:
    """A row for each range of rolls."""
    lines = [
        "| roll | asked | told | error: median, 9 in 10, largest | inside the ±, its median "
        "| not told: inside the ± about none, its median |",
        "|---|---|---|---|---|---|",
    ]
    for low, high in pairwise(BINS_DEG):
        some = [each for each in asked if low <= abs(each.true_deg) < high]
        told = [each for each in some if np.isfinite(each.error_deg)]
        silent = [each for each in some if not np.isfinite(each.error_deg)]
        sizes = [abs(each.error_deg) for each in told]
        figures = [*np.percentile(sizes, (50, 90, 100))] if sizes else [np.nan] * 3
        cells = (
            f"{low}–{high}°", str(len(some)), str(len(told)),
            ", ".join(plain(float(figure), "°") for figure in figures), _within(told), _within(silent),
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _within(some: Sequence[Asked]) -> str:
    if not some:
        return "–"
    half = float(np.median([each.half_width_deg for each in some]))
    return f"{sum(each.inside for each in some)} of {len(some)}, {plain(half, '°')}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; 0 unless OUT holds no evidence."""
    parser = argparse.ArgumentParser(prog="python -m bench.level", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("truth", type=Path, nargs="?", metavar="TRUTH")
    options = parser.parse_args(arguments)
    asked: list[Asked] = []
    for path in sorted(options.out.glob("*/evidence.npz")):
        asked += asked_of(read_evidence(path), _true_roll_deg(options.truth, path.parent.name))
    if not asked:
        print(f"{options.out}: no NAME/evidence.npz with a roll here", file=sys.stderr)
        return 1
    print("\n".join(table(asked)))
    return 0


def _true_roll_deg(truth: Path | None, name: str) -> float | None:
    file = None if truth is None else truth / f"{name}.truth.json"
    if file is None or not file.exists():
        return None
    return float(json.loads(file.read_text(encoding="utf-8"))["spec"]["cam"]["roll"])


if __name__ == "__main__":
    sys.exit(main())
