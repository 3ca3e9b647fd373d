"""The line of the shank and its crest, from drawn legs whose outline is the model's own."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from dorsi.engine.conclude.shank import (
    CREST_OVER_JOINT_DEG,
    LANDMARKS_LEAN_DEG,
    LEAST_LOOKS,
    crest_over_joint_deg,
    crest_sd_deg,
    crest_turn_deg,
    shank_track,
    straightened_leg,
)
from dorsi.engine.evidence import CLEAR, ShankLook
from dorsi.engine.geometry import tilt_deg
from dorsi.engine.landmarks import LegPoint
from dorsi.engine.observe import outline as edges
from dorsi.engine.observe.outline import CREST, MOST_LOOKS, ROWS, frames_to_look_at, look_at_shank
from dorsi.errors import ModelError
from dorsi.types import FloatArray, LegTrack
from tests.engine.scenes import leg_points, lunge_angle_deg

Picture = npt.NDArray[np.uint8]

WIDTH_PX, HEIGHT_PX, SHANK_PX = 480, 560, 260.0
SKIN, WALL = (150, 120, 100), (90, 110, 140)
CLOTH = 0.06
"""How far loose cloth moves both edges out, shank lengths."""
TURNS_DEG = (-4.0, -2.0, 2.0, 4.0)


def _outline(cloth: float = 0.0) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Heights, front and back of the model's mean outline, in shank lengths, run on past both joints."""
    model = edges._model()
    count = len(model.grid)
    heights = np.concatenate([[-0.3], model.grid, [1.3]])
    front, back = (
        np.interp(heights, model.grid, model.mean[part])
        for part in (slice(0, count), slice(count, 2 * count))
    )
    return heights, front + cloth, back - cloth


def _upward(tilt: float, forward: int) -> FloatArray:
    return np.array([forward * np.sin(np.radians(tilt)), -np.cos(np.radians(tilt))])


def _points(
    shin_deg: float,
    forward: int,
    *,
    shank_px: float = SHANK_PX,
    ankle: tuple[float, float] | None = None,
) -> FloatArray:
    """(5, 2) of a leg whose knee is bent as the model's bodies bend it on average."""
    usual_bend = float(np.degrees(edges._model().mean[-2]))
    ankle_xy = np.array(ankle or (WIDTH_PX / 2 - forward * 80.0, 440.0))
    knee = ankle_xy + shank_px * _upward(shin_deg, forward)
    hip = knee + shank_px * _upward(shin_deg - usual_bend, forward)
    heel = ankle_xy + shank_px * np.array([-0.17 * forward, 0.2])
    toe = ankle_xy + shank_px * np.array([0.37 * forward, 0.23])
    return np.stack([hip, knee, ankle_xy, heel, toe])


def _with_knee_off(points: FloatArray, turn_deg: float, forward: int) -> FloatArray:
    """The same leg with its knee landmark turned forward about the ankle."""
    c, s = np.cos(np.radians(turn_deg * forward)), np.sin(np.radians(turn_deg * forward))
    out = points.copy()
    along = points[LegPoint.KNEE] - points[LegPoint.ANKLE]
    out[LegPoint.KNEE] = points[LegPoint.ANKLE] + np.array([[c, -s], [s, c]]) @ along
    return out


def _picture(
    points: FloatArray,
    forward: int,
    *,
    cloth: float = 0.0,
    wall: tuple[int, int, int] = WALL,
    size_px: tuple[int, int] = (WIDTH_PX, HEIGHT_PX),
    noise: float = 2.5,
    seed: int = 0,
) -> Picture:
    """A plain shank over a plain wall, its outline true to a quarter of a pixel or better."""
    finer = 4 if size_px[0] <= WIDTH_PX else 2
    ankle, knee = points[LegPoint.ANKLE], points[LegPoint.KNEE]
    along = knee - ankle
    ahead = np.array([-along[1], along[0]]) * forward
    heights, front, back = _outline(cloth)
    line = ankle + heights[:, None] * along
    corners = np.concatenate([line + front[:, None] * ahead, (line + back[:, None] * ahead)[::-1]])
    fine = np.zeros((size_px[1] * finer, size_px[0] * finer), np.uint8)
    cv2.fillPoly(fine, [np.round((corners + 0.5) * finer - 0.5).astype(np.int32)], (255,))
    cover = cv2.resize(fine, size_px, interpolation=cv2.INTER_AREA)[..., None] / 255
    picture = cover * np.array(SKIN) + (1 - cover) * np.array(wall)
    picture += np.random.default_rng(seed).normal(0, noise, picture.shape)
    return np.asarray(np.clip(np.round(picture), 0, 255), np.uint8)


