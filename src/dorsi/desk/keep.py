"""What is over its time: clips past the days they are kept, uploads that nobody goes on with.

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
from dorsi.desk.who import Who
from dorsi.store.dates import now
from dorsi.store.desk_schema import clip as table

__all__ = ["UPLOAD_DAYS", "tidy"]

UPLOAD_DAYS: Final = 3
"""An upload may be gone on with for so long."""
_DAY_S: Final = 86400.0
_ENGINE: Final = Who("local", "Dorsi")


def tidy(desk: Desk) -> None:
    """Delete clips past `keep_clips_days` (their results stay), and stale uploads."""
    days = desk.limits.keep_clips_days
    if days is not None:
        _drop_clips(desk, days)
    for entry in desk.place.uploads.iterdir():
        if _age_s(entry) > UPLOAD_DAYS * _DAY_S:
            with suppress(OSError):
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


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
            note_down(
                connection, _ENGINE, "deleted", f"clip:{clip_id}", f"kept for {days} days; result stays"
            )


def _age_s(entry: Path) -> float:
    with suppress(OSError):
        return time() - entry.stat().st_mtime
    return 0.0
