"""Exports with numbers that no measurement gives, or dates that no calendar has: refused, no store left.

Not here: other damage (`test_rounds.py`, `tests/store/test_archive.py`).
"""

from __future__ import annotations

import json
import zipfile
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from dorsi.errors import StoreError
from dorsi.store import Store, archive, import_export
from dorsi.store.rows import find_or_add_runner
from tests.report.fake_analysis import fake_analysis, report_of


def changed(tmp_path: Path, key: str, what: dict[str, Any]) -> Path:
    """A whole export whose one report has other numbers, under a checksum that is right."""
    with Store(tmp_path / "from.db") as store:
        store.add_report("Ana", report_of(fake_analysis()))
        store.export_zip(tmp_path / "whole.zip")
    with zipfile.ZipFile(tmp_path / "whole.zip") as source:
        files = {name: json.loads(source.read(name)) for name in source.namelist()}
    manifest = files.pop("manifest.json")
    ((_, report),) = files.items()
    report["measurements"].setdefault(key, {"value": 1.0, "uncertainty_95": 1.0, "time_s": 0.1, "frame": 3})
    report["measurements"][key] |= what
    text = json.dumps(report)
    digest = sha256(text.encode()).hexdigest()
    manifest["runners"][0]["reports"][0] |= {"file": f"reports/{digest}.json", "sha256": digest}
    path = tmp_path / "changed.zip"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr(f"reports/{digest}.json", text)
        target.writestr("manifest.json", json.dumps(manifest))
    return path


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("peak_shin_angle_deg", {"frame": 2**63}),
        ("peak_shin_angle_deg", {"frame": -1}),
        ("peak_shin_angle_deg", {"value": 1e308}),
        ("peak_shin_angle_deg", {"uncertainty_95": 1e300}),
        ("peak_shin_angle_deg", {"time_s": -1e9}),
        ("of_a_later_version_deg", {"value": 10**400}),
        ("of_a_later_version_deg", {"frame": "7"}),
        ("of_a_later_version_deg", {"time_s": [1]}),
    ],
)
def test_a_number_that_no_measurement_gives_is_refused(
    tmp_path: Path, key: str, what: dict[str, Any]
) -> None:
    export = changed(tmp_path, key, what)
    with pytest.raises(StoreError, match=r"no measurement gives|is not a report of Dorsi"):
        import_export(export, tmp_path / "to.db")
    assert not (tmp_path / "to.db").exists()


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("key", ["added_at", "measured_at", "kept_at", "exported_at"])
def test_a_date_outside_the_calendar_is_refused(tmp_path: Path, key: str, moment: str) -> None:
    export = changed(tmp_path, "peak_shin_angle_deg", {})
    with zipfile.ZipFile(export) as source:
        files = {name: source.read(name) for name in source.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    person = manifest["runners"][0]
    for part in (manifest, person, person["reports"][0]):
        part |= {key: moment} if key in part else {}
    with zipfile.ZipFile(export, "w") as target:
        for name, content in (*files.items(), ("manifest.json", json.dumps(manifest).encode())):
            target.writestr(name, content)
    with pytest.raises(StoreError, match=f"{key}: .*outside the calendar"):
        import_export(export, tmp_path / "to.db")
    assert not (tmp_path / "to.db").exists()


def test_a_date_outside_the_calendar_is_told_by_the_store_itself(tmp_path: Path) -> None:
    far = datetime.max.replace(tzinfo=timezone(timedelta(hours=-14)))
    with (
        Store(tmp_path / "s.db") as store,
        pytest.raises(StoreError, match="lies outside the calendar"),
        store._database.writing() as connection,
    ):
        find_or_add_runner(connection, "Ana", far)


@pytest.mark.parametrize(
    ("error", "left"),
    [(KeyboardInterrupt(), False), (StoreError("store_in_use", path="to.db"), True)],
    ids=["stopped", "somebody else's"],
)
def test_an_import_that_is_stopped_leaves_no_store_but_one_that_others_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, left: bool
) -> None:
    export = changed(tmp_path, "peak_shin_angle_deg", {})

    def stop(*_: object) -> None:
        raise error

    monkeypatch.setattr(archive.Export, "take_over", stop)
    with pytest.raises(type(error)):
        import_export(export, tmp_path / "to.db")
    assert (tmp_path / "to.db").exists() is left


def test_numbers_of_a_later_version_come_along(tmp_path: Path) -> None:
    export = changed(tmp_path, "of_a_later_version_deg", {"value": 12.5})
    imported, path = import_export(export, tmp_path / "to.db")
    assert imported.new_reports == 1
    with Store(path) as store:
        (record,) = store.history("Ana")
        assert record.values["of_a_later_version_deg"].value == 12.5
