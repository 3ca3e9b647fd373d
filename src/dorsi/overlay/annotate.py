"""The annotated video: a second pass over the clip that draws what was measured on every frame.

Not here: how things are drawn (`drawing.py`) and what was measured.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from dorsi.engine.landmarks import LegPoint
from dorsi.overlay import drawing
from dorsi.overlay.drawing import Strip
from dorsi.quantities import QUANTITIES, RESULT_OF, with_plus_minus
from dorsi.report.model import Measured, Report
from dorsi.settings import Settings
from dorsi.types import Analysis, FloatArray, Frame, IndexArray, LegTrack, Rgb, Signals
from dorsi.video import FrameReader, VideoWriter

__all__ = ["write_annotated"]

Progress = Callable[[str, float], None]
STAGE = "draw the video"
STRIP_SHARE = 0.18
DRAWN_BY_HAND = 0.5
"""From this part on a line on the video is a hand's, not the machine's."""
PEAK_MARK_S = 0.25
"""How long before and after its moment the peak is announced."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """What every frame needs, prepared once at the delivered size."""

    analysis: Analysis
    scale: float
    strip: Strip | None
    face_xy_px: FloatArray | None
    heel_lift_mm: FloatArray
    rep_of: IndexArray


def write_annotated(
    clip_path: Path, analysis: Analysis, report: Report, out_path: Path, settings: Settings,
    progress: Progress | None = None,
) -> bytes | None:  # fmt: skip
    """Write `out_path` (unless `settings.video` is off) and give the annotated peak frame as JPEG.

    None when the clip has no peak to show. Raises OutputError, ClipUnreadable.
    """
    peak = _result(report).frame
    if not settings.video and peak is None:
        return None
    jpeg: bytes | None = None
    scene: _Scene | None = None
    count = max(1, len(analysis.time_s))
    # Of the picture of the peak alone no other frame is needed but the first, which tells the size.
    every = 1 if settings.video or peak is None else max(1, peak)
    with (
        FrameReader(clip_path, prefetch=4, every=every, max_side_px=settings.max_side_px) as reader,
        ExitStack() as files,
    ):
        writer: VideoWriter | None = None
        for frame in reader:
            if frame.index >= len(analysis.time_s):
                break
            if scene is None:
                height, width = frame.rgb.shape[:2]
                scene = _prepare(analysis, reader.scale, width, height, settings.blur_face)
                if settings.video:
                    below = 0 if scene.strip is None else len(scene.strip.picture)
                    writer = VideoWriter(out_path, width, height + below, analysis.clip.frame_rate_hz)
                    files.enter_context(writer)
            if writer is not None or frame.index == peak:
                picture = _annotate(frame, scene, report)
                jpeg = _jpeg(picture) if frame.index == peak else jpeg
                if writer is not None:
                    writer.write(picture, frame.time_s)
            if progress is not None:
                progress(STAGE, min(1.0, (frame.index + 1) / count))
            if writer is None and jpeg is not None:
                break
    return jpeg


def _prepare(analysis: Analysis, scale: float, width_px: int, height_px: int, blur: bool) -> _Scene:
    signals, count = analysis.signals, len(analysis.time_s)
    curve = None if signals is None else _curve(analysis, signals)
    strip = None
    if signals is not None and curve is not None and analysis.measured:
        strip_px = max(40, round(STRIP_SHARE * min(width_px, height_px * 0.75)))
        strip_px += (height_px + strip_px) % 2  # H.264 takes even sizes; the picture shall lose no row
        time_s, peak = signals.time_s, analysis.peak_frame
        strip = drawing.make_strip(width_px, strip_px, time_s, curve, signals.heel_down, peak)
    rep_of = np.zeros(count, dtype=np.intp)
    for number, rep in enumerate(analysis.reps, 1):
        rep_of[rep.start_frame :] = number
    lift = signals.heel_lift_mm if signals is not None else np.full(count, np.nan)
    face = hold(analysis.face_xy_px) * scale if blur else None
    return _Scene(analysis, scale, strip, face, lift, rep_of)


def _result(report: Report) -> Measured:
    """The measurement this clip is about."""
    found: Measured = getattr(report.measurements, RESULT_OF[report.test])
    return found


def _curve(analysis: Analysis, signals: Signals) -> FloatArray:
    """(T,) the curve of that quantity, deg."""
    curve: FloatArray = getattr(signals, QUANTITIES[RESULT_OF[analysis.test]].curve or "")
    return curve


def hold(points: FloatArray) -> FloatArray:
    """Missing rows take the last known one (the first known one before it): a face never flashes up."""
    known = np.flatnonzero(np.isfinite(points).any(axis=tuple(range(1, points.ndim))))
    if not len(known):
        return points
    nearest = known[np.clip(np.searchsorted(known, np.arange(len(points)), side="right") - 1, 0, None)]
    return points[nearest]


def _annotate(frame: Frame, scene: _Scene, report: Report) -> Rgb:
    """The frame with everything on it, and the strip below; draws into the frame's own array."""
    rgb, i, analysis = frame.rgb, frame.index, scene.analysis
    if not rgb.flags.writeable:
        rgb = rgb.copy()
    if scene.face_xy_px is not None:
        drawing.blur_face(rgb, scene.face_xy_px[i])
    u = drawing.unit_px(rgb)
    leg, signals = analysis.leg, analysis.signals
    seen = leg is not None and bool(np.isfinite(leg.xy_px[i]).all())
    if leg is not None and signals is not None and seen:
        points = leg.xy_px[i] * scene.scale
        down = bool(signals.heel_down[i])
        unseen = not np.isfinite(scene.heel_lift_mm[i])
        if analysis.test != "big_toe":
            drawing.draw_leg(rgb, points, down if analysis.measured and not unseen else None)
        if analysis.measured:
            _draw_result(rgb, scene, leg, signals, i)
            raised = f"HEEL UP {scene.heel_lift_mm[i]:.0f} mm"
            said = "HEEL UNSURE" if unseen else "HEEL DOWN" if down else raised
            colour = drawing.WHITE if unseen else drawing.DOWN if down else drawing.UP
            drawing.label(rgb, said, 2 * u, 13.5 * u, colour, 1.1)
    elif analysis.measured:
        drawing.label(rgb, "not measured here", 2 * u, 13.5 * u)
    _headline(rgb, scene, report, i, u)
    return rgb if scene.strip is None else drawing.with_strip(rgb, scene.strip, i)


