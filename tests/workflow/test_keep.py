"""Keeping what was measured: for whom, where, as of when; what is wrong shows before the work.

Not here: the store itself (`tests/store`), what the commands say of it (`tests/cli`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dorsi.errors import StoreError, UsageError
from dorsi.store import Store
from dorsi.workflow.keep import Keeper, keeper
from tests.recorded import evidence, recorded_stages
from tests.store.reports import SCREEN, at, made, refusal
from tests.without_rights import read_only

FILMED = datetime(2026, 2, 3, 10, 30, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.db"


def kept_by(file: Path, day: str | None = "2026-03-01") -> Keeper:
    found = keeper("  Ana   Lima ", file, day)
    assert found is not None
    return found


def test_without_a_runner_nothing_is_kept(file: Path) -> None:
    assert keeper(None) is None
    for given in ({"store": file}, {"date": "2026-03-01"}):
        with pytest.raises(UsageError) as caught:
            keeper(None, **given)
        assert caught.value.code == "store_without_runner"
    assert not file.parent.exists()


def test_a_report_and_a_screen_are_kept_as_of_the_day_given(file: Path) -> None:
    found = kept_by(file)
    assert (found.runner, found.path, found.day) == ("Ana Lima", file, date(2026, 3, 1))
    assert not file.parent.exists(), "made when there is something to keep"
    report = found.keep(made(30.0))
    screen = found.keep_screen(SCREEN)
    assert (report.outcome, report.runner, screen.outcome) == ("added", "Ana Lima", "added")
    assert found.keep(made(30.0)).outcome == "same"
    with Store(file) as store:
        (record,) = store.history("ana lima")
        assert record.measured_at.astimezone().date() == date(2026, 3, 1)
        assert store.screens("ana lima")[0].measured_at == record.measured_at


def test_a_clip_without_a_number_is_not_kept(file: Path) -> None:
    with pytest.raises(StoreError) as caught:
        kept_by(file).keep(refusal())
    assert caught.value.code == "clip_without_number"
    with pytest.raises(StoreError):
        kept_by(file).keep_screen("{}")


@pytest.mark.parametrize("day", ["soon", "2999-01-01", ""])
def test_a_day_that_cannot_be_meant_is_said_at_once(file: Path, day: str) -> None:
    with pytest.raises(UsageError):
        kept_by(file, day)
    assert not file.parent.exists()


def test_a_store_that_will_not_do_is_said_at_once(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("hello")
    with pytest.raises(StoreError, match="is not a database"):
        kept_by(notes)
    with pytest.raises(StoreError):
        kept_by(notes / "store.db")
    assert notes.read_text() == "hello"


def test_a_place_without_rights_is_said_at_once(apart: Path) -> None:
    kept_by(apart / "old.db").keep(made())
    for name in ("old.db", "new.db"):
        with read_only(apart, apart / "old.db"), pytest.raises(StoreError) as caught:
            kept_by(apart / name)
        assert caught.value.code == "store_read_only"
    assert [path.name for path in apart.iterdir()] == ["old.db"]


def test_without_a_day_the_clip_says_when(file: Path) -> None:
    found = kept_by(file, None)
    assert found.day is None
    found.keep(made(30.0, clip="tells.mov", captured_at=FILMED))
    found.keep(made(31.0, clip="silent.mov"))
    kept_by(file).keep(made(32.0, clip="told.mov", captured_at=FILMED))
    with Store(file) as store:
        when = {each.clip_file: each.measured_at for each in store.history("Ana Lima")}
    assert when["tells.mov"] == FILMED
    assert abs((datetime.now(UTC) - when["silent.mov"]).total_seconds()) < 3600
    assert when["told.mov"].astimezone().date() == date(2026, 3, 1)


def test_the_moment_goes_from_the_clip_into_report_and_store(tmp_path: Path, file: Path) -> None:
    from dorsi.workflow.measure import measure

    (tmp_path / "lunge.mp4").write_text("lunge")
    stages, seen = recorded_stages("left_lunge"), evidence("left_lunge")
    filmed = replace(seen, clip=replace(seen.clip, captured_at=at(3)))
    report = measure(
        tmp_path / "lunge.mp4", out=tmp_path / "out", stages=replace(stages, observe=lambda *_: filmed)
    )
    assert report.captured_at == at(3)
    assert '"captured_at": "2026-03-03T12:00:00Z"' in (tmp_path / "out/lunge/report.json").read_text()
    kept_by(file, None).keep(report)
    with Store(file) as store:
        assert [each.measured_at for each in store.history("Ana Lima")] == [at(3)]
