"""Pose weights: which bundles Dorsi knows, where they lie, and the check that they are the right ones.

A wheel carries them as package data (`dorsi/_models/`); a checkout has them in `models/`. Nothing is ever
downloaded. Not here: running them (see `pose/`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from dorsi.digest import sha256_of
from dorsi.errors import ModelError
from dorsi.settings import ModelName

__all__ = ["WEIGHTS", "Weights", "load", "outline_model", "outline_sha256"]


@dataclass(frozen=True, slots=True)
class Weights:
    """One landmarker bundle: its file name, what the file must be (`bytes`, `sha256`), and its papers."""

    name: ModelName
    file: str
    sha256: str
    bytes: int
    origin: str
    licence: str


WEIGHTS: Final[Mapping[ModelName, Weights]] = MappingProxyType(
    {
        "heavy": Weights(
            "heavy", "pose_landmarker_heavy.task",
            "64437af838a65d18e5ba7a0d39b465540069bc8aae8308de3e318aad31fcbc7b", 30_664_242,
            "Google MediaPipe Pose Landmarker, heavy, float16", "Apache-2.0",
        ),
        "full": Weights(
            "full", "pose_landmarker_full.task",
            "980586db678f3bea5af185d5fc326fdcfd16ce085cc533ba808deebb5bedc9ff", 9_397_558,
            "Google MediaPipe Pose Landmarker, full, float16", "Apache-2.0",
        ),
    }
)  # fmt: skip

_PACKAGE: Final = Path(__file__).resolve().parent
_FOLDERS: Final = (_PACKAGE / "_models", _PACKAGE.parents[1] / "models")
"""Installed wheel first, then a checkout (`src/dorsi/` beside `models/`)."""


def load(name: ModelName, folders: Sequence[Path] = _FOLDERS) -> Path:
    """Path of the bundle `name` in the first of `folders` that has it, its size and sha256 checked.

    A bundle that is nearly right still runs and looks plausible while being tens of degrees off, so
    every load checks the whole file (well under 0.1 s). Raises ModelError when it is missing or different.
    """
    weights = WEIGHTS[name]
    path = _find(weights.file, folders)
    try:
        intact = path.stat().st_size == weights.bytes and sha256_of(path) == weights.sha256
    except OSError as error:
        raise ModelError("weights_unreadable", path=path, why=error.strerror) from error
    if not intact:
        raise ModelError("weights_changed", path=path)
    return path


def outline_model() -> Path:
    """Path of the shank outline model, read by `observe.outline`. Raises ModelError when missing."""
    return _find("shank_outline.json", _FOLDERS)


def outline_sha256() -> str:
    """SHA-256 of the outline model: it is part of what made a number."""
    return sha256_of(outline_model())


def _find(file: str, folders: Sequence[Path]) -> Path:
    path = next((folder / file for folder in folders if (folder / file).is_file()), None)
    if path is None:
        raise ModelError("model_missing", file=file)
    return path
