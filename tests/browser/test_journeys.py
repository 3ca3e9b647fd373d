"""What a runner and a therapist do, from end to end, in a real browser, narrow and wide."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from dorsi.desk.accounts import add_account
from dorsi.desk.clips import clips_of
from dorsi.desk.crew import Crew
from dorsi.desk.links import invite
from dorsi.desk.review import review_data
from tests.browser.conftest import NARROW, OWNER, WIDE, Site

PASSWORD = "correct horse battery"  # noqa: S105  of nobody
Serve = Callable[..., Site]


def clip_file(folder: Path, evidence: str = "left_lunge", size_bytes: int = 0) -> Path:
    """A file that the stand-in of the engine takes for a clip of that recorded evidence."""
    path = folder / f"{evidence}.mp4"
    path.write_text(evidence.ljust(size_bytes), encoding="utf-8")
    return path


def no_scrolling_sideways(page: Page) -> None:
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.mark.slow
def test_pair_a_phone_send_a_sample_see_the_answer(site: Serve, samples: Path) -> None:
    here = site(background=Crew)  # the real engine, in a process of its own
    computer = here.page(WIDE)
    computer.goto("/")
    computer.get_by_role("link", name="Settings").click()
    computer.get_by_role("link", name="Pair a phone").click()
    computer.get_by_role("button", name="Show a code").click()
    address = computer.get_by_label("Or type it").input_value()
    assert address.startswith(here.from_afar) and computer.locator(".qr svg").is_visible()

    phone = here.page(NARROW, afar=True)
    phone.goto("/")
    expect(phone.get_by_role("heading", name="Open the link that you were given")).to_be_visible()
    phone.goto(address)
    phone.get_by_role("button", name="Pair this phone").click()
    no_scrolling_sideways(phone)
    phone.get_by_role("link", name="Left ankle").click()
    no_scrolling_sideways(phone)
    expect(phone.locator("#send")).to_be_visible()
    phone.locator("input[type=file]").nth(1).set_input_files(samples / "left_lunge.mp4")
    expect(phone.locator(".number")).to_contain_text("°", timeout=90_000)
    expect(phone.locator(".number")).to_contain_text("±")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Clears the minimum for running")
    expect(phone.get_by_alt_text("The frame that counts")).to_be_visible()
    assert phone.evaluate("document.querySelector('video').readyState") >= 0
    no_scrolling_sideways(phone)
    # A second phone that comes by the same code is not let in.
    other = here.page(NARROW, afar=True)
    other.goto(address)
    expect(other.locator("main")).to_contain_text("does not let anybody in any more")


def test_an_invitation_and_a_connection_cut_twice(site: Serve, tmp_path: Path) -> None:
    clinic = site("clinic")
    ana = clinic.runner()
    page = clinic.page(NARROW, afar=True)
    page.goto(f"/i/{invite(clinic.desk, OWNER, ana.id)}")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", name="What do you want to film?")).to_be_visible()
    page.get_by_role("link", name="Left ankle").click()
    patches: list[str] = []

    def cut(route: Route) -> None:
        if route.request.method != "PATCH":
            route.continue_()
            return
        patches.append(route.request.headers["upload-offset"])
        if len(patches) in {2, 3}:
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.route("**/uploads/*", cut)
    # More than one part of 4 MB.
    expect(page.locator("#send")).to_be_visible()
    page.locator("input[type=file]").nth(1).set_input_files(clip_file(tmp_path, size_bytes=9_000_000))
    expect(page.locator(".number")).to_contain_text("33.1°", timeout=60_000)
    assert len(patches) == 5  # three parts, and the second sent three times
    (clip,) = clips_of(clinic.desk, OWNER)
    assert (clip.runner, clip.role, clip.size_bytes) == ("Ana Lima", "left", 9_000_000)


def test_the_safety_questions_come_first_and_a_yes_stops(site: Serve) -> None:
    clinic = site("clinic")
    page = clinic.page(NARROW, afar=True)
    page.goto(f"/i/{invite(clinic.desk, OWNER, clinic.runner().id)}")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("link", name="Answer them").click()
    no_scrolling_sideways(page)
    page.get_by_role("group", name="Is a foot numb, tingling or weak?").get_by_label("Yes").check()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("see ")
    assert page.get_by_role("heading", name="What do you want to film?").count() == 0
    page.goto("/me/film/left")
    assert page.locator("input[type=file]").count() == 0


def test_review_sign_print_and_the_runner_sees_it(site: Serve) -> None:
    clinic = site("clinic")
    ana = clinic.runner()
    left, right = clinic.clip(ana, "left_lunge", "left"), clinic.clip(ana, "right_lunge", "right")
    add_account(clinic.desk, OWNER, "Mia Berg", PASSWORD)
    page = clinic.page(WIDE)
    page.goto("/")
    page.get_by_label("Name").fill("Mia Berg")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    page.locator(f"[data-clip={left.id}] .open").click()
    page.wait_for_selector("html[data-review=ready]")
    _drag_the_knee(page, clinic, left.id)

    page.goto(f"/runners/{ana.id}")
    page.get_by_text("Put a new screen together").click() if not page.get_by_role(
        "button", name="Put it together"
    ).is_visible() else None
    page.get_by_role("button", name="Put it together").click()
    expect(page.locator("main")).to_contain_text("Not signed yet")
    page.get_by_label("Remark to Ana Lima").fill("Well done.")
    page.get_by_role("button", name="Sign as Mia Berg").click()
    expect(page.locator("main")).to_contain_text("Signed by Mia Berg")
    assert pages_of(page.pdf(format="A4", prefer_css_page_size=True)) == 1
    page.get_by_role("link", name="The plan, to print").click()
    assert pages_of(page.pdf(format="A4", prefer_css_page_size=True)) == 1

    runner = clinic.page(NARROW, afar=True)
    runner.goto(f"/i/{invite(clinic.desk, OWNER, ana.id)}")
    runner.get_by_role("button", name="Start").click()
    expect(runner.locator("main")).to_contain_text("Well done.")
    runner.get_by_role("link", name="Look at it and the plan").click()
    no_scrolling_sideways(runner)
    expect(runner.get_by_role("heading", level=1)).to_contain_text("right ankle bends")
    tick = runner.locator("#done button").last
    tick.click()
    expect(runner.locator("#done button").last).to_have_attribute("aria-pressed", "true")
    assert right.id  # the other leg of the screen


def _drag_the_knee(page: Page, site: Site, clip_id: str) -> None:
    """By 20 px of the screen ahead; the reviewed value turns by what geometry says."""
    data = review_data(site.desk, OWNER, clip_id)
    frame, forward = data["machine"]["frame"], data["forward"]
    expect(page.locator("#frame")).to_contain_text(f"Frame {frame} of")
    page.locator("#near").click()
    box = page.locator(".knob.knee .hit").bounding_box()
    assert box is not None and box["width"] >= 44 and box["height"] >= 44
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10 * forward, y)
    page.mouse.move(x + 20 * forward, y)
    during = page.locator("#angle").inner_text()
    page.mouse.up()
    expect(page.locator("#records")).to_contain_text("knee put · not saved yet")
    page.get_by_label("Why").fill("knee too far back")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#said")).to_have_text("Saved.")
    scale = page.evaluate("window.review.stage.view.scale")
    (kx, ky), (ax, ay) = data["points"]["knee"][frame], data["points"]["ankle"][frame]
    moved = kx + 20 * forward / scale
    turned = math.degrees(
        math.atan2(forward * (moved - ax), ay - ky) - math.atan2(forward * (kx - ax), ay - ky)
    )
    now = review_data(site.desk, OWNER, clip_id)
    (record,) = now["corrections"]
    assert record["to_xy_px"][0] == pytest.approx(moved, abs=1.0)
    angle = data["signals"]["shin_angle_deg"][frame] + turned
    assert now["signals"]["shin_angle_deg"][frame] == pytest.approx(angle, abs=0.4)
    assert float(during.removesuffix("°")) == pytest.approx(angle, abs=0.4)
    assert (record["by"], record["why"]) == ("Mia Berg", "knee too far back")
    assert page.locator("#machine-value").inner_text() == f"{data['machine']['value']:.1f}°"
    assert page.locator("#reviewed-value").inner_text() == f"{now['reviewed']['value']:.1f}°"


def test_two_clips_in_step(site: Serve) -> None:
    here = site()
    ana = here.runner()
    left, right = here.clip(ana, "left_lunge", "left"), here.clip(ana, "right_lunge", "right")
    page = here.page(WIDE)
    page.goto(f"/clips/{left.id}")
    page.get_by_text("The clip", exact=True).click()
    page.get_by_role("link", name="Compare with another").click()
    page.get_by_role("link", name=re.compile("Right ankle")).click()
    page.wait_for_selector("html[data-compare=ready]")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your right ankle bends 11.8° ± 4.7° less")
    expect(page.locator("#angle-a")).to_have_text("33.1°")
    expect(page.locator("#angle-b")).to_have_text("21.2°")
    page.get_by_label("Laid over").check()
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible(timeout=10_000)  # it ends by itself
    expect(page.locator("#angle-a")).to_have_text("33.1°")
    assert right.id in page.url


def test_film_again_reaches_the_runner(site: Serve) -> None:
    clinic = site("clinic")
    ana = clinic.runner()
    clip = clinic.clip(ana, "left_lunge", "left")
    add_account(clinic.desk, OWNER, "Mia Berg", PASSWORD)
    page = clinic.page(WIDE)
    page.goto("/login")
    page.get_by_label("Name").fill("Mia Berg")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("f")
    page.keyboard.type("Level the phone.")
    page.locator(f"[data-clip={clip.id}]").get_by_role("button", name="Film again").click()
    page.get_by_role("link", name="Film again 1").click()
    expect(page.locator("main")).to_contain_text("left_lunge.mov")
    runner = clinic.page(NARROW, afar=True)
    runner.goto(f"/i/{invite(clinic.desk, OWNER, ana.id)}")
    runner.get_by_role("button", name="Start").click()
    expect(runner.locator("main")).to_contain_text("Level the phone.")
    runner.get_by_role("link", name=re.compile("Left ankle.*Level the phone.", re.DOTALL)).click()
    runner.get_by_role("link", name="Film again").first.click()
    expect(runner.get_by_role("heading", name="Left ankle")).to_be_visible()


def test_a_runner_takes_everything_and_deletes_it(site: Serve) -> None:
    clinic = site("clinic")
    ana = clinic.runner()
    clinic.clip(ana)
    page = clinic.page(NARROW, afar=True)
    page.goto(f"/i/{invite(clinic.desk, OWNER, ana.id)}")
    page.get_by_role("button", name="Start").click()
    page.get_by_text("Take everything with you, or delete it").click()
    with page.expect_download() as loading:
        page.get_by_role("link", name="Download everything").click()
    assert loading.value.suggested_filename == "dorsi.zip"
    page.get_by_label("Type “Ana Lima” to confirm").fill("ana lima")
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert clips_of(clinic.desk, OWNER) == []
