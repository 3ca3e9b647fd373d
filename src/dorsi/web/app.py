"""`create_app`: the routes put together, guarded, with errors in words.

Not here: what a route does (`routes`), how the server is started (`cli/serve.py`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Protocol, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from dorsi import __version__
from dorsi.desk.accounts import Throttle
from dorsi.desk.desk import Desk
from dorsi.errors import CorrectionError, DeskError, DorsiError, RunnerUnknown, StoreError
from dorsi.web.config import Config
from dorsi.web.render import address_of, page, static_file
from dorsi.web.routes import ROUTERS
from dorsi.web.security import Guard, who_asks

__all__ = ["Background", "create_app"]

_STATUS = {
    "not_there": HTTPStatus.NOT_FOUND,
    "log_in_first": HTTPStatus.UNAUTHORIZED,
    "changed_meanwhile": HTTPStatus.CONFLICT,
    "too_many_tries": HTTPStatus.TOO_MANY_REQUESTS,
    "upload_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}


class Background(Protocol):
    """What runs beside the pages, as long as the server does: the crew that works the jobs off."""

    def start(self) -> None:
        """Begin; returns at once."""

    def stop(self) -> None:
        """End, and leave what is not done for the next start."""


def create_app(desk: Desk, config: Config | None = None, background: Background | None = None) -> FastAPI:
    """The application over `desk`. Without `background` jobs stay in the queue, for whoever works them."""

    @asynccontextmanager
    async def alive(_app: FastAPI) -> AsyncIterator[None]:
        if background is not None:
            background.start()
        yield
        if background is not None:
            background.stop()

    app = FastAPI(
        title="Dorsi", version=__version__, lifespan=alive, openapi_url="/api/openapi.json", docs_url=None,
        redoc_url=None,
    )  # fmt: skip
    app.state.desk, app.state.config, app.state.throttle = desk, config or Config(), Throttle()
    for router in ROUTERS:
        app.include_router(router)
    app.add_api_route("/static/{name:path}", _static, include_in_schema=False)
    app.add_exception_handler(DorsiError, _on_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(Exception, _on_fault)
    app.add_middleware(Guard, config=app.state.config)
    return app


def _static(name: str, v: str = "") -> FileResponse:
    try:
        file, marked = static_file(name), address_of(name).endswith(f"?v={v}")
    except (FileNotFoundError, ValueError) as error:
        raise HTTPException(HTTPStatus.NOT_FOUND) from error
    # Modules load each other without a mark: these are asked for anew, and mostly answered "not modified".
    kept = "public, max-age=31536000, immutable" if marked else "no-cache"
    return FileResponse(file, headers={"Cache-Control": kept})


def _on_error(request: Request, error: Exception) -> Response:
    code = error.code if isinstance(error, DorsiError) else ""
    status = HTTPStatus.BAD_REQUEST
    if isinstance(error, DeskError):
        status = _STATUS.get(code, status)
    elif isinstance(error, RunnerUnknown):
        status = HTTPStatus.NOT_FOUND
    elif isinstance(error, StoreError):
        status = HTTPStatus.SERVICE_UNAVAILABLE
    elif isinstance(error, CorrectionError):
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return _answer(request, status, str(error), code)


def _on_http_error(request: Request, error: Exception) -> Response:
    found = cast("HTTPException", error)
    known = {404: str(DeskError("not_there")), 405: "This address takes no such request."}
    return _answer(request, HTTPStatus(found.status_code), known.get(found.status_code, str(found.detail)))


def _on_invalid(request: Request, error: Exception) -> Response:
    first = cast("RequestValidationError", error).errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, f"{where}: {first['msg']}", "request_invalid")


def _on_fault(request: Request, _error: Exception) -> Response:
    return _answer(
        request, HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong in Dorsi. Try again.", "fault"
    )


def wants_json(request: Request) -> bool:
    """Whether whoever asks is a script of ours or a program, not a person's browser."""
    return request.url.path.startswith(("/api/", "/uploads")) or "text/html" not in request.headers.get(
        "accept", ""
    )


def _answer(request: Request, status: HTTPStatus, sentence: str, code: str = "") -> Response:
    if wants_json(request):
        return JSONResponse({"error": code or status.phrase, "message": sentence}, status)
    if (
        status == HTTPStatus.UNAUTHORIZED
        and request.method == "GET"
        and request.app.state.desk.mode == "clinic"
    ):
        return RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    try:
        who = who_asks(request, request.app.state.desk)
        return page(request, "error.html.j2", who=who, status_code=status, sentence=sentence, status=status)
    except DorsiError:
        return Response(sentence, status, media_type="text/plain")
