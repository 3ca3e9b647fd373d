"""The big toe's turn over the clip and its peak, from skyline and witnesses.

Not here: how each of them sees (`skyline.py`, `witness.py`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from dorsi.engine.evidence import ToeTrack
from dorsi.engine.observe.toe.looks import ToeLooks, in_clip, own_colours, steadied
from dorsi.engine.observe.toe.skyline import Solved, edge_strength, placed, straight_edge
from dorsi.engine.observe.toe.witness import turned_back_deg, turned_up_deg
from dorsi.engine.view import View
from dorsi.types import FloatArray, LegTrack

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
    nothing = _nothing(looks)
    if looks.cut:
        return _refused(nothing, "foot_out_of_frame")
    if looks.foot_px < LEAST_FOOT_PX:
        return _refused(nothing, "foot_too_small")
    if len(looks.index) < 5:
        return _refused(nothing, "toe_hidden")
    looks = replace(looks, rgb=steadied(looks.rgb))
    pictures = own_colours(looks.rgb, looks.sole_y)
    hinge, found = placed(pictures, looks.sole_y)
    turn = found.turn_deg - found.rest_deg
    track = ToeTrack(
        index=looks.index, extension_deg=turn, peak_deg=float("nan"), peak_index=-1,
        half_width_95_deg=float("nan"), gain=found.gain, witness_gap_deg=float("nan"), reason=None,
        hinge_xy_px=in_clip(looks.to_clip, hinge), rest_xy_px=nothing.rest_xy_px,
        top_xy_px=nothing.top_xy_px,
    )  # fmt: skip
    return _measured(track, looks, pictures, hinge, found, leg, view, camera_roll_deg)


def _measured(
    track: ToeTrack,
    looks: ToeLooks,
    pictures: npt.NDArray[np.float32],
    hinge: FloatArray,
    found: Solved,
    leg: LegTrack,
    view: View,
    camera_roll_deg: float,
) -> ToeTrack:
    """The track with its peak, or the reason why there is none."""
    turn = track.extension_deg
    if not track.moved:
        return _refused(track, "toe_still")
    top = _stay_at_top(turn)
    rest = turn <= max(REST_DEG, REST_SHARE * float(turn.max()))
    strengths = np.stack([edge_strength(picture, hinge) for picture in pictures])
    rest_line, top_line = (
        straight_edge(
            strengths[at].mean(axis=0), found.shape + round(float(np.median(found.turn_deg[at]))), hinge
        )
        for at in (rest, top)
    )
    rest_px, top_px = (in_clip(looks.to_clip, line) for line in (rest_line, top_line))
    seen_deg = _plane_turn_deg(rest_px, top_px, leg.forward, view, camera_roll_deg)
    line_deg = float(_direction_deg(top_line) - _direction_deg(rest_line))
    match_deg = turned_back_deg(looks.rgb, rest, top, rest_line, top_line)
    gap = abs(match_deg - line_deg)
    agree = bool(gap <= AGREE_DEG)
    outer = leg.test_leg == "near"
    track = replace(track, witness_gap_deg=gap, rest_xy_px=rest_px, top_xy_px=top_px)
    # From the inner side other toes stand behind the big one and lend it their skyline.
    if not outer and (
        not agree or _contradicted(looks, pictures, found, hinge, rest_line, rest, top, line_deg)
    ):
        return _refused(track, "toe_hidden")
    line_trust, match_trust = LINE_SD_DEG**-2, MATCH_SD_DEG**-2 if agree else 0.0
    image_deg = (line_trust * line_deg + match_trust * np.nan_to_num(match_deg)) / (line_trust + match_trust)
    peak = image_deg + (seen_deg - line_deg)
    # A witness that contradicts weighs no less than one that hardly agrees.
    apart = 0.5 * min(gap, AGREE_DEG) if np.isfinite(gap) else MATCH_SD_DEG
    swing = [
        _plane_turn_deg(
            rest_px, top_px, leg.forward, view, camera_roll_deg, more_yaw_deg=sign * view.yaw_sd_deg
        )
        - seen_deg
        for sign in (-1, 1)
    ]
    inner = 0.0 if outer else INNER_SD_DEG
    sd = np.sqrt(
        1 / (line_trust + match_trust) + NATURE_SD_DEG**2 + inner**2 + apart**2 + np.mean(np.square(swing))
    )
    scaled = turn * (peak / float(np.median(turn[top])))
    return replace(
        track, extension_deg=scaled, peak_deg=float(peak), half_width_95_deg=float(1.96 * sd),
        peak_index=int(track.index[int(np.median(np.flatnonzero(top)))]),
    )  # fmt: skip


def _contradicted(
    looks: ToeLooks,
    pictures: npt.NDArray[np.float32],
    found: Solved,
    hinge: FloatArray,
    rest_line: FloatArray,
    rest: npt.NDArray[np.bool_],
    top: npt.NDArray[np.bool_],
    line_deg: float,
) -> bool:
    """Whether the resting toe, followed upwards, turns by something else than its outline."""
    turn = found.turn_deg - found.rest_deg
    followed_deg = turned_up_deg(looks.rgb, pictures, turn, rest, top, rest_line, hinge)
    return bool(abs(followed_deg - line_deg) > AGREE_DEG)


def _stay_at_top(turn_deg: FloatArray) -> npt.NDArray[np.bool_]:
    """Looks of the highest lift near its top: other lifts of the clip may have gone less far."""
    high = np.concatenate([[False], turn_deg >= TOP_SHARE * turn_deg.max(), [False]])
    edges = np.flatnonzero(np.diff(high.astype(int)))
    best = int(np.argmax(turn_deg))
    here = np.searchsorted(edges, best, side="right") // 2
    out = np.zeros(len(turn_deg), dtype=np.bool_)
    out[edges[2 * here] : edges[2 * here + 1]] = True
    return out


def _nothing(looks: ToeLooks) -> ToeTrack:
    unknown = np.full((2, 2), np.nan)
    return ToeTrack(
        index=looks.index, extension_deg=np.full(len(looks.index), np.nan), peak_deg=float("nan"),
        peak_index=-1, half_width_95_deg=float("nan"), gain=0.0, witness_gap_deg=float("nan"), reason=None,
        hinge_xy_px=np.full(2, np.nan), rest_xy_px=unknown, top_xy_px=unknown,
    )  # fmt: skip


def _refused(track: ToeTrack, reason: str) -> ToeTrack:
    return replace(track, reason=reason)


def _direction_deg(line: FloatArray) -> float:
    """Direction of a line (2, 2), deg up from straight ahead."""
    return float(np.degrees(np.arctan2(line[0, 1] - line[1, 1], line[1, 0] - line[0, 0])))


def _plane_turn_deg(
    rest_px: FloatArray,
    top_px: FloatArray,
    forward: int,
    view: View,
    roll_deg: float,
    more_yaw_deg: float = 0.0,
) -> float:
    """Turn from one line to another (2, 2) px of the clip, in the upright plane of the foot, deg."""
    rest, top = (
        float(view.shin_angle_deg(line[0], line[1], forward, roll_deg, more_yaw_deg=more_yaw_deg))
        for line in (rest_px, top_px)
    )
    return rest - top
