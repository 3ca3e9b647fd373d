"""Drawing on one frame: leg, angle, heel state, plot strip, banner. Pure functions of arrays and numbers.

Colours are RGB, sizes follow the frame. Not here: reading or writing video (`overlay.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from dorsi.types import BoolArray, FloatArray, Rgb

__all__ = [
    "Strip", "blur_face", "draw_angle", "draw_bend", "draw_leg", "draw_toe", "label", "make_strip",
    "with_strip",
]  # fmt: skip

Colour = tuple[int, int, int]

WHITE: Final = (255, 255, 255)
INK: Final = (22, 28, 36)
BONE: Final = (64, 196, 255)
SHIN: Final = (255, 196, 0)
DOWN: Final = (46, 204, 113)
UP: Final = (255, 82, 82)
FONT: Final = cv2.FONT_HERSHEY_DUPLEX
INSET: Final = 0.4
"""Side of the enlarged foot, in parts of the frame's smaller side."""


def unit_px(rgb: Rgb) -> float:
    """One drawing unit: a hundredth of the frame's smaller side, at least what a phone can show."""
    return max(2.6, float(min(rgb.shape[:2])) / 100)


def label(
    rgb: Rgb, text: str, x: float, y: float, colour: Colour = WHITE, size: float = 1.0,
    ends_at_x: bool = False,
) -> int:  # fmt: skip
    """Text with a dark plate, its left (or right) middle at (x, y), kept in the frame; returns its width."""
    u = unit_px(rgb)
    scale, thick = 0.165 * u * size, max(1, round(0.22 * u * size))
    (width, height), base = cv2.getTextSize(text, FONT, scale, thick)
    pad = round(1.1 * u * size)
    start = x - width - 2 * pad if ends_at_x else x
    left = int(np.clip(start, 0, max(0, rgb.shape[1] - width - 2 * pad)))
    top = int(np.clip(y - height / 2 - pad, 0, max(0, rgb.shape[0] - height - base - 2 * pad)))
    plate = rgb[top : top + height + base + 2 * pad, left : left + width + 2 * pad]
    plate[:] = (plate * 0.28 + np.array(INK) * 0.72).astype(np.uint8)
    cv2.putText(rgb, text, (left + pad, top + height + pad), FONT, scale, colour, thick, cv2.LINE_AA)
    return width + 2 * pad


def draw_leg(rgb: Rgb, points_xy_px: FloatArray, heel_down: bool | None) -> None:
    """The leg (5, 2) hip, knee, ankle, heel, toe: outlined bones, joints, the shin thickest.

    The foot shows the heel: down, up, or not seen (None).
    """
    u = unit_px(rgb)
    p = [_whole(point) for point in points_xy_px]
    foot = WHITE if heel_down is None else DOWN if heel_down else UP
    bones = ((0, 1, BONE, 0.8), (2, 3, foot, 0.8), (3, 4, foot, 1.1), (2, 4, foot, 0.6), (1, 2, SHIN, 1.3))
    for a, b, _, width in bones:
        cv2.line(rgb, p[a], p[b], INK, round((width + 0.7) * u), cv2.LINE_AA)
    for a, b, colour, width in bones:
        cv2.line(rgb, p[a], p[b], colour, max(1, round(width * u)), cv2.LINE_AA)
    for k, point in enumerate(p):
        colour = WHITE if k in (1, 2) else foot if k > 2 else BONE
        cv2.circle(rgb, point, round(1.5 * u), INK, -1, cv2.LINE_AA)
        cv2.circle(rgb, point, round(1.0 * u), colour, -1, cv2.LINE_AA)


def draw_angle(
    rgb: Rgb, ankle_xy_px: FloatArray, knee_xy_px: FloatArray, angle_deg: float, roll_deg: float,
    forward: int, crest_deg: float | None = None,
) -> None:  # fmt: skip
    """The true vertical through the ankle, the arc from it to the shin, and the angle in figures.

    Small below it the angle of the shin crest, when there is one.
    """
    u = unit_px(rgb)
    shank = float(np.linalg.norm(knee_xy_px - ankle_xy_px))
    lean = np.radians(roll_deg)
    up = np.array([np.sin(lean), -np.cos(lean)])
    steps = np.linspace(0, 1.25 * shank, 15)
    for a, b in zip(steps[:-1:2], steps[1::2], strict=False):
        _stroke(rgb, ankle_xy_px + up * a, ankle_xy_px + up * b, WHITE, 0.45 * u, round(u))
    # cv2 measures ellipse angles clockwise from the picture's x axis.
    start, sweep = -90 + roll_deg, forward * angle_deg
    axes = (round(0.55 * shank),) * 2
    for colour, width in ((INK, round(1.4 * u)), (SHIN, max(1, round(0.7 * u)))):
        cv2.ellipse(rgb, _whole(ankle_xy_px), axes, 0, start, start + sweep, colour, width, cv2.LINE_AA)
    text = f"{angle_deg:z.0f}°"
    # In front of the knee as well: the reader checks that its point sits on it.
    ahead = max(0.55 * shank, forward * float(knee_xy_px[0] - ankle_xy_px[0]) + 3 * u)
    x, y = float(ankle_xy_px[0]) + forward * ahead, float(ankle_xy_px[1]) - 0.62 * shank
    label(rgb, text, x, y, SHIN, 1.25, ends_at_x=forward < 0)
    if crest_deg is not None:
        label(rgb, f"crest {crest_deg:z.0f}°", x, y + 8 * u, WHITE, 0.75, ends_at_x=forward < 0)


