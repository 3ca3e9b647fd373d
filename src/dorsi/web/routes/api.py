"""The JSON interface, /api/v1: the same things as the pages, for programs, with a token of an account.

Described by OpenAPI at /api/openapi.json. Not here: what it rests on (`desk`), uploads (`uploads.py`, tus).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from dorsi import __version__
from dorsi.desk.clips import Clip, clip_of, clips_of
from dorsi.desk.file import history_of
from dorsi.desk.review import records_of, review_data, save
from dorsi.desk.runners import add_runner, runner_files
from dorsi.desk.screens import Sheet, put_together, sheet_of, sheets_of
from dorsi.desk.who import Who
from dorsi.errors import DeskError
from dorsi.report.model import load_report
from dorsi.screen.model import Role
from dorsi.web.security import Asking, TheDesk

__all__ = ["router"]


def _somebody(who: Asking) -> Who:
    if not who.known:
        who.nothing_there()
    return who


router = APIRouter(prefix="/api/v1", tags=["v1"], dependencies=[Depends(_somebody)])
ClipId = Annotated[str, Path(description="Opaque id of a clip.", examples=["cK3v9xQ2mLw0Zt7a"])]
_ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    401: {"description": "No session and no token."},
    404: {"description": "Not there, or not yours: the same answer."},
}


class _Told(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ServerTold(_Told):
    """The server."""

    version: str
    mode: str
    upload: str = Field("/uploads", description="Address of resumable uploads (tus 1.0.0).")


class ClipTold(_Told):
    """A clip, and what a list says of its result."""

    id: str
    runner_id: int | None
    runner: str | None
    role: str = Field(description="What it was filmed as: a role of a screen, or `clip`.")
    file_name: str
    size_bytes: int
    added_at: datetime
    state: str = Field(description="waiting, running, measured, not_measurable or failed.")
    stage: str | None
    fraction: float | None = Field(description="How far a running job is, 0..1.")
    review_state: str = Field(description="new, reviewed or film_again.")
    revision: int
    reviewed_by: str | None
    reviewed_at: datetime | None
    remark: str | None
    urgency: int = Field(description="How much it needs eyes, 0..90.")
    summary: dict[str, Any] = Field(description="Value, ±, verdict, sentence, reasons, warnings.")
    error: dict[str, Any]


class RunnerTold(_Told):
    """A runner."""

    id: int
    name: str
    added_at: datetime


class MeasurementTold(_Told):
    """One measurement that is kept of a runner."""

    test: str
    side: str | None
    measured_at: datetime
    clip_file: str
    clip_sha256: str
    dorsi_version: str
    verdict: str | None
    values: dict[str, Any]


class ScreenTold(_Told):
    """A screen put together from clips of a runner."""

    id: str
    runner_id: int
    clips: dict[str, str]
    made_by: str
    made_at: datetime
    remark: str
    signed_by: str | None
    signed_at: datetime | None
    screen: dict[str, Any] = Field(description="The document, schema dorsi.screen/1.")


def _clip(clip: Clip) -> ClipTold:
    return ClipTold.model_validate(clip)


@router.get("", responses=_ERRORS)
def server(desk: TheDesk) -> ServerTold:
    """Which Dorsi this is, and where clips are sent."""
    return ServerTold(version=__version__, mode=desk.mode, upload="/uploads")


@router.get("/clips", responses=_ERRORS)
def clips(
    who: Asking, desk: TheDesk, runner: Annotated[int | None, Query(description="Of one runner.")] = None,
    state: Annotated[str | None, Query(description="In one state.")] = None,
) -> list[ClipTold]:  # fmt: skip
    """Clips that you may see, the newest first."""
    found = clips_of(desk, who, runner_id=runner)
    return [_clip(each) for each in found if state is None or each.state == state]


@router.get("/clips/{clip_id}", responses=_ERRORS)
def clip(clip_id: ClipId, who: Asking, desk: TheDesk) -> ClipTold:
    """One clip."""
    return _clip(clip_of(desk, who, clip_id))


@router.get("/clips/{clip_id}/report", responses=_ERRORS)
def report(clip_id: ClipId, who: Asking, desk: TheDesk) -> dict[str, Any]:
    """The report of a clip, schema dorsi.report/1. Other files lie under /clips/{id}/files/."""
    file = desk.place.result(clip_of(desk, who, clip_id).id) / "report.json"
    if not file.is_file():
        raise DeskError("not_measured_yet")
    return load_report(file).model_dump(mode="json", by_alias=True)


@router.get("/clips/{clip_id}/review", responses=_ERRORS)
def review(clip_id: ClipId, who: Asking, desk: TheDesk) -> dict[str, Any]:
    """Points, curves, the machine's and the reviewed values, and the corrections, frame by frame."""
    return review_data(desk, who, clip_id)


