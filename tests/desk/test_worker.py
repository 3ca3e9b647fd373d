"""What a worker makes of a job: a whole result and one record of it, or words; nothing of a deleted clip.

Jobs run in this process, without limits; processes and limits are of `test_crew.py`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from dorsi.corrections import PointCorrection
from dorsi.desk.answers import clear, save_answers
from dorsi.desk.clips import Clip, clip_of, delete_clip, measure_again
from dorsi.desk.desk import Desk
from dorsi.desk.limits import Limits
from dorsi.desk.place import place_at
from dorsi.desk.queue import HOST, Taken, give_back, put_job, take
from dorsi.desk.review import save
from dorsi.desk.worker import PROXY, StagesOf, default_stages, do
from dorsi.engine.evidence import Evidence
from dorsi.profile import Profile, Safety
from dorsi.report.model import Report, load_report
from dorsi.settings import Settings
from dorsi.store.dates import now
from dorsi.store.desk_schema import audit
from dorsi.types import StageListener
from dorsi.workflow.folders import RESULT_FILES
from dorsi.workflow.review import review
from tests.clips import encode
from tests.desk.jobs import ME, job_row, put, stages_of
from tests.recorded import evidence, peak_deg, recorded_stages

CREW = f"{HOST}:1:c123456789012345"
PEAK_DEG = peak_deg("left_lunge")
"""Of the clip that the stages of `jobs` see."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(place_at(tmp_path / "data")) as opened:
        yield opened


def taken(desk: Desk) -> Taken:
    job = take(desk, CREW)
    assert job is not None
    return job


def measured(desk: Desk, clip: Clip, stages: Callable[[Limits], StagesOf] = stages_of) -> Clip:
    """The clip after its job was done."""
    do(desk, taken(desk), stages)
    return clip_of(desk, ME, clip.id)


def report(desk: Desk, clip: Clip) -> Report:
    return load_report(desk.place.result(clip.id) / "report.json")


def with_observe(observe: Callable[[Path, Settings, StageListener | None], Evidence]) -> StagesOf:
    """Stages whose clips are seen otherwise."""
    usual = stages_of(Limits())
    return StagesOf(replace(usual.stages, observe=observe), usual.proxy)


def told(desk: Desk) -> list[tuple[str, str, str]]:
    with desk.reading() as connection:
        lines = connection.execute(select(audit.c.who, audit.c.action, audit.c.detail)).all()
    return [(line.who, line.action, line.detail) for line in lines]


def test_a_clip_becomes_one_whole_result(desk: Desk) -> None:
    clip, stages = put(desk), list[str]()
    assert do(desk, taken(desk), stages_of, lambda stage, _: stages.append(stage)) == "done"

    clip, folder = clip_of(desk, ME, clip.id), desk.place.result(clip.id)
    assert {file.name for file in folder.iterdir()} == {*RESULT_FILES, PROXY}
    assert (clip.state, clip.revision, clip.urgency, clip.review_state) == ("measured", 1, 0, "new")
    assert (clip.summary["value"], clip.summary["side"], clip.error) == (PEAK_DEG, "left", {})
    assert job_row(desk, clip.id)["state"] == "done"
    [kept] = desk.store.history("Ann")
    assert (kept.test, kept.side, kept.headline.value, kept.current) == ("lunge", "left", PEAK_DEG, True)
    assert stages[0] == "find the legs"


def test_a_report_names_the_file_as_its_sender_did(desk: Desk) -> None:
    clip = put(desk, name="Ann’s lunge.mov")
    measured(desk, clip)
    assert report(desk, clip).clip.file == "Ann’s lunge.mov"
    for name in ("report.json", "report.html", "signals.csv"):
        text = (desk.place.result(clip.id) / name).read_text(encoding="utf-8")
        assert clip.id not in text and str(desk.place.root) not in text


def test_a_clip_of_nobody_is_measured_and_kept_for_nobody(desk: Desk) -> None:
    clip = measured(desk, put(desk, runner=None))
    assert (clip.state, clip.summary["value"]) == ("measured", PEAK_DEG)
    assert desk.store.runners() == []


