"""A desk, and clips on it that are measured. Not here: tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dorsi.desk.clips import Clip, clip_of
from dorsi.desk.desk import Desk
from dorsi.desk.place import place_at
from dorsi.desk.queue import HOST, take
from dorsi.desk.worker import do
from tests.desk.jobs import ME, put, stages_of


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(place_at(tmp_path / "data")) as opened:
        yield opened


@pytest.fixture
def measured(desk: Desk) -> Callable[..., Clip]:
    """Makes a measured clip, as `jobs.put` makes one that waits."""

    def make(text: str = "left_lunge", **how: str) -> Clip:
        clip = put(desk, text, **how)
        work(desk)
        return clip_of(desk, ME, clip.id)

    return make


def work(desk: Desk) -> None:
    """Do every job that waits, in this process."""
    while (job := take(desk, f"{HOST}:1:c123456789012345")) is not None:
        do(desk, job, stages_of)
