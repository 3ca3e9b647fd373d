"""The bench on real legs: made-up marks and tiny reports whose figures are known beforehand.

Not here: clips with known truth (`test_bench_scoring.py`).
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dorsi
from bench import real
from dorsi.engine.evidence import Evidence, LegFacts, Origin
from dorsi.engine.evidence_file import write_evidence
from dorsi.engine.landmarks import LegPoint
from dorsi.engine.view import FOCAL_OF_LONG_SIDE, PITCH_OF_DEPTH
from dorsi.settings import Settings
from dorsi.types import Facing, LegTrack, PoseTrack
from tests.fakes import clip_info

ANGLES = ("joint_deg", "joint_apart_deg", "crest_deg", "crest_apart_deg")
COLUMNS = ("clip", "frame", "facing", *ANGLES, "heel", "sure")
ROWS: tuple[tuple[object, ...], ...] = (
    # Steady: reported 1° and 3° over the marks, the crest 2° under; a roll of 2° is to be taken off.
    ("steady", 0, "right", 20.0, 0.5, 25.0, 1.0, "down", 1),
    ("steady", 1, "right", 30.0, 1.5, 35.0, "", "up", 2),
    ("steady", 2, "right", 30.0, 9.0, 35.0, 9.0, "disputed", 3),  # a guess
    ("steady", 3, "right", 10.0, 9.0, 15.0, 9.0, "down", 1),  # too upright
    ("steady", 9, "right", 20.0, 0.5, "", "", "up", 1),  # after the clip's end
    # The other way round: 5° under the marks, and the roll counts the other way.
    ("turned", 0, "left", 25.0, 1.0, 30.0, 2.0, "down", 1),
    ("turned", 1, "left", 25.0, 1.0, 30.0, 2.0, "up", 1),
    ("refused", 0, "right", 20.0, 0.5, 25.0, 1.0, "down", 1),
)


def write_marks(path: Path, rows: Sequence[Sequence[object]] = ROWS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([COLUMNS, *rows])
    return path


Points = dict[str, tuple[float, float]]
POINTS = ("hip", "knee", "ankle", "shin_up", "shin_low")


def write_ratings(path: Path, rows: Sequence[tuple[str, int, str, str, Points, str, int]]) -> Path:
    """Rows of clip, frame, facing, rater, points px, heel and sure."""
    columns = [f"{point}_{axis}" for point in POINTS for axis in "xy"]
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["clip", "frame", "facing", "rater", *columns, "heel", "sure"])
        for clip, frame, facing, rater, points, heel, sure in rows:
            places = [x for point in POINTS for x in points.get(point, ("", ""))]
            table.writerow([clip, frame, facing, rater, *places, heel, sure])
    return path


def leg_px(facing: Facing, shin_deg: float, crest_deg: float, thigh_deg: float | None) -> Points:
    """A leg whose lines have these tilts in the picture; no hip without the thigh's."""

    def above(low: tuple[float, float], tilt_deg: float) -> tuple[float, float]:
        ahead = math.sin(math.radians(tilt_deg)) * (1 if facing == "right" else -1)
        return low[0] + 80 * ahead, low[1] - 80 * math.cos(math.radians(tilt_deg))

    low = (300.0, 300.0)
    knee = above(low, shin_deg)
    hip = {} if thigh_deg is None else {"hip": above(knee, thigh_deg)}
    return hip | {"knee": knee, "ankle": low, "shin_low": low, "shin_up": above(low, crest_deg)}


def write_report(
    folder: Path, roll_deg: float | None, status: str = "measured",
    peak_95_deg: float | None = None, **curves: Any,
) -> None:  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    measurements = {
        "camera_roll_deg": {"value": roll_deg},
        "peak_shin_angle_deg": {"uncertainty_95": peak_95_deg},
    }
    report = {"status": status, "measurements": measurements, "signals": curves}
    (folder / "report.json").write_text(json.dumps(report))


