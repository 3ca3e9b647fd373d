"""The crew: works the queue off beside the pages, each job in a process of its own.

It never opens a clip itself. A worker that dies takes no page with it and costs its job one try; one that
runs over its time is ended. Not here: what a worker does (`worker.py`), the queue (`queue.py`).
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Final

from dorsi.desk.desk import Desk
from dorsi.desk.keep import sweep, tidy
from dorsi.desk.place import new_id
from dorsi.desk.queue import HOST, Lost, Taken, beat, give_back, reclaim, take, worker_died, worker_of
from dorsi.desk.worker import BEAT_S, Ends, Order, work
from dorsi.errors import DeskError, DorsiError, StoreError
from dorsi.executors import NO_CLUSTER, WORKS_EACH, own_process

__all__ = ["Crew"]

IDLE_S: Final = 0.5
RECLAIM_S: Final = 15.0
TIDY_S: Final = 3600.0
GRACE_S: Final = 15.0
"""A worker ends itself when its time is over; this much later its crew does it."""
REST_S: Final = 60.0


class Crew:
    """Works the queue of `desk` with `desk.limits.workers` workers, each on an executor of its own.

    `executor` makes one; another kind (a cluster's) may stand in, with `local` false: its processes are not
    on this machine and are not ended from here. `working` is what it is handed. One that had no job for
    `rest_s` is let go: it holds a network and much memory. One that did not end itself `grace_s` after its
    time was over is killed.
    """

    def __init__(
        self,
        desk: Desk,
        executor: Callable[[], Executor] = own_process,
        *,
        local: bool = True,
        working: Callable[[Order], Ends] = work,
        rest_s: float = REST_S,
        grace_s: float = GRACE_S,
    ) -> None:
        self.desk, self.executor, self.local, self.working = desk, executor, local, working
        self.rest_s, self.grace_s = rest_s, grace_s
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
            with suppress(DorsiError, OSError):
                reclaim(self.desk, self.name)
                if monotonic() - tidied > TIDY_S:
                    tidied = monotonic()
                    tidy(self.desk)
            if self._stop.wait(RECLAIM_S):
                return

    def _work_off(self) -> None:
        while not self._stop.is_set():
            # A store in use, a disk that is full for a while, no process to be had: again in a moment.
            with suppress(DorsiError, OSError):
                self._some()
            self._stop.wait(IDLE_S)

    def _some(self) -> None:
        """Do jobs on one executor, until it has done enough of them or is no longer fit."""
        executor: Executor | None = None
        try:
            for _ in range(WORKS_EACH):
                job = self._next(None if executor is None else self.rest_s)
                if job is None:
                    return
                try:
                    executor = executor or self.executor()
                    future = executor.submit(self.working, Order(self.desk.place, self.desk.limits, job))
                except BaseException:
                    self._settle(partial(give_back, self.desk, job))
                    raise
                if not self._followed(future, job):
                    return
        finally:
            if executor is not None:
                executor.shutdown(wait=self._stop.is_set(), cancel_futures=True)

    def _next(self, patience_s: float | None) -> Taken | None:
        """The next job, waited for; None when the crew ends, or patience does. Raises StoreError."""
        began = monotonic()
        while not self._stop.is_set():
            job = take(self.desk, self.name)
            if job is not None:
                return job
            if patience_s is not None and monotonic() - began > patience_s:
                return None
            self._stop.wait(IDLE_S)
        return None

    def _followed(self, future: Future[Ends], job: Taken) -> bool:
        """Wait until a job is done, or must be ended; whether its executor is fit for another."""
        most_s = self.desk.limits.worker_wall_s
        began = beaten = monotonic()
        while not future.done():
            if self._stop.is_set():
                self._end(job)
                self._settle(partial(give_back, self.desk, job))
                return False
            if monotonic() - began > most_s + self.grace_s:
                self._end(job)
                self._settle(partial(worker_died, self.desk, job, _out_of_time(most_s)))
                return False
            if monotonic() - beaten > BEAT_S:
                # Another kind of executor may let the job wait long before any worker tells of it.
                beaten = monotonic()
                with suppress(Lost, DorsiError):
                    beat(self.desk, job)
            with suppress(TimeoutError, CancelledError):
                future.exception(timeout=IDLE_S)
        try:
            if future.result() == "lost":
                sweep(self.desk)
            return True
        except (BrokenExecutor, CancelledError):
            # The worker ends itself when its time is over; else it was killed.
            over = monotonic() - began >= most_s
            why = _out_of_time(most_s) if over else DeskError("worker_died")
            self._settle(partial(worker_died, self.desk, job, why))
            sweep(self.desk)
        except Exception as error:  # noqa: BLE001  the job tells that it was; the next one must be done
            end = partial(worker_died, self.desk, job, DeskError("fault_in_worker"))
            if isinstance(error, DorsiError) and error.code in NO_CLUSTER:
                end = partial(give_back, self.desk, job)
            self._settle(end)
        return False

    def _settle(self, tell: Callable[[], None]) -> None:
        """Write down how a job ended, as often as it takes; the next start finds out when this one ends."""
        while True:
            with suppress(StoreError):
                tell()
                return
            if self._stop.wait(IDLE_S):
                return

    def _end(self, job: Taken) -> None:
        """Kill the process that works on a job, where it is on this machine."""
        with suppress(StoreError, OSError):
            pid = worker_of(self.desk, job) if self.local else None
            if pid is not None:
                os.kill(pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)


def _out_of_time(most_s: float) -> DeskError:
    return DeskError("worker_out_of_time", most_s=most_s)
