"""What follows from the profile: knee to wall, tape, windlass, kneeling circles, signs.

Not here: the answers (`profile.py`), thresholds and sentences (`rules.toml`).
"""

from __future__ import annotations

from dataclasses import replace

from dorsi.profile import Leg, Profile, Signs
from dorsi.quantities import QUANTITIES, with_plus_minus
from dorsi.rules.book import Rule, RuleSet
from dorsi.rules.engine import NOT_COMPARED, RuleFinding, Verdict, finding_of, judge
from dorsi.types import Measurement, Side

__all__ = ["evaluate_answers", "evaluate_leg"]

SIDES: tuple[Side, Side] = ("left", "right")
_PLACES = {
    "knee": "the knees", "shin": "the shins", "plantar_fascia": "the plantar fascia",
    "achilles": "the Achilles tendon", "heel": "the heel", "forefoot": "the forefoot",
    "big_toe": "the big toe",
}  # fmt: skip


def evaluate_answers(rule_set: RuleSet, profile: Profile) -> list[RuleFinding]:
    """One finding a rule and side, in the order of the set; `not_measured` where nothing was answered.

    The signs give one finding a sign that was named; `measurement` is then the key of the sign.
    """
    found: list[RuleFinding] = []
    for rule in rule_set.rules:
        if rule.test != "answers":
            continue
        if rule.kind == "circles":
            found.append(_circles(rule, profile))
        elif rule.kind == "signs":
            found += _signs(rule, profile.signs)
        else:
            found += [_side(rule, rule_set, profile.leg(side), side) for side in SIDES]
    return found


def evaluate_leg(rule_set: RuleSet, leg: Leg, side: Side) -> list[RuleFinding]:
    """What was answered about one leg beside its clip; nothing for what was not answered."""
    of_a_leg = [rule for rule in rule_set.rules if rule.kind not in ("circles", "signs")]
    found = [_side(rule, rule_set, leg, side) for rule in of_a_leg if rule.test == "answers"]
    return [each for each in found if each.verdict != "not_measured"]


def _side(rule: Rule, rule_set: RuleSet, leg: Leg, side: Side) -> RuleFinding:
    if rule.kind == "yes":
        answer = leg.knee_touched if rule.measurement == "knee_to_wall" else leg.arch_rises
        if answer is None:
            return finding_of(rule, *NOT_COMPARED, side)
        return finding_of(rule, "meets" if answer else rule.no, Measurement(float(answer)), side)
    if leg.tape_cm is None:
        return finding_of(rule, *NOT_COMPARED, side)
    tape = Measurement(leg.tape_cm, _tape_95_cm(rule_set))
    compared = tape
    if rule.deg_per_cm is not None:
        compared = Measurement(leg.tape_cm * rule.deg_per_cm, _tape_95_cm(rule_set) * rule.deg_per_cm)
    said = with_plus_minus(tape, QUANTITIES["tape_cm"].sign)
    return finding_of(rule, judge(rule, compared), compared, side, tape=said)


def _tape_95_cm(rule_set: RuleSet) -> float:
    """95 % half-width of one tape reading, cm: the MDC is that of a difference of two."""
    known = rule_set.changes.get("tape_cm")
    return ((known.mdc if known else None) or 0.0) / 2**0.5


def _circles(rule: Rule, profile: Profile) -> RuleFinding:
    smaller = profile.smaller_circle
    if smaller is None:
        return finding_of(rule, *NOT_COMPARED, None)
    if smaller == "same":
        return finding_of(rule, "meets", Measurement(1.0), None)
    return finding_of(rule, "borderline", Measurement(0.0), smaller)


def _signs(rule: Rule, signs: Signs) -> list[RuleFinding]:
    named = signs.named()
    if not named:
        verdict: Verdict = "meets" if signs.answered else "not_measured"
        value = Measurement(0.0) if signs.answered else Measurement()
        return [finding_of(rule, verdict, value, None)]
    found = []
    for key in named:
        sided = {"pain": signs.pain_side, "one_sided": signs.one_sided}.get(key)
        side = sided if sided in SIDES else None
        words = _words(rule, key, signs)
        found.append(finding_of(rule, "borderline", Measurement(1.0), side, key, sign=words))
    if rule.closing:  # what goes for every sign, said once
        found[-1] = replace(found[-1], message=f"{found[-1].message} {rule.closing}")
    return found


def _words(rule: Rule, key: str, signs: Signs) -> str:
    words = rule.signs[key]
    if key == "pain":
        words += " " + ", ".join(_PLACES[place] for place in signs.pain_where or ())
        if signs.pain_side is not None:
            words += f" (on {'both sides' if signs.pain_side == 'both' else f'the {signs.pain_side}'})"
    elif key == "one_sided":
        words += f" (the {signs.one_sided})"
    return words
