"""The store: what is put in comes out whole, nothing is lost, what is forgotten is gone to the byte."""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from dorsi.errors import RunnerUnknown, StoreError, UsageError
from dorsi.report.model import Report
from dorsi.store import Store, store_path
from dorsi.types import Measurement
from tests.store.reports import SCREEN, at, made, refusal, squat


def test_a_report_comes_back_whole_with_its_provenance(store: Store) -> None:
    report = made(31.25, 2.5, side="right", clip="IMG <1>.mov", posture="standing", newer_key={"a": [1]})
    kept = store.add_report("Žofie", report, at(3))
    assert (kept.outcome, kept.new_runner, kept.measured_at) == ("added", True, at(3))
    (record,) = store.history("Žofie")
    assert store.report(record) == report
    assert record.values["peak_shin_angle_deg"] == record.headline == Measurement(31.25, 2.5, 1.0, 30)
    assert (record.test, record.side, record.posture) == ("lunge", "right", "standing")
    assert (record.clip_file, record.clip_sha256) == (report.clip.file, report.clip.sha256)
    made_by = report.provenance
    assert (record.model_name, record.model_sha256) == (made_by.model.name, made_by.model.sha256)
    assert (record.rules_name, record.rules_version) == (made_by.rules.name, made_by.rules.version)
    assert (record.dorsi_version, record.rules_sha256) == (made_by.dorsi_version, made_by.rules.sha256)
    assert record.verdict == "meets"


def test_old_reports_can_be_stored(store: Store, repo: Path) -> None:
    for file in (repo / "tests" / "data" / "old_reports").glob("*-measured.json"):
        report = Report.model_validate_json(file.read_text(encoding="utf-8"))
        store.add_report(file.stem, report)
        (record,) = store.history(file.stem)
        assert store.report(record) == report
        assert record.headline.value == report.measurements.peak_shin_angle_deg.value


def test_quantities_newer_than_this_version_are_values_too(store: Store) -> None:
    store.add_report("Ana", made(88.0, 3.0, test="squat", quantity="a_new_angle_deg"))
    assert [point.value for point in store.series("Ana", "a_new_angle_deg", "left")] == [88.0]


@pytest.mark.parametrize(
    ("verdicts", "verdict", "words"),
    [
        (("meets", "meets", "meets"), "meets", "meets"),
        (("meets", "meets", "limited"), "limited", "limited: heels"),
        (("meets", "borderline", "meets"), "borderline", "borderline: knees over the feet"),
        (
            ("borderline", "limited", "limited"), "limited",
            "limited: knees over the feet, heels",
        ),
        (("meets", "meets", "not_measured"), "not_measured", "not measured: heels"),
    ],
)  # fmt: skip
def test_a_squat_is_as_good_as_the_worst_of_its_parts(
    store: Store, verdicts: tuple[str, ...], verdict: str, words: str
) -> None:
    store.add_report("Ana", squat(*verdicts))
    (record,) = store.history("Ana")
    assert (record.verdict, record.verdict_in_words) == (verdict, words)


def test_a_clip_without_a_number_is_not_stored(store: Store) -> None:
    with pytest.raises(StoreError, match="without a number is not stored"):
        store.add_report("Ana", refusal())
    assert store.runners() == []


def test_the_same_report_again_changes_nothing(store: Store) -> None:
    first = store.add_report("Ana", made(), at(3))
    again = store.add_report("Ana", made())
    assert (again.outcome, again.measured_at, again.redated_from) == ("same", first.measured_at, None)
    assert len(store.history("Ana", versions=True)) == 1


def test_measured_again_the_newer_report_counts_and_the_older_one_stays(store: Store) -> None:
    store.add_report("Ana", made(30.0, version="0.1.0"), at(3))
    kept = store.add_report("Ana", made(31.0, version="0.2.0"))
    assert (kept.outcome, kept.measured_at) == ("replaced", at(3))
    assert [r.headline.value for r in store.history("Ana")] == [31.0]
    older, newer = store.history("Ana", versions=True)
    assert (older.current, newer.current) == (False, True)
    assert store.report(older).measurements.peak_shin_angle_deg.value == 30.0
    assert store.runner("Ana").measurements == 1
    # The first one again counts again.
    assert store.add_report("Ana", made(30.0, version="0.1.0")).outcome == "replaced"
    assert [r.headline.value for r in store.history("Ana")] == [30.0]
    assert len(store.history("Ana", versions=True)) == 2


def test_a_corrected_side_replaces_the_leg_but_the_other_leg_of_the_clip_does_not(store: Store) -> None:
    store.add_report("Ana", made(30.0, side="left", test_leg="near"), at(3))
    corrected = store.add_report("Ana", made(30.0, side="right", test_leg="near"))
    assert (corrected.outcome, corrected.other_side) == ("replaced", None)
    assert [r.side for r in store.history("Ana")] == ["right"]
    other = store.add_report("Ana", made(28.0, side="left", test_leg="far"))
    # Its side was the name of the first report, which is past.
    assert (other.outcome, other.other_side) == ("added", "right")
    assert sorted(str(r.side) for r in store.history("Ana")) == ["left", "right"]


