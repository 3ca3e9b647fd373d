"""Uploads that survive a lost network: bytes kept as they come, and once a clip made of them.

The state of an upload is two files, the bytes and what they are to become, so that it outlives the server. We
keep it ourselves (tuspyserver was looked at): rights, quota and becoming a clip exactly once belong to each
step. Not here: the protocol's headers (`web/routes/uploads.py`).
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from dorsi.desk.clips import CLIP_ROLES, Clip, add_clip, check_quota, clip_of, shown_name
from dorsi.desk.desk import Desk
from dorsi.desk.place import new_id, place_of
from dorsi.desk.who import Who
from dorsi.errors import DeskError

__all__ = ["Upload", "begin", "drop", "finish", "offset_of", "upload_of", "writing"]

_MAKING: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Upload:
    """What somebody is sending; `by` is who may go on with it, `clip_id` what it became."""

    id: str
    by: str
    size_bytes: int
    name: str
    role: str
    runner_id: int | None
    clip_id: str | None = None


def _mark(who: Who) -> str:
    """Who an upload is of: it is theirs alone, also among therapists."""
    return f"{who.kind}:{who.account_id or who.link_id or ''}"


def begin(
    desk: Desk, who: Who, size_bytes: int, *, name: str, role: str = "clip", runner_id: int | None = None
) -> Upload:
    """Begin an upload. Raises DeskError when it is too large, the role is unknown, or there is no room."""
    if not who.known:
        raise DeskError("log_in_first")
    if who.kind == "link":
        runner_id = who.runner_id
    if not 0 < size_bytes <= desk.limits.upload_bytes:
        raise DeskError("upload_too_large", most_mb=desk.limits.upload_bytes / 1e6)
    if role not in CLIP_ROLES:
        raise DeskError("request_invalid", why=f"A clip cannot be filmed as “{shown_name(role)}”.")
    if runner_id is not None:
        with desk.reading() as connection:
            check_quota(desk, connection, runner_id, size_bytes)
    upload = Upload(new_id(), _mark(who), size_bytes, shown_name(name), role, runner_id)
    _bytes(desk, upload.id).touch(mode=0o600, exist_ok=False)
    _write(desk, upload)
    return upload


def upload_of(desk: Desk, who: Who, upload_id: str) -> Upload:
    """An upload of one's own. Raises DeskError where there is none."""
    if not who.known:
        raise DeskError("log_in_first")
    try:
        upload = Upload(**json.loads(_facts(desk, upload_id).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise DeskError("not_there") from error
    if upload.by != _mark(who):
        raise DeskError("not_there")
    if upload.clip_id is None and not _bytes(desk, upload.id).exists():
        # The clip was made, and the server killed before that was written down here.
        with suppress(DeskError):
            return replace(upload, clip_id=clip_of(desk, who, upload.id).id)
    return upload


def offset_of(desk: Desk, upload: Upload) -> int:
    """How many bytes are there."""
    if upload.clip_id is not None:
        return upload.size_bytes
    with suppress(OSError):
        return _bytes(desk, upload.id).stat().st_size
    return 0


@contextmanager
def writing(desk: Desk, upload: Upload, offset: int) -> Iterator[int]:
    """A file descriptor to append to, for one writer at a time. Raises DeskError when `offset` is not where
    the bytes end, or somebody else is writing."""
    lock = FileLock(_bytes(desk, upload.id).with_suffix(".lock"), timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise DeskError("upload_in_use") from error
    try:
        if offset != offset_of(desk, upload) or upload.clip_id is not None:
            raise DeskError("upload_elsewhere", offset=offset_of(desk, upload))
        handle = os.open(_bytes(desk, upload.id), os.O_WRONLY | os.O_APPEND)
        try:
            yield handle
        finally:
            os.close(handle)
    finally:
        lock.release()


def finish(desk: Desk, who: Who, upload_id: str) -> Clip | None:
    """The clip that an upload became, made now if all bytes are there; None before that. Raises DeskError."""
    with _MAKING, FileLock(_bytes(desk, upload_id).with_suffix(".done"), timeout=60):
        upload = upload_of(desk, who, upload_id)
        if upload.clip_id is not None:
            return clip_of(desk, who, upload.clip_id)
        if offset_of(desk, upload) < upload.size_bytes:
            return None
        clip = add_clip(
            desk, who, _bytes(desk, upload.id), name=upload.name, role=upload.role,
            runner_id=upload.runner_id, clip_id=upload.id,
        )  # fmt: skip
        _write(desk, replace(upload, clip_id=clip.id))
        return clip


def drop(desk: Desk, who: Who, upload_id: str) -> None:
    """End an upload; what it became already stays. Raises DeskError."""
    upload = upload_of(desk, who, upload_id)
    for file in (_bytes(desk, upload.id), _facts(desk, upload.id)):
        file.unlink(missing_ok=True)
    for ending in (".lock", ".done"):
        _bytes(desk, upload.id).with_suffix(ending).unlink(missing_ok=True)


def _bytes(desk: Desk, upload_id: str) -> Path:
    return place_of(desk.place.uploads, upload_id)


def _facts(desk: Desk, upload_id: str) -> Path:
    return _bytes(desk, upload_id).with_suffix(".json")


def _write(desk: Desk, upload: Upload) -> None:
    file = _facts(desk, upload.id)
    partial = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    partial.write_text(json.dumps(asdict(upload)), encoding="utf-8")
    partial.replace(file)
