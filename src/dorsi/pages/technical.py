"""The numbers in the block for the physical therapist: which are shown, in which order; the excursion.

Not here: the answer (`answer.py`), layout and the rest of the block (`templates/report.html.j2`).
"""

from __future__ import annotations

from dorsi.engine.conclude.camera import UNKNOWN_ROLL_95_DEG
from dorsi.quantities import DECIDING, QUANTITIES, Value
from dorsi.report.model import Report
from dorsi.types import Measurement

__all__ = ["measured_rows"]


def measured_rows(report: Report) -> list[tuple[str, Value, str]]:
    """Name, value and unit of every quantity that has a value, the test's own first, else as listed.

    An alternative to the result is named also without a value, as the two are easily confused.
    """
    own, *alternatives = DECIDING[report.test]
    rows: list[tuple[str, str, Value, str]] = []
    for key, known in QUANTITIES.items():
        if known.short_name:
            rows.append((key, known.short_name, getattr(report.measurements, key), known.sign))
        if key == "start_shin_angle_deg":
            rows.append(("", "Excursion, start to peak", _excursion(report), "°"))
    rows.sort(key=lambda row: row[0] != own)
    return [
        (name, value, sign)
        for key, name, value, sign in rows
        if value.value is not None or key in alternatives
    ]


def _excursion(report: Report) -> Measurement:
    """How far the shin came from the start pose; the tilt of the camera drops out of it."""
    peak, start = report.measurements.peak_shin_angle_deg, report.measurements.start_shin_angle_deg
    if peak.value is None or start.value is None:
        return Measurement()
    half: float | None = None
    if peak.uncertainty_95 is not None and start.uncertainty_95 is not None:
        roll = report.measurements.camera_roll_deg.uncertainty_95
        shared = (UNKNOWN_ROLL_95_DEG if roll is None else roll) ** 2
        half = max(0.0, peak.uncertainty_95**2 + start.uncertainty_95**2 - 2 * shared) ** 0.5
    return Measurement(peak.value - start.value, half)
