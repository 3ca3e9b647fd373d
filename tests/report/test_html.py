"""The page: self-contained, honest, complete; a refusal shows no number."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from dorsi.report.html import render_html
from dorsi.report.verdict import verdict_sentence
from dorsi.rules import rule_sets
from dorsi.types import Analysis, Measurement
from tests.report.fake_analysis import MESSAGE, fake_analysis, refused, report_of

VOID = {"meta", "img", "br", "line", "rect", "circle", "path"}
PICTURE = b"\xff\xd8 a picture"


class Page(HTMLParser):
    """Checks that tags close in order; keeps the links and the words a reader sees."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words = ""
        self.feed(text)
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"src", "href", "srcset"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert attrs
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words += f" {data}"


def page(found: Analysis, rules: str = "runner", picture: bytes | None = PICTURE) -> Page:
    """The page of an analysis, parsed."""
    return Page(render_html(report_of(found, rules), found, picture))


def test_the_page_is_whole_and_stands_alone() -> None:
    text = render_html(report_of(fake_analysis()), fake_analysis(), PICTURE)
    shown = Page(text)
    assert shown.open == []
    assert "script" not in shown.tags and "link" not in shown.tags
    assert not re.search(r"https?://|url\(|@import", text)
    assert shown.links == [f"data:image/jpeg;base64,{base64.b64encode(PICTURE).decode()}"]
    assert 'name="viewport"' in text and "@media print" in text and "size:A4" in text


def test_the_answer_comes_first() -> None:
    shown = page(fake_analysis())
    sentence = verdict_sentence(report_of(fake_analysis()))
    assert shown.words.index(sentence) < shown.words.index("Findings")
    assert "35.2° ± 4.8° Peak shin angle with the heel down, the best of 3 repetitions" in shown.words


def test_the_tilt_of_the_camera_drops_out_of_the_excursion() -> None:
    found = fake_analysis(30.0, 5.0)
    found.measurements["start_shin_angle_deg"] = Measurement(4.0, 3.0, 0.2, 6)
    found.measurements["camera_roll_deg"] = Measurement(1.0, 3.0)
    assert "heel down 26.0° ± 4.0°" in page(found).words


@pytest.mark.parametrize(("peak", "tone"), [(35.2, "meets"), (11.0, "borderline"), (3.0, "limited")])
def test_the_colour_is_that_of_the_verdict(peak: float, tone: str) -> None:
    found = fake_analysis(peak, 2.0)
    assert f'class="answer {tone}"' in render_html(report_of(found), found, None)


def test_everything_asked_for_is_on_the_page() -> None:
    found = fake_analysis()
    words, report = page(found).words, report_of(found)
    for finding in report.findings:
        assert finding.message in words and finding.source in words
    for wanted in (
        "The test was filmed in shoes. Repeat barefoot.",
        "far below the 35–40° that healthy young adults reach",
        "generally do not predict running injury",
        "ankle joint to the knee joint", "Shin crest angle: not measured.",
        "-1.4° ± 0.6°, read from upright edges in the room",
        "a scale from usual body proportions",
        "smaller than 3.8°", "Konor 2012",
        "collapsing arch or a knee drifting inward cannot be seen",
        "pose model heavy (0123456789ab)", f"rules runner {report.provenance.rules.version}",
        "lifts at 35.2° (6.67 s), up to 22 mm", "stays down", "Highest heel rise 22 mm ± 6 mm",
        "Angles in this table are shin angles",
        "Excursion from the start pose to the peak, heel down",
        "left knee <to> wall.mp4", "A measurement, not a diagnosis.",
    ):  # fmt: skip
        assert wanted in words, wanted


@pytest.mark.parametrize("rules", rule_sets())
@pytest.mark.parametrize("peak", [3.0, 11.0, 36.0])
def test_no_page_speaks_of_injury_risk(peak: float, rules: str) -> None:
    words = page(fake_analysis(peak, crest=True), rules).words.lower()
    assert "injury risk" not in words and "risk of injury" not in words
    assert re.findall(r"(\w+ \w+) diagnosis", words)
    assert set(re.findall(r"(\w+ \w+) diagnosis", words)) <= {"is a", "not a"}
    assert "nothing here is a diagnosis" in words
    assert "35–40°" in words


def test_a_refused_clip_gets_reasons_and_no_number() -> None:
    text = render_html(report_of(refused()), refused(), PICTURE)
    shown = Page(text)
    assert MESSAGE in shown.words
    assert "does not support a number" in shown.words
    assert "°" not in unescape(text) and "±" not in unescape(text)
    assert "svg" not in shown.tags and "img" not in shown.tags
    assert "Findings" not in shown.words and "Repetitions" not in shown.words


def test_a_clip_refused_before_anything_was_found_has_a_page() -> None:
    found = replace(refused(), leg=None, level=None, signals=None, reps=(), warnings=())
    shown = page(found, picture=None)
    assert shown.open == []
    assert MESSAGE in shown.words and "Also noticed" not in shown.words


def test_what_is_not_known_is_said() -> None:
    found = fake_analysis()
    found.measurements["peak_shin_angle_deg"] = Measurement(35.2, None, 6.6, 199)
    found.measurements["camera_roll_deg"] = Measurement()
    unseen = tuple(replace(r, heel_lifted=False, max_heel_lift_mm=None) for r in found.reps)
    assert found.signals is not None
    found.signals.heel_lift_mm[:] = float("nan")
    words = page(replace(found, reps=unseen, level=None), picture=None).words
    assert "35.2° ± unknown" in words
    assert "not measurable in this picture" in words
    assert words.count("not clearly seen") == 3 + 1  # every row, and the finding says why
    assert "33.0° not clearly seen" in words
    assert "rise of the heel could not be followed" in words


def test_a_measured_crest_is_shown_apart_from_the_shin_angle() -> None:
    words = page(fake_analysis(crest=True)).words
    crest = words.index("Shin crest angle at that moment: 39.2° ± 4.8°")
    assert words.index("35.2° ± 4.8° Peak shin angle") < crest < words.index("Findings")
    assert "reads some degrees more than the line from ankle to knee" in words
    assert "small in white: the shin crest angle" in words
    assert "not measured" not in words


def test_a_crest_that_was_not_measured_is_said_beside_the_shin_angle() -> None:
    words = page(fake_analysis()).words
    shin = words.index("35.2° ± 4.8° Peak shin angle")
    assert shin < words.index("Shin crest angle: not measured.") < words.index("Findings")
    assert "39.2°" not in words and "in white" not in words


@pytest.mark.parametrize("crest", [True, False])
def test_every_finding_says_which_angle_it_is_about(crest: bool) -> None:
    found = fake_analysis(crest=crest)
    for rules, angle in (("runner", "Shin angle"), ("young-adults", "Shin crest angle")):
        words = page(found, rules).words
        finding = report_of(found, rules).findings[0]
        assert f"{finding.message} {angle} · {finding.source}" in words
