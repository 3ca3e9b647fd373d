"""The queue: each job is taken once and ended once, by who holds it; what a dead holder left goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from dorsi.desk.clips import clip_of, delete_clip
from dorsi.desk.desk import Desk
from dorsi.desk.place import new_id, place_at
from dorsi.desk.queue import (
    HOST,
    LEASE_S,
    RESTARTS,
    Lost,
    Taken,
    beat,
    end_in,
    fail,
    give_back,
    put_job,
    reclaim,
    take,
    told_worker,
    waiting,
    worker_died,
    worker_of,
)
from dorsi.errors import ClipUnreadable, DeskError
from dorsi.store.dates import now
from dorsi.store.desk_schema import audit
from dorsi.store.desk_schema import job as job_table
from tests.desk.jobs import ME, job_row, put

CREW = f"{HOST}:{os.getpid()}:c123456789012345"
ELSEWHERE = "other.example.org:7:c123456789012345"
WORDS = DeskError("worker_died")


@pytest.fixture(params=["file", "server"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A desk whose store is a file, and one whose store lies on a server."""
    store = None if request.param == "file" else request.getfixturevalue("database")
    with Desk(place_at(tmp_path, store)) as opened:
        yield opened


def taken(desk: Desk, crew: str = CREW) -> Taken:
    job = take(desk, crew)
    assert job is not None
    return job


def state(desk: Desk, clip_id: str) -> tuple[str, str]:
    return job_row(desk, clip_id)["state"], clip_of(desk, ME, clip_id).state


def done(desk: Desk, job: Taken) -> None:
    with desk.writing() as connection:
        end_in(connection, job, {"state": "measured"})


def last_heard(desk: Desk, at: datetime) -> None:
    with desk.writing() as connection:
        connection.execute(update(job_table).values(beat_at=at))


def test_who_waited_longest_is_first_and_nobody_is_taken_twice(desk: Desk) -> None:
    clips = [put(desk, name=f"{number}.mp4").id for number in range(3)]
    assert waiting(desk) == 3

    jobs = [taken(desk) for _ in clips]

    assert [job.clip_id for job in jobs] == clips
    assert take(desk, CREW) is None
    assert [state(desk, each) for each in clips] == [("running", "running")] * 3
    assert waiting(desk) == 3
    for job in jobs:
        done(desk, job)
    assert waiting(desk) == 0


def test_crews_that_take_at_once_share_the_queue(desk: Desk) -> None:
    clips = {put(desk, name=f"{number}.mp4").id for number in range(12)}
    with ThreadPoolExecutor(4) as pool:
        jobs = list(pool.map(lambda number: take(desk, f"{HOST}:1:{number}"), range(16)))
    found = [job.clip_id for job in jobs if job is not None]
    assert len(found) == 12 and set(found) == clips


def test_a_job_that_waits_stands_for_another_of_its_kind(desk: Desk) -> None:
    clip = put(desk)
    with desk.writing() as connection:
        first = put_job(connection, clip.id, "redraw")
        assert put_job(connection, clip.id, "redraw") == first
        assert put_job(connection, clip.id, "measure") != first
    assert waiting(desk) == 2


def test_progress_is_told_by_the_holder_alone(desk: Desk) -> None:
    clip = put(desk)
    job = taken(desk)
    beat(desk, job, stage="find the legs", fraction=0.25)
    told = clip_of(desk, ME, clip.id)
    assert (told.stage, told.fraction) == ("find the legs", 0.25)
    beat(desk, job)
    assert clip_of(desk, ME, clip.id).stage == "find the legs"

    give_back(desk, job)
    again = taken(desk)

    # The same crew holds it again: its worker of before does not.
    assert again.id == job.id and again.holder.startswith(f"{CREW}.")
    with pytest.raises(Lost):
        beat(desk, job, stage="draw", fraction=1.0)
    with pytest.raises(Lost):
        told_worker(desk, job)
    assert clip_of(desk, ME, clip.id).stage is None


def test_only_the_holder_ends_a_job_and_only_once(desk: Desk) -> None:
    clip = put(desk)
    first = taken(desk)
    give_back(desk, first)
    second = taken(desk)
    with pytest.raises(Lost):
        done(desk, first)
    assert state(desk, clip.id) == ("running", "running")
    done(desk, second)
    assert state(desk, clip.id) == ("done", "measured")
    with pytest.raises(Lost):
        done(desk, second)
    # Whatever comes too late changes nothing.
    fail(desk, second, WORDS)
    give_back(desk, second)
    worker_died(desk, second, WORDS)
    assert state(desk, clip.id) == ("done", "measured")


