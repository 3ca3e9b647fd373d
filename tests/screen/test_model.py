"""The screen contract: schema published, what is written fits it, broken screens are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dorsi.errors import ScreenError
from dorsi.pages.screen_page import render_screen_html
from dorsi.rules import load_rules
from dorsi.screen.model import Screen, load_screen

EXAMPLE = Path(__file__).with_name("example.json")


@pytest.fixture
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    return found


def load(document: object, tmp_path: Path) -> Screen:
    path = tmp_path / "screen.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return load_screen(path)


def test_the_published_schema_is_up_to_date(repo: Path) -> None:
    # To renew it: write json.dumps(Screen.json_schema(), indent=2, ensure_ascii=False) and a newline.
    published = (repo / "docs" / "schema" / "dorsi.screen-1.json").read_text(encoding="utf-8")
    assert published == json.dumps(Screen.json_schema(), indent=2, ensure_ascii=False) + "\n"


def test_the_example_fits_the_schema_and_survives_a_round_trip(
    document: dict[str, Any], repo: Path, tmp_path: Path
) -> None:
    schema = json.loads((repo / "docs" / "schema" / "dorsi.screen-1.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    path = tmp_path / "screen.json"
    path.write_text(load_screen(EXAMPLE).to_json(), encoding="utf-8")
    assert load_screen(path) == load_screen(EXAMPLE)


def test_a_screen_of_before_the_stages_is_written_as_it_came(
    document: dict[str, Any], tmp_path: Path
) -> None:
    old = load(document, tmp_path)
    assert (old.plan.stage, old.plan.stages, old.plan.week, old.plan.safety) == (None, [], [], None)
    assert {(item.stage, item.days_a_week, item.minutes) for item in old.plan.items} == {(None, None, None)}
    written = json.loads(old.to_json())["plan"]
    assert written.keys() == document["plan"].keys()
    assert [item.keys() for item in written["items"]] == [
        item.keys() | {"dose_by", "how_often_by"} for item in document["plan"]["items"]
    ]


def test_keys_of_a_later_version_are_kept(document: dict[str, Any], tmp_path: Path) -> None:
    document["later"] = document["clips"][0]["later"] = 3
    again = json.loads(load(document, tmp_path).to_json())
    assert again["later"] == again["clips"][0]["later"] == 3


def test_a_clip_is_found_by_its_role(document: dict[str, Any], tmp_path: Path) -> None:
    document["clips"] = document["clips"][:1]
    document["missing"] = ["right", "left_toe", "right_toe", "squat"]
    screen = load(document, tmp_path)
    assert (clip := screen.clip("left")) is not None
    assert clip.file == "left lunge.mp4"
    assert screen.clip("squat") is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(schema="dorsi.screen/2"), "schema"),
        (lambda d: d["clips"].pop(), "role"),
        (lambda d: d.update(clips=[], missing=[each["role"] for each in d["clips"]]), "one clip"),
        (lambda d: d["missing"].append("left"), "role"),
        (lambda d: d["comparability"][1].update(comparable=True), "comparable exactly when"),
        (lambda d: d["headline"].update(tone="bad"), "tone"),
        (lambda d: d["plan"].pop("remeasure"), "remeasure"),
        (lambda d: d["pairs"][0]["difference"].update(value=float("nan")), "finite"),
    ],
)  # fmt: skip
def test_a_broken_screen_is_refused_in_one_line(
    document: dict[str, Any], change: Any, said: str, tmp_path: Path
) -> None:
    change(document)
    with pytest.raises(ScreenError, match=said) as caught:
        load(document, tmp_path)
    assert str(caught.value).startswith("screen.json: not a dorsi.screen/1 screen")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("raw", [b"", b"[]", b"\xff", b'{"schema": "dorsi.report/1"}'])
def test_other_files_are_refused(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(raw)
    with pytest.raises(ScreenError, match=r"^x\.json: not a dorsi\.screen/1 screen"):
        load_screen(path)
    with pytest.raises(ScreenError, match="cannot be read"):
        load_screen(tmp_path / "none.json")


def test_the_page_tells_what_the_screen_says_and_escapes_it(document: dict[str, Any], tmp_path: Path) -> None:
    document["runner"] = "<b>Ann</b>"
    screen = load(document, tmp_path)
    page = render_screen_html(screen, load_rules())
    assert "&lt;b&gt;Ann&lt;/b&gt;" in page
    assert "<b>Ann" not in page
    assert all(link in page for link in ("left/report.html", "squat/annotated.mp4", "left/peak.jpg"))
    assert "data:image/jpeg;base64,anBlZw==" in render_screen_html(screen, load_rules(), {"left": b"jpeg"})
