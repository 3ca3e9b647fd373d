"""One sample clip through the whole of it: queue, worker process, real stages, result, review, drawn anew.

Not here: accuracy (`bench/accuracy.py`), the parts (the other tests of this folder).
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from bench.scoring import LungeScore, load_truth, score
from dorsi.corrections import PointCorrection
from dorsi.desk.clips import Clip, add_clip, clip_of
from dorsi.desk.crew import Crew
from dorsi.desk.desk import Desk
from dorsi.desk.place import new_id, place_at
from dorsi.desk.queue import put_job, waiting
from dorsi.desk.runners import add_runner
from dorsi.desk.worker import PROXY
from dorsi.engine.evidence_file import read_evidence
from dorsi.report.model import load_report
from dorsi.store.dates import now
from dorsi.types import Rgb
from dorsi.video import FrameReader, probe
from dorsi.workflow.folders import RESULT_FILES
from dorsi.workflow.review import review
from tests.desk.jobs import ME, put, until


def worked_off(desk: Desk, clip: Clip) -> list[str]:
    """Have a crew work the queue off; the stages that the clip was seen in."""
    seen: list[str] = []

    def done() -> bool:
        stage = clip_of(desk, ME, clip.id).stage
        if stage is not None and stage not in seen:
            seen.append(stage)
        return waiting(desk) == 0

    crew = Crew(desk)
    crew.start()
    try:
        until(done, 240.0)
    finally:
        crew.stop()
    return seen


@pytest.mark.slow
def test_a_sample_is_measured_reviewed_and_drawn_anew(samples: Path, tmp_path: Path) -> None:
    with Desk(place_at(tmp_path)) as desk:
        upload = desk.place.uploads / new_id()
        shutil.copyfile(samples / "left_lunge.mp4", upload)
        runner = add_runner(desk, ME, "Ann").id
        clip = add_clip(desk, ME, upload, name="IMG_0001.MOV", role="left", runner_id=runner)
        liar = put(desk, "#EXTM3U\n#EXTINF:9,\nfile:///etc/hostname\n", name="playlist.mp4")

        stages = worked_off(desk, clip)

        found, folder = clip_of(desk, ME, clip.id), desk.place.result(clip.id)
        assert (found.state, found.summary["side"], found.file_name) == ("measured", "left", "IMG_0001.MOV")
        off = score("left_lunge", load_truth(samples / "left_lunge.truth.json"), load_document(folder))
        assert isinstance(off, LungeScore) and abs(off.peak_error_deg) < found.summary["uncertainty_95"]
        assert {each.name for each in folder.iterdir()} == {*RESULT_FILES, PROXY}
        assert len(stages) >= 3
        assert clip_of(desk, ME, liar.id).error["message"].startswith("playlist.mp4: this is not a video")

        # What the review shows as frame N is frame N of the evidence: one picture for each.
        evidence = read_evidence(folder / "evidence.npz")
        assert probe(folder / PROXY).frame_count == len(evidence.time_s)
        assert probe(folder / PROXY).codec == "h264"

        frame = found.summary["peak_frame"]
        before = _picture(folder / "annotated.mp4", frame)
        assert evidence.leg is not None
        x, y = evidence.leg.xy_px[frame, 1]
        moved = PointCorrection(
            point="knee", frame=frame, to_xy_px=(x + 40.0, y), by="Ana", at=now(), why="cloth"
        )
        review(folder, [moved])
        with desk.writing() as connection:
            put_job(connection, clip.id, "redraw")
        worked_off(desk, clip)

        report = load_report(folder / "report.json")
        assert report.review is not None and report.pictures is not None and report.pictures.current
        assert (before != _picture(folder / "annotated.mp4", frame)).mean() > 0.001
        assert clip_of(desk, ME, clip.id).state == "measured"


def load_document(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = load_report(folder / "report.json").model_dump()
    return found


def _picture(video: Path, index: int) -> Rgb:
    """A picture, coarse: what the encoder does to it is not seen."""
    with FrameReader(video) as reader:
        return next(frame.rgb // 32 for frame in reader if frame.index == index)
