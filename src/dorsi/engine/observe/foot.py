"""The planted foot in the picture: how far the heel has turned up about the ball, and camera motion.

Landmarks of a heel slide up the shoe as the shin tilts; its picture does not. The forefoot and the floor
beside it say where the foot stands in each frame; the rear foot is then searched as a hinge about the ball:
for every angle, how much of the change since rest does it explain, over the whole clip at once.
Not here: lengths in mm and what counts as a lift (`signals.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil

import cv2
import numpy as np
import numpy.typing as npt

from dorsi.engine.evidence import FootTrack
from dorsi.engine.geometry import ball_px, between_steps, cheapest_path, stands, tilt_deg, usual_shank_px
from dorsi.engine.landmarks import LegPoint
from dorsi.engine.observe.leg import LONGEST_GAP_S
from dorsi.engine.observe.pictures import Affine, Gray, about, gray, moved, pulled_back
from dorsi.engine.observe.registration import Motion, Registration, normalised
from dorsi.engine.observe.shake import CameraWatch, by_hand
from dorsi.types import BoolArray, BoxPx, FloatArray, Frame, IndexArray, LegTrack

__all__ = ["follow_foot"]

WORK_SHANK_PX = 240.0
"""Pictures are reduced so that the shank is at most this long: 1 px is then about 1.7 mm, finer than
landmarks place the heel, and the cost stays flat for 4K clips."""
KNOWN_SHARE = 0.5
"""A room that is known in fewer of the looks at a standing foot does not tell a pan from a still phone."""
SCENE_SIDE_PX = 480
"""Long side of the reduced picture in which the background is followed."""
HINGE_DEG = np.arange(-12.0, 47.0)
"""Angles tried. Below zero: the reference may have been taken with the heel already up a little."""
REST = int(np.flatnonzero(HINGE_DEG == 0)[0])
CHANCE_SHARE = 0.12
"""Any angle explains some of a change by chance, up to about a tenth (seen on resting feet); a lift must
explain this share more than the usual angle does."""
CHANCE_FLOOR = 0.01
TURN_COST = 0.002
"""Price of a degree between two looks: a heel does not jump, but may rise in a quarter of a second."""
UNCHANGED = 0.015
"""Mean difference (contrasts) below which a rear foot is the one of the reference picture."""
ROOM_QUALITY, BASE_QUALITY = 0.5, 0.35
"""Least correlation at which a registration has found its part. Below, dim far walls slide along themselves
(1-3 px wrong at 0.3); a foot's outline in the dark still holds (0.2 px at 0.4)."""
SURE_QUALITY = 0.85
BETTER = 0.05
"""Gain in correlation that is worth a third unknown."""
CHANGED, EXPLAINED, SLACK_DEG, ELSEWHERE = 0.3, 0.2, 4, 0.05
"""A rear foot that changed this much is hidden, not lifted or down, unless an angle explains this share of it
(more of one that changed more), within the slack that the base leaves, and none elsewhere explains more by
the last."""
UPPER_WEIGHT = 0.25
"""What a look above the heel's landmark counts: below it are the lower heel, the sole and the floor; above,
skin folds, laces and the shin's shadow move with the shin."""
STEPPING_SHANKS_S, STEP_S = 0.2, 0.2
"""Toes this fast, over such a time, are in the air or just landing; landmarks of standing ones wander at half
of it at most."""
SLIP_OF_SHANK = 0.2
"""Landmarks of a planted toe wander by a third of this at most."""
MOST_KEPT, LEAST_KEPT = 160, 5
"""Looks kept for a foot that steps: half a minute's at five a second; fewer than the second are no stand."""
LATEST_REFERENCE_S = 8.0
"""Looks kept while waiting for the resting foot; one that rests later is taken as it first stood."""


