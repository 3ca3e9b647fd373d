"""Where work on clips is done: in processes of this machine, or by the workers of a cluster.

Both are executors of `concurrent.futures`, so that whoever hands out work need not know which. Not here: the
work itself (`workflow/orders.py`, `desk/worker.py`), the queue of jobs (`desk`).
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar
from uuid import uuid4

from dorsi.errors import DeskError, UsageError
from dorsi.memory import keep_for_pictures
from dorsi.quiet import quiet_until_exit

if TYPE_CHECKING:
    from distributed import Client

__all__ = [
    "NO_CLUSTER", "OUT_OF_TIME", "WORKS_EACH", "Hands", "Place", "chosen", "cluster", "kill", "own_process",
    "this_machine",
]  # fmt: skip

OUT_OF_TIME: Final = 124
"""Exit code of a worker that ended itself."""
TRIES: Final = 2
"""A worker that dies costs its clip one more try; the second one that dies is the clip's doing."""
WORKS_EACH: Final = 8
"""So many clips a process measures before a fresh one takes its place: libraries keep memory."""
NICE: Final = 10
"""Pages come first: a person waits for them, and for a clip only a little longer."""
CONNECT_S: Final = 5.0
NO_CLUSTER: Final = frozenset({"cluster_lost", "cluster_not_reached"})
"""Errors of a cluster that is not there: no fault of the work."""
SENT_AGAIN: Final = 20
"""Work whose worker died before it began is sent again so often: it may also be the sending that kills."""

Order = TypeVar("Order")
Done = TypeVar("Done")


def own_process() -> Executor:
    """One process on this machine, started afresh (never forked: there are threads), which dies with this
    one, and lets others on the machine come first."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """In the worker: Ctrl-C is its starter's business, and native libraries keep off the terminal."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="dorsi-parent", daemon=True).start()
    if sys.platform.startswith("linux"):
        # At once, also while native code holds the interpreter. The parent is the thread that started this.
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if hasattr(os, "nice"):
        os.nice(NICE)
    quiet_until_exit()


def _end_with_parent() -> None:
    """End this process when the one that started it has ended, also if that was before we could ask."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(OUT_OF_TIME)


@dataclass(frozen=True, slots=True)
class Place:
    """Where work is done: `executor` makes what one thread at a time hands work to, `slots` of them at once.

    `local` when its processes are this machine's, and files need not travel.
    """

    executor: Callable[[], Executor]
    slots: int
    local: bool = True


def this_machine(workers: int | None = None) -> Place:
    """Processes of this machine: `workers` of them, one for each core we may use unless said."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Place(own_process, workers or cores)


@contextmanager
def chosen(scheduler: str | None, workers: int | None = None) -> Iterator[Place]:
    """The cluster of a scheduler, where one is named, else so many processes of this machine; see both."""
    if scheduler is None:
        yield this_machine(workers)
        return
    with cluster(scheduler) as place:
        yield place


@contextmanager
def cluster(address: str) -> Iterator[Place]:
    """The workers of a Dask scheduler, one work at a time for each of their threads.

    Raises UsageError where the extra `cluster` is not installed, nobody answers at the address, or no worker
    is there; work raises "cluster_lost" when the scheduler goes away.
    """
    lent = _Lent(address)
    try:
        threads = sum(lent.client().nthreads().values())
        if not threads:
            raise UsageError("cluster_without_workers", address=address)
        yield Place(lambda: _Borrowed(lent), threads, local=False)
    finally:
        lent.close()


class _Lent:
    """The client of a scheduler, made anew when the one before has lost it."""

    def __init__(self, address: str) -> None:
        self.address, self._lock = address, threading.Lock()
        self._client: Client | None = None
        self.client()

    def client(self) -> Client:
        """Raises UsageError where nobody answers."""
        with self._lock:
            if self._client is None or self._client.status == "closed":
                self._client = _connected(self.address)
            return self._client

    def close(self) -> None:
        if self._client is not None:
            self._client.close()


