"""The curves: where things are drawn, gaps left open, nothing outside the picture."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from dorsi.pages.plots import LEFT, RIGHT, WIDTH, angle_plot, heel_plot
from dorsi.report.model import Report
from tests.report.fake_analysis import fake_analysis, report_of


def parts(svg: str, kind: str) -> list[ET.Element]:
    """Elements of a class; the SVG must be well-formed."""
    return [node for node in ET.fromstring(svg) if node.get("class") == kind]  # noqa: S314  our own text


def x_of(report: Report, time_s: float) -> float:
    """Where a moment belongs."""
    return LEFT + time_s / report.signals.time_s[-1] * (WIDTH - LEFT - RIGHT)


def test_the_peak_sits_at_its_time_on_the_curve() -> None:
    report = report_of(fake_analysis())
    svg = angle_plot(report)
    (dot,), (bar,), (label,) = parts(svg, "peak"), parts(svg, "bar"), parts(svg, "peak-t")
    peak = report.measurements.peak_shin_angle_deg
    assert float(dot.get("cx", "")) == pytest.approx(x_of(report, peak.time_s or 0), abs=0.1)
    ends = float(bar.get("y1", "")), float(bar.get("y2", ""))
    assert sum(ends) / 2 == pytest.approx(float(dot.get("cy", "")), abs=0.2)
    assert ends[0] < ends[1]
    assert label.text == "35.2°"
    # 4.8 deg of ± against the grid's 10 deg.
    ticks = {node.text: float(node.get("y", "")) for node in parts(svg, "tick")}
    assert (ends[1] - ends[0]) / (ticks["0"] - ticks["10"]) == pytest.approx(0.96, abs=0.01)


def test_reps_and_onset_are_marked_in_both_plots() -> None:
    report = report_of(fake_analysis())
    for svg in (angle_plot(report), heel_plot(report)):
        shades = parts(svg, "rep")
        starts = [float(node.get("x", "")) for node in shades]
        assert starts == pytest.approx([x_of(report, rep.start_s) for rep in report.reps], abs=0.1)
        assert [node.text for node in parts(svg, "rep-n")] == ["1", "2", "3"]
        (onset,) = parts(svg, "onset")
        assert float(onset.get("x1", "")) == pytest.approx(x_of(report, 200 / 30), abs=0.1)


def test_a_gap_in_the_curve_stays_open() -> None:
    (curve,) = parts(angle_plot(report_of(fake_analysis())), "curve")
    path = curve.get("d", "")
    assert path.count("M") == 2
    assert path.count("M") + path.count("L") == 256


def test_the_bound_is_drawn_only_for_the_angle_it_belongs_to() -> None:
    found = fake_analysis(crest=True)
    assert len(parts(angle_plot(report_of(found)), "bound")) == 1
    assert parts(angle_plot(report_of(found, "young-adults")), "bound") == []
    assert len(parts(angle_plot(report_of(found, "young-adults")), "young")) == 1


@pytest.mark.parametrize("peak", [-5.0, 8.0, 64.0])
def test_nothing_is_drawn_outside(peak: float) -> None:
    report = report_of(fake_analysis(peak))
    for svg in (angle_plot(report), heel_plot(report)):
        height = float(ET.fromstring(svg).get("viewBox", "").split()[3])  # noqa: S314  our own text
        for node in ET.fromstring(svg):  # noqa: S314
            for name in ("y", "y1", "y2", "cy"):
                assert 0 <= float(node.get(name, "0")) <= height, (node.attrib, peak)
            for y in re.findall(r" (-?[\d.]+)", node.get("d", "")):
                assert 0 <= float(y) <= height


def test_without_samples_there_is_no_plot() -> None:
    found = fake_analysis()
    assert found.signals is not None
    found.signals.shin_angle_deg[:] = float("nan")
    found.signals.heel_lift_mm[:] = float("nan")
    assert angle_plot(report_of(found)) == heel_plot(report_of(found)) == ""
