"""May the left and the right clip of a test be set against each other? What differs in how they were filmed.

A difference `blocks` when it could pass for half of the 4 deg from which sides are called unequal, or when
nothing says that it does not; the others are told. Bounds here are of filming, not of ankles: no clinical
threshold lives here. Not here: the difference of the two angles (`rules`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import atan2, cos, degrees, hypot, radians, sin
from typing import Literal

from dorsi.engine.conclude.camera import UNKNOWN_ROLL_95_DEG
from dorsi.quantities import LUNGES, RESULT_OF
from dorsi.report.exam import POSTURES
from dorsi.report.model import Measured, Report, View
from dorsi.screen.model import Comparability, Difference, Test

__all__ = ["compare", "posture_of"]

FAKED_DEG = 2.0
"""Degrees that the way of filming may put between the sides: half of the 4 deg that count."""
EXAMPLE_ANGLE_DEG = 40.0
"""Shin angle for which the effect of a view is worked out: the upper end of what people reach, where a view
off the side distorts most."""
ROLL_BETWEEN_DEG = 2**0.5 * UNKNOWN_ROLL_95_DEG
"""Two phones propped up by eye differ in tilt by less than this 95 times in 100. More, beyond what the two
readings leave open, means that a phone was held or slipped, or that a tilt was misread, and a misread tilt
goes into the angle one to one."""
MOST_SIZE_RATIO = 1.5
"""Size of the leg in one clip over that in the other. Up to here another distance explains it, which moves
the angle by 0.2 deg at most. Beyond, another lens may (phones switch in steps of two): with its focal length
guessed wrong an angle moves by up to 1.4 deg, and points on the smaller leg are coarser by the ratio."""
_PLACES = {"near": "nearer to", "far": "farther from"}


def compare(left: Report, right: Report, test: Test) -> Comparability:
    """What differs between two clips of the same test on the two legs, the gravest first."""
    checks: tuple[Callable[[Report, Report], Iterator[Difference]], ...] = (
        _engine, _posture, _clothing, _distance, _view, _test_leg,
    )  # fmt: skip
    found = list(_numbers(left, right, test))
    if not found:
        found = [each for check in checks for each in check(left, right)]
        # A toe angle is taken against the sole beside it: the camera's roll drops out.
        found += _roll(left, right) if test in LUNGES else ()
    found.sort(key=lambda difference: not difference.blocks)
    return Comparability(
        test=test, comparable=not any(difference.blocks for difference in found), differences=found
    )


def posture_of(report: Report) -> Literal["standing", "half_kneeling", "unknown"]:
    """How the person stood; older reports do not say."""
    return report.posture or "unknown"


def _numbers(left: Report, right: Report, test: Test) -> Iterator[Difference]:
    key = RESULT_OF[test]
    for name, report in (("left", left), ("right", right)):
        measured: Measured = getattr(report.measurements, key)
        if measured.value is None:
            yield _blocks("not_measured", f"The {name} clip gave no number. Film it again.")


def _engine(left: Report, right: Report) -> Iterator[Difference]:
    ours, theirs = left.provenance, right.provenance
    if ours.dorsi_version != theirs.dorsi_version:
        yield _blocks(
            "engine",
            f"The left clip was measured by Dorsi {ours.dorsi_version}, the right one by "
            f"{theirs.dorsi_version}. Measure both again with one version.",
        )
    if ours.model != theirs.model or ours.outline != theirs.outline:
        yield _blocks(
            "pose_model", "The clips were measured with different models. Measure both again with the same."
        )


def _posture(left: Report, right: Report) -> Iterator[Difference]:
    ours, theirs = posture_of(left), posture_of(right)
    if "unknown" in (ours, theirs):
        if ours != theirs:
            yield _noted(
                "posture_unknown",
                "Whether both clips were filmed standing, or both half-kneeling, could not be seen.",
            )
    elif ours != theirs:
        yield _blocks(
            "posture",
            f"The left clip was filmed {POSTURES[ours]}, the right one {POSTURES[theirs]}, and the two "
            "load the ankle differently. Film both alike.",
        )


def _clothing(left: Report, right: Report) -> Iterator[Difference]:
    if shod := _one_sided(left, right, "shoes"):
        yield _blocks(
            "shoes",
            f"Shoes are worn in the {shod} clip only; a raised heel moves the angle. Film both barefoot.",
        )
    if hidden := _one_sided(left, right, "loose_clothing"):
        yield _noted("loose_clothing", f"Loose trousers hide the shin in the {hidden} clip only.")


def _distance(left: Report, right: Report) -> Iterator[Difference]:
    ours, theirs = _size(left), _size(right)
    if ours is None or theirs is None:
        return
    ratio = max(ours, theirs) / min(ours, theirs)
    if ratio > MOST_SIZE_RATIO:
        closer = "left" if ours > theirs else "right"
        yield _blocks(
            "distance",
            f"The leg is {ratio:.1f} times as large in the {closer} clip. Film both from the same distance "
            "with the same lens.",
        )


def _view(left: Report, right: Report) -> Iterator[Difference]:
    ours, theirs = _whence(left.view), _whence(right.view)
    if ours is None or theirs is None:
        yield _blocks(
            "view_unknown",
            "At least one of the reports does not say from where the leg was filmed. Measure both again.",
        )
    elif abs(_seen_deg(*ours) - _seen_deg(*theirs)) > FAKED_DEG:
        yield _blocks(
            "view",
            f"The left clip was filmed {_from_where(*ours)}, the right one {_from_where(*theirs)}. Put the "
            "phone at a right angle to the foot, at the height of the shin, both times.",
        )


def _whence(view: View | None) -> tuple[float, float] | None:
    """Yaw and pitch of a view, deg; None when not both were read."""
    if view is None or view.yaw_deg is None or view.pitch_deg is None:
        return None
    return view.yaw_deg, view.pitch_deg


def _seen_deg(yaw_deg: float, pitch_deg: float) -> float:
    """What a shin at `EXAMPLE_ANGLE_DEG` looks like in the picture of a distant camera, deg."""
    lean, yaw, pitch = (radians(each) for each in (EXAMPLE_ANGLE_DEG, yaw_deg, pitch_deg))
    nearer = sin(lean) * sin(yaw)
    return degrees(atan2(sin(lean) * cos(yaw), cos(lean) * cos(pitch) - nearer * sin(pitch)))


def _from_where(yaw_deg: float, pitch_deg: float) -> str:
    ahead, down = "ahead" if yaw_deg > 0 else "behind", "down" if pitch_deg > 0 else "up"
    return f"{abs(yaw_deg):.0f}° from {ahead} of the side and {abs(pitch_deg):.0f}° {down}"


def _size(report: Report) -> float | None:
    """Shank over the long side of the picture, which goes with the angle that a phone's lens sees."""
    if report.view is None or not report.view.shank_px:
        return None
    return report.view.shank_px / max(report.clip.width_px, report.clip.height_px)


