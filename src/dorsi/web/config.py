"""How the web front is reached. Not here: what it allows (`desk/limits.py`), options (`cli/serve.py`)."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Config"]

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Config:
    """`hosts` are the names by which a browser may call this server (without port); empty means any, for a
    clinic behind a proxy that checks them. `tls` is whether pages come over TLS (cookies are then Secure)."""

    hosts: frozenset[str] = LOOPBACK
    tls: bool = False
    secure_proxy: bool = False
