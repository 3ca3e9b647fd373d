"""The report contract: schema published, old and extended reports load, broken ones are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dorsi.errors import ReportError
from dorsi.report.model import Report, load_report
from tests.report.fake_analysis import fake_analysis, refused, report_of

OLD = sorted((Path(__file__).parents[1] / "data" / "old_reports").glob("*.json"))


@pytest.fixture
def document() -> dict[str, Any]:
    """A measured report as plain JSON."""
    found: dict[str, Any] = json.loads(report_of(fake_analysis()).to_json())
    return found


def load(document: object, tmp_path: Path) -> Report:
    """Through a file, as a user would."""
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return load_report(path)


def test_the_published_schema_is_up_to_date(repo: Path) -> None:
    # To renew it: write json.dumps(Report.json_schema(), indent=2) and a newline to this file.
    published = (repo / "docs" / "schema" / "dorsi.report-1.json").read_text(encoding="utf-8")
    assert published == json.dumps(Report.json_schema(), indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("found", [fake_analysis(), refused()], ids=["measured", "refused"])
def test_what_is_written_fits_the_schema(found: Any, repo: Path) -> None:
    schema = json.loads((repo / "docs" / "schema" / "dorsi.report-1.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(report_of(found).to_json()), schema)


def test_there_are_old_reports() -> None:
    assert len(OLD) >= 2


@pytest.mark.parametrize("path", OLD, ids=lambda path: path.stem)
def test_old_reports_load_and_fit_the_schema(path: Path, repo: Path) -> None:
    report = load_report(path)
    old = json.loads(path.read_text(encoding="utf-8"))
    assert report.status == old["status"]
    assert (
        report.measurements.peak_shin_angle_deg.value == old["measurements"]["peak_shin_angle_deg"]["value"]
    )
    schema = json.loads((repo / "docs" / "schema" / "dorsi.report-1.json").read_text(encoding="utf-8"))
    jsonschema.validate(old, schema)


def test_a_report_without_repeatability_loads_and_is_written_as_it_came(
    document: dict[str, Any], tmp_path: Path
) -> None:
    peak = document["measurements"]["peak_shin_angle_deg"]
    assert peak["repeatability_95"] is None, "a new report tells that it does not know"
    for found in document["measurements"].values():
        del found["repeatability_95"]
    old = load(document, tmp_path)
    assert old.measurements.peak_shin_angle_deg.repeatability_95 is None
    assert json.loads(old.to_json()) == document
    peak["repeatability_95"] = 3.1
    new = load(document, tmp_path)
    assert new.measurements.peak_shin_angle_deg.repeatability_95 == 3.1
    assert json.loads(new.to_json()) == document


def test_a_reviewed_report_keeps_both_values_and_corrections_of_later_kinds(tmp_path: Path) -> None:
    text = next(path for path in OLD if path.stem == "0.2.0-reviewed").read_text(encoding="utf-8")
    old = json.loads(text)
    report = load(old, tmp_path)
    assert report.to_json() == text
    machine, reviewed = (
        each.measurements.peak_shin_angle_deg.value for each in (report, report.as_reviewed())
    )
    block = old["review"]
    assert machine == block["machine"]["measurements"]["peak_shin_angle_deg"]["value"]
    assert reviewed == block["reviewed"]["measurements"]["peak_shin_angle_deg"]["value"] != machine
    assert report.review is not None
    assert [each.kind for each in report.review.known()] == ["point", "heel"]
    later = {"kind": "foot_twist", "frame": 3, "by": "Ana"}
    block["corrections"].append(later)
    extended = load(old, tmp_path)
    assert extended.review is not None and len(extended.review.known()) == 2
    assert json.loads(extended.to_json())["review"]["corrections"][-1] == later
    del block["machine"]
    with pytest.raises(ReportError, match=r"review\.machine: Field required"):
        load(old, tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "(Invalid JSON"),
        ("{}", "(schema: Field required)"),
        ('{"schema": "x"}', "(schema: Input should be"),
    ],
)
def test_what_is_no_report_is_told_with_a_remedy(text: str, told: str, tmp_path: Path) -> None:
    (path := tmp_path / "other.json").write_text(text, encoding="utf-8")
    with pytest.raises(ReportError) as error:
        load_report(path)
    assert str(error.value).startswith(f"other.json: not a dorsi.report/1 report {told}")
    assert str(error.value).endswith("). Give a report.json that Dorsi wrote, or the clip.")


def test_a_report_survives_a_round_trip(tmp_path: Path) -> None:
    report = report_of(fake_analysis())
    path = tmp_path / "report.json"
    path.write_text(report.to_json(), encoding="utf-8")
    assert load_report(path) == report


def test_keys_of_a_later_version_are_kept(document: dict[str, Any], tmp_path: Path) -> None:
    document["plan_notes"] = "later"
    document["reps"][0]["speed"] = 3
    document["measurements"]["ankle_plantarflexion_deg"] = {"value": 31.0}
    again = json.loads(load(document, tmp_path).to_json())
    assert again["plan_notes"] == "later"
    assert again["reps"][0]["speed"] == 3
    assert again["measurements"]["ankle_plantarflexion_deg"] == {"value": 31.0}


@pytest.mark.parametrize(
    "where",
    [
        ("schema",), ("clip", "sha256"), ("side_source",), ("reps", 0, "heel_lifted"),
        ("measurements", "peak_crest_angle_deg"), ("measurements", "camera_roll_deg", "frame"),
        ("findings", 0, "source"), ("plan",), ("signals", "big_toe_deg"), ("provenance", "model", "sha256"),
    ],
    ids=lambda where: ".".join(map(str, where)),
)  # fmt: skip
def test_no_key_of_the_contract_may_be_missing(
    document: dict[str, Any], where: tuple[Any, ...], tmp_path: Path
) -> None:
    part: Any = document
    for key in where[:-1]:
        part = part[key]
    del part[where[-1]]
    with pytest.raises(ReportError, match=str(where[-1])) as caught:
        load(document, tmp_path)
    assert "\n" not in str(caught.value)


def test_a_refusal_without_a_reason_is_no_report(document: dict[str, Any], tmp_path: Path) -> None:
    document["status"] = "not_measurable"
    with pytest.raises(ReportError, match="reason"):
        load(document, tmp_path)


def test_curves_of_different_length_are_refused(document: dict[str, Any], tmp_path: Path) -> None:
    for name in ("heel_lift_mm", "knee_flexion_deg"):
        curve = document["signals"][name]
        document["signals"][name] = curve[:-1]
        with pytest.raises(ReportError, match="length"):
            load(document, tmp_path)
        document["signals"][name] = curve


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff\xfe", b'{"schema": "dorsi.report/2"}'])
def test_other_files_are_refused_in_one_line(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(raw)
    with pytest.raises(ReportError, match=r"^report\.json: not a dorsi\.report/1 report") as caught:
        load_report(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_a_report_error(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"report\.json: cannot be read"):
        load_report(tmp_path / "report.json")


def test_a_curve_is_one_line_of_the_file() -> None:
    text = report_of(fake_analysis()).to_json()
    # Fewer than one curve of 260 values, a line each, would add to what the plan says.
    assert len(text.splitlines()) < 450
    assert any(line.strip().startswith('"shin_angle_deg": [') and line.rstrip().endswith("],")
               for line in text.splitlines())  # fmt: skip
