"""The report contract `dorsi.report/1` as pydantic models; the JSON Schema is published from here.

Keys may be added, never renamed. Angles deg, lengths mm, times s from the first frame, frames from 0.
Not here: how a report is made (`build.py`) or shown (`html.py`).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pydantic
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from dorsi.corrections import Correction
from dorsi.errors import ReportError
from dorsi.plan.book import Slot, StageName
from dorsi.toml_book import first_fault

__all__ = [
    "PLAN_ITEM_ADDED", "SCHEMA", "AddedKeys", "Clip", "DrillsUsed", "EvidenceUsed", "Finding",
    "MachineValues", "Measured", "Measurements", "Model", "Pictures", "PlanNote", "PlanStep", "Provenance",
    "Reason", "Report", "ReportRep", "Review", "ReviewedValues", "RulesUsed", "SafetyNote", "SignalCurves",
    "StageNote", "StagedPlan", "View", "Withheld", "load_report",
]  # fmt: skip

SCHEMA = "dorsi.report/1"
Curve = list[float | None]
"""One value a frame; null where not measured."""
Verdict = Literal["meets", "borderline", "limited", "not_measured"]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Status = Literal["measured", "not_measurable"]


class _Part(BaseModel):
    """Later versions may add keys: unknown ones are kept, not refused."""

    model_config = ConfigDict(extra="allow", frozen=True)


class AddedKeys(_Part):
    """A part with keys that were `added` later. An older file is written as it was read, without those, so
    that a store knows it again."""

    added: ClassVar[frozenset[str]]

    @pydantic.model_serializer(mode="wrap")
    def _as_it_came(self, write: pydantic.SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = write(self)
        for name in self.added - self.model_fields_set:
            written.pop(name, None)
        return written


PLAN_ITEM_ADDED = frozenset({"stage", "slots", "days_a_week", "minutes", "substitutes"})
"""Keys of one drill that reports and screens got together; a report's step got `name` with them."""


class Clip(_Part):
    """The file that was measured."""

    file: str
    sha256: str
    width_px: int
    height_px: int
    duration_s: Finite
    frame_count: int
    frame_rate_hz: Finite
    variable_frame_rate: bool
    rotation_deg: int


class Reason(_Part):
    """A reason or warning: a code and a plain sentence on how to film better."""

    code: str
    message: str
    short: str = ""
    """What is wrong alone, a clause without a full stop; "" in older reports."""


class Measured(AddedKeys):
    """One number with its 95 % half-width; value null = not measured."""

    added = frozenset({"repeatability_95"})

    value: Finite | None
    uncertainty_95: Finite | None
    repeatability_95: Finite | None = None
    """The part of `uncertainty_95` that differs between two clips of one leg; null where its parts are not
    told apart, absent from older reports."""
    time_s: Finite | None
    frame: int | None


class Measurements(_Part):
    """Every quantity the contract knows; big toe and squat quantities are null in a lunge."""

    peak_shin_angle_deg: Measured
    peak_crest_angle_deg: Measured
    peak_shin_angle_any_heel_deg: Measured
    start_shin_angle_deg: Measured
    max_heel_lift_mm: Measured
    max_heel_pitch_deg: Measured
    big_toe_extension_deg: Measured
    peak_knee_flexion_deg: Measured
    peak_knee_over_foot_percent: Measured = Measured(value=None, uncertainty_95=None, time_s=None, frame=None)
    """Squats; added after the first reports."""
    camera_roll_deg: Measured


class ReportRep(_Part):
    """One repetition; `peak_shin_angle_deg` with the heel down."""

    start_s: Finite
    peak_s: Finite
    end_s: Finite
    peak_shin_angle_deg: Finite | None
    peak_shin_angle_any_heel_deg: Finite | None
    heel_lifted: bool
    heel_lift_onset_s: Finite | None
    heel_lift_onset_shin_angle_deg: Finite | None
    max_heel_lift_mm: Finite | None
    max_heel_pitch_deg: Finite | None
    peak_uncertainty_95_deg: Finite | None = None


class Finding(AddedKeys):
    """What one rule says about one measurement."""

    added = frozenset({"witness"})

    rule: str
    verdict: Verdict
    measurement: str
    value: Finite | None
    threshold: Finite
    message: str
    source: str
    side: Literal["left", "right"] | None = None
    """None where the rule is about the whole person, and in reports older than the key."""
    title: str = ""
    short_title: str = ""
    """The title under a head that names the test; "" where it has none."""
    witness: Literal["agrees", "disagrees", "undecided"] | None = None
    """Of an answer about the ankle that the clip has measured: whether it bears the clip out."""


