"""The same clip filmed otherwise: `python -m bench.variants CLIPS [NAME ...]` measures, compares, tells.

Each NAME.mp4 of the folder CLIPS (all when none is named) is measured as it is, and again encoded anew, at
half size, compressed hard (crf 36), mirrored, turned by 3 deg either way, and with the upper part of the
picture cut off: at the chest, above the hips, at mid-thigh, where the whole clip has them while the person
stands. Lands in OUT/NAME/VARIANT. A row has each variant's peak shin angle or its first reason; the sd is
of the peaks of all but the cuts, the whole clip's among them. Last lines count what was told of cuts.
Not here: clips with known truth (`accuracy.py`), people (`real.py`), other cameras (`repeats.py`).
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Final

import av
import cv2
import numpy as np

from bench.accuracy import measure_as_told, plain, run_options, write_json
from bench.scoring import load_report, number
from dorsi.engine.evidence import Evidence
from dorsi.engine.evidence_file import read_evidence
from dorsi.engine.landmarks import SHOULDERS, LegPoint
from dorsi.types import Rgb
from dorsi.video import FrameReader

WHOLE: Final = "whole"
CRF: Final = "16"
"""Looks like the clip itself."""
STANDING: Final = 10
"""Percentile of a point's height in the picture at which it stands: its highest but for a few wrong looks."""

Change = Callable[[Rgb], Rgb]


def turned(degrees: float) -> Change:
    """The picture turned about its middle, positive counter-clockwise; what comes in repeats the edge."""

    def change(rgb: Rgb) -> Rgb:
        height, width = rgb.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
        return np.asarray(
            cv2.warpAffine(rgb, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8
        )

    return change


def _below(row: int, rgb: Rgb) -> Rgb:
    return rgb[row:]


def halved(rgb: Rgb) -> Rgb:
    """The picture at half its size."""
    size = (rgb.shape[1] // 2, rgb.shape[0] // 2)
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


SAME_VIEW: Final[Mapping[str, tuple[Change, str]]] = {
    "again": (np.array, CRF),
    "half": (halved, CRF),
    "crf 36": (np.array, "36"),
    "mirrored": (lambda rgb: rgb[:, ::-1], CRF),
    "turned +3": (turned(3.0), CRF),
    "turned -3": (turned(-3.0), CRF),
}
CUTS: Final = ("cut at chest", "cut above hips", "cut at mid-thigh")


def cuts_px(seen: Evidence) -> dict[str, int]:
    """The row of the picture at which each cut begins; none where no leg was found."""
    if seen.leg is None:
        return {}
    hip, knee = (
        float(np.nanpercentile(seen.leg.xy_px[:, point, 1], STANDING))
        for point in (LegPoint.HIP, LegPoint.KNEE)
    )
    shoulder = float(np.nanpercentile(seen.tracks[0].xy_px[:, SHOULDERS, 1], STANDING))
    rows = (shoulder + (hip - shoulder) / 3, hip - (knee - hip) / 4, (hip + knee) / 2)
    return {name: max(0, round(row)) for name, row in zip(CUTS, rows, strict=True)}


def write(clip: Path, to: Path, rate_hz: float, change: Change, crf: str) -> None:
    """Write the clip's pictures, each changed, at an even rate."""
    with FrameReader(clip, prefetch=4) as frames, av.open(str(to), "w") as out:
        stream: Any = out.add_stream("libx264", rate=Fraction(rate_hz).limit_denominator(1001))
        stream.pix_fmt, stream.options = "yuv420p", {"crf": crf, "preset": "veryfast"}
        for frame in frames:
            rgb = change(frame.rgb)
            rgb = np.ascontiguousarray(rgb[: rgb.shape[0] // 2 * 2, : rgb.shape[1] // 2 * 2])
            if frame.index == 0:
                stream.width, stream.height = rgb.shape[1], rgb.shape[0]
            out.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        out.mux(stream.encode(None))


def make_variants(clip: Path, folder: Path, seen: Evidence) -> list[Path]:
    """Write every variant of a clip into the folder; those that are there already are left as they are."""
    changes = dict(SAME_VIEW)
    for name, row in cuts_px(seen).items():
        changes[name] = (partial(_below, row), CRF)
    folder.mkdir(parents=True, exist_ok=True)
    for name, (change, crf) in changes.items():
        if not (folder / f"{name}.mp4").exists():
            write(clip, folder / f"{name}.mp4", seen.clip.frame_rate_hz, change, crf)
    return [folder / f"{name}.mp4" for name in changes]


def told(report: Mapping[str, Any] | None) -> float | str:
    """The peak shin angle of a report, deg, or the code of its first reason."""
    if report is None:
        return "no report"
    if report["status"] == "measured":
        return number(report, "peak_shin_angle_deg", "value")
    return str(report["reasons"][0]["code"])


def table(found: Mapping[str, Mapping[str, float | str]]) -> list[str]:
    """A row for each clip and the count of what cuts were told; `found` by clip, then by variant."""
    names = (WHOLE, *SAME_VIEW, *CUTS)
    lines = [f"| clip | {' | '.join(names)} | sd |", "|" + "---|" * (len(names) + 2)]
    for clip, by in found.items():
        same = [each for name in (WHOLE, *SAME_VIEW) if isinstance(each := by.get(name), float)]
        sd = float(np.std(same, ddof=1)) if len(same) > 1 else float("nan")
        lines.append(f"| {clip} | {' | '.join(_cell(by.get(name)) for name in names)} | {plain(sd, '°')} |")
    lines.append("")
    for cut in CUTS:
        said = Counter(_kind(by[cut]) for by in found.values() if cut in by)
        pairs = [(by.get(cut), by[WHOLE]) for by in found.values()]
        off = [abs(a - b) for a, b in pairs if isinstance(a, float) and isinstance(b, float)]
        farthest = f"; measured ones at most {max(off):.1f}° from the whole clip" if off else ""
        lines.append(f"- {cut}: {', '.join(f'{kind} {n}' for kind, n in said.most_common())}{farthest}")
    return lines


def _cell(value: float | str | None) -> str:
    return "–" if value is None else f"`{value}`" if isinstance(value, str) else f"{value:.1f}"


def _kind(value: float | str) -> str:
    return f"`{value}`" if isinstance(value, str) else "measured"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; 0 when every clip could be read, else 1."""
    options = _parser().parse_args(arguments)
    clips = sorted(options.clips.glob("*.mp4"))
    clips = [clip for clip in clips if not options.names or clip.stem in options.names]
    if not clips:
        print(f"{options.clips}: no such NAME.mp4 here", file=sys.stderr)
        return 1
    out = options.out
    options.out = out / WHOLE
    failures = measure_as_told(clips, options)
    found: dict[str, dict[str, float | str]] = {}
    for clip in clips:
        whole = load_report(out / WHOLE, clip.stem)
        if whole is None:
            continue
        seen = read_evidence(out / WHOLE / clip.stem / "evidence.npz")
        variants = make_variants(clip, out / "clips" / clip.stem, seen)
        options.out = out / clip.stem
        failures += measure_as_told(variants, options)
        found[clip.stem] = {WHOLE: told(whole)}
        found[clip.stem] |= {each.stem: told(load_report(options.out, each.stem)) for each in variants}
    print("\n".join(table(found)))
    write_json(options.json, found)
    return 1 if failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.variants", description=__doc__)
    parser.add_argument("clips", type=Path, metavar="CLIPS")
    parser.add_argument("names", nargs="*", metavar="NAME")
    run_options(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
