"""Pictures of README.md and method.md: `python docs/make_images.py`.

One is a frame of a rendered sample (never point it at a clip of a person), one a drawing of the model.
Not here: how the frame is drawn (see `dorsi.report`).
"""

from __future__ import annotations

import sys
import tempfile
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "samples" / "standing_lunge.mp4"
PICTURE = ROOT / "docs" / "images" / "annotated_peak.jpg"
WIDTH_PX = 480
DRAWING = ROOT / "docs" / "images" / "method.svg"


def main() -> int:
    """Make both pictures; 0 when the sample was measured."""
    DRAWING.parent.mkdir(parents=True, exist_ok=True)
    DRAWING.write_text(method_drawing(), encoding="utf-8")
    print(DRAWING.relative_to(ROOT))
    return annotated_peak()


def method_drawing(angle_deg: float = 32.0) -> str:
    """SVG of a shank with its outline, the line of the landmarks, that of the joints and the crest.

    The outline is the mean of `models/shank_outline.json`; the landmarks are put 5 deg off.
    """
    import json

    import numpy as np

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


def annotated_peak() -> int:
    """Measure the sample and save the frame of `annotated.mp4` at the reported peak."""
    import av
    import cv2

    from dorsi import measure

    with tempfile.TemporaryDirectory() as folder:
        report = measure(SAMPLE, out=Path(folder))
        peak = report.measurements.peak_shin_angle_deg
        if peak.frame is None:
            print(f"{SAMPLE.name}: not measured", file=sys.stderr)
            return 1
        with av.open(str(Path(folder) / SAMPLE.stem / "annotated.mp4")) as video:
            frame = next(islice(video.decode(video=0), peak.frame, None))
            bgr = frame.to_ndarray(format="bgr24")
    height_px = round(len(bgr) * WIDTH_PX / bgr.shape[1])
    small = cv2.resize(bgr, (WIDTH_PX, height_px), interpolation=cv2.INTER_AREA)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(PICTURE), small, [cv2.IMWRITE_JPEG_QUALITY, 85])
    print(f"{PICTURE.relative_to(ROOT)}: frame {peak.frame} of {SAMPLE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
