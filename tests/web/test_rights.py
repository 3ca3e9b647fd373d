"""Every route, asked by everybody: who gets in, and the same answer for "not yours" and "not there"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.routing import Route

from dorsi.desk.answers import clear, save_answers
from dorsi.desk.links import invite, links_of
from dorsi.desk.screens import put_together, sign
from dorsi.profile import Profile, Safety
from dorsi.web.config import Config
from dorsi.web.routes import ROUTERS
from tests.web.conftest import OWNER, Served

EVERYBODY = {"nobody", "other", "phone", "runner", "therapist", "owner"}
KNOWN = EVERYBODY - {"nobody"}
MINE = {"runner", "therapist", "owner"}
ALL_MINE = MINE | {"other"}
"""Pages about whoever asks: another runner gets their own."""
CARE = {"therapist", "owner"}
OWN = {"owner"}
ROUTES: dict[str, set[str]] = {
    # open to everybody
    "GET /": EVERYBODY,
    "GET /guide": EVERYBODY,
    "GET /healthz": EVERYBODY,
    "GET /static/{name}": EVERYBODY,
    "GET /login": EVERYBODY,
    "POST /login": EVERYBODY,
    "POST /logout": EVERYBODY,
    "GET /i/{secret}": EVERYBODY,
    "POST /i/{secret}": EVERYBODY,
    "OPTIONS /uploads": EVERYBODY,
    "GET /api/openapi.json": EVERYBODY,
    # a runner's own
    "GET /me": ALL_MINE,
    "GET /me/film/{role}": ALL_MINE,
    "GET /me/answers": ALL_MINE,
    "POST /me/answers": ALL_MINE,
    "GET /me/answers/more": ALL_MINE,
    "POST /me/answers/more": ALL_MINE,
    "GET /me/progress": ALL_MINE,
    "GET /me/download": ALL_MINE,
    "POST /me/delete": ALL_MINE,
    "GET /me/clips/{clip_id}": MINE,
    "GET /clips/{clip_id}/state": MINE,
    "GET /clips/{clip_id}/events": MINE,
    "GET /clips/{clip_id}/files/clip": MINE,
    "GET /clips/{clip_id}/files/{name}": MINE,
    "POST /clips/{clip_id}/delete": MINE,
    "GET /screens/{sheet_id}": MINE,
    "GET /screens/{sheet_id}/plan": MINE,
    "POST /screens/{sheet_id}/ticks": MINE,
    # an upload is of whoever began it
    "POST /uploads": KNOWN,
    "HEAD /uploads/{upload_id}": set(),
    "GET /uploads/{upload_id}": set(),
    "PATCH /uploads/{upload_id}": set(),
    "DELETE /uploads/{upload_id}": set(),
    # therapists
    "GET /inbox": CARE,
    "GET /inbox/add": CARE,
    "GET /clips/{clip_id}": CARE,
    "GET /clips/{clip_id}/review.json": CARE,
    "POST /clips/{clip_id}/review/try": CARE,
    "POST /clips/{clip_id}/review": CARE,
    "POST /clips/{clip_id}/leg": CARE,
    "POST /clips/{clip_id}/again": CARE,
    "POST /clips/{clip_id}/assign": CARE,
    "POST /clips/{clip_id}/say": CARE,
    "GET /compare": CARE,
    "GET /compare/{clip_id}.json": CARE,
    "GET /runners": CARE,
    "POST /runners": CARE,
    "GET /runners/{runner_id}": CARE,
    "GET /runners/{runner_id}/progress": CARE,
    "POST /runners/{runner_id}/notes": CARE,
    "POST /runners/{runner_id}/clearance": CARE,
    "POST /runners/{runner_id}/delete": CARE,
    "POST /runners/{runner_id}/links": CARE,
    "POST /links/{link_id}/revoke": CARE,
    "POST /runners/{runner_id}/screens": CARE,
    "POST /screens/{sheet_id}/sign": CARE,
    "POST /screens/{sheet_id}/delete": CARE,
    "GET /account": CARE,
    "POST /account/password": CARE,
    "POST /account/tokens": CARE,
    "POST /account/tokens/{token_id}/drop": set(),
    # the owner
    "GET /settings": OWN,
    "GET /settings/books/{book}": OWN,
    "POST /settings/books/{book}": OWN,
    "POST /settings/books/{book}/drop": OWN,
    "GET /settings/accounts": OWN,
    "POST /settings/accounts": OWN,
    "POST /settings/accounts/change": OWN,
    "GET /settings/audit": OWN,
    # one person's computer only
    "GET /settings/phone": set(),
    "POST /settings/phone": set(),
    # programs
    "GET /api/v1": KNOWN,
    "GET /api/v1/clips": KNOWN,
    "GET /api/v1/clips/{clip_id}": MINE,
    "GET /api/v1/clips/{clip_id}/report": MINE,
    "GET /api/v1/clips/{clip_id}/review": CARE,
    "POST /api/v1/clips/{clip_id}/review": CARE,
    "GET /api/v1/runners": KNOWN - {"phone"},
    "POST /api/v1/runners": CARE,
    "GET /api/v1/runners/{runner_id}/history": MINE,
    "GET /api/v1/runners/{runner_id}/screens": MINE,
    "POST /api/v1/runners/{runner_id}/screens": CARE,
    "GET /api/v1/screens/{sheet_id}": MINE,
}
"""Who is not turned away, asked about Ana's things: `runner` is Ana, `other` another runner."""
BODIES: dict[str, dict[str, object]] = {
    "POST /login": {"data": {"name": "x", "password": "y"}},
    "POST /clips/{clip_id}/review/try": {"json": {"corrections": []}},
    "POST /clips/{clip_id}/review": {"json": {"revision": 1, "corrections": []}},
    "POST /clips/{clip_id}/leg": {"data": {"leg": "far"}},
    "POST /clips/{clip_id}/assign": {"data": {"role": "left", "runner": "1"}},
    "POST /clips/{clip_id}/say": {"data": {"state": "reviewed"}},
    "POST /runners": {"data": {"name": "Eva"}},
    "POST /runners/{runner_id}/notes": {"data": {"text": "stiff"}},
    "POST /runners/{runner_id}/clearance": {"data": {"reason": "seen"}},
    "POST /runners/{runner_id}/delete": {"data": {"name": "nobody's name"}},
    "POST /me/delete": {"data": {"name": "nobody's name"}},
    "POST /runners/{runner_id}/screens": {"data": {}},
    "POST /screens/{sheet_id}/ticks": {"data": {"day": "2026-01-01", "done": "true"}},
    "POST /account/password": {"data": {"old": "wrong", "new": "wrong"}},
    "POST /account/tokens": {"data": {"label": "x"}},
    "POST /settings/books/{book}": {"files": {"file": ("rules.toml", b"x")}},
    "POST /settings/accounts": {"data": {"name": "Eva", "password": "short"}},
    "POST /settings/accounts/change": {"data": {"name": "nobody", "what": "remove"}},
    "POST /uploads": {"headers": {"Upload-Length": "10", "Tus-Resumable": "1.0.0"}},
    "PATCH /uploads/{upload_id}": {
        "content": b"x", "headers": {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    },
    "POST /api/v1/clips/{clip_id}/review": {"json": {"revision": 1, "corrections": []}},
    "POST /api/v1/runners": {"json": {"name": "Eva"}},
    "POST /api/v1/runners/{runner_id}/screens": {"json": {"clips": {}}},
}  # fmt: skip


@dataclass
class Things:
    """What is asked about, and the clients that ask."""

    ids: dict[str, str]
    clients: dict[str, TestClient]


@pytest.fixture
def things(clinic: Served) -> Things:
    ana, eva = clinic.runner("Ana Lima"), clinic.runner("Eva Sol")
    save_answers(clinic.desk, OWNER, ana.id, Profile(safety=Safety(pregnant=True)))
    clear(clinic.desk, OWNER, ana.id, "seen, may go on")
    clip = clinic.clip(ana, role="left")
    sheet = sign(clinic.desk, OWNER, put_together(clinic.desk, OWNER, ana.id, {"left": clip.id}).id)
    secret = invite(clinic.desk, OWNER, ana.id)
    clients = {
        "nobody": clinic.client(), "other": clinic.invited(eva), "runner": clinic.invited(ana),
        "therapist": clinic.account("Mia Berg"), "owner": clinic.account("Ole Lund", "owner"),
    }  # fmt: skip
    ids = {
        "clip_id": clip.id, "runner_id": str(ana.id), "sheet_id": sheet.id, "secret": secret,
        "link_id": links_of(clinic.desk, OWNER, ana.id)[-1].id, "role": "left", "name": "report.json",
        "book": "rules", "upload_id": "cAAAAAAAAAAAAAAA", "token_id": "cAAAAAAAAAAAAAAA",
    }  # fmt: skip
    return Things(ids, clients)


def walked(served: Served) -> list[str]:
    """Every route of the application, `GET /clips/{clip_id}`."""
    found = []
    own = [route for route in served.app.routes if isinstance(route, Route)]
    for route in (*own, *(each for router in ROUTERS for each in router.routes)):
        assert isinstance(route, Route)
        methods = route.methods or {"GET"}
        # HEAD comes with GET where it is not a route of its own.
        asked = methods - {"HEAD"} if "GET" in methods else methods
        found += [f"{method} {re.sub(r':[a-z]+}', '}', route.path)}" for method in asked]
    return sorted(found)


def test_every_route_has_its_row(clinic: Served) -> None:
    assert walked(clinic) == sorted(ROUTES)


LAST = ("delete", "revoke", "logout", "drop", "again", "leg", "assign", "password", "review")
"""What changes or ends the things that the others ask about comes after them."""


def in_order() -> list[str]:
    return sorted(
        ROUTES,
        key=lambda route: ("delete" in route, sum(word in route for word in LAST), "runners" in route, route),
    )


def test_who_is_turned_away(clinic: Served, things: Things) -> None:
    clinic.clip(None)  # nobody's: no runner may reach it by listing
    for route in in_order():
        for who in sorted(things.clients.keys() - ROUTES[route]):
            answer = _ask(things.clients[who], route, things.ids)
            told = (route, who, answer.status_code, answer.text)
            if who == "nobody":
                assert answer.status_code == 401 or answer.headers.get("location") == "/login", told
            else:
                assert answer.status_code in {404, 400}, told
                assert "Ana Lima" not in answer.text and things.ids["clip_id"] not in answer.text, told


@pytest.mark.parametrize("who", ["nobody", "other", "runner", "therapist", "owner"])
def test_who_gets_in(things: Things, who: str) -> None:
    for route in in_order():
        if who not in ROUTES[route]:
            continue
        if route in {"POST /logout", "POST /i/{secret}"}:
            continue  # they are somebody else after it; see test_security.py
        answer = _ask(things.clients[who], route, things.ids)
        wrong = {403, 404, 500} if route == "POST /login" else {401, 403, 404, 500}
        if "POST /clips/{clip_id}/delete" in route:
            wrong -= {404}
        assert answer.status_code not in wrong, (route, answer.status_code, answer.text)


def _ask(client: TestClient, route: str, ids: dict[str, str]) -> Response:
    method, path = route.split()
    filled = re.sub(r"{(\w+)}", lambda found: ids[found[1]], path)
    if path == "/static/{name}":
        filled = "/static/site.css"
    # A therapist says for whom; that a runner may not.
    query = {"runner": ids["runner_id"]} if path.startswith("/me") and "clips" not in path else {}
    return client.request(method, filled, params=query, **BODIES.get(route, {}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "path",
    ["/me/clips/{}", "/clips/{}/state", "/clips/{}/files/report.json", "/api/v1/clips/{}", "/clips/{}"],
)
def test_not_yours_reads_like_not_there(things: Things, path: str) -> None:
    other = things.clients["other"]
    theirs = other.get(path.format(things.ids["clip_id"]))
    none = other.get(path.format("cAAAAAAAAAAAAAAA"))
    assert (theirs.status_code, theirs.text) == (none.status_code, none.text)
    assert theirs.status_code == 404


def test_a_runner_acts_for_nobody_else(clinic: Served, things: Things) -> None:
    eva = next(each for each in (clinic.runner("Eva Sol"),))
    home = things.clients["runner"].get("/me", params={"runner": eva.id})
    assert home.status_code == 200
    assert "Ana Lima" in home.text and "Eva Sol" not in home.text


def test_a_paired_phone_sees_what_it_sent_and_nothing_else(serving: Callable[..., Served]) -> None:
    one = serving("one", None, Config(frozenset()))
    mine = one.clip(one.runner("Me"))
    phone = one.paired()
    for path in (
        "/me/answers",
        "/me/progress",
        "/me/download",
        f"/me/clips/{mine.id}",
        "/inbox",
        "/runners",
        "/settings",
    ):
        assert phone.get(path).status_code == 404, path
    assert "Just this clip" in phone.get("/me").text
    assert mine.id not in phone.get("/me").text
