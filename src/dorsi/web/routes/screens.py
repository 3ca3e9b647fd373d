"""Routes of screens put together, signed, printed; the plan and its ticks.

Not here: what they rest on (`desk`).
"""

from __future__ import annotations

from fastapi import APIRouter

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
