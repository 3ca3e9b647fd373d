"""A data folder saved into one file, also while it is served, and brought back into an empty folder.

The store is copied by the database's own means, then what it speaks of: a result that lands meanwhile is
in the next backup. Not here: commands (`cli/backup.py`).
"""

from __future__ import annotations

import sqlite3
import tarfile
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from dorsi.desk.place import Place
from dorsi.errors import DeskError, UsageError
from dorsi.file_names import partial_beside
from dorsi.store import Store

__all__ = ["restore", "save"]

STORE: Final = "dorsi.sqlite3"
_FOLDERS: Final = ("clips", "results", "books")
_FILES: Final = ("secret",)


def save(place: Place, file: Path) -> int:
    """Write everything in a data folder into the new tar file `file`, whole or not at all; its size in bytes.

    Raises DeskError when there is nothing to save, the file exists or cannot be written, UsageError when the
    store lies on a server.
    """
    if not isinstance(place.store, Path):
        raise UsageError("backup_of_server", path=place.store, folder=place.root)
    if not place.store.is_file():
        raise DeskError("nothing_to_save", path=place.root)
    if file.exists():
        raise DeskError("backup_exists", path=file)
    partial = partial_beside(file)
    try:
        with TemporaryDirectory(dir=file.absolute().parent) as folder:
            copy = Path(folder) / STORE
            _copy_store(place.store, copy)
            with tarfile.TarFile(partial, "w") as archive:
                archive.add(copy, STORE)
                for name in _FILES:
                    if (place.root / name).is_file():
                        archive.add(place.root / name, name)
                for name in _FOLDERS:
                    _add_folder(archive, place.root / name, name)
        partial.replace(file)
    except (OSError, sqlite3.Error) as error:
        raise DeskError("backup_not_written", path=file, why=str(error)) from error
    finally:
        with suppress(OSError):
            partial.unlink()
    return file.stat().st_size


def _copy_store(source: Path, target: Path) -> None:
    """A copy that holds together, whoever writes meanwhile."""
    with closing(sqlite3.connect(source, timeout=60)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def _add_folder(archive: tarfile.TarFile, folder: Path, name: str) -> None:
    """Whole results and clips; hidden folders are results in the making."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(".") for part in parts):
            with suppress(FileNotFoundError):  # deleted while we go through
                archive.add(path, "/".join((name, *parts)), recursive=False)


def restore(file: Path, root: Path) -> int:
    """Bring a backup back into the folder `root`, new or empty; how many files. Raises DeskError, and leaves
    no folder that it made."""
    new = not root.exists()
    if root.exists() and any(root.iterdir()):
        raise DeskError("restore_needs_empty", path=root)
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(dir=root) as folder, tarfile.TarFile(file) as archive:
            members = archive.getmembers()
            if STORE not in {each.name for each in members}:
                raise DeskError("not_a_backup", path=file)
            # "data" takes no absolute path, no way out of the folder, no device and no link.
            archive.extractall(folder, filter="data")
            Store(Path(folder) / STORE, create=False).close()  # refuses what is none
            for entry in Path(folder).iterdir():
                entry.rename(root / entry.name)
    except BaseException as error:
        if new:
            with suppress(OSError):
                root.rmdir()
        if isinstance(error, OSError | tarfile.TarError):
            raise DeskError("not_a_backup", path=file) from error
        raise
    return sum(each.isfile() for each in members)
