"""The crew, with real processes: whatever a worker does to itself, the queue goes on and pages stay up.

Not here: what is killed from outside (`test_kill.py`), the work itself (`test_worker.py`).
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bench.dask_cluster import dask_cluster
from dorsi.desk.clips import Clip, clip_of, delete_clip
from dorsi.desk.crew import Crew
from dorsi.desk.desk import Desk
from dorsi.desk.limits import Limits
from dorsi.desk.place import place_at
from dorsi.desk.queue import end_in, waiting
from dorsi.desk.worker import Ends, Order, work
from dorsi.errors import UsageError
from dorsi.executors import WORKS_EACH, cluster, own_process
from tests.desk.jobs import ME, job_row, put, stages_of, until

LIMITS = Limits(workers=2, worker_memory_bytes=4_000_000_000, worker_cpu_s=4, worker_wall_s=30.0)
FAKE = partial(work, stages_of=stages_of)
linux_only = pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are looked up in /proc")


@contextmanager
def at_work(desk: Desk, **arguments: Any) -> Iterator[Crew]:
    """A crew that works while the block lasts."""
    crew = Crew(desk, **{"working": FAKE} | arguments)
    crew.start()
    try:
        yield crew
    finally:
        crew.stop()


def now(desk: Desk, clip: Clip) -> Clip:
    return clip_of(desk, ME, clip.id)


def outcome(desk: Desk, clip: Clip) -> tuple[str, str | None, int]:
    """State of the clip, code of what went wrong, and how often its worker died."""
    found = now(desk, clip)
    return found.state, found.error.get("code"), job_row(desk, clip.id)["tries"]


def test_whatever_a_clip_does_to_its_worker_the_others_are_measured(tmp_path: Path) -> None:
    with Desk(place_at(tmp_path), LIMITS) as desk:
        dies = put(desk, "left_lunge dies", name="dies.mov")
        once = put(desk, "left_lunge dies-once", name="once.mov")
        eats = put(desk, "left_lunge eats", name="eats.mov")
        burns = put(desk, "left_lunge burns", name="burns.mov")
        good = [put(desk, f"left_lunge {n}", name=f"good{n}.mov") for n in range(3)]

        with at_work(desk):
            until(lambda: waiting(desk) == 0, 120.0)

        assert [outcome(desk, each) for each in good] == [("measured", None, 0)] * 3
        assert outcome(desk, once) == ("measured", None, 1)
        assert outcome(desk, dies) == ("failed", "worker_died", 1)
        assert outcome(desk, burns) == ("failed", "worker_out_of_time", 0)
        assert outcome(desk, eats) == ("failed", "worker_out_of_memory", 0)
        assert [now(desk, each).revision for each in (*good, once)] == [1] * 4
        assert len(desk.store.history("Ann")) == 4
        left = {each.name for each in desk.place.results.iterdir()}
        assert {each.id for each in (*good, once)} <= left
        assert not (desk.place.result(dies.id).exists() or desk.place.result(burns.id).exists())


def test_a_worker_over_its_time_is_ended(tmp_path: Path) -> None:
    with Desk(place_at(tmp_path), Limits(worker_wall_s=1.5)) as desk:
        clip = put(desk, "left_lunge waits")
        with at_work(desk):
            until(lambda: waiting(desk) == 0)
        assert outcome(desk, clip) == ("failed", "worker_out_of_time", 0)
        assert "longer than 1.5 s" in now(desk, clip).error["message"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="CPU seconds are not limited there")
def test_native_code_that_lets_no_thread_run_is_ended_by_the_system(tmp_path: Path) -> None:
    with Desk(place_at(tmp_path), Limits(worker_cpu_s=1)) as desk:
        clip = put(desk, "left_lunge hogs")
        with at_work(desk):
            until(lambda: waiting(desk) == 0, 240.0)
        assert outcome(desk, clip) == ("failed", "worker_died", 1)


@pytest.mark.slow
def test_a_worker_that_cannot_end_itself_is_ended_by_the_crew(tmp_path: Path) -> None:
    with Desk(place_at(tmp_path), Limits(worker_wall_s=1.0)) as desk:
        clip = put(desk, "left_lunge hogs")
        with at_work(desk, grace_s=1.0):
            until(lambda: waiting(desk) == 0, 120.0)
        assert outcome(desk, clip) == ("failed", "worker_out_of_time", 1)


@linux_only
def test_the_crew_ends_at_once_and_its_jobs_wait_for_the_next(tmp_path: Path) -> None:
    with Desk(place_at(tmp_path), LIMITS) as desk:
        clip = put(desk, "left_lunge waits")
        with at_work(desk):
            until(lambda: now(desk, clip).stage == "find the legs")
            worker = int(job_row(desk, clip.id)["worker"].rpartition(":")[2])
        until(lambda: not _runs(worker), 5.0)
        row = job_row(desk, clip.id)
        assert (row["state"], row["tries"], row["restarts"]) == ("waiting", 0, 0)
        assert now(desk, clip).state == "waiting"
        desk.place.clip_file(clip.id).write_text("left_lunge", encoding="utf-8")
        with at_work(desk):
            until(lambda: waiting(desk) == 0)
        assert outcome(desk, clip) == ("measured", None, 0)


def _runs(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@linux_only
def test_nothing_is_left_of_a_clip_deleted_while_it_is_measured(tmp_path: Path) -> None:
    with Desk(place_at(tmp_path), LIMITS) as desk:
        clip = put(desk, "left_lunge waits")
        with at_work(desk):
            until(lambda: now(desk, clip).stage == "find the legs")
            worker = int(job_row(desk, clip.id)["worker"].rpartition(":")[2])
            assert any(clip.id in each.name for each in desk.place.results.iterdir())
            delete_clip(desk, ME, clip.id)
            until(lambda: not _runs(worker), 20.0)
            until(lambda: not any(clip.id in each.name for each in desk.place.root.rglob("*")), 5.0)


def test_a_worker_without_work_is_let_go(tmp_path: Path) -> None:
    with Desk(place_at(tmp_path)) as desk:
        clip = put(desk)
        before = {each.pid for each in multiprocessing.active_children()}
        with at_work(desk, rest_s=0.5):
            until(lambda: now(desk, clip).state == "measured")
            until(lambda: {each.pid for each in multiprocessing.active_children()} <= before, 15.0)
            again = put(desk, name="again.mov")
            until(lambda: now(desk, again).state == "measured")


def _by_hand(desk: Desk, order: Order) -> Ends:
    """What another machine's worker might do."""
    with desk.writing() as connection:
        end_in(connection, order.job, {"state": "measured"})
    return "done"