def _look(shin_deg: float, forward: int, turn_deg: float = 0.0, **drawn: object) -> ShankLook:
    """A look at a drawn leg whose knee landmark is off by a turn."""
    points = _points(shin_deg, forward)
    picture = _picture(points, forward, **drawn)  # type: ignore[arg-type]
    return look_at_shank(picture, _with_knee_off(points, turn_deg, forward), forward)


def _drawn_crest_deg() -> float:
    """Lean of the drawn front edge against the line of the joints, over the straight part of the shin."""
    heights, front, _ = _outline()
    part = (heights >= CREST[0] - 1e-6) & (heights <= CREST[1] + 1e-6)
    return float(np.degrees(np.arctan(np.polyfit(heights[part], front[part], 1)[0])))


def _made_look(
    index: int, turn_deg: float, crest_turn_deg: float = 4.0, clarity: float = 0.7, width: float = 0.22
) -> ShankLook:
    return ShankLook(index, turn_deg, 0.9, crest_turn_deg, width, clarity, np.zeros((2, len(ROWS))))


def _leg(forward: int = 1, count: int = 240) -> LegTrack:
    """A lunge to 35 deg."""
    time_s = np.arange(count) / 30
    ankle = np.array([360.0, 1100.0])
    xy_px = np.stack([leg_points(float(a), forward, ankle) for a in lunge_angle_deg(time_s, 35.0)])
    return LegTrack(
        time_s, xy_px, np.ones((count, 5)), np.zeros_like(xy_px), "right",
        "right" if forward > 0 else "left", "near",
    )  # fmt: skip


def _still_leg(shin_deg: float, count: int = 5) -> LegTrack:
    """A leg that keeps the pose of a drawn one."""
    return replace(_leg(count=count), xy_px=np.stack([_points(shin_deg, 1)] * count))


def _tilt(leg: LegTrack) -> FloatArray:
    return tilt_deg(leg.xy_px[:, LegPoint.ANKLE], leg.xy_px[:, LegPoint.KNEE], leg.forward)


@pytest.mark.parametrize("forward", [1, -1])
@pytest.mark.parametrize("shin_deg", [0.0, 20.0, 40.0])
def test_landmarks_that_lie_right_are_left_alone(shin_deg: float, forward: int) -> None:
    look = _look(shin_deg, forward)
    assert abs(look.turn_deg) < 0.4
    assert 0 < look.sd_deg < 1.5
    assert look.clarity > CLEAR


@pytest.mark.parametrize("forward", [1, -1])
@pytest.mark.parametrize("shin_deg", [-5.0, 20.0, 40.0])
@pytest.mark.parametrize("off_deg", TURNS_DEG)
def test_a_knee_landmark_off_the_line_is_brought_back(off_deg: float, shin_deg: float, forward: int) -> None:
    look = _look(shin_deg, forward, off_deg)
    assert look.turn_deg == pytest.approx(-off_deg, abs=min(1.3, 3 * look.sd_deg))


@pytest.mark.parametrize("off_deg", [-4.0, 0.0, 4.0])
@pytest.mark.parametrize("shin_deg", [5.0, 35.0])
def test_a_mirrored_picture_gives_the_same_look(shin_deg: float, off_deg: float) -> None:
    points = _points(shin_deg, 1)
    picture, marked = _picture(points, 1), _with_knee_off(points, off_deg, 1)
    flipped = marked * [-1.0, 1.0] + [WIDTH_PX - 1.0, 0.0]
    plain = look_at_shank(picture, marked, 1)
    mirrored = look_at_shank(np.ascontiguousarray(picture[:, ::-1]), flipped, -1)
    assert mirrored.turn_deg == pytest.approx(plain.turn_deg, abs=0.2)
    assert mirrored.crest_turn_deg == pytest.approx(plain.crest_turn_deg, abs=0.2)
    assert mirrored.sd_deg == pytest.approx(plain.sd_deg, rel=0.05)
    assert mirrored.edges == pytest.approx(plain.edges, abs=0.006)


