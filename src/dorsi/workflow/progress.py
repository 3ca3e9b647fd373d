"""The progress page of a runner, laid down whole.

Not here: comparing (`progress`), what the page looks like (`pages/progress_page.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from dorsi.file_names import partial_beside
from dorsi.pages.progress_page import render_page
from dorsi.progress import Trend
from dorsi.workflow.folders import plain_name, writing

__all__ = ["write_page"]


def write_page(runner: str, trends: Sequence[Trend], out: Path) -> Path:
    """Write `out/progress-RUNNER.html`, whole or not at all, in the place of an older one; its path.

    Raises OutputError.
    """
    target = out / f"{'-'.join(part for part in ('progress', plain_name(runner)) if part)}.html"
    partial = partial_beside(target)
    text = render_page(runner, trends)
    with writing(target):
        out.mkdir(parents=True, exist_ok=True)
        try:
            partial.write_text(text, encoding="utf-8")
            partial.replace(target)
        finally:
            with suppress(OSError):
                partial.unlink()
    return target
