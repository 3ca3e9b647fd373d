"""What widens the ± of an angle, and what does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dorsi.engine.conclude.shank import ANATOMY_SD_DEG, LINE_SD_DEG, ShankTrack, shank_track
from dorsi.engine.conclude.signals import SignalNoise
from dorsi.engine.conclude.uncertainty import (
    LANDMARK_SD_DEG,
    LONE_VIEW_GAP_DEG,
    HalfWidths,
    half_widths,
    view_gap_deg,
)
from dorsi.engine.evidence import CLEAR, LegFacts, ShankLook
from dorsi.engine.observe.leg import choose_leg
from dorsi.engine.observe.outline import ROWS
from dorsi.engine.view import View
from dorsi.types import FloatArray, LegTrack, Level
from tests.engine.scenes import lunge_angle_deg, pose_track

TIME_S = np.arange(120) / 30
LEVEL = Level(0.0, 0.6, "uprights")
VIEW = View(0.0, 5.0, 0.0, 4.0, 1024.0, 720, 1280)
NOISE = SignalNoise(0.5, 2.0)
NAN = float("nan")


def _found() -> tuple[LegTrack, LegFacts]:
    found = choose_leg([pose_track(TIME_S, lunge_angle_deg(TIME_S, 32.0))])
    assert found is not None
    return found


LEG, EVIDENCE = _found()
NO_LOOKS = shank_track([], LEG)


def _views(*gaps_deg: float) -> LegFacts:
    """Evidence of views that differ from the first by so much."""
    first = EVIDENCE.view_angle_deg[:1]
    return replace(EVIDENCE, view_angle_deg=np.concatenate([first, *(first + gap for gap in gaps_deg)]))


def _looks(clarity: float) -> ShankTrack:
    return shank_track(
        [
            ShankLook(i, 0.0, 0.9, 4.0, 0.22, clarity, np.zeros((2, len(ROWS))))
            for i in range(0, len(LEG), 10)
        ],
        LEG,
    )


CLEAR_LOOKS, BLURRED_LOOKS = _looks(0.7), _looks(0.1)


def _widths(
    *,
    leg: LegTrack = LEG,
    evidence: LegFacts = EVIDENCE,
    level: Level = LEVEL,
    view: View = VIEW,
    shank: ShankTrack = CLEAR_LOOKS,
    noise: SignalNoise = NOISE,
) -> HalfWidths:
    return half_widths(leg, evidence, level, view, shank, noise)


def _both(**given: object) -> FloatArray:
    """(2, T) of the shin and of the crest."""
    found = _widths(**given)  # type: ignore[arg-type]
    return np.stack([found.shin_deg, found.crest_deg])


def _shin(**given: object) -> FloatArray:
    return _widths(**given).shin_deg  # type: ignore[arg-type]


def test_a_crest_that_was_not_seen_has_no_width() -> None:
    for shank in (BLURRED_LOOKS, NO_LOOKS):
        assert np.isnan(_widths(shank=shank).crest_deg).all()


def test_every_frame_of_a_known_leg_has_a_width() -> None:
    widths = _both()
    assert widths.shape == (2, len(LEG))
    assert np.isfinite(widths).all() and (widths > 0).all()


def test_landmarks_alone_are_trusted_less_than_a_clear_outline() -> None:
    alone, clear = _widths(shank=NO_LOOKS), _widths()
    assert np.all(alone.shin_deg > clear.shin_deg + 1.0)
    # The same parts in square, but for the line and the views, of which an outline leaves nothing.
    line = 1.96**2 * (LANDMARK_SD_DEG**2 - LINE_SD_DEG**2)
    lone_view = (LONE_VIEW_GAP_DEG / 2) ** 2
    assert alone.shin_deg**2 - clear.shin_deg**2 == pytest.approx(line + lone_view)


def test_views_that_disagree_widen_nothing_where_the_outline_is_clear() -> None:
    agree, differ = _views(0.0), _views(10.0)
    assert _both(evidence=differ) == pytest.approx(_both(evidence=agree))
    assert _both(evidence=differ) == pytest.approx(_both(evidence=EVIDENCE))


@pytest.mark.parametrize("shank", [BLURRED_LOOKS, NO_LOOKS])
def test_views_that_disagree_widen_where_the_outline_is_unclear(shank: ShankTrack) -> None:
    widths = [_shin(evidence=_views(gap), shank=shank) for gap in (0.0, 4.0, 10.0)]
    assert np.all(np.diff(widths, axis=0) > 0.2)


def test_the_less_clear_the_outline_the_more_the_views_count() -> None:
    evidence = _views(8.0)
    widths = [
        _shin(evidence=evidence, shank=_looks(clarity)) for clarity in (CLEAR, 0.6 * CLEAR, 0.3 * CLEAR, 0.0)
    ]
    assert np.all(np.diff(widths, axis=0) > 0.1)


def test_one_view_counts_as_two_that_disagree() -> None:
    lone = _shin(shank=BLURRED_LOOKS)
    assert lone == pytest.approx(_shin(evidence=_views(LONE_VIEW_GAP_DEG), shank=BLURRED_LOOKS))
    assert np.all(lone > _shin(evidence=_views(1.0), shank=BLURRED_LOOKS))


def test_a_roll_that_is_not_known_widens_in_square() -> None:
    known, unknown = _both(), _both(level=Level(NAN, 4.0, "none"))
    assert unknown**2 - known**2 == pytest.approx(np.full_like(known, 4.0**2 - 0.6**2))


def test_a_view_less_known_and_samples_that_scatter_widen() -> None:
    plain = _both()
    assert np.all(_both(view=replace(VIEW, pitch_sd_deg=8.0)) > plain)
    assert np.all(_both(noise=SignalNoise(2.0, 2.0)) > plain)
    assert np.all(_both(noise=SignalNoise(NAN, 2.0)) > plain), "scatter that is not known is not none"


def test_frames_without_a_leg_have_no_width() -> None:
    xy_px = LEG.xy_px.copy()
    xy_px[50:60] = NAN
    known = np.ones(len(LEG), bool)
    known[50:60] = False
    for shank in (CLEAR_LOOKS, NO_LOOKS):
        assert np.array_equal(np.isfinite(_shin(leg=replace(LEG, xy_px=xy_px), shank=shank)), known)


def test_the_crest_is_surer_than_the_shin() -> None:
    widths = _widths()
    assert np.all(widths.crest_deg < widths.shin_deg)


def test_what_is_the_leg_s_own_is_the_line_s_alone() -> None:
    for shank in (CLEAR_LOOKS, BLURRED_LOOKS, NO_LOOKS):
        found = _widths(shank=shank)
        assert found.anatomy_deg == pytest.approx(np.full(len(LEG), 1.96 * ANATOMY_SD_DEG))
        assert np.all(found.anatomy_deg < found.shin_deg) and not found.crest_anatomy_deg.any()


def test_the_gap_of_views_is_their_difference_and_needs_two() -> None:
    assert view_gap_deg(_views(4.0), TIME_S, 2.0) == pytest.approx(4.0)
    assert view_gap_deg(_views(0.0, 20.0), TIME_S, 2.0) == pytest.approx(0.0), "two of three agree"
    assert np.isnan(view_gap_deg(EVIDENCE, TIME_S, 2.0))
    seen = _views(4.0)
    seen.view_angle_deg[1, TIME_S > 1.0] = NAN
    assert view_gap_deg(seen, TIME_S, 0.5) == pytest.approx(4.0)
    assert np.isnan(view_gap_deg(seen, TIME_S, 2.0))
