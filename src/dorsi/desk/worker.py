"""One job, in a process of its own: what may open clips that strangers sent.

`work` is what an executor is handed: it opens the desk anew, measures within limits, and ends the job in the
transaction that keeps the result. Not here: who starts and ends it (`crew.py`), the queue (`queue.py`).
"""

from __future__ import annotations

import json
import os
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic, process_time
from typing import Final, Literal, NoReturn

from sqlalchemy import Connection, select

from dorsi.clip_limits import ClipLimits
from dorsi.desk.answers import answers_of
from dorsi.desk.clips import Clip, found_clip
from dorsi.desk.desk import Desk
from dorsi.desk.keeping import keep_report, unkeep_report
from dorsi.desk.limits import Limits
from dorsi.desk.place import Place, put_on_disk
from dorsi.desk.queue import ENGINE, Lost, Taken, beat, end_in, fail, told_worker
from dorsi.desk.summary import summary_of, urgency_of
from dorsi.digest import sha256_of
from dorsi.engine.evidence import Evidence
from dorsi.errors import ClipUnreadable, DeskError, DorsiError, OutputError, StoreError, UsageError
from dorsi.executors import OUT_OF_TIME
from dorsi.libraries import loading
from dorsi.profile import Clearance, Profile
from dorsi.report.model import Report, load_report
from dorsi.screen.model import ROLES
from dorsi.screen.sides import SIDE_OF, TEST_OF, seen_leg
from dorsi.settings import Settings
from dorsi.store.desk_schema import clip as table
from dorsi.types import StageListener
from dorsi.workflow.folders import result_folder, writing
from dorsi.workflow.measure import MeasuredClip, measure_clip, named
from dorsi.workflow.results import write_result
from dorsi.workflow.review import redraw
from dorsi.workflow.stages import STAGES, Job, Stages

__all__ = ["BEAT_S", "PROXY", "Ends", "Order", "StagesOf", "default_stages", "do", "work"]

PROXY: Final = "proxy.mp4"
"""The clip as the review page plays it: one key picture for each frame of the evidence."""
BEAT_S: Final = 5.0
TELL_S: Final = 0.5
CV2_NO_MEMORY: Final = -4
CPU_GRACE_S: Final = 5
_PACKAGE: Final = Path(__file__).resolve().parents[1]
Ends = Literal["done", "failed", "lost"]


@dataclass(frozen=True, slots=True)
class StagesOf:
    """The stages of a worker, and how it writes the proxy of a clip."""

    stages: Stages
    proxy: Callable[[Path, Path, Evidence, StageListener | None], object]


def default_stages(limits: Limits) -> StagesOf:
    """Dorsi's own, with a desk's limits on what a clip may be."""
    with loading():
        from dorsi.overlay.proxy import write_proxy
        from dorsi.video import probe

    allowed = ClipLimits(
        max_bytes=limits.upload_bytes, max_duration_s=limits.clip_duration_s, max_side_px=limits.clip_side_px
    )

    def observe(clip: Path, settings: Settings, listen: StageListener | None) -> Evidence:
        probe(clip, allowed)
        return STAGES.observe(clip, settings, listen)

    def proxy(clip: Path, out: Path, seen: Evidence, listen: StageListener | None) -> object:
        return write_proxy(clip, out, evidence=seen, listen=listen)

    return StagesOf(replace(STAGES, observe=observe), proxy)


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker needs to know; plain, so that it travels to any process."""

    place: Place
    limits: Limits
    job: Taken


def work(order: Order, stages_of: Callable[[Limits], StagesOf] = default_stages) -> Ends:
    """Do one job, in a process that does nothing else; how it ended. Raises StoreError: whatever else stands
    in the way is told in the job."""
    _limit(order.limits)
    with Desk(order.place, order.limits) as desk:
        try:
            told_worker(desk, order.job)
            with _alive(desk, order) as listen:
                return do(desk, order.job, stages_of, listen)
        except Lost:
            return "lost"


def do(
    desk: Desk, job: Taken, stages_of: Callable[[Limits], StagesOf], listen: StageListener | None = None
) -> Ends:
    """Do one job, whose process and limits are another's matter; how it ended. Raises StoreError."""
    try:
        used = stages_of(desk.limits)
        if job.kind == "redraw":
            _redraw(desk, job, used, listen)
        else:
            _measure(desk, job, used, listen)
    except Lost:
        return "lost"
    except Exception as error:  # noqa: BLE001  also a fault of ours must not stop the queue
        said, where = _said(desk, job, error), _where(error)
    else:
        return "done"
    # Only here whatever filled the memory is let go of: telling needs some.
    fail(desk, job, said, where)
    return "failed"


