"""Result folders, written whole or not at all: OUT/<name>/ appears only when everything in it is there.

A hidden partial folder beside the target takes the files and is renamed at the end, under a name that no
other process took meanwhile. A lock beside it is held while its process lives, so what a killed one left
behind is told apart and removed. Not here: what is written.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from glob import escape
from itertools import count
from pathlib import Path
from typing import Any, Final

from filelock import FileLock

from dorsi.errors import OutputError, readable
from dorsi.file_names import cut_to, hidden_stem, partial_beside

__all__ = [
    "RESULT_FILES", "SCREEN_FILES", "Result", "folder_names", "free_name", "plain_name", "renewing",
    "result_folder", "writing",
]  # fmt: skip

RESULT_FILES: Final = (
    "report.json", "report.html", "annotated.mp4", "signals.csv", "evidence.npz", "peak.jpg",
)  # fmt: skip
SCREEN_FILES: Final = ("screen.json", "screen.html", "plan.html")
"""What a screen adds: a page over one folder of `RESULT_FILES` a clip."""
_SCHEMAS: Final = ("dorsi.report/", "dorsi.screen/")
_PROBE_BYTES: Final = 1 << 16
_LOCK: Final = ".dorsi.lock"
"""Held in OUT for the moments in which folders there are renamed or cleared away."""
_WAIT_S: Final = 60.0
_NOT_IN_NAMES: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE)
"""What Windows takes in no name, and the names that it keeps for devices, whatever their ending."""
_NAME_BYTES: Final = 200
"""Longest name made of a clip's or a person's: with a number added, and hidden while it is made, it fits."""
_WRITE_ERRORS: Final = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}
)


def folder_names(clips: Sequence[Path]) -> list[str]:
    """A folder name for each clip: its file name without the ending, `-2`, `-3` … added where one is taken.

    Names differ also where a file system ignores upper and lower case, and Windows takes them too: a result
    may be copied there.
    """
    stems = [_portable(clip.stem) or "clip" for clip in clips]
    # Every plain name belongs to the first clip that has it, also before a numbered one comes to it.
    taken = {stem.casefold() for stem in stems}
    met: set[str] = set()
    names = []
    for stem in stems:
        name = stem
        if stem.casefold() in met:
            name = next(each for each in _numbered(stem) if each.casefold() not in taken)
            taken.add(name.casefold())
        met.add(stem.casefold())
        names.append(name)
    return names


def _portable(name: str) -> str:
    """`name` as every file system takes it; empty when nothing of it is left."""
    name = cut_to(_NOT_IN_NAMES.sub("_", readable(name)).strip("."), _NAME_BYTES).rstrip(". ")
    return f"_{name}" if _DEVICES.match(name) else name


def plain_name(text: str) -> str:
    """A person's name as part of a file's: `Ana_Lima`; what every file system takes."""
    return cut_to(re.sub(r"[^\w.-]+", "_", text).strip("._-"), _NAME_BYTES)


def free_name(out: Path, name: str, *clip_sha256: str) -> str:
    """`name`, or `name-2`, `name-3` … when `out/name` is the result of other clips: phones reuse names.

    One clip for a report, those of all roles for a screen.
    """
    return next(each for each in _numbered(name) if _clips_of(out / each) in (None, sorted(clip_sha256)))


def _numbered(name: str) -> Iterator[str]:
    return (name if number == 1 else f"{name}-{number}" for number in count(1))


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


@dataclass(slots=True)
class Result:
    """A result in the making: write into `folder`; once the block has ended, `target` is where it lies."""

    folder: Path
    target: Path


@contextmanager
def result_folder(out: Path, name: str, *clips: Path, sha256: Sequence[str] = ()) -> Iterator[Result]:
    """A folder to write into, which becomes `out/name` when the block ends well and vanishes otherwise.

    Whether that is possible is found out on entry, before any long work. An older result of Dorsi in its
    place is replaced at the very end; files in it that are not Dorsi's move along. With `sha256`, of the
    clips measured, the result of other clips keeps its place, also one that came meanwhile, and this one
    ends in `name-2`, `name-3` … Raises OutputError when the place holds something else, or one of the
    `clips` (or reports) read, or cannot be written.
    """
    out, name = (out / name).parent, Path(name).name
    target = out / (free_name(out, name, *sha256) if sha256 else name)
    with writing(target):
        _refuse(target, clips)
    made: list[Path] = []
    try:
        with ExitStack() as alive:
            with writing(target):
                made = [folder for folder in (out, *out.parents) if not folder.exists()]
                out.mkdir(parents=True, exist_ok=True)
                with _locked(out / _LOCK):
                    _clean_stale(out, target.name)
                    result = Result(_new_partial(out, target.name), target)
                    alive.callback(shutil.rmtree, result.folder, ignore_errors=True)
                    alive.enter_context(_locked(Path(f"{result.folder}.lock")))
                _probe(result.folder)
            yield result
            with writing(target), _locked(out / _LOCK):
                if sha256:
                    result.target = _last_place(out, name, clips, sha256)
                _swap(result.folder, result.target)
    except BaseException:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise


@contextmanager
def renewing(target: Path) -> Iterator[Path]:
    """A folder to write into, whose files take the place of those in the result `target` when the block ends
    well, report.json last; on any failure the result is as it was. Raises OutputError."""
    with ExitStack() as alive, writing(target):
        alive.enter_context(_locked(target.parent / _LOCK))
        partial = _new_partial(target.parent, target.name)
        alive.callback(shutil.rmtree, partial, ignore_errors=True)
        yield partial
        for file in sorted(partial.iterdir(), key=lambda each: each.name == "report.json"):
            file.replace(target / file.name)


def _last_place(out: Path, name: str, clips: Sequence[Path], sha256: Sequence[str]) -> Path:
    """Where the finished result may lie, as things are now: nothing found there is worth losing it."""
    for each in _numbered(name):
        place = out / each
        _finish_replacement(place)
        if _clips_of(place) in (None, sorted(sha256)):
            with suppress(OutputError):
                _refuse(place, clips)
                return place
    raise AssertionError("unreachable")


@contextmanager
def _locked(file: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock that `file` stands for, and remove the file; the system ends it with its process.

    Waiting, goes on without where there can be no lock (some network file systems). Raises OSError when it
    is not to wait and the lock cannot be had.
    """
    # Whoever may write into the folder shall be able to take the lock, whatever their umask.
    lock = FileLock(file, timeout=_WAIT_S if wait else 0.0, mode=0o666)
    try:
        lock.acquire()
    except OSError:
        if not wait:
            raise
    try:
        yield
    finally:
        if lock.is_locked:
            with suppress(OSError):  # Windows removes it on release, not before
                file.unlink()
            lock.release()


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


