"""Keeps native libraries off the terminal: their logs go straight to file descriptor 2, past Python.

Used by the command line around a measurement; a program that uses Dorsi as a library keeps its own stderr
untouched. Not here: progress and error lines (see `cli/`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TextIO

__all__ = ["quiet", "quiet_until_exit"]

_STDERR = 2


class _Switch:
    """File descriptor 2, turned off by the first to enter and on again by the last to leave."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._depth = 0
        self._off = False
        self._python: TextIO | None = None
        # Never closed, not even at the end (`closefd`, or Python warns of it): a library may have taken it as
        # its `sys.stderr` and log to it much later.
        self._true: TextIO | None = None

    def enter(self) -> TextIO:
        """Turn off; the stream that still reaches the true stderr."""
        with self._lock:
            if self._depth == 0:
                self._turn_off()
            self._depth += 1
            # A stand-in for `sys.stderr` does not go through the descriptor and still works.
            return self._true if self._python is not None and self._true is not None else sys.stderr

    def leave(self) -> None:
        """Turn on again when nobody else is inside."""
        with self._lock:
            self._depth -= 1
            if self._depth == 0 and self._off:
                self._turn_on()

    def _turn_off(self) -> None:
        try:
            if self._true is None:
                encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
                self._true = os.fdopen(
                    os.dup(_STDERR), "w", buffering=1, encoding=encoding, errors="replace", closefd=False
                )
            else:
                os.dup2(_STDERR, self._true.fileno(), inheritable=False)
        except OSError:  # no stderr at all (a daemon): nothing to hide, nowhere to write
            return
        if _is_descriptor_2(sys.stderr):
            # Python's own messages are not noise: they keep their way out.
            sys.stderr.flush()
            self._python, sys.stderr = sys.stderr, self._true
        void = os.open(os.devnull, os.O_WRONLY)
        os.dup2(void, _STDERR)
        os.close(void)
        self._off = True

    def _turn_on(self) -> None:
        if self._true is None:
            return
        with suppress(OSError):
            self._true.flush()
        os.dup2(self._true.fileno(), _STDERR)
        if self._python is not None:
            sys.stderr, self._python = self._python, None
        self._off = False


def _is_descriptor_2(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.fileno() == _STDERR
    except (OSError, ValueError):  # a stand-in without a descriptor
        return False


_SWITCH = _Switch()


@contextmanager
def quiet(enabled: bool = True) -> Iterator[TextIO]:
    """Send what is written to file descriptor 2 to nowhere; gives a stream to the true stderr.

    `sys.stderr` keeps working. May be nested and entered from several threads: stderr comes back when the
    last one leaves, also after an error. With `enabled` false nothing is hidden (`--verbose`).
    """
    if not enabled:
        yield sys.stderr
        return
    stream = _SWITCH.enter()
    try:
        yield stream
    finally:
        _SWITCH.leave()


def quiet_until_exit() -> None:
    """Like `quiet`, for the rest of the process: threads of native libraries outlive the call they served.

    For a program's entry point only. `sys.stderr` keeps working.
    """
    _SWITCH.enter()
