"""Result folders, written whole or not at all: OUT/<name>/ appears only when everything in it is there.

A hidden partial folder beside the target takes the files and is renamed at the end. It is locked while its
process lives, so what a killed process left behind is told apart and removed. Not here: what is written.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, Final

from dorsi.errors import OutputError

__all__ = [
    "RESULT_FILES",
    "SCREEN_FILES",
    "folder_names",
    "free_name",
    "plain_name",
    "result_folder",
    "writing",
]

RESULT_FILES: Final = ("report.json", "report.html", "annotated.mp4", "signals.csv")
SCREEN_FILES: Final = ("screen.json", "screen.html", "peak.jpg")
"""What a screen adds: a page over one folder of `RESULT_FILES` a clip, with its picture of the peak."""
_SCHEMAS: Final = ("dorsi.report/", "dorsi.screen/")
_PROBE_BYTES: Final = 1 << 16
_WRITE_ERRORS: Final = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}
)


def folder_names(clips: Sequence[Path]) -> list[str]:
    """A folder name for each clip: its file name without the ending, `-2`, `-3` … added where one is taken.

    Names differ also where a file system ignores upper and lower case.
    """
    stems = [clip.stem.strip(".") or "clip" for clip in clips]
    # Every plain name belongs to the first clip that has it, also before a numbered one comes to it.
    taken = {stem.casefold() for stem in stems}
    met: set[str] = set()
    names = []
    for stem in stems:
        name = stem
        if stem.casefold() in met:
            numbered = (f"{stem}-{number}" for number in count(2))
            name = next(each for each in numbered if each.casefold() not in taken)
            taken.add(name.casefold())
        met.add(stem.casefold())
        names.append(name)
    return names


def plain_name(text: str) -> str:
    """A person's name as part of a file's: `Ana_Lima`; what every file system takes."""
    return re.sub(r"[^\w.-]+", "_", text).strip("._-")


def free_name(out: Path, name: str, *clip_sha256: str) -> str:
    """`name`, or `name-2`, `name-3` … when `out/name` is the result of other clips: phones reuse names.

    One clip for a report, those of all roles for a screen.
    """
    for number in count(1):
        each = name if number == 1 else f"{name}-{number}"
        if _clips_of(out / each) in (None, sorted(clip_sha256)):
            return each
    raise AssertionError("unreachable")


def _clips_of(folder: Path) -> list[str] | None:
    """SHA-256 of the clips whose result lies in `folder`, None when none does."""
    try:
        report = _document(folder)
        clips = report["clips"] if "clips" in report else [report["clip"]]
        return sorted(str(clip["sha256"]) for clip in clips)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _document(folder: Path) -> dict[str, Any]:
    """The report or screen in `folder`. Raises OSError, or ValueError when there is something else."""
    screen, report = folder / "screen.json", folder / "report.json"
    found = json.loads((screen if screen.exists() else report).read_bytes())
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


@contextmanager
def result_folder(out: Path, name: str, *clips: Path) -> Iterator[Path]:
    """A folder to write into, which becomes `out/name` when the block ends well and vanishes otherwise.

    Whether that is possible is found out on entry, before any long work. An older result of Dorsi in its
    place is replaced at the very end; files in it that are not Dorsi's move along. Raises OutputError when
    `out/name` is something else, holds one of the `clips` (or reports) read, or cannot be written.
    """
    target = out / name
    for clip in clips:
        _refuse_input(target, clip)
    _refuse_foreign(target)
    with writing(target):
        made = _make_folders(out)
        try:
            _clean_stale(out, name)
            partial, lock = _new_partial(out, name)
        except BaseException:
            _remove_empty(made)
            raise
    try:
        with writing(target):
            _probe(partial)
        yield partial
        with writing(target):
            _swap(partial, target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        _remove_empty(made)
        raise
    finally:
        os.close(lock)


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Turns what a file system says while `target` is written into an OutputError with a remedy.

    Errors of libraries that carry an `errno` (a full disk seen by the video encoder) count too.
    """
    try:
        yield
    except Exception as error:
        # A writer further down may have said it in its own words, and without the place.
        found = error.__cause__ if isinstance(error, OutputError) else error
        code = getattr(found, "errno", None)
        if found is None or (code not in _WRITE_ERRORS and not isinstance(error, OSError)):
            raise
        raise _not_written(target, code, found) from found


