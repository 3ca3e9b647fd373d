"""What every test may use: where things lie in the checkout, and how hard hypothesis tries."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

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
