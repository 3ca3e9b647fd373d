"""Gives memory that was freed back to the system.

Decoded pictures come and go in several threads; glibc keeps what they leave, about 100 MB a clip, and a
clinic measures twenty in a row. Not here: holding less in the first place.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

__all__ = ["give_back"]


def _own_library() -> Any:
    """What this process has loaded already, the C library with it. Raises TypeError on Windows."""
    return ctypes.CDLL(None)


def give_back(load: Callable[[], Any] = _own_library) -> bool:
    """Trim the heap where the C library that `load` gives knows how (glibc); whether it does."""
    try:
        trim = load().malloc_trim
    except (AttributeError, OSError, TypeError):
        return False
    trim(0)
    return True