@dataclass(frozen=True, slots=True)
class _Look:
    """One frame, reduced: the whole scene, and the surroundings of the foot at the working scale."""

    index: int
    scene: Gray
    near: Gray


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the foot rests in the reference frame, px of the clip, and how the working pictures lie.

    `rest_xy_px` (5, 2); `box` left, top, right, bottom of the near picture; `near_scale`, `scene_scale`
    working px per px of the clip.
    """

    index: int
    rest_xy_px: FloatArray
    shank_px: float
    near_scale: float
    scene_scale: float
    box: tuple[int, int, int, int]
    forward: int

    @property
    def corner_xy_px(self) -> FloatArray:
        return np.array(self.box[:2], dtype=np.float64)

    @property
    def rest(self) -> FloatArray:
        """(5, 2) px of the near picture."""
        return (self.rest_xy_px - self.corner_xy_px) * self.near_scale

    @property
    def shank(self) -> float:
        return self.shank_px * self.near_scale

    @property
    def reach_px(self) -> float:
        """From the heel to the ball, px of the clip."""
        heel = self.rest_xy_px[LegPoint.HEEL]
        return float(np.hypot(*(ball_px(heel, self.rest_xy_px[LegPoint.TOE], self.shank_px) - heel)))

    @property
    def scene_shank(self) -> float:
        return self.shank_px * self.scene_scale

    def inner(self, shape: tuple[int, ...], box_px: BoxPx | None) -> BoxPx:
        """What of a scene picture lies wholly within the box, px of the scene; all of it without one."""
        if box_px is None:
            return 0, 0, shape[1], shape[0]
        (left, top), (right, bottom) = box_px[:2], box_px[2:]
        scale = self.scene_scale
        return ceil(left * scale), ceil(top * scale), int(right * scale), int(bottom * scale)

    def near_motion(self, scene: Affine) -> Affine:
        """A motion in px of the scene picture, in px of the near picture."""
        ratio, origin = self.near_scale / self.scene_scale, self.corner_xy_px * self.near_scale
        return np.hstack([scene[:, :2], (scene[:, 2] * ratio + scene[:, :2] @ origin - origin)[:, None]])


def follow_foot(
    frames: Iterable[Frame], leg: LegTrack, person_xy_px: FloatArray, stride: int,
    box_px: BoxPx | None = None,
) -> FootTrack:  # fmt: skip
    """Follow the rear foot and the scene over the clip.

    `person_xy_px` (T, K, 2) all landmarks, to keep the scene free of the person; `box_px` the picture within
    black bars, whose brightness counts.
    """
    count = len(leg)
    luma: list[float] = []
    room_px, base_px = np.full((count, 2), np.nan), np.full((count, 2), np.nan)
    place: _Place | None = None
    watch: CameraWatch | None = None
    foot: _Foot | None = None
    waiting: list[_Look] = []
    kept = _Kept()
    costs: dict[int, FloatArray] = {}

    def look_at(look: _Look, foot: _Foot) -> None:
        motion = foot.base_motion(look, leg.xy_px[look.index, LegPoint.TOE])
        room_px[look.index], base_px[look.index] = foot.room_px, foot.base_px
        if motion is not None:
            costs[look.index] = foot.hinge_cost(pulled_back(look.near, motion, look.near.shape))

    for frame in frames:
        i = frame.index
        if i % stride or i >= count:
            continue
        place = place or _place(leg, stride, frame.rgb.shape[1], frame.rgb.shape[0])
        left, top, right, bottom = place.box
        if right - left < 16 or bottom - top < 16:
            break
        near = gray(np.ascontiguousarray(frame.rgb[top:bottom, left:right]), place.near_scale)
        look = _Look(i, gray(frame.rgb, place.scene_scale), near)
        inner = place.inner(look.scene.shape, box_px)
        luma.append(float(look.scene[inner[1] : inner[3], inner[0] : inner[2]].mean()))
        heel = place.rest_xy_px[LegPoint.HEEL] * place.scene_scale
        watch = watch or CameraWatch(heel, place.scene_shank, inner)
        watch.look(i, look.scene, person_xy_px[i] * place.scene_scale)
        kept.add(look)
        if foot is not None:
            look_at(look, foot)
        elif i < place.index:
            waiting.append(look)
        else:
            foot = _Foot(place, look, person_xy_px)
            for earlier in reversed(waiting):
                look_at(earlier, foot)
            waiting.clear()
            foot.restart()
            look_at(look, foot)
    mean_luma = float(np.mean(luma)) if luma else 0.0
    if place is None or watch is None:
        unknown = np.full(count, np.nan)
        return FootTrack(unknown, unknown, unknown, mean_luma, base_px)
    followed_px = watch.since(place.index, leg.time_s) / place.scene_scale
    followed_px = np.where(np.isfinite(followed_px), followed_px, room_px)
    shift = _shift_px(leg, followed_px, base_px, place.shank_px)
    step_px = base_px - followed_px + _slipped_px(place, leg, base_px)
    rise, pitch = _turned(place, leg, costs, kept.looks, step_px, person_xy_px)
    return FootTrack(rise, pitch, shift, mean_luma, step_px)


def _slipped_px(place: _Place, leg: LegTrack, base_px: FloatArray) -> FloatArray:
    """(T, 2) how far the toe's landmark has left the base: a patterned floor beside the foot stays behind
    when the foot steps, and is found where it was. Zero for as little as landmarks wander."""
    off_px = leg.xy_px[:, LegPoint.TOE] - place.rest_xy_px[LegPoint.TOE] - base_px
    far = np.hypot(*off_px.T) > SLIP_OF_SHANK * place.shank_px
    return np.where(far[:, None], off_px, 0.0)


def _turned(
    place: _Place, leg: LegTrack, costs: dict[int, FloatArray], looks: list[_Look], step_px: FloatArray,
    person_xy_px: FloatArray,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Rise px and pitch deg (T,) of the heel, on each spot where the foot stands since it rested there."""
    rise, pitch = np.full(len(leg), np.nan), np.full(len(leg), np.nan)
    for stand in stands(leg.time_s, step_px / place.shank_px):
        here = place
        if not stand[place.index]:
            here, costs = _looked_anew(place, leg, looks, stand, person_xy_px, costs)
        rows = [i for i in sorted(costs) if stand[i]]
        if rows:
            pitch[rows] = _hinge_path(np.stack([costs[i] for i in rows]))
            rise[rows] = here.reach_px * np.sin(np.radians(pitch[rows]))
    return rise, pitch


