"""A planted foot drawn from the side, whose toes turn up about a known joint by known angles.

Lengths are in feet from heel landmark to toe landmark, x ahead of the heel landmark and y above the sole.
Not here: tests.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from dorsi.engine.observe.toe import ToeWatch
from dorsi.engine.observe.toe.looks import ToeLooks
from dorsi.engine.view import View
from dorsi.types import FloatArray, Frame, LegTrack

__all__ = ["AT_REST", "AT_TOP", "JOINT", "LIFT_DEG", "RATE_HZ", "DrawnFoot", "looks_at", "square_view"]

Picture = npt.NDArray[np.uint8]

RATE_HZ = 15.0
LIFT_DEG = np.array([0, 0, 0, 10, 20, 35, 50, 50, 50, 35, 20, 0, 0], float)
"""A lift to 50 deg and back, held at the top."""
AT_REST, AT_TOP = 0, 7
"""Looks of it."""
JOINT = np.array([0.85, 0.09])
"""First MTP joint: half-way up the foot there, some 19 mm over the floor on a foot of 25 cm."""
HEEL, TOE, ANKLE = (0.0, 0.07), (1.0, 0.03), (0.18, 0.42)
# fmt: off
BODY = ((-0.09, 0.02), (-0.1, 0.2), (-0.02, 0.45), (0.0, 1.0), (0.4, 1.0), (0.36, 0.47), (0.6, 0.29),
        (0.82, 0.165), (0.88, 0.1), (0.87, 0.0), (0.5, 0.0), (0.3, 0.02), (0.1, 0.0), (-0.05, 0.0))
BIG_TOE = ((0.78, 0.16), (0.83, 0.163), (0.9, 0.155), (1.0, 0.14), (1.08, 0.125), (1.13, 0.1), (1.15, 0.06),
           (1.12, 0.02), (1.05, 0.0), (0.85, 0.0), (0.8, 0.04))
SMALL_TOES = ((0.82, 0.11), (0.86, 0.1), (0.94, 0.085), (1.0, 0.06), (1.03, 0.03), (1.0, 0.0), (0.84, 0.02))
SECOND_TOE = ((0.8, 0.13), (0.86, 0.15), (0.95, 0.135), (1.05, 0.11), (1.09, 0.06), (1.05, 0.02),
              (0.84, 0.04))
# fmt: on
"""What shows beside the big toe from the outer and from the inner side."""
SMALL_SHARE = 1 / 3
"""The other toes rise by this part of the big one's turn."""
SKIN, SHADE = (205, 150, 120), (188, 134, 106)
FLOOR = (120, 125, 135)
FINER = 3


