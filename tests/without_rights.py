"""A real lack of rights, also for tests that the super-user runs. Not here: tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import gettempdir

__all__ = ["read_only"]

NOBODY = 65534


@contextmanager
def read_only(*paths: Path) -> Iterator[None]:
    """These files and folders can be read and not written, also where a super-user, who may all the same,
    runs the test. They lie in the folder for temporary files."""
    with ExitStack() as undo:
        for path in paths:
            _set_mode(path, (path.stat().st_mode | 0o555) & ~0o222, undo)
            # Pytest's folders let nobody else through.
            for above in path.absolute().parents:
                if above.is_relative_to(gettempdir()) and above.stat().st_mode & 0o011 != 0o011:
                    _set_mode(above, above.stat().st_mode | 0o011, undo)
        if os.geteuid() == 0:
            os.setresuid(NOBODY, NOBODY, 0)
            undo.callback(os.setresuid, 0, 0, 0)
        yield


def _set_mode(path: Path, mode: int, undo: ExitStack) -> None:
    undo.callback(path.chmod, path.stat().st_mode)
    path.chmod(mode)