def _said(desk: Desk, job: Taken, error: Exception) -> DorsiError:
    """An error as whoever sent the clip may read it: under the name that they know, without our paths."""
    if isinstance(error, MemoryError) or getattr(error, "code", None) == CV2_NO_MEMORY:
        return DeskError("worker_out_of_memory", most_gb=desk.limits.worker_memory_bytes / 1e9)
    if isinstance(error, OutputError | StoreError):
        return DeskError("result_not_kept")
    if not isinstance(error, ClipUnreadable | DeskError | UsageError):
        return DeskError("fault_in_worker")
    if error.params.get("file") != job.clip_id:
        return error
    with desk.reading() as connection:
        name = connection.execute(select(table.c.file_name).where(table.c.id == job.clip_id)).scalar()
    return type(error)(error.code, **error.params | {"file": name or "clip"})


def _where(error: Exception) -> str:
    """What kind of error, and the line of ours that it came through last: for who runs the desk."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if Path(each.filename).is_relative_to(_PACKAGE)]
    code = f" {error.code}" if isinstance(error, DorsiError) else ""
    return f"{type(error).__name__}{code}" + "".join(
        f" at {Path(each.filename).relative_to(_PACKAGE).as_posix()}:{each.lineno}" for each in ours[-1:]
    )


def _measure(desk: Desk, job: Taken, used: StagesOf, listen: StageListener | None) -> None:
    clip, profile, clearance = _asked(desk, job)
    source = desk.place.clip_file(clip.id)
    if not source.is_file():
        raise DeskError("clip_is_gone")
    books, name = desk.books(), Path(clip.file_name)

    def observe(path: Path, settings: Settings, told: StageListener | None) -> Evidence:
        seen = used.stages.observe(path, settings, told)
        # The report tells the name that the person knows, not the opaque one.
        return replace(seen, clip=replace(seen.clip, path=name))

    stages = replace(used.stages, observe=observe)
    height = {} if profile is None or profile.height_cm is None else {"height_cm": profile.height_cm}
    settings = Settings(**height | dict(clip.settings) | _test_of(clip.role))
    work_order = Job(settings, books, listen, stages, profile, clearance)
    with result_folder(desk.place.results, clip.id, source) as result:
        found = _named_as_filmed(measure_clip(source, work_order), clip.role, work_order)
        with writing(result.target):
            report = write_result(result.folder, found, work_order)
            used.proxy(source, result.folder / PROXY, found.evidence, listen)
            put_on_disk(*result.folder.iterdir(), result.folder)
    put_on_disk(desk.place.results)
    _keep(desk, job, report)


def _asked(desk: Desk, job: Taken) -> tuple[Clip, Profile | None, Clearance | None]:
    """The clip, its runner's answers, and what a therapist lifted of them."""
    with desk.reading() as connection:
        clip = _found(connection, job)
        answers = None if clip.runner_id is None else answers_of(connection, clip.runner_id)
    return (clip, None, None) if answers is None else (clip, answers.profile, answers.clearance)


def _test_of(role: str) -> dict[str, str]:
    return {"test": TEST_OF[role]} if role in ROLES else {}


def _named_as_filmed(found: MeasuredClip, role: str, job: Job) -> MeasuredClip:
    """The leg named as it was filmed, unless the picture surely shows the other one."""
    given = next((each for each in ROLES if each == role), None)
    side = None if given is None else SIDE_OF[given]
    if given is None or side is None:
        return found
    leg = seen_leg(given, "", found.report)
    if leg.contradicts and leg.sure:
        return found
    return named(found, side, job.books, job.profile, job.clearance)