class _Kept:
    """Looks of the clip, evenly thinned, for a foot that steps to another spot: 55 MB at most."""

    def __init__(self) -> None:
        self.looks: list[_Look] = []
        self._seen, self._every = 0, 1

    def add(self, look: _Look) -> None:
        if self._seen % self._every == 0:
            self.looks.append(look)
        self._seen += 1
        if len(self.looks) > MOST_KEPT:
            self.looks, self._every = self.looks[::2], 2 * self._every


def _looked_anew(
    place: _Place, leg: LegTrack, looks: list[_Look], stand: BoolArray, person_xy_px: FloatArray,
    costs: dict[int, FloatArray],
) -> tuple[_Place, dict[int, FloatArray]]:  # fmt: skip
    """The resting place of a foot on another spot, and the costs of all looks, those of this stand anew
    against it; unchanged where no look at rest was kept, looks were kept too seldom, or the foot has left
    what was kept of the picture."""
    rows = np.array([look.index for look in looks if stand[look.index]], dtype=np.intp)
    rows = rows[np.isfinite(leg.xy_px[rows, 0, 0])]
    if len(rows) < LEAST_KEPT:
        return place, costs
    first, rest_xy_px, low = _rest(leg, rows)
    if not low or float(np.median(np.diff(leg.time_s[rows]))) > LONGEST_GAP_S:
        return place, costs
    here = replace(place, index=first, rest_xy_px=rest_xy_px)
    reference = next(look for look in looks if look.index == first)
    low, high = here.rest[[LegPoint.HEEL, LegPoint.TOE]].min(axis=0), here.rest[LegPoint.HEEL :].max(axis=0)
    if (low < 0).any() or (high > reference.near.shape[::-1]).any():
        return place, costs
    foot = _Foot(here, reference, person_xy_px)
    anew = {i: cost for i, cost in costs.items() if not stand[i]}
    for look in looks:
        if stand[look.index]:
            motion = foot.base_motion(look, leg.xy_px[look.index, LegPoint.TOE])
            if motion is not None:
                anew[look.index] = foot.hinge_cost(pulled_back(look.near, motion, look.near.shape))
    return here, anew


