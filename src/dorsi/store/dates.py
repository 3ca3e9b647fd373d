"""Moments: always with a time zone, kept in UTC; and what a person may type for one.

Not here: how dates are shown.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Final

from dorsi.errors import StoreError, UsageError

__all__ = ["as_utc", "date_of", "now"]

FIRST_YEAR: Final = 1990


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)


def as_utc(moment: datetime) -> datetime:
    """The same moment in UTC. Raises StoreError without a time zone, which could mean any of many moments."""
    if moment.utcoffset() is None:
        raise StoreError("date_without_zone", date=moment.isoformat())
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise StoreError("date_outside_calendar", date=moment.isoformat()) from error


def date_of(text: str, today: datetime | None = None) -> datetime:
    """The moment, UTC, that `2026-03-01`, `2026-03-01 18:30` or `2026-03-01T18:30+01:00` means.

    Without an offset it is local time; a day alone is its noon (or this moment, on the day itself), so that
    it stays the same day in most time zones. Raises UsageError on anything else, or a date in the future.
    """
    today = now() if today is None else today
    try:
        day_alone = len(text.strip()) <= len("2026-03-01")
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError("date_not_understood", date=text) from None
    if not FIRST_YEAR <= moment.year <= today.year + 1:
        raise UsageError("date_of_another_age", date=text, year=moment.year)
    if day_alone:
        noon = datetime.combine(date(moment.year, moment.month, moment.day), time(12)).astimezone(UTC)
        same_day = noon.astimezone().date() == today.astimezone().date()
        moment = min(noon, today) if same_day else noon
    moment = moment.astimezone(UTC)  # a moment without an offset is taken for local time
    if moment > today:
        raise UsageError("date_in_future", date=text)
    return moment
