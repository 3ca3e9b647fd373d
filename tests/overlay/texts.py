"""Texts that are drawn into a picture. Not here: tests."""

from __future__ import annotations

from typing import Any

import pytest

from dorsi.overlay import drawing
from dorsi.types import Rgb

__all__ = ["drawn_texts"]


def drawn_texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Gets every text that is drawn from now on."""
    texts: list[str] = []
    put = drawing.label

    def label(rgb: Rgb, text: str, *args: Any, **more: Any) -> int:
        texts.append(text)
        return put(rgb, text, *args, **more)

    monkeypatch.setattr(drawing, "label", label)
    return texts
