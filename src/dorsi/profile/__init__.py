"""What a camera cannot see, as the runner tells it: the profile, its file, and the questions.

Not here: what follows from the answers (`rules`).
"""

from dorsi.profile.profile import (
    SCHEMA,
    CircleSize,
    Leg,
    PainPlace,
    Profile,
    Signs,
    check_place,
    explain,
    load_profile,
    save_profile,
)

__all__ = [
    "SCHEMA", "CircleSize", "Leg", "PainPlace", "Profile", "Signs", "check_place", "explain", "load_profile",
    "save_profile",
]  # fmt: skip