class _Foot:
    """The reference picture of a resting foot, and what later looks are compared with."""

    def __init__(self, place: _Place, look: _Look, person_xy_px: FloatArray) -> None:
        self._place = place
        self._ball = ball_px(place.rest[LegPoint.HEEL], place.rest[LegPoint.TOE], place.shank)
        people = person_xy_px * place.scene_scale
        scene_mask = _scene_mask(look.scene.shape, people, place.shank_px * place.scene_scale)
        base_mask = _base_mask(look.near.shape, place.rest, self._ball, place.shank)
        self._room = Registration(look.scene, scene_mask)
        self._base = Registration(look.near, base_mask)
        self._radius_px = place.shank / 40
        self._roi = _heel_roi(look.near.shape, place.rest, place.shank)
        left, top, right, bottom = self._roi
        self._rest = normalised(look.near, self._radius_px)[top:bottom, left:right]
        below = np.arange(top, bottom) >= place.rest[LegPoint.HEEL, 1]
        self._weight = np.where(below, 1.0, UPPER_WEIGHT)
        self._hinges = [self._hinge_in_roi(angle) for angle in HINGE_DEG * place.forward]
        self.restart()

    def restart(self) -> None:
        """Forget where the scene was last: the next look follows the reference itself."""
        self._last_room: Affine | None = None
        self._last_base: Affine | None = None
        self.room_px = self.base_px = np.full(2, np.nan)
        """(2,) px of the clip: how far the room, and the base, last looked at, take the heel; NaN if not
        found."""

    def shift_px(self, motion: Affine) -> FloatArray:
        """(2,) px of the clip: how far a motion of the near picture takes the heel."""
        heel = self._place.rest[LegPoint.HEEL]
        return np.asarray((moved(motion, heel) - heel) / self._place.near_scale)

    def base_motion(self, look: _Look, toe_xy_px: FloatArray) -> Affine | None:
        """Motion (2, 3) of the foot's base in the near picture, None when it is lost or has no heel.

        The room says how the camera moved; forefoot and floor say where the foot stands.
        """
        self.room_px = self.base_px = np.full(2, np.nan)
        if not self._rest.size:
            return None
        place = self._place
        room = self._room.find(look.scene, self._last_room)
        known = room.quality > ROOM_QUALITY
        self._last_room = room.affine if known else None
        start = place.near_motion(room.affine) if known else None
        self.room_px = np.full(2, np.nan) if start is None else self.shift_px(start)
        # A foot cannot tell a turn of the camera from its own; the room can.
        rotation = start[:, :2] if start is not None else np.eye(2)
        toe = place.rest[LegPoint.TOE]
        starts = [start] if start is not None else []
        if self._last_base is not None:
            starts.append(about(rotation, toe, moved(self._last_base, toe)))
        if np.isfinite(toe_xy_px).all():
            starts.append(about(rotation, toe, (toe_xy_px - place.corner_xy_px) * place.near_scale))
        starts = starts or [np.eye(2, 3)]
        found = self._best_base(look.near, starts, turns=False)
        if not known:
            turned = self._best_base(look.near, starts, turns=True)
            # A hand turns a phone; a turn that explains nothing more is the heel's, or noise.
            found = turned if turned.quality > found.quality + BETTER else found
        if found.quality < BASE_QUALITY:
            # Something passes before the toes; the room still says where a standing foot is.
            return start
        self._last_base = found.affine
        self.base_px = self.shift_px(found.affine)
        return found.affine

    def _best_base(self, near: Gray, starts: list[Affine], *, turns: bool) -> Motion:
        """The base from the first of the starts that finds it, or from the best."""
        best = Motion(np.eye(2, 3), -1.0)
        for begin in starts:
            found = self._base_from(near, begin, turns=turns)
            if found.quality > best.quality + 0.02:
                best = found
            if best.quality > SURE_QUALITY:
                break
        return best

    def _base_from(self, near: Gray, begin: Affine, *, turns: bool) -> Motion:
        """The base searched from `begin`, in the picture turned back by it."""
        if turns:
            return self._base.find(near, begin)
        rest = self._base.find(pulled_back(near, begin, near.shape), turns=False)
        shift = begin[:, :2] @ rest.affine[:, 2] + begin[:, 2]
        return Motion(np.hstack([begin[:, :2], shift[:, None]]), rest.quality)

    def hinge_cost(self, still: Gray) -> FloatArray:
        """(K,) mean difference to the resting rear foot when each pixel may turn or have stayed.

        `still` is the near picture with the base put back to where it rested.
        """
        left, top, right, bottom = self._roi
        picture = normalised(still, self._radius_px)
        stayed = np.minimum(np.abs(picture[top:bottom, left:right] - self._rest), 1.0)
        unmoved = self._mean(stayed)
        if unmoved < UNCHANGED:
            return np.full(len(HINGE_DEG), unmoved)
        cost = np.empty(len(HINGE_DEG))
        for k, hinge in enumerate(self._hinges):
            turned = pulled_back(picture, hinge, self._rest.shape)
            cost[k] = self._mean(np.minimum(np.abs(turned - self._rest), stayed))
        return cost

    def _mean(self, difference: npt.NDArray[np.float32]) -> float:
        return float(self._weight @ difference.mean(axis=1) / self._weight.sum())

    def _hinge_in_roi(self, turn_deg: float) -> Affine:
        """(2, 3) from px of the rear-foot window to the near picture, turned about the ball."""
        pivot = (float(self._ball[0]), float(self._ball[1]))
        affine = np.asarray(cv2.getRotationMatrix2D(pivot, -turn_deg, 1.0), np.float64)
        affine[:, 2] = moved(affine, np.array(self._roi[:2], dtype=np.float64))
        return affine


