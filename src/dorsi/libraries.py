"""Says which library of the system is missing, and which package holds it, when native code cannot be loaded.

The packages stand in `system_libraries.txt`. Not here: installing them (`tools/system_packages.sh`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dorsi.errors import SystemLibraryMissing

__all__ = ["loading"]


@contextmanager
def loading() -> Iterator[None]:
    """Around what loads OpenCV or MediaPipe: the loader's complaint becomes SystemLibraryMissing."""
    try:
        yield
    except (ImportError, OSError) as error:
        found = re.search(r"(\S+\.so[.\d]*): cannot open shared object file", str(error))
        if found is None:
            raise
        text = Path(__file__).with_name("system_libraries.txt").read_text(encoding="utf-8")
        rows = [line.split() for line in text.splitlines() if not line.startswith("#")]
        for library, debian, fedora in rows:
            if library == found[1]:
                raise SystemLibraryMissing(
                    "system_library_missing", library=library, debian=debian, fedora=fedora
                ) from error
        raise SystemLibraryMissing("system_library_unknown", library=found[1]) from error
