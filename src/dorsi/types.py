"""Central types: frozen, shape-checked records that the stages hand to one another.

Conventions: unit in every name; picture coordinates in px of the upright frame, x right, y down;
times in s from the first frame; NaN for missing; T frames, K landmarks.
Not here: the report (see `report/model.py`) and anything that measures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from dorsi.quantities import RESULT_OF, TestName

__all__ = [
    "RESULT_OF",
    "Analysis",
    "BoolArray",
    "BoxPx",
    "CameraView",
    "ClipInfo",
    "Facing",
    "FloatArray",
    "FollowedLeg",
    "Frame",
    "IndexArray",
    "LegTrack",
    "Level",
    "Measurement",
    "Note",
    "PoseFrame",
    "PoseTrack",
    "Rep",
    "Rgb",
    "Side",
    "Signals",
    "StageListener",
    "TestLeg",
    "TestName",
    "other_side",
]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IndexArray = npt.NDArray[np.intp]
Rgb = npt.NDArray[np.uint8]
"""A picture (H, W, 3)."""
BoxPx = tuple[int, int, int, int]
"""left, top, right, bottom px; the last two are just outside."""
Side = Literal["left", "right"]
Facing = Literal["left", "right"]
TestLeg = Literal["near", "far"]
FollowedLeg = Literal["front", "rear", "near", "far"]
StageListener = Callable[[str, float], None]
"""Told the name of the stage that runs and how much of it is done, 0..1."""


def other_side(side: Side) -> Side:
    """Right for left, left for right."""
    return "right" if side == "left" else "left"


def _check(name: str, array: npt.NDArray[np.generic], shape: tuple[int | None, ...]) -> None:
    """Raise ValueError unless `array.shape` matches `shape` (None = any length)."""
    ok = array.ndim == len(shape) and all(
        want is None or want == have for want, have in zip(shape, array.shape, strict=True)
    )
    if not ok:
        raise ValueError(f"{name} has shape {array.shape}, expected {shape}")


@dataclass(frozen=True, slots=True)
class ClipInfo:
    """What a clip is, read from its container and first frames.

    `width_px`, `height_px` are of the upright picture. `rotation_deg` is how far the stored picture
    is turned clockwise to stand upright (0, 90, 180, 270). `frame_count` and `duration_s` are the
    container's estimate until a full pass has counted them. `captured_at` is the moment of filming that the
    container tells, None when it tells none.
    """

    path: Path
    width_px: int
    height_px: int
    duration_s: float
    frame_count: int
    frame_rate_hz: float
    variable_frame_rate: bool
    rotation_deg: int
    mirrored: bool
    codec: str
    pixel_format: str
    bit_depth: int
    hdr: bool
    captured_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """One upright picture. `index` counts from 0 in decode order, `time_s` from the first frame.

    `rgb` is (H, W, 3) uint8, C-contiguous.
    """

    index: int
    time_s: float
    rgb: npt.NDArray[np.uint8]

    def __post_init__(self) -> None:
        _check("rgb", self.rgb, (None, None, 3))


@dataclass(frozen=True, slots=True)
class PoseFrame:
    """Landmarks of one person in one frame: `xy_px` (K, 2), `depth_px` (K,) smaller = nearer to
    the camera, `confidence` (K,) 0..1."""

    xy_px: FloatArray
    depth_px: FloatArray
    confidence: FloatArray

    def __post_init__(self) -> None:
        _check("xy_px", self.xy_px, (None, 2))
        _check("depth_px", self.depth_px, (len(self.xy_px),))
        _check("confidence", self.confidence, (len(self.xy_px),))


@dataclass(frozen=True, slots=True)
class PoseTrack:
    """Landmarks of the whole clip, one row a frame (NaN where no person was found).

    `time_s` (T,) rising; `xy_px` (T, K, 2); `depth_px` (T, K); `confidence` (T, K) 0..1.
    """

    time_s: FloatArray
    xy_px: FloatArray
    depth_px: FloatArray
    confidence: FloatArray
    width_px: int
    height_px: int

    def __post_init__(self) -> None:
        t = len(self.time_s)
        _check("time_s", self.time_s, (t,))
        _check("xy_px", self.xy_px, (t, None, 2))
        _check("depth_px", self.depth_px, (t, self.xy_px.shape[1]))
        _check("confidence", self.confidence, (t, self.xy_px.shape[1]))

    def __len__(self) -> int:
        return len(self.time_s)


@dataclass(frozen=True, slots=True)
class LegTrack:
    """The leg under test, after label swaps are repaired.

    `xy_px` (T, 5, 2) in `LegPoint` order (hip, knee, ankle, heel, toe); `confidence` (T, 5);
    `other_xy_px` (T, 5, 2) the other leg, for drawing and quality only.
    """

    time_s: FloatArray
    xy_px: FloatArray
    confidence: FloatArray
    other_xy_px: FloatArray
    side: Side
    facing: Facing
    test_leg: TestLeg
    rear: Literal["standing", "half_kneeling", "unknown"] = "unknown"

    def __post_init__(self) -> None:
        t = len(self.time_s)
        _check("time_s", self.time_s, (t,))
        _check("xy_px", self.xy_px, (t, 5, 2))
        _check("confidence", self.confidence, (t, 5))
        _check("other_xy_px", self.other_xy_px, (t, 5, 2))

    def __len__(self) -> int:
        return len(self.time_s)

    @property
    def forward(self) -> int:
        """+1 when the person faces right in the picture, -1 when left."""
        return 1 if self.facing == "right" else -1


@dataclass(frozen=True, slots=True)
class Level:
    """Camera roll about the viewing axis, deg, positive counter-clockwise seen from behind the
    camera (the scene looks turned clockwise). NaN when not measured. `source` names the evidence."""

    camera_roll_deg: float
    uncertainty_95_deg: float
    source: str

    @property
    def known(self) -> bool:
        """Whether a roll was measured."""
        return bool(np.isfinite(self.camera_roll_deg))

    @property
    def roll_deg(self) -> float:
        """What to take off angles in the picture: 0 where no roll was measured."""
        return self.camera_roll_deg if self.known else 0.0


@dataclass(frozen=True, slots=True)
class CameraView:
    """How the camera saw the leg: off square by `yaw_deg`, positive when the person faces partly towards it;
    looking down by `pitch_deg`; 95 % half-widths; knee to ankle in px. NaN where not read."""

    yaw_deg: float
    yaw_95_deg: float
    pitch_deg: float
    pitch_95_deg: float
    shank_px: float


@dataclass(frozen=True, slots=True)
class Signals:
    """Curves over the clip, each (T,), NaN where not measured, corrected for the measured roll."""

    time_s: FloatArray
    shin_angle_deg: FloatArray
    crest_angle_deg: FloatArray
    heel_lift_mm: FloatArray
    heel_pitch_deg: FloatArray
    big_toe_deg: FloatArray
    knee_flexion_deg: FloatArray
    heel_down: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        t = len(self.time_s)
        for name in self.__slots__:
            _check(name, getattr(self, name), (t,))

    def __len__(self) -> int:
        return len(self.time_s)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One number with its 95 % half-width; `value` None = not measured. `frame` counts from 0.

    `repeatability_95` is the part of `uncertainty_95` that differs between two clips of one leg, at most all
    of it; None = not told apart.
    """

    value: float | None = None
    uncertainty_95: float | None = None
    time_s: float | None = None
    frame: int | None = None
    repeatability_95: float | None = None


