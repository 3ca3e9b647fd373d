"""The base of every table of a profile: frozen, every key known, no conversion of types.

Not here: the tables (`profile.py`, `safety.py`).
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["StrictTable"]


class StrictTable(BaseModel):
    """One table; an unknown key, a value of another type or a NaN is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
