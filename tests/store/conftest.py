"""Fixtures of the store's tests: a fresh store, in a file and on a server in turn.

A test that asks for `store` runs on both; one that looks into files (`file`, `tmp_path`) on a file alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dorsi.store import Store


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Both kinds for whatever does not look into files."""
    if "kind" in metafunc.fixturenames:
        looks = {"file", "tmp_path"} & {*metafunc.fixturenames}
        metafunc.parametrize("kind", ["file"] if looks else ["file", "server"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the store lies; nothing is there yet."""
    return tmp_path / "data" / "store.sqlite3"


@pytest.fixture
def place(kind: str, request: pytest.FixtureRequest) -> str | Path:
    """Where a store may be made: a file's path, or the URL of an empty database."""
    found: str | Path = request.getfixturevalue("file" if kind == "file" else "database")
    return found


@pytest.fixture
def store(place: str | Path) -> Iterator[Store]:
    """An empty store."""
    with Store(place) as opened:
        yield opened
