"""From the reports of the clips and the answers of the person to the `Screen`. Nothing is read or written.

Not here: sentences of the headline (`words.py`), thresholds and their verdicts (`rules`), drills (`plan`),
whether the clips are what they were given as (`sides.py`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import hypot
from typing import Any, Final, Literal

from dorsi import __version__
from dorsi.plan import Books, plan_for, sore_places
from dorsi.plan import Plan as PlanFor
from dorsi.profile import Clearance, Profile, safety_state
from dorsi.quantities import KNEES, QUANTITIES, RESULT_OF, UNJUDGED, again_95
from dorsi.report.build import drills_used, rules_used
from dorsi.report.model import Measured, Reason, Report, ReportRep
from dorsi.rules import (
    RuleFinding,
    RuleSet,
    ankle_answers,
    evaluate,
    evaluate_answers,
    evaluate_asymmetry,
    evaluate_both,
    with_witnesses,
)
from dorsi.screen.answers import answers_of
from dorsi.screen.compare import compare, posture_of
from dorsi.screen.heeding import safety_first
from dorsi.screen.model import (
    PAIRED,
    ROLES,
    SCHEMA,
    Ankle,
    Comparability,
    Finding,
    Links,
    Pair,
    Plan,
    Provenance,
    Role,
    Screen,
    ScreenClip,
    Test,
)
from dorsi.screen.readings import readings
from dorsi.screen.sides import SIDE_OF, TEST_OF
from dorsi.screen.words import headline, missing_notes
from dorsi.types import Measurement, Rep

__all__ = ["RoleReport", "build_screen"]

_NOT_HELD: Final = "Nothing was held against a reference, so there is no plan."


@dataclass(frozen=True, slots=True)
class RoleReport:
    """One clip's report, what it was given as, and where its files lie (None: nowhere)."""

    role: Role
    report: Report
    links: Links | None = None


def build_screen(
    given: Sequence[RoleReport],
    books: Books,
    *,
    date: dt.date,
    rule_set: str = "runner",
    runner: str | None = None,
    profile: Profile | None = None,
    clearance: Clearance | None = None,
    notes: Sequence[Reason] = (),
    settings: Mapping[str, Any] | None = None,
) -> Screen:
    """The screen of one person on one day: at least one clip, each role at most once.

    Every clip is judged anew by the set `rule_set`, whatever its report was judged by. `notes` and `settings`
    are passed on. A yes to a safety question stops: the clips keep their numbers, the first sentence says
    whom to see, and there is no plan and no word on answered tests until a therapist's `clearance` lifts it.
    Raises RulesError on an unknown set.
    """
    rules = books.rules.rule_set(rule_set)
    by_role = {each.role: each for each in given}
    clips = [_clip(by_role[role]) for role in ROLES if role in by_role]
    found: list[_Found] = [
        finding for clip in clips for finding in _of_clip(clip.role, by_role[clip.role].report, rules)
    ]
    safety = safety_state(profile, clearance)
    if profile is not None and safety.state != "stop":
        found += [("answers", None, each) for each in evaluate_answers(rules, profile)]
        weighed = with_witnesses(rules, [each for _, _, each in found])
        found = [(origin, role, each) for (origin, role, _), each in zip(found, weighed, strict=True)]
    comparability, asymmetry = _sides(by_role, rules)
    together = evaluate_both(rules, [each for _, _, each in found])
    together += [each for test, each in asymmetry.items() if test not in UNJUDGED]
    plan = plan_for(
        [*(each for _, _, each in found), *together], books, measurements=_least_sure(given), profile=profile,
        clearance=clearance,
    )  # fmt: skip
    found += [("screen", None, each) for each in together]
    # The sides of a test without a reference are compared, but that alone plans nothing.
    found += [("screen", None, each) for test, each in asymmetry.items() if test in UNJUDGED]
    findings = _findings(found)
    pairs = _pairs(by_role, comparability, asymmetry)
    ankles = ankle_answers(rules, [each for _, _, each in found])
    # A stop says whom to see itself.
    sore = [] if safety.state == "stop" else sore_places(profile)
    return Screen(
        schema=SCHEMA,
        runner=runner,
        date=date,
        headline=safety_first(headline(clips, pairs, findings, rules, ankles, sore), safety),
        clips=clips,
        missing=[role for role in ROLES if role not in by_role],
        notes=[*missing_notes(by_role.keys()), *notes],
        pairs=pairs,
        comparability=comparability,
        answers=[] if profile is None else answers_of(profile),
        profile=None if profile is None else profile.model_dump(mode="json", by_alias=True),
        findings=findings,
        ankles=[Ankle.model_validate(asdict(each)) for each in ankles],
        # What to work on is advice too: after a yes there is none.
        readings=[] if safety.state == "stop" else readings(clips, pairs, findings, rules, sore),
        plan=_plan(plan, clips),
        cautions=list(rules.cautions),
        provenance=Provenance(
            dorsi_version=__version__,
            rules=rules_used(rules),
            drills=drills_used(books.drills),
            settings=dict(settings or {}),
        ),
    )


def _findings(found: Iterable[_Found]) -> list[Finding]:
    """A question nobody answered, or a pair that is not whole, is no finding; a clip without a number is."""
    return [
        Finding(origin=origin, role=role, **asdict(each))
        for origin, role, each in found
        if origin == "clip" or each.verdict != "not_measured"
    ]


def _plan(plan: PlanFor, clips: Sequence[ScreenClip]) -> Plan:
    """The plan as the contract has it; where only tests without a reference were measured, it says so."""
    shown = Plan.model_validate(asdict(plan))
    tests = {clip.test for clip in clips if clip.status == "measured"}
    unheld = not plan.items and tests and tests <= {*UNJUDGED} and plan.safety.state != "stop"
    return shown.model_copy(update={"about": _NOT_HELD}) if unheld else shown


