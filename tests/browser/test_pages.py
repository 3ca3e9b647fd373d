"""Every page: axe finds nothing, nothing scrolls sideways, frames are exact, and the first page is small."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from dorsi.desk.answers import save_answers
from dorsi.desk.links import invite
from dorsi.desk.notes import add_note
from dorsi.desk.screens import put_together, sign
from dorsi.profile import Profile, Safety
from tests.browser.conftest import BITS, BLOCK_PX, NARROW, OWNER, WIDE, Site
from tests.recorded import measured

Serve = Callable[..., Site]
FIRST_PAGE_BYTES = 150_000


def looked_at(page: Page) -> list[str]:
    """What axe finds wrong on a page, and whether it scrolls sideways."""
    page.wait_for_load_state("networkidle")
    found = [
        f"{page.url}: {rule['id']}: {rule['help']}: {[node['html'][:160] for node in rule['nodes']][:3]}"
        for rule in Axe().run(page).response["violations"]
    ]
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found + ([f"{page.url}: {over} px too wide"] if over > 0 else [])


def addresses(site: Site) -> list[str]:
    """Every page of a therapist, or of the person at this computer, with something on it."""
    ana = site.runner()
    left, right = site.clip(ana, "left_lunge", "left"), site.clip(ana, "right_lunge", "right")
    toe, refused = site.clip(ana, "left_big_toe", "left_toe"), site.clip(None, "x01")
    failed = site.clip(None, "left_lunge unreadable")
    add_note(site.desk, OWNER, ana.id, "Stiff in the morning.")
    open_ = put_together(site.desk, OWNER, ana.id, {"left": left.id, "right": right.id})
    signed = sign(site.desk, OWNER, put_together(site.desk, OWNER, ana.id, {"left": left.id}).id)
    stopped = site.runner("Eva Sol")
    save_answers(site.desk, OWNER, stopped.id, Profile(safety=Safety(numb_tingling_weak=True)))
    who = f"?runner={ana.id}"
    return [
        "/inbox", "/inbox?state=all&q=nobody", "/inbox/add", "/runners", f"/runners/{ana.id}",
        f"/runners/{stopped.id}", f"/runners/{ana.id}/progress", f"/clips/{left.id}", f"/clips/{toe.id}",
        f"/clips/{refused.id}", f"/clips/{failed.id}", "/compare", f"/compare?a={left.id}",
        f"/compare?a={left.id}&b={right.id}", f"/screens/{open_.id}", f"/screens/{signed.id}",
        f"/screens/{signed.id}/plan", f"/me{who}", f"/me?runner={stopped.id}", f"/me/film/left{who}",
        f"/me/film/left?runner={stopped.id}", f"/me/clips/{left.id}", f"/me/clips/{refused.id}",
        f"/me/clips/{failed.id}", f"/me/answers{who}", f"/me/answers/more{who}", f"/me/progress{who}",
        "/settings", "/settings/audit", "/settings/phone", "/guide", "/nowhere",
    ]  # fmt: skip


@pytest.mark.parametrize(("size", "dark"), [(NARROW, False), (NARROW, True), (WIDE, False), (WIDE, True)])
def test_axe_finds_nothing_on_any_page(site: Serve, size: tuple[int, int], dark: bool) -> None:
    here = site()
    page = here.page(size, dark=dark)
    wrong = []
    for address in addresses(here):
        page.goto(address)
        wrong += looked_at(page)
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("size", [NARROW, WIDE])
def test_axe_finds_nothing_in_a_clinic(site: Serve, size: tuple[int, int]) -> None:
    clinic = site("clinic")
    ana = clinic.runner()
    page = clinic.page(size, afar=True)
    wrong = []
    page.goto("/login")
    wrong += looked_at(page)
    page.goto(f"/i/{invite(clinic.desk, OWNER, ana.id)}")
    wrong += looked_at(page)
    page.get_by_role("button", name="Start").click()
    wrong += looked_at(page)
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize(("size", "beside"), [(NARROW, False), (WIDE, True)])
def test_a_refusal_says_what_stood_in_the_way_before_how_to_film(
    site: Serve, tmp_path: Path, size: tuple[int, int], beside: bool
) -> None:
    page = site().page(size)
    page.goto((measured(tmp_path, "x01")[1] / "report.html").as_uri())
    stood, film = (
        page.get_by_role("heading", name=name).bounding_box()
        for name in ("What stood in the way", "How to film it again")
    )
    assert stood is not None and film is not None
    assert (stood["y"] == film["y"] and stood["x"] < film["x"]) if beside else stood["y"] < film["y"]


def test_frame_n_is_frame_n(site: Serve) -> None:
    here = site()
    page = here.page(WIDE)
    page.goto(f"/clips/{here.clip(None).id}")
    page.wait_for_selector("html[data-review=ready]")
    for frame in (0, 1, 2, 48, 49, 50, 100, 166, 167, 3):
        page.evaluate("n => window.review.player.show(n)", frame)
        _settled(page)
        assert _number(page) == frame
    page.keyboard.press("ArrowRight")
    _settled(page)
    assert _number(page) == 4
    assert "Frame 4 of 167" in page.locator("#frame").inner_text()
    # While it plays, what is told is what is shown, but for the picture on its way.
    page.evaluate("window.review.player.speed = 0.25")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_timeout(700)
    page.get_by_role("button", name="Pause").click()
    _settled(page)
    assert _number(page) == page.evaluate("window.review.player.frame") > 4


def _settled(page: Page) -> None:
    """Wait until the picture wanted is shown."""
    asked = "!window.review.player.seeking && window.review.player.wanted === null"
    for _ in range(200):
        if page.evaluate(asked):
            # Sought is not painted: the picture comes to the screen with a later frame of the browser's own.
            page.evaluate("() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))")
            return
        page.wait_for_timeout(20)
    raise AssertionError("the picture did not come")


def _number(page: Page) -> int:
    """What the picture itself says it is."""
    read = """([bits, block]) => {
        const video = document.getElementById("video");
        const canvas = document.createElement("canvas");
        Object.assign(canvas, { width: bits * block, height: block });
        const pen = canvas.getContext("2d");
        pen.drawImage(video, 0, 0, bits * block, block, 0, 0, bits * block, block);
        let found = 0;
        for (let bit = 0; bit < bits; bit++)
            if (pen.getImageData((bit + 0.5) * block, block / 2, 1, 1).data[0] > 160) found += 2 ** bit;
        return found;
    }"""
    return int(page.evaluate(read, [BITS, BLOCK_PX]))


def test_points_by_keys_alone(site: Serve) -> None:
    here = site()
    page = here.page(WIDE)
    page.goto(f"/clips/{here.clip(None).id}")
    page.wait_for_selector("html[data-review=ready]")
    page.get_by_role("slider", name="Knee").focus()
    before = page.evaluate("window.review.stage.points.knee")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowUp")
    after = page.evaluate("window.review.stage.points.knee")
    assert after == pytest.approx([before[0] - 0.5, before[1] - 5.0], abs=0.011)
    assert page.locator("#records li").count() == 1
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert page.locator("#records li").count() == 0
    page.keyboard.press("Control+Shift+z")
    assert page.locator("#records li").count() == 1
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("d")
    page.keyboard.press("c")
    assert page.locator("#records").inner_text().count("not saved yet") == 3
    page.keyboard.press("Control+s")
    expect(page.locator("#said")).to_have_text("Saved.")


def test_the_first_page_is_small_and_asks_nobody_else(site: Serve) -> None:
    here = site()
    page = here.page(NARROW)
    sizes: dict[str, int] = {}
    page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert sum(sizes.values()) < FIRST_PAGE_BYTES, sizes
    assert all(address.startswith(here.address) for address in sizes)
