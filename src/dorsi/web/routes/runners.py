"""Routes of a runner's file: timeline, notes, profile, links.

Not here: what they rest on (`desk`).
"""

from __future__ import annotations

from fastapi import APIRouter

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
