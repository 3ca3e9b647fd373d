"""The JSON Schemas in docs/schema, from the models: `python -m docs.make_schemas`.

Not here: the models (`dorsi.report`, `dorsi.screen`, `dorsi.profile`, `dorsi.corrections`, `dorsi.store`),
words (`schemas.md`).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["FOLDER", "SCHEMAS", "main", "schema_text"]

FOLDER = Path(__file__).with_name("schema")


def _report() -> dict[str, Any]:
    from dorsi.report.model import Report

    return Report.json_schema()


def _screen() -> dict[str, Any]:
    from dorsi.screen.model import Screen

    return Screen.json_schema()


def _profile() -> dict[str, Any]:
    from dorsi.profile import Profile

    # The model fills it in for profiles made in Python; a file has to say it.
    return Profile.model_json_schema(by_alias=True) | {"required": ["schema"]}


def _corrections() -> dict[str, Any]:
    from dorsi.corrections import CorrectionFile

    found = CorrectionFile.model_json_schema(by_alias=True)
    # A report keeps keys of its records that it does not know; a file refuses them.
    for record in found["$defs"].values():
        record["additionalProperties"] = False
    return found


def _export() -> dict[str, Any]:
    from dorsi.store.archive import _Manifest

    # The models are private to the archive; their names in the schema are not.
    text = json.dumps(_Manifest.model_json_schema(by_alias=True))
    found: dict[str, Any] = json.loads(re.sub(r'(["/])_([A-Z])', r"\1\2", text))
    return found


SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "dorsi.report-1.json": _report,
    "dorsi.screen-1.json": _screen,
    "dorsi.profile-1.json": _profile,
    "dorsi.corrections-1.json": _corrections,
    "dorsi.export-1.json": _export,
}
"""File name and what makes its schema."""


def schema_text(name: str) -> str:
    """The text of a published schema."""
    return json.dumps(SCHEMAS[name](), indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the schemas."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        (FOLDER / name).write_text(schema_text(name), encoding="utf-8", newline="\n")
        print(f"docs/schema/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