def draw_toe(
    rgb: Rgb, lines_xy_px: FloatArray, foot_xy_px: FloatArray, angle_deg: float, forward: int
) -> None:
    """The foot enlarged beside the person, with the upper edge of the big toe at rest (dashed) and turned up.

    `lines_xy_px` (2, 2, 2): rest and top, each its near and far end; `foot_xy_px` (2, 2) heel and toe.
    """
    height, width = rgb.shape[:2]
    u = unit_px(rgb)
    half = 0.55 * float(np.hypot(*(foot_xy_px[1] - foot_xy_px[0])))
    centre = foot_xy_px[1] - np.array([0.3 * forward * half, 0.15 * half])
    corner = np.clip(centre - half, 0, np.maximum(0, np.array([width, height]) - 2 * half))
    side = round(INSET * min(width, height))
    zoom = side / (2 * half)
    affine = np.array([[zoom, 0.0, -zoom * corner[0]], [0.0, zoom, -zoom * corner[1]]])
    inset = np.asarray(cv2.warpAffine(rgb, affine, (side, side), flags=cv2.INTER_CUBIC), np.uint8)
    _toe_lines(inset, (lines_xy_px - corner) * zoom, angle_deg, forward)
    cv2.rectangle(rgb, _whole(corner), _whole(corner + 2 * half), WHITE, max(1, round(0.25 * u)))
    # On the side the person faces, below the two lines of text.
    left, top = (width - side if forward > 0 else 0), min(round(19 * u), height - side)
    cv2.rectangle(inset, (0, 0), (side - 1, side - 1), WHITE, max(1, round(0.4 * u)))
    rgb[top : top + side, left : left + side] = inset
    label(rgb, f"{angle_deg:z.0f}°", left + side - 2 * u, top + side - 6 * u, SHIN, 1.25, ends_at_x=True)


def _toe_lines(rgb: Rgb, lines_xy_px: FloatArray, angle_deg: float, forward: int) -> None:
    u = unit_px(rgb)
    rest, top = lines_xy_px
    length = float(np.hypot(*(top[1] - top[0])))
    along = (rest[1] - rest[0]) / np.hypot(*(rest[1] - rest[0]))
    lifted = (top[1] - top[0]) / length
    # Both edges turn about one point: where their lines cross, or the near end when they hardly differ.
    cross = float(along[0] * lifted[1] - along[1] * lifted[0])
    hinge = rest[0]
    if abs(cross) > 0.1:
        gap = top[0] - rest[0]
        hinge = rest[0] + along * float(gap[0] * lifted[1] - gap[1] * lifted[0]) / cross
    turn = -np.radians(angle_deg) * forward
    c, s = np.cos(turn), np.sin(turn)
    turned = np.array([c * along[0] - s * along[1], s * along[0] + c * along[1]])
    reach = 1.6 * length
    for start in np.linspace(0.0, reach, 9)[:-1:2]:
        _stroke(rgb, hinge + along * start, hinge + along * (start + reach / 8), WHITE, 0.35 * u)
    _stroke(rgb, hinge, hinge + turned * reach, SHIN, 0.6 * u)


def _stroke(
    rgb: Rgb, start: FloatArray, end: FloatArray, colour: Colour, width_px: float, ink_px: int | None = None
) -> None:
    """An outlined line."""
    a, b = _whole(start), _whole(end)
    cv2.line(rgb, a, b, INK, ink_px or round(2 * width_px) + 1, cv2.LINE_AA)
    cv2.line(rgb, a, b, colour, max(1, round(width_px)), cv2.LINE_AA)


def _whole(xy_px: FloatArray) -> tuple[int, int]:
    return round(float(xy_px[0])), round(float(xy_px[1]))


def draw_bend(
    rgb: Rgb, knee_xy_px: FloatArray, ankle_xy_px: FloatArray, angle_deg: float, forward: int
) -> None:
    """The shin carried on beyond the knee (dashed), from which the thigh bends, and the bend in figures."""
    u = unit_px(rgb)
    beyond = (knee_xy_px - ankle_xy_px) * 0.6
    for start in (0.0, 0.33, 0.66):
        ends = knee_xy_px + beyond * start, knee_xy_px + beyond * (start + 0.2)
        _stroke(rgb, *ends, WHITE, 0.45 * u, round(u))
    x = float(knee_xy_px[0]) + forward * 4 * u
    label(rgb, f"{angle_deg:z.0f}°", x, float(knee_xy_px[1]), SHIN, 1.25, ends_at_x=forward < 0)


