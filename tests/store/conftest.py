"""Fixtures of the store's tests: a fresh store in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dorsi.store import Store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the store lies; nothing is there yet."""
    return tmp_path / "data" / "store.sqlite3"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    """An empty store."""
    with Store(file) as opened:
        yield opened
