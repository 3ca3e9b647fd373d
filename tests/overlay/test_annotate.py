"""Page, table, picture and video made from a known analysis: what must be in them, and what must not."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from dorsi.overlay.annotate import write_annotated
from dorsi.overlay.drawing import blur_face, draw_angle
from dorsi.pages.report_page import render_html
from dorsi.plan import load_books
from dorsi.report.build import build_report
from dorsi.report.csv_out import COLUMNS, write_csv
from dorsi.report.model import Report
from dorsi.rules import evaluate
from dorsi.settings import Settings
from dorsi.types import Analysis
from dorsi.video import VideoWriter
from tests.fakes import analysis as fake_analysis
from tests.overlay.texts import drawn_texts

BOOKS = load_books()


def _report(analysis: Analysis, settings: Settings | None = None) -> Report:
    findings = evaluate(BOOKS.rules.rule_set(), analysis.measurements, analysis.reps, analysis.measured)
    return build_report(analysis, findings, settings or Settings(), BOOKS, "0" * 64)


def test_the_page_stands_alone_and_answers_first(tmp_path: Path) -> None:
    analysis = fake_analysis(tmp_path / "lunge.mp4", measured=True, model="heavy")
    page = render_html(_report(analysis), analysis, b"\xff\xd8picture", BOOKS.rules)
    assert "<script" not in page
    assert "http" not in page, "nothing is loaded from anywhere"
    assert "data:image/jpeg;base64," in page
    assert page.index('class="number ') < page.index("What it means") < page.index("For the physical")
    assert page.count('<svg class="plot"') == 2
    for words in ("35–40°", "±", "not a diagnosis"):
        assert words in page, words
    for banned in ("injury risk", "nan", "None"):
        assert not re.search(rf"\b{banned}\b", page), banned


def test_a_refused_clip_gets_a_page_without_a_number(tmp_path: Path) -> None:
    analysis = fake_analysis(tmp_path / "lunge.mp4", measured=False, model="heavy")
    page = render_html(_report(analysis), analysis, None, BOOKS.rules)
    assert 'class="number' not in page
    assert analysis.reasons[0].message in page
    assert "<img" not in page


def test_names_from_outside_cannot_write_html(tmp_path: Path) -> None:
    analysis = fake_analysis(tmp_path / "<b>x.mp4", measured=True, model="heavy")
    assert "<b>x.mp4" not in render_html(_report(analysis), analysis, None, BOOKS.rules)


def test_the_table_has_a_row_a_frame_and_empty_cells_for_missing(tmp_path: Path) -> None:
    analysis = fake_analysis(tmp_path / "lunge.mp4", measured=True, model="heavy")
    report = _report(analysis)
    write_csv(report, tmp_path / "signals.csv")
    with (tmp_path / "signals.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(analysis.time_s)
    assert [int(r["frame"]) for r in rows] == list(range(len(rows)))
    assert rows[5]["crest_angle_deg"] == ""


def _clip(path: Path, times_s: np.ndarray) -> None:
    with VideoWriter(path, 180, 320) as out:
        for i, t in enumerate(times_s):
            out.write(np.full((320, 180, 3), 60 + i, np.uint8), float(t))


@pytest.mark.parametrize("measured", [True, False])
def test_the_video_keeps_size_and_uneven_times_and_is_drawn_on(tmp_path: Path, measured: bool) -> None:
    clip = tmp_path / "lunge.mp4"
    analysis = fake_analysis(clip, measured=measured, model="heavy")
    times = np.cumsum(np.tile([0.033, 0.051], len(analysis.time_s) // 2)) - 0.033
    _clip(clip, times)
    told: list[float] = []
    jpeg = write_annotated(
        clip, analysis, _report(analysis), tmp_path / "a.mp4", Settings(), lambda _, f: told.append(f)
    )
    with av.open(str(tmp_path / "a.mp4")) as file:
        stream = file.streams.video[0]
        # The clip's own size, with the curve below when there is one.
        assert (stream.codec_context.name, stream.width) == ("h264", 180)
        assert stream.height == 320 + (40 if measured else 0)
        frames = list(file.decode(stream))
    assert frames[0].format.name == "yuv420p"
    assert [f.time for f in frames] == pytest.approx(times.tolist(), abs=1e-3)
    top = frames[3].to_ndarray(format="rgb24")[:60].astype(float)
    assert float(np.ptp(top)) > 100, "words are on the picture"
    assert (jpeg is not None and jpeg[:2] == b"\xff\xd8") == measured
    assert told[-1] == 1.0


@pytest.mark.parametrize("forward", [1, -1])
def test_a_measured_crest_is_a_small_plate_more_on_the_picture(forward: int) -> None:
    def drawn(crest_deg: float | None) -> np.ndarray:
        picture = np.full((640, 360, 3), 120, np.uint8)
        ankle = np.array([180.0, 400.0])
        draw_angle(picture, ankle, ankle + [forward * 75.0, -90.0], 40.0, 0.0, forward, crest_deg)
        return picture

    rows, columns = np.nonzero((drawn(None) != drawn(44.0)).any(axis=2))
    assert 100 < len(rows) < 0.03 * 640 * 360
    assert (forward * (columns - 180) > 75).all(), "clear of the shin"
    assert rows.max() < 400, "clear of the foot"


@pytest.mark.parametrize("measured", [True, False])
def test_the_video_names_the_crest_only_where_it_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measured: bool
) -> None:
    clip = tmp_path / "lunge.mp4"
    analysis = fake_analysis(clip, measured=True, model="heavy")
    assert analysis.signals is not None
    crest = analysis.signals.shin_angle_deg + 3.0 if measured else analysis.signals.crest_angle_deg
    analysis = replace(analysis, signals=replace(analysis.signals, crest_angle_deg=crest))
    _clip(clip, analysis.time_s)
    texts = drawn_texts(monkeypatch)
    settings = Settings(video=False)
    write_annotated(clip, analysis, _report(analysis, settings), tmp_path / "a.mp4", settings)
    assert [t for t in texts if "crest" in t] == (["crest 41°"] if measured else [])
    assert "38°" in texts


def test_without_video_only_the_peak_picture_is_made(tmp_path: Path) -> None:
    clip = tmp_path / "lunge.mp4"
    analysis = fake_analysis(clip, measured=True, model="heavy")
    _clip(clip, analysis.time_s)
    settings = Settings(video=False)
    jpeg = write_annotated(clip, analysis, _report(analysis, settings), tmp_path / "a.mp4", settings)
    assert jpeg is not None
    assert not (tmp_path / "a.mp4").exists()


def test_a_blurred_face_keeps_no_detail() -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 255, (400, 300, 3), dtype=np.uint8)
    face = np.array([150.0, 100.0]) + rng.uniform(-12, 12, (11, 2))
    before = picture[85:115, 135:165].astype(float).std()
    blur_face(picture, face[None])
    assert picture[85:115, 135:165].astype(float).std() < 0.25 * before
    assert picture[300:, :].std() > 60, "the rest is left alone"


def test_a_face_is_blurred_wherever_a_view_sees_it() -> None:
    """One view may have the person upside down; what none sees is left alone."""
    rng = np.random.default_rng(5)
    picture = rng.integers(0, 256, (400, 300, 3), dtype=np.uint8)
    before = picture.copy()
    wrong, right = (np.array(at) + rng.uniform(-8, 8, (11, 2)) for at in ((60.0, 330.0), (150.0, 60.0)))
    blur_face(picture, np.stack([wrong, np.full((11, 2), np.nan), right, right + 2.0]))
    for x, y in ((60, 330), (150, 60)):
        patch = picture[y - 10 : y + 10, x - 10 : x + 10].astype(float)
        assert patch.std() < 0.5 * before[y - 10 : y + 10, x - 10 : x + 10].astype(float).std()
    assert (picture[190:210] == before[190:210]).all()
