"""Thousands of clips: which there are, which are done, how one by one is measured and written down.

A manifest in the folder of results keeps a line for each clip as soon as it is done, so that a stopped batch
goes on where it was. Not here: where clips are measured (`dorsi.executors`), the summary and its page
(`batch_summary.py`, `pages/batch_page.py`).
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal

from dorsi import __version__
from dorsi.digest import sha256_of
from dorsi.errors import DeskError, DorsiError, UsageError, readable
from dorsi.executors import NO_CLUSTER, Hands, Place
from dorsi.models import WEIGHTS, outline_sha256
from dorsi.plan import Books
from dorsi.report.model import Report
from dorsi.report.row import BatchRow, Status, row_of
from dorsi.settings import Settings
from dorsi.workflow.folders import RESULT_FILES, folder_names
from dorsi.workflow.orders import Work, measure_order
from dorsi.workflow.several import in_turn, measured_there
from dorsi.workflow.stages import STAGES, Stages

__all__ = [
    "ENDINGS", "MANIFEST", "BatchClip", "Manifest", "RunnerFrom", "clips_in", "clips_listed", "done_in",
    "measure_batch",
]  # fmt: skip

ENDINGS: Final = (".3gp", ".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mts", ".webm")
"""Files of a folder that are taken for clips."""
MANIFEST: Final = "batch.jsonl"
RunnerFrom = Literal["name", "csv"]
_COLUMNS: Final = ("clip", "runner", "test", "side", "leg", "height_cm", "foot_cm")
_NUMBERS: Final = ("height_cm", "foot_cm")


@dataclass(frozen=True, slots=True)
class BatchClip:
    """One clip of a batch: its path, how it is named in the summary, whose it is (None: not said), and the
    settings that differ for it."""

    path: Path
    name: str
    runner: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


def clips_in(folder: Path, runner_from: RunnerFrom | None = None) -> list[BatchClip]:
    """Every clip below a folder, by name. With `runner_from` "name" a clip is of whom its own folder is named
    after; one that lies in `folder` itself, of whom its file is, up to the first `_`. Raises UsageError where
    there is none."""
    files = (each for each in folder.rglob("*") if each.suffix.lower() in ENDINGS and each.is_file())
    found = [
        BatchClip(file, _told(file.relative_to(folder)), _named(file, folder) if runner_from else None)
        for file in sorted(files)
        if not any(part.startswith(".") for part in file.relative_to(folder).parts) and not _is_ours(file)
    ]
    if not found:
        raise UsageError("batch_without_clips", folder=folder, endings=ENDINGS)
    return found


def _is_ours(file: Path) -> bool:
    """Whether it is a video that Dorsi made: results may lie in the same folder as clips."""
    return file.name in RESULT_FILES and (file.parent / "report.json").is_file()


def _told(path: Path) -> str:
    """A path as a table can hold it, also one that is not UTF-8; no two are told alike."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def _named(file: Path, folder: Path) -> str | None:
    if file.parent != folder:
        return readable(file.parent.name)
    before, line, _ = readable(file.stem).partition("_")
    return before.strip() or None if line else None


def clips_listed(table: Path) -> list[BatchClip]:
    """The clips of a CSV with a column `clip` (paths from the table's folder) and any of runner, test, side,
    leg, height_cm, foot_cm. Raises UsageError naming line and column."""
    try:
        with table.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream, strict=True)
            rows = list(reader)
            columns = tuple(reader.fieldnames or ()) if rows else ()
    except FileNotFoundError as error:
        raise UsageError("batch_missing", file=table.name) from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError("batch_list_unreadable", file=table.name, why=str(error)) from error
    if "clip" not in columns:
        raise UsageError("batch_list_without_column", file=table.name)
    if unknown := [str(each) for each in columns if each not in _COLUMNS]:
        raise UsageError("batch_list_column_unknown", file=table.name, columns=unknown, known=list(_COLUMNS))
    found = [_listed(table, line, row) for line, row in enumerate(rows, 2)]
    first: dict[str, int] = {}
    for line, clip in enumerate(found, 2):
        # Manifest and folders know a clip by its name: a second line would take the place of the first.
        if (before := first.setdefault(clip.name, line)) != line:
            why = f"line {before} names that clip already"
            raise UsageError("batch_list_line_invalid", file=table.name, line=line, why=why)
    return found


def _listed(table: Path, line: int, row: Mapping[str | None, str | None]) -> BatchClip:
    told = {str(name): (text or "").strip() for name, text in row.items() if name is not None}
    if not told["clip"] or None in row:
        raise UsageError(
            "batch_list_line_invalid", file=table.name, line=line, why="it names no clip, or too much"
        )
    chosen: dict[str, Any] = {k: v for k, v in told.items() if v and k not in ("clip", "runner")}
    try:
        chosen |= {name: float(chosen[name]) for name in _NUMBERS if name in chosen}
        Settings(**chosen)
    except (ValueError, DorsiError) as error:
        raise UsageError("batch_list_line_invalid", file=table.name, line=line, why=str(error)) from error
    path = table.parent / told["clip"]
    return BatchClip(path, told["clip"], told.get("runner") or None, chosen)


