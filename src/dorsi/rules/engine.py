"""Compares what a clip showed with a rule set and says, in plain words, what comes of it.

Not here: thresholds and sentences (see `rules.toml`), reading them (see `book.py`), answers (`answers.py`),
both sides together (`sides.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from dorsi.quantities import RESULT_OF, UNIT_SIGNS, TestName, with_plus_minus
from dorsi.rules.book import Rule, RuleSet
from dorsi.rules.schema import BOUNDS, RuleTest
from dorsi.types import Measurement, Rep, Side

__all__ = [
    "NOT_COMPARED",
    "RuleFinding",
    "Verdict",
    "Witness",
    "evaluate",
    "finding_of",
    "judge",
    "threshold_in_words",
]

Verdict = Literal["meets", "borderline", "limited", "not_measured"]
Witness = Literal["agrees", "disagrees", "undecided"]


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """What one rule says. `threshold` is the value that meets, `value` what was compared, both in the unit
    of the rule; `source` is a full citation. `value` is None exactly when nothing was compared. `side` is
    None where the rule is about the whole person, or the side is not known. A yes is 1, a no 0.
    `short_title` is the title under a head that names the test, "" where the rule has none. `witness`, for an
    answer about an ankle that something else decides: whether it bears that out; None where it decides itself
    or is about something else."""

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
    witness: Witness | None = None


NOT_COMPARED: tuple[Verdict, Measurement] = ("not_measured", Measurement())


def evaluate(
    rule_set: RuleSet,
    measurements: Mapping[str, Measurement],
    reps: Sequence[Rep],
    measured: bool,
    test: RuleTest | TestName = "lunge",
    *,
    side: Side | None = None,
) -> list[RuleFinding]:
    """One finding a rule of this test, in the order of the set; all `not_measured` when the clip was refused.

    A value whose ± interval straddles a bound is `borderline` whatever its point value; so is one whose ±
    is not known, because nothing then says that it does not.
    """
    reps = reps if measured else ()
    lifted = sum(rep.heel_lifted for rep in reps)
    found = []
    for rule in rule_set.rules:
        if rule.test != test:
            continue
        if not measured:
            verdict, compared = NOT_COMPARED
        elif rule.kind == "heel_lift":
            verdict, compared = _heel_lift(rule, measurements, reps)
        else:
            compared = measurements.get(rule.measurement, Measurement())
            verdict = judge(rule, compared)
        found.append(finding_of(rule, verdict, compared, side, lifted=lifted, reps=len(reps)))
    return found


def finding_of(
    rule: Rule,
    verdict: Verdict,
    compared: Measurement,
    side: Side | None,
    measurement: str | None = None,
    **fields: object,
) -> RuleFinding:
    """The finding with its message filled in; `fields` are what the message names besides the bounds."""
    bounds = {name: _bound(bound, rule) for name in BOUNDS if (bound := getattr(rule, name)) is not None}
    words = {"value": with_plus_minus(compared, _sign(rule)), "side": side or "", **bounds, **fields}
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
    """Verdict on a value with its ± by a rule with bounds; a bound of kind "at_most" must not be reached, of
    the other kinds `limited_below` None is the same as `meets_from`."""
    value, half = compared.value, compared.uncertainty_95
    if value is None or not isfinite(value):
        return "not_measured"
    # No ± means no claim: an interval without ends straddles everything.
    if half is None or not isfinite(half):
        return "borderline"
    if rule.kind == "at_most":
        meets, limited = value + half < rule.threshold, value - half >= rule.threshold
    else:
        low = rule.threshold if rule.limited_below is None else rule.limited_below
        meets, limited = value - half >= rule.threshold, value + half < low
    return "meets" if meets else "limited" if limited else "borderline"


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
        verdict = judge(rule, earliest)
        # A lift whose angle is not known may have come earlier still: no "meets" then.
        return NOT_COMPARED if verdict == "meets" and len(onsets) < lifted else (verdict, earliest)
    if not seen or lifted:
        return NOT_COMPARED
    verdict = judge(rule, peak)
    return ("not_measured" if verdict == "limited" else verdict), peak


def threshold_in_words(rule: Rule) -> str:
    """When the rule is limited, borderline, met; one line."""
    high = _bound(rule.threshold, rule)
    if rule.kind in ("at_least", "heel_lift"):
        low = rule.threshold if rule.limited_below is None else rule.limited_below
        below = _bound(low, rule)
        between = f", borderline from {low:g} to {high}" if low < rule.threshold else ""
        return f"limited below {below}{between}, meets from {high}"
    return {
        "at_most": f"meets below {high}, limited from {high}",
        "difference": "limited when greater than its own ±" + (f" and than {high}" if rule.threshold else ""),
        "yes": f"yes meets, no {'is limited' if rule.no == 'limited' else 'decides nothing'}",
        "circles": "alike meets, a smaller one is borderline",
        "signs": "none meets, each sign named is borderline",
        "both": "limited when both are limited",
        "professional": "limited when a sign comes with a limited test",
    }[rule.kind]


def _bound(bound: float, rule: Rule) -> str:
    """`12°`, `5 mm`: a threshold has no ±."""
    return f"{bound:g}{_sign(rule)}"


def _sign(rule: Rule) -> str:
    return UNIT_SIGNS.get(rule.unit, "")