def _not_written(target: Path, code: int | None, error: BaseException) -> OutputError:
    if code in {errno.ENOSPC, errno.EDQUOT}:
        return OutputError("disk_full", target=target)
    if code == errno.EFBIG:
        return OutputError("file_too_large", target=target)
    if code in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return OutputError("output_read_only", target=target)
    if code in {errno.ENOTDIR, errno.EEXIST}:
        return OutputError("output_in_the_way", target=target)
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return OutputError("output_not_written", target=target, why=why)


def _refuse_input(target: Path, clip: Path) -> None:
    """Raise OutputError when `target` is what is read, or holds it."""
    place = target.resolve()
    if place == clip.resolve() or place in clip.resolve().parents:
        what = "report" if clip.suffix == ".json" else "clip"
        raise OutputError("output_holds_input", target=target, what=what)


def _refuse_foreign(target: Path) -> None:
    """Raise OutputError unless `target` is free or an older result that may be replaced."""
    if target.is_symlink():
        raise OutputError("output_is_link", target=target)
    if target.exists() and not _is_ours(target):
        raise OutputError("output_is_foreign", target=target)


def _is_ours(folder: Path) -> bool:
    """Whether a folder holds a report or a screen of Dorsi, or nothing at all."""
    try:
        return not any(folder.iterdir()) or str(_document(folder).get("schema", "")).startswith(_SCHEMAS)
    except (OSError, ValueError):
        return False


def _make_folders(out: Path) -> list[Path]:
    """Create `out`; the folders that had to be made, innermost first."""
    missing = []
    for folder in (out, *out.parents):
        if folder.exists():
            break
        missing.append(folder)
    out.mkdir(parents=True, exist_ok=True)
    return missing


def _remove_empty(folders: Sequence[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _new_partial(out: Path, name: str) -> tuple[Path, int]:
    """A fresh hidden folder and the file descriptor whose lock says that its process lives."""
    for number in count():
        partial = out / f".{name}.partial-{os.getpid()}{f'-{number}' if number else ''}"
        try:
            partial.mkdir()
        except FileExistsError:
            continue
        lock = os.open(partial, os.O_RDONLY | os.O_DIRECTORY)
        # Some network file systems have no locks; then nothing is ever taken for stale there.
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Another process may have taken the folder for stale between its making and its lock.
        if partial.exists():
            return partial, lock
        os.close(lock)
    raise AssertionError("unreachable")


def _clean_stale(out: Path, name: str) -> None:
    """Remove what killed processes left of `name`, and finish a replacement one of them was amid."""
    target = out / name
    for old in out.glob(f".{_literal(name)}.old-*"):
        if target.exists():
            _discard_old(old, target)
        else:
            old.rename(target)
    for partial in out.glob(f".{_literal(name)}.partial-*"):
        with suppress(OSError):
            lock = os.open(partial, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(partial)
            finally:
                os.close(lock)


def _literal(name: str) -> str:
    """`name` with the signs that mean something to glob made plain."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def _probe(partial: Path) -> None:
    """Write and remove a little file: a full disk or a quota shows before the long work, not after."""
    file = partial / "probe"
    with file.open("wb") as stream:
        stream.write(b"\0" * _PROBE_BYTES)
        stream.flush()
        os.fsync(stream.fileno())
    file.unlink()


def _swap(partial: Path, target: Path) -> None:
    """Put `partial` in the place of `target`; on any failure `target` is as it was."""
    if not target.exists():
        partial.rename(target)
        return
    if not _is_ours(target):
        raise OutputError("output_changed", target=target)
    old = partial.with_name(partial.name.replace(".partial-", ".old-"))
    target.rename(old)
    try:
        partial.rename(target)
    except BaseException:
        if not target.exists():
            old.rename(target)
        raise
    _discard_old(old, target)


def _discard_old(old: Path, target: Path) -> None:
    """Delete a replaced result, but first move what is not Dorsi's (a note, a picture) to the new one."""
    _rescue(old, target)
    shutil.rmtree(old, ignore_errors=True)


def _rescue(old: Path, target: Path) -> None:
    ours, clip_folders = RESULT_FILES + SCREEN_FILES, _clip_folders(old)
    for entry in list(old.iterdir()):
        place = target / entry.name
        if entry.name in clip_folders:
            # What a person laid beside one clip of a screen is worth as much.
            if any(each.name not in ours for each in entry.iterdir()):
                place.mkdir(exist_ok=True)
                _rescue(entry, place)
        elif entry.name not in ours and not place.exists():
            entry.rename(place)


def _clip_folders(folder: Path) -> set[str]:
    """Names of the folders that a screen made for its clips; none for the result of one clip."""
    try:
        names = {str(clip["role"]) for clip in _document(folder).get("clips", ())}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {name for name in names if (folder / name).is_dir() and not (folder / name).is_symlink()}
