"""What a kill leaves behind: `python -m bench.kill` ends a server, or a worker of it, at random moments.

Each round is a data folder of its own with a queue of clips. A server with its crew works it off in processes
of their own; at a moment drawn at random one is ended with SIGKILL, a killed server is started again, and
once the queue is empty every clip must have exactly one result. The queue, the processes, the folders and the
store are the real ones; what is seen on a clip is read from recorded evidence, so that a round takes seconds.
Not here: load (`load.py`).
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import select

from bench.record import EVIDENCE
from dorsi.desk.clips import add_clip, clips_of
from dorsi.desk.crew import Crew
from dorsi.desk.desk import Desk
from dorsi.desk.limits import Limits
from dorsi.desk.place import new_id, place_at
from dorsi.desk.queue import waiting
from dorsi.desk.runners import add_runner
from dorsi.desk.who import Who
from dorsi.desk.worker import PROXY, StagesOf, work
from dorsi.digest import sha256_of
from dorsi.engine.evidence import Evidence
from dorsi.engine.evidence_file import read_evidence
from dorsi.report.model import Report, load_report
from dorsi.settings import Settings
from dorsi.store.desk_schema import job as job_table
from dorsi.store.schema import measurement
from dorsi.types import Analysis, StageListener
from dorsi.workflow.folders import RESULT_FILES
from dorsi.workflow.stages import Stages

ROOT: Final = Path(__file__).resolve().parents[1]
SEEN: Final = "left_lunge"
STEP_S: Final = 0.05
"""Between the steps of a stage, so that a kill may fall into any of them."""
WORKERS: Final = 2
LONGEST_S: Final = 180.0
ME: Final = Who("local", "bench")
Victim = Literal["server", "worker"]


@cache
def _recorded() -> Evidence:
    return read_evidence(EVIDENCE / f"{SEEN}.npz")


def _steps(stage: str, listen: StageListener | None, count: int = 3) -> None:
    for step in range(1, count + 1):
        time.sleep(STEP_S)
        if listen is not None:
            listen(stage, step / count)


def _observe(clip: Path, _settings: Settings, listen: StageListener | None) -> Evidence:
    _steps("find the legs", listen)
    seen = _recorded()
    origin = replace(seen.origin, clip_sha256=sha256_of(clip))
    return replace(seen, clip=replace(seen.clip, path=clip), origin=origin)


def _annotate(
    _clip: Path, _found: Analysis, _report: Report, out: Path, _settings: Settings,
    listen: StageListener | None,
) -> bytes:  # fmt: skip
    out.write_bytes(b"video")
    _steps("draw", listen)
    return b"picture"


def _proxy(_clip: Path, out: Path, _seen: Evidence, listen: StageListener | None) -> None:
    out.write_bytes(b"proxy")
    _steps("prepare", listen)


def quick_stages(_limits: Limits) -> StagesOf:
    """Stages that read no clip and draw no picture; the conclusion is the real one."""
    return StagesOf(Stages(observe=_observe, annotate=_annotate), _proxy)


def serve(data: Path, workers: int = WORKERS, *, quick: bool = True) -> None:
    """Serve the pages over `data`, with a crew and `quick` stages; says its port first. For a process of its
    own."""
    import socket

    import uvicorn

    from dorsi.web.app import create_app

    with Desk(place_at(data), Limits(workers=workers)) as desk:
        working = partial(work, stages_of=quick_stages) if quick else work
        app = create_app(desk, background=Crew(desk, working=working))
        listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as `dorsi serve` does
        print(listening.getsockname()[1], flush=True)
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
        server.run(sockets=[listening])


@contextmanager
def served(
    data: Path, workers: int = WORKERS, *, quick: bool = True
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server over `data` in a process of its own, and its port; ended kindly, if it still runs."""
    command = f"from bench.kill import Path, serve; serve(Path({str(data)!r}), {workers}, quick={quick})"
    with subprocess.Popen(
        [sys.executable, "-c", command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        # Python's helper that clears away after a killed server says so.
        env=os.environ | {"PYTHONWARNINGS": "ignore::UserWarning"},
    ) as process:
        try:
            said = process.stdout.readline() if process.stdout is not None else ""
            if not said:
                raise SystemExit(f"the server ended at once ({process.wait()})")
            yield process, int(said)
        finally:
            with suppress(ProcessLookupError):
                process.terminate()


def fill(desk: Desk, count: int) -> None:
    """Queue `count` clips of one runner, each of other bytes."""
    runner = add_runner(desk, ME, "Runner")
    for number in range(count):
        upload = desk.place.uploads / new_id()
        upload.write_text(f"clip {number}", encoding="utf-8")
        add_clip(desk, ME, upload, name=f"clip{number}.mp4", runner_id=runner.id)


def finished(desk: Desk) -> None:
    """Wait until no job waits or runs."""
    began = time.monotonic()
    while waiting(desk):
        if time.monotonic() - began > LONGEST_S:
            raise SystemExit("the queue does not end")
        time.sleep(0.1)


def faults(desk: Desk) -> list[str]:
    """Whatever is not exactly one result for each clip; empty when all is well."""
    wrong = []
    for clip in clips_of(desk, ME):
        if (clip.state, clip.revision) != ("measured", 1):
            wrong.append(f"{clip.file_name}: {clip.state}, {clip.revision} results, {clip.error}")
            continue
        folder, source = desk.place.result(clip.id), sha256_of(desk.place.clip_file(clip.id))
        missing = {*RESULT_FILES, PROXY} - {file.name for file in folder.iterdir()}
        if missing or load_report(folder / "report.json").clip.sha256 != source:
            wrong.append(f"{clip.file_name}: the result lacks {sorted(missing)} or is of another clip")
        with desk.reading() as connection:
            jobs = connection.execute(select(job_table.c.state).where(job_table.c.clip_id == clip.id))
            kept = connection.execute(select(measurement.c.id).where(measurement.c.clip_sha256 == source))
            counts = jobs.scalars().all(), len(kept.all())
        if counts != (["done"], 1):
            wrong.append(f"{clip.file_name}: jobs {counts[0]}, kept {counts[1]} times")
    stray = {each.name for each in desk.place.results.iterdir()} - {each.id for each in clips_of(desk, ME)}
    return wrong + [f"left in the results: {name}" for name in sorted(stray - {".dorsi.lock"})]


def children(pid: int) -> list[int]:
    """The processes that a process started, where the system tells (Linux)."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text(encoding="ascii").split())
    return found


def outlived(pids: Sequence[int], within_s: float = 10.0) -> list[int]:
    """Those of the processes that still live after a while."""
    over = time.monotonic() + within_s
    while (left := [pid for pid in pids if _runs(pid)]) and time.monotonic() < over:
        time.sleep(0.05)
    return left


def _runs(pid: int) -> bool:
    """Whether a process lives; one that only waits to be buried does not."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat")
        return not status.exists() or status.read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _worker(desk: Desk) -> int | None:
    """A process that works on a job just now."""
    query = select(job_table.c.worker).where(job_table.c.state == "running", job_table.c.worker.is_not(None))
    with desk.reading() as connection:
        found = connection.execute(query).scalars().first()
    return None if found is None else int(found.rpartition(":")[2])


