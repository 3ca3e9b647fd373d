"""Measure several clips: one that fails does not stop the rest; side by side where there is room for it.

Not here: how one is measured (`measure.py`), thousands of them that go on after a stop (`batch.py`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from dorsi.digest import sha256_of
from dorsi.executors import Hands, Place
from dorsi.plan import Books, load_books
from dorsi.report.model import Report
from dorsi.settings import Settings
from dorsi.workflow.folders import folder_names, result_folder, writing
from dorsi.workflow.measure import ClipListener, listening, measure_into
from dorsi.workflow.orders import MeasuredElsewhere, Work, measure_order, order_of
from dorsi.workflow.stages import STAGES, Job, Stages

__all__ = ["Outcome", "in_turn", "measure_each", "measured_there"]

_ELSEWHERE: Final = "measured, all clips"

One = TypeVar("One")
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one clip of several: a report, or the error that stood in the way.

    `folder` is where the files lie, None when nothing was written.
    """

    clip: Path
    folder: Path | None
    report: Report | None
    error: Exception | None


def measure_each(
    clips: Sequence[Path],
    *,
    out: Path,
    settings: Settings,
    books: Books | None = None,
    progress: ClipListener | None = None,
    stages: Stages = STAGES,
    place: Place | None = None,
) -> Iterator[Outcome]:
    """Measure several clips, each into a folder of its own; one that fails does not stop the rest.

    In a row in this process, or side by side at a `place`; told in their order both times. There `progress`
    hears how many clips are done. Clips with the same file name get `name`, `name-2`, …, also beside results
    of earlier runs. Raises RulesError, PlanError or ModelError at once when no clip could be measured with
    these settings.
    """
    books = books or load_books()
    books.rules.rule_set(settings.rules)
    stages.check_weights(settings.model)
    named = list(zip(clips, folder_names(clips), strict=True))
    if place is None:
        for clip, name in named:
            job = Job(settings, books, listening(progress, clip), stages)
            yield _outcome(clip, partial(measure_into, out, name, clip, job, numbered=True))
        return
    with Hands(place) as hands:

        def elsewhere(each: tuple[Path, str]) -> Outcome:
            clip, name = each
            return _outcome(clip, lambda: measured_there(hands, clip, out, name, settings, books)[:2])

        for number, outcome in enumerate(in_turn(elsewhere, named, hands), 1):
            if progress is not None:
                progress(outcome.clip, _ELSEWHERE, number / len(named))
            yield outcome


def _outcome(clip: Path, work: Callable[[], tuple[Report, Path]]) -> Outcome:
    try:
        report, folder = work()
    except Exception as error:  # noqa: BLE001  also a fault of ours must not cost the other clips
        return Outcome(clip, None, None, error)
    return Outcome(clip, folder, report, None)


def in_turn(work: Callable[[One], Other], orders: Sequence[One], hands: Hands) -> Generator[Other]:
    """What `work` makes of each, in their order, as many at a time as `hands` has room for. Left early, it
    ends whatever runs."""
    with ThreadPoolExecutor(hands.place.slots, "dorsi-several") as threads:
        futures = deque(threads.submit(work, each) for each in orders)
        try:
            while futures:
                # Let go of as it is told: a report has thousands of numbers.
                yield futures.popleft().result()
        except BaseException:
            for future in futures:
                future.cancel()
            hands.stop()
            raise


def measured_there(
    hands: Hands, clip: Path, out: Path, name: str, settings: Settings, books: Books, *,
    sha256: str = "", with_bytes: bool = False, work: Work = measure_order,
    probe: Callable[[Path], object] = STAGES.probe,
) -> tuple[Report, Path, float]:  # fmt: skip
    """Measure a clip by `hands` and write its result here, whole or not at all: the report, the folder and
    what it took, s. `sha256` of the clip, where it is known. Errors as of `measure`, and DeskError
    "worker_died"."""
    probe(clip)
    with result_folder(out, name, clip, sha256=[sha256 or sha256_of(clip)]) as result:
        found = hands.do(work, order_of(clip, settings, books, with_bytes=with_bytes))
        if not isinstance(found, MeasuredElsewhere):
            raise found
        with writing(result.target):
            for file, content in found.files.items():
                (result.folder / file).write_bytes(content)
    return found.report, result.target, found.seconds