class Manifest:
    """What is done, in a file of one JSON object a line; a line is on the disk before the next is begun.

    Safe for threads. A half-written last line, as a cut-off run leaves it, is dropped. Raises OSError.
    """

    def __init__(self, file: Path) -> None:
        self.file, self._lock = file, Lock()
        self.rows: dict[str, BatchRow] = {}
        lines = file.read_bytes().splitlines(keepends=True) if file.exists() else []
        for line in lines:
            with suppress(ValueError, TypeError):
                told = json.loads(line)
                for name in ("codes", "warnings"):
                    told[name] = tuple(told[name])
                self.rows[told["clip"]] = BatchRow(**told)
        if lines and not lines[-1].endswith(b"\n"):
            with file.open("ab") as stream:
                stream.write(b"\n")

    def add(self, row: BatchRow) -> None:
        """Keep a row; it takes the place of an earlier one of the same clip."""
        line = json.dumps(asdict(row), ensure_ascii=False) + "\n"
        with self._lock, self.file.open("ab") as stream:
            stream.write(line.encode("utf-8", "backslashreplace"))
            stream.flush()
            os.fsync(stream.fileno())
            self.rows[row.clip] = row


def done_in(out: Path, clips: Sequence[BatchClip]) -> list[BatchRow]:
    """What the manifest of a batch knows of these clips, in their order. Raises OSError."""
    rows = Manifest(out / MANIFEST).rows
    return [rows[clip.name] for clip in clips if clip.name in rows]


def measure_batch(
    clips: Sequence[BatchClip],
    out: Path,
    place: Place,
    *,
    settings: Settings,
    books: Books,
    with_bytes: bool = False,
    retry: bool = False,
    work: Work = measure_order,
    stages: Stages = STAGES,
) -> Generator[tuple[BatchRow, Report | None]]:
    """Measure what is not done yet, told in the order of the clips with its report; done ones come without
    being measured, and without their report.

    Done is a clip whose file, settings, rules, drills and engine are those of its row, also one that has no
    number or could not be read; with `retry` errors and clips in quarantine are tried again. A clip whose
    worker died at every try is put in quarantine. Raises RulesError, ModelError, OutputError (OSError of the
    manifest) before any work, UsageError when the cluster goes away.
    """
    books.rules.rule_set(settings.rules)
    stages.check_weights(settings.model)
    out.mkdir(parents=True, exist_ok=True)
    manifest = Manifest(out / MANIFEST)
    names = _names(clips, manifest)
    with Hands(place) as hands:

        def one(clip: BatchClip) -> tuple[BatchRow, Report | None]:
            own = replace(settings, **clip.settings)
            before = manifest.rows.get(clip.name)
            facts = _facts(clip, own, books, before)
            if before is not None and _is_done(before, facts, out, retry=retry):
                return before, None
            measure = partial(
                measured_there, hands, clip.path, out, names[clip.name], own, books, sha256=facts["sha256"],
                with_bytes=with_bytes, work=work, probe=stages.probe,
            )  # fmt: skip
            row, report = _measured(measure, clip, facts)
            manifest.add(row)
            return row, report

        yield from in_turn(one, clips, hands)


def _names(clips: Sequence[BatchClip], manifest: Manifest) -> dict[str, str]:
    """A folder for each clip: that of its row, else one made of its path that no other has."""
    known = {name: row.folder for name, row in manifest.rows.items() if row.folder}
    fresh = [clip.name for clip in clips if clip.name not in known]
    plain = [Path(name).with_suffix("").as_posix().replace("/", "-").replace("..-", "") for name in fresh]
    # A stem may hold a dot, which is no ending here.
    made = folder_names([Path(f"{each}.clip") for each in (*known.values(), *plain)])[len(known) :]
    return known | dict(zip(fresh, made, strict=True))


def _facts(clip: BatchClip, settings: Settings, books: Books, before: BatchRow | None) -> dict[str, Any]:
    """What identifies clip and result; the file is read through only where size or time have changed."""
    try:
        stat = clip.path.stat()
        size, modified = stat.st_size, stat.st_mtime_ns
        same = before is not None and (before.size_bytes, before.modified_ns) == (size, modified)
        sha256 = before.sha256 if same and before is not None else sha256_of(clip.path)
    except OSError:
        size, modified, sha256 = 0, 0, ""
    made_from = {
        "clip": sha256, "dorsi": __version__, "model": WEIGHTS[settings.model].sha256,
        "outline": outline_sha256(), "rules": books.rules.rule_set(settings.rules).sha256,
        "drills": books.drills.sha256, "settings": settings.as_dict(),
    }  # fmt: skip
    key = hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()
    return {"clip": clip.name, "key": key, "sha256": sha256, "size_bytes": size, "modified_ns": modified}


def _is_done(row: BatchRow, facts: Mapping[str, Any], out: Path, *, retry: bool) -> bool:
    if row.key != facts["key"] or (retry and row.status in ("error", "quarantined")):
        return False
    return row.folder is None or (out / row.folder / "report.json").is_file()


def _measured(
    measure: Callable[[], tuple[Report, Path, float]], clip: BatchClip, facts: Mapping[str, Any]
) -> tuple[BatchRow, Report | None]:
    """The row of a clip, whatever came of it."""
    try:
        report, folder, seconds = measure()
    except CancelledError:
        raise
    except Exception as error:
        code = error.code if isinstance(error, DorsiError) else "fault"
        if code in NO_CLUSTER:
            raise  # no fault of the clip, and the next would end the same way
        died = isinstance(error, DeskError) and code == "worker_died"
        status: Status = "quarantined" if died else "error"
        return BatchRow(**facts, status=status, runner=clip.runner, codes=(code,), message=str(error)), None
    return row_of(report, facts, folder.name, clip.runner, seconds), report
