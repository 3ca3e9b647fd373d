"""What each test is called on a page, which number answers it, and on which scale that number is drawn.

Not here: the words (`exams.toml`), thresholds (`rules/rules.toml`), sentences (`verdict.py`).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from dorsi.quantities import JOINTS, QUANTITIES, RESULT_OF
from dorsi.report.model import Report
from dorsi.rules.book import RULES_FILE, load_rules

__all__ = ["EXAMS", "POSTURES", "Exam", "exam_of", "posture_of", "young_adults_deg"]


@cache
def young_adults_deg() -> tuple[int, int]:
    """What healthy young adults reach in the lunge, as the shipped rules tell it with its studies.

    Context, no threshold: said beside every minimum, because "meets the minimum" alone reads as "supple".
    """
    known = next(fact for fact in load_rules(RULES_FILE).rule_set().context if fact.name == "young-adults")
    return round(known.usual_from or 0), round(known.usual_to or 0)


@dataclass(frozen=True, slots=True)
class Exam:
    """One test in words. `measurement` is the key of its headline number, all of them in deg.

    `subject` is what the sentence is about, `verb` what it does by so many degrees, `reference` what it is
    held against; `scale_deg` the upper end of the drawn scale.
    """

    measurement: str
    subject: str
    name: str
    verb: str
    condition: str
    definition: str
    reference: str
    scale_deg: float

    @property
    def label(self) -> str:
        """What the number is called."""
        return QUANTITIES[self.measurement].label

    @property
    def curve(self) -> str:
        """The signal of the plot over time."""
        return QUANTITIES[self.measurement].curve or ""


_WORDS: Final = tomllib.loads(Path(__file__).with_name("exams.toml").read_text(encoding="utf-8"))
EXAMS: Final = {test: Exam(RESULT_OF[test], JOINTS[test], **words) for test, words in _WORDS.items()}


def exam_of(report: Report) -> Exam:
    """The words of a report's test."""
    return EXAMS[report.test]


POSTURES: Final = {"standing": "standing", "half_kneeling": "half-kneeling", "unknown": "not known"}
"""How the person stood, in words."""


def posture_of(report: Report) -> str | None:
    """How the person stood, in words; None where it is not known, as in reports older than the key."""
    return None if report.posture in (None, "unknown") else POSTURES[report.posture]
