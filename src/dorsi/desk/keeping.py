"""The measurements of a runner in the store follow the clips on the desk: kept, and moved with them.

Not here: how the store compares them over time (`dorsi.progress`).
"""

from __future__ import annotations

from sqlalchemy import Connection, delete

from dorsi.desk.runners import found_runner
from dorsi.report.model import Report
from dorsi.store import rows
from dorsi.store.schema import measurement

__all__ = ["keep_report", "unkeep_report"]


def keep_report(connection: Connection, runner_id: int | None, report: Report) -> None:
    """Keep a report for a runner, within a transaction: it counts from now on, an earlier one of the same leg
    in the same clip stays as an older version. Without a runner, or a number, there is nothing to keep."""
    if runner_id is None or report.as_reviewed().status != "measured":
        return
    owner = rows.find_or_add_runner(connection, found_runner(connection, runner_id).name)
    rows.put_report(connection, owner, report.to_json(), report)


def unkeep_report(connection: Connection, runner_id: int | None, clip_sha256: str) -> None:
    """Take what was measured on a clip away from a runner: it was somebody else's."""
    mine = measurement.c.runner_id == runner_id, measurement.c.clip_sha256 == clip_sha256
    connection.execute(delete(measurement).where(*mine))
