"""100,000 clips before anybody has them: `python -m bench.scale --clip-s 9.4` simulates workers and store.

What is simulated: workers that each take the next clip as soon as they are free, a service time drawn with
its spread from those measured (`bench.batch`, or the column `seconds` of a summary.csv), and one store whose
writer takes one result at a time, with a write time measured here on a store that already holds that many.
What is not: a network, disks that are full, machines that fail. Not here: a real load on a real server
(`load.py`).
"""

from __future__ import annotations

import argparse
import csv
import heapq
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from bench.record import EVIDENCE
from dorsi.engine.conclude.conclude import conclude
from dorsi.engine.evidence_file import read_evidence
from dorsi.plan import load_books
from dorsi.settings import Settings
from dorsi.store import Store
from dorsi.workflow.measure import report_of

SPREAD = 0.35
"""Relative spread of clip lengths, and with them of service times: clips of 5 to 15 s."""
SERVED_SHARE = 0.8
"""Of what the workers can do arrives, where people send clips by and by."""


def store_write_s(reports: int) -> float:
    """Median seconds that keeping one report takes in a new store of one file, over so many."""
    seen = read_evidence(EVIDENCE / "left_lunge.npz")
    report = report_of(conclude(seen, Settings()), seen, Settings(), load_books())
    took: list[float] = []
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "s.sqlite3") as store:
        for number in range(reports):
            clip = report.clip.model_copy(update={"sha256": f"{number:064x}"})
            began_s = perf_counter()
            store.add_report(f"Runner {number % 50}", report.model_copy(update={"clip": clip}))
            took.append(perf_counter() - began_s)
    return statistics.median(took)


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one simulation: when the last result was kept, how busy workers and store were, and what
    clips waited for a worker (median, 95th percentile), s."""

    ended_s: float
    workers_busy: float
    store_busy: float
    wait_s: float
    wait_95_s: float


def simulate(
    clips: int, workers: int, service_s: Sequence[float], write_s: float, rate_hz: float | None
) -> Run:
    """All clips at once (`rate_hz` None), or as they come, at random, at that rate."""
    chance = random.Random(7)  # noqa: S311  a simulation
    at_work: list[float] = []
    arrived_s = store_free_s = busy_s = 0.0
    waits: list[float] = []
    for number in range(clips):
        arrived_s += 0.0 if rate_hz is None else chance.expovariate(rate_hz)
        free_s = 0.0
        if number >= workers:
            # The first to be done has its result kept, then takes this clip.
            store_free_s = free_s = max(store_free_s, heapq.heappop(at_work)) + write_s
        begins_s = max(arrived_s, free_s)
        took_s = max(0.1, chance.choice(service_s) * chance.gauss(1.0, SPREAD))
        waits.append(begins_s - arrived_s)
        busy_s += took_s
        heapq.heappush(at_work, begins_s + took_s)
    while at_work:
        store_free_s = max(store_free_s, heapq.heappop(at_work)) + write_s
    ended_s = store_free_s
    waits.sort()
    return Run(
        ended_s, busy_s / (workers * ended_s), clips * write_s / ended_s, waits[len(waits) // 2],
        waits[int(0.95 * len(waits))],
    )  # fmt: skip


def report(clips: int, service_s: Sequence[float], write_s: float, counts: Sequence[int]) -> list[str]:
    """Simulate and tell it as markdown."""
    mean_s = statistics.mean(service_s)
    lines = [
        f"{clips} clips, {mean_s:.1f} s each on a core (spread {SPREAD:.0%}), "
        f"{1000 * write_s:.1f} ms a result in the store:",
        "",
        "| workers | all at once: hours | clips a minute | workers busy | store busy | by and by, at "
        f"{SERVED_SHARE:.0%}: clips a minute | wait, median | wait, 95 % |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for workers in counts:
        once = simulate(clips, workers, service_s, write_s, None)
        rate_hz = SERVED_SHARE * clips / once.ended_s
        served = simulate(clips, workers, service_s, write_s, rate_hz)
        lines.append(
            f"| {workers} | {once.ended_s / 3600:.1f} | {60 * clips / once.ended_s:.0f} "
            f"| {once.workers_busy:.0%} | {once.store_busy:.0%} | {60 * rate_hz:.0f} | {served.wait_s:.1f} s "
            f"| {served.wait_95_s:.1f} s |"
        )
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--clip-s", type=float, nargs="+", help="measured seconds of a clip on one core")
    parser.add_argument("--summary", type=Path, help="summary.csv of a batch, whose column seconds is taken")
    parser.add_argument("--clips", type=int, default=100_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 8, 32, 128, 512])
    parser.add_argument("--kept", type=int, default=400, help="results kept to time the store (default 400)")
    options = parser.parse_args(arguments)
    service_s = list(options.clip_s or ())
    if options.summary is not None:
        with options.summary.open(newline="", encoding="utf-8") as stream:
            service_s += [float(row["seconds"]) for row in csv.DictReader(stream) if row["seconds"]]
    if not service_s:
        parser.error("give --clip-s or --summary")
    print("\n".join(report(options.clips, service_s, store_write_s(options.kept), options.workers)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
