"""Where work is done: processes here, workers of a real Dask scheduler; one that dies costs a try, no clip.

Not here: clips (`tests/workflow/test_batch.py`), the crew of the desk (`tests/desk/test_crew.py`).
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from bench.dask_cluster import dask_cluster
from dorsi.errors import DeskError, UsageError
from dorsi.executors import Hands, Place, cluster, this_machine


def process_of(_order: object) -> int:
    """The process that does it."""
    return os.getpid()


def dies_once(mark: Path) -> int:
    """Killed the first time, as by a system without memory."""
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def poison(seen: Path) -> None:
    """Killed each time; leaves a file each time."""
    (seen / f"{os.getpid()}-{time.monotonic_ns()}").touch()
    os.kill(os.getpid(), signal.SIGKILL)


def refuses(_order: object) -> None:
    """An error of the work's own."""
    raise UsageError("store_without_runner")


def takes_a_moment(number: int) -> int:
    """Long enough for others to wait behind it."""
    time.sleep(0.1)
    return number


def sleeps(mark: Path) -> None:
    """Takes longer than anybody waits."""
    mark.write_text(str(os.getpid()))
    time.sleep(120)


def kill_scheduler(address: str) -> None:
    """As a machine that goes down: without a word to anybody."""
    port = address.rpartition(":")[2]
    found = [file for file in Path("/proc").glob("[0-9]*/cmdline") if f"--port\0{port}\0" in file.read_text()]
    assert len(found) == 1
    os.kill(int(found[0].parent.name), signal.SIGKILL)


@pytest.fixture(scope="module", params=["processes", "cluster"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    if request.param == "processes":
        yield this_machine(2)
        return
    with dask_cluster(tmp_path_factory.mktemp("dask")) as address, cluster(address) as found:
        assert not found.local and found.slots == 2
        yield found


def test_work_is_done_in_other_processes(place: Place) -> None:
    with Hands(place) as hands, ThreadPoolExecutor(4) as threads:
        found = set(threads.map(partial(hands.do, process_of), range(8)))
    assert os.getpid() not in found and 2 <= len(found) <= 4


def test_an_error_of_the_work_is_told_and_the_next_is_done(place: Place) -> None:
    with Hands(place) as hands:
        with pytest.raises(UsageError):
            hands.do(refuses, None)
        assert hands.do(process_of, None) != os.getpid()


def test_a_worker_that_dies_costs_one_try(place: Place, tmp_path: Path) -> None:
    with Hands(place) as hands:
        assert hands.do(dies_once, tmp_path / "mark") > 0


def test_work_that_kills_its_workers_is_given_up_after_two(place: Place, tmp_path: Path) -> None:
    with Hands(place) as hands:
        with pytest.raises(DeskError) as error:
            hands.do(poison, tmp_path)
        assert error.value.code == "worker_died"
        assert len(list(tmp_path.iterdir())) == 2
        assert hands.do(process_of, None) > 0


def test_a_death_is_blamed_on_nobody_else(place: Place, tmp_path: Path) -> None:
    """Twice as much work as workers, so that some waits where a worker dies."""
    (tmp_path / "seen").mkdir()

    def one(number: int) -> str:
        try:
            hands.do(poison, tmp_path / "seen") if number % 6 == 1 else hands.do(takes_a_moment, number)
        except DeskError as error:
            return error.code
        return ""

    with Hands(place) as hands, ThreadPoolExecutor(4) as threads:
        ended = list(threads.map(one, range(18)))
    assert ended == ["worker_died" if number % 6 == 1 else "" for number in range(18)]
    assert len(list((tmp_path / "seen").iterdir())) == 6


def test_a_scheduler_that_goes_away_is_no_fault_of_the_work(tmp_path: Path) -> None:
    mark = tmp_path / "at it"
    with dask_cluster(tmp_path) as address, cluster(address) as place, Hands(place) as hands:
        with ThreadPoolExecutor(1) as thread:
            done = thread.submit(hands.do, sleeps, mark)
            while not mark.exists() or not mark.read_text():
                time.sleep(0.05)
            kill_scheduler(address)
            with pytest.raises(UsageError) as error:
                done.result(60)
        assert error.value.code == "cluster_lost" and address in str(error.value)
        os.kill(int(mark.read_text()), signal.SIGKILL)
        with pytest.raises(UsageError, match="scheduler"):
            hands.do(process_of, None)


def test_stopping_ends_what_runs_at_once(tmp_path: Path) -> None:
    mark = tmp_path / "at it"
    ended: list[BaseException] = []

    def waits() -> None:
        try:
            hands.do(sleeps, mark)
        except BaseException as error:  # noqa: BLE001  kept to be looked at
            ended.append(error)

    with Hands(this_machine(1)) as hands:
        thread = threading.Thread(target=waits)
        thread.start()
        while not mark.exists() or not mark.read_text():
            time.sleep(0.05)
        pid = int(mark.read_text())
        hands.stop()
        thread.join(20)
    assert isinstance(ended[0], CancelledError)
    with pytest.raises(CancelledError):
        hands.do(process_of, None)
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError("the process lives on")


def test_nobody_at_the_address_is_one_line() -> None:
    with pytest.raises(UsageError, match="no scheduler answers there"), cluster("nonsense"):
        pass
