"""The block for the physical therapist: every number with its ±, how it came about, what made it.

Not here: the answer (`verdict.py`), its layout (`templates/report.html.j2`).
"""

from __future__ import annotations

from dataclasses import dataclass

from dorsi.engine.conclude.camera import UNKNOWN_ROLL_95_DEG
from dorsi.engine.conclude.signals import HEEL_DOWN_MM
from dorsi.quantities import DECIDING, QUANTITIES, with_plus_minus
from dorsi.report.exam import exam_of, posture_of
from dorsi.report.model import DrillsUsed, Measured, Report, ReportRep, RulesUsed
from dorsi.types import Analysis

__all__ = ["Row", "book_in_words", "made_with", "measured_rows", "rep_rows", "setting_rows"]

Row = tuple[str, str]
"""A name and its value, both complete texts."""
_SHA_SHOWN = 12


@dataclass(frozen=True, slots=True)
class RepRow:
    """One repetition as the table shows it."""

    number: int
    at: str
    peak: str
    any_heel: str
    heel: str


def setting_rows(report: Report, analysis: Analysis | None) -> list[Row]:
    """What was tested and how it was filmed. Without `analysis` (an older report) the sources of the camera's
    tilt and of the scale are left out."""
    posture, source = posture_of(report), report.test_source
    test = exam_of(report).name + (f", {posture}" if posture else "")
    if source is not None:
        test += " (as given)" if source == "given" else " (recognised)"
    rows = [("Test", test)]
    if report.side:
        told = "as given" if report.side_source == "given" else "told from the picture"
        rows.append(("Side", f"{report.side} ({told})"))
    if report.test_leg and report.facing:
        rows.append(("View", f"leg {report.test_leg} to the camera, facing {report.facing}{_view(report)}"))
    rows.append(("Camera roll", _roll(report, analysis)))
    heel = f"down below {HEEL_DOWN_MM:g} mm above its rest"
    rows.append(("Heel", f"{heel}; scale from {analysis.scale_source}" if analysis is not None else heel))
    return rows


def measured_rows(report: Report) -> list[Row]:
    """Every quantity that has a value; an alternative to the result is named also without one, as the two are
    easily confused."""
    own = exam_of(report).measurement
    rows = [
        (key, known.short_name, getattr(report.measurements, key), known.sign)
        for key, known in QUANTITIES.items()
        if known.short_name
    ]
    after = [row[0] for row in rows].index("start_shin_angle_deg") + 1
    rows.insert(after, ("", "Excursion, start to peak", _excursion(report), "°"))
    rows.sort(key=lambda row: row[0] != own)  # the test's own quantity first, else as listed
    return [
        (name, _with_moment(value, sign))
        for key, name, value, sign in rows
        if value.value is not None or key in DECIDING[report.test][1:]
    ]


def rep_rows(report: Report) -> list[RepRow]:
    """The repetitions; angles are shin angles whatever the test."""
    return [
        RepRow(
            number=number,
            at=f"{rep.peak_s:.2f} s",
            peak=with_plus_minus(
                Measured(
                    value=rep.peak_shin_angle_deg,
                    uncertainty_95=rep.peak_uncertainty_95_deg,
                    time_s=None,
                    frame=None,
                )
            )
            if rep.peak_shin_angle_deg is not None
            else "–",
            any_heel="–"
            if rep.peak_shin_angle_any_heel_deg is None
            else f"{rep.peak_shin_angle_any_heel_deg:.1f}°",
            heel=_heel(rep),
        )
        for number, rep in enumerate(report.reps, 1)
    ]


def made_with(report: Report) -> list[Row]:
    """Provenance: enough to make the report again and to tell whether two were made alike."""
    made, clip = report.provenance, report.clip
    rows = [
        ("Dorsi", made.dorsi_version),
        ("Pose model", f"{made.model.name}, sha256 {made.model.sha256[:_SHA_SHOWN]}"),
    ]
    if made.outline is not None:
        rows.append(("Outline model", f"{made.outline.name}, sha256 {made.outline.sha256[:_SHA_SHOWN]}"))
    rules, drills = made.rules, made.drills
    rows.append(("Rule set", f"{rules.name} {book_in_words(rules)}"))
    if drills is not None and drills.file is not None:
        rows.append(("Drills", book_in_words(drills)))
    rate = f"{clip.frame_rate_hz:.4g} frames a second{' (varying)' if clip.variable_frame_rate else ''}"
    rows.append(("Clip", f"{clip.width_px}×{clip.height_px} px, {rate}, {clip.duration_s:.1f} s"))
    rows.append(("Clip sha256", clip.sha256[:_SHA_SHOWN]))
    return rows


def book_in_words(used: RulesUsed | DrillsUsed) -> str:
    """Version and digest of the rules or drills used, and their file where it is not the shipped one."""
    return f"{used.version}, sha256 {used.sha256[:_SHA_SHOWN]}{f', {used.file}' if used.file else ''}"


def _with_moment(value: Measured, unit: str) -> str:
    text = with_plus_minus(value, unit)
    return text if value.value is None or value.time_s is None else f"{text} at {value.time_s:.2f} s"


def _view(report: Report) -> str:
    """How square and how large the leg was seen, as far as the report knows."""
    view = report.view
    if view is None:
        return ""
    parts = []
    if view.yaw_deg is not None:
        half = "" if view.yaw_95_deg is None else f" ± {view.yaw_95_deg:.0f}°"
        parts.append(f"; {abs(view.yaw_deg):.0f}°{half} off square")
    if view.shank_px is not None:
        parts.append(f", shank {view.shank_px:.0f} px")
    return "".join(parts)


def _roll(report: Report, analysis: Analysis | None) -> str:
    roll = report.measurements.camera_roll_deg
    if roll.value is None:
        return "not measurable in this picture; the ± allows for it"
    level = analysis.level if analysis is not None else None
    source = f", read from {level.source}" if level is not None and level.known else ""
    return f"{with_plus_minus(roll)}{source}; taken off every angle"


def _heel(rep: ReportRep) -> str:
    if not rep.heel_lifted:
        return "not clearly seen" if rep.max_heel_lift_mm is None else "stays down"
    at = rep.heel_lift_onset_shin_angle_deg
    text = "lifts" + (f" at {at:.1f}°" if at is not None else "")
    text += f" ({rep.heel_lift_onset_s:.2f} s)" if rep.heel_lift_onset_s is not None else ""
    if rep.max_heel_lift_mm is None:
        return text
    pitch = f", {rep.max_heel_pitch_deg:.0f}°" if rep.max_heel_pitch_deg is not None else ""
    return f"{text}, up to {rep.max_heel_lift_mm:.1f} mm{pitch}"


def _excursion(report: Report) -> Measured:
    """How far the shin came from the start pose; the tilt of the camera drops out of it."""
    peak, start = report.measurements.peak_shin_angle_deg, report.measurements.start_shin_angle_deg
    if peak.value is None or start.value is None:
        return Measured(value=None, uncertainty_95=None, time_s=None, frame=None)
    half: float | None = None
    if peak.uncertainty_95 is not None and start.uncertainty_95 is not None:
        roll = report.measurements.camera_roll_deg.uncertainty_95
        shared = (UNKNOWN_ROLL_95_DEG if roll is None else roll) ** 2
        half = max(0.0, peak.uncertainty_95**2 + start.uncertainty_95**2 - 2 * shared) ** 0.5
    return Measured(value=peak.value - start.value, uncertainty_95=half, time_s=None, frame=None)
