"""A real lack of rights, also for tests that the super-user runs. Not here: tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

__all__ = ["read_only"]

NOBODY = 65534


@contextmanager
def read_only(*paths: Path) -> Iterator[None]:
    """These files and folders can be read and not written, also where a super-user, who may all the same,
    runs the test. They lie in the folder `apart`: pytest's own lets nobody else through."""
    with ExitStack() as undo:
        for path in paths:
            mode = path.stat().st_mode
            undo.callback(path.chmod, mode)
            path.chmod((mode | 0o555) & ~0o222)
        if os.geteuid() == 0:
            os.setresuid(NOBODY, NOBODY, 0)
            undo.callback(os.setresuid, 0, 0, 0)
        yield
