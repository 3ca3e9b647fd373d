"""`dorsi serve`: the pages, for one person on this computer or for a clinic.

Not here: the pages (`dorsi.web`), what they rest on (`dorsi.desk`).
"""

from __future__ import annotations

import os
import socket
import threading
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from dorsi.cli.common import counted, guarded, say
from dorsi.errors import UsageError

if TYPE_CHECKING:
    from dorsi.desk.desk import Desk
    from dorsi.web.config import Config

__all__ = ["DataOption", "DeskStoreOption", "needs_web", "serve"]

PORT: Final = 8710
DataOption = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="Data folder; else the user's own.")
]
DeskStoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="FILE|URL",
        help="Store, a file or postgresql+psycopg://…; else a file in the data folder.",
    ),
]
_NOT_ROUTED: Final = ("192.0.2.1", 9)
"""An address for documentation (RFC 5737): asking how it would be reached sends nothing."""


def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = PORT,
    host: Annotated[
        str | None, typer.Option(help="Address to listen at; 127.0.0.1, with --phone every one.")
    ] = None,
    data: DataOption = None,
    store: DeskStoreOption = None,
    phone: Annotated[
        bool, typer.Option("--phone", help="Let phones in this network be paired, by a QR code.")
    ] = False,
    clinic: Annotated[bool, typer.Option("--clinic", help="Accounts, runners, invitations.")] = False,
    name: Annotated[
        list[str] | None, typer.Option(help="Name by which browsers call a clinic's server; repeat for more.")
    ] = None,
    https: Annotated[
        bool, typer.Option("--https", help="A proxy before this server speaks HTTPS to browsers.")
    ] = False,
    tls_cert: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Certificate (PEM): serve HTTPS.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", help="Its private key (PEM).")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Clips measured at a time.")] = 1,
    keep_clips: Annotated[
        int | None, typer.Option(min=1, metavar="DAYS", help="Delete clips after so many days; results stay.")
    ] = None,
    max_mb: Annotated[int, typer.Option(min=1, help="Largest clip, MB.")] = 500,
    max_seconds: Annotated[int, typer.Option(min=1, help="Longest clip, s.")] = 180,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="tcp://…", help="Dask scheduler whose workers measure, in the same data folder."
        ),
    ] = None,
    samples: Annotated[
        bool, typer.Option("--samples", help="Put the sample clips into an empty inbox.")
    ] = False,
) -> None:
    """Serve the pages: film on a phone, review, correct, sign.

    Without --clinic they are for one person on this computer: no account, nobody else gets in.

    \b
    dorsi serve
    dorsi serve --phone
    dorsi serve --clinic --name ankles.example.org --https --data /srv/dorsi
    """
    with guarded():
        if phone and clinic:
            raise UsageError("phone_in_clinic")
        if (tls_cert is None) != (tls_key is None):
            raise UsageError("tls_needs_both")
        for file in (tls_cert, tls_key):
            if file is not None and not file.is_file():
                raise UsageError("tls_file_missing", file=file)
        needs_web()
        from dorsi.desk.crew import Crew
        from dorsi.desk.desk import Desk
        from dorsi.desk.limits import Limits
        from dorsi.desk.place import place_at
        from dorsi.desk.samples import put_samples
        from dorsi.desk.who import Who
        from dorsi.executors import chosen
        from dorsi.web.config import LOOPBACK, Config

        limits = Limits(
            upload_bytes=max_mb * 1_000_000, clip_duration_s=float(max_seconds), workers=workers,
            keep_clips_days=keep_clips,
        )  # fmt: skip
        listening = _listen(host or ("0.0.0.0" if phone else "127.0.0.1"), port)  # noqa: S104  phones, when asked
        at = listening.getsockname()[1]
        tls = tls_cert is not None
        lan = f"http{'s' if tls else ''}://{_lan_address()}:{at}" if phone else None
        hosts = LOOPBACK | {_lan_address()} if phone else LOOPBACK | {host} - {None} if host else LOOPBACK
        config = Config(frozenset(name or ()) if clinic else frozenset(hosts), tls or https, lan)
        with Desk(place_at(data, store), limits, "clinic" if clinic else "one") as desk:
            if samples:
                put_samples(desk, Who("local", "this computer"))
            address = f"http{'s' if tls else ''}://127.0.0.1:{at}/"
            _tell(desk, config, address)
            if open_browser:
                _open_soon(address)
            with chosen(scheduler) as place:
                crew = Crew(desk, place.executor, local=place.local)
                _run(desk, config, crew, listening, (tls_cert, tls_key))


