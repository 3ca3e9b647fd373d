"""Routes of log in and out, own account and tokens, accounts of the clinic, audit log.

Not here: what they rest on (`desk`).
"""

from __future__ import annotations

from fastapi import APIRouter

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
