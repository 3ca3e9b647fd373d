"""Evidence as a file: what is read is what was written, small, no pickle, no picture of a person.

Not here: files that are damaged or of another report (tests/workflow/test_review.py).
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pytest

from bench.record import EVIDENCE
from dorsi.engine.evidence_file import read_evidence, write_evidence

FILES = sorted(EVIDENCE.glob("*.npz"))
CLIP_S, RATE_HZ, MOST_BYTES = 30, 30, 2_000_000


def differing(a: object, b: object, where: str = "") -> list[str]:
    """Places where two records are not the same, bit for bit."""
    if is_dataclass(a):
        parts = [(each.name, getattr(a, each.name), getattr(b, each.name)) for each in fields(a)]
    elif isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        parts = [(str(n), *pair) for n, pair in enumerate(zip(a, b, strict=True))]
    elif isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        same = a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
        return [] if same else [where]
    else:
        return [] if type(a) is type(b) and repr(a) == repr(b) else [where]
    return [found for name, x, y in parts for found in differing(x, y, f"{where}.{name}")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_is_read_is_what_was_written(file: Path, tmp_path: Path) -> None:
    seen = read_evidence(file)
    write_evidence(seen, tmp_path / "again.npz")
    assert differing(seen, read_evidence(tmp_path / "again.npz")) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_half_a_minute_is_small(file: Path) -> None:
    frames = len(read_evidence(file).time_s)
    assert file.stat().st_size / frames * CLIP_S * RATE_HZ < MOST_BYTES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_holds_no_picture(file: Path) -> None:
    with np.load(file, allow_pickle=False) as loaded:
        arrays = {name: loaded[name] for name in loaded.files if name != "table"}
    assert all(array.dtype.kind in "fib" for array in arrays.values())
    # Points, lines and curves are a few numbers a frame; the smallest readable picture has thousands.
    frames = len(arrays["time_s"])
    assert max(array.size for array in arrays.values()) < 100 * frames
    assert all(array.itemsize > 1 or array.dtype.kind == "b" for array in arrays.values())
