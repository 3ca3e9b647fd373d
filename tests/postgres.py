"""A PostgreSQL server of the tests' own: Debian's, run by an unprivileged user, in a folder of its own.

Not here: the fixtures (`conftest.py`), tests.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg

__all__ = ["PASSWORD", "ROLE", "Server", "binaries", "name_of", "running"]

ROLE, PASSWORD = "dorsi", "ge@heim/1"
"""A role like a clinic's: it owns its databases and is no superuser."""
_ADMIN = "postgres"
_START_S = 60.0
# From this computer's sockets anybody, by its network only with a password.
_ACCESS = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "lc_messages": "C"}


def binaries() -> Path | None:
    """Where the newest server of this computer lies, None where there is none."""
    found = [each.parent for each in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda each: float(each.parent.name))
    elsewhere = shutil.which("initdb")
    return None if elsewhere is None else Path(elsewhere).resolve().parent


@dataclass
class Server:
    """A server that runs: on a socket in `folder`, and on `port` of this computer."""

    folder: Path
    port: int
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str, *, query: str = "") -> str:
        """A database by the socket."""
        return f"postgresql+psycopg://{ROLE}@/{database}?host={self.folder}&port={self.port}{query}"

    def network_url(self, database: str, *, role: str = ROLE, password: str = PASSWORD) -> str:
        """A database by the network, where a password is asked for."""
        return f"postgresql+psycopg://{role}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def new_database(self, more: str = "") -> str:
        """The name of a fresh database."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} OWNER {ROLE} {more}")
        return name

    def run(self, statement: str, database: str = "postgres") -> None:
        """Do something as the server's superuser."""
        with self.connected(database) as connection:
            connection.execute(statement.encode())

    def rows(self, query: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """What the server's superuser is told."""
        with self.connected(database) as connection:
            return connection.execute(query.encode()).fetchall()

    def tables(self, url: str) -> list[str]:
        """Names of the tables in a database."""
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        return [name for (name,) in self.rows(query, name_of(url))]

    @property
    def version(self) -> int:
        """Its main version."""
        return int(self.rows("SHOW server_version_num")[0][0]) // 10_000

    def connected(self, database: str) -> psycopg.Connection:
        """A connection as the server's superuser, each statement a transaction of its own."""
        return psycopg.connect(
            host=str(self.folder), port=self.port, user=_ADMIN, dbname=database, autocommit=True
        )


def name_of(url: str) -> str:
    """The name of a URL's database."""
    return urlsplit(url).path.removeprefix("/")


@contextmanager
def running() -> Iterator[Server]:
    """A new server, while the block lasts; it also dies with the process that started it."""
    programs = binaries()
    assert programs is not None
    # The path of a socket must be short.
    folder = Path(tempfile.mkdtemp(prefix="dorsi-pg-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        data = folder / "data"
        _run(programs / "initdb", "-D", data, "-U", _ADMIN, "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        _write(data / "pg_hba.conf", _ACCESS)
        server = Server(folder, _free_port())
        settings = _SETTINGS | {
            "port": f"{server.port}", "listen_addresses": "127.0.0.1", "unix_socket_directories": f"{folder}",
        }  # fmt: skip
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = (folder / "log").open("wb")
        with (
            log,
            subprocess.Popen(
                [*_as_nobody_special(), programs / "postgres", "-D", data, *options], stdout=log, stderr=log
            ) as process,
        ):
            try:
                _wait_for(server, process)
                server.run(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'")
                yield server
            finally:
                # Quits at once, its children too.
                process.send_signal(3)
                process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_nobody_special() -> list[str]:
    """What runs a program as a user that a server accepts, and ends it when this process ends."""
    if not sys.platform.startswith("linux") or shutil.which("setpriv") is None:
        return []
    user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *user, "--pdeathsig", "QUIT"]


def _run(*command: str | Path) -> None:
    # Elsewhere than here, which the user may not see.
    subprocess.run([*_as_nobody_special(), *command], check=True, capture_output=True, cwd="/")


def _write(file: Path, text: str) -> None:
    """Into a file that is there already, so that it keeps its owner."""
    with file.open("w", encoding="utf-8") as stream:
        stream.write(text)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    over = time.monotonic() + _START_S
    while True:
        try:
            server.connected("postgres").close()
        except psycopg.OperationalError:
            told = (server.folder / "log").read_text(encoding="utf-8", errors="replace")
            assert process.poll() is None and time.monotonic() < over, told
            time.sleep(0.05)
        else:
            return
