"""Bare feet of all shades under three lights, shoes of all colours, and pictures in which nothing shows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from dorsi.engine.observe.footwear import SHOES_LIKELY, look_at_footwear, shoe_probability
from dorsi.types import FloatArray

Colour = tuple[float, float, float]

SKINS: dict[str, Colour] = {
    "pale": (240, 208, 190),
    "light": (224, 177, 150),
    "olive": (198, 150, 115),
    "tan": (165, 112, 80),
    "brown": (112, 72, 52),
    "dark": (72, 47, 36),
}
LIGHTS: dict[str, Colour] = {"white": (1, 1, 1), "warm": (1.15, 1.0, 0.75), "bluish": (0.9, 1.0, 1.2)}
"""What each channel of linear light is multiplied by: noon, a living-room lamp, an overcast window."""
SHOES: dict[str, Colour] = {
    "black": (24, 24, 26),
    "white": (232, 232, 230),
    "grey": (128, 128, 130),
    "blue": (40, 65, 150),
    "red": (190, 25, 35),
}
WIDTH_PX, HEIGHT_PX = 300, 400
HEAD, HAND, HEEL, TOE = (150, 60), (60, 200), (100, 360), (200, 366)
FACE = {0: (150, 60), 9: (142, 76), 10: (158, 76)}
HANDS = {15: (60, 190), 19: (60, 210), 16: (240, 190), 20: (240, 210)}


def _lit(colour: Colour, light: Colour, shade: float = 1.0) -> FloatArray:
    """A colour of white light under another one; `shade` of that light arrives."""
    linear = (np.array(colour) / 255) ** 2.2 * np.array(light) * shade
    return np.asarray(255 * np.clip(linear, 0, 1) ** (1 / 2.2))


def _look(
    foot: Colour,
    skin: Colour,
    light: Colour = LIGHTS["white"],
    *,
    face: bool = True,
    hands: bool = True,
    shade: float = 0.6,
) -> FloatArray:
    """A look at a person of one skin whose foot, standing in some shade, has a colour of its own."""
    random = np.random.default_rng(1)
    picture = np.empty((HEIGHT_PX, WIDTH_PX, 3))
    picture[:] = _lit((150, 152, 148), light)
    for x, y in ((150, 66), (60, 200), (240, 200)):
        picture[y - 35 : y + 35, x - 30 : x + 30] = _lit(skin, light)
    picture[345:380, 90:215] = _lit(foot, light, shade)
    rgb = np.clip(picture + random.normal(0, 3.0, picture.shape), 0, 255).astype(np.uint8)
    person = np.full((33, 2), np.nan)
    for points in ([FACE] if face else []) + ([HANDS] if hands else []):
        for k, at in points.items():
            person[k] = at
    return look_at_footwear(rgb, person, _leg())


def _with_sole(rgb: npt.NDArray[np.uint8], sole: Colour) -> npt.NDArray[np.uint8]:
    """The same foot on a strip of another colour, as a shoe stands on its sole; the floor below is dark."""
    out = rgb.copy()
    out[371:379, 90:215] = sole
    out[379:] = (40, 38, 36)
    return out


@pytest.mark.parametrize("skin", SKINS)
def test_a_rim_of_another_colour_makes_a_shoe_of_skin_colour(skin: str) -> None:
    own = SKINS[skin]
    rgb = np.empty((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    rgb[:] = own
    person = np.full((33, 2), np.nan)
    for points in (FACE, HANDS):
        for k, at in points.items():
            person[k] = at
    plain = look_at_footwear(_with_sole(rgb, own), person, _leg())
    soled = look_at_footwear(_with_sole(rgb, (235, 235, 235)), person, _leg())
    assert np.hypot(*(plain[3] - plain[0])) < 0.01
    assert np.hypot(*(soled[3] - soled[0])) > 0.12
    assert shoe_probability([plain]) < 0.5
    assert shoe_probability([soled]) > shoe_probability([plain]) + 0.2


def test_a_floor_as_light_as_the_foot_and_a_shadow_make_no_rim() -> None:
    person = np.full((33, 2), np.nan)
    light_floor = np.full((HEIGHT_PX, WIDTH_PX, 3), 200, np.uint8)
    assert np.isnan(look_at_footwear(light_floor, person, _leg())[3]).all()
    shaded = _with_sole(light_floor, (60, 45, 30))
    rim = look_at_footwear(shaded, person, _leg())[3]
    assert np.abs(rim).max() < 0.01, "the foot itself, not what is darker"


def _leg(down_px: float = 0.0) -> FloatArray:
    return np.array([(130, 180), (160, 260), (115, 330), HEEL, TOE], float) + [0.0, down_px]


@pytest.mark.parametrize("light", LIGHTS)
@pytest.mark.parametrize("skin", SKINS)
def test_a_foot_of_the_person_s_own_skin_is_bare(skin: str, light: str) -> None:
    look = _look(SKINS[skin], SKINS[skin], LIGHTS[light])
    assert look.shape == (4, 2) and np.isfinite(look[:3]).all()
    assert shoe_probability([look]) < 0.5
    for seen in ({"face": False}, {"hands": False}):
        assert shoe_probability([_look(SKINS[skin], SKINS[skin], LIGHTS[light], **seen)]) < 0.5


@pytest.mark.parametrize("light", LIGHTS)
@pytest.mark.parametrize("skin", SKINS)
@pytest.mark.parametrize("shoe", SHOES)
def test_shoes_are_seen_as_shoes(shoe: str, skin: str, light: str) -> None:
    if (skin, light) == ("pale", "warm") and shoe in {"white", "grey"}:
        # Lamp light on white is nearly the colour of pale skin: no sure answer, and none is given.
        assert 0.2 < shoe_probability([_look(SHOES[shoe], SKINS[skin], LIGHTS[light])]) < SHOES_LIKELY
        return
    assert shoe_probability([_look(SHOES[shoe], SKINS[skin], LIGHTS[light])]) > SHOES_LIKELY


@pytest.mark.parametrize("skin", SKINS)
def test_without_face_and_hands_usual_skin_is_the_measure(skin: str) -> None:
    bare = shoe_probability([_look(SKINS[skin], SKINS[skin], face=False, hands=False)])
    assert bare < SHOES_LIKELY
    for shoe in SHOES.values():
        shod = shoe_probability([_look(shoe, SKINS[skin], face=False, hands=False)])
        assert shod > SHOES_LIKELY


def test_gloves_and_masks_are_no_skin_to_compare_with() -> None:
    """A green shoe is as green as green gloves, and still no foot."""
    green = (60, 140, 60)
    for own in (green, SHOES["black"]):
        assert shoe_probability([_look(own, own)]) > SHOES_LIKELY


def test_the_middle_of_the_looks_decides() -> None:
    bare, shod = _look(SKINS["tan"], SKINS["tan"]), _look(SHOES["white"], SKINS["tan"])
    nothing = np.full((4, 2), np.nan)
    assert shoe_probability([shod, bare, bare, nothing]) < 0.5
    assert shoe_probability([bare, shod, shod, nothing]) > SHOES_LIKELY
    assert shoe_probability([bare]) == pytest.approx(shoe_probability([bare, nothing, bare]))


def test_what_was_never_seen_is_not_guessed() -> None:
    nothing = np.full((4, 2), np.nan)
    for looks in ([], [nothing], [nothing, nothing]):
        assert np.isnan(shoe_probability(looks))
    footless = _look(SKINS["tan"], SKINS["tan"])
    footless[0] = np.nan
    assert np.isnan(shoe_probability([footless]))


def test_black_and_white_tells_nothing() -> None:
    look = _look((128, 128, 128), (200, 200, 200))
    grey = np.where(np.isfinite(look), 0.0, look)
    assert np.isnan(shoe_probability([grey]))


def test_parts_out_of_the_picture_have_no_colour() -> None:
    rgb: npt.NDArray[np.uint8] = np.full((HEIGHT_PX, WIDTH_PX, 3), 120, np.uint8)
    person = np.full((33, 2), -50.0)
    look = look_at_footwear(rgb, person, _leg())
    assert np.isfinite(look[0]).all() and np.isnan(look[1:]).all()
    assert np.isnan(look_at_footwear(rgb, person, _leg(down_px=60.0))[0]).all()
    unknown = _leg()
    unknown[1] = np.nan
    assert np.isnan(look_at_footwear(rgb, person, unknown)).all()
    assert np.abs(look[0]).max() < 1e-9, "grey has no colour"
