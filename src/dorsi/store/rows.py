"""Rows in and out, inside the caller's transaction. Not here: transactions, checks of what comes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, select, update

from dorsi.names import close_names, key_of
from dorsi.report.model import Report
from dorsi.store.dates import as_utc, now
from dorsi.store.records import Kept, Outcome, Record, Runner, Screen, columns_of, digest_of, values_of
from dorsi.store.schema import measurement, runner, screen, value
from dorsi.types import Measurement, Side

__all__ = ["Owner", "find_or_add_runner", "put_report", "put_screen", "records", "runners", "screens"]

Rows = Sequence[Row[Any]]
_latest: Final = attrgetter("kept_at", "id")


class Owner:
    """The runner that something is put in for; `similar` are close names when the runner is `new`."""

    def __init__(self, number: int, name: str, *, new: bool = False, similar: Sequence[str] = ()) -> None:
        self.id, self.name, self.new, self.similar = number, name, new, tuple(similar)

    def kept(
        self, outcome: Outcome, measured_at: datetime, redated_from: datetime | None = None,
        other_side: Side | None = None,
    ) -> Kept:  # fmt: skip
        """What became of something of theirs."""
        return Kept(self.name, outcome, measured_at, redated_from, self.new, self.similar, other_side)


def find_or_add_runner(
    connection: Connection, name: str, added_at: datetime | None = None, *, look_around: bool = True
) -> Owner:
    """The runner of a clean name, made when there is none. Without `look_around` names that are close are not
    sought: for thousands of runners that takes minutes."""
    key = key_of(name)
    found = connection.execute(select(runner.c.id, runner.c.name).where(runner.c.key == key)).first()
    if found is not None:
        return Owner(found.id, found.name)
    names = connection.execute(select(runner.c.name)).scalars() if look_around else ()
    similar = close_names(name, names)
    row = {"name": name, "key": key, "added_at": added_at or now()}
    return Owner(_insert(connection, runner, row), name, new=True, similar=similar)


def put_report(
    connection: Connection, owner: Owner, text: str, report: Report,
    measured_at: datetime | None = None, kept_at: datetime | None = None,
) -> Kept:  # fmt: skip
    """Put a measured report in (see `Store.add_report`). `kept_at` is given for one that another store kept:
    it then takes its place among the versions, and one that is there already stays as it is."""
    columns, digest = columns_of(report), digest_of(text)
    of_clip = _of_clip(connection, owner.id, columns["clip_sha256"], columns["test"])
    families = _families(of_clip)
    family = _family(families, columns, digest)
    known = next((row for row in family if row.report_sha256 == digest), None)
    if known is not None and kept_at is not None:
        return owner.kept("same", known.measured_at)
    current = family[-1] if family else None
    before = current.measured_at if current is not None else None
    # The clip itself may say when it was filmed.
    filmed = None if report.captured_at is None else as_utc(report.captured_at)
    when = as_utc(measured_at) if measured_at is not None else before or filmed or now()
    moved = before if before is not None and before != when and kept_at is None else None
    if moved is not None:
        numbers = [row.id for row in family]
        connection.execute(update(measurement).where(measurement.c.id.in_(numbers)).values(measured_at=when))
    if known is None:
        first = None if current is None else current.version_of or current.id
        row = {"runner_id": owner.id, "version_of": first, "measured_at": when, "kept_at": kept_at or now()}
        number = _insert(connection, measurement, row | columns | {"report": text, "report_sha256": digest})
        _put_values(connection, number, values_of(report))
    elif known is not current:
        connection.execute(update(measurement).where(measurement.c.id == known.id).values(kept_at=now()))
    outcome: Outcome = "added" if current is None else "same" if known is current else "replaced"
    others = {each[-1].side for each in families if each is not family} - {None, columns["side"]}
    return owner.kept(outcome, when, redated_from=moved, other_side=min(others, default=None))


def _of_clip(connection: Connection, runner_id: int, clip_sha256: str, test: str) -> Rows:
    columns = (
        measurement.c[name]
        for name in ("id", "version_of", "side", "test_leg", "measured_at", "kept_at", "report_sha256")
    )
    return connection.execute(
        select(*columns).where(
            measurement.c.runner_id == runner_id,
            measurement.c.clip_sha256 == clip_sha256,
            measurement.c.test == test,
        )
    ).all()


def _families(of_clip: Rows) -> list[Rows]:
    """Reports of one clip sorted by the leg they are of; the current version last in each."""
    found: dict[int, list[Row[Any]]] = {}
    for row in sorted(of_clip, key=_latest):
        found.setdefault(row.version_of or row.id, []).append(row)
    return list(found.values())


def _family(families: Sequence[Rows], columns: dict[str, Any], digest: str) -> Rows:
    """The versions that a report belongs to: those that have it, else those whose current one has the leg's
    name, or is the same one of the two legs in the picture (its name was corrected); none when it is new."""
    for family in families:
        if any(row.report_sha256 == digest for row in family):
            return family
    for name in ("side", "test_leg"):
        for family in families:
            known = getattr(family[-1], name)
            if known == columns[name] and (name == "side" or known is not None):
                return family
    return []


def _put_values(connection: Connection, number: int, found: dict[str, Measurement]) -> None:
    entries = [{"measurement_id": number, "name": name} | asdict(each) for name, each in found.items()]
    if entries:
        connection.execute(insert(value), entries)


def put_screen(
    connection: Connection, owner: Owner, text: str,
    measured_at: datetime | None = None, kept_at: datetime | None = None,
) -> Kept:  # fmt: skip
    """Put the text of a screen in; `kept_at` is given for one that another store kept."""
    digest = digest_of(text)
    same = (screen.c.runner_id == owner.id) & (screen.c.text_sha256 == digest)
    known = connection.execute(select(screen.c.measured_at).where(same)).scalar()
    when = as_utc(measured_at) if measured_at is not None else known or now()
    if known is None:
        row = {"runner_id": owner.id, "measured_at": when, "kept_at": kept_at or now()}
        _insert(connection, screen, row | {"text": text, "text_sha256": digest})
        return owner.kept("added", when)
    if when == known or kept_at is not None:
        return owner.kept("same", known)
    connection.execute(update(screen).where(same).values(measured_at=when))
    return owner.kept("same", when, redated_from=known)


def _insert(connection: Connection, table: Any, row: dict[str, Any]) -> int:
    done = connection.execute(insert(table).values(row)).inserted_primary_key
    return int(done[0]) if done is not None else 0


def runners(connection: Connection) -> list[Runner]:
    """Everybody, by name."""

    def count(table: Any, what: ColumnElement[Any]) -> Any:
        return select(what).where(table.c.runner_id == runner.c.id).scalar_subquery()

    first = func.coalesce(measurement.c.version_of, measurement.c.id)
    found = connection.execute(
        select(
            runner.c.name,
            runner.c.added_at,
            count(measurement, func.count(first.distinct())).label("measurements"),
            count(screen, func.count()).label("screens"),
            count(measurement, func.max(measurement.c.measured_at, type_=measurement.c.measured_at.type)),
            count(screen, func.max(screen.c.measured_at, type_=screen.c.measured_at.type)),
        ).order_by(runner.c.key)
    )
    return [
        Runner(name, added_at, measured, screened, max((m for m in moments if m), default=None))
        for name, added_at, measured, screened, *moments in found
    ]


def records(connection: Connection, name: str) -> list[Record]:
    """Every measurement of a runner, older versions too, by date."""
    mine = select(runner.c.id).where(runner.c.key == key_of(name)).scalar_subquery()
    columns = [each for each in measurement.c if each.name not in _NOT_IN_RECORDS]
    every: Select[Any] = (
        select(*columns, measurement.c.version_of)
        .where(measurement.c.runner_id == mine)
        .order_by(measurement.c.measured_at, measurement.c.kept_at, measurement.c.id)
    )
    found = connection.execute(every).all()
    values: dict[int, dict[str, Measurement]] = {row.id: {} for row in found}
    for row in connection.execute(
        select(value).join(measurement).where(measurement.c.runner_id == mine).order_by(value.c.name)
    ):
        number = Measurement(row.value, row.uncertainty_95, row.time_s, row.frame, row.repeatability_95)
        values[row.measurement_id][row.name] = number
    latest: dict[int, Row[Any]] = {}
    for row in sorted(found, key=_latest):
        latest[row.version_of or row.id] = row
    newest = {row.id for row in latest.values()}
    return [
        Record(
            **{key: entry for key, entry in row._mapping.items() if key != "version_of"},  # noqa: SLF001
            runner=name,
            current=row.id in newest,
            values=values[row.id],
        )
        for row in found
    ]


_NOT_IN_RECORDS = frozenset({"runner_id", "version_of", "test_leg", "report", "report_sha256"})


def screens(connection: Connection, name: str) -> list[Screen]:
    """Every screen of a runner, by date."""
    found = connection.execute(
        select(screen.c.measured_at, screen.c.kept_at, screen.c.text)
        .join(runner)
        .where(runner.c.key == key_of(name))
        .order_by(screen.c.measured_at, screen.c.kept_at, screen.c.id)
    )
    return [Screen(name, *row) for row in found]