def test_the_edges_are_found_where_they_are_drawn() -> None:
    look = _look(30.0, 1)
    heights, front, back = _outline()
    assert np.median(np.abs(look.edges[0] - np.interp(ROWS, heights, front))) < 0.004
    assert np.median(np.abs(look.edges[1] - np.interp(ROWS, heights, back))) < 0.004


@pytest.mark.parametrize("off_deg", [-4.0, 0.0, 4.0])
def test_an_outline_that_cannot_be_seen_leaves_the_landmarks_with_more_doubt(off_deg: float) -> None:
    seen = _look(30.0, 1, off_deg)
    hidden = [_look(30.0, 1, off_deg, wall=SKIN, seed=seed) for seed in range(5)]
    assert all(look.sd_deg > 1.3 * seen.sd_deg for look in hidden)
    assert all(look.clarity < 0.25 < seen.clarity for look in hidden)
    prior_deg = float(np.degrees(edges._model().mean[-1]))
    assert abs(np.median([look.turn_deg for look in hidden]) - prior_deg) < 1.0
    assert all(abs(look.turn_deg - prior_deg) < 2 * look.sd_deg for look in hidden)


def test_clear_looks_tell_of_loose_cloth_where_there_are_some() -> None:
    leg = _leg()

    def looks(clear: int, width: float) -> list[ShankLook]:
        unclear = [_made_look(i, 0.0, clarity=CLEAR / 2, width=0.42 - width) for i in range(7)]
        return unclear + [_made_look(10 + i, 0.0, clarity=0.7, width=width) for i in range(clear)]

    assert shank_track(looks(LEAST_LOOKS, 0.32), leg).loose
    assert not shank_track(looks(LEAST_LOOKS, 0.10), leg).loose, "what is not seen makes no cloth"
    assert not shank_track(looks(LEAST_LOOKS - 1, 0.32), leg).loose, "too few to say so"


def test_loose_cloth_is_told_and_hides_the_crest() -> None:
    points, leg = _points(30.0, 1), _still_leg(30.0)
    bare, clothed = (
        shank_track(
            [
                replace(look_at_shank(_picture(points, 1, cloth=cloth, seed=i), points, 1), index=i)
                for i in range(5)
            ],
            leg,
        )
        for cloth in (0.0, CLOTH)
    )
    assert not bare.loose and clothed.loose
    crest = crest_turn_deg(bare, leg.time_s) + bare.turn_deg[0] + _lean_deg(30.0)
    assert crest == pytest.approx(_drawn_crest_deg(), abs=0.8)
    assert 0.6 < crest_sd_deg(bare) < 1.2
    assert np.isnan(crest_turn_deg(clothed, leg.time_s)).all() and np.isnan(crest_sd_deg(clothed))


@pytest.mark.parametrize("off_deg", TURNS_DEG)
def test_cloth_of_one_thickness_moves_both_edges_out_and_not_the_line(off_deg: float) -> None:
    assert _look(30.0, 1, off_deg, cloth=CLOTH).turn_deg == pytest.approx(-off_deg, abs=1.3)


@pytest.mark.parametrize("forward", [1, -1])
@pytest.mark.parametrize("shin_deg", [0.0, 20.0, 40.0])
@pytest.mark.parametrize("off_deg", [-4.0, 0.0, 4.0])
def test_the_crest_follows_the_front_edge(off_deg: float, shin_deg: float, forward: int) -> None:
    look = _look(shin_deg, forward, off_deg)
    assert look.crest_turn_deg == pytest.approx(_drawn_crest_deg() - off_deg, abs=0.8)