def write_leg(
    folder: Path, facing: Facing, tilts_deg: Sequence[float], pitch_deg: float | None = None
) -> None:
    """Evidence of landmarks whose shank has these tilts in the picture; of a bare room and a person who shows
    that the camera looks down by this much, or of none that tells how the camera stood."""
    frames, tilt = len(tilts_deg), np.radians(tilts_deg)
    time_s, forward = np.arange(frames) / 30.0, 1 if facing == "right" else -1
    xy_px = np.full((frames, 5, 2), 300.0)
    xy_px[:, LegPoint.KNEE] += 100.0 * np.stack([forward * np.sin(tilt), -np.cos(tilt)], axis=1)
    sure = np.ones((frames, 5))
    leg = LegTrack(time_s, xy_px, sure, xy_px, "right", facing, "near")
    shown = 0.0 if pitch_deg is None else (pitch_deg - PITCH_OF_DEPTH[0]) / PITCH_OF_DEPTH[1]
    facts = LegFacts(np.zeros((1, frames)), 1.0, 1.0, 100.0, 60.0, 0.2, 0.0, shown, False)
    edges_px = None if pitch_deg is None else np.empty((0, 4))
    xy_of_nobody_px, nobody = np.full((frames, 33, 2), np.nan), np.full((frames, 33), np.nan)
    track = PoseTrack(time_s, xy_of_nobody_px, nobody, np.zeros((frames, 33)), 1080, 1920)
    origin = Origin("0", "heavy", "0" * 64, "1" * 64, "2" * 64)
    seen = Evidence(clip_info(folder), origin, time_s, 1, False, (track,), leg, facts, room_edges_px=edges_px)
    folder.mkdir(parents=True, exist_ok=True)
    write_evidence(seen, folder / "evidence.npz")


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    return write_marks(tmp_path / "marks.csv")


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """A folder of the clips that the marks name; what is in them is never read."""
    folder = tmp_path / "clips"
    folder.mkdir()
    for name in ("steady", "turned", "refused"):
        (folder / f"{name}.mp4").touch()
    return folder


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    write_report(
        out / "steady",
        roll_deg=2.0,
        shin_angle_deg=[19.0, 31.0, 90.0, 90.0],
        crest_angle_deg=[21.0, 31.0, 90.0, 90.0],
        heel_lift_mm=[4.9, 5.0, 0.0, None],
        time_s=[0.0, 0.1, 0.2, 0.3],
    )
    write_leg(out / "steady", "right", [18.0, 29.0, 90.0, 90.0])
    write_report(
        out / "turned",
        roll_deg=2.0,
        shin_angle_deg=[22.0, None],
        crest_angle_deg=None,
        heel_lift_mm=[12.0, None],
        time_s=[0.0, 0.1],
    )
    write_leg(out / "turned", "left", [28.0, 28.0])
    write_report(out / "refused", None, "not_measurable", shin_angle_deg=None)
    return out


@pytest.fixture
def summary(marks: Path, reports: Path) -> real.RealSummary:
    return real.summarise(real.score_reports(real.read_marks(marks), reports))


def test_the_joint_line_with_the_roll_taken_off(summary: real.RealSummary) -> None:
    errors = np.array([1.0, 3.0, -5.0])
    assert summary.joint.frames == 3
    assert summary.joint.bias_deg == pytest.approx(errors.mean())
    assert summary.joint.sd_deg == pytest.approx(errors.std())
    assert summary.joint.median_deg == pytest.approx(3.0)
    assert summary.joint.p90_deg == pytest.approx(5.0)


def test_a_clip_repeats_itself_about_its_own_mean(summary: real.RealSummary) -> None:
    """Two frames of one clip, 1° either side of their mean; half a frame off for each of three clips."""
    assert summary.joint.within_sd_deg == pytest.approx(math.sqrt(2.0 / 1.0))


def test_the_crest(summary: real.RealSummary) -> None:
    assert summary.crest.frames == 2
    assert summary.crest.bias_deg == pytest.approx(-2.0)
    assert summary.crest.median_deg == summary.crest.p90_deg == pytest.approx(2.0)


def test_bare_landmarks_on_the_frames_of_the_joint_line(summary: real.RealSummary) -> None:
    """The second frame of `turned` has landmarks and no joint line: it is left out."""
    errors = np.array([-2.0, -1.0, 3.0])
    assert summary.landmarks.frames == summary.joint.frames
    assert summary.landmarks.bias_deg == pytest.approx(errors.mean(), abs=1e-6)
    assert summary.landmarks.median_deg == pytest.approx(2.0)


