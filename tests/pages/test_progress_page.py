"""The progress page: everything on it, nothing outside the plots, safe with any name, whole or not there."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import timedelta
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dorsi.errors import OutputError
from dorsi.pages.progress_page import render_page
from dorsi.pages.progress_plot import HEIGHT, WIDTH, trend_plot
from dorsi.progress import trends
from dorsi.progress.compare import Trend
from dorsi.store import Record
from dorsi.workflow.progress import write_page
from tests.progress.test_compare import only, record, smallest
from tests.store.reports import at


def parts(svg: str, kind: str) -> list[ET.Element]:
    """Elements of a class; the SVG must be well-formed."""
    return [node for node in ET.fromstring(svg) if (node.get("class") or "").split()[0] == kind]  # noqa: S314


def number(node: ET.Element, name: str) -> float:
    return float(node.get(name, "nan"))


def both_sides() -> list[Trend]:
    records = [
        record(1, 30.0, 2.0),
        record(11, 32.0, 1.0),
        record(21, 36.0, 2.0, verdict="borderline", clip_file="<last>.mp4"),
        record(1, 35.0, 2.0, side="right"),
    ]
    return trends(records, lambda _: smallest())


def test_values_bars_and_band_lie_where_they_should() -> None:
    left, right = both_sides()
    svg = trend_plot(left, [left, right])
    dots, bars, (band,) = parts(svg, "dot"), parts(svg, "bar"), parts(svg, "error")
    assert len(dots) == len(bars) == 3
    x = [number(dot, "cx") for dot in dots]
    assert x[1] - x[0] == pytest.approx(x[2] - x[1], abs=0.2)
    scale = (number(dots[0], "cy") - number(dots[2], "cy")) / 6.0
    assert number(bars[0], "y2") - number(bars[0], "y1") == pytest.approx(4.0 * scale, abs=0.3)
    assert number(bars[1], "y2") - number(bars[1], "y1") == pytest.approx(2.0 * scale, abs=0.3)
    # Round the first value, as wide as the change must be.
    middle = number(band, "y") + number(band, "height") / 2
    assert middle == pytest.approx(number(dots[0], "cy"), abs=0.2)
    assert number(band, "height") == pytest.approx(2 * 3.8 * scale, abs=0.3)
    assert number(dots[2], "cy") < number(band, "y") < number(dots[1], "cy")
    assert [node.text for node in parts(svg, "last")] == ["36.0°"]
    # Both sides have the same axes.
    ticks = [node.text for node in parts(svg, "tick") if "20" not in (node.text or "")]
    other = trend_plot(right, [left, right])
    assert ticks == [node.text for node in parts(other, "tick") if "20" not in (node.text or "")]
    assert parts(other, "error") == []


def test_days_under_the_axis_do_not_run_into_each_other() -> None:
    trend = only(*(record(day, 30.0) for day in range(1, 29)))
    days = [node for node in parts(trend_plot(trend, [trend]), "tick") if "2026" in (node.text or "")]
    places = sorted(number(day, "x") for day in days)
    assert [day.text for day in days][:2] == ["28 Mar 2026", "1 Mar 2026"]
    assert all(b - a >= 78 for a, b in pairwise(places))


@given(
    st.lists(
        st.tuples(st.integers(1, 28), st.floats(-60, 150), st.none() | st.floats(0, 60)),
        min_size=1,
        max_size=9,
    )
)
def test_nothing_is_drawn_outside(found: list[tuple[int, float, float | None]]) -> None:
    trend = only(*(record(day, value, half) for day, value, half in found))
    for node in ET.fromstring(trend_plot(trend, [trend])):  # noqa: S314  our own text
        for name in ("x", "x1", "x2", "cx"):
            assert 0 <= float(node.get(name, "0")) <= WIDTH
        for name in ("y", "y1", "y2", "cy"):
            assert -1 <= float(node.get(name, "0")) <= HEIGHT + 1, (node.attrib, found)


def test_clips_of_one_day_stand_together_and_the_number_off_the_axis() -> None:
    later = at(1) + timedelta(minutes=1)
    for day, moment, anchor in ((1, later, "end"), (28, at(28), "start")):
        found = [record(1, 30.0, 2.0), record(day, 35.0, 2.0, side="right", measured_at=moment)]
        left, right = trends(found, lambda _: smallest())
        left_svg, right_svg = (trend_plot(side, [left, right]) for side in (left, right))
        apart = number(parts(right_svg, "dot")[0], "cx") - number(parts(left_svg, "dot")[0], "cx")
        assert apart < 1.0 if day == 1 else apart > WIDTH / 2
        assert parts(left_svg, "last")[0].get("text-anchor") == anchor


def test_an_unknown_uncertainty_is_an_open_dot_without_a_bar() -> None:
    trend = only(record(1, 30.0, None))
    svg = trend_plot(trend, [trend])
    assert parts(svg, "bar") == []
    assert [dot.get("class") for dot in parts(svg, "dot")] == ["dot open"]


def test_the_page_has_answers_plots_and_every_measurement() -> None:
    page = render_page("Ana", both_sides())
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
    assert "+6.0° in 20 days. That is more than measuring error (3.8°)" in text
    assert "Measured once, so there is no change to tell yet." in text
    assert page.count("<svg") == 2
    for row in ("11 Mar 2026 32.0° ± 1.0° meets 11.mp4", "21 Mar 2026 36.0° ± 2.0° borderline <last>.mp4"):
        assert row in text
    assert "smallest change that the test can show 3.8°. a study" in text
    for word in ("diagnosis", "smallest change", "what is this leg's own", "drops out of a change"):
        assert word in text
    assert "injury" not in text.lower()


def test_quantities_of_one_side_share_a_row_on_paper_and_verdicts_of_squats_say_of_what() -> None:
    squat = record(1, 95.0, test="squat", side=None, verdict="limited", verdict_about="heels")
    page = render_page("Ana", [*both_sides(), *trends([squat], lambda _: smallest(None))])
    assert re.findall(r'<section class="(one|many)"', page) == ["many", "one"]
    assert "limited: heels" in page and '<th scope="col" class="clip">' in page


def test_the_page_is_one_file_without_scripts() -> None:
    page = render_page("Ana", both_sides())
    assert not re.search(r"<script|<link|<img|@import|url\(|https?://", page)


def test_without_a_number_the_page_says_so() -> None:
    assert "Nothing that can be followed over time has been measured yet." in render_page("Ana", [])
    every: list[Record] = [record(1, 25.0, test="big_toe"), record(2, 95.0, test="squat")]
    page = render_page("Ana", trends(every, lambda _: smallest(None)))
    assert "no study gives a smallest change for this" in page
    assert "Big toe: big-toe extension" in page and "Deep squat: greatest knee bend" in page


def test_a_name_is_text(tmp_path: Path) -> None:
    name = '<script>alert("x")</script>/../&'
    path = write_page(name, both_sides(), tmp_path)
    assert path.parent == tmp_path
    assert "<script>" not in path.read_text(encoding="utf-8")
    assert write_page("李 娜", [], tmp_path).name == "progress-李_娜.html"


def test_the_page_is_replaced_whole(tmp_path: Path) -> None:
    path = write_page("Ana", [], tmp_path / "new" / "folder")
    assert "30.0°" not in path.read_text(encoding="utf-8")
    assert write_page("Ana", both_sides(), path.parent) == path
    assert "30.0°" in path.read_text(encoding="utf-8")
    assert list(path.parent.iterdir()) == [path]
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="a file is in the way"):
        write_page("Ana", [], tmp_path / "file")
