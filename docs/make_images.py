"""Pictures of README.md, made from a rendered sample: `python docs/make_images.py`.

Never point it at a clip of a person. Not here: how the picture is drawn (see `dorsi.report`).
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


def main() -> int:
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
