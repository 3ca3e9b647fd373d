"""`dorsi export`: a runner, or everybody, into a zip file. Not here: what is in it (`dorsi.store`)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dorsi.cli.common import guarded, say
from dorsi.cli.storing import StoreOption, holdings, opened
from dorsi.errors import UsageError

__all__ = ["export"]


def export(
    what: Annotated[list[str], typer.Argument(metavar="[RUNNER] FILE.zip", help="Name, and the new file.")],
    everybody: Annotated[bool, typer.Option("--all", help="Everybody in the store.")] = False,
    store: StoreOption = None,
) -> None:
    """Write everything of a runner into a zip file, for another store or another program.

    \b
    dorsi export "Ana Lima" ana.zip
    dorsi export --all everybody.zip
    """
    with guarded():
        if len(what) != (1 if everybody else 2):
            raise UsageError("export_of_whom")
        file = Path(what[-1])
        with opened(store) as kept:
            found = kept.export_zip(file, None if everybody else what[0])
    for each in found:
        say(f"{each.name}: {holdings(each)}")
    say(f"written: {file}")
