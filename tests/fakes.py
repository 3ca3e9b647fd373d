"""Stand-ins for the slow stages of a measurement: no video is read, no network runs, no picture is drawn.

Not here: tests. A fake clip is a file whose first word says what becomes of it.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from dorsi.corrections import Correction
from dorsi.digest import sha256_of
from dorsi.engine.evidence import Evidence, Origin
from dorsi.errors import ClipEmpty, ClipMissing
from dorsi.quantities import LUNGES
from dorsi.settings import ModelName, Settings
from dorsi.types import (
    Analysis,
    ClipInfo,
    LegTrack,
    Level,
    Measurement,
    Note,
    PoseTrack,
    Rep,
    Signals,
    StageListener,
    TestName,
)
from dorsi.workflow.stages import Stages

FRAMES = 60
MEASUREMENTS = (
    "peak_shin_angle_deg",
    "peak_crest_angle_deg",
    "peak_shin_angle_any_heel_deg",
    "start_shin_angle_deg",
    "max_heel_lift_mm",
    "max_heel_pitch_deg",
    "big_toe_extension_deg",
    "peak_knee_flexion_deg",
    "peak_knee_over_foot_percent",
    "camera_roll_deg",
)
TOE_LINES_PX = np.array(
    [[[80.0, 200.0], [110.0, 200.0]], [[80.0, 200.0], [80.0 + 30 * 0.829, 200.0 - 30 * 0.559]]]
)
"""A toe's edge at rest, level, and turned up by 34° about its near end."""
PLANTED_XY_PX = np.array([[60.0, 20.0], [85.0, 110.0], [55.0, 180.0], [40.0, 212.0], [105.0, 208.0]])
"""The leg that it belongs to, in a picture of 180 by 320 px."""


def clip_info(path: Path) -> ClipInfo:
    """What `probe` would say of a two-second phone clip."""
    return ClipInfo(path, 1080, 1920, 2.0, FRAMES, 30.0, True, 90, False, "hevc", "yuv420p10le", 10, True)


def fake_probe(path: Path) -> ClipInfo:
    """Like `video.probe` for files that are there and not empty."""
    if not path.is_file():
        raise ClipMissing("clip_missing", file=path.name)
    if not path.read_bytes():
        raise ClipEmpty("clip_empty", file=path.name)
    return clip_info(path)


def fake_check_weights(model: ModelName) -> Path:
    """The weights are there."""
    return Path(model)


def fake_observe(clip: Path, settings: Settings, listen: StageListener | None) -> Evidence:
    """Evidence of a clip with nobody in it, unless the clip's text is a word that asks for something else."""
    if listen is not None:
        listen("find the legs", 0.5)
    words = clip.read_text().split()
    if "fault" in words:
        raise RuntimeError("a fault")
    if "interrupt" in words:
        raise KeyboardInterrupt
    time_s, nobody = np.arange(FRAMES) / 30.0, np.full((FRAMES, 33), np.nan)
    track = PoseTrack(time_s, np.full((FRAMES, 33, 2), np.nan), nobody, np.zeros((FRAMES, 33)), 1080, 1920)
    origin = Origin("0", settings.model, "0" * 64, "1" * 64, sha256_of(clip))
    return Evidence(clip_info(clip), origin, time_s, 1, False, (track,))


def fake_conclude(seen: Evidence, settings: Settings, _corrections: Sequence[Correction]) -> Analysis:
    """Measured, unless the clip's text says that it is refused."""
    words = seen.clip.path.read_text().split()
    found = analysis(seen.clip.path, measured="refused" not in words, model=seen.origin.model_name)
    if settings.side is not None and found.leg is not None:
        found = replace(found, leg=replace(found.leg, side=settings.side))
    return found if settings.test == "auto" else of_test(found, settings.test)


def analysis(clip: Path, *, measured: bool = True, model: str = "heavy") -> Analysis:
    """A clip with one repetition up to 38.2°, or a refused one."""
    time_s = np.arange(FRAMES) / 30.0
    values = dict.fromkeys(MEASUREMENTS, Measurement())
    rep = Rep(5, 30, 55, 0.17, 1.0, 1.83, 38.2, 2.1, 38.4, False, None, None, 2.0, 1.0)
    if measured:
        values["peak_shin_angle_deg"] = Measurement(38.2, 2.1, 1.0, 30)
        values["peak_shin_angle_any_heel_deg"] = Measurement(38.4, 2.1, 1.0, 30)
    points = np.cumsum(np.full((FRAMES, 5, 2), 2.0), axis=0) + np.arange(5)[None, :, None] * 80.0
    curve = 38.2 * np.sin(np.pi * np.arange(FRAMES) / FRAMES)
    missing = np.full(FRAMES, np.nan)
    return Analysis(
        clip=clip_info(clip),
        time_s=time_s,
        face_xy_px=np.full((FRAMES, 1, 11, 2), np.nan),
        leg=LegTrack(time_s, points, np.ones((FRAMES, 5)), points + 200.0, "left", "right", "near"),
        level=Level(1.0, 0.5, "floor"),
        signals=Signals(
            time_s, curve, missing, np.zeros(FRAMES), np.zeros(FRAMES), missing, curve, np.ones(FRAMES, bool)
        ),
        reps=(rep,) if measured else (),
        measurements=values,
        reasons=() if measured else (Note("no_person", "No person was found. Film the whole body."),),
        warnings=(Note("shoes", "Shoes hide the heel. Film with bare feet."),) if measured else (),
        model_name=model,
        model_sha256="0" * 64,
    )


def of_test(found: Analysis, test: TestName) -> Analysis:
    """The same clip as it were said to show `test`: either lunge, a toe up to 34.0°, or a squat down to
    101.0°."""
    found = replace(found, test=test, test_source="given")
    if test in LUNGES or found.signals is None or not found.measured:
        return found
    wave = np.sin(np.pi * np.arange(FRAMES) / FRAMES)
    values = dict.fromkeys(MEASUREMENTS, Measurement())
    if test == "squat":
        values["peak_knee_flexion_deg"] = Measurement(101.0, 9.0, 1.0, 30)
        values["peak_knee_over_foot_percent"] = Measurement(92.0, 12.0, 1.0, 30)
        signals = replace(found.signals, knee_flexion_deg=101.0 * wave)
        return replace(found, signals=signals, measurements=values)
    values["big_toe_extension_deg"] = Measurement(34.0, 4.5, 1.0, 30)
    leg = found.leg
    if leg is not None:
        planted = np.broadcast_to(
            [[60.0, 20.0], [85.0, 110.0], [55.0, 180.0], [40.0, 212.0], [105.0, 208.0]], leg.xy_px.shape
        )
        leg = replace(leg, xy_px=planted.copy())
    return replace(
        found, leg=leg, signals=replace(found.signals, big_toe_deg=34.0 * wave), measurements=values, reps=(),
        toe_lines_px=TOE_LINES_PX,
    )  # fmt: skip


def fake_annotate(
    clip: Path,
    found: Analysis,
    _report: object,
    out: Path,
    settings: Settings,
    listen: StageListener | None,
) -> bytes | None:
    """Writes a few bytes where the video goes, when one is wanted; a clip named full fills the disk."""
    if listen is not None:
        listen("draw", 1.0)
    if clip.stem == "full":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if settings.video:
        out.write_bytes(b"video")
    return b"jpeg" if found.measured else None


FAKE_STAGES = Stages(fake_probe, fake_check_weights, fake_observe, fake_conclude, fake_annotate)
"""The report, its page, its table and its evidence file are the real ones."""
