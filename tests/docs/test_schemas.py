"""The published schemas are current, and the example of each file on docs/schemas.md is one.

Not here: the models themselves (tests/report, tests/screen, tests/store).
"""

from __future__ import annotations

import json
import re
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from bench.record import EVIDENCE
from docs.make_schemas import FOLDER, SCHEMAS, schema_text
from dorsi.corrections import load_corrections
from dorsi.profile import Profile, load_profile
from dorsi.report.model import Report
from dorsi.screen.model import Screen
from dorsi.store import Store
from tests.report.fake_analysis import fake_analysis, report_of

PAGE = (FOLDER.parent / "schemas.md").read_text(encoding="utf-8")


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return found


def example(name: str) -> tuple[str, str]:
    """Language and text of the example of a schema."""
    found = re.search(rf"<!-- example:{re.escape(name)} -->\n```(\w+)\n(.*?)```", PAGE, flags=re.DOTALL)
    assert found is not None, name
    return found[1], found[2]


def plain(jsonc: str) -> Any:
    """JSON without its comments, which begin after two blanks."""
    return json.loads(re.sub(r"\s+//.*$", "", jsonc, flags=re.MULTILINE))


def document(name: str) -> Any:
    language, text = example(name)
    # A date of TOML is a string in JSON.
    return json.loads(json.dumps(tomllib.loads(text), default=str)) if language == "toml" else plain(text)


@pytest.mark.parametrize("name", SCHEMAS)
def test_published_schemas_are_current(name: str) -> None:
    # To renew them: make docs.
    assert (FOLDER / name).read_text(encoding="utf-8") == schema_text(name)
    jsonschema.Draft202012Validator.check_schema(schema(name))


def test_the_page_names_every_schema_and_no_other() -> None:
    assert set(re.findall(r"\(schema/([^)]+)\)", PAGE)) == SCHEMAS.keys()
    assert {path.name for path in FOLDER.iterdir()} == SCHEMAS.keys()
    for name in SCHEMAS:
        version = name.removesuffix(".json").replace("-", "/")
        assert f"`{version}`" in PAGE
        assert schema(name)["properties"]["schema"]["const"] == version


@pytest.mark.parametrize("name", SCHEMAS)
def test_examples_fit_their_schema(name: str) -> None:
    found = document(name)
    checked = jsonschema.Draft202012Validator(schema(name))
    assert list(checked.iter_errors(found)) == []
    del found["schema"]
    assert list(checked.iter_errors(found)) != []


def test_examples_open_with_our_own_readers(tmp_path: Path) -> None:
    report = Report.model_validate(document("dorsi.report-1.json"))
    assert not _unknown(report)
    screen = Screen.model_validate_json(json.dumps(document("dorsi.screen-1.json")))
    assert not _unknown(screen)
    assert all(not _unknown(part) for part in (*screen.clips, *screen.findings, *screen.pairs, screen.plan))
    file = tmp_path / "ana.toml"
    file.write_text(example("dorsi.profile-1.json")[1], encoding="utf-8")
    profile = load_profile(file)
    assert profile.left.tape_cm == 9.5
    assert profile.signs.pain_where == ("plantar_fascia",)
    for part in (profile.signs, profile.safety, profile.history, profile.plan):
        assert all(getattr(part, name) is not None for name in type(part).model_fields)
    file.write_text(example("dorsi.corrections-1.json")[1], encoding="utf-8")
    assert len(load_corrections(file).correction) == 2


def test_the_python_of_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in (
        ("docs/schema/dorsi.report-1.json", schema_text("dorsi.report-1.json")),
        ("dorsi-out/lunge/report.json", report_of(fake_analysis()).to_json()),
    ):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(block, {})  # noqa: S102  the page's own
    assert capsys.readouterr().out == "35.2 ± 4.8\n"


def _unknown(part: Report | Screen | Any) -> dict[str, Any]:
    """Keys that the model keeps without knowing them: misspelt in the example."""
    return part.model_extra or {}


def test_a_written_profile_fits_its_schema() -> None:
    profile = Profile.model_validate({"schema": "dorsi.profile/1", "left": {"tape_cm": 8.0}})
    jsonschema.validate(tomllib.loads(profile.to_toml()), schema("dorsi.profile-1.json"))


def test_a_key_that_a_corrections_file_refuses_does_not_fit_its_schema() -> None:
    found = document("dorsi.corrections-1.json")
    found["correction"][0]["frames"] = 3
    assert list(jsonschema.Draft202012Validator(schema("dorsi.corrections-1.json")).iter_errors(found))


def test_the_page_names_every_array_of_evidence() -> None:
    table = PAGE.split("## evidence.npz\n")[1].split("\n## ")[0]
    told = {
        name
        for row in re.findall(r"^\| (`.*?) \|", table, flags=re.MULTILINE)
        for name in re.findall(r"`([\w.]+)`", row)
    }
    for clip in ("left_lunge", "left_big_toe"):
        with np.load(EVIDENCE / f"{clip}.npz", allow_pickle=False) as arrays:
            assert {re.sub(r"^view\d", "viewN", name) for name in arrays.files} <= told
            entries = json.loads(arrays["table"].tobytes())
        assert all(f"`{key}`" in table for key in entries)


def test_a_written_export_fits_its_schema(tmp_path: Path) -> None:
    with Store(tmp_path / "store.sqlite3") as store:
        store.add_report("Ann Example", report_of(fake_analysis()), None)
        store.export_zip(tmp_path / "all.zip", None)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        jsonschema.validate(manifest, schema("dorsi.export-1.json"))
        entry = manifest["runners"][0]["reports"][0]
        assert re.fullmatch(r"reports/[0-9a-f]{64}\.json", entry["file"])
        jsonschema.validate(json.loads(archive.read(entry["file"])), schema("dorsi.report-1.json"))
