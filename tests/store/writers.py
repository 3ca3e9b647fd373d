"""Six processes that write into one store at once, and what must be in it afterwards. Not here: tests."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

from dorsi.store import Store
from tests.store.reports import at, made

__all__ = ["nothing_lost", "write_at_once"]

WRITERS, EACH = 6, 8


def write_at_once(place: str | Path) -> None:
    """Have them write, from the making of the store on; each ends well."""
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write, args=(place, number)) for number in range(WRITERS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(300)
    assert [process.exitcode for process in processes] == [0] * WRITERS


def _write(place: str | Path, number: int) -> None:
    """One process: its own measurements, some that every process writes, and a screen."""
    for turn in range(EACH):
        with Store(place) as store:
            store.add_report("Shared", made(20 + number, clip=f"{number}-{turn}.mp4"), at(1 + turn))
            store.add_report("shared ", made(30.0, clip="same.mp4"))
            store.add_report(f"Own {number}", made(40.0, clip=f"{turn}.mp4"))
            store.add_screen("Shared", f'{{"schema": "dorsi.screen/1", "by": "{number}-{turn}"}}')


def nothing_lost(place: str | Path) -> None:
    """Everything is there, once, and whole."""
    with Store(place) as store:
        shared = store.history("Shared", versions=True)
        wanted = {f"{n}-{turn}.mp4" for n in range(WRITERS) for turn in range(EACH)} | {"same.mp4"}
        assert sorted(record.clip_file for record in shared) == sorted(wanted)
        assert len(store.screens("Shared")) == WRITERS * EACH
        assert {each.name: each.measurements for each in store.runners()} == {
            "Shared": WRITERS * EACH + 1,
            **{f"Own {n}": EACH for n in range(WRITERS)},
        }
        assert all(store.report(record) for record in shared)
