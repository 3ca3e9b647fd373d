"""The protocol of uploads over HTTP: tus 1.0.0. What becomes of the bytes is `tests/desk/test_uploads.py`."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from dorsi.desk.clips import clips_of
from dorsi.desk.limits import Limits
from tests.web.conftest import OWNER, Served

DATA = b"left_lunge" + b" " * 5000
BYTES = "application/offset+octet-stream"


def begin(client: TestClient, size: int = len(DATA), **told: str) -> Response:
    pairs = (f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": ",".join(pairs)}
    return client.post("/uploads", headers=headers)


def patch(client: TestClient, address: str, data: bytes, offset: int) -> Response:
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), "Content-Type": BYTES}
    return client.patch(address, content=data, headers=headers)


def test_a_clip_in_parts(one: Served) -> None:
    client = one.client()
    begun = begin(client, filename="IMG 1.mov", role="left", runner=str(one.runner().id))
    assert begun.status_code == 201 and begun.headers["tus-resumable"] == "1.0.0"
    address = begun.headers["location"]
    first = patch(client, address, DATA[:2000], 0)
    assert (first.status_code, first.headers["upload-offset"]) == (204, "2000")
    head = client.head(address)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("2000", str(len(DATA)))
    assert head.headers["cache-control"] == "no-store"
    last = patch(client, address, DATA[2000:], 2000)
    clip = last.headers["dorsi-clip"]
    assert client.get(address).json() == {"clip": clip, "offset": len(DATA)}
    # The answer was lost: the same again gives the same clip.
    assert patch(client, address, b"", len(DATA)).headers["dorsi-clip"] == clip
    assert client.get(f"/clips/{clip}/state").json()["state"] == "waiting"
    assert [each.id for each in clips_of(one.desk, OWNER)] == [clip]
    one.work()
    assert client.get(f"/clips/{clip}/state").json()["state"] == "measured"


def test_what_this_server_can_do(one: Served) -> None:
    told = one.client().options("/uploads").headers
    assert told["tus-version"] == "1.0.0"
    assert "creation" in told["tus-extension"] and told["tus-max-size"] == "500000000"


@pytest.mark.parametrize("offset", ["1", "999999"])
def test_a_wrong_offset_is_a_conflict(one: Served, offset: str) -> None:
    client = one.client()
    address = begin(client).headers["location"]
    answer = patch(client, address, b"x", int(offset))
    assert answer.status_code == 409 and "byte 0" in answer.json()["message"]


@pytest.mark.parametrize("length", ["", "-1", "abc", "1e3", "9" * 40])
def test_a_length_that_is_none_is_refused(one: Served, length: str) -> None:
    answer = one.client().post("/uploads", headers={"Upload-Length": length})
    assert answer.status_code == 400


def test_too_large_is_told_before_a_byte_is_sent(serving: Callable[..., Served]) -> None:
    served = serving("one", Limits(upload_bytes=1000))
    answer = begin(served.client(), 1001)
    assert answer.status_code == 413 and "may have up to" in answer.json()["message"]


def test_more_bytes_than_announced_are_not_kept(one: Served) -> None:
    client = one.client()
    address = begin(client, 10).headers["location"]
    assert patch(client, address, b"x" * 11, 0).status_code == 400
    assert int(client.head(address).headers["upload-offset"]) <= 10
    assert client.get(address).json()["clip"] is None


def test_bytes_of_another_kind_are_refused(one: Served) -> None:
    client = one.client()
    address = begin(client).headers["location"]
    assert client.patch(address, content=b"x", headers={"Upload-Offset": "0"}).status_code == 415


def test_metadata_that_is_no_base64_is_refused(one: Served) -> None:
    answer = one.client().post("/uploads", headers={"Upload-Length": "1", "Upload-Metadata": "filename %%%"})
    assert answer.status_code == 400


def test_an_upload_can_be_dropped(one: Served) -> None:
    client = one.client()
    address = begin(client).headers["location"]
    assert client.delete(address).status_code == 204
    assert client.head(address).status_code == 404


def test_a_runners_clip_is_the_runners_whatever_is_said(clinic: Served) -> None:
    ana, eva = clinic.runner("Ana Lima"), clinic.runner("Eva Sol")
    client = clinic.invited(ana)
    address = begin(client, runner=str(eva.id), role="right").headers["location"]
    patch(client, address, DATA, 0)
    (clip,) = clips_of(clinic.desk, OWNER)
    assert (clip.runner, clip.role, clip.added_by) == ("Ana Lima", "right", "Ana Lima")


def test_a_foreign_page_cannot_send(one: Served) -> None:
    headers = {"Upload-Length": "10", "Origin": "https://evil.example"}
    assert one.client().post("/uploads", headers=headers).status_code == 403
