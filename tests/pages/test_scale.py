"""The scale under the answer: the value where it belongs, zones that meet without gap, nothing outside."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from dorsi.pages.scale import Band, Mark, Zones, scale_svg

RUNNER = Zones(10.0, 12.0)
YOUNG = Band(35.0, 40.0, "healthy <young> adults")


def parts(svg: str, kind: str) -> list[ET.Element]:
    """Elements of a class; the SVG must be well-formed."""
    return [node for node in ET.fromstring(svg) if kind in (node.get("class") or "").split()]  # noqa: S314


def percent(node: ET.Element, name: str) -> float:
    """A place or length in percent of the width."""
    return float(node.get(name, "").removesuffix("%"))


def deg(node: ET.Element, name: str, top: float) -> float:
    """The value at a place of a scale from 0 to `top`."""
    return (percent(node, name) - 2.0) / 96.0 * top


def test_value_bar_and_zones_lie_where_their_numbers_say() -> None:
    svg = scale_svg([Mark(25.0, 4.0)], 50.0, zones=RUNNER, band=YOUNG, title="Shin angle")
    (dot,) = parts(svg, "dot")
    assert deg(dot, "cx", 50) == pytest.approx(25.0, abs=0.05)
    bar = parts(svg, "bar")[0]
    assert [deg(bar, name, 50) for name in ("x1", "x2")] == pytest.approx([21.0, 29.0], abs=0.05)
    zones = [(z.get("class"), deg(z, "x", 50), percent(z, "width") / 96 * 50) for z in parts(svg, "zone")]
    assert [z[0] for z in zones] == ["zone limited", "zone borderline", "zone meets"]
    assert [z[1] for z in zones] == pytest.approx([0, 10, 12], abs=0.05)
    assert [z[2] for z in zones] == pytest.approx([10, 2, 38], abs=0.05)
    (band,) = parts(svg, "band")
    assert deg(band, "x", 50) == pytest.approx(35.0, abs=0.05)
    assert [n.text for n in parts(svg, "note")] == ["10–12° borderline", "healthy <young> adults 35–40°"]
    assert "Shin angle 25.0° ± 4.0° on a scale from 0 to 50°" in svg


@pytest.mark.parametrize(
    ("value", "half"), [(-4.0, 3.0), (0.0, 9.0), (49.9, 4.0), (77.0, None), (171.0, 8.0)]
)
def test_nothing_is_drawn_outside(value: float, half: float | None) -> None:
    svg = scale_svg([Mark(value, half)], 50.0, zones=RUNNER, band=YOUNG)
    for node in ET.fromstring(svg):  # noqa: S314
        for name in ("x", "x1", "x2", "cx"):
            if node.get(name) is not None:
                assert 0.0 <= percent(node, name) <= 100.0, node.attrib
        if node.tag == "rect":
            assert percent(node, "x") + percent(node, "width") <= 98.1
    assert 2 <= len(parts(svg, "tick")) / 2 <= 8


def test_the_last_tick_ends_inside_however_narrow_the_card() -> None:
    words = [n for n in parts(scale_svg([Mark(110.0, 3.0)], 150.0, zones=None), "tick") if n.tag == "text"]
    assert [n.text for n in words] == ["0°", "30°", "60°", "90°", "120°", "150°"]
    assert [n.get("text-anchor") for n in words] == ["middle"] * 5 + ["end"]
    assert percent(words[-1], "x") == 100.0


def test_without_a_half_width_there_is_no_bar_and_without_bounds_no_verdict() -> None:
    svg = scale_svg([Mark(25.0, None)], 50.0, zones=None)
    assert parts(svg, "bar") == [] and "±" not in svg
    assert [z.get("class") for z in parts(svg, "zone")] == ["zone plain"]


def test_one_bound_has_no_borderline_zone() -> None:
    svg = scale_svg([Mark(41.0, 5.0)], 70.0, zones=Zones(30.0, 30.0))
    assert [z.get("class") for z in parts(svg, "zone")] == ["zone limited", "zone meets"]
    assert [n.text for n in parts(svg, "note")] == ["from 30° on"]


def test_notes_that_would_touch_are_on_two_lines() -> None:
    near, far = (scale_svg([Mark(25.0, 4.0)], 50.0, zones=z, band=YOUNG) for z in (Zones(36.5, 36.5), RUNNER))
    assert len({n.get("y") for n in parts(near, "note")}) == 2
    assert len({n.get("y") for n in parts(far, "note")}) == 1


def test_two_sides_share_one_scale_each_on_its_row() -> None:
    svg = scale_svg([Mark(31.4, 2.3, "left"), Mark(7.9, 1.6, "right")], 50.0, zones=RUNNER, band=YOUNG)
    dots, words = parts(svg, "dot"), parts(svg, "value")
    assert [deg(dot, "cx", 50) for dot in dots] == pytest.approx([31.4, 7.9], abs=0.05)
    assert [node.text for node in words] == ["left 31.4°", "right 7.9°"]
    rows = [float(dot.get("cy", "")) for dot in dots]
    assert rows[1] - rows[0] > 20 and max(rows) < float(parts(svg, "zone")[0].get("y", ""))
    assert "left 31.4° ± 2.3°, right 7.9° ± 1.6° on a scale" in svg
