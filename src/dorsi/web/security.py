"""Who a request is from, and what every answer is guarded by: host, origin, headers, cookies.

    host      a name that is not ours is refused: no other site can pose as this computer (DNS rebinding)
    origin    whatever changes something must come from our own pages: the browser says so itself
              (Sec-Fetch-Site, else Origin); a call with a token of its own needs neither
    headers   no inline script or style, nothing from elsewhere, no frame, no sniffing

Not here: rights (`desk/who.py`), passwords, links (`desk`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Annotated, Any, Final, cast
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from starlette.datastructures import FormData, Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from dorsi.desk.desk import Desk
from dorsi.desk.sessions import SESSION_DAYS, who_has, who_has_token
from dorsi.desk.who import NOBODY, Who
from dorsi.web.config import LOOPBACK, Config

__all__ = ["COOKIE", "Asking", "Guard", "TheDesk", "TheForm", "forget_cookie", "give_cookie", "who_asks"]

COOKIE: Final = "dorsi_session"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
FILE_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; sandbox"
)
"""For a result's own page, which carries its style inside and has no script."""
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Guard:
    """ASGI middleware: refuses foreign hosts and origins, and puts the headers on every answer."""

    def __init__(self, app: App, config: Config) -> None:
        self.app, self.config = app, config

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                # What a person may see is nobody else's, and no shared cache's.
                headers.setdefault("Cache-Control", "no-store")
                if self.config.tls:
                    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        headers = Headers(scope=scope)
        if not self._host_is_ours(headers):
            await PlainTextResponse("This server is not known by that name.\n", 421)(scope, receive, guarded)
        elif scope["method"] not in SAFE and not _from_our_pages(headers):
            await PlainTextResponse("This came from another site, and was not done.\n", 403)(
                scope, receive, guarded
            )
        else:
            await self.app(scope, receive, guarded)

    def _host_is_ours(self, headers: Headers) -> bool:
        return not self.config.hosts or _host(headers) in self.config.hosts


def _host(headers: Headers) -> str:
    """The host that was asked for, without its port."""
    return urlsplit(f"//{headers.get('host', '')}").hostname or ""


def _from_our_pages(headers: Headers) -> bool:
    if headers.get("authorization", "").lower().startswith("bearer "):
        # A token is no cookie: no page of another site can make a browser send it.
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == headers.get("host")


def the_desk(request: Request) -> Desk:
    """The desk that this server is of."""
    return cast("Desk", request.app.state.desk)


TheDesk = Annotated[Desk, Depends(the_desk)]


async def _form_of(request: Request) -> FormData:
    return await request.form(max_files=0, max_fields=400, max_part_size=1 << 20)


TheForm = Annotated[FormData, Depends(_form_of)]
"""The fields of a posted form, for a route that knows them only then; no file is taken."""


def who_asks(request: Request, desk: TheDesk) -> Who:
    """Who a request is from. Somebody at this computer, in one-person mode, needs no session."""
    authorization = request.headers.get("authorization", "")
    if authorization.lower().startswith("bearer "):
        return who_has_token(desk, authorization[7:].strip()) if desk.mode == "clinic" else NOBODY
    if desk.mode == "one" and _at_this_computer(request):
        return Who("local", "this computer")
    secret = request.cookies.get(COOKIE)
    return who_has(desk, secret) if secret else NOBODY


Asking = Annotated[Who, Depends(who_asks)]


def _at_this_computer(request: Request) -> bool:
    """Whether both ends are on this computer: a request that a proxy passes on came from elsewhere."""
    came_from = request.client.host if request.client else ""
    passed_on = any(name in request.headers for name in ("x-forwarded-for", "forwarded"))
    return came_from in LOOPBACK and _host(request.headers) in LOOPBACK and not passed_on


def give_cookie(request: Request, response: Response, secret: str) -> None:
    """Hand out a new session; the cookie is no script's, no other site's, and under TLS never sent bare."""
    config = cast("Config", request.app.state.config)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=SESSION_DAYS * 86400,
        httponly=True,
        samesite="lax",
        secure=config.tls,
        path="/",
    )


def forget_cookie(response: Response) -> None:
    """Take the session's cookie back."""
    response.delete_cookie(COOKIE, path="/")