def _refuse(target: Path, clips: Sequence[Path]) -> None:
    """Raise OutputError unless `target` is free or an older result that may be replaced, without a clip."""
    place = target.resolve()
    for clip in clips:
        if place in (clip.resolve(), *clip.resolve().parents):
            what = "report" if clip.suffix == ".json" else "clip"
            raise OutputError("output_holds_input", target=target, what=what)
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


def _new_partial(out: Path, name: str) -> Path:
    """A fresh hidden folder."""
    for each in _numbered(partial_beside(out / name).name):
        with suppress(FileExistsError):
            (out / each).mkdir()
            return out / each
    raise AssertionError("unreachable")


def _clean_stale(out: Path, name: str) -> None:
    """Remove what killed processes left in `out`, and finish a replacement of `name` one of them was amid."""
    _finish_replacement(out / name)
    for partial in {each.with_name(each.name.removesuffix(".lock")) for each in out.glob(".*.partial-*")}:
        with suppress(OSError), _locked(Path(f"{partial}.lock"), wait=False):
            target = _target_of(partial)
            if partial.is_dir() and _is_ours(partial) and _is_ours(target):
                # Killed just after an exchange: what is here is the older result.
                _rescue(partial, target)
            shutil.rmtree(partial)


def _target_of(partial: Path) -> Path:
    """The result that a partial folder was to become, where its name is too long to be told, by looking."""
    stem = partial.name[1:].rpartition(".partial-")[0]
    long = (each for each in partial.parent.iterdir() if each.name != stem and hidden_stem(each.name) == stem)
    return next(long, partial.with_name(stem))


def _finish_replacement(target: Path) -> None:
    for old in target.parent.glob(f".{escape(hidden_stem(target.name))}.old-*"):
        if target.exists():
            _discard_old(old, target)
        else:
            old.rename(target)


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
    old = target.with_name(f".{hidden_stem(target.name)}.old-{os.getpid()}")
    if _exchanged(partial, target):
        # At no moment was there no result; the older one is where the new one was made.
        _discard_old(partial, target)
        return
    target.rename(old)
    try:
        partial.rename(target)
    except BaseException:
        if not target.exists():
            old.rename(target)
        raise
    _discard_old(old, target)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, where the system can (renameat2 of Linux); whether it did."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return bool(call(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)


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
