"""What code makes in docs/ is current and always the same bytes. To renew it: `make docs`.

Not here: whether links lead anywhere (`test_links.py`).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from docs import make_cli_reference, make_filming_images, make_images, make_tables
from docs.make_cli_reference import commands
from dorsi.cli import app
from dorsi.cli.common import EXIT_CODES
from dorsi.quality import MESSAGES

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", make_filming_images.PICTURES)
def test_filming_pictures_are_current(name: str) -> None:
    drawn = make_filming_images.PICTURES[name]()
    assert (make_filming_images.IMAGES / name).read_text(encoding="utf-8") == drawn


def test_the_drawing_of_the_method_is_current() -> None:
    assert make_images.DRAWING.read_text(encoding="utf-8") == make_images.method_drawing()


@pytest.mark.parametrize("name", make_filming_images.PICTURES)
def test_filming_pictures_read_at_the_width_of_a_phone(name: str) -> None:
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


def test_the_filming_guide_tells_every_refusal() -> None:
    told = make_tables.messages()
    assert all(f"`{code}`" in told for code in MESSAGES)


def test_a_page_without_its_block_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(make_tables, "DOCS", tmp_path)
    (tmp_path / "filming.md").write_text("no block\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no block messages"):
        make_tables.filled("filming.md")
