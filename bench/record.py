"""Record evidence and what it is concluded to, for the regression tests: `python -m bench.record [CLIPS]`.

With CLIPS (rendered ones alone: evidence of a person stays out of the repository) each is observed anew into
OUT/NAME.npz. Then every evidence file in OUT is concluded into OUT/numbers.json, beside the version of Dorsi
that does so: numbers that differ from those on record need a new version first. Not here: comparing
(tests/test_version.py).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dorsi import __version__
from dorsi.engine.conclude.conclude import conclude
from dorsi.engine.evidence_file import read_evidence, write_evidence
from dorsi.plan import load_books
from dorsi.settings import Settings
from dorsi.workflow.measure import report_of

ROOT = Path(__file__).resolve().parents[1]
EVIDENCE = ROOT / "tests" / "evidence"
NUMBERS = "numbers.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Record; 1 when numbers changed and the version did not."""
    options = _parser().parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for clip in options.clips:
        from dorsi.engine.pipeline import observe

        write_evidence(observe(clip, Settings(test=options.test)), options.out / f"{clip.stem}.npz")
        print(f"observed {clip.name}", file=sys.stderr)
    return record(options.out, options.out / NUMBERS)


def record(folder: Path, file: Path) -> int:
    """Write the numbers of every evidence file in `folder`; 1, and nothing, when that needs a new version."""
    now = {path.stem: numbers_of(path) for path in sorted(folder.glob("*.npz"))}
    before: dict[str, Any] = {"version": "", "clips": {}}
    if file.exists():
        before = json.loads(file.read_text(encoding="utf-8"))
    changed = [name for name in now.keys() & before["clips"].keys() if now[name] != before["clips"][name]]
    if changed and before["version"] == __version__:
        print(
            f"numbers of {', '.join(sorted(changed))} changed: raise the version ({__version__}) in "
            "src/dorsi/__init__.py and CHANGELOG.md first",
            file=sys.stderr,
        )
        return 1
    # A clip a line: what a change did is seen in the diff.
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(said)}" for name, said in now.items())
    file.write_text(f'{{"version": "{__version__}", "clips": {{\n{lines}\n}}}}\n', encoding="utf-8")
    return 0


def numbers_of(path: Path) -> dict[str, Any]:
    """What is said of one clip: test, status, codes, repetitions, each number with its ±."""
    seen, settings = read_evidence(path), Settings()
    report = report_of(conclude(seen, settings), seen, settings, load_books())
    return {
        "test": report.test,
        "side": report.side,
        "status": report.status,
        "reasons": [each.code for each in report.reasons],
        "warnings": [each.code for each in report.warnings],
        "reps": [[each.peak_s, each.peak_shin_angle_deg, each.heel_lifted] for each in report.reps],
        "measurements": {
            key: [value["value"], value["uncertainty_95"], value["frame"]]
            for key, value in report.measurements.model_dump().items()
        },
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.record", description=__doc__)
    parser.add_argument("clips", type=Path, nargs="*", metavar="CLIPS")
    parser.add_argument("--out", type=Path, default=EVIDENCE, help="folder of the evidence (tests/evidence)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
