"""What is over its time, or nobody's, goes; everything else stays."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from dorsi.desk.clips import Clip, clip_of
from dorsi.desk.desk import Desk
from dorsi.desk.keep import UPLOAD_DAYS, sweep, tidy
from dorsi.desk.limits import Limits
from dorsi.desk.place import new_id, place_at
from dorsi.desk.queue import HOST, take
from dorsi.desk.uploads import begin, offset_of, upload_of, writing
from dorsi.desk.worker import do
from dorsi.store.dates import now
from dorsi.store.desk_schema import clip as clip_table
from tests.desk.jobs import ME, put, stages_of

DAY_S = 86400.0


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(place_at(tmp_path), Limits(keep_clips_days=30)) as opened:
        yield opened


def measured(desk: Desk) -> Clip:
    clip = put(desk)
    job = take(desk, f"{HOST}:1:x")
    assert job is not None and do(desk, job, stages_of) == "done"
    return clip


def added(desk: Desk, clip: Clip, days_ago: float) -> None:
    with desk.writing() as connection:
        at = now() - timedelta(days=days_ago)
        connection.execute(update(clip_table).where(clip_table.c.id == clip.id).values(added_at=at))


def aged(file: Path, days: float) -> None:
    then = time.time() - days * DAY_S
    os.utime(file, (then, then))


def test_a_clip_past_its_days_goes_and_its_result_stays(desk: Desk) -> None:
    old, young = measured(desk), measured(desk)
    added(desk, old, 31)
    added(desk, young, 29)

    tidy(desk)

    assert not desk.place.clip_file(old.id).exists() and desk.place.clip_file(young.id).exists()
    assert clip_of(desk, ME, old.id).clip_deleted_at is not None
    assert clip_of(desk, ME, young.id).clip_deleted_at is None
    assert (desk.place.result(old.id) / "report.json").is_file()
    assert clip_of(desk, ME, old.id).state == "measured"


def test_a_clip_that_waits_is_not_over(desk: Desk) -> None:
    clip = put(desk)
    added(desk, clip, 365)
    tidy(desk)
    assert desk.place.clip_file(clip.id).exists()


def test_without_days_clips_are_kept(tmp_path: Path) -> None:
    with Desk(place_at(tmp_path)) as desk:
        clip = measured(desk)
        added(desk, clip, 3650)
        tidy(desk)
        assert desk.place.clip_file(clip.id).exists()


def test_an_upload_nobody_goes_on_with_goes(desk: Desk) -> None:
    stale, alive = (begin(desk, ME, 10, name="a.mov") for _ in range(2))
    for entry in desk.place.uploads.iterdir():
        aged(entry, UPLOAD_DAYS + 1)
    # What it is to become was written at its begin; its bytes came today.
    with writing(desk, alive, 0) as handle:
        os.write(handle, b"12345")

    tidy(desk)

    assert {entry.name.split(".")[0] for entry in desk.place.uploads.iterdir()} == {alive.id}
    assert offset_of(desk, upload_of(desk, ME, alive.id)) == 5
    assert stale.id != alive.id


def test_what_belongs_to_no_clip_goes(desk: Desk) -> None:
    clip, gone = measured(desk), new_id()
    desk.place.clip_file(gone).write_text("of a deleted clip", encoding="utf-8")
    for folder in (desk.place.result(gone), desk.place.results / f".{gone}.partial-7"):
        folder.mkdir()
        (folder / "report.json").write_text("{}", encoding="utf-8")
    (desk.place.results / f".{gone}.partial-7.lock").touch()
    foreign = desk.place.results / "notes of the clinic.txt"
    foreign.touch()

    sweep(desk)

    left = {entry.name for folder in (desk.place.clips, desk.place.results) for entry in folder.iterdir()}
    assert left == {clip.id, foreign.name}
    assert (desk.place.result(clip.id) / "report.json").is_file()


def test_a_half_is_left_alone_while_somebody_may_be_at_it(desk: Desk) -> None:
    clip = measured(desk)
    half = desk.place.results / f".{clip.id}.partial-7"
    half.mkdir()
    sweep(desk)
    assert half.exists()
    aged(half, 2)
    sweep(desk)
    assert not half.exists() and desk.place.result(clip.id).exists()
