"""Hostile uploads, worked off by the real crew and the real engine: none gets further than its own job."""

from __future__ import annotations

import shutil
import socket
import time
from pathlib import Path

import pytest

from dorsi.desk.clips import add_clip, clips_of
from dorsi.desk.crew import Crew
from dorsi.desk.desk import Desk
from dorsi.desk.limits import Limits
from dorsi.desk.place import new_id, place_at
from tests import clips
from tests.desk.jobs import ME
from tests.hostile_clips import CANARY, HOSTILE

WITHIN_S = 300.0


def put(desk: Desk, file: Path, name: str) -> str:
    upload = desk.place.uploads / new_id()
    shutil.copyfile(file, upload)
    return add_clip(desk, ME, upload, name=name).id


@pytest.mark.slow
def test_hostile_uploads_end_in_words_and_a_good_one_after_them_is_measured(
    tmp_path: Path, samples: Path
) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        Desk(place_at(tmp_path / "data"), Limits(waiting_per_runner=100)) as desk,
    ):
        listening.settimeout(0.05)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/clip.mp4"
        named = {}
        for n, (name, write) in enumerate(HOSTILE.items()):
            folder = tmp_path / f"{n}"
            folder.mkdir()
            clips.encode(folder / CANARY, frames=7)
            named[put(desk, write(folder, address), f"{name}.mp4")] = name
        good = put(desk, samples / "straight_lunge.mp4", "good.mp4")
        crew = Crew(desk)
        crew.start()
        over = time.monotonic() + WITHIN_S
        while any(clip.state in {"waiting", "running"} for clip in clips_of(desk, ME)):
            assert time.monotonic() < over, "the queue stands still"
            time.sleep(0.2)
        crew.stop()
        with pytest.raises(TimeoutError):
            listening.accept()
        found = {clip.id: clip for clip in clips_of(desk, ME)}
        assert found.pop(good).state == "measured"
        assert {clip.state for clip in found.values()} <= {"failed", "not_measurable"}
        for clip in found.values():
            told = clip.error.get("message") or clip.summary["sentence"]
            assert told and "\n" not in told and clip.id not in told, (named[clip.id], told)
            # Each told its own reason: no worker died of it.
            assert clip.error.get("code") not in {"worker_died", "fault_in_worker", "worker_out_of_time"}, (
                named[clip.id], clip.error,
            )  # fmt: skip