@pytest.mark.parametrize("off_deg", [-4.0, 0.0, 4.0])
@pytest.mark.parametrize(
    ("shank_px", "ankle", "size_px"),
    [(800.0, (400.0, 1150.0), (1200, 1400)), (500.0, (900.0, 1300.0), (1400, 1500))],
)
def test_a_large_picture_agrees_with_a_small_one(
    shank_px: float, ankle: tuple[float, float], size_px: tuple[int, int], off_deg: float
) -> None:
    points = _points(25.0, 1, shank_px=shank_px, ankle=ankle)
    picture = _picture(points, 1, size_px=size_px)
    large = look_at_shank(picture, _with_knee_off(points, off_deg, 1), 1)
    small = _look(25.0, 1, off_deg)
    assert large.turn_deg == pytest.approx(small.turn_deg, abs=0.7)
    assert large.crest_turn_deg == pytest.approx(small.crest_turn_deg, abs=0.7)
    assert large.clarity > CLEAR


@pytest.mark.parametrize("shank_px", [SHANK_PX, 500.0])  # the larger one is made coarser first
@pytest.mark.parametrize(
    "ankle",
    [(160.0, 600.0), (5.0, 440.0), (470.0, 440.0), (160.0, 60.0), (-900.0, 440.0), (2000.0, 3000.0)],
)
def test_a_shank_beyond_the_edge_of_the_picture_is_looked_at_all_the_same(
    ankle: tuple[float, float], shank_px: float
) -> None:
    points = _points(20.0, 1, shank_px=shank_px, ankle=ankle)
    look = look_at_shank(_picture(points, 1), points, 1)
    assert np.isfinite([look.turn_deg, look.sd_deg, look.crest_turn_deg, look.width, look.clarity]).all()
    assert look.sd_deg > 0 and 0 <= look.clarity <= 1


@pytest.mark.parametrize("forward", [1, -1])
@pytest.mark.parametrize("shin_deg", [10.0, 30.0])
def test_a_leg_right_behind_does_not_lend_its_back_edge(shin_deg: float, forward: int) -> None:
    """The other leg stands behind with its shin more upright: its back is what is seen there."""
    points = _points(shin_deg, forward)
    other = _with_knee_off(points, -12.0, forward) - [forward * 4.0, 0.0]
    picture, behind = _picture(points, forward, noise=0.0), _picture(other, forward, noise=0.0)
    both = np.minimum(picture, behind) if np.mean(SKIN) < np.mean(WALL) else np.maximum(picture, behind)
    misled = look_at_shank(both, points, forward)
    told = look_at_shank(both, points, forward, alone=False)
    assert abs(told.turn_deg) < 1.0
    assert abs(misled.turn_deg) > abs(told.turn_deg) + 0.5
    assert told.sd_deg > look_at_shank(picture, points, forward).sd_deg


def test_a_picture_of_one_colour_shows_nothing() -> None:
    look = look_at_shank(np.full((HEIGHT_PX, WIDTH_PX, 3), 120, np.uint8), _points(20.0, 1), 1)
    assert abs(look.turn_deg) < 1.0
    assert look.clarity < 0.05


@pytest.mark.parametrize("noise", [0.0, 2.5, 8.0])
def test_a_look_that_shows_nothing_claims_no_more_than_the_model_knew_before(noise: float) -> None:
    known_before_deg = float(np.degrees(np.sqrt(edges._model().covariance[-1, -1])))
    look = _look(20.0, 1, wall=SKIN, noise=noise)
    assert look.sd_deg > 0.9 * known_before_deg


def _lean_deg(tilt: FloatArray | float) -> FloatArray:
    """What landmarks are known to lean too little."""
    return np.asarray(LANDMARKS_LEAN_DEG[0] + LANDMARKS_LEAN_DEG[1] * np.asarray(tilt))


def _agreed_look(leg: LegTrack, index: int, off_deg: float, clarity: float = 0.7) -> ShankLook:
    """A look whose crest and outline both say that the line leans so much more than corrected landmarks."""
    knee = leg.xy_px[index, LegPoint.KNEE]
    bend = _tilt(leg)[index] - tilt_deg(knee, leg.xy_px[index, LegPoint.HIP], leg.forward)
    turn = float(_lean_deg(_tilt(leg)[index])) + off_deg
    return _made_look(index, turn, turn + float(crest_over_joint_deg(bend)), clarity)