class PlanStep(AddedKeys):
    """One drill of a plan; keys with a default were added later."""

    added = PLAN_ITEM_ADDED | {"name"}
    drill: str
    dose: str
    why: str
    source: str
    how_often: str = ""
    dose_by: Literal["source", "dorsi"] | None = None
    how_often_by: Literal["source", "dorsi"] | None = None
    """Whose figure it is; null in older reports, whose texts say so themselves."""
    steps: str = ""
    side: Literal["left", "right"] | None = None
    name: str = ""
    """The drill's key; "" in older reports, whose steps lack the next keys too."""
    stage: StageName | None = None
    slots: list[Slot] = []
    """When on a day: before a run, after it, at any time."""
    days_a_week: int | None = None
    minutes: Finite | None = None
    """On such a day, both sides; Dorsi's count."""
    substitutes: list[str] = []
    """Titles of drills that may stand in for this one."""


class StageNote(_Part):
    """One stage of the plan: whether it is the one reached, what must be true before the next one ("" for the
    last), and the titles of its drills for what this plan is about."""

    stage: StageName
    title: str
    now: bool
    before_next: str
    drills: list[str]


class Withheld(_Part):
    """A drill, by its title, that pain or one-sided trouble keeps out of the plan, and why."""

    drill: str
    why: str


class SafetyFlag(_Part):
    """A safety question answered with yes: what it says, whom to see, how soon."""

    key: str
    text: str
    whom: str
    how_soon: str
    how_soon_by: Literal["list", "dorsi"]
    """"dorsi": the safety list gives no time, so it is Dorsi's suggestion."""


class Lifted(_Part):
    """The therapist who lifted a stop, when, and why."""

    by: str
    at: AwareDatetime
    reason: str


class SafetyNote(_Part):
    """What the safety answers allow. "clear": all of them no; "unanswered": some are open, so the plan has
    only drills that are safe for anyone; "stop": a yes, no plan; "lifted": a yes that a therapist lifted."""

    state: Literal["clear", "unanswered", "stop", "lifted"]
    line: str
    questions: list[str]
    """The first questions that are open."""
    flags: list[SafetyFlag]
    """Gravest first."""
    lifted: Lifted | None


class StagedPlan(AddedKeys):
    """What a plan says besides its drills, in reports and screens alike; older ones lack all of it."""

    added = frozenset({"stage", "stages", "week", "minutes_a_day", "withheld", "safety"})
    stage: StageName | None = None
    """The stage reached; null without a plan."""
    stages: list[StageNote] = []
    week: list[list[str]] = []
    """Monday to Sunday: the names of the drills done that day."""
    minutes_a_day: Finite | None = None
    """Of the fullest day."""
    withheld: list[Withheld] = []
    safety: SafetyNote | None = None


class PlanNote(StagedPlan):
    """What is said round the drills: what they are for, when to measure again, what change would be real."""

    about: str
    alternatives: list[str] = []
    remeasure: str
    real_change: str
    cautions: list[str]
    see_a_professional: bool
    """A sign and a limited test; false too when `safety` stops, whose line says whom to see."""


class SignalCurves(_Part):
    """Curves over the clip, all as long as `time_s`."""

    time_s: list[Finite]
    shin_angle_deg: Curve
    crest_angle_deg: Curve
    heel_lift_mm: Curve
    heel_pitch_deg: Curve
    big_toe_deg: Curve
    knee_flexion_deg: Curve = []
    """Added after the first reports: empty in those."""

    @pydantic.model_validator(mode="after")
    def _one_length(self) -> SignalCurves:
        curves = (self.shin_angle_deg, self.crest_angle_deg, self.heel_lift_mm, self.heel_pitch_deg)
        added = (self.knee_flexion_deg,) if self.knee_flexion_deg else ()
        if any(len(curve) != len(self.time_s) for curve in (*curves, self.big_toe_deg, *added)):
            raise ValueError("signals differ in length")
        return self


class View(_Part):
    """How the camera saw the leg, null where that was not read; ± are 95 % half-widths.

    `yaw_deg` off square, positive when the person faces partly towards the camera; `pitch_deg` how far the
    camera looks down; `shank_px` knee to ankle in the upright picture.
    """

    yaw_deg: Finite | None
    yaw_95_deg: Finite | None
    pitch_deg: Finite | None
    pitch_95_deg: Finite | None
    shank_px: Finite | None


class Model(_Part):
    """Pose weights, or statistics, used."""

    name: str
    sha256: str


class RulesUsed(_Part):
    """Rule set used."""

    version: str
    sha256: str
    name: str = "runner"
    file: str | None = None
    """Name of the rules file; null for the shipped one."""


class DrillsUsed(_Part):
    """Drills that the plan was made from; `file` as of the rules."""

    version: str
    sha256: str
    file: str | None = None


