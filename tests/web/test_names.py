"""Names that people and clips bring along are shown as text, on every page that shows them."""

from __future__ import annotations

from dorsi.desk.clips import say
from dorsi.desk.notes import add_note
from dorsi.desk.screens import put_together, sign
from tests.web.conftest import OWNER, Served

EVIL = "<img src=x onerror=alert(1)>\"'&"


def test_what_comes_from_outside_is_text(one: Served) -> None:
    runner = one.runner(f"Ann {EVIL}")
    clip = one.clip(runner, role="left", name=f"{EVIL}.mov")
    add_note(one.desk, OWNER, runner.id, EVIL)
    say(one.desk, OWNER, clip.id, "film_again", EVIL)
    sheet = sign(one.desk, OWNER, put_together(one.desk, OWNER, runner.id, {"left": clip.id}, remark=EVIL).id)
    client = one.client()
    for path in (
        "/inbox?state=film_again", "/runners", f"/runners/{runner.id}", f"/runners/{runner.id}/progress",
        f"/clips/{clip.id}", f"/me?runner={runner.id}", f"/me/clips/{clip.id}", f"/screens/{sheet.id}",
        f"/screens/{sheet.id}/plan", f"/compare?a={clip.id}", "/settings/audit", f"/inbox?q={EVIL}",
        f"/clips/{clip.id}/files/report.html",
    ):  # fmt: skip
        page = client.get(path)
        assert page.status_code == 200, path
        assert "<img src=x" not in page.text, path
    assert "&lt;img src=x" in client.get(f"/runners/{runner.id}").text


def test_a_report_of_its_own_may_run_nothing(one: Served) -> None:
    clip = one.clip(one.runner())
    headers = one.client().get(f"/clips/{clip.id}/files/report.html").headers
    assert "sandbox" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]


def test_only_files_of_a_result_are_given_out(one: Served) -> None:
    clip = one.clip(one.runner())
    client = one.client()
    for name in ("report.json", "report.html", "annotated.mp4", "signals.csv", "evidence.npz", "proxy.mp4"):
        answer = client.get(f"/clips/{clip.id}/files/{name}")
        assert answer.status_code == 200 and answer.headers["x-content-type-options"] == "nosniff"
    for name in ("secret", "..%2f..%2fsecret", "report.json%00", ".lock"):
        assert client.get(f"/clips/{clip.id}/files/{name}").status_code == 404
    original = client.get(f"/clips/{clip.id}/files/clip")
    assert original.headers["content-type"] == "application/octet-stream"
    assert original.headers["content-disposition"].startswith("attachment")


def test_a_part_of_a_video_can_be_asked_for(one: Served) -> None:
    clip = one.clip(one.runner())
    answer = one.client().get(f"/clips/{clip.id}/files/report.json", headers={"Range": "bytes=0-9"})
    assert answer.status_code == 206 and len(answer.content) == 10
