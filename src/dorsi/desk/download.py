"""Everything of one runner in one zip file: what they are given when they ask for it.

Not here: deleting it (`file.py`), the store's own export (`dorsi.store`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from dorsi.desk.answers import read_answers
from dorsi.desk.clips import Clip, clips_of
from dorsi.desk.desk import Desk
from dorsi.desk.file import history_of
from dorsi.desk.runners import runner_file
from dorsi.desk.screens import sheets_of
from dorsi.desk.who import Who
from dorsi.workflow.folders import RESULT_FILES

__all__ = ["everything_of"]

_PACKED = frozenset({".mp4", ".jpg", ".npz"})
"""Already as small as they get."""
_BLOCK_BYTES = 1 << 20


def everything_of(desk: Desk, who: Who, runner_id: int) -> Iterator[bytes]:
    """A zip file, block by block: clips, results, screens, answers, and what was measured over time.

    Raises DeskError. Notes that a therapist wrote for themselves are not in it.
    """
    runner = runner_file(desk, who, runner_id)
    file = TemporaryFile(dir=desk.place.root)  # noqa: SIM115  closed by the iterator, when the last block is out
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for clip in clips_of(desk, who, runner_id=runner.id):
            _add_clip(archive, desk, clip)
        for sheet in sheets_of(desk, who, runner.id):
            archive.writestr(f"screens/{sheet.made_at:%Y-%m-%d}-{sheet.id}.json", sheet.screen.to_json())
        answers = read_answers(desk, who, runner.id)
        if answers is not None:
            archive.writestr("answers.toml", answers.profile.to_toml())
        told = {
            "runner": runner.name,
            "measurements": [asdict(each) for each in history_of(desk, who, runner.id)],
        }
        archive.writestr("measurements.json", json.dumps(told, indent=2, default=str, ensure_ascii=False))
    desk.note_down(who, "downloaded", f"runner:{runner.id}")
    file.seek(0)
    return _blocks(file)


def _add_clip(archive: ZipFile, desk: Desk, clip: Clip) -> None:
    folder = f"clips/{clip.added_at:%Y-%m-%d}-{clip.role}-{clip.id}"
    files = {name: desk.place.result(clip.id) / name for name in RESULT_FILES}
    ending = Path(clip.file_name).suffix.lower()
    files[f"clip{ending if ending[1:].isalnum() else ''}"] = desk.place.clip_file(clip.id)
    for name, path in files.items():
        if path.is_file():
            packed = path.suffix in _PACKED or path.parent == desk.place.clips
            archive.write(path, f"{folder}/{name}", ZIP_STORED if packed else ZIP_DEFLATED)


def _blocks(file: IO[Any]) -> Iterator[bytes]:
    with file:
        while block := file.read(_BLOCK_BYTES):
            yield block
