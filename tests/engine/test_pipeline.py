"""The order of the stages: recorded landmarks over a rendered sample, and each refusal by its code."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Self

import av
import numpy as np
import pytest

from dorsi.engine.conclude.quality import MESSAGES
from dorsi.engine.landmarks import LEFT_LEG, RIGHT_LEG
from dorsi.engine.observe.pose.estimator import ReplayEstimator
from dorsi.engine.observe.pose.track import sample_stride, track_poses
from dorsi.engine.pipeline import analyse, conclude, observe
from dorsi.errors import ModelError
from dorsi.settings import Settings
from dorsi.types import Frame, PoseFrame, PoseTrack
from tests.clips import encode
from tests.recorded import evidence

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
CLIP = SAMPLES / "heel_lifts.mp4"


def recorded(**change: float) -> tuple[PoseTrack, dict[str, float]]:
    """Perfect landmarks of the sample from its truth, with the changes a refusal needs."""
    truth = json.loads((SAMPLES / "heel_lifts.truth.json").read_text())
    frames, spec = truth["frames"], truth["spec"]
    count = len(frames)
    xy = np.zeros((count, 33, 2))
    points = {k: np.array([f["px"][k] for f in frames]) for k in ("hip", "knee", "ankle", "heel", "toe")}
    test, rear = (RIGHT_LEG, LEFT_LEG) if spec["side"] == "R" else (LEFT_LEG, RIGHT_LEG)
    forward = float(np.sign(points["toe"][0, 0] - points["heel"][0, 0]))
    for k, name in enumerate(points):
        xy[:, test[k]] = points[name]
        xy[:, rear[k]] = points[name] - [forward * 200.0 * (k > 0), 0.0]  # one pelvis
    if change.get("still"):
        xy[:] = xy[:1]
    hip = points["hip"]
    for k in [*range(23)]:
        xy[:, k] = hip + [forward * 10.0, -280.0]
    half = change.get("width", 0.03) * 300.0
    for sign, ids in ((-1, (11, 23)), (1, (12, 24))):
        xy[:, ids[0]] = hip + [sign * half, -300.0]
        if change.get("width"):
            xy[:, ids[1]] = hip + [sign * half, 0.0]
    for leg in (test, rear):
        heel, toe = leg[3], leg[4]
        xy[:, toe] += change.get("foot_shorter", 0.0) * (xy[:, heel] - xy[:, toe])
    xy += [0.0, change.get("down", 0.0)]
    if change.get("nobody"):
        xy[:] = np.nan
    time_s = np.arange(count) / spec["fps"]
    rise = np.array([f["heel_height_mm"] for f in frames])
    shank = np.array([f["shank_deg"] for f in frames])
    down = rise - np.median(rise[:5]) < 5
    answers = {"peak": float(shank[down].max()), "any": float(shank.max()), "roll": spec["cam"]["roll"]}
    return PoseTrack(time_s, xy, np.zeros((count, 33)), np.ones((count, 33)), *spec["res"]), answers


class _InTheMiddle:
    """Everybody's landmarks in the middle of the picture, and as deep as it is wide; keeps its sizes."""

    name = "middle"

    def __init__(self) -> None:
        self.sizes: set[tuple[int, int]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def estimate(self, frame: Frame) -> PoseFrame | None:
        height, width = frame.rgb.shape[:2]
        self.sizes.add((width, height))
        middle = np.full((33, 2), (width / 2, height / 2))
        return PoseFrame(middle, np.full(33, float(width)), np.ones(33))


def test_networks_see_a_large_clip_reduced_and_tell_its_own_px(tmp_path: Path) -> None:
    clip = encode(
        tmp_path / "large.mp4",
        size_px=(1440, 2560),
        frames=4,
        make=lambda *_: np.zeros((2560, 1440, 3), np.uint8),
    )
    spy = _InTheMiddle()
    (track,) = observe(clip, estimators=[spy]).tracks
    assert spy.sizes == {(1080, 1920)}
    assert (track.width_px, track.height_px) == (1440, 2560)
    assert np.allclose(track.xy_px[0], (720, 1280)) and np.allclose(track.depth_px[0], 1440)


def test_true_landmarks_give_the_true_angle() -> None:
    track, truth = recorded()
    seen: list[tuple[str, float]] = []
    found = analyse(CLIP, Settings(), lambda s, f: seen.append((s, f)), [ReplayEstimator(track)])
    assert found.measured, [r.code for r in found.reasons]
    peak = found.measurements["peak_shin_angle_deg"]
    assert peak.value == pytest.approx(truth["peak"], abs=2.5)
    assert peak.value is not None
    assert abs(peak.value - truth["peak"]) < (peak.uncertainty_95 or 0)
    assert found.measurements["peak_shin_angle_any_heel_deg"].value == pytest.approx(truth["any"], abs=2.5)
    assert len(found.reps) == 1 and found.reps[0].heel_lifted
    assert found.leg is not None and (found.leg.side, found.leg.test_leg) == ("right", "near")
    assert found.level is not None
    assert found.level.camera_roll_deg == pytest.approx(truth["roll"], abs=found.level.uncertainty_95_deg)
    assert found.peak_frame == peak.frame
    assert found.face_xy_px.shape[0] == found.clip.frame_count and found.face_xy_px.shape[2:] == (11, 2)
    assert {s for s, _ in seen} == {"find the legs", "follow the foot", "measure"}
    assert all(0 <= f <= 1 for _, f in seen)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"nobody": 1.0}, "no_person"),
        ({"width": 0.3, "foot_shorter": 0.2}, "not_side_view"),
        ({"down": 400.0}, "foot_out_of_frame"),
        ({"down": -900.0}, "leg_out_of_frame"),
    ],
)
def test_refusals_name_their_reason_and_give_no_number(change: dict[str, float], code: str) -> None:
    track, _ = recorded(**change)
    found = analyse(CLIP, Settings(), None, [ReplayEstimator(track)])
    assert code in [r.code for r in found.reasons]
    assert all(r.message == MESSAGES[r.code] for r in found.reasons)
    assert not found.measured and found.peak_frame is None and found.reps == ()
    assert all(m.value is None for m in found.measurements.values())


