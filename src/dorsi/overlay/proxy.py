"""The clip as the review page plays it: H.264 at a constant rate, every picture a key frame, without sound.

Browsers do not play every phone's HEVC, and stop between the frames of a clip whose rate varies. Frame N here
is frame N of the evidence: a page shows it by seeking to (N + 0.5) / rate. Not here: the annotated video
(`annotate.py`).
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dorsi.engine.evidence import Evidence
from dorsi.overlay import drawing
from dorsi.overlay.annotate import hold
from dorsi.types import StageListener
from dorsi.video import FrameReader, VideoWriter

__all__ = ["PROXY_RATE_HZ", "ProxyInfo", "write_proxy"]

PROXY_RATE_HZ: Final = 25.0
"""Of every proxy, whatever the clip's own rate: the page knows true times from the evidence."""
MAX_SIDE_PX: Final = 1280
STAGE: Final = "prepare the review"


@dataclass(frozen=True, slots=True)
class ProxyInfo:
    """What was written; `scale` is its size over that of the clip."""

    frame_count: int
    width_px: int
    height_px: int
    scale: float


def write_proxy(
    clip: Path, out: Path, *, evidence: Evidence, max_side_px: int = MAX_SIDE_PX, blur_face: bool = True,
    listen: StageListener | None = None,
) -> ProxyInfo:  # fmt: skip
    """Write the proxy of a clip to `out`: one picture for each frame of its evidence, faces blurred where
    they were seen. Raises OutputError, and whatever opening the clip raises."""
    count = len(evidence.time_s)
    face = hold(evidence.face_xy_px) if blur_face and evidence.tracks else None
    size, scale, written = (0, 0), 1.0, 0
    with FrameReader(clip, prefetch=4, max_side_px=max_side_px) as reader, ExitStack() as files:
        writer: VideoWriter | None = None
        for frame in reader:
            if frame.index >= count:
                break
            rgb = frame.rgb if frame.rgb.flags.writeable else frame.rgb.copy()
            if writer is None:
                height, width = rgb.shape[:2]
                writer = files.enter_context(VideoWriter(out, width, height, PROXY_RATE_HZ, all_keys=True))
                size, scale = writer.size_px, reader.scale
            if face is not None:
                drawing.blur_face(rgb, face[frame.index] * scale)
            writer.write(rgb, frame.index / PROXY_RATE_HZ)
            written += 1
            if listen is not None:
                listen(STAGE, written / count)
    return ProxyInfo(written, *size, scale)
