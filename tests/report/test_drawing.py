"""Toe and squat on the picture: lines where they must lie, figures beside them, and the peak as a picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest

from dorsi.report import drawing
from dorsi.report.build import build_report
from dorsi.report.drawing import SHIN, WHITE, draw_bend, draw_toe
from dorsi.report.model import Report
from dorsi.report.overlay import write_annotated
from dorsi.rules import evaluate, load_rules
from dorsi.settings import Settings
from dorsi.types import Analysis, FloatArray, Note, TestName
from dorsi.video import VideoWriter
from tests.fakes import TOE_LINES_PX, analysis, of_test

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


@pytest.mark.parametrize("forward", [1, -1])
@pytest.mark.parametrize("angle_deg", [0.0, 12.0, 34.0, 50.0])
def test_the_toe_s_edge_is_drawn_turned_up_from_its_rest(angle_deg: float, forward: int) -> None:
    joint = np.array([240.0, 400.0])
    rest = _turned(np.array([forward * 1.0, 0.0]), -6.0, forward)
    top = _turned(rest, 50.0, forward)
    lines = np.stack([[joint + rest * s for s in (20, 70)], [joint + top * s for s in (20, 70)]])
    picture = _blank()
    draw_toe(picture, lines, angle_deg, forward)
    now = _turned(rest, angle_deg, forward)
    assert _has_line(picture, SHIN, joint, now, np.array([5, 100])), (
        "about the point that both edges turn about"
    )
    assert angle_deg < 5 or _has_line(picture, WHITE, joint, rest, np.array([60, 90])), "rest is shown"
    changed = np.argwhere((picture != GREY).any(axis=2))[:, ::-1]
    assert 200 < len(changed) < 0.06 * picture[..., 0].size
    along_px, beside_px = _off(changed.astype(float), joint, rest)
    assert (forward * (changed[:, 0] - joint[0]) > -15).all(), "nothing behind the joint"
    assert (beside_px[along_px < 0] < 8).all()


def test_a_toe_that_hardly_turned_has_a_line_all_the_same() -> None:
    """Two edges that nearly coincide cross nowhere near the foot."""
    picture = _blank()
    rest = np.array([[200.0, 400.0], [250.0, 402.0]])
    draw_toe(picture, np.stack([rest, rest + [0.0, -1.0]]), 3.0, 1)
    along = _turned((rest[1] - rest[0]) / np.hypot(*(rest[1] - rest[0])), 3.0, 1)
    assert _has_line(picture, SHIN, rest[0], along, np.array([5, 90]))


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
    texts = _listened(monkeypatch)
    draw_bend(_blank(), np.array([240.0, 300.0]), np.array([240.0, 400.0]), 100.6, forward)
    draw_toe(_blank(), TOE_LINES_PX, 33.6, forward)
    assert texts == ["101°", "34°"]


def _listened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Gets every text that is drawn from now on."""
    texts: list[str] = []
    put = drawing.label

    def label(rgb: drawing.Rgb, text: str, *args: Any, **more: Any) -> int:
        texts.append(text)
        return put(rgb, text, *args, **more)

    monkeypatch.setattr(drawing, "label", label)
    return texts


def _report(found: Analysis, settings: Settings) -> Report:
    rules = load_rules("runner")
    findings = evaluate(rules, found.measurements, found.reps, found.measured, found.test)
    return build_report(found, findings, settings, rules, "0" * 64)


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
    texts = _listened(monkeypatch)
    jpeg = _annotated(tmp_path, _fake(tmp_path, "big_toe"), Settings(video=False))
    picture = _picture(jpeg)
    assert picture.shape == (HEIGHT_PX, WIDTH_PX, 3)
    joint, along = TOE_LINES_PX[0, 0], np.array([np.cos(np.radians(34)), -np.sin(np.radians(34))])
    for at_px in (15.0, 35.0, 55.0):
        x, y = np.round(joint + at_px * along).astype(int)
        red, _, blue = picture[y, x].astype(int)
        assert red - blue > 60, "the colour of what is measured"
        under = picture[y + 14 : y + 16, x].astype(int)
        assert at_px < 30 or (under.max(axis=-1) - under.min(axis=-1)).max() < 60, "and not beside it"
    assert "34°" in texts and "LEFT BIG TOE" in texts and "PEAK 34.0° ± 4.5°" in texts
    assert not any(text.startswith("rep") or "rep " in text for text in texts)
    assert not (tmp_path / "annotated.mp4").exists()


def test_the_peak_of_a_squat_is_a_picture_with_its_bend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = _listened(monkeypatch)
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


def test_lines_keep_their_place_on_a_reduced_picture(tmp_path: Path) -> None:
    """Twice the size filmed, delivered at half of it."""
    found = _fake(tmp_path, "big_toe")
    large = replace(found, toe_lines_px=4 * TOE_LINES_PX)
    size = (4 * WIDTH_PX, 4 * HEIGHT_PX)
    picture = _picture(_annotated(tmp_path, large, Settings(video=False, max_side_px=640), size_px=size))
    assert picture.shape == (2 * HEIGHT_PX, 2 * WIDTH_PX, 3)
    along = np.array([np.cos(np.radians(34)), -np.sin(np.radians(34))])
    for at_px in (30.0, 70.0, 110.0):
        x, y = np.round(2 * TOE_LINES_PX[0, 0] + at_px * along).astype(int)
        red, _, blue = picture[y, x].astype(int)
        assert red - blue > 100


@pytest.mark.parametrize("test", ["big_toe", "squat"])
def test_the_video_is_drawn_on_as_long_as_the_clip(tmp_path: Path, test: TestName) -> None:
    found = _fake(tmp_path, test)
    assert _annotated(tmp_path, found, Settings()) is not None
    with av.open(str(tmp_path / "annotated.mp4")) as file:
        frames = [each.to_ndarray(format="rgb24") for each in file.decode(video=0)]
    assert len(frames) == len(found.time_s)
    strips = [frame[-30:].astype(int) for frame in (frames[5], frames[50])]
    assert np.abs(strips[0] - strips[1]).max() > 80, "the cursor moves along the curve"


@pytest.mark.parametrize("test", ["big_toe", "squat"])
def test_a_refused_clip_gets_neither_line_nor_peak(
    tmp_path: Path, test: TestName, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = _listened(monkeypatch)
    refused = replace(_fake(tmp_path, test), reasons=(Note("toe_still", "No toe lifts. Hold it."),))
    assert _annotated(tmp_path, refused, Settings()) is None
    assert set(texts) == {"NOT MEASURABLE", "toe still"}
