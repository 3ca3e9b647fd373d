"""Review: what the page is given, edits tried and saved, two people on one clip."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from dorsi.desk.clips import Clip, clip_of, measure_again
from dorsi.desk.desk import Desk
from dorsi.desk.review import records_of, review_data, save, tried
from dorsi.desk.who import Who
from dorsi.errors import CorrectionError, DeskError
from dorsi.report.model import load_report
from tests.desk.conftest import work
from tests.desk.jobs import ME

MIA = Who("account", "Mia Berg", "therapist", account_id="c1")
OLE = Who("account", "Ole Lund", "therapist", account_id="c2")
Measured = Callable[..., Clip]


def knee(data: dict[str, object], by_px: float, **more: object) -> list[dict[str, object]]:
    """The knee at the peak, put ahead by so many px."""
    frame = data["machine"]["frame"]  # type: ignore[index]
    x, y = data["points"]["knee"][frame]  # type: ignore[index]
    put = [x + by_px * data["forward"], y]  # type: ignore[operator]
    return [{"kind": "point", "point": "knee", "frame": frame, "to_xy_px": put, **more}]


@pytest.mark.parametrize(
    "evidence", ["left_lunge", "squat", "heel_lifts", "left_big_toe", "straight_lunge", "x01"]
)
def test_the_page_is_given_a_value_for_every_frame(desk: Desk, measured: Measured, evidence: str) -> None:
    data = review_data(desk, ME, measured(evidence).id)
    count = data["frame_count"]
    assert len(data["time_s"]) == count
    for curve in [*data["signals"].values(), data["heel_down"], *data["points"].values()]:
        assert len(curve) in {0, count}
    report = load_report(desk.place.result(data["clip"]) / "report.json")
    assert data["machine"]["measured"] == (report.status == "measured")
    assert data["editable"] is (
        evidence not in {"left_big_toe", "x01"} or (evidence == "x01" and data["editable"])
    )
    if data["machine"]["value"] is not None:
        assert data["machine"] == data["reviewed"]
        assert data["machine"]["value"] == pytest.approx(
            getattr(report.measurements, data["key"]).value, abs=0.01
        )


def test_a_knee_moved_ahead_turns_the_angle_as_geometry_says(desk: Desk, measured: Measured) -> None:
    clip = measured()
    data = review_data(desk, ME, clip.id)
    frame = data["machine"]["frame"]
    (kx, ky), (ax, ay) = data["points"]["knee"][frame], data["points"]["ankle"][frame]
    forward = data["forward"]
    before = math.degrees(math.atan2(forward * (kx - ax), ay - ky))
    after = math.degrees(math.atan2(forward * (kx + 20 * forward - ax), ay - ky))
    found = tried(desk, ME, clip.id, records_of(knee(data, 20.0)))
    turned = found["signals"]["shin_angle_deg"][frame] - data["signals"]["shin_angle_deg"][frame]
    assert turned == pytest.approx(after - before, abs=0.3)
    assert found["reviewed"]["value"] == pytest.approx(data["machine"]["value"] + turned, abs=0.5)
    # Nothing was kept.
    assert review_data(desk, ME, clip.id)["corrections"] == []


def test_this_frame_alone_changes_no_other(desk: Desk, measured: Measured) -> None:
    clip = measured()
    data = review_data(desk, ME, clip.id)
    frame = data["machine"]["frame"]
    alone = tried(desk, ME, clip.id, records_of(knee(data, 20.0, span="frame")))
    carried = tried(desk, ME, clip.id, records_of(knee(data, 20.0)))
    before = data["signals"]["shin_angle_deg"]
    changed = [
        n for n, (a, b) in enumerate(zip(before, alone["signals"]["shin_angle_deg"], strict=True)) if a != b
    ]
    assert changed == [frame]
    assert sum(a != b for a, b in zip(before, carried["signals"]["shin_angle_deg"], strict=True)) > 5


def test_saving_keeps_both_values_who_and_why(desk: Desk, measured: Measured) -> None:
    clip = measured(runner="Ann")
    data = review_data(desk, MIA, clip.id)
    saved = save(desk, MIA, clip.id, data["revision"], records_of(knee(data, 20.0)), "knee too far back")
    assert saved["machine"] == data["machine"]
    assert saved["reviewed"]["value"] > saved["machine"]["value"] + 2
    (record,) = saved["corrections"]
    assert (record["by"], record["why"]) == ("Mia Berg", "knee too far back") and record["at"]
    assert record["from_xy_px"] == data["points"]["knee"][data["machine"]["frame"]]
    after = clip_of(desk, MIA, clip.id)
    assert (after.revision, after.reviewed_by, after.review_state) == (
        clip.revision + 1,
        "Mia Berg",
        "reviewed",
    )
    assert after.summary["reviewed"] and after.summary["value"] == pytest.approx(saved["reviewed"]["value"])
    # What is kept of the runner follows, and the drawn video is renewed.
    (record_kept,) = desk.store.history("Ann")
    assert record_kept.headline.value == pytest.approx(saved["reviewed"]["value"])
    work(desk)
    pictures = load_report(desk.place.result(clip.id) / "report.json").pictures
    assert pictures is not None and pictures.current


def test_all_taken_back_is_the_machines_result(desk: Desk, measured: Measured) -> None:
    clip = measured()
    data = review_data(desk, MIA, clip.id)
    saved = save(desk, MIA, clip.id, data["revision"], records_of(knee(data, 20.0)), "")
    again = save(desk, MIA, clip.id, saved["revision"], [], "")
    assert again["reviewed"] == again["machine"] == data["machine"]
    assert again["corrections"] == []


def test_the_second_of_two_is_told_and_overwrites_nothing(desk: Desk, measured: Measured) -> None:
    clip = measured()
    seen = review_data(desk, MIA, clip.id)
    saved = save(desk, OLE, clip.id, seen["revision"], records_of(knee(seen, 12.0)), "by Ole")
    with pytest.raises(DeskError, match="Ole Lund changed this") as told:
        save(desk, MIA, clip.id, seen["revision"], records_of(knee(seen, -12.0)), "by Mia")
    assert told.value.code == "changed_meanwhile"
    assert review_data(desk, MIA, clip.id)["corrections"] == saved["corrections"]
    # Having looked, she adds hers; his stays his.
    both = records_of(saved["corrections"]) + records_of(knee(seen, -12.0))
    now = save(desk, MIA, clip.id, saved["revision"], both, "by Mia")
    assert [(each["by"], each["why"]) for each in now["corrections"]] == [
        ("Ole Lund", "by Ole"),
        ("Mia Berg", "by Mia"),
    ]


def test_nobody_signs_for_somebody_else(desk: Desk, measured: Measured) -> None:
    clip = measured()
    data = review_data(desk, MIA, clip.id)
    forged = records_of(knee(data, 5.0, by="Ole Lund", at="2020-01-01T00:00:00Z", why="x"))
    (record,) = save(desk, MIA, clip.id, data["revision"], forged, "mine")["corrections"]
    assert (record["by"], record["why"]) == ("Mia Berg", "mine")
    assert not record["at"].startswith("2020")


@pytest.mark.parametrize(
    "given",
    [
        "no list", [{"kind": "poem"}], [{"kind": "point", "point": "nose", "frame": 1, "to_xy_px": [1, 2]}],
        [{"kind": "point", "point": "knee", "frame": -1, "to_xy_px": [1, 2]}],
        [{"kind": "point", "point": "knee", "frame": 1, "to_xy_px": [float("nan"), 2]}],
        [{"kind": "rep", "rep": 1}] * 3000,
    ],
)  # fmt: skip
def test_records_that_are_none_are_refused_in_words(given: object) -> None:
    with pytest.raises(DeskError):
        records_of(given)


def test_a_correction_that_does_not_fit_is_told(desk: Desk, measured: Measured) -> None:
    clip = measured()
    data = review_data(desk, MIA, clip.id)
    far = [{"kind": "point", "point": "knee", "frame": 100_000, "to_xy_px": [1, 2]}]
    with pytest.raises(CorrectionError):
        save(desk, MIA, clip.id, data["revision"], records_of(far), "")
    assert clip_of(desk, MIA, clip.id).revision == data["revision"]


def test_measured_anew_it_is_the_machines_again(desk: Desk, measured: Measured) -> None:
    clip = measured()
    data = review_data(desk, MIA, clip.id)
    save(desk, MIA, clip.id, data["revision"], records_of(knee(data, 20.0)), "")
    measure_again(desk, MIA, clip.id)
    with pytest.raises(DeskError, match="not been measured yet"):
        review_data(desk, MIA, clip.id)
    work(desk)
    again = review_data(desk, MIA, clip.id)
    assert again["corrections"] == [] and again["machine"] == data["machine"]


def test_only_a_therapist_reviews(desk: Desk, measured: Measured) -> None:
    clip = measured(runner="Ann")
    runner = Who("link", "Ann", runner_id=clip.runner_id, link_id="c1")
    with pytest.raises(DeskError, match="nothing here"):
        review_data(desk, runner, clip.id)
    with pytest.raises(DeskError, match="nothing here"):
        save(desk, runner, clip.id, 1, [], "")