def test_one_rating_against_the_other(summary: real.RealSummary) -> None:
    """On every frame that counts, whether or not it was measured."""
    apart = np.array([0.5, 1.5, 0.5, 1.0, 1.0, 0.5])
    assert summary.joint_ratings.frames == 6
    assert summary.joint_ratings.sd_deg == pytest.approx(math.sqrt(np.mean(apart**2)))
    assert summary.joint_ratings.median_deg == pytest.approx(0.75)
    assert math.isnan(summary.joint_ratings.bias_deg)
    assert summary.crest_ratings.frames == 4


def test_heels_right_unseen_and_wrong(summary: real.RealSummary) -> None:
    """Agreed: steady down/down, up/up, unseen twice; turned up/down, unseen; refused unseen."""
    assert (summary.heel_right, summary.heel_unseen, summary.heel_wrong) == (2, 4, 1)
    assert (summary.clips, summary.frames, summary.refused) == (3, 8, 1)


def test_ratings_are_brought_together(tmp_path: Path) -> None:
    path = write_ratings(
        tmp_path / "ratings.csv",
        [
            ("one", 4, "left", "A", leg_px("left", 20.0, 25.0, -40.0), "down", 1),
            ("one", 7, "left", "A", leg_px("left", 20.0, 25.0, None), "", 1),
            ("one", 4, "left", "B", leg_px("left", 23.0, 26.0, -41.0), "up", 2),
            ("one", 7, "left", "B", leg_px("left", 20.0, 25.0, None), "", 1),
        ],
    )
    first, second = real.read_marks(path)
    angles = (first.joint_deg, first.joint_apart_deg, first.crest_deg, first.crest_apart_deg, first.bend_deg)
    assert angles == pytest.approx((21.5, 3.0, 25.5, 1.0, 62.0))
    assert (first.frame, first.forward, first.heel, first.sure) == (4, -1, "disputed", 2)
    assert (second.heel, second.angles_count, second.bend_counts) == ("", True, False)
    assert math.isnan(second.bend_deg)


def test_the_ratings_kept_beside_the_bench() -> None:
    marks = real.read_marks(Path(real.__file__).with_name("ratings.csv"))
    assert len(marks) == 56
    assert sum(math.isfinite(each.bend_deg) for each in marks) == 39


def test_a_frame_of_two_files_counts_once(tmp_path: Path) -> None:
    """As the first file has it; heel and crest, which its raters left out, come from the second, but no
    guessed crest."""
    bare = {k: v for k, v in leg_px("right", 20.0, 0.0, -40.0).items() if not k.startswith("shin")}
    rated = real.read_marks(
        write_ratings(
            tmp_path / "ratings.csv",
            [("one", n, "right", rater, bare, "", 1) for n in (0, 1) for rater in ("A", "B")],
        )
    )
    means = real.read_marks(
        write_marks(
            tmp_path / "means.csv",
            [
                ("one", 0, "right", 50.0, 1.0, 25.0, 1.5, "down", 2),
                ("one", 1, "right", 50.0, 1.0, 25.0, 1.5, "up", 3),
                ("one", 2, "right", 50.0, 1.0, 55.0, 1.5, "up", 1),
            ],
        )
    )
    marks = real.joined([rated, means])
    assert [each.joint_deg for each in marks] == pytest.approx([20.0, 20.0, 50.0])
    assert [each.heel for each in marks] == ["down", "up", "up"]
    assert [each.crest_deg for each in marks] == pytest.approx([25.0, math.nan, 55.0], nan_ok=True)
    other = real.joined([means, rated])
    assert [each.joint_deg for each in other] == [50.0, 50.0, 50.0]
    assert [each.bend_deg for each in other] == pytest.approx([60.0, 60.0, math.nan], nan_ok=True)
    assert [each.bend_counts for each in other] == [True, False, False]


def test_the_knee_bend(tmp_path: Path) -> None:
    """Marked 60° and 62° by two raters, reported 59° and 65°; a leg that bends by 25° does not count."""
    rows = [
        ("one", n, "right", rater, leg_px("right", 20.0, 25.0, thigh), "down", 1)
        for n, thighs in enumerate([(-40.0, -42.0), (-40.0, -42.0), (-5.0, -5.0)])
        for rater, thigh in zip("AB", thighs, strict=True)
    ]  # fmt: skip
    write_report(tmp_path / "one", roll_deg=None, knee_flexion_deg=[59.0, 65.0, 90.0])
    scores = real.score_reports(real.read_marks(write_ratings(tmp_path / "r.csv", rows)), tmp_path)
    found = real.summarise(scores)
    assert found.bend.frames == 2
    assert (found.bend.bias_deg, found.bend.sd_deg) == pytest.approx((1.0, 3.0))
    assert "| knee bend | 2 | +1.0° | 3.0° | 3.0° | 4.0° | 3.5° |" in real.whole_table(found)
    assert any("| – | +1.0°, 3.0°, 4.0° | 0, 3, 0 |" in line for line in real.clip_table(scores))


