"""Dates as they are typed: local unless an offset is given, kept as UTC."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from dorsi.errors import UsageError
from dorsi.store import date_of

TODAY = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Sets the local time zone."""

    def set_zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-03-01", 17),
        (" 2026-03-01 ", 17),
        ("20260301", 17),
        ("2026-03-01 18:30", 23.5),
        ("2026-03-01T18:30", 23.5),
        ("2026-03-01T18:30+01:00", 17.5),
        ("2026-03-01T18:30Z", 18.5),
    ],
)
def test_what_may_be_typed(zone: Callable[[str], None], text: str, hour: float) -> None:
    zone("EST5")
    found = date_of(text, TODAY)
    assert found == datetime(2026, 3, 1, int(hour), round(hour % 1 * 60), tzinfo=UTC)
    assert found.tzinfo is UTC


@pytest.mark.parametrize("name", ["UTC0", "EST5", "JST-9", "NZST-12"])
def test_a_day_alone_stays_that_day(zone: Callable[[str], None], name: str) -> None:
    zone(name)
    assert date_of("2026-03-01", TODAY).astimezone().date().isoformat() == "2026-03-01"
    # Noon of today may not have come yet: then it is now.
    today = TODAY.astimezone().date().isoformat()
    assert date_of(today, TODAY) <= TODAY
    assert date_of(today, TODAY).astimezone().date().isoformat() == today


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("yesterday", "write it as"),
        ("", "write it as"),
        ("2026-02-30", "write it as"),
        ("01.03.2026", "write it as"),
        ("2026-13-01", "write it as"),
        ("2026-06-17", "in the future"),
        ("2026-06-15T09:01+00:00", "in the future"),
        ("0206-03-01", "cannot be meant"),
        ("0001-01-01T00:00+14:00", "cannot be meant"),
        ("9999-12-31T23:59-14:00", "cannot be meant"),
    ],
)
def test_what_may_not(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        date_of(text, TODAY)
