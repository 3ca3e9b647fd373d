"""Results opened again: nothing changed is the same to the byte, a change does what it must and no more, and
whatever is wrong leaves the result as it was.

Not here: the arithmetic of corrections (`tests/engine/test_hand.py`), the commands (`tests/cli`).
"""

from __future__ import annotations

import errno
import json
import os
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dorsi.corrections import Correction, HeelCorrection, PeakCorrection, PointCorrection, RepCorrection
from dorsi.engine.evidence import Evidence
from dorsi.engine.evidence_file import read_evidence, write_evidence
from dorsi.errors import CorrectionError, DorsiError, EvidenceError, OutputError, UsageError
from dorsi.report.model import load_report
from dorsi.types import Analysis
from dorsi.workflow.folders import RESULT_FILES
from dorsi.workflow.review import reconclude, review
from tests.fakes import FAKE_STAGES
from tests.recorded import evidence, measured, recorded_stages
from tests.without_rights import read_only

AT = datetime(2026, 3, 1, 10, tzinfo=UTC)


def never(*_: object) -> Any:
    pytest.fail("a clip was opened")


CLOSED = replace(FAKE_STAGES, probe=never, check_weights=never, observe=never, annotate=never,
                 conclude=recorded_stages("left_lunge").conclude)  # fmt: skip
"""Arithmetic alone: whoever asks for pixels or weights fails."""


def files(folder: Path) -> dict[str, bytes]:
    """Everything in a result, hidden files and neighbours too."""
    return {
        path.relative_to(folder.parent).as_posix(): path.read_bytes()
        for path in folder.parent.rglob("*")
        if path.is_file()
    }


