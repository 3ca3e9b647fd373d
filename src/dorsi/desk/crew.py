"""The crew: works the queue off beside the pages, each job in a process of its own.

It never opens a clip itself. A worker that dies takes no page with it and costs its job one try; one that
runs over its time is ended. Not here: what a worker does (`worker.py`), the queue (`queue.py`).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, ProcessPoolExecutor
from contextlib import suppress
from time import monotonic
from typing import Final

from sqlalchemy import select

from dorsi.desk.desk import Desk
from dorsi.desk.keep import tidy
from dorsi.desk.place import new_id
from dorsi.desk.queue import HOST, Taken, give_back, reclaim, take, worker_died
from dorsi.desk.worker import Ends, Order, work
from dorsi.errors import DeskError, DorsiError
from dorsi.quiet import quiet_until_exit
from dorsi.store.desk_schema import job as job_table

__all__ = ["Crew", "own_process"]

IDLE_S: Final = 0.5
RECLAIM_S: Final = 15.0
TIDY_S: Final = 3600.0
GRACE_S: Final = 15.0
"""A worker ends itself when its time is over; this much later its crew does it."""
JOBS_EACH: Final = 8
"""So many jobs a process does before a fresh one takes its place: libraries keep memory."""


def own_process() -> Executor:
    """One process on this machine, started afresh (never forked: the server has threads)."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """In the worker: Ctrl-C is the server's business, and native libraries keep off the terminal."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    quiet_until_exit()


class Crew:
    """Works the queue of `desk` with `desk.limits.workers` workers, each on an executor of its own.

    `executor` makes one; another kind (a cluster's) may stand in, with `local` false: its processes are not
    on this machine and are not ended from here. `working` is what it is handed.
    """

    def __init__(
        self,
        desk: Desk,
        executor: Callable[[], Executor] = own_process,
        *,
        local: bool = True,
        working: Callable[[Order], Ends] = work,
    ) -> None:
        self.desk, self.executor, self.local, self.working = desk, executor, local, working
        self.name = f"{HOST}:{os.getpid()}:{new_id()}"
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin, in threads of its own; returns at once."""
        turns = [self._look_after, *([self._work_off] * self.desk.limits.workers)]
        for number, turn in enumerate(turns):
            thread = threading.Thread(target=turn, name=f"dorsi-crew-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """End; jobs that run go back to the queue and cost nothing."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _look_after(self) -> None:
        """Now and then: jobs of dead crews back into the queue, what is over its time off the disk."""
        tidied = -TIDY_S
        while True:
            with suppress(DorsiError):
                reclaim(self.desk, self.name)
                if monotonic() - tidied > TIDY_S:
                    tidied = monotonic()
                    tidy(self.desk)
            if self._stop.wait(RECLAIM_S):
                return

    def _work_off(self) -> None:
        executor, done = None, 0
        while not self._stop.is_set():
            try:
                job = take(self.desk, self.name)
            except DorsiError:
                job = None  # a store in use, or a disk that is full for a while
            if job is None:
                self._stop.wait(IDLE_S)
                continue
            executor = executor or self.executor()
            if self._one(executor, job):
                done += 1
            else:
                done = JOBS_EACH
            if done >= JOBS_EACH:
                executor.shutdown(wait=False, cancel_futures=True)
                executor, done = None, 0
        if executor is not None:
            executor.shutdown(wait=True, cancel_futures=True)

    def _one(self, executor: Executor, job: Taken) -> bool:
        """Have one job done; whether its executor is fit for another."""
        limits = self.desk.limits
        parent = os.getpid() if self.local else None
        over = monotonic() + limits.worker_wall_s + GRACE_S
        try:
            future = executor.submit(self.working, Order(self.desk.place, limits, job, parent))
            while not future.done():
                if self._stop.is_set():
                    self._end(job)
                    give_back(self.desk, job)
                    return False
                if monotonic() > over:
                    self._end(job)
                    worker_died(self.desk, job, DeskError("worker_out_of_time", most_s=limits.worker_wall_s))
                    return False
                with suppress(TimeoutError):
                    future.exception(timeout=IDLE_S)
            future.result()
        except (BrokenExecutor, CancelledError):
            worker_died(self.desk, job, self._why(over))
            return False
        except Exception:  # noqa: BLE001  the job tells what it was; the next one must be done
            worker_died(self.desk, job, DeskError("fault_in_worker"))
            return False
        return True

    def _why(self, over: float) -> DeskError:
        """Why a worker died: it ended itself when its time was over, else it was killed."""
        if monotonic() > over - GRACE_S:
            return DeskError("worker_out_of_time", most_s=self.desk.limits.worker_wall_s)
        return DeskError("worker_died")

    def _end(self, job: Taken) -> None:
        """Kill the process that works on a job, where it is on this machine."""
        with self.desk.reading() as connection:
            query = select(job_table.c.worker).where(job_table.c.id == job.id)
            worker = connection.execute(query).scalar()
        host, _, pid = (worker or "").rpartition(":")
        if self.local and host == HOST and pid:
            with suppress(OSError):
                os.kill(int(pid), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
