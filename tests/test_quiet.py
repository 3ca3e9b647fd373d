"""Native noise is hidden, everything else still comes out, and stderr always comes back."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

import dorsi
from dorsi.quiet import quiet


def noise(text: str) -> None:
    os.write(2, text.encode())


def _interrupted() -> None:
    with quiet():
        noise("hidden")
        raise KeyboardInterrupt


def test_native_noise_is_hidden_and_the_stream_is_not(capfd: pytest.CaptureFixture[str]) -> None:
    noise("before ")
    with quiet() as stream:
        noise("W0000 inference_feedback_manager ")
        print("progress", file=stream)
    noise("after")
    assert capfd.readouterr().err == "before progress\nafter"


def test_verbose_hides_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet(enabled=False):
        noise("W0000")
    assert capfd.readouterr().err == "W0000"


def test_comes_back_after_an_error_and_works_again(capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            _interrupted()
        noise("shown ")
    assert capfd.readouterr().err == "shown " * 3


def test_the_last_of_several_threads_turns_it_on_again(capfd: pytest.CaptureFixture[str]) -> None:
    together = Barrier(8)

    def work(number: int) -> None:
        together.wait()
        for _ in range(50):
            with quiet() as stream:
                noise("hidden")
                with quiet():
                    noise("hidden")
                noise("hidden")
                stream.write(f"{number}\n")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    noise("end")
    told = capfd.readouterr().err
    assert "hidden" not in told
    assert sorted(told.removesuffix("end").split()) == sorted([*"01234567"] * 50)


def _run(code: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(Path(dorsi.__file__).parents[1])}
    command = [sys.executable, "-c", f"import os, sys\nfrom dorsi.quiet import quiet\n{code}"]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment)


def test_python_messages_and_late_loggers_are_not_noise() -> None:
    run = _run(
        "import logging\n"
        "with quiet():\n"
        "    os.write(2, b'hidden')\n"
        "    print('python', file=sys.stderr)\n"
        "    log = logging.StreamHandler()\n"
        "logging.getLogger().addHandler(log)\n"
        "logging.warning('late')\n"
        "os.write(2, b'end')\n"
    )
    assert run.stderr == "python\nlate\nend"


def test_until_exit_hides_what_native_threads_say_at_the_very_end() -> None:
    run = _run(
        "import atexit\n"
        "from dorsi.quiet import quiet_until_exit\n"
        "quiet_until_exit()\n"
        "atexit.register(os.write, 2, b'hidden')\n"
        "with quiet() as stream:\n"
        "    print('told', file=stream)\n"
        "os.write(2, b'hidden')\n"
        "print('python', file=sys.stderr)\n"
    )
    assert run.stderr == "told\npython\n"


def test_a_stand_in_for_stderr_is_used_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with quiet() as stream:
        print("told", file=stream)
    assert capsys.readouterr().err == "told\n"


def test_a_program_without_stderr_is_left_alone() -> None:
    run = _run("os.close(2)\nwith quiet():\n    pass\nprint('fine')")
    assert run.stdout == "fine\n"


def test_nothing_is_said_about_the_stream_that_stays_open() -> None:
    run = _run(
        "import gc, warnings\n"
        "import dorsi.quiet\n"
        "warnings.simplefilter('always')\n"
        "with quiet():\n"
        "    pass\n"
        "dorsi.quiet._SWITCH = None\n"
        "gc.collect()\n"
    )
    assert run.stderr == ""
