"""Measurements that overlap in one process keep out of each other's way: results, and the environment.

Not here: overlapping processes and the folders themselves (`test_folders.py`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier

import pytest

from dorsi.digest import sha256_of
from dorsi.settings import Settings
from dorsi.video import VideoWriter
from dorsi.workflow.screen import screen_clips
from dorsi.workflow.several import measure_each
from tests.clips import picture

pytestmark = pytest.mark.slow

SETTINGS = Settings(model="full", video=False)


@pytest.fixture
def clips(tmp_path: Path) -> list[Path]:
    """Two clips of one file name, with nobody in them."""
    paths = []
    for number in (0, 1):
        path = tmp_path / f"phone {number}" / "lunge.mp4"
        path.parent.mkdir()
        with VideoWriter(path, 96, 64) as out:
            for i in range(4):
                out.write(picture(i + number), i / 30)
        paths.append(path)
    return paths


def amid(barrier: Barrier) -> Callable[[Path, str, float], None]:
    """Progress that goes on when every other measurement has come as far as its first stage."""
    met: list[int] = []

    def progress(*_: object) -> None:
        if not met:
            met.append(barrier.wait())

    return progress


def both(
    work: Callable[[Path, Callable[[Path, str, float], None]], Path | None], clips: list[Path]
) -> list[str]:
    """Run `work` on both clips at once; the names of the folders they end in."""
    barrier = Barrier(len(clips), timeout=120)
    with ThreadPoolExecutor(len(clips)) as pool:
        folders = list(pool.map(lambda clip: work(clip, amid(barrier)), clips))
    return [folder.name for folder in folders if folder is not None]


def test_two_clips_of_one_name_are_measured_side_by_side(clips: list[Path], tmp_path: Path) -> None:
    out, before = tmp_path / "out", {name: os.environ.get(name) for name in ("https_proxy", "no_proxy")}

    def work(clip: Path, progress: Callable[[Path, str, float], None]) -> Path | None:
        (outcome,) = measure_each([clip], out=out, settings=SETTINGS, progress=progress)
        assert outcome.report is not None and outcome.folder is not None
        assert sha256_of(clip) in (outcome.folder / "report.json").read_text(encoding="utf-8")
        return outcome.folder

    assert sorted(both(work, clips)) == ["lunge", "lunge-2"]
    assert sorted(path.name for path in out.iterdir()) == ["lunge", "lunge-2"]
    assert {name: os.environ.get(name) for name in before} == before


def test_two_screens_of_one_day_are_made_side_by_side(clips: list[Path], tmp_path: Path) -> None:
    out, day = tmp_path / "out", date(2026, 3, 1)

    def work(clip: Path, progress: Callable[[Path, str, float], None]) -> Path | None:
        screened = screen_clips(clip, out=out, date=day, settings=SETTINGS, progress=progress)
        assert screened.folder is not None
        assert sha256_of(clip) in (screened.folder / "screen.json").read_text(encoding="utf-8")
        return screened.folder

    assert sorted(both(work, clips)) == ["screen-2026-03-01", "screen-2026-03-01-2"]
    assert sorted(path.name for path in out.iterdir()) == ["screen-2026-03-01", "screen-2026-03-01-2"]
