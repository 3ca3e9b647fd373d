"""Where a value stands on a plot: the axes that the curves of one clip and the trend over time share.

Not here: what is drawn on them (`plots.py`, `progress_plot.py`), how (`templates/svg.html.j2`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

__all__ = ["Axes", "step_of"]


@dataclass(frozen=True, slots=True)
class Axes:
    """Maps seconds and values to SVG units, about one CSS px on a phone and in each column of a wider page.

    `left`, `right`, `top` and `floor` are the edges of what is drawn in; `inset` is left free at both sides.
    """

    start_s: float
    end_s: float
    low: float
    high: float
    left: int
    right: int
    top: int
    floor: int
    inset: float = 0.0

    def x(self, time_s: float) -> float:
        """Across, SVG units."""
        share = (time_s - self.start_s) / (self.end_s - self.start_s)
        return self.left + self.inset + share * (self.right - self.left - 2 * self.inset)

    def y(self, value: float) -> float:
        """Down, SVG units."""
        return self.floor - (value - self.low) / (self.high - self.low) * (self.floor - self.top)

    def grid(self, steps: Sequence[int], most: int) -> list[int]:
        """Round values from `low` to `high`, about `most` of them."""
        step = int(step_of(self.high - self.low, steps, most))
        return [n * step for n in range(ceil(self.low / step), floor(self.high / step) + 1)]


def step_of(span: float, steps: Sequence[float], most: int) -> float:
    """The first of `steps` that a span holds at most `most` of, else the last of them."""
    return next((step for step in steps if span / step <= most), steps[-1])
