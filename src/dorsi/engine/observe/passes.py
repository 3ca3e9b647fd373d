"""The passes over the pixels of a clip: find the legs, look again where looks disagree, follow the foot.

Not here: how any look works (the modules beside this one), what is concluded (`conclude`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from dorsi.digest import sha256_of
from dorsi.engine.evidence import Evidence, Origin, ShankLook
from dorsi.engine.geometry import evenly
from dorsi.engine.observe import foot, leg, outline, room, straight
from dorsi.engine.observe.bars import BarWatch
from dorsi.engine.observe.footwear import look_at_footwear
from dorsi.engine.observe.pose import mediapipe_backend as networks
from dorsi.engine.observe.pose.estimator import PoseEstimator
from dorsi.engine.observe.pose.track import as_track, sample_stride, track_poses
from dorsi.engine.observe.toe import ToeLooks, ToeWatch
from dorsi.memory import for_pictures, give_back
from dorsi.models import WEIGHTS, outline_sha256
from dorsi.settings import Settings
from dorsi.types import ClipInfo, FloatArray, Frame, PoseTrack, StageListener
from dorsi.video import FrameReader, probe

__all__ = ["pass_over"]

BAR_LOOKS = 8
ROOM_LOOKS = 5
FOOTWEAR_LOOKS = 7
PEOPLE_LOOKS = 3
MOST_GLANCES = 20
"""Frames of one clip that are looked at anew where the views disagree: enough for the top of three lunges,
at about the cost of one more second and a half of clip."""
LOOK_SIDE_PX = 1920
"""Long side of the pictures that the networks are given: they look at a person in 256 px, so that more of a
4K clip only fills memory."""
GLANCE_TURNS_DEG = (0.0, 10.0, -10.0)
"""Turned pictures fail differently; ten degrees is within what the networks were trained for."""


@networks.metrics_off
def pass_over(
    clip_path: Path, settings: Settings, version: str, listen: StageListener,
    estimators: Sequence[PoseEstimator] | None = None,
) -> tuple[Evidence, ToeLooks | None]:  # fmt: skip
    """Evidence of a clip, its toe not yet followed, and the pictures of the forefoot to follow it in.

    `version` of Dorsi goes into the evidence. `estimators` replace MediaPipe. Raises ClipUnreadable (or a
    child) and ModelError.
    """
    clip = probe(clip_path)
    with for_pictures(3 * clip.width_px * clip.height_px):
        return _passes(clip, settings, version, listen, estimators)


def _passes(
    clip: ClipInfo, settings: Settings, version: str, listen: StageListener,
    estimators: Sequence[PoseEstimator] | None,
) -> tuple[Evidence, ToeLooks | None]:  # fmt: skip
    """Both passes over a clip that was probed."""
    clip_path = clip.path
    stride, bars = sample_stride(clip.frame_rate_hz), BarWatch()
    glances: Sequence[PoseEstimator] = ()
    if estimators is None:
        # Large pictures fill the memory beside the networks: one looks at all of them, one after another.
        most = 1 if max(clip.width_px, clip.height_px) > LOOK_SIDE_PX else os.cpu_count() or 1
        pool = networks.GlancePool(settings.model, most)
        glances = [networks.GlanceEstimator(pool, turn_deg=turn) for turn in GLANCE_TURNS_DEG]
        # A mirrored look by the small network is an independent witness at a third of the cost.
        mirrored = networks.MediaPipeEstimator("full", mirrored=True)
        estimators = (networks.MediaPipeEstimator(settings.model), mirrored)
    with FrameReader(clip_path, prefetch=4, every=stride, max_side_px=LOOK_SIDE_PX) as reader:
        frames = _watched_for_bars(_counted(reader, clip, "find the legs", listen), bars, clip, stride)
        found_rows, seen_px = track_poses(frames, estimators)
        truncated, time_s = reader.truncated, np.asarray(reader.times_s, dtype=np.float64)
    give_back()  # what the networks held
    size_px = (clip.width_px, clip.height_px)
    tracks = [as_track(time_s, rows, size_px, seen_px) for rows in found_rows]
    clip = _counted_clip(clip, time_s)
    weights = WEIGHTS[settings.model]
    origin = Origin(version, weights.name, weights.sha256, outline_sha256(), sha256_of(clip_path))
    evidence = Evidence(
        clip, origin, time_s, stride, truncated, tuple(tracks), picture_box_px=bars.picture_box_px(size_px)
    )
    chosen = straight.leg_under_test(tracks, settings) if len(time_s) else None
    if chosen is None:
        return evidence, None
    doubtful = leg.doubtful_frames(*chosen, stride, MOST_GLANCES) if glances else []
    if doubtful:
        tracks += _glance(clip, doubtful, stride, time_s, glances, listen)
        chosen = straight.leg_under_test(tracks, settings) or chosen
    evidence = replace(evidence, tracks=tuple(tracks), leg=chosen[0], leg_facts=chosen[1])
    with FrameReader(clip_path, prefetch=4, every=stride) as reader:
        return _follow(_counted(reader, clip, "follow the foot", listen), evidence)


def _watched_for_bars(
    frames: Iterable[Frame], bars: BarWatch, clip: ClipInfo, stride: int
) -> Iterator[Frame]:
    """The frames, a few over the clip shown to `bars`: what is no bar changes or is noisy within seconds."""
    every = stride * max(1, clip.frame_count // (stride * BAR_LOOKS))
    for frame in frames:
        if frame.index % every == 0:
            bars.look(frame)
        yield frame


def _glance(
    clip: ClipInfo, doubtful: list[int], stride: int, time_s: FloatArray, glances: Sequence[PoseEstimator],
    listen: StageListener,
) -> list[PoseTrack]:  # fmt: skip
    """Tracks of fresh looks at some frames of the clip, one for each way of looking."""
    only = set(doubtful)
    with FrameReader(clip.path, prefetch=4, every=stride, max_side_px=LOOK_SIDE_PX, only=only) as reader:
        wanted = _counted(reader, clip, "look again", listen)
        rows, seen_px = track_poses(islice(wanted, len(doubtful)), glances)
    give_back()
    listen("look again", 1.0)
    return [as_track(time_s, each, (clip.width_px, clip.height_px), seen_px) for each in rows]


def _follow(frames: Iterable[Frame], seen: Evidence) -> tuple[Evidence, ToeLooks | None]:
    """Second pass, for what needs pixels around known points: foot, shank, room, footwear, bystanders."""
    track, facts, pose = seen.leg, seen.leg_facts, seen.tracks[0]
    if track is None or facts is None:
        raise ValueError("there is no leg to follow")
    sampled = np.arange(0, len(track), seen.stride)
    shank_at = set(outline.frames_to_look_at(track, seen.stride))
    room_at = set(evenly(sampled, ROOM_LOOKS))
    known = sampled[np.isfinite(track.xy_px[sampled]).all(axis=(1, 2))]
    feet_at = set(evenly(known, FOOTWEAR_LOOKS))
    people_at = set(sampled[np.linspace(0, len(sampled) - 1, PEOPLE_LOOKS + 2).astype(int)[1:-1]].tolist())
    edges: list[FloatArray] = [np.empty((0, 4))]
    feet: list[FloatArray] = []
    looks: list[ShankLook] = []
    portraits: list[Frame] = []
    toe = ToeWatch(track, seen.stride)
    alone = facts.feet_apart >= leg.FRONT_GAP

    def watched() -> Iterator[Frame]:
        for frame in frames:
            i = frame.index
            if i in room_at:
                edges.append(room.find_segments(frame.rgb, pose.xy_px[i], seen.picture_box_px))
            if i in feet_at:
                feet.append(look_at_footwear(frame.rgb, pose.xy_px[i], track.xy_px[i]))
            if i in shank_at:
                points = track.xy_px[i]
                looks.append(outline.look_at_shank(frame.rgb, points, track.forward, i, alone=alone))
            if i in people_at:
                portraits.append(frame)
            toe.look(frame)
            yield frame

    found = replace(
        seen,
        foot=foot.follow_foot(watched(), track, pose.xy_px, seen.stride, seen.picture_box_px),
        shank_looks=tuple(looks),
        room_edges_px=np.concatenate(edges),
        footwear_looks=np.stack(feet) if feet else np.empty((0, 5, 3)),
        people_height_px=tuple(map(tuple, networks.count_people(portraits))),
    )
    return found, toe.looks()


def _counted(reader: FrameReader, clip: ClipInfo, stage: str, listen: StageListener) -> Iterator[Frame]:
    total = max(1, clip.frame_count)
    listen(stage, 0.0)
    for frame in reader:
        yield frame
        listen(stage, min(1.0, (frame.index + 1) / total))
    listen(stage, 1.0)


def _counted_clip(clip: ClipInfo, time_s: FloatArray) -> ClipInfo:
    """The probe's estimate replaced by what was really decoded."""
    if len(time_s) < 2:
        return replace(clip, frame_count=len(time_s))
    step = float(np.median(np.diff(time_s)))
    return replace(clip, frame_count=len(time_s), duration_s=float(time_s[-1] - time_s[0] + step))
