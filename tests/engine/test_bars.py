"""Black bars around a picture: found to the pixel, told from dark walls, and without effect on a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from dorsi.engine.conclude.conclude import camera_of, conclude
from dorsi.engine.evidence import Evidence
from dorsi.engine.evidence_file import read_evidence, write_evidence
from dorsi.engine.observe.bars import BarWatch
from dorsi.engine.observe.pose.estimator import ReplayEstimator
from dorsi.engine.observe.room import find_segments
from dorsi.engine.pipeline import observe
from dorsi.settings import Settings
from dorsi.types import BoxPx, Frame, Rgb
from dorsi.video import FrameReader
from tests.clips import encode
from tests.engine.test_evidence_file import differing
from tests.recorded import evidence

Pad = tuple[int, int, int, int]
PILLARS, LETTER = (778, 0, 778, 0), (0, 160, 0, 164)
NOBODY = np.full((33, 2), np.nan)


def _padded(rgb: Rgb, pad: Pad, black: int = 0) -> Rgb:
    """The picture with bars of `pad` px: left, top, right, bottom."""
    left, top, right, bottom = pad
    return np.pad(rgb, ((top, bottom), (left, right), (0, 0)), constant_values=black)


def _clip(path: Path, pictures: list[Rgb], **options: str) -> Path:
    height, width = pictures[0].shape[:2]
    options = {"preset": "veryfast", **options}
    return encode(
        path, size_px=(width, height), frames=len(pictures), options=options,
        make=lambda index, *_: pictures[index],
    )  # fmt: skip


def _box(pictures: list[Rgb]) -> BoxPx | None:
    watch = BarWatch()
    for index, rgb in enumerate(pictures):
        watch.look(Frame(index, index / 30, np.ascontiguousarray(rgb)))
    return watch.picture_box_px()


def _decoded(path: Path) -> list[Rgb]:
    with FrameReader(path) as reader:
        return [frame.rgb for frame in reader]


def _room(seed: int = 0) -> Rgb:
    """A bright wall, floor and door under noise; one frame."""
    picture = np.full((320, 180, 3), 150.0)
    picture[230:], picture[60:230, 110:150] = 90, 60
    noise = np.random.default_rng(seed).normal(0, 3, picture.shape)
    return np.asarray(np.clip(picture + noise, 0, 255), np.uint8)


@pytest.fixture(scope="module")
def lunge(samples: Path) -> list[Rgb]:
    """The first second and a half of a sample, every frame."""
    with FrameReader(samples / "left_lunge.mp4") as reader:
        return [frame.rgb for frame in islice(reader, 45)]


@pytest.mark.parametrize("crf", ["23", "40"])
@pytest.mark.parametrize("pad", [PILLARS, LETTER, (301, 0, 107, 0), (60, 40, 60, 40)])
def test_bars_of_an_encoded_clip_are_found_to_the_pixel(
    lunge: list[Rgb], tmp_path: Path, pad: Pad, crf: str
) -> None:
    pictures = [_padded(rgb, pad) for rgb in lunge[::15]]
    left, top, *_ = pad
    box = _box(_decoded(_clip(tmp_path / "padded.mp4", pictures, crf=crf)))
    assert box is not None
    assert np.abs(np.subtract(box, (left, top, left + 720, top + 1280))).max() <= 2 * (crf == "40")


@pytest.mark.parametrize("black", [0, 16])
def test_both_blacks_of_video_are_bars_and_grey_is_not(black: int) -> None:
    assert _box([_padded(_room(k), (40, 0, 24, 0), black) for k in range(3)]) == (40, 0, 220, 320)
    assert _box([_padded(_room(k), (40, 0, 24, 0), black + 30) for k in range(3)]) is None


def test_the_box_of_reduced_frames_is_told_in_px_of_the_clip() -> None:
    watch = BarWatch()
    for index in range(3):
        watch.look(Frame(index, index / 30, _padded(_room(index), (40, 0, 24, 0))))
    assert watch.picture_box_px((2 * 244, 2 * 320)) == (80, 0, 440, 640)


def test_the_samples_have_no_bars(lunge: list[Rgb]) -> None:
    assert _box(lunge[::15]) is None
    assert _box([]) is None


def _dark_wall(rgb: Rgb, seed: int) -> Rgb:
    """A dark wall with a straight edge, as a camera sees it: a few levels of noise."""
    noise = np.random.default_rng(seed).integers(0, 7, (len(rgb), 60, 1))
    rgb[:, :60] = noise
    return rgb


def _leaning_wall(rgb: Rgb, _seed: int) -> Rgb:
    """A wall so dark that nothing of it is left, in a camera that is half a degree off level."""
    rgb[np.arange(180)[None] < 60 + np.arange(320)[:, None] * np.tan(np.radians(1.5))] = 0
    return rgb


def _passing_shadow(rgb: Rgb, seed: int) -> Rgb:
    """Black at first, lit later."""
    rgb[:, :60] = 0 if seed < 2 else 90
    return rgb


def _vignette(rgb: Rgb, _seed: int) -> Rgb:
    """Light that falls off to black at the border."""
    return np.asarray(rgb * np.clip((np.arange(180)[:, None] - 20) / 90, 0, 1), np.uint8)


def _doorway(rgb: Rgb, _seed: int) -> Rgb:
    """A black doorway at the border, its floor lit."""
    rgb[:230, :60] = 0
    return rgb


@pytest.mark.parametrize("change", [_dark_wall, _leaning_wall, _passing_shadow, _vignette, _doorway])
def test_dark_parts_of_a_room_are_no_bars(change: Callable[[Rgb, int], Rgb]) -> None:
    assert _box([change(_room(k), k) for k in range(3)]) is None


def test_a_covered_lens_has_no_picture_to_find() -> None:
    assert _box([np.zeros((64, 48, 3), np.uint8)] * 3) is None


def test_a_night_too_dark_to_tell_is_left_as_it_is() -> None:
    assert _box([_padded(np.asarray(_room(k) // 30, np.uint8), (40, 0, 40, 0)) for k in range(3)]) is None


@pytest.mark.parametrize("pad", [PILLARS, LETTER, (60, 40, 60, 40)])
def test_edges_of_bars_are_none_of_the_room(lunge: list[Rgb], pad: Pad) -> None:
    left, top, *_ = pad
    box = (left, top, left + 720, top + 1280)
    rgb = _padded(lunge[0], pad)
    with_bars, inner = find_segments(rgb, NOBODY), find_segments(rgb, NOBODY, box)

    def on_border(lines: np.ndarray) -> int:
        ends = lines.reshape(-1, 2, 2)
        return sum(
            int((np.abs(ends[..., side % 2] - place) < 6).all(axis=1).sum()) for side, place in enumerate(box)
        )

    assert on_border(with_bars) > 0
    assert on_border(inner) == 0
    assert len(inner) >= 3


def _shifted(seen: Evidence, pad: Pad) -> Evidence:
    """Evidence of the same clip with bars around its picture."""
    left, top, right, bottom = pad
    by = np.array([left, top], dtype=np.float64)
    width, height = seen.clip.width_px + left + right, seen.clip.height_px + top + bottom
    tracks = tuple(
        replace(each, xy_px=each.xy_px + by, width_px=width, height_px=height) for each in seen.tracks
    )
    assert seen.leg is not None and seen.room_edges_px is not None
    return replace(
        seen,
        clip=replace(seen.clip, width_px=width, height_px=height),
        tracks=tracks,
        leg=replace(seen.leg, xy_px=seen.leg.xy_px + by, other_xy_px=seen.leg.other_xy_px + by),
        room_edges_px=seen.room_edges_px + np.tile(by, 2),
        picture_box_px=(left, top, left + seen.clip.width_px, top + seen.clip.height_px),
    )


@pytest.mark.parametrize("pad", [PILLARS, LETTER, (301, 0, 107, 0)])
@pytest.mark.parametrize("name", ["left_lunge", "half_kneeling", "squat"])
def test_a_clip_with_bars_concludes_to_the_numbers_of_its_picture(name: str, pad: Pad) -> None:
    seen: Evidence = evidence(name)
    padded = _shifted(seen, pad)
    level, view = camera_of(seen)
    level_in_bars, view_in_bars = camera_of(padded)
    assert level_in_bars.camera_roll_deg == pytest.approx(level.camera_roll_deg, abs=1e-6)
    assert view_in_bars.yaw_deg == pytest.approx(view.yaw_deg, abs=1e-6)
    assert view_in_bars.focal_px == view.focal_px
    plain, barred = conclude(seen, Settings()), conclude(padded, Settings())
    assert barred.measurements.keys() == plain.measurements.keys()
    for key, known in plain.measurements.items():
        now = barred.measurements[key]
        # Px that lie elsewhere round elsewhere, and a quantile may fall on the neighbour of a tie.
        assert (now.value, now.uncertainty_95) == pytest.approx((known.value, known.uncertainty_95), abs=1e-3)
    assert (barred.reasons, barred.warnings) == (plain.reasons, plain.warnings)


def test_a_leg_cut_by_the_picture_is_cut_though_bars_lie_beyond() -> None:
    seen: Evidence = evidence("left_lunge")
    assert seen.leg is not None
    away = np.array([720 - np.nanmin(seen.leg.xy_px[:, :, 0]), 0.0])
    cut = replace(
        seen, leg=replace(seen.leg, xy_px=seen.leg.xy_px + away, other_xy_px=seen.leg.other_xy_px + away)
    )
    codes = [each.code for each in conclude(cut, Settings()).reasons]
    assert codes == [each.code for each in conclude(_shifted(cut, PILLARS), Settings()).reasons]
    assert codes


def test_the_box_is_kept_in_the_file_and_absent_without_bars(tmp_path: Path) -> None:
    padded = _shifted(evidence("left_lunge"), PILLARS)
    for each, name in ((padded, "bars"), (evidence("left_lunge"), "none")):
        write_evidence(each, tmp_path / f"{name}.npz")
        assert differing(each, read_evidence(tmp_path / f"{name}.npz")) == []
    with np.load(tmp_path / "none.npz") as loaded:
        assert b"picture_box" not in loaded["table"].tobytes()


@pytest.mark.slow
def test_the_passes_see_a_padded_clip_as_they_see_its_picture(lunge: list[Rgb], tmp_path: Path) -> None:
    record: Evidence = evidence("left_lunge")
    seen = []
    for name, pad in (("plain", (0, 0, 0, 0)), ("padded", PILLARS)):
        clip = _clip(tmp_path / f"{name}.mp4", [_padded(rgb, pad) for rgb in lunge], crf="18")
        track = record.tracks[0]
        track = replace(
            track, time_s=track.time_s[:45], xy_px=track.xy_px[:45] + pad[:2],
            depth_px=track.depth_px[:45], confidence=track.confidence[:45],
        )  # fmt: skip
        seen.append(observe(clip, Settings(test="lunge"), None, [ReplayEstimator(track)]))
    plain, padded = seen
    assert (plain.picture_box_px, padded.picture_box_px) == (None, (778, 0, 1498, 1280))
    assert plain.foot is not None and padded.foot is not None
    # Reduced more, with what lies half in a bar left out.
    assert padded.foot.mean_luma == pytest.approx(plain.foot.mean_luma, rel=0.01)
    (level, view), (level_in_bars, view_in_bars) = camera_of(plain), camera_of(padded)
    assert level_in_bars.source == level.source
    assert level_in_bars.camera_roll_deg == pytest.approx(level.camera_roll_deg, abs=0.3)
    assert view_in_bars.focal_px == view.focal_px
