"""Uploads: interrupted anywhere, asked twice, too large, somebody else's; one clip comes of each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dorsi.desk.clips import clips_of, shown_name
from dorsi.desk.desk import Desk
from dorsi.desk.keep import tidy
from dorsi.desk.limits import Limits
from dorsi.desk.place import place_at
from dorsi.desk.runners import add_runner
from dorsi.desk.uploads import Upload, begin, drop, finish, offset_of, upload_of, writing
from dorsi.desk.who import NOBODY, Who
from dorsi.errors import DeskError
from tests.desk.jobs import ME

DATA = bytes(range(256)) * 8


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(place_at(tmp_path / "data"), Limits(upload_bytes=10_000, runner_bytes=5_000)) as opened:
        yield opened


def send(desk: Desk, upload: Upload, data: bytes, offset: int = 0) -> int:
    with writing(desk, upload, offset) as handle:
        return os.write(handle, data)


def test_a_whole_upload_becomes_a_clip_that_waits(desk: Desk) -> None:
    upload = begin(desk, ME, len(DATA), name="IMG 1.mov", role="left")
    assert finish(desk, ME, upload.id) is None
    send(desk, upload, DATA)
    clip = finish(desk, ME, upload.id)
    assert clip is not None
    assert (clip.file_name, clip.role, clip.state, clip.size_bytes) == (
        "IMG 1.mov",
        "left",
        "waiting",
        len(DATA),
    )
    assert desk.place.clip_file(clip.id).read_bytes() == DATA


@pytest.mark.parametrize("cut", [0, 1, 1000, len(DATA) - 1])
def test_it_goes_on_from_where_it_was_cut(desk: Desk, cut: int) -> None:
    upload = begin(desk, ME, len(DATA), name="a.mp4")
    send(desk, upload, DATA[:cut])
    again = upload_of(desk, ME, upload.id)  # as a server that was started anew would
    assert offset_of(desk, again) == cut
    send(desk, again, DATA[cut:], cut)
    clip = finish(desk, ME, again.id)
    assert clip is not None
    assert desk.place.clip_file(clip.id).read_bytes() == DATA


def test_asked_twice_one_clip_comes_of_it(desk: Desk) -> None:
    upload = begin(desk, ME, len(DATA), name="a.mp4")
    send(desk, upload, DATA)
    first, second = finish(desk, ME, upload.id), finish(desk, ME, upload.id)
    assert first == second is not None
    assert len(clips_of(desk, ME)) == 1
    assert offset_of(desk, upload_of(desk, ME, upload.id)) == len(DATA)


def test_a_server_killed_between_clip_and_note_makes_no_second_clip(desk: Desk) -> None:
    upload = begin(desk, ME, len(DATA), name="a.mp4")
    send(desk, upload, DATA)
    facts = desk.place.uploads / f"{upload.id}.json"
    before = facts.read_text(encoding="utf-8")
    clip = finish(desk, ME, upload.id)
    facts.write_text(before, encoding="utf-8")  # it did not live to write down what came of it
    assert finish(desk, ME, upload.id) == clip
    assert len(clips_of(desk, ME)) == 1


@pytest.mark.parametrize("offset", [1, 5000])
def test_bytes_are_taken_only_where_they_end(desk: Desk, offset: int) -> None:
    upload = begin(desk, ME, len(DATA), name="a.mp4")
    with pytest.raises(DeskError, match="goes on at byte 0"):
        send(desk, upload, DATA, offset)
    assert offset_of(desk, upload) == 0


def test_one_writes_at_a_time(desk: Desk) -> None:
    upload = begin(desk, ME, len(DATA), name="a.mp4")
    with (
        writing(desk, upload, 0),
        pytest.raises(DeskError, match="being written to"),
        writing(desk, upload, 0),
    ):
        pass


@pytest.mark.parametrize("size", [0, -1, 10_001])
def test_an_upload_that_is_too_large_or_empty_is_not_begun(desk: Desk, size: int) -> None:
    with pytest.raises(DeskError, match="may have up to"):
        begin(desk, ME, size, name="a.mp4")
    assert list(desk.place.uploads.iterdir()) == []


def test_a_runner_has_a_quota(desk: Desk) -> None:
    ana = add_runner(desk, ME, "Ana").id
    for _ in range(2):
        upload = begin(desk, ME, len(DATA), name="a.mp4", runner_id=ana)
        send(desk, upload, DATA)
        finish(desk, ME, upload.id)
    with pytest.raises(DeskError, match="no room for more clips"):
        begin(desk, ME, len(DATA), name="a.mp4", runner_id=ana)


def test_an_upload_is_theirs_who_began_it(desk: Desk) -> None:
    mia = Who("account", "Mia", "therapist", account_id="c1")
    upload = begin(desk, mia, 10, name="a.mp4")
    for other in (Who("account", "Ole", "owner", account_id="c2"), ME):
        with pytest.raises(DeskError, match="nothing here"):
            upload_of(desk, other, upload.id)
    with pytest.raises(DeskError, match="not logged in"):
        upload_of(desk, NOBODY, upload.id)
    drop(desk, mia, upload.id)
    assert list(desk.place.uploads.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../../x", "a" * 10_000, "", "C:\\clips\\a.mov", "a\nb\x00\x1b[31m.mp4", "/etc/passwd"]
)
def test_no_name_becomes_a_path_or_a_sign_of_its_own(desk: Desk, name: str) -> None:
    upload = begin(desk, ME, 4, name=name)
    send(desk, upload, b"abcd")
    clip = finish(desk, ME, upload.id)
    assert clip is not None
    assert "/" not in clip.file_name and "\\" not in clip.file_name
    assert clip.file_name.isprintable() and 0 < len(clip.file_name) <= 120
    assert [each.name for each in desk.place.clips.iterdir()] == [clip.id]


@given(st.text())
def test_a_shown_name_is_one_printable_part(name: str) -> None:
    shown = shown_name(name)
    assert shown and shown.isprintable() and len(shown) <= 120
    assert not {"/", "\\"} & set(shown)


@pytest.mark.parametrize(
    "upload_id", ["", "..", "../../etc/passwd", "a" * 17, "c/AAAAAAAAAAAAAA", "cAAAAAAAAAAAAAA\n"]
)
def test_what_is_no_id_is_not_there(desk: Desk, upload_id: str) -> None:
    with pytest.raises(DeskError, match="nothing here"):
        upload_of(desk, ME, upload_id)


def test_uploads_that_nobody_goes_on_with_are_swept(desk: Desk) -> None:
    old, new = begin(desk, ME, 10, name="a.mp4"), begin(desk, ME, 10, name="b.mp4")
    for file in desk.place.uploads.glob(f"{old.id}*"):
        os.utime(file, (0, 0))
    tidy(desk)
    assert {each.name.split(".")[0] for each in desk.place.uploads.iterdir()} == {new.id}