def test_another_test_side_clip_or_runner_is_another_measurement(store: Store) -> None:
    for report in (
        made(),
        made(side="right"),
        made(clip="b.mp4"),
        made(test="squat", quantity="peak_knee_flexion_deg"),
    ):
        assert store.add_report("Ana", report).outcome == "added"
    assert store.add_report("Bo", made()).outcome == "added"
    assert len(store.history("Ana")) == 4
    assert [(each.name, each.measurements) for each in store.runners()] == [("Ana", 4), ("Bo", 1)]
    assert store.add_report("Ana", made(40.0, side="right")).other_side == "left"


def test_a_given_date_moves_a_clip_and_says_so(store: Store) -> None:
    store.add_report("Ana", made(), at(3))
    kept = store.add_report("Ana", made(), at(5))
    assert (kept.outcome, kept.measured_at, kept.redated_from) == ("same", at(5), at(3))
    assert [r.measured_at for r in store.history("Ana")] == [at(5)]


def test_dates_are_kept_in_utc_and_need_a_zone(store: Store) -> None:
    late = datetime(2026, 3, 3, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    store.add_report("Ana", made(clip="late.mp4"), late)
    store.add_report("Ana", made(clip="early.mp4"), at(4, hour=4))
    first, second = store.history("Ana")
    assert (first.clip_file, second.clip_file) == ("early.mp4", "late.mp4")
    assert second.measured_at == late
    assert second.measured_at.utcoffset() == timedelta(0)
    with pytest.raises(StoreError, match="no time zone"):
        store.add_report("Ana", made(clip="c.mp4"), datetime(2026, 3, 3))  # noqa: DTZ001
    with pytest.raises(StoreError, match="no time zone"):
        store.add_screen("Ana", SCREEN, datetime(2026, 3, 3))  # noqa: DTZ001
    assert len(store.history("Ana")) == 2


def test_without_a_date_a_new_clip_is_of_this_moment(store: Store) -> None:
    before = datetime.now().astimezone()
    when = store.add_report("Ana", made()).measured_at
    assert before <= when <= datetime.now().astimezone()


def test_series_are_of_one_quantity_and_side_by_date(store: Store) -> None:
    for day, value, side in ((9, 33.0, "left"), (3, 31.0, "left"), (4, 36.0, "right"), (5, 20.0, None)):
        store.add_report("Ana", made(value, 1.5, side=side, clip=f"{day}.mp4"), at(day))
    left = store.series("Ana", "peak_shin_angle_deg", "left")
    assert [(p.measured_at, p.value, p.uncertainty_95) for p in left] == [
        (at(3), 31.0, 1.5),
        (at(9), 33.0, 1.5),
    ]
    assert [p.value for p in store.series("Ana", "peak_shin_angle_deg", None)] == [20.0]
    assert store.series("Ana", "big_toe_extension_deg", "left") == []
    store.add_report("Ana", made(25.0, test="squat", clip="squat.mp4"), at(6))
    assert len(store.series("Ana", "peak_shin_angle_deg", "left")) == 3
    assert len(store.series("Ana", "peak_shin_angle_deg", "left", "lunge")) == 2


def test_screens_are_kept_once(store: Store) -> None:
    assert store.add_screen("Ana", SCREEN, at(3)).outcome == "added"
    assert store.add_screen("ana", SCREEN).outcome == "same"
    assert store.add_screen("ana", SCREEN, at(4)).redated_from == at(3)
    (screen,) = store.screens("Ana")
    assert (screen.text, screen.measured_at) == (SCREEN, at(4))
    assert store.runner("Ana").last_at == at(4)


@pytest.mark.parametrize("text", ["", "no", "[]", '{"schema": "dorsi.report/1"}', '{"a": NaN}', "[" * 9999])
def test_only_screens_are_screens(store: Store, text: str) -> None:
    with pytest.raises(StoreError, match=r"^The screen is not"):
        store.add_screen("Ana", text)
    assert store.runners() == []


@pytest.mark.parametrize(
    "name", ["ana lima", "  Ana   Lima ", "ANA LIMA", "Ana\tLima", "Ａｎａ Lima", "Ana\u00a0Lima"]
)
def test_names_that_differ_by_case_or_space_are_one_runner(store: Store, name: str) -> None:
    store.add_report("Ana Lima", made())
    kept = store.add_report(name, made(clip="b.mp4"))
    assert (kept.runner, kept.new_runner) == ("Ana Lima", False)
    assert len(store.history(name)) == 2


def test_letters_however_composed_are_one_name(store: Store) -> None:
    store.add_report("Zoe\u0308 Strauß", made())
    assert store.runner("ZO\u00cb STRAUSS").name == "Zoë Strauß"


@pytest.mark.parametrize(
    "name", ["李娜", "علي", "Ναυσικά", "O'Brien; DROP TABLE runner", "🏃 Max", "a/../b", "می‌رود"]
)
def test_names_of_any_script(store: Store, name: str) -> None:
    store.add_report(name, made())
    assert [each.name for each in store.runners()] == [name]
    assert store.forget(name).name == name
    assert store.runners() == []


@pytest.mark.parametrize(
    "name", ["", "  ", "\n", "a\x1b[31mb", "a\x00b", "\udcff", "evil\u202egpj", "x" * 121]
)
def test_what_cannot_be_a_name(store: Store, name: str) -> None:
    for call in (lambda: store.add_report(name, made()), lambda: store.runner(name)):
        with pytest.raises(UsageError, match=r"name|letters"):
            call()


def test_an_unknown_runner_gets_close_names(store: Store) -> None:
    with pytest.raises(RunnerUnknown, match="holds nobody yet"):
        store.history("Ana")
    for name in ("Ana Lima", "Anna Lima", "Bo"):
        store.add_report(name, made())
    for call in (store.history, store.screens, store.forget, lambda n: store.series(n, "x", "left")):
        with pytest.raises(
            RunnerUnknown, match=r"“Ana Lma” is not in .*Did you mean “Ana Lima” or “Anna Lima”\?"
        ):
            call("Ana Lma")
    with pytest.raises(RunnerUnknown, match="Look up who is there"):
        store.history("Xavier Quill")


def test_a_new_name_close_to_another_is_said(store: Store) -> None:
    assert store.add_report("Anna Lima", made()).similar == ()
    assert store.add_report("Ana Lima", made()).similar == ("Anna Lima",)


def test_forgetting_removes_every_byte(store: Store, file: Path) -> None:
    for number in range(20):
        store.add_report("Griselda Quux", made(30 + number, clip=f"griselda-{number}.mp4"))
        store.add_report("Bo", made(30 + number, clip=f"bo-{number}.mp4"))
    store.add_report("Griselda Quux", made(50, clip="griselda-0.mp4"))
    store.add_screen("Griselda Quux", SCREEN.replace("Žofie", "griselda"))
    assert _found(file, "riselda")
    size = file.stat().st_size
    gone = store.forget("griselda quux")
    assert (gone.measurements, gone.screens) == (20, 1)
    assert not _found(file, "riselda")
    assert file.stat().st_size < size
    assert len(store.history("Bo")) == 20
    with pytest.raises(RunnerUnknown):
        store.history("Griselda Quux")


def test_forgetting_while_another_reads_is_finished_at_the_next_opening(file: Path) -> None:
    with Store(file, busy_s=0.05) as store:
        store.add_report("Griselda", made(clip="griselda.mp4"))
        store.add_report("Bo", made())
        rewrite, store._database.rewrite = store._database.rewrite, _busy  # type: ignore[method-assign]
        store.forget("Griselda")
        # Overwritten at once, even before the file is written anew.
        assert not _found(file, "riselda")
        assert store._database._outside("PRAGMA user_version") == 1
        del rewrite
    with Store(file) as store:
        assert store._database._outside("PRAGMA user_version") == 0
        assert [each.name for each in store.runners()] == ["Bo"]


def _busy() -> None:
    raise StoreError("store_in_use", path="store.db")


def _found(file: Path, text: str) -> bool:
    """Whether a text lies in the store's file or in any file beside it."""
    return any(re.search(text.encode(), each.read_bytes(), re.IGNORECASE) for each in file.parent.iterdir())


def test_the_store_is_one_file_for_its_owner(store: Store, file: Path) -> None:
    store.add_report("Ana", made())
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_a_report_that_went_meanwhile_is_said(store: Store) -> None:
    store.add_report("Ana", made())
    (record,) = store.history("Ana")
    store.forget("Ana")
    with pytest.raises(StoreError, match="is no longer in"):
        store.report(record)


def test_which_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("DORSI_STORE", raising=False)
    assert store_path() == tmp_path / "dorsi" / "dorsi.sqlite3"
    monkeypatch.setenv("DORSI_STORE", str(tmp_path / "mine.db"))
    assert store_path() == tmp_path / "mine.db"
    monkeypatch.setenv("DORSI_STORE", "")
    assert store_path() == tmp_path / "dorsi" / "dorsi.sqlite3"
    assert store_path("a.db") == Path.cwd() / "a.db"
    assert store_path("~/a.db") == Path(os.path.expanduser("~")) / "a.db"  # noqa: PTH111
