"""`Settings` refuses at once what cannot be, whoever makes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dorsi.cli.words import in_words
from dorsi.errors import UsageError
from dorsi.settings import Settings
from dorsi.workflow.measure import measure


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"test": "squat", "side": "left", "leg": "far", "model": "full", "rules": "x"},
        {"height_cm": 90, "foot_cm": 12.0, "tape_cm": 0, "knee_touched": False, "max_side_px": 320},
        {"height_cm": np.float64(250), "foot_cm": 45, "tape_cm": 30.0},
        {"knee_touched": True, "tape_cm": 5},
        {"knee_touched": False, "tape_cm": 10},
    ],
)
def test_what_can_be(options: dict[str, Any]) -> None:
    settings = Settings(**options)
    assert settings.as_dict() | options == settings.as_dict()


@pytest.mark.parametrize(
    ("setting", "value", "choices"),
    [
        ("test", "jump", ["auto", "lunge", "lunge_straight", "big_toe", "squat"]),
        ("test", None, ["auto", "lunge", "lunge_straight", "big_toe", "squat"]),
        ("side", "Left", [None, "left", "right"]),
        ("leg", "back", ["front", "near", "far"]),
        ("model", "lite", ["heavy", "full"]),
        ("model", ["heavy"], ["heavy", "full"]),
        ("knee_touched", "yes", [None, True, False]),
        ("knee_touched", 1, [None, True, False]),
        ("video", 0, [True, False]),
        ("video", None, [True, False]),
        ("blur_face", "no", [True, False]),
    ],
)
def test_what_is_none_of_the_choices(setting: str, value: Any, choices: list[object]) -> None:
    with pytest.raises(UsageError, match=rf"^{setting} cannot be .*\. Choose one of: ") as caught:
        Settings(**{setting: value})
    assert caught.value.code == "setting_unknown"
    assert caught.value.params == {"setting": setting, "value": value, "choices": choices}


@pytest.mark.parametrize(
    ("setting", "value", "wanted"),
    [
        ("height_cm", "178", "a number of centimetres"),
        ("height_cm", float("nan"), "a number of centimetres"),
        ("foot_cm", True, "a number of centimetres"),
        ("tape_cm", float("inf"), "a number of centimetres"),
        ("max_side_px", 640.0, "a whole number of pixels"),
        ("max_side_px", None, "a whole number of pixels"),
        ("rules", None, "the name of a rule set"),
    ],
)
def test_what_is_of_another_type(setting: str, value: Any, wanted: str) -> None:
    with pytest.raises(UsageError, match=rf"^{setting} cannot be .*\. Give {wanted}\.$") as caught:
        Settings(**{setting: value})
    assert caught.value.code == "setting_of_wrong_type"


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ({"height_cm": 89.9}, "height_out_of_range", "--height-cm 89.9: give a body height between"),
        ({"height_cm": 251}, "height_out_of_range", "--height-cm 251: "),
        ({"foot_cm": 11.9}, "foot_out_of_range", "--foot-cm 11.9: give a foot length between"),
        ({"foot_cm": 46}, "foot_out_of_range", "--foot-cm 46: "),
        ({"max_side_px": 319}, "video_too_small", "--max-side 319: the video needs at least 320 px."),
        ({"tape_cm": -0.1}, "tape_out_of_range", "--tape-cm -0.1: give 0 to 30 cm."),
        ({"tape_cm": 31, "knee_touched": False}, "tape_out_of_range", "--tape-cm 31: "),
        (
            {"tape_cm": 4.9, "knee_touched": True},
            "tape_contradicts_touch",
            "--tape-cm 4.9 with --knee-touched",
        ),
        (
            {"tape_cm": 10.1, "knee_touched": False},
            "tape_contradicts_touch",
            "--tape-cm 10.1 with --no-knee-touched: a knee that touches",
        ),
    ],
)
def test_what_cannot_belong_to_a_person(options: dict[str, Any], code: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        Settings(**options)
    assert caught.value.code == code
    assert options.items() >= {k: v for k, v in caught.value.params.items() if k in options}.items()
    assert f"{next(iter(options.values())):g}" in str(caught.value)
    assert in_words(caught.value).startswith(said)


def test_a_wrong_setting_is_told_before_the_clip_is_looked_at() -> None:
    with pytest.raises(UsageError, match="model cannot be 'lite'"):
        measure(Path("none.mp4"), model="lite")  # type: ignore[arg-type]
