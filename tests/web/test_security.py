"""Hosts, origins, headers, cookies, sessions: what guards every route. Who may what is `test_rights.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from dorsi.desk.accounts import Throttle, add_account, add_token, remove_account
from dorsi.desk.links import invite, links_of, pair, revoke
from dorsi.desk.sessions import who_has, who_has_token
from dorsi.desk.who import Who
from dorsi.errors import DeskError
from dorsi.store.dates import now
from dorsi.store.desk_schema import link as link_table
from dorsi.web.config import Config
from dorsi.web.security import COOKIE
from tests.web.conftest import AWAY, LOCAL, OWNER, PASSWORD, Served


def test_somebody_at_this_computer_needs_no_session(one: Served) -> None:
    assert one.client().get("/inbox").status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_a_proxy_on_this_computer_is_not_somebody_at_it(one: Served, header: str) -> None:
    assert one.client().get("/inbox", headers={header: "for=203.0.113.9"}).status_code == 401


def test_another_computer_is_nobody(serving: Callable[..., Served]) -> None:
    one = serving("one", None, Config(frozenset({"127.0.0.1", "192.168.1.5"})))
    assert one.client(AWAY, "192.168.1.5").get("/inbox").status_code == 401
    # Nor one that calls this one by its inner name.
    assert one.client(AWAY).get("/inbox").status_code == 401
    # Nor a page of another site that makes this computer's browser ask by a name of its own.
    assert one.client(LOCAL, "192.168.1.5").get("/inbox").status_code == 401


def test_a_foreign_host_is_refused(one: Served) -> None:
    assert one.client(host="evil.example").get("/inbox").status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1"},
        {"Origin": ""},
    ],
)
def test_what_changes_something_comes_from_our_pages(one: Served, headers: dict[str, str]) -> None:
    client = one.client()
    assert client.post("/runners", data={"name": "Eva"}, headers=headers).status_code == 403
    assert "Eva" not in client.get("/runners").text


def test_our_pages_may(one: Served) -> None:
    client = one.client()
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://127.0.0.1"}):
        assert client.post("/runners", data={"name": "Eva"}, headers=headers).status_code == 303


@pytest.mark.parametrize(
    "path", ["/inbox", "/static/site.css", "/nowhere", "/api/v1", "/healthz", "/static/../x"]
)
def test_every_answer_has_its_headers(one: Served, path: str) -> None:
    headers = one.client().get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in headers


def test_under_tls_cookies_are_secure_and_the_browser_stays(serving: Callable[..., Served]) -> None:
    clinic = serving("clinic", None, Config(frozenset(), tls=True))
    ana = clinic.runner()
    answer = clinic.client().post(f"/i/{invite(clinic.desk, OWNER, ana.id)}")
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "max-age" in answer.headers["strict-transport-security"]


def test_a_cookie_is_no_scripts_and_no_other_sites(clinic: Served) -> None:
    told = (
        clinic.client()
        .post(f"/i/{invite(clinic.desk, OWNER, clinic.runner().id)}")
        .headers["set-cookie"]
        .lower()
    )
    assert "httponly" in told and "samesite=lax" in told and "path=/" in told


def test_no_page_tells_a_stack_trace(one: Served) -> None:
    client = one.client()
    clip = one.clip(one.runner())
    # What the code does not expect here.
    one.desk.place.books.joinpath("rules.toml").write_bytes(b"\xff")
    one.desk.place.result(clip.id).joinpath("report.json").write_text("{}")
    for path in (f"/me/clips/{clip.id}", f"/clips/{clip.id}", f"/clips/{clip.id}/review.json"):
        answer = client.get(path)
        assert answer.status_code >= 400
        assert "Traceback" not in answer.text and "site-packages" not in answer.text


def test_logging_in_gives_a_new_session_and_ends_the_old_one(clinic: Served) -> None:
    add_account(clinic.desk, OWNER, "Mia Berg", PASSWORD)
    planted = "A" * 43
    client = clinic.client(AWAY)
    client.cookies.set(COOKIE, planted)
    answer = client.post("/login", data={"name": " mia  BERG", "password": PASSWORD})
    assert answer.status_code == 303
    secret = answer.cookies[COOKIE]
    assert secret != planted
    assert client.get("/inbox").status_code == 200
    again = client.post("/login", data={"name": "Mia Berg", "password": PASSWORD})
    assert again.cookies[COOKIE] != secret
    stale = clinic.client(AWAY)
    stale.cookies.set(COOKIE, secret)
    assert stale.get("/inbox").headers["location"] == "/login"
    client.post("/logout")
    assert client.get("/inbox").status_code == 303


def test_a_wrong_name_and_a_wrong_password_read_alike(clinic: Served) -> None:
    add_account(clinic.desk, OWNER, "Mia Berg", PASSWORD)
    client = clinic.client(AWAY)
    told = [
        client.post("/login", data={"name": name, "password": "wrong"}).text.replace(name, "")
        for name in ("Mia Berg", "Nobody Here", "\x00")
    ]
    assert told[0] == told[1] == told[2]
    assert "The name or the password is wrong" in told[0]


def test_guessing_is_slowed_by_name_and_by_address(clinic: Served) -> None:
    clinic.app.state.throttle = Throttle(free=3, clock=lambda: 100.0)
    client = clinic.client(AWAY)
    for _ in range(3):
        assert client.post("/login", data={"name": "Mia", "password": "x"}).status_code == 401
    assert client.post("/login", data={"name": "Mia", "password": "x"}).status_code == 429
    # From elsewhere the name still waits, from there other names do.
    other = clinic.client(("192.0.2.8", 1))
    assert other.post("/login", data={"name": "mia", "password": "x"}).status_code == 429
    assert client.post("/login", data={"name": "Ole", "password": "x"}).status_code == 429
    assert other.post("/login", data={"name": "Ole", "password": "x"}).status_code == 401


def test_waits_grow_and_are_forgotten() -> None:
    at = 0.0
    throttle = Throttle(free=2, longest_s=60.0, clock=lambda: at)
    for _ in range(2):
        throttle.wrong("name:a")
    waits = []
    for _ in range(6):
        with pytest.raises(DeskError) as waiting:
            throttle.check("name:a")
        waits.append(int(str(waiting.value.params["wait_s"])))
        at += waits[-1]
        throttle.check("name:a")
        throttle.wrong("name:a")
    assert waits == [1, 2, 4, 8, 16, 32]
    throttle.right("name:a")
    throttle.check("name:a")
    throttle.wrong("name:a", "name:a", "name:a")
    at += 61.0
    throttle.wrong("name:b")
    throttle.check("name:a")


def test_an_ended_account_is_out_at_once(clinic: Served) -> None:
    add_account(clinic.desk, OWNER, "Ole Lund", PASSWORD, "owner")
    mia = clinic.account("Mia Berg")
    who = Who("account", "Mia Berg", "therapist", account_id=_account_id(clinic, mia))
    token = add_token(clinic.desk, who, "script")
    bearer = {"Authorization": f"Bearer {token}"}
    assert clinic.client(AWAY).get("/api/v1/clips", headers=bearer).status_code == 200
    remove_account(clinic.desk, OWNER, "Mia Berg")
    assert mia.get("/inbox").status_code == 303
    assert clinic.client(AWAY).get("/api/v1/clips", headers=bearer).status_code == 401
    assert not who_has_token(clinic.desk, token).known


def _account_id(clinic: Served, client: TestClient) -> str:
    found = who_has(clinic.desk, client.cookies[COOKIE]).account_id
    assert found is not None
    return found


def test_a_token_needs_no_origin_and_works_only_in_a_clinic(
    clinic: Served, serving: Callable[..., Served]
) -> None:
    mia = clinic.account("Mia Berg")
    token = add_token(
        clinic.desk, Who("account", "Mia Berg", "therapist", _account_id(clinic, mia)), "script"
    )
    headers = {"Authorization": f"Bearer {token}", "Origin": "", "Accept": "application/json"}
    assert (
        clinic.client(AWAY).post("/api/v1/runners", json={"name": "Eva"}, headers=headers).status_code == 200
    )
    assert (
        clinic.client(AWAY).get("/api/v1/clips", headers={"Authorization": "Bearer wrong"}).status_code == 401
    )
    one = serving("one")
    assert one.client().get("/api/v1/clips", headers=headers).status_code == 401


def test_an_invitation_holds_until_it_ends_or_is_revoked(clinic: Served) -> None:
    ana = clinic.runner()
    first, second = clinic.invited(ana), clinic.invited(ana)
    assert first.get("/me").status_code == 200
    revoke(clinic.desk, OWNER, links_of(clinic.desk, OWNER, ana.id)[0].id)
    assert [each.get("/me").status_code for each in (first, second)] == [200, 303]
    with clinic.desk.writing() as connection:
        connection.execute(update(link_table).values(ends_at=now() - timedelta(seconds=1)))
    assert first.get("/me").status_code == 303


def test_a_link_can_be_opened_again_but_a_pairing_once(one: Served, clinic: Served) -> None:
    secret = invite(clinic.desk, OWNER, clinic.runner().id)
    assert [clinic.client().post(f"/i/{secret}").status_code for _ in range(2)] == [303, 303]
    paired = pair(one.desk, OWNER)
    # Looking, as a preview of the link does, does not use it up.
    assert [one.client().get(f"/i/{paired}").status_code for _ in range(2)] == [200, 200]
    assert [one.client().post(f"/i/{paired}").status_code for _ in range(2)] == [303, 400]
    assert one.client().get("/i/unknown").status_code == 400


def test_the_store_knows_no_secret(clinic: Served) -> None:
    secret = invite(clinic.desk, OWNER, clinic.runner().id)
    client = clinic.client()
    client.post(f"/i/{secret}")
    data = (clinic.desk.place.root / "dorsi.sqlite3").read_bytes()
    assert secret.encode() not in data
    assert client.cookies[COOKIE].encode() not in data


def test_in_a_clinic_nobody_at_the_server_is_let_in(clinic: Served) -> None:
    assert clinic.client(LOCAL).get("/inbox").headers["location"] == "/login"
