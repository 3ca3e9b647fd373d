"""A real Dask scheduler and workers on loopback, each a process of its own, for benches and tests.

Not here: what they are given to do.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

__all__ = ["dask_cluster"]

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def dask_cluster(folder: Path, workers: int = 2, *, pinned: bool = False) -> Iterator[str]:
    """The address of a scheduler with so many workers of one thread each, ended afterwards. `pinned` gives
    each worker one core of its own (Linux)."""
    from distributed import Client

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    # Workers find the functions of benches and tests as this process does.
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    quiet = ("--no-dashboard",)
    commands = [("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-jupyter", *quiet)]
    commands += [
        ("worker", address, "--nthreads", "1", "--local-directory", str(folder / f"worker-{n}"), *quiet)
        for n in range(workers)
    ]
    with ExitStack() as ended:
        for number, command in enumerate(commands):
            pin = ["taskset", "-c", str(number - 1)] if pinned and number else []
            process = ended.enter_context(
                subprocess.Popen(
                    [*pin, sys.executable, "-m", "dask", *command], cwd=ROOT, env=environment,
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )
            )  # fmt: skip
            ended.callback(process.terminate)
        with Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)
        yield address
