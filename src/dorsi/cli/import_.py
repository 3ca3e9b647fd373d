"""`dorsi import`: takes over what an export holds. Not here: checking it (`dorsi.store`)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dorsi.cli.common import counted, guarded, say
from dorsi.cli.storing import StoreOption

__all__ = ["import_"]


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="What 'dorsi export' has written.")],
    store: StoreOption = None,
) -> None:
    """Take over everything in an export; what is there already stays as it is.

    All of it is taken over or, when anything is wrong with the file, nothing.

    \b
    dorsi import ana.zip
    dorsi import ana.zip --store clinic.sqlite3
    """
    with guarded():
        from dorsi.store import import_export

        found, path = import_export(file, store)
    say(f"{file.name}: {counted(found.runners, 'runner')}, of them new: {found.new_runners}")
    say(f"  reports: {found.reports}, of them new: {found.new_reports}")
    say(f"  screens: {found.screens}, of them new: {found.new_screens}")
    say(f"  store: {path}")
