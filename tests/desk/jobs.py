"""A desk with clips to measure, and stages whose clips say what becomes of their worker.

The first word of a clip is the recorded evidence that it shows; further ones ask for trouble. Not here:
tests.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from sqlalchemy import RowMapping, select

from dorsi.desk.clips import Clip, add_clip
from dorsi.desk.desk import Desk
from dorsi.desk.limits import Limits
from dorsi.desk.place import new_id
from dorsi.desk.runners import add_runner
from dorsi.desk.who import Who
from dorsi.desk.worker import StagesOf
from dorsi.engine.evidence import Evidence
from dorsi.errors import ClipUnreadable, OutputError
from dorsi.settings import Settings
from dorsi.store.desk_schema import job as job_table
from dorsi.types import StageListener
from tests.recorded import recorded_stages

__all__ = ["ME", "job_row", "put", "stages_of", "until"]

ME = Who("local", "Ana")


def put(
    desk: Desk, text: str = "left_lunge", *, name: str = "IMG_1.mov", role: str = "clip",
    runner: str | None = "Ann",
) -> Clip:  # fmt: skip
    """A clip that waits to be measured; `runner` None: nobody's yet."""
    upload = desk.place.uploads / new_id()
    upload.write_text(text, encoding="utf-8")
    runner_id = None if runner is None else add_runner(desk, ME, runner).id
    return add_clip(desk, ME, upload, name=name, role=role, runner_id=runner_id)


def job_row(desk: Desk, clip_id: str, kind: str = "measure") -> RowMapping:
    """The only job of that kind of a clip, as it is now."""
    query = select(job_table).where(job_table.c.clip_id == clip_id, job_table.c.kind == kind)
    with desk.reading() as connection:
        return connection.execute(query).mappings().one()


def until(true: Callable[[], bool], within_s: float = 60.0) -> None:
    """Wait for something that another process or thread does."""
    over = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < over, "it did not happen"
        time.sleep(0.02)


def stages_of(_limits: Limits) -> StagesOf:
    """Stages of a worker that see what the clip says; the conclusion is the real one."""
    return StagesOf(replace(recorded_stages(), observe=_observe), _proxy)


def _observe(clip: Path, settings: Settings, listen: StageListener | None) -> Evidence:
    seen, *asked = clip.read_text(encoding="utf-8").split()
    if listen is not None:
        listen("find the legs", 0.5)
    for word in asked:
        _trouble(word, clip)
    return recorded_stages(seen).observe(clip, settings, listen)


def _trouble(word: str, clip: Path) -> None:
    if word == "fault":
        raise RuntimeError(f"a fault with {clip}")
    if word == "memory":
        raise MemoryError
    if word == "unreadable":
        raise ClipUnreadable("clip_not_video", file=clip.name)
    if word == "full":
        raise OutputError("disk_full", target=clip)
    if word == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "dies-once" and not (mark := clip.with_name(f"died-{clip.name}")).exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    _use_up(word)


def _use_up(word: str) -> None:
    if word == "eats":
        held = []
        while True:
            held.append(np.empty(50_000_000, np.uint8))
    if word == "burns":
        while True:
            pass
    if word == "hogs":
        # Native code that gives the interpreter to nobody.
        re.match(r"(a+)+$", "a" * 60 + "b")
    if word == "waits":
        time.sleep(600)


def _proxy(_clip: Path, out: Path, _seen: Evidence, _listen: StageListener | None) -> None:
    out.write_bytes(b"proxy")
