"""A batch: which clips, what is done, what is done again; one bad clip stops nothing. No clip is decoded.

Not here: where work is done (`tests/test_executors.py`), the command (`tests/cli/test_batch.py`).
"""

from __future__ import annotations

import csv
import json
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dorsi.errors import ClipUnreadable, DeskError, UsageError
from dorsi.executors import Place
from dorsi.pages.batch_page import render_batch_html
from dorsi.plan import load_books
from dorsi.report.row import BatchRow
from dorsi.settings import Settings
from dorsi.workflow.batch import (
    MANIFEST,
    BatchClip,
    Manifest,
    clips_in,
    clips_listed,
    done_in,
    measure_batch,
)
from dorsi.workflow.batch_summary import COLUMNS, write_summary
from dorsi.workflow.orders import ClipOrder, MeasuredElsewhere
from tests.fakes import FAKE_STAGES
from tests.report.fake_analysis import fake_analysis, refused, report_of

BOOKS = load_books()
HERE = Place(partial(ThreadPoolExecutor, 1), 2)


class Work:
    """Stands for the measuring of a clip, by what is written in its file; counts what it was asked."""

    def __init__(self, takes_s: float = 0.0) -> None:
        self.asked: list[str] = []
        self.takes_s = takes_s
        self.lock = threading.Lock()

    def __call__(self, order: ClipOrder) -> MeasuredElsewhere | Exception:
        text = (order.content or order.clip.read_bytes()).decode()
        with self.lock:
            self.asked.append(order.clip.name)
        time.sleep(self.takes_s)
        if text == "broken":
            return ClipUnreadable("clip_not_video", file=order.clip.name)
        if text == "poison":
            raise DeskError("worker_died")
        if text == "fault":
            return RuntimeError("a fault")
        found = refused() if text == "refused" else fake_analysis(float(text), 2.0)
        report = report_of(found)
        digest = sha256(text.encode()).hexdigest()
        report = report.model_copy(update={"clip": report.clip.model_copy(update={"sha256": digest})})
        files = {"report.json": report.to_json().encode(), "report.html": b"<html>"}
        return MeasuredElsewhere(report, files, 1.5)


@pytest.fixture
def clips(tmp_path: Path) -> Callable[..., list[BatchClip]]:
    def make(**texts: str) -> list[BatchClip]:
        folder = tmp_path / "clips"
        folder.mkdir(exist_ok=True)
        for name, text in texts.items():
            (folder / f"{name}.mp4").write_text(text)
        return clips_in(folder)

    return make


def run(
    given: list[BatchClip], out: Path, work: Work, settings: Settings | None = None, *, retry: bool = False
) -> list[BatchRow]:
    found = measure_batch(
        given, out, HERE, settings=settings or Settings(), books=BOOKS, retry=retry, work=work,
        stages=FAKE_STAGES,
    )  # fmt: skip
    return [row for row, _ in found]


