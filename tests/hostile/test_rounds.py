"""Damaged clips, exports and stores, few of each: `bench.hostile` does the same with thousands.

Not here: files found by thinking (`tests/test_video_hostile.py`), names (`test_names.py`).
"""

from __future__ import annotations

import random

import pytest

from bench.hostile import Kind, damaged, report, tried

ROUNDS: dict[Kind, int] = {"clip": 9, "export": 12, "store": 12}


@pytest.mark.parametrize("kind", ROUNDS)
def test_nothing_gets_through(kind: Kind) -> None:
    said: list[str] = []
    found = tried({kind: ROUNDS[kind]}, seed=3, say=said.append)
    assert said == []
    assert sum(found[kind].values()) == ROUNDS[kind]
    assert not found[kind].keys() & {"wrong", "crash", "hang"}
    # Some are refused: the damage is real.
    assert found[kind].keys() & {"code 2", "code 3", "code 4"}
    assert f"| {ROUNDS[kind]} {kind}s |" in report(found)[-1]


def test_the_same_seed_damages_alike() -> None:
    whole = bytes(range(256)) * 20
    once, again, other = (damaged(whole, random.Random(seed)) for seed in (1, 1, 2))  # noqa: S311
    assert once == again != whole and once != other
