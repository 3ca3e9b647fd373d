"""`screen_clips`: clips (or reports) of both legs in, one screen out, with its files where they are wanted.

Not here: how a clip is measured (`measure.py`), what the screen says (`screen`), how a folder lands on disk
(`folders.py`).
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from dorsi.digest import sha256_of
from dorsi.errors import UsageError, readable
from dorsi.pages.plan_page import render_plan_html
from dorsi.pages.screen_page import render_screen_html
from dorsi.plan import Books, load_books
from dorsi.profile import Profile, SafetyState, load_profile, safety_state
from dorsi.report.heeding import planned_elsewhere, stopped
from dorsi.report.model import Report, load_report
from dorsi.screen.answers import ExtraAnswers, merged
from dorsi.screen.build import RoleReport, build_screen
from dorsi.screen.model import PAIRED, ROLES, Links, Role, Screen
from dorsi.screen.sides import SIDE_OF, TEST_OF, SeenLeg, check_clips, check_test, seen_leg
from dorsi.settings import Settings
from dorsi.workflow.folders import RESULT_FILES, plain_name, result_folder, writing
from dorsi.workflow.measure import ClipListener, MeasuredClip, listening, measure_clip, named
from dorsi.workflow.results import PEAK_IMAGE, page_of, write_result
from dorsi.workflow.stages import STAGES, Job, Stages

__all__ = ["Screened", "screen_clips"]


@dataclass(frozen=True, slots=True)
class Screened:
    """A screen, the report of each clip, and the folder all of it lies in (None: nothing was written)."""

    screen: Screen
    reports: dict[Role, Report]
    folder: Path | None


@dataclass(frozen=True, slots=True)
class _RoleClip:
    """What stands for one role: a clip as measured, or the report given in its place."""

    role: Role
    source: Path
    report: Report
    measured: MeasuredClip | None = None


def screen_clips(
    left: str | Path | None = None,
    right: str | Path | None = None,
    left_toe: str | Path | None = None,
    right_toe: str | Path | None = None,
    squat: str | Path | None = None,
    left_straight: str | Path | None = None,
    right_straight: str | Path | None = None,
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
    progress: ClipListener | None = None,
    stages: Stages = STAGES,
) -> Screened:
    """Screen one person: a lunge of each leg, and what else there is. At least one clip.

    A path that ends in .json is the report of an earlier measurement and is not measured again. `swap`
    exchanges left and right; `trust_sides` keeps the sides as given whatever the clips look like. `runner`
    and `date` (today) are told in the screen. With `out`, writes screen.json, screen.html, plan.html and
    a folder a clip into `out/name`, whole or not at all; `name` is made from runner and date unless given,
    with a number where a screen of other clips lies. `books` are the rules and drills, as `load_books` finds
    them unless given. A clip that supports no number is a result, not an error.

    Raises ScreenError (the same clip twice, a clip of the other leg, a report of another test), UsageError,
    ProfileError, and whatever `measure` raises: all of them DorsiError, with one line fit for a user.
    """
    # Everything that can be found wrong at once is found before the long work.
    given: dict[Role, str | Path | None] = {
        "left": left, "right": right, "left_straight": left_straight, "right_straight": right_straight,
        "left_toe": left_toe, "right_toe": right_toe, "squat": squat,
    }  # fmt: skip
    sources = _sources(given, swap)
    reports = {role: load_report(source) for role, source in sources.items() if _is_report(source)}
    answers = load_profile(Path(profile)) if isinstance(profile, str | Path) else profile
    answers = merged(answers, runner=runner, **_noted(reports))
    settings, books = _settings(settings or Settings(), answers), books or load_books()
    who = runner or (answers.runner if answers else None)
    day = date or dt.datetime.now().astimezone().date()
    books.rules.rule_set(settings.rules)
    hashes = _checked(sources, reports, stages, trust_sides=trust_sides)
    if len(reports) < len(sources):
        stages.check_weights(settings.model)
    jobs = {
        role: Job(replace(settings, test=TEST_OF[role]), books, listening(progress, source), stages, answers)
        for role, source in sources.items()
    }
    with ExitStack() as stack:
        result = None
        if out is not None:
            known = () if name else tuple(hashes.values())
            place = result_folder(Path(out), name or _folder_name(who, day), *sources.values(), sha256=known)
            result = stack.enter_context(place)
        found = []
        for role, source in sources.items():
            # The leg is named as Dorsi sees it, until the sides are checked.
            measured = None if role in reports else measure_clip(source, jobs[role])
            report = reports[role] if measured is None else measured.report
            found.append(_RoleClip(role, source, report, measured))
        legs = [seen_leg(each.role, readable(each.source.name), each.report) for each in found]
        notes = check_clips(legs, trust_sides=trust_sides)
        found = [_planned_there(_named_as_given(each, books, answers)) for each in found]
        screen = build_screen(
            [RoleReport(each.role, each.report.as_reviewed()) for each in found], books,
            date=day, rule_set=settings.rules, runner=who, profile=answers, notes=notes,
            settings=settings.as_dict(),
        )  # fmt: skip
        if result is not None:
            with writing(result.target):
                screen, found = _write(result.folder, screen, found, books, jobs, safety_state(answers))
    target = None if result is None else result.target
    return Screened(screen, {each.role: each.report for each in found}, target)


def _sources(given: Mapping[Role, str | Path | None], swap: bool) -> dict[Role, Path]:
    """The paths by role, in the order of the contract."""
    other = {role: role for role in ROLES}
    if swap:
        other |= {one: another for pair in PAIRED.values() for one, another in (pair, pair[::-1])}
    found = {role: Path(path) for role in ROLES if (path := given[other[role]]) is not None}
    if not found:
        raise UsageError("screen_without_clips")
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
        raise UsageError("setting_follows_from_role")
    if settings.knee_touched is not None or settings.tape_cm is not None:
        raise UsageError("answers_without_leg")
    told_cm = None if profile is None else profile.height_cm
    if settings.height_cm is None:
        return replace(settings, height_cm=told_cm)
    if told_cm is not None and told_cm != settings.height_cm:
        raise UsageError("height_contradicts_profile", height_cm=settings.height_cm, profile_cm=told_cm)
    return settings


def _checked(
    sources: Mapping[Role, Path], reports: Mapping[Role, Report], stages: Stages, *, trust_sides: bool
) -> dict[Role, str]:
    """SHA-256 of every clip, after all that can be said without measuring."""
    known, hashes = [], {}
    for role, source in sources.items():
        if role in reports:
            check_test(role, readable(source.name), reports[role])
            each = seen_leg(role, readable(source.name), reports[role])
        else:
            stages.probe(source)
            each = SeenLeg(role, readable(source.name), sha256_of(source), None, sure=False)
        known.append(each)
        hashes[role] = each.sha256
    check_clips(known, trust_sides=trust_sides)
    return hashes


def _is_report(source: Path) -> bool:
    return source.suffix.lower() == ".json"


def _named_as_given(each: _RoleClip, books: Books, profile: Profile | None) -> _RoleClip:
    """The same with the leg named as the clip was given; which leg was measured stays."""
    side = SIDE_OF[each.role]
    if side is None or each.measured is None:
        return each
    measured = named(each.measured, side, books, profile)
    return replace(each, report=measured.report, measured=measured)


def _planned_there(each: _RoleClip) -> _RoleClip:
    """A clip measured here, whose report leaves the plan to the screen."""
    if each.measured is None:
        return each
    measured = replace(each.measured, report=planned_elsewhere(each.measured.report))
    return replace(each, report=measured.report, measured=measured)


def _folder_name(runner: str | None, day: dt.date) -> str:
    """`screen-Ann_B-2026-01-31`: what every file system takes."""
    return "-".join(part for part in ("screen", plain_name(runner or ""), day.isoformat()) if part)


def _write(
    folder: Path,
    screen: Screen,
    found: Sequence[_RoleClip],
    books: Books,
    jobs: Mapping[Role, Job],
    safety: SafetyState,
) -> tuple[Screen, list[_RoleClip]]:
    """Put every file of the screen into `folder`; screen and reports as written. Raises OSError."""
    links: dict[Role, Links] = {}
    written = []
    for each in found:
        place = folder / each.role
        place.mkdir()
        if each.measured is not None:
            each = replace(each, report=write_result(place, each.measured, jobs[each.role]))
        else:
            _copy_result(each.source, place)
            _render_copied(place, each.report, books, safety)
        written.append(each)
        links[each.role] = _links(place)
    pictures = {
        role: (folder / role / PEAK_IMAGE).read_bytes() for role, link in links.items() if link.peak_image
    }
    clips = [clip.model_copy(update={"links": links[clip.role]}) for clip in screen.clips]
    screen = screen.model_copy(update={"clips": clips})
    (folder / "screen.html").write_text(render_screen_html(screen, books.rules, pictures), encoding="utf-8")
    if screen.plan.items:
        sheet = render_plan_html(screen.plan, who=screen.runner, date=f"{screen.date}")
        (folder / "plan.html").write_text(sheet, encoding="utf-8")
    (folder / "screen.json").write_text(screen.to_json(), encoding="utf-8")
    return screen, written


def _copy_result(report: Path, place: Path) -> None:
    """The report given in place of a clip, and the files of its result, where it still lies beside them.

    Links among them are left: whoever sends a result must not choose a file of ours to be handed on.
    """
    shutil.copyfile(report, place / "report.json")
    for name in RESULT_FILES if report.name == "report.json" else ():
        file = report.parent / name
        if name != "report.json" and file.is_file() and not file.is_symlink():
            shutil.copyfile(file, place / name)


def _render_copied(place: Path, report: Report, books: Books, safety: SafetyState) -> None:
    """Its page anew: a plan made without the others' tests, or before a yes, must not stand there."""
    page = place / "report.html"
    shown = planned_elsewhere(stopped(report, safety), safety)
    if page.is_file() and shown != report:
        page.write_text(page_of(shown, place, books.rules), encoding="utf-8")


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
