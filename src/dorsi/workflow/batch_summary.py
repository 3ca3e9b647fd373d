"""The summary of a batch: a table as CSV (and Parquet), and a page. Not here: the page's look (`pages`)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from dorsi.file_names import partial_beside
from dorsi.pages.batch_page import render_batch_html
from dorsi.report.row import BatchRow

__all__ = ["COLUMNS", "PAGE", "write_summary"]

PAGE: Final = "batch.html"
_OWN: Final = {"key", "size_bytes", "modified_ns"}
"""What the manifest alone needs."""
COLUMNS: Final = tuple(each.name for each in fields(BatchRow) if each.name not in _OWN)


def write_summary(out: Path, rows: Sequence[BatchRow]) -> list[Path]:
    """Write summary.csv, batch.html and, where the extra `batch` is installed, summary.parquet; each is whole
    at any moment. Raises OSError."""
    told = [{name: asdict(row)[name] for name in COLUMNS} for row in rows]
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in each.items()} for each in told)
    written = [
        _put(out / "summary.csv", table.getvalue().encode("utf-8", "backslashreplace")),
        _put(out / PAGE, render_batch_html(rows).encode("utf-8", "backslashreplace")),
    ]
    if find_spec("pyarrow") is not None:
        written.append(_put(out / "summary.parquet", _parquet(told)))
    return written


def _cell(value: object) -> object:
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return "" if value is None else str(value).lower() if isinstance(value, bool) else value


def _parquet(told: Sequence[dict[str, Any]]) -> bytes:
    """The same table, of typed columns: also those that are empty throughout."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"value": pa.float64(), "uncertainty_95": pa.float64(), "repeatability_95": pa.float64(),
             "seconds": pa.float64(), "heel_lifted": pa.bool_(), "codes": pa.list_(pa.string()),
             "warnings": pa.list_(pa.string())}  # fmt: skip
    schema = pa.schema([(name, types.get(name, pa.string())) for name in COLUMNS])
    plain = [{k: list(v) if isinstance(v, tuple) else v for k, v in each.items()} for each in told]
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(plain, schema=schema), stream)
    return stream.getvalue()


def _put(file: Path, content: bytes) -> Path:
    partial = partial_beside(file)
    try:
        partial.write_bytes(content)
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    return file
