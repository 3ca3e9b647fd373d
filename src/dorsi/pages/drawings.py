"""Drawings of the drills as inline SVG text, for pages that say how a drill is done.

Not here: the drawings (`drawings/*.svg`, made by `python -m docs`), what a drill is (`dorsi.plan`).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

__all__ = ["drawing_of"]

_FOLDER: Final = Path(__file__).with_name("drawings")


@lru_cache
def _drawings() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob("*.svg"))}


def drawing_of(name: str) -> str:
    """SVG element of the drill with this key in drills.toml; "" for a drill of a clinic's own book.

    300 × 150 px by its `viewBox`, as wide as its surroundings let it be; no ids, script or style sheet, so
    several can stand in one page. Markup of the package, no text of others: safe where a template escapes.
    """
    return _drawings().get(name, "")
