"""Scoring: clips and reports with every kind of outcome, against figures frozen from the reference scorer."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.accuracy import readme_block, summary_lines, table
from bench.scoring import (
    AngleScore,
    LungeScore,
    RefusalScore,
    load_truth,
    score,
    score_folder,
    summarise,
)

FROZEN = {
    "lunge_clips": 7,
    "measured": 5,
    "peak_median_deg": 5.207046593093228,
    "peak_p90_deg": 6.582999679657637,
    "peak_max_deg": 7.043073879817527,
    "peak_bias_deg": 1.9843139938012349,
    "inside_interval": 0.4,
    "interval_median_deg": 2.05,
    "silent_gross": 3,
    "crest_median_deg": 0.3364508905677539,
    "lift_median_mm": 3.4333221652352393,
    "lift_missed": 1,
    "lift_false": 1,
    "lift_clips": 2,
    "roll_median_deg": 0.35,
    "side_right": 5,
    "leg_right": 5,
    "reps_right": 4,
    "refusals": 4,
    "refused_right": 2,
}
"""Printed by the reference scorer for the clips and reports of `write_set`."""


def write_clip(
    folder: Path, name: str, peaks_deg: list[float], *, lift_from_deg: float = 90.0, **scene: Any
) -> None:
    """Truth of one clip: a rise and fall for each peak; past `lift_from_deg` the heel rises 4 mm a degree."""
    bump = np.sin(np.linspace(0, np.pi, 24)) ** 2
    shank = np.concatenate(
        [np.full(6, 2.0), *(2.0 + (peak - 2.0) * bump for peak in peaks_deg), np.full(6, 2.0)]
    )
    toe = np.linspace(0, scene.get("toe_deg", 0.0), len(shank))
    foot_y = scene.get("foot_y", 1100.0)
    frames = [
        {
            "shank_deg": float(angle),
            "crest_deg": float(angle) + 4.5,
            "heel_height_mm": 11.0 + 4.0 * max(0.0, float(angle) - lift_from_deg),
            "hallux_deg": float(lift),
            "px": {"heel": [300.0, foot_y], "toe": [420.0, foot_y + 10]},
        }
        for angle, lift in zip(shank, toe, strict=True)
    ]
    cam = {"yaw": scene.get("yaw", 3.0), "roll": scene.get("roll", -1.25)}
    spec = {
        "side": scene.get("side", "R"),
        "fps": 30,
        "res": [720, 1280],
        "cam": cam,
        "film_far_side": scene.get("far", False),
        "look": {"shod": scene.get("shod", False)},
        "rear": "stand",
        "rear_back": scene.get("rear_back", 0.7),
        "thigh_deg": [scene.get("thigh_deg", 0.0)] * len(shank),
    }
    (folder / f"{name}.truth.json").write_text(json.dumps({"spec": spec, "frames": frames}))


def write_report(folder: Path, name: str, **content: Any) -> None:
    """A report with `values` as measurements, `(value, uncertainty_95)` each."""
    values = content.pop("values", {})
    report = {
        "status": "measured",
        "side": "right",
        "test_leg": "near",
        "reps": [],
        "reasons": [],
        "measurements": {key: {"value": v, "uncertainty_95": u} for key, (v, u) in values.items()},
        **content,
    }
    (folder / name).mkdir(parents=True)
    (folder / name / "report.json").write_text(json.dumps(report))


def write_set(clips: Path, reports: Path) -> None:
    """Clips and reports with every kind of outcome."""
    clips.mkdir()
    down, up = {"heel_lifted": False}, {"heel_lifted": True}
    write_clip(clips, "a_good", [31.3, 30.2])
    write_report(
        reports,
        "a_good",
        reps=[down, down],
        values={
            "peak_shin_angle_deg": (30.4, 2.1),
            "peak_crest_angle_deg": (36.0, None),
            "max_heel_lift_mm": (1.5, 4),
            "camera_roll_deg": (-0.9, 1),
        },
    )
    write_clip(clips, "b_lift_found", [36.0], lift_from_deg=27.0, side="L")
    write_report(
        reports,
        "b_lift_found",
        side="left",
        reps=[up],
        values={
            "peak_shin_angle_deg": (29.9, 1.4),
            "max_heel_lift_mm": (30.0, 8),
            "camera_roll_deg": (None, None),
        },
    )
    write_clip(clips, "c_lift_missed_gross", [40.0], lift_from_deg=33.0, far=True)
    write_report(reports, "c_lift_missed_gross", reps=[down], values={"peak_shin_angle_deg": (39.0, 2.0)})
    write_clip(clips, "d_gross_but_said", [25.0])
    write_report(reports, "d_gross_but_said", reps=[up, down], values={"peak_shin_angle_deg": (19.0, 7.5)})
    write_clip(clips, "e_no_interval", [22.0], lift_from_deg=20.0)
    write_report(reports, "e_no_interval", reps=[down], values={"peak_shin_angle_deg": (25.5, None)})
    write_clip(clips, "f_refused", [28.0])
    write_report(
        reports,
        "f_refused",
        status="not_measurable",
        side="left",
        values={"peak_shin_angle_deg": (None, None)},
    )
    write_clip(clips, "g_no_report", [28.0])
    write_clip(clips, "h_toe", [25.0], toe_deg=34.0)
    write_report(reports, "h_toe", test="big_toe", values={"big_toe_extension_deg": (30.5, 5.0)})
    write_clip(clips, "i_toe_none", [25.0], toe_deg=17.0)
    write_report(reports, "i_toe_none")
    write_clip(clips, "j_oblique", [30.0], yaw=75.0)
    write_report(
        reports, "j_oblique", status="not_measurable", reasons=[{"code": "not_side_view", "message": "m"}]
    )
    write_clip(clips, "k_cut", [30.0], foot_y=1300.0)
    write_report(reports, "k_cut", status="not_measurable", reasons=[{"code": "no_person", "message": "m"}])
    write_clip(clips, "l_still", [4.0])
    write_report(reports, "l_still")
    write_clip(clips, "m_toe_in_shoes", [25.0], toe_deg=34.0, shod=True)
    write_report(
        reports, "m_toe_in_shoes", status="not_measurable", reasons=[{"code": "shoes", "message": "m"}]
    )
    write_clip(clips, "n_squat", [20.0], thigh_deg=80.0, rear_back=0.03)
    write_report(reports, "n_squat", test="squat", values={"peak_knee_flexion_deg": (94.0, 5.0)})


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    clips, reports = tmp_path / "clips", tmp_path / "reports"
    write_set(clips, reports)
    return clips, reports


def test_summary_is_the_reference_scorers(folders: tuple[Path, Path]) -> None:
    summary = asdict(summarise(score_folder(*folders)))
    toe, squat = summary.pop("big_toe"), summary.pop("squat")
    assert summary == pytest.approx(FROZEN, rel=1e-12)
    assert (toe["clips"], toe["measured"], toe["median_deg"]) == (2, 1, 3.5)
    assert (toe["inside_interval"], toe["silent_gross"], toe["test_right"]) == (1.0, 0, 1)
    assert (squat["clips"], squat["measured"], squat["median_deg"]) == (1, 1, pytest.approx(6.0, abs=0.1))
    assert (squat["inside_interval"], squat["silent_gross"], squat["test_right"]) == (0.0, 1, 1)


def test_each_kind_of_outcome_by_clip(folders: tuple[Path, Path]) -> None:
    scores = {each.clip: each for each in score_folder(*folders)}
    assert list(scores) == sorted(scores)

    good = scores["a_good"]
    assert isinstance(good, LungeScore)
    assert good.peak_error_deg == pytest.approx(30.4 - good.peak_true_deg)
    assert (good.inside, good.side_right, good.leg_right, good.reps_right) == (True, True, True, True)

    gross = scores["c_lift_missed_gross"]
    assert isinstance(gross, LungeScore)
    assert (gross.inside, gross.lift_reported, gross.leg_right) == (False, False, False)

    unread = scores["g_no_report"]
    assert isinstance(unread, LungeScore)
    assert (unread.status, unread.measured) == ("no report", False)

    toe = scores["h_toe"]
    assert isinstance(toe, AngleScore)
    assert toe.error_deg == pytest.approx(-3.5)
    assert toe.uncertainty_deg == 5.0

    refusals = {name: s.right for name, s in scores.items() if isinstance(s, RefusalScore)}
    assert refusals == {"j_oblique": True, "k_cut": False, "l_still": False, "m_toe_in_shoes": True}


def test_a_clip_with_no_interval_is_never_inside(folders: tuple[Path, Path]) -> None:
    truth = load_truth(folders[0] / "a_good.truth.json")
    exact = {
        "measurements": {"peak_shin_angle_deg": {"value": truth.peak_shin_angle_deg, "uncertainty_95": None}}
    }
    result = score("a_good", truth, exact)
    assert isinstance(result, LungeScore)
    assert result.peak_error_deg == 0
    assert not result.inside


def test_nothing_measured_gives_no_numbers_rather_than_an_error(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    summary = summarise(score_folder(folders[0], tmp_path / "nowhere"))
    assert (summary.lunge_clips, summary.measured, summary.silent_gross) == (7, 0, 0)
    assert math.isnan(summary.peak_median_deg)
    assert math.isnan(summary.inside_interval)
    assert "nan" not in " ".join(
        [*summary_lines(summary), *table(score_folder(folders[0], tmp_path / "nowhere"))]
    )


@pytest.mark.parametrize(
    ("name", "peak_deg", "crest_deg", "rise_mm", "side", "reps"),
    [
        ("lunge", 37.1, 41.8, 0, "left", 3),
        ("standing_lunge", 29.1, 34.5, 0, "left", 2),
        ("half_kneeling", 34.9, 39.2, 0, "right", 2),
        ("heel_lifts", 26.9, 31.5, 41, "right", 1),
        ("left_lunge", 33.2, 37.4, 0, "left", 2),
        ("right_lunge", 21.4, 25.1, 0, "right", 2),
        ("straight_lunge", 32.0, 36.2, 0, "left", 2),
    ],
)
def test_samples_are_what_their_readme_says(
    samples: Path, name: str, peak_deg: float, crest_deg: float, rise_mm: int, side: str, reps: int
) -> None:
    truth = load_truth(samples / f"{name}.truth.json")
    kind = "lunge_straight" if name == "straight_lunge" else "lunge"
    assert (truth.kind, truth.side, truth.test_leg, truth.reps) == (kind, side, "near", reps)
    assert round(truth.peak_shin_angle_deg, 1) == peak_deg
    assert round(truth.peak_crest_angle_deg, 1) == crest_deg
    assert round(truth.heel_rise_mm) == rise_mm
    row = next(
        line for line in (samples / "README.md").read_text("utf-8").splitlines() if f"`{name}.mp4`" in line
    )
    assert all(
        figure in row
        for figure in (f"{side}, near | {reps} | {peak_deg}° |", f"| {crest_deg}° | {rise_mm} mm |")
    )


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("left_big_toe", "big_toe", "left, near | big-toe extension 41.0°"),
        ("right_big_toe", "big_toe", "right, near | big-toe extension 19.0°"),
        ("squat", "squat", "left, near | knee flexion 110.0°"),
    ],
)
def test_other_samples_are_what_their_readme_says(samples: Path, name: str, kind: str, words: str) -> None:
    truth = load_truth(samples / f"{name}.truth.json")
    assert truth.kind == kind
    angle_deg = truth.big_toe_deg if kind == "big_toe" else truth.knee_flexion_deg
    row = next(
        line for line in (samples / "README.md").read_text("utf-8").splitlines() if f"`{name}.mp4`" in line
    )
    assert words in row
    assert words.endswith(f" {angle_deg:.1f}°")
    assert f"| {truth.side}, {truth.test_leg} |" in row


def test_readme_block_names_no_folder(folders: tuple[Path, Path]) -> None:
    scores = score_folder(*folders)
    block = readme_block(scores, summarise(scores), ["/somewhere/else/clips", "--jobs", "2", "--readme"])
    assert (block[0], block[-1]) == ("<!-- accuracy:begin -->", "<!-- accuracy:end -->")
    assert block[1].startswith("`python -m bench.accuracy clips --jobs 2`, ")
    assert "/somewhere" not in "\n".join(block)
    assert any(line.startswith("| c_lift_missed_gross | 32.0° | +7.0° | 2.0° | NO |") for line in block)


def test_a_better_report_scores_better(folders: tuple[Path, Path]) -> None:
    good = next(each for each in score_folder(*folders) if each.clip == "a_good")
    assert isinstance(good, LungeScore)
    worse = replace(good, peak_error_deg=9.0)
    assert summarise([good]).silent_gross == 0
    assert summarise([good, worse]).silent_gross == 1
    assert summarise([good, worse]).inside_interval == 0.5
