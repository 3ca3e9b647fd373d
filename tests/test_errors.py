"""Errors are codes with parameters: every code has one sentence, is raised, and knows no command line.

Not here: when each is raised (the tests of what raises it), what the command line says (`cli/test_words.py`).
"""

from __future__ import annotations

import ast
import copy
import json
import pickle
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.make_tables import BESIDE
from dorsi import errors
from dorsi.engine.conclude.quality import MESSAGES, note
from dorsi.errors import SENTENCES, DorsiError, OutputError, RulesError, UsageError

SOURCE = Path(errors.__file__).parent
CODES = [(kind, code) for kind, sentences in SENTENCES.items() for code in sentences]
# Errors raised by a class that is passed in, or by a code out of a table.
BY_ARGUMENT = {"kind", "error"}
BY_TABLE = {"screen/sides.py", "store/database.py", "store/store.py"}


def fields(sentence: str) -> set[str]:
    """Names of the parameters of a sentence."""
    return set(re.findall(r"\{(\w+)[:!}]", sentence))


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Every module by its path below the package."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def strings(tree: ast.AST) -> Iterator[str]:
    """Every text in the code but docstrings."""
    docs = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def made(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Calls that make an error: the name of the class, or of the argument that holds it, and the call."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
            continue
        if node.func.id in SENTENCES or node.func.id in BY_ARGUMENT:
            yield node.func.id, node


def test_every_class_has_its_codes_and_the_base_has_none() -> None:
    exported = {name: getattr(errors, name) for name in errors.__all__}
    kinds = {n for n, each in exported.items() if isinstance(each, type) and issubclass(each, DorsiError)}
    assert SENTENCES.keys() == kinds - {"DorsiError"}


@pytest.mark.parametrize(("kind", "code"), CODES)
def test_a_sentence_is_one_plain_line(kind: str, code: str) -> None:
    sentence = SENTENCES[kind][code]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", code)
    assert "\n" not in sentence
    assert sentence.endswith((".", "?", "{why}"))
    assert "  " not in sentence


@pytest.mark.parametrize("code", MESSAGES)
def test_a_message_about_a_clip_is_one_plain_line(code: str) -> None:
    told = note(code, from_s=1.0, to_s=1.34, bend_deg=31.4, sunk_mm=21.6)
    message, short = told.message, told.short
    assert "\n" not in message and message.endswith(".")
    assert not re.search(r" [ .,;:]", message)
    assert message.startswith(short) and message[len(short)] == "."


def test_one_code_says_the_same_whatever_raises_it() -> None:
    for code in {code for _, code in CODES}:
        assert len({sentences[code] for sentences in SENTENCES.values() if code in sentences}) == 1, code


def test_every_error_raised_has_a_sentence_and_its_parameters() -> None:
    seen = 0
    for file, tree in sources():
        for kind, call in made(tree):
            code = call.args[0]
            if not (isinstance(code, ast.Constant) and isinstance(code.value, str)):
                assert file in BY_TABLE, f"{file}:{call.lineno}: the code is no text"
                continue
            where = f"{file}:{call.lineno}: {kind} {code.value}"
            known = [s for name, s in SENTENCES.items() if kind in BY_ARGUMENT or name == kind]
            sentences = {each[code.value] for each in known if code.value in each}
            assert sentences, f"{where} has no sentence"
            given = {keyword.arg for keyword in call.keywords}
            if None not in given:
                shown = {*BESIDE.get(code.value, ())}
                assert all(fields(sentence) | shown == given for sentence in sentences), where
            seen += 1
    assert seen > 85


def test_every_sentence_is_of_an_error_that_is_raised() -> None:
    said = {text for file, tree in sources() if file != "cli/words.py" for text in strings(tree)}
    assert {code for _, code in CODES} - said == set()


# An option, a command of Dorsi in quotes, the name of one after `dorsi`.
COMMAND_LINE = re.compile(
    r"(?<![\w-])--[a-z]|'dorsi |\bdorsi (?:measure|screen|info|rules|profile|drills|models|history|progress|"
    r"runners|export|import|forget)\b|\bexit codes?\b"
)


def texts() -> Iterator[tuple[str, str]]:
    """Every text outside the command line that somebody may read: in code, data and templates."""
    for file, tree in sources():
        if not file.startswith("cli/"):
            yield from ((file, text) for text in strings(tree))
    for path in sorted(SOURCE.rglob("*.toml")):
        if path.parent.name != "cli":
            document = json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), ensure_ascii=False)
            yield path.name, document
    for path in sorted(SOURCE.rglob("*.j2")):
        yield path.name, path.read_text(encoding="utf-8")


def test_nothing_outside_the_command_line_names_an_option_or_a_command() -> None:
    assert [(file, text) for file, text in texts() if COMMAND_LINE.search(text)] == []
    assert not any(COMMAND_LINE.search(message) for message in MESSAGES.values())


@pytest.mark.parametrize(
    "text",
    ["Choose another --out.", "'dorsi runners' lists", "run dorsi measure again", "the exit code is 2"],
)
def test_words_of_the_command_line_would_be_seen(text: str) -> None:
    assert COMMAND_LINE.search(text)


def test_no_module_outside_the_command_line_knows_exit_codes() -> None:
    found = []
    for file, tree in sources():
        if file.startswith("cli/") or file == "__main__.py":
            continue
        for node in ast.walk(tree):
            name = getattr(node, "attr", None) or getattr(node, "id", None) or getattr(node, "name", None)
            if name in {"exit_code", "SystemExit", "exit", "typer"}:
                found.append(f"{file}: {name}")
    assert found == []


def test_an_error_is_its_code_its_parameters_and_their_sentence() -> None:
    error = OutputError("output_not_written", target=Path("a{b}/c"), why="{oops}")
    assert (error.code, error.params) == ("output_not_written", {"target": "a{b}/c", "why": "{oops}"})
    assert str(error) == "a{b}/c cannot be written: {oops}. Choose another folder."
    with pytest.raises(KeyError):
        OutputError("no_such_code")
    with pytest.raises(KeyError, match="target"):
        OutputError("disk_full")


def test_parameters_are_what_json_can_hold() -> None:
    error = UsageError(
        "setting_unknown", setting=Path("x"), value=float("nan"), choices=("a", None, {1}, float("inf"), 2.5)
    )
    assert json.loads(json.dumps(error.params, allow_nan=False)) == {
        "setting": "x",
        "value": "nan",
        "choices": ["a", None, "{1}", "inf", 2.5],
    }
    assert str(error) == "x cannot be 'nan'. Choose one of: a, None, {1}, inf, 2.5."


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_errors_go_from_process_to_process(protocol: int) -> None:
    error = RulesError("rule_set_unknown", rules="x", choices=["runner"])
    error.add_note("seen on the way")
    for again in (pickle.loads(pickle.dumps(error, protocol)), copy.deepcopy(error)):  # noqa: S301  ours
        assert type(again) is RulesError
        assert (again.code, again.params, str(again)) == (error.code, error.params, str(error))
        assert again.__notes__ == ["seen on the way"]


def test_the_base_alone_is_no_error() -> None:
    with pytest.raises(KeyError):
        DorsiError("clip_missing", file="a.mp4")
