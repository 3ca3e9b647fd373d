"""What a camera cannot see, as the runner tells it: the profile, its TOML file, and what is wrong with one.

Not here: asking the questions (`questionnaire.py`), the safety list (`safety.py`), what follows from the
other answers (`rules/`, `plan/`).
"""

from __future__ import annotations

import difflib
import json
import os
import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from dorsi.errors import OutputError, ProfileError, in_a_line, sentences
from dorsi.profile.safety import Safety
from dorsi.profile.strict import StrictTable
from dorsi.types import Side

__all__ = [
    "PAIN_PLACES", "SCHEMA", "AgeGroup", "CircleSize", "History", "Leg", "PainPlace", "PlanChecks", "Profile",
    "Signs", "check_place", "explain", "load_profile", "save_profile",
]  # fmt: skip

SCHEMA: Final = "dorsi.profile/1"
CircleSize = Literal["small", "medium", "large"]
PainPlace = Literal["knee", "shin", "plantar_fascia", "achilles", "heel", "forefoot", "big_toe"]
PAIN_PLACES: Final[tuple[PainPlace, ...]] = get_args(PainPlace)
AgeGroup = Literal["under 18", "18-39", "40-59", "60+"]
PAIN_MOST: Final = 3
"""Of 10: pain above this in the movement is a safety flag (`safety.toml`)."""

FOUR_FINGERS_CM: Final = (5.0, 10.0)
"""Four fingers are 7-9 cm wide on most adults; outside this range a tape distance and the answer to the
four-finger test cannot both be right."""
_CIRCLES: Final = ("small", "medium", "large")


class Leg(StrictTable):
    """Answers about one leg; None = not known. `tape_cm` is from the big toe to the wall, heel down."""

    knee_touched: bool | None = None
    tape_cm: Annotated[float, Field(ge=0, le=30)] | None = None
    arch_rises: bool | None = None
    circle: CircleSize | None = None

    @model_validator(mode="after")
    def _tape_fits_the_touch(self) -> Self:
        least, most = FOUR_FINGERS_CM
        if self.tape_cm is None or self.knee_touched is None:
            return self
        if self.tape_cm < least if self.knee_touched else self.tape_cm > most:
            told = json.dumps(self.knee_touched)
            raise ValueError(
                f"knee_touched = {told} (at four fingers, about 8 cm) contradicts "
                f"tape_cm = {self.tape_cm:g}. Measure again, or leave one of the two out"
            )
        return self


class Signs(StrictTable):
    """The signs list; None = not answered. `pain_where` empty = no pain (`plantar_fascia` is the sole),
    `pain_level` how much of it in the movement, 0 to 10; `one_sided` the side that always has the trouble,
    "none" when it is not always the same; `wear` uneven wear, nagging injuries or a plateau."""

    calf_tightness: bool | None = None
    pain_where: Annotated[tuple[PainPlace, ...], Field(strict=False)] | None = None
    pain_level: Annotated[int, Field(ge=0, le=10)] | None = None
    pain_side: Side | Literal["both"] | None = None
    short_stride: bool | None = None
    one_sided: Side | Literal["none"] | None = None
    heels_lift: bool | None = None
    wear: bool | None = None

    @model_validator(mode="after")
    def _answers_agree(self) -> Self:
        if self.pain_where is not None and len(set(self.pain_where)) < len(self.pain_where):
            raise ValueError("pain_where names a place twice. Name each once")
        if self.pain_level and not self.pain_where:
            raise ValueError(
                f"pain_level = {self.pain_level} contradicts pain_where, which names no place. "
                "Name the place, or leave pain_level out"
            )
        if self.pain_side is not None and not self.pain_where:
            raise ValueError(
                f'pain_side = "{self.pain_side}" contradicts pain_where, which names no place. '
                "Name the place, or leave pain_side out"
            )
        if self.one_sided in ("left", "right") and self.pain_side not in (None, self.one_sided):
            raise ValueError(
                f'one_sided = "{self.one_sided}" (always that side) contradicts '
                f'pain_side = "{self.pain_side}". Set one_sided = "none", or correct the side of the pain'
            )
        return self

    def named(self) -> tuple[str, ...]:
        """Keys of the signs that are there."""
        there = {
            "calf_tightness": self.calf_tightness,
            "pain": bool(self.pain_where),
            "short_stride": self.short_stride,
            "one_sided": self.one_sided in ("left", "right"),
            "heels_lift": self.heels_lift,
            "wear": self.wear,
        }
        return tuple(key for key, yes in there.items() if yes)

    @property
    def answered(self) -> bool:
        """Whether any of the questions was answered."""
        return any(getattr(self, name) is not None for name in type(self).model_fields)


