"""Gives memory that was freed back to the system, and keeps it from going back too eagerly.

Decoded pictures come and go in several threads; glibc keeps what they leave, about 100 MB a clip, and a
clinic measures twenty in a row. Not here: holding less in the first place.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

__all__ = ["give_back", "keep_for_pictures"]

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt
KEPT_BYTES, PICTURE_BYTES = 1 << 30, 32 << 20


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
    try:
        tune = load().mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(tune(_TRIM_THRESHOLD, KEPT_BYTES) and tune(_MMAP_THRESHOLD, PICTURE_BYTES))
