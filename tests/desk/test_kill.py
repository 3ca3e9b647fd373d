"""Killed from outside at moments drawn at random: afterwards each clip has exactly one result.

A few rounds of `bench/kill.py`; `python -m bench.kill` runs twenty.
"""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path

import pytest
from sqlalchemy import update

from bench.kill import children, faults, fill, finished, outlived, quick_stages, rounds, served
from dorsi.desk.clips import clips_of, measure_again
from dorsi.desk.desk import Desk
from dorsi.desk.place import place_at
from dorsi.desk.queue import HOST, take
from dorsi.desk.worker import PROXY, do
from dorsi.store.desk_schema import job as job_table
from tests.desk.jobs import ME, until

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal here")


def worked_off(desk: Desk) -> None:
    while (job := take(desk, f"{HOST}:1:x")) is not None:
        assert do(desk, job, quick_stages) == "done"


@pytest.mark.slow
def test_after_a_kill_each_clip_has_exactly_one_result() -> None:
    found = list(rounds(2, 4, seed=11))
    assert [each.victim for each in found] == [None, "server", "worker"]
    assert [each.wrong for each in found] == [[], [], []]


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="children are looked up in /proc")
def test_workers_die_with_their_server(tmp_path: Path) -> None:
    with Desk(place_at(tmp_path)) as desk:
        fill(desk, 2)
        with served(tmp_path) as (server, _):
            finished(desk)
            workers = children(server.pid)
            # At rest now: what waits for work must not wait for ever.
            assert len(workers) >= 2
            server.kill()
            server.wait()
            assert outlived(workers) == []


def test_a_bench_that_sees_nothing_wrong_would_see_it(tmp_path: Path) -> None:
    with Desk(place_at(tmp_path)) as desk:
        fill(desk, 4)
        assert len(faults(desk)) == 4
        worked_off(desk)
        assert faults(desk) == []
        twice, lacking, stray, other = clips_of(desk, ME)

        measure_again(desk, ME, twice.id)
        worked_off(desk)
        assert faults(desk) == [f"{twice.file_name}: measured, 2 results, {{}}"]
        with desk.writing() as connection:
            connection.execute(update(job_table).values(state="failed"))
        assert len(faults(desk)) == 4
        with desk.writing() as connection:
            connection.execute(update(job_table).values(state="done"))

        (desk.place.result(lacking.id) / PROXY).unlink()
        assert len(faults(desk)) == 2
        (desk.place.results / f".{stray.id}.partial-1").mkdir()
        assert len(faults(desk)) == 3
        shutil.copy(desk.place.result(stray.id) / "report.json", desk.place.result(other.id) / "report.json")
        assert len(faults(desk)) == 4


@pytest.mark.slow
def test_a_server_that_ends_kindly_leaves_the_rest_for_the_next(tmp_path: Path) -> None:
    with Desk(place_at(tmp_path)) as desk:
        fill(desk, 6)
        with served(tmp_path) as (server, _):
            until(lambda: any(each.state == "measured" for each in clips_of(desk, ME)))
            server.terminate()
            # uvicorn ends by the signal that it was asked with, after all else has ended.
            assert server.wait(20) in {0, -signal.SIGTERM}
        states = [each.state for each in clips_of(desk, ME)]
        assert "running" not in states and "waiting" in states
        with served(tmp_path):
            finished(desk)
        assert faults(desk) == []
