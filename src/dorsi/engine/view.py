"""How the camera sees the plane of the leg: from a line in the picture to the angle in that plane.

A phone is never quite square to the lunge and never far away: a view from ahead or behind shortens the way
forward, and a leg off the middle of the picture is seen at an angle of its own. What one camera cannot tell
(how far it looks up or down, how far the shin leans sideways) is left at level and upright, and counted in
`doubt_95_deg`. Not here: camera roll (`conclude/camera.py`), which is given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dorsi.types import CameraView, FloatArray

__all__ = ["View", "estimate_view", "yaw_guess_deg"]

SHOULDER_WIDTH_RATIO = 0.62
"""Mean of shoulder and hip joint breadth over trunk length, seen from the front (Winter 2009: 0.259 and
0.191 of height over 0.288 gives 0.78 for bodies, landmarks lie further in)."""
USUAL_YAW_SD_DEG = 7.0
"""How far phones propped up for a side view are off square, 1 sd."""
YAW_READ_SD_DEG = 7.5
"""Error of a yaw read from how far the near shoulder and hip lie ahead of the far ones, 1 sd: people turn
their trunks in a lunge, and landmarks of a hidden shoulder are guesses."""
FOCAL_OF_LONG_SIDE = 0.8
"""Focal length of phone main cameras over the long side (24-28 mm equivalent: 0.67-0.78; stabilised video
crops up to a fifth more)."""
PITCH_OF_DEPTH = (-1.5, -15.0)
PITCH_SD_DEG = 5.0
"""A camera that looks down has the shoulders of a person nearer than the feet. Pitch deg by the depth of
shoulders behind ankles over their height, as the pose network has them, and what it leaves open, 1 sd: on
45 rendered scenes it was told to 3.7 deg, where phones from the floor to chair height vary by 6; on ten clips
of people, whose rooms tell the pitch, to 5.0."""
UNREAD_PITCH_SD_DEG, MOST_PITCH_DEG = 7.0, 15.0
LEAN_SD_DEG = 4.0
"""Sideways lean of a shin, 1 sd about upright: outward by about 5 deg standing (tibia vara), inward by as
much when the knee drifts in a lunge. No side view shows it, but a view off the side mixes it in."""


@dataclass(frozen=True, slots=True)
class View:
    """`yaw_deg` between the viewing axis and square to the lunge, positive when the person faces partly
    towards the camera; `pitch_deg` how far the camera looks down; each with its standard deviation; focal
    length and size in px of the picture that the camera took, and its upper left corner in the clip's, off
    zero where black bars lie before it."""

    yaw_deg: float
    yaw_sd_deg: float
    pitch_deg: float
    pitch_sd_deg: float
    focal_px: float
    width_px: int
    height_px: int
    corner_xy_px: tuple[int, int] = (0, 0)

    @property
    def centre_xy_px(self) -> tuple[float, float]:
        """Where the viewing axis meets the picture."""
        return self.corner_xy_px[0] + self.width_px / 2, self.corner_xy_px[1] + self.height_px / 2

    def shin_angle_deg(
        self,
        ankle_xy_px: FloatArray, knee_xy_px: FloatArray, forward: int, camera_roll_deg: float, *,
        more_yaw_deg: float = 0.0, more_pitch_deg: float = 0.0, lean_deg: float = 0.0,
    ) -> FloatArray:  # fmt: skip
        """Shin angle (...), deg, in the upright plane of the lunge, of points (..., 2) px.

        `lean_deg` how far the knee leans away from the camera; it and what is added to yaw and pitch are zero
        unless what they would do is asked. Positive with the knee ahead; of a square, distant view the
        tilt in the picture less the roll (`forward` times it).
        """
        pitch_deg = self.pitch_deg + more_pitch_deg
        ankle = self._ray(ankle_xy_px, forward, camera_roll_deg, pitch_deg)
        knee = self._ray(knee_xy_px, forward, camera_roll_deg, pitch_deg)
        yaw = np.radians(self.yaw_deg + more_yaw_deg)
        aside = np.array([np.sin(yaw), 0.0, np.cos(yaw)])
        ahead = np.array([np.cos(yaw), 0.0, -np.sin(yaw)])
        # Both joints lie in one plane, upright but for the lean: that fixes the knee's distance.
        tipped = aside - np.array([0.0, np.tan(np.radians(lean_deg)), 0.0])
        along = knee * ((ankle @ tipped) / (knee @ tipped))[..., None] - ankle
        return np.asarray(np.degrees(np.arctan2(along @ ahead, along[..., 1])))

    def doubt_95_deg(
        self, ankle_xy_px: FloatArray, knee_xy_px: FloatArray, forward: int, camera_roll_deg: float
    ) -> FloatArray:
        """95 % half-width (...) of a shin angle from what the view leaves open: yaw, pitch and lean."""

        def angle(yaw: float = 0.0, pitch: float = 0.0, lean: float = 0.0) -> FloatArray:
            return self.shin_angle_deg(
                ankle_xy_px, knee_xy_px, forward, camera_roll_deg,
                more_yaw_deg=yaw, more_pitch_deg=pitch, lean_deg=lean,
            )  # fmt: skip

        here, sd, pitch_sd = angle(), self.yaw_sd_deg, self.pitch_sd_deg
        square = np.zeros_like(here)
        for low, high in (angle(yaw=-sd), angle(yaw=sd)), (angle(pitch=-pitch_sd), angle(pitch=pitch_sd)):
            square += ((low - here) ** 2 + (high - here) ** 2) / 2
        # A lean shows only as far as the view is off square, which is itself known to some degrees.
        for yaw in (-sd, sd):
            square += (angle(yaw=yaw, lean=LEAN_SD_DEG) - angle(yaw=yaw)) ** 2 / 2
        return np.asarray(1.96 * np.sqrt(square))

    def as_seen(self, shank_px: float) -> CameraView:
        """What a report tells of this view; `shank_px` knee to ankle in the picture."""
        return CameraView(
            self.yaw_deg, 1.96 * self.yaw_sd_deg, self.pitch_deg, 1.96 * self.pitch_sd_deg, shank_px
        )

    def _ray(self, xy_px: FloatArray, forward: int, roll_deg: float, pitch_deg: float) -> FloatArray:
        """(..., 3) ahead, up and away of picture points, in a level camera."""
        centre_x, centre_y = self.centre_xy_px
        x = (np.asarray(xy_px, float)[..., 0] - centre_x) * forward
        y = centre_y - np.asarray(xy_px, float)[..., 1]
        turn, down = np.radians(roll_deg * forward), np.radians(pitch_deg)
        ahead, up = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
        level_up = up * np.cos(down) - self.focal_px * np.sin(down)
        return np.stack([ahead, level_up, up * np.sin(down) + self.focal_px * np.cos(down)], axis=-1)


def yaw_guess_deg(width_ratio: float) -> float:
    """Angle between the view and a true side view, deg (0..90), from how wide the trunk looks."""
    if not np.isfinite(width_ratio):
        return 0.0
    return float(np.degrees(np.arcsin(np.clip(width_ratio / SHOULDER_WIDTH_RATIO, 0, 1))))


def estimate_view(
    near_ahead_ratio: float, depth_lean: float, width_px: int, height_px: int,
    corner_xy_px: tuple[int, int] = (0, 0),
) -> View:  # fmt: skip
    """The view of a clip from the person in it, before any edge of the room is looked at.

    `near_ahead_ratio` how far the near shoulder and hip lie ahead of the far ones, over the trunk;
    `depth_lean` how far the shoulders lie behind the ankles in depth, over their height. What is read is
    weighed against how phones are usually set up; NaN when nothing could be read. Size and corner as in
    `View`.
    """
    yaw, yaw_sd = 0.0, USUAL_YAW_SD_DEG
    if np.isfinite(near_ahead_ratio):
        read = -float(np.degrees(np.arcsin(np.clip(near_ahead_ratio / SHOULDER_WIDTH_RATIO, -1, 1))))
        trust = USUAL_YAW_SD_DEG**2 / (USUAL_YAW_SD_DEG**2 + YAW_READ_SD_DEG**2)
        yaw, yaw_sd = trust * read, USUAL_YAW_SD_DEG * (1 - trust) ** 0.5
    pitch, pitch_sd = 0.0, UNREAD_PITCH_SD_DEG
    if np.isfinite(depth_lean):
        read = PITCH_OF_DEPTH[0] + PITCH_OF_DEPTH[1] * depth_lean
        pitch, pitch_sd = float(np.clip(read, -MOST_PITCH_DEG, MOST_PITCH_DEG)), PITCH_SD_DEG
    focal_px = FOCAL_OF_LONG_SIDE * max(width_px, height_px)
    return View(yaw, yaw_sd, pitch, pitch_sd, focal_px, width_px, height_px, corner_xy_px)
