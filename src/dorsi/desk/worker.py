"""One job, in a process of its own: what may open clips that strangers sent.

`work` is what an executor is handed: it opens the desk anew, measures within limits, and ends the job in the
transaction that keeps the result. It dies with the process that started it. Not here: who starts it
(`crew.py`), the queue (`queue.py`).
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Final, Literal

from dorsi.clip_limits import ClipLimits
from dorsi.desk.answers import answers_of
from dorsi.desk.clips import Clip, found_clip
from dorsi.desk.desk import Desk
from dorsi.desk.keeping import keep_report
from dorsi.desk.limits import Limits
from dorsi.desk.place import Place
from dorsi.desk.queue import Lost, Taken, beat, end_in, fail, told_worker
from dorsi.desk.summary import summary_of, urgency_of
from dorsi.desk.who import Who
from dorsi.digest import sha256_of
from dorsi.engine.evidence import Evidence
from dorsi.errors import DeskError, DorsiError
from dorsi.plan import Books
from dorsi.profile import Profile, safety_state
from dorsi.report.model import Report, load_report
from dorsi.screen.model import ROLES
from dorsi.screen.sides import SIDE_OF, TEST_OF, seen_leg
from dorsi.settings import Settings
from dorsi.types import StageListener
from dorsi.workflow.folders import result_folder, writing
from dorsi.workflow.measure import MeasuredClip, measure_clip, named
from dorsi.workflow.results import write_result
from dorsi.workflow.review import redraw
from dorsi.workflow.stages import STAGES, Job, Stages

__all__ = ["PROXY", "Ends", "Order", "StagesOf", "default_stages", "work"]

PROXY: Final = "proxy.mp4"
"""The clip as the review page plays it: one key picture for each frame of the evidence."""
BEAT_S: Final = 5.0
TELL_S: Final = 0.5
OUT_OF_TIME: Final = 124
"""Exit code of a worker that ended itself."""
ENGINE: Final = Who("local", "Dorsi")
Ends = Literal["done", "failed", "lost"]


@dataclass(frozen=True, slots=True)
class StagesOf:
    """The stages of a worker, and how it writes the proxy of a clip."""

    stages: Stages
    proxy: Callable[[Path, Path, Evidence, StageListener | None], object]


def default_stages(limits: Limits) -> StagesOf:
    """Dorsi's own, with a desk's limits on what a clip may be."""
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
    """What a worker needs to know; plain, so that it travels to any process. `parent` is the process that
    it must not outlive, None on another machine."""

    place: Place
    limits: Limits
    job: Taken
    parent: int | None


def work(order: Order, stages_of: Callable[[Limits], StagesOf] = default_stages) -> Ends:
    """Do one job; how it ended. Raises nothing: what stands in the way is told in the job."""
    _die_with(order.parent)
    _limit(order.limits)
    job = order.job
    with Desk(order.place, order.limits) as desk:
        try:
            told_worker(desk, job)
            with _alive(desk, order) as listen:
                used = stages_of(order.limits)
                if job.kind == "redraw":
                    _redraw(desk, job, used, listen)
                else:
                    _measure(desk, job, used, listen)
        except Lost:
            return "lost"
        except DorsiError as error:
            fail(desk, job, _with_its_name(desk, job, error))
        except MemoryError:
            fail(desk, job, DeskError("worker_died"))
        except Exception:  # noqa: BLE001  also a fault of ours must not stop the queue
            fail(desk, job, None)
        else:
            return "done"
    return "failed"


def _with_its_name(desk: Desk, job: Taken, error: DorsiError) -> DorsiError:
    """The same error about the file as the person knows it, not under its opaque id."""
    if error.params.get("file") != job.clip_id:
        return error
    with desk.reading() as connection:
        name = found_clip(connection, ENGINE, job.clip_id).file_name
    return type(error)(error.code, **error.params | {"file": name})


def _measure(desk: Desk, job: Taken, used: StagesOf, listen: StageListener) -> None:
    clip, profile, lifted = _asked(desk, job)
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
    work_order = Job(settings, books, listen, stages, None if lifted else profile)
    with result_folder(desk.place.results, clip.id, source) as result:
        found = _named_as_filmed(measure_clip(source, work_order), clip.role, books, profile)
        with writing(result.target):
            report = write_result(result.folder, found, work_order)
            used.proxy(source, result.folder / PROXY, found.evidence, listen)
    _keep(desk, job, report)


def _asked(desk: Desk, job: Taken) -> tuple[Clip, Profile | None, bool]:
    """The clip, its runner's answers, and whether a therapist lifted what they stopped."""
    with desk.reading() as connection:
        try:
            clip = found_clip(connection, ENGINE, job.clip_id)
        except DeskError as error:
            raise Lost from error
        answers = None if clip.runner_id is None else answers_of(connection, clip.runner_id)
    if answers is None:
        return clip, None, False
    state = safety_state(answers.profile, answers.clearance)
    return clip, answers.profile, state.state == "lifted"


