"""Made-up lunges with known truth: landmark tracks and small drawn pictures.

Not here: tests. Everything is built from a shin angle over time, so each test knows the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from dorsi.engine.conclude.shank import LANDMARKS_LEAN_DEG
from dorsi.engine.evidence import Evidence, Origin
from dorsi.engine.landmarks import LEFT_LEG, RIGHT_LEG
from dorsi.types import BoxPx, ClipInfo, FloatArray, Frame, PoseTrack

WIDTH_PX, HEIGHT_PX = 720, 1280
SHANK_PX = 230.0
UPRIGHTS_PX = np.array([[x, HEIGHT_PX - 100.0, x, 100.0] for x in (100.0, 300.0, 600.0)] * 5)
"""Door frames that stand upright in a level picture."""


def seen_of(*tracks: PoseTrack, box_px: BoxPx | None = None) -> Evidence:
    """Evidence of a clip in which each view found one of these people, and nothing was followed yet."""
    time_s, rate_hz = tracks[0].time_s, float(1 / np.diff(tracks[0].time_s[:2])[0])
    count = len(time_s)
    clip = ClipInfo(
        Path("clip.mp4"), WIDTH_PX, HEIGHT_PX, count / rate_hz, count, rate_hz, False, 0, False, "h264",
        "yuv420p", 8, False,
    )  # fmt: skip
    origin = Origin("0", "heavy", "0" * 64, "1" * 64, "2" * 64)
    return Evidence(clip, origin, time_s, 1, False, tracks, picture_box_px=box_px)


def lunge_angle_deg(time_s: FloatArray, peak_deg: float, base_deg: float = 2.0, reps: int = 1) -> FloatArray:
    """Shin angle of `reps` smooth lunges that fill the time."""
    phase = np.clip((time_s / time_s[-1] - 0.08) / 0.84, 0, 1) * reps % 1.0
    return np.asarray(base_deg + (peak_deg - base_deg) * np.sin(np.pi * phase) ** 2)


def landmarks_lean_deg(angle_deg: float) -> float:
    """What is added to landmarks, which lean too little: a made-up leg without an outline is told more."""
    return LANDMARKS_LEAN_DEG[0] + LANDMARKS_LEAN_DEG[1] * angle_deg


def leg_points(
    angle_deg: float, forward: int, ankle_xy_px: FloatArray, heel_up_px: float = 0.0
) -> FloatArray:
    """(5, 2) hip, knee, ankle, heel, toe of a planted leg."""
    lean = np.radians(angle_deg)
    knee = ankle_xy_px + SHANK_PX * np.array([forward * np.sin(lean), -np.cos(lean)])
    hip = knee + SHANK_PX * np.array([-forward * 0.5, -0.9])
    heel = ankle_xy_px + np.array([-forward * 40.0, 45.0 - heel_up_px])
    toe = ankle_xy_px + np.array([forward * 85.0, 52.0])
    return np.stack([hip, knee, ankle_xy_px, heel, toe])


def pose_track(
    time_s: FloatArray,
    angle_deg: FloatArray,
    *,
    forward: int = 1,
    test_side: str = "right",
    heel_up_px: FloatArray | None = None,
    noise_px: float = 0.0,
    swapped: slice | None = None,
    width_ratio: float = 0.05,
    seed: int = 0,
) -> PoseTrack:
    """A `PoseTrack` of a standing lunge; `swapped` frames carry the legs under each other's label."""
    rng = np.random.default_rng(seed)
    xy = np.zeros((len(time_s), 33, 2))
    ankle = np.array([WIDTH_PX / 2, 1100.0])
    test, rear = (RIGHT_LEG, LEFT_LEG) if test_side == "right" else (LEFT_LEG, RIGHT_LEG)
    for i, angle in enumerate(angle_deg):
        up = 0.0 if heel_up_px is None else float(heel_up_px[i])
        xy[i, list(test)] = leg_points(float(angle), forward, ankle, up)
        behind = leg_points(25.0 + 0.5 * float(angle), forward, ankle - [forward * 260.0, 5.0])
        behind[0] = xy[i, test[0]]  # one pelvis
        xy[i, list(rear)] = behind
    hips = xy[:, [23, 24]].mean(axis=1, keepdims=True)
    trunk = np.array([0.0, -300.0])
    for n, ids in enumerate(((11, 23), (12, 24))):
        side = np.array([(n - 0.5) * width_ratio * 300.0, 0.0])
        xy[:, ids[0]] = hips[:, 0] + trunk + side
        if width_ratio > 0.3:
            xy[:, ids[1]] = hips[:, 0] + side
    xy[:, :11] = hips + [forward * 30.0, -420.0]
    for k in (13, 14, 15, 16, 17, 18, 19, 20, 21, 22):
        xy[:, k] = hips[:, 0] + [forward * 100.0, -150.0]
    xy += rng.normal(0, noise_px, xy.shape) if noise_px else 0.0
    if swapped is not None:
        both = [*LEFT_LEG, *RIGHT_LEG]
        xy[swapped, both] = xy[swapped][:, [*RIGHT_LEG, *LEFT_LEG]].transpose(1, 0, 2).swapaxes(0, 1)[:]
    count = len(time_s)
    return PoseTrack(time_s, xy, np.zeros((count, 33)), np.full((count, 33), 0.9), WIDTH_PX, HEIGHT_PX)


