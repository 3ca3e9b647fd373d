"""The sample clips put on a desk, so that there is something to look at. Not here: the clips (`samples/`)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from dorsi.desk.answers import save_answers
from dorsi.desk.clips import add_clip, clips_of
from dorsi.desk.desk import Desk
from dorsi.desk.place import new_id
from dorsi.desk.runners import add_runner
from dorsi.desk.who import Who
from dorsi.profile import load_profile

__all__ = ["put_samples"]

NAME: Final = "Sample runner"
_PACKAGE: Final = Path(__file__).resolve().parents[1]
# Beside the package in a checkout; the wheel has the lunge alone.
_FOLDERS: Final = (_PACKAGE.parents[1] / "samples", _PACKAGE / "_samples")
_ROLES: Final = {
    "lunge": "clip", "left_lunge": "left", "right_lunge": "right", "left_big_toe": "left_toe",
    "right_big_toe": "right_toe", "squat": "squat", "heel_lifts": "clip",
}  # fmt: skip


def put_samples(desk: Desk, who: Who) -> int:
    """Queue the sample clips, unless there are clips already; how many. Raises DeskError, OSError."""
    if clips_of(desk, who):
        return 0
    folder = next(each for each in _FOLDERS if each.is_dir())
    runner = add_runner(desk, who, NAME)
    if (answers := folder / "answers.toml").is_file():
        save_answers(desk, who, runner.id, load_profile(answers))
    put = 0
    for name, role in _ROLES.items():
        source = folder / f"{name}.mp4"
        if not source.is_file():
            continue
        upload = desk.place.uploads / new_id()
        shutil.copyfile(source, upload)
        owner = None if role == "clip" else runner.id
        add_clip(desk, who, upload, name=source.name, role=role, runner_id=owner)
        put += 1
    return put
