"""Keep what was measured for a runner, and carry it to other stores.

Not here: the store itself (`store`), words about what became of something kept (`cli`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from dorsi.errors import UsageError
from dorsi.report.model import Report
from dorsi.store import Kept, Store, StoreAt, check_store, clean_name, date_of, store_path

__all__ = ["Keeper", "keeper"]


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps reports and screens of a runner in the store `path`, as of `date` (None: the clip's, or now)."""

    path: StoreAt
    runner: str
    date: dt.datetime | None

    def keep(self, report: Report) -> Kept:
        """Put a measured report in. Raises StoreError."""
        with Store(self.path) as opened:
            return opened.add_report(self.runner, report, self.date)

    def keep_screen(self, text: str) -> Kept:
        """Put the text of a screen.json in. Raises StoreError."""
        with Store(self.path) as opened:
            return opened.add_screen(self.runner, text, self.date)

    @property
    def day(self) -> dt.date | None:
        """The local day that was given, None for today."""
        return None if self.date is None else self.date.astimezone().date()


def keeper(runner: str | None, store: str | Path | None = None, date: str | None = None) -> Keeper | None:
    """A keeper, its store looked at before any long work; None without a runner.

    A new store is made when there is something to keep: a run that fails or is stopped leaves none behind.
    Raises UsageError, StoreError.
    """
    if runner is None:
        if store is not None or date is not None:
            raise UsageError("store_without_runner")
        return None
    found = Keeper(store_path(store), clean_name(runner), None if date is None else date_of(date))
    check_store(found.path)
    return found