def test_someone_who_stands_still_does_not_lunge(tmp_path: Path) -> None:
    """In the picture too: the outline would follow a leg that its landmarks do not."""
    track, _ = recorded(still=1.0)
    clip = tmp_path / "still.mp4"
    with av.open(str(CLIP)) as moving, av.open(str(clip), "w") as out:
        first = next(moving.decode(video=0)).to_ndarray(format="rgb24")
        stream = out.add_stream("libx264", rate=30)
        stream.height, stream.width = first.shape[:2]
        stream.pix_fmt, stream.options = "yuv420p", {"preset": "ultrafast"}
        for _ in range(len(track)):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(first, format="rgb24")))
        out.mux(stream.encode())
    found = analyse(clip, Settings(), None, [ReplayEstimator(track)])
    assert [r.code for r in found.reasons] == ["no_movement"]


def test_legs_alone_that_cannot_be_followed_are_told_so() -> None:
    track, _ = recorded()
    top = float(track.xy_px[:, 23:25, 1].min())
    whole = replace(track, xy_px=track.xy_px - [0.0, top - 30.0])
    blind = replace(whole, xy_px=np.full_like(track.xy_px, np.nan))
    lost = analyse(CLIP, Settings(), None, [ReplayEstimator(whole), ReplayEstimator(blind)])
    assert [r.code for r in lost.reasons] == ["body_cut_off"]
    assert lost.reasons[0].message == MESSAGES["body_cut_off"]


def test_a_knee_that_landmarks_miss_is_put_right_by_the_outline() -> None:
    track, truth = recorded()
    xy = track.xy_px.copy()
    knee = RIGHT_LEG[1]
    ahead = np.sign(xy[0, RIGHT_LEG[4], 0] - xy[0, RIGHT_LEG[3], 0])
    shank_px = float(np.median(np.linalg.norm(xy[:, knee] - xy[:, RIGHT_LEG[2]], axis=-1)))
    xy[:, knee, 0] -= ahead * np.tan(np.radians(3.5)) * shank_px
    found = analyse(CLIP, Settings(), None, [ReplayEstimator(replace(track, xy_px=xy))])
    peak = found.measurements["peak_shin_angle_deg"].value
    assert peak is not None and abs(peak - truth["peak"]) < 2.5
    codes = [note.code for note in found.warnings]
    assert "loose_clothing" in codes and found.measurements["peak_crest_angle_deg"].value is None


