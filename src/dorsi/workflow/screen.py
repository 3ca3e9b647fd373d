"""`screen_clips`: clips (or reports) of both legs in, one screen out, with its files where they are wanted.

Not here: how a clip is measured (`pipeline.py`, `api.py`), what the screen says (`screen/`), how a folder
lands on disk safely (`output.py`).
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from dorsi.engine.pipeline import analyse
from dorsi.errors import UsageError
from dorsi.models import load
from dorsi.pages.screen_page import render_screen_html
from dorsi.plan import Books, load_books
from dorsi.profile import Profile, load_profile
from dorsi.report.model import Report, load_report
from dorsi.screen.answers import ExtraAnswers, merged
from dorsi.screen.build import RoleReport, build_screen
from dorsi.screen.model import PAIRED, ROLES, Links, Role, Screen
from dorsi.screen.sides import OPTIONS, SIDE_OF, TEST_OF, SeenLeg, check_clips, check_test, seen_leg
from dorsi.settings import Settings
from dorsi.types import Analysis
from dorsi.video import probe, sha256_of
from dorsi.workflow.folders import RESULT_FILES, free_name, plain_name, result_folder, writing
from dorsi.workflow.measure import report_of, telling, write_result

__all__ = ["Progress", "Screened", "screen_clips"]

Progress = Callable[[Path, str, float], None]
"""Told the clip, the name of the stage that runs on it and how much of that is done, 0..1."""

PEAK_IMAGE: Final = "peak.jpg"


@dataclass(frozen=True, slots=True)
class Screened:
    """A screen, the report of each clip, and the folder all of it lies in (None: nothing was written)."""

    screen: Screen
    reports: dict[Role, Report]
    folder: Path | None

    @property
    def exit_code(self) -> int:
        """0 when every clip was measured, else 3."""
        return 0 if all(report.status == "measured" for report in self.reports.values()) else 3


@dataclass(frozen=True, slots=True)
class _Taken:
    """One clip as measured, or the report given in its place (then `analysis` is None)."""

    role: Role
    source: Path
    report: Report
    analysis: Analysis | None
    settings: Settings


def screen_clips(
    left: str | Path | None = None,
    right: str | Path | None = None,
    left_toe: str | Path | None = None,
    right_toe: str | Path | None = None,
    squat: str | Path | None = None,
    *,
    profile: Profile | str | Path | None = None,
    runner: str | None = None,
    date: dt.date | None = None,
    out: str | Path | None = None,
    name: str | None = None,
    settings: Settings | None = None,
    books: Books | None = None,
    swap: bool = False,
    trust_sides: bool = False,
    progress: Progress | None = None,
) -> Screened:
    """Screen one person: a lunge of each leg, and what else there is. At least one clip.

    A path that ends in .json is the report of an earlier measurement and is not measured again. `swap`
    exchanges left and right; `trust_sides` keeps the sides as given whatever the clips look like. `runner`
    and `date` (today) are told in the screen. With `out`, writes screen.json, screen.html and a folder a
    clip into `out/name`, whole or not at all; `name` is made from runner and date unless given, with a
    number where a screen of other clips lies. `books` are the rules and drills, as `load_books` finds them
    unless given. A clip that supports no number is a result, not an error.

    Raises ScreenError (the same clip twice, a clip of the other leg, a report of another test), UsageError,
    ProfileError, and whatever `measure` raises: all of them DorsiError, with one line fit for a user.
    """
    # Everything that can be found wrong at once is found before the long work.
    sources = _sources(
        {"left": left, "right": right, "left_toe": left_toe, "right_toe": right_toe, "squat": squat}, swap
    )
    reports = {role: load_report(source) for role, source in sources.items() if _is_report(source)}
    answers = load_profile(Path(profile)) if isinstance(profile, str | Path) else profile
    answers = merged(answers, runner=runner, **_noted(reports))
    settings, who = (
        _settings(settings or Settings(), answers),
        runner or (answers.runner if answers else None),
    )
    day, books = date or dt.datetime.now().astimezone().date(), books or load_books()
    books.rules.rule_set(settings.rules)
    hashes = _checked(sources, reports, settings, trust_sides=trust_sides)
    with ExitStack() as stack:
        folder = target = None
        if out is not None:
            target = Path(out) / (name or free_name(Path(out), _folder_name(who, day), *hashes.values()))
            folder = stack.enter_context(result_folder(target.parent, target.name, *sources.values()))
        found = [
            _Taken(role, source, reports[role], None, settings)
            if role in reports
            else _measured(role, source, hashes[role], settings, books, progress)
            for role, source in sources.items()
        ]
        notes = check_clips([_seen_leg(each) for each in found], trust_sides=trust_sides)
        taken = [_as_given(each, books) for each in found]
        screen = build_screen(
            [RoleReport(each.role, each.report) for each in taken],
            books,
            date=day,
            rule_set=settings.rules,
            runner=who,
            profile=answers,
            notes=notes,
            settings=settings.as_dict(),
        )
        if folder is not None and target is not None:
            with writing(target):
                screen = _write(folder, screen, taken, books, progress)
    return Screened(screen, {each.role: each.report for each in taken}, target)


def _sources(given: Mapping[Role, str | Path | None], swap: bool) -> dict[Role, Path]:
    """The paths by role, in the order of the contract."""
    other = {role: role for role in ROLES}
    if swap:
        other |= {one: another for pair in PAIRED.values() for one, another in (pair, pair[::-1])}
    found = {role: Path(path) for role in ROLES if (path := given[other[role]]) is not None}
    if not found:
        raise UsageError(f"A screen needs at least one clip: give {' or '.join(OPTIONS.values())}.")
    return found


def _noted(reports: Mapping[Role, Report]) -> ExtraAnswers:
    """What was told about the ankles when their reports were made."""
    left, right = (reports[side].provenance.settings if side in reports else {} for side in PAIRED["lunge"])
    return ExtraAnswers(
        left_knee_touched=left.get("knee_touched"),
        right_knee_touched=right.get("knee_touched"),
        left_tape_cm=left.get("tape_cm"),
        right_tape_cm=right.get("tape_cm"),
    )


def _settings(settings: Settings, profile: Profile | None) -> Settings:
    """What holds for every clip. Raises UsageError where settings and profile, or role, contradict."""
    if settings.side is not None or settings.test != "auto":
        raise UsageError("Side and test of a clip follow from what it is given as; leave them out.")
    told_cm = None if profile is None else profile.height_cm
    if settings.height_cm is None:
        return replace(settings, height_cm=told_cm)
    if told_cm is not None and told_cm != settings.height_cm:
        raise UsageError(
            f"--height-cm {settings.height_cm:g} contradicts {told_cm:g} in the profile. Leave one out."
        )
    return settings


def _checked(
    sources: Mapping[Role, Path], reports: Mapping[Role, Report], settings: Settings, *, trust_sides: bool
) -> dict[Role, str]:
    """SHA-256 of every clip, after all that can be said without measuring."""
    known, hashes = [], {}
    for role, source in sources.items():
        if role in reports:
            check_test(role, source.name, reports[role])
            each = seen_leg(role, source.name, reports[role])
        else:
            probe(source)
            each = SeenLeg(role, source.name, sha256_of(source), None, sure=False)
        known.append(each)
        hashes[role] = each.sha256
    check_clips(known, trust_sides=trust_sides)
    if len(reports) < len(sources):
        load(settings.model)
    return hashes


def _is_report(source: Path) -> bool:
    return source.suffix.lower() == ".json"


def _measured(
    role: Role,
    source: Path,
    sha256: str,
    settings: Settings,
    books: Books,
    progress: Progress | None,
) -> _Taken:
    """The clip measured, with the leg named as Dorsi sees it."""
    settings = replace(settings, test=TEST_OF[role])
    analysis = analyse(source, settings, telling(progress, source))
    return _Taken(role, source, report_of(sha256, analysis, settings, books), analysis, settings)


def _seen_leg(taken: _Taken) -> SeenLeg:
    return seen_leg(taken.role, taken.source.name, taken.report)


def _as_given(taken: _Taken, books: Books) -> _Taken:
    """The same with the leg named as the clip was given; which leg was measured stays."""
    side, analysis = SIDE_OF[taken.role], taken.analysis
    if side is None or analysis is None:
        return taken
    settings = replace(taken.settings, side=side)
    if analysis.leg is not None:
        analysis = replace(analysis, leg=replace(analysis.leg, side=side))
    report = report_of(taken.report.clip.sha256, analysis, settings, books)
    return _Taken(taken.role, taken.source, report, analysis, settings)


def _folder_name(runner: str | None, day: dt.date) -> str:
    """`screen-Ann_B-2026-01-31`: what every file system takes."""
    return "-".join(part for part in ("screen", plain_name(runner or ""), day.isoformat()) if part)


def _write(
    folder: Path, screen: Screen, taken: Sequence[_Taken], books: Books, progress: Progress | None
) -> Screen:
    """Put every file of the screen into `folder`; the screen with links to them. Raises OSError."""
    pictures: dict[Role, bytes] = {}
    links: dict[Role, Links] = {}
    for each in taken:
        place = folder / each.role
        place.mkdir()
        picture = _write_clip(place, each, books, telling(progress, each.source))
        if picture is not None:
            (place / PEAK_IMAGE).write_bytes(picture)
            pictures[each.role] = picture
        links[each.role] = _links(place)
    clips = [clip.model_copy(update={"links": links[clip.role]}) for clip in screen.clips]
    screen = screen.model_copy(update={"clips": clips})
    (folder / "screen.html").write_text(render_screen_html(screen, books.rules, pictures), encoding="utf-8")
    (folder / "screen.json").write_text(screen.to_json(), encoding="utf-8")
    return screen


def _write_clip(
    place: Path, taken: _Taken, books: Books, tell: Callable[[str, float], None] | None
) -> bytes | None:
    """The result files of one clip; its annotated peak frame as JPEG, if there is one."""
    if taken.analysis is not None:
        return write_result(place, taken.source, taken.analysis, taken.report, taken.settings, books, tell)
    shutil.copyfile(taken.source, place / "report.json")
    # A report that was taken out of its folder has nothing of its own beside it.
    if taken.source.name != "report.json":
        return None
    for name in RESULT_FILES:
        if name != "report.json" and (taken.source.parent / name).is_file():
            shutil.copyfile(taken.source.parent / name, place / name)
    picture = taken.source.parent / PEAK_IMAGE
    return picture.read_bytes() if picture.is_file() else None


def _links(place: Path) -> Links:
    """What there is of the files in the folder of one clip."""

    def link(name: str) -> str | None:
        return f"{place.name}/{name}" if (place / name).is_file() else None

    return Links(
        folder=place.name,
        report_json=f"{place.name}/report.json",
        report_html=link("report.html"),
        annotated_mp4=link("annotated.mp4"),
        peak_image=link(PEAK_IMAGE),
    )
