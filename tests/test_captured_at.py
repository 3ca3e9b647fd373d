"""When a clip was filmed, from what phones write into its container; clocks that were never set tell nothing.

Not here: what is made of it (`tests/workflow/test_keep.py`).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from dorsi.engine.conclude.conclude import conclude
from dorsi.engine.evidence_file import read_evidence, write_evidence
from dorsi.engine.observe.pose.estimator import ReplayEstimator
from dorsi.engine.pipeline import observe
from dorsi.plan import load_books
from dorsi.settings import Settings
from dorsi.types import PoseTrack
from dorsi.video import probe
from dorsi.workflow.measure import report_of
from tests.clips import encode

APPLE = "com.apple.quicktime.creationdate"
PLAIN = "creation_time"
FUTURE = "2090-01-01T00:00:00Z"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def filmed(folder: Path, **tags: str) -> Path:
    """A clip with these tags as a phone writes them: Apple's only where its keys are written."""
    names = {"apple": APPLE, "plain": PLAIN}
    return encode(
        folder / "lunge.mov", frames=4, movflags="use_metadata_tags",
        metadata={names[key]: value for key, value in tags.items()},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tags", "moment"),
    [
        ({}, None),
        ({"plain": "2026-03-01T12:00:00.000000Z"}, NOON),
        ({"apple": "2026-03-01T14:00:00+0200"}, NOON),
        ({"apple": "2026-03-01T07:00:00-05:00", "plain": "2026-03-02T00:00:00Z"}, NOON),
        ({"apple": "yesterday", "plain": "2026-03-01T12:00:00Z"}, NOON),
        ({"apple": "1970-01-01T00:00:00Z", "plain": "2026-03-01T12:00:00Z"}, NOON),
        ({"plain": "1970-01-01T00:00:00Z"}, None),
        ({"plain": "1904-01-01T00:00:00Z"}, None),
        ({"apple": "1904-01-01T00:00:00Z"}, None),
        ({"plain": FUTURE}, None),
        ({"apple": FUTURE}, None),
        ({"apple": "yesterday"}, None),
        ({"apple": ""}, None),
        ({"apple": "2026-03-01T12:00:00"}, None),  # no zone: anywhere on earth
        ({"apple": "2026-13-41T12:00:00Z"}, None),
    ],
    ids=str,
)
def test_the_moment_is_the_container_s_or_none(
    tmp_path: Path, tags: dict[str, str], moment: datetime | None
) -> None:
    assert probe(filmed(tmp_path, **tags)).captured_at == moment


def test_the_zone_of_the_place_stays(tmp_path: Path) -> None:
    found = probe(filmed(tmp_path, apple="2026-03-01T14:00:00+0200")).captured_at
    assert found is not None and found.utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize(
    ("tags", "told"),
    [({"apple": "2026-03-01T14:00:00+0200"}, "2026-03-01T14:00:00+02:00"), ({"apple": "soon"}, None)],
    ids=["told", "not told"],
)
def test_it_goes_by_the_evidence_into_the_report(
    tmp_path: Path, tags: dict[str, str], told: str | None
) -> None:
    clip = filmed(tmp_path, **tags)
    nobody = np.full((4, 33), np.nan)
    track = PoseTrack(np.arange(4) / 30, np.full((4, 33, 2), np.nan), nobody, np.zeros((4, 33)), 96, 64)
    write_evidence(observe(clip, Settings(), None, [ReplayEstimator(track)]), tmp_path / "evidence.npz")
    seen = read_evidence(tmp_path / "evidence.npz")
    report = report_of(conclude(seen, Settings()), seen, Settings(), load_books())
    assert json.loads(report.to_json())["captured_at"] == told
