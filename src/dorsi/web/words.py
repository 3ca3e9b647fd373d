"""Small words of the pages: days, sizes, roles.

Not here: sentences about results (`dorsi.report`, `dorsi.screen`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

__all__ = ["ROLE_WORDS", "ago", "day", "moment", "role_in_words", "size"]

ROLE_WORDS: Final = {
    "left": "Left ankle", "right": "Right ankle", "left_straight": "Left ankle, knee straight",
    "right_straight": "Right ankle, knee straight", "left_toe": "Left big toe", "right_toe": "Right big toe",
    "squat": "Deep squat", "clip": "Just this clip",
}  # fmt: skip


def role_in_words(role: str) -> str:
    """`Left ankle` for `left`; a role that a later version added as it is."""
    return ROLE_WORDS.get(role, role.replace("_", " "))


def day(at: datetime) -> str:
    """`26 Nov 2026`, in the server's own time zone."""
    local = at.astimezone()
    return f"{local.day} {local:%b %Y}"


def moment(at: datetime) -> str:
    """`26 Nov 2026, 14:05`, in the server's own time zone."""
    return f"{day(at)}, {at.astimezone():%H:%M}"


def ago(at: datetime, since: datetime | None = None) -> str:
    """`just now`, `5 minutes ago`, `3 hours ago`, `yesterday`, else the day."""
    minutes = int(((since or datetime.now(UTC)) - at).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} minute{'s' if minutes > 1 else ''} ago"
    if minutes < 24 * 60:
        hours = minutes // 60
        return f"{hours} hour{'s' if hours > 1 else ''} ago"
    return "yesterday" if minutes < 48 * 60 else day(at)


def size(size_bytes: int) -> str:
    """`12 MB`."""
    return f"{size_bytes / 1e6:.0f} MB" if size_bytes >= 1_000_000 else f"{max(1, size_bytes // 1000)} kB"
