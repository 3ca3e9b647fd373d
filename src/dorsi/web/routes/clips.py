"""Routes of files of a result, progress of a job, deletion.

Not here: what they rest on (`desk`).
"""

from __future__ import annotations

from fastapi import APIRouter

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
