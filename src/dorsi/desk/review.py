"""A clip reviewed frame by frame: what the page is given, how edits are tried, how they are kept.

Built from the evidence and the report of a result: no clip is opened. `points` are where they are now, the
curves as now concluded; what the machine concluded alone stands beside. Two people on one clip: who saves
second is told, and nothing is overwritten. Not here: what a correction does (`engine/conclude/hand.py`), the
page (`web`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from filelock import FileLock
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import update

from dorsi.corrections import Correction
from dorsi.desk.answers import read_answers
from dorsi.desk.clips import Clip, clip_of, found_clip
from dorsi.desk.desk import Desk, note_down
from dorsi.desk.keeping import keep_report
from dorsi.desk.queue import put_job
from dorsi.desk.summary import summary_of, urgency_of
from dorsi.desk.who import Who
from dorsi.engine.conclude.conclude import conclude
from dorsi.engine.conclude.hand import machine_point
from dorsi.engine.evidence import Evidence
from dorsi.errors import DeskError
from dorsi.quantities import QUANTITIES, RESULT_OF
from dorsi.report.model import Report
from dorsi.settings import Settings
from dorsi.store.desk_schema import clip as table
from dorsi.toml_book import first_fault
from dorsi.types import Analysis, FloatArray, LegTrack
from dorsi.workflow.results import read_result
from dorsi.workflow.review import review, settings_of

__all__ = ["POINTS", "records_of", "review_data", "save", "tried"]

POINTS: Final = ("hip", "knee", "ankle", "heel", "ball", "toe_tip")
CURVES: Final = ("shin_angle_deg", "crest_angle_deg", "heel_lift_mm", "knee_flexion_deg", "big_toe_deg")
MOST_RECORDS: Final = 2000
_RECORDS: Final[TypeAdapter[list[Correction]]] = TypeAdapter(list[Correction])


def _opened(desk: Desk, who: Who, clip_id: str) -> tuple[Clip, Report, Evidence]:
    who.need_therapist()
    clip = clip_of(desk, who, clip_id)
    if clip.state not in {"measured", "not_measurable"}:
        raise DeskError("not_measured_yet")
    return clip, *read_result(desk.place.result(clip_id))


def review_data(desk: Desk, who: Who, clip_id: str) -> dict[str, Any]:
    """Everything the review page shows of a clip, as plain values: `revision`, `frame_count`, `width_px`,
    `height_px`, `time_s`, `forward` (1 looking right, -1 left), what `tried` gives for the corrections that
    are kept, and those `corrections`. Raises DeskError, EvidenceError, ReportError."""
    clip, report, seen = _opened(desk, who, clip_id)
    desk.note_down(who, "saw", f"clip:{clip_id}")
    records = () if report.review is None else report.review.known()
    track = seen.tracks[0]
    return {
        "clip": clip_id, "revision": clip.revision, "frame_count": len(seen.time_s),
        "width_px": track.width_px, "height_px": track.height_px,
        "time_s": _plain(seen.time_s, 4), "corrections": _written(records),
        "reviewed_by": clip.reviewed_by, "file": clip.file_name,
    } | _shown(seen, settings_of(report), records)  # fmt: skip


def _written(records: Sequence[Correction]) -> list[dict[str, Any]]:
    return [each.model_dump(mode="json", by_alias=True) for each in records]


def tried(desk: Desk, who: Who, clip_id: str, records: Sequence[Correction]) -> dict[str, Any]:
    """What would be concluded with these corrections; nothing is kept. Raises DeskError, CorrectionError."""
    _, report, seen = _opened(desk, who, clip_id)
    return _shown(seen, settings_of(report), records)


def _shown(seen: Evidence, settings: Settings, records: Sequence[Correction]) -> dict[str, Any]:
    """`points` [[x, y] or null, …] px of the upright picture by name, `signals` and `heel_down` by frame,
    `reps` (frames and angle), `machine` and `reviewed` (value, ±, frame, reasons), `machine_reps`,
    `machine_angle_deg`, `roll_deg`, `test`, `side`, `key`, `unit`, `editable`."""
    machine = conclude(seen, settings)
    now = conclude(seen, settings, records) if records else machine
    key = RESULT_OF[now.test]
    return {
        "test": now.test, "side": None if now.leg is None else now.leg.side, "key": key,
        "unit": QUANTITIES[key].sign, "label": QUANTITIES[key].label,
        "forward": 1 if now.leg is None else now.leg.forward,
        "roll_deg": 0.0 if now.level is None else round(float(now.level.roll_deg), 3),
        "editable": now.leg is not None and now.test != "big_toe",
        "points": _points(now.leg), "signals": _signals(now), "heel_down": _heel(now),
        "reps": _reps(now), "machine_reps": _reps(machine),
        "machine_angle_deg": [] if machine.signals is None else _plain(machine.signals.shin_angle_deg, 2),
        "machine": _result(machine), "reviewed": _result(now),
    }  # fmt: skip


def _points(leg: LegTrack | None) -> dict[str, list[list[float] | None]]:
    if leg is None:
        return {}
    found = {}
    for name in POINTS:
        xy = machine_point(leg, name)
        found[name] = [[round(x, 2), round(y, 2)] if x == x and y == y else None for x, y in xy.tolist()]
    return found


def _signals(analysis: Analysis) -> dict[str, list[float | None]]:
    if analysis.signals is None:
        return {}
    return {name: _plain(getattr(analysis.signals, name), 2) for name in CURVES}


def _heel(analysis: Analysis) -> list[str]:
    """`down`, `up` or `unseen` for each frame."""
    curves = analysis.signals
    if curves is None:
        return []
    unseen = np.isnan(curves.heel_lift_mm)
    pairs = zip(unseen.tolist(), curves.heel_down.tolist(), strict=True)
    return ["unseen" if hidden else "down" if down else "up" for hidden, down in pairs]


def _reps(analysis: Analysis) -> list[dict[str, Any]]:
    return [
        {
            "start": each.start_frame, "peak": each.peak_frame, "end": each.end_frame,
            "angle_deg": each.peak_shin_angle_deg, "heel_lifted": each.heel_lifted,
        }
        for each in analysis.reps
    ]  # fmt: skip


def _result(analysis: Analysis) -> dict[str, Any]:
    found = analysis.measurements[RESULT_OF[analysis.test]]
    crest = analysis.measurements["peak_crest_angle_deg"]
    return {
        "measured": analysis.measured, "value": _round(found.value),
        "uncertainty_95": _round(found.uncertainty_95),
        "frame": found.frame, "crest_deg": _round(crest.value),
        "reasons": [note.code for note in analysis.reasons],
        "warnings": [note.code for note in analysis.warnings],
    }  # fmt: skip


def _round(value: float | None) -> float | None:
    return None if value is None else round(float(value), 2)


def _plain(values: FloatArray, digits: int) -> list[float | None]:
    return [round(each, digits) if each == each else None for each in np.asarray(values, float).tolist()]


def records_of(given: object) -> list[Correction]:
    """Records that somebody sent, checked. Raises DeskError with the place of the first thing wrong."""
    if not isinstance(given, list) or len(given) > MOST_RECORDS:
        raise DeskError("request_invalid", why=f"Send at most {MOST_RECORDS} corrections, as a list.")
    try:
        return _RECORDS.validate_python(given)
    except ValidationError as error:
        where, why = first_fault(error)
        raise DeskError("request_invalid", why=f"Correction {where}: {why}.") from error


def save(
    desk: Desk, who: Who, clip_id: str, revision: int, records: Sequence[Correction], why: str
) -> dict[str, Any]:
    """Keep these corrections in place of the earlier ones; what `review_data` gives then.

    Each new one is signed by who asks, with the reason `why`; one that was there stays its author's. None at
    all gives the machine's result. Raises DeskError when somebody saved meanwhile, CorrectionError.
    """
    who.need_therapist()
    with FileLock(desk.place.uploads / f"{clip_id}.review.lock", timeout=30):
        clip, report, _ = _opened(desk, who, clip_id)
        if revision != clip.revision:
            at = "" if clip.reviewed_at is None else f"{clip.reviewed_at.astimezone():%H:%M}"
            raise DeskError("changed_meanwhile", by=clip.reviewed_by or "Dorsi", at=at)
        known = {} if report.review is None else {_fact(each): each for each in report.review.known()}
        signed = [_signed(each, known, who, why) for each in records]
        told = None if clip.runner_id is None else read_answers(desk, who, clip.runner_id)
        renewed = review(
            desk.place.result(clip_id), signed, books=desk.books(),
            profile=None if told is None else told.profile,
            clearance=None if told is None else told.clearance,
        )  # fmt: skip
        _keep(desk, who, clip, renewed.report)
    return review_data(desk, who, clip_id)


def _fact(record: Correction) -> str:
    """What a correction says, without who and when."""
    told = record.model_dump(mode="json", by_alias=True, exclude={"by", "at", "why"})
    return json.dumps(
        {key: value for key, value in told.items() if not key.startswith("from")}, sort_keys=True
    )


def _signed(record: Correction, known: Mapping[str, Correction], who: Who, why: str) -> Correction:
    before = known.get(_fact(record))
    if before is not None:
        return before
    at = datetime.now(UTC).replace(microsecond=0)
    return record.model_copy(update={"by": who.name, "at": at, "why": why.strip()[:1000]})


def _keep(desk: Desk, who: Who, clip: Clip, report: Report) -> None:
    with desk.writing() as connection:
        found_clip(connection, who, clip.id)
        values = {
            "revision": clip.revision + 1, "state": report.as_reviewed().status, "reviewed_by": who.name,
            "reviewed_at": datetime.now(UTC), "summary": json.dumps(summary_of(report)),
            "urgency": urgency_of(report), "review_state": "reviewed",
        }  # fmt: skip
        connection.execute(update(table).where(table.c.id == clip.id).values(**values))
        keep_report(connection, clip.runner_id, report)
        if clip.clip_deleted_at is None:
            put_job(connection, clip.id, "redraw")
        count = 0 if report.review is None else len(report.review.corrections)
        note_down(connection, who, "corrected", f"clip:{clip.id}", f"{count} corrections")
