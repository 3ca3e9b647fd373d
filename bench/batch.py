"""Many clips at a time: `python -m bench.batch CLIP` times one after another, side by side, and a cluster.

The clip is copied so many times. Side by side is `dorsi measure a b c`; the cluster is a real Dask scheduler
with one worker, then two, each held to a core of its own, after a clip each to warm up. Not here: what one
clip costs (`speed.py`), many machines (`scale.py`).
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from bench.dask_cluster import dask_cluster
from dorsi.executors import Place, cluster, this_machine
from dorsi.plan import load_books
from dorsi.settings import Settings
from dorsi.workflow.batch import BatchClip, measure_batch
from dorsi.workflow.several import measure_each


def in_a_row(clips: list[Path], out: Path, settings: Settings, place: Place | None) -> float:
    """Seconds that `dorsi measure` of these clips takes; fails when one has no report."""
    began_s = perf_counter()
    for outcome in measure_each(clips, out=out, settings=settings, place=place):
        if outcome.report is None:
            raise SystemExit(f"{outcome.clip.name}: {outcome.error}")
    return perf_counter() - began_s


def by_cluster(
    clips: list[Path], folder: Path, settings: Settings, workers: int
) -> tuple[float, list[float]]:
    """Seconds that a batch takes on so many pinned workers that are warm, and what each clip took there."""
    with dask_cluster(folder, workers, pinned=True) as address, cluster(address) as place:
        books = load_books()

        def batch(given: Sequence[Path], out: Path) -> tuple[float, list[float]]:
            entries = [BatchClip(clip, clip.name) for clip in given]
            began_s = perf_counter()
            rows = [row for row, _ in measure_batch(entries, out, place, settings=settings, books=books)]
            took_s = perf_counter() - began_s
            if bad := [row for row in rows if row.seconds is None]:
                raise SystemExit(f"{bad[0].clip}: {bad[0].message}")
            return took_s, [row.seconds or 0.0 for row in rows]

        batch(clips[:workers], folder / "warm")
        return batch(clips, folder / "out")


def report(clip: Path, copies: int, settings: Settings) -> list[str]:
    """Run everything and tell it as markdown."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        clips = [folder / f"{clip.stem}-{n}{clip.suffix}" for n in range(copies)]
        for each in clips:
            shutil.copy(clip, each)
        in_a_row(clips[:1], folder / "warm", settings, None)
        row_s = in_a_row(clips, folder / "row", settings, None)
        side_s = in_a_row(clips, folder / "side", settings, this_machine(2))
        one_s, each_s = by_cluster(clips, folder / "one", settings, 1)
        two_s, _ = by_cluster(clips, folder / "two", settings, 2)
    rows = (
        ("one after another", row_s, ""), ("two processes side by side", side_s, f"{row_s / side_s:.2f} ×"),
        ("cluster, one worker on one core", one_s, ""),
        ("cluster, two workers on a core each", two_s, f"{one_s / two_s:.2f} × the one"),
    )  # fmt: skip
    return [
        f"{copies} copies of a clip, {settings.model}, annotated video {'on' if settings.video else 'off'}:",
        "",
        "| how | seconds | clips a minute | as fast |",
        "|---|---|---|---|",
        *(f"| {how} | {took:.1f} | {60 * copies / took:.1f} | {ratio} |" for how, took, ratio in rows),
        "",
        f"- One clip on one core: {min(each_s):.1f} to {max(each_s):.1f} s",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.batch", description=__doc__)
    parser.add_argument("clip", type=Path, metavar="CLIP")
    parser.add_argument("--copies", type=int, default=8, help="how often the clip is measured (default 8)")
    parser.add_argument(
        "--video", action=argparse.BooleanOptionalAction, default=True, help="with annotated.mp4"
    )
    options = parser.parse_args(arguments)
    print("\n".join(report(options.clip, options.copies, Settings(video=options.video))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
