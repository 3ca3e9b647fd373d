"""The bench of the load sends real clips and would see one that is lost or changed.

Not here: its figures (`python -m bench.load`).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench.load import BAR_MS, SAMPLE, Seen, clip_bytes, main, table, whats_wrong
from dorsi.desk.clips import delete_clip
from dorsi.desk.desk import Desk
from dorsi.desk.place import place_at
from dorsi.desk.queue import HOST, take
from dorsi.desk.worker import do
from dorsi.video import probe
from tests.desk.jobs import ME, put, stages_of


def test_a_clip_made_larger_is_the_sample_still_and_no_two_are_alike(tmp_path: Path) -> None:
    one, two = clip_bytes(1, 1_000_000), clip_bytes(2, 1_000_000)
    assert len(one) == len(two) == 1_000_000 and one != two
    large = tmp_path / "large.mp4"
    large.write_bytes(one)
    found, sample = probe(large), probe(SAMPLE)
    assert (found.frame_count, found.duration_s) == (sample.frame_count, sample.duration_s)


def test_a_clip_lost_or_changed_would_be_seen(tmp_path: Path) -> None:
    with Desk(place_at(tmp_path)) as desk:
        sent = {put(desk, "left_lunge", name="sent0.mp4").id: "sent0.mp4"}
        job = take(desk, f"{HOST}:1:x")
        assert job is not None and do(desk, job, stages_of) == "done"
        size = desk.place.clip_file(job.clip_id).stat().st_size
        assert whats_wrong(desk, sent, 0, size) == ["sent0.mp4: arrived otherwise than it was sent"]
        assert "1 clips, 3 expected" in whats_wrong(desk, sent, 2, size)
        delete_clip(desk, ME, job.clip_id)
        assert "sent0.mp4: is not there" in whats_wrong(desk, sent, 0, size)


def test_the_table_tells_what_took_too_long() -> None:
    seen = Seen(taken_ms={("uploading", "/inbox"): [10.0] * 9 + [BAR_MS + 1]})
    assert table(seen)[-1] == "| uploading | /inbox | 10 | 10 ms | 301 ms | 301 ms | 90.0 % |"


@pytest.mark.slow
def test_a_little_load_is_borne(capsys: pytest.CaptureFixture[str]) -> None:
    # In a thread of its own: a browser of other tests keeps an event loop going in this one.
    with ThreadPoolExecutor(1) as thread:
        asked = ["--quick", "--uploads", "3", "--watchers", "2", "--mb", "0.6"]
        assert thread.submit(main, asked).result() == 0
    told = capsys.readouterr().out
    assert "3 uploads of 0.6 MB at once" in told and "nothing lost, nothing doubled" in told
    assert "| uploading | /inbox |" in told or "| measuring | /inbox |" in told
