"""The contract: schema published and up to date, old reports load, wrong ones are named."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from dorsi.errors import ReportError
from dorsi.report.model import Report, load_report
from dorsi.report.verdict import verdict_sentence

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "docs" / "schema" / "dorsi.report-1.json"
OLD = sorted((ROOT / "tests" / "data" / "old_reports").glob("*.json"))


def test_the_published_schema_is_the_one_in_the_code() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == Report.json_schema()


@pytest.mark.parametrize("path", OLD, ids=lambda p: p.stem)
def test_old_reports_load_follow_the_schema_and_survive_a_round_trip(path: Path) -> None:
    report = load_report(path)
    jsonschema.validate(json.loads(path.read_text(encoding="utf-8")), json.loads(SCHEMA.read_text()))
    again = Report.model_validate_json(report.to_json())
    assert again == report
    assert verdict_sentence(report)


def test_there_is_an_old_report_of_each_status() -> None:
    assert {load_report(path).status for path in OLD} == {"measured", "not_measurable"}


def test_unknown_keys_of_later_versions_are_kept(tmp_path: Path) -> None:
    data = json.loads(OLD[0].read_text(encoding="utf-8"))
    data["measurements"]["new_quantity_deg"] = {"value": 1.0}
    later = tmp_path / "later.json"
    later.write_text(json.dumps(data))
    assert "new_quantity_deg" in load_report(later).to_json()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"status": "perhaps"}, "status"),
        ({"schema": "other/1"}, "schema"),
        ({"reasons": [{"code": "no_person", "message": "x"}]}, "reasons"),
        ({"signals": None}, "signals"),
    ],
)
def test_a_report_that_breaks_the_contract_is_refused_in_one_line(
    tmp_path: Path, change: dict[str, object], named: str
) -> None:
    data = json.loads(OLD[0].read_text(encoding="utf-8")) | change
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(data))
    with pytest.raises(ReportError) as error:
        load_report(bad)
    assert named in str(error.value)
    assert "\n" not in str(error.value)
    with pytest.raises(ReportError):
        load_report(tmp_path / "missing.json")


def test_refusals_give_no_number() -> None:
    refused = next(load_report(p) for p in OLD if "refused" in p.stem)
    assert "does not support a number" in verdict_sentence(refused)
