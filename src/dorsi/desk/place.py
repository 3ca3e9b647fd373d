"""The data folder of the desk: which file is where.

    DATA/dorsi.sqlite3      the store, the same file as the command line's when DATA is the default folder;
                            none where it lies elsewhere: in another file, or on a server
    DATA/secret             signs cookies and links; made at the first start
    DATA/clips/ID           an uploaded clip, under its opaque id, without an ending
    DATA/results/ID/        its result: RESULT_FILES and `proxy.mp4`
    DATA/uploads/           uploads in the making
    DATA/books/             rules.toml and drills.toml of the clinic, when it has its own

Not here: what is in the store (`desk.py` and its neighbours).
"""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs

from dorsi.errors import DeskError
from dorsi.store import StoreAt, store_path

__all__ = ["Place", "is_id", "new_id", "place_at", "place_of", "put_on_disk"]

_ID: Final = re.compile(r"[A-Za-z0-9_-]{16}")
_SECRET_BYTES: Final = 32


def new_id() -> str:
    """An opaque id of 16 letters: fit for an address and a file name, not to be guessed."""
    # A leading "-" would read as an option where a person copies it to a command line.
    return "c" + secrets.token_urlsafe(12)[1:]


def is_id(text: str) -> bool:
    """Whether a text has the form of such an id."""
    return _ID.fullmatch(text) is not None


def put_on_disk(*files: Path) -> None:
    """Have the system write out what it still holds of files and folders, so that a power cut finds them
    whole. Raises OSError."""
    for file in files:
        if os.name == "nt" and file.is_dir():
            continue  # a folder cannot be opened there
        handle = os.open(file, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@dataclass(frozen=True, slots=True)
class Place:
    """A data folder; see the head of this file. The `store` may lie elsewhere; see `place_at`."""

    root: Path
    store: StoreAt

    @property
    def clips(self) -> Path:
        """Folder of uploaded clips."""
        return self.root / "clips"

    @property
    def results(self) -> Path:
        """Folder of results."""
        return self.root / "results"

    @property
    def uploads(self) -> Path:
        """Folder of uploads in the making."""
        return self.root / "uploads"

    @property
    def books(self) -> Path:
        """Folder of the clinic's own rules and drills."""
        return self.root / "books"

    def clip_file(self, clip_id: str) -> Path:
        """Where the clip of that id lies. Raises DeskError on what is no id: no name becomes a path."""
        return place_of(self.clips, clip_id)

    def result(self, clip_id: str) -> Path:
        """Folder of the result of the clip of that id. Raises DeskError on what is no id."""
        return place_of(self.results, clip_id)

    def make(self) -> None:
        """Make the folders that are missing, for their owner's eyes alone. Raises OSError."""
        for folder in (self.root, self.clips, self.results, self.uploads, self.books):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def secret(self) -> bytes:
        """The key that signs cookies and links; made when there is none. Raises OSError."""
        file = self.root / "secret"
        try:
            # Whole or not there, also when two servers start at once.
            partial = file.with_name(f".secret-{os.getpid()}")
            partial.write_bytes(secrets.token_bytes(_SECRET_BYTES))
            partial.chmod(0o600)
            os.link(partial, file)
        except FileExistsError:
            pass
        finally:
            partial.unlink(missing_ok=True)
        return file.read_bytes()


def place_of(folder: Path, opaque_id: str) -> Path:
    """The entry of that id in a folder. Raises DeskError on what is no id: no name becomes a path."""
    if not is_id(opaque_id):
        raise DeskError("not_there")
    return folder / opaque_id


def place_at(data: Path | None = None, store: str | Path | None = None) -> Place:
    """The folder `data` (None: the user's data folder) with the store `store`.

    Without `store` it is the command line's, as DORSI_STORE says; but a folder that was named has a file of
    its own, unless DORSI_STORE names a server. Raises StoreError on a URL that is none.
    """
    root = platformdirs.user_data_path("dorsi", appauthor=False)
    at = store_path(store)
    if data is not None:
        root = data.expanduser().absolute()
        if store is None and isinstance(at, Path):
            at = root / "dorsi.sqlite3"
    return Place(root, at)
