"""What several results say together, ranked by what to work on first; each with its reason and its source.

Not here: verdicts of single rules (`rules`), the first sentence (`opening.py`), drills (`plan`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import hypot
from typing import Final

from dorsi.plan.words import listed
from dorsi.quantities import again_95
from dorsi.report.model import Measured
from dorsi.rules import RuleSet
from dorsi.screen.model import Finding, Pair, Reading, ScreenClip, Side
from dorsi.types import other_side

__all__ = ["readings"]

_DORSI: Final = "Dorsi's own reading"
_SIDES: Final[tuple[Side, Side]] = ("left", "right")


def readings(
    clips: Sequence[ScreenClip],
    pairs: Sequence[Pair],
    findings: Sequence[Finding],
    rules: RuleSet,
    sore: Sequence[str] = (),
) -> list[Reading]:
    """What to work on first, and next; empty where no two results have to do with each other. `sore` are the
    places where the person told of pain: that comes before all of it."""
    leading = [f for f in findings if f.witness is None]
    squat = [*_heels_in_squat(clips, pairs, leading)]
    found = [
        *_ankle_and_toe(leading),
        # One that the squat names is not named twice.
        *(() if any(each.source == "squat-heels" for each in squat) else _stiffer_ankle(pairs, leading)),
        *(each for each in squat if each.source != _DORSI),
        *_straight_and_bent(clips),
        *_toe_alone(leading),
        # How one squats comes after every joint that is short.
        *(each for each in squat if each.source == _DORSI),
    ]
    if found and sore:
        found.insert(0, _pain_first(sore))
    sources = {rule.name: rule.source for rule in rules.rules}
    return [
        reading.model_copy(update={"source": sources.get(reading.source, reading.source)})
        for reading in found
    ]


def _pain_first(sore: Sequence[str]) -> Reading:
    return Reading(
        text="The pain comes first.",
        why=f"You told of pain in {listed(sore)}, which no clip sees: of what follows do only what stays "
        "free of it.",
        source=_DORSI,
    )


def _ankle_and_toe(findings: Sequence[Finding]) -> Iterator[Reading]:
    sides = _of("both", findings)
    if sides:
        one = f"Work on the {sides[0]} ankle and the {sides[0]} big toe together."
        on = "that side" if len(sides) == 1 else "both sides"
        yield Reading(
            text=one if len(sides) == 1 else "Work on ankles and big toes together, on both sides.",
            why=f"Both are short on {on}, which is a greater concern than either alone.",
            source="both",
        )


def _heels_in_squat(
    clips: Sequence[ScreenClip], pairs: Sequence[Pair], findings: Sequence[Finding]
) -> Iterator[Reading]:
    """A heel that rises in the squat, held against the ankle it belongs to; first an ankle that is short."""
    if not any(f.rule == "squat-heels" and f.verdict == "limited" for f in findings):
        return
    short, stiffer, seen = _of("dorsiflexion-runner", findings), _stiffer(pairs), _leg_in_squat(clips)
    met = [f.side for f in findings if f.rule == "dorsiflexion-runner" and f.verdict == "meets"]
    first = short or stiffer
    goes_with = seen in first or len(short) == len(_SIDES)
    if short or (stiffer and goes_with):
        who = "both ankles" if len(short) == 2 else f"the {first[0]} ankle"
        why = f"It bends less than the {other_side(first[0])}."
        if short:
            why = f"{'They stay' if len(short) == 2 else 'It stays'} short of the minimum for running."
        heel = "A heel" if len(short) == 2 else "Its heel"
        if goes_with:
            why += f" {heel} rises in your squat too, which is a sign that goes with stiff ankles."
        # What the squat adds is the source's; without it the ankle speaks for itself.
        yield Reading(
            text=f"{'Start' if short else 'Begin'} with {who}.",
            why=why,
            source="squat-heels" if goes_with else "dorsiflexion-runner",
        )
    if not goes_with and (seen in met or len(met) == len(_SIDES)):
        heel = "A heel" if seen is None else f"The {seen} heel, the one that the squat shows,"
        ankle = "both ankles clear" if seen is None else "that ankle clears"
        yield Reading(
            text="Look at the calves, the hips and how you squat.",
            why=f"{heel} rises although {ankle} the minimum for running. That is a low bar: a deep squat may "
            "ask for more.",
            source=_DORSI,
        )


def _leg_in_squat(clips: Sequence[ScreenClip]) -> Side | None:
    """The leg whose heel the squat shows; None where that is not known."""
    squat = next((clip for clip in clips if clip.role == "squat"), None)
    if squat is None or squat.facing is None or squat.test_leg is None:
        return None
    return squat.facing if squat.test_leg == "near" else other_side(squat.facing)


def _stiffer_ankle(pairs: Sequence[Pair], findings: Sequence[Finding]) -> Iterator[Reading]:
    """A difference between ankles of which none is short."""
    stiffer = _stiffer(pairs)
    if stiffer and not _of("dorsiflexion-runner", findings):
        yield Reading(
            text=f"Begin with the {stiffer[0]} ankle.",
            why=f"It bends less than the {other_side(stiffer[0])}, and uneven load moves to the other side.",
            source="asymmetry",
        )


def _straight_and_bent(clips: Sequence[ScreenClip]) -> Iterator[Reading]:
    """Calf against joint: what a straight knee takes away is the gastrocnemius, which spans the knee."""
    by_role: dict[str, ScreenClip] = {clip.role: clip for clip in clips if clip.status == "measured"}
    for side in _SIDES:
        bent, straight = by_role.get(side), by_role.get(f"{side}_straight")
        if bent is None or straight is None:
            continue
        less, half = _less(bent.measurements.peak_shin_angle_deg, straight.measurements.peak_shin_angle_deg)
        if less is None or half is None:
            continue
        if less > half:
            yield Reading(
                text=f"Stretch the {side} calf with the knee straight.",
                why=f"The {side} ankle bends {less:.0f}° less with the knee straight than bent: that part is "
                "the calf (gastrocnemius), not the joint.",
                source=_DORSI,
            )  # fmt: skip
        else:
            yield Reading(
                text=f"The {side} calf is not what stops the ankle.",
                why="With the knee straight it bends as far as with the knee bent, as far as the ± tells.",
                source=_DORSI,
            )


def _toe_alone(findings: Sequence[Finding]) -> Iterator[Reading]:
    both = _of("both", findings)
    sides = [side for side in _of("big-toe", findings) if side not in both]
    if sides:
        who, lift = f"the {sides[0]} big toe", "It lifts"
        if len(sides) == 2:
            who, lift = "both big toes", "They lift"
        yield Reading(
            text=f"Work on {who}.",
            why=f"{lift} less than wanted, and a stable foot needs the big toe.",
            source="windlass",
        )


def _of(rule: str, findings: Sequence[Finding]) -> list[Side]:
    return [f.side for f in findings if f.rule == rule and f.verdict == "limited" and f.side is not None]


def _stiffer(pairs: Sequence[Pair]) -> list[Side]:
    return [pair.more_limited for pair in pairs if pair.test == "lunge" and pair.more_limited is not None]


def _less(bent: Measured, straight: Measured) -> tuple[float | None, float | None]:
    """How much less with the knee straight, and what the two may differ by; deg."""
    if bent.value is None or straight.value is None:
        return None, None
    # One leg: what is the leg's own drops out.
    before, after = again_95(bent), again_95(straight)
    half = None if before is None or after is None else hypot(before, after)
    return bent.value - straight.value, half
