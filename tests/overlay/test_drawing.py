"""Toe and squat on the picture: lines where they must lie, figures beside them, and the peak as a picture."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest

from dorsi.overlay import drawing
from dorsi.overlay.annotate import write_annotated
from dorsi.overlay.drawing import SHIN, WHITE, draw_bend, draw_toe
from dorsi.plan import load_books
from dorsi.quantities import with_plus_minus
from dorsi.report.build import build_report
from dorsi.report.model import Measured, Report
from dorsi.rules import evaluate
from dorsi.settings import Settings
from dorsi.types import Analysis, FloatArray, Note, TestName
from dorsi.video import VideoWriter
from tests.fakes import TOE_LINES_PX, analysis, of_test
from tests.overlay.texts import drawn_texts

Picture = npt.NDArray[np.uint8]

GREY = 120
WIDTH_PX, HEIGHT_PX = 180, 320
NEAR_PX = 1.5
"""A line may lie this far beside where it belongs: its ends are whole px."""


def _blank() -> Picture:
    return np.full((640, 480, 3), GREY, np.uint8)


def _of_colour(picture: Picture, colour: tuple[int, int, int]) -> FloatArray:
    """(N, 2) places that have about this colour."""
    rows, columns = np.nonzero((np.abs(picture.astype(int) - colour) < 40).all(axis=2))
    return np.stack([columns, rows], axis=1).astype(float)


def _off(places: FloatArray, start: FloatArray, along: FloatArray) -> tuple[FloatArray, FloatArray]:
    """How far places lie along a line, and beside it, px."""
    return (places - start) @ along, np.abs((places - start) @ np.array([-along[1], along[0]]))


def _turned(along: FloatArray, turn_deg: float, forward: int) -> FloatArray:
    """A direction turned up by so much, for someone who faces `forward`."""
    turn = np.radians(-turn_deg * forward)
    c, s = np.cos(turn), np.sin(turn)
    return np.array([[c, -s], [s, c]]) @ along


def _has_line(
    picture: Picture, colour: tuple[int, int, int], start: FloatArray, along: FloatArray, span_px: FloatArray
) -> bool:
    """Whether the colour lies on the line from before the first to beyond the last of two distances."""
    along_px, beside_px = _off(_of_colour(picture, colour), start, along)
    on = along_px[beside_px <= NEAR_PX]
    return bool(len(on) and on.min() < span_px[0] and on.max() > span_px[1])


DOTS = {(0, 0, 255): (250.0, 450.0), (255, 0, 255): (310.0, 370.0)}
"""Coloured dots beside the toe: where they turn up enlarged says where everything else must lie."""


def _foot_picture(forward: int) -> tuple[Picture, FloatArray, FloatArray]:
    """A picture with dots on it, (2, 2) heel and toe, and the joint."""
    picture = _blank()
    for colour, at in DOTS.items():
        x, y = _facing(at, forward)
        cv2.circle(picture, (round(x), round(y)), 4, colour, -1)
    foot = np.stack([_facing((140.0, 425.0), forward), _facing((290.0, 420.0), forward)])
    return picture, foot, _facing((265.0, 415.0), forward)


def _facing(at: tuple[float, float], forward: int) -> FloatArray:
    return np.array([at[0] if forward > 0 else 480 - at[0], at[1]])


def _in_inset(picture: Picture, at: FloatArray, forward: int) -> tuple[FloatArray, float]:
    """Where a place of the picture lies in the enlarged foot, above the real one, and the zoom."""
    upper = picture[:320]
    seen = np.stack([_of_colour(upper, colour).mean(axis=0) for colour in DOTS])
    real = np.stack([_facing(place, forward) for place in DOTS.values()])
    zoom = (seen[1] - seen[0]) / (real[1] - real[0])
    assert zoom[0] == pytest.approx(zoom[1], rel=0.05) and zoom[0] > 1.1, "enlarged, not bent"
    return seen[0] + zoom * (at - real[0]), float(zoom.mean())


@pytest.mark.parametrize("forward", [1, -1])
@pytest.mark.parametrize("angle_deg", [0.0, 12.0, 34.0, 50.0])
def test_the_toe_s_edge_is_drawn_turned_up_from_its_rest(angle_deg: float, forward: int) -> None:
    picture, foot, joint = _foot_picture(forward)
    before = picture.copy()
    rest = _turned(np.array([forward * 1.0, 0.0]), -6.0, forward)
    top = _turned(rest, 50.0, forward)
    lines = np.stack([[joint + rest * s for s in (15, 60)], [joint + top * s for s in (15, 60)]])
    draw_toe(picture, lines, foot, angle_deg, forward)
    place, zoom = _in_inset(picture, joint, forward)
    upper, now = picture[:320], _turned(rest, angle_deg, forward)
    assert _has_line(upper, SHIN, place, now, np.array([5, 60 * zoom])), "about their joint"
    assert angle_deg < 5 or _has_line(upper, WHITE, place, rest, np.array([40, 50]) * zoom), "rest is shown"
    rows, columns = np.nonzero((upper != before[:320]).any(axis=2))
    assert (forward * (columns - 240) > 0).all(), "where the person faces"
    assert rows.min() > 13.5 * 4.8, "below the words"


@pytest.mark.parametrize("forward", [1, -1])
def test_the_enlarged_foot_is_marked_where_it_was_taken_from(forward: int) -> None:
    picture, foot, joint = _foot_picture(forward)
    before = picture.copy()
    lines = np.stack([[joint, joint + [forward * 40.0, 0.0]], [joint, joint + [forward * 20.0, -30.0]]])
    draw_toe(picture, lines, foot, 30.0, forward)
    lower = (picture[320:] != before[320:]).any(axis=2)
    rows, columns = np.nonzero(lower)
    box = np.array([columns.min(), rows.min() + 320, columns.max(), rows.max() + 320], float)
    assert (box[:2] < foot[1]).all() and (foot[1] < box[2:]).all(), "the toes are inside"
    assert (box[:2] < joint).all() and (joint < box[2:]).all()
    inside = picture[int(box[1]) + 4 : int(box[3]) - 3, int(box[0]) + 4 : int(box[2]) - 3]
    same = before[int(box[1]) + 4 : int(box[3]) - 3, int(box[0]) + 4 : int(box[2]) - 3]
    assert np.array_equal(inside, same), "nothing is drawn over the real toe"


def test_a_toe_that_hardly_turned_has_a_line_all_the_same() -> None:
    """Two edges that nearly coincide cross nowhere near the foot."""
    picture, foot, joint = _foot_picture(1)
    rest = np.stack([joint, joint + [50.0, 2.0]])
    draw_toe(picture, np.stack([rest, rest + [0.0, -1.0]]), foot, 3.0, 1)
    place, zoom = _in_inset(picture, joint, 1)
    along = _turned((rest[1] - rest[0]) / np.hypot(*(rest[1] - rest[0])), 3.0, 1)
    assert _has_line(picture[:320], SHIN, place, along, np.array([5, 60 * zoom]))


@pytest.mark.parametrize("forward", [1, -1])
def test_the_bend_is_shown_from_the_shin_carried_on(forward: int) -> None:
    picture = _blank()
    ankle, knee = np.array([240.0, 500.0]), np.array([240.0 + forward * 60.0, 360.0])
    draw_bend(picture, knee, ankle, 101.0, forward)
    along = (knee - ankle) / np.hypot(*(knee - ankle))
    assert _has_line(picture, WHITE, knee, along, np.array([5, 0.45 * np.hypot(*(knee - ankle))]))
    rows, columns = np.nonzero((picture != GREY).any(axis=2))
    assert rows.max() < 400, "nothing on the shin itself"
    plate = columns[np.abs(rows - 365) < 15]
    ahead = forward * (plate - knee[0])
    assert ahead.max() > 30, "the figures stand in front of the knee"


@pytest.mark.parametrize("forward", [1, -1])
def test_the_figures_are_whole_degrees(forward: int, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = drawn_texts(monkeypatch)
    draw_bend(_blank(), np.array([240.0, 300.0]), np.array([240.0, 400.0]), 100.6, forward)
    draw_toe(_blank(), TOE_LINES_PX, np.array([[40.0, 212.0], [105.0, 208.0]]), 33.6, forward)
    assert texts == ["101°", "34°"]


def _report(found: Analysis, settings: Settings) -> Report:
    books = load_books()
    rules = books.rules.rule_set()
    findings = evaluate(rules, found.measurements, found.reps, found.measured, found.test)
    return build_report(found, findings, settings, books, "0" * 64)


def _annotated(
    folder: Path, found: Analysis, settings: Settings, *, size_px: tuple[int, int] = (WIDTH_PX, HEIGHT_PX)
) -> bytes | None:
    """Writes a plain clip and its annotated video; the peak frame."""
    clip = folder / "clip.mp4"
    with VideoWriter(clip, *size_px) as out:
        for at_s in found.time_s:
            out.write(np.full((size_px[1], size_px[0], 3), GREY, np.uint8), float(at_s))
    return write_annotated(clip, found, _report(found, settings), folder / "annotated.mp4", settings)


def _picture(jpeg: bytes | None) -> Picture:
    assert jpeg is not None
    bgr = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert bgr is not None
    return np.asarray(bgr[..., ::-1], np.uint8)


def _fake(tmp_path: Path, test: TestName) -> Analysis:
    return of_test(analysis(tmp_path / "clip.mp4"), test)


def test_the_peak_of_a_toe_is_a_picture_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = drawn_texts(monkeypatch)
    found = _fake(tmp_path, "big_toe")
    picture = _picture(_annotated(tmp_path, found, Settings(video=False)))
    assert picture.shape[0] > HEIGHT_PX and picture.shape[1:] == (WIDTH_PX, 3), "the curve is below"
    assert {"34°", "LEFT BIG TOE", "PEAK 34.0° ± 4.5°"} <= set(texts)
    plain = _picture(_annotated(tmp_path, replace(found, toe_lines_px=None), Settings(video=False)))
    changed = np.abs(picture.astype(int) - plain).max(axis=2) > 60
    rows, columns = np.nonzero(changed & (picture[..., 0].astype(int) - picture[..., 2] > 60))
    assert len(rows) > 40, "the colour of what is measured"
    assert (rows < 140).all() and (columns > WIDTH_PX // 2).all(), "beside the person"


def test_the_peak_of_a_squat_is_a_picture_with_its_bend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = drawn_texts(monkeypatch)
    found = _fake(tmp_path, "squat")
    assert found.leg is not None
    bent = _picture(_annotated(tmp_path, found, Settings(video=False)))
    assert {"101°", "LEFT rep 1/1", "PEAK 101.0° ± 9.0°", "HEEL DOWN"} <= set(texts)
    assert "38°" not in texts, "not the shin's angle"
    unknown = replace(found, signals=_without_bend(found))
    straight = _picture(_annotated(tmp_path, unknown, Settings(video=False)))
    knee, ankle = found.leg.xy_px[30, 1], found.leg.xy_px[30, 2]
    x, y = np.round(knee + 0.1 * 0.6 * (knee - ankle) * 5).astype(int)
    changed = np.abs(bent.astype(int) - straight).max(axis=2) > 60
    assert changed[y - 6 : y + 7, x - 6 : x + 7].any(), "the shin is carried on beyond the knee"


def _without_bend(found: Analysis) -> Any:
    assert found.signals is not None
    return replace(found.signals, knee_flexion_deg=np.full(len(found.time_s), np.nan))


def test_lines_keep_their_place_on_a_reduced_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Filmed at four times the size, delivered at half of that."""
    found = _fake(tmp_path, "big_toe")
    assert found.leg is not None
    foot_px = found.leg.xy_px[30, 3:]
    large = replace(
        found, toe_lines_px=4 * TOE_LINES_PX, leg=replace(found.leg, xy_px=4 * found.leg.xy_px)
    )  # fmt: skip
    drawn: list[tuple[Any, ...]] = []
    monkeypatch.setattr(drawing, "draw_toe", lambda *given: drawn.append(given))
    size = (4 * WIDTH_PX, 4 * HEIGHT_PX)
    _annotated(tmp_path, large, Settings(video=False, max_side_px=640), size_px=size)
    ((rgb, lines, foot, angle_deg, forward),) = drawn
    assert rgb.shape == (2 * HEIGHT_PX, 2 * WIDTH_PX, 3)
    assert lines == pytest.approx(2 * TOE_LINES_PX) and foot == pytest.approx(2 * foot_px)
    assert (angle_deg, forward) == (pytest.approx(34.0), 1)


