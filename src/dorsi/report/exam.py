"""What each test is called on a page, which number answers it, and on which scale that number is drawn.

Not here: thresholds (`rules/rules.toml`) and the sentences made from these words (`verdict.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dorsi.report.model import Report
from dorsi.types import RESULT_OF

__all__ = ["CREST_LABEL", "EXAMS", "POSTURES", "YOUNG_ADULTS_DEG", "Exam", "exam_of", "posture_of"]

CREST_LABEL: Final = "Shin crest angle"
YOUNG_ADULTS_DEG: Final = (35, 40)
"""What healthy young adults reach in the lunge. Context, no threshold: said beside every minimum, because
"meets the minimum" alone reads as "supple"."""


@dataclass(frozen=True, slots=True)
class Exam:
    """One test in words. `measurement` is the key of its headline number, all of them in deg.

    `subject` is what the sentence is about, `quantity` what was measured on it, `reference` what it is held
    against; `scale_deg` the upper end of the drawn scale; `curve` the signal of the plot over time.
    """

    name: str
    subject: str
    measurement: str
    quantity: str
    condition: str
    label: str
    definition: str
    reference: str
    scale_deg: float
    curve: str
    curve_title: str


EXAMS: Final[dict[str, Exam]] = {
    "lunge": Exam(
        name="Lunge test",
        subject="ankle",
        measurement=RESULT_OF["lunge"],
        quantity="a shin angle",
        condition="with the heel down",
        label="Shin angle",
        definition="Tilt of the line from ankle to knee, the greatest with the heel down",
        reference="the minimum for running",
        scale_deg=50.0,
        curve="shin_angle_deg",
        curve_title="Shin angle",
    ),
    "big_toe": Exam(
        name="Big-toe extension",
        subject="big toe",
        measurement=RESULT_OF["big_toe"],
        quantity="an extension",
        condition="with the foot planted",
        label="Big-toe extension",
        definition="Angle between the big toe and the sole, the greatest with the foot planted",
        reference="what running asks of the big toe",
        scale_deg=70.0,
        curve="big_toe_deg",
        curve_title="Big-toe extension",
    ),
    "squat": Exam(
        name="Deep squat",
        subject="leg",
        measurement=RESULT_OF["squat"],
        quantity="a knee bend",
        condition="at the deepest point",
        label="Knee bend",
        definition="Bend of the knee at the deepest point; 0° is a straight leg",
        reference="the depth of a deep squat",
        scale_deg=150.0,
        curve="knee_flexion_deg",
        curve_title="Knee bend",
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
