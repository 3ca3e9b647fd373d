"""What the desk allows: sizes of uploads, what a worker may use, how long clips are kept.

Not here: what a clip may be when it is opened (`dorsi.video`).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Each a choice of who runs the desk. `keep_clips_days` None keeps clips; results are always kept.

    `worker_memory_bytes` is address space where the system can limit it; `worker_cpu_s` and `worker_wall_s`
    are for one clip.
    """

    upload_bytes: int = 500_000_000
    clip_duration_s: float = 180.0
    clip_side_px: int = 4096
    runner_bytes: int = 5_000_000_000
    waiting_per_runner: int = 20
    keep_clips_days: int | None = None
    workers: int = 1
    worker_memory_bytes: int = 8_000_000_000
    worker_cpu_s: int = 1800
    worker_wall_s: float = 1200.0
