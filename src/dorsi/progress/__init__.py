"""How a runner's measurements change over time, and which changes are more than measuring error.

Not here: keeping measurements (`store`), thresholds (`rules`).
"""

from dorsi.progress.compare import Change, Trend, trends
from dorsi.progress.words import TrendText, in_words

__all__ = ["Change", "Trend", "TrendText", "in_words", "trends"]
