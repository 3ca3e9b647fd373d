"""The progress bar of `dorsi measure`: clip, stage, fraction; on stderr, only on a terminal. No measuring."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from dorsi.types import StageListener

__all__ = ["ClipProgress"]


class ClipProgress:
    """One bar for the clip that is being measured. `update` shows it, `hide` takes it away."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self._progress: Progress | None = None

    def update(self, clip: Path, stage: str, fraction: float) -> None:
        """Show that `fraction` (0..1) of `stage` is done for `clip`."""
        if not self.stream.isatty():
            return
        if self._progress is None:
            self._progress = Progress(
                TextColumn("{task.fields[clip]}", markup=False),
                TextColumn("{task.fields[stage]}", markup=False),
                BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
                console=Console(file=self.stream),
                transient=True, redirect_stdout=False, redirect_stderr=False,
            )  # fmt: skip
            self._progress.add_task("", total=1.0, clip=clip.name, stage=stage)
            self._progress.start()
        task = self._progress.task_ids[0]
        self._progress.update(task, completed=min(max(fraction, 0.0), 1.0), stage=stage)

    def listener(self, clip: Path | None) -> StageListener | None:
        """`update` for one clip, None where there is none."""
        return None if clip is None else partial(self.update, clip)

    def hide(self) -> None:
        """Take the bar off the terminal; the next `update` starts a new one."""
        if self._progress is not None:
            self._progress.stop()
        self._progress = None
