"""Nothing gets through: `python -m bench.hostile --rounds 1000` damages clips, exports and stores.

Whole ones are made on the spot and damaged at random, from a seed; each is given to the command line in a
process of its own kind, so that a crash or a hang is that file's. Whatever comes, a command ends with one of
its codes and one line, leaves nothing half-written, and its input as it was. Not here: files that were found
by thinking (`tests/hostile_clips.py`).
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import shutil
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

import av
import cv2
import numpy as np

from bench.accuracy import write_json
from bench.record import EVIDENCE
from dorsi.engine.conclude.conclude import conclude
from dorsi.engine.evidence_file import read_evidence
from dorsi.executors import kill, own_process
from dorsi.plan import load_books
from dorsi.settings import Settings
from dorsi.store import Store
from dorsi.types import Rgb
from dorsi.workflow.measure import report_of

Kind = Literal["clip", "export", "store"]
SAMPLE: Final = Path(__file__).resolve().parents[1] / "samples" / "heel_lifts.mp4"
LONGEST_S: Final = 60.0
"""A command on a file of a few kB that takes longer hangs."""
CONTAINERS: Final = (("clip.mp4", "libx264"), ("clip.mkv", "libx264"), ("clip.avi", "mpeg4"))
CODES: Final[dict[Kind, set[int]]] = {"clip": {0, 3, 4}, "export": {0, 4}, "store": {0, 2, 4}}
RUNNER: Final = "Ana Lima"
FRAMES, HEIGHT_PX = 12, 240


def whole_clips(folder: Path) -> list[Path]:
    """A second of a sample, small, in three containers."""
    pictures: list[Rgb] = []
    with av.open(str(SAMPLE)) as source:
        for number, frame in enumerate(source.decode(video=0)):
            if number % 3 == 0:
                whole = frame.to_ndarray(format="rgb24")
                scale = HEIGHT_PX / whole.shape[0]
                small = cv2.resize(whole, (int(whole.shape[1] * scale) // 2 * 2, HEIGHT_PX))
                pictures.append(np.asarray(small, np.uint8))
            if len(pictures) == FRAMES:
                break
    for name, codec in CONTAINERS:
        with av.open(str(folder / name), "w") as target:
            stream: Any = target.add_stream(codec, rate=10)
            stream.height, stream.width = pictures[0].shape[:2]
            stream.pix_fmt = "yuv420p"
            for rgb in pictures:
                target.mux(
                    stream.encode(av.VideoFrame.from_ndarray(np.asarray(rgb, np.uint8), format="rgb24"))
                )
            target.mux(stream.encode(None))
    return [folder / name for name, _ in CONTAINERS]


def whole_store(folder: Path) -> Path:
    """A store with three reports of one runner."""
    path = folder / "store.sqlite3"
    with Store(path) as store:
        for name in ("left_lunge", "right_lunge", "left_big_toe"):
            seen = read_evidence(EVIDENCE / f"{name}.npz")
            store.add_report(RUNNER, report_of(conclude(seen, Settings()), seen, Settings(), load_books()))
    return path


def whole_export(folder: Path, store: Path) -> Path:
    """Everything in it."""
    with Store(store) as opened:
        opened.export_zip(folder / "export.zip")
    return folder / "export.zip"


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Bytes with one to four things wrong, mostly near the beginning, where headers are."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        near = chance.random() < 0.6
        size = len(out)
        at = chance.randrange(max(1, min(size, 4096) if near else size))
        span = min(size - at, chance.choice((1, 2, 4, 8, 64, 512)))
        what = chance.randrange(8)
        if what == 0:
            out[at : at + span] = bytes(chance.randrange(256) for _ in range(span))
        elif what == 1:
            out[at : at + span] = b"\0" * span
        elif what == 2:
            out[at : at + span] = b"\xff" * span
        elif what == 3:
            del out[at : at + span]
        elif what == 4:
            out[at:at] = out[at : at + span]
        elif what == 5:
            del out[max(1, at) :]
        elif what == 6:
            other = chance.randrange(max(1, size - span))
            out[at : at + span], out[other : other + span] = out[other : other + span], out[at : at + span]
        elif at < len(out):
            out[at] ^= 1 << chance.randrange(8)
        if not out:
            return b""
    return bytes(out)


def strange_values(chance: random.Random) -> object:
    """What no program of ours writes where it is put."""
    deep: Any = 0
    for _ in range(400):
        deep = [deep]
    values: Sequence[object] = (
        2**63, -(2**63) - 1, 1e308, -1e308, 10**400, -1, 0, "", "\x1b[2J\x07", "\ud800", "a" * 100_000, None,
        [], {}, True, deep, "../../etc", "<script>", "2026-13-45", "‮abc",
    )  # fmt: skip
    return chance.choice(values)


def strange_json(text: str, chance: random.Random) -> str:
    """A JSON document with one to three values that are not what they should be, a key too many or less."""
    document = json.loads(text)
    for _ in range(chance.randint(1, 3)):
        at: Any = document
        while True:
            keys = list(at) if isinstance(at, dict) else list(range(len(at)))
            if not keys:
                break
            key = chance.choice(keys)
            if isinstance(at[key], dict | list) and at[key] and chance.random() < 0.85:
                at = at[key]
                continue
            what = chance.randrange(4)
            if what == 0:
                del at[key]
            elif what == 1 and isinstance(at, dict):
                at["strange"] = strange_values(chance)
            else:
                at[key] = strange_values(chance)
            break
    return json.dumps(document)


def strange_export(whole: bytes, chance: random.Random) -> bytes:
    """An export whose content is wrong under checksums that are right, or with its bytes damaged."""
    if chance.random() < 0.4:
        return damaged(whole, chance)
    with zipfile.ZipFile(io.BytesIO(whole)) as source:
        files = {name: source.read(name).decode() for name in source.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    if chance.random() < 0.5:
        name = chance.choice(sorted(files))
        text = strange_json(files.pop(name), chance)
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        folder = name.split("/")[0]
        for person in manifest["runners"]:
            for item in person[folder]:
                if item["file"] == name:
                    item |= {"file": f"{folder}/{digest}.json", "sha256": digest}
        files[f"{folder}/{digest}.json"] = text
        told = json.dumps(manifest)
    else:
        told = strange_json(json.dumps(manifest), chance)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in (*files.items(), ("manifest.json", told)):
            target.writestr(name, text.encode("utf-8", "surrogatepass"))
    return made.getvalue()


@dataclass(frozen=True, slots=True)
class Case:
    """A damaged file in a folder of its own, and the commands it is given to, one after another."""

    kind: Kind
    seed: str
    file: Path
    commands: tuple[tuple[str, ...], ...]


def cases(kind: Kind, rounds: int, seed: int, folder: Path) -> Iterator[Case]:
    """So many damaged files of a kind; the same seed gives the same ones."""
    base = folder / "whole"
    base.mkdir(exist_ok=True)
    clips = [each.read_bytes() for each in whole_clips(base)] if kind == "clip" else []
    store = b"" if kind == "clip" else (path := whole_store(base)).read_bytes()
    export = whole_export(base, path).read_bytes() if kind == "export" else b""
    for number in range(rounds):
        name = f"{seed}-{kind}-{number}"
        chance = random.Random(name)  # noqa: S311  damage, not a secret
        here = folder / name
        here.mkdir()
        if kind == "clip":
            which = number % len(CONTAINERS)
            file, data = here / CONTAINERS[which][0], damaged(clips[which], chance)
            commands: tuple[tuple[str, ...], ...] = (
                ("measure", file.name, "--no-video", "--model", "full", "--out", "out"),
            )
        elif kind == "export":
            file, data = here / "export.zip", strange_export(export, chance)
            on = ("--store", "s.sqlite3")
            commands = (("import", file.name, *on), ("runners", *on), ("history", RUNNER, *on),
                        ("progress", RUNNER, *on, "--out", "out"))  # fmt: skip
        else:
            file, data = here / "s.sqlite3", damaged(store, chance)
            on = ("--store", file.name)
            commands = (("runners", *on), ("history", RUNNER, *on), ("progress", RUNNER, *on, "--out", "out"),
                        ("export", RUNNER, "e.zip", *on))  # fmt: skip
        file.write_bytes(data)
        yield Case(kind, name, file, commands)


def run_commands(case: Case) -> list[tuple[int, str, str]]:
    """In the process that is put at risk: exit code, stdout and stderr of each command; the first that does
    not end well is the last."""
    from typer.testing import CliRunner

    from dorsi.cli import app

    os.chdir(case.file.parent)
    # Commands that keep native libraries quiet write to the descriptor, past a stand-in for sys.stderr.
    told, at = [], sys.stderr.fileno()
    for command in case.commands:
        with tempfile.TemporaryFile("w+", errors="replace") as native:
            before = os.dup(at)
            os.dup2(native.fileno(), at)
            try:
                found = CliRunner().invoke(app, list(command))
            finally:
                sys.stderr.flush()
                os.dup2(before, at)
                os.close(before)
            native.seek(0)
            said = found.stderr + native.read()
        error = found.exception
        fault = "" if error is None or isinstance(error, SystemExit) else f"Traceback: {error!r}"
        told.append((found.exit_code, found.stdout, said + fault))
        if found.exit_code not in (0, 3):
            break
    return told


def wrong_with(case: Case, told: Sequence[tuple[int, str, str]], before: bytes) -> str | None:
    """What a command should not have done with a damaged file; None when all is well."""
    for command, (code, out, err) in zip(case.commands, told, strict=False):
        # A store that came through an import, or has lost a name, may not know the runner.
        allowed = CODES[case.kind] | ({2} if command[0] in ("history", "progress", "export") else set())
        if code not in allowed:
            return f"{command[0]}: code {code}: {err.strip()[:300]}"
        if "Traceback" in err or "fault in Dorsi" in err or "Traceback" in out:
            return f"{command[0]}: {err.strip()[:300]}"
        if code and code != 3 and (len(err.strip().splitlines()) != 1 or not err.startswith("dorsi: ")):
            return f"{command[0]}: not one line: {err.strip()[:300]!r}"
        if any(not sign.isprintable() and sign != "\n" for sign in out + err):
            return f"{command[0]}: prints signs that move the cursor"
    left = [file.name for file in case.file.parent.rglob("*")]
    if half := [name for name in left if "partial" in name or name.endswith(".lock")]:
        return f"left behind: {half[0]}"
    if case.kind == "clip" and told[-1][0] == 4 and (case.file.parent / "out").exists():
        return "left an empty folder"
    if case.kind == "export" and told[0][0] != 0 and (case.file.parent / "s.sqlite3").exists():
        return "a refused import left a store"
    if case.kind != "store" and case.file.read_bytes() != before:
        return "changed its input"
    return None


def tried(rounds: dict[Kind, int], seed: int, say: Callable[[str], None] = print) -> dict[str, Counter[str]]:
    """Run everything; by kind how often each thing came of it. What is wrong is said as it is found."""
    found: dict[str, Counter[str]] = {}
    executor: Executor | None = None
    for kind, count in rounds.items():
        outcomes = found.setdefault(kind, Counter())
        with tempfile.TemporaryDirectory() as scratch:
            for case in cases(kind, count, seed, Path(scratch)):
                executor = executor or own_process()
                before = case.file.read_bytes()
                future = executor.submit(run_commands, case)
                try:
                    told = future.result(LONGEST_S)
                    wrong = wrong_with(case, told, before)
                    outcome = "wrong" if wrong else f"code {told[0][0]}"
                except BrokenExecutor:
                    outcome, wrong, executor = "crash", "the process was ended by a signal", None
                except TimeoutError:
                    outcome, wrong = "hang", f"took more than {LONGEST_S:g} s"
                    kill(executor)
                    executor = None
                outcomes[outcome] += 1
                if wrong:
                    say(f"{case.seed}: {wrong}")
                shutil.rmtree(case.file.parent)
    if executor is not None:
        executor.shutdown()
    return found


def report(found: dict[str, Counter[str]]) -> list[str]:
    """The outcomes as markdown."""
    names = ["code 0", "code 2", "code 3", "code 4", "wrong", "crash", "hang"]
    return [
        "| damaged | " + " | ".join(names) + " |",
        "|---" * (len(names) + 1) + "|",
        *(
            f"| {sum(each.values())} {kind}s | " + " | ".join(str(each[name]) for name in names) + " |"
            for kind, each in found.items()
        ),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line, run, print; 1 when anything got through."""
    parser = argparse.ArgumentParser(prog="python -m bench.hostile", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="clips; exports and stores 0.3 times as many")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the counts here")
    options = parser.parse_args(arguments)
    rest = max(1, round(0.3 * options.rounds))
    found = tried({"clip": options.rounds, "export": rest, "store": rest}, options.seed)
    print("\n".join(report(found)))
    if options.json is not None:
        write_json(options.json, {kind: dict(each) for kind, each in found.items()})
    return int(any(each["wrong"] + each["crash"] + each["hang"] for each in found.values()))


if __name__ == "__main__":
    sys.exit(main())
