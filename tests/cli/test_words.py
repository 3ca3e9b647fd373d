"""What the command line says of an error: the same facts, options that exist, and the right exit code."""

from __future__ import annotations

import re

import pytest

from docs.make_cli_reference import commands
from dorsi import errors
from dorsi.cli.words import WORDS, exit_code_of, in_words, warning_in_words
from dorsi.engine.conclude.quality import MESSAGES, note
from dorsi.errors import SENTENCES, DorsiError, OutputError, RunnerUnknown, StoreError, UsageError
from dorsi.report.model import Reason
from tests.report.fake_analysis import fake_analysis, report_of

SENTENCE_OF = {code: sentence for sentences in SENTENCES.values() for code, sentence in sentences.items()}
# Made by `in_words` out of parameters that are there.
OPTIONS = {"place", "other_place", "fitting", "option", "touch"}


def fields(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)[:!}]", sentence))


@pytest.mark.parametrize("code", WORDS)
def test_words_are_of_a_code_and_of_its_parameters(code: str) -> None:
    sentence = (SENTENCE_OF | MESSAGES)[code]
    extra = {"wanted"} if code == "report_of_other_test" else set()
    assert fields(WORDS[code]) <= fields(sentence) | OPTIONS | {"fact", "sentence"} | extra
    if "{fact}" in WORDS[code]:
        remedy = sentence.rpartition(". ")[2]
        assert remedy not in ("", sentence)
        # Else a name with a full stop in it would be cut.
        assert fields(remedy) == set()


def test_words_name_only_options_and_commands_that_exist() -> None:
    spelled = {s for c in commands() for p in c.parameters for n in p.names for s in re.split(r"[ ,/]+", n)}
    names = {command.name for command in commands()}
    told = " ".join(WORDS.values())
    assert set(re.findall(r"--[a-z-]+", told)) - spelled == set()
    assert set(re.findall(r"'(dorsi [a-z]+)", told)) - names == set()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            OutputError("disk_full", target="out/a. b"),
            "out/a. b cannot be written: the disk is full. Make room, or choose another folder with --out.",
        ),
        (
            OutputError("output_in_the_way", target="x"),
            "x cannot be written: a file is in the way. Choose another folder with --out.",
        ),
        (
            StoreError("store_missing", path="s.db"),
            "s.db: there is no store yet. Measure with --runner NAME, or name the file with --store.",
        ),
        (
            StoreError("store_in_use", path="s.db"),
            "s.db is in use by another program. Try again when that has ended.",
        ),
        (
            RunnerUnknown("runner_unknown", runner="Ana", path="s.db"),
            "“Ana” is not in s.db. 'dorsi runners' lists who is there.",
        ),
        (
            UsageError("date_in_future", date="2999-01-01"),
            "--date 2999-01-01: lies in the future. Check the date.",
        ),
        (
            UsageError("setting_of_wrong_type", setting="max_side_px", value="nan", wanted="a number"),
            "--max-side nan: give a number.",
        ),
        (
            UsageError("height_contradicts_profile", height_cm=180.0, profile_cm=170.5),
            "--height-cm 180 contradicts 170.5 in the profile. Leave one out.",
        ),
        (
            StoreError("store_in_use", path="my. s.db"),
            "my. s.db is in use by another program. Try again when that has ended.",
        ),
        (
            PermissionError(13, "Permission denied", "results"),
            "results: Permission denied. Check the path, and who may use it.",
        ),
        (
            RuntimeError("oops"),
            "a fault in Dorsi (RuntimeError: oops). Run again with --verbose and report it.",
        ),
    ],
)
def test_what_is_said(error: Exception, said: str) -> None:
    assert in_words(error) == said


def test_a_warning_names_the_option_that_helps() -> None:
    said = note("leg_label_unsure")
    unsure = Reason(code=said.code, message=said.message, short=said.short)
    assert warning_in_words(unsure) == (
        "Left and right were hard to tell. Check the side, and give --side if it is wrong."
    )
    shoes = Reason(code="shoes", message="Shoes {hide} the heel. Film with bare feet.")
    assert warning_in_words(shoes) == shoes.message


def test_exit_codes() -> None:
    wrong_call = {
        "CorrectionError",
        "UsageError",
        "RulesError",
        "ScreenError",
        "RunnerUnknown",
        "ProfileError",
        "PlanError",
    }
    for kind, sentences in SENTENCES.items():
        made: type[DorsiError] = getattr(errors, kind)
        code = next(iter(sentences))
        error = made(code, **dict.fromkeys(fields(sentences[code]), 1))
        assert exit_code_of(error) == (2 if kind in wrong_call else 4), kind
    assert exit_code_of(RuntimeError()) == 4
    assert exit_code_of() == exit_code_of(None) == 0


def test_the_worst_exit_code_counts() -> None:
    measured = report_of(fake_analysis())
    refused = measured.model_copy(update={"status": "not_measurable"})
    usage, lost = UsageError("name_missing"), StoreError("store_full", path="x")
    assert [exit_code_of(each) for each in (measured, usage, refused, lost)] == [0, 2, 3, 4]
    assert exit_code_of(measured, refused) == exit_code_of(refused, measured) == 3
    assert exit_code_of(measured, measured) == 0
