"""Runner names: what may be one, when two are the same, which are close.

Not here: the table of runners.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from dorsi.errors import UsageError

__all__ = ["clean_name", "close_names", "key_of"]

MAX_LENGTH: Final = 120
# Signs that turn the direction of writing could make a name look like another one.
_DIRECTION: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_name(name: str) -> str:
    """The name as it is kept and shown: composed letters, single spaces. Raises UsageError on no name."""
    clean = " ".join(unicodedata.normalize("NFC", name).split())
    if not clean:
        raise UsageError("name_missing")
    if len(clean) > MAX_LENGTH:
        raise UsageError("name_too_long", length=len(clean), most=MAX_LENGTH)
    if any(unicodedata.category(sign) in {"Cc", "Cs"} or sign in _DIRECTION for sign in clean):
        raise UsageError("name_with_other_signs")
    return clean


def key_of(name: str) -> str:
    """What tells runners apart: `Ana  lima` and `ana Lima` are one, `Ana` and `Anna` are two.

    Raises UsageError on no name.
    """
    folded = unicodedata.normalize("NFKC", clean_name(name)).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def close_names(name: str, known: Iterable[str]) -> list[str]:
    """At most three of `known` that `name` may have meant, the closest first."""
    by_key = {key_of(each): each for each in known}
    return [by_key[key] for key in get_close_matches(key_of(name), by_key, n=3, cutoff=0.6)]