def test_a_knee_that_is_hidden_and_nobody_s_is_no_peak() -> None:
    track, _ = recorded()
    xy = track.xy_px.copy()
    both = [*LEFT_LEG, *RIGHT_LEG]
    every_other = 2 * sample_stride(30.0)
    xy[::every_other, both] = xy[::every_other][:, [*RIGHT_LEG, *LEFT_LEG]]
    hidden = track.confidence.copy()
    hidden[:, [LEFT_LEG[1], RIGHT_LEG[1]]] = 0.05
    seen = analyse(CLIP, Settings(), None, [ReplayEstimator(replace(track, xy_px=xy))])
    assert seen.measured and "leg_label_unsure" in [w.code for w in seen.warnings]
    lost = analyse(CLIP, Settings(), None, [ReplayEstimator(replace(track, xy_px=xy, confidence=hidden))])
    assert [r.code for r in lost.reasons] == ["legs_confused"]


def test_one_view_alone_of_several_is_no_answer() -> None:
    track, _ = recorded()
    blind = replace(track, xy_px=np.full_like(track.xy_px, np.nan))
    found = analyse(CLIP, Settings(), None, [ReplayEstimator(track), ReplayEstimator(blind)])
    assert [r.code for r in found.reasons] == ["landmarks_uncertain"]
    hidden = analyse(CLIP, Settings(), None, [ReplayEstimator(blind), ReplayEstimator(track)])
    assert np.isfinite(hidden.face_xy_px[:: sample_stride(30.0), 1]).all(), (
        "whoever sees the face, it is blurred"
    )


def test_the_sample_that_is_hard_for_the_networks_is_followed() -> None:
    """Dark trousers before a dark wall: what follows the person from frame to frame loses the knee."""
    _, truth = recorded()
    found = conclude(evidence("heel_lifts"), Settings())
    for key, true_deg in (("peak_shin_angle_deg", "peak"), ("peak_shin_angle_any_heel_deg", "any")):
        measured = found.measurements[key]
        assert measured.value is not None and measured.uncertainty_95 is not None
        assert abs(measured.value - truth[true_deg]) < min(5.0, measured.uncertainty_95)


def test_side_is_renamed_only() -> None:
    plain = conclude(evidence("heel_lifts"), Settings())
    renamed = conclude(evidence("heel_lifts"), Settings(side="left"))
    assert renamed.leg is not None and renamed.leg.side == "left"
    assert renamed.measurements["peak_shin_angle_deg"] == plain.measurements["peak_shin_angle_deg"]


def test_every_message_says_more_than_its_code() -> None:
    for code, message in MESSAGES.items():
        assert message.endswith(".") and len(message) > 30, code


class Opened:
    """An estimator that notes when it is open, and may refuse to be."""

    name = "opened"

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.state = error, "new"

    def __enter__(self) -> Self:
        if self.error is not None:
            raise self.error
        self.state = "open"
        return self

    def __exit__(self, *_: object) -> None:
        self.state = "closed"

    def estimate(self, frame: Frame) -> PoseFrame | None:
        if frame.index == 4:
            raise RuntimeError("no more")
        assert self.state == "open"
        return None


def test_every_network_that_was_opened_is_closed_whatever_fails() -> None:
    frames = [Frame(i, i / 10, np.zeros((4, 4, 3), np.uint8)) for i in range(9)]
    good, bad = Opened(), Opened(ModelError("model_missing", file="x.task"))
    with pytest.raises(ModelError):
        track_poses(frames, [bad, good])
    assert (good.state, bad.state) == ("closed", "new")
    one, two = Opened(), Opened()
    with pytest.raises(RuntimeError, match="no more"):
        track_poses(frames, [one, two])
    assert one.state == two.state == "closed"
    found, size_px = track_poses(frames[:3], [Opened()])
    assert (found, size_px) == ([{}], (4, 4))
