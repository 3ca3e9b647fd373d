"""Routes of invitations and pairing links: made, shown, opened, revoked.

Not here: what they rest on (`desk`).
"""

from __future__ import annotations

from fastapi import APIRouter

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
