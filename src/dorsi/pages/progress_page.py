"""The progress page: one self-contained HTML file, no script, phone first, prints on paper.

Not here: its layout (`templates/progress.html.j2`), sentences (`words.py`), plots (`plot.py`).
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

__all__ = ["render_page"]


def render_page(runner: str, trends: Sequence[Trend]) -> str:
    """The page as text, for a runner of any name (also one with signs that mean something to HTML)."""
    groups = [
        _group(test, measurement, list(found))
        for (test, measurement), found in groupby(trends, lambda trend: (trend.test, trend.measurement))
    ]
    return render_template("progress.html.j2", runner=runner, groups=groups)


def _group(test: str, measurement: str, trends: list[Trend]) -> dict[str, Any]:
    """What the page shows of one quantity: its sides next to each other."""
    first, quantity = trends[0], QUANTITIES[measurement]
    return {
        "main": RESULT_OF[test] == measurement,
        "title": f"{TEST_NAMES[test]}: {quantity.name.lower()}",
        "mdc": None if first.mdc is None else f"{first.mdc:g}{quantity.sign}",
        "source": first.source,
        "sides": [
            {
                "side": trend.side,
                "told": in_words(trend),
                "svg": trend_plot(trend, trends),
                "banded": trend.since_first is not None and trend.since_first.needed is not None,
                "points": [
                    {
                        "day": day_in_words(point.measured_at),
                        "value": point_in_words(trend, point),
                        "verdict": point.record.verdict_in_words,
                        "clip": point.record.clip_file,
                        "made_by": f"Dorsi {point.record.dorsi_version}, {point.record.model_name}, "
                        f"rules {point.record.rules_name} {point.record.rules_version}",
                    }
                    for point in trend.points
                ],
            }
            for trend in trends
        ],
    }
