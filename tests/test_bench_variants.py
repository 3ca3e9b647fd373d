"""The bench of variants: what is cut where, what is written, how the table counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.variants import CUTS, SAME_VIEW, WHOLE, cuts_px, main, make_variants, table, told
from dorsi.engine.evidence import Evidence
from dorsi.engine.observe.leg import choose_leg
from dorsi.video import FrameReader, probe
from tests.clips import encode
from tests.engine.scenes import HEIGHT_PX, lunge_angle_deg, pose_track, seen_of

TIME_S = np.arange(90) / 30
WHOLE_BODY = pose_track(TIME_S, lunge_angle_deg(TIME_S, 30.0))


def _seen(*, leg: bool = True) -> Evidence:
    chosen = choose_leg([WHOLE_BODY])
    assert chosen is not None
    return replace(seen_of(WHOLE_BODY), leg=chosen[0] if leg else None)


def test_cuts_lie_between_shoulder_and_knee_in_order() -> None:
    rows = cuts_px(_seen())
    chest, hips, thigh = (rows[name] for name in CUTS)
    points = WHOLE_BODY.xy_px[0, :, 1]
    assert points[11] < chest < hips < points[24] < thigh < points[26]
    assert cuts_px(_seen(leg=False)) == {}


def test_every_variant_is_written_with_every_frame(tmp_path: Path) -> None:
    clip = encode(tmp_path / "clip.mp4", size_px=(96, HEIGHT_PX), frames=6)
    written = make_variants(clip, tmp_path / "variants", _seen())
    assert [each.stem for each in written] == [*SAME_VIEW, *CUTS]
    sizes = {each.stem: probe(each) for each in written}
    assert (sizes["half"].width_px, sizes["again"].width_px) == (48, 96)
    assert HEIGHT_PX > sizes[CUTS[0]].height_px > sizes[CUTS[2]].height_px
    with FrameReader(tmp_path / "variants" / "mirrored.mp4") as frames:
        rows = [frame.rgb for frame in frames]
    assert len(rows) == 6 and rows[0][4, -4].min() > 200 > rows[0][4, 4].max()


def test_a_report_tells_its_angle_or_its_first_reason() -> None:
    assert told(None) == "no report"
    assert told({"status": "not_measurable", "reasons": [{"code": "body_cut_off"}]}) == "body_cut_off"
    measured = {"status": "measured", "measurements": {"peak_shin_angle_deg": {"value": 31.0}}}
    assert told(measured) == 31.0


def test_the_spread_is_of_what_shows_the_same_and_cuts_are_counted() -> None:
    ana: dict[str, float | str] = {WHOLE: 30.0, **dict.fromkeys(SAME_VIEW, 30.0)}
    ana |= {"half": 32.0, "turned +3": "too_short", CUTS[0]: 31.5, CUTS[1]: "body_cut_off"}
    rows = table({"ana": ana, "ben": {WHOLE: "no_person"}})
    assert rows[2] == (
        "| ana | 30.0 | 30.0 | 32.0 | 30.0 | 30.0 | `too_short` | 30.0 | 31.5 | `body_cut_off` | – | 0.8° |"
    )
    assert rows[3].startswith("| ben | `no_person` | – |") and rows[3].endswith("| – |")
    assert rows[5] == "- cut at chest: measured 1; measured ones at most 1.5° from the whole clip"
    assert rows[6] == "- cut above hips: `body_cut_off` 1"


def test_a_folder_without_such_a_clip_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "nobody"]) == 1
    assert "no such NAME.mp4" in capsys.readouterr().err
