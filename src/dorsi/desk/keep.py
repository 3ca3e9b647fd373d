"""What is over its time, or nobody's: clips past the days they are kept, uploads that nobody goes on with,
files of clips that were deleted while a worker was at them.

Not here: deleting on somebody's wish (`clips.py`, `file.py`).
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import time
from typing import Final

from sqlalchemy import select, update

from dorsi.desk.desk import Desk, note_down
from dorsi.desk.place import is_id
from dorsi.desk.queue import ENGINE
from dorsi.store.dates import now
from dorsi.store.desk_schema import clip as table

__all__ = ["UPLOAD_DAYS", "sweep", "tidy"]

UPLOAD_DAYS: Final = 3
"""An upload may be gone on with for so long."""
_DAY_S: Final = 86400.0


def tidy(desk: Desk) -> None:
    """Delete clips past `keep_clips_days` (their results stay), stale uploads and whatever is left over."""
    days = desk.limits.keep_clips_days
    if days is not None:
        _drop_clips(desk, days)
    _drop_uploads(desk)
    sweep(desk)


def sweep(desk: Desk) -> None:
    """Remove clips and results of which no clip is known any more, and halves that a killed worker left."""
    with desk.writing() as connection:
        # No clip can be put in meanwhile: what is not known now is nobody's.
        known = set(connection.execute(select(table.c.id)).scalars())
        found = [entry for folder in (desk.place.clips, desk.place.results) for entry in folder.iterdir()]
    for entry in found:
        clip_id = entry.name.removeprefix(".").split(".")[0]
        half = entry.name.startswith(".") and _age_s(entry) > _DAY_S
        if is_id(clip_id) and (clip_id not in known or half):
            _remove(entry)


def _drop_uploads(desk: Desk) -> None:
    """An upload is as old as the youngest of its files: the bytes grow, what they are to become does not."""
    found: dict[str, list[Path]] = {}
    for entry in desk.place.uploads.iterdir():
        found.setdefault(entry.name.split(".")[0], []).append(entry)
    for entries in found.values():
        if min(map(_age_s, entries)) > UPLOAD_DAYS * _DAY_S:
            for entry in entries:
                _remove(entry)


def _remove(entry: Path) -> None:
    with suppress(OSError):
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()


def _drop_clips(desk: Desk, days: int) -> None:
    over = now() - timedelta(days=days)
    query = select(table.c.id).where(
        table.c.added_at < over,
        table.c.clip_deleted_at.is_(None),
        table.c.state.in_(("measured", "not_measurable", "failed")),
    )
    with desk.writing() as connection:
        for clip_id in connection.execute(query).scalars().all():
            desk.place.clip_file(clip_id).unlink(missing_ok=True)
            gone = update(table).where(table.c.id == clip_id).values(clip_deleted_at=now())
            connection.execute(gone)
            note_down(connection, ENGINE, "deleted", f"clip:{clip_id}", f"kept for {days} days; result stays")


def _age_s(entry: Path) -> float:
    with suppress(OSError):
        return time() - entry.stat().st_mtime
    return 0.0
