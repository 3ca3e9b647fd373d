"""The screen contract `dorsi.screen/1` as pydantic models; the JSON Schema is published from here.

Keys may be added, never renamed. Angles deg, lengths mm or cm as named; links are relative to the screen's
folder. Not here: how a screen is made (`build.py`), when two clips may be compared (`compare.py`), how it
looks (`pages`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal, get_args

import pydantic
from pydantic import BaseModel, ConfigDict, Field

from dorsi.errors import ScreenError
from dorsi.plan.book import Slot, StageName
from dorsi.quantities import DECIDING, TestName
from dorsi.report.model import (
    PLAN_ITEM_ADDED,
    AddedKeys,
    DrillsUsed,
    Finite,
    Measured,
    Measurements,
    Model,
    Reason,
    RulesUsed,
    StagedPlan,
    Status,
    Verdict,
    View,
)  # fmt: skip
from dorsi.rules import Witness
from dorsi.types import Side

__all__ = [
    "PAIRED", "ROLES", "ROLE_NAMES", "SCHEMA", "Ankle", "Answer", "Comparability", "Difference", "Finding",
    "Headline", "Links", "Pair", "Plan", "PlanItem", "Provenance", "Reading", "Role", "Screen", "ScreenClip",
    "Side", "Test", "headline_finding", "load_screen",
]  # fmt: skip

SCHEMA = "dorsi.screen/1"
Role = Literal["left", "right", "left_straight", "right_straight", "left_toe", "right_toe", "squat"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
_ADDED: Final = {"left_straight", "right_straight"}
"""Roles that older screens know nothing of."""
ROLE_NAMES: Final[dict[Role, str]] = {
    "left": "left lunge", "right": "right lunge", "left_straight": "left knee-straight lunge",
    "right_straight": "right knee-straight lunge", "left_toe": "left big toe", "right_toe": "right big toe",
    "squat": "squat",
}  # fmt: skip
Test = TestName
Tone = Literal["meets", "borderline", "limited", "none"]
PAIRED: Final[dict[Test, tuple[Role, Role]]] = {
    "lunge": ("left", "right"),
    "lunge_straight": ("left_straight", "right_straight"),
    "big_toe": ("left_toe", "right_toe"),
}
"""Tests of one leg at a time: their clips, left and right."""


class _Part(BaseModel):
    """Later versions may add keys: unknown ones are kept, not refused."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Links(_Part):
    """Where the files of a clip lie, relative to the folder of screen.json; null where there is none."""

    folder: str
    report_json: str
    report_html: str | None = None
    annotated_mp4: str | None = None
    peak_image: str | None = None


class ScreenClip(_Part):
    """One clip of the screen: the summary of its report, which lies beside it in full."""

    role: Role
    test: Test
    side: Side | None
    """The side it was given as; null for a squat."""
    file: str
    sha256: str
    width_px: int
    height_px: int
    status: Status
    reasons: list[Reason]
    warnings: list[Reason]
    posture: Literal["standing", "half_kneeling", "unknown"]
    facing: Side | None
    test_leg: Literal["near", "far"] | None
    reps: int
    reps_with_heel_lift: int
    measurements: Measurements
    """As in the report, `camera_roll_deg` among them."""
    view: View | None
    """How the camera saw the leg; null when that was not recorded."""
    links: Links | None
    """Null when nothing was written."""
    dorsi_version: str
    pose_model: Model
    rules: RulesUsed


class Answer(_Part):
    """One answer of the profile, in words."""

    key: str
    question: str
    side: Side | None
    answer: str


class Finding(_Part):
    """What one rule says; `threshold` null where the rule knows no number (an answer of yes or no)."""

    rule: str
    title: str
    side: Side | None
    verdict: Verdict
    measurement: str
    value: Finite | None
    threshold: Finite | None
    message: str
    source: str
    origin: Literal["clip", "answers", "screen"]
    """From one clip, from the person's answers, or from several results together."""
    role: Role | None
    """The clip it comes from, null for the other origins."""
    short_title: str = ""
    """The title under a head that names the test; "" where it has none."""
    witness: Witness | None = None
    """Of an answer about an ankle that something else decides: whether it bears that out. Such a finding's
    `verdict` is that of its rule, and not the answer on the ankle."""


class Ankle(_Part):
    """One answer for one ankle, the filmed angle first, else the tape, else a touch: `verdict` by the finding
    of `rule`, both null where nothing decides. `said` names the witnesses; "" where there was one voice."""

    side: Side
    verdict: Verdict | None
    rule: str | None
    said: str


class Difference(_Part):
    """One way in which two clips were not filmed alike; with `blocks`, no side is called more limited."""

    code: str
    message: str
    blocks: bool


class Comparability(_Part):
    """Whether the left and the right clip of a test may be compared, and what differs."""

    test: Test
    comparable: bool
    differences: list[Difference]

    @pydantic.model_validator(mode="after")
    def _not_comparable_says_why(self) -> Comparability:
        if self.comparable == any(each.blocks for each in self.differences):
            raise ValueError("clips are comparable exactly when no difference blocks")
        return self


