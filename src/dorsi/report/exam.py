"""What each test is called on a page, which number answers it, and on which scale that number is drawn.

Not here: the words (`exams.toml`), thresholds (`rules/rules.toml`), sentences (`verdict.py`).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dorsi.quantities import JOINTS, QUANTITIES, RESULT_OF
from dorsi.report.model import Report

__all__ = ["EXAMS", "POSTURES", "YOUNG_ADULTS_DEG", "Exam", "exam_of", "posture_of"]

YOUNG_ADULTS_DEG: Final = (35, 40)
"""What healthy young adults reach in the lunge. Context, no threshold: said beside every minimum, because
"meets the minimum" alone reads as "supple"."""


@dataclass(frozen=True, slots=True)
class Exam:
    """One test in words. `measurement` is the key of its headline number, all of them in deg.

    `subject` is what the sentence is about, `quantity` what was measured on it, `reference` what it is held
    against; `scale_deg` the upper end of the drawn scale.
    """

    measurement: str
    subject: str
    name: str
    quantity: str
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
