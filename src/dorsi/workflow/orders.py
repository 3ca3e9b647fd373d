"""One clip measured elsewhere: what travels to another process or machine, and what comes back.

Not here: who sends it there (`dorsi.executors`), several clips (`measure.py`, `batch.py`).
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from dorsi.plan import Books
from dorsi.report.model import Report
from dorsi.settings import Settings
from dorsi.workflow.measure import check_clip, measure_clip
from dorsi.workflow.results import write_result
from dorsi.workflow.stages import STAGES, Job

__all__ = ["ClipOrder", "MeasuredElsewhere", "Work", "measure_order", "order_of"]


@dataclass(frozen=True, slots=True)
class ClipOrder:
    """A clip to measure. With `content` its bytes come along, and `clip` is only its name."""

    clip: Path
    settings: Settings
    books: Books
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class MeasuredElsewhere:
    """The report, every file of the result by its name, and what it took, s."""

    report: Report
    files: dict[str, bytes]
    seconds: float


Work = Callable[[ClipOrder], MeasuredElsewhere | Exception]


def order_of(clip: Path, settings: Settings, books: Books, *, with_bytes: bool) -> ClipOrder:
    """An order for a clip, its bytes along where the worker cannot read the file. Raises OSError."""
    if with_bytes:
        return ClipOrder(Path(clip.name), settings, books, clip.read_bytes())
    return ClipOrder(clip.absolute(), settings, books)


def measure_order(order: ClipOrder) -> MeasuredElsewhere | Exception:
    """Measure it in this process; an error comes back as a value, in a form that travels."""
    began_s = perf_counter()
    try:
        with TemporaryDirectory(prefix="dorsi-") as scratch:
            clip, folder = order.clip, Path(scratch) / "result"
            folder.mkdir()
            if order.content is not None:
                clip = Path(scratch) / order.clip.name
                clip.write_bytes(order.content)
            job = Job(order.settings, order.books, None, STAGES)
            check_clip(clip, job)
            report = write_result(folder, measure_clip(clip, job), job)
            files = {file.name: file.read_bytes() for file in sorted(folder.iterdir())}
        return MeasuredElsewhere(report, files, perf_counter() - began_s)
    except Exception as error:  # noqa: BLE001  also a fault of ours must not cost the other clips
        return _travelling(error)


def _travelling(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  our own, just written
    except Exception:  # noqa: BLE001  whatever a library's error holds
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