class History(StrictTable):
    """What was before; None = not answered. `sprained` the ankle that was sprained, `instability` whether one
    gives way: usual causes of a stiff ankle, told for context."""

    sprained: Side | Literal["both", "none"] | None = None
    instability: bool | None = None


class PlanChecks(StrictTable):
    """How far somebody is who has worked through a plan; None = not answered. `weeks` on the plan;
    `balance_30_s` one leg, 30 s, steady on both sides; `calf_raises_15` fifteen slow ones on one leg, free of
    pain, on both sides."""

    weeks: Annotated[int, Field(ge=0, le=520)] | None = None
    balance_30_s: bool | None = None
    calf_raises_15: bool | None = None


class Profile(StrictTable):
    """One runner's answers. `height_cm` body height; `circles_smaller` the side that draws the smaller
    kneeling circle."""

    schema_: Literal["dorsi.profile/1"] = Field(default="dorsi.profile/1", alias="schema")
    runner: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    height_cm: Annotated[float, Field(ge=90, le=250)] | None = None
    age_group: AgeGroup | None = None
    circles_smaller: Side | Literal["same"] | None = None
    safety: Safety = Safety()
    history: History = History()
    left: Leg = Leg()
    right: Leg = Leg()
    signs: Signs = Signs()
    plan: PlanChecks = PlanChecks()

    @field_validator("runner")
    @classmethod
    def _name_is_plain(cls, name: str | None) -> str | None:
        if name is not None and (name != name.strip() or not name.isprintable()):
            raise ValueError("a name has no spaces around it and no control characters")
        return name

    @model_validator(mode="after")
    def _circles_agree(self) -> Self:
        by_size, told = self._smaller_by_size(), self.circles_smaller
        # Two circles of one size word may still differ a little; the other way round they may not.
        if told is not None and by_size in ("left", "right") and told != by_size:
            raise ValueError(
                f'circles_smaller = "{told}" contradicts left.circle = "{self.left.circle}" and '
                f'right.circle = "{self.right.circle}". Draw them again, or leave one of the answers out'
            )
        return self

    def leg(self, side: Side) -> Leg:
        """Answers about one side."""
        return self.left if side == "left" else self.right

    @property
    def safety_told(self) -> Safety:
        """The safety answers, with what age group and pain in the movement say; a yes of either counts."""
        young = None if self.age_group is None else self.age_group == "under 18"
        level = self.signs.pain_level
        sore = None if level is None else level > PAIN_MOST
        told = {"under_18": (self.safety.under_18, young), "pain_above_3": (self.safety.pain_above_3, sore)}
        update = {
            key: True if True in pair else next((each for each in pair if each is not None), None)
            for key, pair in told.items()
        }
        return self.safety.model_copy(update=update)

    @property
    def smaller_circle(self) -> Side | Literal["same"] | None:
        """The side that draws the smaller circle, as told or by the sizes; None = not known."""
        return self.circles_smaller or self._smaller_by_size()

    def _smaller_by_size(self) -> Side | Literal["same"] | None:
        if self.left.circle is None or self.right.circle is None:
            return None
        left, right = _CIRCLES.index(self.left.circle), _CIRCLES.index(self.right.circle)
        return "same" if left == right else "left" if left < right else "right"

    def to_toml(self) -> str:
        """The file's text; what is not known is left out. `load_profile` reads the same profile from it."""
        lines = ["# What a camera cannot see. Made by Dorsi; leave out what you do not know."]
        lines += _table(self, *_OWN)
        for name in _PARTS:
            part = getattr(self, name)
            if found := _table(part, *type(part).model_fields):
                lines += ["", f"[{name}]", *found]
        return "\n".join(lines) + "\n"