def _hinge_path(cost: FloatArray) -> FloatArray:
    """Pitch deg (N,): the cheapest path through the costs (N, K) of the clip.

    NaN where the rear foot looks different and no angle says why.
    """
    stayed, usual = cost[:, REST], np.median(cost, axis=1)
    gain = usual[:, None] - cost - (CHANCE_SHARE * stayed + CHANCE_FLOOR)[:, None]
    gain[:, REST] = 0.0
    path = cheapest_path(-gain, TURN_COST * np.abs(HINGE_DEG[:, None] - HINGE_DEG[None]))
    pitch = HINGE_DEG[path] + np.where(path == REST, 0.0, between_steps(-cost, path, flat=1e-6))
    near = np.abs(np.arange(cost.shape[1]) - path[:, None]) <= SLACK_DEG
    here = np.where(near, cost, np.inf).min(axis=1)
    # What some other angle explains as well, by chance or not, is not explained by this one.
    doubtful = (stayed - here < EXPLAINED * stayed**2 / CHANGED) | (
        here > cost.min(axis=1) + ELSEWHERE * stayed
    )
    pitch[(stayed > CHANGED) & doubtful] = np.nan
    return pitch


def _shift_px(leg: LegTrack, path: FloatArray, base_px: FloatArray, shank: float) -> FloatArray:
    """(T,) how far the room has moved while the foot stands, px of the clip; NaN where that is unknown.

    `path` (T, 2) of the room: its corners, which are followed through a pan, or where those are too few its
    faint edges together. A room that mostly says nothing leaves the floor beside the standing foot: that may
    be the foot's own motion, but a pan is not to pass in silence.
    """
    stands = np.isfinite(leg.xy_px[:, LegPoint.TOE, 0])
    looked = stands & (np.isfinite(path) | np.isfinite(base_px)).any(axis=1)
    if looked.any() and np.isfinite(path[looked, 0]).mean() < KNOWN_SHARE:
        path = np.where(np.isfinite(path), path, base_px)
    path = np.where(stands[:, None], path, np.nan)
    return np.asarray(np.hypot(*by_hand(leg.time_s, path, shank).T))


def _place(leg: LegTrack, stride: int, width_px: int, height_px: int) -> _Place:
    """The first look at which the foot rests, and the foot's points there."""
    shank = usual_shank_px(leg.xy_px)
    ok = np.flatnonzero(np.isfinite(leg.xy_px[:, 0, 0]))
    early = ok[(ok % stride == 0) & (leg.time_s[ok] <= leg.time_s[ok[0]] + LATEST_REFERENCE_S)]
    first, rest, _ = _rest(leg, early if len(early) else ok[:1])
    return _Place(
        index=first, rest_xy_px=rest, shank_px=shank, near_scale=min(1.0, WORK_SHANK_PX / shank),
        scene_scale=min(1.0, SCENE_SIDE_PX / max(width_px, height_px)),
        box=_foot_box(rest, shank, width_px, height_px), forward=leg.forward,
    )  # fmt: skip


def _rest(leg: LegTrack, looked: IndexArray) -> tuple[int, FloatArray, bool]:
    """The first of some looks at which the foot rests (standing, shin upright, heel low), and the points of
    the leg (5, 2) there, and whether the heel is low."""
    points = leg.xy_px
    ok = np.flatnonzero(np.isfinite(points[:, 0, 0]))
    shank = usual_shank_px(points)
    tilt = tilt_deg(points[:, LegPoint.ANKLE], points[:, LegPoint.KNEE], leg.forward)
    high = points[:, LegPoint.TOE, 1] - points[:, LegPoint.HEEL, 1]
    upright = tilt <= np.percentile(tilt[ok], 2) + 0.3 * np.subtract(*np.percentile(tilt[ok], (98, 2)))
    low = high <= np.percentile(high[ok], 10) + 0.1 * shank
    stands = np.zeros(len(leg), dtype=np.bool_)
    stands[ok] = _toe_speed(leg.time_s[ok], points[ok, LegPoint.TOE]) < STEPPING_SHANKS_S * shank
    # A foot that steps into the lunge and out of it again rests only while the shin leans.
    for resting in (upright & low & stands, low & stands, stands, np.ones_like(stands)):
        if resting[looked].any():
            break
    first = int(looked[resting[looked]][0])
    # Relative to the toes, so that a moving camera does not smear them.
    still = ok[resting[ok] & (np.abs(leg.time_s[ok] - leg.time_s[first]) <= 0.4)]
    still = still if len(still) else np.array([first])
    rest = points[first, LegPoint.TOE] + np.median(points[still] - points[still][:, [LegPoint.TOE]], axis=0)
    return first, np.asarray(rest), bool(low[first])


