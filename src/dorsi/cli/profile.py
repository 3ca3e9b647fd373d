"""`dorsi profile`: asks what a camera cannot see and keeps the answers. Not here: questions, file format."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from dorsi.cli.common import guarded, say
from dorsi.errors import UsageError

__all__ = ["from_terminal", "profile"]


def profile(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="TOML file that holds the answers.")],
    show: Annotated[bool, typer.Option("--show", help="Print the file, ask nothing.")] = False,
) -> None:
    """Ask whether anything speaks against tests and drills; then what a camera cannot see: sprains, knee to
    wall, tape, arch, circles, signs.

    Enter means don't know, or keeps the answer that FILE already has. A yes to a safety question ends the
    questions and says whom to see. Answers can also be piped, one a line.

    \b
    dorsi profile runner.toml
    dorsi profile runner.toml --show
    dorsi profile runner.toml < answers.txt
    """
    with guarded():
        from dorsi.profile import check_place, load_profile, safety_state, save_profile
        from dorsi.profile.questionnaire import ask

        before = load_profile(file) if show or file.exists() else None
        if show and before is not None:
            say(before.to_toml().rstrip("\n"))
            return
        check_place(file)
        if sys.stdin is not None and sys.stdin.isatty():
            say("Enter: don't know, or keep the answer shown. Ctrl-C: stop, nothing is written.")
            answers = ask(from_terminal, say, before, insist=True)
        else:
            answers = ask(_from_pipe, lambda _: None, before, insist=False)
        save_profile(answers, file)
        safety = safety_state(answers)
    if safety.state == "stop":
        say(safety.line, "bad")
    say(f"{file.name}: written. See it with: dorsi profile {file} --show")


def from_terminal(prompt: str) -> str | None:
    """Show a prompt and give the line, None when there is no more."""
    # Not input(): it prompts on stderr, which is kept quiet.
    typer.echo(prompt, nl=False)
    return _from_pipe(prompt)


def _from_pipe(prompt: str) -> str | None:  # noqa: ARG001
    if sys.stdin is None:  # started without one
        return None
    try:
        return sys.stdin.readline() or None
    except UnicodeDecodeError:
        raise UsageError("answers_not_utf8") from None
