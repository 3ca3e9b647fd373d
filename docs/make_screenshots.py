"""Screenshots of the pages for the README: `python -m docs.make_screenshots`, half a minute, needs chromium.

The sample clips are measured, served and looked at in a real browser, narrow and wide. Not here: pictures
that code draws (`make_filming_images.py` and its like); pictures of a report (`make_images.py`).
"""

from __future__ import annotations

import shutil
import socket
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import cv2
import numpy as np
import uvicorn
from playwright.sync_api import sync_playwright

from dorsi.desk.clips import add_clip, clips_of
from dorsi.desk.crew import Crew
from dorsi.desk.desk import Desk
from dorsi.desk.place import new_id, place_at
from dorsi.desk.runners import add_runner
from dorsi.desk.who import Who
from dorsi.web.app import create_app

__all__ = ["main"]

ROOT: Final = Path(__file__).resolve().parents[1]
IMAGES: Final = ROOT / "docs" / "images"
ME: Final = Who("local", "Mia Berg")
QUALITY: Final = 82


def main() -> int:
    """Write docs/images/serve_review.jpg and serve_runner.jpg."""
    with TemporaryDirectory() as folder, Desk(place_at(Path(folder))) as desk:
        ana = add_runner(desk, ME, "Ana Lima")
        for name, role in (("left_lunge", "left"), ("right_lunge", "right")):
            upload = desk.place.uploads / new_id()
            shutil.copyfile(ROOT / "samples" / f"{name}.mp4", upload)
            add_clip(desk, ME, upload, name=f"{name}.mp4", role=role, runner_id=ana.id)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
            server = uvicorn.Server(uvicorn.Config(create_app(desk, None, Crew(desk)), log_level="critical"))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            try:
                while any(clip.state in {"waiting", "running"} for clip in clips_of(desk, ME)):
                    time.sleep(0.5)
                _look(f"http://127.0.0.1:{port}", {clip.role: clip.id for clip in clips_of(desk, ME)})
            finally:
                server.should_exit = True
                thread.join()
    return 0


def _look(address: str, clips: dict[str, str]) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        wide = browser.new_page(viewport={"width": 1280, "height": 860})
        wide.goto(f"{address}/clips/{clips['left']}")
        wide.wait_for_selector("html[data-review=ready]")
        wide.locator("#near").click()
        wide.get_by_role("slider", name="Knee").focus()
        wide.wait_for_timeout(800)
        _write("serve_review.jpg", wide.screenshot())
        narrow = browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=1.5)
        narrow.goto(f"{address}/me/clips/{clips['right']}")
        narrow.wait_for_load_state("networkidle")
        _write("serve_runner.jpg", narrow.screenshot())
        browser.close()


def _write(name: str, png: bytes) -> None:
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise RuntimeError("the browser gave no picture")
    cv2.imwrite(str(IMAGES / name), picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    print(f"docs/images/{name}")


if __name__ == "__main__":
    sys.exit(main())