def _toe_speed(time_s: FloatArray, toe_xy_px: FloatArray) -> FloatArray:
    """(N,) px/s between the usual places of the toe just before and just after; 0 without neighbours."""
    speed = np.zeros(len(time_s))
    first = np.searchsorted(time_s, time_s - STEP_S)
    end = np.searchsorted(time_s, time_s + STEP_S, side="right")
    for i, (a, b) in enumerate(zip(first, end, strict=True)):
        way_px = np.median(toe_xy_px[i:b], axis=0) - np.median(toe_xy_px[a : i + 1], axis=0)
        speed[i] = float(np.hypot(*way_px)) / STEP_S
    return speed


def _foot_box(rest: FloatArray, shank: float, width_px: int, height_px: int) -> tuple[int, int, int, int]:
    """left, top, right, bottom px around the foot with room to rise, and for the camera to move."""
    heel, toe = rest[LegPoint.HEEL], rest[LegPoint.TOE]
    x0, x1 = sorted((float(heel[0]), float(toe[0])))
    top, bottom = max(0, heel[1] - 0.7 * shank), min(height_px, max(heel[1], toe[1]) + 0.5 * shank)
    return int(max(0, x0 - 0.5 * shank)), int(top), int(min(width_px, x1 + 0.5 * shank)), int(bottom)


def _heel_roi(shape: tuple[int, ...], rest: FloatArray, shank: float) -> tuple[int, int, int, int]:
    """left, top, right, bottom of the rear half of the foot below the ankle, sole edge and some floor."""
    heel, toe, ankle = rest[LegPoint.HEEL], rest[LegPoint.TOE], rest[LegPoint.ANKLE]
    ahead = 1.0 if toe[0] > heel[0] else -1.0
    length = abs(float(toe[0] - heel[0]))
    left, right = sorted((heel[0] - ahead * 0.12 * shank, heel[0] + ahead * 0.5 * length))
    top = ankle[1] + 0.35 * (heel[1] - ankle[1])
    bottom = max(heel[1], toe[1]) + 0.10 * shank
    return (*_inside(shape, left, top), *_inside(shape, right, bottom))


def _base_mask(shape: tuple[int, ...], rest: FloatArray, ball: FloatArray, shank: float) -> Gray:
    """Toes with the floor about them, and a band of floor below the sole: as near as the foot itself."""
    heel, toe = rest[LegPoint.HEEL], rest[LegPoint.TOE]
    ahead = 1.0 if toe[0] > heel[0] else -1.0
    sole = max(float(heel[1]), float(toe[1]))
    tip = toe[0] + ahead * 0.2 * shank
    mask = np.zeros(shape[:2], np.uint8)
    for (x0, x1), y0 in (
        ((ball[0] + ahead * 0.05 * shank, tip), toe[1] - 0.2 * shank),
        ((heel[0] - ahead * 0.1 * shank, tip), sole + 0.1 * shank),
    ):
        left, top = _inside(shape, min(x0, x1), y0)
        right, bottom = _inside(shape, max(x0, x1), sole + 0.2 * shank)
        mask[top:bottom, left:right] = 255
    return mask


def _scene_mask(shape: tuple[int, ...], person_xy: FloatArray, shank: float) -> Gray:
    """Everything at least a third of a shank away from where the person ever is."""
    mask = np.full(shape[:2], 255, np.uint8)
    points = person_xy[np.isfinite(person_xy).all(axis=-1)]
    for x, y in points[:: max(1, len(points) // 2000)]:
        cv2.circle(mask, (round(float(x)), round(float(y))), round(0.35 * shank), (0,), -1)
    return mask


def _inside(shape: tuple[int, ...], x: float, y: float) -> tuple[int, int]:
    """Whole px of a point, moved into a picture of this shape."""
    return round(float(np.clip(x, 0, shape[1]))), round(float(np.clip(y, 0, shape[0])))
