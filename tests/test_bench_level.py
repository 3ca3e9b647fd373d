"""The bench of rolls: edges turned the way a leaning phone turns them, and what is counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.level import TURNS_DEG, Asked, asked_of, main, table, turned
from dorsi.engine.evidence_file import read_evidence

NAN = float("nan")


def test_edges_turn_as_a_phone_that_leans_turns_them(repo: Path) -> None:
    asked = list(asked_of(read_evidence(repo / "tests" / "evidence" / "d10.npz"), None))
    assert [each.true_deg - asked[6].true_deg for each in asked] == pytest.approx(list(TURNS_DEG))
    assert max(abs(each.error_deg) for each in asked) < 0.7 and all(each.inside for each in asked)


def test_an_edge_turns_about_the_middle() -> None:
    level = np.array([[10.0, 0.0, 30.0, 0.0]])
    assert turned(level, 90.0, np.array([10.0, 0.0])) == pytest.approx(np.array([[10.0, 0.0, 10.0, 20.0]]))


def test_rolls_that_are_not_told_count_as_none() -> None:
    asked = [Asked(1.0, 0.5, 1.0), Asked(-1.0, -1.5, 1.0), Asked(5.0, NAN, 4.0), Asked(-5.0, NAN, 6.0)]
    rows = table(asked)
    assert rows[2] == "| 0–2° | 2 | 2 | 1.0°, 1.4°, 1.5° | 1 of 2, 1.0° | – |"
    assert rows[3] == "| 2–4° | 0 | 0 | –, –, – | – | – |"
    assert rows[4] == "| 4–6° | 2 | 0 | –, –, – | – | 1 of 2, 5.0° |"


def test_a_folder_without_evidence_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    assert "no NAME/evidence.npz" in capsys.readouterr().err