def seen_px(facing: Facing, ahead: float, up: float, pitch_deg: float) -> tuple[float, float]:
    """Where a point of the plane of the lunge, 1 away, falls in a picture of 1080 by 1920 px."""
    down, focal_px = math.radians(pitch_deg), FOCAL_OF_LONG_SIDE * 1920
    depth = math.cos(down) - up * math.sin(down)
    x_px = focal_px * ahead / depth * (1 if facing == "right" else -1)
    return 540 + x_px, 960 - focal_px * (up * math.cos(down) + math.sin(down)) / depth


@pytest.mark.parametrize("facing", ["right", "left"])
def test_marks_seen_through_the_same_camera(facing: Facing, tmp_path: Path) -> None:
    """A leg off the middle, before a camera that looks down, in a report that is off by 0, 2.5 and 3.5° and
    right on the crest: perspective counts against it in the picture, not through the camera."""

    def point(height: float, tilt_deg: float) -> tuple[float, float]:
        return seen_px(facing, 0.25 + height * math.tan(math.radians(tilt_deg)), height - 0.4, pitch_deg=12.0)

    points = {
        "knee": point(0.2, 30.0), "ankle": point(0.0, 30.0),
        "shin_up": point(0.15, 36.0), "shin_low": point(0.05, 36.0),
    }  # fmt: skip
    rows = [("one", n, facing, rater, points, "down", 1) for n in range(4) for rater in ("A", "B")]
    write_report(
        tmp_path / "one",
        roll_deg=None,
        peak_95_deg=3.0,
        shin_angle_deg=[30.0, 32.5, 33.5, None],
        crest_angle_deg=[36.0, 36.0, 36.0, None],
    )
    write_leg(tmp_path / "one", facing, [30.0] * 4, pitch_deg=12.0)
    found = real.summarise(
        real.score_reports(real.read_marks(write_ratings(tmp_path / "r.csv", rows)), tmp_path)
    )
    assert found.joint.frames == found.joint_through.frames == found.crest_through.frames == 3
    assert found.joint_through.bias_deg == pytest.approx(2.0, abs=1e-6)
    assert found.crest_through.bias_deg == pytest.approx(0.0, abs=1e-6)
    assert abs(found.joint.bias_deg - 2.0) > 1.0 and abs(found.crest.bias_deg) > 1.0
    assert (found.interval_frames, found.interval_inside) == (3, 2)
    assert "67 % (2 of 3 frames of measured clips), median ± 3.0°" in real.interval_line(found)


def test_refused_clips_have_no_interval(summary: real.RealSummary) -> None:
    """Nor has one without marked points, or without a view of its leg."""
    assert summary.joint_through.frames == summary.interval_frames == 0
    assert "peak: – (0 of 0 frames of measured clips), median ± –" in real.interval_line(summary)


def test_without_a_report_nothing_is_counted(marks: Path, tmp_path: Path) -> None:
    scores = real.score_reports(real.read_marks(marks), tmp_path / "nowhere")
    found = real.summarise(scores)
    assert found.joint.frames == found.heel_right + found.heel_unseen + found.heel_wrong == 0
    assert math.isnan(found.joint.median_deg) and math.isnan(found.joint.within_sd_deg)
    assert "no report" in "\n".join(real.clip_table(scores))


def test_nine_in_ten_is_one_of_the_errors(tmp_path: Path) -> None:
    rows = [("one", n, "right", 20.0, "", "", "", "down", 1) for n in range(11)]
    errors = [*range(10), 50]
    write_report(tmp_path / "one", roll_deg=None, shin_angle_deg=[20.0 + e for e in errors])
    found = real.summarise(
        real.score_reports(real.read_marks(write_marks(tmp_path / "m.csv", rows)), tmp_path)
    )
    assert found.joint.p90_deg == pytest.approx(9.0)
    assert found.landmarks.frames == found.joint_ratings.frames == 0
    assert not any("rating" in line for line in real.whole_table(found))


