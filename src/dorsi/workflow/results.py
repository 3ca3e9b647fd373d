"""The files of one clip's result: written into a folder, and read back.

Not here: how the folder lands on disk (`folders.py`), what the files look like (`pages`, `overlay`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from dorsi import __version__
from dorsi.digest import sha256_of
from dorsi.engine.evidence import Evidence
from dorsi.engine.evidence_file import EVIDENCE_SCHEMA, read_evidence, write_evidence
from dorsi.errors import EvidenceError
from dorsi.pages.report_page import render_html
from dorsi.plan import Books
from dorsi.report.csv_out import write_csv
from dorsi.report.model import EvidenceUsed, Pictures, Report, load_report
from dorsi.rules import RuleBook
from dorsi.types import Analysis
from dorsi.workflow.stages import Job

if TYPE_CHECKING:
    from dorsi.workflow.measure import MeasuredClip

__all__ = [
    "PEAK_IMAGE", "draw", "keep_evidence", "page_of", "read_result", "write_documents", "write_result",
]  # fmt: skip

EVIDENCE: Final = "evidence.npz"
PEAK_IMAGE: Final = "peak.jpg"


def write_result(folder: Path, found: MeasuredClip, job: Job) -> Report:
    """Write every file of one clip's result into `folder`; the report as written.

    Raises OSError, and OutputError from the encoder.
    """
    report = keep_evidence(folder, found.evidence, found.report)
    report = draw(folder, found, report, job)
    write_documents(folder, report, found.analysis, folder, job.books)
    return report


def keep_evidence(folder: Path, seen: Evidence, report: Report) -> Report:
    """Write the evidence; the report with what it says of that file."""
    file = folder / EVIDENCE
    write_evidence(seen, file)
    used = EvidenceUsed(
        file=EVIDENCE, schema=EVIDENCE_SCHEMA, sha256=sha256_of(file), dorsi_version=seen.origin.dorsi_version
    )
    return report.model_copy(update={"evidence": used})


def draw(folder: Path, found: MeasuredClip, report: Report, job: Job) -> Report:
    """Write annotated video and peak picture, as reviewed; the report with what it says of them."""
    shown = report.as_reviewed()
    video = folder / "annotated.mp4"
    peak = job.stages.annotate(found.clip, found.analysis, shown, video, found.settings, job.listen)
    if peak is not None:
        (folder / PEAK_IMAGE).write_bytes(peak)
    return report.model_copy(update={"pictures": Pictures(current=True, dorsi_version=__version__)})


def write_documents(folder: Path, report: Report, analysis: Analysis, pictures: Path, books: Books) -> None:
    """Write page, table and report; the picture of the peak lies in `pictures`, if there is one."""
    page = page_of(report, pictures, books.rules, analysis)
    (folder / "report.html").write_text(page, encoding="utf-8")
    write_csv(report, folder / "signals.csv")
    (folder / "report.json").write_text(report.to_json(), encoding="utf-8")


def page_of(report: Report, pictures: Path, rules: RuleBook, analysis: Analysis | None = None) -> str:
    """The page of a report, with the picture of the peak from the folder `pictures`, if it lies there."""
    peak = pictures / PEAK_IMAGE
    return render_html(report, analysis, peak.read_bytes() if peak.is_file() else None, rules)


def read_result(folder: Path) -> tuple[Report, Evidence]:
    """The report in `folder`, and the evidence it was concluded from. Raises ReportError, EvidenceError."""
    file = folder / "report.json"
    if not file.is_file():
        raise EvidenceError("result_missing", folder=folder)
    report = load_report(file)
    seen = read_evidence(folder / EVIDENCE)
    if report.evidence is None or report.evidence.sha256 != sha256_of(folder / EVIDENCE):
        raise EvidenceError("evidence_of_other_report", file=EVIDENCE)
    return report, seen
