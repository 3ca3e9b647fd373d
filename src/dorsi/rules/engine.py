"""Compares what a clip showed with a rule set and says, in plain words, what comes of it.

Not here: thresholds and sentences (see `rules.toml`), reading them (see `book.py`), answers (`answers.py`),
both sides together (`sides.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from dorsi.quantities import RESULT_OF, UNIT_SIGNS, with_plus_minus
from dorsi.rules.book import Rule, RuleSet
from dorsi.rules.schema import RuleTest
from dorsi.rules.words import bound_in_words
from dorsi.types import Measurement, Rep, Side

__all__ = ["NOT_COMPARED", "RuleFinding", "Verdict", "evaluate", "finding_of", "judge"]

Verdict = Literal["meets", "borderline", "limited", "not_measured"]


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """What one rule says. `threshold` is the value that meets, `value` what was compared, both in the unit
    of the rule; `source` is a full citation. `value` is None exactly when nothing was compared. `side` is
    None where the rule is about the whole person, or the side is not known. A yes is 1, a no 0.
    `short_title` is the title under a head that names the test, "" where the rule has none."""

    rule: str
    verdict: Verdict
    measurement: str
    value: float | None
    threshold: float
    message: str
    source: str
    side: Side | None = None
    title: str = ""
    short_title: str = ""


NOT_COMPARED: tuple[Verdict, Measurement] = ("not_measured", Measurement())


def evaluate(
    rule_set: RuleSet,
    measurements: Mapping[str, Measurement],
    reps: Sequence[Rep],
    measured: bool,
    test: RuleTest = "lunge",
    *,
    side: Side | None = None,
) -> list[RuleFinding]:
    """One finding a rule of this test, in the order of the set; all `not_measured` when the clip was refused.

    A value whose ± interval straddles a bound is `borderline` whatever its point value; so is one whose ±
    is not known, because nothing then says that it does not.
    """
    rules = [rule for rule in rule_set.rules if rule.test == test]
    return [_finding(rule, measurements, reps if measured else (), measured, side) for rule in rules]


def _finding(
    rule: Rule,
    measurements: Mapping[str, Measurement],
    reps: Sequence[Rep],
    measured: bool,
    side: Side | None,
) -> RuleFinding:
    if not measured:
        verdict, compared = NOT_COMPARED
    elif rule.kind == "heel_lift":
        verdict, compared = _heel_lift(rule, measurements, reps)
    else:
        compared = measurements.get(rule.measurement, Measurement())
        verdict = judge(rule, compared)
    lifted = sum(rep.heel_lifted for rep in reps)
    return finding_of(rule, verdict, compared, side, lifted=lifted, reps=len(reps))


def finding_of(
    rule: Rule,
    verdict: Verdict,
    compared: Measurement,
    side: Side | None,
    measurement: str | None = None,
    **fields: object,
) -> RuleFinding:
    """The finding with its message filled in; `fields` are what the message names besides the bounds."""
    bounds = {
        name: bound_in_words(bound, rule.unit)
        for name in ("limited_below", "meets_from", "meets_below", "limited_above")
        if (bound := getattr(rule, name)) is not None
    }
    words: dict[str, object] = {
        "value": with_plus_minus(compared, UNIT_SIGNS.get(rule.unit, "")),
        "side": side or "",
        **bounds,
        **fields,
    }
    return RuleFinding(
        rule=rule.name,
        verdict=verdict,
        measurement=measurement or rule.measurement,
        value=None if verdict == "not_measured" else compared.value,
        threshold=rule.threshold,
        message=getattr(rule.messages, verdict).format(**words),
        source=rule.source,
        side=side,
        title=rule.title,
        short_title=rule.short_title,
    )


def judge(rule: Rule, compared: Measurement) -> Verdict:
    """Verdict on a value with its ± by a rule of kind "at_least" or "at_most"."""
    if rule.kind == "at_most":
        return _at_most(compared, rule.threshold)
    return _at_least(compared, rule.limited_below, rule.threshold)


def _at_least(compared: Measurement, limited_below: float | None, meets_from: float) -> Verdict:
    """Verdict against two bounds (`limited_below` None = the same as `meets_from`)."""
    if compared.value is None or not isfinite(compared.value):
        return "not_measured"
    # No ± means no claim: an interval without ends straddles everything.
    half = compared.uncertainty_95
    if half is None or not isfinite(half):
        return "borderline"
    if compared.value - half >= meets_from:
        return "meets"
    if compared.value + half < (meets_from if limited_below is None else limited_below):
        return "limited"
    return "borderline"


def _at_most(compared: Measurement, meets_below: float) -> Verdict:
    """Verdict against a bound that must not be reached."""
    if compared.value is None or not isfinite(compared.value):
        return "not_measured"
    half = compared.uncertainty_95
    if half is None or not isfinite(half):
        return "borderline"
    if compared.value + half < meets_below:
        return "meets"
    return "limited" if compared.value - half >= meets_below else "borderline"


def _heel_lift(
    rule: Rule, measurements: Mapping[str, Measurement], reps: Sequence[Rep]
) -> tuple[Verdict, Measurement]:
    """The earliest heel lift of the repetitions decides; without one, how far the heel was seen to stay down.

    Where the heel never rose but the knee stopped short of the threshold, nothing was tested.
    """
    peak = measurements.get(RESULT_OF["lunge"], Measurement())
    seen = [rep for rep in reps if rep.heel_lifted or rep.max_heel_lift_mm is not None]
    lifted = sum(rep.heel_lifted for rep in seen)
    onsets = [
        Measurement(
            rep.heel_lift_onset_shin_angle_deg,
            # The onset is read off the same curve as the peak, so it shares the ± of that curve.
            peak.uncertainty_95 if rep.peak_uncertainty_95_deg is None else rep.peak_uncertainty_95_deg,
        )
        for rep in seen
        if rep.heel_lifted and rep.heel_lift_onset_shin_angle_deg is not None
    ]
    if onsets:
        earliest = min(onsets, key=lambda onset: onset.value or 0.0)
        verdict = _at_least(earliest, None, rule.threshold)
        # A lift whose angle is not known may have come earlier still: no "meets" then.
        return NOT_COMPARED if verdict == "meets" and len(onsets) < lifted else (verdict, earliest)
    if not seen or lifted:
        return NOT_COMPARED
    verdict = _at_least(peak, None, rule.threshold)
    return ("not_measured" if verdict == "limited" else verdict), peak