def test_a_track_is_in_order_and_one_odd_look_does_not_count() -> None:
    leg = _leg()
    shank = shank_track([_agreed_look(leg, 10 * i, off) for i, off in enumerate([1, 1, 9, 1, 1])][::-1], leg)
    assert shank.index.tolist() == [0, 10, 20, 30, 40]
    assert shank.turn_deg == pytest.approx(np.full(5, shank.turn_deg[0]))
    assert 0.4 < shank.turn_deg[0] < 0.8, "two of three say so"
    nothing = shank_track([], leg)
    assert len(shank) == 5 and len(nothing) == 0
    assert not nothing.loose and np.isnan(crest_turn_deg(nothing, leg.time_s)).all()


def test_the_less_clear_the_outline_the_more_the_landmarks_count() -> None:
    leg = _leg()
    turns = []
    for clear in (0.05, 0.2, 0.3, CLEAR):
        track = shank_track([_agreed_look(leg, i, 4.0, clear) for i in (0, 10, 20)], leg)
        turns.append(float(track.turn_deg[1]))
    assert np.all(np.diff(turns) > 0) and turns[-1] < 0.7 * 4.0


def test_where_all_three_agree_the_line_is_theirs() -> None:
    leg = _leg()
    shank = shank_track([_agreed_look(leg, i, 0.0) for i in range(0, 240, 20)], leg)
    assert shank.turn_deg == pytest.approx(np.zeros(12), abs=1e-9)
    assert _tilt(straightened_leg(leg, shank)) == pytest.approx(_tilt(leg) + _lean_deg(_tilt(leg)))
    crest = crest_turn_deg(shank, leg.time_s)[shank.index]
    assert crest == pytest.approx(crest_over_joint_deg(shank.bend_deg), abs=0.5)


@pytest.mark.parametrize(
    ("bend_deg", "more"), [(-10.0, 0.0), (0.0, 0.0), (45.0, 0.5), (90.0, 1.0), (140.0, 1.0)]
)
def test_a_bent_knee_moves_back_on_the_tibia(bend_deg: int, more: float) -> None:
    straight, bent = CREST_OVER_JOINT_DEG
    assert crest_over_joint_deg(np.array(bend_deg)) == pytest.approx(straight + more * bent)


def _crest_looks(leg: LegTrack, *more_deg: float, clarity: float = 0.7, first: int = 0) -> list[ShankLook]:
    """Looks whose crest leans so much more than it does on usual legs."""
    agreed = [_agreed_look(leg, 10 * (first + i), 0.0, clarity) for i in range(len(more_deg))]
    return [
        replace(look, crest_turn_deg=look.crest_turn_deg + more)
        for look, more in zip(agreed, more_deg, strict=True)
    ]


def _sd_of(leg: LegTrack, looks: list[ShankLook]) -> float:
    return crest_sd_deg(shank_track(looks, leg))


def test_the_crest_is_of_clear_looks_alone() -> None:
    leg = _leg()
    clear, blurred = _crest_looks(leg, 0, 0, 0), _crest_looks(leg, 20, 20, 20, clarity=0.1, first=3)
    together, alone, few = (
        crest_turn_deg(shank_track(looks, leg), leg.time_s)
        for looks in (clear + blurred, clear, clear[:2] + blurred)
    )
    assert together[:15] == pytest.approx(alone[:15])
    assert np.isnan(few).all()


def test_looks_that_differ_about_a_rigid_angle_give_no_crest() -> None:
    leg = _leg()
    assert np.isnan(_sd_of(leg, _crest_looks(leg, -6, -6, 0, 0, 6, 6)))
    assert _sd_of(leg, _crest_looks(leg, -1, -1, 0, 0, 1, 1)) > _sd_of(leg, _crest_looks(leg, 0, 0, 0, 0))


@pytest.mark.parametrize("forward", [1, -1])
def test_straightening_moves_the_knee_alone_and_by_the_turn(forward: int) -> None:
    leg = _leg(forward)
    shank = shank_track([_made_look(20, -3.0), _made_look(60, -3.0), _made_look(140, 5.0)], leg)
    straight = straightened_leg(leg, shank)
    wanted = np.interp(np.arange(len(leg)), shank.index, shank.turn_deg) + _lean_deg(_tilt(leg))
    assert _tilt(straight) - _tilt(leg) == pytest.approx(wanted, abs=1e-6)
    still = [point for point in LegPoint if point != LegPoint.KNEE]
    assert np.array_equal(straight.xy_px[:, still], leg.xy_px[:, still])
    assert replace(straight, xy_px=leg.xy_px) == leg, "the rest is handed on"


