"""Bare feet of all shades under three lights, shoes of all colours, and pictures in which nothing shows."""

from __future__ import annotations

import cv2
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
GREEN: Colour = (60, 140, 60)
WIDTH_PX, HEIGHT_PX = 300, 500
LEG = np.array([(130, 100), (160, 250), (112, 378), (100, 420), (200, 426)], float)
"""Hip, knee, ankle, heel, toe."""
FACE = {0: (150, 50), 9: (142, 66), 10: (158, 66)}
HANDS = {15: (60, 160), 19: (60, 180), 16: (240, 160), 20: (240, 180)}
FOOT = np.array([(85, 440), (84, 380), (135, 370), (160, 400), (215, 415), (215, 440)], np.int32)
NOTHING = np.full((5, 3), np.nan)


def _lit(colour: Colour, light: Colour, shade: float = 1.0) -> Colour:
    """A colour of white light under another one; `shade` of that light arrives."""
    linear = (np.array(colour) / 255) ** 2.2 * np.array(light) * shade
    r, g, b = 255 * np.clip(linear, 0, 1) ** (1 / 2.2)
    return float(r), float(g), float(b)


def _picture(
    foot: Colour, skin: Colour, light: Colour = LIGHTS["white"], *, shin: Colour | None = None,
    sock: Colour | None = None, far_light: Colour | None = None, shade: float = 0.6,
) -> npt.NDArray[np.uint8]:  # fmt: skip
    """A person of one skin whose foot, standing in some shade, has a colour of its own; cloth on the shin or
    a sock where told, hands and face under another light."""
    picture = np.full((HEIGHT_PX, WIDTH_PX, 3), _lit((150, 152, 148), light))
    for x, y in ((150, 55), (60, 170), (240, 170)):
        picture[y - 35 : y + 35, x - 30 : x + 30] = _lit(skin, far_light or light)
    cv2.fillPoly(picture, [FOOT], _lit(foot, light, shade))
    ankle, knee = LEG[2].astype(int).tolist(), LEG[1].astype(int).tolist()
    cv2.line(picture, knee, ankle, _lit(shin or skin, light), 30)
    if sock is not None:
        top = (LEG[2] + 0.2 * (LEG[1] - LEG[2])).astype(int).tolist()
        cv2.line(picture, top, ankle, _lit(sock, light, shade), 34)
        cv2.circle(picture, (120, 390), 17, _lit(sock, light, shade), -1)
    return _noisy(picture)


