"""Gives memory that was freed back to the system, and keeps it from going back too eagerly.

Decoded pictures come and go in several threads; glibc keeps what they leave, about 100 MB a clip, and a
clinic measures twenty in a row. Not here: holding less in the first place.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["for_pictures", "give_back", "keep_for_pictures"]

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt
KEPT_BYTES, PICTURE_BYTES = 1 << 30, 32 << 20
LARGE_BYTES = 16 << 20
"""Pictures of more than this, as of 4K (25 MB), go back to the system at once: glibc would keep twice as much
beside them. Fetching the memory anew costs such a clip a tenth of its time; one of 1080p a sixth."""
EAGER_TRIM_BYTES, EAGER_BYTES = 128 << 10, 4 << 20


def give_back(load: Callable[[], Any] = lambda: ctypes.CDLL(None)) -> bool:
    """Trim the heap where the C library that `load` gives knows how (glibc); whether it does."""
    try:  # Windows: TypeError
        trim = load().malloc_trim
    except (AttributeError, OSError, TypeError):
        return False
    trim(0)
    return True


def keep_for_pictures(load: Callable[[], Any] = lambda: ctypes.CDLL(None)) -> bool:
    """Have freed memory of decoded pictures kept for the next ones, where the C library knows how (glibc);
    whether it does. For a process that was told to give every freed byte back at once, as Dask tells its
    workers (MALLOC_TRIM_THRESHOLD_): fetching it anew takes a third of the time of a clip."""
    return _tune(KEPT_BYTES, PICTURE_BYTES, load)


@contextmanager
def for_pictures(picture_bytes: int, load: Callable[[], Any] = lambda: ctypes.CDLL(None)) -> Iterator[None]:
    """While it lasts, memory of pictures so large is given back at once, if they are large."""
    large = picture_bytes > LARGE_BYTES and _tune(EAGER_TRIM_BYTES, EAGER_BYTES, load)
    try:
        yield
    finally:
        if large:
            keep_for_pictures(load)


def _tune(trim_bytes: int, mmap_bytes: int, load: Callable[[], Any]) -> bool:
    try:
        tune = load().mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(tune(_TRIM_THRESHOLD, trim_bytes) and tune(_MMAP_THRESHOLD, mmap_bytes))
