"""How the web front is reached. Not here: what it allows (`desk/limits.py`), options (`cli/serve.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["LOOPBACK", "Config"]

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Config:
    """`hosts` are the names by which a browser may call this server (without port); empty means any, for a
    clinic behind a proxy that checks them. `tls` is whether pages come over TLS (cookies are then Secure)."""

    hosts: frozenset[str] = LOOPBACK
    tls: bool = False
    phone_address: str | None = None
    """`http://192.168.1.5:8710` where phones on the local network may be paired."""
