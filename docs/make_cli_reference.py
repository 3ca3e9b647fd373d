"""The command reference: `python -m docs.make_cli_reference` writes docs/cli.md from the commands themselves.

Read from the functions' signatures and docstrings, so neither the width nor the colours of a terminal matter.
Not here: what the commands do (`dorsi.cli`), words about results (`interpreting.md`).
"""

from __future__ import annotations

import inspect
import re
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import typer
from typer.models import ArgumentInfo, OptionInfo

from dorsi.cli import app
from dorsi.cli.common import EXIT_CODES

__all__ = ["PAGE", "Command", "Parameter", "commands", "main", "reference"]

PAGE = Path(__file__).with_name("cli.md")
_WORDS: dict[Any, str] = {int: "INTEGER", float: "NUMBER", str: "TEXT", Path: "PATH"}
_INTRO = """# Commands

Made from the commands by `make docs`; do not edit by hand. `dorsi COMMAND --help` says the same at the
terminal. Everything runs on your machine, offline. Results go to stdout, errors to stderr, one line each,
with what to do.
"""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument or option: its spellings with what it takes, its default in words, its help."""

    names: tuple[str, ...]
    takes: str
    default: str
    help: str
    required: bool
    is_option: bool


@dataclass(frozen=True, slots=True)
class Command:
    """One command: full name, what its docstring says, its examples, what it takes, its own last line."""

    name: str
    text: str
    examples: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    epilog: str


def commands(typer_app: typer.Typer = app, prefix: str = "dorsi") -> list[Command]:
    """Every command that is not hidden, groups included, in the order of `--help`."""
    found = []
    for info in typer_app.registered_commands:
        if info.callback is not None and not info.hidden:
            name = info.name or info.callback.__name__.replace("_", "-")
            text, examples = _split(info.help or inspect.getdoc(info.callback) or "")
            parameters = tuple(_parameters(info.callback))
            found.append(Command(f"{prefix} {name}", text, examples, parameters, info.epilog or ""))
    for group in typer_app.registered_groups:
        if group.typer_instance is not None and group.name and not group.hidden:
            found += commands(group.typer_instance, f"{prefix} {group.name}")
    return found


def _split(doc: str) -> tuple[str, tuple[str, ...]]:
    """Paragraphs, each on one line, and the lines of the block after a backspace: the examples."""
    parts = inspect.cleandoc(doc).split("\b\n")
    examples = tuple(line.strip() for part in parts[1:] for line in part.split("\n\n")[0].splitlines())
    after = [paragraph for part in parts[1:] for paragraph in part.split("\n\n")[1:]]
    paragraphs = [" ".join(p.split()) for p in (*parts[0].split("\n\n"), *after)]
    return "\n\n".join(p for p in paragraphs if p), examples


def _parameters(callback: Callable[..., Any]) -> Iterator[Parameter]:
    hints = get_type_hints(callback, include_extras=True)
    for name, given in inspect.signature(callback).parameters.items():
        hint = hints[name]
        kind, *notes = get_args(hint) if get_origin(hint) is Annotated else (hint, given.default)
        info = next((n for n in notes if isinstance(n, ArgumentInfo | OptionInfo)), None)
        if info is not None and not info.hidden:
            yield _parameter(name, kind, info, given.default)


def _parameter(name: str, kind: Any, info: ArgumentInfo | OptionInfo, default: Any) -> Parameter:
    several, kind = _plain(kind)
    required = default is inspect.Parameter.empty
    told = " ".join((info.help or "").split())
    if isinstance(info, ArgumentInfo):
        shown = info.metavar or name.upper()
        return Parameter((shown,), "", "required" if required else _said(default), told, required, False)
    spelled = name.replace("_", "-")
    # Inside Annotated, typer takes the first name for a default and sorts it out later.
    spellings = (*([info.default] if isinstance(info.default, str) else []), *(info.param_decls or ()))
    names = tuple(part for each in spellings for part in each.split("/") if part.startswith("-"))
    if kind is bool:
        names = names or (f"--{spelled}", f"--no-{spelled}")
        said = "" if default is None else names[0] if default else names[1] if len(names) > 1 else ""
        return Parameter(names, "", f"`{said}`" if said else "–", told, required, True)
    takes = info.metavar or _takes(kind)
    return Parameter(
        names or (f"--{spelled}",),
        takes,
        "required" if required else _said(default),
        f"{told} May be given several times." if several else told,
        required,
        True,
    )


def _plain(kind: Any) -> tuple[bool, Any]:
    """Whether several values are taken, and the type of one, without `| None`."""
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(part for part in get_args(kind) if part is not type(None))
    if get_origin(kind) in (list, tuple):
        return True, get_args(kind)[0]
    return False, kind


def _takes(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return "|".join(str(choice) for choice in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "|".join(str(choice.value) for choice in kind)
    return _WORDS.get(kind, "TEXT")


def _said(default: Any) -> str:
    if default is None or default in ((), [], ""):
        return "–"
    shown = default.value if isinstance(default, Enum) else default
    return f"`{shown.as_posix() if isinstance(shown, Path) else shown}`"


def reference() -> str:
    """The whole page."""
    found = commands()
    parts = [_INTRO]
    parts += [f"- [`{c.name}`](#{c.name.replace(' ', '-')}): {_cell(_first_sentence(c.text))}" for c in found]
    parts.append("- [Exit codes](#exit-codes)\n")
    parts += [_section(command) for command in found]
    parts.append("## Exit codes\n\n| code | when |\n|---|---|\n" + "\n".join(_exit_rows(EXIT_CODES)) + "\n")
    return "\n".join(parts)


def _section(command: Command) -> str:
    arguments = [p for p in command.parameters if not p.is_option]
    options = [p for p in command.parameters if p.is_option]
    usage = " ".join(
        [
            command.name,
            *(["[OPTIONS]"] if options else []),
            *(p.names[0] if p.required else f"[{p.names[0]}]" for p in arguments),
        ]
    )
    lines = [f"## {command.name}", "", _cell(command.text), "", "```", usage, "```", ""]
    if command.examples:
        lines += ["```sh", *command.examples, "```", ""]
    if command.parameters:
        lines += ["| argument, option | default | what it is |", "|---|---|---|"]
        lines += [_row(p) for p in (*arguments, *options)]
        lines.append("")
    if command.epilog and command.epilog != EXIT_CODES:
        lines += [" ".join(command.epilog.split()), ""]
    return "\n".join(lines)


def _row(parameter: Parameter) -> str:
    names = " / ".join(parameter.names)
    shown = f"{names} {parameter.takes}".strip().replace("|", r"\|")
    return f"| `{shown}` | {parameter.default} | {_cell(parameter.help)} |"


def _cell(words: str) -> str:
    """Words as Markdown shows them: no tag, no cell border."""
    return words.replace("|", r"\|").replace("<", r"\<")


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]


def _exit_rows(text: str) -> list[str]:
    """`Exit code: 0 measured; 2 usage.` as rows of a table."""
    rows = re.findall(r"(?:^|[:;]\s)(\d+) ([^;]+?)(?=;\s\d|\.?$)", text)
    return [f"| {code} | {_cell(what)} |" for code, what in rows]


def main() -> int:
    """Write the page."""
    PAGE.write_text(reference(), encoding="utf-8", newline="\n")
    print(f"docs/{PAGE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
