"""What a clip may be: bytes, length, frames, pixels; held against what its file says before
anything is decoded, and against the pictures while they come.

A few kB can hold pictures of a gigabyte, or ten hours. Not here: opening and decoding (`video`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

from dorsi.errors import ClipRefused

__all__ = ["WIDE", "ClipLimits"]

ENCODER_SIDE_PX: Final = 32_767
"""The libraries that the pictures go through keep sides as 16-bit numbers, and abort above."""


@dataclass(frozen=True, slots=True)
class ClipLimits:
    """The most that is accepted, sides and pixels of one picture as stored. `gap_s` is the longest time
    between two pictures: a longer one is a clock that jumped, not a clip. The command line's own are `WIDE`.
    """

    max_bytes: int = 500_000_000
    max_duration_s: float = 180.0
    max_frames: int = 50_000
    max_side_px: int = 4096
    max_pixels: int = 4096 * 2304
    gap_s: float = 60.0

    def check_bytes(self, file: str, size_bytes: int) -> None:
        """Raise ClipRefused on a file that is too large."""
        if size_bytes > self.max_bytes:
            raise ClipRefused("clip_too_large", file=file, most_mb=self.max_bytes / 1e6)

    def check_size(self, file: str, width_px: int, height_px: int) -> None:
        """Raise ClipRefused on pictures that are too large; one without a size is not known yet."""
        if width_px < 1 or height_px < 1:
            return
        side, pixels = max(width_px, height_px), width_px * height_px
        most = min(self.max_side_px, ENCODER_SIDE_PX)
        if side > most or pixels > self.max_pixels:
            # The longer side that keeps to both limits in this shape, so that doing as told helps.
            most = min(most, int(side * sqrt(self.max_pixels / pixels)))
            size = {"width_px": width_px, "height_px": height_px}
            raise ClipRefused("clip_too_many_pixels", file=file, **size, most_px=most)

    def check_shown(self, file: str, width_px: int, height_px: int) -> None:
        """Raise ClipRefused on pictures whose sides, once their pixels are square, no library can hold."""
        if max(width_px, height_px) > ENCODER_SIDE_PX:
            size = {"width_px": width_px, "height_px": height_px}
            raise ClipRefused("clip_too_many_pixels", file=file, **size, most_px=ENCODER_SIDE_PX)

    def check_duration(self, file: str, duration_s: float) -> None:
        """Raise ClipRefused on a clip that lasts too long."""
        if duration_s > self.max_duration_s:
            raise ClipRefused("clip_too_long", file=file, duration_s=duration_s, most_s=self.max_duration_s)

    def check_frames(self, file: str, frames: int) -> None:
        """Raise ClipRefused on a clip that has too many pictures."""
        if frames > self.max_frames:
            raise ClipRefused("clip_too_many_frames", file=file, most=self.max_frames)


WIDE: Final = ClipLimits(
    max_bytes=20_000_000_000, max_duration_s=1800.0, max_frames=500_000, max_side_px=8192,
    max_pixels=8192 * 4608,
)  # fmt: skip
"""For whoever names a clip of their own: half an hour, also at 240 Hz; 8K; 20 GB."""
