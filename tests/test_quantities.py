"""The catalogue of quantities holds together with the contract and the signals, and is light to import."""

from __future__ import annotations

import subprocess
import sys
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dorsi.quantities import (
    DECIDING,
    JOINTS,
    LUNGES,
    MEASUREMENT_KEYS,
    QUANTITIES,
    RESULT_OF,
    TEST_NAMES,
    TestName,
    again_95,
    change_95,
    signed_difference,
    with_plus_minus,
)
from dorsi.report.exam import EXAMS
from dorsi.report.model import Measurements, SignalCurves
from dorsi.rules import load_rules
from dorsi.types import Measurement, Signals

TESTS = set(get_args(TestName))


def test_the_measured_ones_are_those_of_the_contract() -> None:
    assert tuple(Measurements.model_fields) == MEASUREMENT_KEYS


def test_every_test_has_one_result_and_its_words() -> None:
    assert set(RESULT_OF) == set(DECIDING) == set(TEST_NAMES) == set(JOINTS) == set(EXAMS) == TESTS
    answered = [test for q in QUANTITIES.values() if q.role == "result" for test in q.decides]
    assert sorted(answered) == sorted(TESTS)
    assert all((q.role == "context") == (not q.decides) for q in QUANTITIES.values())
    assert {test: exam.measurement for test, exam in EXAMS.items()} == RESULT_OF
    for test in LUNGES:
        assert DECIDING[test] == ("peak_shin_angle_deg", "peak_crest_angle_deg")


def test_curves_are_signals() -> None:
    curves = {each.curve for each in QUANTITIES.values()} - {None}
    assert curves <= set(Signals.__slots__) & set(SignalCurves.model_fields)
    assert all(QUANTITIES[key].curve for key in RESULT_OF.values())


@pytest.mark.parametrize("key", [key for key, each in QUANTITIES.items() if each.tests])
def test_what_is_shown_has_names_and_a_unit_that_its_key_ends_in(key: str) -> None:
    known = QUANTITIES[key]
    assert known.label and known.name and known.short_name and known.sign
    assert key.endswith({"deg": "_deg", "mm": "_mm", "%": "_percent"}[known.unit])


def test_every_smallest_change_that_is_shipped_can_be_told() -> None:
    told = {key for key in load_rules().changes if QUANTITIES[key].phrase}
    assert {*(key for keys in DECIDING.values() for key in keys), "tape_cm"} == told


@pytest.mark.parametrize(
    ("value", "half", "sign", "told", "difference"),
    [
        (38.21, 2.06, "°", "38.2° ± 2.1°", "+38.2° ± 2.1°"),
        (-0.51, 2.5, " mm", "−0.5 mm ± 2.5 mm", "−0.5 mm ± 2.5 mm"),
        (-0.04, 2.0, "°", "0.0° ± 2.0°", "0.0° ± 2.0°"),
        (78.4, 5.4, " %", "78 % ± 5 %", "+78 % ± 5 %"),
        (9.5, None, " cm", "9.5 cm (± unknown)", "+9.5 cm (± unknown)"),
        (None, 2.0, "°", "not measured", "not measured"),
    ],
)
def test_a_number_with_its_plus_minus(
    value: float | None, half: float | None, sign: str, told: str, difference: str
) -> None:
    found = Measurement(value, half)
    assert with_plus_minus(found, sign) == told
    assert signed_difference(found, sign) == difference


halves = st.tuples(st.floats(0, 20), st.none() | st.floats(0, 1)).map(
    lambda each: Measurement(30.0, each[0], repeatability_95=None if each[1] is None else each[0] * each[1])
)


@given(halves, halves)
def test_a_change_is_known_no_better_than_it_repeats_and_no_worse_than_its_whole(
    before: Measurement, after: Measurement
) -> None:
    found = change_95(before, after)
    assert found is not None and found == change_95(after, before)
    least, most = (
        ((half(before) or 0.0) ** 2 + (half(after) or 0.0) ** 2) ** 0.5
        for half in (again_95, lambda each: each.uncertainty_95)
    )
    assert least - 1e-9 <= found <= most + 1e-6


def test_a_change_of_what_has_no_width_has_none() -> None:
    assert change_95(Measurement(30.0), Measurement(31.0, 2.0, repeatability_95=1.0)) is None
    assert again_95(Measurement(30.0)) is None


def test_it_is_light() -> None:
    code = "import sys, dorsi.quantities; print(*({'pydantic', 'cv2', 'numpy'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
