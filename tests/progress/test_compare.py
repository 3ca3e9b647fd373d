"""Which changes are real: compared are only measurements of one test, quantity, side and posture."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dorsi.progress import Trend, in_words, trends
from dorsi.quantities import RESULT_OF
from dorsi.rules import RealChange, load_rules
from dorsi.store import Record
from dorsi.types import Measurement
from tests.store.reports import at

RULE_BOOK = load_rules()


def smallest(mdc: float | None = 3.8) -> RealChange:
    return RealChange("any", mdc, "deg", "a study")


def record(
    day: int, value: float | None, half: float | None = 2.0, again: float | None = None, **more: Any
) -> Record:
    """A left lunge of a day, `again` the part of its ± that repeats; anything else as given."""
    test = more.get("test", "lunge")
    values = {RESULT_OF[test]: Measurement(value, half, repeatability_95=again)} | more.pop("values", {})
    plain: dict[str, Any] = {
        "id": day, "runner": "Ana", "test": test, "side": "left", "posture": None, "measured_at": at(day),
        "kept_at": at(day), "current": True, "clip_file": f"{day}.mp4", "clip_sha256": f"{day}",
        "dorsi_version": "0.1.0", "model_name": "heavy", "model_sha256": "a", "rules_name": "runner",
        "rules_version": "1.0.0", "rules_sha256": "b", "verdict": "meets", "values": values,
    }  # fmt: skip
    return Record(**plain | more)


def only(*records: Record, mdc: float | None = 3.8) -> Trend:
    (found,) = trends(records, lambda _: smallest(mdc))
    return found


@pytest.mark.parametrize(
    ("before", "after", "halves", "verdict", "needed"),
    [
        (30.0, 33.8, (1.0, 1.0), "within", 3.8),
        (30.0, 33.9, (1.0, 1.0), "real", 3.8),
        (30.0, 26.1, (1.0, 1.0), "real", 3.8),
        (30.0, 34.9, (3.0, 4.0), "within", 5.0),
        (30.0, 35.1, (3.0, 4.0), "real", 5.0),
        (30.0, 60.0, (None, 1.0), "unknown", None),
    ],
)
def test_a_change_is_real_beyond_mdc_and_both_uncertainties(
    before: float, after: float, halves: tuple[float | None, float], verdict: str, needed: float | None
) -> None:
    change = only(record(1, before, halves[0]), record(9, after, halves[1])).since_first
    assert change is not None
    assert (change.verdict, change.needed, change.days) == (verdict, needed, 8)
    assert change.difference == pytest.approx(after - before)


@pytest.mark.parametrize(
    ("again", "after", "verdict", "needed"),
    [
        # All of the ± would ask for 7.1 deg; what differs between two clips asks for 4.2.
        ((3.0, 3.0), 35.0, "real", 18**0.5),
        ((3.0, 3.0), 34.0, "within", 18**0.5),
        # However well two clips repeat, people do not: the floor stays.
        ((0.5, 0.5), 33.7, "within", 3.8),
        ((0.0, 0.0), 33.9, "real", 3.8),
        # What only one of the two tells of its own does not drop out.
        ((None, 3.0), 35.0, "within", 50**0.5),
        ((3.0, None), 37.2, "real", 50**0.5),
        ((None, None), 35.0, "within", 50**0.5),
        ((3.0, 4.0), 35.0, "within", 26**0.5),
        ((5.0, 3.0), 35.0, "within", 50**0.5),
    ],
)
def test_a_change_is_judged_by_what_differs_between_two_clips(
    again: tuple[float | None, float | None], after: float, verdict: str, needed: float
) -> None:
    change = only(record(1, 30.0, 5.0, again[0]), record(9, after, 5.0, again[1])).since_first
    assert change is not None
    assert change.verdict == verdict and change.needed == pytest.approx(needed)


@given(st.floats(0, 60), st.floats(0, 60), st.floats(0, 20), st.floats(0, 20))
def test_direction_and_order_make_no_difference(a: float, b: float, ua: float, ub: float) -> None:
    there = only(record(1, a, ua), record(2, b, ub)).since_first
    back = only(record(1, b, ub), record(2, a, ua)).since_first
    assert there is not None and back is not None
    assert there.verdict == back.verdict
    assert (there.verdict == "real") == (abs(b - a) > max(3.8, (ua**2 + ub**2) ** 0.5))


def test_without_a_study_the_uncertainties_decide() -> None:
    change = only(record(1, 30.0), record(2, 33.0), mdc=None).since_first
    assert change is not None and change.verdict == "real"
    assert change.needed == pytest.approx(8**0.5)


def test_the_rules_know_every_quantity_that_is_followed() -> None:
    for measurement in (*RESULT_OF.values(), "peak_crest_angle_deg"):
        assert RULE_BOOK.real_change(measurement).source
    assert RULE_BOOK.real_change("peak_shin_angle_deg").mdc == 3.8


def test_the_knee_straight_lunge_is_a_series_of_its_own() -> None:
    straight = [record(day, value, test="lunge_straight") for day, value in ((2, 24.0), (12, 29.0))]
    found = trends([record(1, 38.0), *straight, record(11, 38.5)], lambda _: smallest())
    assert [(each.test, [point.value for point in each.points]) for each in found] == [
        ("lunge", [38.0, 38.5]), ("lunge_straight", [24.0, 29.0]),
    ]  # fmt: skip
    said = in_words(found[1])
    assert said.what == "Left side, knee-straight lunge, peak shin angle, heel down"
    assert said.chip == "real change: more movement"


def test_the_latest_is_compared_with_the_first_and_the_one_before() -> None:
    trend = only(record(9, 34.0), record(1, 30.0), record(5, 33.0))
    assert [point.value for point in trend.points] == [30.0, 33.0, 34.0]
    assert trend.since_first is not None and trend.since_first.before.value == 30.0
    assert trend.since_last is not None and trend.since_last.before.value == 33.0
    assert only(record(1, 30.0), record(2, 31.0)).since_last is None


def test_series_are_kept_apart() -> None:
    records = [
        record(1, 30.0),
        record(2, 31.0, side="right"),
        record(3, 32.0, side=None),
        record(4, 20.0, test="big_toe"),
        record(5, 95.0, test="squat"),
        record(6, None),
        record(7, 99.0, current=False),
    ]
    found = trends(records, lambda _: smallest())
    assert [(t.test, t.side, [p.value for p in t.points]) for t in found] == [
        ("lunge", "left", [30.0]),
        ("lunge", "right", [31.0]),
        ("lunge", None, [32.0]),
        ("big_toe", "left", [20.0]),
        ("squat", "left", [95.0]),
    ]
    assert all(t.since_first is None for t in found)
    assert trends([], lambda _: smallest()) == []


def test_the_crest_is_followed_once_there_are_two() -> None:
    crest: dict[str, Any] = {"values": {"peak_crest_angle_deg": Measurement(40.0, 2.0)}}
    assert len(trends([record(1, 30.0, **crest)], lambda _: smallest())) == 1
    both = trends([record(1, 30.0, **crest), record(2, 30.0, **crest)], lambda _: smallest())
    assert [t.measurement for t in both] == ["peak_shin_angle_deg", "peak_crest_angle_deg"]


def test_postures_are_not_compared_with_each_other() -> None:
    standing: dict[str, Any] = {"posture": "standing"}
    kneeling: dict[str, Any] = {"posture": "half_kneeling"}
    two = only(record(1, 30.0, **kneeling), record(2, 40.0, **standing))
    assert two.since_first is None
    told = in_words(two)
    assert "Earlier ones were done half-kneeling, this one standing: not compared." in told.answer
    three = only(record(1, 30.0, **kneeling), record(2, 40.0, **standing), record(3, 41.0, **standing))
    assert three.since_first is not None and three.since_first.before.value == 40.0
    assert any("another posture" in note for note in in_words(three).notes)
    unknown = only(record(1, 30.0, posture="unknown"), record(2, 40.0, **standing))
    assert unknown.since_first is not None


def test_what_is_said() -> None:
    once = in_words(only(record(1, 31.24)))
    assert once.answer == (
        "Left side, lunge, peak shin angle, heel down: 31.2° ± 2.0° on 1 Mar 2026. "
        "Measured once, so there is no change to tell yet."
    )
    assert (once.tone, once.chip) == (None, "measured once")
    gain = in_words(only(record(1, 31.2), record(2, 36.4)))
    assert gain.answer.endswith(
        ": 31.2° ± 2.0° on 1 Mar 2026, 36.4° ± 2.0° on 2 Mar 2026: +5.2° in 1 day. "
        "That is more than measuring error (3.8°): a real change, to more movement."
    )
    assert (gain.tone, gain.notes) == ("good", ())
    loss = in_words(only(record(1, 36.4), record(1, 31.2)))
    assert "−5.2° on the same day." in loss.answer
    assert (loss.tone, loss.chip) == ("bad", "real change: less movement")
    same = in_words(only(record(1, 31.2), record(9, 33.0)))
    assert same.answer.endswith("in 8 days. That is within measuring error (3.8°): no change can be told.")
    assert same.tone is None
    unsure = in_words(only(record(1, 31.2, None), record(9, 53.0)))
    assert "31.2° (± unknown)" in unsure.answer
    assert unsure.answer.endswith("cannot be told, because a ± is not known.")


def test_what_of_the_uncertainty_counts_is_said_where_it_is_told() -> None:
    (note,) = in_words(only(record(1, 30.0, 3.4, 2.9), record(9, 36.0, 3.6, 3.1))).notes
    assert note.startswith("Of these ±, 2.9° and 3.1° may differ from clip to clip and count for a change;")
    for again in (None, 3.6):
        assert in_words(only(record(1, 30.0, 3.4, 2.9), record(9, 36.0, 3.6, again))).notes == ()


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"dorsi_version": "0.2.0"}, "different versions of Dorsi (0.1.0, 0.2.0)"),
        ({"model_sha256": "c", "model_name": "full"}, "different pose weights (heavy, full)"),
        ({"rules_sha256": "c", "rules_version": "1.1.0"}, "different rule sets (runner 1.0.0, runner 1.1.0)"),
    ],
)
def test_what_made_them_is_said_when_it_differs(other: dict[str, Any], said: str) -> None:
    (note,) = in_words(only(record(1, 30.0), record(2, 31.0, **other))).notes
    assert said in note
