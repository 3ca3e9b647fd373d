"""Everything of one runner gone through: what was measured over time, and deleting all of it.

Not here: clips (`clips.py`), screens (`screens.py`), answers (`answers.py`), the download (`download.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from dorsi.desk.clips import clips_of, remove_files
from dorsi.desk.desk import Desk, note_down
from dorsi.desk.runners import runner_file
from dorsi.desk.who import Who
from dorsi.progress import Trend, trends
from dorsi.store import Record

__all__ = ["forget_runner", "history_of", "trends_of"]


def history_of(desk: Desk, who: Who, runner_id: int) -> list[Record]:
    """What was measured of a runner, the newest first. Raises DeskError."""
    return desk.store.history(runner_file(desk, who, runner_id).name)[::-1]


def trends_of(desk: Desk, who: Who, runner_id: int) -> Sequence[Trend]:
    """How the measurements of a runner change. Raises DeskError."""
    records = desk.store.history(runner_file(desk, who, runner_id).name)
    return trends(records, desk.books().rules.real_change)


def forget_runner(desk: Desk, who: Who, runner_id: int) -> None:
    """Delete a runner with clips, results, screens, notes, answers and links, down to the bytes in the store:
    a therapist's right, and the runner's own. Raises DeskError."""
    runner = runner_file(desk, who, runner_id)
    clip_ids = [clip.id for clip in clips_of(desk, who, runner_id=runner_id)]
    with desk.writing() as connection:
        # The log keeps that somebody was deleted, and by whom, but no name.
        note_down(connection, who, "deleted", f"runner:{runner_id}")
    desk.store.forget(runner.name)
    remove_files(desk, clip_ids)
