"""Drawings of the drills: one for each that ships, current, light, and harmless inside a page.

Not here: whether the pages show them (`tests/pages`).
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from docs import make_drill_drawings
from docs.drawing.hulls import hull
from docs.drawing.stage import WIDTH_PX
from dorsi.pages.drawings import drawing_of
from dorsi.plan import load_drills

SVG = "{http://www.w3.org/2000/svg}"
HEAVIEST_BYTES = 6000
DRAWN = tuple(make_drill_drawings.DRAWINGS)


def _root(name: str) -> ET.Element:
    return ET.fromstring(drawing_of(name))  # noqa: S314  ours


def test_every_drill_that_ships_has_a_drawing() -> None:
    assert set(load_drills().drills) <= set(DRAWN)


def test_the_folder_holds_what_the_code_makes_and_nothing_else() -> None:
    assert {path.name for path in make_drill_drawings.FOLDER.iterdir()} == {f"{name}.svg" for name in DRAWN}


@pytest.mark.parametrize("name", DRAWN)
def test_drawings_are_current(name: str) -> None:
    assert drawing_of(name) == make_drill_drawings.DRAWINGS[name]()


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_is_light_and_says_what_is_seen(name: str) -> None:
    assert len(drawing_of(name).encode()) <= HEAVIEST_BYTES
    root = _root(name)
    assert root.tag == f"{SVG}svg"
    assert root.attrib["role"] == "img"
    assert root.attrib["viewBox"] == f"0 0 {WIDTH_PX} 150"
    assert root[0].tag == f"{SVG}title"
    assert len(root[0].text or "") > 40


@pytest.mark.parametrize("name", DRAWN)
def test_the_words_stand_beside_a_drawing_not_in_it(name: str) -> None:
    said = ["".join(text.itertext()) for text in _root(name).iter(f"{SVG}text")]
    assert said in ([], ["1", "2"], ["1", "2", "3"])


@pytest.mark.parametrize("name", DRAWN)
def test_nothing_is_drawn_beside_the_picture(name: str) -> None:
    for text in re.findall(r'[Mxy]="?(-?[\d.]+)', drawing_of(name)):
        assert -20 <= float(text) <= WIDTH_PX + 20


def test_all_drawings_stand_in_one_page_without_harm() -> None:
    page = "".join(drawing_of(name) for name in DRAWN)
    elements = [element for name in DRAWN for element in _root(name).iter()]
    assert {element.tag.removeprefix(SVG) for element in elements} <= {
        "svg",
        "title",
        "g",
        "path",
        "circle",
        "text",
    }
    names = {key for element in elements for key in element.attrib}
    assert not names & {"id", "class", "style", "href", "src"}
    assert not any(name.startswith("on") for name in names)
    assert page.count("http") == page.count('xmlns="http://www.w3.org/2000/svg"') == len(DRAWN)
    assert "url(" not in page


@pytest.mark.parametrize("name", ["", "step-stretch", "../drawings/toe-yoga", "toe-yoga.svg", "/etc/passwd"])
def test_a_drill_of_a_clinics_own_book_has_none(name: str) -> None:
    assert drawing_of(name) == ""


def test_a_disc_inside_another_does_not_show_in_their_hull() -> None:
    big = [(0.0, 0.0, 10.0), (30.0, 0.0, 5.0)]
    assert hull([*big, (2.0, 1.0, 3.0)]) == hull(big)
    assert hull([(0.0, 0.0, 10.0)]) == hull([(0.0, 0.0, 10.0), (1.0, 0.0, 2.0)])


def test_hulls_go_the_same_way_round_in_whatever_order_the_discs_come() -> None:
    discs = [(0.0, 0.0, 4.0), (20.0, 0.0, 3.0), (10.0, 15.0, 2.0)]
    assert hull(discs) == hull(discs[::-1])
