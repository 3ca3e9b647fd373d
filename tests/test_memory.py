"""Memory of many clips in a row: what is freed goes back to the system."""

from __future__ import annotations

import platform
from types import SimpleNamespace
from typing import Any

import pytest

from dorsi.memory import for_pictures, give_back, keep_for_pictures


def test_the_heap_is_trimmed_to_nothing_spare() -> None:
    kept: list[int] = []
    assert give_back(lambda: SimpleNamespace(malloc_trim=kept.append))
    assert kept == [0]


def test_the_library_of_this_process_trims_where_it_is_glibc() -> None:
    assert give_back() == (platform.libc_ver()[0] == "glibc")


def test_a_library_that_cannot_trim_is_left_alone() -> None:
    assert not give_back(lambda: SimpleNamespace())


@pytest.mark.parametrize("error", [OSError("no such library"), TypeError("Windows wants a name")])
def test_a_system_that_gives_no_library_is_left_alone(error: Exception) -> None:
    def load() -> Any:
        raise error

    assert not give_back(load)


def test_freed_pictures_are_kept_where_the_library_can() -> None:
    told: list[tuple[int, int]] = []

    def tune(what: int, size: int) -> int:
        told.append((what, size))
        return 1

    assert keep_for_pictures(lambda: SimpleNamespace(mallopt=tune))
    assert told == [(-1, 1 << 30), (-3, 32 << 20)]
    assert not keep_for_pictures(lambda: SimpleNamespace())


def test_large_pictures_go_back_at_once_and_only_while_they_are_looked_at() -> None:
    told: list[tuple[int, int]] = []

    def tune(what: int, size: int) -> int:
        told.append((what, size))
        return 1

    def library() -> Any:
        return SimpleNamespace(mallopt=tune)

    with for_pictures(3 * 1920 * 1080, library):
        assert told == []
    with for_pictures(3 * 3840 * 2160, library):
        assert told == [(-1, 128 << 10), (-3, 4 << 20)]
    assert told[2:] == [(-1, 1 << 30), (-3, 32 << 20)]
    with for_pictures(3 * 3840 * 2160, SimpleNamespace):
        pass
