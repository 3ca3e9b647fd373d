"""The big toe's turn over the clip and its peak, from skyline and witnesses.

Not here: how each of them sees (`skyline.py`, `witness.py`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from dorsi.engine.evidence import ToeTrack
from dorsi.engine.geometry import runs
from dorsi.engine.observe.pictures import moved
from dorsi.engine.observe.toe.looks import ToeLooks, own_colours, steadied
from dorsi.engine.observe.toe.skyline import Solved, edge_strength, placed, straight_edge
from dorsi.engine.observe.toe.witness import turned_back_deg, turned_up_deg
from dorsi.engine.view import View
from dorsi.types import BoolArray, FloatArray, LegTrack

__all__ = ["follow_toe"]

REST_DEG, REST_SHARE, TOP_SHARE = 2.0, 0.1, 0.93
AGREE_DEG = 8.0
"""Two witnesses farther apart than this do not see the same toe."""
LINE_SD_DEG, MATCH_SD_DEG = 1.5, 2.0
"""Error of each witness on rendered toes, 1 sd, seen from the outer side."""
INNER_SD_DEG = 4.0
"""The same seen from the inner side, where other toes stand behind the big one: the six rendered feet of nine
that were not refused were off by -0.9 to +7.2 deg."""
NATURE_SD_DEG = 1.5
"""What a real toe adds: a nail, a bend between its two bones, other toes in its outline at rest."""
LEAST_FOOT_PX = 60.0
"""Feet shorter than this between the landmarks have toes of some 15 px, where one px is 4 deg."""


def follow_toe(looks: ToeLooks, leg: LegTrack, view: View, camera_roll_deg: float) -> ToeTrack:
    """The toe's turn over the clip and its peak, from the kept pictures.

    `camera_roll_deg` only matters where the view is off square. Reasons: foot_too_small, foot_out_of_frame,
    toe_still, toe_hidden.
    """
    unknown = np.full((2, 2), np.nan)
    track = ToeTrack(
        index=looks.index, extension_deg=np.full(len(looks.index), np.nan), peak_deg=float("nan"),
        peak_index=-1, half_width_95_deg=float("nan"), gain=0.0, witness_gap_deg=float("nan"), reason=None,
        hinge_xy_px=np.full(2, np.nan), rest_xy_px=unknown, top_xy_px=unknown,
    )  # fmt: skip
    if looks.cut:
        return replace(track, reason="foot_out_of_frame")
    if looks.foot_px < LEAST_FOOT_PX:
        return replace(track, reason="foot_too_small")
    if len(looks.index) < 5:
        return replace(track, reason="toe_hidden")
    looks = replace(looks, rgb=steadied(looks.rgb))
    pictures = own_colours(looks.rgb, looks.sole_y)
    hinge, found = placed(pictures, looks.sole_y)
    turn, hinge_px = found.turn_deg - found.rest_deg, moved(looks.to_clip, hinge)
    track = replace(track, extension_deg=turn, gain=found.gain, hinge_xy_px=hinge_px)
    if not track.moved:
        return replace(track, reason="toe_still")
    return _measured(track, looks, pictures, hinge, found, leg, view, camera_roll_deg)


def _measured(
    track: ToeTrack, looks: ToeLooks, pictures: npt.NDArray[np.float32], hinge: FloatArray, found: Solved,
    leg: LegTrack, view: View, camera_roll_deg: float,
) -> ToeTrack:  # fmt: skip
    """The track of a toe that moved with its peak, or the reason why there is none."""
    turn = track.extension_deg
    top = _stay_at_top(turn)
    rest = turn <= max(REST_DEG, REST_SHARE * float(turn.max()))
    strengths = np.stack([edge_strength(picture, hinge) for picture in pictures])

    def edge_at(at: BoolArray) -> FloatArray:
        usual = found.shape + round(float(np.median(found.turn_deg[at])))
        return straight_edge(strengths[at].mean(axis=0), usual, hinge)

    rest_line, top_line = edge_at(rest), edge_at(top)
    rest_px, top_px = (moved(looks.to_clip, line) for line in (rest_line, top_line))

    near, far = np.stack([rest_px, top_px], axis=1)

    def plane_turn_deg(more_yaw_deg: float) -> float:
        """Turn between the lines in the upright plane of the foot."""
        tilt = view.shin_angle_deg(near, far, leg.forward, camera_roll_deg, more_yaw_deg=more_yaw_deg)
        return float(tilt[0] - tilt[1])

    seen_deg = plane_turn_deg(0.0)
    line_deg = float(_direction_deg(top_line) - _direction_deg(rest_line))
    match_deg = turned_back_deg(looks.rgb, rest, top, rest_line, top_line)
    gap = abs(match_deg - line_deg)
    agree = bool(gap <= AGREE_DEG)
    outer = leg.test_leg == "near"
    track = replace(track, witness_gap_deg=gap, rest_xy_px=rest_px, top_xy_px=top_px)
    # From the inner side other toes stand behind the big one and lend it their skyline.
    if not outer:
        followed_deg = turned_up_deg(looks.rgb, pictures, turn, rest, top, rest_line, hinge) if agree else 0.0
        if not agree or abs(followed_deg - line_deg) > AGREE_DEG:
            return replace(track, reason="toe_hidden")
    line_trust, match_trust = LINE_SD_DEG**-2, MATCH_SD_DEG**-2 if agree else 0.0
    image_deg = (line_trust * line_deg + match_trust * np.nan_to_num(match_deg)) / (line_trust + match_trust)
    peak = image_deg + (seen_deg - line_deg)
    # A witness that contradicts weighs no less than one that hardly agrees.
    apart = 0.5 * min(gap, AGREE_DEG) if np.isfinite(gap) else MATCH_SD_DEG
    swing = [plane_turn_deg(more) - seen_deg for more in (-view.yaw_sd_deg, view.yaw_sd_deg)]
    inner = 0.0 if outer else INNER_SD_DEG
    sd = np.sqrt(
        1 / (line_trust + match_trust) + NATURE_SD_DEG**2 + inner**2 + apart**2 + np.mean(np.square(swing))
    )
    scaled = turn * (peak / float(np.median(turn[top])))
    return replace(
        track, extension_deg=scaled, peak_deg=float(peak), half_width_95_deg=float(1.96 * sd),
        peak_index=int(track.index[int(np.median(np.flatnonzero(top)))]),
    )  # fmt: skip


def _stay_at_top(turn_deg: FloatArray) -> BoolArray:
    """Looks of the highest lift near its top: other lifts of the clip may have gone less far."""
    best, place = int(np.argmax(turn_deg)), np.arange(len(turn_deg))
    stays = runs(turn_deg >= TOP_SHARE * turn_deg.max())
    start, end = next(stay for stay in stays if stay[0] <= best < stay[1])
    return (place >= start) & (place < end)


def _direction_deg(line: FloatArray) -> float:
    """Direction of a line (2, 2), deg up from straight ahead."""
    return float(np.degrees(np.arctan2(line[0, 1] - line[1, 1], line[1, 0] - line[0, 0])))