@dataclass(frozen=True, slots=True)
class DrawnFoot:
    """How the foot is drawn; `contrast` between skin and floor, 1 = as the colours are.

    `inner` as seen from the other foot, the big toe before the others; `others_share` of its turn is how far
    those rise. `ahead_of_toe_px` from the toe landmark to the edge of the picture.
    """

    forward: int = 1
    foot_px: float = 130.0
    contrast: float = 1.0
    noise: float = 2.5
    inner: bool = False
    others_share: float = SMALL_SHARE
    ahead_of_toe_px: float | None = None
    seed: int = 0

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture."""
        ahead = 0.7 * self.foot_px if self.ahead_of_toe_px is None else self.ahead_of_toe_px
        return round(1.3 * self.foot_px + ahead), round(1.7 * self.foot_px)

    def place(self, x: float, y: float) -> FloatArray:
        """(2,) px of a point of the foot."""
        right = 0.3 * self.foot_px + x * self.foot_px
        width, height = self.size_px
        return np.array([right if self.forward > 0 else width - 1 - right, height - (0.4 + y) * self.foot_px])

    def leg(self, count: int) -> LegTrack:
        """The track of the planted leg, the knee well ahead."""
        points = np.stack([self.place(*at) for at in ((0.3, 3.6), (1.0, 2.2), ANKLE, HEEL, TOE)])
        xy_px = np.repeat(points[None], count, axis=0)
        return LegTrack(
            np.arange(count) / RATE_HZ, xy_px, np.ones((count, 5)), xy_px - 200.0, "right",
            "right" if self.forward > 0 else "left", "far" if self.inner else "near",
        )  # fmt: skip

    def frames(self, turn_deg: FloatArray, shift_px: FloatArray | None = None) -> list[Frame]:
        """One frame a turn; `shift_px` (N, 2) moves all that is seen."""
        random = np.random.default_rng(self.seed)
        width, height = self.size_px
        skin, floor = (_rough(random, width, height, self.foot_px, grain) for grain in (14.0, 22.0))
        moves = np.zeros((len(turn_deg), 2)) if shift_px is None else shift_px
        out = []
        for i, (turn, move) in enumerate(zip(turn_deg, moves, strict=True)):
            picture = self._scene(float(turn), skin, floor)
            if np.any(move):
                affine = np.array([[1.0, 0.0, move[0]], [0.0, 1.0, move[1]]])
                picture[:] = cv2.warpAffine(picture, affine, (width, height), borderMode=cv2.BORDER_REPLICATE)
            picture = picture + random.normal(0, self.noise, picture.shape)
            seen = np.clip(np.round(picture), 0, 255).astype(np.uint8)
            out.append(
                Frame(i, i / RATE_HZ, np.ascontiguousarray(seen if self.forward > 0 else seen[:, ::-1]))
            )
        return out

    def big_toe(self, turn_deg: float) -> FloatArray:
        """Outline (M, 2) px of the big toe turned up by so much."""
        return self._turned(np.array(BIG_TOE), turn_deg)[0]

    def _turned(self, outline: FloatArray, turn_deg: float) -> tuple[FloatArray, FloatArray]:
        """A part turned up about the joint, px, and the affine (2, 3) that does it."""
        x, y = self.place(*JOINT)
        turn = cv2.getRotationMatrix2D((float(x), float(y)), self.forward * turn_deg, 1.0)
        affine = np.asarray(turn, np.float64)
        return cv2.transform(np.stack([self.place(*at) for at in outline])[None], affine)[0], affine

    def _scene(self, turn_deg: float, skin: FloatArray, floor: FloatArray) -> FloatArray:
        """The foot facing right, (H, W, 3)."""
        picture = np.array(FLOOR) + floor[..., None]
        others = self.others_share * turn_deg
        toes = [(BIG_TOE, turn_deg, SKIN), (SMALL_TOES, others, SHADE)]
        if self.inner:
            toes = [(SECOND_TOE, others, SHADE), (BIG_TOE, turn_deg, SKIN)]
        for outline, turn, colour in [*toes, (BODY, 0.0, SKIN)]:
            own = np.array(FLOOR) + self.contrast * (np.array(colour) - FLOOR)
            cover, texture = self._part(np.array(outline), turn, skin)
            picture = picture + cover[..., None] * (own + texture[..., None] - picture)
        return picture

    def _part(self, outline: FloatArray, turn_deg: float, skin: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Share of each pixel that a turned part covers, and the skin that turned with it."""
        size = self.size_px
        facing_right = replace(self, forward=1)
        corners, affine = facing_right._turned(outline, turn_deg)
        fine = np.zeros((size[1] * FINER, size[0] * FINER), np.uint8)
        cv2.fillPoly(fine, [np.round((corners + 0.5) * FINER - 0.5).astype(np.int32)], (255,))
        cover = cv2.resize(fine, size, interpolation=cv2.INTER_AREA) / 255
        return cover, np.asarray(cv2.warpAffine(skin, affine, size, borderMode=cv2.BORDER_REFLECT))


def _rough(random: np.random.Generator, width: int, height: int, foot_px: float, grain: float) -> FloatArray:
    """Blotches of a fiftieth of a foot and their grain, grey levels about 0."""
    blotch = max(1.0, foot_px / 50)
    coarse = random.normal(0, grain, (round(height / blotch) + 1, round(width / blotch) + 1))
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float64)


def looks_at(foot: DrawnFoot, turn_deg: FloatArray, shift_px: FloatArray | None = None) -> ToeLooks:
    """What the engine keeps of the drawn clip."""
    watch = ToeWatch(foot.leg(len(turn_deg)), 1)
    for frame in foot.frames(turn_deg, shift_px):
        watch.look(frame)
    looks = watch.looks()
    assert looks is not None
    return looks


def square_view(foot: DrawnFoot) -> View:
    """A camera square to the drawn foot."""
    width, height = foot.size_px
    return View(0.0, 5.0, 0.0, 4.0, 1500.0, width, height)
