"""Two programs that share a data folder and a store: one queue, and no job is done twice.

In a file and on a PostgreSQL server. Not here: one crew (`test_crew.py`), taking a job (`test_queue.py`).
"""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from time import sleep

import pytest

from dorsi.desk import crew as crew_module
from dorsi.desk.clips import clips_of
from dorsi.desk.crew import Crew
from dorsi.desk.desk import Desk
from dorsi.desk.limits import Limits
from dorsi.desk.place import Place, place_at
from dorsi.desk.queue import end_in, waiting
from dorsi.desk.worker import Ends, Order
from tests.desk.jobs import ME, job_row, put, until

JOBS, PROGRAMS, WORKERS = 40, 2, 2


@pytest.fixture(params=["file", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    store = None if request.param == "file" else request.getfixturevalue("database")
    return place_at(tmp_path / "data", store)


def _note_and_end(desk: Desk, order: Order) -> Ends:
    """Work that tells which program did it, as often as it is done."""
    with (desk.place.root / "done.txt").open("a", encoding="utf-8") as log:
        log.write(f"{order.job.id} {os.getpid()}\n")
    # Long enough for the other program to take it as well, if it could.
    sleep(0.05)
    with desk.writing() as connection:
        end_in(connection, order.job, {"state": "measured"})
    return "done"


def _serve(place: Place) -> None:
    """One program: a crew of its own over the place, until nothing waits."""
    # Looks for dead crews all the time: the other one is none.
    setattr(crew_module, "RECLAIM_S", 0.1)  # noqa: B010
    with Desk(place, Limits(workers=WORKERS, waiting_per_runner=JOBS)) as desk:
        crew = Crew(desk, partial(ThreadPoolExecutor, 1), local=False, working=partial(_note_and_end, desk))
        crew.start()
        until(lambda: waiting(desk) == 0, 120.0)
        crew.stop()


def test_two_programs_share_one_queue_and_do_no_job_twice(place: Place) -> None:
    with Desk(place, Limits(waiting_per_runner=JOBS)) as desk:
        clips = [put(desk, name=f"{number}.mov").id for number in range(JOBS)]
        context = multiprocessing.get_context("spawn")
        programs = [context.Process(target=_serve, args=(place,)) for _ in range(PROGRAMS)]
        for program in programs:
            program.start()
        for program in programs:
            program.join(180)
        assert [program.exitcode for program in programs] == [0] * PROGRAMS

        rows = {clip: job_row(desk, clip) for clip in clips}
        lines = (place.root / "done.txt").read_text(encoding="utf-8").split()
        assert Counter(lines[::2]) == Counter(row["id"] for row in rows.values())
        assert {(row["state"], row["tries"], row["restarts"]) for row in rows.values()} == {("done", 0, 0)}
        assert {clip.state for clip in clips_of(desk, ME)} == {"measured"}
