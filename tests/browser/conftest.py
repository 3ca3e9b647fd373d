"""A real browser before a real server: Debian's chromium, uvicorn on a free port, work done beside it.

Where there is no chromium these tests say so and are skipped; in CI they must run. Not here: tests.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from dorsi.desk.clips import Clip, add_clip, clip_of
from dorsi.desk.desk import Desk
from dorsi.desk.limits import Limits
from dorsi.desk.place import new_id, place_at
from dorsi.desk.queue import HOST, take
from dorsi.desk.runners import RunnerFile, add_runner
from dorsi.desk.who import Who
from dorsi.desk.worker import StagesOf, do
from dorsi.engine.evidence import Evidence
from dorsi.overlay.proxy import PROXY_RATE_HZ
from dorsi.types import StageListener
from dorsi.video import VideoWriter
from dorsi.web.app import create_app
from dorsi.web.config import LOOPBACK, Config
from tests.desk.jobs import stages_of as fake_stages

CHROMIUM: Final = (
    os.environ.get("DORSI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
OWNER: Final = Who("local", "Mia Berg")
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)
PHONE: Final = "phone.test"
"""A name that the browser finds at this computer, as a phone would find it in the network."""
WIDE, NARROW = (1280, 800), (390, 844)
BITS, BLOCK_PX = 12, 24


def numbered(_clip: Path, out: Path, seen: Evidence, _listen: StageListener | None) -> None:
    """A proxy whose every picture carries its number, as a row of black and white blocks."""
    track = seen.tracks[0]
    with VideoWriter(out, track.width_px, track.height_px, PROXY_RATE_HZ, all_keys=True) as writer:
        for n in range(len(seen.time_s)):
            rgb = np.full((track.height_px, track.width_px, 3), 96, np.uint8)
            for bit in range(BITS):
                rgb[:BLOCK_PX, bit * BLOCK_PX : (bit + 1) * BLOCK_PX] = 255 if n >> bit & 1 else 0
            writer.write(rgb, n / PROXY_RATE_HZ)


def stages_of(limits: Limits) -> StagesOf:
    """What a clip says it shows is concluded, with a numbered proxy."""
    return replace(fake_stages(limits), proxy=numbered)


class Beside:
    """Works the queue off in a thread, in this process."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self._stop = desk, threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stop.wait(0.05):
            job = take(self.desk, f"{HOST}:1:c123456789012345")
            if job is not None:
                do(self.desk, job, stages_of)


@dataclass
class Site:
    """A served desk, and browsers that look at it."""

    desk: Desk
    port: int
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """As this computer's own browser calls it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def from_afar(self) -> str:
        """As a phone calls it."""
        return f"http://{PHONE}:{self.port}"

    def page(self, size: tuple[int, int] = WIDE, *, dark: bool = False, afar: bool = False) -> Page:
        """A fresh browser; what it complains of is kept in `faults`."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light",
            base_url=self.from_afar if afar else self.address, has_touch=size[0] < 1000,
        )  # fmt: skip
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._console(page, said.type, said.text))
        return page

    def _console(self, page: Page, kind: str, text: str) -> None:
        # A status that a test asks for is no fault of the page.
        if kind == "error" and "status of 4" not in text and "net::ERR_" not in text:
            self.faults.append(f"{page.url}: {text}")

    def runner(self, name: str = "Ana Lima") -> RunnerFile:
        """A runner of that name."""
        return add_runner(self.desk, OWNER, name)

    def clip(self, runner: RunnerFile | None, evidence: str = "left_lunge", role: str = "clip") -> Clip:
        """A clip that shows what was recorded of a rendered one, measured."""
        upload = self.desk.place.uploads / new_id()
        upload.write_text(evidence, encoding="utf-8")
        number = None if runner is None else runner.id
        made = add_clip(self.desk, OWNER, upload, name=f"{evidence}.mov", role=role, runner_id=number)
        over = time.monotonic() + 30
        while (found := clip_of(self.desk, OWNER, made.id)).state in {"waiting", "running"}:
            assert time.monotonic() < over
            time.sleep(0.05)
        return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("there is no chromium, and in CI the tests of the pages must run")
        pytest.skip("the tests of the pages need chromium: tools/browser.sh installs it")
    rules = f"--host-resolver-rules=MAP {PHONE} 127.0.0.1"
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", rules])
        yield found
        found.close()


@pytest.fixture
def site(tmp_path: Path, browser: Browser) -> Iterator[Callable[..., Site]]:
    """Serves a desk: `site()` for one person, `site("clinic")`."""
    opened: list[tuple[Site, uvicorn.Server, threading.Thread]] = []

    def serve(mode: str = "one", background: Callable[[Desk], Beside] = Beside) -> Site:
        desk = Desk(place_at(tmp_path / f"data-{len(opened)}"), None, "clinic" if mode == "clinic" else "one")
        listening = socket.create_server(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        config = Config(frozenset({*LOOPBACK, PHONE}), phone_address=f"http://{PHONE}:{port}")
        app = create_app(desk, config, background(desk))
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="critical", access_log=False, timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        over = time.monotonic() + 30
        while not server.started:
            assert time.monotonic() < over
            time.sleep(0.02)
        found = Site(desk, port, browser)
        opened.append((found, server, thread))
        return found

    yield serve
    faults = []
    for found, server, thread in opened:
        for context in found.contexts:
            context.close()
        server.should_exit = True
        thread.join()
        found.desk.close()
        faults += found.faults
    assert faults == []
