"""`dorsi runners`: who is in the store. Not here: keeping them (`dorsi.store`)."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from dorsi.cli.common import guarded, say
from dorsi.cli.storing import StoreOption, aligned, day

__all__ = ["runners"]


def runners(
    store: StoreOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print only JSON on stdout.")] = False,
) -> None:
    """List the runners in the store, and where it lies.

    \b
    dorsi runners
    dorsi runners --store clinic.sqlite3
    """
    with guarded():
        from dorsi.store import Store

        with Store(store, create=False) as opened:
            found, path = opened.runners(), opened.path
    if as_json:
        say(
            json.dumps(
                [asdict(each) for each in found], indent=2, ensure_ascii=False, default=datetime.isoformat
            )
        )
        return
    say(f"Store: {path}")
    rows = [
        (each.name, str(each.measurements), str(each.screens), day(each.last_at) if each.last_at else "–")
        for each in found
    ]
    aligned([("runner", "measurements", "screens", "last"), *rows])