def _test_of(role: str) -> dict[str, str]:
    return {"test": TEST_OF[role]} if role in ROLES else {}


def _named_as_filmed(found: MeasuredClip, role: str, books: Books, profile: Profile | None) -> MeasuredClip:
    """The leg named as it was filmed, unless the picture surely shows the other one."""
    given = next((each for each in ROLES if each == role), None)
    side = None if given is None else SIDE_OF[given]
    if given is None or side is None:
        return found
    leg = seen_leg(given, "", found.report)
    return found if leg.contradicts and leg.sure else named(found, side, books, profile)


def _keep(desk: Desk, job: Taken, report: Report) -> None:
    """The one moment in which a result becomes the clip's: all of it, or nothing."""
    with desk.writing() as connection:
        clip = found_clip(connection, ENGINE, job.clip_id)
        end_in(
            connection,
            job,
            {
                "state": report.as_reviewed().status, "summary": json.dumps(summary_of(report)),
                "urgency": urgency_of(report), "sha256": report.clip.sha256,
                "review_state": "new", "revision": clip.revision + 1,
            },
        )  # fmt: skip
        keep_report(connection, clip.runner_id, report)


def _redraw(desk: Desk, job: Taken, used: StagesOf, listen: StageListener) -> None:
    folder, source = desk.place.result(job.clip_id), desk.place.clip_file(job.clip_id)
    if source.is_file() and sha256_of(source) == load_report(folder / "report.json").clip.sha256:
        # False: the report changed meanwhile, and whoever changed it has queued another drawing.
        redraw(folder, source, listen=listen, stages=used.stages)
    with desk.writing() as connection:
        end_in(connection, job, {})


@contextmanager
def _alive(desk: Desk, order: Order) -> Iterator[StageListener]:
    """Keeps the job alive and tells its progress, from a thread: the work itself may sit in native code for
    long. Ends the process when time is over, or when its parent is gone."""
    over, stop, latest = monotonic() + order.limits.worker_wall_s, threading.Event(), ("", 0.0)

    def keep() -> None:
        told, beaten = "", monotonic()
        while not stop.wait(TELL_S):
            if monotonic() > over or _orphaned(order.parent):
                os._exit(OUT_OF_TIME)
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


def _orphaned(parent: int | None) -> bool:
    return parent is not None and os.name == "posix" and os.getppid() != parent


def _die_with(parent: int | None) -> None:
    """Have the system end this process when its parent dies, where it can."""
    if parent is None or not sys.platform.startswith("linux"):
        return
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if _orphaned(parent):
        os._exit(OUT_OF_TIME)


def _limit(limits: Limits) -> None:
    """Memory and CPU seconds, where the system has such limits; what is less already stays."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = int(used.ru_utime + used.ru_stime) + limits.worker_cpu_s
    for what, most in ((resource.RLIMIT_AS, limits.worker_memory_bytes), (resource.RLIMIT_CPU, cpu_s)):
        with suppress(ValueError, OSError):
            _, hard = resource.getrlimit(what)
            resource.setrlimit(what, (most if hard < 0 else min(most, hard), hard))