@router.post("/clips/{clip_id}/review", responses=_ERRORS | {409: {"description": "Saved meanwhile."}})
def put_review(
    clip_id: ClipId, who: Asking, desk: TheDesk,
    revision: Annotated[int, Body(description="That of the review you looked at.")],
    corrections: Annotated[list[dict[str, Any]], Body(description="As in a corrections file.")],
    why: Annotated[str, Body(max_length=1000)] = "",
) -> dict[str, Any]:  # fmt: skip
    """Save corrections in place of the earlier ones."""
    return save(desk, who, clip_id, revision, records_of(corrections), why)


@router.get("/runners", responses=_ERRORS)
def runners(who: Asking, desk: TheDesk) -> list[RunnerTold]:
    """Every runner that you may see."""
    return [RunnerTold.model_validate(each) for each in runner_files(desk, who)]


@router.post("/runners", responses=_ERRORS)
def new_runner(
    who: Asking, desk: TheDesk, name: Annotated[str, Body(embed=True, max_length=200)]
) -> RunnerTold:
    """A runner of that name, made when not known."""
    return RunnerTold.model_validate(add_runner(desk, who, name))


@router.get("/runners/{runner_id}/history", responses=_ERRORS)
def history(runner_id: int, who: Asking, desk: TheDesk) -> list[MeasurementTold]:
    """What was measured of a runner, the newest first."""
    return [MeasurementTold.model_validate(each) for each in history_of(desk, who, runner_id)]


@router.get("/runners/{runner_id}/screens", responses=_ERRORS)
def screens(runner_id: int, who: Asking, desk: TheDesk) -> list[ScreenTold]:
    """The screens of a runner, the newest first."""
    return [_screen(each) for each in sheets_of(desk, who, runner_id)]


@router.post("/runners/{runner_id}/screens", responses=_ERRORS)
def new_screen(
    runner_id: int, who: Asking, desk: TheDesk,
    clips: Annotated[dict[Role, str], Body(description="Id of a measured clip by role.")],
    remark: Annotated[str, Body(max_length=2000)] = "",
) -> ScreenTold:  # fmt: skip
    """Put a screen together. It is signed in the pages, by a person."""
    return _screen(put_together(desk, who, runner_id, clips, remark=remark))


@router.get("/screens/{sheet_id}", responses=_ERRORS)
def screen(sheet_id: str, who: Asking, desk: TheDesk) -> ScreenTold:
    """One screen."""
    return _screen(sheet_of(desk, who, sheet_id))


def _screen(sheet: Sheet) -> ScreenTold:
    return ScreenTold(
        id=sheet.id, runner_id=sheet.runner.id, clips=dict(sheet.clips), made_by=sheet.made_by,
        made_at=sheet.made_at, remark=sheet.remark, signed_by=sheet.signed_by, signed_at=sheet.signed_at,
        screen=sheet.screen.model_dump(mode="json", by_alias=True),
    )  # fmt: skip