def foot_frames(
    turn_deg: FloatArray, shift_px: FloatArray, seed: int = 3, step_px: FloatArray | None = None
) -> Iterator[Frame]:
    """A patterned foot that turns about its ball over a patterned floor; the camera moves by `shift_px`, the
    foot on the floor by `step_px` (N, 2)."""
    steps = np.zeros((len(turn_deg), 2)) if step_px is None else step_px
    rng = np.random.default_rng(seed)

    def cloth(contrast: float) -> np.ndarray:
        rough = rng.normal(128, contrast, (HEIGHT_PX // 8, WIDTH_PX // 8)).astype(np.float32)
        return cv2.resize(rough, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_CUBIC)

    floor, skin = cloth(25.0), cloth(45.0)
    ankle = np.array([WIDTH_PX / 2, 1100.0])
    heel, toe = ankle + [-40.0, 45.0], ankle + [85.0, 52.0]
    ball = heel + 0.82 * (toe - heel) + [0.0, 9.0]
    shape = np.array([heel + [-12, -40], ankle + [0, -10], ball + [0, -45], ball, heel + [-12, 12]])
    toes = np.array([ball + [0, -45], toe + [14, -22], toe + [14, 9], ball])
    for i, (turn, (dx, dy), step) in enumerate(zip(turn_deg, shift_px, steps, strict=True)):
        hinge = cv2.getRotationMatrix2D((float(ball[0]), float(ball[1])), -float(turn), 1.0)
        hinge[:, 2] += step
        turned = cv2.warpAffine(skin, hinge, (WIDTH_PX, HEIGHT_PX))
        outline = cv2.transform(shape[None], hinge)[0]
        mask = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
        cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], (255,))
        forefoot = np.zeros_like(mask)
        cv2.fillPoly(forefoot, [np.round(toes + step).astype(np.int32)], (255,))
        carried = cv2.warpAffine(skin, np.hstack([np.eye(2), step[:, None]]), (WIDTH_PX, HEIGHT_PX))
        gray = np.where(mask > 0, turned, np.where(forefoot > 0, carried, floor))
        move = np.array([[1.0, 0.0, dx], [0.0, 1.0, dy]])
        gray = cv2.warpAffine(
            gray.astype(np.float32), move, (WIDTH_PX, HEIGHT_PX), borderMode=cv2.BORDER_REFLECT
        )
        picture = np.clip(gray + rng.normal(0, 2.0, gray.shape), 0, 255).astype(np.uint8)
        yield Frame(i, i / 30, np.ascontiguousarray(np.repeat(picture[..., None], 3, axis=2)))
