"""`dorsi backup` and `dorsi restore`. Not here: what they do (`dorsi.desk.backup`)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dorsi.cli.common import counted, guarded, say
from dorsi.cli.serve import DataOption, DeskStoreOption

__all__ = ["backup", "restore"]


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="New file, for example dorsi.tar.")],
    data: DataOption = None,
    store: DeskStoreOption = None,
) -> None:
    """Save everything that 'dorsi serve' keeps into one file; safe while it runs.

    A store on a server is the server's to save: pg_dump.

    \b
    dorsi backup dorsi-2026-11-26.tar
    """
    with guarded():
        from dorsi.desk.backup import save
        from dorsi.desk.place import place_at

        size = save(place_at(data, store), file)
    say(f"Saved: {file} ({size / 1e6:.1f} MB). It holds people's clips and results: keep it safe.")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that 'dorsi backup' wrote.")],
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="New or empty folder.")],
) -> None:
    """Bring a backup back into an empty folder.

    \b
    dorsi restore dorsi-2026-11-26.tar --data dorsi-data
    """
    with guarded():
        from dorsi.desk.backup import restore as bring_back

        files = bring_back(file, data)
    say(f"{counted(files, 'file')} in {data}. Serve it: dorsi serve --data {data}")
