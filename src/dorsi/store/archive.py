"""Exports, schema `dorsi.export/1`: a zip with `manifest.json` and each report and screen as a JSON file of
its own, named after its SHA-256. An import trusts nothing: nothing is unpacked to disk, every size is bounded
while reading, every checksum and report is checked before the first row is written.

Keys of the manifest may be added, never renamed. Not here: rows (`rows.py`), transactions (`store.py`).
"""

from __future__ import annotations

import json
import os
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from datetime import MAXYEAR, MINYEAR, datetime
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import pydantic
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select

from dorsi import __version__
from dorsi.errors import OutputError, StoreError, UsageError
from dorsi.file_names import partial_beside
from dorsi.names import clean_name, key_of
from dorsi.report.model import Report
from dorsi.store.dates import now
from dorsi.store.records import Imported, values_of
from dorsi.store.rows import find_or_add_runner, put_report, put_screen
from dorsi.store.schema import measurement, runner, screen
from dorsi.types import Measurement

__all__ = ["SCHEMA", "Export", "check_screen", "opened", "write"]

SCHEMA: Final = "dorsi.export/1"
MANIFEST: Final = "manifest.json"
# A report of a minute at 240 frames a second is about 1 MB.
MAX_FILE_BYTES: Final = 32 << 20
MAX_FILES: Final = 20_000
MAX_TOTAL_BYTES: Final = 2 << 30
MOST: Final = 1e6
"""Degrees, millimetres, seconds: no measurement comes near."""
MOST_FRAMES: Final = 2**31
_MEMBER: Final = re.compile(r"(?:reports|screens)/[0-9a-f]{64}\.json")
_FIXED_TIME: Final = (1980, 1, 1, 0, 0, 0)
_BAD_ZIP: Final = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error, ValueError)


def _in_calendar(moment: datetime) -> datetime:
    # The first and the last year have days that no other time zone has.
    if not MINYEAR < moment.year < MAXYEAR:
        raise ValueError("lies outside the calendar")
    return moment


_Moment = Annotated[AwareDatetime, AfterValidator(_in_calendar)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Item(_Part):
    """One JSON file of the export; `sha256` is of its bytes."""

    file: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    measured_at: _Moment
    kept_at: _Moment


class _Person(_Part):
    name: str
    added_at: _Moment
    reports: list[_Item]
    screens: list[_Item]


class _Manifest(_Part):
    schema_: Literal["dorsi.export/1"] = Field(alias="schema")
    dorsi_version: str
    exported_at: _Moment
    runners: list[_Person]


def check_screen(text: str, what: str) -> None:
    """Raise StoreError unless the text is the JSON of a screen of Dorsi; `what` begins the message."""
    try:
        found = pydantic.TypeAdapter(dict[str, Any]).validate_json(text)
    except pydantic.ValidationError as error:
        raise StoreError("screen_not_json", what=what) from error
    if not str(found.get("schema", "")).startswith("dorsi.screen/"):
        raise StoreError("screen_of_other_schema", what=what, schema=found.get("schema"))


def write(connection: Connection, names: list[str], path: Path) -> None:
    """Everything of the runners `names` into the new file `path`, which is whole or not there.

    Raises OutputError when it exists or cannot be written, StoreError when it grows too large to import.
    """
    if path.exists() or path.is_symlink():
        raise OutputError("export_exists", path=path)
    partial = partial_beside(path)
    try:
        # Opened for its owner alone: it holds what was measured on people. Windows else writes text.
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(partial, flags, 0o600), "w+b") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
                _fill(connection, names, target, path)
            stream.flush()
            os.fsync(stream.fileno())
        partial.rename(path)
    except OSError as error:
        raise OutputError("export_not_written", path=path, why=error.strerror) from error
    finally:
        with suppress(OSError):
            partial.unlink()


def _fill(connection: Connection, names: list[str], target: zipfile.ZipFile, path: Path) -> None:
    people, written, total = [], set[str](), 0
    for name in names:
        row = connection.execute(
            select(runner.c.id, runner.c.added_at).where(runner.c.key == key_of(name))
        ).one()
        person: dict[str, Any] = {"name": name, "added_at": row.added_at.isoformat()}
        for folder, table, column in (("reports", measurement, "report"), ("screens", screen, "text")):
            entries = person[folder] = []
            # Row by row: all texts together may not fit the memory.
            columns = table.c.measured_at, table.c.kept_at, table.c[column], table.c[f"{column}_sha256"]
            mine = select(*columns).where(table.c.runner_id == row.id).order_by(table.c.kept_at, table.c.id)
            for measured_at, kept_at, text, digest in connection.execute(mine.execution_options(yield_per=8)):
                file = f"{folder}/{digest}.json"
                moments = {"measured_at": measured_at.isoformat(), "kept_at": kept_at.isoformat()}
                entries.append({"file": file, "sha256": digest} | moments)
                if file in written:
                    continue
                total += _put(target, file, text)
                written.add(file)
                if total > MAX_TOTAL_BYTES or len(written) >= MAX_FILES:
                    raise StoreError("export_too_large", path=path)
        people.append(person)
    manifest = {"schema": SCHEMA, "dorsi_version": __version__, "exported_at": now().isoformat()}
    _put(target, MANIFEST, json.dumps(manifest | {"runners": people}, indent=1, ensure_ascii=False))


def _put(target: zipfile.ZipFile, file: str, text: str) -> int:
    raw = text.encode("utf-8")
    if len(raw) > MAX_FILE_BYTES:
        raise StoreError("export_part_too_large", file=file, size_mb=len(raw) >> 20)
    entry = zipfile.ZipInfo(file, _FIXED_TIME)
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    target.writestr(entry, raw)
    return len(raw)


