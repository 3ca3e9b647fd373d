"""The bench of repeats, on made-up clips of two legs whose errors are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.repeats import Repeat, about_own_mean, main, table


def _clips() -> list[Repeat]:
    """One leg read 3 deg too much, 1 deg either way; one read 1 deg too little, 4 deg either way."""
    return [
        Repeat(leg, own + way, 4.5, 3.0, roll_error_deg=way, roll_uncertainty_deg=2.0)
        for leg, own, apart in (("ana", 3.0, 1.0), ("ben", -1.0, 4.0))
        for way in (-apart, apart)
    ]


def test_an_error_that_all_clips_of_a_leg_share_is_no_difference_between_them() -> None:
    # Of two clips each is half of its own mean.
    assert about_own_mean(_clips()) == pytest.approx(np.sqrt(2) * np.array([-1.0, 1.0, -4.0, 4.0]))


def test_a_single_clip_says_nothing_about_repeats() -> None:
    assert about_own_mean(_clips()[:1]) == pytest.approx([0.0])


def test_each_part_of_the_error_is_held_against_its_own_half_width() -> None:
    rows = table(_clips(), 5)
    assert rows[2:5] == [
        "| ana | 2 | +3.0° | 1.4°, 1.4° | 2 of 2, 3.0° | 2 of 2, 4.5° | 2 of 2 |",
        "| ben | 2 | -1.0° | 5.7°, 5.7° | 0 of 2, 3.0° | 1 of 2, 4.5° | 0 of 2 |",
        "| all | 4 | +1.0° | 4.1°, 5.7° | 2 of 4, 3.0° | 3 of 4, 4.5° | 2 of 4 |",
    ]
    assert rows[-1] == "4 of 5 clips measured."


def test_a_folder_without_truth_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    assert "no LEG_CAMERA.truth.json" in capsys.readouterr().err