def test_a_folder_is_searched_for_clips_and_runners(tmp_path: Path) -> None:
    for name in (
        "b_left.MOV",
        "Ana Lima/left.mp4",
        "Ana Lima/.hidden.mp4",
        "notes.txt",
        "c.webm",
        ".x/y.mp4",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [(c.name, c.runner) for c in clips_in(tmp_path, "name")] == [
        ("Ana Lima/left.mp4", "Ana Lima"), ("b_left.MOV", "b"), ("c.webm", None),
    ]  # fmt: skip
    assert {clip.runner for clip in clips_in(tmp_path)} == {None}
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no clip is in it"):
        clips_in(tmp_path / "empty")


def test_a_table_names_clips_runners_and_settings(tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text("clip,runner,side,height_cm\na.mp4,Ana,left,171.5\nsub/b.mp4,,,\n", encoding="utf-8-sig")
    first, second = clips_listed(table)
    assert (first.path, first.runner, first.settings) == (
        tmp_path / "a.mp4", "Ana", {"side": "left", "height_cm": 171.5},
    )  # fmt: skip
    assert (second.name, second.runner, second.settings) == ("sub/b.mp4", None, {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\na.mp4\n", "no column clip"),
        ("clip,weight\na.mp4,3\n", "unknown columns weight"),
        ("clip,side\na.mp4,up\n", "line 2"),
        ("clip,height_cm\na.mp4,tall\n", "line 2"),
        ("clip,runner\n,Ana\n", "line 2: it names no clip"),
        ("clip\na.mp4,b.mp4\n", "line 2"),
        ("clip,side\na.mp4,left\nb.mp4,\na.mp4,right\n", "line 4: line 2 names that clip already"),
        ("", "no column clip"),
    ],
)
def test_a_table_with_a_fault_says_where(tmp_path: Path, text: str, said: str) -> None:
    table = tmp_path / "list.csv"
    table.write_text(text)
    with pytest.raises(UsageError, match=said):
        clips_listed(table)
    with pytest.raises(UsageError, match=r"missing\.csv: there is no such file"):
        clips_listed(tmp_path / "missing.csv")


def test_one_bad_clip_stops_nothing_and_rows_come_in_order(
    clips: Callable[..., list[BatchClip]], tmp_path: Path
) -> None:
    given = clips(a="20", b="broken", c="refused", d="poison", e="fault", f="30")
    rows = run(given, tmp_path / "out", Work())
    assert [(row.clip, row.status) for row in rows] == [
        ("a.mp4", "measured"), ("b.mp4", "error"), ("c.mp4", "not_measurable"), ("d.mp4", "quarantined"),
        ("e.mp4", "error"), ("f.mp4", "measured"),
    ]  # fmt: skip
    assert rows[0].value == 20.0 and rows[0].folder == "a" and rows[0].seconds == 1.5
    assert rows[1].codes == ("clip_not_video",) and rows[2].codes == ("not_side_view",)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a", MANIFEST, "c", "f"]
    assert {(tmp_path / "clips" / f"{name}.mp4").read_text() for name in "abc"} == {"20", "broken", "refused"}


def test_what_is_done_is_not_done_again_unless_something_changed(
    clips: Callable[..., list[BatchClip]], tmp_path: Path
) -> None:
    out, work = tmp_path / "out", Work()
    given = clips(a="20", b="broken", c="poison")
    before = run(given, out, work)
    work.asked.clear()
    assert run(given, out, work) == before and work.asked == []
    # A clip that was filmed anew, and one that is new; the result of the other clip stays where it is.
    assert [row.value for row in run(clips(a="25", d="31"), out, work) if row.value] == [25.0, 31.0]
    assert sorted(work.asked) == ["a.mp4", "d.mp4"]
    assert done_in(out, given)[0].folder == "a-2" and (out / "a").is_dir()
    work.asked.clear()
    run(given, out, work, Settings(height_cm=180.0))
    assert sorted(work.asked) == ["a.mp4", "b.mp4", "c.mp4"]
    work.asked.clear()
    run(given, out, work, Settings(height_cm=180.0), retry=True)
    assert sorted(work.asked) == ["b.mp4", "c.mp4"]
    # A result that somebody deleted is made again.
    shutil.rmtree(out / done_in(out, given)[0].folder)  # type: ignore[operator]
    work.asked.clear()
    run(given, out, work, Settings(height_cm=180.0))
    assert work.asked == ["a.mp4"]


def test_a_stop_leaves_a_state_to_go_on_from(clips: Callable[..., list[BatchClip]], tmp_path: Path) -> None:
    out, work = tmp_path / "out", Work(0.2)
    given = clips(**{f"c{n}": str(20 + n) for n in range(6)})
    going = measure_batch(
        given, out, HERE, settings=Settings(), books=BOOKS, work=work, stages=FAKE_STAGES
    )  # fmt: skip
    next(going)
    going.close()
    assert not list(out.glob(".*partial*"))
    # A line that was being written when the power went.
    with (out / MANIFEST).open("a") as stream:
        stream.write('{"clip": "c5.mp4", "key": "')
    first = len(work.asked)
    assert [row.value for row in run(given, out, work)] == [20.0 + n for n in range(6)]
    # What ran when it stopped is done again.
    assert first < len(given) <= len(work.asked) <= len(given) + HERE.slots
    again = Manifest(out / MANIFEST)
    assert set(again.rows) == {clip.name for clip in given}


def test_a_cluster_that_goes_away_ends_the_batch_and_blames_no_clip(
    clips: Callable[..., list[BatchClip]], tmp_path: Path
) -> None:
    out, work = tmp_path / "out", Work()

    def lost(order: ClipOrder) -> MeasuredElsewhere | Exception:
        if work.asked:
            raise UsageError("cluster_lost", address="tcp://10.0.0.5:8786")
        return work(order)

    given = clips(**{f"c{n}": str(20 + n) for n in range(4)})
    going = measure_batch(
        given, out, Place(partial(ThreadPoolExecutor, 1), 1), settings=Settings(), books=BOOKS, work=lost,
        stages=FAKE_STAGES,
    )  # fmt: skip
    with pytest.raises(UsageError, match="the scheduler is gone"):
        list(going)
    assert [row.clip for row in done_in(out, given)] == ["c0.mp4"] and not list(out.glob(".*partial*"))
    assert [row.status for row in run(given, out, work)] == ["measured"] * 4


def test_bytes_travel_where_files_cannot(clips: Callable[..., list[BatchClip]], tmp_path: Path) -> None:
    seen: list[ClipOrder] = []
    work = Work()

    def far(order: ClipOrder) -> MeasuredElsewhere | Exception:
        seen.append(order)
        return work(order)

    given = clips(a="20")
    list(
        measure_batch(
            given, tmp_path / "out", HERE, settings=Settings(), books=BOOKS, with_bytes=True, work=far,
            stages=FAKE_STAGES,
        )
    )  # fmt: skip
    assert seen[0].content == b"20" and seen[0].clip == Path("a.mp4")


def test_the_summary_is_one_table_in_three_forms(
    clips: Callable[..., list[BatchClip]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    rows = run(clips(a="20", b="broken", c="refused", d="34"), out, Work())
    rows = [replace(rows[0], clip="<b>a,1</b>.mp4", runner="Ana"), *rows[1:]]
    table, page, parquet = write_summary(out, rows)
    with table.open(newline="", encoding="utf-8") as stream:
        told = list(csv.DictReader(stream))
    assert tuple(told[0]) == COLUMNS and told[0]["clip"] == "<b>a,1</b>.mp4"
    assert [each["status"] for each in told] == ["measured", "error", "not_measurable", "measured"]
    assert told[1]["value"] == "" and told[3]["value"] == "34.0" and told[2]["codes"] == "not_side_view"
    typed = pq.read_table(parquet).to_pylist()
    assert typed[3]["value"] == 34.0 and typed[1]["value"] is None and typed[2]["codes"] == ["not_side_view"]
    text = page.read_text(encoding="utf-8")
    assert "2 of 4 clips gave a number" in text and "<b>a,1" not in text
    assert 'href="d/report.html"' in text and "not side view" in text
    assert not list(out.glob(".*partial*"))


def test_a_page_of_nothing_measured_is_a_page() -> None:
    row = BatchRow("x.mp4", "k", "s", 1, 1, "quarantined", codes=("worker_died",), message="It died.")
    assert "0 of 1 clips gave a number" in render_batch_html([row])


def test_the_manifest_is_json_lines(clips: Callable[..., list[BatchClip]], tmp_path: Path) -> None:
    run(clips(a="20"), tmp_path / "out", Work())
    (line,) = (tmp_path / "out" / MANIFEST).read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert told["clip"] == "a.mp4" and told["status"] == "measured" and len(told["key"]) == 64