def _roll(left: Report, right: Report) -> Iterator[Difference]:
    ours, theirs = left.measurements.camera_roll_deg, right.measurements.camera_roll_deg
    unknown = [name for name, roll in (("left", ours), ("right", theirs)) if roll.value is None]
    if ours.value is None or theirs.value is None:
        yield _noted(
            "camera_roll_unknown",
            f"How the camera was tilted is not known in the {' and the '.join(unknown)} clip; the ± of the "
            "difference is wider for it.",
        )
        return
    # A tilt adds to the shin angle of a person facing one way and takes from it the other way.
    apart = abs(ours.value * _forward(left) - theirs.value * _forward(right))
    half = hypot(ours.uncertainty_95 or UNKNOWN_ROLL_95_DEG, theirs.uncertainty_95 or UNKNOWN_ROLL_95_DEG)
    if apart - half > ROLL_BETWEEN_DEG:
        yield _blocks(
            "camera_roll",
            f"Tilts of the camera put {apart:.1f}° ± {half:.1f}° between the sides, too much to be taken off "
            "safely. Prop the phone up level both times.",
        )
    elif apart > FAKED_DEG + half:
        yield _noted(
            "camera_roll",
            f"Tilts of the camera put {apart:.1f}° ± {half:.1f}° between the sides; both angles are "
            "corrected for it.",
        )


def _forward(report: Report) -> int:
    return -1 if report.facing == "left" else 1


def _test_leg(left: Report, right: Report) -> Iterator[Difference]:
    if left.test_leg and right.test_leg and left.test_leg != right.test_leg:
        yield _noted(
            "test_leg",
            f"The left leg was the one {_PLACES[left.test_leg]} the camera, the right leg the one "
            f"{_PLACES[right.test_leg]} it. Turn round between the clips: the nearer leg is seen best.",
        )


def _one_sided(left: Report, right: Report, code: str) -> str:
    """The side whose clip alone has the warning; empty when both have it or none."""
    ours, theirs = (any(each.code == code for each in report.warnings) for report in (left, right))
    return "" if ours == theirs else "left" if ours else "right"


def _blocks(code: str, message: str) -> Difference:
    return Difference(code=code, message=message, blocks=True)


def _noted(code: str, message: str) -> Difference:
    return Difference(code=code, message=message, blocks=False)
