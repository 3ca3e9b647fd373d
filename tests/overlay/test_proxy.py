"""The review's copy of a clip: one key picture for each frame of the evidence, whatever the clip's times."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from dorsi.engine.evidence import Evidence
from dorsi.engine.landmarks import FACE_POINTS
from dorsi.overlay.proxy import PROXY_RATE_HZ, write_proxy
from dorsi.types import FloatArray
from dorsi.video import FrameReader
from tests import clips
from tests.recorded import evidence

UNEVEN_S = [0.0, 0.02, 0.1, 0.11, 0.35, 0.4, 0.41, 0.42, 0.8, 0.81, 1.5, 1.51]


def seen_of(frames: int, width_px: int, height_px: int, face_xy_px: FloatArray | None = None) -> Evidence:
    """Evidence of a clip of so many frames; nobody in it, or one face."""
    track = evidence("left_lunge").tracks[0]
    xy = np.full((frames, *track.xy_px.shape[1:]), np.nan)
    if face_xy_px is not None:
        xy[:, list(FACE_POINTS)] = face_xy_px
    small = replace(
        track, time_s=np.arange(frames) / 30, xy_px=xy, depth_px=np.full(xy.shape[:2], np.nan),
        confidence=np.zeros(xy.shape[:2]), width_px=width_px, height_px=height_px,
    )  # fmt: skip
    return replace(
        evidence("left_lunge"), tracks=(small,), time_s=np.arange(frames) / 30, leg=None, leg_facts=None,
        foot=None, shank_looks=(), toe=None,
    )  # fmt: skip


def numbers(path: Path) -> tuple[list[int], list[float], bool]:
    """Frame numbers in the pictures, their times, and whether every packet is a key frame."""
    with av.open(str(path)) as found:
        keys = all(packet.is_keyframe for packet in found.demux(video=0) if packet.size)
        assert not found.streams.audio
        assert not {"location", "com.apple.quicktime.location.iso6709"} & found.metadata.keys()
    with FrameReader(path) as reader:
        pairs = [(clips.index_of(frame.rgb), frame.time_s) for frame in reader]
    return [number for number, _ in pairs], [time_s for _, time_s in pairs], keys


@pytest.mark.parametrize("turn", clips.MATRICES)
def test_frame_n_is_frame_n_however_the_clip_is_turned(tmp_path: Path, turn: str) -> None:
    plain = clips.encode(tmp_path / "plain.mp4", frames=12, audio=True)
    clip = clips.turned(plain, tmp_path / "clip.mp4", clips.MATRICES[turn])
    with FrameReader(clip) as reader:
        height, width = next(iter(reader)).rgb.shape[:2]
    out = tmp_path / "proxy.mp4"
    found = write_proxy(clip, out, evidence=seen_of(12, width, height))
    assert (found.frame_count, found.width_px, found.height_px, found.scale) == (12, width, height, 1.0)
    told, times_s, keys = numbers(out)
    assert told == list(range(12)) and keys
    assert times_s == pytest.approx(np.arange(12) / PROXY_RATE_HZ, abs=1e-4)
    with FrameReader(out) as reader:
        first = next(iter(reader)).rgb
    assert first.shape[:2] == (height, width)


@pytest.mark.parametrize(
    ("codec", "pixel_format"), [("libx264", "yuv420p"), ("libx265", "yuv420p10le"), ("libvpx-vp9", "yuv420p")]
)
def test_uneven_times_and_every_codec(tmp_path: Path, codec: str, pixel_format: str) -> None:
    ending = "mkv" if codec == "libvpx-vp9" else "mp4"
    clip = clips.encode(tmp_path / f"clip.{ending}", codec=codec, pixel_format=pixel_format, times_s=UNEVEN_S)
    out = tmp_path / "proxy.mp4"
    write_proxy(clip, out, evidence=seen_of(12, 96, 64))
    told, times_s, keys = numbers(out)
    assert told == list(range(12)) and keys
    assert times_s == pytest.approx(np.arange(12) / PROXY_RATE_HZ, abs=1e-4)


def test_frames_that_the_evidence_lacks_are_left_out(tmp_path: Path) -> None:
    clip = clips.encode(tmp_path / "clip.mp4", frames=12)
    found = write_proxy(clip, tmp_path / "proxy.mp4", evidence=seen_of(9, 96, 64))
    assert found.frame_count == 9
    assert numbers(tmp_path / "proxy.mp4")[0] == list(range(9))


def test_large_pictures_are_made_smaller(tmp_path: Path) -> None:
    clip = clips.encode(tmp_path / "clip.mp4", frames=3, size_px=(640, 360))
    found = write_proxy(clip, tmp_path / "proxy.mp4", evidence=seen_of(3, 640, 360), max_side_px=320)
    assert (found.width_px, found.height_px, found.scale) == (320, 180, 0.5)


@pytest.mark.parametrize("blur", [True, False])
def test_a_face_is_blurred_where_it_was_seen(tmp_path: Path, blur: bool) -> None:
    def stripes(index: int, width_px: int, height_px: int) -> clips.Rgb:
        rgb = clips.picture(index, width_px, height_px)
        rgb[:, ::8] = 255
        rgb[:, 4::8] = 0
        return rgb

    clip = clips.encode(tmp_path / "clip.mp4", frames=4, size_px=(320, 320), make=stripes)
    face = np.full((4, len(FACE_POINTS), 2), 160.0) + np.linspace(-20, 20, len(FACE_POINTS))[None, :, None]
    seen = seen_of(4, 320, 320, face)
    write_proxy(clip, tmp_path / "proxy.mp4", evidence=seen, blur_face=blur)
    with FrameReader(tmp_path / "proxy.mp4") as reader:
        for frame in reader:
            assert (float(frame.rgb[155:165, 150:170].std()) < 45) is blur


def test_progress_is_told(tmp_path: Path) -> None:
    clip = clips.encode(tmp_path / "clip.mp4", frames=4)
    told: list[tuple[str, float]] = []
    write_proxy(
        clip, tmp_path / "proxy.mp4", evidence=seen_of(4, 96, 64), listen=lambda *said: told.append(said)
    )
    assert told == [("prepare the review", share) for share in (0.25, 0.5, 0.75, 1.0)]
