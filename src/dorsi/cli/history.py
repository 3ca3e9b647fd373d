"""`dorsi history`: a runner's measurements as a table. Not here: keeping them (`dorsi.store`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dorsi.cli.common import guarded, say, say_json
from dorsi.cli.options import AsJson
from dorsi.cli.storing import RunnerArgument, StoreOption, aligned, day, opened
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
    as_json: AsJson = False,
) -> None:
    """List what was measured on a runner, oldest first.

    \b
    dorsi history "Ana Lima"
    dorsi history "Ana Lima" --json
    """
    with guarded(), opened(store) as kept:
        name = kept.runner(runner).name
        records, screens = kept.history(name, versions=versions), kept.screens(name)
    if as_json:
        moments = [{"measured_at": screen.measured_at} for screen in screens]
        say_json({"runner": name, "measurements": records, "screens": moments})
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