def test_a_refused_clip_is_a_result_and_no_measurement(desk: Desk) -> None:
    clip = measured(desk, put(desk, "x01"))
    assert (clip.state, clip.urgency, clip.summary["value"]) == ("not_measurable", 80, None)
    assert (desk.place.result(clip.id) / "report.html").is_file()
    assert desk.store.history("Ann") == []


def test_the_role_says_which_test_and_which_leg(desk: Desk) -> None:
    squat = measured(desk, put(desk, "squat", role="squat"))
    assert (report(desk, squat).test, report(desk, squat).provenance.settings["test"]) == ("squat", "squat")
    left = measured(desk, put(desk, "left_lunge", role="left"))
    assert (left.summary["side"], report(desk, left).provenance.settings["side"]) == ("left", "left")
    # The picture surely shows the other leg: that is told as it is, and a therapist sorts it out.
    other = measured(desk, put(desk, "left_lunge", role="right", name="other.mov"))
    assert other.summary["side"] == "left"


def test_a_yes_to_a_safety_question_stops_the_plan_until_a_therapist_lifts_it(desk: Desk) -> None:
    first = put(desk, "right_lunge", role="right")
    assert first.runner_id is not None
    save_answers(desk, ME, first.runner_id, Profile(height_cm=171.0, safety=Safety(pain_above_3=True)))
    measured(desk, first)
    note = report(desk, first).plan_note
    assert note is not None and note.safety is not None and note.safety.state == "stop"
    assert report(desk, first).provenance.settings["height_cm"] == 171.0

    clear(desk, ME, first.runner_id, "Seen by a physician.")
    second = put(desk, "right_lunge once more", name="second.mov", role="right")
    measured(desk, second)
    note = report(desk, second).plan_note
    assert note is not None and note.safety is not None and note.safety.state == "lifted"


def test_a_review_keeps_the_plan_to_the_runners_answers(desk: Desk) -> None:
    clip = put(desk, "right_lunge", role="right")
    assert clip.runner_id is not None
    no = Safety(**dict.fromkeys(Safety.model_fields, False))
    save_answers(desk, ME, clip.runner_id, Profile(safety=no))
    clip = measured(desk, clip)
    before = report(desk, clip).plan_note
    assert before is not None and before.safety is not None and before.safety.state == "clear"
    # None taken back, none made: concluded anew all the same.
    save(desk, ME, clip.id, clip.revision, [], "looked at again")
    assert report(desk, clip).plan_note == before


@pytest.mark.parametrize(
    ("trouble", "code", "says"),
    [
        ("unreadable", "clip_not_video", "IMG_1.mov: this is not a video"),
        ("fault", "fault_in_worker", "Something went wrong in Dorsi"),
        ("full", "result_not_kept", "could not be written"),
        ("memory", "worker_out_of_memory", "more than the 8 GB of memory"),
    ],
)
def test_what_stands_in_the_way_is_told_in_words(desk: Desk, trouble: str, code: str, says: str) -> None:
    clip = measured(desk, put(desk, f"left_lunge {trouble}"))
    assert (clip.state, clip.urgency, clip.error["code"]) == ("failed", 90, code)
    assert says in clip.error["message"]
    # Neither an opaque id nor a place on the server is anybody's business.
    assert clip.id not in json.dumps(clip.error) and str(desk.place.root) not in json.dumps(clip.error)
    assert [each.name for each in desk.place.results.iterdir()] == []
    assert desk.store.history("Ann") == []


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(clip_duration_s=0.2), "clip_too_long"),
        (Limits(clip_side_px=64), "clip_too_many_pixels"),
        (Limits(upload_bytes=100), "clip_too_large"),
    ],
)
def test_a_clip_beyond_the_limits_is_refused_before_it_is_measured(
    tmp_path: Path, limits: Limits, code: str
) -> None:
    with Desk(place_at(tmp_path / "data"), limits) as desk:
        clip = put(desk)
        shutil.copyfile(encode(tmp_path / "clip.mp4"), desk.place.clip_file(clip.id))
        found = measured(desk, clip, default_stages)
        assert (found.state, found.error["code"]) == ("failed", code)
        assert found.error["message"].startswith("IMG_1.mov: ")