@dataclass(frozen=True, slots=True)
class Round:
    """What became of one round: how many clips had a result when something was killed, when all had one (from
    the start of the first server), and what was wrong then."""

    victim: Victim | None
    at_s: float
    done: int
    took_s: float
    wrong: list[str]


def one_round(data: Path, clips: int, victim: Victim | None, at_s: float) -> Round:
    """Queue clips, end the victim after `at_s`, let the rest be done, and look."""
    outliving: list[int] = []
    with Desk(place_at(data)) as desk:
        fill(desk, clips)
        with served(data) as (server, _):
            began = time.monotonic()
            time.sleep(at_s)
            if victim == "worker":
                _kill_worker(desk)
            done = sum(clip.state == "measured" for clip in clips_of(desk, ME))
            if victim == "server":
                workers = children(server.pid)
                server.kill()
                server.wait()
                outliving = outlived(workers)
            else:
                finished(desk)
                took_s = time.monotonic() - began
        if victim == "server":
            with served(data):
                finished(desk)
                took_s = time.monotonic() - began
        wrong = faults(desk) + [f"process {pid} outlived its server" for pid in outliving]
    return Round(victim, at_s, done, took_s, wrong)


def _kill_worker(desk: Desk) -> None:
    """End whoever works, as soon as somebody does."""
    while waiting(desk):
        pid = _worker(desk)
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            return
        time.sleep(0.01)


def rounds(count: int, clips: int, seed: int) -> Iterator[Round]:
    """A round that nothing disturbs, then `count`: server and worker in turn, at moments within its time."""
    drawn = random.Random(seed)  # noqa: S311  moments, not secrets
    with tempfile.TemporaryDirectory() as folder:
        first = one_round(Path(folder) / "0", clips, None, 0.0)
        yield first
        for number in range(1, count + 1):
            victim: Victim = "server" if number % 2 else "worker"
            at_s = drawn.uniform(0.0, first.took_s)
            yield one_round(Path(folder) / str(number), clips, victim, at_s)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rounds and print them; 1 when any clip has not exactly one result."""
    parser = argparse.ArgumentParser(prog="python -m bench.kill", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="how often something is killed (20)")
    parser.add_argument("--clips", type=int, default=10, help="clips in the queue of each round (10)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (1)")
    options = parser.parse_args(arguments)
    print("| round | killed | after | results by then | all done after | wrong |\n|---|---|---|---|---|---|")
    wrong = 0
    for number, each in enumerate(rounds(options.rounds, options.clips, options.seed)):
        wrong += bool(each.wrong)
        print(
            f"| {number} | {each.victim or 'nothing'} | {each.at_s:.2f} s | {each.done} of {options.clips} | "
            f"{each.took_s:.1f} s | {'; '.join(each.wrong) or 'nothing'} |",
            flush=True,
        )
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
