"""Exports: a round trip loses nothing and may be repeated; what is no whole export is refused, all of it."""

from __future__ import annotations

import json
import os
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dorsi.errors import OutputError, RunnerUnknown, StoreError, UsageError
from dorsi.store import Imported, Store, archive, clean_name
from dorsi.store.archive import MANIFEST, SCHEMA
from tests.store.reports import SCREEN, at, made, refusal

Files = dict[str, bytes]


def all_of(store: Store) -> list[Any]:
    """Everything a store holds, without the numbers of its rows."""
    return [
        (
            each,
            [
                (record.measured_at, record.kept_at, record.current, record.values, store.report(record))
                for record in sorted(store.history(each.name, versions=True), key=lambda r: r.kept_at)
            ],
            store.screens(each.name),
        )
        for each in store.runners()
    ]


def _can_be_a_name(text: str) -> bool:
    try:
        return clean_name(text) == text
    except UsageError:
        return False


NAMES = st.sampled_from(["Ana", "ana", "Žofie", "李娜"]) | st.text(max_size=8).filter(_can_be_a_name)
REPORTS = st.builds(
    made,
    st.floats(-90, 90),
    st.none() | st.floats(0, 50),
    side=st.sampled_from(["left", "right", None]),
    clip=st.sampled_from(["a.mp4", "b.mp4", "ž <c>.mov"]),
    test=st.sampled_from(["lunge", "squat"]),
    version=st.sampled_from(["0.1.0", "0.2.0"]),
    test_leg=st.sampled_from(["near", "far", None]),
)
ADDED = st.lists(st.tuples(NAMES, REPORTS, st.none() | st.integers(1, 28).map(at)), min_size=1, max_size=6)


