"""The order of the stages: a clip in, an `Analysis` out. The only module that knows the order.

Not here: how any stage works, findings (`rules`) and outputs (`report`, `api.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from dorsi.engine.conclude import measurements as measure_stage
from dorsi.engine.conclude import quality, recognition, reps, signals, uncertainty
from dorsi.engine.geometry import evenly
from dorsi.engine.landmarks import FACE_POINTS
from dorsi.engine.observe import foot as foot_stage
from dorsi.engine.observe import leg as leg_stage
from dorsi.engine.observe import level as level_stage
from dorsi.engine.observe import outline as edge_stage
from dorsi.engine.observe.footwear import look_at_footwear, shoe_probability
from dorsi.engine.observe.pose.estimator import PoseEstimator
from dorsi.engine.observe.pose.mediapipe_backend import (
    GlanceEstimator,
    MediaPipeEstimator,
    count_people,
    metrics_off,
)
from dorsi.engine.observe.pose.track import as_track, sample_stride, track_poses
from dorsi.engine.observe.toe import ToeLooks, ToeTrack, ToeWatch, follow_toe
from dorsi.engine.observe.view import View, estimate_view
from dorsi.memory import give_back
from dorsi.models import WEIGHTS
from dorsi.settings import Settings
from dorsi.types import Analysis, ClipInfo, FloatArray, Frame, LegTrack, Level, PoseTrack
from dorsi.video import FrameReader, probe

__all__ = ["Again", "Observed", "Progress", "analyse", "conclude", "observe"]

Progress = Callable[[str, float], None]
LEVEL_LOOKS = 5
PEOPLE_LOOKS = 3
MOST_GLANCES = 20
"""Frames of one clip that are looked at anew where the views disagree: enough for the top of three lunges,
at about the cost of one more second and a half of clip."""
GLANCE_TURNS_DEG = (0.0, 10.0, -10.0)
"""Turned pictures fail differently; ten degrees is within what the networks were trained for."""


def analyse(
    clip_path: Path,
    settings: Settings | None = None,
    progress: Progress | None = None,
    estimators: Sequence[PoseEstimator] | None = None,
) -> Analysis:
    """Measure one clip.

    `progress(stage, fraction)` is called from this thread. `estimators` replace MediaPipe (tests,
    re-analysis of recorded landmarks); the first is trusted most. Raises ClipUnreadable (or a child)
    and ModelError.
    """
    settings, say = settings or Settings(), progress or _unheard
    seen = observe(clip_path, settings, say, estimators)
    say("measure", 0.0)
    found = conclude(seen, settings)
    del seen
    give_back()
    say("measure", 1.0)
    return found


@dataclass(frozen=True, slots=True)
class Again:
    """What the second pass found."""

    foot: foot_stage.FootTrack
    shank: edge_stage.ShankTrack
    level: Level
    view: View
    people_height_px: list[list[float]]
    toe: ToeLooks | None = None
    shoe_probability: float = float("nan")


@dataclass(frozen=True, slots=True)
class Observed:
    """What the passes over the pixels found; everything after is arithmetic on it.

    `tracks` one a view, the most trusted first; `leg` None (with all after it) when nobody was found.
    """

    clip: ClipInfo
    time_s: FloatArray
    stride: int
    truncated: bool
    tracks: list[PoseTrack]
    leg: LegTrack | None = None
    evidence: leg_stage.LegEvidence | None = None
    again: Again | None = None


def observe(
    clip_path: Path,
    settings: Settings,
    progress: Progress | None = None,
    estimators: Sequence[PoseEstimator] | None = None,
) -> Observed:
    """Every look at the pixels of a clip. Arguments and errors as of `analyse`."""
    with metrics_off:
        return _observe(clip_path, settings, progress or _unheard, estimators)


def _observe(
    clip_path: Path, settings: Settings, say: Progress, estimators: Sequence[PoseEstimator] | None
) -> Observed:
    clip = probe(clip_path)
    stride = sample_stride(clip.frame_rate_hz)
    glances: Sequence[PoseEstimator] = ()
    if estimators is None:
        glances = [GlanceEstimator(settings.model, turn_deg=turn) for turn in GLANCE_TURNS_DEG]
        # A mirrored look by the small network is an independent witness at a third of the cost.
        estimators = (MediaPipeEstimator(settings.model), MediaPipeEstimator("full", mirrored=True))
    with FrameReader(clip_path, prefetch=4, every=stride) as reader:
        found_rows, size_px = track_poses(_counted(reader, clip, "find the legs", say), estimators)
        truncated, time_s = reader.truncated, np.asarray(reader.times_s, dtype=np.float64)
    tracks = [as_track(time_s, rows, size_px) for rows in found_rows]
    clip = _counted_clip(clip, time_s)
    chosen = leg_stage.choose_leg(tracks, settings.leg, settings.side) if len(time_s) else None
    if chosen is None:
        return Observed(clip, time_s, stride, truncated, tracks)
    doubtful = leg_stage.doubtful_frames(*chosen, stride, MOST_GLANCES) if glances else []
    if doubtful:
        tracks += _glance(clip, doubtful, stride, time_s, glances, say)
        chosen = leg_stage.choose_leg(tracks, settings.leg, settings.side) or chosen
    leg, evidence = chosen
    with FrameReader(clip_path, prefetch=4, every=stride) as reader:
        again = _look_again(_counted(reader, clip, "follow the foot", say), leg, tracks[0], stride, evidence)
    return Observed(clip, time_s, stride, truncated, tracks, leg, evidence, again)


def conclude(seen: Observed, settings: Settings) -> Analysis:
    """Curves, repetitions, numbers and the judgement on them from what was observed."""
    if seen.leg is None or seen.evidence is None or seen.again is None:
        return _refused(seen, settings)
    evidence, again = seen.evidence, seen.again
    leg = edge_stage.straightened_leg(seen.leg, again.shank)
    scale = signals.length_scale(evidence, settings)
    crest_offset_deg, _ = edge_stage.crest_offset_deg(again.shank)
    curves, noise = signals.build_signals(
        leg, again.level, again.view, again.foot, scale, seen.stride, crest_offset_deg
    )
    found = reps.find_reps(curves)
    follow = cache(lambda: _toe(seen, again))
    steady = quality.shift_of_shank(again.foot, evidence) <= quality.SHAKE_OF_SHANK
    test = recognition.recognise(
        # In a moving picture near things pass before far ones, which looks like a toe that lifts.
        settings.test, curves, found, evidence.feet_apart, lambda: steady and _toe_moved(follow()),
    )  # fmt: skip
    doubt = uncertainty.half_widths(leg, evidence, again.level, again.view, again.shank, noise)
    toe = follow() if test == "big_toe" else None
    if toe is not None:
        found, measurements = (), measure_stage.measure_toe(toe, again.level, seen.time_s)
        curves = signals.with_toe(curves, toe)
    else:
        found = reps.find_reps(curves, test) if test == "squat" else found
        measurements, found = measure_stage.measure_clip(
            evidence, again.level, curves, noise, scale, found, doubt
        )
    if test == "squat":
        measurements |= measure_stage.measure_squat(leg, curves, found, doubt)
    reasons, warnings = quality.judge(
        quality.Seen(
            pose=seen.tracks[0],
            leg=leg,
            evidence=evidence,
            shank=again.shank,
            level=again.level,
            foot=again.foot,
            signals=curves,
            reps=found,
            measurements=measurements,
            frame_rate_hz=seen.clip.frame_rate_hz,
            people_height_px=again.people_height_px,
            truncated=seen.truncated,
            legs_only=leg_stage.legs_only(seen.tracks[0], seen.stride),
            test=test,
            toe=toe,
            shoe_probability=again.shoe_probability,
        )
    )
    if reasons:
        measurements, found = dict(measure_stage.NOT_MEASURED), ()
    return Analysis(
        clip=seen.clip,
        time_s=seen.time_s,
        face_xy_px=_face(seen.tracks),
        leg=leg,
        level=again.level,
        signals=curves,
        reps=found,
        measurements=measurements,
        reasons=reasons,
        warnings=warnings,
        model_name=settings.model,
        model_sha256=WEIGHTS[settings.model].sha256,
        scale_source=scale.source,
        camera_view=again.view.as_seen(evidence.shank_px),
        test=test,
        test_source="recognised" if settings.test == "auto" else "given",
        toe_lines_px=None if toe is None else np.stack([toe.rest_xy_px, toe.top_xy_px]),
    )


def _toe(seen: Observed, again: Again) -> ToeTrack | None:
    """The big toe of the leg under test; None when its foot was never in the picture."""
    if again.toe is None or seen.leg is None:
        return None
    roll_deg = again.level.camera_roll_deg if again.level.known else 0.0
    return follow_toe(again.toe, seen.leg, again.view, roll_deg)


def _toe_moved(toe: ToeTrack | None) -> bool:
    return toe is not None and toe.moved


def _glance(
    clip: ClipInfo,
    doubtful: list[int],
    stride: int,
    time_s: FloatArray,
    glances: Sequence[PoseEstimator],
    say: Progress,
) -> list[PoseTrack]:
    """Tracks of fresh looks at some frames of the clip, one for each way of looking."""

    def wanted(reader: FrameReader) -> Iterator[Frame]:
        left = set(doubtful)
        for frame in _counted(reader, clip, "look again", say):
            if frame.index in left:
                left.discard(frame.index)
                yield frame
            if not left:
                break

    with FrameReader(clip.path, prefetch=4, every=stride) as reader:
        rows, size_px = track_poses(wanted(reader), glances)
    say("look again", 1.0)
    return [as_track(time_s, each, size_px) for each in rows]


def _look_again(
    frames: Iterable[Frame], leg: LegTrack, pose: PoseTrack, stride: int, evidence: leg_stage.LegEvidence
) -> Again:
    """Second pass, for what needs pixels around known points: foot, shank, level, bystanders."""
    shank_at = set(edge_stage.frames_to_look_at(leg, stride))
    sampled = np.arange(0, len(leg), stride)
    level_at = set(evenly(sampled, LEVEL_LOOKS))
    people_at = set(sampled[np.linspace(0, len(sampled) - 1, PEOPLE_LOOKS + 2).astype(int)[1:-1]].tolist())
    edges: list[FloatArray] = []
    portraits: list[Frame] = []
    looks: list[edge_stage.ShankLook] = []
    feet: list[FloatArray] = []
    toe = ToeWatch(leg, stride)
    alone = evidence.feet_apart >= leg_stage.FRONT_GAP

    def watched() -> Iterator[Frame]:
        for frame in frames:
            if frame.index in level_at:
                edges.append(level_stage.find_segments(frame.rgb, pose.xy_px[frame.index]))
            if frame.index in shank_at:
                points = leg.xy_px[frame.index]
                looks.append(
                    edge_stage.look_at_shank(frame.rgb, points, leg.forward, frame.index, alone=alone)
                )
            if frame.index in people_at:
                portraits.append(frame)
            if frame.index in level_at:
                feet.append(look_at_footwear(frame.rgb, pose.xy_px[frame.index], leg.xy_px[frame.index]))
            toe.look(frame)
            yield frame

    foot = foot_stage.follow_foot(watched(), leg, pose.xy_px, stride)
    lines = np.concatenate(edges) if edges else np.empty((0, 4))
    view = estimate_view(evidence.near_ahead_ratio, evidence.depth_lean, pose.width_px, pose.height_px)
    level, view = level_stage.estimate_level(lines, leg.forward, view)
    return Again(
        foot, edge_stage.shank_track(looks), level, view, count_people(portraits), toe.looks(),
        shoe_probability(feet),
    )  # fmt: skip


def _unheard(_stage: str, _fraction: float) -> None:
    """Progress that nobody asked for."""


def _counted(reader: FrameReader, clip: ClipInfo, stage: str, say: Progress) -> Iterator[Frame]:
    total = max(1, clip.frame_count)
    say(stage, 0.0)
    for frame in reader:
        yield frame
        say(stage, min(1.0, (frame.index + 1) / total))
    say(stage, 1.0)


def _counted_clip(clip: ClipInfo, time_s: FloatArray) -> ClipInfo:
    """The probe's estimate replaced by what was really decoded."""
    if len(time_s) < 2:
        return replace(clip, frame_count=len(time_s))
    step = float(np.median(np.diff(time_s)))
    return replace(clip, frame_count=len(time_s), duration_s=float(time_s[-1] - time_s[0] + step))


def _face(tracks: Sequence[PoseTrack]) -> FloatArray:
    """(T, 11, 2) px: the face as the first view that found the person sees it."""
    face = tracks[0].xy_px[:, list(FACE_POINTS)].copy()
    for track in tracks[1:]:
        missing = ~np.isfinite(face[:, 0, 0])
        face[missing] = track.xy_px[missing][:, list(FACE_POINTS)]
    return face


def _refused(seen: Observed, settings: Settings) -> Analysis:
    return Analysis(
        clip=seen.clip,
        time_s=seen.time_s,
        face_xy_px=_face(seen.tracks),
        leg=None,
        level=None,
        signals=None,
        reps=(),
        measurements=dict(measure_stage.NOT_MEASURED),
        reasons=quality.no_person_reasons(seen.clip.duration_s),
        warnings=(),
        model_name=settings.model,
        model_sha256=WEIGHTS[settings.model].sha256,
        test="lunge" if settings.test == "auto" else settings.test,
        test_source="recognised" if settings.test == "auto" else "given",
    )
