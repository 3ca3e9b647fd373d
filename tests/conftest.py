"""What every test may use: where things lie in the checkout, and how hard hypothesis tries."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from tests.postgres import Server, binaries, running

# No deadline: CI machines stall. Derandomised: a red run stays red until the code changes.
settings.register_profile("dorsi", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("dorsi")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def repo() -> Path:
    """Root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def samples() -> Path:
    """Folder of the clips with known truth."""
    return ROOT / "samples"


@pytest.fixture
def apart() -> Iterator[Path]:
    """An empty folder that every user may look into, as pytest's are not."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server of this run's own."""
    if binaries() is None:
        if os.environ.get("CI"):
            pytest.fail("there is no PostgreSQL, and in CI the tests of a store on a server must run")
        pytest.skip("the tests of a store on a server need PostgreSQL: tools/postgresql.sh installs it")
    with running() as found:
        yield found


@pytest.fixture
def database(server: Server) -> str:
    """The URL of a fresh database on it."""
    return server.url(server.new_database())
