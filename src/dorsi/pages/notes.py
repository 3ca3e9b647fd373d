"""Words that pages share: end notes (who says so, numbered as the page names them), what a witness says.

Not here: the citations themselves (`rules`, `plan`), how a number looks (`templates/parts.html.j2`).
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["WITNESSES", "EndNotes"]

WITNESSES: Final[dict[str, str]] = {
    "disagrees": "disagrees", "undecided": "does not decide", "agrees": "agrees",
}  # fmt: skip
"""What an answer says of an ankle that something else decides, the gravest first."""

_BETWEEN: Final = re.compile(r";(?![^()]*\))")
"""Between two citations; what stands in the brackets of one may hold semicolons of its own."""


class EndNotes:
    """Filled while a page is rendered from top to bottom; its last section lists them."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, source: str) -> list[int]:
        """Numbers of the sources that a full citation (joined by "; ") names."""
        named = dict.fromkeys(each.strip() for each in _BETWEEN.split(source) if each.strip())
        return [self._numbers.setdefault(each, len(self._numbers) + 1) for each in named]

    @property
    def listed(self) -> list[str]:
        """Every source named so far, in the order of their numbers."""
        return list(self._numbers)
