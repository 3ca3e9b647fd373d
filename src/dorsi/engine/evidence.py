"""What the passes over the pixels of a clip found: all that numbers are concluded from, and no picture.

Coordinates in px of the upright picture, times in s from the first frame, NaN for missing; T frames.
Not here: finding it (`observe`), its file (`evidence_file.py`), what follows from it (`conclude`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dorsi.engine.landmarks import FACE_POINTS
from dorsi.types import BoxPx, ClipInfo, FloatArray, FollowedLeg, IndexArray, LegTrack, PoseTrack

__all__ = ["CLEAR", "Evidence", "FootTrack", "LegFacts", "Origin", "ShankLook", "ToeTrack"]

CLEAR = 0.45
"""Mean strength (0..1) of an edge followed without doubt."""
LEAST_TURN_DEG = 4.0
"""Smaller turns are what a resting toe does when the weight shifts."""
LEAST_GAIN = 0.05
"""A lift explains at least this much more of the edges (0..1) than a toe that never moved: 0.18 and more on
lifted toes, even by 8 deg."""


@dataclass(frozen=True, slots=True)
class LegFacts:
    """What the choice rests on, for quality and uncertainty.

    `view_angle_deg` (V, T) picture tilt of the shin per view (NaN where that view had no valid
    chain); `coverage` share of looked-at frames with a valid chain; `label_agreement` 0.5..1;
    `shank_px`, `foot_px` typical lengths; `width_ratio` hip and shoulder width over trunk length (small
    from the side); `near_ahead_ratio` how far the near shoulder and hip lie ahead of the far ones, over
    the trunk; `depth_lean` how far the shoulders lie behind the ankles in depth, over their height;
    `feet_apart` how far the feet stand from each other along the picture, in shank lengths;
    `alternates` whether both legs took turns on the same spot, of which one is kept; `followed` which leg
    was chosen: by its place (front, rear), or by its distance from the camera.
    """

    view_angle_deg: FloatArray
    coverage: float
    label_agreement: float
    shank_px: float
    foot_px: float
    width_ratio: float
    near_ahead_ratio: float
    depth_lean: float
    alternates: bool
    feet_apart: float = float("inf")
    followed: FollowedLeg = "front"


@dataclass(frozen=True, slots=True)
class ShankLook:
    """What one frame shows.

    `turn_deg` to be added to the tilt of the landmarks' shank to get that of the joints', positive forward,
    with `sd_deg`; `crest_turn_deg` the same to get the crest; `width` depth of the lower shank over its
    length; `clarity` mean strength of the front edge, 0..1; `edges` (2, R) front and back across the shank
    as last straightened, at ROWS, in shank lengths.
    """

    index: int
    turn_deg: float
    sd_deg: float
    crest_turn_deg: float
    width: float
    clarity: float
    edges: FloatArray


@dataclass(frozen=True, slots=True)
class FootTrack:
    """Per frame of the clip, NaN where not looked at or lost.

    `heel_rise_px` (T,) up from the reference picture, camera motion taken off; `heel_pitch_deg` (T,)
    turn of the rear foot about its ball, positive heel up; `camera_shift_px` (T,) how far the motion of
    the room takes the resting heel while the foot stands; `mean_luma` brightness 0..255; `step_px` (T, 2)
    how far the forefoot has stepped in the room since the reference picture (None: an older Dorsi's).
    """

    heel_rise_px: FloatArray
    heel_pitch_deg: FloatArray
    camera_shift_px: FloatArray
    mean_luma: float
    step_px: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class ToeTrack:
    """`extension_deg` (N,) turn of the toe since its rest at frames `index`, in the plane of the foot.

    `peak_deg` at frame `peak_index` with `half_width_95_deg`; NaN with `reason` (a code) when there is none.
    `gain` how much better a moving toe explains the edges than a still one; `hinge_xy_px` (2,) the joint,
    `rest_xy_px`, `top_xy_px` (2, 2) ends of the toe's upper edge at rest and at the top, px of the clip.
    """

    index: IndexArray
    extension_deg: FloatArray
    peak_deg: float
    peak_index: int
    half_width_95_deg: float
    gain: float
    witness_gap_deg: float
    reason: str | None
    hinge_xy_px: FloatArray
    rest_xy_px: FloatArray
    top_xy_px: FloatArray

    @property
    def moved(self) -> bool:
        """Whether a toe was seen to lift, measurable or not."""
        known = self.extension_deg[np.isfinite(self.extension_deg)]
        turned = float(np.max(known)) if len(known) else 0.0
        return self.gain >= LEAST_GAIN and turned >= LEAST_TURN_DEG


@dataclass(frozen=True, slots=True)
class Origin:
    """What made the evidence: the version of Dorsi, the pose weights by name and sha256, the outline model's
    sha256, and that of the clip."""

    dorsi_version: str
    model_name: str
    model_sha256: str
    outline_sha256: str
    clip_sha256: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything observed on one clip.

    `tracks` one a view, the most trusted first; every `stride`-th frame was looked at. `leg` and `leg_facts`
    are None (with all after them empty) when nobody was found. `room_edges_px` (N, 4) ends of straight edges
    away from the person; `footwear_looks` (F, 5, 3) as `footwear.look_at_footwear` gives them,
    (F, 4, 2) before version 0.4; `people_height_px` of each person found, a list for each frame looked at
    for that. `toe` None with `toe_sought` false: nobody looked at the toe, because the clip shows another
    test.
    `picture_box_px` the picture within black bars, None when it has none.
    """

    clip: ClipInfo
    origin: Origin
    time_s: FloatArray
    stride: int
    truncated: bool
    tracks: tuple[PoseTrack, ...]
    leg: LegTrack | None = None
    leg_facts: LegFacts | None = None
    shank_looks: tuple[ShankLook, ...] = ()
    foot: FootTrack | None = None
    room_edges_px: FloatArray | None = None
    footwear_looks: FloatArray | None = None
    people_height_px: tuple[tuple[float, ...], ...] = ()
    toe: ToeTrack | None = None
    toe_sought: bool = False
    picture_box_px: BoxPx | None = None

    @property
    def inner_box_px(self) -> BoxPx:
        """The picture as the camera took it, without black bars."""
        return self.picture_box_px or (0, 0, self.tracks[0].width_px, self.tracks[0].height_px)

    @property
    def face_xy_px(self) -> FloatArray:
        """(T, V, 11, 2) px: the face as each view sees it, for blurring: one of them may be wrong."""
        return np.stack([track.xy_px[:, list(FACE_POINTS)] for track in self.tracks], axis=1)
