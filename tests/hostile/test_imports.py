"""Exports with numbers that no measurement gives: refused, and no store is left. Not here: other damage."""

from __future__ import annotations

import json
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from dorsi.errors import StoreError
from dorsi.store import Store, import_export
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


def test_numbers_of_a_later_version_come_along(tmp_path: Path) -> None:
    export = changed(tmp_path, "of_a_later_version_deg", {"value": 12.5})
    imported, path = import_export(export, tmp_path / "to.db")
    assert imported.new_reports == 1
    with Store(path) as store:
        (record,) = store.history("Ana")
        assert record.values["of_a_later_version_deg"].value == 12.5
