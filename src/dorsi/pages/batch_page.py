"""The page of a batch: how many clips gave a number, how the numbers are spread, why others gave none, links.

Not here: its layout (`templates/batch.html.j2`), the rows (`report/row.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import floor
from typing import Any, Final, get_args
from urllib.parse import quote

from dorsi.pages.page import render_page
from dorsi.quantities import QUANTITIES, RESULT_OF, TEST_NAMES, TestName
from dorsi.report.row import BatchRow

__all__ = ["render_batch_html"]

STEP_DEG: Final = 5
"""Width of a bar of the distributions: about what one measurement is known to."""
STATUS: Final = {
    "measured": "measured", "not_measurable": "no number", "error": "could not be read or measured",
    "quarantined": "in quarantine: every process that tried it died",
}  # fmt: skip


def render_batch_html(rows: Sequence[BatchRow]) -> str:
    """The page as text; links are relative to the folder of the batch."""
    status = Counter[str](row.status for row in rows)
    without = [row for row in rows if row.status != "measured"]
    reasons = Counter((code, row.status) for row in without for code in row.codes[:1])
    examples = {(row.codes[0], row.status): row.message for row in reversed(without) if row.codes}
    return render_page(
        "batch.html.j2", rows=rows, total=len(rows),
        counts=[(words, status[name]) for name, words in STATUS.items() if status[name]],
        spreads=[spread for test in get_args(TestName) if (spread := _spread(test, rows))],
        reasons=[(code, count, examples.get((code, at), "")) for (code, at), count in reasons.most_common()],
        warned=Counter(code for row in rows for code in row.warnings).most_common(),
        address=lambda row: f"{quote(row.folder)}/report.html" if row.folder else "",
        sign=lambda row: QUANTITIES[row.measurement].sign if row.measurement else "",
    )  # fmt: skip


def _spread(test: TestName, rows: Sequence[BatchRow]) -> dict[str, Any] | None:
    """The distribution of one test: bars of `STEP_DEG`, and what is in the middle."""
    values = sorted(row.value for row in rows if row.test == test and row.value is not None)
    if not values:
        return None
    bars = Counter(floor(value / STEP_DEG) * STEP_DEG for value in values)
    low, high = min(bars), max(bars)
    most = max(bars.values())
    middle = values[len(values) // 2] if len(values) % 2 else sum(values[len(values) // 2 - 1 :][:2]) / 2
    return {
        "title": f"{TEST_NAMES[test]}: {QUANTITIES[RESULT_OF[test]].name.lower()}", "count": len(values),
        "median": middle, "low": values[0], "high": values[-1],
        "bars": [(at, bars[at], bars[at] / most) for at in range(low, high + STEP_DEG, STEP_DEG)],
    }  # fmt: skip
