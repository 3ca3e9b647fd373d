"""The examples of docs/corrections.md: read, applied to a result of a sample, taken back.

Not here: what each kind does to the numbers (tests/engine/test_hand.py).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from bench.record import EVIDENCE
from dorsi.corrections import Correction, load_corrections
from dorsi.engine.conclude.conclude import conclude
from dorsi.engine.conclude.hand import DEFINITION_95_DEG, ONE_HAND_95_DEG, RATING_95_DEG
from dorsi.engine.evidence_file import read_evidence
from dorsi.settings import Settings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "corrections.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
KINDS = {record.model_fields["kind"].default: record for record in get_args(get_args(Correction)[0])}


def read(text: str, tmp_path: Path) -> tuple[Correction, ...]:
    file = tmp_path / "corrections.toml"
    file.write_text(text, encoding="utf-8")
    return load_corrections(file).records()


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_is_read_and_fits_a_clip(text: str, tmp_path: Path) -> None:
    records = read(text, tmp_path)
    assert records and all(each.by == "A. Therapist" and each.at for each in records)
    assert conclude(read_evidence(EVIDENCE / "left_lunge.npz"), Settings(), records).by_hand is not None


def test_all_examples_together_are_one_file_with_every_kind(tmp_path: Path) -> None:
    head, *parts = EXAMPLES
    entries = [part[part.index("[[correction]]") :] for part in parts]
    records = read("\n".join([head, *entries]), tmp_path)
    assert {each.kind for each in records} == KINDS.keys()


def test_an_empty_list_is_a_file(tmp_path: Path) -> None:
    assert "`correction = []`" in PAGE
    assert read('schema = "dorsi.corrections/1"\nby = "A. Therapist"\ncorrection = []\n', tmp_path) == ()


def test_the_page_tells_every_kind_with_its_keys() -> None:
    table = PAGE.split("## Every kind\n")[1].split("\n### ")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", table.split("|---|\n")[1], flags=re.MULTILINE))
    assert rows.keys() == KINDS.keys() == set(re.findall(r"^### (\w+)$", PAGE, flags=re.MULTILINE))
    for kind, record in KINDS.items():
        names = {field.alias or name for name, field in record.model_fields.items()}
        told = {name for name in names - {"kind", "by", "at", "why"} if not name.startswith("from")}
        assert set(re.findall(r"`(\w+)`", rows[kind])) == told
        assert all(f"`{name}`" in PAGE for name in names)
    for name in get_args(KINDS["point"].model_fields["point"].annotation):
        assert f"`{name}`" in table


def test_the_page_tells_the_width_of_a_hand() -> None:
    assert f"**{ONE_HAND_95_DEG:.1f}°** (95 %)" in PAGE
    assert f"| reading | {RATING_95_DEG:.1f}° |" in PAGE
    assert f"| what a knee and an ankle are | {DEFINITION_95_DEG:.1f}° |" in PAGE
    agreed = (RATING_95_DEG**2 / 2 + DEFINITION_95_DEG**2) ** 0.5
    assert f"the whole is {agreed:.1f}°" in PAGE
