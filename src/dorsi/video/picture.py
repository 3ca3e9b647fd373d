"""How a decoded picture becomes an upright 8-bit one with square pixels.

Not here: which picture comes when (`reading.py`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

import av
import av.error
import cv2
import numpy as np
from av.sidedata.sidedata import Type as SideData

from dorsi.types import Rgb

__all__ = ["Conversion", "UnknownPixels"]

HDR_TRANSFERS: Final = {16: "pq", 18: "hlg"}
"""H.273 transfer characteristics: SMPTE ST 2084 and ARIB STD-B67."""
WIDEST_ASPECT: Final = 3.0
"""A pixel wider or taller than so much is no lens's, but a broken header: taken as square."""
MOST_BITS: Final = 16
"""In one part of a pixel; no camera has more."""


class UnknownPixels(ValueError):
    """Pixels in a format that cannot be converted, by its name."""


class Conversion:
    """How a decoded picture becomes an upright 8-bit one; read off one frame."""

    def __init__(self, frame: av.VideoFrame, pixel_aspect: Fraction | None) -> None:
        """Raises UnknownPixels."""
        self._check(frame)
        a, b, c, d = _display_matrix(frame)
        self.transposed = abs(b) > abs(a)
        self.flip_x = (c if self.transposed else a) < 0
        self.flip_y = (b if self.transposed else d) < 0
        self.mirrored = a * d - b * c < 0
        # The clockwise turn of the stored picture; a mirrored one is first swapped left to right.
        turn_deg = float(np.degrees(np.arctan2(-b, -a) if self.mirrored else np.arctan2(b, a)))
        self.rotation_deg = round(turn_deg / 90) * 90 % 360
        self.pixel_format = frame.format.name
        self.bit_depth = frame.format.components[0].bits
        self.hdr = HDR_TRANSFERS.get(int(getattr(frame, "color_trc", 0) or 0))
        aspect = float(pixel_aspect) if pixel_aspect else 1.0
        self.pixel_aspect = aspect if 1 / WIDEST_ASPECT <= aspect <= WIDEST_ASPECT else 1.0
        self._lut = _tone_curve(self.hdr) if self.hdr else None

    def stored_size_px(self, width_px: int, height_px: int, max_side_px: int | None) -> tuple[int, int]:
        """Size to which the stored picture is scaled: square pixels, long side capped."""
        width = width_px * max(1.0, self.pixel_aspect)
        height = height_px / min(1.0, self.pixel_aspect)
        shrink = min(1.0, max_side_px / max(width, height)) if max_side_px else 1.0
        return max(2, round(width * shrink)), max(2, round(height * shrink))

    def upright(self, frame: av.VideoFrame, max_side_px: int | None) -> Rgb:
        """(H, W, 3) uint8 RGB, C-contiguous. Raises UnknownPixels."""
        self._check(frame)
        width, height = self.stored_size_px(frame.width, frame.height, None)
        try:
            rgb = np.asarray(frame.to_ndarray(format="rgb24", width=width, height=height), np.uint8)
        except (OSError, av.error.FFmpegError) as error:
            raise UnknownPixels(frame.format.name) from error
        size = self.stored_size_px(frame.width, frame.height, max_side_px)
        if size != (width, height):
            # Colours first, then size: twice as fast as the scaler of FFmpeg, which does both at once.
            how = cv2.INTER_LINEAR if width < 2 * size[0] else cv2.INTER_AREA
            rgb = np.asarray(cv2.resize(rgb, size, interpolation=how), np.uint8)
        if self.transposed:
            rgb = rgb.transpose(1, 0, 2)
        rgb = np.ascontiguousarray(rgb[:: -1 if self.flip_y else 1, :: -1 if self.flip_x else 1])
        return rgb if self._lut is None else np.asarray(cv2.LUT(rgb, self._lut), np.uint8)

    @staticmethod
    def _check(frame: av.VideoFrame) -> None:
        # Some formats of floating point end the whole process inside the scaler.
        if max(part.bits for part in frame.format.components) > MOST_BITS:
            raise UnknownPixels(frame.format.name)


def _display_matrix(frame: av.VideoFrame) -> tuple[float, float, float, float]:
    """a, b, c, d of the picture's own turn: stored (x, y) is shown at (a x + c y, b x + d y)."""
    data: Any = frame.side_data.get(SideData.DISPLAYMATRIX)  # type: ignore[call-overload]
    if data is None:
        return 1.0, 0.0, 0.0, 1.0
    m = np.frombuffer(bytes(data), dtype=np.int32)[:9] / 65536.0
    return float(m[0]), float(m[1]), float(m[3]), float(m[4])


def _tone_curve(transfer: str) -> Rgb:
    """(256,) uint8: HDR code value to a plain SDR one, by the transfer's light and a soft shoulder.

    Sources: SMPTE ST 2084 (PQ), ITU-R BT.2100 (HLG); reference white 203 cd/m² (BT.2408).
    """
    v = np.linspace(0, 1, 256)
    if transfer == "pq":
        m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
        p = v ** (1 / m2)
        light = 10000 / 203 * (np.maximum(p - c1, 0) / (c2 - c3 * p)) ** (1 / m1)
    else:
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        scene = np.where(v <= 0.5, v**2 / 3, (np.exp((v - c) / a) + b) / 12)
        light = scene**1.2 * 1000 / 203
    shown = light * (1 + light / 16) / (1 + light)  # white at four times reference white
    return np.asarray(np.clip(255 * np.clip(shown, 0, 1) ** (1 / 2.2) + 0.5, 0, 255), np.uint8)
