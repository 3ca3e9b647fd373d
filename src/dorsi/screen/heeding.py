"""What a screen says after a yes to a safety question, also one given after it was put together.

Not here: what the safety answers mean (`profile/safety.py`), the same of one clip (`report/heeding.py`).
"""

from __future__ import annotations

from dataclasses import asdict

from dorsi.plan import stopped_plan
from dorsi.profile import SafetyState
from dorsi.report.heeding import NUMBERS_STAY
from dorsi.screen.model import Headline, Plan, Screen

__all__ = ["safety_first", "stopped"]


def safety_first(found: Headline, safety: SafetyState) -> Headline:
    """The headline, after whom to see where a safety answer stops; no verdict colours it then."""
    if safety.state != "stop":
        return found
    said = [*safety.sentences, NUMBERS_STAY, *(found.sentences or [found.runner])]
    return found.model_copy(update={"sentences": said, "runner": " ".join(said), "tone": "none"})


def stopped(screen: Screen, safety: SafetyState) -> Screen:
    """The screen as it may be shown to somebody whose answers stop: the numbers, no plan, no drill, no word
    on what to work on or on answered tests. As it was where they do not stop, or it says so itself."""
    if safety.state != "stop" or (screen.plan.safety is not None and screen.plan.safety.state == "stop"):
        return screen
    plan = Plan.model_validate(asdict(stopped_plan(safety)))
    kept = [each for each in screen.findings if each.origin != "answers"]
    update = {
        "headline": safety_first(screen.headline, safety), "plan": plan, "readings": [], "findings": kept,
    }  # fmt: skip
    return screen.model_copy(update=update)
