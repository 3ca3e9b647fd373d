"""The simulation of many clips: its bounds are arithmetic. Not here: a real cluster (`test_executors.py`)."""

from __future__ import annotations

import pytest

from bench.scale import report, simulate, store_write_s


@pytest.mark.parametrize("workers", [1, 3, 20])
def test_all_at_once_keeps_every_worker_busy(workers: int) -> None:
    found = simulate(3000, workers, [10.0], 0.001, None)
    assert found.ended_s == pytest.approx(3000 * 10.0 / workers, rel=0.04)
    assert found.workers_busy > 0.97 and found.store_busy == pytest.approx(3.0 / found.ended_s)


def test_a_slow_store_is_what_counts_in_the_end() -> None:
    found = simulate(2000, 100, [1.0], 0.1, None)
    assert found.ended_s >= 2000 * 0.1
    assert found.store_busy > 0.98 and found.workers_busy < 0.3


def test_who_comes_by_and_by_waits_less_with_more_workers() -> None:
    few, many = (simulate(4000, workers, [10.0], 0.001, 0.08 * workers) for workers in (1, 30))
    assert few.wait_95_s > many.wait_95_s and many.wait_s == 0.0
    assert few.workers_busy == pytest.approx(0.8, abs=0.06)


def test_the_table_has_a_row_for_each_number_of_workers() -> None:
    told = report(200, [5.0, 7.0], store_write_s(3), [1, 4])
    assert [line.split(" | ")[0] for line in told[-2:]] == ["| 1", "| 4"]
    assert "200 clips, 6.0 s each" in told[0]