def document(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return found


def differing(before: Any, after: Any, at: str = "") -> set[str]:
    """Dotted keys whose values differ; a list is one value."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = before.keys() | after.keys()
        return {
            d for key in keys for d in differing(before.get(key), after.get(key), f"{at}.{key}".strip("."))
        }
    return set() if before == after else {at}


def knee(folder: Path, by_px: float = 12.0) -> PointCorrection:
    """The knee at the peak moved forward and back again by some px."""
    frame = load_report(folder / "report.json").measurements.peak_shin_angle_deg.frame
    seen: Evidence = evidence("left_lunge")
    assert frame is not None and seen.leg is not None
    x, y = seen.leg.xy_px[frame, 1]
    return PointCorrection(point="knee", frame=frame, to_xy_px=(x + by_px, y), by="Ana", at=AT, why="cloth")


@pytest.fixture
def result(tmp_path: Path) -> tuple[Path, Path]:
    return measured(tmp_path)


@pytest.mark.parametrize("name", ["left_lunge", "heel_lifts", "left_big_toe", "squat", "x02"])
def test_nothing_changed_is_the_same_to_the_byte(tmp_path: Path, name: str) -> None:
    _, folder = measured(tmp_path, name)
    before = files(folder)
    renewed = reconclude(folder, stages=CLOSED)
    assert renewed.changes == () and renewed.before == renewed.report
    assert files(folder) == before
    assert {f"{name}/{file}" for file in ("report.json", "signals.csv", "evidence.npz")} <= before.keys()


def test_a_result_that_is_older_than_repeatability_gets_it_and_is_otherwise_as_before(
    result: tuple[Path, Path],
) -> None:
    _, folder = result
    path, now = folder / "report.json", document(folder)
    old = json.loads(path.read_text(encoding="utf-8"))
    for found in old["measurements"].values():
        del found["repeatability_95"]
    path.write_text(json.dumps(old), encoding="utf-8")
    renewed = reconclude(folder, stages=CLOSED)
    assert renewed.changes == () and document(folder) == now
    assert now["pictures"]["current"], "nothing of it is drawn"


def test_a_height_changes_lengths_alone(tmp_path: Path) -> None:
    _, folder = measured(tmp_path, "d10")
    before = document(folder)
    renewed = reconclude(folder, height_cm=200.0, stages=CLOSED)
    assert {change.key for change in renewed.changes} == {"max_heel_lift_mm"}
    now = document(folder)
    assert differing(before, now) == {
        "measurements.max_heel_lift_mm.value", "measurements.max_heel_lift_mm.uncertainty_95",
        "measurements.max_heel_lift_mm.repeatability_95",
        "signals.heel_lift_mm", "reps", "findings",
        "provenance.settings.height_cm", "pictures.current",
    }  # fmt: skip
    assert load_report(folder / "report.json") == renewed.report


def test_a_rule_set_changes_what_is_said_and_no_number(result: tuple[Path, Path]) -> None:
    _, folder = result
    before, table = document(folder), (folder / "signals.csv").read_bytes()
    renewed = reconclude(folder, rules="young-adults", stages=CLOSED)
    assert renewed.changes == ()
    changed = {key.split(".")[0] for key in differing(before, document(folder))}
    assert "findings" in changed and changed <= {"findings", "plan", "plan_note", "provenance"}
    assert (folder / "signals.csv").read_bytes() == table
    assert document(folder)["provenance"]["rules"]["name"] == "young-adults"
    assert document(folder)["pictures"]["current"], "they show the same numbers"


def test_corrections_are_kept_beside_the_machine_and_by_what_comes_after(result: tuple[Path, Path]) -> None:
    _, folder = result
    machine = document(folder)
    record = knee(folder)
    reviewed = review(folder, [record], stages=CLOSED)
    now = document(folder)
    assert differing(machine, now) == {"review", "pictures.current"}
    assert (
        now["review"]["by"] == "Ana" and now["review"]["machine"]["measurements"] == machine["measurements"]
    )
    (kept,) = now["review"]["corrections"]
    assert kept["to_xy_px"] == list(record.to_xy_px)
    assert kept["from_xy_px"] == pytest.approx([record.to_xy_px[0] - 12, record.to_xy_px[1]], abs=8.0)
    (change,) = (each for each in reviewed.changes if each.key == "peak_shin_angle_deg")
    assert change.before.value is not None and change.after.value is not None
    assert abs(change.after.value - change.before.value) > 1.0
    before = files(folder)
    assert reconclude(folder, stages=CLOSED).changes == ()
    assert files(folder) == before
    reconclude(folder, rules="young-adults", stages=CLOSED)
    again = document(folder)["review"]
    assert again["corrections"] == now["review"]["corrections"]
    assert again["reviewed"]["measurements"] == now["review"]["reviewed"]["measurements"]
    assert again["reviewed"]["findings"] != now["review"]["reviewed"]["findings"]


def test_taking_corrections_back_gives_the_machines_report(result: tuple[Path, Path]) -> None:
    clip, folder = result
    before, machine = files(folder), document(folder)
    review(folder, [knee(folder)], stages=CLOSED)
    assert files(folder) != before
    review(folder, [], stages=CLOSED)
    assert differing(machine, document(folder)) == {"pictures.current"}, "what they show is not known"
    assert files(folder)["left_lunge/signals.csv"] == before["left_lunge/signals.csv"]
    review(folder, [], clip=clip, stages=recorded_stages("left_lunge"))
    assert files(folder) == before


def test_pictures_are_as_of_before_until_the_clip_draws_them(result: tuple[Path, Path]) -> None:
    clip, folder = result
    before = files(folder)
    review(folder, [knee(folder)], stages=CLOSED)
    assert document(folder)["pictures"]["current"] is False
    for name in ("annotated.mp4", "peak.jpg", "evidence.npz"):
        assert (folder / name).read_bytes() == before[f"left_lunge/{name}"]
    shown: list[float | None] = []

    def annotate(_clip: Path, _found: Analysis, report: Any, out: Path, *_: object) -> bytes:
        shown.append(report.measurements.peak_shin_angle_deg.value)
        out.write_bytes(b"anew")
        return b"new jpeg"

    renewed = reconclude(folder, clip=clip, stages=replace(recorded_stages("left_lunge"), annotate=annotate))
    assert shown == [renewed.report.as_reviewed().measurements.peak_shin_angle_deg.value]
    assert shown != [renewed.report.measurements.peak_shin_angle_deg.value]
    assert document(folder)["pictures"]["current"] is True
    assert ((folder / "annotated.mp4").read_bytes(), (folder / "peak.jpg").read_bytes()) == (
        b"anew", b"new jpeg",
    )  # fmt: skip
    assert {path.name for path in folder.iterdir()} == set(RESULT_FILES)


def test_the_other_leg_is_looked_at_anew(result: tuple[Path, Path]) -> None:
    clip, folder = result
    before = files(folder)
    with pytest.raises(EvidenceError) as caught:
        review(folder, [], leg="far", stages=CLOSED)
    assert caught.value.code == "leg_needs_clip" and files(folder) == before
    asked = []

    def observe(clip: Path, settings: Any, listen: Any) -> Evidence:
        asked.append(settings.leg)
        seen = recorded_stages("left_lunge").observe(clip, settings, listen)
        return replace(seen, truncated=not seen.truncated)

    review(folder, [], leg="far", clip=clip, stages=replace(recorded_stages("left_lunge"), observe=observe))
    now = document(folder)
    assert asked == ["far"] and now["provenance"]["settings"]["leg"] == "far"
    assert now["evidence"]["sha256"] == sha256((folder / "evidence.npz").read_bytes()).hexdigest()
    assert (folder / "evidence.npz").read_bytes() != before["left_lunge/evidence.npz"]
    reconclude(folder, stages=CLOSED)


# What a person or a disk may do to a result, and the code of the one error that tells it.


def gone(folder: Path) -> None:
    (folder / "evidence.npz").unlink()


def cut_short(folder: Path) -> None:
    whole = (folder / "evidence.npz").read_bytes()
    (folder / "evidence.npz").write_bytes(whole[: len(whole) // 2])


def no_zip(folder: Path) -> None:
    (folder / "evidence.npz").write_text("my notes")


def pickled(folder: Path) -> None:
    arrays = dict(np.load(folder / "evidence.npz"))
    with (folder / "evidence.npz").open("wb") as stream:
        np.savez_compressed(stream, **arrays, extra=np.array([{"a": "dictionary"}], object))


def one_byte_changed(folder: Path) -> None:
    raw = bytearray((folder / "evidence.npz").read_bytes())
    with zipfile.ZipFile(folder / "evidence.npz") as packed:
        inside = packed.getinfo("leg.xy_px.npy").header_offset + 200
    raw[inside] ^= 255
    (folder / "evidence.npz").write_bytes(raw)


def table_changed(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    arrays = dict(np.load(folder / "evidence.npz"))
    table = json.loads(arrays["table"].tobytes())
    change(table)
    arrays["table"] = np.frombuffer(json.dumps(table).encode(), np.uint8)
    with (folder / "evidence.npz").open("wb") as stream:
        np.savez_compressed(stream, **arrays)


def newer(folder: Path) -> None:
    table_changed(folder, lambda table: table.update(schema="dorsi.evidence/2"))


def without_clip(folder: Path) -> None:
    table_changed(folder, lambda table: table.pop("clip"))


def too_large(folder: Path) -> None:
    """A small file that says it unpacks to two gigabytes."""
    raw = bytearray((folder / "evidence.npz").read_bytes())
    size = raw.index(b"PK\x01\x02") + 24
    raw[size : size + 4] = (2 << 30).to_bytes(4, "little")
    (folder / "evidence.npz").write_bytes(raw)


def another(folder: Path) -> None:
    seen = read_evidence(folder / "evidence.npz")
    write_evidence(replace(seen, truncated=True), folder / "evidence.npz")


def no_report(folder: Path) -> None:
    (folder / "report.json").unlink()


def bad_report(folder: Path) -> None:
    (folder / "report.json").write_text("{}")


BROKEN: dict[Callable[[Path], None], str] = {
    gone: "evidence_missing", cut_short: "evidence_damaged", no_zip: "evidence_damaged",
    pickled: "evidence_damaged", one_byte_changed: "evidence_damaged", without_clip: "evidence_damaged",
    newer: "evidence_newer", too_large: "evidence_too_large", another: "evidence_of_other_report",
    no_report: "result_missing", bad_report: "report_invalid",
}  # fmt: skip


@pytest.mark.parametrize(("harm", "code"), BROKEN.items(), ids=[each.__name__ for each in BROKEN])
def test_a_result_that_is_not_whole_is_one_error_and_stays_as_it_is(
    result: tuple[Path, Path], harm: Callable[[Path], None], code: str
) -> None:
    _, folder = result
    record = knee(folder)
    harm(folder)
    before = files(folder)
    for again in (partial(reconclude, folder), partial(review, folder, [record])):
        with pytest.raises(DorsiError) as caught:
            again(stages=CLOSED)
        assert caught.value.code == code and "\n" not in str(caught.value)
    assert files(folder) == before


def test_another_clip_is_refused(result: tuple[Path, Path], tmp_path: Path) -> None:
    _, folder = result
    other = tmp_path / "other.mp4"
    other.write_text("other")
    before = files(folder)
    stages = replace(CLOSED, probe=FAKE_STAGES.probe)
    for leg in (None, "far"):
        with pytest.raises(EvidenceError, match=r"other\.mp4: is not the clip of this result") as caught:
            review(folder, [], leg=leg, clip=other, stages=stages)
        assert caught.value.code == "clip_of_other_result"
    assert files(folder) == before


FIT_NOT: list[tuple[Correction, str]] = [
    (
        PointCorrection(point="knee", frame=9999, to_xy_px=(1.0, 1.0), by="A", at=AT),
        "correction_frame_outside",
    ),
    (PeakCorrection(to_frame=9999, by="A", at=AT), "correction_frame_outside"),
    (RepCorrection(rep=7, by="A", at=AT), "correction_rep_unknown"),
    (HeelCorrection(frame=9999, to="up", by="A", at=AT), "correction_frame_outside"),
]


@pytest.mark.parametrize(("record", "code"), FIT_NOT, ids=[record.kind for record, _ in FIT_NOT])
def test_a_correction_that_does_not_fit_is_refused(
    result: tuple[Path, Path], record: Correction, code: str
) -> None:
    _, folder = result
    before = files(folder)
    with pytest.raises(CorrectionError) as caught:
        review(folder, [record], stages=CLOSED)
    assert caught.value.code == code and files(folder) == before


def test_settings_that_cannot_be_are_refused(result: tuple[Path, Path]) -> None:
    _, folder = result
    before = files(folder)
    wrong: Sequence[dict[str, Any]] = ({"height_cm": 3.0}, {"rules": "none"}, {"test": "big_toe"})
    for changed in wrong:
        with pytest.raises(DorsiError):
            reconclude(folder, stages=CLOSED, **changed)
    with pytest.raises(UsageError):
        reconclude(folder, stages=CLOSED, height_cm=3.0)
    with pytest.raises(EvidenceError, match="no look at the big toe"):
        reconclude(folder, stages=CLOSED, test="big_toe")
    assert files(folder) == before


def test_a_folder_that_cannot_be_written_is_one_error(apart: Path) -> None:
    _, folder = measured(apart)
    before = files(folder)
    for locked in ([folder.parent], [folder.parent, folder]):
        with read_only(*locked), pytest.raises(OutputError) as caught:
            reconclude(folder, rules="young-adults", stages=CLOSED)
        assert caught.value.code == "output_read_only"
        assert files(folder) == before


def test_a_disk_that_fills_up_leaves_the_result(result: tuple[Path, Path]) -> None:
    clip, folder = result
    before = files(folder)

    def full(*_: object) -> bytes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OutputError) as caught:
        reconclude(folder, clip=clip, stages=replace(recorded_stages("left_lunge"), annotate=full))
    assert caught.value.code == "disk_full"
    assert files(folder) == before
