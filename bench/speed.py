"""Cost of `measure`: `python -m bench.speed CLIP` prints seconds per stage, ratios and peak memory.

The yardstick is the loop people start with: OpenCV reads, MediaPipe infers every frame (VIDEO mode, same
weights), nothing is drawn. Both run in turn in one process, so that a busy machine slows both.
Not here: accuracy.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from dorsi.models import load
from dorsi.settings import ModelName, Settings


@dataclass(slots=True)
class StageClock:
    """A progress callback that adds up the wall-clock time each stage took, in s."""

    seconds: dict[str, float] = field(default_factory=dict)
    _stage: str | None = None
    now_s: Callable[[], float] = perf_counter
    _since_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._since_s = self.now_s()

    def __call__(self, stage: str, fraction: float) -> None:  # noqa: ARG002 (the callback's signature)
        """Charge the time since the last call to the stage that was running, then run `stage`."""
        self._charge(stage)

    def stop(self) -> dict[str, float]:
        """Charge what is left and return seconds by stage, in the order the stages began."""
        self._charge(None)
        return self.seconds

    def _charge(self, following: str | None) -> None:
        now_s = self.now_s()
        running = self._stage or following or "start-up"
        self.seconds[running] = self.seconds.get(running, 0.0) + now_s - self._since_s
        self._stage, self._since_s = following, now_s


def plain_loop(clip: Path, model: ModelName) -> int:
    """Run the yardstick over `clip`; returns the number of frames, fails when there are none."""
    import cv2
    import mediapipe as mp
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(load(model))), running_mode=vision.RunningMode.VIDEO
    )
    capture = cv2.VideoCapture(str(clip))
    frames, rate_hz = 0, capture.get(cv2.CAP_PROP_FPS) or 30.0
    with vision.PoseLandmarker.create_from_options(options) as landmarker:
        while True:
            there, bgr = capture.read()
            if not there:
                break
            picture = mp.Image(image_format=mp.ImageFormat.SRGB, data=cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
            # Frame over rate is wrong for a phone clip; it is what the plain loop does, and costs the same.
            landmarker.detect_for_video(picture, int(1000 * frames / rate_hz))
            frames += 1
    capture.release()
    if not frames:
        raise SystemExit(f"{clip}: OpenCV decodes no frame of it")
    return frames


def timed_measure(clip: Path, settings: Settings) -> dict[str, float]:
    """Measure `clip` into a folder that is thrown away; seconds by stage."""
    from dorsi import measure

    with tempfile.TemporaryDirectory() as folder:
        clock = StageClock()
        measure(clip, out=Path(folder), settings=settings, progress=clock)
        return clock.stop()


def peak_memory_mib(clip: Path, settings: Settings) -> float:
    """Peak resident memory of `measure` in a process of its own, interpreter and libraries included."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure_and_weigh, (clip, settings))


def _measure_and_weigh(clip: Path, settings: Settings) -> float:
    timed_measure(clip, settings)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def report(clip: Path, settings: Settings, rounds: int) -> list[str]:
    """Run everything and tell it as markdown."""
    from dorsi.video import probe

    info = probe(clip)
    # Memory first: a child's peak starts from its parent's, which is still small here.
    memory_mib = peak_memory_mib(clip, settings)
    frames = plain_loop(clip, settings.model)  # warms up: imports, file cache, threads
    plain_s: list[float] = []
    stages: list[dict[str, float]] = []
    for _ in range(rounds):
        began_s = perf_counter()
        plain_loop(clip, settings.model)
        plain_s.append(perf_counter() - began_s)
        stages.append(timed_measure(clip, settings))
    whole_s = [sum(each.values()) for each in stages]
    whole, plain = statistics.median(whole_s), statistics.median(plain_s)
    ratio = statistics.median(ours / theirs for ours, theirs in zip(whole_s, plain_s, strict=True))
    names = dict.fromkeys(name for each in stages for name in each)
    return [
        f"{info.width_px}×{info.height_px}, {info.duration_s:.1f} s, {frames} frames, {settings.model}, "
        f"annotated video {'on' if settings.video else 'off'}, median of {rounds} rounds:",
        "",
        "| stage | seconds |",
        "|---|---|",
        *(f"| {name} | {statistics.median(each.get(name, 0.0) for each in stages):.2f} |" for name in names),
        f"| **measure, all** | **{whole:.2f}** |",
        f"| plain loop | {plain:.2f} |",
        "",
        f"- {whole / info.duration_s:.2f} × the clip's length; {1000 * whole / frames:.0f} ms a frame",
        f"- {ratio:.2f} × the plain loop",
        f"- peak memory {memory_mib:.0f} MiB",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument("clip", type=Path, metavar="CLIP")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, in turn (default 3)")
    parser.add_argument("--model", choices=["heavy", "full"], default="heavy")
    parser.add_argument(
        "--video", action=argparse.BooleanOptionalAction, default=True, help="with annotated.mp4"
    )
    options = parser.parse_args(arguments)
    settings = Settings(model=options.model, video=options.video)
    print("\n".join(report(options.clip, settings, options.rounds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