def blur_face(rgb: Rgb, faces_xy_px: FloatArray) -> None:
    """Make the head unrecognisable wherever a view sees it: the box of nose, eyes, ears, mouth of each
    (V, 11, 2) with a wide margin."""
    done: list[tuple[FloatArray, float]] = []
    for face_xy_px in faces_xy_px:
        seen = face_xy_px[np.isfinite(face_xy_px).all(axis=1)]
        if not len(seen):
            continue
        low, high = seen.min(axis=0), seen.max(axis=0)
        centre, half = (low + high) / 2, max(2.1 * float(np.max(high - low)), 0.035 * rgb.shape[0])
        # Views mostly agree: a face whose middle half is covered is covered.
        if all(float(np.max(np.abs(centre - at))) + half / 2 > covered for at, covered in done):
            _blur(rgb, centre, half)
            done.append((centre, half))


def _blur(rgb: Rgb, centre: FloatArray, half: float) -> None:
    height, width = rgb.shape[:2]
    x0, y0 = (int(max(0, v)) for v in centre - half)
    x1, y1 = int(min(width, centre[0] + half)), int(min(height, centre[1] + half))
    size = (x1 - x0, y1 - y0)
    if min(size) < 2:
        return
    patch = rgb[y0:y1, x0:x1]
    coarse = cv2.resize(patch, (5, 5), interpolation=cv2.INTER_AREA)
    mask, middle = np.zeros(patch.shape[:2], np.uint8), (size[0] // 2, size[1] // 2)
    cv2.ellipse(mask, middle, middle, 0, 0, 360, (255,), -1)
    patch[mask > 0] = cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)[mask > 0]


@dataclass(frozen=True, slots=True)
class Strip:
    """The curve of the whole clip as a picture (h, W, 3) and where each frame lies on it, (T, 2) px."""

    picture: Rgb
    place_px: FloatArray
    known: BoolArray


def make_strip(
    width_px: int, height_px: int, time_s: FloatArray, angle_deg: FloatArray, heel_down: BoolArray,
    peak_frame: int | None,
) -> Strip:  # fmt: skip
    """Draw the strip once; frames only copy it and move a cursor."""
    u = max(2.6, min(width_px / 100, height_px / 16))
    picture = np.full((height_px, width_px, 3), INK, np.uint8)
    known = np.isfinite(angle_deg)
    shown = angle_deg[known] if known.any() else np.array([0.0, 40.0])
    low, high = min(float(shown.min()), 0.0) - 2, max(float(shown.max()), 20.0) + 6
    left, right = 7 * u, width_px - 2 * u
    top, bottom = 2.0 * u, height_px - 2.0 * u
    span_s = max(1e-6, float(time_s[-1] - time_s[0]))
    x = left + (time_s - time_s[0]) / span_s * (right - left)
    y = bottom - (np.nan_to_num(angle_deg, nan=low) - low) / (high - low) * (bottom - top)
    for i in np.flatnonzero(~heel_down[:-1] & known[:-1]):
        cv2.rectangle(picture, (int(x[i]), 0), (int(x[i + 1]) + 1, height_px), (74, 38, 44), -1)
    for tick in range(0, int(high), 20 if high <= 70 else 50):
        ty = int(bottom - (tick - low) / (high - low) * (bottom - top))
        cv2.line(picture, (int(left), ty), (int(right), ty), (62, 72, 84), 1)
        at = (int(0.8 * u), ty + int(1.3 * u))
        cv2.putText(picture, f"{tick}", at, FONT, 0.12 * u, (170, 180, 190), 1, cv2.LINE_AA)
    for i in np.flatnonzero(known[:-1] & known[1:]):
        a, b = (int(x[i]), int(y[i])), (int(x[i + 1]), int(y[i + 1]))
        cv2.line(picture, a, b, SHIN if heel_down[i] else UP, max(2, round(0.5 * u)), cv2.LINE_AA)
    if peak_frame is not None:
        at, down = (int(x[peak_frame]), int(y[peak_frame])), cv2.MARKER_TRIANGLE_DOWN
        cv2.drawMarker(picture, at, WHITE, down, round(2.6 * u), max(1, round(0.4 * u)), cv2.LINE_AA)
    return Strip(picture, np.stack([x, y], axis=1), known)


def with_strip(rgb: Rgb, strip: Strip, frame: int) -> Rgb:
    """The frame with the strip below it, and the cursor on the strip at this moment."""
    part, u = strip.picture.copy(), unit_px(rgb)
    x, y = (int(v) for v in strip.place_px[frame])
    cv2.line(part, (x, 0), (x, part.shape[0]), WHITE, max(1, round(0.25 * u)))
    if strip.known[frame]:
        cv2.circle(part, (x, y), round(1.1 * u), WHITE, -1, cv2.LINE_AA)
    return np.concatenate([rgb, part])
