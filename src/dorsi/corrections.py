"""What a person corrects of a measurement: one record a correction, the same in a TOML file and in a report.

A record says what was put where, by whom, when and why; `from_…` is what the machine had there, filled in
when the correction is applied. Points are px of the upright picture, frames count from 0. Not here: what
follows from a correction (`engine/conclude/hand.py`), the review block of a report (`report/model.py`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from dorsi.errors import CorrectionError
from dorsi.toml_book import read_toml

__all__ = [
    "CORRECTIONS_SCHEMA", "Correction", "CorrectionFile", "HeelCorrection", "LevelCorrection",
    "LineCorrection", "PeakCorrection", "PointCorrection", "PointName", "RepCorrection", "load_corrections",
]  # fmt: skip

CORRECTIONS_SCHEMA: Final = "dorsi.corrections/1"
PointName = Literal["hip", "knee", "ankle", "heel", "ball", "toe_tip"]
Coordinate = Annotated[float, Field(allow_inf_nan=False)]
Point = tuple[Coordinate, Coordinate]
Frame = Annotated[int, Field(ge=0)]


class _Record(BaseModel):
    """Later versions may add keys: unknown ones are kept in a report, and refused in a file."""

    model_config = ConfigDict(extra="allow", frozen=True)

    by: str = ""
    at: AwareDatetime | None = None
    why: str = ""


Span = Literal["carry", "frame"]
"""Whether a correction goes on to the frames around its own, as far as the leg's pose stays alike, or not."""


class _Spanned(_Record):
    """A record with a span. One that was written before there was any stays as it was written."""

    span: Span = "carry"

    @model_serializer(mode="wrap")
    def _as_it_came(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = write(self)
        if "span" not in self.model_fields_set:
            written.pop("span", None)
        return written


class PointCorrection(_Spanned):
    """A joint or a point of the foot belongs elsewhere in one frame."""

    kind: Literal["point"] = "point"
    point: PointName
    frame: Frame
    to_xy_px: Point
    from_xy_px: Point | None = None


class LineCorrection(_Spanned):
    """The straight front edge of the shin in one frame: its lower and its upper end."""

    kind: Literal["line"] = "line"
    line: Literal["crest"] = "crest"
    frame: Frame
    to_xy_px: tuple[Point, Point]
    from_angle_deg: Coordinate | None = None


class HeelCorrection(_Record):
    """The heel is down, or up, at one moment, and for as long as the machine said one thing around it."""

    kind: Literal["heel"] = "heel"
    frame: Frame
    to: Literal["down", "up"]
    from_: Literal["down", "up", "unseen"] | None = Field(default=None, alias="from")


class PeakCorrection(_Record):
    """The frame that counts."""

    kind: Literal["peak"] = "peak"
    to_frame: Frame
    from_frame: Frame | None = None


class RepCorrection(_Record):
    """A repetition that does not count, by its number in the machine's report, from 1."""

    kind: Literal["rep"] = "rep"
    rep: Annotated[int, Field(ge=1)]
    from_peak_s: Coordinate | None = None


class LevelCorrection(_Record):
    """A straight thing in the picture that is upright, or level, in truth: two points on it."""

    kind: Literal["level"] = "level"
    edge: Literal["upright", "level"]
    to_xy_px: tuple[Point, Point]
    from_roll_deg: Coordinate | None = None


Correction = Annotated[
    PointCorrection | LineCorrection | HeelCorrection | PeakCorrection | RepCorrection | LevelCorrection,
    Field(discriminator="kind"),
]


class CorrectionFile(BaseModel):
    """A whole file: who corrected, the corrections, and which leg is meant when it is the other one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_: Literal["dorsi.corrections/1"] = Field(alias="schema")
    by: Annotated[str, Field(min_length=1, max_length=120)]
    at: AwareDatetime | None = None
    why: str = ""
    leg: Literal["front", "near", "far"] | None = None
    correction: list[Correction] = []

    def records(self, now: datetime | None = None) -> tuple[Correction, ...]:
        """The corrections, each with who, when and why, where it does not say so itself."""
        when = self.at or now or datetime.now(UTC).replace(microsecond=0)
        return tuple(
            each.model_copy(
                update={"by": each.by or self.by, "at": each.at or when, "why": each.why or self.why}
            )
            for each in self.correction
        )


def load_corrections(file: Path) -> CorrectionFile:
    """Read a corrections file. Raises CorrectionError, which names the place of the first thing wrong."""
    found, _ = read_toml(file, CorrectionFile, CorrectionError)
    for number, record in enumerate(found.correction, 1):
        if record.model_extra:
            known = [field.alias or name for name, field in type(record).model_fields.items()]
            key = min(record.model_extra)
            raise CorrectionError(
                "correction_key_unknown", file=file.name, number=number, key=key, known=known
            )
    return found
