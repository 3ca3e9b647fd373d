"""What tells one file from another. Not here: what the files are (clips: `video`, weights: `models`)."""

from __future__ import annotations

from hashlib import file_digest
from pathlib import Path

__all__ = ["sha256_of"]


def sha256_of(file: Path) -> str:
    """Hex SHA-256 of a file. Raises OSError when it cannot be read."""
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()
