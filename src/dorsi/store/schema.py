"""The tables as they are after every migration, for writing queries; moments are kept as UTC text.

Not here: how a store gets these tables (`migrations.py`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, Dialect, Float, ForeignKey, Integer, MetaData, String, Table
from sqlalchemy.types import TypeDecorator

from dorsi.store.dates import as_utc

__all__ = ["Damaged", "Moment", "measurement", "migration", "runner", "screen", "tables", "value"]


class Damaged(ValueError):
    """Something in the store is not what was written there."""


class Moment(TypeDecorator[datetime]):
    """A moment as ISO text of one length in UTC, so that it sorts as it should."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To the store. Raises StoreError on a moment without a time zone."""
        return None if value is None else as_utc(value).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the store."""
        try:
            return None if value is None else datetime.fromisoformat(value)
        except (ValueError, TypeError) as error:
            raise Damaged(value) from error


tables = MetaData()

migration = Table(
    "migration",
    tables,
    Column("name", String, primary_key=True),
    Column("applied_at", Moment, nullable=False),
)

runner = Table(
    "runner",
    tables,
    Column("id", BigInteger, primary_key=True),
    Column("name", String, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Column("added_at", Moment, nullable=False),
)

measurement = Table(
    "measurement",
    tables,
    Column("id", BigInteger, primary_key=True),
    Column("runner_id", ForeignKey("runner.id", ondelete="CASCADE"), nullable=False),
    # The first report of the same leg in the same clip; null when this is it.
    Column("version_of", ForeignKey("measurement.id", ondelete="CASCADE")),
    Column("test", String, nullable=False),
    Column("side", String),
    Column("test_leg", String),
    Column("posture", String),
    Column("measured_at", Moment, nullable=False),
    # When this report was last put in: of several versions the latest counts.
    Column("kept_at", Moment, nullable=False),
    Column("clip_file", String, nullable=False),
    Column("clip_sha256", String, nullable=False),
    Column("dorsi_version", String, nullable=False),
    Column("model_name", String, nullable=False),
    Column("model_sha256", String, nullable=False),
    Column("rules_name", String, nullable=False),
    Column("rules_version", String, nullable=False),
    Column("rules_sha256", String, nullable=False),
    Column("verdict", String),
    # Of a squat: the parts that the verdict is of.
    Column("verdict_about", String),
    Column("report", String, nullable=False),
    Column("report_sha256", String, nullable=False),
)

value = Table(
    "value",
    tables,
    Column("measurement_id", ForeignKey("measurement.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", Float, nullable=False),
    Column("uncertainty_95", Float),
    Column("time_s", Float),
    Column("frame", Integer),
    # Null where it was not told: then all of the ± counts.
    Column("repeatability_95", Float),
)

screen = Table(
    "screen",
    tables,
    Column("id", BigInteger, primary_key=True),
    Column("runner_id", ForeignKey("runner.id", ondelete="CASCADE"), nullable=False),
    Column("measured_at", Moment, nullable=False),
    Column("kept_at", Moment, nullable=False),
    Column("text", String, nullable=False),
    Column("text_sha256", String, nullable=False),
)