class Pair(_Part):
    """One quantity of both legs. `difference` is left less right with its own ±, only where both were
    measured in comparable clips; `more_limited` only where it exceeds what the asymmetry rule asks."""

    test: Test
    measurement: str
    title: str
    unit: str
    headline: bool
    """The quantity that the test is about; the others are context."""
    left: Measured | None
    """Null when there is no such clip."""
    right: Measured | None
    difference: Measured | None
    more_limited: Side | None
    said: str
    """One sentence on the two sides; empty for context."""
    blocked_by: str | None = None
    """Code of the difference in filming that `said` gives for not comparing them."""


class PlanItem(AddedKeys):
    """One drill of the plan; `name` is its key, `drill` its title, `side` null for both."""

    added = PLAN_ITEM_ADDED
    name: str
    drill: str
    dose: str
    how_often: str
    dose_by: Literal["source", "dorsi"] | None = None
    how_often_by: Literal["source", "dorsi"] | None = None
    """Whose figure it is; null in older screens, whose texts say so themselves."""
    why: str
    steps: str
    side: Side | None
    source: str
    stage: StageName | None = None
    """Null in older screens, whose items lack the next keys too."""
    slots: list[Slot] = Field(default=[])
    """When on a day: before a run, after it, at any time."""
    days_a_week: int | None = None
    minutes: Finite | None = None
    """On such a day, both sides; Dorsi's count."""
    substitutes: list[str] = Field(default=[])
    """Titles of drills that may stand in for this one."""


class Plan(StagedPlan):
    """What to do about the findings, in order. `about` says what it is for, or why there is none: whom to see
    and how soon when `safety` stops. `alternatives` are drills that may stand in; `real_change` what change
    is more than measurement error."""

    about: str
    items: list[PlanItem]
    alternatives: list[str]
    remeasure: str
    real_change: str
    cautions: list[str]
    see_a_professional: bool


class Reading(_Part):
    """What several results say together: what to work on, why, and who says so."""

    text: str
    why: str
    source: str


class Headline(_Part):
    """The answer in some sentences: in plain words for the runner, with numbers for the therapist."""

    runner: str
    sentences: list[str] = []
    """Those of `runner`, one by one: the first is the whole answer. Empty in older screens."""
    professional: str
    tone: Tone
    """The worst of what was found; `none` when nothing could be compared, a clip gave no number and the
    others meet, or a safety answer stops."""


class Provenance(_Part):
    """What made the screen, so that it can be made again."""

    dorsi_version: str
    rules: RulesUsed
    drills: DrillsUsed | None = None
    """Absent from older screens."""
    settings: dict[str, Any]


class Screen(_Part):
    """The screen of one person on one day."""

    schema_: Literal["dorsi.screen/1"] = Field(alias="schema")
    runner: str | None
    date: dt.date
    """The day of the screen; the clips are taken for this day's."""
    headline: Headline
    clips: list[ScreenClip]
    missing: list[Role]
    """Clips that were not given; in older screens without the roles that were added later."""
    notes: list[Reason]
    """What to know about the screen as a whole: one side only, a side that may be named wrongly."""
    pairs: list[Pair]
    comparability: list[Comparability]
    """One entry for each test that has both sides."""
    answers: list[Answer]
    profile: dict[str, Any] | None
    """The whole profile, schema `dorsi.profile/1`; null when none was given."""
    findings: list[Finding]
    ankles: list[Ankle] = []
    """Left before right; empty in older screens."""
    readings: list[Reading] = []
    """What several results say together, by what to work on first; empty in older screens."""
    plan: Plan
    cautions: list[str]
    provenance: Provenance

    @pydantic.model_validator(mode="after")
    def _each_role_once(self) -> Screen:
        named = [clip.role for clip in self.clips] + self.missing
        if len(named) != len(set(named)) or not {*ROLES} - _ADDED <= {*named}:
            raise ValueError("every role is either given once or missing")
        if not self.clips:
            raise ValueError("a screen has at least one clip")
        return self

    def clip(self, role: Role) -> ScreenClip | None:
        """The clip of a role, None when it was not given."""
        return next((clip for clip in self.clips if clip.role == role), None)

    def to_json(self) -> str:
        """The screen as JSON text, keys as in the contract."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON Schema published in `docs/schema`: what a reader may rely on (later keys are optional)."""
        return cls.model_json_schema(by_alias=True)


def load_screen(path: Path) -> Screen:
    """Read a screen.json of any version 1 writer. Raises ScreenError."""
    try:
        return Screen.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScreenError("screen_unreadable", file=path.name, why=error.strerror) from error
    except (pydantic.ValidationError, UnicodeDecodeError) as error:
        problem = error.errors()[0] if isinstance(error, pydantic.ValidationError) else None
        where = ".".join(str(p) for p in problem["loc"]) if problem else "text"
        what = problem["msg"] if problem else "not UTF-8"
        why = f"{where}: {what}"
        raise ScreenError("screen_invalid", file=path.name, schema=SCHEMA, why=why) from error


def headline_finding(findings: Sequence[Finding], role: Role, test: Test) -> Finding | None:
    """The first finding about what may decide a clip's test, in a lunge the angle along joints or crest."""
    return next((f for f in findings if f.role == role and f.measurement in DECIDING[test]), None)