def needs_web() -> None:
    """Raise UsageError where the extra with the pages' libraries is not installed."""
    from importlib.util import find_spec

    missing = [
        each for each in ("fastapi", "uvicorn", "argon2", "segno", "multipart") if find_spec(each) is None
    ]
    if missing:
        raise UsageError("web_extra_missing", missing=missing)


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens, or one line on why not."""
    try:
        found = socket.create_server((host, port), reuse_port=False, backlog=256)
        # Handed on to each connection; without it an answer in two writes waits 40 ms for the other side.
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return found
    except OSError as error:
        raise UsageError("port_not_free", host=host, port=port, why=error.strerror) from error


def _lan_address() -> str:
    """Address of this computer in its local network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked, suppress(OSError):
        asked.connect(_NOT_ROUTED)
        return str(asked.getsockname()[0])
    return socket.gethostbyname(socket.gethostname())


def _tell(desk: Desk, config: Config, address: str) -> None:
    say(f"Dorsi is at {address}  (Ctrl-C ends it)")
    say(f"Data: {desk.place.root}")
    if desk.place.store != desk.place.root / "dorsi.sqlite3":
        say(f"Store: {desk.place.store}")
    if desk.mode == "clinic":
        from dorsi.desk.accounts import accounts
        from dorsi.desk.who import Who

        known = [each for each in accounts(desk, Who("local")) if each.disabled_at is None]
        if not known:
            say('No account yet. Add one: dorsi account add "Your Name" --role owner')
        else:
            say(f"{counted(len(known), 'account')}.")
    if config.phone_address is not None:
        _show_pairing(desk, config.phone_address)


def _show_pairing(desk: Desk, address: str) -> None:
    """A pairing link as a QR code in the terminal."""
    import segno

    from dorsi.desk.links import PAIRING_MINUTES, pair
    from dorsi.desk.who import Who

    link = f"{address}/i/{pair(desk, Who('local', 'this computer'))}"
    say(f"Pair a phone in this network within {PAIRING_MINUTES} minutes, once; a new code is under Settings:")
    segno.make(link, error="m").terminal(compact=True)
    say(link)


def _open_soon(address: str) -> None:
    """Open the browser a moment later, when the pages answer."""
    if os.environ.get("CI") or (os.name == "posix" and not _has_screen()):
        return
    timer = threading.Timer(0.8, webbrowser.open, [address])
    timer.daemon = True
    timer.start()


def _has_screen() -> bool:
    import sys

    return sys.platform == "darwin" or any(os.environ.get(each) for each in ("DISPLAY", "WAYLAND_DISPLAY"))


def _run(
    desk: Desk, config: Config, crew: object, listening: socket.socket, tls: tuple[Path | None, Path | None]
) -> None:  # fmt: skip
    import uvicorn

    from dorsi.web.app import create_app

    app = create_app(desk, config, crew)  # type: ignore[arg-type]
    cert, key = tls
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="critical",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=3,
            # A proxy on this machine tells whom it asks for; in one-person mode there is none to be believed.
            proxy_headers=desk.mode == "clinic",
            ssl_certfile=cert,
            ssl_keyfile=key,
        )
    )
    server.run(sockets=[listening])
