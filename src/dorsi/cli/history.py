"""`dorsi history`: a runner's measurements as a table. Not here: keeping them (`dorsi.store`)."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from dorsi.cli.common import guarded, say
from dorsi.cli.storing import RunnerArgument, StoreOption, aligned, day
from dorsi.quantities import TEST_NAMES, with_plus_minus

if TYPE_CHECKING:
    from dorsi.store import Record

__all__ = ["history"]


def history(
    runner: RunnerArgument,
    store: StoreOption = None,
    versions: Annotated[
        bool, typer.Option("--versions", help="Also show reports that a newer one of the same clip replaced.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print only JSON on stdout.")] = False,
) -> None:
    """List what was measured on a runner, oldest first.

    \b
    dorsi history "Ana Lima"
    dorsi history "Ana Lima" --json
    """
    with guarded():
        from dorsi.store import Store

        with Store(store, create=False) as opened:
            name = opened.runner(runner).name
            records, screens = opened.history(name, versions=versions), opened.screens(name)
    if as_json:
        document = {
            "runner": name,
            "measurements": [asdict(record) for record in records],
            "screens": [{"measured_at": screen.measured_at} for screen in screens],
        }
        say(json.dumps(document, indent=2, ensure_ascii=False, default=datetime.isoformat))
        return
    say(name)
    heads = ("date", "test", "side", "value", "verdict", "clip")
    aligned([heads, *(_row(record) for record in records)])
    if screens:
        say(f"Screens: {', '.join(day(screen.measured_at) for screen in screens)}")


def _row(record: Record) -> tuple[str, ...]:
    return (
        day(record.measured_at),
        TEST_NAMES.get(record.test, record.test).lower(),
        record.side or "not known",
        with_plus_minus(record.headline),
        record.verdict_in_words,
        record.clip_file + ("" if record.current else " (older version)"),
    )