@settings(max_examples=25)
@given(ADDED, st.lists(st.tuples(NAMES, st.text("ab")), max_size=2))
def test_export_and_import_round_trip(added: list[Any], screens: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "all.zip"
        with Store(Path(folder) / "a.db") as store:
            for name, report, when in added:
                store.add_report(name, report, when)
            for name, text in screens:
                store.add_screen(name, json.dumps({"schema": "dorsi.screen/1", "text": text}))
            before = all_of(store)
            store.export_zip(file)
            assert store.import_zip(file).new_reports == 0
            assert all_of(store) == before
        with Store(Path(folder) / "b.db") as other:
            first = other.import_zip(file)
            assert all_of(other) == before
            assert (first.new_runners, first.new_reports) == (first.runners, first.reports)
            again = other.import_zip(file)
            assert (again.new_runners, again.new_reports, again.new_screens) == (0, 0, 0)
            assert all_of(other) == before


@pytest.fixture
def exported(store: Store, tmp_path: Path) -> Path:
    """An export of Ana: two reports, one of them an older version, and a screen."""
    store.add_report("Ana", made(30.0), at(3))
    store.add_report("Ana", made(31.0, version="0.2.0"))
    store.add_report("Bo", made(45.0), at(3))
    store.add_screen("Ana", SCREEN, at(3))
    store.export_zip(tmp_path / "ana.zip", "ana")
    return tmp_path / "ana.zip"


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    """Another store, where Bo is."""
    with Store(tmp_path / "other.db") as opened:
        opened.add_report("Bo", made(20.0), at(1))
        yield opened


def test_what_is_in_an_export(exported: Path) -> None:
    with zipfile.ZipFile(exported) as source:
        manifest = json.loads(source.read(MANIFEST))
        assert manifest["schema"] == SCHEMA
        (ana,) = manifest["runners"]
        assert (ana["name"], len(ana["reports"]), len(ana["screens"])) == ("Ana", 2, 1)
        for item in (*ana["reports"], *ana["screens"]):
            assert sha256(source.read(item["file"])).hexdigest() == item["sha256"]
        assert set(source.namelist()) == {MANIFEST, *(i["file"] for i in (*ana["reports"], *ana["screens"]))}
        assert json.loads(source.read(ana["reports"][0]["file"])) == json.loads(made(30.0).to_json())
    assert exported.stat().st_mode & 0o777 == 0o600


def test_an_import_adds_to_what_is_there(exported: Path, other: Store) -> None:
    other.add_report("ANA", made(50.0, clip="mine.mp4"), at(9))
    assert other.import_zip(exported) == Imported(1, 0, 2, 2, 1, 1)
    assert [r.headline.value for r in other.history("Ana")] == [31.0, 50.0]
    assert [each.name for each in other.runners()] == ["ANA", "Bo"]


def test_an_older_export_does_not_undo_what_was_measured_since(store: Store, exported: Path) -> None:
    store.add_report("Ana", made(32.0, version="0.3.0"))
    store.import_zip(exported)
    assert [r.headline.value for r in store.history("Ana")] == [32.0]
    assert len(store.history("Ana", versions=True)) == 3


def test_what_export_refuses(store: Store, exported: Path, tmp_path: Path) -> None:
    before = exported.read_bytes()
    with pytest.raises(OutputError, match="exists and is not replaced"):
        store.export_zip(exported)
    assert exported.read_bytes() == before
    with pytest.raises(RunnerUnknown):
        store.export_zip(tmp_path / "new.zip", "Xavier")
    with pytest.raises(OutputError, match="cannot be written"):
        store.export_zip(tmp_path / "missing" / "new.zip")
    with Store(tmp_path / "nobody.db") as nobody, pytest.raises(StoreError, match="nothing to export"):
        nobody.export_zip(tmp_path / "new.zip")
    assert not list(tmp_path.glob("*new.zip*"))


def test_too_much_for_one_export_is_not_written(
    store: Store, exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert exported.exists()
    for limit, value, why in (
        ("MAX_TOTAL_BYTES", 5000, "too much"),
        ("MAX_FILES", 2, "too much"),
        ("MAX_FILE_BYTES", 500, "more than"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(archive, limit, value)
            with pytest.raises(StoreError, match=why):
                store.export_zip(tmp_path / "new.zip")
    assert not list(tmp_path.glob("*new.zip*"))


def pack(path: Path, files: Files, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as target:
        for name, raw in files.items():
            target.writestr(name, raw)
    return path


def unpack(path: Path) -> Files:
    with zipfile.ZipFile(path) as source:
        return {name: source.read(name) for name in source.namelist()}


def manifest_of(files: Files) -> Any:
    return json.loads(files[MANIFEST])


def changed(files: Files, change: Callable[[Any], None]) -> None:
    """Change the manifest in place."""
    manifest = manifest_of(files)
    change(manifest)
    files[MANIFEST] = json.dumps(manifest).encode()


def first_report(files: Files) -> str:
    return str(manifest_of(files)["runners"][0]["reports"][0]["file"])


def _replaced(raw: bytes) -> Callable[[Files], None]:
    """Puts another file in the place of the first report, with a right checksum."""

    def hurt(files: Files) -> None:
        digest = sha256(raw).hexdigest()
        files.pop(first_report(files))
        files[f"reports/{digest}.json"] = raw
        item = {"file": f"reports/{digest}.json", "sha256": digest}
        changed(files, lambda manifest: manifest["runners"][0]["reports"][0].update(item))

    return hurt


def _in_manifest(*path: Any, value: Any) -> Callable[[Files], None]:
    def change(manifest: Any) -> None:
        place = manifest
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return lambda files: changed(files, change)


ITEM = ("runners", 0, "reports", 0)
HURT: dict[str, tuple[Callable[[Files], Any], str]] = {
    "path up": (lambda f: f.update({"../evil.json": b"{}"}), "no file of an export"),
    "absolute path": (lambda f: f.update({"/tmp/evil.json": b"{}"}), "no file of an export"),  # noqa: S108
    "windows path": (lambda f: f.update({"reports\\..\\evil.json": b"{}"}), "no file of an export"),
    "folder": (lambda f: f.update({"reports/": b""}), "no file of an export"),
    "path up in the manifest": (
        _in_manifest(*ITEM, "file", value="../../etc/passwd"),
        "no file of an export",
    ),
    "swapped folder": (_in_manifest(*ITEM, "file", value="screens/" + "a" * 64 + ".json"), "no file of an"),
    "not in the manifest": (lambda f: f.update({f"reports/{'a' * 64}.json": b"{}"}), "does not name"),
    "no manifest": (lambda f: f.pop(MANIFEST), "has no manifest"),
    "manifest of another kind": (lambda f: f.update({MANIFEST: b"[]"}), "is not dorsi.export/1"),
    "manifest is not JSON": (lambda f: f.update({MANIFEST: b"\xff"}), "is not dorsi.export/1"),
    "deep manifest": (lambda f: f.update({MANIFEST: b"[" * 100_000}), "is not dorsi.export/1"),
    "other schema": (_in_manifest("schema", value="dorsi.export/2"), "is not dorsi.export/1 .schema"),
    "no schema": (lambda f: changed(f, lambda m: m.pop("schema")), "is not dorsi.export/1 .schema"),
    "no runners": (lambda f: changed(f, lambda m: m.pop("runners")), "is not dorsi.export/1 .runners"),
    "date without a zone": (_in_manifest(*ITEM, "measured_at", value="2026-03-01T12:00:00"), "measured_at"),
    "no date": (_in_manifest(*ITEM, "kept_at", value=None), "kept_at"),
    "name that is none": (_in_manifest("runners", 0, "name", value="\x1b[2J"), "name that cannot be one"),
    "wrong checksum": (lambda f: f.update({first_report(f): made(60.0).to_json().encode()}), "checksum of"),
    "no checksum": (
        lambda f: changed(f, lambda m: m["runners"][0]["reports"][0].pop("sha256")),
        "sha256: Field required",
    ),
    "bad checksum": (_in_manifest(*ITEM, "sha256", value="../" + "a" * 61), "sha256"),
    "report is missing": (lambda f: f.pop(first_report(f)), "is missing"),
    "not a report": (_replaced(b'{"schema": "dorsi.report/1"}'), "is not a report"),
    "not text": (_replaced(b"\xff\xfe"), "is not text"),
    "refused clip": (_replaced(refusal().to_json().encode()), "without a number"),
}


@pytest.mark.parametrize("hurt", HURT)
def test_a_hostile_or_broken_export_is_refused_whole(
    exported: Path, other: Store, tmp_path: Path, hurt: str
) -> None:
    files = unpack(exported)
    before = all_of(other)
    change, why = HURT[hurt]
    change(files)
    bad = pack(tmp_path / "bad.zip", files)
    with pytest.raises(StoreError, match=why) as caught:
        other.import_zip(bad)
    assert str(caught.value).startswith("bad.zip: ")
    assert len(str(caught.value)) < 500
    assert all_of(other) == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["ana.zip", "bad.zip", "data", "other.db"]


def test_a_bad_screen_is_refused(exported: Path, other: Store, tmp_path: Path) -> None:
    files = unpack(exported)
    raw = b'{"schema": "dorsi.report/1"}'
    digest = sha256(raw).hexdigest()
    files = {name: text for name, text in files.items() if not name.startswith("screens/")}
    files[f"screens/{digest}.json"] = raw
    item = {"file": f"screens/{digest}.json", "sha256": digest}
    changed(files, lambda manifest: manifest["runners"][0]["screens"][0].update(item))
    with pytest.raises(StoreError, match="is not a screen of Dorsi"):
        other.import_zip(pack(tmp_path / "bad.zip", files))
    assert [each.name for each in other.runners()] == ["Bo"]


@pytest.mark.parametrize(
    ("limit", "value", "why"),
    [
        ("MAX_FILE_BYTES", 2000, "grows too large"),
        ("MAX_TOTAL_BYTES", 9000, "grows too large"),
        ("MAX_FILES", 3, "more than an export has"),
    ],
)
def test_zip_bombs(
    exported: Path, other: Store, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, why: str
) -> None:
    monkeypatch.setattr(archive, limit, value)
    with pytest.raises(StoreError, match=why):
        other.import_zip(exported)
    assert [each.name for each in other.runners()] == ["Bo"]


def test_a_file_that_unpacks_to_more_than_any_report(exported: Path, other: Store, tmp_path: Path) -> None:
    files = unpack(exported)
    files[first_report(files)] = bytes(archive.MAX_FILE_BYTES + 10)
    bomb = pack(tmp_path / "bomb.zip", files)
    assert bomb.stat().st_size < 200_000
    with pytest.raises(StoreError, match="grows too large when unpacked"):
        other.import_zip(bomb)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name(exported: Path, other: Store) -> None:
    with zipfile.ZipFile(exported, "a") as target:
        target.writestr(MANIFEST, b"{}")
    with pytest.raises(StoreError, match="two files of one name"):
        other.import_zip(exported)


def test_packed_in_another_way(exported: Path, other: Store, tmp_path: Path) -> None:
    bad = pack(tmp_path / "lzma.zip", unpack(exported), zipfile.ZIP_LZMA)
    with pytest.raises(StoreError, match="packed in a way"):
        other.import_zip(bad)
    stored = pack(tmp_path / "stored.zip", unpack(exported), zipfile.ZIP_STORED)
    assert other.import_zip(stored).new_reports == 2


def test_an_encrypted_export(exported: Path, other: Store) -> None:
    raw = bytearray(exported.read_bytes())
    # The flag of the first entry, in the central directory.
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    exported.write_bytes(raw)
    with pytest.raises(StoreError, match="is encrypted"):
        other.import_zip(exported)


@settings(max_examples=40)
@given(st.floats(0, 0.9999), st.integers(0, 255))
def test_a_damaged_file_never_gets_in(where: float, flip: int) -> None:
    """A byte changed, or (0) the end cut off."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "a.zip"
        with Store(Path(folder) / "a.db") as store:
            store.add_report("Ana", made(30.0), at(3))
            store.export_zip(file)
            whole = all_of(store)
        raw = bytearray(file.read_bytes())
        place = int(where * len(raw))
        if flip:
            raw[place] ^= flip
        else:
            del raw[place:]
        file.write_bytes(raw)
        with Store(Path(folder) / "b.db") as other:
            try:
                other.import_zip(file)
            except StoreError:
                assert other.runners() == []
            else:  # the byte meant nothing (a date, an attribute)
                assert all_of(other) == whole


@pytest.mark.parametrize("content", [b"", b"hello", b"SQLite format 3\0"])
def test_what_is_no_zip(other: Store, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(content)
    with pytest.raises(StoreError, match=r"a\.zip: is not a whole zip file"):
        other.import_zip(file)
    with pytest.raises(StoreError, match="No such file"):
        other.import_zip(tmp_path / "missing.zip")
    with pytest.raises(StoreError, match="Is a directory"):
        other.import_zip(tmp_path)


def test_a_failure_amid_taking_over_undoes_it_all(exported: Path, other: Store) -> None:
    before = all_of(other)
    with closing(sqlite3.connect(str(other.path))) as opened:
        # The second report of the export is one too many.
        opened.execute(
            "CREATE TRIGGER full BEFORE INSERT ON measurement WHEN (SELECT count(*) FROM measurement "
            "JOIN runner ON runner.id = runner_id WHERE runner.name != 'Bo') = 1 "
            "BEGIN SELECT RAISE(FAIL, 'one too many'); END"
        )
    with pytest.raises(StoreError, match="one too many"):
        other.import_zip(exported)
    assert all_of(other) == before
    assert [each.name for each in other.runners()] == ["Bo"]


def test_nothing_of_an_export_that_fails_stays(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add_report("Ana", made())

    def full(_: int) -> None:
        raise OSError(28, os.strerror(28))

    # No disk can be filled up on the spot without a file system of one's own.
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"a\.zip cannot be written \(No space left"):
        store.export_zip(tmp_path / "a.zip")
    assert not list(tmp_path.glob("*.zip*"))