@pytest.mark.parametrize("test", ["big_toe", "squat"])
def test_the_video_is_drawn_on_as_long_as_the_clip(tmp_path: Path, test: TestName) -> None:
    found = _fake(tmp_path, test)
    assert _annotated(tmp_path, found, Settings()) is not None
    with av.open(str(tmp_path / "annotated.mp4")) as file:
        frames = [each.to_ndarray(format="rgb24") for each in file.decode(video=0)]
    assert len(frames) == len(found.time_s)
    strips = [frame[-30:].astype(int) for frame in (frames[5], frames[50])]
    assert np.abs(strips[0] - strips[1]).max() > 80, "the cursor moves along the curve"


@pytest.mark.parametrize("size_px", [(180, 320), (320, 180), (180, 181)], ids=["upright", "wide", "odd"])
def test_the_curve_lies_below_the_picture_and_covers_nothing_of_it(
    tmp_path: Path, size_px: tuple[int, int]
) -> None:
    width_px, height_px = size_px
    found = replace(_fake(tmp_path, "squat"), leg=None)
    clip = tmp_path / "clip.mkv"
    _lossless(clip, size_px, found.time_s)
    write_annotated(clip, found, _report(found, Settings()), tmp_path / "annotated.mp4", Settings())
    with av.open(str(tmp_path / "annotated.mp4")) as file:
        frames = [each.to_ndarray(format="rgb24").astype(int) for each in file.decode(video=0)]
    height, width = frames[5].shape[:2]
    assert (width, height % 2) == (width_px, 0)
    assert 40 <= height - height_px <= 0.25 * height_px + 1
    # Words above; below them the picture down to its last row, then the strip at once.
    assert np.abs(frames[5][height_px // 2 : height_px - 4] - GREY).max() < 12
    assert np.abs(frames[5][height_px - 1] - GREY).mean() < 12
    assert np.abs(frames[5][height_px + 2 :] - GREY).mean() > 60
    moved = np.abs(frames[5] - frames[50]).max(axis=(1, 2)) > 80
    assert moved[height_px + 2 :].all(), "the cursor moves along the curve"


def _lossless(path: Path, size_px: tuple[int, int], time_s: FloatArray) -> None:
    """A plain clip of any size, also an odd one."""
    with av.open(str(path), "w") as file:
        stream: Any = file.add_stream("ffv1", rate=30)
        stream.width, stream.height, stream.pix_fmt = *size_px, "bgr0"
        for at_s in time_s:
            frame = av.VideoFrame.from_ndarray(
                np.full((size_px[1], size_px[0], 3), GREY, np.uint8), format="rgb24"
            )
            frame.pts, frame.time_base = round(float(at_s) * 90000), Fraction(1, 90000)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


@pytest.mark.parametrize("test", ["big_toe", "squat"])
def test_a_refused_clip_gets_neither_line_nor_peak(
    tmp_path: Path, test: TestName, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = drawn_texts(monkeypatch)
    refused = replace(_fake(tmp_path, test), reasons=(Note("toe_still", "No toe lifts. Hold it."),))
    assert _annotated(tmp_path, refused, Settings()) is None
    assert set(texts) == {"NOT MEASURABLE", "toe still"}


def test_no_angle_is_minus_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(drawing, "label", lambda _, text, *_places, **_more: said.append(text))
    picture, foot, joint = _foot_picture(1)
    lines = np.stack([[joint, joint + [40.0, 0.0]], [joint, joint + [20.0, -30.0]]])
    draw_toe(picture, lines, foot, -0.3, 1)
    assert said == ["0°"]
    assert (
        with_plus_minus(Measured(value=-0.04, uncertainty_95=2.0, time_s=None, frame=None)) == "0.0° ± 2.0°"
    )


def test_the_strip_marks_no_heel_before_the_leg_is_there() -> None:
    time_s = np.arange(40) / 10
    angle = np.where(time_s < 2.0, np.nan, 10.0)
    strip = drawing.make_strip(400, 80, time_s, angle, np.zeros(40, bool), None)
    red = (strip.picture == (74, 38, 44)).all(axis=2).any(axis=0)
    marked_s = np.interp(np.flatnonzero(red), strip.place_px[:, 0], time_s)
    assert marked_s.min() == pytest.approx(2.0, abs=0.05) and marked_s.max() > 3.8
