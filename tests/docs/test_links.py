"""Links between pages lead somewhere, commands in pages exist, words stay in bounds.

Not here: whether what code makes is current (`test_made.py`).
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from docs.make_cli_reference import commands

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [*DOCS, *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))]
INDEX = ROOT / "docs" / "README.md"


def _prose(page: Path) -> str:
    """The page without its code."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", text)


def links(page: Path) -> list[str]:
    """Targets of Markdown links and of pictures that do not leave the repository."""
    text = _prose(page)
    found = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset|href)="([^"]+)"', text)
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    """Names that GitHub gives the headings of a page."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    found: dict[str, int] = {}
    names = set()
    for heading in re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE):
        slug = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        again = found.get(slug, 0)
        found[slug] = again + 1
        names.add(f"{slug}-{again}" if again else slug)
    return names


def dead(page: Path) -> list[str]:
    """Links of a page that lead nowhere."""
    wrong = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            wrong.append(link)
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    assert dead(page) == []


def test_dead_links_would_be_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# The ± one\n[a](#the--one) [b](#none) [c](none.md) [d](page.md#the--one) `[e](f.md)`\n")
    assert dead(page) == ["#none", "none.md"]


def test_the_index_names_every_page() -> None:
    named = {link for link in links(INDEX) if link.endswith(".md")}
    assert {page.name for page in DOCS if page != INDEX} <= named


def _said(page: Path) -> list[str]:
    """Lines of a page that call the command, from blocks and from code in the prose."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    inline = re.findall(r"`(dorsi [^`\n]+)`", text)
    return [line for line in (*lines, *inline) if line.startswith("dorsi ")]


def _unknown(line: str) -> list[str]:
    """Commands and options of a line that do not exist."""
    known = {command.name.removeprefix("dorsi "): command for command in commands()}
    words = [word for word in shlex.split(line.split(" > ")[0], comments=True)[1:] if word != "…"]
    name = next(
        (n for n in sorted(known, key=len, reverse=True) if words[: len(n.split())] == n.split()), None
    )
    if name is None:
        # `dorsi --help` and `dorsi COMMAND --help` stand for all of them.
        return [] if words[0].startswith("-") or words[0].isupper() else [line]
    options = {spelled for p in known[name].parameters for spelled in p.names} | {"--help", "-h"}
    return [w for w in words if w.startswith("-") and w.split("=")[0] not in options and not _number(w)]


def _number(word: str) -> bool:
    return re.fullmatch(r"-\d+(\.\d+)?", word) is not None


@pytest.mark.parametrize(
    "page", [*DOCS, ROOT / "README.md"], ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_commands_in_pages_exist(page: Path) -> None:
    assert [(line, wrong) for line in _said(page) if (wrong := _unknown(line))] == []


def test_a_wrong_command_would_be_seen() -> None:
    assert _unknown("dorsi measure a.mp4 --json > b.json") == []
    assert _unknown("dorsi measure a.mp4 --sides left") == ["--sides"]
    assert _unknown("dorsi jump a.mp4") == ["dorsi jump a.mp4"]


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_no_page_speaks_of_risk_or_of_this_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert (
        re.findall(r"injury risk|risk of injury|diagnosed with|you have a ", text, flags=re.IGNORECASE) == []
    )
    assert re.findall(r"/home/|/root/|/tmp/", text) == []
