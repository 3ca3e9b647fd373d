"""Dorsi: film the lunge test with a phone, get a shin angle you can trust, with the proof on the video.

`measure` does one clip, `screen_clips` a person; the rest is here for type hints and error handling. Names
load on first use, so `import dorsi` is light. Not here: code.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dorsi.errors import DorsiError
    from dorsi.report.model import Report
    from dorsi.settings import Settings
    from dorsi.workflow.measure import measure
    from dorsi.workflow.screen import screen_clips

__all__ = ["DorsiError", "Report", "Settings", "__version__", "measure", "screen_clips"]

__version__: Final = "0.8.0"

_HOMES: Final = {
    "DorsiError": "dorsi.errors",
    "Report": "dorsi.report.model",
    "Settings": "dorsi.settings",
    "measure": "dorsi.workflow.measure",
    "screen_clips": "dorsi.workflow.screen",
}


def __getattr__(name: str) -> object:
    """Load a public name from its home on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'dorsi' has no attribute {name!r}")
    from dorsi.libraries import loading

    with loading():
        value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