def test_tables_and_json(
    marks: Path, clips: Path, reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"
    words = [str(clips), str(marks), "--out", str(reports), "--score-only", "--json", str(file)]
    assert real.main(words) == 0
    told = capsys.readouterr().out.splitlines()
    steady = (
        "| steady | measured | 3 | +2.0°, 1.0°, 2.0°, 3.0° | -1.5°, 0.5°, 1.5°, 2.0° | "
        "-2.0°, 2.0°, 2.0° | – | 2, 2, 0 | 1.0°, 0.5°, 1.5° |"
    )
    assert steady in told
    assert "| refused | not_measurable | 1 | – | – | – | – | 0, 1, 0 | 0.5°, 0.5°, 0.5° |" in told
    assert any(line.startswith("| all 3 | 1 refused | 6 | -0.3°, 3.4°, 3.0°, 5.0° |") for line in told)
    assert "| joint line | 3 | -0.3° | 3.4° | 3.0° | 5.0° | 1.4° |" in told
    record = json.loads(file.read_text())
    assert record["summary"]["heel_unseen"] == 4
    assert record["clips"]["turned"]["joint"]["bias_deg"] == pytest.approx(-5.0)
    assert [each["heel_said"] for each in record["frames"][:2]] == ["down", "up"]


def test_each_clip_is_measured_once_without_a_video(
    marks: Path,
    clips: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    calls: list[str] = []

    def measure(clip: Path, *, out: Path, settings: Settings) -> None:
        calls.append(clip.stem)
        assert not settings.video
        write_report(out / clip.stem, roll_deg=0.0, shin_angle_deg=[20.0])

    monkeypatch.setitem(vars(dorsi), "measure", measure)  # without loading the real one
    assert real.main([str(clips), str(marks), "--out", str(tmp_path / "new")]) == 0
    assert calls == ["steady", "turned", "refused"]
    assert "| steady | measured | 3 | +0.0°" in capsys.readouterr().out


@pytest.mark.parametrize("mode", [[], ["--score-only"]])
def test_an_unknown_clip_is_named_before_anything_runs(
    mode: list[str], marks: Path, clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (clips / "turned.mp4").unlink()
    assert real.main([str(clips), str(marks), "--out", str(tmp_path / "new"), *mode]) == 1
    told = capsys.readouterr()
    assert told.err == f"{clips / 'turned.mp4'}: no such clip, but {marks} has marks on it\n"
    assert told.out == "" and not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("clip,frame\n", "marks.csv: no digitised frame here"),
        ("clip,frame\na,1\n", "marks.csv, line 2: no column facing"),
        (
            "clip,frame,facing,joint_deg,crest_deg,heel,sure\na,1,right,much,,down,1\n",
            "marks.csv, line 2: could not convert string to float: 'much'",
        ),
        (
            "clip,frame,facing,joint_deg,crest_deg,heel,sure\na,1,up,1,,down,1\n",
            "marks.csv, line 2: facing is left or right, not 'up'",
        ),
        (
            "clip,frame,facing,joint_deg,crest_deg,heel,sure\na,-1,left,1,,down,1\n",
            "marks.csv, line 2: a row needs a clip, and a frame from 0 on",
        ),
        (
            "clip,frame,facing,rater,heel,sure\na,1,left,A,down,1\nb,1,left,B,down,1\n",
            "marks.csv, line 2: each of two raters has one row of a frame, facing alike",
        ),
        (
            "clip,frame,facing,rater,heel,sure\na,1,left,A,down,1\na,1,left,B,down,1\n",
            "marks.csv, line 2: no column ankle_x",
        ),
    ],
)  # fmt: skip
def test_a_wrong_file_of_marks_is_named(
    text: str, said: str, clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "marks.csv"
    path.write_text(text)
    assert real.main([str(clips), str(path)]) == 1
    assert capsys.readouterr().err.strip().endswith(said)


def test_a_missing_file_of_marks_is_named(
    clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert real.main([str(clips), str(tmp_path / "none.csv")]) == 1
    assert "none.csv: No such file" in capsys.readouterr().err


def test_damaged_evidence_is_named(
    marks: Path, clips: Path, reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (reports / "turned" / "evidence.npz").write_bytes(b"no zip")
    assert real.main([str(clips), str(marks), "--out", str(reports), "--score-only"]) == 1
    assert str(reports / "turned" / "evidence.npz") in capsys.readouterr().err
