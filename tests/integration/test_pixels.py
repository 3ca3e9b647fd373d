"""One short sample from pixels on, pose networks included; its record is what the other checks replay.

Not here: replaying (`test_samples.py`), from the command on (`test_demo.py`).
"""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from dorsi.engine.conclude.conclude import conclude
from dorsi.engine.evidence import Evidence
from dorsi.engine.pipeline import observe
from dorsi.settings import Settings
from tests.recorded import evidence

pytestmark = pytest.mark.slow


def test_the_networks_see_what_is_on_record_and_look_again_where_they_disagree(samples: Path) -> None:
    """Dark trousers before a dark wall: what follows the person from frame to frame loses the knee."""
    stages: set[str] = set()
    seen = observe(samples / "heel_lifts.mp4", Settings(), lambda stage, _: stages.add(stage))
    record: Evidence = evidence("heel_lifts")
    assert {"find the legs", "look again", "follow the foot"} <= stages
    # A first run builds a font cache that nobody asked about.
    assert not logging.getLogger("matplotlib.font_manager").isEnabledFor(logging.WARNING)
    assert seen.leg is not None and record.leg is not None
    assert np.array_equal(np.isnan(seen.leg.xy_px), np.isnan(record.leg.xy_px))
    # Processors differ in the last digits, and a follower carries that on.
    assert np.nanmedian(np.abs(seen.leg.xy_px - record.leg.xy_px)) < 0.5
    for key, known in conclude(record, Settings()).measurements.items():
        now = conclude(seen, Settings()).measurements[key]
        assert (now.value is None) == (known.value is None)
        if now.value is not None and known.value is not None:
            assert now.value == pytest.approx(known.value, abs=0.1 * (known.uncertainty_95 or 0.0)), key
