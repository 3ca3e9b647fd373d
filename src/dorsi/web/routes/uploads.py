"""Routes of resumable uploads: tus 1.0.0, core with creation, termination and expiration.

Not here: what they rest on (`desk/uploads.py`). Source: https://tus.io/protocols/resumable-upload
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import os
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from dorsi.desk.desk import Desk
from dorsi.desk.keep import UPLOAD_DAYS
from dorsi.desk.uploads import Upload, begin, drop, finish, offset_of, upload_of, writing
from dorsi.errors import DeskError
from dorsi.web.security import Asking, TheDesk

__all__ = ["router"]

router = APIRouter(prefix="/uploads", include_in_schema=False)
VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,termination,expiration"
BYTES: Final = "application/offset+octet-stream"
PART_S: Final = 0.002
PART_BYTES: Final = 1 << 18
"""So many bytes in so much time: twice what taking them in costs, and still a gigabit in all."""
CHUNK_BYTES: Final = 1 << 20
"""Written at once: a thread for every few kB of the network would cost more than the disk."""


def _headers(**more: str) -> dict[str, str]:
    return {"Tus-Resumable": VERSION} | {name.replace("_", "-"): value for name, value in more.items()}


@router.options("")
def offer(desk: TheDesk) -> Response:
    """What this server can do."""
    told = _headers(Tus_Version=VERSION, Tus_Extension=EXTENSIONS, Tus_Max_Size=str(desk.limits.upload_bytes))
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=told)


@router.post("")
def create(
    request: Request, who: Asking, desk: TheDesk, upload_length: Annotated[str, Header()] = "",
    upload_metadata: Annotated[str, Header(max_length=8000)] = "",
) -> Response:  # fmt: skip
    """Begin an upload; its address."""
    if not upload_length.isascii() or not upload_length.isdecimal() or len(upload_length) > 15:
        raise DeskError("request_invalid", why="Upload-Length must be the size in bytes.")
    told = _metadata(upload_metadata)
    runner = told.get("runner", "")
    number = int(runner) if runner.isascii() and runner.isdecimal() and len(runner) < 10 else None
    upload = begin(
        desk, who, int(upload_length), name=told.get("filename", "clip"), role=told.get("role") or "clip",
        runner_id=number,
    )  # fmt: skip
    place = request.url_for("look", upload_id=upload.id).path
    return Response(
        status_code=HTTPStatus.CREATED, headers=_headers(Location=place, Upload_Expires=_expires())
    )  # fmt: skip


def _expires() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(days=UPLOAD_DAYS), usegmt=True)


def _metadata(text: str) -> dict[str, str]:
    """`Upload-Metadata`: names, each with its value in Base64."""
    found = {}
    for pair in text.split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError) as error:
            raise DeskError("request_invalid", why="Upload-Metadata is not in Base64.") from error
    return found


@router.head("/{upload_id}")
def where(upload_id: str, who: Asking, desk: TheDesk) -> Response:
    """How many bytes are there."""
    upload = upload_of(desk, who, upload_id)
    told = _headers(
        Upload_Offset=str(offset_of(desk, upload)), Upload_Length=str(upload.size_bytes),
        Cache_Control="no-store", Upload_Expires=_expires(),
    )  # fmt: skip
    return Response(headers=told)


@router.get("/{upload_id}")
def look(upload_id: str, who: Asking, desk: TheDesk) -> JSONResponse:
    """Which clip it became, if it did."""
    upload = upload_of(desk, who, upload_id)
    clip = finish(desk, who, upload_id)
    return JSONResponse({"clip": None if clip is None else clip.id, "offset": offset_of(desk, upload)})


@router.patch("/{upload_id}")
async def append(
    request: Request, upload_id: str, who: Asking, desk: TheDesk,
    upload_offset: Annotated[str, Header()] = "", content_type: Annotated[str, Header()] = "",
) -> Response:  # fmt: skip
    """Take the next bytes; with the last one the clip is made and queued."""
    if content_type != BYTES:
        answer = {"error": "request_invalid", "message": f"Send bytes as {BYTES}."}
        return JSONResponse(answer, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if not upload_offset.isascii() or not upload_offset.isdecimal() or len(upload_offset) > 15:
        raise DeskError("request_invalid", why="Upload-Offset must be a number of bytes.")
    upload = await run_in_threadpool(upload_of, desk, who, upload_id)
    offset = int(upload_offset)
    if offset < upload.size_bytes or offset_of(desk, upload) < upload.size_bytes:
        try:
            offset = await _take(request, desk, upload, offset)
        except DeskError as error:
            if error.code not in {"upload_elsewhere", "upload_in_use"}:
                raise
            status = HTTPStatus.LOCKED if error.code == "upload_in_use" else HTTPStatus.CONFLICT
            return JSONResponse({"error": error.code, "message": str(error)}, status, _headers())
    told = _headers(Upload_Offset=str(offset), Upload_Expires=_expires())
    if offset == upload.size_bytes:
        clip = await run_in_threadpool(finish, desk, who, upload_id)
        told["Dorsi-Clip"] = "" if clip is None else clip.id
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=told)


class _Share:
    """Leaves about half of the server's time to pages, however many send at once."""

    def __init__(self) -> None:
        self.sending = 0

    async def turn(self, size_bytes: int) -> None:
        """Wait for one's turn after so many bytes."""
        await asyncio.sleep(self.sending * PART_S * size_bytes / PART_BYTES)


_SHARE: Final = _Share()


async def _take(request: Request, desk: Desk, upload: Upload, offset: int) -> int:
    """Write what comes, as far as it comes; where the bytes end now. A broken connection keeps what came."""
    loop = asyncio.get_running_loop()
    with writing(desk, upload, offset) as handle:
        held = bytearray()
        _SHARE.sending += 1
        try:
            async for part in request.stream():
                await _SHARE.turn(len(part))
                if offset + len(held) + len(part) > upload.size_bytes:
                    raise DeskError("upload_too_long")
                held += part
                if len(held) >= CHUNK_BYTES:
                    offset += await loop.run_in_executor(None, _write_all, handle, bytes(held))
                    held.clear()
        except ClientDisconnect:
            pass
        finally:
            _SHARE.sending -= 1
            if held:
                offset += _write_all(handle, bytes(held))
    return offset


def _write_all(handle: int, data: bytes) -> int:
    """A full disk may take only a part: then the rest raises."""
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]
    return len(data)


@router.delete("/{upload_id}")
def end(upload_id: str, who: Asking, desk: TheDesk) -> Response:
    """Drop an upload."""
    drop(desk, who, upload_id)
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=_headers())
