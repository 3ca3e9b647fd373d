"""signals.csv: one row a frame, empty where nothing was measured."""

from __future__ import annotations

import csv
from pathlib import Path

from dorsi.report.csv_out import COLUMNS, write_csv
from dorsi.report.model import Report
from tests.report.fake_analysis import fake_analysis, report_of


def rows(report: Report, folder: Path) -> list[dict[str, str]]:
    """What a spreadsheet would read."""
    write_csv(report, folder / "signals.csv")
    with (folder / "signals.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_frame_is_a_row_of_the_same_numbers(tmp_path: Path) -> None:
    report = report_of(fake_analysis())
    table = rows(report, tmp_path)
    assert tuple(table[0]) == COLUMNS
    assert [int(row["frame"]) for row in table] == list(range(260))
    for row, time_s, shin_deg in zip(
        table, report.signals.time_s, report.signals.shin_angle_deg, strict=True
    ):
        assert float(row["time_s"]) == time_s
        assert row["shin_angle_deg"] == ("" if shin_deg is None else str(shin_deg))


def test_missing_values_are_empty_cells(tmp_path: Path) -> None:
    table = rows(report_of(fake_analysis()), tmp_path)
    assert table[101]["shin_angle_deg"] == ""
    assert table[101]["heel_lift_mm"] != ""
    assert {row["big_toe_deg"] for row in table} == {""}


def test_a_curve_older_reports_lack_is_an_empty_column(tmp_path: Path) -> None:
    report = report_of(fake_analysis())
    old = report.model_copy(update={"signals": report.signals.model_copy(update={"knee_flexion_deg": []})})
    table = rows(old, tmp_path)
    assert len(table) == 260
    assert {row["knee_flexion_deg"] for row in table} == {""}
