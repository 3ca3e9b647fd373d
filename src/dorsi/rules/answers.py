"""What follows from the profile: knee to wall, tape, windlass, kneeling circles, signs.

Not here: the answers (`profile.py`), thresholds and sentences (`rules.toml`).
"""

from __future__ import annotations

from dataclasses import replace

from dorsi.profile import Leg, Profile, Signs
from dorsi.rules.book import Rule, RuleSet, real_change
from dorsi.rules.engine import NOTHING, Finding, Verdict, finding_of, judge
from dorsi.rules.words import in_words
from dorsi.types import Measurement, Side

__all__ = ["evaluate_answers", "evaluate_leg"]

SIDES: tuple[Side, Side] = ("left", "right")
_PLACES = {"knee": "the knees", "shin": "the shins", "plantar_fascia": "the plantar fascia"}


def evaluate_answers(rule_set: RuleSet, profile: Profile) -> list[Finding]:
    """One finding a rule and side, in the order of the set; `not_measured` where nothing was answered.

    The signs give one finding a sign that was named; `measurement` is then the key of the sign.
    """
    found: list[Finding] = []
    for rule in rule_set.rules:
        if rule.test != "answers":
            continue
        if rule.kind == "circles":
            found.append(_circles(rule, profile))
        elif rule.kind == "signs":
            found += _signs(rule, profile.signs)
        else:
            found += [_side(rule, profile.leg(side), side) for side in SIDES]
    return found


def evaluate_leg(rule_set: RuleSet, leg: Leg, side: Side) -> list[Finding]:
    """What was answered about one leg beside its clip; nothing for what was not answered."""
    rules = [
        rule for rule in rule_set.rules if rule.test == "answers" and rule.kind not in {"circles", "signs"}
    ]
    found = [_side(rule, leg, side) for rule in rules]
    return [each for each in found if each.verdict != "not_measured"]


def _side(rule: Rule, leg: Leg, side: Side) -> Finding:
    if rule.kind == "yes":
        answer = leg.knee_touched if rule.measurement == "knee_to_wall" else leg.arch_rises
        if answer is None:
            return finding_of(rule, *NOTHING, side)
        return finding_of(rule, "meets" if answer else "limited", Measurement(float(answer)), side)
    if leg.tape_cm is None:
        return finding_of(rule, *NOTHING, side)
    tape = Measurement(leg.tape_cm, _tape_95_cm())
    compared = tape
    if rule.deg_per_cm is not None:
        compared = Measurement(leg.tape_cm * rule.deg_per_cm, _tape_95_cm() * rule.deg_per_cm)
    return finding_of(rule, judge(rule, compared), compared, side, tape=in_words(tape, "cm"))


def _tape_95_cm() -> float:
    """95 % half-width of one tape reading, cm: the MDC is that of a difference of two."""
    mdc = real_change("tape_cm").mdc
    return (mdc or 0.0) / 2**0.5


def _circles(rule: Rule, profile: Profile) -> Finding:
    smaller = profile.smaller_circle
    if smaller is None:
        return finding_of(rule, *NOTHING, None)
    if smaller == "same":
        return finding_of(rule, "meets", Measurement(1.0), None)
    return finding_of(rule, "borderline", Measurement(0.0), smaller)


def _signs(rule: Rule, signs: Signs) -> list[Finding]:
    named = signs.named()
    if not named:
        verdict: Verdict = "meets" if signs.answered else "not_measured"
        value = Measurement(0.0) if signs.answered else Measurement()
        return [finding_of(rule, verdict, value, None)]
    return [_sign(rule, key, signs, last=key == named[-1]) for key in named]


def _sign(rule: Rule, key: str, signs: Signs, *, last: bool) -> Finding:
    words = _words(rule, key, signs)
    found = finding_of(rule, "borderline", Measurement(1.0), _sign_side(key, signs), key, sign=words)
    if last:
        return found
    # What goes for every sign is said once.
    head, _, _ = found.message.partition(f"{words}.")
    return replace(found, message=f"{head}{words}.")


def _sign_side(key: str, signs: Signs) -> Side | None:
    side = {"pain": signs.pain_side, "one_sided": signs.one_sided}.get(key)
    return side if side in SIDES else None


def _words(rule: Rule, key: str, signs: Signs) -> str:
    words = rule.signs[key]
    if key == "pain":
        words += " " + " and ".join(_PLACES[place] for place in signs.pain_where or ())
        if signs.pain_side is not None:
            words += f" (on {'both sides' if signs.pain_side == 'both' else f'the {signs.pain_side}'})"
    elif key == "one_sided":
        words += f" (the {signs.one_sided})"
    return words