def _draw_result(rgb: Rgb, scene: _Scene, leg: LegTrack, signals: Signals, i: int) -> None:
    """The angle of this clip's test, where it lies in the picture."""
    analysis, points = scene.analysis, leg.xy_px[i] * scene.scale
    angle = float(_curve(analysis, signals)[i])
    if not np.isfinite(angle):
        return
    if analysis.test == "big_toe":
        if analysis.toe_lines_px is not None:
            lines, foot = analysis.toe_lines_px * scene.scale, points[[LegPoint.HEEL, LegPoint.TOE]]
            drawing.draw_toe(rgb, lines, foot, angle, leg.forward)
        return
    if analysis.test == "squat":
        drawing.draw_bend(rgb, points[LegPoint.KNEE], points[LegPoint.ANKLE], angle, leg.forward)
        return
    roll_deg = 0.0 if analysis.level is None else analysis.level.roll_deg
    crest = float(signals.crest_angle_deg[i])
    drawing.draw_angle(
        rgb, points[LegPoint.ANKLE], points[LegPoint.KNEE], angle, roll_deg, leg.forward,
        crest if np.isfinite(crest) else None,
    )  # fmt: skip


def _headline(rgb: Rgb, scene: _Scene, report: Report, i: int, u: float) -> None:
    analysis = scene.analysis
    if not analysis.measured:
        reason = report.reasons[0].code.replace("_", " ")
        drawing.label(rgb, "NOT MEASURABLE", 2 * u, 5 * u, drawing.UP, 1.1)
        drawing.label(rgb, reason, 2 * u, 13.5 * u, drawing.UP, 1.1)
        return
    peak = _result(report)
    said = f"rep {int(scene.rep_of[i])}/{len(analysis.reps)}" if analysis.reps else "BIG TOE"
    width = drawing.label(rgb, f"{(report.side or '').upper()} {said}", 2 * u, 5 * u, size=1.1)
    if peak.time_s is None or peak.value is None:
        return
    since_s = float(analysis.time_s[i]) - peak.time_s
    if analysis.by_hand is not None:
        hand = "BY HAND HERE" if analysis.by_hand[i] > DRAWN_BY_HAND else "REVIEWED"
        drawing.label(rgb, hand, 2 * u, 22 * u, drawing.SHIN, 0.9)
    if abs(since_s) <= PEAK_MARK_S or i >= len(analysis.time_s) - 1:
        drawing.label(rgb, f"PEAK {with_plus_minus(peak)}", 4 * u + width, 5 * u, drawing.SHIN, 1.1)


def _jpeg(rgb: Rgb) -> bytes:
    ok, data = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 88])
    if not ok:
        raise RuntimeError("the peak frame could not be encoded")
    return bytes(data)
