"""Names of files that a file system takes: cut to so many bytes, and hidden while their content is made.

Not here: what is written under them, folders of results (`workflow/folders.py`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

__all__ = ["cut_to", "hidden_stem", "in_utf8", "partial_beside"]

_MOST_BYTES: Final = 200
"""Of 255 that file systems take, what leaves room for a dot before, a process's number and `.lock` behind."""


def cut_to(text: str, most_bytes: int) -> str:
    """The beginning of a text that takes so many bytes at most as UTF-8; no sign is cut in two."""
    return os.fsencode(text)[:most_bytes].decode("utf-8", "ignore") if _bytes(text) > most_bytes else text


def hidden_stem(name: str) -> str:
    """`name` itself, or for a long one its beginning and what tells it from others of that beginning."""
    if _bytes(name) <= _MOST_BYTES:
        return name
    return f"{cut_to(name, _MOST_BYTES - 13)}~{sha256(os.fsencode(name)).hexdigest()[:12]}"


def partial_beside(target: Path) -> Path:
    """Where a file or folder is made that becomes `target` once it is whole: hidden, of this process."""
    return target.with_name(f".{hidden_stem(target.name)}.partial-{os.getpid()}")


@contextmanager
def in_utf8(path: Path) -> Iterator[str]:
    """The path for a library that knows file names in UTF-8 alone: its own, or one through a link that lasts
    as long as the block. Raises OSError."""
    own = path.absolute()
    try:
        str(own).encode("utf-8")
    except UnicodeEncodeError:
        with TemporaryDirectory(prefix="dorsi-") as folder:
            link = Path(folder) / "there"
            try:
                path.name.encode("utf-8")
            except UnicodeEncodeError:
                link.symlink_to(own)
                yield str(link)
            else:
                link.symlink_to(own.parent, target_is_directory=True)
                yield str(link / path.name)
    else:
        yield str(own)


def _bytes(text: str) -> int:
    return len(os.fsencode(text))