def _keep(desk: Desk, job: Taken, report: Report) -> None:
    """The one moment in which a result becomes the clip's: all of it, or nothing."""
    status = report.as_reviewed().status
    with desk.writing() as connection:
        clip = _found(connection, job)
        values = {
            "state": status, "summary": json.dumps(summary_of(report)), "urgency": urgency_of(report),
            "sha256": report.clip.sha256, "review_state": "new", "revision": clip.revision + 1,
        }  # fmt: skip
        end_in(connection, job, values)
        keep_report(connection, clip.runner_id, report)
        if clip.summary.get("status") == "measured" != status:
            # Measured anew, without a number: the one of before counts no longer.
            unkeep_report(connection, clip.runner_id, report.clip.sha256)


def _found(connection: Connection, job: Taken) -> Clip:
    """The clip of a job. Raises Lost when it was deleted."""
    try:
        return found_clip(connection, ENGINE, job.clip_id)
    except DeskError as error:
        raise Lost from error


def _redraw(desk: Desk, job: Taken, used: StagesOf, listen: StageListener | None) -> None:
    folder, source = desk.place.result(job.clip_id), desk.place.clip_file(job.clip_id)
    if source.is_file() and sha256_of(source) == load_report(folder / "report.json").clip.sha256:
        # False: the report changed meanwhile, and whoever changed it has queued another drawing.
        redraw(folder, source, books=desk.books(), listen=listen, stages=used.stages)
    with desk.writing() as connection:
        end_in(connection, job, {})


@contextmanager
def _alive(desk: Desk, order: Order) -> Iterator[StageListener]:
    """Keeps the job alive and tells its progress, from a thread: the work itself may sit in native code for
    long. Ends the process when time is over, with words, or when the job is somebody else's."""
    wall_s, cpu_s = order.limits.worker_wall_s, order.limits.worker_cpu_s
    began, cpu_began = monotonic(), process_time()
    stop, latest = threading.Event(), ("", 0.0)

    def keep() -> None:
        told, beaten = "", monotonic()
        while not stop.wait(TELL_S):
            if monotonic() - began > wall_s:
                _end_late(desk, order.job, wall_s)
            if process_time() - cpu_began > cpu_s:
                _end_late(desk, order.job, cpu_s)
            stage, fraction = latest
            now_told = f"{stage} {fraction:.2f}"
            if now_told == told and monotonic() - beaten < BEAT_S:
                continue
            told, beaten = now_told, monotonic()
            try:
                beat(desk, order.job, stage=stage or None, fraction=fraction)
            except Lost:
                os._exit(OUT_OF_TIME)
            except DorsiError:
                continue  # a store in use: the next beat tells it

    def listen(stage: str, fraction: float) -> None:
        nonlocal latest
        latest = stage, fraction

    thread = threading.Thread(target=keep, name="dorsi-beat", daemon=True)
    thread.start()
    try:
        yield listen
    finally:
        stop.set()
        thread.join()


def _end_late(desk: Desk, job: Taken, most_s: float) -> NoReturn:
    """It would take as long the next time: there is none."""
    with suppress(StoreError):
        fail(desk, job, DeskError("worker_out_of_time", most_s=most_s))
    os._exit(OUT_OF_TIME)


def _limit(limits: Limits) -> None:
    """Memory and CPU seconds, where the system has such limits, also for native code that lets no thread of
    ours run; what is less already stays."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = int(used.ru_utime + used.ru_stime) + limits.worker_cpu_s + CPU_GRACE_S
    # And no dump of its memory, which holds pictures of a person.
    most_of = {
        resource.RLIMIT_AS: limits.worker_memory_bytes,
        resource.RLIMIT_CPU: cpu_s,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in most_of.items():
        with suppress(ValueError, OSError):
            _, hard = resource.getrlimit(what)
            resource.setrlimit(what, (most if hard < 0 else min(most, hard), hard))
