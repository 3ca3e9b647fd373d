"""Weights: the right file loads, any other is refused, and the papers say what the code checks."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from dorsi.errors import ModelError
from dorsi.models import WEIGHTS, load
from dorsi.settings import ModelName, Settings


def test_every_model_a_user_may_choose_has_weights() -> None:
    assert set(WEIGHTS) == set(get_args(ModelName))
    assert Settings().model in WEIGHTS
    assert all(name == weights.name for name, weights in WEIGHTS.items())


@pytest.mark.parametrize("name", get_args(ModelName))
def test_load_finds_the_checked_file(name: ModelName) -> None:
    path = load(name)
    assert path.name == WEIGHTS[name].file
    assert path.stat().st_size == WEIGHTS[name].bytes


def test_package_data_comes_before_the_checkout(tmp_path: Path) -> None:
    checkout = load("full").parent
    packaged = tmp_path / "_models"
    packaged.mkdir()
    (packaged / WEIGHTS["full"].file).write_bytes(load("full").read_bytes())
    assert load("full", (packaged, checkout)).parent == packaged


def test_missing_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"pose_landmarker_full\.task is not installed: install Dorsi again"):
        load("full", (tmp_path,))


@pytest.mark.parametrize("damage", ["one byte changed", "cut short", "other model", "empty"])
def test_wrong_weights_are_refused(tmp_path: Path, damage: str) -> None:
    good = bytearray(load("full").read_bytes())
    if damage == "one byte changed":
        good[len(good) // 2] ^= 1
    elif damage == "cut short":
        del good[-1]
    elif damage == "other model":
        good = bytearray(load("heavy").read_bytes())
    else:
        good.clear()
    path = tmp_path / WEIGHTS["full"].file
    path.write_bytes(good)
    with pytest.raises(ModelError) as caught:
        load("full", (tmp_path,))
    assert str(path) in str(caught.value)
    assert "install Dorsi again" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_readme_and_notice_cover_every_file(repo: Path) -> None:
    readme = (repo / "models" / "README.md").read_text(encoding="utf-8")
    notice = (repo / "models" / "NOTICE").read_text(encoding="utf-8")
    for weights in WEIGHTS.values():
        assert f"| `{weights.file}` | {weights.bytes} | `{weights.sha256}` |" in readme
        assert weights.file in notice
    assert {path.name for path in (repo / "models").glob("*.task")} == {w.file for w in WEIGHTS.values()}
