"""The pages under load: `python -m bench.load` sends clips at once while others watch theirs being measured.

A server with its crew runs on this machine; another process sends COUNT clips of 20 MB at once, resumably and
in parts, as the pages do; 20 watchers follow the progress of clips; and every page is asked for in turn. The
tables tell how long pages took meanwhile, and what became of the clips: each must have arrived to the byte,
and have exactly one result. `--quick` measures no clip, but reads recorded evidence. Not here: kills
(`kill.py`), rights.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import multiprocessing
import statistics
import struct
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

import httpx2

from bench.kill import ME, ROOT, faults, served
from dorsi.desk.clips import add_clip, clips_of
from dorsi.desk.desk import Desk
from dorsi.desk.place import new_id, place_at
from dorsi.desk.queue import waiting
from dorsi.desk.runners import add_runner
from dorsi.digest import sha256_of

SAMPLE: Final = ROOT / "samples" / "lunge.mp4"
PART_BYTES: Final = 4 << 20
"""Of one request, as the pages send it."""
PIECE_BYTES: Final = 1 << 17
RUNNERS: Final = 5
PAUSE_S: Final = 0.02
AT_REST_S: Final = 3.0
BAR_MS: Final = 300.0
LONGEST_S: Final = 3600.0


def clip_bytes(number: int, size_bytes: int) -> bytes:
    """The sample clip, made larger by an atom that players skip; no two alike."""
    clip = SAMPLE.read_bytes()
    mark = struct.pack(">Q", number)
    free = max(size_bytes - len(clip), 8 + len(mark))
    return clip + struct.pack(">I4s", free, b"free") + mark + bytes(free - 8 - len(mark))


def send_all(origin: str, count: int, size_bytes: int) -> list[tuple[str, str, float]]:
    """Send `count` clips at once; of each its name, the id it was given, and the seconds it took."""
    return asyncio.run(_send_all(origin, count, size_bytes))


async def _send_all(origin: str, count: int, size_bytes: int) -> list[tuple[str, str, float]]:
    limits = httpx2.Limits(max_connections=count)
    async with httpx2.AsyncClient(
        base_url=origin, headers={"Origin": origin, "Tus-Resumable": "1.0.0"}, timeout=600, limits=limits
    ) as client:
        clips = [clip_bytes(number, size_bytes) for number in range(count)]
        return await asyncio.gather(*(_send(client, number, clip) for number, clip in enumerate(clips)))


async def _send(client: httpx2.AsyncClient, number: int, clip: bytes) -> tuple[str, str, float]:
    began, name = time.perf_counter(), f"sent{number}.mp4"
    told = {"filename": name, "role": "clip", "runner": str(number % RUNNERS + 1)}
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
    headers = {"Upload-Length": str(len(clip)), "Upload-Metadata": metadata}
    place = (await client.post("/uploads", headers=headers)).raise_for_status().headers["Location"]
    offset, clip_id = 0, ""
    while offset < len(clip):
        part = memoryview(clip)[offset : offset + PART_BYTES]
        headers = {
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(len(part)),
        }
        answer = (await client.patch(place, headers=headers, content=_pieces(part))).raise_for_status()
        offset, clip_id = int(answer.headers["Upload-Offset"]), answer.headers.get("Dorsi-Clip", "")
    return name, clip_id, time.perf_counter() - began


async def _pieces(part: memoryview) -> AsyncIterator[bytes]:
    for at in range(0, len(part), PIECE_BYTES):
        yield bytes(part[at : at + PIECE_BYTES])


@dataclass(slots=True)
class Seen:
    """What the watchers were told, and how long each page took, ms, by phase and address."""

    events: int = 0
    taken_ms: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    phase: str = "before"
    wrong: list[str] = field(default_factory=list)


async def watch(client: httpx2.AsyncClient, clips: asyncio.Queue[str], seen: Seen) -> None:
    """Follow one clip after the other until it is done."""
    while True:
        clip_id = await clips.get()
        async with client.stream("GET", f"/clips/{clip_id}/events") as answer:
            async for line in answer.aiter_lines():
                seen.events += line.startswith("data:")
                if line.startswith("data:") and json.loads(line[5:])["state"] == "failed":
                    seen.wrong.append(f"watched {clip_id}: {line}")


async def ask(client: httpx2.AsyncClient, pages: Sequence[tuple[str, str]], seen: Seen) -> None:
    """Ask for one page after the other, as a browser does."""
    while True:
        for name, page in pages:
            began = time.perf_counter()
            answer = await client.get(page, headers={"Accept": "text/html"})
            taken_ms = 1000 * (time.perf_counter() - began)
            seen.taken_ms.setdefault((seen.phase, name), []).append(taken_ms)
            if answer.status_code != httpx2.codes.OK:
                seen.wrong.append(f"{page}: {answer.status_code}")
            await asyncio.sleep(PAUSE_S)


async def load(desk: Desk, port: int, count: int, watchers: int, size_bytes: int) -> tuple[Seen, list[str]]:
    """Put the load on a server; what was seen meanwhile, and lines that tell of the uploads."""
    origin, seen = f"http://127.0.0.1:{port}", Seen()
    early = [clip.id for clip in clips_of(desk, ME)]
    pages = [
        ("/inbox", "/inbox"), ("/runners/ID", "/runners/1"), ("/me", "/me?runner=1"), ("/guide", "/guide"),
        ("/clips/ID/state", f"/clips/{early[0]}/state"), ("/healthz", "/healthz"),
    ]  # fmt: skip
    limits = httpx2.Limits(max_connections=200)
    async with httpx2.AsyncClient(base_url=origin, timeout=120, limits=limits) as client:
        watched: asyncio.Queue[str] = asyncio.Queue()
        for clip_id in early:
            watched.put_nowait(clip_id)
        tasks = [asyncio.create_task(watch(client, watched, seen)) for _ in range(watchers)]
        tasks.append(asyncio.create_task(ask(client, pages, seen)))
        await asyncio.sleep(AT_REST_S)
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as sender:
            sender.submit(time.time).result()  # it has started: only the sending counts
            seen.phase, began = "uploading", time.perf_counter()
            loop = asyncio.get_running_loop()
            sent = await loop.run_in_executor(sender, send_all, origin, count, size_bytes)
            took_s = time.perf_counter() - began
        seen.phase = "measuring"
        for _, clip_id, _ in sent:
            watched.put_nowait(clip_id)
        over = time.monotonic() + LONGEST_S
        while waiting(desk) and time.monotonic() < over:
            await asyncio.sleep(1)
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    seen.wrong += [f"{name}: sent, and no clip" for name, clip_id, _ in sent if not clip_id]
    ids = {clip_id: name for name, clip_id, _ in sent if clip_id}
    seen.wrong += whats_wrong(desk, ids, len(early), size_bytes)
    total_mb = count * size_bytes / 1e6
    slowest = max(each_s for *_, each_s in sent)
    return seen, [
        f"- {count} uploads of {size_bytes / 1e6:g} MB at once: {took_s:.1f} s, {total_mb / took_s:.0f} MB/s",
        f"- the slowest of them: {slowest:.1f} s",
        f"- {watchers} watchers were told {seen.events} times how far their clips are",
    ]


def whats_wrong(desk: Desk, sent: dict[str, str], early: int, size_bytes: int) -> list[str]:
    """What is wrong with the clips as they lie on the server."""
    wrong, clips = [], clips_of(desk, ME)
    if len(clips) != len(sent) + early:
        wrong.append(f"{len(clips)} clips, {len(sent) + early} expected")
    for clip_id, name in sent.items():
        number = int(name.removeprefix("sent").removesuffix(".mp4"))
        if not desk.place.clip_file(clip_id).is_file():
            wrong.append(f"{name}: is not there")
        elif sha256_of(desk.place.clip_file(clip_id)) != sha256(clip_bytes(number, size_bytes)).hexdigest():
            wrong.append(f"{name}: arrived otherwise than it was sent")
    return wrong + faults(desk)


def table(seen: Seen) -> list[str]:
    """How long each page took, by phase."""
    rows = [
        "| meanwhile | page | asked | median | 95 % | worst | within 300 ms |",
        "|---|---|---|---|---|---|---|",
    ]
    for (phase, page), taken in seen.taken_ms.items():
        worst = sorted(taken)
        high = worst[min(len(worst) - 1, round(0.95 * len(worst)))]
        within = 100 * sum(each <= BAR_MS for each in taken) / len(taken)
        rows.append(
            f"| {phase} | {page} | {len(taken)} | {statistics.median(taken):.0f} ms | {high:.0f} ms | "
            f"{worst[-1]:.0f} ms | {within:.1f} % |"
        )
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Put the load on, print what came of it; 1 when a clip was lost, doubled or changed."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--uploads", type=int, default=50, help="clips sent at once (50)")
    parser.add_argument("--watchers", type=int, default=20, help="event streams held open (20)")
    parser.add_argument("--mb", type=float, default=20.0, help="size of each clip, MB (20)")
    parser.add_argument("--workers", type=int, default=1, help="clips measured at a time (1)")
    parser.add_argument("--quick", action="store_true", help="recorded evidence in place of measuring")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, Desk(place_at(Path(folder))) as desk:
        runners = [add_runner(desk, ME, f"Runner {number}").id for number in range(1, RUNNERS + 1)]
        for number in range(options.watchers):
            upload = desk.place.uploads / new_id()
            upload.write_bytes(clip_bytes(10_000 + number, 0))
            runner = runners[number % RUNNERS]
            add_clip(desk, ME, upload, name=f"early{number}.mp4", runner_id=runner)
        with served(Path(folder), options.workers, quick=options.quick) as (_, port):
            size = int(options.mb * 1e6)
            seen, lines = asyncio.run(load(desk, port, options.uploads, options.watchers, size))
    print("\n".join([*table(seen), "", *lines]))
    print(f"- wrong: {'; '.join(seen.wrong) or 'nothing lost, nothing doubled'}")
    return int(bool(seen.wrong))


if __name__ == "__main__":
    sys.exit(main())
