"""MediaPipe's usage reports stay on the machine, and the environment comes back as it was."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Thread

import pytest

from dorsi.engine.observe.pose.mediapipe_backend import MetricsOff

BEFORE = {"https_proxy": "http://clinic:3128", "no_proxy": "*", "LANG": "C"}


def is_off(environment: dict[str, str]) -> bool:
    proxies = {environment[name] for name in ("https_proxy", "HTTPS_PROXY")}
    return proxies == {"http://127.0.0.1:9"} and not environment["no_proxy"] and not environment["NO_PROXY"]


def test_what_was_set_comes_back_and_what_was_not_goes() -> None:
    environment = dict(BEFORE)
    with MetricsOff(environment):
        assert is_off(environment)
        assert environment["LANG"] == "C"
    assert environment == BEFORE


def test_comes_back_after_an_error_and_works_again() -> None:
    environment = dict(BEFORE)
    switch = MetricsOff(environment)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt), switch:
            raise KeyboardInterrupt
        assert environment == BEFORE
        with switch:
            assert is_off(environment)


def test_overlapping_measurements_keep_it_off_until_the_last_has_ended() -> None:
    environment = dict(BEFORE)
    switch = MetricsOff(environment)
    both_in, first_out, looked = Barrier(2, timeout=60), Event(), Event()

    def first() -> None:
        with switch:
            both_in.wait()
        first_out.set()

    def second() -> None:
        with switch:
            both_in.wait()
            assert first_out.wait(timeout=60)
            assert is_off(environment)
        looked.set()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(first), pool.submit(second)]:
            done.result()
    assert looked.is_set()
    assert environment == BEFORE


def test_many_threads_never_meet_it_on() -> None:
    environment: dict[str, str] = {}
    switch, together = MetricsOff(environment), Barrier(8, timeout=60)

    def work(_: int) -> bool:
        together.wait()
        found = []
        for _ in range(200):
            with switch:
                found.append(is_off(environment))
        return all(found)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))
    assert environment == {}


LOOK = """
import contextlib, sys
import numpy as np
from dorsi.engine.observe.pose.mediapipe_backend import MediaPipeEstimator, metrics_off
from dorsi.types import Frame
with metrics_off if sys.argv[1] == "off" else contextlib.nullcontext():
    with MediaPipeEstimator("full") as estimator:
        estimator.estimate(Frame(0, 0.0, np.zeros((64, 64, 3), np.uint8)))
"""


def ask_for(server: socket.socket, how: str) -> list[bytes]:
    """What a process that looks at a picture asks of the proxy that `server` plays."""
    asked: list[bytes] = []

    def serve() -> None:
        while not asked or asked[-1] != b"the end":
            client, _ = server.accept()
            with client:
                asked.append(client.recv(100))

    thread = Thread(target=serve)
    thread.start()
    address = server.getsockname()
    names = ("https_proxy", "HTTPS_PROXY")
    environment = os.environ | dict.fromkeys(names, f"http://127.0.0.1:{address[1]}") | {"no_proxy": ""}
    try:
        subprocess.run([sys.executable, "-c", LOOK, how], check=True, env=environment, capture_output=True)
    finally:
        with socket.create_connection(address) as mark:
            mark.sendall(b"the end")
        thread.join()
    return asked[:-1]


@pytest.mark.slow
def test_a_network_that_is_closed_reports_to_nobody() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        # The proof that a report would be heard.
        heard = ask_for(server, "on")
        assert heard
        assert all(b"googleapis.com" in line for line in heard)
        assert ask_for(server, "off") == []