def _connected(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError("cluster_extra_missing") from error
    try:
        client = Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError("cluster_not_reached", address=address) from error
    # Each death is told at once: who tries again, and how often, is decided here.
    client.run_on_scheduler(_bear, 0)
    return client


def _bear(deaths: int, dask_scheduler: Any = None) -> None:
    dask_scheduler.allowed_failures = deaths


class _Borrowed(Executor):
    """The client of a cluster as an executor: closing it leaves the client to others.

    Dask blames the death of a worker on all that was there, also on what only waited: such work is sent
    again and nobody hears of it.
    """

    def __init__(self, lent: _Lent) -> None:
        self._lent = lent

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have work done by any worker; a worker that died of it is told as a broken executor, a scheduler
        that is gone as UsageError "cluster_lost"."""
        here = Future[Any]()
        here.set_running_or_notify_cancel()
        self._send(here, partial(work, *args, **kwargs), SENT_AGAIN)
        return here

    def _send(self, here: Future[Any], ordered: Callable[[], Any], again: int) -> None:
        from distributed import Event

        try:
            client = self._lent.client()
            begun = Event(f"dorsi-{uuid4().hex}", client)
            there = client.submit(_in_worker, ordered, begun, pure=False, retries=0)
        except Exception as error:  # noqa: BLE001  a client tells in many ways that it has lost its scheduler
            here.set_exception(self._lost(error))
        else:
            there.add_done_callback(partial(self._hand_over, here, ordered, begun, again))

    def _hand_over(
        self, here: Future[Any], ordered: Callable[[], Any], begun: Any, again: int, there: Any
    ) -> None:
        try:
            here.set_result(there.result())
        except BaseException as error:  # noqa: BLE001  whatever it was, it is told to whoever waits
            # Of a library that need not be installed to know the names of its errors.
            kind = type(error).__name__
            if kind == "KilledWorker":
                self._bury(here, ordered, begun, again, error)
            else:
                gone = kind in ("CancelledError", "FutureCancelledError")
                here.set_exception(self._lost(error) if gone else error)
        with suppress(Exception):
            begun.clear()

    def _bury(
        self, here: Future[Any], ordered: Callable[[], Any], begun: Any, again: int, error: BaseException
    ) -> None:
        """Send work again whose worker died before it began; else say that the worker died of it."""
        try:
            innocent = again > 0 and not begun.is_set()
        except Exception as lost:  # noqa: BLE001  as above
            here.set_exception(self._lost(lost))
            return
        if innocent:
            self._send(here, ordered, again - 1)
        else:
            here.set_exception(BrokenExecutor(str(error)))

    def _lost(self, error: BaseException) -> UsageError:
        if isinstance(error, UsageError):
            return error
        lost = UsageError("cluster_lost", address=self._lent.address)
        lost.__cause__ = error
        return lost


def _in_worker(ordered: Callable[[], Any], begun: Any) -> Any:
    """The work, in a process that was not started by us."""
    begun.set()
    keep_for_pictures()
    return ordered()


class Hands:
    """Has work done at a place, from several threads at once; use as a context manager.

    Each thread has an executor of its own, so that a process that dies is known to have died of its work.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self._own = threading.local()
        self._open: list[Executor] = []
        self._lock, self._stopped = threading.Lock(), False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def do(self, work: Callable[[Order], Done], order: Order) -> Done:
        """The result of `work(order)`; what it raised is raised. Raises DeskError "worker_died" when every
        try ended with the death of the process, CancelledError after `stop`."""
        for last in (*[False] * (TRIES - 1), True):
            try:
                found = self._executor().submit(work, order).result()
            except (BrokenExecutor, CancelledError) as error:
                self._let_go()
                if self._stopped:
                    raise CancelledError from error
                if last:
                    raise DeskError("worker_died") from error
            except Exception as error:
                if self._stopped:
                    raise CancelledError from error
                raise
            else:
                self._own.works = getattr(self._own, "works", 0) + 1
                if self._own.works >= WORKS_EACH:
                    self._let_go()
                return found
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """End every process at once, whatever it is at; works that wait end with CancelledError."""
        with self._lock:
            self._stopped = True
            executors, self._open = self._open, []
        for executor in executors:
            kill(executor)

    def _executor(self) -> Executor:
        found: Executor | None = getattr(self._own, "executor", None)
        if found is None:
            with self._lock:
                if self._stopped:
                    raise CancelledError
                found = self.place.executor()
                self._open.append(found)
            self._own.executor, self._own.works = found, 0
        return found

    def _let_go(self) -> None:
        """Have the next work of this thread done by a fresh process."""
        found: Executor | None = getattr(self._own, "executor", None)
        self._own.executor = None
        if found is not None:
            with self._lock:
                if found in self._open:
                    self._open.remove(found)
            found.shutdown(wait=False, cancel_futures=True)


def kill(executor: Executor) -> None:
    """End the processes of an executor at once, whatever they are at."""
    # Python 3.14 has kill_workers for it; before, only the process itself could be asked.
    for process in list((getattr(executor, "_processes", None) or {}).values()):
        process.kill()
    executor.shutdown(wait=False, cancel_futures=True)
