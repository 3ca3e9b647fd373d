"""`dorsi serve`, `account`, `backup`, `restore` as a user meets them: a program of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from tests.postgres import PASSWORD as SERVER_PASSWORD
from tests.postgres import Server

PASSWORD = "correct horse battery"  # noqa: S105  of nobody


def dorsi(*arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dorsi", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", input=said, timeout=60, check=False
    )


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """A server on a free port, and what it said first; ended by Ctrl-C."""
    command = [sys.executable, "-m", "dorsi", "serve", "--port", "0", "--no-open", *arguments]
    complaints = folder / "stderr"
    with complaints.open("w", encoding="utf-8") as stderr:
        server = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=stderr, text=True, encoding="utf-8",
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    assert server.stdout is not None
    said = [server.stdout.readline()]
    address = said[0].split()[3].rstrip("/") if said[0] else ""
    try:
        assert address.startswith("http"), complaints.read_text(encoding="utf-8")
        _until_it_answers(address)
        yield server, address, said
    finally:
        server.send_signal(signal.SIGINT)
        said += server.stdout.read().splitlines()
        server.stdout.close()
        try:
            server.wait(timeout=30)
        finally:
            server.kill()
    assert "Traceback" not in complaints.read_text(encoding="utf-8")


def _until_it_answers(address: str) -> None:
    over = time.monotonic() + 30
    while time.monotonic() < over:
        try:
            if httpx2.get(f"{address}/healthz").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError("it does not answer")


def test_one_person_on_this_computer(tmp_path: Path) -> None:
    with serving(tmp_path, "--data", str(tmp_path / "data")) as (server, address, said):
        assert httpx2.get(f"{address}/inbox").status_code == 200
        assert httpx2.get(f"{address}/inbox", headers={"Host": "evil.example"}).status_code == 421
    assert server.returncode in {0, 130, -signal.SIGINT}
    assert any(str(tmp_path / "data") in line for line in said)


def test_phones_are_let_in_by_a_code_in_the_terminal(tmp_path: Path) -> None:
    with serving(tmp_path, "--phone", "--data", str(tmp_path / "data")) as (_, address, said):
        assert httpx2.get(f"{address}/settings/phone").text.count("Show a code") == 1
    assert any("Pair a phone" in line for line in said)
    (link,) = (line for line in said if "/i/" in line)
    assert link.startswith("http://") and len(link.rsplit("/", 1)[1]) == 43


def test_a_clinic_asks_to_log_in(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    with serving(tmp_path, "--clinic", "--data", data) as (_, address, said):
        assert httpx2.get(f"{address}/inbox", headers={"Accept": "text/html"}).headers["location"] == "/login"
    assert any("dorsi account add" in line for line in said)
    added = dorsi(
        "account", "add", "Mia Berg", "--role", "owner", "--password-stdin", "--data", data, said=PASSWORD
    )
    assert (added.returncode, added.stdout) == (0, "Added: Mia Berg, owner.\n")
    with serving(tmp_path, "--clinic", "--data", data) as (_, address, _):
        form = {"name": "Mia Berg", "password": PASSWORD}
        answer = httpx2.post(f"{address}/login", data=form, headers={"Origin": address})
        assert answer.status_code == 303 and "dorsi_session" in answer.cookies


def test_accounts(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    for name, role in (("Mia Berg", "owner"), ("Ole Lund", "therapist")):
        dorsi("account", "add", name, "--role", role, "--password-stdin", *data, said=PASSWORD)
    listed = dorsi("account", "list", *data).stdout.splitlines()
    assert [line.split(",")[0] for line in listed] == ["Mia Berg: owner", "Ole Lund: therapist"]
    assert (
        dorsi("account", "reset", "ole lund", "--password-stdin", *data, said="another good one").returncode
        == 0
    )
    assert dorsi("account", "remove", "Ole Lund", *data).stdout == "Ended: Ole Lund.\n"
    assert "ended" in dorsi("account", "list", *data).stdout
    for arguments, why in (
        (("add", "Mia Berg", "--password-stdin"), "There is an account"),
        (("add", "Eva", "--password-stdin"), "at least 12 letters"),
        (("remove", "Nobody"), "There is no account"),
        (("remove", "Mia Berg"), "the last owner"),
        (("add", "Eva"), "--password-stdin"),
    ):
        run = dorsi("account", *arguments, *data, said=PASSWORD if "Mia" in arguments[1] else "short")
        assert why in run.stderr and run.returncode in {2, 4}, run
        assert "Traceback" not in run.stderr and len(run.stderr.splitlines()) == 1


def test_saved_and_brought_back(tmp_path: Path) -> None:
    data, file = str(tmp_path / "data"), str(tmp_path / "b.tar")
    dorsi("account", "add", "Mia Berg", "--role", "owner", "--password-stdin", "--data", data, said=PASSWORD)
    saved = dorsi("backup", file, "--data", data)
    assert saved.returncode == 0 and "keep it safe" in saved.stdout
    assert dorsi("restore", file, "--data", str(tmp_path / "new")).returncode == 0
    assert "Mia Berg" in dorsi("account", "list", "--data", str(tmp_path / "new")).stdout
    assert dorsi("backup", file, "--data", data).returncode == 4
    assert dorsi("restore", file, "--data", data).returncode == 4


def test_what_stands_in_the_way_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for arguments, why in (
            (("--port", port), "--port"),
            (("--phone", "--clinic"), "--phone"),
            (("--tls-cert", str(tmp_path / "file")), "--tls-key"),
            (("--tls-cert", str(tmp_path / "none"), "--tls-key", str(tmp_path / "file")), "no such file"),
            (("--port", "0", "--data", str(tmp_path / "file")), "--data"),
        ):
            run = dorsi("serve", "--no-open", *arguments)
            assert why in run.stderr and run.returncode in {2, 4}, run
            assert "Traceback" not in run.stderr and len(run.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["serve", "account", "backup", "restore"])
def test_help_tells_how(command: str) -> None:
    run = dorsi(command, "--help")
    assert run.returncode == 0 and f"dorsi {command}" in run.stdout


def test_two_servers_share_a_store_on_a_database_server(server: Server, tmp_path: Path) -> None:
    url = server.network_url(server.new_database())
    place = ("--data", str(tmp_path / "data"), "--store", url)
    with serving(tmp_path, *place, "--clinic") as (_, one, said):
        added = dorsi(
            "account", "add", "Mia Berg", "--role", "owner", "--password-stdin", *place, said=PASSWORD
        )
        assert added.returncode == 0, added
        with serving(tmp_path, *place, "--clinic") as (_, two, _):
            form = {"name": "Mia Berg", "password": PASSWORD}
            let_in = httpx2.post(f"{one}/login", data=form, headers={"Origin": one}).cookies
            # Who logged in at one of them is known to the other.
            assert httpx2.get(f"{two}/inbox", cookies=let_in).status_code == 200
    assert f"Store: {url.replace(quote(SERVER_PASSWORD, safe=''), '***')}" in said
    assert not (tmp_path / "data" / "dorsi.sqlite3").exists()
    saved = dorsi("backup", str(tmp_path / "b.tar"), *place)
    assert saved.returncode == 2 and len(saved.stderr.splitlines()) == 1
    assert "Save it with pg_dump" in saved.stderr and SERVER_PASSWORD not in saved.stderr
    assert not (tmp_path / "b.tar").exists()