def test_who_runs_the_desk_can_find_a_fault(desk: Desk) -> None:
    measured(desk, put(desk, "left_lunge fault"))
    [(who, detail)] = [(who, detail) for who, action, detail in told(desk) if action == "failed"]
    assert who == "Dorsi" and detail.startswith("RuntimeError at ") and ".py:" in detail


def test_a_clip_that_was_deleted_from_the_disk_says_so(desk: Desk) -> None:
    clip = put(desk)
    desk.place.clip_file(clip.id).unlink()
    assert measured(desk, clip).error["code"] == "clip_is_gone"


def test_nothing_is_kept_of_a_clip_deleted_meanwhile(desk: Desk) -> None:
    clip = put(desk)

    def observe(path: Path, settings: Settings, listen: StageListener | None) -> Evidence:
        seen = recorded_stages("left_lunge").observe(path, settings, listen)
        delete_clip(desk, ME, clip.id)
        return seen

    assert do(desk, taken(desk), lambda _: with_observe(observe)) == "lost"
    assert desk.store.history("Ann") == []


def test_a_worker_whose_job_was_given_away_keeps_nothing(desk: Desk) -> None:
    clip, job = put(desk), taken(desk)
    give_back(desk, job)
    next_one = taken(desk)
    assert do(desk, job, stages_of) == "lost"
    assert (clip_of(desk, ME, clip.id).state, desk.store.history("Ann")) == ("running", [])
    assert do(desk, next_one, stages_of) == "done"
    assert clip_of(desk, ME, clip.id).revision == 1
    assert len(desk.store.history("Ann")) == 1


def test_measured_again_the_result_is_replaced(desk: Desk) -> None:
    clip = put(desk)
    measured(desk, clip)
    measure_again(desk, ME, clip.id)
    again = measured(desk, clip)
    assert (again.state, again.revision) == ("measured", 2)
    assert [each.current for each in desk.store.history("Ann")] == [True]

    # No number this time: the one of before is the clip's no longer.
    measure_again(desk, ME, clip.id)
    refused = measured(desk, clip, lambda _: with_observe(recorded_stages("x01").observe))
    assert (refused.state, refused.summary["value"]) == ("not_measurable", None)
    assert desk.store.history("Ann") == []


def reviewed(desk: Desk) -> Clip:
    """A measured clip whose knee somebody moved: its pictures are as of before."""
    clip = measured(desk, put(desk))
    seen, frame = evidence("left_lunge"), clip.summary["peak_frame"]
    assert seen.leg is not None
    x, y = seen.leg.xy_px[frame, 1]
    moved = PointCorrection(
        point="knee", frame=frame, to_xy_px=(x + 12.0, y), by="Ana", at=now(), why="cloth"
    )
    review(desk.place.result(clip.id), [moved])
    assert not report(desk, clip).pictures.current  # type: ignore[union-attr]
    with desk.writing() as connection:
        put_job(connection, clip.id, "redraw")
    return clip


def test_a_reviewed_result_is_drawn_anew_and_stays_reviewed(desk: Desk) -> None:
    clip = reviewed(desk)
    before = report(desk, clip)
    assert do(desk, taken(desk), stages_of) == "done"
    after = report(desk, clip)
    assert after.pictures is not None and after.pictures.current
    assert after.review == before.review and after.measurements == before.measurements
    assert (desk.place.result(clip.id) / PROXY).is_file()
    assert clip_of(desk, ME, clip.id).state == "measured"


def test_a_clip_no_longer_there_is_not_drawn_anew(desk: Desk) -> None:
    clip = reviewed(desk)
    desk.place.clip_file(clip.id).unlink()
    assert do(desk, taken(desk), stages_of) == "done"
    assert not report(desk, clip).pictures.current  # type: ignore[union-attr]
    assert (clip_of(desk, ME, clip.id).state, clip_of(desk, ME, clip.id).error) == ("measured", {})
