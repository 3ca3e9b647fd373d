"""Opens a file as a clip and as nothing else: no list of files, no address, no picture above the limits.

Not here: reading it (`probing.py`, `reading.py`), the limits themselves (`dorsi.clip_limits`).
"""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import av
import av.error
from av.stream import Disposition

from dorsi.clip_limits import ClipLimits
from dorsi.errors import ClipEmpty, ClipMissing, ClipUnreadable, DorsiError, OutputError
from dorsi.file_names import in_utf8

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

__all__ = ["error_of_system", "open_clip"]

DECODE_THREADS: Final = 3
CLIP_FORMATS: Final = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts"
"""What FFmpeg may take a file for. Its other formats draw text as pictures, or are lists of other files,
which it opens before anybody can look."""

# With a level set, the log callback wants the interpreter lock inside decoder threads and can lock up with
# a closing codec (PyAV issues 751, 909); None is silent.
av.logging.set_level(None)


def open_clip(path: Path, limits: ClipLimits) -> tuple[InputContainer, VideoStream]:
    """The container and its first real video stream, set to decode on all cores; the caller closes it.

    Raises ClipMissing, ClipEmpty, ClipRefused (bytes, pixels), ClipUnreadable.
    """
    name = path.name or str(path)
    _check_file(name, path, limits)
    # Absolute, or FFmpeg takes "12:30.mp4" for a protocol; file only, or a list reaches the network. What is
    # decoded to find out what it is counts too: a few bytes hold a picture of a gigabyte.
    options = {
        "protocol_whitelist": "file",
        "format_whitelist": CLIP_FORMATS,
        "max_pixels": str(limits.max_pixels),
    }
    try:
        # Titles and makers' names come in any coding.
        with in_utf8(path) as known:
            container = av.open(known, "r", options=options, metadata_errors="replace")
    except (av.error.FFmpegError, ValueError) as error:
        # Also FFmpeg's "input/output error": the file could be read just before, so it is its content.
        raise ClipUnreadable("clip_not_video", file=name) from error
    try:
        return container, _stream_of(name, container, limits)
    except BaseException:
        container.close()
        raise


def _check_file(name: str, path: Path, limits: ClipLimits) -> None:
    """Everything that the system has against the file, before FFmpeg can put it in words of its own."""
    try:
        if path.is_dir():
            raise ClipMissing("clip_is_folder", file=name, path=path)
        if not path.exists():
            raise ClipMissing("clip_missing", file=name)
        if not path.is_file():  # a pipe or a device, on which opening waits
            raise ClipUnreadable("clip_not_video", file=name)
        size_bytes = path.stat().st_size
        if size_bytes == 0:
            raise ClipEmpty("clip_empty", file=name)
        limits.check_bytes(name, size_bytes)
        with path.open("rb") as stream:
            stream.read(1)
    except OSError as error:
        raise error_of_system(ClipUnreadable, name, error) from error


def _stream_of(name: str, container: InputContainer, limits: ClipLimits) -> VideoStream:
    """The first real video stream, when it is within the limits by what the container says of it."""
    pictures = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not pictures:
        raise ClipUnreadable("clip_without_picture", file=name)
    stream = pictures[0]
    codec: Any = stream.codec_context
    if codec is None:
        raise ClipUnreadable("clip_codec_unknown", file=name)
    limits.check_size(name, codec.width, codec.height)
    # What the header hides, the decoder refuses before it has the memory.
    codec.options = {"max_pixels": str(limits.max_pixels)}
    stream.thread_type = "AUTO"
    # One thread for each core holds that many 4K pictures; more than this decode no faster than we look.
    stream.thread_count = DECODE_THREADS
    return stream


def error_of_system(kind: type[ClipUnreadable | OutputError], file: str, error: Exception) -> DorsiError:
    """An error of the system, or of a library, as one of Dorsi's."""
    number = getattr(error, "errno", None)
    if number == errno.ENOSPC:
        return OutputError("disk_full", target=file)
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return kind("file_not_permitted", file=file)
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return kind("file_unusable", file=file, why=why)
