"""What a camera cannot see, as the runner tells it: the profile, its file, its questions, the safety list.

Not here: what follows from the answers but for safety (`rules`, `plan`).
"""

from dorsi.profile.profile import (
    PAIN_PLACES,
    SCHEMA,
    AgeGroup,
    CircleSize,
    History,
    Leg,
    PainPlace,
    PlanChecks,
    Profile,
    Signs,
    check_place,
    explain,
    load_profile,
    save_profile,
)
from dorsi.profile.safety import (
    SAFETY_QUESTIONS,
    Clearance,
    Lifted,
    Safety,
    SafetyFlag,
    SafetyQuestion,
    SafetyState,
    safety_state,
)

__all__ = [
    "PAIN_PLACES", "SAFETY_QUESTIONS", "SCHEMA", "AgeGroup", "CircleSize", "Clearance", "History", "Leg",
    "Lifted", "PainPlace", "PlanChecks", "Profile", "Safety", "SafetyFlag", "SafetyQuestion", "SafetyState",
    "Signs", "check_place", "explain", "load_profile", "safety_state", "save_profile",
]  # fmt: skip
