"""What a person may do: the stage reached, and what pain, one-sided trouble and open questions keep out.

Not here: which drill is kept out by what (`drills.toml`), the safety list (`profile/safety.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dorsi.plan.book import STAGES, Drill, DrillBook, Need, Stage, StageName, Trouble
from dorsi.plan.model import Withheld
from dorsi.plan.words import listed
from dorsi.profile import PainPlace, PlanChecks, Profile, SafetyState

__all__ = ["Limits", "limits_of", "sore_places", "stage_reached"]

_TROUBLE_OF: Final[dict[PainPlace, Trouble]] = {
    "knee": "knee", "shin": "shin", "plantar_fascia": "sole", "achilles": "achilles", "heel": "heel",
    "forefoot": "forefoot", "big_toe": "big_toe",
}  # fmt: skip
_SORE: Final[dict[Trouble, str]] = {
    "knee": "the knee", "shin": "the shin", "sole": "the sole", "achilles": "the Achilles tendon",
    "heel": "the heel", "forefoot": "the forefoot", "big_toe": "the big toe",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """`stage` is the one reached; `safe_only` while safety questions are open; `mobile` when nothing is
    limited; `springs` False where an ankle or a toe is not known."""

    stage: StageName
    troubles: frozenset[Trouble] = frozenset()
    safe_only: bool = False
    mobile: bool = True
    springs: bool = True

    def lets(self, drill: Drill) -> bool:
        """Whether the drill may be shown to this person, in whatever stage."""
        return not self.troubles & set(drill.not_with) and (drill.safe_for_anyone or not self.safe_only)

    def lets_now(self, drill: Drill) -> bool:
        """Whether it may be done now: an earlier stage's drill stays."""
        if STAGES.index(drill.stage) > STAGES.index(self.stage):
            return False
        held = (drill.once_mobile and not self.mobile) or (drill.stage == "spring" and not self.springs)
        return self.lets(drill) and not held

    def suited(self, need: Need, book: DrillBook) -> Need:
        """The need with the drills that stand in for others because of a pain."""

        def of(name: str) -> str:
            instead = book.drills[name].instead
            return instead.drill if instead and self.troubles & set(instead.pain_in) else name

        found = {"drills": [of(name) for name in need.drills]}
        return need.model_copy(update=found | {"alternatives": [of(name) for name in need.alternatives]})

    def in_order(self, names: Iterable[str], book: DrillBook) -> list[str]:
        """Drills that may be done now: by turns one of the stage reached, then one of each earlier stage."""
        by_stage: dict[StageName, list[str]] = {stage: [] for stage in reversed(STAGES)}
        for name in names:
            if self.lets_now(book.drills[name]):
                by_stage[book.drills[name].stage].append(name)
        most = max(len(each) for each in by_stage.values())
        return [each[turn] for turn in range(most) for each in by_stage.values() if turn < len(each)]

    def withheld(self, names: Iterable[str], book: DrillBook) -> tuple[Withheld, ...]:
        """What pain or one-sided trouble keeps out, of these drills; those of a later stage wait anyway."""
        reached = STAGES[: STAGES.index(self.stage) + 1]
        drills = [book.drills[name] for name in dict.fromkeys(names)]
        drills = [drill for drill in drills if drill.stage in reached]
        met = [(drill, [each for each in drill.not_with if each in self.troubles]) for drill in drills]
        return tuple(Withheld(drill.title, _why(found)) for drill, found in met if found)


def limits_of(
    profile: Profile | None, safety: SafetyState, book: DrillBook, *, limited: bool, known: bool
) -> Limits:
    """The limits of one person; `limited`: a test is; `known`: nothing that springs load is unknown."""
    signs = None if profile is None else profile.signs
    troubles = {_TROUBLE_OF[place] for place in _places(profile)}
    if signs is not None and signs.one_sided in ("left", "right"):
        troubles.add("one_sided")
    stage = stage_reached(PlanChecks() if profile is None else profile.plan, book.stages, limited=limited)
    if stage in STAGES[2:] and not safety.all_answered:
        stage = "control"
    if stage == "spring" and not known:
        stage = "strengthen"
    return Limits(stage, frozenset(troubles), not safety.all_answered, not limited, known)


def sore_places(profile: Profile | None) -> list[str]:
    """Where the person told of pain, in words: `the knee`."""
    return [_SORE[_TROUBLE_OF[place]] for place in _places(profile)]


def _places(profile: Profile | None) -> Sequence[PainPlace]:
    return () if profile is None else profile.signs.pain_where or ()


def stage_reached(checks: PlanChecks, stages: Iterable[Stage], *, limited: bool) -> StageName:
    """The stage that what was told leads to; a check that was not answered counts as not passed."""
    weeks = next(each.weeks for each in stages if each.name == "loosen")
    if limited and (weeks is None or (checks.weeks or 0) < weeks):
        return "loosen"
    if not checks.balance_30_s:
        return "control"
    return "spring" if checks.calf_raises_15 else "strengthen"


def _why(found: Iterable[Trouble]) -> str:
    """Why a drill is left out, a clause that starts a sentence."""
    sore = [_SORE[each] for each in found if each != "one_sided"]
    parts = [f"of the pain in {listed(sore)}"] if sore else []
    if "one_sided" in found:
        parts.append("the trouble is always on one side")
    return f"Left out because {', and because '.join(parts)}"