@contextmanager
def opened(path: Path) -> Iterator[Export]:
    """An export to import from. Raises StoreError when it is none."""
    try:
        source = zipfile.ZipFile(path)
    except OSError as error:
        raise StoreError("export_unreadable", path=path, why=error.strerror or str(error)) from error
    except _BAD_ZIP as error:
        raise StoreError("export_not_zip", file=path.name, why=str(error)) from error
    with source:
        yield Export(source, path.name)


def _is_absurd(found: Measurement) -> bool:
    """Whether no clip can have given it: past what a store, or a plot, can hold."""
    # Keys that a later version added are not checked by the contract.
    numbers: tuple[object, ...] = (found.value, found.uncertainty_95, found.repeatability_95, found.time_s)
    told = [each for each in numbers if each is not None]
    frame: object = 0 if found.frame is None else found.frame
    return not (
        isinstance(frame, int)
        and 0 <= frame < MOST_FRAMES
        and all(isinstance(each, int | float) and abs(each) < MOST for each in told)
    )


class Export:
    """An open export. `check` before `take_over`."""

    def __init__(self, source: zipfile.ZipFile, name: str) -> None:
        self._source, self._name = source, name
        self._members = self._checked_members()
        self._total = 0
        self._manifest = self._read_manifest()

    def check(self) -> None:
        """Read everything once. Raises StoreError on the first thing that is wrong."""
        named = set()
        for person in self._manifest.runners:
            try:
                clean_name(person.name)
            except UsageError as error:
                raise self._wrong(f"its manifest has a name that cannot be one: {error}") from error
            for item in person.reports:
                self._report(item)
            for item in person.screens:
                check_screen(self._text(item, "screens"), f"{self._name}: {item.file}")
            named |= {item.file for item in (*person.reports, *person.screens)}
        if extra := sorted(self._members - named - {MANIFEST}):
            raise self._wrong(f"it holds files that its manifest does not name ({extra[0]})")

    def take_over(self, connection: Connection) -> Imported:
        """Put in what is not there yet, inside the caller's transaction."""
        self._total = 0
        counts: Counter[str] = Counter()
        for person in self._manifest.runners:
            name = clean_name(person.name)
            owner = find_or_add_runner(connection, name, person.added_at, look_around=False)
            counts.update(runners=1, reports=len(person.reports), screens=len(person.screens))
            counts["new_runners"] += owner.new
            # In the order in which they were kept, so that versions fall into place as they did there.
            for item in sorted(person.reports, key=attrgetter("kept_at")):
                text, report = self._report(item)
                kept = put_report(connection, owner, text, report, item.measured_at, item.kept_at)
                counts["new_reports"] += kept.outcome != "same"
            for item in sorted(person.screens, key=attrgetter("kept_at")):
                text = self._text(item, "screens")
                kept = put_screen(connection, owner, text, item.measured_at, item.kept_at)
                counts["new_screens"] += kept.outcome != "same"
        return Imported(**{each.name: counts[each.name] for each in fields(Imported)})

    def _checked_members(self) -> set[str]:
        """Names of the files inside; every one must be of the kind an export has."""
        infos = self._source.infolist()
        if len(infos) > MAX_FILES:
            raise self._wrong(f"it holds {len(infos)} files, more than an export has")
        names = {info.filename for info in infos}
        if len(names) < len(infos):
            raise self._wrong("it holds two files of one name")
        for info in infos:
            if info.filename != MANIFEST and not _MEMBER.fullmatch(info.filename):
                raise self._wrong(f"it holds “{info.filename!r}”, which is no file of an export")
            if info.flag_bits & 1:
                raise self._wrong("it is encrypted")
            if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise self._wrong(f"{info.filename} is packed in a way that an export is not")
        if MANIFEST not in names:
            raise self._wrong(f"it has no {MANIFEST}")
        return names

    def _read_manifest(self) -> _Manifest:
        raw = self._bytes(MANIFEST)
        try:
            return _Manifest.model_validate_json(raw)
        except pydantic.ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "file"
            raise self._wrong(f"its {MANIFEST} is not {SCHEMA} ({where}: {first['msg']})") from error

    def _report(self, item: _Item) -> tuple[str, Report]:
        text = self._text(item, "reports")
        try:
            report = Report.model_validate_json(text)
        except pydantic.ValidationError as error:
            raise self._wrong(f"{item.file} is not a report of Dorsi") from error
        if report.status != "measured":
            raise self._wrong(f"{item.file} is a report without a number")
        if any(_is_absurd(found) for found in values_of(report).values()):
            raise self._wrong(f"{item.file} holds a number that no measurement gives")
        return text, report

    def _text(self, item: _Item, folder: str) -> str:
        if item.file != f"{folder}/{item.sha256}.json":
            raise self._wrong(f"its manifest names “{item.file!r}”, which is no file of an export")
        if item.file not in self._members:
            raise self._wrong(f"{item.file} is missing")
        raw = self._bytes(item.file)
        if sha256(raw).hexdigest() != item.sha256:
            raise self._wrong(f"the checksum of {item.file} is wrong: the file was changed")
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise self._wrong(f"{item.file} is not text") from error

    def _bytes(self, file: str) -> bytes:
        """Read with a limit: what a zip says of its sizes is not believed."""
        try:
            with self._source.open(file) as stream:
                raw = stream.read(MAX_FILE_BYTES + 1)
        except (*_BAD_ZIP, OSError) as error:
            raise self._wrong(f"{file} cannot be unpacked ({error})") from error
        self._total += len(raw)
        if len(raw) > MAX_FILE_BYTES or self._total > MAX_TOTAL_BYTES:
            raise self._wrong(f"it grows too large when unpacked ({file})")
        return raw

    def _wrong(self, what: str) -> StoreError:
        return StoreError("export_refused", file=self._name, why=what)