def test_another_executor_stands_in(tmp_path: Path) -> None:
    made: list[Executor] = []

    def threads() -> Executor:
        made.append(ThreadPoolExecutor(1))
        return made[-1]

    with Desk(place_at(tmp_path)) as desk:
        clips = [put(desk, name=f"{number}.mov") for number in range(WORKS_EACH + 1)]
        with at_work(desk, executor=threads, local=False, working=partial(_by_hand, desk)):
            until(lambda: waiting(desk) == 0)
        assert {now(desk, each).state for each in clips} == {"measured"}
    # A fresh one after so many jobs.
    assert len(made) == 2


def test_an_executor_that_cannot_be_had_costs_the_clips_nothing(tmp_path: Path) -> None:
    asked: list[int] = []

    def none_at_first() -> Executor:
        asked.append(1)
        if len(asked) < 3:
            raise OSError("no more processes")
        return ThreadPoolExecutor(1)

    with Desk(place_at(tmp_path)) as desk:
        clip = put(desk)
        with at_work(desk, executor=none_at_first, local=False, working=partial(_by_hand, desk)):
            until(lambda: waiting(desk) == 0)
        assert outcome(desk, clip) == ("measured", None, 0)
    assert len(asked) == 3


def test_a_cluster_that_goes_away_costs_the_clips_nothing(tmp_path: Path) -> None:
    lost: list[int] = []

    def gone_at_first(desk: Desk, order: Order) -> Ends:
        lost.append(1)
        if len(lost) < 4:
            raise UsageError("cluster_lost", address="tcp://10.0.0.5:8786")
        return _by_hand(desk, order)

    with Desk(place_at(tmp_path)) as desk:
        clip = put(desk)
        working = partial(gone_at_first, desk)
        with at_work(desk, executor=partial(ThreadPoolExecutor, 1), local=False, working=working):
            until(lambda: waiting(desk) == 0)
        assert outcome(desk, clip) == ("measured", None, 0)
    assert len(lost) == 4


def _raises(_order: Order) -> Ends:
    raise ValueError("not fit for anything")


def test_a_fault_of_the_worker_itself_is_told_after_two_tries(tmp_path: Path) -> None:
    with Desk(place_at(tmp_path)) as desk:
        clip = put(desk)
        with at_work(desk, executor=partial(ThreadPoolExecutor, 1), local=False, working=_raises):
            until(lambda: waiting(desk) == 0)
        assert outcome(desk, clip) == ("failed", "fault_in_worker", 1)


def test_a_job_that_another_executor_keeps_waiting_stays_ours(tmp_path: Path) -> None:
    class Slow(Executor):
        """Takes work and does none of it."""

        def submit(self, *_: Any, **__: Any) -> Future[Any]:
            return Future()

    with Desk(place_at(tmp_path)) as desk:
        clip = put(desk)
        with at_work(desk, executor=Slow, local=False):
            until(lambda: now(desk, clip).state == "running")
            first = job_row(desk, clip.id)["beat_at"]
            until(lambda: job_row(desk, clip.id)["beat_at"] > first, 15.0)
        assert job_row(desk, clip.id)["state"] == "waiting"


def test_the_server_never_runs_what_opens_clips(tmp_path: Path) -> None:
    with own_process() as executor:
        assert executor.submit(os.getpid).result() != os.getpid()
    with Desk(place_at(tmp_path)) as desk:
        assert Crew(desk).executor is own_process


def test_a_cluster_does_the_jobs_and_a_worker_that_dies_costs_a_try(tmp_path: Path) -> None:
    with (
        Desk(place_at(tmp_path / "data"), LIMITS) as desk,
        dask_cluster(tmp_path) as address,
        cluster(address) as place,
    ):
        good = [put(desk, f"left_lunge {n}", name=f"good{n}.mov") for n in range(3)]
        once = put(desk, "left_lunge dies-once", name="once.mov")
        dies = put(desk, "left_lunge dies", name="dies.mov")
        with at_work(desk, executor=place.executor, local=False):
            until(lambda: waiting(desk) == 0, 120.0)
        assert [outcome(desk, each)[:2] for each in (*good, once)] == [("measured", None)] * 4
        assert outcome(desk, dies) == ("failed", "worker_died", 1)