_PARTS: Final[Mapping[str, type[StrictTable]]] = {
    "safety": Safety, "history": History, "left": Leg, "right": Leg, "signs": Signs, "plan": PlanChecks,
}  # fmt: skip
"""Tables of the file, in the order in which they are written."""
_OWN: Final = tuple(name for name in Profile.model_fields if name not in _PARTS)


def _table(part: BaseModel, *names: str) -> list[str]:
    """`key = value` lines. JSON's strings, numbers, booleans and flat lists are TOML's too."""
    values = {name.rstrip("_"): getattr(part, name) for name in names}
    return [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in values.items() if v is not None]


_REMEDY: Final[Mapping[str, str]] = sentences(__file__, "words.toml")["remedy"]


def load_profile(path: Path) -> Profile:
    """Read a profile. Raises ProfileError, one line with file, key and remedy, on anything that is wrong."""
    try:
        document = tomllib.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise ProfileError("profile_missing", file=path.name) from None
    except OSError as error:
        raise ProfileError("profile_unreadable", file=path.name, why=error.strerror) from error
    except UnicodeDecodeError as error:
        raise ProfileError("profile_not_utf8", file=path.name) from error
    except (ValueError, RecursionError) as error:  # also a number of thousands of digits
        raise ProfileError("profile_not_toml", file=path.name, why=in_a_line(error)) from error
    if "schema" not in document:
        raise ProfileError("profile_without_schema", file=path.name, schema=SCHEMA)
    try:
        return Profile.model_validate(document)
    except ValidationError as error:
        raise ProfileError("profile_invalid", file=path.name, why=explain(error)) from error


def explain(error: ValidationError) -> str:
    """`left.tape_cm: 99.0 is out of range. Give …`: the first thing that is wrong, and what to do."""
    first = error.errors()[0]
    # A union adds its branch to the place; keys of ours are lower-case words.
    parts = [str(p) for p in first["loc"] if isinstance(p, int) or str(p) in _REMEDY]
    kind, given = first["type"], json.dumps(first["input"], ensure_ascii=False, default=str)
    if kind == "extra_forbidden":
        return _unknown_key([str(p) for p in first["loc"]])
    where = ".".join(p for p in parts if not p.isdigit())
    place = f"{where}: " if where else ""
    remedy = f"{_REMEDY.get(where.rsplit('.', 1)[-1], 'Correct it')}."
    if kind == "value_error":
        said = str(first["ctx"]["error"])
        # A contradiction brings its own remedy.
        return f"{place}{said}." if "." in said else f"{place}{said}. {remedy}"
    if kind in ("greater_than_equal", "less_than_equal"):
        return f"{place}{given} is out of range. {remedy}"
    return f"{place}{given} does not belong here. {remedy}"


def _unknown_key(loc: list[str]) -> str:
    *above, key = loc
    model = _PARTS.get(above[0] if above else "", Profile)
    known = [name.rstrip("_") for name in model.model_fields]
    near = difflib.get_close_matches(key, known, n=1)
    advice = f"Did you mean {near[0]}?" if near else f"Known keys are {', '.join(known)}."
    return f"{'.'.join(loc)}: is an unknown key. {advice}"


def check_place(path: Path) -> None:
    """Raise OutputError when `save_profile` could not write there, before anyone answers a question."""
    folder = path.resolve().parent
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        why = "it is a folder" if path.is_dir() else "the folder is read-only or not there"
        raise OutputError("profile_not_written", path=path, why=why)


def save_profile(profile: Profile, path: Path) -> None:
    """Write the profile, whole or not at all. Raises OutputError; an older file is then as it was."""
    target = path.resolve()  # a link stays a link
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(profile.to_toml())
                stream.flush()
                os.fsync(stream.fileno())
            if target.exists():
                shutil.copymode(target, name)
            Path(name).replace(target)
        finally:
            with suppress(OSError):
                Path(name).unlink()
    except OSError as error:
        raise OutputError("profile_not_written", path=path, why=error.strerror) from error
