"""The version is true: one in code and change log, raised whenever a number on a clip changes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bench.record import EVIDENCE, NUMBERS, main, numbers_of, record
from dorsi import __version__

RECORDED: dict[str, Any] = json.loads((EVIDENCE / NUMBERS).read_text(encoding="utf-8"))
CLIPS = sorted(path.stem for path in EVIDENCE.glob("*.npz"))


def test_the_change_log_and_the_recorded_numbers_are_of_this_version(repo: Path) -> None:
    heads = re.findall(r"^## .*", (repo / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert heads[0] in (f"## Unreleased ({__version__})", f"## {__version__}")
    assert RECORDED["version"] == __version__


def test_every_rendered_sample_is_on_record(samples: Path) -> None:
    assert {path.stem for path in samples.glob("*.mp4")} <= set(CLIPS)
    assert set(CLIPS) == RECORDED["clips"].keys()


@pytest.mark.parametrize("name", CLIPS)
def test_recorded_evidence_concludes_to_the_recorded_numbers(name: str) -> None:
    assert numbers_of(EVIDENCE / f"{name}.npz") == RECORDED["clips"][name], (
        "a number changed: raise the version (src/dorsi, CHANGELOG.md), then python -m bench.record"
    )


def test_numbers_are_not_recorded_anew_under_the_same_version(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "d04.npz").write_bytes((EVIDENCE / "d04.npz").read_bytes())
    file = tmp_path / NUMBERS
    assert record(tmp_path, file) == 0
    right = json.loads(file.read_text(encoding="utf-8"))
    assert right["version"] == __version__
    right["clips"]["d04"]["measurements"]["peak_shin_angle_deg"][0] += 0.01
    for version, code in ((__version__, 1), ("0.0.1", 0)):
        other = json.dumps(right | {"version": version})
        file.write_text(other, encoding="utf-8")
        assert main(["--out", str(tmp_path)]) == code
        assert (file.read_text(encoding="utf-8") == other) == bool(code)
    assert "raise the version" in capsys.readouterr().err