def test_a_job_that_fails_says_why(desk: Desk) -> None:
    clip = put(desk)
    job = taken(desk)
    fail(desk, job, ClipUnreadable("clip_not_video", file="IMG_1.mov"), "somewhere")

    found = clip_of(desk, ME, clip.id)
    assert (found.state, found.urgency) == ("failed", 90)
    assert found.error["code"] == "clip_not_video" and "IMG_1.mov" in found.error["message"]
    with desk.reading() as connection:
        lines = connection.execute(select(audit.c.action, audit.c.object, audit.c.detail)).all()
    assert ("failed", f"clip:{clip.id}", "somewhere") in [tuple(line) for line in lines]


def test_a_worker_that_dies_gets_one_more_try(desk: Desk) -> None:
    clip = put(desk)
    worker_died(desk, taken(desk), WORDS)
    assert state(desk, clip.id) == ("waiting", "waiting")
    assert job_row(desk, clip.id)["tries"] == 1

    worker_died(desk, taken(desk), WORDS)

    assert state(desk, clip.id) == ("failed", "failed")
    assert json.loads(job_row(desk, clip.id)["error"])["message"] == str(WORDS)
    assert take(desk, CREW) is None


def test_a_job_given_back_costs_nothing(desk: Desk) -> None:
    clip = put(desk)
    for _ in range(5):
        give_back(desk, taken(desk))
    row = job_row(desk, clip.id)
    assert (row["state"], row["tries"], row["restarts"], row["crew"]) == ("waiting", 0, 0, None)


def test_a_drawing_that_fails_leaves_the_clip_measured(desk: Desk) -> None:
    clip = put(desk)
    done(desk, taken(desk))
    with desk.writing() as connection:
        put_job(connection, clip.id, "redraw")
    fail(desk, taken(desk), WORDS)
    assert job_row(desk, clip.id, "redraw")["state"] == "failed"
    assert clip_of(desk, ME, clip.id).state == "measured"


def test_which_process_works_is_known_while_the_job_is_held(desk: Desk) -> None:
    put(desk)
    job = taken(desk)
    assert worker_of(desk, job) is None
    told_worker(desk, job)
    assert worker_of(desk, job) == os.getpid()
    give_back(desk, job)
    again = taken(desk)
    told_worker(desk, again)
    assert worker_of(desk, job) is None and worker_of(desk, again) == os.getpid()


def dead_pid() -> int:
    """Number of a process that is no more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_jobs_of_dead_crews_go_back_and_cost_no_try(desk: Desk) -> None:
    clip = put(desk)
    taken(desk, f"{HOST}:{dead_pid()}:{new_id()}")

    assert reclaim(desk, CREW) == 1

    row = job_row(desk, clip.id)
    assert (row["state"], row["tries"], row["restarts"]) == ("waiting", 0, 1)
    assert clip_of(desk, ME, clip.id).state == "waiting"


def test_a_crew_of_before_with_this_process_number_is_dead(desk: Desk) -> None:
    put(desk)
    taken(desk, f"{HOST}:{os.getpid()}:{new_id()}")
    assert reclaim(desk, CREW) == 1


def test_a_living_crew_keeps_its_jobs(desk: Desk) -> None:
    put(desk)
    taken(desk, f"{HOST}:{os.getppid()}:{new_id()}")
    assert reclaim(desk, CREW) == 0


def test_the_crew_that_asks_keeps_its_own_jobs_however_long_it_slept(desk: Desk) -> None:
    put(desk)
    taken(desk)
    last_heard(desk, now() - timedelta(days=1))
    assert reclaim(desk, CREW) == 0


@pytest.mark.parametrize(("silent_s", "back"), [(LEASE_S - 10, 0), (LEASE_S + 1, 1)])
def test_a_crew_elsewhere_is_believed_dead_when_long_not_heard_of(
    desk: Desk, silent_s: float, back: int
) -> None:
    put(desk)
    taken(desk, ELSEWHERE)
    last_heard(desk, now() - timedelta(seconds=silent_s))
    assert reclaim(desk, CREW) == back


def test_a_job_that_every_restart_meets_is_given_up(desk: Desk) -> None:
    clip = put(desk)
    gone = f"{HOST}:{dead_pid()}:{new_id()}"
    for _ in range(RESTARTS):
        assert job_row(desk, clip.id)["state"] == "waiting"
        taken(desk, gone)
        assert reclaim(desk, CREW) == 1
    assert state(desk, clip.id) == ("failed", "failed")


def test_a_deleted_clip_takes_its_job_along(desk: Desk) -> None:
    clip = put(desk)
    job = taken(desk)
    delete_clip(desk, ME, clip.id)
    with pytest.raises(Lost):
        beat(desk, job)
    worker_died(desk, job, WORDS)
    give_back(desk, job)
    assert waiting(desk) == 0
