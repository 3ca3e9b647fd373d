"""The progress page: one self-contained HTML file, no script, phone first, prints on paper.

Not here: its layout (`templates/progress.html.j2`), sentences (`progress/words.py`), plots
(`progress_plot.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from dorsi.pages.page import render_page as render_template
from dorsi.pages.progress_plot import trend_plot
from dorsi.progress.compare import Trend
from dorsi.progress.words import day_in_words, in_words, point_in_words
from dorsi.quantities import QUANTITIES, RESULT_OF, TEST_NAMES

__all__ = ["progress_content", "render_page"]


def render_page(runner: str, trends: Sequence[Trend]) -> str:
    """The page as text, for a runner of any name (also one with signs that mean something to HTML)."""
    return render_template("progress.html.j2", **progress_content(runner, trends))


def progress_content(runner: str, trends: Sequence[Trend]) -> dict[str, Any]:
    """What `progress.html.j2` is filled with."""
    groups = [
        {
            "main": RESULT_OF[test] == measurement,
            "title": f"{TEST_NAMES[test]}: {QUANTITIES[measurement].name.lower()}",
            "sign": QUANTITIES[measurement].sign,
            "sides": [(trend, in_words(trend), trend_plot(trend, found)) for trend in found],
        }
        for (test, measurement), each in groupby(trends, lambda trend: (trend.test, trend.measurement))
        if (found := list(each))
    ]
    return {
        "runner": runner, "groups": groups, "day_in_words": day_in_words, "point_in_words": point_in_words
    }  # fmt: skip