def _noisy(picture: FloatArray) -> npt.NDArray[np.uint8]:
    noise = np.random.default_rng(1).normal(0, 3.0, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def _person(*, face: bool = True, hands: bool = True) -> FloatArray:
    person = np.full((33, 2), np.nan)
    for points in ([FACE] if face else []) + ([HANDS] if hands else []):
        for k, at in points.items():
            person[k] = at
    return person


def _probability(rgb: npt.NDArray[np.uint8], *, face: bool = True, hands: bool = True) -> float:
    return shoe_probability([look_at_footwear(rgb, _person(face=face, hands=hands), LEG)])


@pytest.mark.parametrize("light", LIGHTS)
@pytest.mark.parametrize("skin", SKINS)
def test_a_foot_of_the_leg_s_own_skin_is_bare(skin: str, light: str) -> None:
    own = SKINS[skin]
    rgb = _picture(own, own, LIGHTS[light])
    for seen in ({}, {"face": False}, {"face": False, "hands": False}):
        assert _probability(rgb, **seen) < 0.2
    for trousers in (GREEN, (35, 40, 60)):
        assert _probability(_picture(own, own, LIGHTS[light], shin=trousers)) < SHOES_LIKELY


@pytest.mark.parametrize("light", LIGHTS)
@pytest.mark.parametrize("skin", SKINS)
@pytest.mark.parametrize("shoe", SHOES)
def test_shoes_are_seen_as_shoes(shoe: str, skin: str, light: str) -> None:
    rgb = _picture(SHOES[shoe], SKINS[skin], LIGHTS[light])
    assert _probability(rgb) > SHOES_LIKELY
    assert _probability(rgb, face=False, hands=False) > SHOES_LIKELY
    if (skin, light) != ("pale", "warm"):
        # Lamp light on white is nearly the colour of pale skin, where no leg is there to compare with.
        trousers = _picture(SHOES[shoe], SKINS[skin], LIGHTS[light], shin=GREEN)
        assert _probability(trousers) > SHOES_LIKELY


@pytest.mark.parametrize("skin", SKINS)
def test_the_leg_s_own_skin_counts_more_than_hands_in_another_light(skin: str) -> None:
    own, lamp = SKINS[skin], (1.2, 1.0, 0.6)
    for light, far_light in ((LIGHTS["white"], lamp), (lamp, LIGHTS["white"])):
        bare = _picture(own, own, light, far_light=far_light)
        assert _probability(bare) < 0.3
        if skin not in {"pale", "light"}:
            shod = _picture(SHOES["white"], own, light, far_light=far_light)
            assert _probability(shod) > SHOES_LIKELY


@pytest.mark.parametrize("skin", SKINS)
def test_a_sock_at_the_ankle_speaks_for_a_shoe_of_skin_colour(skin: str) -> None:
    own = SKINS[skin]
    plain = _probability(_picture(own, own))
    for sock in ("black", "blue"):
        assert _probability(_picture(own, own, sock=SHOES[sock])) > 5 * plain


def test_patches_speak_for_a_shoe_but_light_can_make_them() -> None:
    own = SKINS["tan"]
    plain = _picture(own, own).astype(float)
    patched = plain.copy()
    for left in range(90, 215, 24):
        patched[380:, left : left + 12] *= 0.4
    assert _probability(plain.astype(np.uint8)) < 0.1
    assert 2 * _probability(plain.astype(np.uint8)) < _probability(patched.astype(np.uint8)) < SHOES_LIKELY
    shoe = _picture((190, 160, 140), own).astype(float)
    patched = shoe.copy()
    for left in range(90, 215, 24):
        patched[380:, left : left + 12] *= 0.4
    assert _probability(patched.astype(np.uint8)) > _probability(shoe.astype(np.uint8)) + 0.1


def test_gloves_and_masks_are_no_skin_to_compare_with() -> None:
    """A green shoe is as green as green gloves, and still no foot."""
    for own in (GREEN, SHOES["black"]):
        assert _probability(_picture(own, own, shin=SHOES["blue"])) > SHOES_LIKELY


def test_the_middle_of_the_looks_decides() -> None:
    bare, shod = (
        look_at_footwear(_picture(foot, SKINS["tan"]), _person(), LEG)
        for foot in (SKINS["tan"], SHOES["white"])
    )
    assert shoe_probability([shod, bare, bare, NOTHING]) < 0.5
    assert shoe_probability([bare, shod, shod, NOTHING]) > SHOES_LIKELY
    assert shoe_probability([bare]) == pytest.approx(shoe_probability([bare, NOTHING, bare]))


def test_what_was_never_seen_is_not_guessed() -> None:
    footless = look_at_footwear(_picture(SKINS["tan"], SKINS["tan"]), _person(), LEG)
    footless[0] = np.nan
    for looks in ([], [NOTHING], [NOTHING, NOTHING], [footless], [np.full((4, 2), np.nan)]):
        assert np.isnan(shoe_probability(looks))


@pytest.mark.parametrize("skin", SKINS)
def test_looks_of_older_evidence_still_tell(skin: str) -> None:
    """(4, 2) foot, hands, face and a rim, without the leg."""
    for foot, shod in ((SKINS[skin], False), (SHOES["black"], True)):
        look = look_at_footwear(_picture(foot, SKINS[skin]), _person(), LEG)
        older = np.vstack([look[:3, :2], [0.0, 0.0]])
        assert (shoe_probability([older]) > SHOES_LIKELY) == shod


def test_black_and_white_tells_nothing() -> None:
    look = look_at_footwear(_picture((128, 128, 128), (200, 200, 200)), _person(), LEG)
    look[:, :2] = 0.0
    assert np.isnan(shoe_probability([look]))
    look[3, :2] = (0.22, 0.15)
    assert shoe_probability([look]) > SHOES_LIKELY, "grey hands are gloves where the leg has a colour"


def test_parts_out_of_the_picture_have_no_colour() -> None:
    rgb: npt.NDArray[np.uint8] = np.full((HEIGHT_PX, WIDTH_PX, 3), 120, np.uint8)
    look = look_at_footwear(rgb, np.full((33, 2), -50.0), LEG)
    assert look.shape == (5, 3)
    assert np.isfinite(look[[0, 3, 4]]).all() and np.isnan(look[1:3]).all()
    assert np.abs(look[[0, 3, 4]]).max() < 1e-9, "grey has no colour, one surface no patches"
    low = look_at_footwear(rgb, np.full((33, 2), -50.0), LEG + [0.0, 150.0])
    assert np.isnan(low[0]).all() and np.isfinite(low[3]).all()
    unknown = LEG.copy()
    unknown[1] = np.nan
    assert np.isnan(look_at_footwear(rgb, _person(), unknown)).all()