class Provenance(_Part):
    """What made the report, so that it can be made again."""

    dorsi_version: str
    model: Model
    outline: Model | None = None
    """The shank outline model; absent from reports older than it."""
    rules: RulesUsed
    drills: DrillsUsed | None = None
    """Absent from older reports."""
    settings: dict[str, Any]


class EvidenceUsed(_Part):
    """The file beside report.json that the numbers were concluded from, and the version that observed it."""

    file: str
    schema_: str = Field(alias="schema")
    sha256: str
    dorsi_version: str


class Pictures(_Part):
    """What annotated.mp4 and peak.jpg show: this report, or (`current` false) how it was before.

    `dorsi_version` drew them.
    """

    current: bool
    dorsi_version: str


class MachineValues(_Part):
    """What the machine measured, as in the report's own keys."""

    status: Status
    measurements: Measurements


class ReviewedValues(MachineValues):
    """What comes of the corrections: the report's keys of the same names, in their place where shown."""

    reasons: list[Reason]
    warnings: list[Reason]
    reps: list[ReportRep]
    findings: list[Finding]
    plan: list[PlanStep]
    plan_note: PlanNote | None = None
    signals: SignalCurves


class Review(_Part):
    """A person's corrections, and the machine's values beside the reviewed ones, each with its ±."""

    by: str
    """Who corrected; several names are joined by ", "."""
    at: AwareDatetime
    """When the latest correction was made."""
    machine: MachineValues
    reviewed: ReviewedValues
    corrections: list[Annotated[Correction | dict[str, Any], Field(union_mode="left_to_right")]]
    """Kinds that a later version added are kept as they are."""

    def known(self) -> tuple[Correction, ...]:
        """The corrections of kinds that this version knows."""
        return tuple(each for each in self.corrections if not isinstance(each, dict))


class Report(_Part):
    """One clip's report; `measurements` and all else but `review` are the machine's own."""

    schema_: Literal["dorsi.report/1"] = Field(alias="schema")
    clip: Clip
    test: Literal["lunge", "lunge_straight", "big_toe", "squat"]
    test_source: Literal["recognised", "given"] | None = None
    posture: Literal["standing", "half_kneeling", "unknown"] | None = None
    """Both added after the first reports."""
    side: Literal["left", "right"] | None
    side_source: Literal["estimated", "given"]
    facing: Literal["left", "right"] | None
    test_leg: Literal["near", "far"] | None
    status: Status
    reasons: list[Reason]
    warnings: list[Reason]
    reps: list[ReportRep]
    measurements: Measurements
    findings: list[Finding]
    plan: list[PlanStep]
    plan_note: PlanNote | None = None
    """None when nothing was measured, when nothing was compared, and in reports older than plans."""
    signals: SignalCurves
    provenance: Provenance
    view: View | None = None
    """Absent from older reports, null when no leg was found."""
    captured_at: AwareDatetime | None = None
    """When the clip was filmed, as its container tells; null when it tells nothing."""
    evidence: EvidenceUsed | None = None
    """Null when no files were written, absent from older reports; so are the next two."""
    pictures: Pictures | None = None
    review: Review | None = None

    @pydantic.model_validator(mode="after")
    def _refusal_has_reasons(self) -> Report:
        if (self.status == "measured") == bool(self.reasons):
            raise ValueError("a measured clip has no reasons, a refused one has at least one")
        return self

    def as_reviewed(self) -> Report:
        """The report with the reviewed values in place of the machine's; itself where nobody reviewed it.

        For showing and judging; what is written is the report as it is.
        """
        if self.review is None:
            return self
        reviewed = self.review.reviewed
        names = type(reviewed).model_fields.keys()
        return self.model_copy(update={name: getattr(reviewed, name) for name in names})

    def to_json(self) -> str:
        """The report as JSON text, keys as in the contract, each curve on one line."""
        text = self.model_dump_json(by_alias=True, indent=2)
        # A JSON string holds no raw newline, so this can only meet lists of numbers.
        return re.sub(r"\[\n[\d\s.,eE+\-nul]+\]", lambda found: " ".join(found[0].split()), text) + "\n"

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON Schema published in `docs/schema`: what a reader may rely on (later keys are optional)."""
        return cls.model_json_schema(by_alias=True)


def load_report(path: Path) -> Report:
    """Read a report.json of any version 1 writer. Raises ReportError."""
    try:
        return Report.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReportError("report_unreadable", file=path.name, why=error.strerror) from error
    except pydantic.ValidationError as error:
        why = ": ".join(part for part in first_fault(error) if part)
        raise ReportError("report_invalid", file=path.name, schema=SCHEMA, why=why) from error
    except UnicodeDecodeError as error:
        raise ReportError("report_invalid", file=path.name, schema=SCHEMA, why="not UTF-8") from error
