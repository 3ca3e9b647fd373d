"""The benches that fit and compare: outline statistics, the planted-foot fit, the ablation table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench import ablation, outline_model
from bench.ablation import PARTS, planted, table
from bench.outline_model import DENSE, GRID, fit, leave_out_error_deg, sample
from dorsi.engine.geometry import tilt_deg
from dorsi.engine.landmarks import LegPoint
from dorsi.engine.observe.leg import choose_leg
from tests.engine.scenes import lunge_angle_deg, pose_track

TIME_S = np.arange(90) / 30


def test_a_planted_foot_fit_smooths_a_noisy_ankle() -> None:
    truth = lunge_angle_deg(TIME_S, 30.0)
    found = choose_leg([pose_track(TIME_S, truth, noise_px=6.0)])
    assert found is not None
    leg, _ = found
    fitted = planted(leg, np.arange(0, 90, 2))
    ankles = fitted.xy_px[::2, LegPoint.ANKLE]
    assert np.ptp(ankles, axis=0) == pytest.approx([0, 0], abs=1e-6)

    def off_deg(xy_px: np.ndarray) -> float:
        angle = tilt_deg(xy_px[::2, LegPoint.ANKLE], xy_px[::2, LegPoint.KNEE], leg.forward)
        return float(np.sqrt(np.mean((angle - truth[::2]) ** 2)))

    assert off_deg(fitted.xy_px) < 0.7 * off_deg(leg.xy_px)


def test_the_ablation_table_has_a_row_a_part_and_leaves_out_what_is_missing() -> None:
    errors = np.tile([[1.0], [-2.0], [np.nan]], (1, len(PARTS)))
    lines = table(errors)
    assert len(lines) == 4 + len(PARTS)
    assert all(f"| {part} | 1.5° | 1.9° | 2.0° | -0.5° |" in lines for part in PARTS)


def test_the_ablation_wants_lunges(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ablation.main([str(tmp_path)]) == 1
    assert "no lunge NAME.truth.json here" in capsys.readouterr().err


def _outlines(bodies: int, seed: int) -> list[tuple[int, np.ndarray, np.ndarray, float]]:
    """Legs whose edges bow by a body's own measure."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(bodies):
        bow = rng.normal(0, 0.01)
        front = 0.06 + 0.07 * DENSE + bow * np.sin(np.pi * DENSE)
        back = -0.14 - 0.06 * DENSE + bow * np.sin(np.pi * DENSE)
        found.append((number, front, back, float(rng.uniform(0.3, 1.8))))
    return found


def test_the_outline_tells_the_turn_that_landmarks_miss() -> None:
    rng = np.random.default_rng(1)
    _, rows = sample(_outlines(150, seed=2), rng)
    _, fresh = sample(_outlines(60, seed=3), rng)
    assert rows.shape == (300, 2 * len(GRID) + 2)
    mean, covariance = fit(rows)
    assert covariance == pytest.approx(covariance.T)
    missed_deg = float(np.degrees(fresh[:, -1].std()))
    told_deg = leave_out_error_deg(fresh, mean, covariance)
    assert missed_deg > 1.8, "landmarks as simulated are off by about two degrees"
    assert told_deg < 0.6


def test_far_rows_weigh_little() -> None:
    rng = np.random.default_rng(4)
    rows = rng.normal(0, 1, (400, 6))
    spoilt = rows.copy()
    spoilt[:8] += 100.0
    mean, covariance = fit(spoilt)
    assert np.abs(mean).max() < 1.0
    assert np.sqrt(np.diag(covariance)).max() < 6.0


def test_the_shipped_model_was_made_by_this_bench() -> None:
    import json

    from dorsi.models import outline_model as shipped

    record = json.loads(shipped().read_text(encoding="utf-8"))
    assert record["grid"] == pytest.approx(GRID.tolist())
    assert record["made_by"].startswith("python -m bench.outline_model --bodies 2000")
    covariance = np.array(record["covariance"])
    assert np.linalg.eigvalsh((covariance + covariance.T) / 2).min() > -1e-6
    assert outline_model.DEEPEST < 0.45