def test_a_drawn_leg_with_a_wrong_knee_is_nearer_the_truth() -> None:
    leg = _leg(-1, count=40)
    xy_px = leg.xy_px.copy()
    truth = np.linspace(5, 35, 40)
    looks = []
    for i, shin_deg in enumerate(truth):
        true = _points(float(shin_deg), -1)
        xy_px[i] = _with_knee_off(true, 5.0, -1)
        if i % 8 == 0:
            looks.append(look_at_shank(_picture(true, -1, seed=i), xy_px[i], -1, i))
    wrong = replace(leg, xy_px=xy_px)
    alone = straightened_leg(wrong, shank_track([], wrong))
    straight = straightened_leg(wrong, shank_track(looks, wrong))
    assert np.all(np.abs(_tilt(straight) - truth) < 0.5 * np.abs(_tilt(alone) - truth))


def test_with_too_few_looks_landmarks_stand_alone() -> None:
    leg = _leg()
    looks = [_made_look(10 * i, 5.0) for i in range(LEAST_LOOKS - 1)]
    for shank in (shank_track(looks, leg), shank_track([], leg)):
        assert _tilt(straightened_leg(leg, shank)) - _tilt(leg) == pytest.approx(_lean_deg(_tilt(leg)))


@pytest.mark.parametrize("stride", [1, 2, 5])
@pytest.mark.parametrize("forward", [1, -1])
def test_the_frames_to_look_at_are_few_and_half_of_them_at_the_top(forward: int, stride: int) -> None:
    leg = _leg(forward)
    leg.xy_px[100:104] = np.nan
    frames = frames_to_look_at(leg, stride)
    assert all(a < b for a, b in pairwise(frames))
    assert 0 < len(frames) <= MOST_LOOKS
    assert all(i % stride == 0 and 0 <= i < len(leg) for i in frames)
    assert np.isfinite(leg.xy_px[frames]).all()
    tilt = _tilt(leg)[frames]
    assert tilt.max() == pytest.approx(np.nanmax(_tilt(leg)), abs=0.5)
    top = int((tilt > 29.0).sum())
    assert top >= min(MOST_LOOKS // 2, int((_tilt(leg)[::stride] > 31.0).sum()))
    assert tilt.min() < 10, "some are spread over the whole clip"


def test_a_leg_that_stands_still_is_looked_at_evenly() -> None:
    leg = _leg()
    still = replace(leg, xy_px=np.repeat(leg.xy_px[:1], len(leg), axis=0))
    frames = frames_to_look_at(still, 2)
    assert 3 <= len(frames) <= MOST_LOOKS and frames[0] < 30 and frames[-1] > len(leg) - 30


def test_a_leg_that_is_never_known_is_never_looked_at() -> None:
    leg = _leg()
    assert frames_to_look_at(replace(leg, xy_px=np.full_like(leg.xy_px, np.nan)), 2) == []


def test_a_missing_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="shank_outline"):
        edges.read_model(tmp_path / "shank_outline.json")


@pytest.mark.parametrize(
    "text",
    ["", "no json", "[]", "null", "{}", '{"schema": "dorsi.shank-outline/1"}', '{"schema": "dorsi.other/1"}'],
)
def test_a_damaged_model_is_said(tmp_path: Path, text: str) -> None:
    (path := tmp_path / "shank_outline.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="shank_outline"):
        edges.read_model(path)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("schema", None),
        ("grid", None),
        ("grid", 0.5),
        ("grid", "x"),
        ("grid", [0.1, 0.2]),
        ("mean", None),
        ("mean", [[1.0], [1.0, 2.0]]),
        ("covariance", []),
        ("covariance", [1.0, 2.0]),
    ],
)
def test_a_model_with_one_wrong_part_is_said(repo: Path, tmp_path: Path, part: str, value: object) -> None:
    record = json.loads((repo / "models" / "shank_outline.json").read_text(encoding="utf-8"))
    text = json.dumps(record | {part: value})
    (path := tmp_path / "shank_outline.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="shank_outline"):
        edges.read_model(path)
