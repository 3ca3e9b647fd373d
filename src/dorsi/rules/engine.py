"""Compares measurements with a rule set and says, in plain words, what comes of it.

Not here: thresholds and sentences (see `rules.toml`), reading them (see `book.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from dorsi.rules.book import Rule, RuleSet
from dorsi.types import Measurement, Rep

__all__ = ["Finding", "Verdict", "evaluate"]

Verdict = Literal["meets", "borderline", "limited", "not_measured"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says. `threshold` is the value that meets, `value` what was compared, both in the unit
    of `measurement`; `source` is a full citation. `value` is None exactly when nothing was compared."""

    rule: str
    verdict: Verdict
    measurement: str
    value: float | None
    threshold: float
    message: str
    source: str


def evaluate(
    rule_set: RuleSet, measurements: Mapping[str, Measurement], reps: Sequence[Rep], measured: bool
) -> list[Finding]:
    """One finding a rule, in the order of the set; all `not_measured` when the clip was refused.

    A value whose ± interval straddles a bound is `borderline` whatever its point value; so is one whose ±
    is not known, because nothing then says that it does not.
    """
    return [_finding(rule, measurements, reps if measured else (), measured) for rule in rule_set.rules]


def _finding(
    rule: Rule, measurements: Mapping[str, Measurement], reps: Sequence[Rep], measured: bool
) -> Finding:
    if not measured:
        verdict, compared = _NOTHING
    elif rule.kind == "heel_lift":
        verdict, compared = _heel_lift(rule, measurements, reps)
    else:
        compared = measurements.get(rule.measurement, Measurement())
        verdict = _at_least(compared, rule.limited_below, rule.meets_from)
    message = getattr(rule.messages, verdict).format(
        value=_in_words(compared),
        limited_below=f"{rule.limited_below:g}°" if rule.limited_below is not None else "",
        meets_from=f"{rule.meets_from:g}°",
        lifted=sum(rep.heel_lifted for rep in reps),
        reps=len(reps),
    )
    return Finding(
        rule=rule.name,
        verdict=verdict,
        measurement=rule.measurement,
        value=None if verdict == "not_measured" else compared.value,
        threshold=rule.meets_from,
        message=message,
        source=rule.source,
    )


_NOTHING: tuple[Verdict, Measurement] = ("not_measured", Measurement())


def _at_least(compared: Measurement, limited_below: float | None, meets_from: float) -> Verdict:
    """Verdict on a value with its ± against two bounds (`limited_below` None = the same as `meets_from`)."""
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


def _heel_lift(
    rule: Rule, measurements: Mapping[str, Measurement], reps: Sequence[Rep]
) -> tuple[Verdict, Measurement]:
    """The earliest heel lift of the repetitions decides; without one, how far the heel was seen to stay down.

    Where the heel never rose but the knee stopped short of the threshold, nothing was tested.
    """
    peak = measurements.get("peak_shin_angle_deg", Measurement())
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
        verdict = _at_least(earliest, None, rule.meets_from)
        # A lift whose angle is not known may have come earlier still: no "meets" then.
        return _NOTHING if verdict == "meets" and len(onsets) < lifted else (verdict, earliest)
    if not seen or lifted:
        return _NOTHING
    verdict = _at_least(peak, None, rule.meets_from)
    return ("not_measured" if verdict == "limited" else verdict), peak


def _in_words(compared: Measurement) -> str:
    if compared.value is None:
        return "no value"
    if compared.uncertainty_95 is None:
        return f"{compared.value:.1f}° (± unknown)"
    return f"{compared.value:.1f}° ± {compared.uncertainty_95:.1f}°"