@dataclass(frozen=True, slots=True)
class Rep:
    """One repetition; frame indices into the track, angles deg, lengths mm, times s."""

    start_frame: int
    peak_frame: int
    end_frame: int
    start_s: float
    peak_s: float
    end_s: float
    peak_shin_angle_deg: float | None
    peak_uncertainty_95_deg: float | None
    peak_shin_angle_any_heel_deg: float
    heel_lifted: bool
    heel_lift_onset_s: float | None
    heel_lift_onset_shin_angle_deg: float | None
    max_heel_lift_mm: float | None
    max_heel_pitch_deg: float | None


@dataclass(frozen=True, slots=True)
class Note:
    """A reason or a warning: a code of the contract and a sentence on how to film better. `short` is what is
    wrong alone, a clause without a full stop."""

    code: str
    message: str
    detail: dict[str, float] = field(default_factory=dict)
    short: str = ""


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything measured on one clip: what `pipeline.analyse` returns and every output is made from.

    `measurements` has each key of the report contract's `measurements`. `leg` and `signals` are None
    when the clip was refused before they could be computed; a refused clip may still have them, for
    drawing. `face_xy_px` is (T, V, 11, 2), as each of V views sees it, for blurring. `reasons` is empty
    exactly when measured. `toe_lines_px` (2, 2, 2) ends of the toe's upper edge at rest and at the top, of a
    big-toe clip. `by_hand` (T,) how much of the shank's line a person drew, 0..1, None when nobody corrected
    anything.
    """

    clip: ClipInfo
    time_s: FloatArray
    face_xy_px: FloatArray
    leg: LegTrack | None
    level: Level | None
    signals: Signals | None
    reps: tuple[Rep, ...]
    measurements: dict[str, Measurement]
    reasons: tuple[Note, ...]
    warnings: tuple[Note, ...]
    model_name: str
    model_sha256: str
    scale_source: str = "body proportions"
    camera_view: CameraView | None = None
    test: TestName = "lunge"
    test_source: Literal["recognised", "given"] = "recognised"
    toe_lines_px: FloatArray | None = None
    outline_sha256: str = ""
    by_hand: FloatArray | None = None

    @property
    def measured(self) -> bool:
        """Whether the clip supports the number its test is for."""
        return not self.reasons

    @property
    def peak_frame(self) -> int | None:
        """Frame of the clip's result, None when refused."""
        return self.measurements[RESULT_OF[self.test]].frame if self.measured else None
