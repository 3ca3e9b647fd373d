"""What each test is called on a page, which number answers it, and on which scale that number is drawn.

Not here: thresholds (`rules/rules.toml`) and the sentences made from these words (`verdict.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
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

    name: str
    subject: str
    measurement: str
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


EXAMS: Final[dict[str, Exam]] = {
    "lunge": Exam(
        name="Lunge test",
        subject=JOINTS["lunge"],
        measurement=RESULT_OF["lunge"],
        quantity="a shin angle",
        condition="with the heel down",
        definition="Tilt of the line from ankle to knee, the greatest with the heel down",
        reference="the minimum for running",
        scale_deg=50.0,
    ),
    "big_toe": Exam(
        name="Big-toe extension",
        subject=JOINTS["big_toe"],
        measurement=RESULT_OF["big_toe"],
        quantity="an extension",
        condition="with the foot planted",
        definition="Angle between the big toe and the sole, the greatest with the foot planted",
        reference="what running asks of the big toe",
        scale_deg=70.0,
    ),
    "squat": Exam(
        name="Deep squat",
        subject=JOINTS["squat"],
        measurement=RESULT_OF["squat"],
        quantity="a knee bend",
        condition="at the deepest point",
        definition="Bend of the knee at the deepest point; 0° is a straight leg",
        reference="the depth of a deep squat",
        scale_deg=150.0,
    ),
}


def exam_of(report: Report) -> Exam:
    """The words of a report's test."""
    return EXAMS[report.test]


POSTURES: Final = {"standing": "standing", "half_kneeling": "half-kneeling", "unknown": "not known"}
"""How the person stood, in words."""


def posture_of(report: Report) -> str | None:
    """How the person stood, in words; None where it is not known, as in reports older than the key."""
    return None if report.posture in (None, "unknown") else POSTURES[report.posture]
