"""What is asked before any test and any plan, and what follows from the answers: go on, ask, or see somebody.

The questions are data (`safety.toml`) and the outcome a pure function of the profile, for a terminal and a
web form alike. Not here: asking (`questionnaire.py`, `cli`), what a plan leaves out for pain (`plan`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from dorsi.errors import UsageError, sentences
from dorsi.profile.strict import StrictTable

if TYPE_CHECKING:
    from dorsi.profile.profile import Profile

__all__ = [
    "SAFETY_QUESTIONS", "Clearance", "Lifted", "Safety", "SafetyFlag", "SafetyQuestion", "SafetyState",
    "safety_state",
]  # fmt: skip

_FIRST_QUESTIONS: Final = 4
"""So many unanswered questions are named in the line that says they were not answered."""
_UNTIL_SEEN: Final = "Until that is cleared up, do no test and no drill"
_NO_RUN: Final = ", and run only if whoever has seen you says so"
_OPENED_AGAIN: Final = "Then a therapist who has seen you can open the plan again."
_FILE: Final = sentences(__file__, "safety.toml")


class Safety(StrictTable):
    """The `[safety]` table; True is yes, None not answered. Keys are those of `safety.toml`, in its order."""

    cannot_take_four_steps: bool | None = None
    calf_swollen_hot_or_painful: bool | None = None
    swelling_heat_redness: bool | None = None
    numb_tingling_weak: bool | None = None
    fresh_sprain_fall_surgery: bool | None = None
    bone_tender_or_deformed: bool | None = None
    night_or_rest_pain_fever: bool | None = None
    stress_fracture: bool | None = None
    pain_above_3: bool | None = None
    under_18: bool | None = None
    pregnant: bool | None = None
    diabetes_numb_feet: bool | None = None
    blood_thinners: bool | None = None


@dataclass(frozen=True, slots=True)
class SafetyQuestion:
    """One question of the list.

    `urgency` 1 is gravest; `said` is what a yes says; `how_soon_by` "dorsi" where the list gives no time and
    it is Dorsi's suggestion; `group` "professional" for what only asks for somebody's company; `at_once` a
    sentence on what would be graver still.
    """

    key: str
    urgency: int
    group: Literal["first", "professional"]
    text: str
    said: str
    whom: str
    how_soon: str
    how_soon_by: Literal["list", "dorsi"]
    at_once: str = ""


SAFETY_QUESTIONS: Final = tuple(SafetyQuestion(**each) for each in _FILE["question"])
"""In the order in which they are asked."""


@dataclass(frozen=True, slots=True)
class SafetyFlag:
    """A question that was answered with yes; `text` is what the yes says."""

    key: str
    text: str
    whom: str
    how_soon: str
    how_soon_by: Literal["list", "dorsi"]


@dataclass(frozen=True, slots=True)
class Clearance:
    """A therapist's word that somebody may go on in spite of a yes. `by` a name, `at` with a time zone.

    Handed over by a program that knows who is logged in; no file of the runner and no command has it. Raises
    UsageError unless `role` is "therapist" and a name, a reason and a time zone are there.
    """

    by: str
    role: str
    at: dt.datetime
    reason: str

    def __post_init__(self) -> None:
        if self.role != "therapist":
            raise UsageError("clearance_by_other", role=self.role)
        if not self.by.strip() or not self.reason.strip() or self.at.tzinfo is None:
            raise UsageError("clearance_incomplete")


@dataclass(frozen=True, slots=True)
class Lifted:
    """Who lifted a stop, when, and why, as a screen keeps it."""

    by: str
    at: dt.datetime
    reason: str


@dataclass(frozen=True, slots=True)
class SafetyState:
    """What follows from the answers.

    `state`: "clear" (every question answered with no); "unanswered" (no yes, but a question is open);
    "stop" (a yes); "lifted" (a yes that a therapist has lifted). `sentences` say it, the first one alone
    whom to see and how soon. `open_keys` are the questions not answered, `questions` the first of them in
    words; `flags` the yeses, gravest first.
    """

    state: Literal["clear", "unanswered", "stop", "lifted"]
    sentences: tuple[str, ...]
    questions: tuple[str, ...]
    open_keys: tuple[str, ...]
    flags: tuple[SafetyFlag, ...]
    lifted: Lifted | None = None

    @property
    def line(self) -> str:
        """The sentences as one line."""
        return " ".join(self.sentences)

    @property
    def all_answered(self) -> bool:
        """Whether no question is open."""
        return not self.open_keys


def safety_state(profile: Profile | None, clearance: Clearance | None = None) -> SafetyState:
    """What the answers of a profile allow; None is a profile without answers.

    A yes stops, whatever else was answered. `clearance` lifts a yes, and nothing else: questions that were
    not answered stay open.
    """
    told = Safety() if profile is None else profile.safety_told
    yes = [each for each in SAFETY_QUESTIONS if getattr(told, each.key) is True]
    yes.sort(key=lambda each: each.urgency)
    open_ = [each for each in SAFETY_QUESTIONS if getattr(told, each.key) is None]
    flags = tuple(SafetyFlag(q.key, q.said, q.whom, q.how_soon, q.how_soon_by) for q in yes)
    questions = tuple(each.text for each in open_[:_FIRST_QUESTIONS])
    keys = tuple(each.key for each in open_)
    if yes and clearance is not None:
        lifted = Lifted(clearance.by.strip(), clearance.at, clearance.reason.strip())
        said = (*_lifted(lifted, yes), *(_unanswered(open_) if keys else ()))
        return SafetyState("lifted", said, questions, keys, flags, lifted)
    if yes:
        return SafetyState("stop", tuple(_stop(yes)), questions, keys, flags)
    if keys:
        return SafetyState("unanswered", tuple(_unanswered(open_)), questions, keys, ())
    return SafetyState("clear", ("You answered every safety question with no.",), (), (), ())


def _stop(yes: list[SafetyQuestion]) -> list[str]:
    gravest, *others = yes
    head = _FILE["heads"][gravest.group]
    said = [f"{head}: see {gravest.whom} {gravest.how_soon}, because {gravest.said}."]
    said += [each.at_once for each in yes if each.at_once]
    if others:
        said.append(f"Tell them this too: {'; '.join(each.said for each in others)}.")
    if gravest.how_soon_by == "dorsi":
        said.append("How soon is Dorsi's own suggestion: if it gets worse, go sooner.")
    run = _NO_RUN if any(each.group == "first" for each in yes) else ""
    return [*said, f"{_UNTIL_SEEN}{run}.", _OPENED_AGAIN]


def _unanswered(open_: list[SafetyQuestion]) -> list[str]:
    shown = open_[:_FIRST_QUESTIONS]
    grave = [each for each in shown if each.urgency == 1]
    if_yes = "If any is a yes, do none of the drills and have it looked at first"
    if grave:
        which = "the first" if len(grave) == 1 else f"one of the first {len(grave)}"
        if_yes += f"; with a yes to {which} see {grave[0].whom} today"
    return [
        f"You have not answered all {len(SAFETY_QUESTIONS)} safety questions. Answer them before you start: "
        "these drills are safe for those who say no to every one. "
        f"{' '.join(each.text for each in shown)} {if_yes}."
    ]


def _lifted(lifted: Lifted, yes: list[SafetyQuestion]) -> list[str]:
    told = "; ".join(each.said for each in yes)
    return [f"{lifted.by}, therapist, lifted this on {lifted.at:%Y-%m-%d}: {told}. Reason: {lifted.reason}"]
