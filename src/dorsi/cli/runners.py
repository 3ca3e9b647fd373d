"""`dorsi runners`: who is in the store. Not here: keeping them (`dorsi.store`)."""

from __future__ import annotations

from dorsi.cli.common import guarded, say, say_json
from dorsi.cli.options import AsJson
from dorsi.cli.storing import StoreOption, aligned, day, opened

__all__ = ["runners"]


def runners(
    store: StoreOption = None,
    as_json: AsJson = False,
) -> None:
    """List the runners in the store, and where it lies.

    \b
    dorsi runners
    dorsi runners --store clinic.sqlite3
    """
    with guarded(), opened(store) as kept:
        found, path = kept.runners(), kept.path
    if as_json:
        say_json(found)
        return
    say(f"Store: {path}")
    rows = [
        (each.name, str(each.measurements), str(each.screens), day(each.last_at) if each.last_at else "–")
        for each in found
    ]
    aligned([("runner", "measurements", "screens", "last"), *rows])
