"""The page: self-contained, honest, complete; a refusal shows no number."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from dorsi.pages.report_page import render_html
from dorsi.report.model import Report
from dorsi.report.verdict import tone_of, verdict_sentence
from dorsi.rules import load_rules
from dorsi.types import Analysis, Measurement
from tests.report.fake_analysis import MESSAGE, fake_analysis, refused, report_of

RULES = load_rules()

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
    return Page(render_html(report_of(found, rules), found, picture, RULES))


def test_the_page_is_whole_and_stands_alone() -> None:
    text = render_html(report_of(fake_analysis()), fake_analysis(), PICTURE, RULES)
    shown = Page(text)
    assert shown.open == []
    assert "script" not in shown.tags and "link" not in shown.tags
    assert not re.search(r"https?://|url\(|@import", text)
    picture = f"data:image/jpeg;base64,{base64.b64encode(PICTURE).decode()}"
    assert [link for link in shown.links if not link.startswith("#")] == [picture]
    assert {link[1:] for link in shown.links if link.startswith("#")} <= set(
        re.findall(r'id="([\w-]+)"', text)
    )
    assert 'name="viewport"' in text and "@media print" in text and "size:A4" in text
    assert '<html lang="en">' in text and shown.tags.count("h1") == 1


def test_the_answer_comes_first() -> None:
    shown = page(fake_analysis())
    first = "Left ankle · lunge test 35.2° ± 4.8° Clears the minimum for running"
    assert first in shown.words
    order = [first, "The frame that counts", "What it means", "Keep in mind", "Over time",
             "For the physical therapist", "Limits and cautions"]  # fmt: skip
    places = [shown.words.index(words) for words in order]
    assert places == sorted(places)
    assert "the greatest with the heel down, best of 3 repetitions" in shown.words


@pytest.mark.parametrize(
    ("peak", "half", "words"),
    [(35.2, 4.8, ""), (20.0, 4.8, "less"), (52.0, 3.0, "more"), (30.1, 4.8, "")],
)
def test_the_minimum_never_stands_without_what_young_adults_reach(
    peak: float, half: float, words: str
) -> None:
    shown = page(fake_analysis(peak, half))
    assert (
        "10–12° is only the least that running needs, a low bar. Healthy young adults reach 35–40°"
        in shown.words
    )
    assert "on average, read partly along the front of the shin, where it is up to 9° more." in shown.words
    # 30.1° ± 4.8° from ankle to knee may be as much as 44° along the front: no less than they reach.
    assert re.findall(r"This ankle reaches (\w+)\.", shown.words) == [words] * bool(words)


def test_the_tilt_of_the_camera_drops_out_of_the_excursion() -> None:
    found = fake_analysis(30.0, 5.0)
    found.measurements["start_shin_angle_deg"] = Measurement(4.0, 3.0, 0.2, 6)
    found.measurements["camera_roll_deg"] = Measurement(1.0, 3.0)
    assert "start to peak 26.0° ± 4.0°" in page(found).words


@pytest.mark.parametrize(("peak", "tone"), [(35.2, "meets"), (11.0, "borderline"), (3.0, "limited")])
def test_the_colour_is_that_of_the_verdict(peak: float, tone: str) -> None:
    found = fake_analysis(peak, 2.0)
    assert f'class="answer {tone}"' in render_html(report_of(found), found, None, RULES)


def test_everything_asked_for_is_on_the_page() -> None:
    found = fake_analysis()
    words, report = page(found).words, report_of(found)
    for finding in report.findings:
        assert f"{finding.verdict} {finding.message}" in words
        assert all(each in words for each in re.split(r"; (?![^(]*\))", finding.source))
    for wanted in (
        "The clip shows a single repetition. Film three.",
        "ealthy young adults reach 35–40°",
        "generally do not predict running injury",
        "line from ankle to knee", "Shin crest angle: not measured.",
        "−1.4° ± 0.6°, read from upright edges in the room; taken off every angle",
        "scale from usual body proportions",
        "count only a change of more than about", "Measure again",
        "collapsing arch or a knee drifting inward cannot be seen",
        "Pose model heavy, sha256 0123456789ab", f"Rule set runner {report.provenance.rules.version}",
        "Clip sha256 abababababab", f"Dorsi {report.provenance.dorsi_version}",
        "lifts at 35.2° (6.67 s), up to 22.0 mm", "stays down", "Heel rise, highest 22.0 mm ± 6.0 mm",
        "Repetitions, shin angles", "leg far to the camera, facing right", "left (told from the picture)",
        "left knee <to> wall.mp4", "A measurement, not a diagnosis.",
    ):  # fmt: skip
        assert wanted in words, wanted


@pytest.mark.parametrize("rules", RULES.sets)
@pytest.mark.parametrize("peak", [3.0, 11.0, 36.0])
def test_no_page_speaks_of_injury_risk(peak: float, rules: str) -> None:
    words = page(fake_analysis(peak, crest=True), rules).words.lower()
    assert "injury risk" not in words and "risk of injury" not in words
    assert re.findall(r"(\w+ \w+) diagnosis", words)
    assert set(re.findall(r"(\w+ \w+) diagnosis", words)) <= {"is a", "not a"}
    assert "nothing here is a diagnosis" in words
    assert "35–40°" in words


@pytest.mark.parametrize("test", ["lunge", "big_toe", "squat"])
def test_a_refused_clip_gets_reasons_and_no_number(test: str) -> None:
    report = report_of(refused()).model_copy(update={"test": test})
    text = render_html(report, refused(), PICTURE, RULES)
    shown = Page(text)
    assert MESSAGE in shown.words and shown.open == []
    assert "No number from this clip" in shown.words and "does not support a number" in shown.words
    assert "How to film it again" in shown.words and "clip" in shown.words
    assert "°" not in unescape(text) and "±" not in unescape(text)
    assert "svg" not in shown.tags and "img" not in shown.tags
    assert "What it means" not in shown.words and "Repetitions" not in shown.words
    assert "Clip sha256 abababababab" in shown.words


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
    assert words.index("35.2° ± 4.8° Clears") < crest < words.index("What it means")
    assert "it reads some degrees more" in words
    assert "small in white: the shin crest angle" in words
    assert "not measured" not in words


def test_a_crest_that_was_not_measured_is_said_beside_the_shin_angle() -> None:
    words = page(fake_analysis()).words
    shin = words.index("35.2° ± 4.8° Clears")
    assert shin < words.index("Shin crest angle: not measured.") < words.index("What it means")
    assert "39.2°" not in words and "in white" not in words


def test_the_number_is_the_one_the_verdict_is_about() -> None:
    words = page(fake_analysis(crest=True), "young-adults").words
    assert "39.2° ± 4.8° Meets the reference: Healthy young adults" in words
    assert "Shin angle at that moment, from ankle to knee: 35.2° ± 4.8°" in words


@pytest.mark.parametrize("crest", [True, False])
def test_every_finding_says_which_angle_it_is_about(crest: bool) -> None:
    found = fake_analysis(crest=crest)
    for rules, angle in (("runner", "with the heel down"), ("young-adults", "shin crest")):
        finding = report_of(found, rules).findings[0]
        assert angle in finding.message and finding.message in page(found, rules).words


def test_each_statement_names_its_sources_by_the_number_of_an_end_note() -> None:
    found = fake_analysis()
    text, report = render_html(report_of(found), found, PICTURE, RULES), report_of(found)
    folded, paper = (
        re.findall(r"<li[^>]*>(.*?)</li>", each) for each in text.split('id="sources"')[1].split("paper")
    )
    notes = [unescape(each) for each in folded]
    assert notes == [unescape(each) for each in paper] and len(set(notes)) == len(notes) > 3
    # A bracket may hold a semicolon, which parts no citation.
    assert "S1: Ankle mobility for runners (Runner's World, A. Mateo; Lundstrom PhD, Caldarella)" in notes
    assert all(each.count("(") == each.count(")") for each in notes)
    for finding in report.findings:
        cited = re.search(
            re.escape(escape(finding.message, quote=False)) + r'<sup class="cite">(.*?)</sup>', unquoted(text)
        )
        assert cited is not None
        numbers = [int(each) for each in re.findall(r">(\d+)<", cited[1])]
        assert "; ".join(notes[n - 1] for n in numbers) == finding.source


def unquoted(text: str) -> str:
    """Markup with its quotes as they are read."""
    return text.replace("&#39;", "'").replace("&#34;", '"')


def test_names_from_outside_stay_words() -> None:
    hostile = '"><img src=x onerror=alert(1)><script>alert(2)</script>.mp4'
    found = fake_analysis()
    found = replace(found, clip=replace(found.clip, path=Path("clips") / hostile.replace("/", "")))
    text = render_html(report_of(found), found, None, RULES)
    shown = Page(text)
    assert "script" not in shown.tags and "img" not in shown.tags and "<script" not in text
    assert shown.open == [] and hostile.replace("/", "") in shown.words


def _with(**parts: Any) -> Report:
    """The measured report with other parts, as it would be read from its file."""
    report = json.loads(report_of(fake_analysis()).to_json())
    return Report.model_validate(report | parts)


def test_a_report_from_its_file_has_a_page_without_the_analysis() -> None:
    words = Page(render_html(_with(), None, PICTURE, RULES)).words
    assert "Camera roll −1.4° ± 0.6°; taken off every angle" in words
    assert "35.2° ± 4.8° Clears the minimum for running" in words


def test_a_report_by_a_rule_set_of_another_dorsi_has_a_page() -> None:
    report = _with()
    made = report.provenance.model_copy(
        update={"rules": report.provenance.rules.model_copy(update={"name": "gone"})}
    )
    words = Page(render_html(report.model_copy(update={"provenance": made}), None, None, RULES)).words
    assert (
        "Meets the reference: Minimum dorsiflexion for running" in words
        and "Nothing here is a diagnosis." in words
    )


def test_a_report_older_than_plans_titles_and_postures_has_a_page() -> None:
    old = json.loads(report_of(fake_analysis()).to_json())
    old["plan"] = []
    for key in ("plan_note", "view", "posture", "test_source"):
        old.pop(key, None)
    for finding in old["findings"]:
        del finding["title"], finding["side"]
    words = Page(render_html(Report.model_validate(old), None, PICTURE, RULES)).words
    assert "Left ankle · lunge test 35.2° ± 4.8° Clears the minimum for running" in words
    assert "Minimum dorsiflexion for running meets" in words and "What to do" not in words
    assert "smaller than 3.8°" in words and "Konor 2012" in words


def test_rules_without_a_smallest_change_say_nothing_of_it() -> None:
    text = render_html(_with(plan=[], plan_note=None), None, None, replace(RULES, changes={}))
    assert "is not progress" not in text
    assert "is not progress" in render_html(_with(plan=[], plan_note=None), None, None, RULES)


def test_a_report_by_a_set_that_is_not_known_has_a_page() -> None:
    report = report_of(fake_analysis(6.0, 1.0))
    made = report.provenance.model_copy(
        update={"rules": report.provenance.rules.model_copy(update={"name": "gone"})}
    )
    words = Page(render_html(report.model_copy(update={"provenance": made}), None, None, RULES)).words
    assert "Nothing here is a diagnosis." in words and "is associated with an early" not in words


def test_a_limited_finding_tells_what_it_is_associated_with() -> None:
    limited = Page(render_html(report_of(fake_analysis(6.0, 1.0)), None, PICTURE, RULES)).words
    assert "under about 10° is associated with an early heel lift" in limited
    assert "less propulsion" in limited and "not what you have or will have" in limited
    assert (
        "is associated with an early"
        not in Page(render_html(report_of(fake_analysis()), None, PICTURE, RULES)).words
    )


def test_the_plan_stands_beside_the_findings() -> None:
    steps = [
        {"drill": "Calf stretch", "dose": "30 s, 3 sets", "why": "Tight <calf>.", "source": "S1",
         "how_often": "daily", "steps": "Lean in.", "side": "left"},
        {"drill": "Toe yoga", "dose": "2 sets", "why": "Big toe.", "source": "S2", "how_often": "daily",
         "dose_by": "dorsi", "how_often_by": "dorsi"},
        {"drill": "Old", "dose": "9 sets (Dorsi's suggestion)", "why": "Older.", "source": "S3"},
    ]  # fmt: skip
    note = {"about": "For more bend.", "alternatives": ["Towel crunches"], "remeasure": "Again in 4 weeks.",
            "real_change": "From 3.8° on.", "cautions": ["Stop what hurts."],
            "see_a_professional": True}  # fmt: skip
    shown = Page(render_html(_with(plan=steps, plan_note=note), None, PICTURE, RULES))
    for wanted in (
        "What to do: 3 drills",
        "What to do For more bend. See a physical therapist with this page: a sign was named or filmed, "
        "and a test is limited. Calf stretch (left side first) 30 s, 3 sets · daily Lean in. Tight <calf>. 4",
        "Toe yoga 2 sets · daily (Dorsi's suggestion) Big toe. 5 Old 9 sets (Dorsi's suggestion) Older. 6 "
        "May stand in for one of them: Towel crunches. Again in 4 weeks. From 3.8° on.",
        "S1 S2 S3",
        "Stop what hurts.",
    ):
        assert wanted in shown.words, wanted
    words = shown.words
    assert words.index("What it means") < words.index("Calf stretch") < words.index("For the physical")
    calm = Page(
        render_html(_with(plan=steps, plan_note=note | {"see_a_professional": False}), None, None, RULES)
    )
    assert "See a physical therapist" not in calm.words and calm.open == []


def test_a_caution_of_rules_and_plan_is_shown_once() -> None:
    report = report_of(fake_analysis())
    rules = RULES.rule_set().cautions
    assert report.plan_note is not None
    both = set(rules) & set(report.plan_note.cautions)
    assert len(both) == 1
    words = page(fake_analysis()).words
    for caution in {*rules, *report.plan_note.cautions}:
        assert words.count(caution) == 1


def test_more_reps_than_paper_holds_stay_on_the_screen() -> None:
    reps = json.loads(report_of(fake_analysis()).to_json())["reps"]
    text = render_html(_with(reps=reps * 3), None, None, RULES)
    assert text.count('<tr class="more">') == 5
    assert "The first 4 of 9" in Page(text).words
    assert "The first 4" not in Page(render_html(_with(), None, None, RULES)).words


def _other(test: str, measurement: str, findings: list[dict[str, Any]], value: float) -> Page:
    measured = json.loads(report_of(fake_analysis()).to_json())["measurements"]
    measured[measurement] = {"value": value, "uncertainty_95": 4.0, "time_s": 1.0, "frame": 30}
    text = render_html(_with(test=test, measurements=measured, findings=findings), None, PICTURE, RULES)
    assert Page(text).open == []
    return Page(text)


def _finding(rule: str, measurement: str, value: float, threshold: float, verdict: str) -> dict[str, Any]:
    return {
        "rule": rule,
        "title": rule.title(),
        "verdict": verdict,
        "measurement": measurement,
        "value": value,
        "threshold": threshold,
        "message": f"{rule} {verdict}.",
        "source": "S0",
    }


def test_a_big_toe_has_its_own_answer() -> None:
    key = "big_toe_extension_deg"
    words = _other("big_toe", key, [_finding("big-toe", key, 22.0, 30.0, "limited")], 22.0).words
    assert "Left big toe · big-toe extension 22.0° ± 4.0° Short of the extension wanted of a big toe" in words
    assert "About 30° is wanted." in words and "Big-Toe limited big-toe limited." in words
    assert "35–40°" not in words and "Shin crest angle" not in words
    assert "Big-toe extension 22.0° ± 4.0° at 1.00 s" in words


def test_a_squat_is_as_good_as_its_worst_part() -> None:
    key = "peak_knee_flexion_deg"
    findings = [
        _finding("squat-depth", key, 101.0, 90.0, "meets"),
        _finding("squat-heels", "max_heel_lift_mm", 22.0, 5.0, "limited"),
    ]
    shown = _other("squat", key, findings, 101.0)
    assert "101.0° ± 4.0° 1 of 2 parts of the deep squat met" in shown.words
    assert "Squat-Heels limited squat-heels limited." in shown.words
    measured = json.loads(report_of(fake_analysis()).to_json())["measurements"]
    measured[key] = {"value": 101.0, "uncertainty_95": 4.0, "time_s": 1.0, "frame": 30}
    report = _with(test="squat", findings=findings, measurements=measured)
    assert tone_of(report) == "limited"
    assert verdict_sentence(report).startswith(
        "Deep squat: the knee bends 101.0° ± 4.0° at the deepest point, which clears the depth"
    )
