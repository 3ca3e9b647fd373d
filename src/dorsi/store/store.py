"""`Store`: what is kept of every runner, put in, looked up, deleted, exported and imported.

Not here: SQL of single rows (`rows.py`), where it lies (`database.py`), what an export looks like
(`archive.py`).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Self

import pydantic
from sqlalchemy import delete, select

from dorsi.errors import RunnerUnknown, StoreError
from dorsi.names import clean_name, close_names, key_of
from dorsi.report.model import Report
from dorsi.store import archive, rows
from dorsi.store.database import BUSY_S
from dorsi.store.opening import open_database
from dorsi.store.place import StoreAt, check_writable, store_path
from dorsi.store.records import Imported, Kept, Point, Record, Runner, Screen
from dorsi.store.schema import measurement as measurement_table
from dorsi.store.schema import runner as runner_table
from dorsi.types import Side

__all__ = ["Store", "check_store", "import_export"]


class Store:
    """The store in the file `path`, or in the database of a server when that is a URL (see `store_path` for
    None); made when missing, unless `create` is false.

    Any number of processes may use it at once: each call is one transaction. Names of runners are compared
    without regard to case and extra spaces. Raises StoreError on what is no store, comes from a newer Dorsi
    or cannot be used; every method does so too.
    """

    def __init__(
        self, path: str | StoreAt | None = None, *, create: bool = True, busy_s: float = BUSY_S
    ) -> None:
        self._database = open_database(store_path(path), create=create, busy_s=busy_s)

    @property
    def path(self) -> StoreAt:
        """The file, or the database of a server."""
        return self._database.path

    def close(self) -> None:
        """Let go of it."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def add_report(self, runner: str, report: Report, measured_at: datetime | None = None) -> Kept:
        """Keep a whole report for a runner, who is made when not known. Nothing that is kept gets lost.

        The same report again changes nothing. Another report of the same leg in the same clip (a newer
        Dorsi, the side corrected) counts from now on, and the earlier one stays as an older version. Without
        `measured_at` a clip keeps the date it has, a new one gets this moment; with it the clip moves there.
        Raises StoreError on a report without a number or a moment without a time zone, UsageError on a name.
        """
        name = clean_name(runner)
        if report.as_reviewed().status != "measured":
            raise StoreError("clip_without_number", file=report.clip.file)
        with self._database.writing() as connection:
            owner = rows.find_or_add_runner(connection, name)
            return rows.put_report(connection, owner, report.to_json(), report, measured_at)

    def add_screen(self, runner: str, text: str, measured_at: datetime | None = None) -> Kept:
        """Keep the text of a screen.json for a runner; the same text again changes nothing (but its date).

        Raises StoreError when the text is not a screen of Dorsi, UsageError on a name.
        """
        name = clean_name(runner)
        archive.check_screen(text, "The screen")
        with self._database.writing() as connection:
            owner = rows.find_or_add_runner(connection, name)
            return rows.put_screen(connection, owner, text, measured_at)

    def runners(self) -> list[Runner]:
        """Everybody in the store, by name."""
        with self._database.reading() as connection:
            return rows.runners(connection)

    def runner(self, name: str) -> Runner:
        """The runner of that name. Raises RunnerUnknown, with names that are close."""
        known = {key_of(each.name): each for each in self.runners()}
        if (found := known.get(key_of(name))) is not None:
            return found
        who = {"runner": clean_name(name), "path": self.path}
        if close := close_names(name, [each.name for each in known.values()]):
            raise RunnerUnknown("runner_misspelt", **who, near=" or ".join(f"“{each}”" for each in close))
        raise RunnerUnknown("runner_unknown" if known else "runner_in_empty_store", **who)

    def history(self, runner: str, *, versions: bool = False) -> list[Record]:
        """The runner's measurements, oldest first; with `versions` also those that were measured again.

        Raises RunnerUnknown.
        """
        name = self.runner(runner).name
        with self._database.reading() as connection:
            found = rows.records(connection, name)
        return [each for each in found if versions or each.current]

    def report(self, record: Record) -> Report:
        """The whole report of a measurement. Raises StoreError when it is no longer there, or damaged."""
        with self._database.reading() as connection:
            query = select(measurement_table.c.report).where(measurement_table.c.id == record.id)
            text = connection.execute(query).scalar()
        if text is None:
            raise StoreError("stored_report_gone", file=record.clip_file, path=self.path)
        try:
            return Report.model_validate_json(text)
        except pydantic.ValidationError as error:
            raise StoreError("stored_report_damaged", file=record.clip_file, path=self.path) from error

    def screens(self, runner: str) -> list[Screen]:
        """The runner's screens, oldest first. Raises RunnerUnknown."""
        name = self.runner(runner).name
        with self._database.reading() as connection:
            return rows.screens(connection, name)

    def series(
        self, runner: str, measurement: str, side: Side | None, test: str | None = None
    ) -> list[Point]:
        """Values of one quantity (a key of the report's measurements) on one side, oldest first.

        Side None are the measurements whose side is not known. `test` None takes every test that gives the
        quantity; only those of one test can be compared. Raises RunnerUnknown.
        """
        return [
            Point(each.measured_at, found.value, found.uncertainty_95, each, found.repeatability_95)
            for each in self.history(runner)
            if each.side == side and test in (None, each.test)
            if (found := each.values.get(measurement)) is not None and found.value is not None
        ]

    def forget(self, name: str) -> Runner:
        """Delete a runner and everything of theirs, down to the bytes in the files; who it was.

        Raises RunnerUnknown. When another program is in the way, the rows go at once and what is left is
        written anew the next time the store is opened.
        """
        found = self.runner(name)
        with self._database.writing() as connection:
            connection.execute(delete(runner_table).where(runner_table.c.key == key_of(name)))
            self._database.must_rewrite(connection)
        with suppress(StoreError):
            self._database.rewrite()
        return found

    def export_zip(self, path: str | Path, runner: str | None = None) -> list[Runner]:
        """Write everything of a runner (None: of everybody) into a new zip file; whose it is.

        The file is whole or not there. Raises RunnerUnknown, OutputError when it exists or cannot be
        written, StoreError when there is nothing to export or too much for one file.
        """
        chosen = self.runners() if runner is None else [self.runner(runner)]
        if not chosen:
            raise StoreError("store_holds_nobody", path=self.path)
        with self._database.reading() as connection:
            archive.write(connection, [each.name for each in chosen], Path(path))
        return chosen

    def import_zip(self, path: str | Path) -> Imported:
        """Take over what an export holds: all of it or nothing. What is there already stays as it is.

        Raises StoreError on anything that is not a whole, unchanged export.
        """
        with archive.opened(Path(path)) as found:
            # Everything is checked before the store is locked.
            found.check()
            return self._take_over(found)

    def _take_over(self, found: archive.Export) -> Imported:
        with self._database.writing() as connection:
            return found.take_over(connection)


def check_store(at: StoreAt) -> None:
    """Raise StoreError when nothing could be kept there; nothing is made. For what takes long before."""
    if isinstance(at, Path):
        check_writable(at)
        if at.exists():
            Store(at).close()
        return
    try:
        Store(at, create=False).close()
    except StoreError as error:
        if error.code != "store_missing":
            raise


def import_export(export: str | Path, store: str | Path | None = None) -> tuple[Imported, StoreAt]:
    """Take over an export into the store `store`, made when missing, but no file for an export that is
    refused; what came of it, and the store. Raises StoreError like `Store` and `Store.import_zip`."""
    path = store_path(store)
    with archive.opened(Path(export)) as found:
        found.check()
        new = None
        if isinstance(path, Path):
            check_writable(path)
            new = None if path.exists() else path
        try:
            with Store(path) as opened:
                return opened._take_over(found), path  # noqa: SLF001
        except BaseException as error:
            # Where somebody else writes, the store is theirs.
            if new is not None and getattr(error, "code", "") != "store_in_use":
                new.unlink(missing_ok=True)
            raise
