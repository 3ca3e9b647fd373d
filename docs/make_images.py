"""Pictures of README.md and method.md: `python docs/make_images.py`.

A still and a moving picture of a rendered sample (never point them at a clip of a person), and a drawing
of the model. Not here: how a frame is drawn (`dorsi.overlay`).
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[Any]
ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "samples" / "lunge.mp4"
STILL = ROOT / "docs" / "images" / "annotated_peak.jpg"
STILL_WIDTH_PX = 480
MOVING = ROOT / "docs" / "images" / "lunge.webp"
MOVING_WIDTH_PX = 360
HOLD_S = 1.5
"""How long the peak stays, so that the angle can be read."""
DRAWING = ROOT / "docs" / "images" / "method.svg"


def main() -> int:
    """Make all pictures; 0 when the sample was measured."""
    DRAWING.parent.mkdir(parents=True, exist_ok=True)
    DRAWING.write_text(method_drawing(), encoding="utf-8")
    print(DRAWING.relative_to(ROOT))
    return annotated()


def method_drawing(angle_deg: float = 32.0) -> str:
    """SVG of a shank with its outline, the line of the landmarks, that of the joints and the crest.

    The outline is the mean of `models/shank_outline.json`; the landmarks are put 5 deg off.
    """
    model = json.loads((ROOT / "models" / "shank_outline.json").read_text(encoding="utf-8"))
    grid, mean = np.array(model["grid"]), np.array(model["mean"])
    front, back = mean[: len(grid)], mean[len(grid) : 2 * len(grid)]
    lean = np.radians(angle_deg)
    along, ahead = np.array([np.sin(lean), np.cos(lean)]), np.array([np.cos(lean), -np.sin(lean)])
    ankle, length = np.array([190.0, 70.0]), 300.0

    def at(s: float, d: float) -> str:
        x, y = ankle + length * (s * along + d * ahead)
        return f"{x:.1f},{440 - y:.1f}"

    def path(points: list[str], colour: str, extra: str = "") -> str:
        return f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" {extra}/>'

    kept = back > -0.3
    crest = np.polyfit(grid[(grid >= 0.25) & (grid <= 0.67)], front[(grid >= 0.25) & (grid <= 0.67)], 1)
    tick = [path([at(s, d - 0.015), at(s, d + 0.015)], "#c0392b") for s, d in zip(grid, front, strict=True)]
    off = np.tan(np.radians(5.0))
    knee_x, knee_y = ankle + length * along
    words = [
        (ankle[0] - 60, 440 - ankle[1] + 30, "#333", "ankle joint: the foot is planted"),
        (knee_x + 14, 440 - knee_y - 4, "#333", "knee joint"),
        (14, 24, "#777", "grey: vertical of the room (level)"),
        (14, 42, "#2980b9", "blue: line of the landmarks"),
        (14, 60, "#d68910", "amber: line of the joints = shin angle"),
        (14, 78, "#c0392b", "red: edge found; its straight part = crest"),
    ]
    return "\n".join(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 520 440" font-family="sans-serif" '
            'font-size="13">',
            '<rect width="520" height="440" fill="#fff"/>',
            path([at(s, d) for s, d in zip(grid, front, strict=True)], "#333", 'stroke-width="2"'),
            path([at(s, d) for s, d in zip(grid[kept], back[kept], strict=True)], "#333", 'stroke-width="2"'),
            *tick,
            path([at(s, crest[0] * s + crest[1] + 0.03) for s in (0.2, 0.75)], "#c0392b", 'stroke-width="2"'),
            path([f"{ankle[0]},{440 - ankle[1]}", f"{ankle[0]},{440 - ankle[1] - 250}"], "#999",
                 'stroke-dasharray="6 5"'),
            path([at(0.06, 0.0), at(1.0, -off)], "#2980b9", 'stroke-width="2"'),
            path([at(0, 0), at(1, 0)], "#d68910", 'stroke-width="4"'),
            *(f'<text x="{x:.0f}" y="{y:.0f}" fill="{colour}">{word}</text>' for x, y, colour, word in words),
            "</svg>",
            "",
        ]
    )  # fmt: skip


def annotated() -> int:
    """Measure the sample and save its annotated peak, and the way up to it; 0 when measured."""
    import av

    from dorsi import measure

    with tempfile.TemporaryDirectory() as folder:
        report = measure(SAMPLE, out=Path(folder))
        peak_s = report.measurements.peak_shin_angle_deg.time_s
        if peak_s is None:
            print(f"{SAMPLE.name}: not measured", file=sys.stderr)
            return 1
        start_s = next(rep.start_s for rep in report.reps if rep.start_s <= peak_s <= rep.end_s)
        with av.open(str(Path(folder) / SAMPLE.stem / "annotated.mp4")) as video:
            pictures = [
                (frame.time, frame.to_ndarray(format="bgr24"))
                for frame in video.decode(video=0)
                if start_s <= frame.time <= peak_s + 1e-3
            ]
    still(pictures[-1][1])
    moving(pictures)
    return 0


def still(bgr: Picture) -> None:
    """Write `STILL`, for those who want nothing that moves."""
    cv2.imwrite(str(STILL), narrowed(bgr, STILL_WIDTH_PX), [cv2.IMWRITE_JPEG_QUALITY, 85])
    print(STILL.relative_to(ROOT))


def moving(pictures: Sequence[tuple[float, Picture]], path: Path = MOVING) -> None:
    """Write pictures with their times (s, rising) as an endless animation; the last stays for `HOLD_S`."""
    times_s = np.array([time_s for time_s, _ in pictures])
    animation = cv2.Animation()
    animation.frames = [narrowed(bgr, MOVING_WIDTH_PX) for _, bgr in pictures]
    animation.durations = [round(1000 * each_s) for each_s in (*np.diff(times_s), HOLD_S)]
    cv2.imwriteanimation(str(path), animation, [cv2.IMWRITE_WEBP_QUALITY, 75])
    print(f"{path.name}: {len(pictures)} pictures, {path.stat().st_size / 1000:.0f} kB")


def narrowed(bgr: Picture, width_px: int) -> Picture:
    """The whole picture, whatever its shape, `width_px` wide."""
    height_px = round(len(bgr) * width_px / bgr.shape[1])
    return cv2.resize(bgr, (width_px, height_px), interpolation=cv2.INTER_AREA)


if __name__ == "__main__":
    sys.exit(main())