def _clip(given: RoleReport) -> ScreenClip:
    report = given.report
    return ScreenClip(
        role=given.role,
        test=TEST_OF[given.role],
        side=SIDE_OF[given.role],
        file=report.clip.file,
        sha256=report.clip.sha256,
        width_px=report.clip.width_px,
        height_px=report.clip.height_px,
        status=report.status,
        reasons=report.reasons,
        warnings=report.warnings,
        posture=posture_of(report),
        facing=report.facing,
        test_leg=report.test_leg,
        reps=len(report.reps),
        reps_with_heel_lift=sum(rep.heel_lifted for rep in report.reps),
        measurements=report.measurements,
        view=report.view,
        links=given.links,
        dorsi_version=report.provenance.dorsi_version,
        pose_model=report.provenance.model,
        rules=report.provenance.rules,
    )


_Found = tuple[Literal["clip", "answers", "screen"], Role | None, RuleFinding]


def _of_clip(role: Role, report: Report, rules: RuleSet) -> list[_Found]:
    """What the rules say of one clip, by the numbers of its report."""
    measurements = {key: _measurement(report, key) for key in type(report.measurements).model_fields}
    reps = [_rep(rep) for rep in report.reps]
    found = evaluate(
        rules, measurements, reps, report.status == "measured", TEST_OF[role], side=SIDE_OF[role]
    )
    return [("clip", role, each) for each in found]


def _measurement(report: Report, key: str) -> Measurement:
    found: Measured = getattr(report.measurements, key)
    return Measurement(found.value, found.uncertainty_95, found.time_s, found.frame, found.repeatability_95)


def _least_sure(given: Iterable[RoleReport]) -> dict[str, Measurement]:
    """Each quantity, of the side that repeats less well where there are both: a change must exceed that.

    Of the clip whose test the quantity belongs to: the shin of a squat is known far less surely.
    """
    least: dict[str, Measurement] = {}
    for each in given:
        for key in (key for key, known in QUANTITIES.items() if known.tests[:1] == (each.report.test,)):
            found = _measurement(each.report, key)
            least[key] = max(least.get(key, found), found, key=lambda side: again_95(side) or 0.0)
    return least


def _rep(rep: ReportRep) -> Rep:
    """The repetition as the rules know it; they ask for angles and heights, not for frames."""
    known = {key: value for key, value in rep.model_dump().items() if key in Rep.__slots__}
    return Rep(start_frame=0, peak_frame=0, end_frame=0, **known)


def _sides(
    by_role: Mapping[Role, RoleReport], rules: RuleSet
) -> tuple[list[Comparability], dict[Test, RuleFinding]]:
    """Of each test with both sides: whether they may be compared, and then what the rules say of it."""
    comparability: list[Comparability] = []
    asymmetry: dict[Test, RuleFinding] = {}
    for test, roles in PAIRED.items():
        if not all(role in by_role for role in roles):
            continue
        left, right = (by_role[role].report for role in roles)
        comparability.append(compare(left, right, test))
        if comparability[-1].comparable:
            key = RESULT_OF[test]
            asymmetry[test] = evaluate_asymmetry(
                rules, _measurement(left, key), _measurement(right, key), test
            )
    return comparability, asymmetry


def _pairs(
    by_role: Mapping[Role, RoleReport],
    comparability: Iterable[Comparability],
    asymmetry: Mapping[Test, RuleFinding],
) -> list[Pair]:
    """Every quantity that at least one leg has a number for, and what each test is about in any case."""
    judged = {each.test: each for each in comparability}
    pairs = []
    for test, roles in PAIRED.items():
        reports = [by_role[role].report if role in by_role else None for role in roles]
        if reports == [None, None]:
            continue
        knee = (KNEES[test],) if test in KNEES else ()
        for key, known in QUANTITIES.items():
            if test not in known.tests:
                continue
            values = [None if report is None else getattr(report.measurements, key) for report in reports]
            about = key == RESULT_OF[test]
            if not about and all(value is None or value.value is None for value in values):
                continue
            pair = Pair(
                test=test, measurement=key, title=", ".join((known.name, *knee)), unit=known.sign,
                headline=about, left=values[0], right=values[1], difference=None, more_limited=None, said="",
            )  # fmt: skip
            pairs.append(_compared(pair, judged.get(test), asymmetry.get(test)) if about else pair)
    return pairs


def _compared(pair: Pair, judged: Comparability | None, found: RuleFinding | None) -> Pair:
    """The pair with its difference, or with why there is none; as it is where a side is missing."""
    if found is None:
        blocking = next((each for each in judged.differences if each.blocks), None) if judged else None
        if blocking is None:
            return pair
        said = f"{pair.title}: left and right are not compared. {blocking.message}"
        return pair.model_copy(update={"said": said, "blocked_by": blocking.code})
    left, right = pair.left, pair.right
    if left is None or right is None or left.value is None or right.value is None:
        return pair.model_copy(update={"said": found.message})
    half = None
    if left.uncertainty_95 is not None and right.uncertainty_95 is not None:
        half = round(hypot(left.uncertainty_95, right.uncertainty_95), 2)
    difference = Measured(
        value=round(left.value - right.value, 2), uncertainty_95=half, time_s=None, frame=None
    )
    more_limited = found.side if found.verdict == "limited" else None
    update = {"difference": difference, "more_limited": more_limited, "said": found.message}
    return pair.model_copy(update=update)
