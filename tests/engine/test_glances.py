"""Networks that several looks share: no more than said, closed by the last; no look goes into another.

Not here: which frames are looked at again (`test_leg.py`), what becomes of the looks (`test_pipeline.py`).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dorsi.engine.observe.pose.mediapipe_backend import GlanceEstimator, GlancePool
from dorsi.errors import ModelError
from dorsi.types import Frame
from dorsi.video import FrameReader

LUNGE = Path(__file__).parents[2] / "samples" / "left_lunge.mp4"
TURNS_DEG = (0.0, 10.0, -10.0)


class Made:
    """Stands for networks: counts those made and closed."""

    def __init__(self) -> None:
        self.made, self.closed = 0, 0

    def __call__(self, model: str, *, video: bool) -> Any:
        assert (model, video) == ("full", False)
        self.made += 1
        return self

    def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize(("most", "made"), [(1, 1), (2, 2), (16, 3)])
def test_no_more_networks_than_looks_and_than_said(most: int, made: int) -> None:
    networks = Made()
    pool = GlancePool("full", most, networks)
    for _ in range(2):  # closed, it opens again
        networks.made = networks.closed = 0
        looks = [GlanceEstimator(pool, turn_deg=turn) for turn in TURNS_DEG]
        for each in looks:
            each.__enter__()
        for each in looks:
            assert networks.closed == 0
            each.__exit__()
        assert (networks.made, networks.closed) == (made, made)


def test_one_that_cannot_be_made_leaves_nothing_open() -> None:
    networks, asked = Made(), iter((True, False))

    def make(model: str, *, video: bool) -> Any:
        if next(asked):
            return networks(model, video=video)
        raise ModelError("outline_model_unusable", path="full")

    pool = GlancePool("full", 2, make)
    pool.open()
    with pytest.raises(ModelError):
        pool.open()
    pool.close()
    assert (networks.made, networks.closed) == (1, 1)


def test_looks_through_one_network_see_what_each_sees_through_its_own() -> None:
    with FrameReader(LUNGE, every=12) as reader:
        frames = list(reader)[:4]

    def seen(most: int) -> list[Any]:
        pool = GlancePool("full", most)
        looks = [GlanceEstimator(pool, turn_deg=turn) for turn in TURNS_DEG]

        def look(each: GlanceEstimator) -> list[Any]:
            with each:
                return [found(each, frame) for frame in frames]

        with ThreadPoolExecutor(len(looks)) as threads:
            return list(threads.map(look, looks))

    def found(each: GlanceEstimator, frame: Frame) -> Any:
        pose = each.estimate(frame)
        assert pose is not None
        return pose.xy_px

    np.testing.assert_array_equal(seen(1), seen(3))
