"""`dorsi batch`: a folder or a list of clips in, results and a summary out.

Not here: what is done and how it goes on after a stop (`workflow/batch.py`), one clip (`measure.py`).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Literal, TextIO

import typer

from dorsi.cli import options
from dorsi.cli.common import complain, counted, say, watched
from dorsi.cli.storing import StoreOption
from dorsi.cli.words import in_words
from dorsi.errors import DorsiError, UsageError
from dorsi.settings import Settings

if TYPE_CHECKING:
    from dorsi.cli.progress import ClipProgress
    from dorsi.report.model import Report
    from dorsi.report.row import BatchRow

__all__ = ["batch"]

_TELL_S = 10.0
"""Where there is no terminal, a line on how far it is so often."""


def batch(
    clips: Annotated[
        Path, typer.Argument(metavar="FOLDER|LIST.csv", help="Folder of clips, or a table that lists them.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of results; a stopped batch goes on there.")],
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="tcp://…", help="Dask scheduler whose workers measure; else this machine."),
    ] = None,
    workers: options.Workers = None,
    send: Annotated[
        Literal["shared", "bytes"],
        typer.Option(help="How clips reach a cluster: read by its workers at the same path, or sent."),
    ] = "shared",
    runner_from: Annotated[
        Literal["name", "csv"] | None,
        typer.Option(help="Store what is measured: runner named by the file (or folder), or by the table."),
    ] = None,
    store: StoreOption = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Try clips again that failed, or whose workers died.")
    ] = False,
    model: options.Model = "heavy",
    rules: options.Rules = "runner",
    rules_file: options.RulesFile = None,
    drills_file: options.DrillsFile = None,
    video: Annotated[bool, typer.Option(help="Write annotated.mp4 of each clip.")] = True,
    blur_face: options.BlurFace = True,
    verbose: options.Verbose = False,
) -> None:
    """Measure thousands of clips, on this machine or a cluster; stopped, it goes on where it was.

    OUT gets a folder for each clip, summary.csv (with the extra "batch" summary.parquet too), batch.html and
    batch.jsonl, which knows what is done: a clip is measured again only when it, its settings, the rules or
    Dorsi have changed. A table has a column clip, and may have runner, test, side, leg, height_cm, foot_cm.

    \b
    dorsi batch clips --out results
    dorsi batch clips --out results --runner-from name
    dorsi batch list.csv --out results --runner-from csv --no-video
    dorsi batch clips --out results --scheduler tcp://10.0.0.5:8786 --send bytes
    """
    with watched(verbose) as bar:
        from dorsi.executors import chosen
        from dorsi.plan import load_books
        from dorsi.report.model import load_report
        from dorsi.workflow.batch import clips_in, clips_listed, done_in, measure_batch
        from dorsi.workflow.batch_summary import write_summary

        if store is not None and runner_from is None:
            raise UsageError("store_without_runner")
        listed = not clips.is_dir()
        if runner_from == "csv" and not listed:
            raise UsageError("batch_runners_without_table", folder=clips)
        given = clips_listed(clips) if listed else clips_in(clips, "name" if runner_from == "name" else None)
        settings = Settings(model=model, rules=rules, video=video, blur_face=blur_face)
        books, rows, began_s = load_books(rules_file, drills_file), [], monotonic()
        told = _Told(len(given), bar.stream)
        with chosen(scheduler, workers) as place:
            work = measure_batch(
                given, out, place, settings=settings, books=books, retry=retry,
                with_bytes=send == "bytes" and not place.local,
            )  # fmt: skip
            try:
                for row, report in work:
                    rows.append(row)
                    said = told.so_far(row, fresh=report is not None)
                    bar.update(Path(row.clip), said, len(rows) / len(given))
                    _complain(row, bar)
                    if runner_from is not None and row.folder is not None:
                        report = report or load_report(out / row.folder / "report.json")
                        _keep(report, row, store, bar.stream)
            finally:
                # Also of clips that were done out of turn before a stop.
                work.close()
                done = done_in(out, given)
                written = write_summary(out, done) if done else []
        bar.hide()
        _show(rows, monotonic() - began_s)
        for file in written:
            say(f"  {file.name}: {file}")
    raise typer.Exit(_code(rows))


class _Told:
    """How far it is, at what rate, what is left; on a terminal in the bar, else in a line now and then."""

    def __init__(self, total: int, stream: TextIO) -> None:
        self._total, self._stream = total, stream
        self._began_s = self._last_s = monotonic()
        self._seen = self._fresh = 0

    def so_far(self, row: BatchRow, *, fresh: bool) -> str:
        """`12 of 800, 9.5 a minute, 1 h 23 min left`."""
        self._seen += 1
        self._fresh += fresh or row.status in ("error", "quarantined")
        now_s = monotonic()
        said = f"{self._seen} of {self._total}"
        if self._fresh and now_s > self._began_s:
            a_second = self._fresh / (now_s - self._began_s)
            said += f", {60 * a_second:.1f} a minute, {_span((self._total - self._seen) / a_second)} left"
        if not self._stream.isatty() and now_s - self._last_s > _TELL_S:
            self._last_s = now_s
            print(said, file=self._stream)
        return said


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _complain(row: BatchRow, bar: ClipProgress) -> None:
    """One line on stderr for a clip that could not be measured; a clip without a number is counted only."""
    if row.status in ("error", "quarantined"):
        bar.hide()
        held = " It is in quarantine; --retry tries it again." if row.status == "quarantined" else ""
        complain(f"{row.message}{held}", Path(row.clip), bar.stream)


def _keep(report: Report, row: BatchRow, store: str | None, stream: TextIO) -> None:
    from dorsi.store import clean_name, store_path
    from dorsi.workflow.keep import Keeper

    if row.runner is None:
        complain("not stored, because nothing says whose it is.", Path(row.clip), stream)
    elif report.status == "measured":
        try:
            Keeper(store_path(store), clean_name(row.runner), None).keep(report)
        except DorsiError as error:
            complain(f"measured, but not stored: {in_words(error)}", Path(row.clip), stream)


def _show(rows: list[BatchRow], took_s: float) -> None:
    status = Counter[str](row.status for row in rows)
    parts = [
        f"{status[name]} {words}"
        for name, words in (
            ("measured", "measured"), ("not_measurable", "without a number"), ("error", "failed"),
            ("quarantined", "in quarantine"),
        )
        if status[name]
    ]  # fmt: skip
    say(f"{counted(len(rows), 'clip')} in {_span(took_s)}: {', '.join(parts)}.")


def _code(rows: list[BatchRow]) -> int:
    status = {row.status for row in rows}
    return 4 if status & {"error", "quarantined"} else 3 if "not_measurable" in status else 0
