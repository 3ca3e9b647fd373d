"""A synthetic analysis: three lunges of a known shape, the third with a lifting heel. No clip is read.

Not here: tests.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from dorsi.plan import load_books
from dorsi.report.build import build_report
from dorsi.report.model import Report
from dorsi.rules import evaluate
from dorsi.settings import Settings
from dorsi.types import Analysis, ClipInfo, LegTrack, Level, Measurement, Note, Rep, Signals
from tests.fakes import MEASUREMENTS

BOOKS = load_books()

RATE_HZ = 30.0
REP_FRAMES = 80
PEAKS_DEG = (33.0, 34.6, 35.2)
"""Greatest shin angle with the heel down, by repetition."""
MESSAGE = "The leg was not filmed from the side. Put the phone level with the shin."


def fake_analysis(peak_deg: float = 35.2, half_deg: float = 4.8, crest: bool = False) -> Analysis:
    """Three reps; the last goes on 5 deg past `peak_deg` on a heel that lifts by 22 mm."""
    count = 3 * REP_FRAMES + 20
    time_s = np.arange(count) / RATE_HZ
    shin, lift = np.full(count, 2.0), np.zeros(count)
    tops = np.array(PEAKS_DEG) + (peak_deg - PEAKS_DEG[2]) + (0, 0, 5.0)
    reps = []
    for i, top in enumerate(tops):
        start = 10 + i * REP_FRAMES
        wave = np.sin(np.pi * np.arange(REP_FRAMES) / REP_FRAMES) ** 2
        shin[start : start + REP_FRAMES] += (top - 2.0) * wave
        last = i == 2
        if last:
            lift[start : start + REP_FRAMES] = 22 * np.clip((wave - 0.85) / 0.15, 0, 1)
        peak = start + (REP_FRAMES // 2 if not last else 29)
        onset = start + 30 if last else None
        reps.append(_rep(start, peak, float(top - (5.0 if last else 0.0)), half_deg, float(top), onset))
    shin[100:104] = np.nan
    values = {key: Measurement() for key in MEASUREMENTS}
    best = reps[2]
    values["peak_shin_angle_deg"] = Measurement(peak_deg, half_deg, best.peak_s, best.peak_frame)
    values["peak_shin_angle_any_heel_deg"] = Measurement(float(tops[2]), half_deg, 7.0, 210)
    values["start_shin_angle_deg"] = Measurement(2.0, half_deg, 0.1, 3)
    values["max_heel_lift_mm"] = Measurement(22.0, 6.0, 7.0, 210)
    values["camera_roll_deg"] = Measurement(-1.4, 0.6)
    if crest:
        values["peak_crest_angle_deg"] = Measurement(peak_deg + 4, half_deg, best.peak_s, best.peak_frame)
    missing = np.full(count, np.nan)
    points = np.zeros((count, 5, 2))
    return Analysis(
        clip=ClipInfo(
            Path("left knee <to> wall.mp4"),
            1080,
            1920,
            float(time_s[-1]),
            count,
            RATE_HZ,
            True,
            90,
            False,
            "hevc",
            "yuv420p10le",
            10,
            True,
        ),
        time_s=time_s,
        face_xy_px=np.full((count, 1, 11, 2), np.nan),
        leg=LegTrack(time_s, points, np.ones((count, 5)), points, "left", "right", "far"),
        level=Level(-1.4, 0.6, "upright edges in the room"),
        signals=Signals(time_s, shin, missing, lift, lift / 4, missing, shin * 1.5, lift < 5),
        reps=tuple(reps),
        measurements=values,
        reasons=(),
        warnings=(Note("one_rep", "The clip shows a single repetition. Film three."),),
        model_name="heavy",
        outline_sha256="1" * 64,
        model_sha256="0123456789abcdef" * 4,
        scale_source="usual body proportions",
    )


def refused(found: Analysis | None = None) -> Analysis:
    """The same clip, refused late: curves, reps and numbers are all there and must not be shown."""
    return replace(found or fake_analysis(), reasons=(Note("not_side_view", MESSAGE),))


def report_of(found: Analysis, rules: str = "runner") -> Report:
    """The report of an analysis by a named rule set."""
    findings = evaluate(
        BOOKS.rules.rule_set(rules), found.measurements, found.reps, found.measured, side="left"
    )
    return build_report(found, findings, Settings(rules=rules), BOOKS, "ab" * 32)


def _rep(start: int, peak: int, value: float, half: float, any_heel: float, onset: int | None) -> Rep:
    end, lifted = start + REP_FRAMES - 1, onset is not None
    return Rep(
        start,
        peak,
        end,
        start / RATE_HZ,
        peak / RATE_HZ,
        end / RATE_HZ,
        value,
        half,
        any_heel,
        lifted,
        onset / RATE_HZ if onset else None,
        value if lifted else None,
        22.0 if lifted else 1.0,
        5.5 if lifted else 0.3,
    )
