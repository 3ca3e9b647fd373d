"""What code makes in docs/ is current and always the same bytes. To renew it: `make docs`.

Not here: whether links lead anywhere (`test_links.py`).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from docs import (
    make_architecture,
    make_cli_reference,
    make_coverage,
    make_filming_images,
    make_images,
    make_tables,
)
from docs.make_cli_reference import commands
from dorsi.cli import app
from dorsi.cli.common import EXIT_CODES
from dorsi.engine.conclude.quality import MESSAGES
from dorsi.errors import SENTENCES
from dorsi.plan import load_drills
from dorsi.rules import load_rules, threshold_in_words
from tests.test_architecture import RANK

RULE_BOOK = load_rules()

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", make_filming_images.PICTURES)
def test_filming_pictures_are_current(name: str) -> None:
    drawn = make_filming_images.PICTURES[name]()
    assert (make_filming_images.IMAGES / name).read_text(encoding="utf-8") == drawn


def test_the_picture_of_the_architecture_is_current() -> None:
    assert make_architecture.PICTURE.read_text(encoding="utf-8") == make_architecture.architecture()


def test_the_picture_of_the_architecture_agrees_with_the_allowed_imports(repo: Path) -> None:
    rows = [names.split(", ") for names, _ in make_architecture.ROOMS]
    ranks = [[RANK[name] for name in names if name in RANK] for names in rows]
    known = [each for each in ranks if each]
    assert all(min(upper) > max(lower) for upper, lower in pairwise(known))
    page = (repo / "docs" / "architecture.md").read_text(encoding="utf-8")
    for unit in RANK.keys() - {"__main__"}:
        assert unit.split(".")[0] in re.findall(r"\w+", page), unit


def test_the_drawing_of_the_method_is_current() -> None:
    assert make_images.DRAWING.read_text(encoding="utf-8") == make_images.method_drawing()


@pytest.mark.parametrize("shape", [(128, 72), (150, 72), (72, 128)])
def test_a_moving_picture_ends_on_its_last_frame_and_holds_it(shape: tuple[int, int], tmp_path: Path) -> None:
    greys = np.linspace(0, 200, 8)
    pictures = [(0.5 + i / 30, np.full((*shape, 3), grey, np.uint8)) for i, grey in enumerate(greys)]
    path = tmp_path / "moving.webp"
    make_images.moving(pictures, path)
    ok, animation = cv2.imreadanimation(str(path))
    assert ok
    assert [frame.shape[1] for frame in animation.frames] == [make_images.MOVING_WIDTH_PX] * 8
    assert {len(frame) for frame in animation.frames} == {round(360 * shape[0] / shape[1])}
    assert [frame[..., :3].mean() for frame in animation.frames] == pytest.approx(greys, abs=4)
    assert list(animation.durations) == pytest.approx([33] * 7 + [1000 * make_images.HOLD_S], abs=1)


def test_the_moving_picture_is_short_and_light() -> None:
    ok, animation = cv2.imreadanimation(str(make_images.MOVING))
    assert ok
    assert 2000 <= sum(animation.durations) <= 4000
    assert animation.loop_count == 0
    assert make_images.MOVING.stat().st_size <= 1_500_000
    assert {frame.shape[1] for frame in animation.frames} == {make_images.MOVING_WIDTH_PX}


@pytest.mark.parametrize("name", [*make_filming_images.PICTURES, make_architecture.PICTURE.name])
def test_drawn_pictures_read_at_the_width_of_a_phone(name: str) -> None:
    root = ET.fromstring((make_filming_images.IMAGES / name).read_text(encoding="utf-8"))  # noqa: S314  ours
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    assert width == 360
    assert root.findtext(f"{SVG}title")
    outermost = list(root.iter(f"{SVG}text"))
    assert outermost
    for text in outermost:
        size, words = float(text.attrib["font-size"]), "".join(text.itertext())
        assert size >= 13, words
        # Half a square a letter is generous for a sans-serif font.
        half = 0.5 * size * len(words)
        middle = float(text.attrib["x"]) + {"start": half / 2, "end": -half / 2}.get(
            text.attrib["text-anchor"], 0.0
        )
        if text in list(root):
            assert middle - half / 2 >= -6 and middle + half / 2 <= width + 6, words
            assert 0 < float(text.attrib["y"]) < height


def test_every_filming_picture_is_shown_and_told_in_words(repo: Path) -> None:
    guide = (repo / "docs" / "filming.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r'<img src="images/([^"]+)" alt="([^"]+)"', guide))
    assert shown.keys() == make_filming_images.PICTURES.keys()
    assert all(len(alt) > 20 for alt in shown.values())
    assert {p.name for p in make_filming_images.IMAGES.glob("filming_*")} == shown.keys()


def test_the_command_reference_is_current() -> None:
    assert make_cli_reference.PAGE.read_text(encoding="utf-8") == make_cli_reference.reference()


def test_the_reference_does_not_depend_on_the_terminal() -> None:
    code = "import sys; from docs.make_cli_reference import reference; sys.stdout.write(reference())"
    environment = os.environ | {"COLUMNS": "30", "FORCE_COLOR": "1", "PYTHONUTF8": "1"}
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env=environment, cwd=Path.cwd()
    )
    told = run.stdout.decode("utf-8")
    assert told == make_cli_reference.reference()
    assert "\x1b" not in told
    assert "\b" not in told


def test_the_reference_has_every_command_with_help_and_an_example() -> None:
    found = {command.name: command for command in commands()}
    assert {"dorsi measure", "dorsi info", "dorsi rules", "dorsi models"} <= found.keys()
    assert len(found) >= len([c for c in app.registered_commands if not c.hidden])
    for command in found.values():
        assert command.text, command.name
        assert command.examples, command.name
        assert all(line.startswith(("dorsi ", "#")) for line in command.examples), command.name
        assert all(p.help for p in command.parameters), command.name
    assert ("--json",) in [p.names for p in found["dorsi measure"].parameters]
    assert "`front`" in [p.default for p in found["dorsi measure"].parameters]


def test_exit_codes_are_all_in_the_table() -> None:
    page = make_cli_reference.PAGE.read_text(encoding="utf-8")
    table = page.split("## Exit codes")[1]
    codes = re.findall(r"(?:[:;] )(\d+) ", EXIT_CODES)
    assert codes
    assert re.findall(r"^\| (\d+) \|", table, flags=re.MULTILINE) == codes


@pytest.mark.parametrize("page", make_tables.BLOCKS)
def test_tables_in_pages_are_current(page: str) -> None:
    assert (make_tables.DOCS / page).read_text(encoding="utf-8") == make_tables.filled(page)


def test_the_coverage_has_every_test_rule_drill_and_fact() -> None:
    told = make_coverage.coverage()
    tests, thresholds, drills = (part for part in told.split("\n\n") if part.startswith("| "))
    assert len(tests.splitlines()) == 2 + len(make_coverage.TESTS) == 2 + 10
    named = [name for _, rules, _ in make_coverage.TESTS for name in rules]
    others = {RULE_BOOK.rule_set(name).rules[0].name for name in tuple(RULE_BOOK.sets)[1:]}
    assert set(named) | others == set(RULE_BOOK.rules)
    assert {rule.test for rule in RULE_BOOK.rules.values()} == set(make_coverage._BY_TEST)
    for name, rule in RULE_BOOK.rules.items():
        (row,) = (line for line in thresholds.splitlines() if line.startswith(f"| `{name}`: "))
        assert rule.title in row and threshold_in_words(rule).replace("<", "&lt;") in row
        assert all(key in row.split(" | ")[-1] for key in re.findall(r"\bS\d(?=: )", rule.source))
    for drill in load_drills().drills.values():
        (row,) = (line for line in drills.splitlines() if line.startswith(f"| {drill.title}: "))
        assert row.endswith(f" {', '.join(re.findall(r'S[0-9](?=: )', drill.source))} |")
    for wanted in ("Plantarflexion, context only", "associated with …", "`peak_shin_angle_deg`: 3.8°"):
        assert wanted in thresholds
    assert all(f"\n- S{number}: " in told for number in range(5))


def test_the_commands_of_the_coverage_exist_and_apply_the_rule() -> None:
    known = {command.name: command for command in commands()}
    used = re.findall(r"`(dorsi [^`]+)`", make_coverage.coverage())
    assert len(used) > 50
    for line in used:
        name = " ".join(line.split()[:2])
        spellings = {
            s for p in known[name].parameters for names in p.names for s in re.split(r"[ ,/]+", names)
        }
        assert set(re.findall(r"--[a-z-]+", line)) <= spellings, line
        if "--for" in line:
            assert load_drills().for_aim(line.split()[-1])
        if "--rules" in line:
            assert line.split()[-1] in RULE_BOOK.sets


def test_the_readme_is_short_and_leads_to_the_coverage(repo: Path) -> None:
    readme = (repo / "README.md").read_text(encoding="utf-8")
    assert len(readme.splitlines()) <= 130
    assert "](docs/coverage.md)" in readme


@pytest.mark.parametrize(
    "fact",
    [
        "| inclinometer | 3.7–3.8° | Konor 2012 |",
        "| goniometer | 5.0–7.7° | Konor 2012 |",
        "| between two raters | 4.6° | Powden 2015 |",
        "| tape | 1.1–1.5 cm | Konor 2012 |",
        "1.96 · √2 · 1.4° = 3.9° (Konor 2012)",
        "39.0° at the tibial tuberosity and 44.9° fifteen centimetres lower",
        "**2–4° more** upright and **6–9° more** with the knee bent",
        "Healthy young adults reach **35–40°** in the same test on average",
        "(899 adults, McBride 2026)",
        "30 studies with 3,404 runners",
        "10.1186/s40798-022-00416-z",
        "For a 40 cm shank near 40° one centimetre is about 1.9°, not 3.6°",
        "is **never** turned into degrees",
        "The **arch** sinking in, and the **knee drifting inward**: a clip from the side hides both",
    ],
)
def test_the_guide_to_results_tells_the_cautions_with_their_numbers(fact: str, repo: Path) -> None:
    text = (repo / "docs" / "interpreting.md").read_text(encoding="utf-8")
    assert fact in " ".join(text.split())


def test_the_filming_guide_tells_every_refusal() -> None:
    told = make_tables.messages()
    assert all(f"`{code}`" in told for code in MESSAGES)


def test_the_page_of_errors_tells_every_code() -> None:
    told = make_tables.errors()
    for kind, sentences in SENTENCES.items():
        section = told.split(f"### {kind}\n")[1].split("\n### ")[0]
        assert all(f"| `{code}` | " in section for code in sentences)
    assert "| `tape_contradicts_touch` | `tape_cm`, `knee_touched` | The tape distance {tape_cm} cm" in told


def test_a_page_without_its_block_is_told(tmp_path: Path) -> None:
    (tmp_path / "filming.md").write_text("no block\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no block safety"):
        make_tables.filled("filming.md", tmp_path)
